"""The machine's clock and ids: what stands behind ``ports.Clock`` and ``ports.NewId`` by default."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

__all__ = ["SystemClock", "uuid7"]


class SystemClock:
    """The clock of this machine, in UTC."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): time-ordered, and strictly rising within this process.

    48 bits of Unix milliseconds and 12 bits of the millisecond's fraction, then
    62 random bits. Two calls in one fraction get consecutive fractions.

    >>> first, second = uuid7(), uuid7()
    >>> first < second, first.version
    (True, 7)
    """
    global _last
    ticks = (time.time_ns() << 12) // 1_000_000
    with _lock:
        _last = ticks = max(ticks, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF
    value = (ticks >> 12 & 0xFFFF_FFFF_FFFF) << 80 | 0x7000 << 64 | (ticks & 0xFFF) << 64 | 0x8 << 60 | random
    return UUID(int=value)
