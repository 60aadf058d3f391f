"""The scale of an axis, and what lies so far off that it would squeeze all else into a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import NamedTuple

__all__ = ["Reach", "decimals", "reach", "spread"]

_FACTORS = (2.0, 4.0, 16.0, 256.0)
_FEW = 0.2
_SLIPS = 2
"""At most this part of the figures, or so many, may be drawn at the edge."""


class Reach(NamedTuple):
    """What an axis shows, and the bounds beyond which a figure is drawn at the edge with its number."""

    low: float
    high: float

    def place(self, figure: float) -> float:
        """The figure, or the edge nearest to it."""
        return min(max(figure, self.low), self.high)

    def holds(self, figure: float) -> bool:
        """It is drawn where it belongs."""
        return self.low <= figure <= self.high


def reach(figures: Sequence[float], also: Iterable[float] = ()) -> Reach:
    """The scale that suits most figures.

    A figure more than twice the median, or less than half of it, does not set the
    scale, unless a fifth of all are so: then the bound is wider.

    Args:
        figures: At least one, none below 0.
        also: What is shown beside them and should fit where it is near too.
    """
    ordered = sorted(figures)
    middle = ordered[len(ordered) // 2]
    near = ordered
    for factor in _FACTORS:
        near = [figure for figure in ordered if middle <= figure * factor and figure <= middle * factor]
        far = len(ordered) - len(near)
        if far <= max(_FEW * len(ordered), _SLIPS) and len(near) > far:
            break
    near = near or [middle]
    low, high = near[0], near[-1]
    near_by = [figure for figure in also if low / 1.2 <= figure <= high * 1.2]
    return spread(min([low, *near_by]), max([high, *near_by]))


def spread(low: float, high: float) -> Reach:
    """The two with room around them; equal ones are not on top of each other."""
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return Reach(low - room if low - room > 0 or low < 0 else 0.0, high + room)


def decimals(high: float) -> int:
    """Places after the point that some five ticks up to this figure need."""
    return min(max(-floor(log10(high / 5)), 0), 6) if high > 0 else 0
