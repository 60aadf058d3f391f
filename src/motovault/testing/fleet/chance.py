"""Chance without a state: the number that belongs to a place, by arithmetic alone.

A row draws by its own number in the fleet. So it does not matter into how many
files a fleet is cut, nor which release of which library cuts it. Source of the
mixing: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["WHOLE", "Draws", "over"]

WHOLE: Final = 1 << 16
"""A draw is a whole number from 0 up to this one, without it."""

_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MODULUS: Final = 1 << 64


def _u64(value: int) -> pl.Expr:
    return pl.lit(value % _MODULUS, dtype=pl.UInt64)


def over(amount: pl.Expr, divisor: pl.Expr | float) -> pl.Expr:
    """A whole number over another, rounded once.

    Polars divides a column by one number by multiplying with its reciprocal, which rounds twice and is off
    in the last bit for every third figure, but not where the column has one row. A column divides truly.
    """
    return amount / (amount * 0 + divisor)


class Draws:
    """Draws for the rows of a frame, four from each mixing of the row's number.

    Args:
        number: Column of the row's number, not negative.
        seed: Of the fleet.
        purpose: Tells draws for vehicles from those for fills.
    """

    def __init__(self, number: str, seed: int, purpose: int) -> None:
        self._number = pl.col(number).cast(pl.UInt64)
        self._start = seed * _SECOND + purpose * _FIRST

    def four(self, stream: int) -> list[pl.Expr]:
        """Four expressions, each of whole numbers below :data:`WHOLE`, independent of other streams'."""
        mixed = (self._number + _u64(1)) * _u64(_GOLDEN) + _u64(self._start + stream * _GOLDEN * _FIRST)
        mixed = (mixed ^ (mixed // _u64(1 << 30))) * _u64(_FIRST)
        mixed = (mixed ^ (mixed // _u64(1 << 27))) * _u64(_SECOND)
        mixed = mixed ^ (mixed // _u64(1 << 31))
        return [((mixed // _u64(1 << shift)) & _u64(WHOLE - 1)).cast(pl.Int64) for shift in (0, 16, 32, 48)]
