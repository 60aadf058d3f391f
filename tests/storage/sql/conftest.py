"""A store on each database, on our own engine."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from motovault.storage.sql import SqlStore, make_engine, migrate
from tests import scratch
from tests.shared import SharedDatabase
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]

GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
)
"""More than an application needs: what is refused to the tests is refused by the policies."""


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Of a database."""
    found: str = request.param
    return found


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator[SqlStore]:
    """Empty; on PostgreSQL on the database that tests share, where only rows may be changed."""
    if kind == "postgresql":
        shared: SharedDatabase = request.getfixturevalue("shared_postgres")
        yield SqlStore(shared.engine("ours", make_engine))
        return
    db_engine = make_engine(request.getfixturevalue("sqlite_path"))
    yield SqlStore(db_engine)
    db_engine.dispose()


@pytest.fixture
def migrated_url(kind: str, request: pytest.FixtureRequest) -> str:
    """URL of a database of this test alone, migrated and empty."""
    if kind == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
def own_store(migrated_url: str) -> Iterator[SqlStore]:
    """On a database of this test alone."""
    db_engine = make_engine(migrated_url)
    yield SqlStore(db_engine)
    db_engine.dispose()


@pytest.fixture(scope="session")
def _guarded_template(postgres_url: str) -> Iterator[tuple[str, str]]:
    """URL of a migrated database with row-level security, and a role that it binds."""
    with scratch.role(postgres_url) as role, scratch.database(postgres_url) as url:
        db_engine = sa.create_engine(url, poolclass=sa.NullPool)  # a template has no connection
        migrate.upgrade(db_engine, row_level_security="on")
        with db_engine.begin() as connection:
            for grant in GRANTS:
                connection.exec_driver_sql(grant.format(role=role))
        yield url, role


@pytest.fixture
def owners_database(postgres_url: str, _guarded_template: tuple[str, str]) -> Iterator[str]:
    """URL, as its owner, of a database of this test alone with row-level security, migrated and empty."""
    name = sa.make_url(_guarded_template[0]).database or ""
    with scratch.database(postgres_url, template=name) as url:
        yield url


@pytest.fixture
def guarded_database(owners_database: str, _guarded_template: tuple[str, str]) -> str:
    """The same as a role that is neither its owner nor a superuser."""
    return scratch.as_role(owners_database, _guarded_template[1])


@pytest.fixture(scope="session")
def _shared_guarded(postgres_url: str, _guarded_template: tuple[str, str]) -> Iterator[SharedDatabase]:
    """One such database for all."""
    name = sa.make_url(_guarded_template[0]).database or ""
    make = functools.partial(scratch.database, postgres_url, template=name)
    with contextlib.closing(SharedDatabase(make)) as shared:
        yield shared


@pytest.fixture
def guarded_engine(
    _shared_guarded: SharedDatabase, _guarded_template: tuple[str, str]
) -> Iterator[sa.Engine]:
    """An engine as that role; its pool and database, emptied, are those of all tests: a leak would show."""
    with _shared_guarded.lent():
        yield _shared_guarded.engine(
            "guarded", lambda url: make_engine(scratch.as_role(url, _guarded_template[1]))
        )
