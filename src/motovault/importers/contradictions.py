"""What speaks against miles and gallons in a file that does not name its units.

An owner who never chose a unit system has miles and US gallons. A file from
elsewhere must not be kept in them without a word, so it is asked for its
notation, and where it has one for its own economy column.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from motovault.importers.dates import OrderEvidence
from motovault.quantities.context import EXACT

__all__ = ["EconomyEvidence", "Fill", "foreign_notation"]

_NEAR = Decimal("0.02")
"""How far, of itself, an application's rounded economy may lie from the one worked out."""


def foreign_notation(sign: str, order: str, dates: OrderEvidence) -> str:
    """In words, what nobody writes where miles and gallons are used; empty if there is nothing.

    >>> foreign_notation(",", "YMD", OrderEvidence())
    'its numbers have a decimal comma'
    """
    if sign == ",":
        return "its numbers have a decimal comma"
    if order == "DMY" and dates.dotted:
        return "its dates are written day.month.year"
    return ""


class Fill(NamedTuple):
    """What of a row the economy is worked out from; ``economy`` is the application's own."""

    odometer: Decimal | None
    volume: Decimal
    economy: Decimal | None
    is_full: bool
    has_missed: bool


class EconomyEvidence:
    """Whether a column of economies counts volume per 100 of distance, or distance per volume.

    Only a full fill right behind another full one is compared: there every
    application works out the same. The rows may go up or down.
    """

    def __init__(self) -> None:
        self._before: Fill | None = None
        self._compared = self._per_hundred = self._per_volume = 0

    def see(self, fill: Fill) -> None:
        """Take the next row of the file into account."""
        before, self._before = self._before, fill
        if before is None or before.odometer is None or fill.odometer is None:
            return
        early, late = (before, fill) if before.odometer <= fill.odometer else (fill, before)
        distance = EXACT.subtract(late.odometer or Decimal(0), early.odometer or Decimal(0))
        if not (early.is_full and late.is_full and distance and late.economy) or late.has_missed:
            return
        self._compared += 1
        per_hundred = EXACT.divide(EXACT.multiply(Decimal(100), late.volume), distance)
        self._per_hundred += _is_near(late.economy, per_hundred)
        self._per_volume += _is_near(late.economy, EXACT.divide(distance, late.volume))

    @property
    def is_per_hundred(self) -> bool:
        """Whether most of the rows compared, and at least one, say volume per 100 of distance."""
        return self._per_hundred > self._per_volume and 2 * self._per_hundred > self._compared


def _is_near(stated: Decimal, worked_out: Decimal) -> bool:
    return EXACT.abs(EXACT.subtract(stated, worked_out)) <= EXACT.multiply(_NEAR, worked_out)
