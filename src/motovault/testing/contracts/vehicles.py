"""What every repository of vehicles must do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import attrs
import pytest

from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.testing.awkward import AWKWARD_TEXTS, AWKWARD_TIMES
from motovault.testing.contracts.base import StoreContract, at_once, keep_vehicle
from motovault.testing.examples import ANA, BOB, NOON, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["VehicleRepositoryContract"]

_VIN: Final = "1M8GDM9AXKP042788"
_OTHER_VIN: Final = "WVWZZZ1JZXW000001"

_FULL: Final[dict[str, Any]] = {
    "vin": _VIN,
    "make": "Škoda",
    "model": "Octavia",
    "model_year": 2019,
    "trim": "RS",
    "engine": "2.0 TSI",
    "transmission": "7-speed DSG",
    "nickname": "Ana's 🚗",
    "color": "grün",
    "license_plate": "B-ÄÖ 123",
    "odometer_reading": 2**31 - 1,
    "image_bucket": "images",
    "image_key": "a/b/c.png",
    "is_active": False,
    "deleted_at": NOON + timedelta(days=3, microseconds=1),
    "created_at": NOON - timedelta(microseconds=1),
    "updated_at": NOON + timedelta(days=4),
    "distance_unit": "km",
    "odometer_read_at": NOON + timedelta(hours=1),
}
_LONGEST: Final[dict[str, Any]] = {
    name: "漢" * length
    for name, length in {
        "make": 100,
        "model": 100,
        "trim": 100,
        "engine": 100,
        "transmission": 100,
        "nickname": 100,
        "color": 50,
        "license_plate": 20,
        "image_bucket": 128,
        "image_key": 512,
    }.items()
}
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "plate only": {},
    "VIN only": {"vin": _VIN, "license_plate": None},
    "short VIN": {"vin": "4S123"},
    "everything": _FULL,
    "longest texts": _LONGEST,
    "no odometer": {"odometer_reading": None},
    "odometer 0": {"odometer_reading": 0},
    "oldest": {"model_year": 1885, "distance_unit": "nmi"},
    "inactive but not deleted": {"is_active": False},
    "deleted but active": {"deleted_at": NOON},
    **{f"text, {name}": {"nickname": text} for name, text in AWKWARD_TEXTS.items()},
    **{f"time, {name}": {"created_at": time, "deleted_at": time} for name, time in AWKWARD_TIMES.items()},
    **{f"unit {unit}": {"distance_unit": unit} for unit in ("mi", "km", "nmi", "h")},
}


class VehicleRepositoryContract(StoreContract):
    """Every promise of :class:`motovault.domain.vehicles.VehicleRepository`."""

    @pytest.mark.parametrize("kind", _KINDS)
    def test_a_kept_vehicle_comes_back_as_it_was(self, store: Store, kind: str) -> None:
        vehicle = keep_vehicle(store, **_KINDS[kind])
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.get(vehicle.id) == vehicle
            assert [*work.vehicles.list_live(), *work.vehicles.list_deleted()] == [vehicle]

    @pytest.mark.parametrize("user", ["a", "x" * 255, "漢" * 255, "it's; --", "ana\tbob", "🚗"])
    def test_a_user_can_be_called_anything(self, store: Store, user: str) -> None:
        vehicle = keep_vehicle(store, UserId(user))
        with store.unit_of_work(UserId(user)) as work:
            assert work.vehicles.get(vehicle.id).user_id == user

    def test_users_that_look_alike_are_different_ones(self, store: Store) -> None:
        alike = [UserId(name) for name in ("ana", "Ana", "an\u0430", "anã", "an\u0061\u0303", "ana%", "an_")]
        for user_id in alike:
            keep_vehicle(store, user_id, vin=_VIN)
        for user_id in alike:
            with store.unit_of_work(user_id) as work:
                assert [vehicle.user_id for vehicle in work.vehicles.list_live()] == [user_id]

    def test_getting_an_unknown_one_says_which(self, store: Store) -> None:
        unknown = VehicleId(uuid4())
        with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
            work.vehicles.get(unknown)
        assert caught.value.key == unknown

    def test_the_same_id_twice_is_refused(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        with pytest.raises(VehicleExists), store.unit_of_work(ANA) as work:
            work.vehicles.add(attrs.evolve(vehicle, nickname="again"))
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [vehicle]

    def test_an_id_of_another_user_is_refused_and_stays_theirs(self, store: Store) -> None:
        theirs = keep_vehicle(store, BOB)
        with pytest.raises(VehicleExists), store.unit_of_work(ANA) as work:
            work.vehicles.add(attrs.evolve(theirs, user_id=ANA))
        with store.unit_of_work(BOB) as work:
            assert work.vehicles.get(theirs.id) == theirs
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.count_live() == 0

    def test_the_same_vin_twice_among_live_ones_is_refused(self, store: Store) -> None:
        first = keep_vehicle(store, vin=_VIN)
        with pytest.raises(VehicleExists) as caught:
            keep_vehicle(store, vin=_VIN)
        assert _VIN not in str(caught.value)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [first]

    def test_the_same_vin_at_once_is_kept_once(self, store: Store) -> None:
        results = at_once([lambda: keep_vehicle(store, vin=_VIN)] * 4)
        assert sum(isinstance(result, Vehicle) for result in results) == 1
        assert sum(isinstance(result, VehicleExists) for result in results) == 3

    @pytest.mark.parametrize("gone", [{"deleted_at": NOON}, {"is_active": False}])
    def test_the_vin_of_one_that_is_not_live_is_free(self, store: Store, gone: dict[str, Any]) -> None:
        keep_vehicle(store, vin=_VIN, **gone)
        keep_vehicle(store, vin=_VIN, **gone)
        live = keep_vehicle(store, vin=_VIN)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.find_by_vin(_VIN) == live

    def test_two_users_may_have_the_same_vin(self, store: Store) -> None:
        mine, theirs = keep_vehicle(store, ANA, vin=_VIN), keep_vehicle(store, BOB, vin=_VIN)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.find_by_vin(_VIN) == mine
        with store.unit_of_work(BOB) as work:
            assert work.vehicles.find_by_vin(_VIN) == theirs

    def test_vehicles_without_vin_do_not_clash(self, store: Store) -> None:
        both = {keep_vehicle(store).id, keep_vehicle(store).id}
        with store.unit_of_work(ANA) as work:
            assert {vehicle.id for vehicle in work.vehicles.list_live()} == both

    @pytest.mark.parametrize("gone", [{"deleted_at": NOON}, {"is_active": False}])
    def test_finding_by_vin_finds_live_ones_only(self, store: Store, gone: dict[str, Any]) -> None:
        keep_vehicle(store, vin=_VIN, **gone)
        keep_vehicle(store, BOB, vin=_OTHER_VIN)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.find_by_vin(_VIN) is None
            assert work.vehicles.find_by_vin(_OTHER_VIN) is None

    def test_lists_are_ordered_by_creation_then_id(self, store: Store) -> None:
        ordered = _scrambled(store)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [vehicle for vehicle in ordered if vehicle.is_live]
            assert work.vehicles.list_deleted() == [vehicle for vehicle in ordered if not vehicle.is_live]
            assert work.vehicles.count_live() == sum(vehicle.is_live for vehicle in ordered)

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_pages_together_are_the_list(self, store: Store, limit: int) -> None:
        live = [vehicle for vehicle in _scrambled(store) if vehicle.is_live]
        found: list[Vehicle] = []
        with store.unit_of_work(ANA) as work:
            while page := work.vehicles.list_live(after=found[-1] if found else None, limit=limit):
                assert len(page) <= limit
                found += page
        assert found == live

    def test_a_page_goes_on_behind_one_that_is_gone(self, store: Store) -> None:
        live = [vehicle for vehicle in _scrambled(store) if vehicle.is_live]
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(live[1], deleted_at=NOON))
            assert work.vehicles.list_live(after=live[1]) == live[2:]
            assert work.vehicles.list_live(after=example_vehicle(created_at=NOON - timedelta(days=999))) == [
                live[0],
                *live[2:],
            ]

    @pytest.mark.parametrize("kind", _KINDS)
    def test_replacing_changes_every_field(self, store: Store, kind: str) -> None:
        vehicle = keep_vehicle(store, vin=_OTHER_VIN)
        changes = {"updated_at": NOON + timedelta(days=9), **_KINDS[kind]}
        changed = example_vehicle(**changes | {"id": vehicle.id})
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(changed)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.get(vehicle.id) == changed

    def test_replacing_an_unknown_one_is_refused(self, store: Store) -> None:
        unknown = example_vehicle()
        with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
            work.vehicles.replace(unknown)
        assert caught.value.key == unknown.id
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == []

    def test_replacing_with_a_vin_in_use_is_refused_and_changes_nothing(self, store: Store) -> None:
        keep_vehicle(store, vin=_VIN)
        other = keep_vehicle(store, vin=_OTHER_VIN)
        with pytest.raises(VehicleExists), store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(other, vin=_VIN, nickname="changed"))
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.get(other.id) == other
            assert work.vehicles.find_by_vin(_OTHER_VIN) == other

    def test_restoring_while_the_vin_is_in_use_again_is_refused(self, store: Store) -> None:
        gone = keep_vehicle(store, vin=_VIN, is_active=False, deleted_at=NOON)
        keep_vehicle(store, vin=_VIN)
        with pytest.raises(VehicleExists), store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(gone, is_active=True, deleted_at=None))
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_deleted() == [gone]

    def test_a_deleted_one_leaves_lists_and_can_be_restored(self, store: Store) -> None:
        vehicle = keep_vehicle(store, vin=_VIN)
        later = NOON + timedelta(days=1)
        gone = attrs.evolve(vehicle, is_active=False, deleted_at=later, updated_at=later)
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(gone)
            assert (work.vehicles.list_live(), work.vehicles.count_live()) == ([], 0)
            assert (work.vehicles.get(vehicle.id), work.vehicles.list_deleted()) == (gone, [gone])
        back = attrs.evolve(gone, is_active=True, deleted_at=None, updated_at=later + timedelta(seconds=1))
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(back)
            assert (work.vehicles.find_by_vin(_VIN), work.vehicles.list_deleted()) == (back, [])

    def test_those_of_another_user_do_not_exist(self, store: Store) -> None:
        theirs = keep_vehicle(store, BOB, vin=_VIN)
        gone = keep_vehicle(store, BOB, deleted_at=NOON)
        with store.unit_of_work(ANA) as work:
            for vehicle in (theirs, gone):
                with pytest.raises(VehicleNotFound):
                    work.vehicles.get(vehicle.id)
            assert work.vehicles.find_by_vin(_VIN) is None
            assert work.vehicles.list_live() == []
            assert work.vehicles.list_deleted() == []
            assert work.vehicles.count_live() == 0
        with pytest.raises(VehicleNotFound), store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(theirs, user_id=ANA, nickname="mine now"))
        with store.unit_of_work(BOB) as work:
            assert work.vehicles.get(theirs.id) == theirs

    def test_one_that_says_it_is_of_another_user_is_refused(self, store: Store) -> None:
        mine = keep_vehicle(store)
        with pytest.raises(InvalidValue) as caught, store.unit_of_work(ANA) as work:
            work.vehicles.add(example_vehicle(BOB))
        assert caught.value.field == "user_id"
        with pytest.raises(InvalidValue), store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(mine, user_id=BOB))
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [mine]
        with store.unit_of_work(BOB) as work:
            assert work.vehicles.list_live() == []


def _scrambled(store: Store) -> list[Vehicle]:
    """Vehicles by creation and id, kept in another order; every third is deleted; some share a moment."""
    moments = [-400 * 24 * 3600, 0, 0, 1e-6, 1, 1, 60, 86400, 86400 * 400]
    ids = [UUID(int=(n * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) % 2**128) for n in range(1, 10)]
    vehicles = [
        example_vehicle(
            id=vehicle_id,
            created_at=NOON + timedelta(seconds=seconds),
            deleted_at=NOON if n % 3 == 2 else None,
        )
        for n, (seconds, vehicle_id) in enumerate(zip(moments, ids, strict=True))
    ]
    with store.unit_of_work(ANA, atomic=True) as work:
        for vehicle in sorted(vehicles, key=lambda vehicle: vehicle.id.int % 1009):
            work.vehicles.add(vehicle)
    keep_vehicle(store, BOB)
    return sorted(vehicles, key=lambda vehicle: (vehicle.created_at, vehicle.id))
