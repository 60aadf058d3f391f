"""The memory store keeps the contract of vehicles."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import VehicleRepositoryContract


class TestMemoryVehicleRepository(VehicleRepositoryContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
