"""Ids that a test can foretell."""

from __future__ import annotations

import itertools
import threading
from uuid import UUID

from motovault.errors import InvalidValue
from motovault.ports import NewId

__all__ = ["counting_ids"]


def counting_ids(start: int = 1) -> NewId:
    """A maker of ids that counts: ``…-000000000001``, ``…-000000000002`` and so on; safe between threads.

    Args:
        start: The first number, from 0.

    >>> new_id = counting_ids()
    >>> new_id(), new_id()
    (UUID('00000000-0000-7000-8000-000000000001'), UUID('00000000-0000-7000-8000-000000000002'))
    """
    if start < 0:
        raise InvalidValue("start", start, "must be at least 0")
    numbers, lock = itertools.count(start), threading.Lock()
    # version 7 and the variant of RFC 9562, as the ids that it stands for
    shape = 0x7 << 76 | 0x8 << 60

    def new_id() -> UUID:
        with lock:
            return UUID(int=shape + next(numbers))

    return new_id
