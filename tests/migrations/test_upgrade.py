"""Upgrading: the documented order, all or nothing, one at a time, drift refused, nothing done twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql import SchemaBehind, SchemaDrift, make_engine, migrate, shipped
from motovault.storage.sql.tables import METADATA

pytestmark = pytest.mark.migrations

TABLES = {*METADATA.tables, "_migrations", migrate.VERSION_TABLE}
FILES = len(shipped.shipped())


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped migrations that a test may change."""
    folder = tmp_path / "100% mine" / "migrations"  # a percent sign is special to Alembic's configuration
    copytree(shipped.migrations_folder(), folder)
    for module in (shipped, migrate):
        monkeypatch.setattr(module, "migrations_folder", lambda: folder)
    shipped.shipped.cache_clear()
    yield folder
    shipped.shipped.cache_clear()


def _tables(db_engine: sa.Engine) -> set[str]:
    return set(sa.inspect(db_engine).get_table_names())


def _add_file(folder: Path, name: str, body: str, revision: str = "vehicles_003") -> None:
    (folder / "vehicles" / name).write_text(
        f"from alembic import op\nrevision = {revision!r}\ndown_revision = 'vehicles_002'\n"
        f"branch_labels = depends_on = None\ndef upgrade():\n    {body}\ndef downgrade(): ...\n"
    )
    shipped.shipped.cache_clear()


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
    before = _schema(db_engine)
    for capsule in reversed(shipped.CAPSULES):
        migrate.downgrade(db_engine, capsule)
    assert _tables(db_engine) == {"_migrations", migrate.VERSION_TABLE}
    assert migrate.status(db_engine).applied == ()
    if db_engine.dialect.name == "postgresql":
        with db_engine.connect() as connection:
            left = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.exec_driver_sql(left).scalar_one() == 0
    assert len(migrate.upgrade(db_engine)) == FILES
    assert _schema(db_engine) == before


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
        *("user_preferences", "vehicles", "vehicles", "fuel_logs", "fuel_logs")
    ]


# --- drift


def test_a_file_that_was_changed_after_it_was_applied_is_refused(
    db_engine: sa.Engine, own_files: Path
) -> None:
    migrate.upgrade(db_engine)
    path = own_files / "vehicles" / "001_create_vehicles.py"
    path.write_text(path.read_text() + "# one more line\n")
    _add_file(own_files, "003_more.py", "op.execute('CREATE TABLE more (id INTEGER)')")
    found = migrate.status(db_engine)
    assert found.changed == ("vehicles/001_create_vehicles.py",)
    assert not found.is_current
    for refuses in (migrate.upgrade, migrate.require_current):
        with pytest.raises(SchemaDrift, match=r"001_create_vehicles\.py was changed"):
            refuses(db_engine)
    assert _tables(db_engine) == TABLES


def test_line_ends_of_another_system_are_no_change(db_engine: sa.Engine, own_files: Path) -> None:
    migrate.upgrade(db_engine)
    for path in own_files.glob("*/*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    shipped.shipped.cache_clear()
    assert migrate.status(db_engine).is_current


def test_a_database_of_a_newer_version_is_read_but_not_migrated(
    db_engine: sa.Engine, own_files: Path
) -> None:
    _add_file(own_files, "003_more.py", "op.execute('CREATE TABLE more (id INTEGER)')")
    migrate.upgrade(db_engine)
    (own_files / "vehicles" / "003_more.py").unlink()
    shipped.shipped.cache_clear()
    migrate.require_current(db_engine)
    assert migrate.status(db_engine).unknown == ("vehicles/003_more.py",)
    with pytest.raises(SchemaDrift, match="003_more"):
        migrate.upgrade(db_engine)


def test_the_migrations_table_of_another_application_is_told_apart(db_engine: sa.Engine) -> None:
    with db_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE _migrations (id INTEGER, name VARCHAR(50))")
    with pytest.raises(StorageFailure, match=r"another application's.*capsule"):
        migrate.upgrade(db_engine)
    assert _tables(db_engine) == {"_migrations"}


# --- failure


@pytest.mark.parametrize(
    "body",
    [
        "op.execute('CREATE TABLE half (id INTEGER)'); op.execute('CREATE NONSENSE')",
        "op.execute('CREATE TABLE half (id INTEGER)'); raise RuntimeError('my mistake')",
    ],
)
def test_a_file_that_fails_leaves_the_schema_as_it_was(
    db_engine: sa.Engine, own_files: Path, body: str
) -> None:
    migrate.upgrade(db_engine, ["user_preferences"])
    before = _schema(db_engine)
    _add_file(own_files, "003_fails.py", body)
    with pytest.raises(
        StorageFailure, match=r"003_fails\.py failed, the database and its schema are as they were"
    ):
        migrate.upgrade(db_engine)
    assert _schema(db_engine) == before
    assert len(migrate.status(db_engine).applied) == 1
    (own_files / "vehicles" / "003_fails.py").unlink()
    shipped.shipped.cache_clear()
    assert len(migrate.upgrade(db_engine)) == FILES - 1


def test_in_sqlite_a_file_that_leaves_orphans_is_undone(tmp_path: Path, own_files: Path) -> None:
    db_engine = make_engine(tmp_path / "garage.db")
    migrate.upgrade(db_engine)
    with db_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO vehicles (id, user_id) VALUES ('a', 'ana')")
        connection.exec_driver_sql(
            "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)"
            " VALUES ('b', 'ana', 'a', '2026-01-01T00:00:00.000000+00:00', '1', '1')"
        )
    _add_file(own_files, "003_orphans.py", "op.execute('DELETE FROM vehicles')")
    with pytest.raises(StorageFailure, match="without what they refer to"):
        migrate.upgrade(db_engine)
    with db_engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM vehicles").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    db_engine.dispose()


def test_in_sqlite_rebuilding_the_parent_keeps_the_children(tmp_path: Path, own_files: Path) -> None:
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
    _add_file(own_files, "003_rebuild.py", rebuild)
    migrate.upgrade(db_engine)
    with db_engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM fuel_logs").scalar_one() == 1
    db_engine.dispose()


# --- at once, and cut off

_UPGRADE = """
import sys
from motovault.storage.sql import make_engine, migrate
print("ready", flush=True)
sys.stdin.readline()
print(len(migrate.upgrade(make_engine(sys.argv[1]))))
"""


def _start(program: str, *arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_of_processes_that_migrate_at_once_one_does_it_and_the_others_wait(
    database_url: str, db_engine: sa.Engine
) -> None:
    processes = [_start(_UPGRADE, database_url) for _ in range(3)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert sorted(out.strip() for out, _ in answers) == sorted(["0", "0", str(FILES)])
    assert migrate.status(db_engine).is_current


_HANG = """
import sys, time
from motovault.storage.sql import make_engine, migrate, shipped
record = migrate._record
def slow(**arguments):
    record(**arguments)
    if arguments["step"].up_revision_id == "fuel_logs_001":
        print("ready", flush=True)
        time.sleep(60)
migrate._record = slow
migrate.upgrade(make_engine(sys.argv[1]))
"""


def test_a_process_killed_in_the_middle_leaves_the_schema_as_it_was(
    database_url: str, db_engine: sa.Engine
) -> None:
    migrate.upgrade(db_engine, ["user_preferences"])
    before = _schema(db_engine)
    process = _start(_HANG, database_url)  # has applied three files, one more is halfway
    process.kill()
    process.communicate(timeout=30)
    deadline = time.monotonic() + 20
    while _others(db_engine) and time.monotonic() < deadline:
        time.sleep(0.05)  # the server has to notice
    assert _schema(db_engine) == before
    assert len(migrate.upgrade(db_engine)) == FILES - 1
    assert migrate.status(db_engine).is_current


def _others(db_engine: sa.Engine) -> int:
    if db_engine.dialect.name == "sqlite":
        return 0
    with db_engine.connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return int(connection.exec_driver_sql(f"SELECT count(*) {others}").scalar_one())


# --- the script


def test_the_script_makes_the_same_schema_and_records_it(
    database_url: str, db_engine: sa.Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    script = migrate.offline_sql(db_engine.dialect.name)
    raw = db_engine.raw_connection()
    connection = raw.dbapi_connection
    assert connection is not None
    if db_engine.dialect.name == "sqlite":
        connection.executescript(script)
    else:
        connection.autocommit = True
        connection.execute(script)
        connection.autocommit = False
    raw.close()
    assert migrate.status(db_engine).is_current
    assert migrate.upgrade(db_engine) == ()
    by_script = _schema(db_engine)
    for capsule in reversed(shipped.CAPSULES):
        migrate.downgrade(db_engine, capsule)
    migrate.upgrade(db_engine)
    assert _schema(db_engine) == by_script


def test_the_script_knows_two_databases_and_the_order() -> None:
    with pytest.raises(InvalidValue, match="mysql"):
        migrate.offline_sql("mysql")
    script = migrate.offline_sql("postgresql")
    places = [
        script.index(f"CREATE TABLE {table} ") for table in ("user_preferences", "vehicles", "fuel_logs")
    ]
    assert places == sorted(places)
    assert "CREATE TABLE user_preferences" not in migrate.offline_sql("postgresql", ["fuel_logs"])


def test_the_status_prints_one_line_a_file(db_engine: sa.Engine) -> None:
    assert str(migrate.status(db_engine)).splitlines()[-1] == "5 pending, 0 drifted"
    migrate.upgrade(db_engine, ["user_preferences"])
    lines = str(migrate.status(db_engine)).splitlines()
    assert lines[0].startswith("user_preferences/001_create_user_preferences.py ")
    assert " applied 20" in lines[0]
    assert ["vehicles/001_create_vehicles.py", "pending"] in [line.split() for line in lines]
    assert ["backup/001_create_backup_tables.py", "not", "installed"] in [line.split() for line in lines]
    migrate.upgrade(db_engine)
    assert str(migrate.status(db_engine)).splitlines()[-1] == "up to date"


_IN_PUBLIC = "= 'public'::regnamespace"
_SAYS = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite_%'"],
    "postgresql": [
        "SELECT * FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace {_IN_PUBLIC}",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        f"SELECT proname, prosrc FROM pg_proc WHERE pronamespace {_IN_PUBLIC}",
    ],
}


def _schema(db_engine: sa.Engine) -> dict[str, list[list[str]]]:
    """Everything that the database itself says about its tables, in its own words."""
    with db_engine.connect() as connection:
        return {
            query: sorted(
                [" ".join(str(value).split()) for value in row] for row in connection.exec_driver_sql(query)
            )
            for query in _SAYS[db_engine.dialect.name]
        }
