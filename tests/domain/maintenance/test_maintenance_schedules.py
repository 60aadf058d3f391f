"""Schedules through the front door, in every store: what logs make of them, and what undoing gives back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from motovault.domain.maintenance import (
    MaintenanceSchedule,
    MaintenanceScheduleExists,
    MaintenanceScheduleNotFound,
    NoInterval,
    NoSubtypes,
    ScheduleMode,
    UnknownCategory,
    UnknownSubtype,
)
from motovault.domain.maintenance.templates import parse_template
from motovault.domain.vehicles import Vehicle, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
OIL: dict[str, Any] = {"category": "routine_maintenance", "subtypes": ["Engine Oil"]}
TIRES: dict[str, Any] = {"category": "routine_maintenance", "subtypes": ["Tires"]}
JANUARY = date(2026, 1, 31)

Told = tuple[date | None, Decimal | None, date | None, Decimal | None]


def told(schedule: MaintenanceSchedule) -> Told:
    """Last service and next due, by the calendar and by the odometer."""
    return (
        schedule.last_service_date,
        schedule.last_service_odometer,
        schedule.next_due_date,
        schedule.next_due_odometer,
    )


def oil(garage: Garage, car: Vehicle, **details: Any) -> MaintenanceSchedule:
    given = {"interval_months": 6, "interval_distance": 5000, **OIL, **details}
    return garage.maintenance.add_schedule(car.id, **given)


def kept(garage: Garage, schedule: MaintenanceSchedule) -> Told:
    return told(garage.maintenance.get_schedule(schedule.id))


class TestBeginning:
    def test_a_schedule_begins_at_the_last_service_that_is_given(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, last_service_date=JANUARY, last_service_odometer="50000", due_soon_days=10)
        assert garage.maintenance.get_schedule(made.id) == made
        assert garage.maintenance.list_schedules(car.id) == [made]
        assert told(made) == (JANUARY, 50000, date(2026, 7, 31), 55000)
        assert (made.anchor_date, made.anchor_odometer, made.due_soon_days) == (JANUARY, 50000, 10)
        assert (made.mode, made.is_active, made.created_at) == (ScheduleMode.FLOATING, True, NOON)

    def test_of_a_schedule_whose_beginning_nobody_knows_nothing_is_made_up(
        self, garage: Garage, car: Vehicle
    ) -> None:
        assert told(oil(garage, car)) == (None, None, None, None)

    def test_logs_that_are_there_already_count(self, garage: Garage, car: Vehicle) -> None:
        garage.maintenance.add(car.id, **OIL, service_date=JANUARY, odometer=50000)
        garage.maintenance.add(car.id, **TIRES, service_date=TODAY, odometer=51000)
        assert told(oil(garage, car)) == (JANUARY, 50000, date(2026, 7, 31), 55000)
        later = oil(garage, car, last_service_date=TODAY, last_service_odometer=51500)
        assert told(later) == (TODAY, 51500, date(2026, 9, 1), 56500)

    def test_the_first_due_may_be_given(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, first_due_date=date(2026, 4, 1), first_due_odometer=60000)
        assert told(made) == (None, None, date(2026, 4, 1), 60000)
        done = garage.maintenance.complete(made.id, service_date=TODAY, odometer=59000)
        assert kept(garage, made) == (TODAY, 59000, date(2026, 9, 1), 64000)
        garage.maintenance.remove(done.log.id)
        assert kept(garage, made) == (None, None, date(2026, 4, 1), 60000)

    def test_nothing_falls_due_before_it_was_last_done(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(InvalidValue, match=r"^first_due_odometer.* must not be before the last service"):
            oil(garage, car, last_service_odometer=50000, first_due_odometer=49999)
        made = oil(garage, car, last_service_date=JANUARY, first_due_date=JANUARY)
        with pytest.raises(InvalidValue, match="first_due_date"):
            garage.maintenance.change_schedule(made.id, first_due_date=JANUARY - timedelta(days=1))

    def test_a_later_last_service_leaves_a_first_due_behind(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, first_due_date=JANUARY, first_due_odometer=60000)
        garage.maintenance.change_schedule(made.id, last_service_date=TODAY, last_service_odometer="60001")
        assert kept(garage, made) == (TODAY, 60001, date(2026, 9, 1), 65001)

    def test_its_unit_is_written_down_so_that_no_preference_moves_it(
        self, garage: Garage, car: Vehicle
    ) -> None:
        made = oil(garage, car, last_service_odometer=50000)
        assert made.distance_unit == "mi"
        garage.preferences.change(unit_system="metric")
        assert garage.maintenance.recompute() == []
        done = garage.maintenance.complete(made.id, service_date=TODAY, odometer=88000)
        assert done.log.odometer_unit == "km"
        assert kept(garage, made)[1::2] == (54681, 59681)

    def test_a_day_has_no_future(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(InvalidValue) as caught:
            oil(garage, car, last_service_date=TODAY + timedelta(days=1))
        assert caught.value.field == "last_service_date"

    @pytest.mark.parametrize(
        ("error", "given"),
        [
            (NoInterval, {"interval_months": None, "interval_distance": None}),
            (InvalidValue, {"interval_months": 0}),
            (InvalidValue, {"interval_months": 1.5}),
            (InvalidValue, {"interval_distance": 0}),
            (InvalidValue, {"interval_distance": 12.5}),
            (InvalidValue, {"interval_days": -1}),
            (InvalidValue, {"mode": "sometimes"}),
            (InvalidValue, {"distance_unit": "furlong"}),
            (InvalidValue, {"last_service_date": NOON}),
            (InvalidValue, {"last_service_odometer": -1}),
            (InvalidValue, {"due_soon_days": -1}),
            (InvalidValue, {"anchor_date": TODAY}),
            (InvalidValue, {"next_due_date": TODAY}),
            (UnknownCategory, {"category": "magic"}),
            (NoSubtypes, {"subtypes": []}),
            (UnknownSubtype, {"subtypes": ["Engine"]}),
        ],
    )
    def test_what_breaks_a_rule_is_refused_and_named(
        self, garage: Garage, car: Vehicle, error: type[InvalidValue], given: dict[str, Any]
    ) -> None:
        with pytest.raises(error) as caught:
            oil(garage, car, **given)
        assert caught.value.field == next(iter(given))
        assert garage.maintenance.list_schedules(car.id) == []

    def test_the_same_source_key_twice_is_refused(self, garage: Garage, car: Vehicle) -> None:
        oil(garage, car, source="fuelio", source_key="7")
        with pytest.raises(MaintenanceScheduleExists):
            oil(garage, car, source="fuelio", source_key="7")


class TestAdvancing:
    def test_a_log_advances_the_schedules_it_covers_and_tells_which(
        self, garage: Garage, car: Vehicle
    ) -> None:
        """All that a schedule asks for must have been done; more may have been."""
        made = oil(garage, car, last_service_date=JANUARY, last_service_odometer=50000)
        both = garage.maintenance.add_schedule(
            car.id, category=OIL["category"], subtypes=["Engine Oil", "Tires"], interval_months=12
        )
        done = garage.maintenance.add(car.id, **OIL, service_date=TODAY, odometer=51000)
        (change,) = done.schedules
        assert (change.before, told(change.after)) == (made, (TODAY, 51000, date(2026, 9, 1), 56000))
        assert garage.maintenance.get_schedule(made.id) == change.after
        assert garage.maintenance.get_schedule(both.id) == both
        more = garage.maintenance.change(done.log.id, subtypes=["Tires", "Wiper Blade", "Engine Oil"])
        assert [told(moved.after) for moved in more.schedules] == [(TODAY, 51000, date(2027, 3, 1), None)]

    def test_completing_writes_the_log_of_the_schedule(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car)
        done = garage.maintenance.complete(made.id, service_date=TODAY, odometer=51000, cost="49.90")
        assert (done.log.category, done.log.subtypes, done.log.cost) == (
            *(made.category, made.subtypes),
            Decimal("49.90"),
        )
        assert [change.before.id for change in done.schedules] == [made.id]
        with pytest.raises(InvalidValue, match="must not be after today"):
            garage.maintenance.complete(made.id, service_date=TODAY + timedelta(days=1))
        with pytest.raises(InvalidValue, match="is no field"):
            garage.maintenance.complete(made.id, service_date=TODAY, category="repair")  # type: ignore[call-arg]

    def test_undoing_gives_back_exactly_what_was(
        self, garage: Garage, car: Vehicle, clock: FrozenClock
    ) -> None:
        fixed = oil(garage, car, mode="fixed", last_service_date=JANUARY, last_service_odometer=50000)
        floating = oil(garage, car, last_service_date=JANUARY)
        unknown = oil(garage, car)
        before = [told(one) for one in garage.maintenance.list_schedules(car.id)]
        first = garage.maintenance.complete(fixed.id, service_date=date(2026, 2, 10), odometer=53000)
        between = [told(one) for one in garage.maintenance.list_schedules(car.id)]
        second = garage.maintenance.complete(floating.id, service_date=TODAY, odometer=61000)
        # of the same half year as the first one, and six thousand miles on
        assert kept(garage, fixed) == (TODAY, 61000, date(2027, 1, 31), 65000)
        assert kept(garage, unknown) == (TODAY, 61000, date(2026, 9, 1), 66000)
        gone = garage.maintenance.remove(second.log.id)
        assert [told(one) for one in garage.maintenance.list_schedules(car.id)] == between
        assert {told(change.after) for change in gone.schedules} <= set(between)
        clock.advance(days=1)
        garage.maintenance.remove(first.log.id)
        assert [told(one) for one in garage.maintenance.list_schedules(car.id)] == before

    def test_a_schedule_that_nothing_moved_is_not_written(
        self, garage: Garage, car: Vehicle, clock: FrozenClock
    ) -> None:
        made = oil(garage, car, last_service_date=TODAY)
        clock.advance(days=1)
        old = garage.maintenance.add(car.id, **OIL, service_date=JANUARY)
        garage.maintenance.add(car.id, **TIRES, service_date=TODAY)
        assert old.schedules == ()
        assert garage.maintenance.get_schedule(made.id).updated_at == NOON

    def test_a_log_that_moves_takes_its_work_with_it(self, garage: Garage, car: Vehicle) -> None:
        van = garage.vehicles.add(license_plate="VAN 1")
        here, there = oil(garage, car), oil(garage, van)
        done = garage.maintenance.add(car.id, **OIL, service_date=TODAY, odometer=51000)
        moved = garage.maintenance.change(done.log.id, vehicle_id=van.id)
        assert {change.after.id for change in moved.schedules} == {here.id, there.id}
        assert kept(garage, here) == (None, None, None, None)
        assert kept(garage, there) == (TODAY, 51000, date(2026, 9, 1), 56000)

    def test_a_retired_schedule_follows_the_logs_and_can_be_resumed(
        self, garage: Garage, car: Vehicle
    ) -> None:
        made = oil(garage, car)
        assert not garage.maintenance.retire(made.id).is_active
        garage.maintenance.add(car.id, **OIL, service_date=TODAY)
        back = garage.maintenance.resume(made.id)
        assert (back.is_active, back.last_service_date) == (True, TODAY)

    def test_a_removed_schedule_leaves_the_logs(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car)
        done = garage.maintenance.complete(made.id, service_date=TODAY)
        garage.maintenance.remove_schedule(made.id)
        assert (garage.maintenance.list_schedules(car.id), garage.maintenance.list(car.id)) == (
            [],
            [done.log],
        )
        with pytest.raises(MaintenanceScheduleNotFound):
            garage.maintenance.remove_schedule(made.id)


class TestEditing:
    def test_new_intervals_are_counted_from_the_same_service(
        self, garage: Garage, car: Vehicle, clock: FrozenClock
    ) -> None:
        made = oil(garage, car, last_service_date=JANUARY, last_service_odometer=50000)
        garage.maintenance.complete(made.id, service_date=TODAY, odometer=51000)
        clock.advance(days=1)
        changed = garage.maintenance.change_schedule(made.id, interval_months=12, interval_distance=None)
        assert told(changed) == (TODAY, 51000, date(2027, 3, 1), None)
        assert garage.maintenance.get_schedule(made.id) == changed
        assert changed.updated_at == NOON + timedelta(days=1)
        with pytest.raises(NoInterval):
            garage.maintenance.change_schedule(made.id, interval_months=None)

    def test_a_note_moves_nothing(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, last_service_date=JANUARY)
        assert garage.maintenance.change_schedule(made.id, notes="x") == attrs.evolve(made, notes="x")

    def test_the_last_service_edited_by_hand_moves_the_beginning(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, last_service_date=date(2025, 1, 1), last_service_odometer=40000)
        garage.maintenance.add(car.id, **OIL, service_date=date(2025, 6, 1), odometer=44000)
        moved = garage.maintenance.change_schedule(
            made.id, last_service_date=JANUARY, last_service_odometer=50000
        )
        assert told(moved) == (JANUARY, 50000, date(2026, 7, 31), 55000)
        back = garage.maintenance.change_schedule(made.id, last_service_date=date(2025, 1, 1))
        assert told(back) == (date(2025, 6, 1), 44000, date(2025, 12, 1), 49000)
        with pytest.raises(InvalidValue) as caught:
            garage.maintenance.change_schedule(made.id, last_service_date=TODAY + timedelta(days=1))
        assert caught.value.field == "last_service_date"

    def test_other_work_forgets_the_logs_of_the_old(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car)
        garage.maintenance.complete(made.id, service_date=TODAY)
        assert told(garage.maintenance.change_schedule(made.id, **TIRES)) == (None, None, None, None)
        assert garage.maintenance.change_schedule(made.id, **OIL).last_service_date == TODAY
        with pytest.raises(UnknownSubtype):
            garage.maintenance.change_schedule(made.id, category="repair")

    def test_a_schedule_can_be_put_on_a_grid(self, garage: Garage, car: Vehicle) -> None:
        made = oil(garage, car, last_service_date=JANUARY, interval_distance=None, interval_months=1)
        garage.maintenance.complete(made.id, service_date=date(2026, 2, 10))
        assert kept(garage, made)[2] == date(2026, 3, 10)
        assert garage.maintenance.change_schedule(made.id, mode="fixed").next_due_date == date(2026, 3, 31)


class TestRowsOfAnotherApplication:
    """They have no anchor and no unit; what stands in them as last service and next due is the beginning."""

    @pytest.fixture
    def theirs(self, vault: Vault, garage: Garage, car: Vehicle) -> MaintenanceSchedule:
        made = oil(garage, car)
        found = attrs.evolve(
            made,
            distance_unit=None,
            last_service_date=JANUARY,
            last_service_odometer=Decimal(50000),
            next_due_date=date(2026, 7, 31),
            next_due_odometer=Decimal(55000),
        )
        with vault._store.unit_of_work(garage.user_id) as work:
            work.maintenance_schedules.replace(found)
        return found

    def test_a_log_advances_it_and_undoing_gives_it_back(
        self, garage: Garage, theirs: MaintenanceSchedule
    ) -> None:
        assert garage.maintenance.recompute() == []
        done = garage.maintenance.complete(theirs.id, service_date=TODAY, odometer=51000)
        assert kept(garage, theirs) == (TODAY, 51000, date(2026, 9, 1), 56000)
        garage.maintenance.remove(done.log.id)
        assert kept(garage, theirs) == told(theirs)

    def test_its_intervals_can_be_edited(self, garage: Garage, theirs: MaintenanceSchedule) -> None:
        changed = garage.maintenance.change_schedule(theirs.id, interval_months=12)
        assert told(changed) == (JANUARY, 50000, date(2027, 1, 31), 55000)

    def test_its_last_service_can_be_edited_by_one_metric(
        self, garage: Garage, theirs: MaintenanceSchedule
    ) -> None:
        changed = garage.maintenance.change_schedule(theirs.id, last_service_date=TODAY)
        assert told(changed) == (TODAY, 50000, date(2026, 9, 1), 55000)

    def test_words_that_nobody_knows_are_taken_over_when_it_is_done(
        self, vault: Vault, garage: Garage, theirs: MaintenanceSchedule
    ) -> None:
        odd = attrs.evolve(theirs, category="detailing", subtypes=("Wax",))
        with vault._store.unit_of_work(garage.user_id) as work:
            work.maintenance_schedules.replace(odd)
        done = garage.maintenance.complete(odd.id, service_date=TODAY)
        assert (done.log.category, done.log.subtypes) == ("detailing", ("Wax",))
        assert [change.after.last_service_date for change in done.schedules] == [TODAY]

    def test_what_was_written_behind_our_back_is_made_true_on_demand(
        self, vault: Vault, garage: Garage, car: Vehicle, theirs: MaintenanceSchedule
    ) -> None:
        log = garage.maintenance.add(car.id, **TIRES, service_date=TODAY, odometer=51000).log
        with vault._store.unit_of_work(garage.user_id) as work:
            work.maintenance_logs.replace(attrs.evolve(log, subtypes=("Engine Oil",)))
        (change,) = garage.maintenance.recompute(car.id)
        assert (told(change.before), told(change.after)) == (
            *(told(theirs), (TODAY, 51000, date(2026, 9, 1), 56000)),
        )
        assert garage.maintenance.recompute(car.id) == []


class TestTemplates:
    def test_a_template_is_applied_in_one_call(self, garage: Garage, car: Vehicle) -> None:
        names = [template.name for template in garage.maintenance.templates()]
        assert "petrol_car" in names
        applied = garage.maintenance.apply_template(
            car.id, "petrol_car", last_service_date=JANUARY, last_service_odometer=50000
        )
        assert garage.maintenance.list_schedules(car.id) == sorted(applied.added, key=lambda one: one.id)
        found = {one.source_key: one for one in applied.added}["petrol_car/engine_oil"]
        assert told(found) == (JANUARY, 50000, date(2027, 1, 31), 57500)
        assert (found.source, found.distance_unit, found.notes) == (
            "template",
            "mi",
            "Engine oil and its filter.",
        )

    def test_the_same_twice_adds_nothing_and_says_so(self, garage: Garage, car: Vehicle) -> None:
        first = garage.maintenance.apply_template(car.id, "motorcycle")
        garage.maintenance.change_schedule(first.added[0].id, interval_months=3)
        garage.maintenance.remove_schedule(first.added[1].id)
        again = garage.maintenance.apply_template(car.id, "motorcycle", last_service_date=TODAY)
        assert [one.source_key for one in again.added] == [first.added[1].source_key]
        assert len(again.already) == len(first.added) - 1
        assert garage.maintenance.get_schedule(first.added[0].id).interval_months == 3
        third = garage.maintenance.apply_template(car.id, "motorcycle")
        assert str(third).startswith("motorcycle: 0 schedules added\n  there already: engine_oil, chain,")

    def test_a_metric_owner_gets_round_kilometres_and_a_boat_no_distance(self, garage: Garage) -> None:
        metric = garage.vehicles.add(license_plate="KM 1", distance_unit="km")
        applied = garage.maintenance.apply_template(metric.id, "petrol_car")
        assert {one.interval_distance for one in applied.added if one.interval_distance} >= {12000, 160_000}
        boat = garage.vehicles.add(license_plate="H 1", distance_unit="h")
        applied = garage.maintenance.apply_template(boat.id, "petrol_car")
        assert set(applied.without_interval) == {"transmission_fluid", "spark_plugs"}
        assert all(one.interval_distance is None for one in applied.added)
        assert "no interval in this vehicle's unit: transmission_fluid" in str(applied)

    def test_a_template_of_ones_own_will_do(self, garage: Garage, car: Vehicle) -> None:
        own = parse_template(
            'name = "own"\ntitle = "Own"\n[[schedules]]\nkey = "oil"\ncategory = "routine_maintenance"\n'
            'subtypes = ["Engine Oil"]\ndays = 90\nmode = "fixed"\nsources = ["general practice"]\n'
        )
        garage.maintenance.add(car.id, **OIL, service_date=JANUARY)
        (made,) = garage.maintenance.apply_template(car.id, own).added
        assert (made.mode, made.last_service_date, made.next_due_date) == ("fixed", JANUARY, date(2026, 5, 1))

    def test_what_is_wrong_adds_nothing(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(InvalidValue, match="is no template"):
            garage.maintenance.apply_template(car.id, "steam_car")
        with pytest.raises(InvalidValue, match="must not be after today"):
            garage.maintenance.apply_template(
                car.id, "petrol_car", last_service_date=TODAY + timedelta(days=9)
            )
        assert garage.maintenance.list_schedules(car.id) == []
        garage.vehicles.remove(car.id)
        with pytest.raises(VehicleNotFound):
            garage.maintenance.apply_template(car.id, "petrol_car")
