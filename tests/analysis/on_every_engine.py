"""One table as every kind of frame, and any frame as plain rows again."""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import currently_in_test_context, settings

INTERVALS = {
    "user_id": pa.string(),
    "vehicle_id": pa.string(),
    "tank": pa.int64(),
    "opened_by": pa.string(),
    "closed_by": pa.string(),
    "opened_on": pa.date32(),
    "closed_on": pa.date32(),
    "fill_count": pa.int64(),
    "distance_km": pa.float64(),
    "distance_h": pa.float64(),
    "volume_l": pa.float64(),
    "mass_kg": pa.float64(),
    "energy_kwh": pa.float64(),
    "economy": pa.float64(),
    "economy_unit": pa.string(),
    "cost": pa.float64(),
    "currency_code": pa.string(),
    "cost_per_km": pa.float64(),
    "is_towing": pa.bool_(),
    "void": pa.string(),
    "fuel_type": pa.string(),
    "fuel_grade": pa.string(),
    "location": pa.string(),
}

FUEL_LOGS = {
    "user_id": pa.string(),
    "vehicle_id": pa.string(),
    "tank": pa.int64(),
    "id": pa.string(),
    "local_date": pa.date32(),
    "fuel_type": pa.string(),
    "fuel_grade": pa.string(),
    "location": pa.string(),
    "fuel_unit": pa.string(),
    "odometer_km": pa.float64(),
    "volume_l": pa.float64(),
    "mass_kg": pa.float64(),
    "energy_kwh": pa.float64(),
    "price_per_unit": pa.float64(),
    "total_cost": pa.float64(),
    "currency_code": pa.string(),
}

MAINTENANCE = {
    "user_id": pa.string(),
    "vehicle_id": pa.string(),
    "service_date": pa.date32(),
    "cost": pa.float64(),
    "currency_code": pa.string(),
}

ODOMETER = {
    "vehicle_id": pa.string(),
    "read_on": pa.date32(),
    "odometer_km": pa.float64(),
    "odometer_h": pa.float64(),
    "source_id": pa.string(),
}

VEHICLES = {
    "vehicle_id": pa.string(),
    "title": pa.string(),
    "make": pa.string(),
    "model": pa.string(),
    "model_year": pa.int64(),
}

ENGINES: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "pandas": lambda table: table.to_pandas(),
    "pandas with dates of its own": lambda table: _frame(table).to_pandas(),
    "pandas on Arrow": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda table: _frame(table),
    "polars, lazy": lambda table: _frame(table).lazy(),
    "duckdb": lambda table: duckdb.from_arrow(table),
}


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def fewer(part: int = 8) -> settings:
    """A part of the profile's examples: each of them is run by several engines."""
    return settings(max_examples=max(settings().max_examples // part, 5))


def some_of(names: Iterable[str], data: object) -> list[str]:
    """All of them, but two that the data choose within a property: over its examples each has its turn.

    The same data choose the same two, so that a failure comes again. ``properties-deep`` asks them all.
    """
    found = list(names)
    if not currently_in_test_context() or settings().max_examples >= 1000:
        return found
    return random.Random(zlib.crc32(repr(data).encode())).sample(found, 2)


def table_of(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, pa.DataType]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema(list(schema.items())))


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Any frame as rows, None for whatever its engine has for null."""
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        rows = frame.to_dicts()
    elif isinstance(frame, pd.DataFrame):
        rows = frame.to_dict("records")
    elif isinstance(frame, pa.Table):
        rows = frame.to_pylist()
    else:
        rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.fetchall()]
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str | bool | int | float | date) else value.item()


def said_by_all(ask: Callable[..., Any], *tables: pa.Table) -> list[dict[str, Any]]:
    """What a function says of tables: the same on every engine to the last bit, and in the caller's kind."""
    answers = {}
    others = [name for name in ENGINES if name != "pyarrow"]
    for name in ["pyarrow", *some_of(others, [table.to_pydict() for table in tables])]:
        frames = [ENGINES[name](table) for table in tables]
        found = ask(*frames)
        assert type(found) is type(frames[0]), name
        answers[name] = rows_of(found)
    first = answers["pyarrow"]
    for name, rows in answers.items():
        assert rows == first, name
    return first


def without_order(rows: Iterable[Mapping[str, Any]]) -> list[Any]:
    return sorted((tuple((v is not None, v) for v in row.values()) for row in rows), key=repr)
