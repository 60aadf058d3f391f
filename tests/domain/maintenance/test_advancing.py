"""What a log makes of a schedule, by example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import attrs
import pytest

from motovault.domain.maintenance import (
    NextDue,
    ScheduleMode,
    advanced,
    covers,
    effective_due,
    rolled_over,
)
from motovault.quantities.units import DistanceUnit
from tests.domain.maintenance.histories import derived, log, schedule

MI = DistanceUnit.MI


def test_a_row_of_another_application_comes_back_as_it_was() -> None:
    """Its own arithmetic may differ from ours; what it wrote was there."""
    found = schedule(
        interval_months=6,
        interval_distance=Decimal(5000),
        last_service_date=date(2025, 8, 31),
        last_service_odometer=Decimal(40000),
        next_due_date=date(2026, 3, 3),
        next_due_odometer=Decimal(45000),
    )
    done = log(date(2025, 12, 1), Decimal(43000))
    there = advanced(found, [done], MI, before=[])
    assert derived(there) == (*(date(2025, 12, 1), Decimal(43000), date(2026, 6, 1), Decimal(48000)),)
    assert (there.anchor_date, there.anchor_odometer) == (date(2025, 8, 31), Decimal(40000))
    assert derived(advanced(there, [], MI, before=[done])) == derived(found)


def test_a_schedule_of_which_nobody_knew_the_beginning_is_unknown_again() -> None:
    fresh = schedule(interval_months=6)
    done, again = log(date(2025, 1, 31)), log(date(2025, 7, 1))
    first = advanced(fresh, [done], MI, before=[])
    second = advanced(first, [done, again], MI, before=[done])
    assert second.next_due_date == date(2026, 1, 1)
    assert advanced(second, [again], MI, before=[done, again]).next_due_date == date(2026, 1, 1)
    assert advanced(advanced(second, [done], MI, before=[done, again]), [], MI, before=[done]) == fresh


def test_the_log_of_the_last_service_itself_does_not_lose_its_odometer() -> None:
    begun = schedule(interval_distance=5000, anchor_date=date(2025, 1, 1), anchor_odometer=40000)
    assert advanced(begun, [log(date(2025, 1, 1))], MI).next_due_odometer == 45000
    assert advanced(begun, [log(date(2025, 1, 2))], MI).next_due_odometer is None


def test_a_first_due_off_the_grid_makes_its_own_grid() -> None:
    """A car bought in March whose inspection is first due in November keeps November."""
    begun = schedule(
        mode="fixed", interval_months=12, anchor_date=date(2023, 3, 10), first_due_date=date(2025, 11, 3)
    )
    after = advanced(begun, [log(date(2025, 10, 8))], MI)
    assert after.next_due_date == date(2026, 11, 3)


def test_a_first_due_on_the_grid_keeps_the_day_of_the_anchor() -> None:
    begun = schedule(
        mode="fixed", interval_months=1, anchor_date=date(2025, 1, 31), first_due_date=date(2025, 2, 28)
    )
    assert advanced(begun, [log(date(2025, 2, 27))], MI).next_due_date == date(2025, 3, 31)


def test_what_no_column_can_hold_never_falls_due() -> None:
    begun = schedule(interval_distance=5000, interval_months=1200, anchor_date=date(2025, 1, 1))
    after = advanced(begun, [log(date(9950, 1, 1), Decimal(999_999_000))], MI)
    assert (after.next_due_date, after.next_due_odometer) == (None, None)


@pytest.mark.parametrize(
    ("words", "is_covered"),
    [
        (["Engine Oil"], False),
        (["Engine Oil", "Fluids"], True),
        (["Fluids", "Tires", "Engine Oil"], True),
        ([], False),
    ],
)
def test_a_log_covers_what_it_did_all_of(words: list[str], is_covered: bool) -> None:
    asked = schedule(subtypes=["Engine Oil", "Fluids"], interval_months=6)
    assert covers(log(date(2025, 1, 1), subtypes=words), asked) is is_covered
    assert not covers(log(date(2025, 1, 1), subtypes=words, category="repair"), asked)
    assert not covers(log(date(2025, 1, 1), subtypes=words), schedule(subtypes=[], interval_months=6))


def test_nothing_falls_due_before_the_grid_begins() -> None:
    """Work done before the anchor of a fixed schedule moves it to the anchor, no further."""
    asked = {"interval_months": 1, "interval_distance": Decimal(1000)}
    due = NextDue(date(2025, 1, 10), Decimal(10_000))
    found = rolled_over(
        ScheduleMode.FIXED,
        due,
        date(2025, 1, 5),
        Decimal(9_500),
        **asked,  # type: ignore[arg-type]
        anchor_date=date(2026, 1, 15),
        anchor_odometer=Decimal(20_500),
    )
    assert found == NextDue(date(2026, 1, 15), Decimal(20_500))


def test_a_fixed_schedule_that_nobody_knew_begins_its_grid_with_the_first_work() -> None:
    begun = schedule(mode="fixed", interval_months=1, interval_distance=1000)
    work = [log(date(2025, 1, 31), Decimal(500)), log(date(2025, 2, 27), Decimal(2700))]
    after = advanced(begun, work, MI, before=[])
    assert derived(after) == (date(2025, 2, 27), Decimal(2700), date(2025, 3, 31), Decimal(3500))


def test_work_below_the_reading_at_which_it_began_is_from_before() -> None:
    """A row of another application may know the reading of its last service and not the day."""
    found = schedule(interval_distance=5000, last_service_odometer=40_000, next_due_odometer=45_000)
    assert advanced(found, [log(date(2019, 5, 1), Decimal(10_000))], MI, before=[]) is found
    after = advanced(found, [log(date(2019, 5, 1), Decimal(40_000))], MI, before=[])
    assert (after.last_service_date, after.next_due_odometer) == (*(date(2019, 5, 1), Decimal(45_000)),)


def test_a_first_due_reading_off_the_grid_makes_its_own_grid_too() -> None:
    begun = schedule(mode="fixed", interval_distance=10_000, anchor_odometer=1200, first_due_odometer=15_000)
    after = advanced(begun, [log(date(2025, 1, 1), Decimal(14_000))], MI)
    assert after.next_due_odometer == 25_000


def test_a_first_due_holds_until_the_first_work() -> None:
    """The first inspection of a new car is due after three years, the next ones every year."""
    begun = schedule(
        interval_months=12,
        interval_distance=10_000,
        anchor_date=date(2022, 5, 1),
        anchor_odometer=0,
        first_due_date=date(2025, 5, 1),
        first_due_odometer=1_500,
    )
    fresh = advanced(begun, [], MI)
    assert fresh.last_service_date == date(2022, 5, 1)
    assert effective_due(fresh) == NextDue(date(2025, 5, 1), Decimal(1_500))
    done = advanced(fresh, [log(date(2025, 4, 20), Decimal(1_400))], MI)
    assert effective_due(done) == NextDue(date(2026, 4, 20), Decimal(11_400))


@pytest.mark.parametrize("begins", [{}, {"anchor_date": date(2025, 3, 1), "anchor_odometer": 1000}])
def test_the_log_of_the_anchor_itself_moves_a_fixed_schedule_no_further(begins: dict[str, object]) -> None:
    """Written down after the schedule, or before it, or twice: the next inspection is next year's."""
    begun = schedule(mode="fixed", interval_months=12, interval_distance=10_000, **begins)
    work = [
        log(date(2025, 3, 1), odometer, id=UUID(int=7 + n))
        for n, odometer in enumerate((None, Decimal(1000)))
    ]
    for given in (work[1:], work, [work[1], attrs.evolve(work[1], id=UUID(int=9))]):
        after = advanced(begun, given, MI, before=[])
        assert (after.next_due_date, after.next_due_odometer) == (*(date(2026, 3, 1), Decimal(11_000)),)


def test_the_second_visit_of_an_inspection_leaves_out_no_period() -> None:
    """Done early, and once more before the day that it was early for; the next early one counts again."""
    begun = schedule(
        mode="fixed",
        interval_months=12,
        interval_distance=10_000,
        anchor_date=date(2024, 11, 3),
        anchor_odometer=1000,
    )
    visits = [
        (log(date(2025, 10, 8), Decimal(9000)), date(2026, 11, 3), 21_000),
        (log(date(2025, 10, 20), Decimal(9100)), date(2026, 11, 3), 21_000),
        (log(date(2025, 10, 21)), date(2026, 11, 3), 21_000),
        (log(date(2026, 10, 20), Decimal(20_000)), date(2027, 11, 3), 31_000),
        (log(date(2029, 1, 5), Decimal(2000)), date(2029, 11, 3), 41_000),  # another dial
    ]
    for count, (_, day, odometer) in enumerate(visits, start=1):
        after = advanced(begun, [one for one, *_ in visits[:count]], MI)
        assert (after.next_due_date, after.next_due_odometer) == (day, odometer)


def test_a_first_due_without_an_interval_of_its_kind_is_over_once_it_was_done() -> None:
    for mode in ScheduleMode:
        begun = schedule(mode=mode, interval_distance=5000, first_due_date=date(2025, 5, 1))
        after = advanced(begun, [log(date(2025, 5, 1), Decimal(1000))], MI)
        assert (after.next_due_date, after.next_due_odometer) == (None, 6000)
        begun = schedule(mode=mode, interval_months=12, first_due_odometer=5000)
        after = advanced(begun, [log(date(2025, 5, 1), Decimal(5000))], MI)
        assert (after.next_due_date, after.next_due_odometer) == (date(2026, 5, 1), None)


def test_once_the_calendar_has_ended_a_fixed_schedule_is_never_due_again() -> None:
    begun = schedule(mode="fixed", interval_months=12, anchor_date=date(9998, 1, 1))
    early = [log(date(9998, 2, 1)), log(date(9998, 3, 1))]
    assert advanced(begun, early[:1], MI).next_due_date is None
    assert advanced(begun, early, MI).next_due_date is None
