"""The memory store keeps the contracts of maintenance."""

from __future__ import annotations

import pytest

from motovault.storage.memory import MemoryStore
from motovault.testing.contracts import (
    MaintenanceLogRepositoryContract,
    MaintenanceScheduleRepositoryContract,
)


class InMemory:
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()


class TestMemoryMaintenanceLogRepository(InMemory, MaintenanceLogRepositoryContract):
    pass


class TestMemoryMaintenanceScheduleRepository(InMemory, MaintenanceScheduleRepositoryContract):
    pass
