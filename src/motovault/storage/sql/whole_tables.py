"""The queries of whole tables for frames: one statement each, units and time zones of the owners joined.

What the columns mean is said in :mod:`motovault.analysis.tables`. The order is
that of the index over vehicle, user, moment and id, by way of the vehicles, so
that neither database sorts a long table.

In PostgreSQL a product of ``numeric`` is exact, and its cast to float8 goes by
way of its digits: the nearest there is. So numbers travel as floats where
floats are wanted. SQLite keeps digits as text, and gives them as they are; a
NULL there is ``''``, which the reader takes for unknown in every column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen

from motovault.domain.user_preferences import schema_defaults
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

__all__ = ["Query", "query"]

TEXT: Final = "text"
WHOLE: Final = "whole"
FLAG: Final = "flag"
FLOAT: Final = "float"

_DEFAULT: Final = schema_defaults()
_SYSTEM: Final = "CASE p.unit_system WHEN 'metric' THEN '{metric}' ELSE '{imperial}' END"
_FUEL_UNIT: Final = (
    "coalesce(nullif(f.fuel_unit, ''), CASE WHEN f.fuel_type = 'electric' THEN 'kWh' "
    "WHEN p.unit_system = 'metric' THEN 'L' ELSE 'us_gal' END)"
)
_ZONE: Final = f"coalesce(nullif(p.time_zone, ''), '{_DEFAULT.time_zone}')"
_LIVE: Final = "v.deleted_at IS NULL AND v.is_active IS NOT FALSE"
_PREFERENCES: Final = "LEFT JOIN user_preferences p ON p.user_id = v.user_id"


@frozen
class Query:
    """A statement with its parameters ``:user_id`` and ``:vehicle_id``, as far as they were asked for.

    Attributes:
        text: SQL.
        columns: Name and kind of each: text, whole, flag or float.
    """

    text: str
    columns: tuple[tuple[str, str], ...]


def _unit(own: str) -> str:
    usual = _SYSTEM.format(metric="km", imperial="mi")
    dials = "nullif(v.distance_unit, '')"
    return (
        f"coalesce(nullif({own}, ''), {dials}, {usual})"
        if own != "v.distance_unit"
        else (f"coalesce({dials}, {usual})")
    )


def _currency(own: str) -> str:
    return f"coalesce(nullif({own}, ''), nullif(p.currency_code, ''), '{_DEFAULT.currency_code}')"


class _Postgresql:
    """How PostgreSQL says it."""

    nested = "JOIN"

    def __init__(self, exact: bool) -> None:
        self.exact = exact

    def key(self, column: str) -> str:
        return f"{column}::text"

    def text(self, column: str) -> tuple[str, str]:
        return column, TEXT

    def flag(self, column: str) -> tuple[str, str]:
        return column, FLAG

    def whole(self, column: str) -> tuple[str, str]:
        return f"{column}::bigint", WHOLE

    def words(self, column: str) -> tuple[str, str]:
        return f"to_json({column})::text", TEXT

    def moment(self, column: str) -> tuple[str, str]:
        # microseconds since 1970, whatever time zone and date style the connection has
        return (
            f"CASE WHEN isfinite({column}) THEN (extract(epoch FROM {column}) * 1000000)::bigint END",
            WHOLE,
        )

    def day(self, column: str) -> tuple[str, str]:
        return f"CASE WHEN isfinite({column}) THEN ({column} - date '1970-01-01')::bigint END", WHOLE

    def noon(self, column: str) -> str:
        return f"({column} + time '12:00') AT TIME ZONE 'UTC'"

    def number(
        self, column: str, unit: str = "", factors: Mapping[str, object] | None = None
    ) -> tuple[str, str]:
        if self.exact:
            return f"{column}::text", TEXT
        if factors is None:
            return f"{column}::float8", FLOAT
        cases = " ".join(
            f"WHEN '{name}' THEN {column}" + ("" if factor == 1 else f" * {factor}")
            for name, factor in factors.items()
        )
        return f"(CASE {unit} {cases} END)::float8", FLOAT

    def sorted_number(self, column: str) -> str:
        return column


class _Sqlite:
    """How SQLite says it."""

    nested = (
        "CROSS JOIN"  # which it does not turn round: vehicles in the order of their keys, then their rows
    )

    def key(self, column: str) -> str:
        parts = [f"substr({column}, {first}, {size})" for first, size in ((1, 8), (9, 4), (13, 4), (17, 4))]
        return " || '-' || ".join([*parts, f"substr({column}, 21)"])

    def text(self, column: str) -> tuple[str, str]:
        return f"coalesce({column}, '')", TEXT

    def flag(self, column: str) -> tuple[str, str]:
        return f"{column} <> 0", FLAG

    def whole(self, column: str) -> tuple[str, str]:
        return f"CAST({column} AS INTEGER)", WHOLE

    def words(self, column: str) -> tuple[str, str]:
        return self.text(column)

    def moment(self, column: str) -> tuple[str, str]:
        return self.text(column)

    def day(self, column: str) -> tuple[str, str]:
        return self.text(column)

    def noon(self, column: str) -> str:
        return f"substr({column}, 1, 10) || 'T12:00:00.000000+00:00'"

    def number(self, column: str, *_: object) -> tuple[str, str]:
        return f"coalesce(CAST({column} AS TEXT), '')", TEXT

    def sorted_number(self, column: str) -> str:
        return f"CAST({column} AS REAL)"


_Dialect = _Postgresql | _Sqlite
_Columns = dict[str, tuple[str, str]]

_KM: Final = {unit: factor for unit, (_, factor) in DISTANCE_TO_BASE.items()}
_BASE_FUEL: Final = {unit: factor for unit, (_, factor) in FUEL_TO_BASE.items()}


def query(dialect: str, name: str, *, exact: bool, of_user: bool, of_vehicle: bool) -> Query:
    """The statement of a table, for ``postgresql`` or ``sqlite``."""
    said: _Dialect = _Postgresql(exact) if dialect == "postgresql" else _Sqlite()
    where = _LIVE
    where += " AND v.user_id = :user_id" if of_user else ""
    where += " AND v.id = :vehicle_id" if of_vehicle else ""
    columns, rest = _TABLES[name](said, where)
    selected = ", ".join(f"{expression} AS {column}" for column, (expression, _) in columns.items())
    return Query(f"SELECT {selected} {rest}", tuple((column, kind) for column, (_, kind) in columns.items()))


def _fuel_logs(said: _Dialect, where: str) -> tuple[_Columns, str]:
    unit = _unit("f.odometer_unit")
    columns: _Columns = {
        "user_id": ("v.user_id", TEXT),
        "vehicle_id": (said.key("f.vehicle_id"), TEXT),
        "id": (said.key("f.id"), TEXT),
        "filled_at": said.moment("f.date_time"),
        "time_zone": (_ZONE, TEXT),
        "tank": said.whole("f.tank"),
        "fuel_type": said.text("f.fuel_type"),
        "fuel_grade": said.text("f.fuel_grade"),
        "location": said.text("f.location_data"),
        "odometer_unit": (unit, TEXT),
        "fuel_unit": (_FUEL_UNIT, TEXT),
        "odometer": said.number("f.odometer", unit, _KM),
        "trip_distance": said.number("f.trip_distance", unit, _KM),
        "excluded_distance": said.number("f.excluded_distance", unit, _KM),
        "volume": said.number("f.fuel_units", _FUEL_UNIT, _BASE_FUEL),
        "price_per_unit": said.number("f.cost_per_unit"),
        "total_cost": said.number("f.total_cost"),
        "currency_code": (_currency("f.currency_code"), TEXT),
        "is_full_tank": said.flag("f.is_full_tank"),
        "missed_previous": said.flag("f.missed_previous"),
        "is_towing": said.flag("f.is_towing"),
        "charge_start_percent": said.number("f.charge_start_percent"),
        "charge_end_percent": said.number("f.charge_end_percent"),
        "source": said.text("f.source"),
    }
    return columns, (
        f"FROM vehicles v {said.nested} fuel_logs f ON f.vehicle_id = v.id AND f.user_id = v.user_id "
        f"{_PREFERENCES} WHERE {where} ORDER BY v.id, f.date_time, f.id"
    )


def _maintenance(said: _Dialect, where: str) -> tuple[_Columns, str]:
    unit = _unit("m.odometer_unit")
    columns: _Columns = {
        "user_id": ("v.user_id", TEXT),
        "vehicle_id": (said.key("m.vehicle_id"), TEXT),
        "id": (said.key("m.id"), TEXT),
        "service_date": said.day("m.service_date"),
        "category": said.text("m.category"),
        "subtypes": said.words("m.subtypes"),
        "odometer_unit": (unit, TEXT),
        "odometer": said.number("m.odometer", unit, _KM),
        "cost": said.number("m.cost"),
        "currency_code": (_currency("m.currency_code"), TEXT),
        "shop_name": said.text("m.shop_name"),
        "source": said.text("m.source"),
    }
    return columns, (
        f"FROM vehicles v {said.nested} maintenance_logs m ON m.vehicle_id = v.id AND m.user_id = v.user_id "
        f"{_PREFERENCES} WHERE {where} ORDER BY v.id, m.service_date, m.id"
    )


def _odometer(said: _Dialect, where: str) -> tuple[_Columns, str]:
    def arm(source: str, of: str, moment: str, day: str, figure: str, unit: str, joined: str) -> str:
        return (
            f"SELECT v.user_id AS user_id, v.id AS vehicle_id, {moment} AS read_at, {day} AS read_on, "
            f"{figure} AS figure, {_unit(unit)} AS unit, '{source}' AS source, {of}.id AS source_id, "
            f"{_ZONE} AS time_zone FROM vehicles v {joined} {_PREFERENCES} WHERE {where}"
        )

    def of_vehicle(table: str, short: str) -> str:
        return f"{said.nested} {table} {short} ON {short}.vehicle_id = v.id AND {short}.user_id = v.user_id"

    nothing = "CAST(NULL AS date)"
    # without a moment of its own the vehicle's figure is as old as the row
    own = "coalesce(v.odometer_read_at, v.created_at, v.updated_at)"
    arms = (
        arm("vehicle", "v", own, nothing, "v.odometer_reading", "v.distance_unit", "")
        + " AND v.odometer_reading > 0",
        arm(
            "fuel_log", "f", "f.date_time", nothing, "f.odometer",
            "f.odometer_unit", of_vehicle("fuel_logs", "f"),
        )
        + " AND f.odometer IS NOT NULL",
        arm(
            "maintenance_log", "m", said.noon("m.service_date"), "m.service_date", "m.odometer",
            "m.odometer_unit", of_vehicle("maintenance_logs", "m"),
        ) + " AND m.odometer > 0",
    )  # fmt: skip
    columns: _Columns = {
        "user_id": ("r.user_id", TEXT),
        "vehicle_id": (said.key("r.vehicle_id"), TEXT),
        "read_at": said.moment("r.read_at"),
        "read_on": said.day("r.read_on"),
        "time_zone": ("r.time_zone", TEXT),
        "odometer_unit": ("r.unit", TEXT),
        "odometer": said.number("r.figure", "r.unit", _KM),
        "source": ("r.source", TEXT),
        "source_id": (said.key("r.source_id"), TEXT),
    }
    order = f"r.vehicle_id, r.read_at, {said.sorted_number('r.figure')}, r.source_id"
    return columns, f"FROM ({' UNION ALL '.join(arms)}) r WHERE r.read_at IS NOT NULL ORDER BY {order}"


def _vehicles(said: _Dialect, where: str) -> tuple[_Columns, str]:
    texts = ("nickname", "license_plate", "vin", "make", "model")
    columns: _Columns = {
        "user_id": ("v.user_id", TEXT),
        "vehicle_id": (said.key("v.id"), TEXT),
        **{name: said.text(f"v.{name}") for name in texts},
        "model_year": (f"CAST(v.year AS {'INTEGER' if isinstance(said, _Sqlite) else 'bigint'})", WHOLE),
        "trim": said.text("v.trim"),
        "engine": said.text("v.engine"),
        "transmission": said.text("v.transmission"),
        "distance_unit": (_unit("v.distance_unit"), TEXT),
    }
    return columns, f"FROM vehicles v {_PREFERENCES} WHERE {where} ORDER BY v.id"


_TABLES: Final[dict[str, Callable[[_Dialect, str], tuple[_Columns, str]]]] = {
    "fuel_logs": _fuel_logs,
    "maintenance": _maintenance,
    "odometer": _odometer,
    "vehicles": _vehicles,
}
