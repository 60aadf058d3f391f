"""Fuel economy over time: one panel a tank.

Numbers become floats here and nowhere before: a pixel knows no cents. What is
read off a point is written out of the exact figure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.charts.dates import apart, iso, span_of, time_axis
from motovault.analysis.charts.edges import Reach, reach
from motovault.analysis.charts.theme import (
    BLUE,
    CROSS,
    GREEN,
    HEIGHT,
    INK,
    MOST_POINTS,
    ORANGE,
    ROSE,
    STROKE,
    WIDTH,
    Kind,
    altair,
    by_kind,
    finished,
    money,
    nothing_yet,
    rows,
    said,
    stacked,
    thinned,
    words,
)
from motovault.domain.fuel_logs import EconomyReport, Interval, TankEconomy
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT
from motovault.quantities.economy import economy_figure, higher_is_better
from motovault.quantities.units import UNITS

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["economy_chart"]

FULL: Final = Kind("full tank to full tank", BLUE, "circle")
TOWING: Final = Kind("the same, towing", GREEN, "square")
HIGH: Final = Kind("far above the others", BLUE, "triangle-up")
LOW: Final = Kind("far below the others", BLUE, "triangle-down")
VOID: Final = Kind("no figure: not all is known", ROSE, CROSS)

_MOST_FAR = 200


def economy_chart(report: EconomyReport, *, mean_of: int | None = None) -> LayerChart | VConcatChart:
    """Each interval's figure at its closing fill, and the pooled mean of the last few.

    A stretch without a figure is a bar along the axis with a cross at its end, and the
    line of the mean is broken there. A figure far from the median is drawn at the edge with its
    number, so that one slip does not squeeze all others into a line.

    Args:
        report: What :meth:`FuelLogService.economy` or :func:`motovault.domain.fuel_logs.economy` gave.
        mean_of: How many intervals with a figure make a mean: their distance over their fuel. By default 5,
            and a fortieth of all in a long history.

    Raises:
        InvalidValue: ``mean_of`` is not a whole number from 1 on.
        MissingExtra: altair is not installed: ``pip install 'motovault[analysis]'``.
    """
    if mean_of is None:
        mean_of = max(5, *(len(tank) // 40 for tank in report.tanks), 0)
    elif type(mean_of) is not int or mean_of < 1:
        raise InvalidValue("mean_of", mean_of, "must be a whole number from 1 on")
    title = report.title or "Fuel economy"
    tanks = [tank for tank in report.tanks if tank.intervals]
    if not tanks:
        return nothing_yet(title, "no two full tanks yet" if report.tanks else "no fuel logs yet")
    mean = Kind(f"pooled mean of the last {mean_of}", ORANGE, STROKE)
    days = [day for tank in tanks for i in tank.intervals for day in (i.opened_on, i.closed_on)]
    panels = [_Panel(tank, mean, mean_of) for tank in tanks]
    present = {kind for panel in panels for kind in panel.kinds}
    kinds = [kind for kind in (FULL, TOWING, HIGH, LOW, mean, VOID) if kind in present]
    drawn = [panel.drawn(kinds, span_of(days), is_named=len(report.tanks) > 1) for panel in panels]
    subtitle = ["Fuel economy from one full tank to the next"]
    if any(len(panel.points) > MOST_POINTS for panel in panels):
        subtitle.append("So many intervals that only some of their points are drawn; all are in the mean")
    return finished(stacked(drawn), title, subtitle, _description(title, panels))  # type: ignore[no-any-return]


class _Panel:
    """One tank: what is drawn of it, worked out before anything is."""

    def __init__(self, tank: TankEconomy, mean: Kind, mean_of: int) -> None:
        self.tank, self.mean = tank, mean
        self.unit = UNITS[tank.economy_unit].label
        self.stretches = list(_without_figure(tank.intervals))
        valid = [interval for interval in tank.intervals if interval.economy is not None]
        self.line = [{**at, "kind": mean.name} for at in _rolling(tank, mean_of)]
        self.reach: Reach | None = None
        self.points: list[dict[str, Any]] = []
        self.far: list[dict[str, Any]] = []
        if valid:
            self.reach = reach([float(i.economy or 0) for i in valid], [at["mean"] for at in self.line])
            self.points = [self._point(interval, self.reach) for interval in valid]
            far = [point for point in self.points if point["kind"] in (HIGH.name, LOW.name)]
            far.sort(key=lambda point: abs(point["figure"] - self.reach.place(point["figure"])))  # type: ignore[union-attr]
            self.far = far[::-1]

    @property
    def kinds(self) -> set[Kind]:
        names = {point["kind"] for point in self.points}
        found = {kind for kind in (FULL, TOWING, HIGH, LOW) if kind.name in names}
        return found | ({self.mean} if self.line else set()) | ({VOID} if self.stretches else set())

    def _point(self, interval: Interval, bounds: Reach) -> dict[str, Any]:
        figure = float(interval.economy or 0)
        kind = TOWING if interval.is_towing else FULL
        if not bounds.holds(figure):
            kind = HIGH if figure > bounds.high else LOW
        return {
            "on": iso(interval.closed_on),
            "figure": figure,
            "at": bounds.place(figure),
            "number": said(interval.economy, 0 if figure >= 10 else 1 if figure >= 0.1 else 3),
            "kind": kind.name,
            "until": str(interval.closed_on),
            "economy": said(interval.economy, 2, self.unit),
            "distance": said(interval.distance, 1, UNITS[self.tank.distance_unit].label),
            "fuel": said(interval.fuel, 3, UNITS[self.tank.fuel_unit].label),
            "cost": "" if interval.cost is None else money({interval.currency_code: interval.cost}),
        }

    def drawn(self, kinds: Sequence[Kind], span: tuple[date, date], *, is_named: bool) -> Any:
        alt = altair()
        better = "higher" if higher_is_better(self.tank.economy_unit) else "lower"
        bounds = self.reach or Reach(0.0, 1.0)
        scale = alt.Scale(domain=[bounds.low, bounds.high], nice=False, zero=False)
        axis = alt.Axis(tickCount=5) if self.reach else alt.Axis(values=[])
        y = {
            "type": "quantitative",
            "title": f"{self.unit}, {better} is better",
            "scale": scale,
            "axis": axis,
        }
        x, look = time_axis("on", span), by_kind(kinds)
        layers = [
            *self._bands(alt, span, y, look, bounds.low),
            *self._figures(alt, span, y, look),
            *self._means(alt, x, y, look),
        ]
        panel = alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)
        if is_named:
            name = alt.TitleParams(words(f"Tank {self.tank.tank}", 60), fontSize=12, offset=6, frame="group")
            panel = panel.properties(title=name)
        return panel

    def _bands(
        self, alt: Any, span: tuple[date, date], y: dict[str, Any], look: dict[str, Any], low: float
    ) -> list[Any]:
        if not self.stretches:
            return []
        found = [
            {
                "on": iso(first),
                "to": iso(last),
                "from": str(first),
                "until": str(last),
                "why": why,
                "low": low,
                "kind": VOID.name,
            }
            for first, last, why in self.stretches
        ]
        told = (("from", "from"), ("until", "until"), ("why", "no figure"))
        tip = [alt.Tooltip(field, type="nominal", title=title) for field, title in told]
        base = alt.Chart(rows(found))
        band = base.mark_rule(color=ROSE, strokeWidth=4, aria=False).encode(
            x=time_axis("on", span), x2="to", y=alt.Y("low", **y), tooltip=tip
        )
        cross = base.mark_point(filled=True, opacity=1, size=60, clip=False).encode(
            x=time_axis("to", span),
            y=alt.Y("low", **y),
            tooltip=tip,
            **look,
        )
        return [band, cross]

    def _means(self, alt: Any, x: Any, y: dict[str, Any], look: dict[str, Any]) -> list[Any]:
        if not self.line:
            return []
        base = alt.Chart(rows(thinned(self.line)))
        line = base.mark_line(strokeWidth=2.5, clip=True).encode(
            x=x, y=alt.Y("mean", **y), color=look["color"], detail=alt.Detail("part", type="nominal")
        )
        return [line]

    def _figures(
        self, alt: Any, span: tuple[date, date], y: dict[str, Any], look: dict[str, Any]
    ) -> list[Any]:
        if not self.points:
            return []
        tip = [alt.Tooltip(name, type="nominal") for name in ("until", "economy", "distance", "fuel", "cost")]
        x, shown = time_axis("on", span), thinned(self.points, self.far[:_MOST_FAR])
        points = alt.Chart(rows(shown)).mark_point(filled=True, opacity=1, size=42)
        layers = [points.encode(x=x, y=alt.Y("at", **y), tooltip=tip, **look)]
        for kind, shift in ((HIGH, 4), (LOW, -4)):
            numbers = apart((point for point in self.far if point["kind"] == kind.name), "on", span)
            if numbers:
                text = alt.Chart(rows(numbers)).mark_text(color=INK, align="left", dx=8, dy=shift)
                layers.append(text.encode(x=x, y=alt.Y("at", **y), text=alt.Text("number", type="nominal")))
        return layers


def _rolling(tank: TankEconomy, mean_of: int) -> Iterator[dict[str, Any]]:
    """The pooled figure of the last valid intervals at each of them; a new part behind each gap."""
    window: deque[tuple[Decimal, Decimal]] = deque(maxlen=mean_of)
    part, previous = 0, None
    for interval in tank.intervals:
        if previous is not None and (previous.economy is None or interval.opened_by != previous.closed_by):
            part += 1
        previous = interval
        if interval.economy is None or interval.distance is None or interval.fuel is None:
            continue
        window.append((interval.distance, interval.fuel))
        distance, fuel = _added(one for one, _ in window), _added(one for _, one in window)
        mean = economy_figure(distance, tank.distance_unit, fuel, tank.fuel_unit, tank.economy_unit)
        if mean is not None:
            yield {"on": iso(interval.closed_on), "mean": float(mean), "part": part}


def _added(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total


def _without_figure(intervals: Sequence[Interval]) -> Iterator[tuple[date, date, str]]:
    """Void intervals, and gaps in which the thread was lost and no interval was closed."""
    previous: Interval | None = None
    for interval in intervals:
        if previous is not None and interval.opened_by != previous.closed_by:
            yield previous.closed_on, interval.opened_on, "the thread was lost"
        if interval.economy is None:
            yield interval.opened_on, interval.closed_on, str(interval.void or "")
        previous = interval


def _description(title: str, panels: Sequence[_Panel]) -> str:
    told = [
        f"tank {panel.tank.tank}: {said(panel.tank.average, 2, panel.unit) or 'no figure'} "
        f"over {len(panel.points)} intervals"
        for panel in panels
    ]
    return f"Fuel economy of {title}; " + "; ".join(told)
