"""Laws of what is due that hold whatever the schedule and the history."""

from __future__ import annotations

import decimal
import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceSchedule,
    NextDue,
    NoInterval,
    ScheduleMode,
    add_interval,
    advanced,
    anchored,
    covers,
    due,
    effective_due,
    next_due,
    occurrences,
    rolled_over,
    soon_distance,
)
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, round_half_even
from motovault.quantities.units import DISTANCE_TO_KM, DistanceUnit
from tests.domain.maintenance.histories import (
    day_counts,
    days,
    derived,
    distances,
    intervals,
    log,
    logs,
    month_counts,
    readings,
    schedules,
    slowly,
)

MI = DistanceUnit.MI
modes = st.sampled_from(ScheduleMode)


# ---------------------------------------------------------------------- calendar


@given(days, st.none() | month_counts, st.none() | day_counts, st.integers(0, 12))
def test_an_interval_is_added_as_the_slow_calendar_does(
    start: date, months: int | None, extra: int | None, times: int
) -> None:
    """Two ways to count months that share no line of code agree."""
    assert add_interval(start, months, extra, times) == slowly(start, months, extra, times)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(1, 24))
def test_a_series_of_months_has_no_drift_in_a_hundred_years(anchor: date, months: int) -> None:
    """Only the length of the month it falls in may take days away, so no short one costs a later one."""
    found = list(itertools.islice(occurrences(anchor, months=months), 1200 // months))
    for times, on in enumerate(found, start=1):
        assert (on.year - anchor.year) * 12 + on.month - anchor.month == months * times
        assert on.day == anchor.day or (on.day < anchor.day and (on + timedelta(days=1)).day == 1)


@given(days, day_counts)
def test_a_series_of_days_has_no_drift_in_a_hundred_years(anchor: date, extra: int) -> None:
    count = 36_525 // extra
    *_, last = itertools.islice(occurrences(anchor, days=extra), count)
    assert (last - anchor).days == extra * count


def test_the_calendar_ends_and_a_series_with_it() -> None:
    assert add_interval(date(9999, 12, 31), None, 1) is None
    assert add_interval(date(9999, 6, 30), 7, None) is None
    assert add_interval(date(1, 1, 31), 1, None, times=-1) is None
    assert [*occurrences(date(9997, 2, 28), months=12)] == [date(9998, 2, 28), date(9999, 2, 28)]


# -------------------------------------------------------------------- validation


@pytest.mark.parametrize("field", ["interval_months", "interval_days", "interval_distance"])
@pytest.mark.parametrize("value", [0, -1, 1.5])
def test_an_interval_that_is_not_above_0_is_refused_by_its_name(field: str, value: Any) -> None:
    other: dict[str, Any] = {"interval_months": 6} if field != "interval_months" else {"interval_days": 6}
    for given_ in ({field: value}, other | {field: value}):
        with pytest.raises(InvalidValue) as raised:
            next_due(**given_)
        assert raised.value.field == field
        assert not isinstance(raised.value, NoInterval)


def test_no_interval_at_all_is_refused() -> None:
    with pytest.raises(NoInterval):
        next_due(last_service_date=date(2025, 1, 1), last_service_odometer=Decimal(1000))
    with pytest.raises(NoInterval):
        occurrences(date(2025, 1, 1))


@pytest.mark.parametrize("soon", [{"soon_days": -1}, {"soon_days": 1.5}, {"soon_distance": Decimal(-1)}])
def test_a_threshold_below_0_is_refused(soon: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as raised:
        due(NextDue(date(2025, 1, 1)), today=date(2025, 1, 1), odometer=None, **soon)
    assert raised.value.field == next(iter(soon))


# ---------------------------------------------------------------------- next due


@given(schedules(), logs(at_least=1))
def test_next_due_is_never_earlier_than_the_last_service(
    one: MaintenanceSchedule, history: list[MaintenanceLog]
) -> None:
    """Every interval is above 0, and a grid point behind the work is behind it."""
    after = advanced(one, history, MI, before=[])
    assume(after is not one and any(covers(entry, one) for entry in history))
    assume(after.last_service_date != one.anchor_date)
    target = NextDue(
        after.next_due_date if one.interval_months or one.interval_days else None,
        after.next_due_odometer if one.interval_distance is not None else None,
    )
    if target.on is not None and after.last_service_date is not None:
        assert target.on > after.last_service_date
    if target.odometer is not None and after.last_service_odometer is not None:
        assert target.odometer > after.last_service_odometer


@given(schedules(first_due=False), logs(), st.integers(0, 4000), st.integers(0, 100_000))
def test_a_later_log_never_makes_anything_due_earlier(
    one: MaintenanceSchedule, history: list[MaintenanceLog], later: int, further: int
) -> None:
    """Done later and further on, it is done again later and further on.

    Later than every log and the beginning, and no less far; a first due of
    one's own is no such law: it may lie further ahead than one interval.
    """
    before = advanced(one, history, MI, before=[])
    on = max([date(1990, 1, 1), *filter(None, [one.last_service_date, one.anchor_date])])
    on = max([on, *(entry.service_date for entry in history)]) + timedelta(days=later)
    at = max([Decimal(0), *filter(None, [one.last_service_odometer, one.anchor_odometer])])
    at = max([at, *(entry.odometer * 2 for entry in history if entry.odometer is not None)])
    added = log(on, at + further, id=UUID(int=9999), odometer_unit="mi")
    after = advanced(before, [*history, added], MI, before=history)
    if before.next_due_date is not None:
        assert after.next_due_date is not None
        assert after.next_due_date >= before.next_due_date
    if before.next_due_odometer is not None:
        assert after.next_due_odometer is not None
        assert after.next_due_odometer >= before.next_due_odometer


@given(schedules(), logs(), readings, days)
def test_completing_it_makes_it_not_due(
    one: MaintenanceSchedule, history: list[MaintenanceLog], at: Decimal, on: date
) -> None:
    """On the day of the work, at its reading, every metric has something left, in both modes.

    The work is the last one, and not from before the beginning.
    """
    before = advanced(one, history, MI, before=[])
    began = [one.anchor_date, one.last_service_date, *(entry.service_date for entry in history)]
    on = max([on, *filter(None, began)]) + timedelta(days=1)
    read = [one.anchor_odometer, one.last_service_odometer, at]
    at = max(value for value in read if value is not None)
    done = log(on, at, id=UUID(int=9999), odometer_unit="mi")
    after = advanced(before, [*history, done], MI, before=history)
    found = due(
        NextDue(
            after.next_due_date if one.interval_months or one.interval_days else None,
            after.next_due_odometer if one.interval_distance is not None else None,
        ),
        today=on,
        odometer=at,
    )
    assert not found.due_now


@given(intervals(), days, readings, days, readings)
def test_a_fixed_grid_is_walked_as_slowly_as_one_likes(
    given_: dict[str, Any], anchor: date, zero: Decimal, on: date, at: Decimal
) -> None:
    """The first grid point behind the old due and the work, found by trying one after the other."""
    assume((on - anchor).days < 2000 and at - zero < 200_000)
    old = next_due(**given_, last_service_date=anchor, last_service_odometer=zero)
    found = rolled_over(ScheduleMode.FIXED, old, on, at, **given_, anchor_date=anchor, anchor_odometer=zero)
    months, extra = given_.get("interval_months"), given_.get("interval_days")
    if months or extra:
        behind = max(on, old.on or on)
        points = (slowly(anchor, months, extra, times) for times in itertools.count(1))
        assert found.on == next(point for point in points if point > behind)
    else:
        assert found.on is None
    if (step := given_.get("interval_distance")) is None:
        assert found.odometer is None
    elif step >= 100:
        reached = zero
        while reached <= max(at, zero + step):
            reached += step
        assert found.odometer == reached


@given(schedules(), logs(), st.randoms(use_true_random=False))
def test_the_order_in_which_logs_are_given_does_not_matter(
    one: MaintenanceSchedule, history: list[MaintenanceLog], chance: Any
) -> None:
    """They count in the order in which the work was done, not in which it was written down."""
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert advanced(one, shuffled, MI, before=[]) == advanced(one, history, MI, before=[])


@given(schedules(), logs(), logs(at_least=1), st.data())
def test_adding_and_removing_a_log_is_the_identity(
    one: MaintenanceSchedule, history: list[MaintenanceLog], more: list[MaintenanceLog], data: st.DataObject
) -> None:
    """Everything is worked out from where the schedule began, which no log can move."""
    added = attrs.evolve(data.draw(st.sampled_from(more)), id=UUID(int=9999))
    kept = advanced(one, history, MI, before=[])
    there = advanced(kept, [*history, added], MI, before=history)
    back = advanced(there, history, MI, before=[*history, added])
    if kept.next_due_date is None and back.next_due_date is not None:
        # A row of another application that had kept no next due has one now: one interval on.
        assert effective_due(kept).on == back.next_due_date
        back = attrs.evolve(back, next_due_date=None)
    if kept.next_due_odometer is None and back.next_due_odometer is not None:
        assert effective_due(kept).odometer == back.next_due_odometer
        back = attrs.evolve(back, next_due_odometer=None)
    assert derived(back) == derived(kept)


@given(schedules(), logs())
def test_working_it_out_again_changes_nothing_and_gives_the_very_same_object(
    one: MaintenanceSchedule, history: list[MaintenanceLog]
) -> None:
    after = advanced(one, history, MI, before=[])
    assert advanced(after, history, MI) is after
    began = anchored(after, history, MI)
    assert derived(began) == derived(after)
    assert anchored(began, history, MI) is began


@given(schedules(), logs())
def test_the_hosts_decimal_context_has_no_say(
    one: MaintenanceSchedule, history: list[MaintenanceLog]
) -> None:
    plainly = advanced(one, history, MI, before=[])
    with decimal.localcontext() as host:
        host.prec, host.rounding = 2, decimal.ROUND_UP
        assert advanced(one, history, MI, before=[]) == plainly
        assert effective_due(plainly) == effective_due(plainly)


# ------------------------------------------------------------------------- units


@given(schedules(), days, st.integers(1, 800_000))
def test_a_log_in_kilometres_is_the_same_log_in_miles(
    one: MaintenanceSchedule, on: date, kilometres: int
) -> None:
    """Converted exactly and rounded once, to a whole unit as the columns hold it."""
    miles = round_half_even(EXACT.divide(Decimal(kilometres), DISTANCE_TO_KM["mi"]), 0)
    assume(miles > 0)  # the entity reads 0 as unknown
    one = attrs.evolve(one, distance_unit="mi")
    in_km = advanced(one, [log(on, Decimal(kilometres), odometer_unit="km")], MI, before=[])
    assert in_km == advanced(one, [log(on, miles, odometer_unit="mi")], MI, before=[])


@given(schedules(), days, readings)
def test_hours_never_advance_a_distance_nor_a_distance_hours(
    one: MaintenanceSchedule, on: date, at: Decimal
) -> None:
    """An odometer in another kind of unit is an odometer that is not known."""
    for own, other in (("mi", "h"), ("h", "km")):
        asked = attrs.evolve(one, distance_unit=own)
        found = advanced(asked, [log(on, at, odometer_unit=other)], MI, before=[])
        assert found == advanced(asked, [log(on, None)], MI, before=[])


@given(days, readings, readings, st.none() | days, distances, st.integers(0, 100))
def test_a_change_of_units_changes_no_status(
    today: date, target: Decimal, at: Decimal, on: date | None, soon: Decimal, near: int
) -> None:
    """All three distances grow by the same factor."""
    factor = DISTANCE_TO_KM["mi"]
    in_mi = due(NextDue(on, target), today=today, odometer=at, soon_days=near, soon_distance=soon)
    in_km = due(
        NextDue(on, target * factor),
        today=today,
        odometer=at * factor,
        soon_days=near,
        soon_distance=soon * factor,
    )
    assert in_mi.distance_remaining is not None
    scaled = attrs.evolve(in_mi, distance_remaining=in_mi.distance_remaining * factor)
    assert in_km == scaled


def test_500_miles_are_the_same_in_every_unit_and_hours_have_their_own() -> None:
    assert soon_distance(DistanceUnit.MI) == 500
    assert soon_distance(DistanceUnit.KM) == Decimal("804.672")
    assert round_half_even(soon_distance(DistanceUnit.NMI) * Decimal("1.852"), 12) == Decimal("804.672")
    assert soon_distance(DistanceUnit.H) == 10
    assert soon_distance(DistanceUnit.H, Decimal(10)) == 2
    assert soon_distance(DistanceUnit.H, Decimal(500)) == 10


# ------------------------------------------------------------------------ status


targets = st.builds(NextDue, st.none() | days, st.none() | readings)


@given(targets, days, st.integers(0, 5000), st.none() | readings, readings, st.integers(0, 100), distances)
def test_nothing_becomes_less_urgent_by_waiting_or_driving(
    target: NextDue, today: date, later: int, at: Decimal | None, further: Decimal, near: int, soon: Decimal
) -> None:
    """What is left only shrinks, and less left is never less urgent."""
    now = due(target, today=today, odometer=at, soon_days=near, soon_distance=soon)
    then = due(
        target,
        today=today + timedelta(days=later),
        odometer=None if at is None else at + further,
        soon_days=near,
        soon_distance=soon,
    )
    assert then.status.urgency >= now.status.urgency
    assert then.due_now or not now.due_now


@given(targets, days, st.none() | readings)
def test_the_worst_metric_decides_and_is_named(target: NextDue, today: date, at: Decimal | None) -> None:
    """Each metric alone is never worse than both, and exactly those that are as bad are named."""
    both = due(target, today=today, odometer=at)
    by_date = due(NextDue(target.on), today=today, odometer=at)
    by_distance = due(NextDue(None, target.odometer), today=today, odometer=at)
    alone = [by_date, by_distance]
    assert both.status.urgency == max(one.status.urgency for one in alone)
    named = [one.triggered_by for one in alone if one.status is both.status]
    assert both.triggered_by == tuple(itertools.chain(*named))
