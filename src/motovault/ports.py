"""Doors that belong to no capsule: the clock, new ids, one unit of work.

Adapters stand behind them; the domain only knows these shapes.
"""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import NewType, Protocol, Self
from uuid import UUID

__all__ = ["Clock", "NewId", "UnitOfWork", "UserId"]

UserId = NewType("UserId", str)
"""Who owns a row: the subject of the token (``auth0|ana``), at most 255 characters."""


class Clock(Protocol):
    """Tells the time; the only place where the domain learns it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class NewId(Protocol):
    """Makes ids that were never used before, rising with time (UUID version 7)."""

    def __call__(self) -> UUID: ...


class UnitOfWork(Protocol):
    """One transaction of one user: entered once, kept on a clean exit, undone on an error.

    A service's own protocol extends this one with the repositories that the
    service may touch, as read-only properties.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None: ...
