"""A cache in this process: bounded by entries and by bytes, safe between threads.

It keeps values as they are, immutable objects for instance, which costs no
decoding; whoever puts one in says how heavy it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from cachetools import TLRUCache

from motovault.errors import InvalidValue
from motovault.ports import Lease

__all__ = ["LocalCache"]

_Entry = tuple[Any, float, int]
"""A value, until when it is kept, its weight."""


def _until(key: str, entry: _Entry, now: float) -> float:
    return entry[1]


def _weight(entry: _Entry) -> int:
    return entry[2]


class LocalCache:
    """:class:`motovault.ports.Cache` in this process's memory; the least recently used goes first.

    Args:
        max_entries: How many are kept at most.
        max_bytes: How heavy they are at most, together; one that is heavier alone is not kept.
        timer: Seconds that only rise.

    >>> cache = LocalCache()
    >>> found, lease = cache.lease("colour", seconds=1)
    >>> cache.fill("colour", b"red", lease, seconds=60), cache.get("colour")
    (True, b'red')
    """

    def __init__(
        self,
        max_entries: int = 10_000,
        max_bytes: int = 64 * 2**20,
        *,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        for field, value in (("max_entries", max_entries), ("max_bytes", max_bytes)):
            if value < 1:
                raise InvalidValue(field, value, "must be a whole number from 1 on")
        self._timer = timer
        self._max_entries = max_entries
        # Everything weighs so much at least, and so the one bound is both.
        self._least: Final = -(-max_bytes // max_entries)
        self._kept: Any = TLRUCache(max_bytes, _until, timer, getsizeof=_weight)
        self._lock = threading.Lock()
        self._leases: dict[str, tuple[Lease, float]] = {}
        self._watched: dict[str, set[Lease]] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def get(self, key: str, /) -> Any:
        """What is kept, or None."""
        with self._lock:
            try:
                return self._kept[key][0]
            except KeyError:
                return None

    def lease(self, key: str, /, *, seconds: float, anew: bool = False) -> tuple[Any, Lease | None]:
        """See :meth:`motovault.ports.Cache.lease`."""
        with self._lock:
            entry = None if anew else self._kept.get(key)
            if entry is not None:
                return entry[0], None
            now = self._timer()
            held = self._leases.get(key)
            if held is not None and held[1] > now:
                return None, None
            lease = Lease(uuid4().hex)
            self._leases[key] = lease, now + seconds
            return None, lease

    def watch(self, key: str, /) -> Lease:
        """A lease that others may have at the same time; to be released, whether it filled or not."""
        lease = Lease(uuid4().hex)
        with self._lock:
            self._watched.setdefault(key, set()).add(lease)
        return lease

    def fill(
        self, key: str, value: Any, lease: Lease, /, *, seconds: float, weight: int | None = None
    ) -> bool:
        """See :meth:`motovault.ports.Cache.fill`.

        Args:
            key: As it was leased, or watched.
            value: Bytes, or an immutable object.
            lease: The right to do so.
            seconds: How long it is kept.
            weight: Bytes; without it, the value's length.
        """
        heavy = max(self._least, len(value) if weight is None else weight)
        with self._lock:
            if not self._gives_back(key, lease):
                return False
            if heavy > self._kept.maxsize or seconds <= 0:
                self._kept.pop(key, None)
                return False
            self._kept[key] = value, self._timer() + seconds, heavy
            return True

    def release(self, key: str, lease: Lease, /) -> None:
        """See :meth:`motovault.ports.Cache.release`."""
        with self._lock:
            self._gives_back(key, lease)

    def drop(self, *keys: str) -> None:
        """See :meth:`motovault.ports.Cache.drop`."""
        with self._lock:
            for key in keys:
                self._kept.pop(key, None)
                self._leases.pop(key, None)
                self._watched.pop(key, None)

    def drop_all(self) -> None:
        """See :meth:`motovault.ports.Cache.drop_all`."""
        with self._lock:
            self._kept.clear()
            self._leases.clear()
            self._watched.clear()

    def close(self) -> None:
        """Forget everything."""
        self.drop_all()

    def _gives_back(self, key: str, lease: Lease) -> bool:
        held = self._leases.get(key)
        if held is not None and held[0] == lease:
            del self._leases[key]
            return True
        watching = self._watched.get(key)
        if watching is None or lease not in watching:
            return False
        watching.discard(lease)
        if not watching:
            del self._watched[key]
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of at most {self._max_entries} entries>"
