"""What every repository of maintenance logs, and of maintenance schedules, must do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import attrs
import pytest

from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogExists,
    MaintenanceLogId,
    MaintenanceLogNotFound,
    MaintenanceLogRepository,
    MaintenanceSchedule,
    MaintenanceScheduleExists,
    MaintenanceScheduleId,
    MaintenanceScheduleNotFound,
    MaintenanceScheduleRepository,
)
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.testing.awkward import MAINTENANCE_LOG_KINDS, MAINTENANCE_SCHEDULE_KINDS
from motovault.testing.contracts.base import at_once, keep_vehicle
from motovault.testing.contracts.of_vehicles import OfVehicleContract, scrambled_ids, vehicle_that_is
from motovault.testing.examples import (
    ANA,
    BOB,
    NOON,
    example_maintenance_log,
    example_maintenance_schedule,
    example_vehicle,
)

if TYPE_CHECKING:
    from motovault.vault import Repositories, Store

__all__ = ["MaintenanceLogRepositoryContract", "MaintenanceScheduleRepositoryContract"]

_MANY: Final = 2000
_DAY: Final = date(2026, 1, 1)


class MaintenanceLogRepositoryContract(OfVehicleContract):
    """Every promise of :class:`motovault.domain.maintenance.MaintenanceLogRepository`."""

    exists = MaintenanceLogExists
    not_found = MaintenanceLogNotFound

    def of(self, work: Repositories) -> MaintenanceLogRepository:
        return work.maintenance_logs

    def example(self, vehicle: Vehicle, /, **changes: Any) -> MaintenanceLog:
        return example_maintenance_log(vehicle, **changes)

    @pytest.mark.parametrize("kind", MAINTENANCE_LOG_KINDS)
    def test_a_kept_log_comes_back_as_it_was(self, store: Store, kind: str) -> None:
        log = example_maintenance_log(keep_vehicle(store), **MAINTENANCE_LOG_KINDS[kind])
        with store.unit_of_work(ANA) as work:
            work.maintenance_logs.add(log)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_logs.get(log.id) == log
            assert work.maintenance_logs.list_for_vehicle(log.vehicle_id) == [log]
            assert work.maintenance_logs.list_for_garage() == [log]

    def test_many_kept_logs_come_back_as_they_were(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        logs = [example_maintenance_log(vehicle, **kind) for kind in MAINTENANCE_LOG_KINDS.values()]
        with store.unit_of_work(ANA) as work:
            # the large way in may be another one than that for few
            assert work.maintenance_logs.add_many(logs + _run_of(vehicle.id, _MANY, 1)) == len(logs) + _MANY
        with store.unit_of_work(ANA) as work:
            assert [work.maintenance_logs.get(log.id) for log in logs] == logs

    @pytest.mark.parametrize("kind", MAINTENANCE_LOG_KINDS)
    def test_replacing_changes_every_field(self, store: Store, kind: str) -> None:
        log = self.kept(store, source="x", source_key="y")
        changes = {
            "category": "other",
            "subtypes": ("one", "two"),
            "service_date": _DAY - timedelta(days=3),
            "updated_at": NOON + timedelta(days=9),
            **MAINTENANCE_LOG_KINDS[kind],
        }
        changed = example_maintenance_log(example_vehicle(id=log.vehicle_id), **changes | {"id": log.id})
        with store.unit_of_work(ANA) as work:
            work.maintenance_logs.replace(changed)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_logs.get(log.id) == changed
            assert work.maintenance_logs.list_for_vehicle(log.vehicle_id) == [changed]

    # --- many at once

    def test_many_say_how_many_were_new(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        first, second = _run_of(vehicle.id, 3, 1), _run_of(vehicle.id, 2, 2)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_logs.add_many([]) == 0
            assert work.maintenance_logs.add_many(first) == 3
            assert work.maintenance_logs.add_many(first + second) == 2
            assert work.maintenance_logs.add_many(first + second) == 0
        assert self.listed(store, vehicle.id) == first + second

    def test_importing_again_under_new_ids_adds_nothing_and_changes_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        logs = _run_of(vehicle.id, 5, 1)
        again = [attrs.evolve(log, id=MaintenanceLogId(uuid4()), cost=99) for log in logs]
        with store.unit_of_work(ANA) as work:
            work.maintenance_logs.add_many(logs)
            assert work.maintenance_logs.add_many(again) == 0
        assert self.listed(store, vehicle.id) == logs

    def test_of_two_with_one_source_key_in_the_same_call_the_first_is_kept(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        first, second = (self.example(vehicle, source="a", source_key="1", cost=cost) for cost in (1, 2))
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_logs.add_many([first, second]) == 1
        assert self.listed(store, vehicle.id) == [first]

    @pytest.mark.parametrize("atomic", [False, True])
    @pytest.mark.parametrize("number", [3, _MANY])
    def test_many_with_an_id_in_use_keep_nothing(self, store: Store, number: int, atomic: bool) -> None:
        kept = self.kept(store)
        new = _run_of(kept.vehicle_id, number, 1)
        with pytest.raises(MaintenanceLogExists), store.unit_of_work(ANA, atomic=atomic) as work:
            work.maintenance_logs.add_many([*new[:-1], attrs.evolve(new[-1], id=kept.id)])
        assert self.listed(store, kept.vehicle_id) == [kept]

    def test_many_with_the_same_new_id_twice_keep_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        log = self.example(vehicle)
        with pytest.raises(MaintenanceLogExists), store.unit_of_work(ANA) as work:
            work.maintenance_logs.add_many([log, attrs.evolve(log, cost=1)])
        assert self.listed(store, vehicle.id) == []

    @pytest.mark.parametrize("number", [3, _MANY])
    @pytest.mark.parametrize("whose", ["nobody's", "deleted", "inactive", "another user's"])
    def test_many_of_which_one_has_no_vehicle_keep_nothing(
        self, store: Store, whose: str, number: int
    ) -> None:
        vehicle, other = keep_vehicle(store), vehicle_that_is(store, whose)
        logs = [*_run_of(vehicle.id, number, 1), self.example(other, user_id=ANA)]
        with pytest.raises(VehicleNotFound) as caught, store.unit_of_work(ANA) as work:
            work.maintenance_logs.add_many(logs)
        assert caught.value.key == other.id
        assert self.listed(store, vehicle.id) == []

    def test_many_of_which_one_is_of_another_user_keep_nothing(self, store: Store) -> None:
        vehicle, theirs = keep_vehicle(store), keep_vehicle(store, BOB)
        with pytest.raises(InvalidValue) as caught, store.unit_of_work(ANA) as work:
            work.maintenance_logs.add_many([self.example(vehicle), self.example(theirs)])
        assert caught.value.field == "user_id"
        assert self.listed(store, vehicle.id) == []

    def test_many_that_break_off_keep_nothing(self, store: Store) -> None:
        vehicle = keep_vehicle(store)

        def broken() -> Iterator[MaintenanceLog]:
            yield from _run_of(vehicle.id, _MANY, 1)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), store.unit_of_work(ANA) as work:
            work.maintenance_logs.add_many(broken())
        assert self.listed(store, vehicle.id) == []

    def test_many_are_read_once_from_any_iterable(self, store: Store) -> None:
        vehicle, other = keep_vehicle(store), keep_vehicle(store)
        logs = _run_of(vehicle.id, _MANY, 1) + _run_of(other.id, _MANY, 2)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_logs.add_many(log for log in reversed(logs)) == 2 * _MANY
            assert work.maintenance_logs.add_many(iter(logs)) == 0
            assert work.maintenance_logs.count_for_vehicle(other.id) == _MANY
            in_order = logs if vehicle.id < other.id else logs[_MANY:] + logs[:_MANY]
            assert work.maintenance_logs.list_for_garage() == in_order
        assert self.listed(store, vehicle.id) == logs[:_MANY]

    # --- lists

    def test_lists_are_ordered_by_date_then_id(self, store: Store) -> None:
        ordered = self.scrambled(store)
        assert self.listed(store, ordered[0].vehicle_id) == ordered

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_pages_together_are_the_list(self, store: Store, limit: int) -> None:
        ordered = self.scrambled(store)
        found: list[MaintenanceLog] = []
        with store.unit_of_work(ANA) as work:
            while page := work.maintenance_logs.list_for_vehicle(
                ordered[0].vehicle_id, after=found[-1] if found else None, limit=limit
            ):
                assert len(page) <= limit
                found += page
        assert found == ordered

    def test_a_page_goes_on_behind_one_that_is_gone(self, store: Store) -> None:
        ordered = self.scrambled(store)
        vehicle_id = ordered[0].vehicle_id
        with store.unit_of_work(ANA) as work:
            logs = work.maintenance_logs
            logs.remove(ordered[2].id)
            assert logs.list_for_vehicle(vehicle_id, after=ordered[2]) == ordered[3:]
            assert logs.list_for_vehicle(vehicle_id, after=ordered[1], limit=1) == [ordered[3]]
            assert logs.list_for_vehicle(VehicleId(uuid4()), after=ordered[1], limit=1) == []

    def scrambled(self, store: Store) -> list[MaintenanceLog]:
        """Logs by date and id, kept in another order; some share a date."""
        vehicle = keep_vehicle(store)
        days = [-60, -60, 0, 0, 0, 1, 30, 900]
        logs = [
            self.example(vehicle, id=MaintenanceLogId(log_id), service_date=_DAY + timedelta(days=day))
            for day, log_id in zip(days, scrambled_ids(8), strict=True)
        ]
        with store.unit_of_work(ANA, atomic=True) as work:
            for log in sorted(logs, key=lambda log: log.id.int % 1009):
                work.maintenance_logs.add(log)
        self.kept(store)
        return sorted(logs, key=lambda log: (log.service_date, log.id))


class MaintenanceScheduleRepositoryContract(OfVehicleContract):
    """Every promise of :class:`motovault.domain.maintenance.MaintenanceScheduleRepository`."""

    exists = MaintenanceScheduleExists
    not_found = MaintenanceScheduleNotFound

    def of(self, work: Repositories) -> MaintenanceScheduleRepository:
        return work.maintenance_schedules

    def example(self, vehicle: Vehicle, /, **changes: Any) -> MaintenanceSchedule:
        return example_maintenance_schedule(vehicle, **changes)

    @pytest.mark.parametrize("kind", MAINTENANCE_SCHEDULE_KINDS)
    def test_a_kept_schedule_comes_back_as_it_was(self, store: Store, kind: str) -> None:
        schedule = self.example(keep_vehicle(store), **MAINTENANCE_SCHEDULE_KINDS[kind])
        with store.unit_of_work(ANA) as work:
            work.maintenance_schedules.add(schedule)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_schedules.get(schedule.id) == schedule
            assert work.maintenance_schedules.list_for_garage() == [schedule]
        assert self.listed(store, schedule.vehicle_id) == [schedule]

    @pytest.mark.parametrize("kind", MAINTENANCE_SCHEDULE_KINDS)
    def test_replacing_changes_every_field(self, store: Store, kind: str) -> None:
        full = MAINTENANCE_SCHEDULE_KINDS["everything"]
        schedule = self.kept(store, **full if kind != "everything" else {})
        changes = {"updated_at": NOON + timedelta(days=9), **MAINTENANCE_SCHEDULE_KINDS[kind]}
        vehicle = example_vehicle(id=schedule.vehicle_id)
        changed = example_maintenance_schedule(vehicle, **changes | {"id": schedule.id})
        with store.unit_of_work(ANA) as work:
            work.maintenance_schedules.replace(changed)
        with store.unit_of_work(ANA) as work:
            assert work.maintenance_schedules.get(schedule.id) == changed

    def test_lists_are_ordered_by_creation_then_id_active_or_not(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        seconds = [-60, -60, 0, 0, 1e-6, 1, 3600, 86400 * 900]
        schedules = [
            self.example(
                vehicle,
                id=MaintenanceScheduleId(schedule_id),
                created_at=NOON + timedelta(seconds=after),
                is_active=place % 3 != 0,
            )
            for place, (after, schedule_id) in enumerate(zip(seconds, scrambled_ids(8), strict=True))
        ]
        with store.unit_of_work(ANA, atomic=True) as work:
            for schedule in sorted(schedules, key=lambda schedule: schedule.id.int % 1009):
                work.maintenance_schedules.add(schedule)
        ordered = sorted(schedules, key=lambda schedule: (schedule.created_at, schedule.id))
        assert self.listed(store, vehicle.id) == ordered
        with store.unit_of_work(ANA, atomic=True) as work:
            assert work.maintenance_schedules.list_for_vehicle(vehicle.id) == ordered
            assert work.maintenance_schedules.list_for_garage() == ordered

    def test_two_who_change_all_of_a_vehicle_at_once_both_see_what_the_other_wrote(
        self, store: Store
    ) -> None:
        vehicle = keep_vehicle(store)
        for _ in range(3):
            self.kept(store, vehicle.id, next_due_odometer=0)

        def count_up() -> None:
            for _ in range(5):
                with store.unit_of_work(ANA, atomic=True) as work:
                    for found in work.maintenance_schedules.list_for_vehicle(vehicle.id):
                        figure = (found.next_due_odometer or Decimal(0)) + 1
                        work.maintenance_schedules.replace(attrs.evolve(found, next_due_odometer=figure))

        assert at_once([count_up] * 3) == [None] * 3
        assert [found.next_due_odometer for found in self.listed(store, vehicle.id)] == [Decimal(15)] * 3


def _run_of(vehicle_id: VehicleId, number: int, run: int) -> list[MaintenanceLog]:
    """So many logs, a day apart, each with its source key."""
    vehicle = example_vehicle(id=vehicle_id)
    return [
        example_maintenance_log(
            vehicle,
            service_date=_DAY + timedelta(days=10_000 * run + n),
            odometer=1000 + n,
            subtypes=("Engine Oil", f"Part {n}, left"),
            source=f"run {run}",
            source_key=str(n),
        )
        for n in range(number)
    ]
