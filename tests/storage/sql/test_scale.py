"""A million fuel logs of fifty thousand vehicles: every statement finds its rows by an index.

A statement that is added to ``motovault.storage.sql`` is found and asked about;
the page ``docs/explanation/scale.md`` says which index serves it, and is held to it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.rows import dict_row

from motovault.storage.sql import fuel_logs, make_engine, migrate
from motovault.storage.sql.statements import Statement
from tests import scratch
from tests.storage.sql import scale
from tests.storage.sql.scale import Plan, Sizes, plan

PAGE: Final = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "scale.md"
SIZES: Final = Sizes()
STATEMENTS: Final = scale.statements()

NOT_GROWING: Final = {"email_templates", "backup_settings", "backup_schedules"}
"""Tables that have a few rows, whoever uses the application."""

INDEX_PAGES: Final = 8
"""Of 8 kB: what the way down an index and a row's lock may cost."""

INDEX_ENTRY: Final = 100
"""Bytes of the longest entry of an index, in pages that are not quite full."""

AFTER: Final = {
    "vehicles": ("after_at", "created_at"),
    "fuel_logs": ("after_at", "date_time"),
    "maintenance_logs": ("after_on", "service_date"),
}
"""By which column, before the id, a list goes on behind one of its rows."""


class Case(NamedTuple):
    """Who asks.

    Attributes:
        user_id: As the repositories say it.
        vehicle_id: About which vehicle; of somebody else's, where the user has none.
        vehicles: How many the user has, deleted ones included.
        logs: How many fuel logs that vehicle has, as far as this user may know.
        rows: A row of each table that the user has, or would write.
    """

    user_id: str
    vehicle_id: uuid.UUID
    vehicles: int
    logs: int
    rows: dict[str, dict[str, Any]]


USERS: Final = ("somebody", "the fleet", "nobody")


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    with scratch.database(postgres_url) as url:
        db_engine = make_engine(url)
        migrate.upgrade(db_engine)
        db_engine.dispose()
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as made:
            scale.fill(made, SIZES)
            yield made


@pytest.fixture(scope="module")
def bound_role(postgres_url: str, connection: psycopg.Connection[Any]) -> Iterator[str]:
    """A role that row-level security binds, which is switched on; who owns the tables it does not bind."""
    db_engine = make_engine(sa.make_url(postgres_url).set(database=connection.info.dbname))
    migrate.upgrade(db_engine, row_level_security="on")
    db_engine.dispose()
    with scratch.role(postgres_url) as name:
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}".encode())
        yield name
        connection.execute(f"DROP OWNED BY {name}".encode())


@pytest.fixture(scope="module")
def cases(connection: psycopg.Connection[Any]) -> dict[str, Case]:
    somebody = _case(connection, scale.user_name(12_345), "the first")
    fleet = _case(connection, scale.FLEET, scale.BUSY)
    # of whose statements none finds a row, however much the ids are there
    stranger = {table: {**row, "user_id": "auth0|nobody"} for table, row in somebody.rows.items()}
    nobody = Case("auth0|nobody", somebody.vehicle_id, 0, 0, stranger)
    return dict(zip(USERS, (somebody, fleet, nobody), strict=True))


def _case(connection: psycopg.Connection[Any], user_id: str, vehicle: str) -> Case:
    """The rows of a user: those of the vehicle that an SQL expression gives, or of one of theirs."""
    with connection.cursor(row_factory=dict_row) as cursor:

        def rows(table: str, condition: str, *args: object) -> list[dict[str, Any]]:
            text = f"SELECT * FROM {table} WHERE user_id = %s AND {condition} ORDER BY id"
            return cursor.execute(text.encode(), (user_id, *args)).fetchall()

        live = "deleted_at IS NULL" if vehicle == "the first" else f"id = {vehicle}"
        found = {"vehicles": rows("vehicles", live)[0]}
        vehicle_id = found["vehicles"]["id"]
        logs = rows("fuel_logs", "vehicle_id = %s", vehicle_id)
        found["fuel_logs"] = logs[len(logs) // 2]
        found["user_preferences"] = rows("user_preferences", "TRUE")[0]
        for table in ("maintenance_logs", "maintenance_schedules"):
            found[table] = rows(table, "vehicle_id = %s", vehicle_id)[0]
        option = cursor.execute(scale.OPTION.encode()).fetchone()
        assert option is not None
        # of no user: who asks is of no account
        found |= dict.fromkeys(("engines", "transmissions", "vehicle_options"), option)
        count = len(rows("vehicles", "TRUE"))
    return Case(user_id, vehicle_id, count, len(logs), found)


def _args(statement: Statement, case: Case) -> tuple[object, ...]:
    """The values of a call: those of a row of the statement's table, and what callers give besides."""
    first, *_ = scale.tables(statement)
    assert first.name in case.rows, f"no rows of {first.name} are made: fill it in tests/storage/sql/scale.py"
    row = case.rows[first.name]
    values = {"vehicle_id": case.vehicle_id, "this_user": case.user_id, "this_id": row["id"], "limit": 100}
    if first.name in AFTER:
        name, column = AFTER[first.name]
        values |= {name: row[column], "after_id": row["id"]}
    values |= {"moment": row["updated_at"]} | row
    if isinstance(scale.elements(statement), sa.Insert):
        values |= {"id": uuid.uuid4(), "source_key": "a new one", "vin": "1HGCM82633A0ZZZZZ"}
    unknown = [name for name in scale.parameters(statement) if name not in values]
    assert not unknown, f"what is given for {unknown} is not known to tests/storage/sql/test_scale.py"
    return tuple(values[name] for name in scale.parameters(statement))


def _plan(
    connection: psycopg.Connection[Any],
    statement: Statement,
    case: Case,
    *,
    generic: bool,
    role: str | None = None,
) -> Plan:
    # an insert is only planned: nobody's would be refused, and those of others examine nothing
    run = not isinstance(scale.elements(statement), sa.Insert)
    args = _args(statement, case)
    return plan(connection, statement, args, generic=generic, run=run, user_id=case.user_id, role=role)


Planned = dict[str, dict[tuple[str, bool], Plan]]


@pytest.fixture(scope="module")
def plans(connection: psycopg.Connection[Any], cases: dict[str, Case]) -> Planned:
    """For each statement, by who asks and whether its plan is the one for all values."""
    return {
        name: {
            (user, generic): _plan(connection, statement, case, generic=generic)
            for user, case in cases.items()
            for generic in (False, True)
        }
        for name, statement in STATEMENTS.items()
    }


# ----------------------------------------------------------------------- PostgreSQL


def test_the_statements_are_found() -> None:
    assert {name.partition(".")[0] for name in STATEMENTS} >= {
        *("vehicles", "fuel_logs", "odometer", "user_preferences")
    }
    assert len(STATEMENTS) >= 31
    assert STATEMENTS["fuel_logs.LIST_NEXT"] is fuel_logs._LIST_NEXT
    assert STATEMENTS["fuel_logs.BULK"] is fuel_logs._BULK._insert


def test_the_rows_are_as_many_as_is_said_and_no_vehicle_is_strange(
    connection: psycopg.Connection[Any], cases: dict[str, Case]
) -> None:
    def count(text: str) -> int:
        row = connection.execute(text.encode()).fetchone()
        assert row is not None
        return int(row[0])

    assert count("SELECT count(*) FROM fuel_logs") == SIZES.fuel_logs == 1_000_000
    assert count("SELECT count(*) FROM vehicles") == SIZES.vehicles == 50_000
    assert count("SELECT count(DISTINCT user_id) FROM vehicles") == SIZES.users
    strange = "FROM fuel_logs l LEFT JOIN vehicles v ON (v.user_id, v.id) = (l.user_id, l.vehicle_id)"
    assert count(f"SELECT count(*) {strange} WHERE v.id IS NULL") == 0
    assert (cases["the fleet"].vehicles, cases["the fleet"].logs) == (1000, 5000)
    assert (cases["somebody"].vehicles, cases["somebody"].logs) == (2, 20)


def test_what_a_statement_touches_has_many_rows(connection: psycopg.Connection[Any]) -> None:
    """Of a table with few, the plan would say nothing about one with many."""
    known = dict(connection.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'").fetchall())
    touched = {table.name for statement in STATEMENTS.values() for table in scale.tables(statement)}
    assert {name for name in touched - NOT_GROWING if known[name] < 10_000} == set()


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_reads_no_growing_table_from_end_to_end(plans: Planned, name: str) -> None:
    assert {who: found.scanned for who, found in plans[name].items() if found.scanned - NOT_GROWING} == {}


@pytest.mark.parametrize("generic", [False, True], ids=["for its values", "for all values"])
def test_row_level_security_costs_no_statement_its_index(
    connection: psycopg.Connection[Any], cases: dict[str, Case], bound_role: str, *, generic: bool
) -> None:
    for name, statement in STATEMENTS.items():
        for user, case in cases.items():
            found = _plan(connection, statement, case, generic=generic, role=bound_role)
            assert found.scanned <= NOT_GROWING, (name, user, found.nodes)


def _statement(*conditions: sa.ColumnElement[bool], names: tuple[str, ...]) -> Statement:
    return Statement(sa.select(fuel_logs.FUEL_LOGS).where(*conditions), *names)


def test_a_statement_without_an_index_is_noticed(
    connection: psycopg.Connection[Any], cases: dict[str, Case]
) -> None:
    columns = fuel_logs.FUEL_LOGS.c
    lazy = _statement(
        columns.odometer == sa.bindparam("odometer", type_=columns.odometer.type), names=("odometer",)
    )
    whole = Statement(sa.select(fuel_logs.FUEL_LOGS).order_by(columns.date_time))
    for generic in (False, True):
        assert _plan(connection, lazy, cases["somebody"], generic=generic).scanned == {"fuel_logs"}
    connection.execute("SET enable_seqscan = off")
    try:
        assert _plan(connection, whole, cases["somebody"], generic=False).scanned == {"fuel_logs"}
    finally:
        connection.execute("RESET enable_seqscan")


def test_a_statement_that_cannot_be_fed_is_not_passed_over(cases: dict[str, Case]) -> None:
    odd = _statement(fuel_logs.FUEL_LOGS.c.notes == sa.bindparam("mood"), names=("mood",))
    with pytest.raises(AssertionError, match="mood"):
        _args(odd, cases["somebody"])
    elsewhere = Statement(sa.select(sa.Table("moods", sa.MetaData(), sa.Column("id", sa.Uuid))))
    with pytest.raises(AssertionError, match="moods"):
        _args(elsewhere, cases["somebody"])


Bound = Callable[[Case], int]


def _one(case: Case) -> int:
    return 1


def _page(case: Case) -> int:
    return min(100, case.logs)


def _logs(case: Case) -> int:
    return case.logs


def _readings(case: Case) -> int:
    return case.logs + 10  # the work on a vehicle, two rows here, and the vehicle itself


def _vehicles(case: Case) -> int:
    return case.vehicles


def _steps(case: Case) -> int:
    return 3 * 41  # the way down the index for each of forty years, and once to find that there is no more


BOUNDS: Final[dict[str, Bound]] = {
    "platform.YEARS": _steps,
    # of the catalogue: a year, a make of it, a model of that; then one option, and what it has
    "platform.MAKES": lambda case: 3000,
    "platform.MODELS": lambda case: 60,
    "platform.TRIMS": lambda case: 3,
    **dict.fromkeys(("platform.ENGINES", "platform.TRANSMISSIONS"), lambda case: 2),
    "platform.TRANSMISSIONS_WITH": lambda case: 3,
    # of all three trims of a model: their options and what these have; with an engine, it too
    **dict.fromkeys(("platform.ENGINES_OF_ALL", "platform.TRANSMISSIONS_OF_ALL"), lambda case: 6),
    "platform.TRANSMISSIONS_OF_ALL_WITH": lambda case: 7,
    **dict.fromkeys(("platform.FIND_ENGINE", "platform.FIND_TRANSMISSION"), _one),
    "odometer.OF_VEHICLE": _readings,
    **dict.fromkeys(("fuel_logs.LIST_FIRST", "fuel_logs.LIST_NEXT"), _page),
    **dict.fromkeys(("fuel_logs.LIST", "fuel_logs.LIST_AFTER", "fuel_logs.COUNT"), _logs),
    **dict.fromkeys(
        ("vehicles.LIST", "vehicles.LIST_FIRST", "vehicles.LIST_AFTER", "vehicles.LIST_NEXT"), _vehicles
    ),
    **dict.fromkeys(("vehicles.LIST_DELETED", "vehicles.COUNT"), _vehicles),
    **dict.fromkeys(
        ("fuel_logs.GET", "fuel_logs.GET_FOR_CHANGE", "fuel_logs.HAS_ID", "fuel_logs.REMOVE"), _one
    ),
    **dict.fromkeys(
        ("vehicles.GET", "vehicles.GET_FOR_CHANGE", "vehicles.HAS_ID", "vehicles.FIND_BY_VIN"), _one
    ),
    **dict.fromkeys(("fuel_logs.HAS_VEHICLE", "user_preferences.FIND"), _one),
}
"""How many rows one call may examine, from what its user has."""


def test_no_question_to_the_catalogue_is_without_a_bound() -> None:
    assert {name for name in STATEMENTS if name.startswith("platform.")} <= set(BOUNDS)


@pytest.mark.parametrize("name", BOUNDS)
def test_a_read_examines_what_its_user_has_and_not_what_others_have(
    plans: Planned, cases: dict[str, Case], name: str
) -> None:
    """A point is one row, a page a hundred; and the pages of 8 kB are as many, beside the way down."""
    for (user, generic), found in plans[name].items():
        bound = BOUNDS[name](cases[user])
        if name == "fuel_logs.LIST_NEXT" and not generic:
            # with the values at hand fewer than a page are expected, and all behind the row are sorted
            bound = cases[user].logs
        pages = -(-bound * INDEX_ENTRY // 8192) + bound + INDEX_PAGES
        assert found.examined <= bound, (user, generic, found.nodes)
        assert found.buffers <= pages, (user, generic, found.nodes)


@pytest.mark.parametrize("user", USERS)
def test_a_page_is_read_in_the_order_of_its_index(plans: Planned, user: str) -> None:
    """By a prepared statement's plan, which psycopg comes to after a few calls."""
    for name in ("fuel_logs.LIST_FIRST", "fuel_logs.LIST_NEXT"):
        kinds = {node["Node Type"] for node in plans[name][user, True].nodes}
        assert kinds == {"Limit", "Index Scan"}


def test_deleting_a_vehicle_finds_what_hangs_on_it_by_an_index(connection: psycopg.Connection[Any]) -> None:
    """Every foreign key has an index that begins with a column of it; the user's alone would not do."""
    keys = connection.execute(
        "SELECT c.conname, array_agg(a.attname), ARRAY("
        "   SELECT f.attname FROM pg_index i"
        "   JOIN pg_attribute f ON f.attrelid = i.indrelid AND f.attnum = i.indkey[0]"
        "   WHERE i.indrelid = c.conrelid AND i.indpred IS NULL)"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
        " WHERE c.contype = 'f' AND c.confrelid = 'vehicles'::regclass GROUP BY c.conname, c.conrelid"
    ).fetchall()
    assert len(keys) >= 4
    without = [name for name, columns, led_by in keys if not set(columns) - {"user_id"} & set(led_by)]
    assert without == []


# ------------------------------------------------------------------------- the page


def _table(page: str, title: str) -> list[list[str]]:
    section = page.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ") and "`" in line]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows]


def _names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_the_page_says_which_index_serves_which_statement(plans: Planned) -> None:
    """A statement of the repositories is on the page, with the indexes that were used; of ``a or b`` one."""
    rows = _table(PAGE.read_text(encoding="utf-8"), "Which index serves which query")
    said = {name: indexes for _, written, indexes in rows for name in _names(written)}
    seen = {name: set().union(*(one.indexes for one in found.values())) for name, found in plans.items()}
    assert set(said) == set(seen)
    for name, indexes in said.items():
        used = set(_names(indexes))
        assert seen[name] == used or (" or " in indexes and seen[name] and seen[name] <= used), (
            name,
            seen[name],
        )


def test_the_page_says_which_indexes_serve_none_of_our_queries(
    connection: psycopg.Connection[Any], plans: Planned
) -> None:
    """Of the tables that our statements touch; what a unique key is for is not a query."""
    page = PAGE.read_text(encoding="utf-8")
    used = {index for found in plans.values() for one in found.values() for index in one.indexes}
    used |= {name for row in _table(page, "Which index serves which query") for name in _names(row[2])}
    touched = {table.name for statement in STATEMENTS.values() for table in scale.tables(statement)}
    rows = connection.execute(
        "SELECT relid::regclass::text, indexrelid::regclass::text, indisunique"
        " FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)"
    ).fetchall()
    idle = {index for table, index, unique in rows if table in touched and not unique and index not in used}
    said = _table(page, "Indexes that serve no query of ours")
    assert {name for first, *_ in said for name in _names(first)} == idle
