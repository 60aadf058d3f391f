"""The memory store keeps the contract of fuel_logs."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import FuelLogRepositoryContract


class TestMemoryFuelLogRepository(FuelLogRepositoryContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
