"""A migration that needs a table which somebody uses: it waits 3 s, says so, and gives up.

As long as it waits, PostgreSQL lets nobody else at the table: that is why it must not wait for long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import psycopg
import pytest
import sqlalchemy as sa

from motovault.errors import InvalidValue
from motovault.storage.sql import SchemaInUse, make_engine, migrate
from motovault.storage.sql.migration_lock import LOCK_TIMEOUT
from tests.migrations.conftest import OwnFiles
from tests.migrations.snapshot import state

pytestmark = pytest.mark.migrations

WIDER = "op.execute('ALTER TABLE vehicles ADD COLUMN wider INTEGER')"
INSERT = "INSERT INTO vehicles (id, user_id) VALUES ('018f0000-0000-7000-8000-000000000001', 'auth0|ana')"
SLACK = 1.0
"""Seconds that a busy machine may add."""


@pytest.fixture
def postgres(empty_postgres_database: str) -> Iterator[sa.Engine]:
    made = make_engine(empty_postgres_database)
    yield made
    made.dispose()


@attrs.define
class Reader:
    """Somebody who reads the vehicles over and over, each time in a transaction of its own."""

    engine: sa.Engine
    longest: float = 0
    stopped: threading.Event = attrs.field(factory=threading.Event)
    thread: threading.Thread | None = None

    def __enter__(self) -> Reader:
        self.thread = threading.Thread(target=self._read)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        assert self.thread is not None
        self.thread.join()

    def _read(self) -> None:
        while not self.stopped.is_set():
            began = time.monotonic()
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM vehicles").scalar_one()
            self.longest = max(self.longest, time.monotonic() - began)
            time.sleep(0.01)


def _process(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


# ------------------------------------------------------------------------ PostgreSQL


def test_a_migration_of_a_table_in_use_gives_up_after_3_seconds_and_readers_wait_no_longer(
    postgres: sa.Engine, own_files: OwnFiles
) -> None:
    migrate.upgrade(postgres)
    before = state(postgres)
    name = own_files.add("wider", WIDER)
    with postgres.connect() as somebody:
        process = _process(somebody)
        somebody.exec_driver_sql(
            "SELECT count(*) FROM vehicles"
        ).scalar_one()  # and the transaction stays open
        began = time.monotonic()
        with Reader(postgres) as reader, pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(postgres)
        took = time.monotonic() - began
        with Reader(postgres) as afterwards:
            time.sleep(0.3)
    error = caught.value
    assert LOCK_TIMEOUT <= took < LOCK_TIMEOUT + SLACK
    assert (error.file, error.tables, error.holders, error.seconds) == (name, ("vehicles",), (process,), 3)
    for words in (name, "table vehicles", "within 3 s", f"process {process}", "Nothing was changed", "again"):
        assert words in str(error)
    assert LOCK_TIMEOUT - SLACK < reader.longest < LOCK_TIMEOUT + SLACK  # they do queue, and are let go
    assert afterwards.longest < SLACK
    assert state(postgres) == before
    assert migrate.upgrade(postgres) == (name,)


def test_a_migration_that_gets_its_lock_in_time_is_done(postgres: sa.Engine, own_files: OwnFiles) -> None:
    migrate.upgrade(postgres)
    name = own_files.add("wider", WIDER)
    with postgres.connect() as somebody:
        somebody.exec_driver_sql(INSERT)
        ending = threading.Timer(0.5, somebody.commit)
        ending.start()
        assert migrate.upgrade(postgres) == (name,)
        ending.join()


def test_the_table_that_is_held_is_named_not_the_one_that_is_made(postgres: sa.Engine) -> None:
    """A foreign key locks the table that it refers to."""
    migrate.upgrade(postgres, ["vehicles"])
    before = state(postgres)
    with postgres.connect() as somebody:
        somebody.exec_driver_sql(INSERT)
        with pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(postgres, ["fuel_logs"], lock_timeout=0.2)
        assert caught.value.file == "fuel_logs/001_create_fuel_logs.py"
        assert (caught.value.tables, caught.value.holders) == (("vehicles",), (_process(somebody),))
        assert caught.value.seconds == 0.2
    assert state(postgres) == before


def test_the_table_is_named_in_a_schema_whose_name_must_be_quoted(
    empty_postgres_database: str, own_files: OwnFiles
) -> None:
    made = make_engine(empty_postgres_database, schema="My Garage")
    try:
        migrate.upgrade(made, ["vehicles"])
        own_files.add("wider", WIDER)
        with made.connect() as somebody:
            somebody.exec_driver_sql(INSERT)
            with pytest.raises(SchemaInUse) as caught:
                migrate.upgrade(made, ["vehicles"], lock_timeout=0.2)
            assert (caught.value.tables, caught.value.holders) == (("vehicles",), (_process(somebody),))
    finally:
        made.dispose()


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT pg_advisory_xact_lock(42)", ()),
        ("SELECT pg_advisory_xact_lock(42) FROM vehicles", ("vehicles",)),
    ],
)
def test_where_nobody_holds_a_table_no_more_is_said_than_is_known(
    postgres: sa.Engine, own_files: OwnFiles, statement: str, tables: tuple[str, ...]
) -> None:
    """A file may wait for something else, and who was in the way may be gone when that is asked."""
    migrate.upgrade(postgres, ["vehicles"])
    with postgres.begin() as connection:
        connection.exec_driver_sql(INSERT)
    name = own_files.add("waits", f"op.execute('{statement}')")
    with postgres.connect() as somebody:
        somebody.exec_driver_sql("SELECT pg_advisory_xact_lock(42)")
        with pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(postgres, ["vehicles"], lock_timeout=0.2)
    assert (caught.value.file, caught.value.tables, caught.value.holders) == (name, tables, ())
    assert ("table" in str(caught.value)) == bool(tables)
    assert "server process" not in str(caught.value)


def test_who_only_reads_for_a_moment_is_not_blamed(postgres: sa.Engine, own_files: OwnFiles) -> None:
    """In the way was only who began before the migration did; those who queued behind it were not."""
    migrate.upgrade(postgres)
    own_files.add("wider", WIDER)
    with postgres.connect() as somebody:
        somebody.exec_driver_sql(INSERT)
        with Reader(postgres), Reader(postgres), pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(postgres, lock_timeout=0.5)
        assert caught.value.holders == (_process(somebody),)


@pytest.mark.parametrize("is_in_use", [False, True])
def test_the_settings_of_the_hosts_connection_are_as_they_were(
    empty_postgres_database: str, own_files: OwnFiles, is_in_use: bool
) -> None:
    settings = {"options": "-c lock_timeout=7s -c statement_timeout=8s"}
    host = make_engine(sa.make_url(empty_postgres_database).update_query_dict(settings), pool_size=1)
    other = make_engine(empty_postgres_database)
    migrate.upgrade(host)
    own_files.add("wider", WIDER)

    def told() -> tuple[object, ...]:
        with host.connect() as connection:
            shown = [
                connection.exec_driver_sql(f"SHOW {name}_timeout").scalar_one()
                for name in ("lock", "statement")
            ]
            return (_process(connection), *shown)

    before = told()
    assert before[1:] == ("7s", "8s")
    with other.connect() as somebody:
        if is_in_use:
            somebody.exec_driver_sql(INSERT)
            with pytest.raises(SchemaInUse):
                migrate.upgrade(host, lock_timeout=0.2)
        else:
            migrate.upgrade(host, lock_timeout=0.2)
    assert told() == before  # the same connection, too
    host.dispose()
    other.dispose()


def test_the_script_has_the_limit_too(postgres: sa.Engine, empty_postgres_database: str) -> None:
    assert "\nSET LOCAL lock_timeout = '3000ms';\n" in migrate.offline_sql("postgresql")
    script = migrate.offline_sql("postgresql", ["vehicles"], lock_timeout=0.2)
    before = state(postgres)
    url = empty_postgres_database.replace("+psycopg", "")
    with psycopg.connect(url) as somebody, psycopg.connect(url, autocommit=True) as runner:
        somebody.execute("CREATE TABLE vehicles (id INTEGER)")  # and does not say yet whether it stays
        began = time.monotonic()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            runner.execute(script)
        assert time.monotonic() - began < SLACK
        somebody.rollback()
    assert state(postgres) == before


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9, True])
def test_a_timeout_that_is_no_time_is_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(InvalidValue) as caught:
        migrate.upgrade(make_engine(tmp_path / "garage.db"), lock_timeout=seconds)
    assert caught.value.field == "lock_timeout"
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------------------- SQLite


def _engines(path: Path, kind: str) -> sa.Engine:
    if kind == "ours":
        return make_engine(path)
    return sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.25})


@pytest.mark.parametrize("kind", ["ours", "a host's"])
def test_in_sqlite_a_writer_who_does_not_end_is_said_and_readers_never_wait(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "garage.db"
    ours = make_engine(path)
    migrate.upgrade(ours, ["vehicles"])
    before = state(ours)
    engine = _engines(path, kind)
    with engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "busy_timeout")
        ]
    with ours.connect() as somebody, Reader(ours) as reader:
        somebody.exec_driver_sql(INSERT)
        began = time.monotonic()
        with pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(engine, lock_timeout=0.5)
        assert 0.4 < time.monotonic() - began < 0.5 + SLACK
    assert "another connection kept writing" in str(caught.value)
    assert "0.5 s" in str(caught.value)
    assert "Nothing was changed" in str(caught.value)
    assert (caught.value.file, caught.value.tables, caught.value.holders) == (None, (), ())
    assert reader.longest < 0.4
    assert state(ours) == before
    with engine.connect() as connection:
        assert pragmas == [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "busy_timeout")
        ]
    assert len(migrate.upgrade(engine)) > 0
    engine.dispose()
    ours.dispose()


def test_in_sqlite_the_patience_is_that_of_the_connection_where_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "garage.db"
    ours = make_engine(path)
    host = _engines(path, "a host's")
    with ours.connect() as somebody:
        somebody.exec_driver_sql("CREATE TABLE diary (id INTEGER)")
        with pytest.raises(SchemaInUse) as caught:
            migrate.upgrade(host)
    assert caught.value.seconds == 0.25
    ours.dispose()
    host.dispose()
