"""Readings in memory: nothing is kept here, all is derived from vehicles and logs."""

from __future__ import annotations

from motovault.domain.odometer import OdometerReading, readings_of
from motovault.domain.vehicles import VehicleId
from motovault.storage.memory.fuel_logs import FuelLogRows
from motovault.storage.memory.maintenance import MaintenanceLogRows
from motovault.storage.memory.transactions import Scope
from motovault.storage.memory.vehicles import VehicleRows

__all__ = ["MemoryOdometerRepository"]


class MemoryOdometerRepository:
    """:class:`motovault.domain.odometer.OdometerRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        with (
            self._scope.reading(VehicleRows) as vehicles,
            self._scope.reading(FuelLogRows) as fuel,
            self._scope.reading(MaintenanceLogRows) as work,
        ):
            vehicle = vehicles.by_id.get(vehicle_id)
            return readings_of(vehicle, fuel.page(vehicle_id), work.page(vehicle_id))

    def list_for_garage(self) -> dict[VehicleId, list[OdometerReading]]:
        with (
            self._scope.reading(VehicleRows) as vehicles,
            self._scope.reading(FuelLogRows) as fuel,
            self._scope.reading(MaintenanceLogRows) as work,
        ):
            live = sorted((one for one in vehicles.by_id.values() if one.is_live), key=lambda one: one.id)
            return {one.id: readings_of(one, fuel.page(one.id), work.page(one.id)) for one in live}
