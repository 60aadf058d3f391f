"""Upgrading: the documented order, a part of it, nothing done twice, all or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql import SchemaBehind, make_engine, migrate, shipped
from motovault.storage.sql.tables import METADATA
from tests.migrations.conftest import OwnFiles
from tests.migrations.snapshot import schema

pytestmark = pytest.mark.migrations

TABLES = {*METADATA.tables, "_migrations", migrate.VERSION_TABLE}
FILES = len(shipped.shipped())


def _tables(db_engine: sa.Engine) -> set[str]:
    return set(sa.inspect(db_engine).get_table_names())


def test_everything_is_applied_once_in_the_documented_order(db_engine: sa.Engine) -> None:
    assert migrate.status(db_engine).pending == migrate.upgrade(db_engine)
    found = migrate.status(db_engine)
    assert found.is_current
    assert [f.name for f in found.applied] == [f.name for f in shipped.shipped()]
    with db_engine.connect() as connection:  # the order in which they were really run
        rows = connection.execute(sa.select(migrate.MIGRATIONS).order_by("applied_at")).all()
    assert [f"{row.capsule}/{row.file_name}" for row in rows] == [f.name for f in shipped.shipped()]
    assert list(dict.fromkeys(f.capsule for f in found.applied)) == list(shipped.CAPSULES)
    assert {f.applied_at.tzname() for f in found.applied} == {"UTC"}
    assert _tables(db_engine) == TABLES
    assert migrate.upgrade(db_engine) == ()
    migrate.require_current(db_engine)


def test_where_nothing_is_pending_alembic_is_not_even_loaded(tmp_path: Path) -> None:
    path = tmp_path / "garage.db"
    once = (
        "import sys; from motovault.storage.sql import make_engine, migrate;"
        f"print(len(migrate.upgrade(make_engine({str(path)!r}))), 'alembic' in sys.modules)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", once], capture_output=True, text=True, check=True) for _ in "12"
    ]
    assert [run.stdout.split() for run in runs] == [[str(FILES), "True"], ["0", "False"]]


def test_up_down_and_up_again_ends_where_it_began(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    before = schema(db_engine)
    for capsule in reversed(shipped.CAPSULES):
        migrate.downgrade(db_engine, capsule)
    assert _tables(db_engine) == {"_migrations", migrate.VERSION_TABLE}
    assert migrate.status(db_engine).applied == ()
    if db_engine.dialect.name == "postgresql":
        with db_engine.connect() as connection:
            left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.exec_driver_sql(left).scalar_one() == 0
    assert len(migrate.upgrade(db_engine)) == FILES
    assert schema(db_engine) == before


@pytest.mark.parametrize(
    ("chosen", "made"),
    [
        (["user_preferences"], {"user_preferences"}),
        (["fuel_logs"], {"vehicles", "fuel_logs"}),
        ("vehicles", {"vehicles"}),
    ],
)
def test_a_host_may_install_some_capsules_with_what_they_need(
    db_engine: sa.Engine, chosen: list[str], made: set[str]
) -> None:
    migrate.upgrade(db_engine, chosen)
    assert _tables(db_engine) - {"_migrations", migrate.VERSION_TABLE} == made
    migrate.require_current(db_engine, chosen)
    with pytest.raises(SchemaBehind):
        migrate.require_current(db_engine)
    migrate.upgrade(db_engine)
    assert _tables(db_engine) == TABLES


def test_a_capsule_that_has_no_migrations_is_refused(db_engine: sa.Engine) -> None:
    with pytest.raises(InvalidValue, match="wheels") as caught:
        migrate.upgrade(db_engine, ["vehicles", "wheels"])
    assert caught.value.field == "capsule"
    assert _tables(db_engine) == set()


def test_a_schema_that_is_behind_is_refused_and_the_command_is_named_without_the_password() -> None:
    found = SchemaBehind(("vehicles/001_create_vehicles.py",), "motovault migrate --database x")
    assert "vehicles/001_create_vehicles.py" in str(found)
    assert "1 migration is pending" in str(found)


def test_the_command_of_a_postgresql_database_hides_the_password(empty_postgres_database: str) -> None:
    url = sa.make_url(empty_postgres_database).set(password="hunter2")
    db_engine = make_engine(url)
    with pytest.raises(SchemaBehind) as caught:
        migrate.require_current(db_engine)
    db_engine.dispose()
    assert caught.value.command.startswith("motovault migrate --database postgresql://motovault:***@")
    assert "hunter2" not in str(caught.value) + repr(caught.value)
    assert [name.split("/")[0] for name in caught.value.pending] == [
        file.capsule for file in shipped.shipped() if file.capsule in shipped.VAULT
    ]


# --- failure


@pytest.mark.parametrize(
    "body",
    [
        "op.execute('CREATE TABLE half (id INTEGER)'); op.execute('CREATE NONSENSE')",
        "op.execute('CREATE TABLE half (id INTEGER)'); raise RuntimeError('my mistake')",
    ],
)
def test_a_file_that_fails_leaves_the_schema_as_it_was(
    db_engine: sa.Engine, own_files: OwnFiles, body: str
) -> None:
    migrate.upgrade(db_engine, ["user_preferences"])
    before = schema(db_engine)
    name = own_files.add("fails", body)
    with pytest.raises(StorageFailure, match=f"{name} failed, the database and its schema are as they were"):
        migrate.upgrade(db_engine)
    assert schema(db_engine) == before
    assert len(migrate.status(db_engine).applied) == 1
    own_files.remove(name)
    assert len(migrate.upgrade(db_engine)) == FILES - 1


def test_in_sqlite_a_file_that_leaves_orphans_is_undone(tmp_path: Path, own_files: OwnFiles) -> None:
    db_engine = make_engine(tmp_path / "garage.db")
    migrate.upgrade(db_engine)
    with db_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO vehicles (id, user_id) VALUES ('a', 'ana')")
        connection.exec_driver_sql(
            "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)"
            " VALUES ('b', 'ana', 'a', '2026-01-01T00:00:00.000000+00:00', '1', '1')"
        )
    own_files.add("orphans", "op.execute('DELETE FROM vehicles')")
    with pytest.raises(StorageFailure, match="without what they refer to"):
        migrate.upgrade(db_engine)
    with db_engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM vehicles").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    db_engine.dispose()


def test_in_sqlite_rebuilding_the_parent_keeps_the_children(tmp_path: Path, own_files: OwnFiles) -> None:
    """With foreign keys on, dropping the old table would delete every log of every vehicle."""
    db_engine = make_engine(tmp_path / "garage.db")
    migrate.upgrade(db_engine)
    with db_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO vehicles (id, user_id) VALUES ('a', 'ana')")
        connection.exec_driver_sql(
            "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)"
            " VALUES ('b', 'ana', 'a', '2026-01-01T00:00:00.000000+00:00', '1', '1')"
        )
    rebuild = "\n    with op.batch_alter_table('vehicles', recreate='always') as b: b.drop_column('color')"
    own_files.add("rebuild", rebuild)
    migrate.upgrade(db_engine)
    with db_engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM fuel_logs").scalar_one() == 1
    db_engine.dispose()


def test_the_status_prints_one_line_a_file(db_engine: sa.Engine) -> None:
    needed = sum(file.capsule in shipped.VAULT for file in shipped.shipped())
    assert str(migrate.status(db_engine)).splitlines()[-1] == f"{needed} pending, 0 drifted"
    migrate.upgrade(db_engine, ["user_preferences"])
    lines = str(migrate.status(db_engine)).splitlines()
    assert lines[0].startswith("user_preferences/001_create_user_preferences.py ")
    assert " applied 20" in lines[0]
    assert ["vehicles/001_create_vehicles.py", "pending"] in [line.split() for line in lines]
    assert ["backup/001_create_backup_tables.py", "not", "installed"] in [line.split() for line in lines]
    migrate.upgrade(db_engine)
    assert str(migrate.status(db_engine)).splitlines()[-1] == "up to date"
