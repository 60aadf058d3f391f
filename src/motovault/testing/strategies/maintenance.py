"""Maintenance: logs and schedules each for itself, and histories in which they make sense together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import attrs
from hypothesis import strategies as st

from motovault.domain.maintenance import (
    SUBTYPES,
    Category,
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
    ScheduleMode,
)
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit
from motovault.testing.examples import ANA, NOON, example_vehicle
from motovault.testing.strategies.entities import amounts, moments, texts

__all__ = ["MaintenanceHistory", "maintenance_histories", "maintenance_logs", "maintenance_schedules"]

_LARGEST: Final = 999_999_999
_DATES: Final = st.dates(date(1970, 1, 1), date(2100, 1, 1))
_CURRENCIES: Final = st.sampled_from(["USD", "EUR", "JPY", "XXX"])


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def _work(draw: st.DrawFn) -> dict[str, Any]:
    """A category, and subtypes of it."""
    category = draw(st.sampled_from(Category))
    subtypes = draw(st.lists(st.sampled_from(SUBTYPES[category]), min_size=1, max_size=5, unique=True))
    return {"category": category, "subtypes": tuple(subtypes)}


@st.composite
def maintenance_logs(
    draw: st.DrawFn, /, vehicle_id: VehicleId | None = None, user_id: UserId = ANA, **fixed: Any
) -> MaintenanceLog:
    """Maintenance logs, each for itself, of known work.

    Args:
        vehicle_id: Whose they are; any by default.
        user_id: Whose that one is.
        **fixed: Fields that are not drawn.

    .. code-block:: python

        @given(st.lists(maintenance_logs(car.id, currency_code="EUR")))
        def test_costs_add_up(logs): ...
    """
    created_at = draw(moments())
    values: dict[str, Any] = {
        "id": MaintenanceLogId(draw(st.uuids())),
        "vehicle_id": vehicle_id or VehicleId(draw(st.uuids())),
        **draw(_work()),
        "service_date": draw(_DATES),
        "odometer": draw(_maybe(amounts(_LARGEST, 0))),
        "cost": draw(_maybe(amounts(10**8 - 1, 2))),
        "shop_name": draw(_maybe(texts(200))),
        "notes": draw(_maybe(texts(1000))),
        "created_at": created_at,
        "updated_at": max(created_at, draw(moments())),
        "odometer_unit": draw(_maybe(st.sampled_from(DistanceUnit))),
        "currency_code": draw(_maybe(_CURRENCIES)),
        "source": draw(_maybe(texts(50))),
        "source_key": draw(_maybe(texts(255))),
    } | fixed
    return MaintenanceLog(user_id=user_id, **values)


@st.composite
def maintenance_schedules(
    draw: st.DrawFn, /, vehicle_id: VehicleId | None = None, user_id: UserId = ANA, **fixed: Any
) -> MaintenanceSchedule:
    """Maintenance schedules, each for itself, of known work and with an interval at least.

    Args:
        vehicle_id: Whose they are; any by default.
        user_id: Whose that one is.
        **fixed: Fields that are not drawn.

    .. code-block:: python

        @given(maintenance_schedules(car.id, mode="fixed"))
        def test_it_falls_due_on_its_grid(schedule): ...
    """
    created_at = draw(moments())
    figures = amounts(_LARGEST, 0)
    values: dict[str, Any] = {
        "id": MaintenanceScheduleId(draw(st.uuids())),
        "vehicle_id": vehicle_id or VehicleId(draw(st.uuids())),
        **draw(_work()),
        "interval_months": draw(_maybe(st.integers(1, 1200))),
        "interval_distance": draw(_maybe(figures.filter(bool))),
        "last_service_date": draw(_maybe(_DATES)),
        "last_service_odometer": draw(_maybe(figures)),
        "next_due_date": draw(_maybe(_DATES)),
        "next_due_odometer": draw(_maybe(figures)),
        "email_notifications": draw(st.booleans()),
        "notes": draw(_maybe(texts(1000))),
        "created_at": created_at,
        "updated_at": max(created_at, draw(moments())),
        "interval_days": draw(_maybe(st.integers(1, 36525))),
        "mode": draw(st.sampled_from(ScheduleMode)),
        "anchor_date": draw(_maybe(_DATES)),
        "anchor_odometer": draw(_maybe(figures)),
        "due_soon_days": draw(_maybe(st.integers(0, 36525))),
        "due_soon_distance": draw(_maybe(figures)),
        "is_active": not draw(st.booleans()) or draw(st.booleans()),
        "distance_unit": draw(_maybe(st.sampled_from(DistanceUnit))),
        "first_due_date": draw(_maybe(_DATES)),
        "first_due_odometer": draw(_maybe(figures)),
        "source": draw(_maybe(texts(50))),
        "source_key": draw(_maybe(texts(255))),
    } | fixed
    intervals = ("interval_months", "interval_days", "interval_distance")
    if all(values[name] is None for name in intervals):
        values[next((name for name in intervals if name not in fixed), intervals[0])] = 12
    return MaintenanceSchedule(user_id=user_id, **values)


# ------------------------------------------------------------------------ histories


@attrs.frozen(kw_only=True)
class MaintenanceHistory:
    """Schedules of one vehicle, what was done on it, and the truth.

    Attributes:
        vehicle: Whose it is.
        distance_unit: Unit of every reading and interval; the vehicle's, and the logs and schedules say so.
        schedules: With intervals and anchors, nothing worked out yet; none has the subtype of another.
        logs: Oldest first, as many days apart as driving took; the odometer never goes back.
        odometer_by: For each log, where the dial really stood, written down or not.
        last_done: For each schedule that was ever done, the last log that did its work.
        today: The day on which the story ends, not before the last log.
        odometer: Where the dial stands then.
    """

    vehicle: Vehicle
    distance_unit: DistanceUnit
    schedules: tuple[MaintenanceSchedule, ...]
    logs: tuple[MaintenanceLog, ...]
    odometer_by: tuple[Decimal, ...]
    last_done: Mapping[MaintenanceScheduleId, MaintenanceLog]
    today: date
    odometer: Decimal


@attrs.frozen(kw_only=True)
class _Visit:
    """A time of driving, and what was done at the end of it."""

    days: int
    per_day: int
    done: tuple[bool, ...]  # for each schedule; none is a repair
    is_read: bool
    cents: int | None


def maintenance_histories(
    *, max_schedules: int = 4, max_visits: int = 20
) -> st.SearchStrategy[MaintenanceHistory]:
    """Histories of one vehicle: it is driven, and from time to time something is done on it.

    Each schedule is of one subtype of routine maintenance. A visit does the work
    of some, all or none of them in one log; one that does none is a repair, and
    covers nothing. The figure on the dial is not always written down.

    Args:
        max_schedules: Schedules at most; one at least.
        max_visits: Visits at most; there may be none.

    .. code-block:: python

        @given(maintenance_histories())
        def test_my_schedules_know_when_they_were_last_done(history):
            for schedule in my_schedules(history.schedules, history.logs):
                assert schedule.last_service_date == history.last_done[schedule.id].service_date
    """
    visits = st.builds(
        _Visit,
        days=st.integers(0, 400),
        per_day=st.integers(0, 300),
        done=st.lists(st.booleans(), min_size=max_schedules, max_size=max_schedules).map(tuple),
        is_read=st.sampled_from([True, True, True, False]),
        cents=_maybe(st.integers(0, 500_000)),
    )
    return _histories(
        st.lists(
            st.sampled_from(SUBTYPES[Category.ROUTINE_MAINTENANCE]),
            min_size=1,
            max_size=max_schedules,
            unique=True,
        ),
        st.lists(visits, max_size=max_visits),
    )


@st.composite
def _histories(
    draw: st.DrawFn, /, subtypes: st.SearchStrategy[list[str]], visits: st.SearchStrategy[list[_Visit]]
) -> MaintenanceHistory:
    unit = draw(st.sampled_from([DistanceUnit.KM, DistanceUnit.MI]))
    on = draw(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
    dial = draw(st.integers(1, 300_000))
    vehicle = example_vehicle(id=VehicleId(UUID(int=1)), distance_unit=unit)
    schedules = tuple(
        _schedule(draw, number, subtype, vehicle, on, dial)
        for number, subtype in enumerate(draw(subtypes), start=1)
    )
    logs: list[MaintenanceLog] = []
    dials: list[Decimal] = []
    last_done: dict[MaintenanceScheduleId, MaintenanceLog] = {}
    for number, visit in enumerate(draw(visits), start=1):
        on, dial = on + timedelta(days=visit.days), dial + visit.days * visit.per_day
        # fewer schedules than were drawn for, while Hypothesis looks for the least history
        done = [schedule for schedule, is_done in zip(schedules, visit.done, strict=False) if is_done]
        log = MaintenanceLog(
            id=MaintenanceLogId(UUID(int=number)),
            user_id=ANA,
            vehicle_id=vehicle.id,
            category=Category.ROUTINE_MAINTENANCE if done else Category.REPAIR,
            subtypes=tuple(subtype for schedule in done for subtype in schedule.subtypes) or ("Interior",),
            service_date=on,
            odometer=Decimal(dial) if visit.is_read else None,
            odometer_unit=unit,
            cost=None if visit.cents is None else Decimal(visit.cents).scaleb(-2),
            created_at=_evening(on),
            updated_at=_evening(on),
        )
        logs.append(log)
        dials.append(Decimal(dial))
        last_done.update((schedule.id, log) for schedule in done)
    days = draw(st.integers(0, 400))
    return MaintenanceHistory(
        vehicle=vehicle,
        distance_unit=unit,
        schedules=schedules,
        logs=tuple(logs),
        odometer_by=tuple(dials),
        last_done=MappingProxyType(last_done),
        today=on + timedelta(days=days),
        odometer=Decimal(dial + days * draw(st.integers(0, 300))),
    )


def _schedule(
    draw: st.DrawFn, number: int, subtype: str, vehicle: Vehicle, on: date, dial: int
) -> MaintenanceSchedule:
    months, distance = draw(
        st.sampled_from([(12, None), (24, None), (1, None), (None, 15_000), (12, 10_000), (6, 5_000)])
    )
    return MaintenanceSchedule(
        id=MaintenanceScheduleId(UUID(int=number)),
        user_id=ANA,
        vehicle_id=vehicle.id,
        category=Category.ROUTINE_MAINTENANCE,
        subtypes=(subtype,),
        interval_months=months,
        interval_distance=None if distance is None else Decimal(distance),
        mode=draw(st.sampled_from(ScheduleMode)),
        anchor_date=on,
        anchor_odometer=Decimal(dial),
        distance_unit=vehicle.distance_unit,
        created_at=NOON,
        updated_at=NOON,
    )


def _evening(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 18, tzinfo=UTC)
