"""Energy economy of a battery, which is seldom charged to the same level twice.

Rule R16 of the economy vectors. Three ways, by what is known:

- the capacity: every charge closes an interval, and the difference of the end
  levels is set off against the energy added;
- end levels: two charges that end at the same level enclose an interval, as two
  full tanks do;
- the level before a charge: the charge itself tells the capacity (energy over
  difference of levels), and closes an interval whatever level it ended at.

A charge that says "full" and no level ended at 100 %. Intervals never overlap:
the one that closes first stands, and how it closes hangs on nothing that comes
later. Sums are kept running and intervals are differences of them, so that a
battery that never ends twice at one level costs no more than another.
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
    found, sums, ours = Stretches(), _Sums(), chain.strand.currency_code
    openings: dict[Decimal, _Opening] = {}  # the earliest of each level since the last closing
    frame, last = -1, _ZERO
    rows = zip(chain.strand.rows, chain.positions, chain.frames, strict=True)
    for index, (row, position, in_frame) in enumerate(rows):
        before = sums.added
        sums.take(index, row, row.currency_code or ours)
        if position is None:
            continue  # R7: its energy counts, but it neither opens nor closes
        level = _end_level(row)
        if openings and (in_frame != frame or position < last):  # R9
            if level is not None:
                why = Void.WENT_BACK if in_frame == frame else Void.UNKNOWN_POSITION
                first = next(iter(openings.values()))
                sums.add_void(found, first, index, None, why)
            openings = {}
        frame, last = in_frame, position
        if level is None:
            continue
        here = _Opening(index, level, position, sums.added, sums.excluded, sums.paid)
        opening = _partner(openings, row, level, capacity_kwh)
        distance = _ZERO
        if opening is not None and position != opening.position:
            off = EXACT.subtract(sums.excluded, opening.excluded)
            distance = EXACT.subtract(EXACT.subtract(position, opening.position), off)
        if opening is None or distance == 0:  # R8: nothing driven, the energy is carried on
            openings.setdefault(level, here)
            continue
        used = _used(opening, here, row, before, capacity_kwh)
        if distance < 0:
            sums.add_void(found, opening, index, None, Void.EXCLUDED)
        elif used <= 0:
            why = Void.NO_FUEL if level == opening.level else Void.BAD_CHARGE
            sums.add_void(found, opening, index, distance, why)
        else:
            sums.add(found, opening, index, distance, used, chain.figure(distance, used))
        openings = {level: here}
    return found


@attrs.frozen
class _Opening:
    """A charge that ended at a known level and position, and the running sums after it."""

    index: int
    level: Decimal
    position: Decimal
    added: Decimal
    excluded: Decimal
    paid: Decimal


@attrs.define
class _Sums:
    """What all charges so far come to, and which was the latest to break a rule."""

    added: Decimal = _ZERO
    excluded: Decimal = _ZERO
    paid: Decimal = _ZERO
    currency_code: str | None = None
    unknown: int = -1
    missed: int = -1
    towing: int = -1
    unpaid: int = -1
    changed_currency: int = -1

    def take(self, index: int, row: Row, paid_in: str | None) -> None:
        """Take in one more charge."""
        if row.volume is None:
            self.unknown = index
        else:
            self.added = EXACT.add(self.added, row.volume)
        if row.missed_previous:
            self.missed = index
        if row.is_towing:
            self.towing = index
        if row.excluded_distance is not None:
            self.excluded = EXACT.add(self.excluded, row.excluded_distance)
        if row.total_cost is None:
            self.unpaid = index
        else:
            self.paid = EXACT.add(self.paid, row.total_cost)
        if paid_in != self.currency_code:
            self.currency_code, self.changed_currency = paid_in, index

    def add(
        self, found: Stretches, since: _Opening, index: int, distance: Decimal, used: Decimal, figure: Decimal
    ) -> None:
        """The interval from ``since`` to the latest charge, with its figure if no rule is broken."""
        if max(self.missed, self.unknown) > since.index:
            self.add_void(found, since, index, distance, Void.MISSED)
            return
        is_paid = self.unpaid <= since.index and self.changed_currency <= since.index + 1
        cost = EXACT.subtract(self.paid, since.paid) if is_paid else None
        found.add(since.index, index, distance, used, figure, cost, self.towing > since.index)

    def add_void(
        self, found: Stretches, since: _Opening, index: int, distance: Decimal | None, void: Void
    ) -> None:
        """The same without a figure; a missed charge or an unknown amount is the better reason."""
        if self.missed > since.index:
            void = Void.MISSED
        elif self.unknown > since.index:
            void = Void.UNKNOWN_VOLUME
        added = None if self.unknown > since.index else EXACT.subtract(self.added, since.added)
        found.add_void(since.index, index, distance, added, self.towing > since.index, void)


def _partner(
    openings: dict[Decimal, _Opening], row: Row, level: Decimal, capacity_kwh: Decimal | None
) -> _Opening | None:
    """The opening that this charge can close, if any."""
    if capacity_kwh is None:
        if level in openings:
            return openings[level]
        if row.charge_start_percent is None:
            return None
    return next(iter(openings.values()), None)


def _used(
    opening: _Opening, here: _Opening, row: Row, added_before: Decimal, capacity_kwh: Decimal | None
) -> Decimal:
    """Energy used since ``opening``; 0 or less where the states of charge make no sense."""
    added = EXACT.subtract(here.added, opening.added)
    if here.level == opening.level:
        return added
    if capacity_kwh is not None:
        gained = EXACT.multiply(capacity_kwh, EXACT.subtract(here.level, opening.level))
        return EXACT.subtract(added, EXACT.divide(gained, _HUNDRED))
    start = row.charge_start_percent
    if start is None or here.level <= start:
        return _ZERO
    # all that was added before this charge, and the fall of the level by this charge's own capacity
    charge = EXACT.subtract(here.added, added_before)
    fallen, risen = EXACT.subtract(opening.level, start), EXACT.subtract(here.level, start)
    by_level = EXACT.divide(EXACT.multiply(charge, fallen), risen)
    return EXACT.add(EXACT.subtract(added_before, opening.added), by_level)


def _end_level(row: Row) -> Decimal | None:
    if row.charge_end_percent is not None:
        return row.charge_end_percent
    return _HUNDRED if row.is_full_tank else None
