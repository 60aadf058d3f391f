"""The memory store keeps the contract of platform."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import CatalogueRepositoryContract


class TestMemoryCatalogueRepository(CatalogueRepositoryContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
