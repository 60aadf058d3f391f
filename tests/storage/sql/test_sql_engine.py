"""Engines: what a URL may be, where the password comes from, where it never goes, how the pool behaves."""

from __future__ import annotations

import builtins
import importlib.util
import threading
import time
import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.errors import InvalidValue, MissingExtra, StorageFailure
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA

SECRET = "hunter2%&"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_psycopg(scheme: str) -> None:
    db_engine = make_engine(f"{scheme}://ana@db.example/garage")
    assert db_engine.url.drivername == "postgresql+psycopg"
    assert db_engine.url.host == "db.example"


@pytest.mark.parametrize("name", ["garage.db", "with blank.db", "per%cent#hash?.db", "ünï.db"])
def test_a_path_is_a_sqlite_file_whatever_its_characters(tmp_path: Path, name: str) -> None:
    for given in (tmp_path / name, str(tmp_path / name)):
        db_engine = make_engine(given)
        migrate.upgrade(db_engine)
        db_engine.dispose()
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ana:hunter2@db/garage",
        "postgresql+psycopg2://ana:hunter2@db/garage",
        "http://ana:hunter2@db",
        "postgresql://ana:hunter2@db:port/garage",
        "",
        " ",
        "a\0b",
    ],
)
def test_another_url_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make_engine(url)
    assert caught.value.field == "database"
    assert "hunter2" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)


@pytest.mark.parametrize("wrong", [{"pool_size": 0}, {"pool_size": True}, {"connect_timeout": 0}])
def test_numbers_must_be_above_0(wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidValue) as caught:
        make_engine("postgresql://db/garage", **wrong)
    assert caught.value.field in wrong


def test_without_psycopg_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psycopg" else find(name))
    with pytest.raises(MissingExtra) as caught:
        make_engine("postgresql://db/garage")
    assert (caught.value.extra, caught.value.package) == ("postgres", "psycopg")
    make_engine(":memory:")


# --- secrets


def test_an_unreachable_server_is_a_failure_that_tells_no_password(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(SECRET + "\n")
    url = sa.URL.create(
        "postgresql", "ana", "hunter3", query={"host": str(tmp_path), "sslpassword": "hunter4"}
    )
    for db_engine in (make_engine(url), make_engine(url, password_file=secret)):
        assert "hunter" not in repr(db_engine) + str(db_engine.url)
        for work in (lambda e=db_engine: keep_vehicle(SqlStore(e)), lambda e=db_engine: migrate.upgrade(e)):
            with pytest.raises(StorageFailure, match="reached") as caught:
                work()
            told = "".join(traceback.format_exception(caught.value))
            assert "hunter" not in told
            assert "postgresql+psycopg://ana:***@" in str(caught.value)


def test_the_password_file_is_read_at_each_connect_and_wins(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "password"
    db_engine = make_engine(
        sa.make_url(postgres_database).set(password="from the url"), password_file=secret, pool_idle_seconds=0
    )
    store = SqlStore(db_engine)
    used: list[str] = []
    sa.event.listen(db_engine, "do_connect", lambda _d, _r, _a, arguments: used.append(arguments["password"]))
    for password in ("first", " with blanks ", "third\n"):
        secret.write_text(password)
        with store.unit_of_work(ANA) as work:
            work.vehicles.count_live()
    assert used == ["first", " with blanks ", "third"]
    secret.write_text("\n")
    with pytest.raises(StorageFailure, match="empty"), store.unit_of_work(ANA) as work:
        work.vehicles.count_live()
    secret.unlink()
    with pytest.raises(StorageFailure, match="cannot be read"), store.unit_of_work(ANA) as work:
        work.vehicles.count_live()
    db_engine.dispose()


def test_a_password_file_is_not_for_sqlite(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="PostgreSQL"):
        make_engine(tmp_path / "garage.db", password_file=tmp_path / "password")


# --- the pool


def test_a_caller_too_many_waits_and_a_connection_is_used_again(postgres_database: str) -> None:
    db_engine = make_engine(postgres_database, pool_size=1)
    store = SqlStore(db_engine)
    order: list[str] = []

    def wait() -> None:
        with store.unit_of_work(ANA) as work:
            work.vehicles.count_live()
            order.append("second")

    with store.unit_of_work(ANA) as work:
        work.vehicles.count_live()
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert db_engine.pool.checkedin() == 1  # type: ignore[attr-defined]
    db_engine.dispose()


def test_the_defaults_are_the_references() -> None:
    db_engine = make_engine("postgresql://db/garage")
    assert db_engine.pool.size() == 10  # type: ignore[attr-defined]
    assert db_engine.pool._max_overflow == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(("idle", "same"), [(0, False), (30, True)])
def test_a_connection_that_idled_too_long_is_made_anew(
    postgres_database: str, idle: float, same: bool
) -> None:
    db_engine = make_engine(postgres_database, pool_idle_seconds=idle)
    backends = []
    for _ in range(2):
        with db_engine.connect() as connection:
            backends.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
    assert (backends[0] == backends[1]) is same
    db_engine.dispose()


def test_moments_are_utc_and_the_connection_goes_back_as_it_was(postgres_database: str) -> None:
    url = sa.make_url(postgres_database).update_query_dict(
        {"options": "-c timezone=Asia/Tokyo -c work_mem=8MB"}
    )
    db_engine = make_engine(url, pool_size=1)
    keep_vehicle(SqlStore(db_engine))
    with db_engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar_one() == "UTC"
        assert connection.exec_driver_sql("SHOW work_mem").scalar_one() == "8MB"
        assert connection.exec_driver_sql("SHOW application_name").scalar_one() == "motovault"
        raw = connection.connection.dbapi_connection
        assert raw is not None
        assert raw.autocommit is False
    db_engine.dispose()


def test_a_sqlite_file_is_opened_with_foreign_keys_write_ahead_log_and_patience(sqlite_path: Path) -> None:
    db_engine = make_engine(sqlite_path)
    with db_engine.connect() as connection:
        asked = ("foreign_keys", "journal_mode", "busy_timeout", "synchronous")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked]
    assert found == [1, "wal", 15000, 1]
    db_engine.dispose()


def test_a_database_in_memory_lives_as_long_as_its_engine_and_serves_threads() -> None:
    db_engine = make_engine(":memory:")
    migrate.upgrade(db_engine)
    store = SqlStore(db_engine)
    threads = [threading.Thread(target=keep_vehicle, args=(store,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == 8
    db_engine.dispose()


def test_nothing_is_imported_for_a_database_that_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = builtins.__import__

    def refusing(name: str, *rest: object) -> object:
        if name.partition(".")[0] in {"psycopg", "alembic"}:
            raise AssertionError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    path = tmp_path / "garage.db"
    first = make_engine(path)
    migrate.upgrade(first)
    first.dispose()
    monkeypatch.setattr(builtins, "__import__", refusing)
    second = make_engine(path)
    assert migrate.upgrade(second) == ()
    keep_vehicle(SqlStore(second))
    second.dispose()
