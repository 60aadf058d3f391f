"""Fixtures for those who test with motovault; pytest finds them by itself where it is installed.

Nothing of motovault is loaded before a fixture is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from motovault.testing.clock import FrozenClock
    from motovault.vault import Garage, Vault

__all__ = ["frozen_clock", "memory_garage", "memory_vault"]

# A failing contract then says what it compared, as a test of one's own does.
pytest.register_assert_rewrite("motovault.testing.contracts", "motovault.testing.lockstep")


@pytest.fixture
def frozen_clock() -> FrozenClock:
    """A clock at noon of 1 January 2026, UTC, that moves when it is told to."""
    from motovault.testing.clock import FrozenClock

    return FrozenClock()


@pytest.fixture
def memory_vault(frozen_clock: FrozenClock) -> Iterator[Vault]:
    """An empty vault in memory, whose time is ``frozen_clock``."""
    import motovault

    with motovault.open_vault("memory:", clock=frozen_clock) as vault:
        yield vault


@pytest.fixture
def memory_garage(memory_vault: Vault) -> Garage:
    """The garage of one user, ``auth0|ana``, in ``memory_vault``."""
    return memory_vault.garage("auth0|ana")
