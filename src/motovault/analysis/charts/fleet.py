"""How economy is spread over many vehicles: aggregated first, so that five thousand read like five."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.charts.edges import reach
from motovault.analysis.charts.fleet_frames import figures_of_frame
from motovault.analysis.charts.theme import (
    BLUE,
    HEIGHT,
    INK,
    ORANGE,
    WIDTH,
    altair,
    finished,
    nothing_yet,
    rows,
    stacked,
    words,
)
from motovault.domain.fuel_logs import EconomyReport
from motovault.quantities.economy import higher_is_better
from motovault.quantities.units import UNITS

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["fleet_chart"]

Groups = dict[str, list[float]]

_MOST_ROWS: Final = 25
_FEW_VEHICLES: Final = 25
_BINS: Final = 30
_ROW: Final = 20
_OTHERS: Final = "all others"


def fleet_chart(
    fleet: Any, vehicles: Any = None, *, by: Sequence[str] = ("make", "model"), title: str | None = None
) -> LayerChart | VConcatChart:
    """The spread of economy over vehicles; one panel a unit.

    Of reports of few vehicles each has a row, and its intervals are spread along it. Of a
    frame with ``vehicles`` each make and model has a row, and its vehicles are spread along
    it, the most numerous groups on top; without, and of many reports, there is a histogram
    of vehicles. A vehicle's figure is its distance over its fuel, never a mean of figures.

    A row is the tenth to the ninetieth of a hundred (line), the middle half (bar) and the
    median (dot).

    Args:
        fleet: Reports, or a frame of intervals of any library that narwhals knows, eager or lazy: with
            ``vehicle_id``, ``economy_unit``, ``distance_km`` or ``distance_h``, and ``volume_l``,
            ``mass_kg`` or ``energy_kwh``; a ``void`` one is left out.
        vehicles: A frame with ``vehicle_id`` and the columns of ``by``.
        by: What makes a group.
        title: What stands above it.

    Raises:
        InvalidValue: A column is missing.
        MissingExtra: altair is not installed, or narwhals for a frame: ``pip install 'motovault[analysis]'``.
    """
    altair()
    name = title or "Fuel economy of a fleet"
    if isinstance(fleet, Iterable) and not hasattr(fleet, "columns"):
        spreads, what = _of_reports(list(fleet))
    else:
        spreads, what = figures_of_frame(fleet, vehicles, by)
    spreads = {
        unit: {group: sorted(found) for group, found in groups.items() if found}
        for unit, groups in spreads.items()
    }
    spreads = {unit: groups for unit, groups in spreads.items() if groups}
    if not spreads:
        return nothing_yet(name, "no two full tanks yet")
    panels = [
        _panel(unit, groups, what)
        for unit, groups in sorted(spreads.items(), key=lambda one: -_count(one[1]))
    ]
    subtitle = [what[0].upper() + what[1:]]
    if any(set(groups) != {""} for groups in spreads.values()):
        subtitle.append("Line: 10 to 90 of 100; bar: the middle half; dot: the median")
    told = "; ".join(
        f"{_count(groups):,} figures, median {_median(groups):,.2f} {UNITS[unit].label}"
        for unit, groups in spreads.items()
    )
    return finished(stacked(panels), name, subtitle, f"{name}: {told}")  # type: ignore[no-any-return]


def _of_reports(reports: Sequence[EconomyReport]) -> tuple[dict[str, Groups], str]:
    spreads: dict[str, Groups] = {}
    is_few = len(reports) <= _FEW_VEHICLES
    taken: dict[str, int] = {}
    for number, report in enumerate(reports, start=1):
        label = words(report.title or f"vehicle {number}", 40)
        taken[label] = taken.get(label, 0) + 1
        label = label if taken[label] == 1 else f"{label} ({taken[label]})"
        for tank in report.tanks:
            groups = spreads.setdefault(tank.economy_unit, {})
            if is_few:
                groups.setdefault(label, []).extend(float(figure) for _, figure in tank.figures())
            elif tank.average is not None:
                groups.setdefault("", []).append(float(tank.average))
    return spreads, "each interval of each vehicle" if is_few else "each vehicle's own average"


def _panel(unit: str, groups: Groups, what: str) -> Any:
    label = UNITS[unit].label
    better = "higher" if higher_is_better(unit) else "lower"
    axis = f"{label}, {better} is better"
    return _histogram(groups[""], axis) if set(groups) == {""} else _strips(groups, axis, label)


def _strips(groups: Groups, axis: str, label: str) -> Any:
    alt = altair()
    ordered = sorted(groups, key=lambda group: (-len(groups[group]), group))
    if len(ordered) > _MOST_ROWS:
        rest = sorted(figure for group in ordered[_MOST_ROWS - 1 :] for figure in groups[group])
        ordered = ordered[: _MOST_ROWS - 1]
        shown = {
            **{group: groups[group] for group in ordered},
            f"{_OTHERS} ({len(groups) - len(ordered):,})": rest,
        }
    else:
        shown = {group: groups[group] for group in ordered}
    found = [_row(group, figures, label) for group, figures in shown.items()]
    bounds = reach([at for row in found for at in (row["low"], row["middle"], row["high"])])
    for row in found:
        for field in ("low", "first", "middle", "third", "high"):
            row[f"at_{field}"] = bounds.place(row[field])
    names = [row["group"] for row in found]
    base = alt.Chart(rows(found))
    y = alt.Y(
        "group",
        type="nominal",
        sort=names,
        scale=alt.Scale(domain=names),
        axis=alt.Axis(title=None, labelLimit=260, ticks=False, domain=False, labelPadding=8),
    )
    x = {
        "type": "quantitative",
        "title": axis,
        "scale": alt.Scale(domain=list(bounds), nice=False, zero=False),
    }
    x["axis"] = alt.Axis(tickCount=8)
    tip = [
        alt.Tooltip(field, type="nominal", title=title)
        for field, title in (
            ("group", "which"),
            ("n", "how many"),
            ("range", "10 to 90 of 100"),
            ("median", "median"),
        )
    ]
    ten = base.mark_rule(color=INK, strokeWidth=1.5, aria=False).encode(
        x=alt.X("at_low", **x), x2="at_high", y=y
    )
    half = base.mark_bar(color=BLUE, size=9).encode(x=alt.X("at_first", **x), x2="at_third", y=y, tooltip=tip)
    dot = base.mark_point(color=ORANGE, filled=True, opacity=1, size=60, aria=False)
    count = base.mark_text(color=INK, align="left", dx=6, fontSize=10).encode(
        x=alt.value(WIDTH - 130), y=y, text=alt.Text("n", type="nominal")
    )
    layers = [ten, half, dot.encode(x=alt.X("at_middle", **x), y=y, tooltip=tip), count]
    return alt.layer(*layers).properties(width=WIDTH - 130, height=max(_ROW * len(names), 40))


def _row(group: str, figures: Sequence[float], label: str) -> dict[str, Any]:
    low, first, middle, third, high = (_at(figures, part) for part in (0.1, 0.25, 0.5, 0.75, 0.9))
    return {
        "group": group,
        "n": f"n = {len(figures):,}",
        "low": low,
        "first": first,
        "middle": middle,
        "third": third,
        "high": high,
        "range": f"{low:,.2f} to {high:,.2f} {label}",
        "median": f"{middle:,.2f} {label}",
    }


def _histogram(figures: Sequence[float], axis: str) -> Any:
    alt = altair()
    bounds = reach(figures)
    wide = (bounds.high - bounds.low) / _BINS
    counts = [0] * _BINS
    for figure in figures:
        counts[min(max(int((figure - bounds.low) / wide), 0), _BINS - 1)] += 1
    beyond = sum(not bounds.holds(figure) for figure in figures)
    found = [
        {
            "from": bounds.low + place * wide,
            "to": bounds.low + (place + 1) * wide,
            "zero": 0,
            "count": count,
            "range": f"{bounds.low + place * wide:,.2f} to {bounds.low + (place + 1) * wide:,.2f}",
            "n": f"{count:,}",
        }
        for place, count in enumerate(counts)
        if count
    ]
    scale = alt.Scale(domain=list(bounds), nice=False, zero=False)
    x = {"type": "quantitative", "scale": scale, "axis": alt.Axis(grid=False, tickCount=8)}
    y = alt.Y(
        "count", type="quantitative", title="vehicles", axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d")
    )
    said = f"{axis}; {beyond:,} beyond the edges stand at them" if beyond else axis
    tip = [
        alt.Tooltip("range", type="nominal", title="figure"),
        alt.Tooltip("n", type="nominal", title="vehicles"),
    ]
    bars = alt.Chart(rows(found)).mark_rect(color=BLUE, stroke=None)
    middle = alt.Chart(rows([{"at": _at(figures, 0.5), "text": f"median {_at(figures, 0.5):,.2f}"}]))
    rule = middle.mark_rule(color=ORANGE, strokeWidth=2, strokeDash=[6, 3], aria=False)
    text = middle.mark_text(color=ORANGE, baseline="bottom", dy=-4, fontSize=11)
    return alt.layer(
        bars.encode(x=alt.X("from", title=said, **x), x2="to", y=y, y2="zero", tooltip=tip),
        rule.encode(x=alt.X("at", **x)),
        text.encode(x=alt.X("at", **x), y=alt.value(0), text=alt.Text("text", type="nominal")),
    ).properties(width=WIDTH, height=HEIGHT)


def _at(ordered: Sequence[float], part: float) -> float:
    """The figure below which such a part lies, between the two that are nearest."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _median(groups: Mapping[str, Sequence[float]]) -> float:
    return _at(sorted(figure for group in groups.values() for figure in group), 0.5)


def _count(groups: Mapping[str, Sequence[float]]) -> int:
    return sum(map(len, groups.values()))
