"""A second, rougher estimate for histories with hardly any full tank.

Fixed-amount top-ups are how some people buy fuel: full to full then yields
nothing. All fuel over all distance is off by at most one tank, since nobody
knows how full it was at both ends; the longer the run, the less that matters.
Never part of an average.
"""

from __future__ import annotations

from decimal import Decimal

import attrs

from motovault.domain.fuel_logs.chain import Chain, Stretches
from motovault.quantities.context import EXACT

__all__ = ["LongRunEstimate", "long_run_estimate"]

_ZERO = Decimal(0)
_HALF = Decimal("0.5")


@attrs.frozen(kw_only=True)
class LongRunEstimate:
    """All fuel over all distance of the longest unbroken run, with its error bound.

    Attributes:
        fill_count: Fills after the first one of the run.
        distance: Of the run, in the distance unit of the tank's report.
        fuel: Poured in after the first fill of the run.
        economy: Their figure: an estimate.
        low: The smaller bound of the true figure; None where the run is shorter than a tank lasts.
        high: The greater bound; None likewise.
        tank_size: What the bounds rest on: the fuel level at the two ends differs by at most this.
        is_tank_size_assumed: True where ``tank_size`` is only the largest single fill seen.
    """

    fill_count: int
    distance: Decimal
    fuel: Decimal
    economy: Decimal
    low: Decimal | None
    high: Decimal | None
    tank_size: Decimal
    is_tank_size_assumed: bool


def long_run_estimate(
    chain: Chain, stretches: Stretches, tank_capacity: Decimal | None
) -> LongRunEstimate | None:
    """The estimate, where valid intervals cover less than half of the way; else None.

    Args:
        chain: One tank.
        stretches: What full to full found in it.
        tank_capacity: In the report's fuel unit; without it the largest single fill stands in.
    """
    count, distance, fuel = _longest_run(chain)
    if distance <= 0 or fuel <= 0:
        return None
    covered = _ZERO
    for driven_in_it, figure in zip(stretches.distances, stretches.figures, strict=True):
        if figure is not None and driven_in_it is not None:
            covered = EXACT.add(covered, driven_in_it)
    if covered >= EXACT.multiply(distance, _HALF):
        return None
    driven = chain.reported_distance(distance)
    largest = chain.reported_fuel(max(row.volume for row in chain.strand.rows if row.volume is not None))
    tank_size = largest if tank_capacity is None else tank_capacity
    poured = chain.reported_fuel(fuel)
    economy = chain.figure(distance, fuel)
    ends: list[Decimal] = []
    least = EXACT.subtract(poured, tank_size)
    if least > 0:
        scale = EXACT.divide(fuel, poured)
        for end in (least, EXACT.add(poured, tank_size)):
            ends.append(chain.figure(distance, EXACT.multiply(end, scale)))
    return LongRunEstimate(
        fill_count=count,
        distance=driven,
        fuel=poured,
        economy=economy,
        low=min(ends, default=None),
        high=max(ends, default=None),
        tank_size=tank_size,
        is_tank_size_assumed=tank_capacity is None,
    )


def _longest_run(chain: Chain) -> tuple[int, Decimal, Decimal]:
    """Fills, distance and fuel of the longest run without a gap, in the units of adding."""
    best = (0, _ZERO, _ZERO)
    start: Decimal | None = None
    last, frame, count, since = _ZERO, 0, 0, 0
    fuel = unused = pending = _ZERO
    for row, position, in_frame in zip(chain.strand.rows, chain.positions, chain.frames, strict=True):
        volume, missed, excluded = row.volume, row.missed_previous, row.excluded_distance
        is_lost = position is not None and (in_frame != frame or position < last)
        if start is None or missed or volume is None or is_lost:
            start = position
            last, frame = position or _ZERO, in_frame
            count = since = 0
            fuel = unused = pending = _ZERO
            continue
        since += 1
        pending = EXACT.add(pending, volume)
        if excluded is not None:
            unused = EXACT.add(unused, excluded)
        if position is None:
            continue
        count, fuel, last = count + since, EXACT.add(fuel, pending), position
        since, pending = 0, _ZERO
        distance = EXACT.subtract(EXACT.subtract(last, start), unused)
        if distance > best[1]:
            best = (count, distance, fuel)
    return best
