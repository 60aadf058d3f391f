"""Whatever is done in whatever order, what is kept of a schedule is what its logs make of it from scratch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import motovault
from motovault.domain.maintenance import MaintenanceLog, MaintenanceSchedule, advanced
from motovault.domain.maintenance.recording import Recorded
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.units import DistanceUnit
from motovault.testing.clock import FrozenClock

FIRST = date(2020, 1, 31)
NOON = datetime(2024, 6, 15, 12, tzinfo=UTC)

works = st.sampled_from(
    [
        ("routine_maintenance", ("Engine Oil",)),
        ("routine_maintenance", ("Tires",)),
        ("routine_maintenance", ("Engine Oil", "Tires")),
        ("repair", ("Engine",)),
    ]
)
days = st.dates(FIRST, NOON.date())
readings = st.none() | st.integers(1, 200_000)
units = st.sampled_from([None, "mi", "km"])
intervals = st.fixed_dictionaries(
    {
        "interval_months": st.none() | st.integers(1, 24),
        "interval_days": st.none() | st.integers(1, 400),
        "interval_distance": st.none() | st.integers(1, 30_000),
    }
).filter(lambda given: any(given.values()))
modes = st.sampled_from(["floating", "fixed"])
beginnings = st.fixed_dictionaries(
    {},
    optional={
        "last_service_date": st.none() | days,
        "last_service_odometer": readings,
        "first_due_date": st.none() | days,
        "first_due_odometer": readings,
        "mode": modes,
    },
)
picks = st.integers(0, 2**16)


def is_in_order(given: dict[str, Any]) -> bool:
    """Nothing falls due before it was last done: that is refused."""
    return all(
        given.get(f"first_due_{what}") is None
        or given.get(f"last_service_{what}") is None
        or given[f"first_due_{what}"] >= given[f"last_service_{what}"]
        for what in ("date", "odometer")
    )


Told = tuple[object, ...]


def told(schedule: MaintenanceSchedule) -> Told:
    return (
        schedule.last_service_date,
        schedule.last_service_odometer,
        schedule.next_due_date,
        schedule.next_due_odometer,
    )


class Upkeep(RuleBasedStateMachine):
    """A garage of two cars, one with a unit of its own."""

    @initialize()
    def open(self) -> None:
        self.clock = FrozenClock(NOON)
        self.garage = motovault.open_vault("memory:", clock=self.clock).garage("ana")
        self.kept = self.garage.maintenance
        self.cars: list[VehicleId] = [
            self.garage.vehicles.add(license_plate="AB 1").id,
            self.garage.vehicles.add(license_plate="AB 2", distance_unit="km").id,
        ]

    def logs(self) -> list[MaintenanceLog]:
        return [log for car in self.cars for log in self.kept.list(car)]

    def schedules(self) -> list[MaintenanceSchedule]:
        return [schedule for car in self.cars for schedule in self.kept.list_schedules(car)]

    def recorded(self, call: Callable[[], Recorded]) -> Recorded:
        """What a call says that it moved is what it moved."""
        before = {one.id: one for one in self.schedules()}
        done = call()
        after = {one.id: one for one in self.schedules()}
        moved = {(change.before, change.after) for change in done.schedules}
        assert moved == {(before[key], after[key]) for key in after if before[key] != after[key]}
        return done

    # -------------------------------------------------------------------- logs

    @rule(pick=picks, work=works, on=days, odometer=readings, unit=units)
    def add(
        self, pick: int, work: tuple[str, tuple[str, ...]], on: date, odometer: int | None, unit: str | None
    ) -> None:
        category, subtypes = work
        self.recorded(
            lambda: self.kept.add(
                self.cars[pick % 2],
                category=category,
                subtypes=subtypes,
                service_date=on,
                odometer=odometer,
                odometer_unit=unit,
            )
        )

    @rule(pick=picks, work=works, on=days, odometer=readings)
    def add_and_undo(
        self, pick: int, work: tuple[str, tuple[str, ...]], on: date, odometer: int | None
    ) -> None:
        """What was done by mistake leaves no trace."""
        before = [told(one) for one in self.schedules()]
        done = self.kept.add(
            self.cars[pick % 2], category=work[0], subtypes=work[1], service_date=on, odometer=odometer
        )
        self.recorded(lambda: self.kept.remove(done.log.id))
        assert [told(one) for one in self.schedules()] == before

    @precondition(lambda self: self.schedules())
    @rule(pick=picks, on=days, odometer=readings)
    def complete(self, pick: int, on: date, odometer: int | None) -> None:
        schedules = self.schedules()
        chosen = schedules[pick % len(schedules)]
        self.recorded(lambda: self.kept.complete(chosen.id, service_date=on, odometer=odometer))

    @precondition(lambda self: self.logs())
    @rule(
        pick=picks,
        changes=st.fixed_dictionaries(
            {}, optional={"service_date": days, "odometer": readings, "odometer_unit": units, "work": works}
        ),
        moves=st.booleans(),
    )
    def change(self, pick: int, changes: dict[str, Any], moves: bool) -> None:
        logs = self.logs()
        chosen = logs[pick % len(logs)]
        given = {name: value for name, value in changes.items() if name != "work"}
        if "work" in changes:
            given["category"], given["subtypes"] = changes["work"]
        if moves:
            given["vehicle_id"] = self.cars[1 - self.cars.index(chosen.vehicle_id)]
        self.recorded(lambda: self.kept.change(chosen.id, **given))

    @precondition(lambda self: self.logs())
    @rule(pick=picks)
    def remove(self, pick: int) -> None:
        logs = self.logs()
        self.recorded(lambda: self.kept.remove(logs[pick % len(logs)].id))

    # --------------------------------------------------------------- schedules

    @rule(pick=picks, work=works, every=intervals, begins=beginnings, unit=units)
    def add_schedule(
        self,
        pick: int,
        work: tuple[str, tuple[str, ...]],
        every: dict[str, Any],
        begins: dict[str, Any],
        unit: str | None,
    ) -> None:
        with nullcontext() if is_in_order(begins) else pytest.raises(InvalidValue, match="first_due"):
            self.kept.add_schedule(
                self.cars[pick % 2],
                category=work[0],
                subtypes=work[1],
                distance_unit=unit,
                **every,
                **begins,
            )

    @precondition(lambda self: self.schedules())
    @rule(
        pick=picks,
        every=st.just({}) | intervals,
        begins=beginnings,
        work=st.none() | works,
        is_active=st.booleans(),
    )
    def change_schedule(
        self,
        pick: int,
        every: dict[str, Any],
        begins: dict[str, Any],
        work: tuple[str, tuple[str, ...]] | None,
        is_active: bool,
    ) -> None:
        schedules = self.schedules()
        given = {**every, **begins, "is_active": is_active}
        if work is not None:
            given["category"], given["subtypes"] = work
        chosen = schedules[pick % len(schedules)]
        began = {
            "last_service_date": chosen.anchor_date,
            "last_service_odometer": chosen.anchor_odometer,
            **({"first_due_date": chosen.first_due_date} if "last_service_date" not in begins else {}),
            **(
                {"first_due_odometer": chosen.first_due_odometer}
                if "last_service_odometer" not in begins
                else {}
            ),
        }
        with nullcontext() if is_in_order(began | begins) else pytest.raises(InvalidValue, match="first_due"):
            self.kept.change_schedule(chosen.id, **given)

    @precondition(lambda self: self.schedules())
    @rule(pick=picks)
    def remove_schedule(self, pick: int) -> None:
        schedules = self.schedules()
        self.kept.remove_schedule(schedules[pick % len(schedules)].id)

    @rule(pick=picks)
    def apply_a_template(self, pick: int) -> None:
        self.kept.apply_template(self.cars[pick % 2], "motorcycle", last_service_date=FIRST)
        assert self.kept.apply_template(self.cars[pick % 2], "motorcycle").added == ()

    @rule(units=st.sampled_from(["imperial", "metric"]))
    def change_the_units(self, units: str) -> None:
        self.garage.preferences.change(unit_system=units)

    @rule(hours=st.integers(1, 100))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    # --------------------------------------------------------------------- laws

    @invariant()
    def what_is_kept_is_what_the_logs_make_of_it_from_scratch(self) -> None:
        for schedule in self.schedules():
            forgotten = attrs.evolve(
                schedule,
                last_service_date=None,
                last_service_odometer=None,
                next_due_date=None,
                next_due_odometer=None,
            )
            # a unit that is neither car's: nothing may rest on what the owner happens to prefer
            made = advanced(forgotten, self.kept.list(schedule.vehicle_id), DistanceUnit.NMI)
            assert told(schedule) == told(made)

    @invariant()
    def nothing_is_left_to_recompute(self) -> None:
        assert self.kept.recompute() == []

    @invariant()
    def a_floating_schedule_is_due_after_its_last_service(self) -> None:
        for one in self.schedules():
            if one.mode == "floating" and one.first_due_date is None and one.next_due_date is not None:
                assert one.last_service_date is not None
                assert one.next_due_date > one.last_service_date


class TestUpkeep(Upkeep.TestCase):  # type: ignore[misc, name-defined]
    """Runs the machine."""


def test_a_column_that_is_wrong_is_seen() -> None:
    """The law of the machine can fail."""
    machine = Upkeep()
    machine.open()
    made = machine.kept.add_schedule(
        machine.cars[0],
        category="repair",
        subtypes=["Engine"],
        interval_months=1,
        last_service_date=FIRST,
    )
    with machine.garage._unit_of_work() as work:
        work.maintenance_schedules.replace(attrs.evolve(made, next_due_date=FIRST + timedelta(days=1)))
    with pytest.raises(AssertionError):
        machine.what_is_kept_is_what_the_logs_make_of_it_from_scratch()
    with pytest.raises(AssertionError):
        machine.nothing_is_left_to_recompute()
