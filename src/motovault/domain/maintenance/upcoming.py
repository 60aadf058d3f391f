"""What is due in one vehicle or a whole garage, the most urgent first.

Pure: who calls brings vehicles, schedules and readings, each read once. The
rules are in ``status`` and ``next_due``, the forecast in ``driving``; how it
is shown to people and programs in ``agenda``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, NamedTuple, overload

from motovault.domain.maintenance.advancing import effective
from motovault.domain.maintenance.agenda import Upcoming
from motovault.domain.maintenance.driving import Driving, driving
from motovault.domain.maintenance.entities import MaintenanceSchedule
from motovault.domain.maintenance.status import SOON_DAYS, soon_distance
from motovault.domain.maintenance.upcoming_item import (
    DUE_SOON,
    OVERDUE,
    UNKNOWN,
    UPCOMING,
    Row,
    Whereabouts,
)
from motovault.domain.odometer import OdometerReading, positions
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, DistanceUnit

__all__ = ["upcoming"]

# What to sort by is one integer: the status, then days, then (behind every number of days) a distance.
_CLASS: Final = 100_000_000
_UNDATED: Final = 20_000_000
_FURTHEST: Final = 9_000_000
_HOURS: Final = DistanceUnit.H
_ZERO: Final = Decimal(0)
_LONGEST: Final = 3_652_059  # days from year 1 to 9999


def _utc_date(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def upcoming(
    vehicles: Iterable[Vehicle],
    schedules: Iterable[MaintenanceSchedule],
    readings: Mapping[VehicleId, Sequence[OdometerReading]],
    *,
    today: date,
    unit: DistanceUnit,
    local_date: Callable[[datetime], date] = _utc_date,
    within_days: int | None = None,
    include_inactive: bool = False,
) -> Upcoming:
    """What is due, the most urgent first.

    Overdue comes first, the longest overdue at its head: days past the date, or
    what the distance past the target takes at the vehicle's own pace. Then due
    soon, then upcoming, each by its effective due date, the earlier of the date
    and the projected one; those that have none follow, the least distance first.
    Unknown comes last. Equals stay in the order of the vehicles, then of the schedules.

    Args:
        vehicles: In the order in which equals are told.
        schedules: Theirs; one of another vehicle is left out.
        readings: By vehicle; a vehicle without any may be missing.
        today: The owner's local date.
        unit: The owner's, for a vehicle that names none. Readings and schedules without a unit are in
            their vehicle's.
        local_date: The owner's calendar date at a moment; UTC's by default.
        within_days: Only what is overdue, or has its effective due date at most so many days ahead; and
            what is due soon at a date that nobody can tell.
        include_inactive: Retired schedules too; they are never due, and their status is unknown.

    Raises:
        InvalidValue: ``within_days`` is not a whole number from 0 on.
    """
    if within_days is not None and (type(within_days) is not int or within_days < 0):
        raise InvalidValue("within_days", within_days, "must be a whole number from 0 on")
    places = {
        one.id: _Place(one, one.distance_unit or unit, readings.get(one.id, ()), today, local_date)
        for one in vehicles
    }
    by_number = {
        vehicle_id.int: place for vehicle_id, place in places.items()
    }  # a third of the time of a UUID
    for schedule in schedules:
        place = by_number.get(schedule.vehicle_id.int)
        if place is not None and (schedule.is_active or include_inactive):
            place.schedules.append(schedule)
    now = today.toordinal()
    listed: list[MaintenanceSchedule] = []
    keys: list[int] = []
    for place in places.values():
        for schedule in place.schedules:
            found = _figures(schedule, place, now)
            if within_days is None or _is_within(found, within_days):
                keys.append(found[0])
                listed.append(schedule)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    rows = _Rows([listed[number] for number in order], places, now)
    return Upcoming(rows, [place.whereabouts for place in places.values()], today, local_date)


class _Rows(Sequence[Row]):
    """The rows in their order, each made when it is looked at.

    Of a large garage few are: thousands of objects kept for the others would have
    the collector of garbage go through all that a program holds.
    """

    __slots__ = ("_places", "_schedules", "_today")

    def __init__(
        self, schedules: Sequence[MaintenanceSchedule], places: Mapping[VehicleId, _Place], today: int
    ) -> None:
        self._schedules, self._places, self._today = schedules, places, today

    def __len__(self) -> int:
        return len(self._schedules)

    @overload
    def __getitem__(self, index: int, /) -> Row: ...
    @overload
    def __getitem__(self, index: slice, /) -> _Rows: ...
    def __getitem__(self, index: int | slice, /) -> Row | _Rows:
        if isinstance(index, slice):
            return _Rows(self._schedules[index], self._places, self._today)
        schedule = self._schedules[index]
        place = self._places[schedule.vehicle_id]
        return Row(schedule, place.whereabouts, *_figures(schedule, place, self._today))


class _Dial(NamedTuple):
    """One vehicle's dial, as a schedule of some unit sees it.

    ``at`` is in ``shown``, the vehicle's unit, or the schedule's where the two are no units of one kind;
    ``position`` in km or hours; ``soon`` in the schedule's unit.
    """

    shown: DistanceUnit
    at: Decimal | None
    position: Decimal
    factor: Decimal
    way: Driving | None
    soon: Decimal


class _Place:
    """One vehicle: its readings, where the dial stands in each unit, how it is driven."""

    __slots__ = ("dials", "local_date", "schedules", "today", "unit", "whereabouts")

    def __init__(
        self,
        vehicle: Vehicle,
        unit: DistanceUnit,
        readings: Sequence[OdometerReading],
        today: date,
        local_date: Callable[[datetime], date],
    ) -> None:
        self.whereabouts = Whereabouts(vehicle, unit, readings, local_date)
        self.unit, self.today, self.local_date = unit, today, local_date
        self.schedules: list[MaintenanceSchedule] = []
        self.dials: dict[str, _Dial] = {}

    def dial(self, unit: DistanceUnit) -> _Dial:
        """Worked out once for each unit that a schedule here has."""
        known = self.dials.get(unit)
        if known is None:
            known = self.dials[unit] = self._read(unit)
        return known

    def _read(self, unit: DistanceUnit) -> _Dial:
        soon = soon_distance(unit)
        base, factor = DISTANCE_TO_BASE[unit]
        readings = self.whereabouts.readings
        if unit is not self.unit:
            if base == DISTANCE_TO_BASE[self.unit][0]:
                return self.dial(self.unit)._replace(factor=factor, soon=soon)
            # hours beside a distance, or the other way round: what names no unit is none of them
            readings = [one for one in readings if one.unit is not None]
        known = positions(readings, unit, self.local_date)
        if not known:
            return _Dial(unit, None, _ZERO, factor, None, soon)
        position = known[-1][1]
        way = driving(known, self.today, unit)
        return _Dial(unit, EXACT.divide(position, factor), position, factor, way, soon)


# A plain tuple: it is made of every schedule of a garage, and a named one costs a tenth more.
_Figures = tuple[
    int,
    int | None,
    date | None,
    Decimal | None,
    DistanceUnit,
    int | None,
    Decimal | None,
    int,
    int,
    Driving | None,
]


def _figures(schedule: MaintenanceSchedule, place: _Place, today: int) -> _Figures:
    """The columns of a row behind its schedule and place; what to sort by comes first."""
    on, odometer = effective(schedule)
    unit = schedule.distance_unit or place.unit
    by_date = by_distance = UNKNOWN
    days: int | None = None
    remaining: Decimal | None = None
    way: Driving | None = None
    left: int | None = None
    if on is not None and schedule.is_active:
        left = days = on.toordinal() - today
        near = schedule.due_soon_days
        by_date = (
            OVERDUE if days < 0 else DUE_SOON if days <= (SOON_DAYS if near is None else near) else UPCOMING
        )
    if odometer is not None and schedule.is_active:
        shown, at, position, factor, way, soon = place.dials.get(unit) or place.dial(unit)
        if at is not None:
            if schedule.due_soon_distance is not None:
                soon = schedule.due_soon_distance
            elif unit is _HOURS:
                soon = soon_distance(unit, schedule.interval_distance)
            if unit is shown:
                remaining = EXACT.subtract(odometer, at)
                by_distance = OVERDUE if remaining < _ZERO else DUE_SOON if remaining <= soon else UPCOMING
            else:  # graded before anything is divided, so that what is exactly reached is
                far = EXACT.subtract(EXACT.multiply(odometer, factor), position)
                near_by = EXACT.multiply(soon, factor)
                by_distance = OVERDUE if far < _ZERO else DUE_SOON if far <= near_by else UPCOMING
                remaining = EXACT.divide(far, DISTANCE_TO_BASE[shown][1])
            if by_distance == OVERDUE or not remaining:
                late = 0 if way is None else _days_late(remaining, way)
                left = late if left is None or late < left else left
            elif way is not None and (left is None or left > 0):
                day = way.day(remaining)
                if day is not None:
                    left = day - today if left is None or day - today < left else left
    key = min(by_date, by_distance) * _CLASS
    if left is not None:
        key += left
    else:
        key += _UNDATED + (0 if remaining is None else max(-_FURTHEST, min(int(remaining), _FURTHEST)))
    return key, left, on, odometer, unit, days, remaining, by_date, by_distance, way


def _days_late(remaining: Decimal, way: Driving) -> int:
    """How long ago the target was passed, at the vehicle's own pace; 0 or below."""
    pace = way.basis.recent_per_day or way.basis.long_run_per_day
    return max(int(EXACT.divide_int(remaining, pace)), -_LONGEST) if pace else 0


def _is_within(found: _Figures, days: int) -> bool:
    _, left, *_, by_date, by_distance, _ = found
    rank = min(by_date, by_distance)
    return rank == OVERDUE or (rank == DUE_SOON if left is None else left <= days)
