"""What a vehicle may be."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleNotFound, VehicleWithoutIdentity
from motovault.domain.vehicles.errors import CheckDigitMismatch
from motovault.errors import Conflict, InvalidValue, NotFound
from motovault.quantities.units import DistanceUnit
from motovault.testing.examples import NOON, example_vehicle
from motovault.testing.strategies import vehicles

_VIN = "1M8GDM9AXKP042788"


@pytest.mark.parametrize("plate", [None, "", "  "])
@pytest.mark.parametrize("vin", [None, "", "\t"])
def test_a_vehicle_needs_a_vin_or_a_plate(vin: str | None, plate: str | None) -> None:
    with pytest.raises(VehicleWithoutIdentity) as caught:
        example_vehicle(vin=vin, license_plate=plate)
    assert caught.value.field == "vin"
    assert "license_plate" in str(caught.value)


def test_either_is_enough() -> None:
    assert example_vehicle(vin=_VIN, license_plate=None).vin == _VIN
    assert example_vehicle(license_plate="AB 1").license_plate == "AB 1"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "018f0000-0000-7000-8000-000000000000"),
        ("id", None),
        ("user_id", ""),
        ("user_id", " ana"),
        ("user_id", "a" * 256),
        ("user_id", 5),
        ("user_id", "\ud800"),
        ("user_id", "a\x00"),
        ("make", 5),
        ("make", "x" * 101),
        ("make", "a\x00b"),
        ("nickname", "\udfff"),
        ("color", "x" * 51),
        ("license_plate", "x" * 21),
        ("image_bucket", "x" * 129),
        ("image_key", "x" * 513),
        ("model_year", 1884),
        ("model_year", 2101),
        ("model_year", "2003"),
        ("model_year", True),
        ("model_year", 2003.0),
        ("odometer_reading", -1),
        ("odometer_reading", 2**31),
        ("odometer_reading", 1.5),
        ("distance_unit", "furlong"),
        ("is_active", 1),
        ("is_active", None),
        ("created_at", datetime(2026, 1, 1)),
        ("created_at", "2026-01-01"),
        ("updated_at", None),
        ("deleted_at", datetime(2026, 1, 1)),
        ("odometer_read_at", 0),
    ],
)
def test_a_wrong_value_is_refused_by_field_value_and_rule(field: str, value: object) -> None:
    with pytest.raises(InvalidValue) as caught:
        example_vehicle(**{field: value})
    assert caught.value.field == field
    assert caught.value.rule


@pytest.mark.parametrize(
    "vin", ["1M8GDM9AXKP04278О", "1M8GDM9AXKP0427888", "A!", "4S12", 1234567, "１M8GDM9AXKP042788"]
)
def test_a_wrong_vin_is_refused_and_never_stands_whole_in_the_error(vin: object) -> None:
    with pytest.raises(InvalidValue) as caught:
        example_vehicle(vin=vin)
    assert caught.value.field == "vin"
    assert len(str(vin)) < 6 or str(vin) not in f"{caught.value} {caught.value!r} {caught.value.__dict__}"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("1m8-gdm9 axkp042788", _VIN), (f" {_VIN}\n", _VIN), ("124-379", "124379"), ("4s123", "4S123")],
)
def test_a_vin_is_kept_in_its_one_right_form(typed: str, kept: str) -> None:
    assert example_vehicle(vin=typed).vin == kept


def test_text_is_trimmed_and_empty_text_is_unknown() -> None:
    vehicle = example_vehicle(make="  Honda ", model=" ", nickname="")
    assert (vehicle.make, vehicle.model, vehicle.nickname) == ("Honda", None, None)


def test_units_are_read_as_people_write_them() -> None:
    assert example_vehicle(distance_unit="miles").distance_unit is DistanceUnit.MI


@pytest.mark.parametrize(
    ("is_active", "deleted_at", "is_live"),
    [(True, None, True), (True, NOON, False), (False, None, False), (False, NOON, False)],
)
def test_a_vehicle_is_live_if_neither_deleted_nor_switched_off(
    is_active: bool, deleted_at: datetime | None, is_live: bool
) -> None:
    assert example_vehicle(is_active=is_active, deleted_at=deleted_at).is_live is is_live


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"nickname": "Daily", "make": "Honda"}, "Daily"),
        ({"make": "Honda", "model": "Accord", "model_year": 2003}, "2003 Honda Accord"),
        ({"model": "Accord"}, "Accord"),
        ({}, "AB 123"),
        ({"vin": _VIN, "license_plate": None}, "1M8… (17 characters)"),
    ],
)
def test_its_title_is_the_nearest_name(changes: dict[str, Any], title: str) -> None:
    assert example_vehicle(**changes).title == title


def test_its_repr_hides_the_vin() -> None:
    vehicle = example_vehicle(vin=_VIN)
    assert _VIN not in f"{vehicle!r} {vehicle} {[vehicle]}"
    assert "1M8" in repr(vehicle)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(vehicles())
def test_a_vehicle_is_a_frozen_value(vehicle: Vehicle) -> None:
    assert pickle.loads(pickle.dumps(vehicle)) == copy.deepcopy(vehicle) == attrs.evolve(vehicle) == vehicle
    assert len({vehicle, attrs.evolve(vehicle)}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        vehicle.vin = None  # type: ignore[misc]


@pytest.mark.parametrize(
    "error",
    [
        VehicleNotFound(UUID(int=1)),
        VehicleExists(),
        VehicleWithoutIdentity(),
        CheckDigitMismatch(_VIN, "3", ("1M8GDM9A3KP042788",)),
    ],
)
def test_errors_travel_between_processes_with_their_facts(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)
    assert isinstance(error, (NotFound, Conflict, InvalidValue))
