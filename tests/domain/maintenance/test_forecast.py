"""When a distance will be reached: the plain method of the vectors, and the default one."""

from __future__ import annotations

import decimal
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from motovault.domain.maintenance.driving import METHOD, Driving, driving
from motovault.domain.maintenance.forecast import (
    FURTHEST_DAYS,
    Projection,
    effective_due_on,
    first_to_last,
)
from motovault.domain.odometer import OdometerReading, ReadingSource, positions
from motovault.errors import InvalidValue
from motovault.quantities.units import DistanceUnit

KM, MI, H = DistanceUnit.KM, DistanceUnit.MI, DistanceUnit.H
ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors"
START = date(2024, 1, 1)

Positions = list[tuple[date, Decimal]]


def walk(*steps: tuple[int, int | str]) -> Positions:
    """From 10,000 on 1 January 2024: days later, and the position then."""
    return [(START, Decimal(10_000)), *((START + timedelta(days=day), Decimal(at)) for day, at in steps)]


def driven_so(given: Positions, today: date | None = None, unit: DistanceUnit = KM) -> Driving:
    found = driving(given, today or given[-1][0], unit)
    assert found is not None
    return found


def dates(projection: Projection) -> tuple[date | None, date | None, date | None]:
    return projection.earliest, projection.on, projection.latest


def width(projection: Projection) -> timedelta:
    assert projection.earliest is not None
    assert projection.latest is not None
    return projection.latest - projection.earliest


def steady(pace: int, days: int, every: int = 5) -> Positions:
    return walk(*((day, 10_000 + pace * day) for day in range(every, days + 1, every)))


# ----------------------------------------------------------------------- the plain method


def _cases() -> Iterator[Any]:
    for folder in sorted({VECTORS, Path(os.environ.get("MOTOVAULT_VECTORS") or VECTORS)}):
        file = folder / "next_due.json"
        if file.exists():
            for case in json.loads(file.read_text("utf-8"))["forecast"]:
                yield pytest.param(case, id=f"{case['id']}-{folder.name}")


@pytest.mark.vectors
@pytest.mark.parametrize("case", list(_cases()))
def test_the_plain_method_is_that_of_the_vectors(case: dict[str, Any]) -> None:
    today = date.fromisoformat(case["today"])
    given = [(date.fromisoformat(one["date"]), Decimal(one["odometer"])) for one in case["readings"]]
    due_on = case.get("next_due_date") and date.fromisoformat(case["next_due_date"])
    slope, target = first_to_last(given, today, case["window_days"]), case.get("next_due_distance")
    seen = [one for one in given if one[0] <= today]  # the method counts from the last of these
    projected = slope and target and slope.project(Decimal(target) - max(seen)[1])
    effective = effective_due_on(projected, due_on)
    assert {
        "rate_per_day": slope and str(slope.per_day),
        "projected_date": projected and projected.isoformat(),
        "effective_due_date": effective and effective.isoformat(),
    } == case["expected"]


def test_the_plain_method_takes_the_lowest_of_the_first_date_and_the_highest_of_the_last() -> None:
    given = walk((0, 10_100), (10, 10_400), (10, 10_500))
    slope = first_to_last(reversed(given), given[-1][0])
    assert slope is not None
    assert slope.rate == 50


def test_the_window_of_the_plain_method_has_its_first_day_in_it() -> None:
    given = walk((90, 19_000))
    assert first_to_last(given, given[-1][0], 90) is not None
    assert first_to_last(given, given[-1][0], 89) is None


@pytest.mark.parametrize(
    "given",
    [[], walk(), walk((0, 10_500)), walk((30, 10_000)), walk((30, 9_000))],
    ids=["none", "one", "one date", "no movement", "back"],
)
def test_without_two_dates_and_movement_the_plain_method_has_no_rate(given: Positions) -> None:
    assert first_to_last(given, START + timedelta(days=30)) is None


def test_the_plain_method_tells_no_date_beyond_a_hundred_years() -> None:
    slope = first_to_last(walk((90, 10_001)), START + timedelta(days=90))
    assert slope is not None
    assert slope.project(Decimal(400)) is not None
    assert slope.project(Decimal(500)) is None
    assert slope.project(Decimal("1e99")) is None


def test_the_earlier_of_two_due_dates_counts() -> None:
    early, late = START, START + timedelta(days=1)
    assert effective_due_on(early, late) == effective_due_on(late, early) == early
    assert effective_due_on(None, late) == effective_due_on(late, None) == late
    assert effective_due_on(None, None) is None


# --------------------------------------------------------------------- the default method


def test_a_steady_pace_goes_on() -> None:
    found = driven_so(steady(50, 200))
    at = found.project(Decimal(2_000))
    assert at.on == found.basis.last_on + timedelta(days=40)
    assert at.basis is found.basis


def test_it_is_told_what_a_projection_rests_on() -> None:
    basis = driven_so(steady(50, 200)).basis
    assert (basis.method, basis.readings, basis.unit) == (METHOD, 41, KM)
    assert (basis.first_on, basis.last_on) == (START, START + timedelta(days=200))
    assert str(basis.recent_per_day) == str(basis.long_run_per_day) == "50.000000"
    assert basis.coverage == Decimal("0.8")


def test_a_new_habit_counts_much_for_soon_and_less_for_later() -> None:
    """Two years at 20 a day, two months at 60."""
    given = steady(20, 730) + [
        (START + timedelta(days=730 + day), Decimal(24_600 + 60 * day)) for day in range(5, 61, 5)
    ]
    found = driven_so(given)
    assert 20 < found.basis.long_run_per_day < 30 < 50 < found.basis.recent_per_day < 60
    paces = []
    for way in (500, 5_000, 50_000):
        on = found.project(Decimal(way)).on
        assert on is not None
        paces.append(way / (on - found.basis.last_on).days)
    assert paces == sorted(paces, reverse=True)
    assert paces[0] > 50
    assert paces[-1] < 30


def test_a_car_that_stands_is_expected_to_be_driven_again() -> None:
    """A recent pace of nothing does not mean never, once it was driven."""
    given = [*steady(50, 300), (START + timedelta(days=700), Decimal(25_000))]
    at = driven_so(given).project(Decimal(1_000))
    assert at.basis.recent_per_day < 1
    assert at.on is not None
    assert at.on > given[-1][0] + timedelta(days=60)


def test_an_uneven_vehicle_has_a_wider_interval() -> None:
    even = driven_so(steady(50, 400, 10)).project(Decimal(5_000))
    given = walk()
    for day in range(40, 401, 40):
        given += [
            (START + timedelta(days=day - 1), given[-1][1]),
            (START + timedelta(days=day), given[-1][1] + 2_000),
        ]
    uneven = driven_so(given).project(Decimal(5_000))
    assert width(uneven) > width(even) > timedelta(days=30)


def test_one_date_or_no_movement_gives_no_rate() -> None:
    for given in ([], walk(), walk((0, 10_500)), walk((30, 10_000)), walk((30, 9_000))):
        assert driving(given, START + timedelta(days=30)) is None


def test_readings_after_today_are_not_looked_at() -> None:
    given = steady(50, 100)
    later = [*given, (START + timedelta(days=120), Decimal(90_000))]
    assert dates(driven_so(later, given[-1][0]).project(Decimal(900))) == dates(
        driven_so(given).project(Decimal(900))
    )
    assert driving(given, START) is None


def test_what_is_reached_or_should_have_been_is_told_as_today() -> None:
    given, today = steady(50, 100), START + timedelta(days=300)
    found = driven_so(given, today)
    for way in ("-500", "0", "0.0000001", "1000"):
        assert dates(found.project(Decimal(way))) == (today, today, today)


def test_it_counts_from_the_last_reading_however_old_it_is() -> None:
    given = steady(50, 100)
    asked_then = driven_so(given).project(Decimal(5_000))
    asked_later = driven_so(given, given[-1][0] + timedelta(days=50)).project(Decimal(5_000))
    assert asked_later.on == asked_then.on == given[-1][0] + timedelta(days=100)


def test_nobody_is_told_of_a_date_beyond_a_hundred_years() -> None:
    found = driven_so(walk((90, 10_001)))
    some = found.project(Decimal(350))
    assert some.earliest is not None
    assert some.on is not None
    assert (some.on - found.today).days < FURTHEST_DAYS
    assert some.latest is None
    assert (
        dates(found.project(Decimal(10_000))) == dates(found.project(Decimal("1e60"))) == (None, None, None)
    )


def test_the_calendar_ends() -> None:
    given = [(date(9999, 1, 1), Decimal(1)), (date(9999, 12, 1), Decimal(3_341))]
    at = driven_so(given).project(Decimal(280))
    assert at.on == date(9999, 12, 29)
    assert at.latest is None


@pytest.mark.parametrize("slip", ["1250", "125000"])
def test_a_slip_of_the_pen_changes_nothing(slip: str) -> None:
    given = steady(50, 100)
    marred = list(given)
    marred[10] = (marred[10][0], Decimal(slip))
    assert driven_so(marred).project(Decimal(5_000)).on == driven_so(given).project(Decimal(5_000)).on


def test_a_digit_too_many_at_the_end_does_not_make_a_racing_car() -> None:
    given = [*steady(50, 100), (START + timedelta(days=101), Decimal(150_500))]
    assert driven_so(given).basis.recent_per_day == 50


@pytest.mark.parametrize("start", [0, 300_000])
def test_the_day_of_a_new_dial_tells_nothing_of_the_pace(start: int) -> None:
    """Of which nobody knows how far it was."""
    first = steady(50, 100)
    second = [(START + timedelta(days=100 + day), Decimal(start + 50 * day)) for day in range(1, 60, 2)]
    basis = driven_so(first + second).basis
    assert basis.recent_per_day == basis.long_run_per_day == 50


def test_hours_are_projected_like_kilometres() -> None:
    found = driven_so([(day, at / 100) for day, at in steady(50, 200)], unit=H)
    assert found.project(Decimal(20)).on == found.basis.last_on + timedelta(days=40)


@pytest.mark.parametrize("remaining", [1.5, "many", Decimal("NaN"), Decimal("Infinity"), None])
def test_what_is_no_exact_number_is_refused(remaining: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        driven_so(steady(50, 100)).project(remaining)
    assert caught.value.field == "remaining"


def test_the_host_s_decimal_context_changes_nothing() -> None:
    given = [(day, at + Decimal("0.123456")) for day, at in steady(37, 200, 7)]

    def both() -> object:
        found = driven_so(given, unit=MI)
        slope = first_to_last(steady(37, 90, 7), START + timedelta(days=88))
        assert slope is not None
        return found.project(Decimal("1234.5678")), slope.per_day, slope.project(Decimal("1234.5678"))

    calm = both()
    with decimal.localcontext(decimal.Context(prec=2, rounding=decimal.ROUND_UP, traps=[decimal.Inexact])):
        assert both() == calm


# ------------------------------------------------------------------- positions out of readings


def reading(day: int, value: str, unit: DistanceUnit | None) -> OdometerReading:
    return OdometerReading(
        read_at=datetime(2024, 1, 1, 23, tzinfo=UTC) + timedelta(days=day),
        value=Decimal(value),
        unit=unit,
        source=ReadingSource.FUEL_LOG,
        source_id=UUID(int=day + 1),
    )


def test_positions_are_sorted_in_one_unit_by_local_date() -> None:
    given = [reading(2, "300", KM), reading(0, "100", None), reading(1, "7", H), reading(0, "150", KM)]
    assert positions(given, MI) == [
        (date(2024, 1, 1), Decimal(150)),
        (date(2024, 1, 1), Decimal("160.9344")),
        (date(2024, 1, 3), Decimal(300)),
    ]
    assert positions(given, H) == [(date(2024, 1, 1), Decimal(100)), (date(2024, 1, 2), Decimal(7))]
    late = positions(given, KM, lambda moment: (moment + timedelta(hours=2)).date())
    assert [on.day for on, _ in late] == [2, 2, 4]


# ------------------------------------------------------------------------------ quality


def test_on_real_readings_it_is_at_least_as_good_as_the_plain_method() -> None:
    """At the median and at the 90th percentile of the error in days, for the next 5,000 km."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "forecast.py", "--quick", "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines = [one for one in json.loads(done.stdout) if one["what"].startswith("a car read almost daily")]
    if not lines:
        assert "skipped" in done.stderr
        pytest.skip("the real readings are not beside this checkout")
    judged = [one for one in lines if one["aim"] is not None]
    assert len(judged) == 4
    for one in judged:
        assert one["value"] <= 1, one
    (interval,) = [one for one in lines if one["aim"] is None]
    assert interval["value"] >= 0.95
