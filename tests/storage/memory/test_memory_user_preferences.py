"""The memory store keeps the contract of user_preferences."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import UserPreferencesRepositoryContract


class TestMemoryUserPreferencesRepository(UserPreferencesRepositoryContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
