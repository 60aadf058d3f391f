"""A garage in every store, with a car in it and a clock that stands still."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import motovault
from motovault.domain.vehicles import Vehicle
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@functools.cache
def _migrated(folder: Path) -> Path:
    path = folder / "maintenance.db"
    motovault.open_vault(path).close()
    return path


@pytest.fixture
def sqlite_file(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of this test alone, migrated and empty."""
    return Path(shutil.copy(_migrated(tmp_path_factory.getbasetemp()), tmp_path / "garage.db"))


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def vault(request: pytest.FixtureRequest, clock: FrozenClock) -> Iterator[Vault]:
    """The same vault three times: in memory, in a file, in a server."""
    fixtures = {"sqlite": "sqlite_file", "postgresql": "shared_postgres_url"}
    name = fixtures.get(request.param)
    place = "memory:" if name is None else request.getfixturevalue(name)
    with motovault.open_vault(place, clock=clock) as made:
        yield made


@pytest.fixture
def garage(vault: Vault) -> Garage:
    return vault.garage("ana")


@pytest.fixture
def car(garage: Garage) -> Vehicle:
    return garage.vehicles.add(license_plate="AB 123", nickname="Bluebell")
