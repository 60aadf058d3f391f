"""One user's garage in memory, with a car in it and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import motovault
from motovault.domain.vehicles import Vehicle
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def vault(clock: FrozenClock) -> Vault:
    return motovault.open_vault("memory:", clock=clock)


@pytest.fixture
def garage(vault: Vault) -> Garage:
    return vault.garage("ana")


@pytest.fixture
def car(garage: Garage) -> Vehicle:
    return garage.vehicles.add(license_plate="AB 123", nickname="Bluebell")
