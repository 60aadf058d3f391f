"""Maintenance is drawn as promised: known work, and histories that are coherent in time and on the dial."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from uuid import UUID

import attrs
import pytest
from hypothesis import Phase, find, given, settings

from motovault.domain.maintenance import MaintenanceLog, MaintenanceSchedule, check_work
from motovault.testing.examples import ANA, BOB
from motovault.testing.strategies import (
    MaintenanceHistory,
    maintenance_histories,
    maintenance_logs,
    maintenance_schedules,
)

_quick = settings(database=None, deadline=None, max_examples=500, phases=[Phase.generate, Phase.shrink])


@given(maintenance_logs(), maintenance_schedules())
def test_the_work_is_known(log: MaintenanceLog, schedule: MaintenanceSchedule) -> None:
    check_work(log.category, log.subtypes)
    check_work(schedule.category, schedule.subtypes)


@given(maintenance_logs(), maintenance_schedules())
def test_an_entity_made_of_its_own_values_is_the_same(
    log: MaintenanceLog, schedule: MaintenanceSchedule
) -> None:
    assert attrs.evolve(log) == log
    assert attrs.evolve(schedule) == schedule
    assert (log.user_id, schedule.user_id) == (ANA, ANA)


@given(maintenance_schedules())
def test_a_schedule_falls_due_some_day(schedule: MaintenanceSchedule) -> None:
    assert schedule.interval_months or schedule.interval_days or schedule.interval_distance


@given(
    maintenance_logs(UUID(int=7), BOB, cost=5),  # type: ignore[arg-type]
    maintenance_schedules(UUID(int=7), BOB, interval_months=None),  # type: ignore[arg-type]
)
def test_what_was_fixed_is_not_drawn(log: MaintenanceLog, schedule: MaintenanceSchedule) -> None:
    assert (log.vehicle_id, log.user_id, log.cost) == (UUID(int=7), BOB, 5)
    assert (schedule.vehicle_id, schedule.user_id, schedule.interval_months) == (UUID(int=7), BOB, None)
    assert schedule.interval_days or schedule.interval_distance


@given(maintenance_histories())
def test_time_and_dial_never_go_back(history: MaintenanceHistory) -> None:
    days = [log.service_date for log in history.logs]
    assert [*days, history.today] == sorted([*days, history.today])
    dials = [*history.odometer_by, history.odometer]
    assert dials == sorted(dials)
    for log, dial in zip(history.logs, history.odometer_by, strict=True):
        assert log.odometer in {None, dial}
    for schedule in history.schedules:
        assert schedule.anchor_date is not None
        assert schedule.anchor_odometer is not None
        assert all(schedule.anchor_date <= day for day in days)
        assert all(schedule.anchor_odometer <= dial for dial in dials)
    for earlier, later in itertools.pairwise(history.logs):
        if earlier.service_date == later.service_date:
            assert earlier.id < later.id


@given(maintenance_histories())
def test_the_truth_is_what_the_logs_say(history: MaintenanceHistory) -> None:
    for schedule in history.schedules:
        doing = [log for log in history.logs if set(schedule.subtypes) <= set(log.subtypes)]
        assert history.last_done.get(schedule.id) == (doing[-1] if doing else None)
    subtypes = [subtype for schedule in history.schedules for subtype in schedule.subtypes]
    assert len(set(subtypes)) == len(subtypes)


@pytest.mark.parametrize(
    "is_wanted",
    [
        lambda history: not history.logs,
        lambda history: len(history.logs) == 20,
        lambda history: len(history.schedules) == 4,
        lambda history: any(log.odometer is None for log in history.logs),
        lambda history: any(log.category == "repair" for log in history.logs),
        lambda history: any(len(log.subtypes) == 3 for log in history.logs),
        lambda history: any(a.service_date == b.service_date for a, b in itertools.pairwise(history.logs)),
        lambda history: len(history.logs) > 5 and len(history.last_done) < len(history.schedules),
    ],
)
def test_every_turn_of_the_story_is_taken(is_wanted: Callable[[MaintenanceHistory], bool]) -> None:
    assert is_wanted(find(maintenance_histories(), is_wanted, settings=_quick))
