"""Vehicles, readings and schedules of which one can tell what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from motovault.domain.maintenance import MaintenanceSchedule, Upcoming, upcoming
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.quantities.units import DistanceUnit
from tests.domain.maintenance.histories import NOW, schedule

TODAY = date(2025, 6, 1)


def vehicle(number: int = 1, **given_: Any) -> Vehicle:
    begin: dict[str, Any] = {"user_id": "ana", "license_plate": f"AB {number}", "created_at": NOW}
    return Vehicle(id=VehicleId(UUID(int=number)), updated_at=NOW, **begin | given_)


def reading(on: date, value: object, unit: DistanceUnit | None = None) -> OdometerReading:
    return OdometerReading(
        read_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        value=Decimal(str(value)),
        unit=unit,
        source=ReadingSource.FUEL_LOG,
        source_id=UUID(int=on.toordinal()),
    )


def steadily(per_day: int, last: int, weeks: int = 20, unit: DistanceUnit | None = None) -> list[Any]:
    """Weekly readings of a vehicle that is driven the same every day, the last one today."""
    ago = [7 * week for week in range(weeks)]
    return [reading(TODAY - timedelta(days=past), last - per_day * past, unit) for past in reversed(ago)]


def every(number: int, **given_: Any) -> MaintenanceSchedule:
    return schedule(id=UUID(int=100 + number), subtypes=[f"Work {number}"], **given_)


def listed(
    *asked: MaintenanceSchedule,
    cars: list[Vehicle] | None = None,
    of: dict[VehicleId, list[OdometerReading]] | None = None,
    **given_: Any,
) -> Upcoming:
    cars = [vehicle()] if cars is None else cars
    settings: dict[str, Any] = {"today": TODAY, "unit": DistanceUnit.MI}
    return upcoming(cars, asked, of or {}, **settings | given_)


def works(found: Upcoming) -> list[str]:
    return [item.work for item in found]
