"""The chart of economy over time: what is drawn of a report."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given, settings

from motovault.analysis import economy_chart
from motovault.domain.fuel_logs import Fill, economy, fills_from_logs
from motovault.errors import InvalidValue
from motovault.testing.strategies import FuelLogHistory, fuel_log_histories
from tests.analysis.charts.drawn import fill, layers, of_kind, rows, texts

pytest.importorskip("altair")

FULL = "full tank to full tank"
VOID = "no figure: not all is known"


def test_each_interval_is_a_point_at_its_closing_fill() -> None:
    chart = economy_chart(economy([fill(0), fill(1, "25"), fill(2, "35"), fill(3, "40")]))
    points = of_kind(chart, FULL)
    assert [(point["until"], point["at"]) for point in points] == [
        ("2026-01-15", 5.0),
        ("2026-01-25", 7.0),
        ("2026-02-04", 8.0),
    ]
    assert points[0]["economy"] == "5.00 L/100 km"
    assert points[0]["distance"] == "500.0 km"


def test_the_line_is_a_pooled_mean_of_the_last_intervals_never_a_mean_of_figures() -> None:
    fills = [
        fill(0),
        fill(1, "30"),
        fill(2, "60", odometer=Decimal(11_500)),
        fill(3, "40", odometer=Decimal(12_000)),
    ]
    line = rows(economy_chart(economy(fills), mean_of=2), "line")
    assert [round(at["mean"], 6) for at in line] == [6.0, 6.0, round(100 * 100 / 1500, 6)]
    assert "pooled mean of the last 2" in texts(economy_chart(economy(fills), mean_of=2))


@pytest.mark.parametrize("wrong", [0, -1, 2.0, True])
def test_a_mean_of_nothing_is_refused(wrong: int) -> None:
    with pytest.raises(InvalidValue, match="mean_of"):
        economy_chart(economy([]), mean_of=wrong)


def test_the_axis_says_the_unit_and_which_way_is_better() -> None:
    assert "L/100 km, lower is better" in texts(economy_chart(economy([fill(0), fill(1)])))
    miles = economy([fill(0), fill(1)], economy_unit="mpg_uk")
    assert "mpg (UK), higher is better" in texts(economy_chart(miles))


def test_a_stretch_without_a_figure_is_marked_and_breaks_the_line() -> None:
    fills = [fill(0), fill(1), fill(2, missed_previous=True), fill(3)]
    chart = economy_chart(economy(fills))
    (cross,) = of_kind(chart, VOID)
    assert (cross["from"], cross["until"], cross["why"]) == (
        "2026-01-15",
        "2026-01-25",
        "a fill-up in it was missed",
    )
    assert [at["part"] for at in rows(chart, "line")] == [0, 1]


def test_a_gap_after_a_rollback_is_marked_too() -> None:
    fills = [fill(0), fill(1), fill(2, odometer=Decimal(9000), is_full_tank=False), fill(3), fill(4)]
    assert [cross["until"] for cross in of_kind(economy_chart(economy(fills)), VOID)] == [str(fills[3].on)]


def test_one_wild_figure_stands_at_the_edge_with_its_number() -> None:
    fills = [fill(n) for n in range(8)] + [fill(8, "900"), fill(9, "1")]
    chart = economy_chart(economy(fills))
    (high,), (low,) = of_kind(chart, "far above the others"), of_kind(chart, "far below the others")
    assert 6 < high["at"] < 12
    assert (high["economy"], low["economy"]) == ("180.00 L/100 km", "0.20 L/100 km")
    assert {"180", "0.2"} <= set(texts(chart))


def test_two_kinds_of_driving_are_both_in_the_scale() -> None:
    """Where a fifth of all figures is far off they are no slips."""
    fills = [fill(n, "30" if n % 2 else "80") for n in range(20)]
    assert not of_kind(economy_chart(economy(fills)), "far above the others")


def test_towing_has_a_shape_of_its_own() -> None:
    chart = economy_chart(economy([fill(0), fill(1, is_towing=True), fill(2)]))
    assert [point["until"] for point in of_kind(chart, "the same, towing")] == ["2026-01-15"]


def test_each_tank_has_a_panel_of_its_own_and_all_have_one_span_of_time() -> None:
    fills = [fill(n, tank=tank, fuel_unit=unit) for n in range(3) for tank, unit in ((1, "L"), (2, "kg"))]
    chart = economy_chart(economy(fills))
    assert len(chart.to_dict()["vconcat"]) == 2
    assert {"Tank 1", "Tank 2", "L/100 km, lower is better", "kg/100 km, lower is better"} <= set(
        texts(chart)
    )
    spans = {
        str(one["encoding"]["x"]["scale"]["domain"])
        for one in layers(chart)
        if "scale" in one["encoding"]["x"]
    }
    assert len(spans) == 1


@pytest.mark.parametrize(
    ("fills", "said"),
    [
        ([], "no fuel logs yet"),
        ([fill(0)], "no two full tanks yet"),
        ([fill(0), fill(1, missed_previous=True)], VOID),
    ],
)
def test_a_history_without_a_figure_says_so(fills: list[Fill], said: str) -> None:
    assert said in texts(economy_chart(economy(fills)))


def test_the_title_is_the_vehicles_and_a_long_one_is_not_cut() -> None:
    title = "The old one that " + "goes on and on " * 7 + "END"
    report = attrs.evolve(economy([fill(0), fill(1)]), title=title)
    assert " ".join(texts(economy_chart(report))).count("END") == 1


def test_huge_figures_are_written_without_an_exponent() -> None:
    fills = [fill(0), fill(1, "1" + "0" * 15), fill(2, "2" + "0" * 15)]
    written = " ".join(texts(economy_chart(economy(fills))))
    assert "000,000,000,000" in written
    assert "e+" not in written


def test_a_very_long_history_stays_small_and_says_what_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("theme", "economy"):
        monkeypatch.setattr(f"motovault.analysis.charts.{module}.MOST_POINTS", 50)
    fills = [fill(n) for n in range(199)] + [fill(199, "900")]
    chart = economy_chart(economy(fills))
    points = rows(chart, "point")
    assert 40 <= len(points) <= 52
    assert of_kind(chart, "far above the others"), "what says most is kept"
    assert any("only some of their points" in line for line in chart.title.subtitle)


@settings(max_examples=25)
@given(fuel_log_histories())
def test_any_history_makes_a_valid_chart(history: FuelLogHistory) -> None:
    """``to_dict`` validates against the schema of Vega-Lite."""
    fills = fills_from_logs(
        history.logs,
        distance_unit=history.distance_unit,
        fuel_unit=history.fuel_unit,
        currency_code="EUR",
        local_date=lambda moment: moment.date(),
    )
    report = economy(fills)
    chart = economy_chart(report)
    if report.tanks and report.intervals:
        shown = [row for row in rows(chart, "point") if row["kind"] != VOID]
        assert len(shown) == sum(interval.is_valid for interval in report.intervals)
    else:
        assert not list(rows(chart, "point"))
