"""Fuel logs in memory."""

from __future__ import annotations

from collections.abc import Iterable

from motovault.domain.fuel_logs import FuelLog, FuelLogExists, FuelLogNotFound
from motovault.domain.vehicles import VehicleId
from motovault.storage.memory.of_vehicles import MemoryOfVehicleRepository, OfVehicleRows
from motovault.storage.memory.ordered import Key

__all__ = ["FuelLogRows", "MemoryFuelLogRepository"]


class FuelLogRows(OfVehicleRows[FuelLog]):
    """One user's fuel logs."""

    @staticmethod
    def key(entity: FuelLog) -> Key:
        return entity.filled_at, entity.id


class MemoryFuelLogRepository(MemoryOfVehicleRepository[FuelLog]):
    """:class:`motovault.domain.fuel_logs.FuelLogRepository` in memory."""

    _rows = FuelLogRows
    _plural = "fuel logs"
    _not_found = FuelLogNotFound
    _exists = FuelLogExists

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        return self._add_many(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        return self._page(vehicle_id, after, limit)
