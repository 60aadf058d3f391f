"""One purchase of fuel or energy.

Source: table ``fuel_logs`` of the reference schema; from ``odometer_unit`` on
the fields are ours. Amounts are rounded half-even to the scale of their
column as soon as the log is made, so that every store gives back the same.
"""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any, NewType
from uuid import UUID

import attrs

from motovault.domain.fields import aware, checked, currency_code, number, optional, scaled, text, user_id
from motovault.domain.loading import terse_repr
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.quantities.errors import UnknownUnit
from motovault.quantities.units import DistanceUnit, FuelUnit, distance_unit, fuel_unit

__all__ = ["FuelLog", "FuelLogId", "FuelType"]

FuelLogId = NewType("FuelLogId", UUID)


class FuelType(enum.StrEnum):
    """What was bought."""

    GASOLINE = "gasoline"
    DIESEL = "diesel"
    ELECTRIC = "electric"
    ETHANOL = "ethanol"
    LPG = "lpg"
    CNG = "cng"
    HYDROGEN = "hydrogen"


def _fuel_type(value: Any, field: str) -> FuelType:
    try:
        return FuelType(value.strip().lower() if isinstance(value, str) else value)
    except ValueError:
        raise InvalidValue(field, value, "must be one of " + ", ".join(FuelType)) from None


def _distance_unit(value: Any, field: str) -> DistanceUnit:
    try:
        return distance_unit(value)
    except UnknownUnit as error:  # it was asked for by this field's name
        raise UnknownUnit(value, error.near, field, f"must be one of {', '.join(DistanceUnit)}") from None


def _fuel_unit(value: Any, field: str) -> FuelUnit:
    return fuel_unit(value)


def _volume(value: Any, field: str) -> Decimal | None:
    found = _volume_scale(value, field)
    return found if found else None


def _tank(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 9:
        raise InvalidValue(field, value, "must be a whole number from 1 to 9")
    return value


def _flag(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue(field, value, "must be True or False")
    return value


def _percent(value: Any, field: str) -> Decimal:
    found = scaled(5, 2)(value, field)
    if found > 100:
        raise InvalidValue(field, value, "must be at most 100 percent")
    return found


_volume_scale = scaled(10, 3)
_reading = checked(optional(number()))
_money = checked(optional(scaled(10, 2)))
_driven_in = checked(optional(_distance_unit))


@attrs.frozen(kw_only=True, weakref_slot=False, repr=False)
class FuelLog:
    """One purchase of fuel or energy for one vehicle.

    Attributes:
        filled_at: When, in UTC.
        odometer: The dial's figure as typed, in ``odometer_unit``; None or 0 is unknown.
        trip_distance: Trip meter since the previous fill-up, in ``odometer_unit``.
        fuel_type: What was bought; None where unknown. Rows of another application may hold other words.
        fuel_grade: Octane, cetane class or blend; None where unknown.
        volume: How much, in ``fuel_unit``, 3 decimals; None is unknown (kept as 0: the column is NOT NULL).
        price_per_unit: Money per ``fuel_unit``, 3 decimals; None is unknown. The column is NOT NULL, so that
            0 stands for unknown too, unless the total says that it was free: a price of 0 or None
            is 0 where ``total_cost`` is 0, else None.
        total_cost: What was paid, 2 decimals; None is unknown, 0 is free.
        location: Where, as text.
        odometer_unit: Unit of both distances; None means the one of the owner's unit system.
        fuel_unit: Unit of ``volume``; None means the one of the owner's unit system.
        is_full_tank: The tank was full afterwards.
        missed_previous: At least one fill-up before this one was not written down.
        tank: Which tank, from 1; each is a history of its own.
        is_towing: A trailer was towed since the previous fill-up.
        excluded_distance: Driven since the previous fill-up, but not on this fuel or tank; in
            ``odometer_unit``.
        currency_code: ISO 4217; None means the owner's currency.
        charge_start_percent: State of charge before, 0 to 100.
        charge_end_percent: State of charge afterwards, 0 to 100.
        source: Which file format it was imported from.
        source_key: Identity in that file; unique per vehicle and source.
    """

    id: FuelLogId
    user_id: UserId = attrs.field(converter=checked(user_id))
    vehicle_id: VehicleId
    filled_at: datetime = attrs.field(converter=checked(aware))
    odometer: Decimal | None = attrs.field(default=None, converter=_reading)
    trip_distance: Decimal | None = attrs.field(default=None, converter=_reading)
    fuel_type: FuelType | None = attrs.field(default=None, converter=checked(optional(_fuel_type)))
    fuel_grade: str | None = attrs.field(default=None, converter=checked(text(50)))
    volume: Decimal | None = attrs.field(default=None, converter=checked(optional(_volume)))
    price_per_unit: Decimal | None = attrs.field(default=None, converter=checked(optional(scaled(10, 3))))
    total_cost: Decimal | None = attrs.field(default=None, converter=_money)
    location: str | None = attrs.field(default=None, converter=checked(text(500)))
    notes: str | None = attrs.field(default=None, converter=checked(text(100_000)))
    created_at: datetime = attrs.field(converter=checked(aware))
    updated_at: datetime = attrs.field(converter=checked(aware))
    odometer_unit: DistanceUnit | None = attrs.field(default=None, converter=_driven_in)
    fuel_unit: FuelUnit | None = attrs.field(default=None, converter=checked(optional(_fuel_unit)))
    is_full_tank: bool = attrs.field(default=True, converter=checked(_flag))
    missed_previous: bool = attrs.field(default=False, converter=checked(_flag))
    tank: int = attrs.field(default=1, converter=checked(_tank))
    is_towing: bool = attrs.field(default=False, converter=checked(_flag))
    excluded_distance: Decimal | None = attrs.field(default=None, converter=_reading)
    currency_code: str | None = attrs.field(default=None, converter=checked(optional(currency_code)))
    charge_start_percent: Decimal | None = attrs.field(default=None, converter=checked(optional(_percent)))
    charge_end_percent: Decimal | None = attrs.field(default=None, converter=checked(optional(_percent)))
    source: str | None = attrs.field(default=None, converter=checked(text(50)))
    source_key: str | None = attrs.field(default=None, converter=checked(text(255)))

    __repr__ = terse_repr

    def __attrs_post_init__(self) -> None:
        if not self.price_per_unit:
            price = None if self.total_cost is None or self.total_cost else Decimal("0.000")
            object.__setattr__(self, "price_per_unit", price)
