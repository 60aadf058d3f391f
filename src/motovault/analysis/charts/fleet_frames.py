"""A frame of intervals as figures of vehicles: added up where the frame lives, a row a vehicle comes out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from math import isfinite
from typing import Any

from motovault.analysis.charts.theme import words
from motovault.errors import InvalidValue, MissingExtra
from motovault.quantities.economy import economy_figure
from motovault.quantities.errors import IncompatibleUnits

__all__ = ["figures_of_frame"]

_DISTANCES = {"distance_km": "km", "distance_h": "h"}
_NOT_SAID = "not said"
_AMOUNTS = {"volume_l": "L", "mass_kg": "kg", "energy_kwh": "kWh"}


def figures_of_frame(
    intervals: Any, vehicles: Any, by: Sequence[str]
) -> tuple[dict[str, dict[str, list[float]]], str]:
    """By unit and group: each vehicle's pooled figure; and what they are, for people.

    Raises:
        InvalidValue: A column is missing, or what was given is no frame.
        MissingExtra: narwhals is not installed.
    """
    try:
        nw = import_module("narwhals")
    except ImportError:
        raise MissingExtra("analysis", "narwhals") from None
    frame, columns = _lazy(nw, intervals, "intervals")
    driven = [name for name in _DISTANCES if name in columns]
    burnt = [name for name in _AMOUNTS if name in columns]
    _must_have("intervals", columns, ["vehicle_id", "economy_unit"])
    if not driven:
        raise InvalidValue("intervals", columns, "must have a column distance_km or distance_h")
    if not burnt:
        raise InvalidValue("intervals", columns, "must have a column volume_l, mass_kg or energy_kwh")
    for name, is_kept in (("void", nw.col("void").is_null()), ("economy", ~nw.col("economy").is_null())):
        if name in columns:
            frame = frame.filter(is_kept)
    sums = [nw.col(name).sum() for name in (*driven, *burnt)]
    pooled = frame.group_by("vehicle_id", "economy_unit").agg(*sums).collect()
    labels = None if vehicles is None else _labels(nw, vehicles, by)
    spreads: dict[str, dict[str, list[float]]] = {}
    for row in pooled.iter_rows(named=True):
        unit = str(row["economy_unit"])
        figure = _figure(row, driven, burnt, unit)
        if figure is not None:
            label = "" if labels is None else labels.get(str(row["vehicle_id"]), _NOT_SAID)
            spreads.setdefault(unit, {}).setdefault(label, []).append(figure)
    what = "each vehicle's own average"
    return spreads, what if vehicles is None else f"{what}, by {' and '.join(map(words, by))}"


def _figure(row: dict[str, Any], driven: Sequence[str], burnt: Sequence[str], unit: str) -> float | None:
    """Distance over fuel of the kinds that the unit is of; a frame may hold litres beside kilowatt-hours."""
    for way in driven:
        for fuel in burnt:
            distance, amount = row[way], row[fuel]
            if not (distance and amount and isfinite(distance) and isfinite(amount)):
                continue
            try:
                figure = economy_figure(
                    Decimal(distance), _DISTANCES[way], Decimal(amount), _AMOUNTS[fuel], unit
                )
            except IncompatibleUnits:
                continue
            if figure is not None:
                return float(figure)
    return None


def _labels(nw: Any, vehicles: Any, by: Sequence[str]) -> dict[str, str]:
    frame, columns = _lazy(nw, vehicles, "vehicles")
    _must_have("vehicles", columns, ["vehicle_id", *by])
    known = frame.select("vehicle_id", *by).collect()
    return {
        str(row["vehicle_id"]): words(" ".join(str(row[name]) for name in by if _is_said(row[name])), 60)
        or _NOT_SAID
        for row in known.iter_rows(named=True)
    }


def _is_said(value: object) -> bool:
    return value is not None and value == value and value != ""  # a float that is not itself is a missing one


def _lazy(nw: Any, frame: Any, field: str) -> tuple[Any, list[str]]:
    try:
        known = nw.from_native(frame)
    except TypeError:
        raise InvalidValue(field, type(frame).__name__, "must be a frame that narwhals knows") from None
    lazy = known.lazy()
    return lazy, lazy.collect_schema().names()


def _must_have(field: str, columns: Sequence[str], wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise InvalidValue(field, list(columns), f"must have the columns {', '.join(missing)} too")
