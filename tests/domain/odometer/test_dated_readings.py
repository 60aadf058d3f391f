"""A reading of which only the date is known stays on that date, wherever its owner lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault.domain.odometer import (
    OdometerReading,
    ReadingSource,
    current_odometer,
    distance_between,
    positions,
    rollbacks,
)
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit
from motovault.testing.examples import ANA, NOON, example_maintenance_log, example_preferences

KM = DistanceUnit.KM
ZONES = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Chatham", "Asia/Kathmandu", "UTC"]
"""From 14 hours before UTC to 11 behind it: noon in UTC is another day at both ends."""


def dated(on: date, value: int) -> OdometerReading:
    return OdometerReading(
        read_at=datetime.combine(on, time(12, tzinfo=UTC)),
        value=Decimal(value),
        unit=KM,
        source=ReadingSource.MAINTENANCE_LOG,
        source_id=UUID(int=value),
        read_on=on,
    )


def timed(at: datetime, value: int) -> OdometerReading:
    return OdometerReading(
        read_at=at, value=Decimal(value), unit=KM, source=ReadingSource.FUEL_LOG, source_id=UUID(int=value)
    )


@given(st.sampled_from(ZONES), st.dates(date(1980, 1, 1), date(2100, 1, 1)))
def test_no_zone_moves_it_to_another_day(zone: str, on: date) -> None:
    local_date = example_preferences(time_zone=zone).local_date
    assert positions([dated(on, 7)], KM, local_date) == [(on, Decimal(7))]
    between = distance_between([dated(on, 7), dated(on + timedelta(days=1), 10)], on, on, KM, local_date)
    assert between is None, "the second is of the day after"


@pytest.mark.parametrize("zone", ZONES)
def test_it_is_compared_by_date_with_those_that_have_a_time(zone: str) -> None:
    """A fill at 23:30 of the owner's day, and work on that day and the next."""
    preferences = example_preferences(time_zone=zone)
    on = date(2026, 3, 1)
    # the last half hour of the day there, found by asking: the zones differ by 25 hours
    late = next(
        at
        for half in range(200)
        if preferences.local_date(
            at := NOON.replace(year=2026, month=2, day=28) + timedelta(minutes=30 * half)
        )
        == on
        and preferences.local_date(at + timedelta(minutes=30)) != on
    )
    readings = [timed(late, 200), dated(on, 100), dated(on + timedelta(days=1), 300)]
    assert rollbacks(readings, KM, preferences.local_date) == ()
    found = current_odometer(readings, KM, preferences.local_date)
    assert found.odometer == Distance(Decimal(300), KM)
    assert [value for _, value in positions(readings, KM, preferences.local_date)] == [100, 200, 300]


def test_work_done_counts_in_the_garage_of_somebody_at_the_date_line() -> None:
    vault = motovault.open_vault("memory:")
    garage = vault.garage(ANA)
    garage.preferences.change(time_zone="Pacific/Kiritimati", unit_system="metric")
    car = garage.vehicles.add(license_plate="AB 1")
    with garage._unit_of_work(atomic=True) as work:
        for day, odometer in [(1, 1000), (2, 1100)]:
            log = example_maintenance_log(car, odometer=odometer, service_date=date(2026, 1, day))
            work.maintenance_logs.add(log)
    assert str(garage.odometer.current(car.id)) == "1100 km"
    assert garage.odometer.distance(car.id, date(2026, 1, 1), date(2026, 1, 1)) is None
    assert str(garage.odometer.distance(car.id, date(2026, 1, 1), date(2026, 1, 2))) == "100 km"
