"""No child of another's vehicle, by raw SQL on both databases: the keys (user_id, vehicle_id)."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql import migrate, shipped
from motovault.storage.sql.owner_keys import OWNED, key_name
from motovault.storage.sql.tables import METADATA

pytestmark = pytest.mark.migrations

ANAS, BOBS, ROW = (f"0000000000000000000000000000000{n}" for n in (1, 2, 3))
REST = {
    "fuel_logs": ("date_time, fuel_units, cost_per_unit", "'2026-01-01T00:00:00.000000+00:00', 1, 1"),
    "maintenance_logs": ("category, service_date", "'repair', '2026-01-31'"),
    "maintenance_schedules": ("category", "'repair'"),
    "documents": ("document_type, title", "'manual', 't'"),
}
LAST_BEFORE = {"vehicles": "002", "fuel_logs": "002", "maintenance": "002", "documents": "001"}


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _rows(db_engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with db_engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def _insert(table: str, user: str, vehicle: str, row: str = ROW) -> str:
    columns, values = REST[table]
    return (
        f"INSERT INTO {table} (id, user_id, vehicle_id, {columns})"
        f" VALUES ('{row}', '{user}', '{vehicle}', {values})"
    )


TWO_CARS = f"INSERT INTO vehicles (id, user_id) VALUES ('{ANAS}', 'ana'), ('{BOBS}', 'bob')"


@pytest.fixture
def two_cars(migrated_engine: sa.Engine) -> sa.Engine:
    _run(migrated_engine, TWO_CARS)
    return migrated_engine


def test_every_table_that_tells_owner_and_vehicle_has_the_key(two_cars: sa.Engine) -> None:
    tables = [
        name for name, table in METADATA.tables.items() if {"user_id", "vehicle_id"} <= set(table.c.keys())
    ]
    assert sorted(tables) == sorted(OWNED) == sorted(REST)
    for table in tables:
        (key,) = [
            key for key in sa.inspect(two_cars).get_foreign_keys(table) if key["name"] == key_name(table)
        ]
        assert (key["constrained_columns"], key["referred_table"], key["referred_columns"]) == (
            *(["user_id", "vehicle_id"], "vehicles", ["user_id", "id"]),
        )
        assert key["options"] == {"ondelete": "CASCADE"}


@pytest.mark.parametrize("table", OWNED)
@pytest.mark.parametrize(
    ("user", "vehicle"), [("ana", BOBS), ("bob", ANAS), ("carl", ANAS), ("ana", ROW)], ids=str
)
def test_a_child_of_anothers_vehicle_is_refused(
    two_cars: sa.Engine, table: str, user: str, vehicle: str
) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
        _run(two_cars, _insert(table, user, vehicle))
    _run(two_cars, _insert(table, "ana", ANAS))


@pytest.mark.parametrize("table", OWNED)
@pytest.mark.parametrize("change", ["user_id = 'bob'", f"vehicle_id = '{BOBS}'"])
def test_an_update_makes_no_child_of_anothers_vehicle(two_cars: sa.Engine, table: str, change: str) -> None:
    _run(two_cars, _insert(table, "ana", ANAS))
    before = _rows(two_cars, f"SELECT * FROM {table}")
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
        _run(two_cars, f"UPDATE {table} SET {change}")
    assert _rows(two_cars, f"SELECT * FROM {table}") == before
    _run(two_cars, f"UPDATE {table} SET user_id = 'bob', vehicle_id = '{BOBS}'")


@pytest.mark.parametrize("table", OWNED)
def test_a_vehicle_that_has_children_is_not_given_away_from_under_them(
    two_cars: sa.Engine, table: str
) -> None:
    _run(two_cars, _insert(table, "ana", ANAS))
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
        _run(two_cars, f"UPDATE vehicles SET user_id = 'bob' WHERE id = '{ANAS}'")
    _run(two_cars, "DELETE FROM vehicles")
    assert _rows(two_cars, f"SELECT * FROM {table}") == []


def _given_away(db_engine: sa.Engine) -> list[str]:
    """What the page on isolation says to do; in SQLite one statement after the other."""
    text = (Path(__file__).parents[2] / "docs" / "explanation" / "isolation.md").read_text(encoding="utf-8")
    (statement,) = re.findall(r"```sql\n(WITH given.*?)```", text, flags=re.DOTALL)
    if db_engine.dialect.name == "postgresql":
        return [statement]
    assert "PRAGMA defer_foreign_keys = ON" in text
    updates = [f"UPDATE {table} SET user_id = 'ben' WHERE vehicle_id = '{ANAS}'" for table in OWNED]
    return [
        *("BEGIN", "PRAGMA defer_foreign_keys = ON"),
        *(f"UPDATE vehicles SET user_id = 'ben' WHERE id = '{ANAS}'", *updates, "COMMIT"),
    ]


def test_a_vehicle_is_given_away_with_all_that_hangs_on_it_as_the_page_says(two_cars: sa.Engine) -> None:
    _run(two_cars, *(_insert(table, "ana", ANAS) for table in OWNED))
    with two_cars.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in _given_away(two_cars):
            connection.exec_driver_sql(statement)
    for table in ("vehicles", *OWNED):
        column = "id" if table == "vehicles" else "vehicle_id"
        query = f"SELECT user_id FROM {table} WHERE {column} = '{ANAS}'"
        assert _rows(two_cars, query) == [("ben",)]
    assert _rows(two_cars, f"SELECT user_id FROM vehicles WHERE id = '{BOBS}'") == [("bob",)]
    with pytest.raises(sa.exc.IntegrityError):
        _run(two_cars, _insert("documents", "ana", ANAS, BOBS))


# --- adding the keys to a database that is in use


def _columns(db_engine: sa.Engine, table: str) -> list[str]:
    return [column["name"] for column in sa.inspect(db_engine).get_columns(table)]


@pytest.fixture
def before_the_keys(db_engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The schema of the release before the keys, made by its own files."""
    older = tmp_path / "older"
    copytree(shipped.migrations_folder(), older)
    for path in older.glob("*/[0-9]*.py"):
        capsule, number = path.parent.name, path.name[:3]
        if number > LAST_BEFORE.get(capsule, "999") or capsule not in {"vehicles", *LAST_BEFORE}:
            path.unlink()
    with monkeypatch.context() as patch:
        for module in (shipped, migrate):
            patch.setattr(module, "migrations_folder", lambda: older)
        shipped.shipped.cache_clear()
        migrate.upgrade(db_engine)
    shipped.shipped.cache_clear()
    return db_engine


def test_the_keys_come_to_a_database_in_use_and_leave_its_rows_as_they_were(
    before_the_keys: sa.Engine,
) -> None:
    db_engine = before_the_keys
    for table in OWNED:
        names = {key["name"] for key in sa.inspect(db_engine).get_foreign_keys(table)}
        assert names == {f"{table}_vehicle_id_fkey"}
    _run(db_engine, TWO_CARS, *(_insert(table, "ana", ANAS) for table in OWNED))
    # by name: later files add columns
    wanted = {table: ", ".join(_columns(db_engine, table)) for table in ("vehicles", *OWNED)}
    queries = [f"SELECT {columns} FROM {table} ORDER BY id" for table, columns in wanted.items()]
    rows = [_rows(db_engine, query) for query in queries]
    migrate.upgrade(db_engine)
    assert [_rows(db_engine, query) for query in queries] == rows
    with pytest.raises(sa.exc.IntegrityError):
        _run(db_engine, _insert("documents", "ana", BOBS, ANAS))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_in_sqlite_what_others_added_to_the_tables_survives_the_rebuild(
    before_the_keys: sa.Engine,
) -> None:
    db_engine = before_the_keys
    own = (
        "ALTER TABLE fuel_logs ADD COLUMN \"my mood\" TEXT DEFAULT 'a:b (c)'",
        "CREATE INDEX mine ON fuel_logs (lower(notes)) WHERE notes IS NOT NULL",
        """
        CREATE TRIGGER mine_too AFTER INSERT ON fuel_logs BEGIN
            UPDATE vehicles SET nickname = 'x:y' WHERE id = NEW.vehicle_id;
        END
        """,
        "CREATE VIEW seen AS SELECT f.id, v.user_id FROM fuel_logs f JOIN vehicles v ON v.id = f.vehicle_id",
    )
    _run(db_engine, TWO_CARS, *own, _insert("fuel_logs", "ana", ANAS))
    named = "SELECT type, name, sql FROM sqlite_master WHERE name IN ('mine', 'mine_too', 'seen') ORDER BY 2"
    before = _rows(db_engine, named)
    assert len(before) == 3
    migrate.upgrade(db_engine)
    assert _rows(db_engine, named) == before
    assert _rows(db_engine, 'SELECT "my mood", (SELECT count(*) FROM seen) FROM fuel_logs') == [
        ("a:b (c)", 1)
    ]
    assert _rows(db_engine, "SELECT nickname FROM vehicles WHERE user_id = 'ana'") == [("x:y",)]
    ((sql,),) = _rows(db_engine, "SELECT sql FROM sqlite_master WHERE name = 'fuel_logs'")
    assert str(sql).count("FOREIGN KEY") == 2
    assert _rows(db_engine, "PRAGMA legacy_alter_table") == [(0,)]
    assert _rows(db_engine, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("table", OWNED)
def test_a_child_of_anothers_vehicle_from_before_is_kept_by_postgresql_and_named_by_sqlite(
    before_the_keys: sa.Engine, table: str
) -> None:
    db_engine = before_the_keys
    _run(db_engine, TWO_CARS, _insert(table, "ana", BOBS))
    if db_engine.dialect.name == "sqlite":
        with pytest.raises(StorageFailure, match=rf"1 rows of {table} are of another user's .*id {ROW}"):
            migrate.upgrade(db_engine)
        _run(db_engine, f"UPDATE {table} SET user_id = 'bob'")
        migrate.upgrade(db_engine)
        return
    migrate.upgrade(db_engine)
    valid = "SELECT convalidated FROM pg_constraint WHERE conname = '{}'"
    assert [_rows(db_engine, valid.format(key_name(owned))) for owned in OWNED] == [
        [(owned != table,)] for owned in OWNED
    ]
    with pytest.raises(sa.exc.IntegrityError):
        _run(db_engine, _insert(table, "ana", BOBS, ANAS))
    _run(db_engine, f"UPDATE {table} SET vehicle_id = vehicle_id, {_other_column(table)}")
    _run(db_engine, f"UPDATE {table} SET user_id = 'bob'")


def _other_column(table: str) -> str:
    return "email_notifications = true" if table in {"documents", "maintenance_schedules"} else "notes = 'n'"
