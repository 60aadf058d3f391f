"""A store on each database, on our own engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from motovault.storage.sql import SqlStore, make_engine
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """URL of a database of this test alone, migrated and empty."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
def store(migrated_url: str) -> Iterator[SqlStore]:
    db_engine = make_engine(migrated_url)
    yield SqlStore(db_engine)
    db_engine.dispose()
