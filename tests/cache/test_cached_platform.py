"""The contract of the catalogue, over each kind of cache; and that an import is seen at once."""

from __future__ import annotations

from motovault.testing.contracts import CatalogueRepositoryContract
from tests.cache.stores import MemoryOverSqlite, NearAndRedisOverSqlite, RedisOverPostgres


class TestMemoryCachedCatalogueRepository(MemoryOverSqlite, CatalogueRepositoryContract):
    pass


class TestRedisCachedCatalogueRepository(RedisOverPostgres, CatalogueRepositoryContract):
    pass


class TestNearCachedCatalogueRepository(NearAndRedisOverSqlite, CatalogueRepositoryContract):
    pass
