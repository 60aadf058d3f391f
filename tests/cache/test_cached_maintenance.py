"""The contract of maintenance, over each kind of cache in front of a database."""

from __future__ import annotations

from motovault.testing.contracts import (
    MaintenanceLogRepositoryContract,
    MaintenanceScheduleRepositoryContract,
)
from tests.cache.stores import MemoryOverSqlite, NearAndRedisOverSqlite, RedisOverPostgres


class TestMemoryCachedMaintenanceLogRepository(MemoryOverSqlite, MaintenanceLogRepositoryContract):
    pass


class TestRedisCachedMaintenanceLogRepository(RedisOverPostgres, MaintenanceLogRepositoryContract):
    pass


class TestNearCachedMaintenanceLogRepository(NearAndRedisOverSqlite, MaintenanceLogRepositoryContract):
    pass


class TestMemoryCachedMaintenanceScheduleRepository(MemoryOverSqlite, MaintenanceScheduleRepositoryContract):
    pass


class TestRedisCachedMaintenanceScheduleRepository(RedisOverPostgres, MaintenanceScheduleRepositoryContract):
    pass


class TestNearCachedMaintenanceScheduleRepository(
    NearAndRedisOverSqlite, MaintenanceScheduleRepositoryContract
):
    pass
