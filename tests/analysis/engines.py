"""The same fill-ups in every engine, and the intervals out of it as plain rows."""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Any

import attrs
import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
from sqlalchemy import create_engine

from motovault.analysis import economy, economy_sql
from motovault.analysis.economy import asked_unit
from motovault.analysis.pipeline import intervals
from motovault.analysis.rows import fill_rows
from motovault.analysis.schema import DIALS, FUELS
from motovault.domain.fuel_logs import Fill
from motovault.domain.fuel_logs import economy as economy_of_domain
from motovault.quantities.units import convert

Columns = Mapping[str, Sequence[Any]]
Row = dict[str, Any]

SCHEMA: dict[str, Any] = {
    "user_id": pl.String,
    "vehicle_id": pl.String,
    "id": pl.String,
    "filled_at": pl.Datetime("us", "UTC"),
    "local_date": pl.Date,
    "tank": pl.Int64,
    "odometer_unit": pl.String,
    "fuel_unit": pl.String,
    **{
        name: pl.Float64
        for kind in (*DIALS, *FUELS)
        for name in (kind.column, kind.trip, kind.excluded, kind.own)
        if name
    },
    "total_cost": pl.Float64,
    "currency_code": pl.String,
    "is_full_tank": pl.Boolean,
    "missed_previous": pl.Boolean,
    "is_towing": pl.Boolean,
    "fuel_type": pl.String,
    "fuel_grade": pl.String,
    "location": pl.String,
}


def polars_frame(columns: Columns) -> pl.DataFrame:
    return pl.DataFrame(columns, schema={name: SCHEMA[name] for name in columns})


def by_windows(columns: Columns, unit: str | None) -> Any:
    """Polars by the steps for engines that plan, which it does not take of itself."""
    lazy: Any = nw.from_native(polars_frame(columns).lazy())
    return intervals(lazy, asked_unit(unit)).to_native().collect()


def in_duckdb(columns: Columns, unit: str | None) -> pl.DataFrame:
    with duckdb.connect() as connection:
        connection.register("fills", polars_frame(columns).to_arrow())
        found: pl.DataFrame = economy(connection.table("fills"), economy_unit=unit).pl()
        return found


def duckdb_sql(columns: Columns, unit: str | None) -> pl.DataFrame:
    with duckdb.connect() as connection:
        connection.register("fills", polars_frame(columns).to_arrow())
        found: pl.DataFrame = connection.sql(statement("duckdb", columns, unit)).pl()
        return found


_statements: dict[tuple[str, tuple[str, ...], str | None], str] = {}


def statement(dialect: Any, columns: Columns, unit: str | None) -> str:
    key = (dialect, tuple(columns), unit)
    if key not in _statements:
        _statements[key] = economy_sql(dialect, table="fills", columns=list(columns), economy_unit=unit)
    return _statements[key]


def _sql_type(name: str, types: Mapping[Any, str]) -> str:
    return next((text for kind, text in types.items() if SCHEMA[name] == kind), "text")


def in_sqlite(columns: Columns, unit: str | None) -> list[Row]:
    types = {pl.Int64: "integer", pl.Float64: "real", pl.Boolean: "integer"}
    declared = ", ".join(f'"{name}" {_sql_type(name, types)}' for name in columns)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"create table fills ({declared})")
        rows = [
            [str(value) if isinstance(value, date) else value for value in row]
            for row in zip(*columns.values(), strict=True)
        ]
        connection.executemany(f"insert into fills values ({', '.join('?' * len(columns))})", rows)
        cursor = connection.execute(statement("sqlite", columns, unit))
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]
    finally:
        connection.close()


@contextmanager
def in_postgres(url: str) -> Iterator[Callable[[Columns, str | None], list[Row]]]:
    engine = create_engine(url)

    def run(columns: Columns, unit: str | None) -> list[Row]:
        types: dict[Any, str] = {
            pl.Int64: "bigint",
            pl.Float64: "double precision",
            pl.Boolean: "boolean",
            pl.Date: "date",
        }
        types[pl.Datetime("us", "UTC")] = "timestamptz"
        declared = ", ".join(f'"{name}" {_sql_type(name, types)}' for name in columns)
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"create temporary table fills ({declared}) on commit drop")
            rows = list(zip(*columns.values(), strict=True))
            cursor.executemany(f"insert into fills values ({', '.join(['%s'] * len(columns))})", rows)
            cursor.execute(statement("postgres", columns, unit))
            assert cursor.description is not None
            names = [one[0] for one in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    yield run
    engine.dispose()


ENGINES: dict[str, Callable[[Columns, str | None], Any]] = {
    "polars": lambda columns, unit: economy(polars_frame(columns), economy_unit=unit),
    "polars lazy": lambda columns, unit: economy(polars_frame(columns).lazy(), economy_unit=unit).collect(),
    "polars by windows": by_windows,
    "pandas": lambda columns, unit: economy(polars_frame(columns).to_pandas(), economy_unit=unit),
    "pandas of arrow": lambda columns, unit: economy(
        polars_frame(columns).to_pandas(use_pyarrow_extension_array=True), economy_unit=unit
    ),
    "pyarrow": lambda columns, unit: economy(polars_frame(columns).to_arrow(), economy_unit=unit),
    "duckdb": in_duckdb,
    "duckdb sql": duckdb_sql,
    "sqlite sql": in_sqlite,
}


# ------------------------------------------------------------------ what came out


def plain(result: Any) -> list[Row]:
    """Rows of any engine with None for what is not there, and Python's own types."""
    if isinstance(result, list):
        rows = result
    else:
        stored: Any = nw.from_native(result, eager_only=True)
        rows = list(stored.iter_rows(named=True))
    return [{name: _plain(name, value) for name, value in row.items()} for row in rows]


def _plain(name: str, value: Any) -> Any:
    if pd.isna(value):
        return None
    if name in ("opened_on", "closed_on"):
        if isinstance(value, str):
            return date.fromisoformat(value)
        return value.date() if isinstance(value, datetime) else value
    if name == "is_towing":
        return bool(value)
    if name in ("tank", "fill_count"):
        return int(value)
    return value


def bits(rows: list[Row]) -> list[Row]:
    """The same with the eight bytes of every float instead of it."""
    return [
        {
            name: struct.pack("<d", value).hex() if isinstance(value, float) else value
            for name, value in row.items()
        }
        for row in rows
    ]


# ------------------------------------------------------------------ what must come out


def assert_agrees_with_the_domain(rows: list[Row], histories: Mapping[str, Sequence[Fill]]) -> None:
    """Whole numbers exactly; figures to four units in the last place of a float."""
    expected = list(
        chain.from_iterable(_of_domain(name, histories[name], rows) for name in sorted(histories))
    )
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        for name, value in wanted.items():
            found = row[name]
            if name in WHOLE:
                assert (found is None) == (value is None), (name, found, value)
                assert found is None or round(Fraction(found) * WHOLE[name]) == round(value * WHOLE[name]), (
                    name
                )
            elif isinstance(value, Decimal):
                assert found is not None, name
                assert abs(found - float(value)) <= 4 * math.ulp(float(value)), (name, found, value)
            else:
                assert found == value, (name, found, value)


WHOLE = {kind.result: kind.whole for kind in (*DIALS, *FUELS)} | {"cost": 10_000}


def _of_domain(vehicle_id: str, fills: Sequence[Fill], rows: list[Row]) -> list[Row]:
    fills = [attrs.evolve(fill, charge_start_percent=None, charge_end_percent=None) for fill in fills]
    own = [row for row in rows if row["vehicle_id"] == vehicle_id]
    tanks: dict[object, int] = {}
    for fill in fills:
        if not isinstance(fill.tank, int):
            tanks.setdefault(fill.tank, len(tanks) + 1)
    found = []
    for tank in economy_of_domain(fills, distance_unit="km").tanks:
        dial = next(kind for kind in DIALS if tank.distance_unit in kind.units)
        fuel = next(kind for kind in FUELS if tank.fuel_unit in kind.units)
        number = tanks.get(tank.tank, tank.tank)
        key = (number, FUELS.index(fuel), DIALS.index(dial))
        units = {row["economy_unit"] for row in own if _is_of(row, number, dial, fuel)}
        assert len(units) <= 1
        for unit in units or {None}:
            figured = economy_of_domain(
                [fill for fill in fills if fill.tank == tank.tank], distance_unit="km", economy_unit=unit
            )
            same = next(
                one
                for one in figured.tanks
                if one.fuel_unit in fuel.units and one.distance_unit in dial.units
            )
            found += [(key, _row_of(vehicle_id, number, one, same, dial, fuel)) for one in same.intervals]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]


def _is_of(row: Row, tank: object, dial: Any, fuel: Any) -> bool:
    driven, burnt = row["economy_unit"], row["economy_unit"]
    from motovault.quantities.units import UNITS

    dimension = UNITS[row["economy_unit"]].dimension
    wanted = f"{UNITS[dial.symbol].dimension} per {UNITS[fuel.symbol].dimension}"
    return bool(row["tank"] == tank and dimension == wanted and driven and burnt)


def _row_of(vehicle_id: str, tank: object, one: Any, report: Any, dial: Any, fuel: Any) -> Row:
    row: Row = {
        "vehicle_id": vehicle_id,
        "tank": tank,
        "opened_by": str(one.opened_by),
        "closed_by": str(one.closed_by),
        "opened_on": one.opened_on,
        "closed_on": one.closed_on,
        "fill_count": one.fill_count,
        "is_towing": one.is_towing,
        "void": None if one.void is None else one.void.name.lower(),
        "economy": one.economy,
        "cost": one.cost,
        "currency_code": one.currency_code,
        "cost_per_km": one.cost_per_distance if dial.symbol == "km" else None,
    }
    for kind in DIALS:
        row[kind.result] = None
        if kind == dial and one.distance is not None:
            row[kind.result] = Fraction(convert(one.distance, report.distance_unit, dial.symbol) or 0)
    for kind in FUELS:
        row[kind.result] = None
        if kind == fuel and one.fuel is not None:
            row[kind.result] = Fraction(convert(one.fuel, report.fuel_unit, fuel.symbol) or 0)
    return row


def renamed(histories: Mapping[str, Sequence[Fill]]) -> dict[str, list[Fill]]:
    """The same, each fill with an ``id`` that says when it was written down."""
    return {
        name: [attrs.evolve(fill, id=f"{number:06}") for number, fill in enumerate(fills)]
        for name, fills in histories.items()
    }


def columns_of(histories: Mapping[str, Sequence[Fill]]) -> dict[str, list[Any]]:
    """All columns of the contract that a fill can fill."""
    return fill_rows(renamed(histories))
