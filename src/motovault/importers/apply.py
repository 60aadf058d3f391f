"""The second phase of an import: keep what a plan holds, in one transaction.

A vehicle of the file is one the owner has already, by VIN, plate or nickname,
or is added. Rows that were imported before, from this export or an earlier
one, are left out by their source keys.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Protocol

import attrs

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelLogRepository
from motovault.domain.maintenance.recording import ScheduleChange
from motovault.domain.maintenance.unit_of_work import Bookkeeping, MaintenanceUnitOfWork
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.findings import Severity
from motovault.importers.corrections import Corrections, pages
from motovault.importers.findings import FindingLog, ImportFinding
from motovault.importers.matching import match_vehicles
from motovault.importers.plan import ImportPlan
from motovault.importers.planned import PlannedFuelLog
from motovault.importers.upkeep import Upkeep, UpkeepResult
from motovault.ports import Clock, NewId, OpensUnitOfWork, UserId
from motovault.quantities.context import EXACT, round_half_up

__all__ = ["ImportResult", "ImportUnitOfWork", "apply_plan"]

_PAGE = 1000
_PRICE_LIMIT = Decimal(10) ** 7 - 1
_COST_LIMIT = Decimal(10) ** 8 - 1
_NOON = timedelta(hours=12)
"""Where the file says only the day: at noon it is the same day in nearly every other time zone too."""


class ImportUnitOfWork(MaintenanceUnitOfWork, Protocol):
    """What an import may touch."""

    @property
    def fuel_logs(self) -> FuelLogRepository: ...


@attrs.frozen(kw_only=True)
class ImportResult:
    """What an import did.

    Attributes:
        added: Fuel logs that are new.
        already_kept: Fill-ups that were imported before and were left out.
        maintenance_added: Maintenance logs that are new.
        maintenance_kept: Records of work that were imported before and were left out.
        schedules_added: Schedules that are new.
        schedules_kept: Reminders that were imported before and were left out.
        schedules_moved: Schedules there were, and that the new maintenance logs moved.
        vehicles: The vehicles that the logs belong to, in the plan's order.
        vehicles_added: Those of them that are new.
        findings: What the plan noticed in the file, and what was noticed while matching vehicles.
    """

    added: int
    already_kept: int
    vehicles: tuple[Vehicle, ...]
    vehicles_added: tuple[Vehicle, ...]
    findings: tuple[ImportFinding, ...]
    maintenance_added: int = 0
    maintenance_kept: int = 0
    schedules_added: int = 0
    schedules_kept: int = 0
    schedules_moved: tuple[ScheduleChange, ...] = ()


def apply_plan(
    plan: ImportPlan,
    unit_of_work: OpensUnitOfWork[ImportUnitOfWork],
    user_id: UserId,
    clock: Clock,
    new_id: NewId,
    *,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Keep what a plan holds; all of it or, after an error, nothing.

    Applying a plan a second time, or the plan of a later export, adds only what is new.

    Args:
        plan: From :func:`plan_import`; its file is read once more.
        unit_of_work: Opens the transaction of the user.
        user_id: Whose vehicles and logs these become.
        clock: For the new rows' ``created_at``.
        new_id: For their ids.
        progress: Told now and then, and at the end, how many fuel logs were handed to the store.

    Raises:
        ImportNeeds: The file does not name its vehicle and none was declared, or two of the
            owner's vehicles have the name.
        VehicleNotFound: The declared ``vehicle_id`` is no live vehicle of this user's.
    """
    now = clock.now()
    findings = FindingLog(plan.file)
    zone = zoneinfo.ZoneInfo(plan.options.time_zone) if plan.options.time_zone else UTC
    if plan.options.time_zone is None and plan.counts.fuel_logs:
        message = "no time zone was declared; the file's times were taken as UTC"
        findings.add("time_zone_assumed", Severity.INFO, message, field="time_zone")
    with unit_of_work(atomic=True) as work:
        matched = match_vehicles(plan, work.vehicles, user_id, now, new_id, findings)
        added, upkeep = 0, None
        if plan.counts.maintenance_planned or plan.counts.schedules_planned:
            # Before anything is written: it locks the vehicles, each import in the same order.
            books = Bookkeeping(unit_of_work, clock)
            upkeep = Upkeep(plan, matched.vehicles, work, books, new_id, zone)
        if plan.counts.fuel_logs:
            planned = _Newcomers(plan, matched.vehicles, matched.added, work.fuel_logs)
            corrections = Corrections(plan.source, work.fuel_logs)
            new = {vehicle.id for vehicle in matched.added}
            for vehicle_id in {vehicle.id for vehicle in matched.vehicles} - new:
                corrections.know(vehicle_id)

            def logs() -> Iterator[FuelLog]:
                for row in planned:
                    vehicle_id = matched.vehicles[row.vehicle].id
                    log = _fuel_log(row, vehicle_id, plan.source, user_id, now, zone, new_id)
                    corrections.look(log, row.line)
                    yield log

            added = work.fuel_logs.add_many(logs() if progress is None else _told(logs(), progress))
            corrections.tell(findings)
        of_upkeep = upkeep.keep(findings) if upkeep is not None else UpkeepResult()
    return ImportResult(
        maintenance_added=of_upkeep.maintenance_added,
        maintenance_kept=of_upkeep.maintenance_kept,
        schedules_added=of_upkeep.schedules_added,
        schedules_kept=of_upkeep.schedules_kept,
        schedules_moved=of_upkeep.moved,
        added=added,
        already_kept=plan.counts.fuel_logs - added,
        vehicles=matched.vehicles,
        vehicles_added=matched.added,
        findings=(*plan.findings, *findings.all()),
    )


def _fuel_log(
    log: PlannedFuelLog,
    vehicle_id: VehicleId,
    source: str,
    user_id: UserId,
    now: datetime,
    zone: tzinfo,
    new_id: NewId,
) -> FuelLog:
    moment = log.filled_at if log.has_time else log.filled_at.replace(hour=0, minute=0, second=0) + _NOON
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    price, cost = log.price_per_unit, log.total_cost
    if cost is None and price is not None:
        cost = EXACT.multiply(price, log.volume)
    elif price is None and cost is not None:
        price = EXACT.divide(cost, log.volume)
    # A product or quotient of two absurd numbers may fit no column; either alone is then still known.
    price = None if price is None or price >= _PRICE_LIMIT else price
    cost = None if cost is None or cost >= _COST_LIMIT else round_half_up(cost, 2)
    return FuelLog(
        id=FuelLogId(new_id()),
        user_id=user_id,
        vehicle_id=vehicle_id,
        filled_at=moment,
        odometer=log.odometer,
        trip_distance=log.trip_distance,
        fuel_type=log.fuel_type,
        fuel_grade=log.fuel_grade,
        volume=log.volume,
        price_per_unit=price,
        total_cost=cost,
        location=log.location,
        notes=log.notes,
        created_at=now,
        updated_at=now,
        odometer_unit=log.odometer_unit,
        fuel_unit=log.fuel_unit,
        is_full_tank=log.is_full_tank,
        missed_previous=log.missed_previous,
        tank=log.tank,
        is_towing=log.is_towing,
        excluded_distance=log.excluded_distance,
        currency_code=log.currency_code,
        charge_start_percent=log.charge_start_percent,
        charge_end_percent=log.charge_end_percent,
        source=source,
        source_key=log.source_key,
    )


def _told(logs: Iterable[FuelLog], progress: Callable[[int], None]) -> Iterator[FuelLog]:
    count = 0
    for count, log in enumerate(logs, 1):
        yield log
        if count % _PAGE == 0:
            progress(count)
    progress(count)


class _Newcomers:
    """The planned logs but for those kept already under a key that an older version of the application gave.

    Applications learn to give identities: Fuelio had none, then numbers, then
    guids. A row that was imported before it had one must not come twice. Where a
    vehicle has logs under an older kind of key, those keys are held in memory
    (about 150 bytes each); in every other case nothing is.
    """

    def __init__(
        self,
        plan: ImportPlan,
        vehicles: tuple[Vehicle, ...],
        added: tuple[Vehicle, ...],
        fuel_logs: FuelLogRepository,
    ) -> None:
        self._plan = plan
        new = {vehicle.id for vehicle in added}
        self._kept = [
            _older_keys(plan, vehicle.id, fuel_logs) if plan.has_ids and vehicle.id not in new else set()
            for vehicle in vehicles
        ]
        self._is_mixed = any(self._kept)

    def __iter__(self) -> Iterator[PlannedFuelLog]:
        for log in self._plan.fuel_logs():
            if not (self._is_mixed and log.source_id is not None and self._was_kept(log)):
                yield log

    def _was_kept(self, log: PlannedFuelLog) -> bool:
        kept = self._kept[log.vehicle]
        return log.content in kept or (
            log.older_id is not None and f"{log.older_id}@{_day(log.filled_at)}" in kept
        )


def _older_keys(plan: ImportPlan, vehicle_id: VehicleId, fuel_logs: FuelLogRepository) -> set[str]:
    """Keys of a vehicle's logs that a row with a better identity may stand under."""
    keys: set[str] = set()
    for log in pages(fuel_logs, vehicle_id):
        if log.source != plan.source or log.source_key is None:
            continue
        if log.source_key.startswith("row:"):
            keys.add(log.source_key)
        elif plan.has_older_ids and log.source_key.startswith("id:"):
            keys.add(f"{log.source_key}@{_day(log.filled_at)}")
    return keys


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
