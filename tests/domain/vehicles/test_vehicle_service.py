"""Adding, changing, deleting and restoring one user's vehicles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault import Garage, InvalidValue, Vault
from motovault.domain.vehicles import (
    CheckDigitMismatch,
    Vehicle,
    VehicleExists,
    VehicleNotFound,
    VehicleWithoutIdentity,
)
from motovault.testing.clock import FrozenClock
from motovault.testing.strategies import invalid_vins, vins
from motovault.vin import is_valid

_VIN = "1M8GDM9AXKP042788"
_WRONG = "1M8GDM9A1KP042788"
_EUROPEAN = "WVWZZZ1JZXW000001"


@pytest.fixture
def theirs(memory_vault: Vault) -> Garage:
    return memory_vault.garage("auth0|bob")


def test_adding_keeps_what_was_typed_in_its_right_form(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    car = memory_garage.vehicles.add(
        vin="1m8gdm9axkp 042788",
        make="mercedes-benz",
        model="sierra_2500_hd",
        model_year=2019,
        nickname=" Ana's ",
    )
    assert (car.vin, car.make, car.model, car.nickname) == (_VIN, "Mercedes-Benz", "Sierra 2500 HD", "Ana's")
    assert (car.user_id, car.created_at, car.updated_at) == (
        "auth0|ana",
        frozen_clock.now(),
        frozen_clock.now(),
    )
    assert car.id.version == 7
    assert memory_garage.vehicles.get(car.id) == car
    assert memory_garage.vehicles.list() == [car]
    assert memory_garage.vehicles.count() == 1


@pytest.mark.parametrize("details", [{}, {"make": "Honda"}, {"vin": " ", "license_plate": ""}])
def test_neither_vin_nor_plate_is_refused_and_nothing_is_kept(
    memory_garage: Garage, details: dict[str, Any]
) -> None:
    with pytest.raises(VehicleWithoutIdentity):
        memory_garage.vehicles.add(**details)
    assert memory_garage.vehicles.count() == 0


@given(vins())
def test_any_valid_vin_is_accepted(vin: str) -> None:
    garage = motovault.open_vault("memory:").garage("ana")
    assert garage.vehicles.find_by_vin(garage.vehicles.add(vin=vin).vin or "") is not None


@given(invalid_vins(), st.booleans())
def test_no_invalid_vin_is_accepted_nor_told_whole(vin: str, has_plate: bool) -> None:
    garage = motovault.open_vault("memory:").garage("ana")
    plate = "AB 1" if has_plate else None
    if not vin.strip() and has_plate:
        assert garage.vehicles.add(vin=vin, license_plate=plate).vin is None
        return
    with pytest.raises(InvalidValue) as caught:
        garage.vehicles.add(vin=vin, license_plate=plate)
    assert caught.value.field == "vin"
    assert len(vin) < 10 or vin not in str(caught.value)
    assert garage.vehicles.count() == 0


def test_a_north_american_vin_with_a_wrong_check_digit_is_refused_with_help(memory_garage: Garage) -> None:
    with pytest.raises(CheckDigitMismatch) as caught:
        memory_garage.vehicles.add(vin=_WRONG)
    assert caught.value.expected == "X"
    assert caught.value.suggestions
    assert all(map(is_valid, caught.value.suggestions))
    assert "allow_check_digit_mismatch" in str(caught.value)
    assert _WRONG not in str(caught.value)


def test_the_help_has_what_was_probably_meant(memory_garage: Garage) -> None:
    with pytest.raises(CheckDigitMismatch) as caught:
        memory_garage.vehicles.add(vin=_VIN.replace("G", "6"))
    assert _VIN in caught.value.suggestions


def test_it_is_accepted_by_whoever_says_so(memory_garage: Garage) -> None:
    assert memory_garage.vehicles.add(vin=_WRONG, allow_check_digit_mismatch=True).vin == _WRONG


@pytest.mark.parametrize("vin", ["L" + _WRONG[1:], "3" + _WRONG[1:], "5" + _WRONG[1:]])
def test_china_and_all_of_north_america_demand_the_check_digit(memory_garage: Garage, vin: str) -> None:
    with pytest.raises(CheckDigitMismatch):
        memory_garage.vehicles.add(vin=vin)


def test_elsewhere_the_check_digit_is_free(memory_garage: Garage) -> None:
    assert memory_garage.vehicles.add(vin=_EUROPEAN).vin == _EUROPEAN


def test_the_time_before_the_standard_is_asked_for(memory_garage: Garage) -> None:
    with pytest.raises(InvalidValue):
        memory_garage.vehicles.add(vin="124379N000001")
    assert memory_garage.vehicles.add(vin="12437-9N-000001", pre_standard=True).vin == "124379N000001"
    for vin in ("4S12", "1" * 18):
        with pytest.raises(InvalidValue):
            memory_garage.vehicles.add(vin=vin, pre_standard=True)


def test_pre_standard_is_no_way_around_the_check_digit(memory_garage: Garage) -> None:
    with pytest.raises(CheckDigitMismatch):
        memory_garage.vehicles.add(vin=_WRONG, pre_standard=True)


def test_the_same_vin_twice_is_refused_however_it_is_typed(memory_garage: Garage, theirs: Garage) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    with pytest.raises(VehicleExists):
        memory_garage.vehicles.add(vin=f"{_VIN[:8]}-{_VIN[8:].lower()}")
    assert memory_garage.vehicles.list() == [car]
    assert theirs.vehicles.add(vin=_VIN).vin == _VIN


def test_a_deleted_vehicle_leaves_lists_and_frees_its_vin(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    frozen_clock.advance(days=1)
    gone = memory_garage.vehicles.remove(car.id)
    assert (gone.is_active, gone.deleted_at, gone.updated_at) == (
        False,
        frozen_clock.now(),
        frozen_clock.now(),
    )
    assert memory_garage.vehicles.list() == []
    assert memory_garage.vehicles.count() == 0
    assert memory_garage.vehicles.find_by_vin(_VIN) is None
    assert memory_garage.vehicles.deleted() == [gone]
    assert memory_garage.vehicles.add(vin=_VIN).id != car.id


@pytest.mark.parametrize("call", ["get", "change", "remove"])
def test_a_deleted_vehicle_cannot_be_used(memory_garage: Garage, call: str) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    memory_garage.vehicles.remove(car.id)
    with pytest.raises(VehicleNotFound) as caught:
        getattr(memory_garage.vehicles, call)(car.id)
    assert caught.value.key == car.id


def test_deleting_and_restoring_gives_the_same_vehicle(
    memory_garage: Garage, frozen_clock: FrozenClock
) -> None:
    car = memory_garage.vehicles.add(vin=_VIN, nickname="Daily", odometer_reading=5, distance_unit="km")
    memory_garage.vehicles.remove(car.id)
    frozen_clock.advance(days=1)
    back = memory_garage.vehicles.restore(car.id)
    assert back.updated_at == frozen_clock.now()
    assert memory_garage.vehicles.list() == [back]
    assert memory_garage.vehicles.deleted() == []
    assert _without_times(back) == _without_times(car)


def test_restoring_a_live_vehicle_changes_nothing(memory_garage: Garage, frozen_clock: FrozenClock) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    frozen_clock.advance(days=1)
    assert memory_garage.vehicles.restore(car.id) == car == memory_garage.vehicles.get(car.id)


def test_restoring_is_refused_while_the_vin_is_in_use_again(memory_garage: Garage) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    memory_garage.vehicles.remove(car.id)
    other = memory_garage.vehicles.add(vin=_VIN)
    with pytest.raises(VehicleExists):
        memory_garage.vehicles.restore(car.id)
    memory_garage.vehicles.remove(other.id)
    assert memory_garage.vehicles.restore(car.id).is_live


def test_changing_keeps_what_was_not_given(memory_garage: Garage, frozen_clock: FrozenClock) -> None:
    car = memory_garage.vehicles.add(vin=_VIN, make="honda", nickname="Daily", color="red")
    frozen_clock.advance(days=1)
    changed = memory_garage.vehicles.change(car.id, model="civic_si", color=None, license_plate="AB 1")
    assert (changed.vin, changed.make, changed.model, changed.color) == (_VIN, "Honda", "Civic SI", None)
    assert (changed.nickname, changed.license_plate) == ("Daily", "AB 1")
    assert (changed.created_at, changed.updated_at) == (car.created_at, frozen_clock.now())
    assert memory_garage.vehicles.get(car.id) == changed


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"vin": None}, VehicleWithoutIdentity),
        ({"vin": _WRONG}, CheckDigitMismatch),
        ({"vin": "short"}, InvalidValue),
        ({"model_year": 1}, InvalidValue),
        ({"distance_unit": "ells"}, InvalidValue),
    ],
)
def test_a_wrong_change_is_refused_and_changes_nothing(
    memory_garage: Garage, changes: dict[str, Any], error: type[Exception]
) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    with pytest.raises(error):
        memory_garage.vehicles.change(car.id, nickname="changed", **changes)
    assert memory_garage.vehicles.get(car.id) == car


def test_changing_to_a_vin_in_use_is_refused(memory_garage: Garage) -> None:
    memory_garage.vehicles.add(vin=_VIN)
    other = memory_garage.vehicles.add(vin=_EUROPEAN)
    with pytest.raises(VehicleExists):
        memory_garage.vehicles.change(other.id, vin=_VIN)
    assert memory_garage.vehicles.get(other.id) == other


def test_a_vin_that_was_let_through_stays_when_other_things_change(memory_garage: Garage) -> None:
    car = memory_garage.vehicles.add(vin=_WRONG, allow_check_digit_mismatch=True)
    assert memory_garage.vehicles.change(car.id, nickname="x", vin=_WRONG).vin == _WRONG


@pytest.mark.parametrize("name", ["user_id", "id", "deleted_at", "mileage", "created_at"])
def test_a_field_that_cannot_be_set_is_refused_by_name(memory_garage: Garage, name: str) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    details: dict[str, Any] = {name: 5}
    for call in (
        lambda: memory_garage.vehicles.add(license_plate="AB", **details),
        lambda: memory_garage.vehicles.change(car.id, **details),
    ):
        with pytest.raises(InvalidValue) as caught:
            call()
        assert caught.value.field == name
    assert memory_garage.vehicles.list() == [car]


def test_a_figure_set_by_hand_is_dated(memory_garage: Garage, frozen_clock: FrozenClock) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    assert car.odometer_read_at is None
    frozen_clock.advance(days=1)
    set_at = frozen_clock.now()
    assert memory_garage.vehicles.change(car.id, odometer_reading=48210).odometer_read_at == set_at
    frozen_clock.advance(days=1)
    assert memory_garage.vehicles.change(car.id, nickname="x").odometer_read_at == set_at
    assert memory_garage.vehicles.change(car.id, odometer_reading=0).odometer_read_at is None


def test_another_users_vehicle_does_not_exist(memory_garage: Garage, theirs: Garage) -> None:
    car = theirs.vehicles.add(vin=_VIN)
    for call in (
        lambda: memory_garage.vehicles.get(car.id),
        lambda: memory_garage.vehicles.change(car.id, nickname="mine"),
        lambda: memory_garage.vehicles.remove(car.id),
        lambda: memory_garage.vehicles.restore(car.id),
    ):
        with pytest.raises(VehicleNotFound):
            call()
    assert memory_garage.vehicles.find_by_vin(_VIN) is None
    assert memory_garage.vehicles.list() == memory_garage.vehicles.deleted() == []
    assert theirs.vehicles.get(car.id) == car


def test_lists_come_in_pages(memory_garage: Garage, frozen_clock: FrozenClock) -> None:
    cars = []
    for n in range(5):
        cars.append(memory_garage.vehicles.add(license_plate=f"AB {n}"))
        frozen_clock.advance(seconds=1)
    first = memory_garage.vehicles.list(limit=2)
    assert first == cars[:2]
    assert memory_garage.vehicles.list(after=first[-1], limit=2) == cars[2:4]
    assert memory_garage.vehicles.list(after=cars[-1]) == []


@pytest.mark.parametrize("limit", [0, -1, "2", 1.5, True])
def test_a_page_of_no_size_is_refused(memory_garage: Garage, limit: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        memory_garage.vehicles.list(limit=limit)
    assert caught.value.field == "limit"


def test_a_transaction_undoes_vehicles_too(memory_garage: Garage) -> None:
    car = memory_garage.vehicles.add(vin=_VIN)
    with pytest.raises(VehicleExists), memory_garage.transaction():  # noqa: PT012
        memory_garage.vehicles.remove(car.id)
        memory_garage.vehicles.add(vin=_VIN)
        memory_garage.vehicles.add(vin=_VIN)
    assert memory_garage.vehicles.list() == [car]


def _without_times(vehicle: Vehicle) -> dict[str, Any]:
    return {
        name: getattr(vehicle, name) for name in Vehicle.__slots__ if name not in {"updated_at", "deleted_at"}
    }
