"""Intervals of all vehicles of a table of fuel logs, by the domain's own rules, exact, vehicle by vehicle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.finishing import Table, schema_of
from motovault.analysis.local_dates import LocalDates
from motovault.domain.fuel_logs import Fill, Interval, TankEconomy, Void, economy
from motovault.errors import StorageFailure
from motovault.quantities.context import EXACT, WIDE, round_half_even
from motovault.quantities.economy import economy_figure, economy_unit
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE, UNITS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["interval_batches"]

_AMOUNT_OF: Final = {"L": "volume_l", "kg": "mass_kg", "kWh": "energy_kwh"}
_PLACES: Final = {"cost": 2}
_Row = Mapping[str, Any]


def interval_batches(
    batches: Iterable[pa.RecordBatch], *, exact: bool, rows: int, unit: str | None = None
) -> Iterator[pa.RecordBatch]:
    """Batches of the table of fuel logs, numbers as text, as batches of the frame of intervals.

    Args:
        batches: Sorted by vehicle.
        exact: Decimals, of 12 places: economy and cost per kilometre are rounded half-even to them.
        rows: In a batch, about.
        unit: Of economy, where it fits what is driven and burnt.

    Raises:
        UnknownUnit: ``unit`` is none.
    """
    import pyarrow as pa

    asked = None if unit is None else str(economy_unit(unit))
    schema, waiting = schema_of("intervals", exact), list[dict[str, Any]]()
    decimals = {field.name for field in schema if pa.types.is_decimal(field.type)}
    floats = {field.name for field in schema if pa.types.is_floating(field.type)}

    def made() -> pa.RecordBatch:
        for row in waiting:
            for name in decimals:
                if row[name] is not None:
                    row[name] = round_half_even(row[name], _PLACES.get(name, 12))
            for name in floats:
                row[name] = None if row[name] is None else float(row[name])
        return pa.RecordBatch.from_pylist(waiting, schema=schema)

    names = schema.names
    for _, logs in groupby(_rows(batches), key=itemgetter("vehicle_id")):
        waiting += [dict.fromkeys(names) | found for found in _of_vehicle(list(logs), asked)]
        if len(waiting) >= rows:
            yield made()
            waiting = []
    if waiting:
        yield made()


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[_Row]:
    dates = LocalDates()
    for batch in batches:
        table = Table("fuel_logs", batch, dates, exact=True)
        filled_at = table.moment("filled_at")
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        columns["filled_at"] = filled_at.to_pylist()
        columns["on"] = table.local_date(filled_at).to_pylist()
        for name in ("fuel_type", "fuel_grade", "location"):
            columns[name] = table.text(name).to_pylist()
        names = tuple(columns)
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))


def _of_vehicle(rows: list[_Row], asked: str | None) -> Iterator[dict[str, Any]]:
    report = economy(_fills(rows), distance_unit="km")
    logs = {row["id"]: row for row in rows}
    for tank in sorted(report.tanks, key=lambda tank: int(tank.tank)):
        unit = _figures_in(tank, asked)
        for interval in tank.intervals:
            yield _row(interval, tank, unit, logs[str(interval.closed_by)])


def _fills(rows: list[_Row]) -> Iterator[Fill]:
    driven, burnt = "km", "L"
    for row in rows:
        # in a unit that nobody knows a figure is unknown
        is_distance, is_fuel = row["odometer_unit"] in DISTANCE_TO_BASE, row["fuel_unit"] in FUEL_TO_BASE
        driven = row["odometer_unit"] if is_distance else driven
        burnt = row["fuel_unit"] if is_fuel else burnt
        day: date = row["on"] or row["filled_at"].date()
        yield Fill(
            on=day,
            odometer=_number(row["odometer"]) or None if is_distance else None,
            volume=_number(row["volume"]) or None if is_fuel else None,
            odometer_unit=driven,
            fuel_unit=burnt,
            is_full_tank=row["is_full_tank"],
            missed_previous=row["missed_previous"],
            trip_distance=_number(row["trip_distance"]) or None if is_distance else None,
            excluded_distance=_number(row["excluded_distance"]) if is_distance else None,
            tank=row["tank"],
            is_towing=row["is_towing"],
            charge_start_percent=_number(row["charge_start_percent"]),
            charge_end_percent=_number(row["charge_end_percent"]),
            total_cost=_number(row["total_cost"]),
            currency_code=row["currency_code"],
            id=row["id"],
        )


def _number(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        number = WIDE.create_decimal(text)
    except ArithmeticError:
        raise StorageFailure("a number of fuel_logs cannot be read") from None
    return number if number.is_finite() else None


def _figures_in(tank: TankEconomy, asked: str | None) -> str:
    fuel = FUEL_TO_BASE[tank.fuel_unit][0]
    usual = f"{fuel}/h" if tank.distance_unit == "h" else f"{fuel}/100km"
    fits = asked is not None and UNITS[asked].dimension == UNITS[usual].dimension
    return str(asked) if fits else usual


def _row(interval: Interval, tank: TankEconomy, unit: str, closing: _Row) -> dict[str, Any]:
    base, factor = FUEL_TO_BASE[tank.fuel_unit]
    fuel = None if interval.fuel is None else EXACT.multiply(interval.fuel, factor)
    is_timed, distance, figure, per_km = tank.distance_unit == "h", interval.distance, None, None
    if interval.void is None and distance is not None and fuel is not None:
        figure = economy_figure(distance, tank.distance_unit, fuel, base, unit)
        if interval.cost is not None and not is_timed:
            per_km = EXACT.divide(interval.cost, distance)
    return {
        "user_id": closing["user_id"],
        "vehicle_id": closing["vehicle_id"],
        "tank": interval.tank,
        "opened_by": interval.opened_by,
        "closed_by": interval.closed_by,
        "opened_on": interval.opened_on,
        "closed_on": interval.closed_on,
        "fill_count": interval.fill_count,
        "distance_h" if is_timed else "distance_km": distance,
        _AMOUNT_OF[base]: fuel,
        "economy": figure,
        "economy_unit": unit,
        "cost": interval.cost,
        "currency_code": interval.currency_code,
        "cost_per_km": per_km,
        "is_towing": interval.is_towing,
        "void": None if interval.void is None else Void(interval.void).name.lower(),
        "fuel_type": closing["fuel_type"],
        "fuel_grade": closing["fuel_grade"],
        "location": closing["location"],
    }
