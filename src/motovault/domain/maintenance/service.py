"""One user's maintenance: what was done, what recurs, what is due and what it cost.

A schedule's last service and next due are columns that logs move. They are
kept true in the transaction that writes whatever moves them: the vehicle's row
is read first, whose lock makes writers of one vehicle wait for each other, and
then everything is worked out from scratch.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from datetime import date
from typing import Any, Unpack

import attrs

from motovault.domain.fields import page_limit
from motovault.domain.maintenance.agenda import Upcoming
from motovault.domain.maintenance.categories import check_work
from motovault.domain.maintenance.costs import MaintenanceCosts, maintenance_costs
from motovault.domain.maintenance.details import (
    MaintenanceLogChanges,
    MaintenanceLogDetails,
    MaintenanceScheduleChanges,
    MaintenanceScheduleDetails,
    Number,
    refuse_unknown,
)
from motovault.domain.maintenance.entities import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.maintenance.planning import Book, check_done
from motovault.domain.maintenance.recording import Action, Applied, Recorded, ScheduleChange
from motovault.domain.maintenance.templates import Template, find_template, shipped_templates
from motovault.domain.maintenance.unit_of_work import (
    Bookkeeping,
    MaintenanceUnitOfWork,
    known_log,
    known_schedule,
    known_vehicle,
    live_vehicle,
    reads_log,
    reads_schedule,
)
from motovault.domain.maintenance.upcoming import upcoming
from motovault.domain.vehicles import VehicleId
from motovault.ports import Clock, NewId, OpensUnitOfWork, UserId

__all__ = ["MaintenanceService"]

_LOG, _SCHEDULE = "a maintenance log", "a maintenance schedule"


class MaintenanceService:
    """One user's maintenance; every call is one transaction, or joins the one that is open."""

    def __init__(
        self,
        user_id: UserId,
        unit_of_work: OpensUnitOfWork[MaintenanceUnitOfWork],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._user_id = user_id
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._new_id = new_id
        self._books = Bookkeeping(unit_of_work, clock)

    # ---------------------------------------------------------------------- logs

    def add(
        self,
        vehicle_id: VehicleId,
        *,
        category: str,
        subtypes: Iterable[str],
        service_date: date,
        **details: Unpack[MaintenanceLogDetails],
    ) -> Recorded:
        """Keep work that was done, and advance the schedules that it covers.

        A reading without a unit is in the vehicle's, else in that of the owner's
        unit system, and is kept with it: what schedules make of it stays true
        when the owner changes units.

        Args:
            vehicle_id: A live vehicle of this user.
            category: One of :class:`motovault.domain.maintenance.Category`.
            subtypes: What was worked on, one at least, all of the category.
            service_date: The owner's local date, not in the future: only work that was done counts.
            **details: Odometer, cost, shop and the rest; numbers as Decimal, int or text.

        Raises:
            InvalidValue: A value breaks its rule; UnknownCategory, NoSubtypes, UnknownSubtype among them.
            VehicleNotFound: No such live vehicle.
            MaintenanceLogExists: The vehicle has this source key already.
        """
        refuse_unknown(details, MaintenanceLogDetails, _LOG)
        given = {"category": category, "subtypes": subtypes, "service_date": service_date, **details}
        return self._add(vehicle_id, given, is_checked=True)

    def complete(
        self,
        schedule_id: MaintenanceScheduleId,
        *,
        service_date: date,
        **details: Unpack[MaintenanceLogDetails],
    ) -> Recorded:
        """Keep that a schedule's work was done: a log with its category and subtypes.

        Raises as :meth:`add`, and MaintenanceScheduleNotFound. Words of another
        application in the schedule are taken over as they are.
        """
        refuse_unknown(details, MaintenanceLogDetails, _LOG)
        schedule = self.get_schedule(schedule_id)
        given = {
            "category": schedule.category,
            "subtypes": schedule.subtypes,
            "service_date": service_date,
            **details,
        }
        return self._add(schedule.vehicle_id, given, is_checked=False)

    def add_many(self, logs: Iterable[MaintenanceLog]) -> int:
        """Keep many logs at once, all or nothing, advance their schedules, and say how many were new.

        A log whose (vehicle, source, source key) is kept already is left out.
        For imports and migrations: their words need not be known ones.
        """
        given = builtins.list(logs)
        with self._books.of_all({log.vehicle_id for log in given}) as (work, books):
            for log in given:
                check_done("service_date", log.service_date, books[log.vehicle_id].today)
            added = work.maintenance_logs.add_many(given)
            for book in books.values():
                self._books.settle(work, book, work.maintenance_logs.list_for_vehicle(book.vehicle.id))
        return added

    def get(self, log_id: MaintenanceLogId) -> MaintenanceLog:
        """The log with this id. Raises MaintenanceLogNotFound."""
        with self._unit_of_work() as work:
            return work.maintenance_logs.get(known_log(log_id))

    def list(
        self, vehicle_id: VehicleId, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> builtins.list[MaintenanceLog]:
        """The logs of a vehicle, oldest first; those behind ``after``, at most ``limit`` of them.

        Raises:
            VehicleNotFound: No such live vehicle.
        """
        limit = page_limit(limit)
        with self._unit_of_work() as work:
            live_vehicle(work.vehicles, vehicle_id)
            return work.maintenance_logs.list_for_vehicle(vehicle_id, after=after, limit=limit)

    def count(self, vehicle_id: VehicleId) -> int:
        """How many logs a vehicle has."""
        with self._unit_of_work() as work:
            return work.maintenance_logs.count_for_vehicle(known_vehicle(vehicle_id))

    def change(self, log_id: MaintenanceLogId, **changes: Unpack[MaintenanceLogChanges]) -> Recorded:
        """Change what is given, keep the rest; None empties a field. Schedules follow.

        With ``vehicle_id`` the log moves to another vehicle, and the schedules of both follow.
        Raises as :meth:`add` of what is changed, and MaintenanceLogNotFound.
        """
        refuse_unknown(changes, MaintenanceLogChanges, _LOG)
        wanted = {known_vehicle(changes["vehicle_id"])} if "vehicle_id" in changes else set()
        with self._books.of_row(reads_log(log_id), wanted) as (
            work,
            kept,
            books,
        ):
            changed = attrs.evolve(kept, **changes, updated_at=self._clock.now())
            book = books[changed.vehicle_id]
            if {"category", "subtypes"} & set(changes):
                check_work(changed.category, changed.subtypes)
            if "service_date" in changes:
                check_done("service_date", changed.service_date, book.today)
            if {"odometer", "odometer_unit"} & set(changes):
                changed = book.with_unit(changed)
            work.maintenance_logs.replace(changed)
            moved = [
                change
                for one in books.values()
                for change in self._books.settle(work, one, one.logs_after(changed.id, changed))
            ]
        return Recorded(log=changed, action=Action.CHANGED, schedules=tuple(moved))

    def remove(self, log_id: MaintenanceLogId) -> Recorded:
        """Drop a log for good; the schedules that it advanced go back to where they were.

        Raises MaintenanceLogNotFound.
        """
        with self._books.of_row(reads_log(log_id)) as (work, kept, books):
            work.maintenance_logs.remove(log_id)
            book = books[kept.vehicle_id]
            moved = self._books.settle(work, book, book.logs_after(log_id, None))
        return Recorded(log=kept, action=Action.REMOVED, schedules=moved)

    # ----------------------------------------------------------------- schedules

    def add_schedule(
        self,
        vehicle_id: VehicleId,
        *,
        category: str,
        subtypes: Iterable[str],
        **details: Unpack[MaintenanceScheduleDetails],
    ) -> MaintenanceSchedule:
        """Keep work that recurs; logs that are there already count.

        Args:
            vehicle_id: A live vehicle of this user.
            category: One of :class:`motovault.domain.maintenance.Category`.
            subtypes: What is to be worked on, one at least, all of the category.
            **details: One interval at least; where it begins (``last_service_*``, or ``first_due_*`` where it
                does not fall due one interval after that); mode, thresholds and the rest. Distances without
                a ``distance_unit`` are in the vehicle's, else in that of the owner's unit system.

        Raises:
            InvalidValue: A value breaks its rule; UnknownCategory, NoSubtypes, UnknownSubtype among them.
            NoInterval: It would never fall due.
            VehicleNotFound: No such live vehicle.
            MaintenanceScheduleExists: The vehicle has this source key already.
        """
        refuse_unknown(details, MaintenanceScheduleDetails, _SCHEDULE)
        with self._books.of_live(vehicle_id) as (work, book):
            given = {"category": category, "subtypes": subtypes, **details}
            return self._new_schedule(work, book, given)

    def get_schedule(self, schedule_id: MaintenanceScheduleId) -> MaintenanceSchedule:
        """The schedule with this id, active or not. Raises MaintenanceScheduleNotFound."""
        with self._unit_of_work() as work:
            return work.maintenance_schedules.get(known_schedule(schedule_id))

    def list_schedules(self, vehicle_id: VehicleId) -> builtins.list[MaintenanceSchedule]:
        """The schedules of a live vehicle, active or not, oldest first. Raises VehicleNotFound."""
        with self._unit_of_work() as work:
            live_vehicle(work.vehicles, vehicle_id)
            return work.maintenance_schedules.list_for_vehicle(vehicle_id)

    def change_schedule(
        self, schedule_id: MaintenanceScheduleId, **changes: Unpack[MaintenanceScheduleChanges]
    ) -> MaintenanceSchedule:
        """Change what is given, keep the rest; None empties a field; next due is worked out anew.

        ``last_service_*`` moves where the schedule begins; logs from there on go on counting.
        Raises as :meth:`add_schedule` of what is changed, and MaintenanceScheduleNotFound.
        """
        refuse_unknown(changes, MaintenanceScheduleChanges, _SCHEDULE)
        with self._books.of_row(reads_schedule(schedule_id)) as (work, kept, books):
            changed = books[kept.vehicle_id].changed_schedule(kept, changes)
            work.maintenance_schedules.replace(changed)
        return changed

    def retire(self, schedule_id: MaintenanceScheduleId) -> MaintenanceSchedule:
        """Let a schedule rest: it follows the logs and is never due. Raises MaintenanceScheduleNotFound."""
        return self.change_schedule(schedule_id, is_active=False)

    def resume(self, schedule_id: MaintenanceScheduleId) -> MaintenanceSchedule:
        """Let a retired schedule count again. Raises MaintenanceScheduleNotFound."""
        return self.change_schedule(schedule_id, is_active=True)

    def remove_schedule(self, schedule_id: MaintenanceScheduleId) -> None:
        """Drop a schedule for good; logs stay. Raises MaintenanceScheduleNotFound."""
        with self._books.of_row(reads_schedule(schedule_id)) as (work, _, _):
            work.maintenance_schedules.remove(schedule_id)

    def recompute(self, vehicle_id: VehicleId | None = None) -> builtins.list[ScheduleChange]:
        """Work out every schedule of a vehicle, or of the garage, and keep what was not true.

        Needed where something else wrote: another application that knows no
        schedules, or a change of the units that rows without one are read in.

        Raises:
            VehicleNotFound: No such live vehicle.
        """
        changes: builtins.list[ScheduleChange] = []
        with self._books.of_all(None if vehicle_id is None else [vehicle_id]) as (work, books):
            for book in books.values():
                changes += self._books.settle(work, book, book.logs)
        return changes

    # ----------------------------------------------------------------- templates

    def templates(self) -> builtins.list[Template]:
        """The packs of schedules that motovault brings along; see :meth:`apply_template`."""
        return builtins.list(shipped_templates())

    def apply_template(
        self,
        vehicle_id: VehicleId,
        template: str | Template,
        *,
        last_service_date: date | None = None,
        last_service_odometer: Number | None = None,
    ) -> Applied:
        """Add all schedules of a template, all or nothing; what the vehicle has of it already stays as it is.

        Args:
            vehicle_id: A live vehicle of this user.
            template: Name of one that motovault brings along, or one of your own
                (:func:`motovault.domain.maintenance.parse_template`).
            last_service_date: Where all of them begin by the calendar; without it, and without logs, nobody
                knows when they fall due.
            last_service_odometer: The same by the odometer, in the vehicle's unit, else the owner's.

        Raises:
            InvalidValue: No such template, or a value breaks its rule.
            VehicleNotFound: No such live vehicle.
        """
        pack = template if isinstance(template, Template) else find_template(template)
        began = {"last_service_date": last_service_date, "last_service_odometer": last_service_odometer}
        with self._books.of_live(vehicle_id) as (work, book):
            plan = book.template_plan(pack, began)
            added = [self._new_schedule(work, book, details) for details in plan.details]
        return Applied(
            template=pack.name,
            added=tuple(added),
            already=tuple(plan.already),
            without_interval=tuple(plan.without_interval),
        )

    # --------------------------------------------------------------------- reports

    def upcoming(self, vehicle_id: VehicleId | None = None, *, within_days: int | None = None) -> Upcoming:
        """What is due in one vehicle, or in the whole garage, the most urgent first.

        Args:
            vehicle_id: A live vehicle of this user; without it all of them.
            within_days: Only what is overdue or will be due in so many days, by date or by forecast.

        Raises:
            InvalidValue: ``within_days`` is not a whole number from 0 on.
            VehicleNotFound: No such live vehicle.
        """
        found = self._books.overview(vehicle_id, lambda work: work.maintenance_schedules)
        return upcoming(
            found.vehicles,
            found.rows,
            found.readings,
            today=found.owner.local_date(self._clock.now()),
            unit=found.owner.unit_system.distance_unit,
            local_date=found.owner.local_date,
            within_days=within_days,
        )

    def costs(self, vehicle_id: VehicleId | None = None) -> MaintenanceCosts:
        """What maintenance cost, of one vehicle or of the whole garage; currencies stay apart.

        Raises:
            VehicleNotFound: No such live vehicle.
        """
        found = self._books.overview(vehicle_id, lambda work: work.maintenance_logs)
        return maintenance_costs(
            found.rows,
            found.vehicles,
            found.readings,
            currency_code=found.owner.currency_code,
            distance_unit=found.owner.unit_system.distance_unit,
            local_date=found.owner.local_date,
        )

    # ----------------------------------------------------------------------- parts

    def _add(self, vehicle_id: VehicleId, given: dict[str, Any], *, is_checked: bool) -> Recorded:
        now = self._clock.now()
        log = MaintenanceLog(
            id=MaintenanceLogId(self._new_id()),
            user_id=self._user_id,
            vehicle_id=known_vehicle(vehicle_id),
            created_at=now,
            updated_at=now,
            **given,
        )
        if is_checked:
            check_work(log.category, log.subtypes)
        with self._books.of_live(vehicle_id) as (work, book):
            check_done("service_date", log.service_date, book.today)
            log = book.with_unit(log)
            work.maintenance_logs.add(log)
            moved = self._books.settle(work, book, book.logs_after(log.id, log))
        return Recorded(log=log, action=Action.ADDED, schedules=moved)

    def _new_schedule(
        self, work: MaintenanceUnitOfWork, book: Book, details: dict[str, Any]
    ) -> MaintenanceSchedule:
        schedule = book.new_schedule(MaintenanceScheduleId(self._new_id()), self._user_id, details)
        work.maintenance_schedules.add(schedule)
        return schedule
