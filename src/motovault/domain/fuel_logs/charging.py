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

from motovault.domain.fuel_logs.chain import Chain, Stretches
from motovault.domain.fuel_logs.history import Row
from motovault.domain.fuel_logs.intervals import Void
from motovault.quantities.context import EXACT

__all__ = ["charging_stretches", "has_charge_levels"]

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)


def has_charge_levels(chain: Chain) -> bool:
    """Whether any charge says at which level it ended."""
    return any(row.charge_end_percent is not None for row in chain.strand.rows)


def charging_stretches(chain: Chain, capacity_kwh: Decimal | None) -> Stretches:
    """The intervals of one chain of charges, in order; they never overlap.

    Args:
        chain: Charges in kilowatt-hours.
        capacity_kwh: Of the battery; None if unknown.
    """
    found = Stretches()
    openings: dict[Decimal | None, _Opening] = {}
    charges = chain.strand.rows
    by_level = capacity_kwh is None and all(row.charge_start_percent is None for row in charges)
    rows = zip(charges, chain.positions, chain.frames, strict=True)
    for index, (row, position, frame) in enumerate(rows):
        for opening in openings.values():
            opening.pass_by(row, row.currency_code or chain.strand.currency_code)
        level = _end_level(row)
        if position is None:
            continue
        known = next(iter(openings.values()), None)
        if known is not None and (frame != known.frame or position < known.last):
            if level is not None:
                why = Void.WENT_BACK if frame == known.frame else Void.UNKNOWN_POSITION
                found.add_void(known.index, index, None, known.added, known.is_towing, known.void or why)
            openings = {}
        for opening in openings.values():
            opening.last = position
        if level is None:
            continue
        opening_here = openings.get(level if by_level else None)
        if opening_here is not None:
            distance = EXACT.subtract(EXACT.subtract(position, opening_here.start), opening_here.excluded)
            if position == opening_here.start or distance == 0:
                continue  # R8: nothing driven, the energy is carried on
            used, void = _used(opening_here, row, level, capacity_kwh, by_level)
            if used is _NOT_YET:
                continue
            void = opening_here.void or (Void.EXCLUDED if distance < 0 else void)
            if void is None and used is not None and used > 0:
                figure, cost = chain.figure(distance, used), opening_here.cost
                found.add(opening_here.index, index, distance, used, figure, cost, opening_here.is_towing)
            else:
                void = void or Void.NO_FUEL
                told, added = distance if distance > 0 else None, opening_here.added
                found.add_void(opening_here.index, index, told, added, opening_here.is_towing, void)
            openings = {}
        key = level if by_level else None
        if key not in openings:
            openings[key] = _Opening(index, level, frame, position, position)
    return found


@attrs.define
class _Opening:
    """A charge that ended at a known level and position, and what came after it."""

    index: int
    level: Decimal
    frame: int
    start: Decimal
    last: Decimal
    added: Decimal = _ZERO
    added_before: Decimal = _ZERO
    excluded: Decimal = _ZERO
    cost: Decimal | None = None
    currency_code: str | None = None
    count: int = 0
    is_towing: bool = False
    void: Void | None = None

    def pass_by(self, row: Row, paid_in: str | None) -> None:
        """Take in what one later charge brings."""
        volume, paid = row.volume, row.total_cost
        self.count += 1
        self.added_before = self.added
        if volume is None:
            self.void = self.void or Void.UNKNOWN_VOLUME
        else:
            self.added = EXACT.add(self.added, volume)
        if row.missed_previous:
            self.void = Void.MISSED
        if row.excluded_distance is not None:
            self.excluded = EXACT.add(self.excluded, row.excluded_distance)
        self.is_towing = self.is_towing or row.is_towing
        if self.count == 1:
            self.cost, self.currency_code = paid, paid_in
        elif self.cost is not None:
            same = paid is not None and paid_in == self.currency_code
            self.cost = EXACT.add(self.cost, paid) if same and paid is not None else None


_NOT_YET = Decimal("NaN")


def _used(
    opening: _Opening, row: Row, level: Decimal, capacity_kwh: Decimal | None, by_level: bool
) -> tuple[Decimal | None, Void | None]:
    """Energy used since ``opening``; ``_NOT_YET`` if this charge cannot close it."""
    if by_level or opening.level == level:
        return opening.added, None
    if capacity_kwh is not None:
        gained = EXACT.divide(EXACT.multiply(capacity_kwh, EXACT.subtract(level, opening.level)), _HUNDRED)
        used = EXACT.subtract(opening.added, gained)
        return (used, None) if used > 0 else (None, Void.BAD_CHARGE)
    if row.charge_start_percent is None:
        return _NOT_YET, None
    risen = EXACT.subtract(level, row.charge_start_percent)
    if risen <= 0:
        return None, Void.BAD_CHARGE
    # energy used = all added before this charge + the fall of the level, priced at this charge's own capacity
    fallen = EXACT.subtract(opening.level, row.charge_start_percent)
    charge = EXACT.subtract(opening.added, opening.added_before)
    used = EXACT.add(opening.added_before, EXACT.divide(EXACT.multiply(charge, fallen), risen))
    return (used, None) if used > 0 else (None, Void.BAD_CHARGE)


def _end_level(row: Row) -> Decimal | None:
    if row.charge_end_percent is not None:
        return row.charge_end_percent
    return _HUNDRED if row.is_full_tank else None
