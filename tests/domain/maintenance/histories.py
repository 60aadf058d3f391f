"""Schedules and logs to reckon with, and a slow reckoner that shares nothing with the fast one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from motovault.domain.maintenance import MaintenanceLog, MaintenanceSchedule, ScheduleMode
from motovault.domain.vehicles import VehicleId

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CAR = VehicleId(UUID(int=1))
DERIVED = ("last_service_date", "last_service_odometer", "next_due_date", "next_due_odometer")

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
readings = st.integers(0, 500_000).map(Decimal)
month_counts = st.integers(1, 60)
day_counts = st.integers(1, 800)
distances = st.integers(1, 40_000).map(Decimal)


def schedule(**given: Any) -> MaintenanceSchedule:
    begin: dict[str, Any] = {
        "id": UUID(int=100),
        "user_id": "ana",
        "vehicle_id": CAR,
        "category": "routine_maintenance",
        "subtypes": ["Engine Oil"],
        "created_at": NOW,
        "updated_at": NOW,
    }
    return MaintenanceSchedule(**begin | given)


def log(on: date, odometer: Decimal | None = None, **given: Any) -> MaintenanceLog:
    begin: dict[str, Any] = {
        "id": UUID(int=on.toordinal()),
        "user_id": "ana",
        "vehicle_id": CAR,
        "category": "routine_maintenance",
        "subtypes": ["Engine Oil", "Fluids"],
        "service_date": on,
        "odometer": odometer,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return MaintenanceLog(**begin | given)


def derived(one: MaintenanceSchedule) -> tuple[Any, ...]:
    """What logs make of a schedule."""
    return tuple(getattr(one, name) for name in DERIVED)


@st.composite
def intervals(draw: Callable[..., Any]) -> dict[str, Any]:
    """At least one interval, of any kind."""
    given: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "interval_months": month_counts,
                "interval_days": day_counts,
                "interval_distance": distances,
            },
        )
    )
    return given or {"interval_months": draw(month_counts)}


@st.composite
def schedules(draw: Callable[..., Any], first_due: bool = True) -> MaintenanceSchedule:
    """Ours, with an anchor or without; or another application's, with a last service and a next due."""
    given = draw(intervals()) | {"mode": draw(st.sampled_from(ScheduleMode))}
    dated, read = st.none() | days, st.none() | readings
    kind = draw(st.sampled_from(["ours", "found", "nobody knows"]))
    if kind == "ours":
        given |= {"anchor_date": draw(dated), "anchor_odometer": draw(read)}
        if first_due:
            given |= {"first_due_date": draw(dated), "first_due_odometer": draw(read)}
    elif kind == "found":
        given["mode"] = ScheduleMode.FLOATING  # the reference application knows no other
        given |= {"last_service_date": draw(dated), "last_service_odometer": draw(read)}
        if first_due:
            given |= {"next_due_date": draw(dated), "next_due_odometer": draw(read)}
    return schedule(**given)


@st.composite
def logs(draw: Callable[..., Any], at_least: int = 0) -> list[MaintenanceLog]:
    """Up to six, in any order, some of them of the same day, some that cover nothing."""
    count = draw(st.integers(at_least, 6))
    return [
        log(
            draw(days),
            draw(st.none() | readings),
            id=UUID(int=1000 + number),
            subtypes=draw(st.sampled_from([["Engine Oil"], ["Fluids", "Engine Oil"], ["Fluids"]])),
            odometer_unit=draw(st.sampled_from([None, "mi", "km", "h"])),
        )
        for number in range(count)
    ]


def slowly(start: date, months: int | None, extra: int | None, times: int) -> date:
    """Month after month by going to the first of the next one; the day is cut at the end, once."""
    first = start.replace(day=1)
    for _ in range((months or 0) * times):
        first = (first + timedelta(days=31)).replace(day=1)
    end_of_month = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    landed = min(first + timedelta(days=start.day - 1), end_of_month) if months else start
    return landed + timedelta(days=(extra or 0) * times)
