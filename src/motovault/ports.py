"""Doors that belong to no capsule: the clock, new ids, one unit of work, a cache.

Adapters stand behind them; the domain only knows these shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import NewType, Protocol, Self, TypeVar, runtime_checkable
from uuid import UUID

__all__ = ["BulkCache", "Cache", "Clock", "Lease", "NewId", "OpensUnitOfWork", "UnitOfWork", "UserId"]

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


Lease = NewType("Lease", str)
"""The right to fill one key; the empty one is of a cache that is out of order, and fills nothing."""


class Cache(Protocol):
    """Answers that were worked out before, as bytes; any of them may be forgotten at any time.

    No method raises because the cache is out of order: then nothing is found and
    nothing kept. Who fills a key must have taken its lease *before* reading what
    it fills with: :meth:`drop` breaks the lease too, so that what was read before a
    write can never be kept after it.
    """

    def get(self, key: str, /) -> bytes | None:
        """What is kept, or None."""
        ...

    def lease(self, key: str, /, *, seconds: float, anew: bool = False) -> tuple[bytes | None, Lease | None]:
        """What is kept after all, or else the right to fill the key; ``(None, None)`` while another has it.

        Args:
            seconds: After so long the right is given to whoever asks next.
            anew: What is kept shall be replaced, and is not given.
        """
        ...

    def fill(self, key: str, value: bytes, lease: Lease, /, *, seconds: float) -> bool:
        """Keep a value for so long and give the lease back; False where the lease was broken meanwhile."""
        ...

    def release(self, key: str, lease: Lease, /) -> None:
        """Give the lease back without filling."""
        ...

    def drop(self, *keys: str) -> None:
        """Forget the keys and break their leases. Where that fails now it is made up for, as documented."""
        ...

    def drop_all(self) -> None:
        """Forget everything, and break every lease."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class BulkCache(Cache, Protocol):
    """A cache that answers about many keys in one go; one that does not is asked key by key.

    For what no write makes stale, such as what a VIN says: :meth:`drop` of a single key does not break
    what :meth:`get_many` gave, :meth:`drop_all` does.
    """

    def get_many(self, keys: Sequence[str], /) -> tuple[list[bytes | None], Lease]:
        """What is kept under each, in order, and the right to fill those that are missing."""
        ...

    def fill_many(self, values: Mapping[str, bytes], lease: Lease, /, *, seconds: float) -> None:
        """Keep these for so long; nothing where everything was dropped since."""
        ...
