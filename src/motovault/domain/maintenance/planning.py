"""One vehicle's schedules as they are to be kept: made, changed, and moved by its logs.

Pure: the service reads a :class:`Book`, writes what the book says should change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from motovault.domain.maintenance.advancing import advanced, anchored
from motovault.domain.maintenance.categories import check_work
from motovault.domain.maintenance.entities import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.maintenance.next_due import check_intervals
from motovault.domain.maintenance.recording import ScheduleChange
from motovault.domain.maintenance.templates import Template
from motovault.domain.vehicles import Vehicle
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit

__all__ = ["Book", "TemplatePlan", "check_done"]

_TEMPLATE = "template"
"""The ``source`` of a schedule that a template brought."""

_INTERVALS = ("interval_months", "interval_days", "interval_distance")
_MOVING = {*_INTERVALS, "category", "subtypes", "mode", "distance_unit"}
_MOVING |= {"last_service_date", "last_service_odometer", "first_due_date", "first_due_odometer"}
"""A change of one of these moves next due."""


@attrs.frozen
class TemplatePlan:
    """What applying a template to a vehicle means.

    Attributes:
        details: Of the schedules to add.
        already: Keys of those that the vehicle has.
        without_interval: Keys of those that never fall due in the vehicle's unit.
    """

    details: list[dict[str, Any]] = attrs.field(factory=list)
    already: list[str] = attrs.field(factory=list)
    without_interval: list[str] = attrs.field(factory=list)


@attrs.frozen(kw_only=True)
class Book:
    """One vehicle's logs and schedules, read under its lock.

    Attributes:
        vehicle: Whose they are.
        unit: Of what names none: the vehicle's, else that of the owner's unit system.
        today: The owner's local date.
        now: When something is written.
        schedules: All of the vehicle, active or not.
        logs: All of the vehicle, before anything changes.
    """

    vehicle: Vehicle
    unit: DistanceUnit
    today: date
    now: datetime
    schedules: Sequence[MaintenanceSchedule]
    logs: Sequence[MaintenanceLog]

    def logs_after(self, log_id: MaintenanceLogId, log: MaintenanceLog | None) -> Sequence[MaintenanceLog]:
        """The logs, once the one with this id is ``log``: none, or another vehicle's."""
        rest = [one for one in self.logs if one.id != log_id]
        return rest if log is None or log.vehicle_id != self.vehicle.id else [*rest, log]

    def moved(self, logs: Sequence[MaintenanceLog]) -> tuple[ScheduleChange, ...]:
        """The schedules that are not as these logs make them, and how they should be."""
        changes = []
        for schedule in self.schedules:
            after = advanced(schedule, logs, self.unit, before=self.logs)
            if after != schedule:
                changes.append(ScheduleChange(schedule, attrs.evolve(after, updated_at=self.now)))
        return tuple(changes)

    def new_schedule(
        self, schedule_id: MaintenanceScheduleId, user_id: UserId, details: Mapping[str, Any]
    ) -> MaintenanceSchedule:
        """A schedule with these details, as the logs that are there already make it."""
        schedule = MaintenanceSchedule(
            id=schedule_id,
            user_id=user_id,
            vehicle_id=self.vehicle.id,
            created_at=self.now,
            updated_at=self.now,
            **{**details, **_anchors(details)},
        )
        check_work(schedule.category, schedule.subtypes)
        self._check(schedule, {**dict.fromkeys(_INTERVALS), **details})
        return self._made(schedule)

    def changed_schedule(self, kept: MaintenanceSchedule, changes: Mapping[str, Any]) -> MaintenanceSchedule:
        """The schedule with these changes, as the logs make it."""
        if not _MOVING & set(changes):
            return attrs.evolve(kept, **changes, updated_at=self.now)
        changed = attrs.evolve(
            anchored(kept, self.logs, self.unit), **{**changes, **_anchors(changes)}, updated_at=self.now
        )
        if {"category", "subtypes"} & set(changes):
            check_work(changed.category, changed.subtypes)
        self._check(changed, changes)
        return self._made(changed)

    def template_plan(self, template: Template, began: Mapping[str, Any]) -> TemplatePlan:
        """What applying a template would add, each schedule beginning at ``began``."""
        keys = {one.source_key for one in self.schedules if one.source == _TEMPLATE}
        plan = TemplatePlan()
        for entry in template.schedules:
            source_key = f"{template.name}/{entry.key}"
            distance = entry.distances.get(self.unit)
            if source_key in keys:
                plan.already.append(entry.key)
            elif not (entry.interval_months or entry.interval_days or distance):
                plan.without_interval.append(entry.key)
            else:
                details = {
                    "category": entry.category,
                    "subtypes": entry.subtypes,
                    "interval_months": entry.interval_months,
                    "interval_days": entry.interval_days,
                    "interval_distance": distance,
                    "mode": entry.mode,
                    "notes": entry.note,
                    "source": _TEMPLATE,
                    "source_key": source_key,
                }
                plan.details.append({**details, **began})
        return plan

    def with_unit(self, log: MaintenanceLog) -> MaintenanceLog:
        """The same with the unit of its reading written down, so that no preference moves what it did."""
        if log.odometer is None or log.odometer_unit is not None:
            return log
        return attrs.evolve(log, odometer_unit=self.unit)

    def _check(self, schedule: MaintenanceSchedule, given: Mapping[str, Any]) -> None:
        if not given.keys().isdisjoint(_INTERVALS):  # a row of another application may have none
            check_intervals(schedule.interval_months, schedule.interval_days, schedule.interval_distance)
        if "last_service_date" in given and schedule.anchor_date is not None:
            check_done("last_service_date", schedule.anchor_date, self.today)

    def _made(self, schedule: MaintenanceSchedule) -> MaintenanceSchedule:
        """What beginning and logs make of it; its unit is written down, so that no preference moves it."""
        bare = attrs.evolve(
            schedule,
            last_service_date=schedule.anchor_date,
            last_service_odometer=schedule.anchor_odometer,
            next_due_date=schedule.first_due_date,
            next_due_odometer=schedule.first_due_odometer,
            distance_unit=schedule.distance_unit or self.unit,
        )
        return advanced(bare, self.logs, self.unit)


def check_done(field: str, on: date, today: date) -> None:
    """Refuse work of the future. Raises InvalidValue."""
    if on > today:
        raise InvalidValue(field, on, f"must not be after today, {today}: only work that was done counts")


def _anchors(given: Mapping[str, Any]) -> dict[str, Any]:
    """Where it begins, by the names under which that is kept."""
    names = {"last_service_date": "anchor_date", "last_service_odometer": "anchor_odometer"}
    return {kept: given[name] for name, kept in names.items() if name in given}
