"""What is added to each interval: the figure of a window, and how far its own stands out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from statistics import median
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.analysis import outliers, rolling_economy
from motovault.errors import InvalidValue
from tests.analysis.interval_rows import UNITS_TRIED, figure, interval_rows, nearly, whole
from tests.analysis.on_every_engine import ENGINES, INTERVALS, fewer, rows_of, said_by_all, some_of, table_of


def _chains(rows: list[dict[str, Any]]) -> dict[Any, list[dict[str, Any]]]:
    """Valid rows of each vehicle, tank and unit, as driven."""
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    ordered = sorted(rows, key=lambda r: (r["closed_on"] or date(1, 1, 1), r["opened_on"], r["closed_by"]))
    for row in ordered:
        if row["void"] is None and row["economy_unit"]:
            driven, burnt = UNITS_TRIED[row["economy_unit"]]
            if row.get(driven) and row.get(burnt):
                sums = whole(row[driven], 10**9), whole(row[burnt], 10**12)
                key = row["vehicle_id"] or "", row["tank"], row["economy_unit"]
                found[key].append(row | {"sums": sums})
    return found


def _check_windows(rows: list[dict[str, Any]], found: list[dict[str, Any]], window: Any) -> None:
    wanted = {}
    for (_, _, unit), chain in _chains(rows).items():
        for place, row in enumerate(chain):
            sums = [earlier["sums"] for earlier in chain[: place + 1]]
            taken = window(unit, sums)
            if taken:
                exact = figure(unit, sum(d for d, _ in taken), sum(b for _, b in taken))
                wanted[row["closed_by"]] = exact, len(taken)
    for row in found:
        exact, count = wanted.get(row["closed_by"], (None, None))
        assert nearly(row["rolling_economy"], exact)
        assert row["rolling_interval_count"] == count


@fewer()
@given(interval_rows(units=("L/100km", "mpg_us", "L/h")), st.integers(1, 6))
def test_a_window_pools_the_last_valid_intervals(rows: list[dict[str, Any]], last_n: int) -> None:
    table = table_of(rows, INTERVALS)
    found = _in_one_order(lambda frame: rolling_economy(frame, last_n=last_n), table)
    assert len(found) == len(rows)
    _check_windows(rows, found, lambda unit, sums: sums[-last_n:])


@fewer()
@given(interval_rows(units=("L/100km", "mpg_us", "L/h")), st.sampled_from([0.001, 500, 1234.5, 9e9]))
def test_a_window_by_distance_is_the_shortest_that_covers_it(
    rows: list[dict[str, Any]], distance_km: float
) -> None:
    def window(unit: str, sums: list[tuple[int, int]]) -> list[tuple[int, int]]:
        if unit == "L/h":
            return []
        for count in range(1, len(sums) + 1):
            if sum(driven for driven, _ in sums[-count:]) >= round(distance_km * 10**9):
                return sums[-count:]
        return sums

    table = table_of(rows, INTERVALS)
    found = _in_one_order(lambda frame: rolling_economy(frame, distance_km=distance_km), table)
    _check_windows(rows, found, window)


def _in_one_order(ask: Any, table: Any) -> list[dict[str, Any]]:
    """Said by all engines; those that are not lazy keep the order of the rows."""
    found: list[dict[str, Any]] = []
    for name in some_of(ENGINES, table.to_pydict()):
        frame = ENGINES[name](table)
        answer = ask(frame)
        assert type(answer) is type(frame)
        rows = rows_of(answer)
        if name not in ("polars, lazy", "duckdb"):
            assert [row["closed_by"] for row in rows] == table["closed_by"].to_pylist(), name
        rows.sort(key=lambda row: row["closed_by"])
        assert not found or rows == found, name
        found = rows
    return found


def test_lazy_frames_come_by_vehicle_tank_and_date() -> None:
    rows = [_row(vehicle, day, 1.0) for vehicle, day in [("b", 2), ("a", 3), ("b", 1), ("a", 1)]]
    for name in ("polars, lazy", "duckdb"):
        found = rows_of(rolling_economy(ENGINES[name](table_of(rows, INTERVALS))))
        assert [(row["vehicle_id"], row["closed_on"].day) for row in found] == [
            ("a", 1),
            ("a", 3),
            ("b", 1),
            ("b", 2),
        ]


def test_pandas_keeps_its_index() -> None:
    frame = table_of([_row("a", day, 1.0) for day in (3, 1, 2)], INTERVALS).to_pandas()
    frame.index = pd.Index(["x", "y", "z"])
    assert list(rolling_economy(frame).index) == list(outliers(frame).index) == ["x", "y", "z"]


def test_five_intervals_are_the_window_where_nobody_says() -> None:
    frame = table_of([_row("a", day, 1.0) for day in range(1, 9)], INTERVALS)
    counts = [row["rolling_interval_count"] for row in rows_of(rolling_economy(frame))]
    assert counts == [1, 2, 3, 4, 5, 5, 5, 5]


@pytest.mark.parametrize(
    "asked",
    [
        {"last_n": 0},
        {"last_n": 2.0},
        {"last_n": True},
        {"distance_km": 0},
        {"distance_km": "far"},
        {"distance_km": 1e10},
        {"last_n": 2, "distance_km": 5},
    ],
)
def test_a_window_that_is_none_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        rolling_economy(table_of([], INTERVALS), **asked)


def test_a_window_of_more_rows_than_there_can_be_is_all_of_them() -> None:
    table = table_of([_row("a", day, 6.0) for day in (1, 2)], INTERVALS)
    found = said_by_all(lambda frame: rolling_economy(frame, last_n=10**30), table)
    assert sorted(row["rolling_interval_count"] for row in found) == [1, 2]


@pytest.mark.parametrize("ask", [lambda f: rolling_economy(f, distance_km=500), rolling_economy, outliers])
def test_a_frame_of_pandas_keeps_its_index(ask: Any) -> None:
    frame = table_of([_row("a", day, 6.0) for day in (3, 1, 2)], INTERVALS).to_pandas()
    frame.index = pd.Index(["x", "y", "x"], name="vehicle_id")
    pd.testing.assert_index_equal(ask(frame).index, frame.index)


def test_columns_of_arrow_without_a_type_and_with_views_are_read() -> None:
    table = table_of([_row("a", day, 6.0) for day in (1, 2)], INTERVALS)
    place = table.column_names.index("vehicle_id")
    odd = table.set_column(place, "vehicle_id", table["vehicle_id"].cast(pa.string_view()))
    odd = (
        odd.drop_columns(["void", "tank"])
        .append_column("void", pa.nulls(2))
        .append_column("tank", pa.nulls(2))
    )
    found = rolling_economy(odd, distance_km=500)
    assert found["rolling_interval_count"].to_pylist() == [1, 2]


def _row(vehicle: str, day: int, economy: float | None, unit: str = "L/100km", **more: Any) -> dict[str, Any]:
    on = date(2025, 1, day)
    row = {
        "vehicle_id": vehicle,
        "tank": 1,
        "opened_on": on,
        "closed_on": on,
        "closed_by": f"{vehicle}{day:02}",
    }
    return row | {"distance_km": 100.0, "volume_l": 5.0, "economy": economy, "economy_unit": unit} | more


@fewer()
@given(interval_rows(most=20, units=("L/100km", "mpg_us")), st.sampled_from([0.5, 3.5]))
def test_outliers_are_those_of_plain_python(rows: list[dict[str, Any]], threshold: float) -> None:
    found = _in_one_order(lambda frame: outliers(frame, threshold), table_of(rows, INTERVALS))
    chains: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["void"] is None and row.get("economy"):
            chains[row["vehicle_id"] or "", row["tank"], row["economy_unit"] or ""].append(row)
    wanted: dict[str, tuple[Any, Any, bool]] = {}
    for chain in chains.values():
        if len(chain) < 5:
            continue
        middle = median(row["economy"] for row in chain)
        off = {r["closed_by"]: _off(r["economy"], middle) for r in chain}
        spread = median(map(abs, off.values()))
        for key, value in off.items():
            score = value * 0.6745 / spread if spread else 0.0 if value == 0 else None
            is_far = abs(score) > threshold if score is not None else abs(value) > 2.0
            wanted[key] = middle, score, is_far
    for row in found:
        want = wanted.get(row["closed_by"], (None, None, False))
        assert (row["median"], row["deviation"], row["is_outlier"]) == want


def _off(value: float, middle: float) -> float:
    return value / middle - 1.0 if value >= middle else 1.0 - middle / value


def test_a_figure_of_twice_the_median_is_as_far_off_as_one_of_half_of_it() -> None:
    figures = [5.0, 5.5, 6.0, 6.5, 7.0, 12.0, 3.0]
    table = table_of([_row("a", day, value) for day, value in enumerate(figures, start=1)], INTERVALS)
    rows = said_by_all(lambda frame: outliers(frame), table)
    assert rows[5]["deviation"] == -rows[6]["deviation"] > 3.5
    assert [row["is_outlier"] for row in rows] == [False] * 5 + [True] * 2


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    figures = [5.0, 9.0, 6.0, 8.0, 7.0, 6.5]
    table = table_of([_row("a", day, value) for day, value in enumerate(figures, start=1)], INTERVALS)
    assert {row["median"] for row in said_by_all(lambda frame: outliers(frame), table)} == {6.75}


def test_what_is_exactly_at_the_threshold_is_no_outlier() -> None:
    figures = [5.0, 5.5, 6.0, 6.5, 7.0, 12.0]
    table = table_of([_row("a", day, value) for day, value in enumerate(figures, start=1)], INTERVALS)
    border = rows_of(outliers(table))[-1]["deviation"]
    assert not rows_of(outliers(table, border))[-1]["is_outlier"]
    assert rows_of(outliers(table, border * 0.999999))[-1]["is_outlier"]


def test_both_ways_of_telling_an_economy_find_the_same_outliers() -> None:
    figures = [5.0, 5.5, 6.0, 6.5, 7.0, 12.5, 2.0]
    told = []
    for unit, told_as in (("L/100km", figures), ("km/L", [100 / litres for litres in figures])):
        rows = [_row("a", day, value, unit) for day, value in enumerate(told_as, start=1)]
        told.append([row["is_outlier"] for row in rows_of(outliers(table_of(rows, INTERVALS)))])
    assert told[0] == told[1]
    assert any(told[0])


def test_where_most_figures_are_equal_three_times_the_median_is_the_border() -> None:
    figures = [6.0] * 6 + [17.9, 18.1, 2.1, 1.9]
    table = table_of([_row("a", day, value) for day, value in enumerate(figures, start=1)], INTERVALS)
    rows = said_by_all(lambda frame: outliers(frame), table)
    assert [row["is_outlier"] for row in rows] == [False] * 6 + [False, True, False, True]
    assert [row["deviation"] for row in rows] == [0.0] * 6 + [None] * 4


@pytest.mark.parametrize("count", [0, 1, 4])
def test_fewer_than_five_figures_have_no_median(count: int) -> None:
    rows = [_row("a", day, 6.0 if day > 1 else 60.0) for day in range(1, count + 1)]
    found = said_by_all(lambda frame: outliers(frame), table_of(rows, INTERVALS))
    assert [(r["median"], r["deviation"], r["is_outlier"]) for r in found] == [(None, None, False)] * count


@pytest.mark.parametrize("threshold", [0, -1, "3.5", None, float("nan"), float("inf"), True, 10**400])
def test_a_threshold_that_is_no_number_above_0_is_refused(threshold: Any) -> None:
    with pytest.raises(InvalidValue, match=r"threshold: .* must be a number above 0"):
        outliers(table_of([], INTERVALS), threshold)


@pytest.mark.parametrize("column", ["vehicle_id", "closed_on", "economy_unit", "economy", "void"])
def test_a_column_that_outliers_need_is_named(column: str) -> None:
    with pytest.raises(InvalidValue, match=f"'{column}' is missing"):
        outliers(table_of([], INTERVALS).drop_columns([column]))


def test_a_lazy_frame_stays_lazy() -> None:
    lazy = table_of([_row("a", 1, 1.0)], INTERVALS)
    assert isinstance(outliers(ENGINES["polars, lazy"](lazy)), pl.LazyFrame)
