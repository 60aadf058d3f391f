"""The contract of units_of_work, over each kind of cache in front of a database."""

from __future__ import annotations

from motovault.testing.contracts import UnitOfWorkContract
from tests.cache.stores import MemoryOverSqlite, NearAndRedisOverSqlite, RedisOverPostgres


class TestMemoryCachedUnitOfWork(MemoryOverSqlite, UnitOfWorkContract):
    pass


class TestRedisCachedUnitOfWork(RedisOverPostgres, UnitOfWorkContract):
    pass


class TestNearCachedUnitOfWork(NearAndRedisOverSqlite, UnitOfWorkContract):
    pass
