"""Readings in memory: nothing is kept here, all is derived from vehicles and logs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from operator import attrgetter
from typing import Final

from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.storage.memory.fuel_logs import FuelLogRows
from motovault.storage.memory.maintenance import MaintenanceLogRows
from motovault.storage.memory.transactions import Scope
from motovault.storage.memory.vehicles import VehicleRows

__all__ = ["MemoryOdometerRepository"]

_NOON: Final = time(12, tzinfo=UTC)
_ORDER: Final = attrgetter("read_at", "value", "source_id")


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
            return _of_one(vehicle_id, vehicles, fuel, work)

    def list_for_garage(self) -> dict[VehicleId, list[OdometerReading]]:
        with (
            self._scope.reading(VehicleRows) as vehicles,
            self._scope.reading(FuelLogRows) as fuel,
            self._scope.reading(MaintenanceLogRows) as work,
        ):
            live = sorted(vehicle.id for vehicle in vehicles.by_id.values() if vehicle.is_live)
            return {vehicle_id: _of_one(vehicle_id, vehicles, fuel, work) for vehicle_id in live}


def _of_one(
    vehicle_id: VehicleId, vehicles: VehicleRows, fuel: FuelLogRows, work: MaintenanceLogRows
) -> list[OdometerReading]:
    readings = [*_of_fuel(vehicle_id, fuel), *_of_work(vehicle_id, work)]
    if vehicle := vehicles.by_id.get(vehicle_id):
        readings += _of_vehicle(vehicle)
    return sorted(readings, key=_ORDER)


def _of_fuel(vehicle_id: VehicleId, rows: FuelLogRows) -> Iterator[OdometerReading]:
    for log in rows.page(vehicle_id):
        if log.odometer:
            yield OdometerReading(
                read_at=log.filled_at,
                value=log.odometer,
                unit=log.odometer_unit,
                source=ReadingSource.FUEL_LOG,
                source_id=log.id,
            )


def _of_work(vehicle_id: VehicleId, rows: MaintenanceLogRows) -> Iterator[OdometerReading]:
    for log in rows.page(vehicle_id):
        if log.odometer:
            yield OdometerReading(
                read_at=datetime.combine(log.service_date, _NOON),
                value=log.odometer,
                unit=log.odometer_unit,
                source=ReadingSource.MAINTENANCE_LOG,
                source_id=log.id,
                read_on=log.service_date,
            )


def _of_vehicle(vehicle: Vehicle) -> Iterator[OdometerReading]:
    if vehicle.odometer_reading:
        yield OdometerReading(
            # Another application tells no time. The figure is at least as old as the row: taken for
            # newer, it would hide every log since, as any change to the row would make it the latest.
            read_at=vehicle.odometer_read_at or vehicle.created_at,
            value=Decimal(vehicle.odometer_reading),
            unit=vehicle.distance_unit,
            source=ReadingSource.VEHICLE,
            source_id=vehicle.id,
        )
