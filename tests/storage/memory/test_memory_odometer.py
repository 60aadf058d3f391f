"""The memory store keeps the contract of odometer."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import OdometerRepositoryContract


class TestMemoryOdometerRepository(OdometerRepositoryContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
