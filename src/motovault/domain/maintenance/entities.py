"""Work that was done on a vehicle, and work that recurs.

Source: tables ``maintenance_logs`` and ``maintenance_schedules`` of the
reference schema. Readings and distances are whole numbers, as its columns are:
they are rounded half-even as soon as the entity is made, so that every store
gives back the same. Whether a category and its subtypes are known is for the
service to ask (:func:`motovault.domain.maintenance.check_work`): a row of
another application may hold other words.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NewType
from uuid import UUID

import attrs

from motovault.domain.fields import (
    aware,
    checked,
    currency_code,
    flag,
    identifier,
    optional,
    required_text,
    scaled,
    text,
    user_id,
)
from motovault.domain.loading import terse_repr
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.quantities.errors import UnknownUnit
from motovault.quantities.units import DistanceUnit, distance_unit

__all__ = [
    "MaintenanceLog",
    "MaintenanceLogId",
    "MaintenanceSchedule",
    "MaintenanceScheduleId",
    "ScheduleMode",
]

MaintenanceLogId = NewType("MaintenanceLogId", UUID)
MaintenanceScheduleId = NewType("MaintenanceScheduleId", UUID)


class Category(enum.StrEnum):
    """What kind of work."""

    ROUTINE_MAINTENANCE = "routine_maintenance"
    REPAIR = "repair"
    PERFORMANCE_UPGRADE = "performance_upgrade"


class ScheduleMode(enum.StrEnum):
    """From where the next interval counts once the work is done."""

    FLOATING = "floating"
    """From the day and the odometer at which it was done."""
    FIXED = "fixed"
    """On a grid from the anchor, whenever it was done: an inspection keeps its anniversary."""


_CATEGORIES = {category.value: category for category in Category}


def _category(value: Any, field: str) -> str:
    found = required_text(50)(value, field)
    return _CATEGORIES.get(found, found)


def _subtypes(value: Any, field: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValue(field, value, "must be a list of texts")
    named = required_text(200)
    return tuple(dict.fromkeys(named(subtype, field) for subtype in value))


def _day(value: Any, field: str) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValue(field, value, "must be a date, without a time of day")
    return value


def _mode(value: Any, field: str) -> ScheduleMode:
    try:
        return ScheduleMode(value)
    except ValueError:
        raise InvalidValue(field, value, "must be floating or fixed") from None


def _distance_unit(value: Any, field: str) -> DistanceUnit:
    try:
        return distance_unit(value)
    except UnknownUnit as error:  # it was asked for by this field's name
        raise UnknownUnit(value, error.near, field, f"must be one of {', '.join(DistanceUnit)}") from None


def _count(low: int, high: int) -> Any:
    def rule(value: Any, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidValue(field, value, f"must be a whole number from {low} to {high}")
        return value

    return rule


def _interval(value: Any, field: str) -> Decimal:
    found = _whole(value, field)
    if not found:
        raise InvalidValue(field, value, "must be above 0")
    return found


def _reading_or_none(value: Any, field: str) -> Decimal | None:
    return _whole(value, field) or None


_whole = scaled(9, 0)
_reading = checked(optional(_reading_or_none))
_driven = checked(optional(_whole))
_date = checked(optional(_day))
_unit = checked(optional(_distance_unit))
_moment = checked(aware)


@attrs.frozen(kw_only=True, weakref_slot=False, repr=False)
class MaintenanceLog:
    """Work that was done on one vehicle.

    Attributes:
        category: One of :class:`Category`; rows of another application may hold other words.
        subtypes: What was worked on, in the words of the category, none twice.
        service_date: The owner's local date on which it was done.
        odometer: The dial's figure, whole ``odometer_unit``; None or 0 is unknown.
        cost: What was paid, 2 decimals; None is unknown, 0 is free.
        shop_name: Where.
        odometer_unit: Unit of ``odometer``; None means the one of the owner's unit system.
        currency_code: ISO 4217; None means the owner's currency.
        source: Which file format it was imported from.
        source_key: Identity in that file; unique per vehicle and source.
    """

    id: MaintenanceLogId = attrs.field(converter=checked(identifier))
    user_id: UserId = attrs.field(converter=checked(user_id))
    vehicle_id: VehicleId = attrs.field(converter=checked(identifier))
    category: str = attrs.field(converter=checked(_category))
    subtypes: tuple[str, ...] = attrs.field(default=(), converter=checked(_subtypes))
    service_date: date = attrs.field(converter=checked(_day))
    odometer: Decimal | None = attrs.field(default=None, converter=_reading)
    cost: Decimal | None = attrs.field(default=None, converter=checked(optional(scaled(10, 2))))
    shop_name: str | None = attrs.field(default=None, converter=checked(text(200)))
    notes: str | None = attrs.field(default=None, converter=checked(text(100_000)))
    created_at: datetime = attrs.field(converter=_moment)
    updated_at: datetime = attrs.field(converter=_moment)
    odometer_unit: DistanceUnit | None = attrs.field(default=None, converter=_unit)
    currency_code: str | None = attrs.field(default=None, converter=checked(optional(currency_code)))
    source: str | None = attrs.field(default=None, converter=checked(text(50)))
    source_key: str | None = attrs.field(default=None, converter=checked(text(255)))

    __repr__ = terse_repr


@attrs.frozen(kw_only=True, weakref_slot=False, repr=False)
class MaintenanceSchedule:
    """Work that recurs on one vehicle: every so many months or days, or every so far, whichever comes first.

    The four fields of last service and next due are worked out, by the service,
    from where the schedule began and from the logs that cover it, in the
    transaction that changes either.

    Attributes:
        category: As in :class:`MaintenanceLog`.
        subtypes: What is to be worked on; a log that names all of them advances the schedule.
        interval_months: Calendar months, or None.
        interval_distance: Whole ``distance_unit``, or None (column ``interval_miles``).
        last_service_date: When it was last done, or where it began.
        last_service_odometer: The odometer then (column ``last_service_mileage``); None is unknown.
        next_due_date: When it falls due by the calendar; None is never.
        next_due_odometer: At which odometer it falls due (column ``next_due_mileage``); None is never.
        email_notifications: The owner wants mail about it.
        interval_days: Calendar days, or None; counted on top of the months, if both are given.
        mode: Whether the next interval counts from the work or on a grid.
        anchor_date: Where the schedule began, by the calendar: the last service before the first log here,
            and the origin of the grid of a fixed one. None in rows of another application.
        anchor_odometer: The same, by the odometer.
        due_soon_days: "Due soon" begins so many days before; None means 30.
        due_soon_distance: "Due soon" begins so far before; None means 500 miles.
        is_active: It counts; a retired schedule is kept and never due.
        distance_unit: Unit of every distance and reading of the schedule; None means the one of the owner's
            unit system.
        first_due_date: When it falls due for the first time, where that is not one interval after the anchor.
        first_due_odometer: The same, by the odometer.
        source: Which file format it was imported from.
        source_key: Identity in that file, or in the template; unique per vehicle and source.
    """

    id: MaintenanceScheduleId = attrs.field(converter=checked(identifier))
    user_id: UserId = attrs.field(converter=checked(user_id))
    vehicle_id: VehicleId = attrs.field(converter=checked(identifier))
    category: str = attrs.field(converter=checked(_category))
    subtypes: tuple[str, ...] = attrs.field(default=(), converter=checked(_subtypes))
    interval_months: int | None = attrs.field(default=None, converter=checked(optional(_count(1, 1200))))
    interval_distance: Decimal | None = attrs.field(default=None, converter=checked(optional(_interval)))
    last_service_date: date | None = attrs.field(default=None, converter=_date)
    last_service_odometer: Decimal | None = attrs.field(default=None, converter=_driven)
    next_due_date: date | None = attrs.field(default=None, converter=_date)
    next_due_odometer: Decimal | None = attrs.field(default=None, converter=_driven)
    email_notifications: bool = attrs.field(default=False, converter=checked(flag))
    notes: str | None = attrs.field(default=None, converter=checked(text(100_000)))
    created_at: datetime = attrs.field(converter=_moment)
    updated_at: datetime = attrs.field(converter=_moment)
    interval_days: int | None = attrs.field(default=None, converter=checked(optional(_count(1, 36525))))
    mode: ScheduleMode = attrs.field(default=ScheduleMode.FLOATING, converter=checked(_mode))
    anchor_date: date | None = attrs.field(default=None, converter=_date)
    anchor_odometer: Decimal | None = attrs.field(default=None, converter=_driven)
    due_soon_days: int | None = attrs.field(default=None, converter=checked(optional(_count(0, 36525))))
    due_soon_distance: Decimal | None = attrs.field(default=None, converter=_driven)
    is_active: bool = attrs.field(default=True, converter=checked(flag))
    distance_unit: DistanceUnit | None = attrs.field(default=None, converter=_unit)
    first_due_date: date | None = attrs.field(default=None, converter=_date)
    first_due_odometer: Decimal | None = attrs.field(default=None, converter=_driven)
    source: str | None = attrs.field(default=None, converter=checked(text(50)))
    source_key: str | None = attrs.field(default=None, converter=checked(text(255)))

    __repr__ = terse_repr
