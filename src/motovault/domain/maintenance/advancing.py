"""How logs of work done advance a schedule.

Always worked out from scratch: from where the schedule began, over all logs
that cover it, in their order. So adding, editing and deleting a log are one
and the same thing, and nothing can drift. What a log means for one metric is
in ``next_due``.

Where it began: at ``anchor_*``, and due for the first time at ``first_due_*``
where that is given. A row of another application has none of these: there the
last service and the next due that stand in it are the beginning, and the first
log that advances it writes them down as anchor and first due, so that they
come back when that log is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import attrs

from motovault.domain.maintenance.entities import MaintenanceLog, MaintenanceSchedule, ScheduleMode
from motovault.domain.maintenance.next_due import NextDue, add_interval, next_day, next_reading
from motovault.quantities.context import EXACT, round_half_even
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = ["advanced", "anchored", "covers", "effective_due"]

_BEYOND: Final = Decimal(1_000_000_000)
"""No reading or target that the tables can hold."""

_UNKNOWN: Final = Decimal(-1)
"""Before every reading of the same day."""

_FLOATING: Final = ScheduleMode.FLOATING
_ONE_DAY: Final = timedelta(days=1)


def covers(log: MaintenanceLog, schedule: MaintenanceSchedule) -> bool:
    """Whether the log does all that the schedule asks for: same category, and every one of its subtypes.

    A schedule that names no subtype, as a row of another application may, is covered by no log.
    """
    return (
        log.category == schedule.category
        and bool(schedule.subtypes)
        and all(subtype in log.subtypes for subtype in schedule.subtypes)
    )


def advanced(
    schedule: MaintenanceSchedule,
    logs: Iterable[MaintenanceLog],
    unit: DistanceUnit,
    *,
    before: Iterable[MaintenanceLog] | None = None,
) -> MaintenanceSchedule:
    """The schedule with the last service and the next due that ``logs`` make of it.

    Logs from before the anchor are left out. The calendar and the odometer
    advance each by itself; a log whose odometer is unknown, or counts hours where
    the schedule counts a distance, leaves a floating target unknown, and moves a
    fixed one past the old target alone. A next due that no calendar or column can
    hold is None: never.

    Args:
        schedule: As it is kept now.
        logs: All of its vehicle, in any order, as they are after the change.
        unit: The owner's, for a schedule or a log that names none.
        before: The logs as they were before the change; without them, ``logs``. They tell, of a schedule
            without any anchor, whether its last service was found there or made by one of them.

    Returns:
        The very same object where nothing changes.
    """
    work = _work(schedule, logs, unit)
    began = _beginning(schedule, work if before is None else _work(schedule, before, unit))
    work = [one for one in work if began.includes(one)]
    if not work:
        if began.is_as_found:
            return schedule
        return _changed(schedule, began, began.on, began.odometer, began.first_due(schedule))
    last = max(work)
    reading = last.odometer
    if reading is None and last.on == began.on:
        reading = began.odometer  # the same day's known reading stands for both
    if schedule.mode is ScheduleMode.FLOATING:
        due = NextDue(*_one_interval_after(schedule, last.on, reading))
    else:
        due = _on_grid(schedule, began, sorted(work))
    return _changed(schedule, began, last.on, reading, due)


def anchored(
    schedule: MaintenanceSchedule, logs: Iterable[MaintenanceLog], unit: DistanceUnit
) -> MaintenanceSchedule:
    """The schedule with its beginning written down, as it must be before its intervals are edited.

    The very same object where it is written down already, or nobody knows it.
    """
    began = _beginning(schedule, _work(schedule, logs, unit))
    due = NextDue(schedule.next_due_date, schedule.next_due_odometer)
    return _changed(schedule, began, schedule.last_service_date, schedule.last_service_odometer, due)


def effective_due(schedule: MaintenanceSchedule) -> NextDue:
    """When it falls due, whoever wrote the row.

    A floating schedule counts from its last service where that is known; what
    stands in ``next_due_*`` holds where it is not, on a fixed grid, and where a
    first due was given.
    """
    return NextDue(*effective(schedule))


# Schedules of one garage share days and intervals: a template gives a dozen the same.
_added = lru_cache(maxsize=8192)(add_interval)


def effective(schedule: MaintenanceSchedule) -> tuple[date | None, Decimal | None]:
    """The same as a pair, for many."""
    on, odometer = schedule.next_due_date, schedule.next_due_odometer
    if schedule.mode is not _FLOATING:
        return on, odometer
    # as _one_interval_after(), written out: a garage has thousands of schedules
    last, months, days = schedule.last_service_date, schedule.interval_months, schedule.interval_days
    if last is not None and schedule.first_due_date is None and (months or days):
        on = _added(last, months, days) or on
    reading, distance = schedule.last_service_odometer, schedule.interval_distance
    if reading is not None and schedule.first_due_odometer is None and distance is not None:
        target = EXACT.add(reading, distance)
        if target < _BEYOND:
            odometer = target
    return on, odometer


class _Work(NamedTuple):
    """One covering log, its reading in the schedule's unit; they compare in the order in which they count."""

    on: date
    position: Decimal
    id: UUID
    odometer: Decimal | None


def _work(schedule: MaintenanceSchedule, logs: Iterable[MaintenanceLog], unit: DistanceUnit) -> list[_Work]:
    category, wanted = schedule.category, frozenset(schedule.subtypes)
    if not wanted:
        return []
    found, own = [], schedule.distance_unit or unit
    for log in logs:
        if log.category == category and wanted.issubset(log.subtypes):
            odometer = log.odometer
            if odometer is not None and (its := log.odometer_unit or unit) is not own:
                odometer = _converted(odometer, its, own)
            found.append(
                _Work(log.service_date, _UNKNOWN if odometer is None else odometer, log.id, odometer)
            )
    return found


def _converted(odometer: Decimal, unit: DistanceUnit, own: DistanceUnit) -> Decimal | None:
    """Whole units, half-even; None between hours and distances, or where no column can hold it."""
    base, factor = DISTANCE_TO_BASE[unit]
    own_base, own_factor = DISTANCE_TO_BASE[own]
    if base != own_base:
        return None
    exact = EXACT.divide(EXACT.multiply(odometer, factor), own_factor)
    return _storable(round_half_even(exact, 0))


def _storable(reading: Decimal) -> Decimal | None:
    return None if reading >= _BEYOND else reading


@attrs.frozen
class _Beginning:
    """Where a schedule began, and when it was first due where that is not one interval later.

    Attributes:
        is_as_found: The row does not say so itself: it is what another application left in it.
    """

    on: date | None
    odometer: Decimal | None
    due_on: date | None
    due_odometer: Decimal | None
    is_as_found: bool

    def includes(self, one: _Work) -> bool:
        """Whether the work is not from before it."""
        if self.on is not None:
            return one.on >= self.on
        return self.odometer is None or one.odometer is None or one.odometer >= self.odometer

    def first_due(self, schedule: MaintenanceSchedule) -> NextDue:
        """What is given, else one interval after the beginning."""
        day, target = _one_interval_after(schedule, self.on, self.odometer)
        return NextDue(
            day if self.due_on is None else self.due_on,
            target if self.due_odometer is None else self.due_odometer,
        )


def _beginning(schedule: MaintenanceSchedule, before: list[_Work]) -> _Beginning:
    kept = (
        schedule.anchor_date,
        schedule.anchor_odometer,
        schedule.first_due_date,
        schedule.first_due_odometer,
    )
    if any(value is not None for value in kept):
        return _Beginning(*kept, is_as_found=False)
    on, reading = schedule.last_service_date, schedule.last_service_odometer
    if on is not None and any(one.on == on and one.odometer == reading for one in before):
        # made by a log, of a schedule of which nobody knew the beginning
        return _Beginning(None, None, None, None, is_as_found=False)
    day, target = _one_interval_after(schedule, on, reading)
    due_on, due_odometer = schedule.next_due_date, schedule.next_due_odometer
    return _Beginning(
        on,
        reading,
        None if due_on == day else due_on,
        None if due_odometer == target else due_odometer,
        is_as_found=True,
    )


def _one_interval_after(
    schedule: MaintenanceSchedule, on: date | None, odometer: Decimal | None
) -> tuple[date | None, Decimal | None]:
    day = target = None
    if on is not None and (schedule.interval_months or schedule.interval_days):
        day = add_interval(on, schedule.interval_months, schedule.interval_days)
    if odometer is not None and schedule.interval_distance is not None:
        target = _storable(EXACT.add(odometer, schedule.interval_distance))
    return day, target


def _on_grid(schedule: MaintenanceSchedule, began: _Beginning, work: list[_Work]) -> NextDue:
    """Past the old due and past the work, log by log, on a grid that never moves.

    The grid's origin is the anchor; where a first due is given that does not lie on it, that first due.
    Work not later than the point that was done last does that point once more and moves nothing: the
    anchor's own log, or the second visit of an inspection. A whole period would be left out else.
    """
    months, days, distance = schedule.interval_months, schedule.interval_days, schedule.interval_distance
    first = began.first_due(schedule)
    has_days = bool(months or days)
    on, target = first.on if has_days else None, None if distance is None else first.odometer
    origin = _origin_day(began, months, days) if has_days else None
    zero = None if distance is None else _origin_reading(began, distance)
    # the last point of each grid that was done, and the reading of the work that did it
    day_done = None if on is not None and began.on is not None and began.on >= on else began.on
    done, reading = began.odometer, began.odometer
    if done is not None and target is not None and done >= target:
        done = None
    has_ended = False
    for one in work:
        is_again = day_done is not None and one.on <= day_done
        if not is_again:
            day_done = on or one.on
            if has_days and not has_ended:
                origin = origin or on or one.on
                on = next_day(origin, on, one.on, months, days)
                has_ended = on is None
        if one.odometer is not None:  # a reading below the last one is of another dial, or a slip
            is_again = done is not None and reading is not None and reading <= one.odometer <= done
            reading = one.odometer
        if distance is not None and not is_again:
            done = one.odometer if target is None else target
            target = next_reading(zero, target, one.odometer, distance)
    return NextDue(on, None if target is None else _storable(target))


def _origin_day(began: _Beginning, months: int | None, days: int | None) -> date | None:
    if began.on is None or began.due_on is None or began.due_on <= date.min:
        return began.on or began.due_on
    eve = began.due_on - _ONE_DAY
    is_on_grid = next_day(began.on, began.on, eve, months, days) == began.due_on
    return began.on if is_on_grid or began.due_on == began.on else began.due_on


def _origin_reading(began: _Beginning, distance: Decimal) -> Decimal | None:
    if began.odometer is None or began.due_odometer is None:
        return began.due_odometer if began.odometer is None else began.odometer
    is_on_grid = not EXACT.remainder(EXACT.subtract(began.due_odometer, began.odometer), distance)
    return began.odometer if is_on_grid else began.due_odometer


def _changed(
    schedule: MaintenanceSchedule,
    began: _Beginning,
    last: date | None,
    reading: Decimal | None,
    due: NextDue,
) -> MaintenanceSchedule:
    values: dict[str, Any] = {
        "last_service_date": last,
        "last_service_odometer": reading,
        "next_due_date": due.on,
        "next_due_odometer": due.odometer,
    }
    if began.is_as_found:
        values["anchor_date"], values["anchor_odometer"] = began.on, began.odometer
        values["first_due_date"], values["first_due_odometer"] = began.due_on, began.due_odometer
    changed = {name: value for name, value in values.items() if getattr(schedule, name) != value}
    return attrs.evolve(schedule, **changed) if changed else schedule
