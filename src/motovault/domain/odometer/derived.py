"""Which readings a vehicle and its logs hold: what a store derives, which keeps no readings of their own.

A store that asks a database for them says the same in its own language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Protocol

from motovault.domain.fuel_logs import FuelLog
from motovault.domain.odometer.entities import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle

__all__ = ["DatedWork", "readings_of"]

_NOON: Final = time(12, tzinfo=UTC)
_ORDER: Final = attrgetter("read_at", "value", "source_id")


class DatedWork(Protocol):
    """A maintenance log, as far as readings go: maintenance stands above and is not known here."""

    # Any, because pyright takes a field with a converter for a descriptor
    @property
    def id(self) -> Any: ...

    @property
    def service_date(self) -> Any: ...

    @property
    def odometer(self) -> Any: ...

    @property
    def odometer_unit(self) -> Any: ...


def readings_of(
    vehicle: Vehicle | None, fuel_logs: Iterable[FuelLog], work: Iterable[DatedWork]
) -> list[OdometerReading]:
    """All readings above 0 of one vehicle, by ``read_at``, then value, then source id.

    Args:
        vehicle: The vehicle; None where it has no row any more, and only its logs tell.
        fuel_logs: Its fuel logs, in any order.
        work: Its maintenance logs, in any order. Only their date is known: they stand at noon of it, in UTC.
    """
    found = [*_of_fuel(fuel_logs), *_of_work(work)]
    if vehicle is not None:
        found += _of_vehicle(vehicle)
    return sorted(found, key=_ORDER)


def _of_fuel(logs: Iterable[FuelLog]) -> Iterator[OdometerReading]:
    for log in logs:
        if log.odometer:
            yield OdometerReading(
                read_at=log.filled_at,
                value=log.odometer,
                unit=log.odometer_unit,
                source=ReadingSource.FUEL_LOG,
                source_id=log.id,
            )


def _of_work(logs: Iterable[DatedWork]) -> Iterator[OdometerReading]:
    for log in logs:
        if log.odometer:
            on: date = log.service_date
            yield OdometerReading(
                read_at=datetime.combine(on, _NOON),
                value=log.odometer,
                unit=log.odometer_unit,
                source=ReadingSource.MAINTENANCE_LOG,
                source_id=log.id,
                read_on=on,
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
