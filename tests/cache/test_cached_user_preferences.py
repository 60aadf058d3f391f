"""The contract of user_preferences behind a cache, which hands them through."""

from __future__ import annotations

from motovault.testing.contracts import UserPreferencesRepositoryContract
from tests.cache.stores import MemoryOverSqlite


class TestMemoryCachedUserPreferencesRepository(MemoryOverSqlite, UserPreferencesRepositoryContract):
    pass
