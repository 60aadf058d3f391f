"""How a vehicle is driven, out of its readings, and when it will have driven so much more.

A vehicle has two paces, the recent one and that of the long run; both are means
of distance per day in which older days count less. It goes on at the recent
pace and comes back to the long run's: what lies ``t`` days ahead was driven at

    long run + (recent - long run) * RETURN_DAYS / (RETURN_DAYS + t)

so that the distance left gives a quadratic equation for ``t``. The interval
grows with the time ahead and with how unevenly this vehicle is driven.

Everything is reckoned in integers, so that the dates are the same on every
machine. The constants were chosen on real logs of fifteen vehicles; the table
is in ``docs/explanation/forecast.md``, and ``benchmarks/forecast.py`` measures them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import isqrt
from operator import itemgetter
from typing import Final

import attrs

from motovault.domain.driven import without_slips
from motovault.domain.maintenance.forecast import PLACES, Basis, Projection, last_day_told
from motovault.quantities.context import EXACT, round_half_even, to_decimal
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = ["COVERAGE", "METHOD", "Driving", "driving"]

METHOD: Final = "recent_to_long_run"
COVERAGE: Final = Decimal("0.80")

RECENT_DAYS: Final = 30
"""Memory of the recent pace: each day counts by 1/30 less than the one after it (half after 20 days)."""

LONG_RUN_DAYS: Final = 1_000
"""Memory of the long run: half after 693 days; last year's seasons count, a former life hardly."""

RETURN_DAYS: Final = 180
"""The recent pace keeps half of its say over the next 180 days."""

FASTEST_PER_DAY: Final = 2_400
"""A step of more than that in a day, 100 km/h around the clock, was not driven: a slip or another dial."""

# The interval is t / g to t * g with (g - 1) ** 2 == 0.35 ** 2 + 1.5 ** 2 * unevenness / t: of habits that
# change, and of this vehicle's own unevenness; as if 14 days had been seen of one whose unevenness is 3 days.
_HABIT, _OWN, _PARTS = 49, 900, 20
_SEEN_DAYS, _USUAL_UNEVENNESS = 14, 3

_FASTEST: Final = FASTEST_PER_DAY * 1_000_000
_MILLION: Final = Decimal(1_000_000)
_WEIGHT_BITS, _PACE_BITS, _DAY_BITS = 30, 32, 20  # weights of one machine digit: five times as fast


@functools.cache
def _fading(memory_days: int) -> tuple[int, ...]:
    """Weight of each age in days, from 1 as 2**30 down to 0; older days weigh nothing."""
    weights = [1 << _WEIGHT_BITS]
    while weights[-1]:
        weights.append(weights[-1] * (memory_days - 1) // memory_days)
    return tuple(weights)


@attrs.frozen(weakref_slot=False)
class Driving:
    """How one vehicle is driven; worked out once, asked for every distance that is left.

    Attributes:
        basis: What it rests on, to be shown.
        today: The user's date.
    """

    basis: Basis
    today: date
    # Paces in millionths of a km or hour per day, times 2**32; days times 2**20.
    _recent: int
    _long_run: int
    _unevenness: int
    _factor: Decimal
    _last: int
    _now: int
    _limit: int

    def project(self, remaining: Decimal) -> Projection:
        """When ``remaining`` more than the last position will be driven.

        Parts of a day are dropped, so that the warning comes earlier, but for the
        end of the interval. What was reached already, is due by now or should
        have been reached since the last reading is told as today.

        Args:
            remaining: In the unit of the basis; 0 or less was reached already.

        Raises:
            InvalidValue: ``remaining`` is not a finite exact number.
        """
        ahead = self._ahead(to_decimal(remaining, "remaining"))
        if not ahead:
            return Projection(self.today, self.today, self.today, self.basis)
        spread = isqrt(_HABIT * ahead * ahead + _OWN * self._unevenness * ahead) // _PARTS
        # A millionth of a day more, against roundings just below a whole one.
        return Projection(
            self._date((ahead + 1) >> _DAY_BITS),
            self._date((ahead * ahead // (ahead + spread) + 1) >> _DAY_BITS),
            self._date(-(-(ahead + spread - 1) >> _DAY_BITS)),
            self.basis,
        )

    def day(self, remaining: Decimal) -> int | None:
        """The ordinal of the date of :meth:`project`, for many: nothing is checked, no object is made."""
        day = self._last + ((self._ahead(remaining) + 1) >> _DAY_BITS)
        return None if day > self._limit else max(day, self._now)

    def _ahead(self, remaining: Decimal) -> int:
        """Days from the last reading, times 2**20; 0 where it was reached already."""
        way = int(EXACT.multiply(remaining, self._factor)) << _PACE_BITS
        if way <= 0:
            return 0
        slack = self._recent * RETURN_DAYS - way
        root = isqrt(slack * slack + 4 * RETURN_DAYS * self._long_run * way)
        return (((root - slack) << _DAY_BITS) // (2 * self._long_run)) or 1

    def _date(self, days: int) -> date | None:
        day = self._last + days
        if day <= self._now:
            return self.today
        return date.fromordinal(day) if day <= self._limit else None


def driving(
    positions: Sequence[tuple[date, Decimal]], today: date, unit: DistanceUnit = DistanceUnit.KM
) -> Driving | None:
    """How a vehicle was driven up to today.

    Slips of the pen are passed over; a step back that stays, or one too long for
    its days, is a changed dial, and the time in between tells nothing.

    Args:
        positions: (local date, position), sorted, in km, or in hours where ``unit`` is hours; as
            :func:`motovault.domain.odometer.positions` gives them.
        today: The user's date; later positions are not looked at.
        unit: Unit of the distances that will be asked, and of what is told.

    Returns:
        None with fewer than two dates, or without movement.

    >>> days = [(date(2025, 5, 12), Decimal(10000)), (date(2025, 6, 1), Decimal(11000))]
    >>> at = driving(days, date(2025, 6, 1)).project(Decimal(2010))
    >>> print(at.on, at.earliest, at.latest, at.basis.recent_per_day)
    2025-07-11 2025-06-28 2025-07-29 50.000000
    """
    seen = positions
    if seen and seen[-1][0] > today:
        seen = [one for one in seen if one[0] <= today]
    known = without_slips(seen, itemgetter(1))
    if not known or known[0][0] == known[-1][0]:
        return None
    last = known[-1][0].toordinal()
    recent, recent_weight, long_run, weight, spreads = _sums(known, last)
    if not long_run:
        return None
    pace = (long_run << _PACE_BITS) // weight
    if not pace:
        return None
    recent_pace = (recent << _PACE_BITS) // recent_weight if recent_weight else pace
    factor = DISTANCE_TO_BASE[unit][1]
    basis = Basis(
        method=METHOD,
        readings=len(known),
        first_on=known[0][0],
        last_on=known[-1][0],
        recent_per_day=_told(recent_pace, factor),
        long_run_per_day=_told(pace, factor),
        unit=unit,
        coverage=COVERAGE,
    )
    return Driving(
        basis,
        today,
        recent_pace,
        pace,
        _unevenness(long_run, weight, spreads),
        EXACT.multiply(factor, _MILLION),
        last,
        today.toordinal(),
        last_day_told(today),
    )


def _sums(
    known: Sequence[tuple[date, Decimal]], last: int
) -> tuple[int, int, int, int, tuple[int, int, int]]:
    """Weighted paces and weights, recent and of the long run, and what its unevenness is made of."""
    days: dict[int, int] = {}
    for on, position in known:
        whole, part = position.as_integer_ratio()  # a third of the time of a product in a context
        days[last - on.toordinal()] = whole * 1_000_000 // part
    fast, slow = _fading(RECENT_DAYS), _fading(LONG_RUN_DAYS)
    end_of_fast, end_of_slow = len(fast), len(slow)
    recent = recent_weight = long_run = weight = 0
    squares = steps = spans = 0
    walk = iter(days.items())
    since, start = next(walk)
    older_fast = fast[since] if since < end_of_fast else 0
    older_slow = slow[since] if since < end_of_slow else 0
    for age, at in walk:
        in_fast = fast[age] if age < end_of_fast else 0
        in_slow = slow[age] if age < end_of_slow else 0
        span, step = since - age, at - start
        if 0 <= step <= _FASTEST * span:
            share, newer = in_slow - older_slow, in_fast - older_fast
            weight += share
            recent_weight += newer
            spans += share * span
            if step:
                pace = share * step
                recent += newer * step // span
                long_run += pace // span
                squares += pace * step // span
                steps += pace
        since, start, older_fast, older_slow = age, at, in_fast, in_slow
    return recent, recent_weight, long_run, weight, (squares, steps, spans)


def _unevenness(long_run: int, weight: int, spreads: tuple[int, int, int]) -> int:
    """How many days' worth of driving the steps stray, squared, per day; times 2**20.

    The variance of the steps around the long run's pace, each weighted by its
    share, per day and in units of that pace squared.
    """
    squares, steps, spans = spreads
    variance = squares - 2 * long_run * steps // weight + long_run * long_run * spans // (weight * weight)
    own = LONG_RUN_DAYS * max(variance, 0) * weight * weight // (long_run * long_run)
    own += (_SEEN_DAYS * _USUAL_UNEVENNESS) << _WEIGHT_BITS
    seen = LONG_RUN_DAYS * weight + (_SEEN_DAYS << _WEIGHT_BITS)
    return (own << _DAY_BITS) // seen


def _told(pace: int, factor: Decimal) -> Decimal:
    millionths = EXACT.divide(Decimal(pace), Decimal(1 << _PACE_BITS))
    return round_half_even(EXACT.divide(millionths, EXACT.multiply(factor, _MILLION)), PLACES)
