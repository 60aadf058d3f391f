"""The second phase of an import, for work and reminders: kept, and all next dues true with them.

Logs come first, then the schedules that the vehicles had are worked out anew
(as the maintenance service does, by the same functions), then new schedules
begin from all logs that are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import attrs

from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceScheduleId,
    add_interval,
)
from motovault.domain.maintenance.planning import Book
from motovault.domain.maintenance.recording import ScheduleChange
from motovault.domain.maintenance.unit_of_work import Bookkeeping, MaintenanceUnitOfWork
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.findings import Severity
from motovault.importers.findings import FindingLog
from motovault.importers.plan import ImportPlan
from motovault.importers.planned import PlannedMaintenanceLog, PlannedSchedule
from motovault.ports import NewId
from motovault.quantities.context import EXACT, plain, round_half_up

__all__ = ["Upkeep", "UpkeepResult"]


@attrs.frozen(kw_only=True)
class UpkeepResult:
    """What became of work and reminders.

    Attributes:
        maintenance_added: Maintenance logs that are new.
        maintenance_kept: Records of work that were imported before.
        schedules_added: Schedules that are new.
        schedules_kept: Reminders that were imported before.
        moved: Schedules that the vehicles had, and that the new logs moved.
    """

    maintenance_added: int = 0
    maintenance_kept: int = 0
    schedules_added: int = 0
    schedules_kept: int = 0
    moved: tuple[ScheduleChange, ...] = ()


class Upkeep:
    """Keeps the maintenance of one plan, in a transaction that is open.

    The vehicles' logs and schedules are held in memory, as for every change of them.

    Args:
        plan: What is to be kept.
        vehicles: The owner's, in the plan's order.
        work: The transaction; the vehicles are locked in it from here on, in the order in which all lock.
        bookkeeping: Opens the vehicles' books, and writes down what moves in them.
        zone: Of the file's times.
    """

    def __init__(
        self,
        plan: ImportPlan,
        vehicles: tuple[Vehicle, ...],
        work: MaintenanceUnitOfWork,
        bookkeeping: Bookkeeping,
        new_id: NewId,
        zone: tzinfo,
    ) -> None:
        self._plan, self._vehicles, self._work = plan, vehicles, work
        self._new_id, self._zone = new_id, zone
        self._bookkeeping = bookkeeping
        self._books = bookkeeping.books(work, {vehicle.id for vehicle in vehicles})
        self._known = {vehicle_id: _Known(book, plan) for vehicle_id, book in self._books.items()}
        self._future = 0

    def keep(self, findings: FindingLog) -> UpkeepResult:
        """Keep it; ``findings`` is told what was not."""
        counts = self._plan.counts
        maintenance_added = 0
        if counts.maintenance_planned:
            maintenance_added = self._work.maintenance_logs.add_many(self._logs(findings))
        moved: list[ScheduleChange] = []
        books: dict[VehicleId, Book] = {}
        for vehicle_id, book in self._books.items():
            logs = book.logs
            if maintenance_added:
                logs = self._work.maintenance_logs.list_for_vehicle(vehicle_id)
                moved += self._bookkeeping.settle(self._work, book, logs)
            books[vehicle_id] = attrs.evolve(book, logs=logs)
        reminders = self._plan.schedules() if counts.schedules_planned else iter(())
        schedules_added = sum(self._add(planned, books) for planned in reminders)
        return UpkeepResult(
            maintenance_added=maintenance_added,
            maintenance_kept=counts.maintenance_planned - maintenance_added - self._future,
            schedules_added=schedules_added,
            schedules_kept=counts.schedules_planned - schedules_added,
            moved=tuple(moved),
        )

    def _logs(self, findings: FindingLog) -> Iterator[MaintenanceLog]:
        for planned in self._plan.maintenance_logs():
            vehicle_id = self._vehicles[planned.vehicle].id
            book, known = self._books[vehicle_id], self._known[vehicle_id]
            on = _day(planned.done_at, self._zone)
            if on > book.today:
                self._future += 1
                message = "work of the future was left out: only what was done counts; import it later"
                findings.add(
                    "future_date",
                    Severity.ERROR,
                    message,
                    line=planned.line,
                    field="service_date",
                    value=on.isoformat(),
                )
                continue
            if known.had(planned, on):
                continue
            log = self._log(planned, vehicle_id, book, on)
            known.compare(log, planned.line, findings)
            yield log

    def _log(
        self, planned: PlannedMaintenanceLog, vehicle_id: VehicleId, book: Book, on: date
    ) -> MaintenanceLog:
        amount = planned.amount
        is_credit = amount is not None and amount < 0
        notes = [planned.title, planned.notes]
        if is_credit and amount is not None:
            notes.append(f"Credit: {plain(abs(amount))}")
        log = MaintenanceLog(
            id=MaintenanceLogId(self._new_id()),
            user_id=book.vehicle.user_id,
            vehicle_id=vehicle_id,
            category=planned.work.category,
            subtypes=planned.work.subtypes,
            service_date=on,
            odometer=planned.odometer,
            cost=None if amount is None or is_credit else round_half_up(amount, 2),
            shop_name=planned.shop_name,
            notes="\n".join(part for part in notes if part) or None,
            created_at=book.now,
            updated_at=book.now,
            odometer_unit=planned.odometer_unit if planned.odometer is not None else None,
            currency_code=planned.currency_code,
            source=self._plan.source,
            source_key=planned.source_key,
        )
        return book.with_unit(log)

    def _add(self, planned: PlannedSchedule, books: Mapping[VehicleId, Book]) -> int:
        """Keep a schedule; 1 if it is new."""
        vehicle_id = self._vehicles[planned.vehicle].id
        book, known = books[vehicle_id], self._known[vehicle_id]
        if planned.source_key in known.schedules:
            return 0
        known.schedules.add(planned.source_key)
        details: dict[str, Any] = {
            "category": planned.work.category,
            "subtypes": planned.work.subtypes,
            "interval_months": planned.interval_months,
            "interval_distance": planned.interval_distance,
            "first_due_date": planned.first_due_date,
            "first_due_odometer": planned.first_due_odometer,
            "distance_unit": planned.distance_unit,
            "notes": planned.title or None,
            "source": self._plan.source,
            "source_key": planned.source_key,
        }
        began = _began(planned, book, self._zone)
        if began is not None and began <= book.today:
            details["last_service_date"] = began
            details["last_service_odometer"] = planned.began_odometer
        schedule = book.new_schedule(MaintenanceScheduleId(self._new_id()), book.vehicle.user_id, details)
        self._work.maintenance_schedules.add(schedule)
        return 1


class _Known:
    """What a vehicle has of the plan's source.

    Attributes:
        schedules: Source keys of its schedules.
    """

    def __init__(self, book: Book, plan: ImportPlan) -> None:
        logs = [log for log in book.logs if log.source == plan.source and log.source_key]
        self._logs = {log.source_key: log for log in logs}
        # Applications learn to give identities: what was imported before they did must not come twice.
        self._older: set[str] = set()
        if plan.has_work_ids:
            self._older = {log.source_key for log in logs if log.source_key and log.source_key[:5] == "work:"}
            self._older |= {
                f"{log.source_key}@{log.service_date}"
                for log in logs
                if log.source_key and log.source_key[:3] == "id:"
            }
        self.schedules = {
            one.source_key for one in book.schedules if one.source == plan.source and one.source_key
        }

    def had(self, planned: PlannedMaintenanceLog, on: date) -> bool:
        """Whether it was imported before under an older kind of key."""
        if planned.source_id is None or not self._older:
            return False
        return planned.content in self._older or f"{planned.older_id}@{on}" in self._older

    def compare(self, log: MaintenanceLog, line: int, findings: FindingLog) -> None:
        """Point out where the file says something else than what is kept under the same key."""
        kept = self._logs.get(log.source_key)
        if kept is None:
            return
        before, now = _said(kept), _said(log)
        for field, value in now.items():
            if before[field] != value:
                message = (
                    f"{field} is {value} in the file and {before[field]} in what is kept, which was left"
                )
                findings.add(
                    "kept_differs",
                    Severity.WARNING,
                    message,
                    line=line,
                    field=field,
                    value=value,
                    subject=str(kept.id),
                )


def _began(planned: PlannedSchedule, book: Book, zone: tzinfo) -> date | None:
    """The day from which on work counts for a reminder: that of its row.

    The day after it, where the row was work itself and yet wants to be reminded of
    otherwise than one interval later: else that work would move the due that it states.
    """
    if planned.began_at is None:
        return None
    began = _day(planned.began_at, zone)
    months, distance, odometer = planned.interval_months, planned.interval_distance, planned.began_odometer
    on = add_interval(began, months, None) if months else None
    at = EXACT.add(odometer, distance) if odometer is not None and distance is not None else None
    is_stated = planned.first_due_date not in (None, on) or planned.first_due_odometer not in (None, at)
    was_work = any(
        log.service_date == began
        and log.category == planned.work.category
        and set(planned.work.subtypes) <= set(log.subtypes)
        for log in book.logs
    )
    if is_stated and was_work and began < book.today:
        return began + timedelta(days=1)
    return began


def _said(log: MaintenanceLog) -> dict[str, str]:
    """What matters of a log, as text; no notes, no places."""

    def shown(number: Decimal | None) -> str:
        return "unknown" if number is None else plain(number)

    return {
        "service_date": log.service_date.isoformat(),
        "work": f"{log.category}:{','.join(sorted(log.subtypes))}",
        "odometer": shown(log.odometer),
        "cost": shown(log.cost),
        "odometer_unit": str(log.odometer_unit or "unknown"),
    }


def _day(moment: datetime, zone: tzinfo) -> date:
    """The owner's local date: as the file has it, unless the file states an offset."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()
