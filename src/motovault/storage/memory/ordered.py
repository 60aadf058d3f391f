"""Keys kept in order, so that a page costs the same wherever it lies."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import date
from typing import Self
from uuid import UUID

__all__ = ["Key", "Ordered"]

Key = tuple[date, UUID]
"""When, then which: the order of every list of rows."""


class Ordered:
    """A sorted list of keys. Appending in order is cheap, and so is a bulk of any order."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._keys = sorted(keys)

    def __len__(self) -> int:
        return len(self._keys)

    def copy(self) -> Self:
        """The same keys, apart."""
        copied = type(self)()
        copied._keys = self._keys.copy()
        return copied

    def add(self, key: Key) -> None:
        """Put one key in its place."""
        insort(self._keys, key)

    def add_all(self, keys: Iterable[Key]) -> None:
        """Put many keys in their places: one sort, which is linear where they come in order."""
        self._keys.extend(keys)
        self._keys.sort()

    def remove(self, key: Key) -> None:
        """Take one key out that is in."""
        del self._keys[bisect_left(self._keys, key)]

    def remove_all(self, keys: set[Key]) -> None:
        """Take many keys out, in one pass."""
        self._keys = [key for key in self._keys if key not in keys]

    def page(self, after: Key | None, limit: int | None) -> list[Key]:
        """Keys behind ``after`` (which need not be in), at most ``limit``."""
        start = 0 if after is None else bisect_right(self._keys, after)
        return self._keys[start:] if limit is None else self._keys[start : start + limit]
