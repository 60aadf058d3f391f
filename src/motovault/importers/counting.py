"""What a file holds, counted in one pass: exact sums, bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import attrs

from motovault.findings import Severity
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.keys import Digests, Occurrences, same_row
from motovault.importers.planned import (
    Entry,
    FormatReader,
    OtherKind,
    OtherRecord,
    PlannedFuelLog,
    PlannedMaintenanceLog,
    PlannedSchedule,
)
from motovault.importers.unknown_work import UnknownWords
from motovault.importers.work import UnknownWork
from motovault.quantities.context import EXACT
from motovault.quantities.units import FUEL_TO_BASE, FuelUnit

__all__ = ["Counts", "Keys", "TankCounts", "count_entries", "key_of"]

_ZERO = Decimal(0)


@attrs.frozen
class TankCounts:
    """One tank's fill-ups.

    Attributes:
        fuel_logs: How many.
        volume: Sum of the amounts, by their unit; exact.
    """

    fuel_logs: int
    volume: Mapping[FuelUnit, Decimal]


@attrs.frozen(kw_only=True)
class Counts:
    """What a file holds, whether or not there is a capsule that keeps it.

    Attributes:
        fuel_logs: Fill-ups that will become fuel logs.
        maintenance_logs: Records of work on the vehicle.
        maintenance_planned: Those of them that are known and will become maintenance logs.
        schedules: Reminders.
        schedules_planned: Those of them that repeat, are known, and will become schedules.
        other_costs: Costs that are neither fuel nor work (insurance, tax, parking).
        income: Amounts received.
        templates: Forms of the application, no records.
        odometer_readings: Records of nothing but a reading.
        not_fuel: Refills of exhaust fluid.
        volume: Sum of the amounts by unit, as the file has them; exact.
        volume_litres: Exact sum of those that are volumes; kilograms and kilowatt-hours are not in it.
        first_date: Of the fill-ups, or of the other records where there are no fill-ups.
        last_date: Likewise.
        partial: Fill-ups that did not fill the tank.
        missed: Fill-ups marked "one before this was not written down".
        duplicates: Fill-ups equal to an earlier one in vehicle, day, odometer, quantity, tank, and work
            equal in all but its notes. They are kept.
        fuel_cost: Sum of what fill-ups cost, exact; currencies are not told apart.
        fuel_logs_without_cost: Fill-ups whose cost is unknown.
        maintenance_cost: Sum over maintenance records.
        other_cost: Sum over other costs.
        odometer_min: Lowest known reading, in the file's unit.
        odometer_max: Highest known reading.
        odometer_unknown: Fill-ups without a reading.
        by_tank: Fill-ups by tank.
        by_vehicle: Number of fill-ups by position in ``ImportPlan.vehicles``.
    """

    fuel_logs: int
    maintenance_logs: int
    maintenance_planned: int
    schedules: int
    schedules_planned: int
    other_costs: int
    income: int
    templates: int
    odometer_readings: int
    not_fuel: int
    volume: Mapping[FuelUnit, Decimal]
    volume_litres: Decimal
    first_date: date | None
    last_date: date | None
    partial: int
    missed: int
    duplicates: int
    fuel_cost: Decimal
    fuel_logs_without_cost: int
    maintenance_cost: Decimal
    other_cost: Decimal
    odometer_min: Decimal | None
    odometer_max: Decimal | None
    odometer_unknown: int
    by_tank: Mapping[int, TankCounts]
    by_vehicle: Mapping[int, int]


class _Span:
    """Lowest and highest of what was seen."""

    def __init__(self) -> None:
        self.dates: list[date] = []
        self.readings: list[Decimal] = []

    def see(self, on: date | None, reading: Decimal | None) -> None:
        if on is not None:
            self.dates = [on, on] if not self.dates else [min(self.dates[0], on), max(self.dates[1], on)]
        if reading is not None:
            known = self.readings or [reading, reading]
            self.readings = [min(known[0], reading), max(known[1], reading)]


class _Tally:
    def __init__(self) -> None:
        self.kinds: dict[OtherKind, int] = {}
        self.costs: dict[OtherKind, Decimal] = {}
        self.fills, self.others = _Span(), _Span()
        self.tanks: dict[int, dict[FuelUnit, Decimal]] = {}
        self.tank_logs: dict[int, int] = {}
        self.cars: dict[int, int] = {}
        self.fuel_logs = self.partial = self.missed = self.without_reading = self.without_cost = 0
        self.fuel_cost = _ZERO
        self.has_ids = self.has_older_ids = False
        self.has_work_ids = False
        self.maintenance_planned = self.schedules_planned = 0
        self.unknown = UnknownWords()

    def add_log(self, log: PlannedFuelLog) -> None:
        self.fuel_logs += 1
        self.has_ids = self.has_ids or log.source_id is not None
        self.has_older_ids = self.has_older_ids or log.older_id is not None
        self.partial += not log.is_full_tank
        self.missed += log.missed_previous
        self.without_reading += log.odometer is None
        self.fills.see(log.filled_at.date(), log.odometer)
        volumes = self.tanks.setdefault(log.tank, {})
        volumes[log.fuel_unit] = EXACT.add(volumes.get(log.fuel_unit, _ZERO), log.volume)
        self.tank_logs[log.tank] = self.tank_logs.get(log.tank, 0) + 1
        self.cars[log.vehicle] = self.cars.get(log.vehicle, 0) + 1
        cost = log.total_cost
        if cost is None and log.price_per_unit is not None:
            cost = EXACT.multiply(log.price_per_unit, log.volume)
        if cost is None:
            self.without_cost += 1
        else:
            self.fuel_cost = EXACT.add(self.fuel_cost, cost)

    def add_work(self, log: PlannedMaintenanceLog) -> None:
        self.maintenance_planned += 1
        self.has_work_ids = self.has_work_ids or log.source_id is not None
        self._count("maintenance", log.done_at.date(), log.odometer, log.amount)

    def add_schedule(self, _: PlannedSchedule) -> None:
        self.schedules_planned += 1
        self._count("schedule", None, None, None)

    def add_other(self, record: OtherRecord) -> None:
        self._count(record.kind, record.on.date() if record.on else None, record.odometer, record.cost)
        self.unknown.see(record)

    def _count(self, kind: OtherKind, on: date | None, reading: Decimal | None, cost: Decimal | None) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self.others.see(on, reading)
        if cost is not None:
            self.costs[kind] = EXACT.add(self.costs.get(kind, _ZERO), cost)

    def volumes(self) -> dict[FuelUnit, Decimal]:
        sums: dict[FuelUnit, Decimal] = {}
        for volumes in self.tanks.values():
            for unit, volume in volumes.items():
                sums[unit] = EXACT.add(sums.get(unit, _ZERO), volume)
        return sums


@attrs.frozen
class Keys:
    """What is known of the keys of a file's rows.

    Attributes:
        repeated: Digests of those that occur more than once.
        has_ids: Some rows have an identity that their application gave.
        has_older_ids: Some also have the one that an earlier version of it gave.
        has_work_ids: Some records of work have an identity.
    """

    repeated: frozenset[int]
    has_ids: bool
    has_older_ids: bool
    has_work_ids: bool


def count_entries(reader: FormatReader, findings: FindingLog) -> tuple[Counts, Keys, tuple[UnknownWork, ...]]:
    """Go over the file once, and once more where rows repeat."""
    tally, keys, rows = _Tally(), Digests(), Digests()
    for entry in reader.entries(findings):
        if isinstance(entry, PlannedFuelLog):
            tally.add_log(entry)
            keys.add(key_of(entry))
            rows.add(_row_of(entry))
        elif isinstance(entry, PlannedMaintenanceLog):
            tally.add_work(entry)
            keys.add(key_of(entry))
            rows.add(_row_of(entry))
        elif isinstance(entry, PlannedSchedule):
            tally.add_schedule(entry)
        else:
            tally.add_other(entry)
    unknown = tally.unknown.tell(findings)
    repeated = rows.repeated()
    duplicates = _report_duplicates(reader.entries(Silence("")), repeated, findings) if repeated else 0
    found = Keys(keys.repeated(), tally.has_ids, tally.has_older_ids, tally.has_work_ids)
    return _counts(tally, duplicates), found, unknown


def key_of(log: PlannedFuelLog | PlannedMaintenanceLog) -> bytes:
    """What must be unique in a file: of what kind, the vehicle and the row's key."""
    kind = "" if isinstance(log, PlannedFuelLog) else "work|"
    return f"{kind}{log.vehicle}|{log.row_key}".encode()


def _row_of(log: PlannedFuelLog | PlannedMaintenanceLog) -> bytes:
    if isinstance(log, PlannedMaintenanceLog):
        return f"work|{log.vehicle}|{log.content}".encode()
    return same_row(log.vehicle, log.filled_at, log.odometer, log.volume, log.tank)


def _report_duplicates(entries: Iterator[Entry], repeated: frozenset[int], findings: FindingLog) -> int:
    occurrences, count = Occurrences(repeated), 0
    for entry in entries:
        if not isinstance(entry, PlannedFuelLog | PlannedMaintenanceLog):
            continue
        if occurrences.number(_row_of(entry)) > 1:
            count += 1
            what = "quantity" if isinstance(entry, PlannedFuelLog) else "work"
            message = f"an earlier row has the same day, odometer and {what}; both were kept"
            findings.add("duplicate_row", Severity.WARNING, message, line=entry.line)
    return count


def _counts(tally: _Tally, duplicates: int) -> Counts:
    volumes = tally.volumes()
    litres = _ZERO
    for unit, volume in volumes.items():
        base, factor = FUEL_TO_BASE[unit]
        if base == "L":
            litres = EXACT.add(litres, EXACT.multiply(volume, factor))
    dates = tally.fills.dates or tally.others.dates
    readings = tally.fills.readings if tally.fuel_logs else tally.others.readings
    kinds, costs = tally.kinds, tally.costs
    return Counts(
        fuel_logs=tally.fuel_logs,
        maintenance_logs=kinds.get("maintenance", 0),
        maintenance_planned=tally.maintenance_planned,
        schedules=kinds.get("schedule", 0),
        schedules_planned=tally.schedules_planned,
        other_costs=kinds.get("other_cost", 0),
        income=kinds.get("income", 0),
        templates=kinds.get("template", 0),
        odometer_readings=kinds.get("odometer", 0),
        not_fuel=kinds.get("not_fuel", 0),
        volume=MappingProxyType(volumes),
        volume_litres=litres,
        first_date=dates[0] if dates else None,
        last_date=dates[1] if dates else None,
        partial=tally.partial,
        missed=tally.missed,
        duplicates=duplicates,
        fuel_cost=tally.fuel_cost,
        fuel_logs_without_cost=tally.without_cost,
        maintenance_cost=costs.get("maintenance", _ZERO),
        other_cost=costs.get("other_cost", _ZERO),
        odometer_min=readings[0] if readings else None,
        odometer_max=readings[1] if readings else None,
        odometer_unknown=tally.without_reading,
        by_tank=MappingProxyType(
            {
                tank: TankCounts(tally.tank_logs[tank], MappingProxyType(volumes))
                for tank, volumes in tally.tanks.items()
            }
        ),
        by_vehicle=MappingProxyType(dict(tally.cars)),
    )
