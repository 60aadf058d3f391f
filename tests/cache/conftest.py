"""Servers that may be killed, and stores behind each kind of cache."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]


@pytest.fixture
def own_redis() -> Iterator[servers.OwnRedis]:
    """A server of this test alone."""
    with servers.own_redis() as server:
        yield server
