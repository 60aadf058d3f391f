"""When recurring work falls due, by the calendar and by the odometer.

Pure arithmetic on what a schedule says; which logs advance it is in
``advancing``, how urgent it is in ``status``. Months are counted in the
proleptic Gregorian calendar, always from the anchor: 31 January, 28 February,
31 March. Source: rules N1, N2, N8, N9 and N12 of the next-due rules.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import MAXYEAR, date
from decimal import Decimal
from typing import Final

import attrs

from motovault.domain.maintenance.entities import ScheduleMode
from motovault.domain.maintenance.errors import NoInterval
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, WIDE, to_decimal

__all__ = ["NextDue", "add_interval", "check_intervals", "next_due", "occurrences", "rolled_over"]

_LAST_DAY: Final = date.max.toordinal()
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@attrs.frozen
class NextDue:
    """When work falls due.

    Attributes:
        on: The day; None is never, or unknown.
        odometer: The reading, in the schedule's unit; None is never, or unknown.
    """

    on: date | None = None
    odometer: Decimal | None = None


def add_interval(start: date, months: int | None, days: int | None, times: int = 1) -> date | None:
    """The day ``times`` intervals after ``start``: months first, cut to the month's end, then days.

    None where that lies outside the years 1 to 9999, of which the calendar knows no day.

    >>> add_interval(date(2025, 1, 31), 1, None)
    datetime.date(2025, 2, 28)
    >>> add_interval(date(2025, 1, 31), 1, None, times=2)
    datetime.date(2025, 3, 31)
    """
    day = start
    if months:
        year, month = divmod(start.year * 12 + start.month - 1 + months * times, 12)
        if not 1 <= year <= MAXYEAR:
            return None
        last = 29 if month == 1 and isleap(year) else _DAYS[month]
        day = date(year, month + 1, min(start.day, last))
    if not days:
        return day
    ordinal = day.toordinal() + days * times
    return date.fromordinal(ordinal) if 1 <= ordinal <= _LAST_DAY else None


def occurrences(anchor: date, *, months: int | None = None, days: int | None = None) -> Iterator[date]:
    """The days on which it recurs, the first one interval after ``anchor``, to the calendar's end.

    The k-th is ``anchor`` + k intervals, so that a short month costs no later one a day.

    Raises:
        NoInterval: Neither months nor days.
        InvalidValue: One of them is not a whole number above 0.

    >>> import itertools
    >>> [str(day) for day in itertools.islice(occurrences(date(2025, 1, 31), months=1), 3)]
    ['2025-02-28', '2025-03-31', '2025-04-30']
    """
    check_intervals(months, days, None)
    return _days_from(anchor, months, days)


def _days_from(anchor: date, months: int | None, days: int | None) -> Iterator[date]:
    times = 1
    while (day := add_interval(anchor, months, days, times)) is not None:
        yield day
        times += 1


def check_intervals(
    interval_months: int | None, interval_days: int | None, interval_distance: Decimal | int | str | None
) -> None:
    """Refuse intervals of which none is given, or one is not above 0 (rule N12).

    Raises:
        NoInterval: None is given.
        InvalidValue: One is 0 or less, or months or days are not whole numbers; the error names the field.
    """
    if interval_months is None and interval_days is None and interval_distance is None:
        raise NoInterval
    for field, count in (("interval_months", interval_months), ("interval_days", interval_days)):
        if count is not None and (type(count) is not int or count <= 0):
            raise InvalidValue(field, count, "must be a whole number above 0")
    if interval_distance is not None and to_decimal(interval_distance, "interval_distance") <= 0:
        raise InvalidValue("interval_distance", interval_distance, "must be above 0")


def next_due(
    *,
    interval_months: int | None = None,
    interval_days: int | None = None,
    interval_distance: Decimal | None = None,
    last_service_date: date | None = None,
    last_service_odometer: Decimal | None = None,
) -> NextDue:
    """One interval after the last service: by the calendar, by the odometer, or both.

    Args:
        interval_months: Calendar months, above 0; None is no interval by months.
        interval_days: Calendar days, above 0, on top of the months where both are given.
        interval_distance: Above 0, in the unit of ``last_service_odometer`` (miles, kilometres, hours).
        last_service_date: None is unknown, and then the day is too.
        last_service_odometer: 0 is a reading; None is unknown, and then the target is too.

    Raises:
        NoInterval: No interval is given.
        InvalidValue: An interval is not above 0, or a number is a float.

    >>> next_due(interval_months=6, last_service_date=date(2025, 8, 31)).on
    datetime.date(2026, 2, 28)
    """
    check_intervals(interval_months, interval_days, interval_distance)
    day = target = None
    if last_service_date is not None and (interval_months or interval_days):
        day = add_interval(last_service_date, interval_months, interval_days)
    if last_service_odometer is not None and interval_distance is not None:
        target = EXACT.add(
            to_decimal(last_service_odometer, "last_service_odometer"),
            to_decimal(interval_distance, "interval_distance"),
        )
    return NextDue(day, target)


def rolled_over(
    mode: ScheduleMode,
    due: NextDue,
    completed_on: date | None,
    completed_odometer: Decimal | None,
    *,
    interval_months: int | None = None,
    interval_days: int | None = None,
    interval_distance: Decimal | None = None,
    anchor_date: date | None = None,
    anchor_odometer: Decimal | None = None,
) -> NextDue:
    """When it falls due again after it was done once (rule N9).

    Floating: one interval after the work itself; what is unknown of the work is unknown of the next.
    Fixed: the first point of the grid ``anchor + k * interval`` behind both ``due`` and the work, each
    metric by itself. Without an anchor ``due`` is the grid's origin, without either the work is; work at
    an unknown odometer moves the target behind ``due`` alone.

    Raises:
        NoInterval: No interval is given.
        InvalidValue: An interval is not above 0, or a number is a float.

    >>> late = date(2025, 6, 15)
    >>> rolled_over(ScheduleMode.FIXED, NextDue(date(2025, 3, 31)), late, None, interval_months=12).on
    datetime.date(2026, 3, 31)
    """
    check_intervals(interval_months, interval_days, interval_distance)
    if completed_odometer is not None:
        completed_odometer = to_decimal(completed_odometer, "completed_odometer")
    if ScheduleMode(mode) is ScheduleMode.FLOATING:
        return next_due(
            interval_months=interval_months,
            interval_days=interval_days,
            interval_distance=interval_distance,
            last_service_date=completed_on,
            last_service_odometer=completed_odometer,
        )
    day = target = None
    if interval_months or interval_days:
        day = next_day(anchor_date, due.on, completed_on, interval_months, interval_days)
    if interval_distance is not None:
        step = to_decimal(interval_distance, "interval_distance")
        target = next_reading(anchor_odometer, due.odometer, completed_odometer, step)
    return NextDue(day, target)


def next_day(
    anchor: date | None, due: date | None, done: date | None, months: int | None, days: int | None
) -> date | None:
    """The first day of a grid behind what was due and what was done; None where no such day is known."""
    origin = anchor or due or done
    if origin is None:
        return None
    behind = max(due or origin, done or due or origin)
    if behind < origin:
        return origin
    return add_interval(origin, months, days, _steps_behind(origin, behind, months, days))


def _steps_behind(origin: date, behind: date, months: int | None, days: int | None) -> int:
    """Smallest k for which ``origin`` + k intervals lies after ``behind``, which is not before ``origin``."""
    if not months:
        return (behind - origin).days // (days or 1) + 1
    apart = (behind.year - origin.year) * 12 + behind.month - origin.month
    high = apart // months + 1  # a later month than behind's, whatever the day
    low = 0 if days else high - 1
    while low < high:  # with days on top: the grid only ever rises, so halve
        middle = (low + high) // 2
        day = add_interval(origin, months, days, middle)
        if day is None or day > behind:
            high = middle
        else:
            low = middle + 1
    return high


def next_reading(
    anchor: Decimal | None, due: Decimal | None, done: Decimal | None, interval: Decimal
) -> Decimal | None:
    """The first reading of a grid behind what was due and what was done; None where none is known."""
    known = [reading for reading in (anchor, due, done) if reading is not None]
    if not known:
        return None
    origin = known[0]
    behind = due if due is not None else origin
    if done is not None and done > behind:
        behind = done
    if behind < origin:
        return origin
    steps = WIDE.divide_int(WIDE.subtract(behind, origin), interval)
    return EXACT.add(origin, EXACT.multiply(interval, WIDE.add(steps, Decimal(1))))
