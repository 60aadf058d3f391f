"""What a list of readings says: where the dial stands, how far was driven, where it went back."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.odometer import (
    OdometerReading,
    ReadingSource,
    current_odometer,
    distance_between,
    rollbacks,
)
from motovault.errors import InvalidValue
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit
from motovault.testing.examples import example_preferences
from motovault.testing.strategies import FuelLogHistory, fuel_log_histories

KM, MI, H = DistanceUnit.KM, DistanceUnit.MI, DistanceUnit.H
VECTORS = Path(__file__).parents[2] / "vectors"
START = datetime(2025, 1, 1, 12, tzinfo=UTC)


def reading(days: float, value: Decimal | int | str, unit: DistanceUnit | None = None) -> OdometerReading:
    return OdometerReading(
        read_at=START + timedelta(days=days),
        value=Decimal(value),
        unit=unit,
        source=ReadingSource.FUEL_LOG,
        source_id=UUID(int=int(days * 1000) + 1),
    )


def readings(*values: int | str) -> list[OdometerReading]:
    """A day apart."""
    return [reading(day, value) for day, value in enumerate(values)]


def day(number: int) -> date:
    return START.date() + timedelta(days=number)


def _cases() -> Iterator[Any]:
    for folder in sorted({VECTORS, Path(os.environ.get("MOTOVAULT_VECTORS") or VECTORS)}):
        file = folder / "next_due.json"
        if file.exists():
            for case in json.loads(file.read_text("utf-8"))["current_odometer"]:
                yield pytest.param(case, id=f"{case['id']}-{folder.name}")


@pytest.mark.vectors
@pytest.mark.parametrize("case", list(_cases()))
def test_the_vectors_of_the_current_odometer(case: dict[str, Any]) -> None:
    given_ = [
        OdometerReading(
            read_at=datetime.fromisoformat(entry["date"]).replace(tzinfo=UTC),
            value=Decimal(entry["odometer"]),
            unit=None,
            source=ReadingSource.FUEL_LOG,
            source_id=UUID(int=number),
        )
        for number, entry in enumerate(case["readings"])
        if not entry.get("deleted") and not entry.get("deleted_at")
    ]
    for order in (given_, given_[::-1]):
        found = current_odometer(order, MI)
        value = None if found.odometer is None else found.odometer.value
        expected = case["expected"]["odometer"]
        assert value == (None if expected is None else Decimal(expected))
        # a case names what there is to warn of once, however often
        assert {finding.code for finding in found.findings} == set(case["expected"]["warnings"])


def test_the_vectors_are_there() -> None:
    assert len(list(_cases())) >= 4


# --- where the dial stands


def test_the_latest_reading_wins_over_the_highest() -> None:
    found = current_odometer(readings(1000, 9000, 1100), KM)
    assert found.odometer == Distance(1100, "km")
    assert found.reading == reading(2, 1100)


def test_without_readings_it_is_unknown() -> None:
    found = current_odometer([], KM)
    assert (found.reading, found.odometer, found.findings, str(found)) == (None, None, (), "unknown")


def test_it_is_told_in_the_unit_that_was_asked_for() -> None:
    found = current_odometer([reading(0, 100, MI)], KM)
    assert (found.odometer, str(found)) == (Distance("160.9344", "km"), "160.9344 km")


def test_a_reading_without_unit_has_the_unit_that_was_asked_for() -> None:
    assert current_odometer([reading(0, 100)], MI).odometer == Distance(100, "mi")


def test_units_are_compared_by_what_they_measure() -> None:
    """100 miles are further than 150 kilometres."""
    assert current_odometer([reading(0, 100, MI), reading(0, 150, KM)], KM).reading == reading(0, 100, MI)
    assert rollbacks([reading(0, 100, MI), reading(1, 161, KM)], KM) == ()
    assert len(rollbacks([reading(0, 100, MI), reading(1, 160, KM)], KM)) == 1


def test_engine_hours_are_an_odometer_too() -> None:
    found = current_odometer([reading(0, "100.5", H), reading(1, "99", H)], H)
    assert found.odometer == Distance(99, "h")
    assert len(found.findings) == 1
    assert distance_between([reading(0, 100), reading(1, 112)], day(0), day(1), H) == Distance(12, "h")


def test_hours_and_kilometres_are_never_mixed() -> None:
    mixed = [reading(0, 100, KM), reading(1, 50, H), reading(2, 120, KM)]
    assert current_odometer(mixed, KM).findings == ()
    assert current_odometer(mixed, H).odometer == Distance(50, "h")
    assert distance_between(mixed, day(0), day(2), KM) == Distance(20, "km")


def test_the_day_is_the_users_own() -> None:
    """Past midnight UTC is the evening before in New York; of one day, the higher figure is the later."""
    evening = [reading(0.1, 200), reading(0.6, 100)]
    assert current_odometer(evening, MI).odometer == Distance(100, "mi")
    new_york = example_preferences(time_zone="America/New_York").local_date
    assert current_odometer(evening, MI, new_york).odometer == Distance(200, "mi")


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 500)), min_size=1), st.randoms())
def test_the_order_of_the_readings_does_not_matter(points: list[tuple[int, int]], random: Any) -> None:
    ordered = [reading(at, value) for at, value in points]
    shuffled = ordered.copy()
    random.shuffle(shuffled)
    assert current_odometer(shuffled, KM) == current_odometer(ordered, KM)
    last = max(at for at, _ in points)
    assert current_odometer(ordered, KM).odometer == Distance(
        max(value for at, value in points if at == last), "km"
    )


# --- rollbacks


def test_a_rollback_names_both_readings() -> None:
    [finding] = rollbacks(readings(1000, 900), KM)
    assert (finding.code, finding.severity, finding.field, finding.value) == (
        "rollback",
        "warning",
        "odometer",
        "900",
    )
    assert finding.subject == str(reading(1, 900).source_id)
    assert finding.message == "odometer 900 km on 2025-01-02 is below 1000 km on 2025-01-01"


@given(st.lists(st.integers(1, 50)))
def test_there_is_a_rollback_for_each_drop_and_none_without(values: list[int]) -> None:
    drops = sum(later < earlier for earlier, later in itertools.pairwise(values))
    assert len(rollbacks(readings(*values), KM)) == drops
    assert rollbacks(readings(*sorted(values)), KM) == ()


# --- how far


@pytest.mark.parametrize(
    ("values", "first", "last", "driven"),
    [
        ((100, 150, 300), 0, 2, 200),
        ((100, 150, 300), 1, 2, 150),
        ((100, 150, 300), 0, 1, 50),
        ((100, 150, 300), -9, 99, 200),
        ((100, 150, 300), 2, 99, None),
        ((100, 150, 300), -9, -1, None),
        ((100,), -9, 99, None),
        ((), -9, 99, None),
        ((100, 100), 0, 1, 0),
        # one too high, one too low: typing errors
        ((154000, 301464, 154754), 0, 2, 754),
        ((154000, 15475, 154754), 0, 2, 754),
        ((154000, 301464, 154754, 155000), 0, 3, 1000),
        # a changed instrument
        ((99000, 99900, 250, 600), 0, 3, 900 + 350),
    ],
)
def test_how_far_was_driven(values: tuple[int, ...], first: int, last: int, driven: int | None) -> None:
    found = distance_between(readings(*values), day(first), day(last), KM)
    assert found == (None if driven is None else Distance(driven, "km"))


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        distance_between(readings(1, 2), day(1), day(0), KM)
    assert caught.value.field == "last"


def test_the_distance_is_told_in_the_unit_that_was_asked_for() -> None:
    assert distance_between(readings(100, 200), day(0), day(1), MI) == Distance(100, "mi")
    mixed = [reading(0, 100, MI), reading(1, "321.8688", KM)]
    found = distance_between(mixed, day(0), day(1), MI)
    assert found is not None
    assert (found.value, found.unit) == (100, "mi")


def _km(points: Sequence[OdometerReading], first: int, last: int) -> Decimal:
    found = distance_between(points, day(first), day(last), KM)
    return Decimal(0) if found is None else found.value


_walks = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), min_size=1, max_size=12)


@given(_walks, st.tuples(*[st.integers(0, 12)] * 3).map(sorted))
def test_two_spans_together_are_as_far_as_both(walk: list[tuple[int, int]], days: list[int]) -> None:
    """A way does not get longer by looking at the dial in between."""
    points = [reading(0, 30), *(reading(at, value) for at, value in walk)]
    first, middle, last = days
    assert _km(points, first, middle) + _km(points, middle, last) == _km(points, first, last)


@given(_walks, st.tuples(*[st.integers(-2, 12)] * 2).map(sorted))
def test_a_distance_is_never_negative_and_a_wider_span_never_shorter(
    walk: list[tuple[int, int]], days: list[int]
) -> None:
    points = [reading(at, value) for at, value in walk]
    inner = _km(points, *days)
    assert 0 <= inner <= _km(points, days[0] - 1, days[1] + 1)


@given(_walks)
def test_where_nothing_went_back_it_is_the_difference(walk: list[tuple[int, int]]) -> None:
    days, values = sorted(at for at, _ in walk), sorted(value for _, value in walk)
    points = [reading(at, value) for at, value in zip(days, values, strict=True)]
    assert _km(points, -1, 12) == values[-1] - values[0]


@given(fuel_log_histories(features={"partial", "missed", "towing"}, min_fills=2))
def test_a_whole_history_is_as_long_as_it_really_was(history: FuelLogHistory) -> None:
    points = [
        OdometerReading(
            read_at=log.filled_at,
            value=log.odometer,
            unit=log.odometer_unit,
            source=ReadingSource.FUEL_LOG,
            source_id=log.id,
        )
        for log in history.logs
        if log.odometer is not None
    ]
    found = distance_between(points, date(2000, 1, 1), date(2100, 1, 1), history.distance_unit)
    if found is None:
        assert len(points) < 2
    else:
        assert found == Distance(history.driven_by[-1], history.distance_unit)
