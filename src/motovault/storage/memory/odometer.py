"""Readings in memory: nothing is kept here, all is derived from vehicles and logs."""

from __future__ import annotations

from decimal import Decimal

from motovault.domain.fuel_logs import FuelLogId
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.storage.memory.fuel_logs import FuelLogRows
from motovault.storage.memory.transactions import Scope
from motovault.storage.memory.vehicles import VehicleRows

__all__ = ["MemoryOdometerRepository"]


class MemoryOdometerRepository:
    """:class:`motovault.domain.odometer.OdometerRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        readings = []
        with self._scope.reading(VehicleRows) as vehicles, self._scope.reading(FuelLogRows) as logs:
            if vehicle := vehicles.by_id.get(vehicle_id):
                readings += _of_vehicle(vehicle)
            if keys := logs.by_vehicle.get(vehicle_id):
                readings += [
                    OdometerReading(
                        read_at=log.filled_at,
                        value=log.odometer,
                        unit=log.odometer_unit,
                        source=ReadingSource.FUEL_LOG,
                        source_id=log.id,
                    )
                    for log in (logs.by_id[FuelLogId(log_id)] for _, log_id in keys.page(None, None))
                    if log.odometer
                ]
        return sorted(readings, key=lambda reading: (reading.read_at, reading.value, reading.source_id))


def _of_vehicle(vehicle: Vehicle) -> list[OdometerReading]:
    if not vehicle.odometer_reading:
        return []
    return [
        OdometerReading(
            # Another application tells no time. The figure is at least as old as the row: taken for
            # newer, it would hide every log since, as any change to the row would make it the latest.
            read_at=vehicle.odometer_read_at or vehicle.created_at,
            value=Decimal(vehicle.odometer_reading),
            unit=vehicle.distance_unit,
            source=ReadingSource.VEHICLE,
            source_id=vehicle.id,
        )
    ]
