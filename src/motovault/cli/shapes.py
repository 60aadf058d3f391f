"""What ``--json`` prints: one object a command, amounts as decimal text, dates as ISO 8601.

Figures are not rounded: a program rounds where it shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

from motovault.findings import Finding
from motovault.quantities.context import plain

__all__ = [
    "Amount",
    "CostTotalsShape",
    "CostsOfCategoryShape",
    "CostsOfPeriodShape",
    "DemoShape",
    "DueItemShape",
    "DueShape",
    "FindingShape",
    "FuelTotalsShape",
    "ImportShape",
    "IntervalShape",
    "LongRunShape",
    "MaintenanceShape",
    "OdometerShape",
    "PeriodShape",
    "PoolShape",
    "PriceShape",
    "ProjectionShape",
    "ReportShape",
    "Shape",
    "StatisticsShape",
    "TankShape",
    "TotalsOfPeriodShape",
    "UnknownWorkShape",
    "VehicleReportShape",
    "VehicleShape",
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


class UnknownWorkShape(Shape):
    """Words of a file of which must be declared what work they are; ``declaration`` says it for --work."""

    word: str
    count: int
    line: int
    proposed: str
    is_near: bool
    is_left_out: bool
    declaration: str


class ImportShape(Shape):
    """What a file holds and what was done with it.

    ``vehicles`` to ``other_costs`` count what the file holds, also where nothing
    keeps it yet; ``vehicle_names`` are those of the vehicles the logs went to.
    ``added`` counts the fuel logs that are new in the database, 0 in a dry run,
    which says in ``would_add`` what it would have been; ``maintenance_added`` and
    ``schedules_added`` likewise. Of ``maintenance_logs`` and ``schedules`` those are
    ``..._planned`` of which it is known what work they are. ``volume_litres`` has 3
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
    maintenance_planned: int
    maintenance_added: int
    would_add_maintenance: int
    maintenance_kept: int
    schedules_planned: int
    schedules_added: int
    would_add_schedules: int
    schedules_kept: int
    unknown_work: tuple[UnknownWorkShape, ...]
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


# ------------------------------------------------------------------- maintenance


class ProjectionShape(Shape):
    """When a distance will be reached, and what that rests on; a date more than 100 years ahead is null.

    ``recent_per_day`` and ``long_run_per_day`` are in ``unit``; ``coverage`` says how often
    the true date lies between ``earliest`` and ``latest``.
    """

    on: date | None
    earliest: date | None
    latest: date | None
    method: str
    readings: int
    first_on: date
    last_on: date
    recent_per_day: Amount
    long_run_per_day: Amount
    unit: str
    coverage: Amount


class DueItemShape(Shape):
    """One schedule: when it is due, how urgent, by which metric; figures below 0 are late."""

    vehicle_id: str
    vehicle: str
    schedule_id: str
    category: str
    subtypes: tuple[str, ...]
    is_active: bool
    status: str
    triggered_by: tuple[str, ...]
    due_now: bool
    due_on: date | None
    due_odometer: Amount | None
    days_remaining: int | None
    distance_remaining: Amount | None
    distance_unit: str | None
    effective_due_on: date | None
    projected_on: date | None
    projection: ProjectionShape | None


class DueShape(Shape):
    """What is due, the most urgent first, on ``today``, the owner's date; ``counts`` by status."""

    user: str
    today: date
    within_days: int | None
    counts: dict[str, int]
    items: tuple[DueItemShape, ...]
    findings: tuple[FindingShape, ...]


class CostTotalsShape(Shape):
    """What maintenance logs cost together, by currency; ``without_cost`` of them are in no sum."""

    log_count: int
    without_cost: int
    cost: dict[str, Amount]


class CostsOfCategoryShape(CostTotalsShape):
    """The same of one category."""

    category: str


class CostsOfPeriodShape(CostTotalsShape):
    """The same of one year (``2026``)."""

    period: str


class MaintenanceShape(Shape):
    """What maintenance of one vehicle cost in the period, and what is due today, whatever the period.

    ``cost_per_distance`` is over ``distance``, between the first and the last
    reading of the odometer in the period.
    """

    totals: CostTotalsShape
    distance: Amount | None
    distance_unit: str | None
    cost_per_distance: dict[str, Amount]
    by_category: tuple[CostsOfCategoryShape, ...]
    by_year: tuple[CostsOfPeriodShape, ...]
    due: tuple[DueItemShape, ...]


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
    maintenance: MaintenanceShape
    findings: tuple[FindingShape, ...]


class ReportShape(Shape):
    """A user's vehicles; averages are over intervals closed in the period."""

    user: str
    first_on: date | None
    last_on: date | None
    vehicles: tuple[VehicleReportShape, ...]


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
