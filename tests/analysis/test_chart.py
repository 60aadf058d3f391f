"""The economy chart: what is drawn, and that it reads on any page."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import attrs
import pytest

from motovault.analysis import economy_chart
from motovault.analysis.chart import INK, MEAN, POINTS, VOID
from motovault.domain.fuel_logs import EconomyReport, Fill, economy

pytest.importorskip("matplotlib")

START = date(2026, 1, 5)


def fill(n: int, litres: str = "30", **facts: Any) -> Fill:
    """The n-th of a row of fills, ten days and 500 km apart."""
    return Fill(
        on=START + timedelta(days=10 * n),
        odometer=facts.pop("odometer", Decimal(10_000 + 500 * n)),
        volume=Decimal(litres),
        odometer_unit="km",
        fuel_unit=facts.pop("fuel_unit", "L"),
        id=n,
        **facts,
    )


def lines(report: EconomyReport, panel: int = 0) -> dict[str, list[float]]:
    """Heights of what is drawn, by its name in the legend."""
    axes = economy_chart(report).axes[panel]
    return {line.get_label(): [float(y) for y in line.get_ydata()] for line in axes.get_lines()}


def test_each_interval_is_a_point_and_each_month_a_pooled_step() -> None:
    report = economy([fill(0), fill(1, "25"), fill(2, "35"), fill(3, "40")])
    drawn = lines(report)
    assert drawn["full tank to full tank"] == [5.0, 7.0, 8.0]
    january, february = drawn["pooled mean of the month"][0], drawn["pooled mean of the month"][3]
    assert (january, february) == (6.0, 8.0)


def test_the_axis_says_the_unit_and_which_way_is_better() -> None:
    report = economy([fill(0), fill(1)])
    assert economy_chart(report).axes[0].get_ylabel() == "L/100 km\n(lower is better)"
    report = economy([fill(0), fill(1)], economy_unit="mpg_uk")
    assert economy_chart(report).axes[0].get_ylabel() == "mpg (UK)\n(higher is better)"


def test_a_stretch_without_a_figure_is_marked_where_it_lies() -> None:
    fills = [fill(0), fill(1), fill(2, missed_previous=True), fill(3)]
    axes = economy_chart(economy(fills)).axes[0]
    crosses = [line for line in axes.get_lines() if line.get_marker() == "x"]
    assert [line.get_xdata()[0] for line in crosses] == [fills[2].on]
    assert len(axes.patches) == 1


def test_a_gap_after_a_rollback_is_marked_too() -> None:
    fills = [fill(0), fill(1), fill(2, odometer=Decimal(9000), is_full_tank=False), fill(3), fill(4)]
    axes = economy_chart(economy(fills)).axes[0]
    crosses = [line.get_xdata()[0] for line in axes.get_lines() if line.get_marker() == "x"]
    assert crosses == [fills[3].on]


def test_one_wild_figure_does_not_squeeze_the_others_into_a_line() -> None:
    fills = [fill(n) for n in range(8)] + [fill(8, "900")]
    axes = economy_chart(economy(fills)).axes[0]
    assert axes.get_ylim()[1] < 200
    assert [text.get_text() for text in axes.texts] == ["180"]


def test_a_far_figure_that_fits_the_scale_after_all_is_a_point_like_others() -> None:
    """A month of nothing but wild figures has a wild mean, and the mean is always drawn."""
    fills = [fill(n) for n in range(8)] + [fill(8, "80"), fill(9, "80"), fill(10, "80"), fill(11, "81")]
    axes = economy_chart(economy(fills)).axes[0]
    low, high = axes.get_ylim()
    assert low < 16 < high
    assert 16.0 in [
        float(y) for line in axes.get_lines() if line.get_marker() == "o" for y in line.get_ydata()
    ]


def test_each_tank_has_a_panel_of_its_own() -> None:
    fills = [fill(n, tank=tank, fuel_unit=unit) for n in range(3) for tank, unit in ((1, "L"), (2, "kg"))]
    figure = economy_chart(economy(fills))
    assert [axes.get_ylabel().split("\n")[0] for axes in figure.axes] == [
        "tank 1: L/100 km",
        "tank 2: kg/100 km",
    ]


@pytest.mark.parametrize("fills", [[], [fill(0)], [fill(0), fill(1, missed_previous=True)]])
def test_a_history_without_a_figure_still_makes_a_figure_to_look_at(fills: list[Fill]) -> None:
    written = BytesIO()
    economy_chart(economy(fills)).savefig(written, format="png")
    assert written.getvalue().startswith(b"\x89PNG")


def test_the_title_is_the_vehicles() -> None:
    report = attrs.evolve(economy([fill(0), fill(1)]), title=r"Paid $5 $\frac")  # text, not a formula
    assert economy_chart(report).get_suptitle() == r"Paid $5 $\frac"
    economy_chart(report).savefig(BytesIO(), format="svg")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("page", ["#ffffff", "#111111", "#000000"])
@pytest.mark.parametrize("colour", [INK, POINTS, MEAN, VOID])
def test_every_colour_reads_on_a_white_and_on_a_dark_page(colour: str, page: str) -> None:
    """WCAG 2 asks a contrast of 3 for graphics."""
    dark, light = sorted((luminance(colour), luminance(page)))
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_background_is_left_out() -> None:
    figure = economy_chart(economy([fill(0), fill(1)]))
    assert [figure.get_facecolor()[3], figure.axes[0].get_facecolor()[3]] == [0, 0]


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from motovault import MissingExtra\n"
        "from motovault.analysis import economy_chart\n"
        "from motovault.domain.fuel_logs import economy\n"
        "try: economy_chart(economy([]))\n"
        "except MissingExtra as error: print(error.extra, error.package, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("analysis matplotlib ")
    assert "pip install 'motovault[analysis]'" in done.stdout
