"""Doors that belong to no capsule: the clock, new ids, one unit of work.

Adapters stand behind them; the domain only knows these shapes.
"""

from __future__ import annotations

from datetime import datetime
from types import TracebackType
from typing import NewType, Protocol, Self, TypeVar
from uuid import UUID

__all__ = ["Clock", "NewId", "OpensUnitOfWork", "UnitOfWork", "UserId"]

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


W_co = TypeVar("W_co", bound=UnitOfWork, covariant=True)


class OpensUnitOfWork(Protocol[W_co]):
    """Opens a unit of work for one call of a service, or joins the transaction that is open."""

    def __call__(self, *, atomic: bool = False) -> W_co:
        """A unit of work, to be entered.

        Args:
            atomic: The block writes more than once, all or nothing; or it writes what
                it read before, which then nobody else changes in between. Without it
                every statement stands for itself, which is as whole for a block
                of one write, and cheaper.
        """
        ...
