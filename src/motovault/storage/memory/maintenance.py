"""Maintenance in memory: what was done, and what recurs."""

from __future__ import annotations

from collections.abc import Iterable

from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogExists,
    MaintenanceLogNotFound,
    MaintenanceSchedule,
    MaintenanceScheduleExists,
    MaintenanceScheduleNotFound,
)
from motovault.domain.vehicles import VehicleId
from motovault.storage.memory.of_vehicles import MemoryOfVehicleRepository, OfVehicleRows
from motovault.storage.memory.ordered import Key

__all__ = [
    "MaintenanceLogRows",
    "MaintenanceScheduleRows",
    "MemoryMaintenanceLogRepository",
    "MemoryMaintenanceScheduleRepository",
]


class MaintenanceLogRows(OfVehicleRows[MaintenanceLog]):
    """One user's maintenance logs."""

    @staticmethod
    def key(entity: MaintenanceLog) -> Key:
        return entity.service_date, entity.id


class MaintenanceScheduleRows(OfVehicleRows[MaintenanceSchedule]):
    """One user's maintenance schedules."""

    @staticmethod
    def key(entity: MaintenanceSchedule) -> Key:
        return entity.created_at, entity.id


class MemoryMaintenanceLogRepository(MemoryOfVehicleRepository[MaintenanceLog]):
    """:class:`motovault.domain.maintenance.MaintenanceLogRepository` in memory."""

    _rows = MaintenanceLogRows
    _plural = "maintenance logs"
    _not_found = MaintenanceLogNotFound
    _exists = MaintenanceLogExists

    def add_many(self, logs: Iterable[MaintenanceLog], /) -> int:
        return self._add_many(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> list[MaintenanceLog]:
        return self._page(vehicle_id, after, limit)


class MemoryMaintenanceScheduleRepository(MemoryOfVehicleRepository[MaintenanceSchedule]):
    """:class:`motovault.domain.maintenance.MaintenanceScheduleRepository` in memory."""

    _rows = MaintenanceScheduleRows
    _plural = "maintenance schedules"
    _not_found = MaintenanceScheduleNotFound
    _exists = MaintenanceScheduleExists

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[MaintenanceSchedule]:
        return self._page(vehicle_id)
