"""Dates along an axis: where ticks stand, and how a date travels into a chart unmoved.

A date has no time zone. It is written as the beginning of that day in UTC, and
drawn on a UTC scale, so that 31 January is 31 January wherever the chart is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from motovault.analysis.charts.theme import altair

__all__ = ["apart", "iso", "moment", "span_of", "ticks", "time_axis"]

_MOST_TICKS = 9
_ACROSS = 14
"""Numbers of up to six digits that stand beside each other."""
_STEPS_IN_DAYS = (1, 2, 7, 14)
_STEPS_IN_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 24_000)


def iso(day: date) -> str:
    """The day as a chart holds it, where it is placed along an axis."""
    return f"{day.isoformat()}T00:00:00Z"


def span_of(days: Iterable[date]) -> tuple[date, date]:
    """From the first day to the last with some room on both sides; a single day gets a few around it."""
    known = sorted(days)
    room = max((known[-1] - known[0]).days // 40, 3)
    return _moved(known[0], -room), _moved(known[-1], room)


def ticks(first: date, last: date) -> tuple[list[date], str]:
    """At most nine dates that a person would choose between two others, and how they are written."""
    days = (last - first).days
    for step in _STEPS_IN_DAYS:
        if days // step < _MOST_TICKS:
            origin = first + timedelta(days=-first.toordinal() % step)
            return [d for n in range(_MOST_TICKS) if (d := _moved(origin, n * step)) <= last], "%-d %b %Y"
    found: list[date] = []
    step = 1
    for step in _STEPS_IN_MONTHS:
        found = list(_months(first, last, step))
        if len(found) <= _MOST_TICKS:
            break
    return found, "%Y" if step % 12 == 0 else "%b %Y"


def time_axis(field: str, span: tuple[date, date], title: str | None = None) -> Any:
    """The x of a chart of dates.

    Args:
        field: Which field; its values are made by :func:`iso`.
        span: First and last day that are shown.
        title: What stands below; nothing by default, dates speak for themselves.
    """
    alt = altair()
    values, form = ticks(*span)
    return alt.X(
        field,
        type="temporal",
        title=title,
        scale=alt.Scale(type="utc", domain=[moment(day) for day in span], nice=False),
        axis=alt.Axis(
            values=[moment(day) for day in values],
            format=form,
            grid=False,
            labelOverlap=True,
            labelFlush=False,
        ),
    )


def moment(day: date) -> Any:
    """A date where a chart's scale or axis asks for one."""
    return altair().DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def apart(marks: Iterable[dict[str, Any]], field: str, span: tuple[date, date]) -> list[dict[str, Any]]:
    """Those whose numbers do not run into each other, the first ones first; the pointer tells the others."""
    room = (span[1] - span[0]).days / _ACROSS
    kept: list[dict[str, Any]] = []
    taken: list[int] = []
    for mark in marks:
        place = date.fromisoformat(str(mark[field])[:10]).toordinal()
        if all(abs(place - other) > room for other in taken):
            kept.append(mark)
            taken.append(place)
    return kept


def _months(first: date, last: date, step: int) -> Iterator[date]:
    at = first.year * 12 + first.month - 1 + (first.day > 1)
    at += -at % step
    while at <= 9999 * 12 + 11:
        day = date(at // 12, at % 12 + 1, 1) if at >= 12 else date.min
        if day > last:
            return
        yield day
        at += step


def _moved(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))
