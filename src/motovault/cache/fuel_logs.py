"""Fuel logs that are remembered: those of a vehicle, as one list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from motovault.cache import keys
from motovault.cache.of_vehicles import CachedOfVehicleRepository
from motovault.cache.values import ListKind
from motovault.domain.fuel_logs import FuelLog, FuelLogRepository
from motovault.domain.vehicles import VehicleId

__all__ = ["FUEL_LOGS", "CachedFuelLogRepository"]

FUEL_LOGS: Final = ListKind("fuel-logs", 1, keys.LIST_SECONDS, FuelLog, most=2000, keeps_empty=False)


class CachedFuelLogRepository(CachedOfVehicleRepository[FuelLog]):
    """:class:`motovault.domain.fuel_logs.FuelLogRepository` that remembers histories of up to 2,000 logs."""

    _kind = FUEL_LOGS
    _key = staticmethod(keys.fuel_logs)

    @staticmethod
    def _of(work: Any) -> FuelLogRepository:
        found: FuelLogRepository = work.fuel_logs
        return found

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        return self._add_many(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        if after is None and limit is None:
            return self._list(vehicle_id)
        return self._of(self._work.inner).list_for_vehicle(vehicle_id, after=after, limit=limit)
