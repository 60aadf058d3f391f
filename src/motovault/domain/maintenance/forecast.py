"""When a distance will be reached: the answer, what it rests on, and the plain method.

The default method is :func:`motovault.domain.maintenance.driving.driving`. Here
stands the one that everybody understands, from the first reading to the last,
which the default is measured against (``benchmarks/forecast.py``).
Source: rule N10 of the next-due rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

import attrs

from motovault.quantities.context import ratio, round_half_even, to_decimal
from motovault.quantities.units import DistanceUnit

__all__ = [
    "FURTHEST_DAYS",
    "Basis",
    "FirstToLast",
    "Projection",
    "effective_due_on",
    "first_to_last",
    "last_day_told",
]

FURTHEST_DAYS: Final = 36_525
"""A hundred years: nobody is told of a date that lies further ahead."""

PLACES: Final = 6
"""Decimal places of a distance per day."""


@attrs.frozen(kw_only=True, weakref_slot=False)
class Basis:
    """What a projection rests on.

    Attributes:
        method: Name of the method.
        readings: How many readings were used.
        first_on: Local date of the first of them.
        last_on: Local date of the last one; the projection counts from there.
        recent_per_day: Driven a day of late, in ``unit``, 6 decimal places.
        long_run_per_day: Driven a day over the years, in ``unit``, 6 decimal places.
        unit: Unit of the distances.
        coverage: How often the true date lies in the interval, by measurement.
    """

    method: str
    readings: int
    first_on: date
    last_on: date
    recent_per_day: Decimal
    long_run_per_day: Decimal
    unit: DistanceUnit
    coverage: Decimal


@attrs.frozen(weakref_slot=False)
class Projection:
    """When a distance will be reached; no date is before the day it was asked, nor a hundred years after.

    Attributes:
        on: The date; None if it lies more than 100 years ahead.
        earliest: Begin of the interval, at most ``on``; None if it lies more than 100 years ahead.
        latest: End of the interval, at least ``on``; None if it lies more than 100 years ahead.
        basis: What it rests on.
    """

    on: date | None
    earliest: date | None
    latest: date | None
    basis: Basis


def last_day_told(today: date) -> int:
    """The ordinal of the last date that a projection may name."""
    return min(today.toordinal() + FURTHEST_DAYS, date.max.toordinal())


def effective_due_on(projected_on: date | None, next_due_on: date | None) -> date | None:
    """The earlier of the date the distance will be reached and the date it is due by time, or the only one.

    >>> effective_due_on(date(2025, 7, 11), date(2025, 6, 1))
    datetime.date(2025, 6, 1)
    """
    if projected_on is None or next_due_on is None:
        return projected_on or next_due_on
    return min(projected_on, next_due_on)


@attrs.frozen(kw_only=True)
class FirstToLast:
    """The slope from one reading to another.

    Attributes:
        rate: Distance per day, exact, above 0; in the unit of the positions.
        last_on: Date of the last reading used.
        today: The user's date.
    """

    rate: Fraction
    last_on: date
    today: date

    @property
    def per_day(self) -> Decimal:
        """The rate, 6 decimal places."""
        return round_half_even(ratio(self.rate), PLACES)

    def project(self, remaining: Decimal) -> date | None:
        """The date on which ``remaining`` more than the last position is reached, never before today.

        A part of a day is dropped, so that the warning comes earlier.

        Args:
            remaining: In the unit of the positions; 0 or less was reached already.

        Returns:
            None if it is more than 100 years ahead.
        """
        days = Fraction(to_decimal(remaining, "remaining")) // self.rate
        day = max(self.last_on.toordinal() + days, self.today.toordinal())
        return date.fromordinal(day) if day <= last_day_told(self.today) else None


def first_to_last(
    positions: Iterable[tuple[date, Decimal]], today: date, window_days: int = 90
) -> FirstToLast | None:
    """The plain method: the slope from the first to the last reading of a window, nothing mended.

    Args:
        positions: (local date, position) in any order, all in one unit.
        today: The user's date; later positions are not looked at.
        window_days: Nor are those dated more days than this before today.

    Returns:
        None with fewer than two dates in the window, or without movement.

    >>> slope = first_to_last(
    ...     [(date(2025, 5, 12), Decimal(10000)), (date(2025, 6, 1), Decimal(11000))], date(2025, 6, 1)
    ... )
    >>> print(slope.per_day, slope.project(Decimal(2010)))
    50.000000 2025-07-11
    """
    span = timedelta(days=window_days)
    inside = [one for one in positions if one[0] <= today and today - one[0] <= span]
    if not inside:
        return None
    (first_on, start), (last_on, end) = min(inside), max(inside)
    days, way = (last_on - first_on).days, Fraction(end) - Fraction(start)
    if days == 0 or way <= 0:
        return None
    return FirstToLast(rate=way / days, last_on=last_on, today=today)
