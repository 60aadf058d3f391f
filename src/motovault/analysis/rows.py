"""What the domain knows as fill-ups, as columns of a fuel log frame: for tests and small data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from motovault.analysis.schema import DIALS, FUELS
from motovault.domain.fuel_logs import Fill, FuelLog, fills_from_logs
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

__all__ = ["fill_rows", "fuel_log_rows"]


def fill_rows(fills: Mapping[str, Iterable[Fill]]) -> dict[str, list[Any]]:
    """Fills by vehicle as columns of a fuel log frame.

    Every number is the float nearest to the exact one in kilometres, litres and
    so on. Tanks are numbered where they have names. A reading of 0 is unknown.

    Args:
        fills: By ``vehicle_id``.

    >>> first = Fill(on=date(2025, 1, 1), odometer=Decimal(100), volume=Decimal(10),
    ...              odometer_unit="mi", fuel_unit="us_gal")
    >>> fill_rows({"a": [first]})["odometer_km"]
    [160.9344]
    """
    rows = []
    for vehicle_id, own in fills.items():
        tanks: dict[object, int] = {}
        rows += [_row(fill, vehicle_id, tanks) for fill in own]
    return {name: [row[name] for row in rows] for name in _row_names()}


def fuel_log_rows(
    logs: Iterable[FuelLog],
    *,
    distance_unit: str,
    fuel_unit: str,
    currency_code: str | None,
    local_date: Callable[[datetime], date],
) -> dict[str, list[Any]]:
    """Fuel logs of one owner, any number of vehicles, as columns of a fuel log frame.

    Args:
        logs: In any order.
        distance_unit: Where a log has none.
        fuel_unit: Where a log has none and is not electric.
        currency_code: Where a log has none.
        local_date: The owner's date of a moment.
    """
    logs = list(logs)
    fills = fills_from_logs(
        logs,
        distance_unit=distance_unit,
        fuel_unit=fuel_unit,
        currency_code=currency_code,
        local_date=local_date,
    )
    rows = [_row(fill, str(log.vehicle_id), {}) for fill, log in zip(fills, logs, strict=True)]
    columns = {name: [row[name] for row in rows] for name in _row_names()}
    columns["user_id"] = [str(log.user_id) for log in logs]
    columns["filled_at"] = [log.filled_at for log in logs]
    columns["fuel_type"] = [None if log.fuel_type is None else str(log.fuel_type) for log in logs]
    columns["fuel_grade"] = [log.fuel_grade for log in logs]
    return columns


def _row_names() -> list[str]:
    nothing = Fill(on=date.min, odometer=None, volume=None, odometer_unit="km", fuel_unit="L")
    return list(_row(nothing, "", {}))


def _row(fill: Fill, vehicle_id: str, tanks: dict[object, int]) -> dict[str, Any]:
    tank = fill.tank if isinstance(fill.tank, int) else tanks.setdefault(fill.tank, len(tanks) + 1)
    far, much = DISTANCE_TO_BASE[fill.odometer_unit], FUEL_TO_BASE[fill.fuel_unit]
    row: dict[str, Any] = {
        "vehicle_id": vehicle_id,
        "id": None if fill.id is None else str(fill.id),
        "local_date": fill.on,
        "tank": tank,
        "odometer_unit": str(fill.odometer_unit),
        "fuel_unit": str(fill.fuel_unit),
    }
    for dial in DIALS:
        is_here = dial.symbol == far[0]
        row[dial.column] = _float(fill.odometer or None, far[1]) if is_here else None
        row[dial.trip] = _float(fill.trip_distance or None, far[1]) if is_here else None
        row[dial.excluded] = _float(fill.excluded_distance, far[1]) if is_here else None
        row[dial.own] = _float(fill.fuel_distance, far[1]) if is_here else None
    for fuel in FUELS:
        row[fuel.column] = _float(fill.volume, much[1]) if fuel.symbol == much[0] else None
    row |= {
        "total_cost": _float(fill.total_cost, Decimal(1)),
        "currency_code": fill.currency_code,
        "is_full_tank": fill.is_full_tank,
        "missed_previous": fill.missed_previous,
        "is_towing": fill.is_towing,
    }
    return row


def _float(value: Decimal | None, factor: Decimal) -> float | None:
    return None if value is None else float(EXACT.multiply(value, factor))
