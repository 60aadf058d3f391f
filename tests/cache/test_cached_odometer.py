"""The contract of odometer behind a cache, which hands it through."""

from __future__ import annotations

from motovault.testing.contracts import OdometerRepositoryContract
from tests.cache.stores import MemoryOverSqlite


class TestMemoryCachedOdometerRepository(MemoryOverSqlite, OdometerRepositoryContract):
    pass
