"""The stores that every contract runs over: both databases, on our engine and on a host's own."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql import SqlStore, make_engine, migrate
from tests.shared import SharedDatabase


@functools.cache
def migrated_sqlite(folder: Path) -> Path:
    """A SQLite file, migrated and empty, to copy; made in this folder where it is not there yet."""
    path = folder / "migrated.db"
    db_engine = make_engine(path)
    migrate.upgrade(db_engine)
    db_engine.dispose()
    return path


@pytest.fixture
def sqlite_path(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of this test alone, migrated and empty."""
    path = tmp_path / "garage.db"
    shutil.copy(migrated_sqlite(tmp_path_factory.getbasetemp()), path)
    return path


class OurSqlite:
    @pytest.fixture
    def store(self, sqlite_path: Path) -> Iterator[SqlStore]:
        db_engine = make_engine(sqlite_path)
        yield SqlStore(db_engine)
        db_engine.dispose()


class HostSqlite:
    """As a host would make it: no foreign keys, no write-ahead log asked for, Python's own transactions."""

    @pytest.fixture
    def store(self, sqlite_path: Path) -> Iterator[SqlStore]:
        db_engine = sa.create_engine(f"sqlite:///{sqlite_path}")
        yield SqlStore(db_engine)
        db_engine.dispose()


class OurPostgres:
    @pytest.fixture
    def store(self, shared_postgres: SharedDatabase) -> SqlStore:
        return SqlStore(shared_postgres.engine("ours", make_engine))


class HostPostgres:
    """As a host would make it: another time zone than UTC."""

    @pytest.fixture
    def store(self, shared_postgres: SharedDatabase) -> SqlStore:
        return SqlStore(shared_postgres.engine("a host's", _hosts_engine))


def _hosts_engine(url: str) -> sa.Engine:
    return sa.create_engine(url, connect_args={"options": "-c timezone=Asia/Kathmandu"}, pool_pre_ping=True)


class GuardedPostgres:
    """With row-level security, as a role that it binds."""

    @pytest.fixture
    def store(self, guarded_engine: sa.Engine) -> SqlStore:
        return SqlStore(guarded_engine, row_level_security=True)
