"""One reading of an odometer.

Readings are derived from logs and the vehicle; they have no table of their own.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import attrs

from motovault.quantities.units import DistanceUnit

__all__ = ["OdometerReading", "ReadingSource"]


class ReadingSource(enum.StrEnum):
    """Where a reading was written down."""

    VEHICLE = "vehicle"
    FUEL_LOG = "fuel_log"
    MAINTENANCE_LOG = "maintenance_log"


@attrs.frozen(kw_only=True, weakref_slot=False)
class OdometerReading:
    """What the dial showed.

    Attributes:
        read_at: When, in UTC; noon of ``read_on`` where only the date is known.
        value: The figure on the dial, above 0.
        unit: Unit of the dial; None means the one of the owner's unit system.
        source: What kind of record it comes from.
        source_id: Id of that record.
        read_on: The owner's local date, where only that is known: no time zone moves it to another day.
    """

    read_at: datetime
    value: Decimal
    unit: DistanceUnit | None
    source: ReadingSource
    source_id: UUID
    read_on: date | None = None
