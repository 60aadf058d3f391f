"""What every repository must do whose entities are each of one vehicle."""

# ruff: noqa: PT012 - a unit of work that is left by an error is what some of these tests are about

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID, uuid4

import attrs
import pytest

from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound
from motovault.errors import Conflict, InvalidValue, NotFound
from motovault.testing.contracts.base import StoreContract, at_once, keep_vehicle
from motovault.testing.examples import ANA, BOB, NOON, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Repositories, Store

__all__ = ["OfVehicleContract", "scrambled_ids"]

_SCATTER: Final = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835


class _ChangedMyMind(Exception):
    """Raised by the tests, by nobody else."""


def scrambled_ids(number: int) -> list[UUID]:
    """So many ids in no order, the same at every call."""
    return [UUID(int=(n * _SCATTER) % 2**128) for n in range(1, number + 1)]


class OfVehicleContract(StoreContract):
    """What the repositories of maintenance have in common; a subclass says which one it is about."""

    exists: ClassVar[type[Conflict]]
    not_found: ClassVar[type[NotFound]]

    def of(self, work: Repositories) -> Any:
        """The repository."""
        raise NotImplementedError

    def example(self, vehicle: Vehicle, /, **changes: Any) -> Any:
        """A right entity of this vehicle."""
        raise NotImplementedError

    def kept(self, store: Store, vehicle_id: VehicleId | None = None, **changes: Any) -> Any:
        """One that is kept already, at a new vehicle unless one is named."""
        vehicle = keep_vehicle(store) if vehicle_id is None else example_vehicle(id=vehicle_id)
        entity = self.example(vehicle, **changes)
        with store.unit_of_work(entity.user_id) as work:
            self.of(work).add(entity)
        return entity

    def listed(self, store: Store, vehicle_id: VehicleId) -> list[Any]:
        """What one vehicle of Ana's has."""
        with store.unit_of_work(ANA) as work:
            found: list[Any] = self.of(work).list_for_vehicle(vehicle_id)
            assert self.of(work).count_for_vehicle(vehicle_id) == len(found)
        return found

    def test_getting_an_unknown_one_says_which(self, store: Store) -> None:
        unknown = uuid4()
        with pytest.raises(self.not_found) as caught, store.unit_of_work(ANA) as work:
            self.of(work).get(unknown)
        assert caught.value.key == unknown

    def test_the_same_id_twice_is_refused(self, store: Store) -> None:
        entity = self.kept(store)
        with pytest.raises(self.exists), store.unit_of_work(ANA) as work:
            self.of(work).add(attrs.evolve(entity, notes="again"))
        assert self.listed(store, entity.vehicle_id) == [entity]

    def test_an_id_of_another_user_is_refused_and_stays_theirs(self, store: Store) -> None:
        mine, theirs = keep_vehicle(store), self.kept(store, keep_vehicle(store, BOB).id, user_id=BOB)
        with pytest.raises(self.exists), store.unit_of_work(ANA) as work:
            self.of(work).add(self.example(mine, id=theirs.id))
        with store.unit_of_work(BOB) as work:
            assert self.of(work).get(theirs.id) == theirs

    # --- source keys

    def test_a_source_key_twice_at_a_vehicle_is_refused(self, store: Store) -> None:
        entity = self.kept(store, source="fuelio", source_key="1")
        with pytest.raises(self.exists):
            self.kept(store, entity.vehicle_id, source="fuelio", source_key="1")
        assert self.listed(store, entity.vehicle_id) == [entity]

    def test_a_source_key_clashes_only_as_a_whole_and_at_its_vehicle(self, store: Store) -> None:
        vehicle, other = keep_vehicle(store), keep_vehicle(store)
        for source, key in [("a", "1"), ("a", "2"), ("b", "1"), ("a", None), (None, "1")]:
            self.kept(store, vehicle.id, source=source, source_key=key)
        for source, key in [("a", None), (None, "1"), (None, None), (None, None), ("A", "1")]:
            self.kept(store, vehicle.id, source=source, source_key=key)
        self.kept(store, other.id, source="a", source_key="1")
        assert len(self.listed(store, vehicle.id)) == 10

    def test_the_same_source_key_at_once_is_kept_once(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        results = at_once([lambda: self.kept(store, vehicle.id, source="a", source_key="1")] * 4)
        assert sum(isinstance(result, self.exists) for result in results) == 3
        assert len(self.listed(store, vehicle.id)) == 1

    # --- vehicles

    @pytest.mark.parametrize("whose", ["nobody's", "deleted", "inactive", "another user's"])
    def test_it_needs_a_live_vehicle_of_the_user(self, store: Store, whose: str) -> None:
        vehicle = vehicle_that_is(store, whose)
        with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
            self.of(work).add(self.example(vehicle, user_id=ANA))
        assert caught.value.key == vehicle.id
        for user_id in (ANA, BOB):
            with store.unit_of_work(user_id) as work:
                assert self.of(work).count_for_vehicle(vehicle.id) == 0

    def test_those_of_a_deleted_vehicle_stay_and_come_back_with_it(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        entity = self.kept(store, vehicle.id)
        deleted = attrs.evolve(vehicle, is_active=False, deleted_at=NOON)
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(deleted)
        with store.unit_of_work(ANA) as work:
            assert self.of(work).get(entity.id) == entity
            assert self.of(work).list_for_garage() == []
            # one that is there may still be changed, and taken away
            entity = attrs.evolve(entity, notes="changed")
            self.of(work).replace(entity)
        assert self.listed(store, vehicle.id) == [entity]
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(vehicle)
            assert self.of(work).list_for_garage() == [entity]

    def test_a_vehicle_without_any_has_an_empty_list(self, store: Store) -> None:
        assert self.listed(store, keep_vehicle(store).id) == []
        assert self.listed(store, VehicleId(uuid4())) == []
        with store.unit_of_work(ANA) as work:
            assert self.of(work).list_for_garage() == []

    def test_the_garage_has_those_of_all_live_vehicles_by_vehicle(self, store: Store) -> None:
        ids = scrambled_ids(6)
        vehicles = [keep_vehicle(store, id=VehicleId(vehicle_id)) for vehicle_id in ids[:4]]
        vehicles += [keep_vehicle(store, id=VehicleId(ids[4]), is_active=False)]
        keep_vehicle(store, id=VehicleId(ids[5]))  # has none
        theirs = keep_vehicle(store, BOB)
        with store.unit_of_work(BOB) as work:
            self.of(work).add(self.example(theirs))
        with store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.replace(attrs.evolve(vehicles[4], is_active=True))
            for entity_id in scrambled_ids(15):
                self.of(work).add(self.example(vehicles[entity_id.int % 5], id=entity_id))
            work.vehicles.replace(vehicles[4])
        live = sorted(vehicle.id for vehicle in vehicles[:4])
        expected = [entity for vehicle_id in live for entity in self.listed(store, vehicle_id)]
        with store.unit_of_work(ANA) as work:
            assert self.of(work).list_for_garage() == expected
        with store.unit_of_work(ANA, atomic=True) as work:
            assert self.of(work).list_for_garage() == expected
        assert 0 < len(expected) < 15

    # --- changes

    def test_replacing_an_unknown_one_is_refused(self, store: Store) -> None:
        unknown = self.example(keep_vehicle(store))
        with pytest.raises(self.not_found) as caught, store.unit_of_work(ANA) as work:
            self.of(work).replace(unknown)
        assert caught.value.key == unknown.id
        assert self.listed(store, unknown.vehicle_id) == []

    def test_replacing_with_a_source_key_in_use_is_refused_and_changes_nothing(self, store: Store) -> None:
        first = self.kept(store, source="a", source_key="1")
        second = self.kept(store, first.vehicle_id, source="a", source_key="2")
        with pytest.raises(self.exists), store.unit_of_work(ANA) as work:
            self.of(work).replace(attrs.evolve(second, source_key="1", notes="changed"))
        with store.unit_of_work(ANA) as work:
            assert self.of(work).get(second.id) == second

    def test_it_moves_to_another_live_vehicle_only(self, store: Store) -> None:
        entity, other = self.kept(store), keep_vehicle(store)
        for whose in ("nobody's", "deleted", "another user's"):
            elsewhere = vehicle_that_is(store, whose)
            with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
                self.of(work).replace(attrs.evolve(entity, vehicle_id=elsewhere.id))
            assert caught.value.key == elsewhere.id
        moved = attrs.evolve(entity, vehicle_id=other.id)
        with store.unit_of_work(ANA) as work:
            self.of(work).replace(moved)
        assert self.listed(store, other.id) == [moved]
        assert self.listed(store, entity.vehicle_id) == []

    def test_a_removed_one_is_gone_for_good(self, store: Store) -> None:
        entity = self.kept(store, source="a", source_key="1")
        other = self.kept(store, entity.vehicle_id)
        with store.unit_of_work(ANA) as work:
            self.of(work).remove(entity.id)
        assert self.listed(store, entity.vehicle_id) == [other]
        with pytest.raises(self.not_found), store.unit_of_work(ANA) as work:
            self.of(work).get(entity.id)
        with store.unit_of_work(ANA) as work:
            self.of(work).add(entity)  # its id and its source key are free again

    def test_removing_an_unknown_one_is_refused(self, store: Store) -> None:
        unknown = uuid4()
        with pytest.raises(self.not_found) as caught, store.unit_of_work(ANA) as work:
            self.of(work).remove(unknown)
        assert caught.value.key == unknown

    # --- other users

    def test_those_of_another_user_do_not_exist(self, store: Store) -> None:
        theirs = self.kept(store, keep_vehicle(store, BOB).id, user_id=BOB)
        mine = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            with pytest.raises(self.not_found) as caught:
                self.of(work).get(theirs.id)
            assert caught.value.key == theirs.id
            assert self.of(work).list_for_garage() == []
        assert self.listed(store, theirs.vehicle_id) == []
        with pytest.raises(self.not_found), store.unit_of_work(ANA) as work:
            self.of(work).remove(theirs.id)
        with pytest.raises(self.not_found), store.unit_of_work(ANA) as work:
            self.of(work).replace(attrs.evolve(theirs, user_id=ANA, vehicle_id=mine.id))
        with store.unit_of_work(BOB) as work:
            assert self.of(work).get(theirs.id) == theirs

    def test_one_that_says_it_is_of_another_user_is_refused(self, store: Store) -> None:
        entity, theirs = self.kept(store), keep_vehicle(store, BOB)
        with pytest.raises(InvalidValue) as caught, store.unit_of_work(ANA) as work:
            self.of(work).add(self.example(theirs))
        assert caught.value.field == "user_id"
        with pytest.raises(InvalidValue), store.unit_of_work(ANA) as work:
            self.of(work).replace(attrs.evolve(entity, user_id=BOB, vehicle_id=theirs.id))
        assert self.listed(store, entity.vehicle_id) == [entity]
        with store.unit_of_work(BOB) as work:
            assert self.of(work).count_for_vehicle(theirs.id) == 0

    # --- transactions

    def test_leaving_by_an_error_keeps_nothing(self, store: Store) -> None:
        first = self.kept(store, source="a", source_key="1")
        second = self.kept(store, first.vehicle_id)
        before = self.listed(store, first.vehicle_id)
        for _ in range(2):
            with pytest.raises(_ChangedMyMind), store.unit_of_work(ANA, atomic=True) as work:
                self.of(work).replace(attrs.evolve(second, notes="changed"))
                self.of(work).remove(first.id)
                self.of(work).add(attrs.evolve(first, id=uuid4()))
                assert self.of(work).count_for_vehicle(first.vehicle_id) == 2
                with store.unit_of_work(ANA) as other:
                    assert self.of(other).list_for_vehicle(first.vehicle_id) == before
                raise _ChangedMyMind
            assert self.listed(store, first.vehicle_id) == before

    def test_an_error_in_a_joined_part_undoes_that_part_only(self, store: Store) -> None:
        first = self.kept(store)
        vehicle = example_vehicle(id=first.vehicle_id)
        second = self.example(vehicle)
        with store.unit_of_work(ANA, atomic=True) as work:
            self.of(work).add(second)
            with pytest.raises(_ChangedMyMind), work.join(atomic=True) as part:
                self.of(part).remove(first.id)
                self.of(part).add(self.example(vehicle))
                raise _ChangedMyMind
            with pytest.raises(self.exists), work.join() as part:
                self.of(part).add(first)
            with pytest.raises(self.not_found), work.join() as part:
                self.of(part).remove(UUID(int=1))
        assert {entity.id for entity in self.listed(store, first.vehicle_id)} == {first.id, second.id}

    def test_two_who_change_one_at_once_both_see_what_the_other_wrote(self, store: Store) -> None:
        entity = self.kept(store, notes="0")

        def count_up() -> None:
            for _ in range(5):
                with store.unit_of_work(ANA, atomic=True) as work:
                    found = self.of(work).get(entity.id)
                    self.of(work).replace(attrs.evolve(found, notes=str(int(found.notes) + 1)))

        assert at_once([count_up] * 3) == [None] * 3
        assert [found.notes for found in self.listed(store, entity.vehicle_id)] == ["15"]


def vehicle_that_is(store: Store, whose: str) -> Vehicle:
    """A vehicle at which Ana may keep nothing."""
    if whose == "nobody's":
        return example_vehicle()
    if whose == "another user's":
        return keep_vehicle(store, BOB)
    return keep_vehicle(store, **({"deleted_at": NOON} if whose == "deleted" else {"is_active": False}))
