"""What every repository of fuel logs must do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import attrs
import pytest

from motovault.domain.fuel_logs import FuelLog, FuelLogExists, FuelLogId, FuelLogNotFound
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.testing.awkward import FUEL_LOG_KINDS
from motovault.testing.contracts.base import StoreContract, at_once, keep_vehicle
from motovault.testing.examples import ANA, BOB, NOON, example_fuel_log, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["FuelLogRepositoryContract"]

_MANY: Final = 2000


class FuelLogRepositoryContract(StoreContract):
    """Every promise of :class:`motovault.domain.fuel_logs.FuelLogRepository`."""

    @pytest.mark.parametrize("kind", FUEL_LOG_KINDS)
    def test_a_kept_log_comes_back_as_it_was(self, store: Store, kind: str) -> None:
        log = example_fuel_log(keep_vehicle(store), **FUEL_LOG_KINDS[kind])
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add(log)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.get(log.id) == log
            assert work.fuel_logs.list_for_vehicle(log.vehicle_id) == [log]

    def test_many_kept_logs_come_back_as_they_were(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        logs = [example_fuel_log(vehicle, **kind) for kind in FUEL_LOG_KINDS.values()]
        with store.unit_of_work(ANA) as work:
            # the large way in may be another one than that for few
            assert work.fuel_logs.add_many(logs + _run_of(vehicle.id, _MANY, 1)) == len(logs) + _MANY
        with store.unit_of_work(ANA) as work:
            assert [work.fuel_logs.get(log.id) for log in logs] == logs

    def test_getting_an_unknown_one_says_which(self, store: Store) -> None:
        unknown = FuelLogId(uuid4())
        with pytest.raises(FuelLogNotFound) as caught, store.unit_of_work(ANA) as work:
            work.fuel_logs.get(unknown)
        assert caught.value.key == unknown

    def test_the_same_id_twice_is_refused(self, store: Store) -> None:
        log = _kept(store)
        with pytest.raises(FuelLogExists), store.unit_of_work(ANA) as work:
            work.fuel_logs.add(attrs.evolve(log, volume=1))
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(log.vehicle_id) == [log]

    def test_an_id_of_another_user_is_refused_and_stays_theirs(self, store: Store) -> None:
        mine, theirs = keep_vehicle(store), _kept(store, keep_vehicle(store, BOB).id, user_id=BOB)
        with pytest.raises(FuelLogExists), store.unit_of_work(ANA) as work:
            work.fuel_logs.add(example_fuel_log(mine, id=theirs.id))
        with store.unit_of_work(BOB) as work:
            assert work.fuel_logs.get(theirs.id) == theirs

    def test_a_source_key_twice_at_a_vehicle_is_refused(self, store: Store) -> None:
        log = _kept(store, source="fuelio", source_key="1")
        with pytest.raises(FuelLogExists):
            _kept(store, log.vehicle_id, source="fuelio", source_key="1")
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(log.vehicle_id) == [log]

    def test_a_source_key_clashes_only_as_a_whole_and_at_its_vehicle(self, store: Store) -> None:
        vehicle, other = keep_vehicle(store), keep_vehicle(store)
        for source, key in [("a", "1"), ("a", "2"), ("b", "1"), ("a", None), (None, "1")]:
            _kept(store, vehicle.id, source=source, source_key=key)
        for source, key in [("a", None), (None, "1"), (None, None), (None, None), ("A", "1")]:
            _kept(store, vehicle.id, source=source, source_key=key)
        _kept(store, other.id, source="a", source_key="1")
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 10

    def test_the_same_source_key_at_once_is_kept_once(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        results = at_once([lambda: _kept(store, vehicle.id, source="a", source_key="1")] * 4)
        assert sum(isinstance(result, FuelLog) for result in results) == 1
        assert sum(isinstance(result, FuelLogExists) for result in results) == 3

    @pytest.mark.parametrize("way", ["add", "add_many"])
    @pytest.mark.parametrize("whose", ["nobody's", "deleted", "inactive", "another user's"])
    def test_a_log_needs_a_live_vehicle_of_the_user(self, store: Store, way: str, whose: str) -> None:
        if whose == "nobody's":
            vehicle = example_vehicle()
        elif whose == "another user's":
            vehicle = keep_vehicle(store, BOB)
        else:
            vehicle = keep_vehicle(
                store, **({"deleted_at": NOON} if whose == "deleted" else {"is_active": False})
            )
        log = example_fuel_log(vehicle, user_id=ANA)
        with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
            work.fuel_logs.add(log) if way == "add" else work.fuel_logs.add_many([log])
        assert caught.value.key == vehicle.id
        for user_id in (ANA, BOB):
            with store.unit_of_work(user_id) as work:
                assert work.fuel_logs.count_for_vehicle(vehicle.id) == 0

    def test_the_logs_of_a_deleted_vehicle_stay(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        log = _kept(store, vehicle.id)
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(vehicle, is_active=False, deleted_at=NOON))
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.get(log.id) == log
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == [log]
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 1

    # --- many at once

    def test_many_say_how_many_were_new(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        first, second = _run_of(vehicle.id, 3, 1), _run_of(vehicle.id, 2, 2)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.add_many([]) == 0
            assert work.fuel_logs.add_many(first) == 3
            assert work.fuel_logs.add_many(first + second) == 2
            assert work.fuel_logs.add_many(first + second) == 0
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == _sorted(first + second)

    def test_importing_again_under_new_ids_adds_nothing_and_changes_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        logs = _run_of(vehicle.id, 5, 1)
        again = [attrs.evolve(log, id=FuelLogId(uuid4()), volume=99) for log in logs]
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many(logs)
            assert work.fuel_logs.add_many(again) == 0
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == logs

    def test_of_two_with_one_source_key_in_the_same_call_the_first_is_kept(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        first, second = (example_fuel_log(vehicle, source="a", source_key="1", volume=v) for v in (1, 2))
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.add_many([first, second]) == 1
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == [first]

    @pytest.mark.parametrize("atomic", [False, True])
    @pytest.mark.parametrize("number", [3, _MANY])
    def test_many_with_an_id_in_use_keep_nothing(self, store: Store, number: int, atomic: bool) -> None:
        kept = _kept(store)
        new = _run_of(kept.vehicle_id, number, 1)
        clash = attrs.evolve(new[-1], id=kept.id)
        with pytest.raises(FuelLogExists), store.unit_of_work(ANA, atomic=atomic) as work:
            work.fuel_logs.add_many([*new[:-1], clash])
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(kept.vehicle_id) == [kept]

    def test_many_with_the_same_new_id_twice_keep_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        log = example_fuel_log(vehicle)
        with pytest.raises(FuelLogExists), store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many([log, attrs.evolve(log, volume=1)])
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 0

    @pytest.mark.parametrize("number", [3, _MANY])
    def test_many_of_which_one_has_no_vehicle_keep_nothing(self, store: Store, number: int) -> None:
        vehicle = keep_vehicle(store)
        logs = [*_run_of(vehicle.id, number, 1), example_fuel_log(example_vehicle())]
        with pytest.raises(VehicleNotFound), store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many(logs)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 0

    def test_many_that_break_off_keep_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)

        def broken() -> Iterator[FuelLog]:
            yield from _run_of(vehicle.id, _MANY, 1)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many(broken())
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 0

    def test_many_are_read_once_from_any_iterable(self, store: Store) -> None:
        vehicle, other = keep_vehicle(store), keep_vehicle(store)
        logs = [log for pair in zip(_run_of(vehicle.id, _MANY, 1), _run_of(other.id, _MANY, 2), strict=True)
                for log in pair]  # fmt: skip
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.add_many(log for log in reversed(logs)) == 2 * _MANY
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == logs[::2]
            assert work.fuel_logs.count_for_vehicle(other.id) == _MANY
            assert work.fuel_logs.add_many(iter(logs)) == 0

    # --- lists

    def test_lists_are_ordered_by_time_then_id(self, store: Store) -> None:
        ordered = _scrambled(store)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(ordered[0].vehicle_id) == ordered
            assert work.fuel_logs.count_for_vehicle(ordered[0].vehicle_id) == len(ordered)

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_pages_together_are_the_list(self, store: Store, limit: int) -> None:
        ordered = _scrambled(store)
        found: list[FuelLog] = []
        with store.unit_of_work(ANA) as work:
            while page := work.fuel_logs.list_for_vehicle(
                ordered[0].vehicle_id, after=found[-1] if found else None, limit=limit
            ):
                assert len(page) <= limit
                found += page
        assert found == ordered

    def test_a_page_goes_on_behind_one_that_is_gone(self, store: Store) -> None:
        ordered = _scrambled(store)
        vehicle_id = ordered[0].vehicle_id
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.remove(ordered[2].id)
            assert work.fuel_logs.list_for_vehicle(vehicle_id, after=ordered[2]) == ordered[3:]
            assert work.fuel_logs.list_for_vehicle(vehicle_id, after=ordered[1], limit=1) == [ordered[3]]

    def test_a_vehicle_without_logs_has_an_empty_list(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            for vehicle_id in (vehicle.id, VehicleId(uuid4())):
                assert work.fuel_logs.list_for_vehicle(vehicle_id) == []
                assert work.fuel_logs.list_for_vehicle(vehicle_id, limit=5) == []
                assert work.fuel_logs.count_for_vehicle(vehicle_id) == 0

    # --- changes

    @pytest.mark.parametrize("kind", FUEL_LOG_KINDS)
    def test_replacing_changes_every_field(self, store: Store, kind: str) -> None:
        log = _kept(store, source="x", source_key="y")
        changes = {
            "filled_at": NOON - timedelta(days=3),
            "updated_at": NOON + timedelta(days=9),
            **FUEL_LOG_KINDS[kind],
        }
        changed = example_fuel_log(example_vehicle(id=log.vehicle_id), **changes | {"id": log.id})
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(changed)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.get(log.id) == changed
            assert work.fuel_logs.list_for_vehicle(log.vehicle_id) == [changed]

    def test_replacing_an_unknown_one_is_refused(self, store: Store) -> None:
        unknown = example_fuel_log(keep_vehicle(store))
        with pytest.raises(FuelLogNotFound) as caught, store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(unknown)
        assert caught.value.key == unknown.id
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.count_for_vehicle(unknown.vehicle_id) == 0

    def test_replacing_with_a_source_key_in_use_is_refused_and_changes_nothing(self, store: Store) -> None:
        first = _kept(store, source="a", source_key="1")
        second = _kept(store, first.vehicle_id, source="a", source_key="2")
        with pytest.raises(FuelLogExists), store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(attrs.evolve(second, source_key="1", volume=1))
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.get(second.id) == second

    def test_a_log_moves_to_another_live_vehicle_only(self, store: Store) -> None:
        log, other = _kept(store), keep_vehicle(store)
        gone, theirs = keep_vehicle(store, deleted_at=NOON), keep_vehicle(store, BOB)
        for vehicle in (gone, theirs, example_vehicle()):
            with pytest.raises(VehicleNotFound), store.unit_of_work(ANA) as work:
                work.fuel_logs.replace(attrs.evolve(log, vehicle_id=vehicle.id))
        moved = attrs.evolve(log, vehicle_id=other.id)
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(moved)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(other.id) == [moved]
            assert work.fuel_logs.count_for_vehicle(log.vehicle_id) == 0

    def test_a_removed_one_is_gone_for_good(self, store: Store) -> None:
        log = _kept(store, source="a", source_key="1")
        other = _kept(store, log.vehicle_id)
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.remove(log.id)
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(log.vehicle_id) == [other]
            with pytest.raises(FuelLogNotFound):
                work.fuel_logs.get(log.id)
            assert work.fuel_logs.add_many([log]) == 1

    def test_removing_an_unknown_one_is_refused(self, store: Store) -> None:
        unknown = FuelLogId(uuid4())
        with pytest.raises(FuelLogNotFound) as caught, store.unit_of_work(ANA) as work:
            work.fuel_logs.remove(unknown)
        assert caught.value.key == unknown

    # --- other users

    def test_those_of_another_user_do_not_exist(self, store: Store) -> None:
        theirs = _kept(store, keep_vehicle(store, BOB).id, user_id=BOB)
        mine = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            with pytest.raises(FuelLogNotFound):
                work.fuel_logs.get(theirs.id)
            assert work.fuel_logs.list_for_vehicle(theirs.vehicle_id) == []
            assert work.fuel_logs.list_for_vehicle(mine.id, after=theirs, limit=5) == []
            assert work.fuel_logs.count_for_vehicle(theirs.vehicle_id) == 0
        with pytest.raises(FuelLogNotFound), store.unit_of_work(ANA) as work:
            work.fuel_logs.remove(theirs.id)
        with pytest.raises(FuelLogNotFound), store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(attrs.evolve(theirs, user_id=ANA, vehicle_id=mine.id))
        with store.unit_of_work(BOB) as work:
            assert work.fuel_logs.get(theirs.id) == theirs

    def test_one_that_says_it_is_of_another_user_is_refused(self, store: Store) -> None:
        vehicle, theirs = keep_vehicle(store), keep_vehicle(store, BOB)
        log = _kept(store, vehicle.id)
        with pytest.raises(InvalidValue) as caught, store.unit_of_work(ANA) as work:
            work.fuel_logs.add(example_fuel_log(theirs))
        assert caught.value.field == "user_id"
        with pytest.raises(InvalidValue), store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many([example_fuel_log(vehicle), example_fuel_log(theirs)])
        with pytest.raises(InvalidValue), store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(attrs.evolve(log, user_id=BOB, vehicle_id=theirs.id))
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.list_for_vehicle(vehicle.id) == [log]
        with store.unit_of_work(BOB) as work:
            assert work.fuel_logs.count_for_vehicle(theirs.id) == 0


def _kept(store: Store, vehicle_id: VehicleId | None = None, **changes: Any) -> FuelLog:
    """A log that is kept already, at a new vehicle unless one is named."""
    vehicle = keep_vehicle(store) if vehicle_id is None else example_vehicle(id=vehicle_id)
    log = example_fuel_log(vehicle, **changes)
    with store.unit_of_work(log.user_id) as work:
        work.fuel_logs.add(log)
    return log


def _run_of(vehicle_id: VehicleId, number: int, run: int) -> list[FuelLog]:
    """So many logs, an hour apart, each with its source key."""
    vehicle = example_vehicle(id=vehicle_id)
    return [
        example_fuel_log(
            vehicle,
            filled_at=NOON + timedelta(days=1000 * run, hours=n),
            odometer=1000 + n,
            volume=Decimal(n + 1).scaleb(-3),
            source=f"run {run}",
            source_key=str(n),
        )
        for n in range(number)
    ]


def _sorted(logs: list[FuelLog]) -> list[FuelLog]:
    return sorted(logs, key=lambda log: (log.filled_at, log.id))


def _scrambled(store: Store) -> list[FuelLog]:
    """Logs by time and id, kept in another order; some share a moment."""
    vehicle = keep_vehicle(store)
    moments = [-60, -60, 0, 0, 1e-6, 1, 3600, 86400 * 900]
    ids = [UUID(int=(n * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) % 2**128) for n in range(1, 9)]
    logs = [
        example_fuel_log(vehicle, id=log_id, filled_at=NOON + timedelta(seconds=seconds))
        for seconds, log_id in zip(moments, ids, strict=True)
    ]
    with store.unit_of_work(ANA, atomic=True) as work:
        for log in sorted(logs, key=lambda log: log.id.int % 1009):
            work.fuel_logs.add(log)
    _kept(store)
    return _sorted(logs)
