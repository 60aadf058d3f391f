"""One thing that is due: its figures in a row, made readable when it is looked at.

The figures come from ``upcoming``, their order too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final, NamedTuple

from motovault.domain.driven import without_slips
from motovault.domain.maintenance.driving import Driving
from motovault.domain.maintenance.entities import MaintenanceSchedule
from motovault.domain.maintenance.forecast import Projection, effective_due_on
from motovault.domain.maintenance.status import SOON_DAYS, DueStatus, Metric, soon_distance
from motovault.domain.odometer import OdometerReading, positions
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.quantities.context import EXACT, plain
from motovault.quantities.distance import Distance
from motovault.quantities.formatting import display
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = ["UpcomingItem"]

OVERDUE, DUE_SOON, UPCOMING, UNKNOWN = range(4)
_STATUSES: Final = tuple(DueStatus)


class Whereabouts(NamedTuple):
    """One vehicle, the unit of its dial, and what the dial showed when; the owner's date at a moment."""

    vehicle: Vehicle
    unit: DistanceUnit
    readings: Sequence[OdometerReading]
    local_date: Callable[[datetime], date]


class Row(NamedTuple):
    """One item in columns; grades are places in :class:`DueStatus`.

    ``due_odometer`` is in ``unit``, the schedule's; ``remaining`` in the unit that is shown.
    """

    schedule: MaintenanceSchedule
    place: Whereabouts
    key: int
    left: int | None
    due_on: date | None
    due_odometer: Decimal | None
    unit: DistanceUnit
    days: int | None
    remaining: Decimal | None
    by_date: int
    by_distance: int
    way: Driving | None


class UpcomingItem:
    """One schedule: when it is due, how urgent it is, and why.

    Distances are in the vehicle's unit, not rounded; the schedule has them as they were
    typed. Hours stay hours.
    """

    __slots__ = ("_row", "_today")

    def __init__(self, row: Row, today: date) -> None:
        self._row = row
        self._today = today

    @property
    def vehicle_id(self) -> VehicleId:
        """Which vehicle."""
        return self._row.place.vehicle.id

    @property
    def vehicle_title(self) -> str:
        """What the vehicle is called."""
        return self._row.place.vehicle.title

    @property
    def schedule(self) -> MaintenanceSchedule:
        """As it is kept."""
        return self._row.schedule

    @property
    def status(self) -> DueStatus:
        """The worst of what can be evaluated; unknown for a retired schedule."""
        return status_of(self._row)

    @property
    def triggered_by(self) -> tuple[Metric, ...]:
        """The metrics that have this status; none where it is unknown."""
        by_date, by_distance = self._row.by_date, self._row.by_distance
        worst = min(by_date, by_distance)
        if worst == UNKNOWN:
            return ()
        graded = (Metric.DATE, by_date), (Metric.DISTANCE, by_distance)
        return tuple(metric for metric, grade in graded if grade == worst)

    @property
    def due_on(self) -> date | None:
        """When it falls due by the calendar; None is never, or unknown."""
        return self._row.due_on

    @property
    def due_odometer(self) -> Distance | None:
        """At which reading it falls due; None is never, or unknown."""
        value, unit, shown = self._row.due_odometer, self._row.unit, self._shown
        if value is None or unit is shown:
            return None if value is None else Distance(value, shown)
        exact = EXACT.multiply(value, DISTANCE_TO_BASE[unit][1])
        return Distance(EXACT.divide(exact, DISTANCE_TO_BASE[shown][1]), shown)

    @property
    def days_remaining(self) -> int | None:
        """To ``due_on``; below 0 is late."""
        return self._row.days

    @property
    def distance_remaining(self) -> Distance | None:
        """To ``due_odometer``; below 0 is late; None where nobody knows where the dial stands."""
        remaining = self._row.remaining
        return None if remaining is None else Distance(remaining, self._shown)

    @property
    def due_now(self) -> bool:
        """A metric has nothing left: due today counts, though it is not yet overdue."""
        days = self._row.days
        return self._is_reached or (days is not None and days <= 0)

    @property
    def projection(self) -> Projection | None:
        """When the target will be reached, with an interval and its basis; None where nobody can tell."""
        row = self._row
        return None if row.remaining is None or row.way is None else row.way.project(row.remaining)

    @property
    def projected_on(self) -> date | None:
        """When the target will probably be reached; today where it is reached already."""
        if self._is_reached:
            return self._today
        projection = self.projection
        return None if projection is None else projection.on

    @property
    def reached_on(self) -> date | None:
        """Since when the odometer has shown the target, by the readings; None where it is not reached."""
        row, on = self._row, None
        if not self._is_reached or row.due_odometer is None:
            return None
        target = EXACT.multiply(row.due_odometer, DISTANCE_TO_BASE[row.unit][1])
        readings = row.place.readings
        if self._shown is not row.place.unit:  # as where the rest was worked out
            readings = [one for one in readings if one.unit is not None]
        known = positions(readings, self._shown, row.place.local_date)
        for day, position in reversed(without_slips(known, itemgetter(1))):
            if position < target:
                break
            on = min(day, self._today)
        return on

    @property
    def due_soon_on(self) -> date | None:
        """From when it is due soon: by the calendar, or when the distance will be so near; the earlier one.

        A distance that is near enough already counts as today. None where nobody can tell.
        """
        row, schedule = self._row, self._row.schedule
        by_date = by_distance = None
        if row.due_on is not None and row.days is not None:
            days = SOON_DAYS if schedule.due_soon_days is None else schedule.due_soon_days
            by_date = date.fromordinal(max(row.due_on.toordinal() - days, 1))
        if row.remaining is not None and row.way is not None:
            soon = schedule.due_soon_distance
            near = soon_distance(row.unit, schedule.interval_distance) if soon is None else soon
            exact = EXACT.multiply(near, DISTANCE_TO_BASE[row.unit][1])
            shown = EXACT.divide(exact, DISTANCE_TO_BASE[self._shown][1])
            by_distance = row.way.project(EXACT.subtract(row.remaining, shown)).on
        return effective_due_on(by_distance, by_date)

    @property
    def effective_due_on(self) -> date | None:
        """The earlier of ``projected_on`` and ``due_on``, or the only one."""
        return effective_due_on(self.projected_on, self.due_on)

    @property
    def work(self) -> str:
        """What is to be done: the subtypes, or the category where none are named."""
        return ", ".join(self.schedule.subtypes) or self.schedule.category

    def as_dict(self) -> dict[str, Any]:
        """The same for a program: amounts as decimal text, dates as ISO 8601."""
        due, projection = self.due_odometer, self.projection
        return {
            "vehicle_id": str(self.vehicle_id),
            "vehicle": self.vehicle_title,
            "schedule_id": str(self.schedule.id),
            "category": str(self.schedule.category),
            "subtypes": list(self.schedule.subtypes),
            "is_active": self.schedule.is_active,
            "status": self.status.value,
            "triggered_by": [metric.value for metric in self.triggered_by],
            "due_now": self.due_now,
            "due_on": _iso(self.due_on),
            "due_odometer": _amount(due),
            "days_remaining": self.days_remaining,
            "distance_remaining": _amount(self.distance_remaining),
            "distance_unit": None if due is None else due.unit,
            "effective_due_on": _iso(self.effective_due_on),
            "projected_on": _iso(self.projected_on),
            "projection": None if projection is None else _projected(projection),
        }

    @property
    def _is_reached(self) -> bool:
        return self._row.remaining is not None and self._row.remaining <= 0

    @property
    def _shown(self) -> DistanceUnit:
        """The vehicle's unit; the schedule's, where hours stand beside a distance."""
        unit, own = self._row.unit, self._row.place.unit
        return own if DISTANCE_TO_BASE[unit][0] == DISTANCE_TO_BASE[own][0] else unit

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UpcomingItem):
            return NotImplemented
        return self.schedule == other.schedule and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((self.schedule.id, self._today))

    def __repr__(self) -> str:
        return f"<UpcomingItem {self}>"

    def __str__(self) -> str:
        what = f"{one_line(self.vehicle_title)}, {one_line(self.work)}"
        return f"{status_text(self.status)}: {what}, {due_text(self)} ({left_text(self)})"


def status_of(row: Row) -> DueStatus:
    return _STATUSES[min(row.by_date, row.by_distance)]


# ------------------------------------------------------------------ for programs


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _amount(distance: Distance | None) -> str | None:
    return None if distance is None else plain(distance.value)


def _projected(projection: Projection) -> dict[str, Any]:
    basis = projection.basis
    return {
        "on": _iso(projection.on),
        "earliest": _iso(projection.earliest),
        "latest": _iso(projection.latest),
        "method": basis.method,
        "readings": basis.readings,
        "first_on": _iso(basis.first_on),
        "last_on": _iso(basis.last_on),
        "recent_per_day": plain(basis.recent_per_day),
        "long_run_per_day": plain(basis.long_run_per_day),
        "unit": basis.unit.value,
        "coverage": plain(basis.coverage),
    }


# -------------------------------------------------------------------- for people


def status_text(status: DueStatus) -> str:
    return status.value.replace("_", " ")


def one_line(text: str) -> str:
    """Text of an owner in one line of a table: what cannot be shown becomes a blank."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _whole(distance: Distance) -> str:
    places = 1 if distance.unit == DistanceUnit.H else 0
    return f"{display(distance.value, places, ',')} {distance.unit}"


def due_text(item: UpcomingItem) -> str:
    parts = [] if item.due_on is None else [f"{item.due_on}"]
    if item.due_odometer is not None:
        parts.append(_whole(item.due_odometer))
    return " or ".join(parts) or "–"


def left_text(item: UpcomingItem) -> str:
    parts = []
    if item.days_remaining is not None:
        days = abs(item.days_remaining)
        said = "1 day" if days == 1 else f"{days:,} days"
        parts.append("today" if not days else f"{said} late" if item.days_remaining < 0 else said)
    if (distance := item.distance_remaining) is not None:
        late = distance.value < 0
        size = Distance(distance.value.copy_abs(), distance.unit)
        parts.append(f"{_whole(size)} late" if late else _whole(size))
    return ", ".join(parts) or "–"


def expected_text(item: UpcomingItem) -> str:
    projection = item.projection
    if projection is None or item.status is DueStatus.OVERDUE:
        return ""
    if projection.on is None:
        return "in more than 100 years"
    latest = "…" if projection.latest is None else str(projection.latest)
    return f"{projection.on} ({projection.earliest} to {latest})"
