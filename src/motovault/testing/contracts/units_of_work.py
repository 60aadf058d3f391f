"""What every store's unit of work must do."""

# ruff: noqa: PT012 - a unit of work that is left by an error is what these tests are about

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs
import pytest

from motovault.domain.fuel_logs import FuelLogId
from motovault.domain.vehicles import Vehicle, VehicleExists
from motovault.errors import Conflict, NotFound
from motovault.testing.contracts.base import StoreContract, at_once, keep_vehicle
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_preferences, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Repositories, Store

__all__ = ["UnitOfWorkContract"]


class _ChangedMyMind(Exception):
    """Raised by the tests, by nobody else."""


class UnitOfWorkContract(StoreContract):
    """Every promise of :class:`motovault.ports.UnitOfWork` and of ``join``."""

    @pytest.mark.parametrize("atomic", [False, True])
    def test_a_clean_exit_keeps_everything(self, store: Store, atomic: bool) -> None:
        vehicle = example_vehicle()
        with store.unit_of_work(ANA, atomic=atomic) as work:
            work.vehicles.add(vehicle)
            work.fuel_logs.add(example_fuel_log(vehicle))
            work.fuel_logs.add_many([example_fuel_log(vehicle)])
            work.user_preferences.get_or_add(example_preferences())
        assert _kept(store, vehicle) == (1, 2, True)

    @pytest.mark.parametrize("error", [_ChangedMyMind, KeyboardInterrupt, GeneratorExit])
    def test_leaving_by_an_error_keeps_nothing(self, store: Store, error: type[BaseException]) -> None:
        kept = keep_vehicle(store)
        log = example_fuel_log(kept)
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add(log)
        with pytest.raises(error), store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.add(example_vehicle())
            work.vehicles.replace(attrs.evolve(kept, nickname="changed"))
            work.fuel_logs.replace(attrs.evolve(log, volume=1))
            work.fuel_logs.add(example_fuel_log(kept))
            work.fuel_logs.add_many([example_fuel_log(kept) for _ in range(600)])
            work.fuel_logs.remove(log.id)
            work.user_preferences.get_or_add(example_preferences())
            raise error
        assert _kept(store, kept) == (1, 1, False)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [kept]
            assert work.fuel_logs.list_for_vehicle(kept.id) == [log]

    def test_what_was_undone_can_be_done_again(self, store: Store) -> None:
        vehicle = example_vehicle(vin="1M8GDM9AXKP042788")
        log = example_fuel_log(vehicle, source="a", source_key="1")
        for _ in range(2):
            with pytest.raises(_ChangedMyMind), store.unit_of_work(ANA, atomic=True) as work:
                work.vehicles.add(vehicle)
                work.fuel_logs.add(log)
                raise _ChangedMyMind
        with store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.add(vehicle)
            assert work.fuel_logs.add_many([log]) == 1
        assert _kept(store, vehicle) == (1, 1, False)

    def test_an_error_of_the_store_keeps_nothing_either(self, store: Store) -> None:
        kept = keep_vehicle(store)
        with pytest.raises(VehicleExists), store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.replace(attrs.evolve(kept, nickname="changed"))
            work.vehicles.add(kept)
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [kept]

    def test_a_unit_sees_its_own_writes_and_others_do_not(self, store: Store) -> None:
        kept = keep_vehicle(store)
        with store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.replace(attrs.evolve(kept, nickname="changed"))
            work.fuel_logs.add(example_fuel_log(kept, odometer=5))
            assert work.vehicles.get(kept.id).nickname == "changed"
            assert work.fuel_logs.count_for_vehicle(kept.id) == 1
            assert len(work.odometer.list_for_vehicle(kept.id)) == 1
            with store.unit_of_work(ANA) as other:
                assert other.vehicles.get(kept.id) == kept
                assert other.fuel_logs.count_for_vehicle(kept.id) == 0
                assert other.odometer.list_for_vehicle(kept.id) == []
        assert _kept(store, kept) == (1, 1, False)

    def test_users_share_nothing(self, store: Store) -> None:
        for user_id in (ANA, BOB):
            with store.unit_of_work(user_id, atomic=True) as work:
                vehicle = example_vehicle(user_id)
                work.vehicles.add(vehicle)
                work.fuel_logs.add(example_fuel_log(vehicle))
                assert work.vehicles.count_live() == 1

    # --- joining

    @pytest.mark.parametrize("atomic", [False, True])
    def test_a_joined_part_is_kept_with_the_whole(self, store: Store, atomic: bool) -> None:
        vehicle = example_vehicle()
        with store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.add(vehicle)
            with work.join(atomic=atomic) as part:
                part.fuel_logs.add(example_fuel_log(vehicle))
            with work.join(atomic=atomic) as part:
                assert part.fuel_logs.count_for_vehicle(vehicle.id) == 1
                part.fuel_logs.add(example_fuel_log(vehicle))
        assert _kept(store, vehicle) == (1, 2, False)

    @pytest.mark.parametrize("atomic", [False, True])
    def test_a_joined_part_is_undone_with_the_whole(self, store: Store, atomic: bool) -> None:
        kept = keep_vehicle(store)
        with pytest.raises(_ChangedMyMind), store.unit_of_work(ANA, atomic=True) as work:
            with work.join(atomic=atomic) as part:
                part.fuel_logs.add(example_fuel_log(kept))
            raise _ChangedMyMind
        assert _kept(store, kept) == (1, 0, False)

    def test_an_error_in_a_joined_part_undoes_that_part_only(self, store: Store) -> None:
        kept = keep_vehicle(store)
        before, after = example_fuel_log(kept), example_fuel_log(kept)
        with store.unit_of_work(ANA, atomic=True) as work:
            work.fuel_logs.add(before)
            with pytest.raises(_ChangedMyMind), work.join(atomic=True) as part:
                part.fuel_logs.remove(before.id)
                part.fuel_logs.add(example_fuel_log(kept))
                part.vehicles.replace(attrs.evolve(kept, nickname="changed"))
                raise _ChangedMyMind
            assert work.fuel_logs.list_for_vehicle(kept.id) == [before]
            work.fuel_logs.add(after)
        with store.unit_of_work(ANA) as work:
            assert {log.id for log in work.fuel_logs.list_for_vehicle(kept.id)} == {before.id, after.id}
            assert work.vehicles.list_live() == [kept]

    @pytest.mark.parametrize("atomic", [False, True])
    def test_after_a_failed_write_in_a_part_the_whole_goes_on(self, store: Store, atomic: bool) -> None:
        kept = keep_vehicle(store, vin="1M8GDM9AXKP042788")
        log = example_fuel_log(kept)
        with store.unit_of_work(ANA, atomic=True) as work:
            work.fuel_logs.add(log)
            for fails in (_add_same_vin, _add_same_log(log.id), _remove_unknown, _add_to_unknown):
                with pytest.raises((Conflict, NotFound)), work.join(atomic=atomic) as part:
                    fails(part, kept)
                assert work.fuel_logs.list_for_vehicle(kept.id) == [log]
            work.fuel_logs.add(example_fuel_log(kept))
        assert _kept(store, kept) == (1, 2, False)

    def test_parts_within_parts_are_undone_each_for_itself(self, store: Store) -> None:
        kept = keep_vehicle(store)
        logs = [example_fuel_log(kept) for _ in range(5)]
        with store.unit_of_work(ANA, atomic=True) as work:
            work.fuel_logs.add(logs[0])
            with pytest.raises(_ChangedMyMind), work.join(atomic=True) as outer:
                outer.fuel_logs.add(logs[1])
                with outer.join(atomic=True) as inner:
                    inner.fuel_logs.add(logs[2])
                raise _ChangedMyMind
            with work.join(atomic=True) as outer:
                outer.fuel_logs.add(logs[3])
                with pytest.raises(_ChangedMyMind), outer.join(atomic=True) as inner:
                    inner.fuel_logs.add(logs[4])
                    raise _ChangedMyMind
        with store.unit_of_work(ANA) as work:
            found = {log.id for log in work.fuel_logs.list_for_vehicle(kept.id)}
        assert found == {logs[0].id, logs[3].id}

    def test_a_part_whose_own_parts_wrote_everything_is_undone(self, store: Store) -> None:
        kept = keep_vehicle(store)
        with store.unit_of_work(ANA, atomic=True) as work:
            with pytest.raises(_ChangedMyMind), work.join(atomic=True) as outer:
                with outer.join() as inner:
                    inner.fuel_logs.add(example_fuel_log(kept))
                with outer.join(atomic=True) as inner, inner.join() as innermost:
                    innermost.fuel_logs.add(example_fuel_log(kept))
                raise _ChangedMyMind
            assert work.fuel_logs.count_for_vehicle(kept.id) == 0
        assert _kept(store, kept) == (1, 0, False)

    def test_a_unit_that_is_not_atomic_can_be_joined_by_one_that_is(self, store: Store) -> None:
        kept = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            with pytest.raises(_ChangedMyMind), work.join(atomic=True) as part:
                part.fuel_logs.add(example_fuel_log(kept))
                part.fuel_logs.add(example_fuel_log(kept))
                raise _ChangedMyMind
            with work.join(atomic=True) as part:
                part.fuel_logs.add(example_fuel_log(kept))
                part.fuel_logs.add(example_fuel_log(kept))
            with work.join() as part:
                part.fuel_logs.add(example_fuel_log(kept))
        assert _kept(store, kept) == (1, 3, False)

    # --- at once

    def test_units_at_once_are_whole_each(self, store: Store) -> None:
        kept = keep_vehicle(store)

        def run(number: int) -> int:
            for turn in range(5):
                try:
                    with store.unit_of_work(ANA, atomic=True) as work:
                        work.fuel_logs.add(example_fuel_log(kept))
                        work.fuel_logs.add_many([example_fuel_log(kept), example_fuel_log(kept)])
                        if (number + turn) % 2:
                            raise _ChangedMyMind
                except _ChangedMyMind:
                    continue
            return number

        assert at_once([lambda n=n: run(n) for n in range(4)]) == [0, 1, 2, 3]  # type: ignore[misc]
        assert _kept(store, kept) == (1, 3 * 10, False)

    def test_writes_at_once_are_all_kept(self, store: Store) -> None:
        kept = keep_vehicle(store)

        def run() -> None:
            for _ in range(5):
                with store.unit_of_work(ANA) as work:
                    work.fuel_logs.add(example_fuel_log(kept))

        assert at_once([run] * 4) == [None] * 4
        assert _kept(store, kept) == (1, 20, False)


def _kept(store: Store, vehicle: Vehicle) -> tuple[int, int, bool]:
    with store.unit_of_work(ANA) as work:
        return (
            work.vehicles.count_live(),
            work.fuel_logs.count_for_vehicle(vehicle.id),
            work.user_preferences.find() is not None,
        )


def _add_same_vin(work: Repositories, vehicle: Vehicle) -> None:
    work.vehicles.add(example_vehicle(vin=vehicle.vin))


def _remove_unknown(work: Repositories, vehicle: Vehicle) -> None:
    work.fuel_logs.remove(example_fuel_log(vehicle).id)


def _add_to_unknown(work: Repositories, vehicle: Vehicle) -> None:
    work.fuel_logs.add(example_fuel_log(example_vehicle()))


def _add_same_log(log_id: FuelLogId) -> Callable[[Repositories, Vehicle], None]:
    def add(work: Repositories, vehicle: Vehicle) -> None:
        work.fuel_logs.add(example_fuel_log(vehicle, id=log_id))

    return add
