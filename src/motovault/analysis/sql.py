"""The economy rules as one SQL statement, for a database that holds the table itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, Literal

from motovault.analysis.economy import asked_unit
from motovault.errors import InvalidValue, MissingExtra

__all__ = ["economy_sql"]

_DIALECTS: Final = ("postgres", "sqlite", "duckdb", "spark")
_TEXT: Final = "VARCHAR"
# Not DOUBLE: so every number is cast, whatever the table has it in.
_NUMBER: Final = "DECIMAL(38, 9)"
_TYPES: Final = {
    "user_id": _TEXT,
    "vehicle_id": _TEXT,
    "id": _TEXT,
    "filled_at": "TIMESTAMP",
    "local_date": "DATE",
    "tank": "BIGINT",
    "fuel_type": _TEXT,
    "fuel_grade": _TEXT,
    "location": _TEXT,
    "odometer_unit": _TEXT,
    "fuel_unit": _TEXT,
    "odometer_km": _NUMBER,
    "trip_distance_km": _NUMBER,
    "excluded_distance_km": _NUMBER,
    "fuel_distance_km": _NUMBER,
    "odometer_h": _NUMBER,
    "trip_h": _NUMBER,
    "excluded_h": _NUMBER,
    "fuel_h": _NUMBER,
    "volume_l": _NUMBER,
    "mass_kg": _NUMBER,
    "energy_kwh": _NUMBER,
    "total_cost": _NUMBER,
    "currency_code": _TEXT,
    "is_full_tank": "BOOLEAN",
    "missed_previous": "BOOLEAN",
    "is_towing": "BOOLEAN",
}
_USUAL: Final = tuple(name for name in _TYPES if name not in ("fuel_distance_km", "fuel_h"))
_STANDS_FOR: Final = "the_table_that_was_named"
_STEP: Final = "__duckdb_s"
_PARTS: Final = {"expressions", "from_"}


def economy_sql(
    dialect: Literal["postgres", "sqlite", "duckdb", "spark"] = "postgres",
    *,
    table: str = "fuel_logs",
    columns: Collection[str] | None = None,
    economy_unit: str | None = None,
) -> str:
    """:func:`motovault.analysis.economy` as SQL text: the same definition, the same bits.

    Args:
        dialect: ``postgres``, ``sqlite``, ``duckdb`` or ``spark``.
        table: Name of a table, view or CTE with the columns of a fuel log frame, with its schema if it
            needs one, or a query in brackets; in the dialect. It becomes part of the text: never take
            it from a stranger.
        columns: Which columns the table has; by default those of the contract. Others are left alone.
        economy_unit: Of the figures, as for frames.

    Returns:
        One ``SELECT`` with its own ``ORDER BY``, without a semicolon.

    Raises:
        InvalidValue: The dialect or the table's name is none, or a column is missing that must be there.
        UnknownUnit: ``economy_unit`` is none.
        MissingExtra: narwhals, DuckDB or sqlglot is not installed.

    >>> text = economy_sql("postgres", table="my_fills", columns=["vehicle_id", "local_date",
    ...                    "odometer_km", "volume_l"])
    >>> text.startswith("WITH ") and '"my_fills"' in text
    True
    """
    if dialect not in _DIALECTS:
        raise InvalidValue("dialect", dialect, "must be one of " + ", ".join(_DIALECTS))
    asked = asked_unit(economy_unit)
    if isinstance(columns, str | bytes) or not isinstance(columns, Iterable | None):
        raise InvalidValue("columns", columns, "must be the names of columns")
    given = frozenset(_USUAL if columns is None else columns)
    for package in ("narwhals", "duckdb", "sqlglot"):
        try:
            __import__(package)
        except ImportError:
            extra = "analysis" if package == "narwhals" else "duckdb"
            raise MissingExtra(extra, package) from None
    import duckdb
    import narwhals.stable.v2 as nw

    from motovault.analysis.pipeline import intervals

    there = [name for name in _TYPES if name in given]
    declared = ", ".join(f'"{name}" {_TYPES[name]}' for name in there) or '"nothing" BOOLEAN'
    with duckdb.connect() as connection:
        connection.execute(f'CREATE TABLE "{_STANDS_FOR}" ({declared})')
        query = intervals(nw.from_native(connection.table(_STANDS_FOR)), asked).to_native().sql_query()
    return _translated(query, dialect, table)


def _translated(query: str, dialect: str, table: str) -> str:
    import sqlglot
    from sqlglot import exp

    tree: Any = sqlglot.parse_one(query, read="duckdb")
    source = _source(table, dialect)
    for part in source.find_all(exp.Identifier):
        part.set("quoted", True)

    def change(node: Any) -> Any:
        if isinstance(node, exp.Table) and node.name == _STANDS_FOR:
            return source.copy()
        if isinstance(node, exp.CTE):
            node.set("materialized", None)
        if isinstance(node, exp.Identifier) and node.name.startswith(_STEP):
            return exp.to_identifier(f"step_{node.name.removeprefix(_STEP)}")
        if isinstance(node, exp.TableAlias) and node.name == _STANDS_FOR:
            return exp.TableAlias(this=exp.to_identifier("t"))
        if isinstance(node, exp.Lag):
            back = node.args.get("offset")
            if isinstance(back, exp.Neg):
                return exp.Lead(this=node.this, offset=back.this)
        if dialect == "sqlite" and isinstance(node, exp.Floor):
            # floor() is not compiled into every SQLite, and what is below 0 never comes here
            return exp.Cast(this=node.this, to=exp.DataType.build("BIGINT"))
        return node

    tree = tree.transform(change)
    # DuckDB leaves the order in a part of the query, where it binds nobody.
    for order in list(tree.find_all(exp.Order)):
        if isinstance(order.parent, exp.Select):
            order.pop()
            tree.set("order", order)
    return str(tree.sql(dialect=dialect))


def _source(table: str, dialect: str) -> Any:
    """What stands behind ``FROM``: one table, or one query in brackets, and nothing else."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    refused = InvalidValue("table", table, "must be the name of a table, or a query in brackets")
    if not isinstance(table, str):
        raise refused
    try:
        found: Any = sqlglot.parse_one(f"SELECT 1 FROM {table}", read=dialect)
    except SqlglotError:
        raise refused from None
    if not isinstance(found, exp.Select) or {name for name, part in found.args.items() if part} != _PARTS:
        raise refused
    source = found.args["from_"].this
    if not isinstance(source, exp.Table | exp.Subquery | exp.Values) or source.args.get("joins"):
        raise refused
    return source
