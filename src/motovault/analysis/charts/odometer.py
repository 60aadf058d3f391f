"""The odometer over time, and where it is going."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from motovault.analysis.charts.dates import iso, span_of, time_axis
from motovault.analysis.charts.edges import Reach, spread
from motovault.analysis.charts.theme import (
    BLUE,
    CROSS,
    DIAMOND,
    GREEN,
    HEIGHT,
    INK,
    ORANGE,
    ROSE,
    STROKE,
    WIDTH,
    Kind,
    altair,
    by_kind,
    finished,
    nothing_yet,
    rows,
    said,
    thinned,
)
from motovault.domain.driven import without_slips
from motovault.domain.maintenance.driving import Driving, driving
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, UNITS, DistanceUnit

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["odometer_chart"]

_KINDS: Final = {
    ReadingSource.FUEL_LOG: Kind("at a fill-up", BLUE, "circle"),
    ReadingSource.MAINTENANCE_LOG: Kind("at maintenance", GREEN, "square"),
    ReadingSource.VEHICLE: Kind("read off the dial", ORANGE, "triangle-up"),
}
SLIP: Final = Kind("does not fit the others: a slip?", ROSE, CROSS)
BACK: Final = Kind("went back", ROSE, DIAMOND)
AHEAD: Final = Kind("forecast; between the dashed lines 4 times out of 5", ORANGE, STROKE)

_STEPS = 24
_SHORTEST, _LONGEST = 60, 365


def _utc_date(moment: datetime) -> date:
    return moment.date()


class _Stood(NamedTuple):
    """Where the dial stood: local date, position in km or hours, the same in the unit that is shown."""

    on: date
    position: Decimal
    shown: Decimal
    reading: OdometerReading


def odometer_chart(
    readings: Iterable[OdometerReading],
    *,
    unit: DistanceUnit,
    today: date,
    local_date: Callable[[datetime], date] = _utc_date,
    ahead_days: int | None = None,
    title: str | None = None,
) -> LayerChart:
    """What the dial showed when, which readings do not fit, and the forecast with its interval.

    A reading that stands out between two that agree is crossed and passed over; a step
    back that stays breaks the line. The forecast is that of
    :func:`motovault.domain.maintenance.driving.driving`, which says when so much more will
    have been driven; its interval is therefore one of dates, from left to right.

    Args:
        readings: Of one vehicle, in any order. Hours are left out of a distance, distances out of hours.
        unit: Unit of the axis, and of readings that carry none.
        today: The owner's local date.
        local_date: The owner's calendar date at a moment; UTC's by default.
        ahead_days: How far the forecast is drawn; 0 leaves it out. By default a third of the time that the
            readings span, at least 60 days and at most a year.
        title: What the vehicle is called.

    Raises:
        InvalidValue: ``ahead_days`` is not a whole number from 0 on.
        MissingExtra: altair is not installed: ``pip install 'motovault[analysis]'``.
    """
    if ahead_days is not None and (type(ahead_days) is not int or ahead_days < 0):
        raise InvalidValue("ahead_days", ahead_days, "must be a whole number from 0 on")
    name = title or "Odometer"
    stood = _stood(readings, unit, local_date)
    if not stood:
        return nothing_yet(name, "no reading of the odometer yet")
    kept = without_slips(stood, lambda one: one.position)
    way = driving([(one.on, one.position) for one in stood], today, unit)
    if ahead_days is None:
        ahead_days = min(max((kept[-1].on - kept[0].on).days // 3, _SHORTEST), _LONGEST)
    future = _future(way, [one for one in kept if one.on <= today], today, ahead_days)
    shown = [*(one.on for one in stood), today, _later(today, ahead_days if future else 0)]
    return _drawn(name, unit, span_of(shown), today, stood, kept, future, way)


def _stood(
    readings: Iterable[OdometerReading], unit: DistanceUnit, local_date: Callable[[datetime], date]
) -> list[_Stood]:
    base, shown = DISTANCE_TO_BASE[unit]
    found = []
    for reading in readings:
        its_base, factor = DISTANCE_TO_BASE[reading.unit or unit]
        if its_base == base:
            position = EXACT.multiply(reading.value, factor)
            on = reading.read_on or local_date(reading.read_at)
            found.append(_Stood(on, position, EXACT.divide(position, shown), reading))
    return sorted(found, key=lambda one: (one.on, one.position, one.reading.read_at))


def _future(way: Driving | None, seen: Sequence[_Stood], today: date, days: int) -> list[dict[str, Any]]:
    """Dates at which so much more will have been driven, in even steps up to the horizon."""
    if way is None or not days or not seen:
        return []
    last = seen[-1]
    horizon = _later(today, days)
    pace = max(way.basis.recent_per_day, way.basis.long_run_per_day)
    stride = EXACT.divide(EXACT.multiply(pace, Decimal((horizon - last.on).days)), Decimal(_STEPS))
    found = [{"on": iso(last.on), "earliest": iso(last.on), "latest": iso(last.on), "at": float(last.shown)}]
    for step in range(1, 2 * _STEPS + 1):
        more = EXACT.multiply(stride, Decimal(step))
        told = way.project(more)
        # up to where the interval begins at the horizon; what lies beyond that is cut off by the frame
        if told.on is None or told.latest is None or told.earliest is None or told.earliest > horizon:
            break
        if told.on <= today:
            continue
        at = EXACT.add(last.shown, more)
        found.append(
            {
                "on": iso(told.on),
                "earliest": iso(told.earliest),
                "latest": iso(told.latest),
                "at": float(at),
                "reading": said(at, 0, UNITS[way.basis.unit].label),
                "expected": str(told.on),
                "interval": f"{told.earliest} to {told.latest}",
            }
        )
    return found if len(found) > 1 else []


def _drawn(
    name: str,
    unit: DistanceUnit,
    span: tuple[date, date],
    today: date,
    stood: Sequence[_Stood],
    kept: Sequence[_Stood],
    future: Sequence[dict[str, Any]],
    way: Driving | None,
) -> LayerChart:
    alt = altair()
    label = UNITS[unit].label
    low, high = min(one.shown for one in kept), max(one.shown for one in kept)
    bounds = spread(float(low), max([float(high), *(row["at"] for row in future)]))
    line, back = _line(kept)
    points = _points(stood, kept, back, bounds, label)
    present = {row["kind"] for row in points}
    kinds = [kind for kind in (*_KINDS.values(), BACK, SLIP) if kind.name in present]
    kinds += [AHEAD] if future else []
    what = "Engine hours" if unit is DistanceUnit.H else "Odometer"
    y = {
        "type": "quantitative",
        "title": f"{what}, {label}",
        "scale": alt.Scale(domain=[bounds.low, bounds.high], nice=False, zero=False),
        "axis": alt.Axis(tickCount=5, format=",~f"),
    }
    x, look = time_axis("on", span), by_kind(kinds)
    layers = [*_today(alt, today, span), *_ahead(alt, future, span, y, look)]
    if len(line) > 1:
        way_so_far = alt.Chart(rows(thinned(line))).mark_line(color=INK, strokeWidth=1.5, aria=False)
        layers.append(way_so_far.encode(x=x, y=alt.Y("at", **y), detail=alt.Detail("part", type="nominal")))
    tip = [alt.Tooltip(field, type="nominal") for field in ("date", "reading", "source", "note")]
    always = [row for row in points if row["note"]]
    marks = alt.Chart(rows(thinned(points, always))).mark_point(filled=True, opacity=1, size=36)
    layers.append(marks.encode(x=x, y=alt.Y("at", **y), tooltip=tip, **look))
    off = [row for row in points if row["at"] != row["figure"]][:8]
    if off:
        text = alt.Chart(rows(off)).mark_text(color=INK, align="left", dx=8, baseline="middle")
        layers.append(text.encode(x=x, y=alt.Y("at", **y), text=alt.Text("reading", type="nominal")))
    chart = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
    subtitle = [f"{what} by date, and where it is going" if future else f"{what} by date"]
    if way is not None and future:
        recent, usual = way.basis.recent_per_day, way.basis.long_run_per_day
        subtitle.append(f"{said(recent, 1, label)} a day of late, {said(usual, 1, label)} in the long run")
    told = f"{what} of {name}: {said(kept[-1].shown, 0, label)} on {kept[-1].on}"
    return finished(chart, name, subtitle, told)  # type: ignore[no-any-return]


def _line(kept: Sequence[_Stood]) -> tuple[list[dict[str, Any]], set[int]]:
    """The way through what is kept, in parts where the dial was changed; and the readings that begin one."""
    line: list[dict[str, Any]] = []
    back: set[int] = set()
    part = 0
    for place, one in enumerate(kept):
        if place and one.position < kept[place - 1].position:
            part += 1
            back.add(id(one.reading))
        line.append({"on": iso(one.on), "at": float(one.shown), "part": part})
    return line, back


def _points(
    stood: Sequence[_Stood], kept: Sequence[_Stood], back: set[int], bounds: Reach, label: str
) -> list[dict[str, Any]]:
    fits = {id(one) for one in kept}
    found = []
    for one in stood:
        kind = _KINDS[one.reading.source]
        kind = SLIP if id(one) not in fits else BACK if id(one.reading) in back else kind
        figure = float(one.shown)
        found.append(
            {
                "on": iso(one.on),
                "figure": figure,
                "at": bounds.place(figure),
                "kind": kind.name,
                "date": str(one.on),
                "reading": said(one.shown, 1 if label == "h" else 0, label),
                "source": one.reading.source.replace("_", " "),
                "note": kind.name if kind in (SLIP, BACK) else "",
            }
        )
    return found


def _ahead(
    alt: Any,
    future: Sequence[dict[str, Any]],
    span: tuple[date, date],
    y: dict[str, Any],
    look: dict[str, Any],
) -> list[Any]:
    if not future:
        return []
    told = [{**row, "kind": AHEAD.name} for row in future]
    base = alt.Chart(rows(told))
    tip = [alt.Tooltip(field, type="nominal") for field in ("expected", "reading", "interval")]
    at = alt.Y("at", **y)
    order = alt.Order("at", type="quantitative")
    bounds = [
        base.mark_line(color=ORANGE, strokeWidth=1.5, strokeDash=[5, 4], clip=True, aria=False).encode(
            x=time_axis(field, span), y=at, order=order
        )
        for field in ("earliest", "latest")
    ]
    line = base.mark_line(strokeWidth=2.5, clip=True, aria=False).encode(
        x=time_axis("on", span), y=at, color=look["color"], order=order
    )
    spots = base.mark_point(color=ORANGE, filled=True, opacity=0.01, size=120, clip=True, aria=False)
    return [*bounds, line, spots.encode(x=time_axis("on", span), y=at, tooltip=tip)]


def _today(alt: Any, today: date, span: tuple[date, date]) -> list[Any]:
    base = alt.Chart(rows([{"on": iso(today), "text": "today"}]))
    rule = base.mark_rule(color=INK, strokeDash=[2, 3], aria=False).encode(x=time_axis("on", span))
    text = base.mark_text(color=INK, align="right", dx=-4, baseline="top", fontSize=11)
    return [rule, text.encode(x=time_axis("on", span), y=alt.value(2), text=alt.Text("text", type="nominal"))]


def _later(day: date, days: int) -> date:
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))
