"""What a call changed: the log, and the schedules that it moved, before and after."""

from __future__ import annotations

import enum
from decimal import Decimal

import attrs

from motovault.domain.maintenance.entities import MaintenanceLog, MaintenanceSchedule
from motovault.quantities.context import plain
from motovault.quantities.units import DistanceUnit

__all__ = ["Action", "Applied", "Recorded", "ScheduleChange"]


class Action(enum.StrEnum):
    """What was done to a log."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@attrs.frozen
class ScheduleChange:
    """One schedule that a call moved.

    Attributes:
        before: As it was kept.
        after: As it is kept now.
    """

    before: MaintenanceSchedule
    after: MaintenanceSchedule

    def __str__(self) -> str:
        return f"{_work(self.after)}: due {_due(self.after)}, was {_due(self.before)}"


@attrs.frozen(kw_only=True)
class Recorded:
    """A log that was written or dropped, and what that did to the schedules of its vehicle.

    Attributes:
        log: As it is kept now; of a removed one, as it was.
        action: What was done to it.
        schedules: Those that it moved, and no others; the oldest first. Of a log that moved from one vehicle
            to another, those of both.
    """

    log: MaintenanceLog
    action: Action
    schedules: tuple[ScheduleChange, ...]

    def __str__(self) -> str:
        log = self.log
        parts = [f"{self.action.capitalize()}: {log.service_date}", _work(log)]
        if log.odometer is not None:
            parts.append(_reading(log.odometer, log.odometer_unit))
        if log.cost is not None:
            parts.append(f"{log.cost:f} {log.currency_code or ''}".rstrip())
        return "\n".join([", ".join(parts), *(f"  {change}" for change in self.schedules)])


@attrs.frozen(kw_only=True)
class Applied:
    """What applying a template did.

    Attributes:
        template: Its name.
        added: The schedules that are new, in its order.
        already: Keys of its schedules that the vehicle had already.
        without_interval: Keys of those that say nothing in the vehicle's unit and have no interval by the
            calendar: they were left out.
    """

    template: str
    added: tuple[MaintenanceSchedule, ...]
    already: tuple[str, ...]
    without_interval: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.template}: {_counted(len(self.added))} added"]
        lines += [f"  {_work(schedule)}: due {_due(schedule)}" for schedule in self.added]
        if self.already:
            lines.append(f"  there already: {', '.join(self.already)}")
        if self.without_interval:
            lines.append(f"  no interval in this vehicle's unit: {', '.join(self.without_interval)}")
        return "\n".join(lines)


def _work(of: MaintenanceLog | MaintenanceSchedule) -> str:
    return f"{of.category.replace('_', ' ').capitalize()}: {' + '.join(of.subtypes) or 'not said what'}"


def _due(schedule: MaintenanceSchedule) -> str:
    if not schedule.is_active:
        return "never (retired)"
    parts = [] if schedule.next_due_date is None else [f"on {schedule.next_due_date}"]
    if schedule.next_due_odometer is not None:
        parts.append(f"at {_reading(schedule.next_due_odometer, schedule.distance_unit)}")
    return " or ".join(parts) or "nobody knows when"


def _reading(value: Decimal, unit: DistanceUnit | None) -> str:
    return f"{plain(value)} {unit or ''}".rstrip()


def _counted(schedules: int) -> str:
    return "1 schedule" if schedules == 1 else f"{schedules} schedules"
