"""What a list of readings says: where the dial stands, how far was driven, where it went back.

Source: rule N11 of the next-due rules: the latest reading by (date, value),
never the maximum, so that one typing error does not make everything overdue.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

from motovault.domain.driven import driven, without_slips
from motovault.domain.odometer.entities import OdometerReading
from motovault.errors import InvalidValue
from motovault.findings import Finding, Severity
from motovault.quantities.context import EXACT, plain
from motovault.quantities.distance import Distance
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = [
    "CurrentOdometer",
    "current_odometer",
    "distance_between",
    "of_the_future",
    "positions",
    "rollbacks",
]


def _utc_date(moment: datetime) -> date:
    return moment.date()


@attrs.frozen(kw_only=True)
class CurrentOdometer:
    """Where the dial stands.

    Attributes:
        reading: The latest reading by (date, value); None if there is none.
        odometer: The same as a distance in the asked unit; None if there is none.
        findings: Drops between readings that follow each other, oldest first.
    """

    reading: OdometerReading | None
    odometer: Distance | None
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        return "unknown" if self.odometer is None else str(self.odometer)


def current_odometer(
    readings: Iterable[OdometerReading],
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> CurrentOdometer:
    """The latest reading by (local date, value), in ``unit``, and every drop on the way.

    Args:
        readings: In any order. Hours are left out of a distance, distances out of hours.
        unit: Unit of the answer, and of readings that carry none.
        local_date: The user's calendar date at a moment; UTC's by default. Not asked about a reading
            that says its date.
    """
    points = _points(readings, unit, local_date)
    if not points:
        return CurrentOdometer(reading=None, odometer=None, findings=())
    latest = points[-1].reading
    value = Distance(latest.value, latest.unit or unit).to(unit)
    return CurrentOdometer(reading=latest, odometer=value, findings=tuple(_rollbacks(points, unit)))


def rollbacks(
    readings: Iterable[OdometerReading],
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> tuple[Finding, ...]:
    """A finding for each reading that is below the one before it, by (local date, value)."""
    return tuple(_rollbacks(_points(readings, unit, local_date), unit))


def of_the_future(
    readings: Iterable[OdometerReading],
    today: date,
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> tuple[Finding, ...]:
    """A finding where the latest reading, which says where the dial stands, is dated after ``today``."""
    latest = max(_points(readings, unit, local_date), key=lambda point: point.on, default=None)
    if latest is None or latest.on <= today:
        return ()
    value = plain(latest.reading.value)
    message = f"odometer {value} {latest.reading.unit or unit} on {latest.on} is after today, {today}"
    return (
        Finding(
            code="future_reading",
            severity=Severity.WARNING,
            message=f"{message}, and counts as where it stands",
            field="odometer",
            value=value,
            subject=str(latest.reading.source_id),
        ),
    )


def distance_between(
    readings: Iterable[OdometerReading],
    first: date,
    last: date,
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> Distance | None:
    """How far was driven from the end of one date to the end of another, or None when nobody can tell.

    From the last reading at or before ``first`` (else the first one after it)
    to the last reading at or before ``last``. A single reading that stands out
    between two that agree is a slip of the pen and is passed over; after any
    other drop the instrument was changed, and what lies between counts as 0.

    Raises:
        InvalidValue: ``last`` is before ``first``.
    """
    if last < first:
        raise InvalidValue("last", last, f"must not be before {first}")
    points = without_slips(_points(readings, unit, local_date), lambda point: point.position)
    points = [point for point in points if point.on <= last]
    start = max((i for i, point in enumerate(points) if point.on <= first), default=0)
    if len(points) - start < 2:
        return None
    way = driven(point.position for point in points[start:])
    return Distance(way, DISTANCE_TO_BASE[unit][0]).to(unit)


def positions(
    readings: Iterable[OdometerReading],
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> list[tuple[date, Decimal]]:
    """Where the dial stood when, as (local date, position), sorted; in km, or in hours if ``unit`` is hours.

    Args:
        readings: In any order. Hours are left out of a distance, distances out of hours.
        unit: Unit of readings that carry none.
        local_date: The user's calendar date at a moment; UTC's by default. Not asked about a reading
            that says its date.
    """
    base = DISTANCE_TO_BASE[unit][0]
    multiply, known, found = EXACT.multiply, DISTANCE_TO_BASE, []
    for reading in readings:
        its_base, factor = known[reading.unit or unit]
        if its_base == base:
            on = reading.read_on or local_date(reading.read_at)
            found.append((on, multiply(reading.value, factor)))
    found.sort()
    return found


@attrs.frozen
class _Point:
    """A reading where it belongs: local date, position in km or hours."""

    on: date
    position: Decimal
    reading: OdometerReading


def _points(
    readings: Iterable[OdometerReading], unit: DistanceUnit, local_date: Callable[[datetime], date]
) -> list[_Point]:
    base = DISTANCE_TO_BASE[unit][0]
    points = []
    for reading in readings:
        its_base, factor = DISTANCE_TO_BASE[reading.unit or unit]
        if its_base == base:
            position = EXACT.multiply(reading.value, factor)
            on = reading.read_on or local_date(reading.read_at)
            points.append(_Point(on, position, reading))
    return sorted(points, key=lambda point: (point.on, point.position, point.reading.read_at))


def _rollbacks(points: Sequence[_Point], unit: DistanceUnit) -> Iterator[Finding]:
    for earlier, later in itertools.pairwise(points):
        if later.position < earlier.position:
            value = plain(later.reading.value)
            yield Finding(
                code="rollback",
                severity=Severity.WARNING,
                message=f"odometer {value} {later.reading.unit or unit} on {later.on} is below "
                f"{plain(earlier.reading.value)} {earlier.reading.unit or unit} on {earlier.on}",
                field="odometer",
                value=value,
                subject=str(later.reading.source_id),
            )
