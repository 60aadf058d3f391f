"""What ``--json`` prints: one object a command, amounts as decimal text, dates as ISO 8601.

Figures are not rounded: a program rounds where it shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

from motovault.findings import Finding
from motovault.quantities.context import plain

__all__ = [
    "AdoptShape",
    "Amount",
    "AppliedShape",
    "DemoShape",
    "DifferenceShape",
    "DriftShape",
    "FindingShape",
    "FuelTotalsShape",
    "ImportShape",
    "IntervalShape",
    "LongRunShape",
    "MigrateShape",
    "OdometerShape",
    "PeriodShape",
    "PoolShape",
    "PriceShape",
    "ReportShape",
    "RowLevelSecurityShape",
    "ScriptShape",
    "Shape",
    "StatisticsShape",
    "StatusShape",
    "TankShape",
    "TotalsOfPeriodShape",
    "VehicleReportShape",
    "VehicleShape",
    "WaitingShape",
]

Amount = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
"""A number of any size as its digits, never a float, never with an exponent."""


class Shape(BaseModel):
    """Base of all: frozen, and no field that nobody declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FindingShape(Shape):
    """One thing noticed; ``file``, ``line`` and ``column`` where it stands in an imported file."""

    code: str
    severity: str
    message: str
    field: str | None = None
    value: str | None = None
    subject: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None

    @classmethod
    def of(cls, finding: Finding) -> FindingShape:
        """The same, ready for JSON."""
        names: Mapping[str, Any] = {name: getattr(finding, name, None) for name in cls.model_fields}
        return cls(**{**names, "severity": finding.severity.value})


class VehicleShape(Shape):
    """Which vehicle; not its VIN, which is personal."""

    id: str
    title: str
    make: str | None
    model: str | None
    model_year: int | None


# ------------------------------------------------------------------------ import


class ImportShape(Shape):
    """What a file holds and what was done with it.

    ``vehicles`` to ``other_costs`` count what the file holds, also where nothing
    keeps it yet; ``vehicle_names`` are those of the vehicles the logs went to.
    ``added`` counts the fuel logs that are new in the database, 0 in a dry run,
    which says in ``would_add`` what it would have been. ``volume_litres`` has 3
    decimals, ``fuel_cost`` 2. ``findings`` are about the file, and about the
    histories of the vehicles as they are with it.
    """

    format: str
    file: str
    user: str
    is_dry_run: bool
    vehicles: int
    vehicle_names: tuple[str, ...]
    fuel_logs: int
    maintenance_logs: int
    schedules: int
    other_costs: int
    added: int
    would_add: int
    vehicles_added: int
    volume: dict[str, Amount]
    volume_litres: str
    fuel_cost: str
    first_date: date | None
    last_date: date | None
    partial: int
    missed: int
    duplicates: int
    skipped: dict[str, int]
    finding_counts: dict[str, int]
    findings: tuple[FindingShape, ...]


# ------------------------------------------------------------------------ report


class IntervalShape(Shape):
    """From one full tank to the next; ``void`` says why there is no figure."""

    tank: int | str
    opened_on: date
    closed_on: date
    fill_count: int
    distance: Amount | None
    fuel: Amount | None
    economy: Amount | None
    cost: Amount | None
    currency_code: str | None
    cost_per_distance: Amount | None
    is_towing: bool
    void: str | None


class PoolShape(Shape):
    """Valid intervals taken together; ``cost_per_distance`` by currency."""

    interval_count: int
    distance: Amount
    fuel: Amount
    economy: Amount | None
    cost_per_distance: dict[str, Amount]


class PeriodShape(PoolShape):
    """The same of one month (``2026-03``) or year (``2026``)."""

    period: str


class LongRunShape(Shape):
    """A rougher estimate where full tanks are rare; not in any average."""

    fill_count: int
    distance: Amount
    fuel: Amount
    economy: Amount
    low: Amount | None
    high: Amount | None
    tank_size: Amount
    is_tank_size_assumed: bool


class TankShape(Shape):
    """One tank: its units, its intervals, what they come to."""

    tank: int | str
    distance_unit: str
    fuel_unit: str
    economy_unit: str
    fill_count: int
    average: PoolShape
    average_excluding_towing: Amount | None
    by_month: tuple[PeriodShape, ...]
    by_year: tuple[PeriodShape, ...]
    best: IntervalShape | None
    worst: IntervalShape | None
    long_run: LongRunShape | None
    intervals: tuple[IntervalShape, ...]


class PriceShape(Shape):
    """Average cost per unit of fuel."""

    currency_code: str
    fuel_unit: str
    amount: Amount


class FuelTotalsShape(Shape):
    """What logs add up to: fuel by unit, cost by currency."""

    log_count: int
    fuel: dict[str, Amount]
    cost: dict[str, Amount]
    average_cost_per_unit: tuple[PriceShape, ...]
    cost_is_complete: bool


class TotalsOfPeriodShape(FuelTotalsShape):
    """The same of one month or year."""

    period: str


class StatisticsShape(Shape):
    """All logs of the period, added up."""

    totals: FuelTotalsShape
    distance: Amount | None
    distance_unit: str
    cost_per_distance: dict[str, Amount]
    by_month: tuple[TotalsOfPeriodShape, ...]
    by_year: tuple[TotalsOfPeriodShape, ...]


class OdometerShape(Shape):
    """Where the dial stands."""

    value: Amount | None
    unit: str | None
    read_on: date | None


class VehicleReportShape(Shape):
    """Everything about one vehicle."""

    vehicle: VehicleShape
    odometer: OdometerShape
    tanks: tuple[TankShape, ...]
    statistics: StatisticsShape
    findings: tuple[FindingShape, ...]


class ReportShape(Shape):
    """A user's vehicles; averages are over intervals closed in the period."""

    user: str
    first_on: date | None
    last_on: date | None
    vehicles: tuple[VehicleReportShape, ...]


# ------------------------------------------------------------------------ schema


class AppliedShape(Shape):
    """One migration file that was applied; ``applied_at`` in UTC."""

    name: str
    capsule: str
    applied_at: datetime


class CapsuleShape(Shape):
    """One capsule: ``state`` is ``current``, ``behind`` or ``not installed``."""

    capsule: str
    revision: str | None
    newest: str
    state: str


class DriftShape(Shape):
    """One applied file that is ``changed``, ``missing`` or ``newer``, with both sums, whole."""

    name: str
    kind: str
    recorded_sha256: str
    shipped_sha256: str | None


class WaitingShape(Shape):
    """A key that the database lacks until ``count`` rows are mended; 0 where ``migrate`` can add it."""

    name: str
    table: str
    rule: str
    count: int
    ids: tuple[str, ...]


class RowLevelSecurityShape(Shape):
    """Which tables PostgreSQL shows to each row's user only.

    ``forced`` are those that bind their owner too; ``exemption`` says why ``role``,
    as which the command has asked, is not bound.
    """

    is_on: bool
    protected: tuple[str, ...]
    unprotected: tuple[str, ...]
    forced: tuple[str, ...]
    role: str
    exemption: str | None


class StatusShape(Shape):
    """How a database stands against this release. Its password is not shown.

    Of ``pending``, what neither an installed capsule nor a vault needs is not in ``required``.
    """

    database: str
    is_current: bool
    capsules: tuple[CapsuleShape, ...]
    applied: tuple[AppliedShape, ...]
    pending: tuple[str, ...]
    required: tuple[str, ...]
    drift: tuple[str, ...]
    drifted: tuple[DriftShape, ...]
    waiting: tuple[WaitingShape, ...]
    row_level_security: RowLevelSecurityShape | None


class DifferenceShape(Shape):
    """What a table has, and what the reference says; ``subject`` is such as ``column vin``."""

    table: str
    subject: str
    there: str
    expected: str


class AdoptShape(Shape):
    """What adopting did, would do, or why it was refused. The database's password is not shown."""

    database: str
    state: str
    capsules: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    misfits: tuple[DifferenceShape, ...]
    notes: tuple[DifferenceShape, ...]
    waiting: tuple[WaitingShape, ...] = ()
    recorded: tuple[str, ...] = ()
    applied_now: tuple[str, ...] = ()


class MigrateShape(StatusShape):
    """The same after migrating; ``applied_now`` are the files of this run."""

    applied_now: tuple[str, ...]


class ScriptShape(Shape):
    """The statements that would be run."""

    dialect: str
    sql: str


# -------------------------------------------------------------------------- demo


class DemoShape(Shape):
    """The whole story: what was imported, what it says, where the charts are.

    ``charts_missing`` says why there are none.
    """

    database: str
    imported: ImportShape
    vehicles: tuple[VehicleReportShape, ...]
    charts: tuple[str, ...]
    charts_missing: str | None
