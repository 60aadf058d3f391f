"""Energy economy of a battery, which is seldom charged to the same level twice.

Rule R16 of the economy vectors. Three ways, by what is known:

- the capacity: every charge closes an interval, and the difference of the end
  levels is set off against the energy added;
- the level before a charge: the charge itself tells the capacity
  (energy over difference of levels), and again every charge closes an interval;
- end levels alone: two charges that end at the same level enclose an interval,
  as two full tanks do.

A charge that says "full" and no level ended at 100 %.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from motovault.domain.fuel_logs.chain import Chain
from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.intervals import Interval, Void
from motovault.quantities.context import EXACT

__all__ = ["charging_intervals", "has_charge_levels"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)


def has_charge_levels(chain: Chain) -> bool:
    """Whether any charge says at which level it ended."""
    return any(fill.charge_end is not None for fill in chain.fills)


def charging_intervals(chain: Chain, capacity_kwh: Decimal | None) -> list[Interval]:
    """The intervals of one chain of charges, in order; they never overlap.

    Args:
        chain: Charges in kilowatt-hours.
        capacity_kwh: Of the battery; None if unknown.
    """
    found: list[Interval] = []
    openings: dict[Decimal | None, _Opening] = {}
    by_level = capacity_kwh is None and not any(fill.charge_start is not None for fill in chain.fills)
    for index, (fill, place) in enumerate(zip(chain.fills, chain.places, strict=True)):
        for opening in openings.values():
            opening.pass_by(fill, chain.volumes[index], chain.excluded[index])
        level = _end_level(fill)
        if place is None:
            continue
        known = next(iter(openings.values()), None)
        if known is not None and (place.frame != known.frame or place.position < known.last):
            if level is not None:
                why = Void.WENT_BACK if place.frame == known.frame else Void.UNKNOWN_POSITION
                found.append(known.closed(chain, fill, None, None, known.void or why))
            openings = {}
        for opening in openings.values():
            opening.last = place.position
        if level is None:
            continue
        opening_here = openings.get(level if by_level else None)
        if opening_here is not None:
            distance = EXACT.subtract(EXACT.subtract(place.position, opening_here.start), opening_here.excluded)
            if distance <= 0:
                continue
            used, void = _used(opening_here, fill, level, capacity_kwh, by_level)
            if used is _NOT_YET:
                continue
            void = opening_here.void or void
            found.append(opening_here.closed(chain, fill, distance, None if void else used, void))
            openings = {}
        key = level if by_level else None
        if key not in openings:
            openings[key] = _Opening(fill, level, place.frame, place.position, place.position)
    return found


@attrs.define
class _Opening:
    """A charge that ended at a known level and position, and what came after it."""

    fill: Fill
    level: Decimal
    frame: int
    start: Decimal
    last: Decimal
    added: Decimal = _ZERO
    added_before: Decimal = _ZERO
    excluded: Decimal = _ZERO
    cost: Decimal | None = _ZERO
    currency_code: str | None = None
    count: int = 0
    is_towing: bool = False
    void: Void | None = None

    def pass_by(self, fill: Fill, volume: Decimal | None, excluded: Decimal | None) -> None:
        """Take in what one later charge brings."""
        self.count += 1
        self.added_before = self.added
        if volume is None:
            self.void = self.void or Void.UNKNOWN_VOLUME
        else:
            self.added = EXACT.add(self.added, volume)
        if fill.missed:
            self.void = Void.MISSED
        if excluded is not None:
            self.excluded = EXACT.add(self.excluded, excluded)
        self.is_towing = self.is_towing or fill.is_towing
        if self.cost is not None:
            if fill.cost is None or (self.count > 1 and fill.currency_code != self.currency_code):
                self.cost = None
            else:
                self.cost, self.currency_code = EXACT.add(self.cost, fill.cost), fill.currency_code

    def closed(
        self, chain: Chain, closing: Fill, distance: Decimal | None, used: Decimal | None, void: Void | None
    ) -> Interval:
        """The interval from here to ``closing``."""
        cost = self.cost if void is None else None
        return chain.interval(
            self.fill, closing, self.count, distance, used, cost, self.currency_code, self.is_towing, void
        )


_NOT_YET = Decimal("NaN")


def _used(
    opening: _Opening, fill: Fill, level: Decimal, capacity_kwh: Decimal | None, by_level: bool
) -> tuple[Decimal | None, Void | None]:
    """Energy used since ``opening``; ``_NOT_YET`` if this charge cannot close it."""
    if by_level or opening.level == level:
        return opening.added, None
    if capacity_kwh is not None:
        gained = EXACT.divide(EXACT.multiply(capacity_kwh, EXACT.subtract(level, opening.level)), _HUNDRED)
        used = EXACT.subtract(opening.added, gained)
        return (used, None) if used > 0 else (None, Void.BAD_CHARGE)
    if fill.charge_start is None:
        return _NOT_YET, None
    risen = EXACT.subtract(level, fill.charge_start)
    if risen <= 0:
        return None, Void.BAD_CHARGE
    # energy used = all added before this charge + the fall of the level, priced at this charge's own capacity
    fallen = EXACT.subtract(opening.level, fill.charge_start)
    charge = EXACT.subtract(opening.added, opening.added_before)
    used = EXACT.add(opening.added_before, EXACT.divide(EXACT.multiply(charge, fallen), risen))
    return (used, None) if used > 0 else (None, Void.BAD_CHARGE)


def _end_level(fill: Fill) -> Decimal | None:
    if fill.charge_end is not None:
        return fill.charge_end
    return _HUNDRED if fill.is_full else None
