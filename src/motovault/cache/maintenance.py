"""Maintenance that is remembered: what was done on a vehicle, and what recurs, as one list each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from motovault.cache import keys
from motovault.cache.of_vehicles import CachedOfVehicleRepository
from motovault.cache.values import ListKind
from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogRepository,
    MaintenanceSchedule,
    MaintenanceScheduleRepository,
)
from motovault.domain.vehicles import VehicleId

__all__ = [
    "MAINTENANCE_LOGS",
    "MAINTENANCE_SCHEDULES",
    "CachedMaintenanceLogRepository",
    "CachedMaintenanceScheduleRepository",
]

MAINTENANCE_LOGS: Final = ListKind(
    "maintenance-logs", 1, keys.LIST_SECONDS, MaintenanceLog, most=2000, keeps_empty=False
)
MAINTENANCE_SCHEDULES: Final = ListKind(
    "maintenance-schedules", 1, keys.LIST_SECONDS, MaintenanceSchedule, most=500, keeps_empty=False
)


class CachedMaintenanceLogRepository(CachedOfVehicleRepository[MaintenanceLog]):
    """:class:`motovault.domain.maintenance.MaintenanceLogRepository` that remembers up to 2,000."""

    _kind = MAINTENANCE_LOGS
    _key = staticmethod(keys.maintenance_logs)

    @staticmethod
    def _of(work: Any) -> MaintenanceLogRepository:
        found: MaintenanceLogRepository = work.maintenance_logs
        return found

    def add_many(self, logs: Iterable[MaintenanceLog], /) -> int:
        return self._add_many(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> list[MaintenanceLog]:
        if after is None and limit is None:
            return self._list(vehicle_id)
        return self._of(self._work.inner).list_for_vehicle(vehicle_id, after=after, limit=limit)


class CachedMaintenanceScheduleRepository(CachedOfVehicleRepository[MaintenanceSchedule]):
    """:class:`motovault.domain.maintenance.MaintenanceScheduleRepository` that remembers up to 500."""

    _kind = MAINTENANCE_SCHEDULES
    _key = staticmethod(keys.maintenance_schedules)

    @staticmethod
    def _of(work: Any) -> MaintenanceScheduleRepository:
        found: MaintenanceScheduleRepository = work.maintenance_schedules
        return found

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[MaintenanceSchedule]:
        return self._list(vehicle_id)
