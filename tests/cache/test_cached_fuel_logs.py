"""The contract of fuel_logs, over each kind of cache in front of a database."""

from __future__ import annotations

from motovault.testing.contracts import FuelLogRepositoryContract
from tests.cache.stores import MemoryOverSqlite, NearAndRedisOverSqlite, RedisOverPostgres


class TestMemoryCachedFuelLogRepository(MemoryOverSqlite, FuelLogRepositoryContract):
    pass


class TestRedisCachedFuelLogRepository(RedisOverPostgres, FuelLogRepositoryContract):
    pass


class TestNearCachedFuelLogRepository(NearAndRedisOverSqlite, FuelLogRepositoryContract):
    pass
