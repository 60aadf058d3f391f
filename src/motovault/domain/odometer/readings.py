"""What a list of readings says: where the dial stands, how far was driven, where it went back.

Source: rule N11 of the next-due rules: the latest reading by (date, value),
never the maximum, so that one typing error does not make everything overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

from motovault.domain.odometer.entities import OdometerReading
from motovault.findings import Finding, Severity
from motovault.quantities.context import EXACT, plain
from motovault.quantities.distance import Distance
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = ["CurrentOdometer", "current_odometer", "distance_between", "rollbacks"]


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
        readings: In any order.
        unit: Unit of the answer, and of readings that carry none.
        local_date: The user's calendar date at a moment; UTC's by default.
    """
    ordered = _ordered(readings, unit, local_date)
    if not ordered:
        return CurrentOdometer(reading=None, odometer=None, findings=())
    latest = ordered[-1]
    value = Distance(latest.value, latest.unit or unit).to(unit)
    return CurrentOdometer(reading=latest, odometer=value, findings=rollbacks(ordered, unit, local_date))


def rollbacks(
    readings: Iterable[OdometerReading],
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> tuple[Finding, ...]:
    """A finding for each reading that is below the one before it, by (local date, value)."""
    found = []
    ordered = _ordered(readings, unit, local_date)
    for earlier, reading in zip(ordered, ordered[1:], strict=False):
        if _in_base(reading, unit) < _in_base(earlier, unit):
            found.append(
                Finding(
                    code="rollback",
                    severity=Severity.WARNING,
                    message=f"odometer {plain(reading.value)} {reading.unit or unit} on "
                    f"{local_date(reading.read_at)} is below {plain(earlier.value)} {earlier.unit or unit} "
                    f"on {local_date(earlier.read_at)}",
                    field="odometer",
                    value=plain(reading.value),
                    subject=str(reading.source_id),
                )
            )
    return tuple(found)


def distance_between(
    readings: Iterable[OdometerReading],
    first: date,
    last: date,
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
) -> Distance | None:
    """How far was driven between two dates, both included, or None when the readings cannot tell.

    From the last reading at or before ``first`` (else the first one after it)
    to the last reading at or before ``last``; drops on the way count as 0, so
    that a changed instrument does not make a negative distance.
    """
    ordered = [r for r in _ordered(readings, unit, local_date) if local_date(r.read_at) <= last]
    start = max((i for i, r in enumerate(ordered) if local_date(r.read_at) <= first), default=0)
    span: Sequence[OdometerReading] = ordered[start:]
    if len(span) < 2:
        return None
    driven = Decimal(0)
    for earlier, later in zip(span, span[1:], strict=False):
        step = EXACT.subtract(_in_base(later, unit), _in_base(earlier, unit))
        driven = EXACT.add(driven, max(step, Decimal(0)))
    return Distance(driven, DistanceUnit.H if unit == DistanceUnit.H else DistanceUnit.KM).to(unit)


def _in_base(reading: OdometerReading, unit: DistanceUnit) -> Decimal:
    return EXACT.multiply(reading.value, DISTANCE_TO_BASE[reading.unit or unit][1])


def _ordered(
    readings: Iterable[OdometerReading], unit: DistanceUnit, local_date: Callable[[datetime], date]
) -> list[OdometerReading]:
    return sorted(readings, key=lambda r: (local_date(r.read_at), _in_base(r, unit), r.read_at))
