"""What the contracts share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from motovault.domain.vehicles import Vehicle
from motovault.ports import UserId
from motovault.testing.examples import ANA, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["StoreContract", "at_once", "keep_vehicle"]

T = TypeVar("T")


class StoreContract:
    """Base of all contracts."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store; a subclass brings it."""
        raise NotImplementedError("bring a fixture `store` that gives an empty store")


def keep_vehicle(store: Store, user_id: UserId = ANA, /, **changes: Any) -> Vehicle:
    """A vehicle that is kept already."""
    vehicle = example_vehicle(user_id, **changes)
    with store.unit_of_work(user_id) as work:
        work.vehicles.add(vehicle)
    return vehicle


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Runs the calls in threads that start together; gives what each returned or raised.

    Raises:
        TimeoutError: One of them hangs.
    """
    results: list[T | Exception | None] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], T]) -> None:
        start.wait(30)
        try:
            results[place] = call()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        if thread.is_alive():
            raise TimeoutError("a call that runs beside others does not come back")
    return results  # type: ignore[return-value]
