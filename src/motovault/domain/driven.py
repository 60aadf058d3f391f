"""How far positions in the order of time say was driven, slips of the pen left out.

A single reading that stands out between two that agree is a typing error in
either direction and is passed over. A drop that stays down is a changed
instrument: the way goes on from there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from motovault.quantities.context import EXACT

__all__ = ["driven", "without_slips"]

T = TypeVar("T")


def without_slips(items: Sequence[T], position: Callable[[T], Decimal]) -> list[T]:
    """What is left of ``items`` without those whose position is a slip of the pen.

    >>> [int(at) for at in without_slips([Decimal(n) for n in (1000, 1400, 140, 1800)], lambda at: at)]
    [1000, 1400, 1800]
    """
    kept: list[T] = []
    for place, item in enumerate(items):
        if kept and position(item) < position(kept[-1]):
            if len(kept) > 1 and position(kept[-2]) <= position(item):
                kept.pop()  # the one before was too high
            elif place + 1 < len(items) and position(items[place + 1]) >= position(kept[-1]):
                continue  # this one is too low
        kept.append(item)
    return kept


def driven(positions: Iterable[Decimal]) -> Decimal:
    """The sum of the steps forward; a step back counts as 0.

    >>> driven([Decimal(99900), Decimal(250), Decimal(600)])  # a new instrument
    Decimal('350')
    """
    total = Decimal(0)
    for last, position in itertools.pairwise(positions):
        if position > last:
            total = EXACT.add(total, EXACT.subtract(position, last))
    return total
