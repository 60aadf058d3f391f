"""When the cache is out of order: who notices, what is owed to it, and when it is trusted again.

One failure is enough to stop asking. A thread of its own then tries every
``retry_seconds``, also where nobody asks anything any more: what was written
meanwhile must be dropped there even if this process has fallen silent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

__all__ = ["Outage"]

_MOST_OWED: Final = 1000
"""Keys that are remembered one by one; beyond that everything is to be forgotten."""


class Outage:
    """The breaker between us and a cache.

    Args:
        settle: Drops these keys there, or everything, and raises if that fails.
        failures: What it raises.
        retry_seconds: Between one try and the next.

    Attributes:
        is_on: The cache is not to be asked.
    """

    def __init__(
        self,
        settle: Callable[[frozenset[str], bool], None],
        failures: tuple[type[BaseException], ...],
        retry_seconds: float,
    ) -> None:
        self.is_on = False
        self._settle = settle
        self._failures = failures
        self._retry_seconds = retry_seconds
        self._lock = threading.Lock()
        self._owed: set[str] = set()
        self._owes_all = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, owed: Iterable[str] = (), *, everything: bool = False) -> None:
        """It failed, and these keys are still to be dropped there."""
        with self._lock:
            self._owe(owed, everything)
            self.is_on = True
            self._watch()

    def owes(self, keys: Iterable[str], *, everything: bool = False) -> bool:
        """Remember to drop these, if it is on; False if it is not."""
        if not self.is_on:
            return False
        with self._lock:
            if not self.is_on:
                return False
            self._owe(keys, everything)
            self._watch()
            return True

    def close(self) -> None:
        """Stop trying; once more, where something is owed."""
        self._closed.set()
        with self._lock:
            thread, owes = self._thread, self._owed or self._owes_all
        if thread is not None:
            thread.join(5)
        if owes and self.is_on:
            self._try(lasted=False)

    def _owe(self, keys: Iterable[str], everything: bool) -> None:
        self._owed.update(keys)
        if everything or len(self._owed) > _MOST_OWED:
            self._owed.clear()
            self._owes_all = True

    def _watch(self) -> None:
        # looked at each time: a thread does not outlive a fork
        if self._closed.is_set() or (self._thread is not None and self._thread.is_alive()):
            return
        self._thread = threading.Thread(target=self._recover, name="motovault-cache-recovery", daemon=True)
        self._thread.start()

    def _recover(self) -> None:
        lasted = False
        while not self._closed.wait(self._retry_seconds):
            if self._try(lasted=lasted):
                return
            lasted = True

    def _try(self, *, lasted: bool) -> bool:
        """Settle what is owed. Where it ``lasted``, others may have died owing: nothing there is trusted."""
        with self._lock:
            owed, everything = frozenset(self._owed), self._owes_all or lasted
        try:
            self._settle(owed, everything)
        except self._failures:
            return False
        with self._lock:
            self._owed -= owed
            if everything:
                self._owes_all = False
            if self._owed or self._owes_all:
                return False
            self.is_on = False
            self._thread = None
            return True
