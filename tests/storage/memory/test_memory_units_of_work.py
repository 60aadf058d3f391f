"""The memory store keeps the contract of units_of_work."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import UnitOfWorkContract


class TestMemoryUnitOfWork(UnitOfWorkContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
