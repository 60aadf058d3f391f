"""The economy of one vehicle over time, as a figure.

Colours are of middling lightness and the background is left out, so that the
same file reads on a white page and on a dark one. Numbers become floats here
and nowhere before: a pixel knows no cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from motovault.domain.fuel_logs import EconomyReport, Interval, TankEconomy
from motovault.errors import MissingExtra
from motovault.quantities.economy import higher_is_better
from motovault.quantities.units import UNITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["economy_chart"]

INK = "#7a7a7a"
POINTS = "#3b87c8"
MEAN = "#d2691e"
VOID = "#c2527e"
"""All four at a contrast of 3 or more against white and against near black."""

_FAR = 2
"""A figure this many times the median, or as small a part of it, is drawn at the edge with its number."""


def economy_chart(report: EconomyReport) -> Figure:
    """One panel a tank: each interval's figure at its closing fill, and the pooled mean of each month.

    A stretch without a figure is a band with a cross at its end, so that a gap
    is seen to be one. The figure is not bound to a window: ``savefig`` writes
    it, and a notebook shows it.

    Args:
        report: What :meth:`FuelLogService.economy` or :func:`motovault.domain.fuel_logs.economy` gave.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("analysis", "matplotlib") from None
    tanks = [tank for tank in report.tanks if tank.intervals]
    figure = Figure(figsize=(9, 0.9 + 3.4 * max(len(tanks), 1)), layout="constrained", facecolor="none")
    figure.suptitle(report.title or "Fuel economy", color=INK, fontweight="bold", parse_math=False)
    panels = figure.subplots(max(len(tanks), 1), 1, squeeze=False)[:, 0]
    for panel, tank in zip(panels, tanks, strict=False):
        _draw(panel, tank, is_one_of_several=len(report.tanks) > 1)
    if not tanks:
        panels[0].text(0.5, 0.5, "no two full tanks yet", ha="center", va="center", color=INK)
        panels[0].set_axis_off()
    return figure


def _draw(panel: Any, tank: TankEconomy, *, is_one_of_several: bool) -> None:
    valid = [interval for interval in tank.intervals if interval.economy is not None]
    _frame(panel, tank, is_one_of_several)
    near, far = _near_and_far(valid, tank)
    if near:
        panel.plot(
            [interval.closed_on for interval in near],
            [float(interval.economy) for interval in near if interval.economy is not None],
            linestyle="none",
            marker="o",
            markersize=5,
            color=POINTS,
            label="full tank to full tank",
        )
    _draw_months(panel, tank)
    low, high = panel.get_ylim()
    panel.set_ylim(low, high)
    for interval in far:
        _draw_far(panel, interval.closed_on, float(interval.economy or 0), low, high)
    for number, (first, last) in enumerate(_stretches_without_figure(tank)):
        label = "no figure: not all is known" if number == 0 else None
        panel.axvspan(first, last, color=VOID, alpha=0.15, linewidth=0)
        panel.plot(
            [last], [low], marker="x", markersize=8, markeredgewidth=2, color=VOID,
            linestyle="none", label=label, clip_on=False, zorder=5,
        )  # fmt: skip
    if panel.get_legend_handles_labels()[0]:
        panel.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.13),
            ncols=3,
            frameon=False,
            labelcolor=INK,
            fontsize="medium",
        )


def _draw_far(panel: Any, on: date, figure: float, low: float, high: float) -> None:
    """A point at the edge nearest to it, with its number; where the months reach as far, an ordinary one."""
    if low <= figure <= high:
        panel.plot([on], [figure], marker="o", markersize=5, color=POINTS)
        return
    edge, marker, shift = (high, "^", -10) if figure > high else (low, "v", 4)
    panel.plot([on], [edge], marker=marker, color=POINTS, clip_on=False)
    text = f"{figure:.0f}" if figure >= 10 else f"{figure:.1f}"
    panel.annotate(text, (on, edge), xytext=(6, shift), textcoords="offset points", color=POINTS)


def _stretches_without_figure(tank: TankEconomy) -> list[tuple[date, date]]:
    """Void intervals, and gaps in which the thread was lost and no interval was closed."""
    found = []
    previous: Interval | None = None
    for interval in tank.intervals:
        if previous is not None and interval.opened_by != previous.closed_by:
            found.append((previous.closed_on, interval.opened_on))
        if interval.economy is None:
            found.append((interval.opened_on, interval.closed_on))
        previous = interval
    return found


def _draw_months(panel: Any, tank: TankEconomy) -> None:
    days: list[date | None] = []
    figures: list[float | None] = []
    for (year, month), pool in tank.by_month().items():
        if pool.economy is None:
            continue
        first = date(year, month, 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        # None breaks the line, so that each month is a step of its own
        days += [first, last, last]
        figures += [float(pool.economy), float(pool.economy), float("nan")]
    if days:
        panel.plot(
            days, figures, color=MEAN, linewidth=2.5, solid_capstyle="butt", label="pooled mean of the month"
        )


def _near_and_far(valid: Sequence[Interval], tank: TankEconomy) -> tuple[list[Interval], list[Interval]]:
    """Those that set the scale, and those that would squeeze all others into a line."""
    figures = sorted(interval.economy for interval in valid if interval.economy is not None)
    if not figures:
        return [], []
    middle = figures[len(figures) // 2]
    near: list[Interval] = []
    far: list[Interval] = []
    for interval in valid:
        figure = interval.economy or middle
        (near if middle <= figure * _FAR and figure <= middle * _FAR else far).append(interval)
    return near, far


def _frame(panel: Any, tank: TankEconomy, is_one_of_several: bool) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    better = "higher" if higher_is_better(tank.economy_unit) else "lower"
    name = f"tank {tank.tank}: " if is_one_of_several else ""
    panel.set_ylabel(f"{name}{UNITS[tank.economy_unit].label}\n({better} is better)", color=INK)
    locator: Any = AutoDateLocator()  # type: ignore[no-untyped-call]
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    panel.xaxis.get_offset_text().set_color(INK)
    panel.set_facecolor("none")
    panel.grid(axis="y", color=INK, alpha=0.3, linewidth=0.7)
    panel.tick_params(colors=INK)
    for side, spine in panel.spines.items():
        spine.set_visible(side in {"left", "bottom"})
        spine.set_color(INK)
