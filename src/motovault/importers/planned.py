"""What a file holds, before it is kept: vehicles, fuel, work, reminders, and what is only counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

import attrs

from motovault.domain.fuel_logs import FuelType
from motovault.importers.findings import FindingLog
from motovault.importers.keys import content_key, work_key
from motovault.importers.words import Unresolved
from motovault.importers.work import Work
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = [
    "Entry",
    "FormatReader",
    "OtherKind",
    "OtherRecord",
    "PlannedFuelLog",
    "PlannedMaintenanceLog",
    "PlannedSchedule",
    "PlannedVehicle",
]

OtherKind = Literal["maintenance", "schedule", "other_cost", "income", "template", "odometer", "not_fuel"]


@attrs.frozen(kw_only=True)
class PlannedVehicle:
    """One vehicle that a file names.

    Attributes:
        name: What the file calls it; becomes the nickname.
        vin: As typed there.
        license_plate: As typed there.
        distance_unit: The dial's unit.
    """

    name: str | None = None
    vin: str | None = attrs.field(default=None, repr=False)
    license_plate: str | None = attrs.field(default=None, repr=False)
    make: str | None = None
    model: str | None = None
    model_year: int | None = None
    distance_unit: DistanceUnit | None = None


@attrs.frozen(kw_only=True, weakref_slot=False)
class PlannedFuelLog:
    """One fill-up as the file has it: units and flags settled, nothing rounded, not yet kept.

    The fields mean what those of ``FuelLog`` mean; besides there are:

    Attributes:
        line: Physical line in the file, from 1.
        vehicle: Position in ``ImportPlan.vehicles``; 0 where the file names none.
        filled_at: Local time of the file's zone, naive unless the file states an offset.
        has_time: The file says the time of day, not only the day.
        source_id: Identity that the application gave the row.
        older_id: Identity that an earlier version of the application gave it.
        occurrence: Which of several rows with the same key this is, from 1.
    """

    line: int
    vehicle: int
    filled_at: datetime
    has_time: bool
    odometer: Decimal | None
    trip_distance: Decimal | None
    volume: Decimal
    price_per_unit: Decimal | None
    total_cost: Decimal | None
    odometer_unit: DistanceUnit | None
    fuel_unit: FuelUnit
    is_full_tank: bool
    missed_previous: bool
    tank: int = 1
    fuel_type: FuelType | None = None
    fuel_grade: str | None = None
    location: str | None = attrs.field(default=None, repr=False)
    notes: str | None = attrs.field(default=None, repr=False)
    is_towing: bool = False
    excluded_distance: Decimal | None = None
    currency_code: str | None = None
    charge_start_percent: Decimal | None = None
    charge_end_percent: Decimal | None = None
    source_id: str | None = None
    older_id: str | None = None
    occurrence: int = 1

    @property
    def row_key(self) -> str:
        """Its identity but for the occurrence."""
        return self.source_id or self.content

    @property
    def content(self) -> str:
        """The key that it has, or would have, without an identity given by the application."""
        cost = self.total_cost if self.total_cost is not None else self.price_per_unit
        return content_key(self.filled_at, self.odometer, self.volume, cost, self.tank)

    @property
    def source_key(self) -> str:
        """Unique among the rows of its vehicle, and the same in every export."""
        return self.row_key if self.occurrence == 1 else f"{self.row_key}#{self.occurrence}"


@attrs.frozen(kw_only=True, weakref_slot=False)
class PlannedMaintenanceLog:
    """Work that was done, as the file has it, and what it was taken for.

    The fields mean what those of ``MaintenanceLog`` mean; besides there are:

    Attributes:
        line: Physical line in the file, from 1.
        vehicle: Position in ``ImportPlan.vehicles``; 0 where the file names none.
        done_at: Local time of the file's zone, naive unless the file states an offset.
        work: Category and subtypes.
        title: What the file calls it; becomes the first line of the notes.
        amount: As in the file; below 0 it is a credit.
        source_id: Identity that the application gave the row.
        older_id: Identity that an earlier version of the application gave it.
        occurrence: Which of several rows with the same key this is, from 1.
    """

    line: int
    vehicle: int
    done_at: datetime
    work: Work
    title: str = attrs.field(repr=False)
    odometer: Decimal | None
    odometer_unit: DistanceUnit | None
    amount: Decimal | None
    currency_code: str | None = None
    shop_name: str | None = attrs.field(default=None, repr=False)
    notes: str | None = attrs.field(default=None, repr=False)
    source_id: str | None = None
    older_id: str | None = None
    occurrence: int = 1

    @property
    def row_key(self) -> str:
        """Its identity but for the occurrence."""
        return self.source_id or self.content

    @property
    def content(self) -> str:
        """The key that it has, or would have, without an identity given by the application."""
        return work_key(self.done_at, self.odometer, self.amount, self.title)

    @property
    def source_key(self) -> str:
        """Unique among the rows of its vehicle, and the same in every export."""
        return self.row_key if self.occurrence == 1 else f"{self.row_key}#{self.occurrence}"


@attrs.frozen(kw_only=True, weakref_slot=False)
class PlannedSchedule:
    """A reminder that repeats, and what work it was taken for.

    Attributes:
        line: Physical line in the file, from 1.
        vehicle: Position in ``ImportPlan.vehicles``.
        work: Category and subtypes.
        title: What the file calls it; becomes the notes.
        interval_months: Calendar months, or None.
        interval_distance: In ``distance_unit``, or None.
        first_due_date: When it is to be reminded of next.
        first_due_odometer: At which odometer.
        began_at: When its row was written: what was done before does not count for it.
        began_odometer: The odometer then.
        source_key: The title: of reminders with the same words only the newest is planned.
    """

    line: int
    vehicle: int
    work: Work
    title: str = attrs.field(repr=False)
    interval_months: int | None
    interval_distance: Decimal | None
    first_due_date: date | None
    first_due_odometer: Decimal | None
    began_at: datetime | None
    began_odometer: Decimal | None
    distance_unit: DistanceUnit | None
    source_key: str


@attrs.frozen(kw_only=True)
class OtherRecord:
    """A record that is counted and not kept.

    Attributes:
        kind: ``maintenance`` and ``other_cost`` are money spent, ``schedule`` a reminder, ``template`` a form
            of the application, ``not_fuel`` a refill of something that is not burnt (AdBlue, DEF).
        cost: As in the file; may be negative.
        unknown: Words that must be declared before it can be kept; of other costs, that may be declared.
        column: Where these words stand.
    """

    kind: OtherKind
    line: int
    on: datetime | None = None
    odometer: Decimal | None = None
    cost: Decimal | None = None
    unknown: tuple[Unresolved, ...] = ()
    column: str = ""


Entry = PlannedFuelLog | PlannedMaintenanceLog | PlannedSchedule | OtherRecord


class FormatReader(Protocol):
    """Reads the files of one format."""

    @property
    def format(self) -> str:
        """The format's name, as shown."""
        ...

    @property
    def source(self) -> str:
        """What ``FuelLog.source`` says."""
        ...

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """The vehicles that the file names; known after :meth:`survey`."""
        ...

    @property
    def skipped(self) -> dict[str, int]:
        """Sections that were not read, with their number of rows; known after :meth:`survey`."""
        ...

    def survey(self, findings: FindingLog) -> None:
        """Go over the whole file once, to settle dates, signs and units.

        Raises:
            ImportNeeds: Something is neither in the file nor declared.
        """
        ...

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """Everything in the file, in its order; can be called again and again."""
        ...
