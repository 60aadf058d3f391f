"""What a vehicle costs per distance, month by month: fuel, and maintenance on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import attrs

from motovault.analysis.charts.dates import apart, iso, time_axis
from motovault.analysis.charts.edges import Reach, decimals
from motovault.analysis.charts.theme import (
    BLUE,
    CROSS,
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
    stacked,
    words,
)
from motovault.domain.fuel_logs import Fill
from motovault.domain.fuel_logs.history import in_order
from motovault.domain.fuel_logs.statistics import total_distance
from motovault.domain.maintenance.costs import MaintenanceCosts
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, UNITS, distance_unit

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["cost_chart"]

Month = tuple[int, int]

FUEL: Final = Kind("fuel", BLUE, "square")
WORK: Final = Kind("maintenance, hollow", ORANGE, "M-1,-1H1V1H-1ZM-0.5,-0.5V0.5H0.5V-0.5Z")
MEAN: Final = Kind("the last 12 months together", GREEN, STROKE)
UNKNOWN: Final = Kind("paid, but no distance known", ROSE, CROSS)

_YEAR = 12
_ENOUGH = 3
"""Fewer months than this have no mean worth the name."""
_TALLEST = 3.0
_ROOM = 1.1
_ZERO = Decimal(0)


@attrs.define
class _Spent:
    """One month: how far was driven, and what was paid for what, by currency."""

    distance: Decimal | None = None
    fuel: dict[str, Decimal] = attrs.Factory(dict)
    work: Mapping[str, Decimal] = attrs.Factory(dict)

    def of(self, code: str) -> Decimal:
        """All that was paid in this currency."""
        return EXACT.add(self.fuel.get(code, _ZERO), self.work.get(code, _ZERO))


def cost_chart(
    fills: Iterable[Fill],
    maintenance: MaintenanceCosts | None = None,
    *,
    unit: str | None = None,
    title: str | None = None,
) -> LayerChart | VConcatChart:
    """What was paid in a month over what was driven in it; one panel a currency.

    A month's distance goes from the last fill-up of the month before to its own last one,
    as the fuel that was paid in it does; what filled each tank for the first time is left
    out. A month that stands far above the others is cut, with its number on top. The line
    is the money of 12 months over their distance.

    Args:
        fills: Of one vehicle, in any order, all tanks.
        maintenance: Of the same vehicle; without it the chart is one of fuel.
        unit: Of the distance; by default that of the latest fill's dial. Only dials of its kind are read.
        title: What the vehicle is called.

    Raises:
        UnknownUnit: ``unit`` is no unit of distance.
        MissingExtra: altair is not installed: ``pip install 'motovault[analysis]'``.
    """
    ordered = in_order(fills)
    unit = distance_unit(unit or (ordered[-1].odometer_unit if ordered else "km"))
    name = title or "Cost per distance"
    months = _months(ordered, {} if maintenance is None else maintenance.by_month, unit)
    codes = sorted(
        {code for spent in months.values() for code in (*spent.fuel, *spent.work) if spent.of(code)}
    )
    if not codes:
        return nothing_yet(name, "nothing paid yet" if months else "nothing written down yet")
    if not any(spent.distance for spent in months.values()):
        return nothing_yet(name, "no distance between two fill-ups yet, to divide what was paid by")
    panels = [_Panel(months, code, unit) for code in codes]
    present = {kind for panel in panels for kind in panel.kinds}
    kinds = [kind for kind in (FUEL, WORK, MEAN, UNKNOWN) if kind in present]
    first, last = _day(min(months)), _day(_next(max(months)))
    drawn = [panel.drawn(kinds, (first, last)) for panel in panels]
    what = "Fuel and maintenance" if maintenance is not None else "Fuel"
    subtitle = f"{what}: what was paid in a month over what was driven in it"
    told = "; ".join(f"{said(panel.overall, 4, panel.label)} in all" for panel in panels)
    return finished(stacked(drawn), name, subtitle, f"Cost per distance of {name}: {told}")  # type: ignore[no-any-return]


class _Panel:
    """One currency: what is drawn of it, worked out before anything is."""

    def __init__(self, months: Mapping[Month, _Spent], code: str, unit: str) -> None:
        self.code, self.shown = code, words(code, 12)
        self.label = f"{words(code or 'money', 12)}/{UNITS[unit].label}"
        self.bars: list[dict[str, Any]] = []
        self.crosses: list[dict[str, Any]] = []
        self.line: list[dict[str, Any]] = []
        paid = {month: spent for month, spent in months.items() if spent.of(code)}
        totals = sorted(float(_per(s.of(code), s.distance)) for s in paid.values() if s.distance)
        self.overall = self._mean(list(months.values()), code)
        usual = totals[len(totals) // 2] if totals else 0.0
        tallest = max(totals, default=0.0)
        self.top = min(tallest, usual * _TALLEST if usual > 0 else tallest)
        self.bounds = Reach(0.0, self.top * _ROOM if self.top > 0 else 1.0)
        for month, spent in paid.items():
            self._add(month, spent, unit)
        window: list[tuple[int, _Spent]] = []
        for month, spent in months.items():
            now = month[0] * _YEAR + month[1]
            window = [(at, one) for at, one in window if at > now - _YEAR]
            if window or spent.distance:  # what was paid before anything is known of distances has none
                window.append((now, spent))
            mean = self._mean([one for _, one in window], code)
            if mean is not None and len(window) >= _ENOUGH:
                self.line.append({"on": iso(_middle(month)), "at": float(mean), "kind": MEAN.name})
        over = sorted((bar for bar in self.bars if bar["is_cut"]), key=lambda bar: float(bar["end"]))
        self.cut = over[::-1]

    @staticmethod
    def _mean(months: Sequence[_Spent], code: str) -> Decimal | None:
        driven, paid = _ZERO, _ZERO
        for spent in months:
            driven, paid = EXACT.add(driven, spent.distance or _ZERO), EXACT.add(paid, spent.of(code))
        return EXACT.divide(paid, driven) if driven and paid else None

    def _add(self, month: Month, spent: _Spent, unit: str) -> None:
        place = {"on": iso(date(*month, 6)), "to": iso(date(*month, 26)), "middle": iso(_middle(month))}
        money = {
            "month": f"{month[0]:04}-{month[1]:02}",
            "fuel": said(spent.fuel.get(self.code, _ZERO), 2, self.shown),
            "maintenance": said(spent.work.get(self.code, _ZERO), 2, self.shown),
            "distance": said(spent.distance, 0, UNITS[unit].label),
        }
        if not spent.distance:
            self.crosses.append({**place, **money, "at": 0.0, "kind": UNKNOWN.name})
            return
        begin = 0.0
        for kind, amounts in ((FUEL, spent.fuel), (WORK, spent.work)):
            cost = amounts.get(self.code, _ZERO)
            if cost <= 0:
                continue
            end = begin + float(_per(cost, spent.distance))
            whole = said(_per(spent.of(self.code), spent.distance), 4, self.label)
            self.bars.append(
                {
                    **place,
                    **money,
                    "kind": kind.name,
                    "begin": self.bounds.place(begin),
                    "end": end,
                    "upto": self.bounds.place(end),
                    "is_cut": end > self.bounds.high,
                    "number": said(Decimal(end), decimals(self.bounds.high)),
                    "all": whole,
                    "told": f"{money['month']}: {whole}",
                }
            )
            begin = end

    @property
    def kinds(self) -> set[Kind]:
        names = {row["kind"] for row in (*self.bars, *self.crosses, *self.line)}
        return {kind for kind in (FUEL, WORK, MEAN, UNKNOWN) if kind.name in names}

    def drawn(self, kinds: Sequence[Kind], span: tuple[date, date]) -> Any:
        alt = altair()
        y = {
            "type": "quantitative",
            "title": f"{self.label}, lower is better",
            "scale": alt.Scale(domain=[self.bounds.low, self.bounds.high], nice=False),
            "axis": alt.Axis(tickCount=5, format=f",.{decimals(self.bounds.high)}f"),
        }
        look = by_kind(kinds)
        tip = [
            alt.Tooltip(field, type="nominal", title=title)
            for field, title in (
                ("month", "month"), ("fuel", "fuel"), ("maintenance", "maintenance"),
                ("distance", "driven"), ("all", "per distance"),
            )
        ]  # fmt: skip
        layers = []
        for kind, style in ((FUEL, {"strokeWidth": 0}), (WORK, {"filled": False, "strokeWidth": 1.6})):
            bars = [bar for bar in self.bars if bar["kind"] == kind.name]
            if bars:
                mark = alt.Chart(rows(bars)).mark_rect(color=kind.colour, clip=True, **style)
                layers.append(
                    mark.encode(
                        x=time_axis("on", span),
                        x2="to",
                        y=alt.Y("begin", **y),
                        y2="upto",
                        tooltip=tip,
                        # read aloud; by default its dates would be, in the time zone of whoever listens
                        description=alt.Description("told", type="nominal"),
                    )
                )
        if self.line:
            mean = alt.Chart(rows(self.line)).mark_line(
                strokeWidth=2, strokeDash=[6, 3], clip=True, aria=False
            )
            layers.append(mean.encode(x=time_axis("on", span), y=alt.Y("at", **y), color=look["color"]))
        layers += self._signs(alt, span, y, look, tip)
        return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)

    def _signs(
        self, alt: Any, span: tuple[date, date], y: dict[str, Any], look: dict[str, Any], tip: list[Any]
    ) -> list[Any]:
        """Crosses where there is no distance, numbers on what was cut, and what the legend is made of."""
        layers = []
        cut = [{**bar, "at": self.bounds.high} for bar in self.cut]
        if cut:
            x, at = time_axis("middle", span), alt.Y("at", **y)
            tips = alt.Chart(rows(cut)).mark_point(shape="triangle-up", color=INK, filled=True, opacity=1)
            text = alt.Chart(rows(apart(cut, "middle", span))).mark_text(color=INK, dy=-9, fontSize=11)
            layers.append(tips.encode(x=x, y=at, tooltip=tip))
            layers.append(text.encode(x=x, y=at, text=alt.Text("number", type="nominal")))
        # the marks of a legend come from a layer that has both colour and shape; one without rows will do
        base = alt.Chart(rows(self.crosses)).mark_point(filled=True, opacity=1, size=60)
        tips = [one for one in tip if one["field"] != "all"] if self.crosses else []
        layers.append(base.encode(x=time_axis("middle", span), y=alt.Y("at", **y), tooltip=tips, **look))
        return layers


def _months(ordered: Sequence[Fill], work: Mapping[Month, Any], unit: str) -> dict[Month, _Spent]:
    """Every month from the first to the last of which anything is known."""
    months: dict[Month, _Spent] = {}
    of_kind = [
        fill for fill in ordered if DISTANCE_TO_BASE[fill.odometer_unit][0] == DISTANCE_TO_BASE[unit][0]
    ]
    begun: set[int | str] = set()
    for fill in ordered:
        spent = months.setdefault((fill.on.year, fill.on.month), _Spent())
        if fill.total_cost and fill.tank in begun:
            code = fill.currency_code or ""
            spent.fuel[code] = EXACT.add(spent.fuel.get(code, _ZERO), fill.total_cost)
        begun.add(fill.tank)
    by_month: dict[Month, list[Fill]] = {}
    for fill in of_kind:
        by_month.setdefault((fill.on.year, fill.on.month), []).append(fill)
    last: list[Fill] = []
    for month, group in sorted(by_month.items()):
        months[month].distance = total_distance([*last, *group], unit)
        last = [*(fill for fill in (*last, *group) if fill.odometer is not None)][-1:] or group[-1:]
    for month, totals in work.items():
        months.setdefault(month, _Spent()).work = totals.cost
    return dict(sorted(months.items()))


def _per(cost: Decimal, distance: Decimal | None) -> Decimal:
    return EXACT.divide(cost, distance) if distance else _ZERO


def _day(month: Month) -> date:
    return date(*month, 1) if month[0] <= 9999 else date.max


def _middle(month: Month) -> date:
    return date(*month, 16)


def _next(month: Month) -> Month:
    return (month[0] + month[1] // 12, month[1] % 12 + 1)
