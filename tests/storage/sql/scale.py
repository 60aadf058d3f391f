"""A million fuel logs, made by PostgreSQL itself, and what it plans for the repositories' statements.

Rows are written in the order of time, as they come from many people at once, so
that the logs of one vehicle lie on as many pages as there are logs: the least
favourable order for reading them. Ids are version 7, as ours are.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from psycopg.adapt import PyFormat, Transformer

import motovault.storage.sql
from motovault.storage.sql.bulk import BulkInsert
from motovault.storage.sql.statements import Statement

__all__ = [
    "BUSY",
    "FLEET",
    "OPTION",
    "Plan",
    "Sizes",
    "elements",
    "fill",
    "parameters",
    "plan",
    "statements",
    "tables",
    "user_name",
]

FLEET: Final = "auth0|000001"
"""The user with the most vehicles, one of which, :data:`BUSY`, has the most logs."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each are made.

    The fleet has a fiftieth of the vehicles, twenty users a hundred each, the others two or three.
    """

    users: int = 20_000
    vehicles: int = 50_000
    fuel_logs: int = 1_000_000
    maintenance: int = 100_000
    engines: int = 12_000
    options: int = 120_000


def user_name(number: int) -> str:
    return f"auth0|{number:06}"


# ----------------------------------------------------------------------------- rows

_START: Final = "TIMESTAMPTZ '2018-01-01 00:00Z'"


def _uuid7(milliseconds: str, salt: str) -> str:
    """SQL of an id of version 7, the same for the same salt."""
    digits = f"md5({salt})"
    return (
        f"(lpad(to_hex({milliseconds}), 12, '0') || '7' || substr({digits}, 1, 3)"
        f" || '8' || substr({digits}, 4, 15))::uuid"
    )


_VEHICLE_ID: Final = _uuid7("1514764800000 + 1000 * v::bigint", "'vehicle' || v")
BUSY: Final = f"(SELECT {_VEHICLE_ID} FROM (VALUES (1)) AS one (v))"
_USER_OF: Final = """
    CASE WHEN v <= {vehicles} / 50 THEN 1
         WHEN v <= {vehicles} / 50 + {vehicles} / 25 THEN 2 + v % 20
         ELSE 22 + v % ({users} - 21) END
"""
_USER_ID: Final = "'auth0|' || lpad((" + _USER_OF + ")::text, 6, '0')"

_PREFERENCES: Final = f"""
    INSERT INTO user_preferences (id, user_id, unit_system, currency_code, time_zone, created_at, updated_at)
    SELECT {_uuid7("1514764800000 + u::bigint", "'user' || u")}, 'auth0|' || lpad(u::text, 6, '0'),
        'metric', 'EUR', 'Europe/Lisbon', {_START}, {_START}
    FROM generate_series(1, {{users}}) AS u
"""
_VEHICLES: Final = f"""
    INSERT INTO vehicles (id, user_id, vin, make, model, year, nickname, license_plate, odometer_reading,
        is_active, deleted_at, created_at, updated_at, distance_unit, odometer_read_at)
    SELECT {_VEHICLE_ID}, {_USER_ID}, upper(substr(md5('vin' || v), 1, 17)),
        'Honda', 'Accord', 1990 + v % 35, 'Car ' || v, 'AB ' || v, 1000 * (v % 300),
        TRUE, CASE WHEN v % 20 = 0 THEN {_START} + v * INTERVAL '2 minutes' END,
        {_START} + v * INTERVAL '1 minute', {_START} + v * INTERVAL '1 minute', 'km', NULL
    FROM generate_series(1, {{vehicles}}) AS v
"""
# One log in two hundred is of the busy vehicle, the others come round; 5 minutes apart.
_FUEL_LOGS: Final = f"""
    INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, odometer, fuel_type, fuel_grade, fuel_units,
        cost_per_unit, total_cost, location_data, notes, created_at, updated_at, odometer_unit, fuel_unit,
        currency_code, source, source_key)
    SELECT {_uuid7("1514764800000 + 300000 * n::bigint", "'log' || n")}, v.user_id, v.id,
        {_START} + n * INTERVAL '5 minutes', 10000.5 + n / 20, 'gasoline', '95', 30.125 + n % 20,
        1.459 + (n % 300) / 1000.0, 45.50 + n % 40, 'Station ' || n % 500,
        CASE WHEN n % 10 = 0 THEN 'filled on the way to work' END,
        {_START} + n * INTERVAL '5 minutes', {_START} + n * INTERVAL '5 minutes', 'km', 'L', 'EUR',
        CASE WHEN n % 2 = 0 THEN 'fuelio' END, CASE WHEN n % 2 = 0 THEN 'row ' || n END
    FROM generate_series(1, {{fuel_logs}}) AS n
    JOIN made_vehicles AS v
      ON v.number = CASE WHEN n % 200 = 0 THEN 1 ELSE 1 + (n * 7919::bigint) % {{vehicles}} END
    ORDER BY n
"""
_MAINTENANCE_LOGS: Final = f"""
    INSERT INTO maintenance_logs (id, user_id, vehicle_id, category, subtypes, service_date, odometer, cost,
        shop_name, notes, created_at, updated_at)
    SELECT {_uuid7("1514764800000 + 3000000 * n::bigint", "'work' || n")}, v.user_id, v.id,
        'routine_maintenance', ARRAY['Engine Oil'], DATE '2018-01-01' + n / 48, 1000 + n, 99.50,
        'Garage ' || n % 500, NULL, {_START} + n * INTERVAL '50 minutes', {_START} + n * INTERVAL '50 minutes'
    FROM generate_series(1, {{maintenance}}) AS n
    JOIN made_vehicles AS v ON v.number = 1 + (n * 7919::bigint) % {{vehicles}}
    ORDER BY n
"""
_MAINTENANCE_SCHEDULES: Final = f"""
    INSERT INTO maintenance_schedules (id, user_id, vehicle_id, category, subtypes, interval_months,
        interval_miles, last_service_date, last_service_mileage, next_due_date, next_due_mileage,
        created_at, updated_at)
    SELECT {_uuid7("1514764800000 + 3000000 * n::bigint", "'plan' || n")}, v.user_id, v.id,
        'routine_maintenance', ARRAY['Engine Oil', 'Item ' || n], 12, 10000, DATE '2018-01-01', 1000,
        DATE '2019-01-01' + n % 2000, 11000,
        {_START} + n * INTERVAL '50 minutes', {_START} + n * INTERVAL '50 minutes'
    FROM generate_series(1, {{maintenance}}) AS n
    JOIN made_vehicles AS v ON v.number = 1 + (n * 7919::bigint) % {{vehicles}}
    ORDER BY n
"""
# Forty years of fifty makes; of each make in a year twenty models with three trims each.
_CATALOGUE: Final = (
    "INSERT INTO engines (name) SELECT 'Engine ' || n FROM generate_series(1, {engines}) AS n",
    "INSERT INTO transmissions (type) SELECT 'Transmission ' || n FROM generate_series(1, {engines}) AS n",
    """
    INSERT INTO vehicle_options (year, make, model, trim, engine_id, transmission_id)
    SELECT 1981 + n % 40, 'Make ' || n / 40 % 50, 'Model ' || n / 2000 % 20, 'Trim ' || n / 40000 % 3,
        1 + n % {engines}, CASE WHEN n % 3 > 0 THEN 1 + n % {engines} END
    FROM generate_series(0, {options} - 1) AS n
    """,
)

OPTION: Final = (
    "SELECT o.*, e.name AS engine, e.name, t.type FROM vehicle_options o JOIN engines e ON e.id = engine_id"
    " JOIN transmissions t ON t.id = transmission_id WHERE o.id = (SELECT max(id) / 2 FROM vehicle_options)"
)
"""One option, with the names of what it has."""


def fill(connection: psycopg.Connection[Any], sizes: Sizes) -> None:
    """Fill a migrated, empty database, and have PostgreSQL look at what is in it.

    The indexes of the largest table are made after its rows, from what the catalogue says of them.
    """
    values = {"users": sizes.users, "vehicles": sizes.vehicles, "fuel_logs": sizes.fuel_logs}
    values |= {"maintenance": sizes.maintenance, "engines": sizes.engines, "options": sizes.options}
    with connection.transaction(), connection.cursor() as cursor:
        for setting in (
            "session_replication_role = 'replica'",  # no foreign key is asked a million times
            "maintenance_work_mem = '256MB'",
            "work_mem = '64MB'",
        ):
            cursor.execute(f"SET LOCAL {setting}")
        cursor.execute(_PREFERENCES.format_map(values))
        cursor.execute(_VEHICLES.format_map(values))
        cursor.execute(
            "CREATE TEMPORARY TABLE made_vehicles ON COMMIT DROP AS"
            " SELECT row_number() OVER (ORDER BY id)::integer AS number, id, user_id FROM vehicles"
        )
        cursor.execute("ANALYZE made_vehicles")
        cursor.execute("ALTER TABLE fuel_logs SET UNLOGGED")  # half the writing, and the same plans
        again = _without_indexes(cursor, "fuel_logs")
        cursor.execute(_FUEL_LOGS.format_map(values))
        for statement in again:
            cursor.execute(statement)
        cursor.execute(_MAINTENANCE_LOGS.format_map(values))
        cursor.execute(_MAINTENANCE_SCHEDULES.format_map(values))
        for text in _CATALOGUE:
            cursor.execute(text.format_map(values).encode())
    # what runs by itself on a server, but not on the tests'
    tables = "user_preferences, vehicles, fuel_logs, maintenance_logs, maintenance_schedules"
    tables += ", engines, transmissions, vehicle_options"
    connection.execute(f"VACUUM ANALYZE {tables}".encode())


def _without_indexes(cursor: psycopg.Cursor[Any], table: str) -> list[str]:
    """Drop the indexes of a table to which nothing refers; gives the statements that make them again."""
    again = []
    found = cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,"
        " pg_get_constraintdef(c.oid)"
        " FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid"
        " AND c.contype IN ('p', 'u', 'x') WHERE i.indrelid = %s::regclass ORDER BY 1",
        (table,),
    ).fetchall()
    for index, definition, constraint, rule in found:
        if constraint is None:
            cursor.execute(f"DROP INDEX {index}")
            again.append(definition)
        else:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
            again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {rule}")
    return again


# ----------------------------------------------------------------------- statements


def statements() -> dict[str, Statement]:
    """Every statement in the modules of ``motovault.storage.sql``, by module and name: none is forgotten."""
    found: dict[int, tuple[str, Statement]] = {}
    for info in pkgutil.walk_packages(motovault.storage.sql.__path__, "motovault.storage.sql."):
        module = importlib.import_module(info.name)
        home = info.name.removeprefix("motovault.storage.sql.")
        for name, value in vars(module).items():
            for part, statement in _statements_in(value):
                found.setdefault(id(statement), (f"{home}.{name.lstrip('_')}{part}", statement))
    return dict(sorted(found.values()))


def _statements_in(value: object) -> Iterator[tuple[str, Statement]]:
    if isinstance(value, Statement):
        yield "", value
    elif isinstance(value, BulkInsert):
        yield "", value._insert
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from ((f".{key}{part}", found) for part, found in _statements_in(one))
    elif isinstance(value, list | tuple):
        for name, one in zip(getattr(value, "_fields", range(len(value))), value, strict=True):
            yield from ((f".{name}{part}", found) for part, found in _statements_in(one))


def elements(statement: Statement) -> sa.ClauseElement:
    """The statement as SQLAlchemy has it, for PostgreSQL."""
    return statement._elements["postgresql"]


def parameters(statement: Statement) -> tuple[str, ...]:
    """The names of the values that a call gives."""
    return statement._names


def tables(statement: Statement) -> list[sa.Table]:
    """The tables that a statement touches, the one that it is about first."""
    element = elements(statement)
    found: dict[str, sa.Table] = {}
    if isinstance(about := getattr(element, "table", None), sa.Table):
        found[about.name] = about
    for part in sa.sql.visitors.iterate(element):
        if isinstance(part, sa.Table):
            found.setdefault(part.name, part)
        elif isinstance(part, sa.Select):
            found |= {one.name: one for one in part.get_final_froms() if isinstance(one, sa.Table)}
    return list(found.values())


# ---------------------------------------------------------------------------- plans


@dataclass(frozen=True, slots=True)
class Plan:
    """What PostgreSQL did for one statement.

    Attributes:
        nodes: The steps, each with its ``Node Type`` and what EXPLAIN says of it.
        buffers: Pages of 8 kB that it looked at, planning left out.
    """

    nodes: tuple[dict[str, Any], ...]
    buffers: int

    @property
    def scanned(self) -> set[str]:
        """Tables that were read from end to end, be it in the order of an index."""
        return {
            node["Relation Name"]
            for node in self.nodes
            if node["Node Type"] == "Seq Scan"
            or (node["Node Type"] in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node)
        }

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes if "Index Name" in node}

    @property
    def examined(self) -> int:
        """Rows that were read from tables, those included that a filter then left out."""
        return sum(
            round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
            for node in self.nodes
            if "Relation Name" in node and node["Node Type"] != "ModifyTable" and "Actual Rows" in node
        )


def plan(
    connection: psycopg.Connection[Any],
    statement: Statement,
    args: tuple[object, ...],
    *,
    generic: bool,
    run: bool = True,
    user_id: str | None = None,
    role: str | None = None,
) -> Plan:
    """How PostgreSQL does a statement, from EXPLAIN.

    Args:
        connection: In autocommit.
        statement: Of a repository.
        args: As the repository would give them.
        generic: The plan of a prepared statement that is the same for all values; else that for these values.
        run: Run it, undo what it did, and count; else it is only planned.
        user_id: Whom row-level security should take the caller for.
        role: As which role of the database to run it.
    """
    compiled = statement.compiled("postgresql")
    values = compiled.bind(args)
    options = "ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON" if run else "FORMAT JSON"
    explain = f"EXPLAIN ({options}) "
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        if user_id is not None:
            cursor.execute("SELECT set_config('motovault.user_id', %s, true)", (user_id,))
        if role is not None:
            cursor.execute(f'SET LOCAL ROLE "{role}"')
        if generic:
            cursor.execute("SET LOCAL plan_cache_mode = 'force_generic_plan'")
            transformer = Transformer(connection)
            kinds = [_type_name(transformer, value) for value in values]
            text = compiled.text
            for place in range(1, len(values) + 1):
                text = text.replace("%s", f"${place}", 1)
            declared = f"({', '.join(kinds)})" if kinds else ""
            cursor.execute(f"PREPARE motovault_plan {declared} AS {text}".encode())
            literals = ", ".join(psycopg.sql.Literal(value).as_string(connection) for value in values)
            given = f"({literals})" if values else ""
            cursor.execute(f"{explain} EXECUTE motovault_plan {given}".encode())
        else:
            cursor.execute(explain + compiled.text, values)
        row = cursor.fetchone()
        assert row is not None
        if generic:
            cursor.execute("DEALLOCATE motovault_plan")
    (found,) = row[0]
    root = found["Plan"]
    return Plan(tuple(_nodes(root)), root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0))


def _type_name(transformer: Transformer, value: object) -> str:
    """The type that psycopg declares for a value; where it declares none, the server finds one."""
    if value is None:
        return "unknown"
    oid = transformer.get_dumper(value, PyFormat.AUTO).oid
    known = psycopg.adapters.types.get(oid) if oid else None
    if known is None:
        return "unknown"
    return f"{known.name}[]" if oid == known.array_oid else known.name


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)
