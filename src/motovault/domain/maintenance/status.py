"""How urgent something is: overdue, due soon, upcoming, or nobody can tell.

The worst of the metrics that can be evaluated decides and is named. Source:
rules N3 to N7 of the next-due rules.
"""

from __future__ import annotations

import enum
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from motovault.domain.maintenance.next_due import NextDue
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, to_decimal
from motovault.quantities.units import DISTANCE_TO_KM, DistanceUnit, distance_unit

__all__ = ["SOON_DAYS", "Due", "DueStatus", "Metric", "due", "soon_distance"]

SOON_DAYS: Final = 30
"""Due soon begins so many days before, where a schedule says nothing else."""

_SOON_MILES: Final = Decimal(500)
_SOON_HOURS: Final = Decimal(10)


class DueStatus(enum.StrEnum):
    """How urgent; the most urgent first."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UPCOMING = "upcoming"
    UNKNOWN = "unknown"

    @property
    def urgency(self) -> int:
        """3 for overdue down to 0 for unknown; texts do not compare by urgency."""
        return _URGENCY[self]


_URGENCY: Final = {status: 3 - place for place, status in enumerate(DueStatus)}


class Metric(enum.StrEnum):
    """By what something falls due."""

    DATE = "date"
    DISTANCE = "distance"


@attrs.frozen(kw_only=True)
class Due:
    """How urgent something is, and why.

    Attributes:
        status: The worst of what can be evaluated.
        triggered_by: The metrics that have this status; none where it is unknown.
        days_remaining: To the day on which it is due; below 0 is late; None is not evaluated.
        distance_remaining: To the odometer at which it is due, in the unit asked in.
        due_now: A metric has nothing left: due today or at this very reading counts, though not yet overdue.
    """

    status: DueStatus
    triggered_by: tuple[Metric, ...]
    days_remaining: int | None
    distance_remaining: Decimal | None
    due_now: bool


def soon_distance(unit: DistanceUnit, interval: Decimal | None = None) -> Decimal:
    """How far before "due soon" begins, in ``unit``, where a schedule says nothing: 500 miles.

    Engine hours have no 500 miles: 10 hours, but at most a fifth of ``interval``, or
    work that recurs every 10 hours would always be urgent.

    >>> soon_distance(DistanceUnit.KM) == Decimal("804.672")
    True
    >>> soon_distance(DistanceUnit.H, Decimal(10))
    Decimal('2')
    """
    unit = distance_unit(unit)
    if unit is not DistanceUnit.H:
        return EXACT.divide(EXACT.multiply(_SOON_MILES, DISTANCE_TO_KM["mi"]), DISTANCE_TO_KM[unit])
    if interval is None:
        return _SOON_HOURS
    fifth = EXACT.divide(interval, Decimal(5))
    return fifth if fifth < _SOON_HOURS else _SOON_HOURS


def due(
    target: NextDue,
    *,
    today: date,
    odometer: Decimal | None,
    soon_days: int = SOON_DAYS,
    soon_distance: Decimal = _SOON_MILES,
) -> Due:
    """How urgent it is.

    Args:
        target: When it falls due.
        today: The owner's local date.
        odometer: Where the dial stands, in the unit of ``target``; None is unknown.
        soon_days: Due soon with so many days left, or fewer.
        soon_distance: Due soon with so much left, or less, in the same unit (500 without a word, which are
            miles: see :func:`soon_distance`).

    Raises:
        InvalidValue: A number is a float, or a threshold is below 0.

    >>> late = due(NextDue(date(2024, 7, 10)), today=date(2024, 7, 11), odometer=None)
    >>> late.status.value, late.days_remaining
    ('overdue', -1)
    """
    near = to_decimal(soon_distance, "soon_distance")
    if near < 0:
        raise InvalidValue("soon_distance", soon_distance, "must be at least 0")
    if type(soon_days) is not int or soon_days < 0:
        raise InvalidValue("soon_days", soon_days, "must be a whole number from 0 on")
    days: int | None = None
    distance: Decimal | None = None
    found: list[tuple[Metric, DueStatus]] = []
    if target.on is not None:
        days = (target.on - today).days
        found.append((Metric.DATE, _graded(days, soon_days)))
    if target.odometer is not None and odometer is not None:
        reading = to_decimal(odometer, "odometer")
        distance = EXACT.subtract(to_decimal(target.odometer, "target"), reading)
        found.append((Metric.DISTANCE, _graded(distance, near)))
    worst = max((status for _, status in found), key=_URGENCY.__getitem__, default=DueStatus.UNKNOWN)
    return Due(
        status=worst,
        triggered_by=tuple(metric for metric, status in found if status is worst),
        days_remaining=days,
        distance_remaining=distance,
        due_now=(days is not None and days <= 0) or (distance is not None and distance <= 0),
    )


def _graded(remaining: int | Decimal, threshold: int | Decimal) -> DueStatus:
    if remaining < 0:
        return DueStatus.OVERDUE
    return DueStatus.DUE_SOON if remaining <= threshold else DueStatus.UPCOMING
