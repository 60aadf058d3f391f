"""One vehicle's odometer, read out of everything that wrote it down."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from motovault import Garage, Vault
from motovault.domain.vehicles import VehicleNotFound
from motovault.quantities.distance import Distance
from motovault.testing.clock import FrozenClock

JANUARY = datetime(2026, 1, 10, 12, tzinfo=UTC)


def test_readings_come_from_logs_and_from_the_vehicle(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    frozen_clock.set(datetime(2026, 1, 5, tzinfo=UTC))
    car = memory_garage.vehicles.add(license_plate="AB 1", odometer_reading=1000, distance_unit="km")
    log = memory_garage.fuel_logs.add(car.id, filled_at=JANUARY, odometer="1500", volume="40")
    found = memory_garage.odometer.readings(car.id)
    assert [(reading.source, reading.source_id) for reading in found] == [
        ("vehicle", car.id),
        ("fuel_log", log.id),
    ]
    assert memory_garage.odometer.current(car.id).odometer == Distance(1500, "km")
    assert memory_garage.odometer.distance(car.id, date(2026, 1, 1), date(2026, 1, 31)) == Distance(500, "km")


def test_the_unit_is_the_vehicles_or_else_the_owners(memory_garage: Garage) -> None:
    car = memory_garage.vehicles.add(license_plate="AB 1", odometer_reading=1000)
    assert memory_garage.odometer.current(car.id).odometer == Distance(1000, "mi")
    memory_garage.preferences.change(unit_system="metric")
    assert memory_garage.odometer.current(car.id).odometer == Distance(1000, "km")
    memory_garage.vehicles.change(car.id, distance_unit="h")
    assert memory_garage.odometer.current(car.id).odometer == Distance(1000, "h")


def test_reading_makes_no_preferences(memory_vault: Vault, frozen_clock: FrozenClock) -> None:
    garage = memory_vault.garage("ana")
    garage.odometer.current(garage.vehicles.add(license_plate="AB 1").id)
    frozen_clock.advance(days=1)
    assert garage.preferences.get().created_at == frozen_clock.now()


def test_a_typing_error_is_reported_and_does_not_stay(memory_garage: Garage) -> None:
    car = memory_garage.vehicles.add(license_plate="AB 1")
    for day, odometer in ((10, "154000"), (15, "301464"), (16, "154754")):
        memory_garage.fuel_logs.add(
            car.id, filled_at=JANUARY.replace(day=day), odometer=odometer, volume="10"
        )
    current = memory_garage.odometer.current(car.id)
    assert current.odometer == Distance(154754, "mi")
    assert [finding.value for finding in current.findings] == ["154754"]
    assert memory_garage.odometer.distance(car.id, date(2026, 1, 1), date(2026, 2, 1)) == Distance(754, "mi")


def test_a_figure_set_by_hand_later_than_the_logs_is_the_current_one(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    car = memory_garage.vehicles.add(license_plate="AB 1")
    memory_garage.fuel_logs.add(car.id, filled_at=JANUARY, odometer="1500", volume="40")
    frozen_clock.set(datetime(2026, 2, 1, tzinfo=UTC))
    memory_garage.vehicles.change(car.id, odometer_reading=1600)
    assert memory_garage.odometer.current(car.id).odometer == Distance(1600, "mi")
    frozen_clock.advance(days=30)
    memory_garage.vehicles.change(car.id, nickname="changed")
    memory_garage.fuel_logs.add(
        car.id, filled_at=datetime(2026, 2, 20, tzinfo=UTC), odometer="1700", volume="9"
    )
    assert memory_garage.odometer.current(car.id).odometer == Distance(1700, "mi")


@pytest.mark.parametrize("whose", ["deleted", "another user's"])
def test_a_vehicle_that_is_not_there_has_no_odometer(
    memory_garage: Garage, memory_vault: Vault, whose: str
) -> None:
    if whose == "deleted":
        car = memory_garage.vehicles.add(license_plate="AB 1", odometer_reading=5)
        memory_garage.vehicles.remove(car.id)
    else:
        car = memory_vault.garage("bob").vehicles.add(license_plate="AB 1", odometer_reading=5)
    for call in (
        lambda: memory_garage.odometer.readings(car.id),
        lambda: memory_garage.odometer.current(car.id),
        lambda: memory_garage.odometer.distance(car.id, date(2026, 1, 1), date(2026, 1, 2)),
    ):
        with pytest.raises(VehicleNotFound):
            call()
