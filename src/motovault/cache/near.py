"""A near cache in front of Redis, which is told what was dropped there.

It gives nothing unless it knows that it is up to date: a ping on the very
connection that carries the messages was answered, and everything dropped before
that ping had been told by then. So what it gives is never older than
``bound_seconds``, whatever breaks; as long as nothing does, only as old as a message takes.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from motovault.cache.local import LocalCache
from motovault.cache.redis import FAILURES, RedisCache
from motovault.errors import InvalidValue
from motovault.ports import Lease

__all__ = ["Listener", "NearCache"]


class NearCache(LocalCache):
    """A :class:`LocalCache` that only gives, and only takes, while it is told what was dropped.

    Attributes:
        trusted_until: Until when it is up to date enough, by its timer.
    """

    def __init__(
        self,
        max_entries: int = 10_000,
        max_bytes: int = 64 * 2**20,
        *,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(max_entries, max_bytes, timer=timer)
        self.trusted_until = 0.0

    def get(self, key: str, /) -> Any:
        """What is kept, or None."""
        if self._timer() >= self.trusted_until:
            return None
        with self._lock:  # as the cache below does it, whose call would be a third of the whole
            try:
                return self._kept[key][0]
            except KeyError:
                return None

    def fill(
        self, key: str, value: Any, lease: Lease, /, *, seconds: float, weight: int | None = None
    ) -> bool:
        """See :meth:`LocalCache.fill`."""
        if self._timer() >= self.trusted_until:
            self.release(key, lease)
            return False
        return super().fill(key, value, lease, seconds=seconds, weight=weight)

    def heard(self, asked_at: float, bound_seconds: float) -> None:
        """Everything that was dropped there before ``asked_at`` has been dropped here."""
        if self._timer() >= self.trusted_until:
            self.drop_all()  # it has been deaf for a while
        self.trusted_until = asked_at + bound_seconds

    @property
    def is_trusted(self) -> bool:
        """Whether it gives what is kept."""
        return self._timer() < self.trusted_until

    def distrust(self) -> None:
        """Whether it is told anything is not known."""
        self.trusted_until = 0.0
        self.drop_all()


_NOTHING: Final = ""
"""A key that nobody has."""


class Listener:
    """The thread that tells a near cache what was dropped on the server.

    Args:
        far: Where it was dropped.
        near: Who is told.
        bound_seconds: How old an answer of ``near`` may be at most; it asks four times as often.
        retry_seconds: Between one try to connect and the next.
    """

    def __init__(
        self, far: RedisCache, near: NearCache, *, bound_seconds: float = 1.0, retry_seconds: float = 0.5
    ) -> None:
        if not bound_seconds > 0:
            raise InvalidValue("near_seconds", bound_seconds, "must be above 0")
        self._far = far
        self._near = near
        self._bound = bound_seconds
        self._retry_seconds = retry_seconds
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="motovault-near-cache", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; the near cache gives nothing from then on."""
        self._closed.set()
        if self._near.is_trusted:  # else the server may be out of reach, which takes long to find out
            with contextlib.suppress(*FAILURES):
                self._far.client.publish(self._far.channel, _NOTHING)  # so that the thread wakes up
        self._thread.join(5)
        self._near.distrust()

    def _run(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(*FAILURES):
                self._listen()
            self._near.distrust()
            self._closed.wait(self._retry_seconds)

    def _listen(self) -> None:
        client: Any = self._far.client
        with client.pubsub() as messages:
            messages.subscribe(self._far.channel)
            self._near.distrust()
            asked_at: float | None = None
            next_at = time.monotonic()
            while not self._closed.is_set():
                now = time.monotonic()
                if asked_at is None and now >= next_at:
                    asked_at, next_at = now, now + self._bound / 4
                    messages.ping()
                if asked_at is not None and now - asked_at > self._bound:
                    raise TimeoutError("the server does not answer")
                message = messages.get_message(timeout=self._bound / 8)
                if message is None:
                    continue
                if message["type"] == "message":
                    self._tell(message["data"].decode("utf-8", "replace"))
                elif message["type"] == "pong" and asked_at is not None:
                    self._near.heard(asked_at, self._bound)
                    asked_at = None

    def _tell(self, dropped: str) -> None:
        if dropped == "*":
            self._near.drop_all()
        else:
            self._near.drop(dropped)
