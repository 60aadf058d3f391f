"""The contract of vehicles, over each kind of cache in front of a database."""

from __future__ import annotations

from motovault.testing.contracts import VehicleRepositoryContract
from tests.cache.stores import MemoryOverSqlite, NearAndRedisOverSqlite, RedisOverPostgres


class TestMemoryCachedVehicleRepository(MemoryOverSqlite, VehicleRepositoryContract):
    pass


class TestRedisCachedVehicleRepository(RedisOverPostgres, VehicleRepositoryContract):
    pass


class TestNearCachedVehicleRepository(NearAndRedisOverSqlite, VehicleRepositoryContract):
    pass
