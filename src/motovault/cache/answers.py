"""Asking once: answers out of the caches, else worked out by one, for all who ask.

What is promised, and kept under any interleaving: an answer is never older than
the moment at which it was asked for, as far as the caches work. For that,
whoever works an answer out has taken the key's lease first, and it is kept, and
given to those who wait, only if nobody dropped the key meanwhile.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from motovault.cache.local import LocalCache
from motovault.cache.values import Kept, Kind
from motovault.errors import InvalidValue
from motovault.ports import BulkCache, Cache, Lease

__all__ = ["Answers"]

T = TypeVar("T")

_LEASE_SECONDS: Final = 5.0
"""Longer than a query takes. One who dies while working keeps the others from it for so long."""
_PATIENCE_SECONDS: Final = 2.0
"""How long one waits for another's answer before working it out too."""
_POLL_SECONDS: Final = 0.005
_EAGERNESS: Final = 10.0
"""By how many times of what an answer costs it is renewed before its end, at the mean."""


class _Flight:
    """Somebody in this process works an answer out."""

    def __init__(self) -> None:
        self.landed = threading.Event()
        self.is_kept = False


class Answers:
    """What has been asked before: near, in this process, or far, on a server; or both.

    Args:
        near: Keeps objects; with ``far`` one that is told what was dropped there.
        far: Keeps JSON.
        clock: Seconds since 1970.
        chance: A number from 0 to 1.

    Raises:
        InvalidValue: Neither is given.
    """

    def __init__(
        self,
        *,
        near: LocalCache | None = None,
        far: Cache | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        if near is None and far is None:
            raise InvalidValue("cache", None, "must be near, far or both")
        self.near = near
        self.far = far
        self._now = clock
        self._chance = chance
        self._on_close = on_close
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def answer(
        self,
        key: str,
        kind: Kind[T],
        load: Callable[[], T],
        *,
        owner: str = "",
        otherwise: Callable[[], T] | None = None,
        waits: bool = True,
    ) -> T:
        """The answer that is kept, or what ``load`` gives, which is kept for the next.

        Args:
            key: One of :mod:`motovault.cache.keys`.
            kind: What it is and how it is written.
            load: Works it out; called in this thread.
            owner: Whose it is; what is kept of another is not given.
            otherwise: Called instead of ``load`` where it is known that the answer is too long to be kept.
            waits: One other may be waited for; not where this thread holds what others need for it.

        Raises:
            Exception: What ``load`` raises; nothing of a cache's own.
        """
        near = self.near
        if near is not None:
            kept: Kept[T] | None = near.get(key)
            if kept is not None and kept.owner == owner and self._now() < kept.early:
                return _given(kept, load, otherwise)
            if self.far is None:
                return self._worked_out(key, kind, load, owner, otherwise, waits, kept)
        return self._from_far(key, kind, load, owner, otherwise, waits)

    def answer_many(
        self,
        keys: Sequence[str],
        kind: Kind[T],
        load: Callable[[list[str]], Iterable[T]],
        *,
        owner: str = "",
    ) -> dict[str, T]:
        """The answers to many questions, asked of the server in one go, and kept in another.

        For what no write makes stale. Nobody is waited for: two who ask at once work it out both.

        Args:
            keys: Of different questions.
            kind, owner: As for :meth:`answer`.
            load: Works out those that nobody knows, in their order.
        """
        near, far = self.near, self.far
        found: dict[str, T] = {}
        tickets: dict[str, Lease] = {}
        lease = Lease("")
        try:
            for key in keys:
                kept: Kept[T] | None = None if near is None else near.get(key)
                if (value := self._good(kept, owner)) is not None:
                    found[key] = value
                elif near is not None:
                    tickets[key] = near.watch(key)
            cold = [key for key in keys if key not in found]
            if far is not None and cold:
                raws, lease = _looked_up(far, cold)
                for key, raw in zip(cold, raws, strict=True):
                    kept = None if raw is None else kind.decode(raw)
                    if kept is not None and (value := self._good(kept, owner)) is not None:
                        found[key] = value
                        if near is not None:
                            self._put_near(key, kind, kept, tickets[key])
                cold = [key for key in cold if key not in found]
            if cold:
                self._load_many(cold, kind, load, owner, found, tickets, lease)
            return found
        finally:
            if near is not None:
                for key, ticket in tickets.items():
                    near.release(key, ticket)

    def drop(self, *keys: str) -> None:
        """Forget these, here and there; after what they say has changed, and was committed."""
        try:
            if self.far is not None:
                self.far.drop(*keys)
        finally:
            if self.near is not None:
                self.near.drop(*keys)

    def drop_all(self) -> None:
        """Forget everything, here and there."""
        try:
            if self.far is not None:
                self.far.drop_all()
        finally:
            if self.near is not None:
                self.near.drop_all()

    def close(self) -> None:
        """Let go of connections and threads."""
        if self._on_close is not None:
            self._on_close()
        for cache in (self.near, self.far):
            if cache is not None:
                cache.close()

    def _from_far(
        self,
        key: str,
        kind: Kind[T],
        load: Callable[[], T],
        owner: str,
        otherwise: Callable[[], T] | None,
        waits: bool,
    ) -> T:
        near, far = self.near, self.far
        assert far is not None
        ticket = None if near is None else near.watch(key)
        try:
            raw = far.get(key)
            kept = None if raw is None else kind.decode(raw)
            if kept is not None and kept.owner == owner and self._now() < kept.early:
                if ticket is not None:
                    self._put_near(key, kind, kept, ticket)
                return _given(kept, load, otherwise)
            unreadable = raw is not None and kept is None
            return self._worked_out(key, kind, load, owner, otherwise, waits, kept, ticket, unreadable)
        finally:
            if near is not None and ticket is not None:
                near.release(key, ticket)

    def _worked_out(
        self,
        key: str,
        kind: Kind[T],
        load: Callable[[], T],
        owner: str,
        otherwise: Callable[[], T] | None,
        waits: bool,
        kept: Kept[T] | None,
        ticket: Lease | None = None,
        unreadable: bool = False,
    ) -> T:
        """Nothing is kept that could be given as it is."""
        if kept is not None and kept.owner != owner:
            return load()
        with self._lock:
            other = self._flights.get(key)
            flight = _Flight()
            if other is None:
                self._flights[key] = flight
        if other is not None:
            if kept is not None:
                return _given(kept, load, otherwise)
            if waits and other.landed.wait(_PATIENCE_SECONDS) and other.is_kept:
                found = self._look(key, kind)
                if found is not None and found.owner == owner:
                    return _given(found, load, otherwise)
            return load()
        try:
            return self._flown(flight, key, kind, load, owner, otherwise, waits, kept, ticket, unreadable)
        finally:
            self._land(key, flight)

    def _flown(
        self,
        flight: _Flight,
        key: str,
        kind: Kind[T],
        load: Callable[[], T],
        owner: str,
        otherwise: Callable[[], T] | None,
        waits: bool,
        kept: Kept[T] | None,
        ticket: Lease | None,
        unreadable: bool,
    ) -> T:
        home: Any = self.near if self.far is None else self.far
        anew = unreadable or kept is not None
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pause = _POLL_SECONDS
        while True:
            found, lease = home.lease(key, seconds=_LEASE_SECONDS, anew=anew)
            if found is not None:
                there: Kept[T] | None = kind.decode(found) if self.far is not None else found
                if there is None:
                    anew = True
                    continue
                if there.owner != owner:
                    return load()
                flight.is_kept = True
                if ticket is not None:
                    self._put_near(key, kind, there, ticket)
                return _given(there, load, otherwise)
            if lease is not None:
                break
            if kept is not None:  # somebody elsewhere renews it, and it counts still
                return _given(kept, load, otherwise)
            anew = False  # another replaces what could not be read
            if not waits or time.monotonic() >= deadline:
                return load()
            time.sleep(pause)
            pause = min(2 * pause, 0.05)
        if not lease:  # out of order: nobody shall wait for what is not going to be kept
            self._land(key, flight)
            return load() if kept is None else _given(kept, load, otherwise)
        return self._loaded(flight, home, key, kind, load, owner, lease, ticket)

    def _loaded(
        self,
        flight: _Flight,
        home: Any,
        key: str,
        kind: Kind[T],
        load: Callable[[], T],
        owner: str,
        lease: Lease,
        ticket: Lease | None,
    ) -> T:
        filled: bool = False
        try:
            begun = time.perf_counter()
            value: T = load()
            cost = time.perf_counter() - begun
            if kind.is_worth(value):
                kept = self._dated(owner, kind.shortened(value), cost, kind.seconds)
                if self.far is None:
                    weight = kind.weight(kept.value)
                    filled = home.fill(key, kept, lease, seconds=kind.seconds, weight=weight)
                else:
                    filled = home.fill(key, kind.encode(kept), lease, seconds=kind.seconds)
                    if filled and ticket is not None:
                        self._put_near(key, kind, kept, ticket)
        finally:
            if not filled:
                home.release(key, lease)
        flight.is_kept = filled
        return value

    def _load_many(
        self,
        cold: list[str],
        kind: Kind[T],
        load: Callable[[list[str]], Iterable[T]],
        owner: str,
        found: dict[str, T],
        tickets: dict[str, Lease],
        lease: Lease,
    ) -> None:
        begun = time.perf_counter()
        values = list(load(cold))
        cost = (time.perf_counter() - begun) / len(cold)
        fresh: dict[str, bytes] = {}
        for key, value in zip(cold, values, strict=True):
            found[key] = value
            if kind.is_worth(value):
                kept = self._dated(owner, value, cost, kind.seconds)
                if self.far is not None:
                    fresh[key] = kind.encode(kept)
                if self.near is not None:
                    self._put_near(key, kind, kept, tickets[key])
        if self.far is not None:
            _keep(self.far, fresh, lease, kind.seconds)

    def _good(self, kept: Kept[T] | None, owner: str) -> T | None:
        """What is kept, if it may be given as it is."""
        if kept is None or kept.owner != owner or self._now() >= kept.early:
            return None
        return kept.value

    def _dated(self, owner: str, value: T | None, cost: float, seconds: float) -> Kept[T]:
        """With the moment from which on it is renewed early: the dearer, the earlier, and never two alike."""
        now = self._now()
        ahead = cost * _EAGERNESS * -math.log(1 - min(self._chance(), 1 - 1e-12))
        return Kept(owner, value, now + seconds - min(ahead, seconds / 2), now + seconds)

    def _look(self, key: str, kind: Kind[T]) -> Kept[T] | None:
        if self.far is None:
            assert self.near is not None
            found: Kept[T] | None = self.near.get(key)
            return found
        raw = self.far.get(key)
        return None if raw is None else kind.decode(raw)

    def _put_near(self, key: str, kind: Kind[T], kept: Kept[T], ticket: Lease) -> None:
        assert self.near is not None
        seconds = min(kept.until - self._now(), kind.seconds)
        self.near.fill(key, kept, ticket, seconds=seconds, weight=kind.weight(kept.value))

    def _land(self, key: str, flight: _Flight) -> None:
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
        flight.landed.set()

    def __repr__(self) -> str:
        parts = " and ".join(repr(cache) for cache in (self.near, self.far) if cache is not None)
        return f"<Answers in {parts}>"


def _given(kept: Kept[T], load: Callable[[], T], otherwise: Callable[[], T] | None) -> T:
    if kept.value is None:
        return (otherwise or load)()
    return kept.value


def _looked_up(far: Cache, keys: list[str]) -> tuple[list[bytes | None], Lease]:
    if isinstance(far, BulkCache):
        return far.get_many(keys)
    return [far.get(key) for key in keys], Lease("")


def _keep(far: Cache, values: dict[str, bytes], lease: Lease, seconds: float) -> None:
    if isinstance(far, BulkCache):
        far.fill_many(values, lease, seconds=seconds)
        return
    for key, value in values.items():
        _, right = far.lease(key, seconds=_LEASE_SECONDS, anew=True)
        if right:
            far.fill(key, value, right, seconds=seconds)
