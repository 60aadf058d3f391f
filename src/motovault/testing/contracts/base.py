"""What the contracts share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest

from motovault.domain.vehicles import Vehicle
from motovault.ports import UserId
from motovault.testing.examples import ANA, example_vehicle

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["AWKWARD_TEXTS", "AWKWARD_TIMES", "StoreContract", "at_once", "keep_vehicle"]

AWKWARD_TEXTS: Final = {
    "quotes": """it's "quoted" `so`; -- DROP TABLE""",
    "escapes": r"\N \. \\ \t %s %(x)s {x} :x ? $1",
    "line ends": "one\ntwo\r\nthree\rfour\tfive",
    "control": "a\x01b\x7fc\x85d",
    "astral": "Ж漢字🚗 ‮rtl‬",
    "decomposed": "Citroe\u0308n",
    "composed": "Citro\u00ebn",
    "number": "0123.40",
    "null": "NULL",
}
"""Texts that a store must give back to the letter."""

AWKWARD_TIMES: Final = {
    "a microsecond": datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC),
    "the last microsecond": datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "before the epoch": datetime(1921, 5, 5, 5, 5, 5, 500, tzinfo=UTC),
    "long ago": datetime(1, 1, 3, tzinfo=UTC),
    "far ahead": datetime(9999, 12, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    "another zone": datetime(2026, 7, 1, 3, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
}
"""Moments that a store must give back to the microsecond."""

T = TypeVar("T")


class StoreContract:
    """Base of all contracts."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store; a subclass brings it."""
        raise NotImplementedError("bring a fixture `store` that gives an empty store")


def keep_vehicle(store: Store, user_id: UserId = ANA, **changes: Any) -> Vehicle:
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
