"""The cached stores that every contract runs over: each kind of cache, over a database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from motovault.cache import Answers, CachedStore, open_cache
from motovault.storage.sql import SqlStore, make_engine
from tests.shared import SharedDatabase


def await_true(what: Callable[[], object], seconds: float = 10) -> None:
    """Wait until it is so. Raises TimeoutError if it never is."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError("it does not come to pass")
        time.sleep(0.005)


def listening(answers: Answers) -> Answers:
    """The same, once its near cache is told what was dropped."""
    await_true(lambda: getattr(answers.near, "trusted_until", 1.0) > 0)
    return answers


class MemoryOverSqlite:
    @pytest.fixture
    def store(self, sqlite_path: Path) -> Iterator[CachedStore]:
        db_engine = make_engine(sqlite_path)
        yield CachedStore(SqlStore(db_engine), open_cache("memory:"))
        db_engine.dispose()


class RedisOverPostgres:
    @pytest.fixture
    def store(
        self, shared_postgres: SharedDatabase, redis_url: str, redis_prefix: str
    ) -> Iterator[CachedStore]:
        db_engine = shared_postgres.engine("ours", make_engine)
        answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
        yield CachedStore(SqlStore(db_engine), answers)
        answers.close()


class NearAndRedisOverSqlite:
    @pytest.fixture
    def store(self, sqlite_path: Path, redis_url: str, redis_prefix: str) -> Iterator[CachedStore]:
        db_engine = make_engine(sqlite_path)
        answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2, near_seconds=1)
        yield CachedStore(SqlStore(db_engine), listening(answers))
        answers.close()
        db_engine.dispose()
