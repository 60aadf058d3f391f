"""A second, rougher estimate for histories with hardly any full tank.

Fixed-amount top-ups are how some people buy fuel: full to full then yields
nothing. All fuel over all distance is off by at most one tank, since nobody
knows how full it was at both ends; the longer the run, the less that matters.
Never part of an average.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from motovault.domain.fuel_logs.chain import Chain
from motovault.domain.fuel_logs.intervals import Interval
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
    chain: Chain, intervals: Sequence[Interval], tank_capacity: Decimal | None
) -> LongRunEstimate | None:
    """The estimate, where valid intervals cover less than half of the way; else None.

    Args:
        chain: One tank.
        intervals: What full to full found in it.
        tank_capacity: In the report's fuel unit; without it the largest single fill stands in.
    """
    count, distance, fuel = _longest_run(chain)
    if distance <= 0 or fuel <= 0:
        return None
    driven = chain.reported_distance(distance)
    covered = _ZERO
    for interval in intervals:
        if interval.void is None and interval.distance is not None:
            covered = EXACT.add(covered, interval.distance)
    if covered >= EXACT.multiply(driven, _HALF):
        return None
    largest = chain.reported_fuel(max(volume for volume in chain.volumes if volume is not None))
    tank_size = largest if tank_capacity is None else tank_capacity
    poured = chain.reported_fuel(fuel)
    bounds = [chain.figure(distance, fuel)]
    least = EXACT.subtract(poured, tank_size)
    if least > 0:
        scale = EXACT.divide(fuel, poured)
        ends = (least, EXACT.add(poured, tank_size))
        bounds = [bounds[0], *(chain.figure(distance, EXACT.multiply(end, scale)) for end in ends)]
    known = [bound for bound in bounds if bound is not None]
    if not known:
        return None
    return LongRunEstimate(
        fill_count=count,
        distance=driven,
        fuel=poured,
        economy=known[0],
        low=min(known) if len(known) == 3 else None,
        high=max(known) if len(known) == 3 else None,
        tank_size=tank_size,
        is_tank_size_assumed=tank_capacity is None,
    )


def _longest_run(chain: Chain) -> tuple[int, Decimal, Decimal]:
    """Fills, distance and fuel of the longest run without a gap, in the units of adding."""
    best = (0, _ZERO, _ZERO)
    start = last = None
    frame, count, fuel, since, unused, pending = 0, 0, _ZERO, 0, _ZERO, _ZERO
    for fill, place, volume, excluded in zip(chain.fills, chain.places, chain.volumes, chain.excluded, strict=True):
        is_broken = fill.missed or volume is None
        if place is not None and last is not None and (place.frame != frame or place.position < last):
            is_broken = True
        if is_broken or start is None:
            start = last = None if place is None else place.position
            frame = frame if place is None else place.frame
            count, fuel, since, unused, pending = 0, _ZERO, 0, _ZERO, _ZERO
            continue
        since += 1
        pending = EXACT.add(pending, volume or _ZERO)
        unused = unused if excluded is None else EXACT.add(unused, excluded)
        if place is None:
            continue
        count, fuel, last = count + since, EXACT.add(fuel, pending), place.position
        since, pending = 0, _ZERO
        distance = EXACT.subtract(EXACT.subtract(last, start), unused)
        if distance > best[1]:
            best = (count, distance, fuel)
    return best


