"""Every case of the next-due vectors: our copy, and another folder from MOTOVAULT_VECTORS.

The forecast's cases are tested beside the forecast.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest

from motovault.domain.maintenance import (
    NextDue,
    NoInterval,
    ScheduleMode,
    due,
    next_due,
    occurrences,
    rolled_over,
)
from motovault.domain.odometer import OdometerReading, ReadingSource, current_odometer
from motovault.domain.user_preferences import schema_defaults
from motovault.errors import InvalidValue
from motovault.quantities.units import distance_unit

HERE = Path(__file__).parents[2] / "vectors"
pytestmark = pytest.mark.vectors


def cases(kind: str) -> Iterator[Any]:
    folders = {HERE, Path(os.environ.get("MOTOVAULT_VECTORS", HERE))}
    for folder in sorted(folders):
        file = folder / "next_due.json"
        if file.exists():
            vectors = json.loads(file.read_text("utf-8"), parse_float=Decimal)
            for case in vectors[kind]:
                case.setdefault("defaults", vectors.get("default_thresholds", {}))
                yield pytest.param(case, id=f"{case['id']}-{folder.name}")


def number(text: str | int | Decimal | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def intervals(schedule: dict[str, Any]) -> dict[str, Any]:
    return {
        "interval_months": schedule.get("interval_months"),
        "interval_days": schedule.get("interval_days"),
        "interval_distance": number(schedule.get("interval_distance")),
    }


def today(case: dict[str, Any]) -> date:
    if case.get("today"):
        return date.fromisoformat(case["today"])
    zone = attrs.evolve(schema_defaults(), time_zone=case.get("time_zone", "UTC"))
    return zone.local_date(datetime.fromisoformat(case["now_utc"]))


def answer(case: dict[str, Any]) -> dict[str, Any]:
    schedule = case["schedule"]
    target = next_due(
        **intervals(schedule),
        last_service_date=day(schedule.get("last_service_date")),
        last_service_odometer=number(schedule.get("last_service_distance")),
    )
    thresholds = {key: value for key, value in case.get("thresholds", {}).items() if value is not None}
    soon = case["defaults"] | thresholds
    found = due(
        target,
        today=today(case),
        odometer=number(case.get("odometer")),
        soon_days=soon.get("soon_days", 30),
        soon_distance=Decimal(soon.get("soon_distance", 500)),
    )
    return {
        "next_due_date": target.on,
        "next_due_distance": target.odometer,
        "days_remaining": found.days_remaining,
        "distance_remaining": found.distance_remaining,
        "status": found.status.value,
        "triggered_by": [metric.value for metric in found.triggered_by],
        "due_now": found.due_now,
    }


def as_expected(expected: dict[str, Any]) -> dict[str, Any]:
    """The same, with days and numbers as such: 45000.0 is 45000."""
    read = {"next_due_date": day, "next_due_distance": number, "distance_remaining": number}
    return {name: read[name](value) if name in read else value for name, value in expected.items()}


def refused(error: str, call: Callable[[], object]) -> InvalidValue:
    """Rule N12: no interval at all is an error of its own, any other is named by its field."""
    with pytest.raises(InvalidValue) as raised:
        call()
    assert (error == "no_interval") is isinstance(raised.value, NoInterval)
    return raised.value


@pytest.mark.parametrize("case", list(cases("cases")))
def test_what_is_due_is_exactly_what_the_vectors_say(case: dict[str, Any]) -> None:
    expected = case["expected"]
    if "error" in expected:
        found = refused(expected["error"], lambda: answer(case))
        given = intervals(case["schedule"])
        at_fault = [name for name, value in given.items() if value is not None and value <= 0]
        assert found.field == (at_fault or ["interval_months"])[0]
    else:
        figures, wanted = answer(case), as_expected(expected)
        assert {name: figures[name] for name in wanted} == wanted


@pytest.mark.parametrize("case", list(cases("series")))
def test_a_series_never_drifts_from_its_anchor(case: dict[str, Any]) -> None:
    def series() -> list[str]:
        dates = occurrences(
            date.fromisoformat(case["anchor_date"]),
            months=case.get("interval_months"),
            days=case.get("interval_days"),
        )
        return [on.isoformat() for on in itertools.islice(dates, case["count"])]

    if "error" in case["expected"]:
        refused(case["expected"]["error"], series)
    else:
        assert series() == case["expected"]["dates"]


@pytest.mark.parametrize("case", list(cases("rollover")))
def test_completing_it_rolls_it_over(case: dict[str, Any]) -> None:
    schedule, done, expected = case["schedule"], case["completed"], case["expected"]

    def next_one() -> NextDue:
        return rolled_over(
            ScheduleMode(case["mode"]),
            NextDue(day(schedule.get("due_date")), number(schedule.get("due_distance"))),
            day(done.get("date")),
            number(done.get("distance")),
            **intervals(schedule),
            anchor_date=day(schedule.get("anchor_date")),
            anchor_odometer=number(schedule.get("anchor_distance")),
        )

    if "error" in expected:
        refused(expected["error"], next_one)
    else:
        wanted = NextDue(day(expected.get("next_due_date")), number(expected.get("next_due_distance")))
        assert next_one() == wanted


@pytest.mark.parametrize("case", list(cases("current_odometer")))
def test_the_current_odometer_is_the_latest_and_never_the_highest(case: dict[str, Any]) -> None:
    unit = distance_unit(case.get("distance_unit", "mi"))
    readings = [
        OdometerReading(
            read_at=datetime.fromisoformat(entry["date"]).replace(tzinfo=UTC),
            value=Decimal(entry["odometer"]),
            unit=unit,
            source=ReadingSource.FUEL_LOG,
            source_id=UUID(int=key),
        )
        for key, entry in enumerate(case["readings"])
        if not entry.get("deleted") and not entry.get("deleted_at")
    ]
    found = current_odometer(readings, unit)
    assert (found.odometer and found.odometer.value) == number(case["expected"]["odometer"])
    assert sorted({finding.code for finding in found.findings}) == sorted(set(case["expected"]["warnings"]))
