"""Rollups say what plain exact arithmetic says, and what the domain says, on every engine to the last bit."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.analysis import rollup
from motovault.domain.fuel_logs import Fill, economy
from motovault.errors import InvalidValue
from motovault.quantities.errors import UnknownUnit
from tests.analysis.interval_rows import UNITS_TRIED, figure, interval_rows, nearly, rows_of_report, whole
from tests.analysis.on_every_engine import ENGINES, INTERVALS, fewer, rows_of, said_by_all, table_of
from tests.domain.fuel_logs.histories import nasty_fills

MONEY = ("cost", "currency_code", "cost_interval_count", "cost_per_km", "cost_per_h")
NAMES = (
    "year",
    "month",
    "vehicle_id",
    "user_id",
    "tank",
    "fuel_type",
    "location",
    "economy_unit",
    "currency_code",
)


def _parts(row: dict[str, Any]) -> tuple[str, str] | None:
    """The columns of distance and fuel of a valid row."""
    if row["void"] is not None or row["economy_unit"] is None:
        return None
    driven, burnt = UNITS_TRIED[row["economy_unit"]]
    return (driven, burnt) if row.get(driven) and row.get(burnt) else None


def expected(
    rows: list[dict[str, Any]], by: list[str], include_towing: bool = True
) -> dict[Any, dict[str, Any]]:
    """The same by plain whole numbers and fractions."""
    keys = [*by, *(() if "economy_unit" in by else ["economy_unit"])]
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        on = row["closed_on"]
        row = row | {"year": on and on.year, "month": on and on.month}
        if include_towing or not row["is_towing"]:
            groups[tuple(row[key] for key in keys)].append(row)
    return {key: _pooled(group, by) for key, group in groups.items()}


def _pooled(group: list[dict[str, Any]], by: list[str]) -> dict[str, Any]:
    unit = group[0]["economy_unit"]
    valid = [(row, parts) for row in group if (parts := _parts(row))]
    driven = sum(whole(row[parts[0]], 10**9) for row, parts in valid)
    burnt = sum(whole(row[parts[1]], 10**12) for row, parts in valid)
    tanks = {row["tank"] for row, _ in valid}
    is_one = "vehicle_id" not in by or "tank" in by or len(tanks) <= 1
    paid = [(row, parts) for row, parts in valid if row["cost"] is not None]
    codes = {row["currency_code"] for row, _ in paid}
    cost = sum(round(row["cost"] * 100) for row, _ in paid) / 100 if len(codes) == 1 else None
    over = sum(whole(row[parts[0]], 10**9) for row, parts in paid) / 1e9
    found: dict[str, Any] = {
        "interval_count": len(valid),
        "void_count": len(group) - len(valid),
        "figure": figure(unit, driven, burnt) if valid and is_one else None,
        "cost": cost,
        "currency_code": next(iter(codes)) if len(codes) == 1 else None,
        "cost_interval_count": len(paid),
    }
    for column in ("distance_km", "distance_h", "volume_l", "mass_kg", "energy_kwh"):
        is_of_unit = unit is not None and column in UNITS_TRIED[unit]
        total = driven / 1e9 if column.startswith("distance") else burnt / 1e12
        found[column] = total if is_of_unit else None
    for column, name in (("distance_km", "cost_per_km"), ("distance_h", "cost_per_h")):
        is_told = cost is not None and is_one and column in UNITS_TRIED[unit]
        found[name] = cost / over if is_told and cost is not None else None
    return found


@fewer()
@given(interval_rows(), st.lists(st.sampled_from(NAMES), max_size=3, unique=True), st.booleans())
def test_sums_are_those_of_exact_arithmetic_on_every_engine(
    rows: list[dict[str, Any]], by: list[str], include_towing: bool
) -> None:
    names = ["year", *by] if "month" in by and "year" not in by else by
    found = said_by_all(
        lambda frame: rollup(frame, by, include_towing=include_towing), table_of(rows, INTERVALS)
    )
    wanted = expected(rows, names, include_towing)
    keys = [*names, *(() if "economy_unit" in names else ["economy_unit"])]
    assert {tuple(row[key] for key in keys) for row in found} == set(wanted)
    assert len(found) == len(wanted)
    for row in found:
        want = wanted[tuple(row[key] for key in keys)]
        exact = want.pop("figure")
        assert nearly(row["economy"], exact)
        for name, value in want.items():
            assert row[name] == (row[name] if name in keys else value), name


@fewer()
@given(nasty_fills())
def test_a_tank_by_month_and_year_and_whole_is_what_the_domain_says(drawn: tuple[str, list[Fill]]) -> None:
    unit, fills = drawn
    report = economy(fills, economy_unit=unit)
    table = table_of(rows_of_report(report), INTERVALS)
    whole_rows = {row["tank"]: row for row in said_by_all(lambda f: rollup(f, "tank"), table)}
    without_towing = {row["tank"]: row for row in rows_of(rollup(table, "tank", include_towing=False))}
    by_year = {(row["tank"], row["year"]): row for row in rows_of(rollup(table, ["tank", "year"]))}
    by_month = {(r["tank"], r["year"], r["month"]): r for r in rows_of(rollup(table, ["tank", "month"]))}
    for number, tank in enumerate(report.tanks, start=1):
        if tank.intervals:
            assert nearly(whole_rows[number]["economy"], _exactly(tank.average), 44)
            assert whole_rows[number]["interval_count"] == tank.pool.interval_count
        everyday = without_towing.get(number, {"economy": None})
        assert nearly(everyday["economy"], _exactly(tank.average_excluding_towing), 44)
        for year, pool in tank.by_year().items():
            assert nearly(by_year[number, year]["economy"], _exactly(pool.economy), 44)
        for (year, month), pool in tank.by_month().items():
            row = by_month[number, year, month]
            assert nearly(row["economy"], _exactly(pool.economy), 44)
            assert row["interval_count"] == pool.interval_count
    # R13: what has no average across tanks there has none here
    of_vehicle = rows_of(rollup(table, "vehicle_id"))
    if report.average is None:
        units = [row["economy_unit"] for row in of_vehicle]
        for row in of_vehicle:
            tanks = [
                t for t in report.tanks if t.economy_unit == row["economy_unit"] and t.average is not None
            ]
            assert (row["economy"] is None) == (len(tanks) != 1), units
    elif of_vehicle:
        assert nearly(of_vehicle[0]["economy"], _exactly(report.average), 44)


def _exactly(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


@fewer()
@given(nasty_fills())
def test_a_cost_per_distance_is_what_the_domain_says_of_each_currency(drawn: tuple[str, list[Fill]]) -> None:
    unit, fills = drawn
    report = economy(fills, economy_unit=unit, distance_unit="km")
    table = table_of(rows_of_report(report), INTERVALS)
    found = {
        (row["tank"], row["currency_code"]): row for row in rows_of(rollup(table, ["tank", "currency_code"]))
    }
    for number, tank in enumerate(report.tanks, start=1):
        per = "cost_per_h" if tank.distance_unit == "h" else "cost_per_km"
        for code, value in tank.pool.cost_per_distance.items():
            assert nearly(found[number, code][per], Fraction(value), 44)


def _row(**more: Any) -> dict[str, Any]:
    return {
        "vehicle_id": "v1",
        "tank": 1,
        "distance_km": 482.8032,
        "volume_l": 37.85411784,
        "economy_unit": "mpg_us",
        "cost": 41.24,
        "currency_code": "USD",
    } | more


def test_a_clean_case_is_clean() -> None:
    (row,) = said_by_all(lambda frame: rollup(frame), table_of([_row()], INTERVALS))
    assert (row["economy"], row["cost"], row["distance_km"]) == (30.0, 41.24, 482.8032)


def test_a_division_by_a_constant_is_one_on_every_engine() -> None:
    """Polars takes the reciprocal of a divisor that it knows, and misses the last bit of one in seven."""
    prices = [(1 + 37 * number) / 100 for number in range(120)]
    rows = [_row(location=f"{n:03}", cost=price, volume_l=price + 1) for n, price in enumerate(prices)]
    found = said_by_all(lambda frame: rollup(frame, "location"), table_of(rows, INTERVALS))
    assert [row["cost"] for row in found] == prices
    assert [row["volume_l"] for row in found] == [round(price * 100 + 100) / 100 for price in prices]


def test_another_unit_is_used_where_it_fits() -> None:
    rows = [_row(), _row(economy_unit="kWh/100km", volume_l=None, energy_kwh=60.0)]
    found = said_by_all(lambda frame: rollup(frame, economy_unit="km/L"), table_of(rows, INTERVALS))
    assert {row["economy_unit"] for row in found} == {"km/L", "kWh/100km"}
    assert nearly(
        next(row["economy"] for row in found if row["economy_unit"] == "km/L"),
        Fraction(482.8032) / Fraction(37.85411784),
    )


def test_two_currencies_have_no_cost_together_and_each_its_own() -> None:
    table = table_of([_row(), _row(currency_code="EUR", cost=1.0)], INTERVALS)
    (both,) = said_by_all(lambda frame: rollup(frame), table)
    assert [both[name] for name in ("cost", "currency_code", "cost_interval_count", "cost_per_km")] == [
        None,
        None,
        2,
        None,
    ]
    assert both["economy"] == 30.0
    each = said_by_all(lambda frame: rollup(frame, "currency_code"), table)
    assert [(row["currency_code"], row["cost"]) for row in each] == [("EUR", 1.0), ("USD", 41.24)]


def test_more_fuel_than_fits_into_64_bits_of_picolitres_is_added() -> None:
    rows = [_row(volume_l=900_000.001, distance_km=1e6, economy_unit="L/100km")] * 200
    (row,) = said_by_all(lambda frame: rollup(frame), table_of(rows, INTERVALS))
    assert nearly(row["volume_l"], Fraction(900_000_001, 1000) * 200, 51)
    assert nearly(row["economy"], Fraction(900_000_001, 10_000_000), 50)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf"), 1e300, -5.0, 0.0])
def test_what_is_no_amount_makes_no_figure(odd: float) -> None:
    rows = [_row(), _row(volume_l=odd), _row(distance_km=odd)]
    (row,) = said_by_all(lambda frame: rollup(frame), table_of(rows, INTERVALS))
    assert (row["interval_count"], row["void_count"], row["economy"]) == (1, 2, 30.0)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 1e300])
def test_what_is_no_money_is_an_unknown_cost(odd: float) -> None:
    (row,) = said_by_all(lambda frame: rollup(frame), table_of([_row(), _row(cost=odd)], INTERVALS))
    assert (row["interval_count"], row["cost_interval_count"], row["cost"]) == (2, 1, 41.24)


@pytest.mark.parametrize("by", [(), "month", ("vehicle_id", "year"), "currency_code"])
def test_no_intervals_are_no_rows(by: Any) -> None:
    assert said_by_all(lambda frame: rollup(frame, by), table_of([], INTERVALS)) == []


def test_void_intervals_alone_are_counted_and_have_no_figure() -> None:
    rows = [_row(void="missed", cost=None), _row(void="no_fuel", volume_l=0.0, cost=None)]
    (row,) = said_by_all(lambda frame: rollup(frame, "vehicle_id"), table_of(rows, INTERVALS))
    assert (row["interval_count"], row["void_count"], row["distance_km"]) == (0, 2, 0.0)
    assert row["economy"] is row["cost"] is row["cost_per_km"] is None


def test_columns_of_which_there_is_nothing_stay_out() -> None:
    table = table_of([_row()], INTERVALS).select(["distance_km", "volume_l", "economy_unit", "void"])
    (row,) = said_by_all(lambda frame: rollup(frame), table)
    assert list(row) == ["economy_unit", "interval_count", "void_count", "distance_km", "volume_l", "economy"]


@pytest.mark.parametrize("engine", ["polars, lazy", "duckdb"])
def test_what_is_lazy_is_not_read(engine: str) -> None:
    if engine == "duckdb":
        found = rollup(ENGINES[engine](table_of([_row()], INTERVALS)))
        assert type(found).__name__ == "DuckDBPyRelation"
        return
    lazy = pl.LazyFrame(
        schema=dict.fromkeys(("distance_km", "volume_l"), pl.Float64)
        | {"economy_unit": pl.String, "void": pl.String}
    )
    unread = lazy.map_batches(_never, schema=lazy.collect_schema())
    assert isinstance(rollup(unread), pl.LazyFrame)


def _never(frame: pl.DataFrame) -> pl.DataFrame:
    raise AssertionError("read before it was asked for")


@pytest.mark.parametrize(
    ("column", "by"), [("void", ()), ("economy_unit", ()), ("closed_on", "month"), ("location", "location")]
)
def test_a_missing_column_is_named(column: str, by: Any) -> None:
    table = table_of([_row()], INTERVALS).drop_columns([column])
    with pytest.raises(InvalidValue, match=f"intervals: '{column}' is missing"):
        rollup(table, by)


@pytest.mark.parametrize("columns", [("distance_km", "distance_h"), ("volume_l", "mass_kg", "energy_kwh")])
def test_without_any_distance_or_fuel_the_first_is_named(columns: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue, match=f"'{columns[0]}' is missing"):
        rollup(table_of([_row()], INTERVALS).drop_columns(list(columns)))


@pytest.mark.parametrize("by", ["week", ["month", "weather"], [3], "economy"])
def test_what_cannot_be_grouped_by_is_refused(by: Any) -> None:
    with pytest.raises(InvalidValue, match=r"by: .* must be of year, month"):
        rollup(table_of([_row()], INTERVALS), by)


@pytest.mark.parametrize("by", [3, None, b"month"])
def test_what_is_no_name_to_group_by_is_refused(by: Any) -> None:
    with pytest.raises(InvalidValue, match=r"by: .* must be a name or several"):
        rollup(table_of([_row()], INTERVALS), by)


@pytest.mark.parametrize("engine", ["pyarrow", "pandas", "pandas on Arrow", "polars"])
@pytest.mark.parametrize(
    ("column", "value"),
    [("distance_km", "far"), ("cost", [1.0]), ("closed_on", "May"), ("closed_on", 3), ("is_towing", "no")],
)
def test_a_column_that_cannot_be_what_it_is_called_is_named(engine: str, column: str, value: Any) -> None:
    table = table_of([_row()], INTERVALS).drop_columns([column]).append_column(column, pa.array([value]))
    with pytest.raises(InvalidValue, match=f"intervals: '{column}' must be of .*, and is of"):
        rollup(ENGINES[engine](table), "month")


def test_a_name_that_two_columns_have_is_refused() -> None:
    table = table_of([_row()], INTERVALS)
    for frame in (table.append_column("void", table["void"]), _twice(table.to_pandas(), "void")):
        with pytest.raises(InvalidValue, match="intervals: 'void' must be the name of one column"):
            rollup(frame)


def _twice(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return pd.concat([frame, frame[[name]]], axis=1)


def test_sums_beyond_the_whole_numbers_of_a_float_are_rounded_on_every_engine() -> None:
    rows = [_row(distance_km=8.9e9, volume_l=8.9e6)] * 1100
    (found,) = said_by_all(lambda frame: rollup(frame), table_of(rows, INTERVALS))
    assert (found["distance_km"], found["volume_l"]) == (8.9e9 * 1100, 8.9e6 * 1100)


@pytest.mark.parametrize("frame", [None, [1], {"distance_km": [1]}, "intervals"])
def test_what_is_no_frame_is_refused(frame: Any) -> None:
    with pytest.raises(InvalidValue, match=r"intervals: .* must be a frame"):
        rollup(frame)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnknownUnit):
        rollup(table_of([_row()], INTERVALS), economy_unit="furlongs")


def test_money_beyond_the_whole_numbers_of_a_float_is_added_on_every_engine() -> None:
    """A fleet whose currency has many noughts: two bills of hundreds of thousands of millions."""
    rows = [_row(cost=cost, currency_code="VND") for cost in (6e11, 7e11)]
    (found,) = said_by_all(rollup, table_of(rows, INTERVALS))
    assert found["cost"] == 1.3e12
