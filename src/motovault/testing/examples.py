"""One right entity of each kind, to be changed where a test cares."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

from motovault.domain.fuel_logs import FuelLog, FuelLogId
from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.platform import VehicleOption
from motovault.domain.user_preferences import UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId

__all__ = [
    "ANA",
    "BOB",
    "NOON",
    "example_fuel_log",
    "example_maintenance_log",
    "example_maintenance_schedule",
    "example_option",
    "example_preferences",
    "example_vehicle",
]

ANA: Final = UserId("auth0|ana")
BOB: Final = UserId("auth0|bob")
NOON: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)


def example_vehicle(user_id: UserId = ANA, /, **changes: Any) -> Vehicle:
    """A vehicle with a plate and a new id.

    >>> example_vehicle(nickname="Daily").title
    'Daily'
    """
    values: dict[str, Any] = {
        "id": VehicleId(uuid4()),
        "user_id": user_id,
        "license_plate": "AB 123",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Vehicle(**values | changes)


def example_fuel_log(vehicle: Vehicle, /, **changes: Any) -> FuelLog:
    """A fuel log of this vehicle, of its owner, with a new id.

    >>> example_fuel_log(example_vehicle(), volume="40").volume
    Decimal('40.000')
    """
    values: dict[str, Any] = {
        "id": FuelLogId(uuid4()),
        "user_id": vehicle.user_id,
        "vehicle_id": vehicle.id,
        "filled_at": NOON,
        "odometer": "52000",
        "volume": "12.5",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return FuelLog(**values | changes)


def example_maintenance_log(vehicle: Vehicle, /, **changes: Any) -> MaintenanceLog:
    """An oil change of this vehicle, of its owner, with a new id.

    >>> example_maintenance_log(example_vehicle(), odometer="52000").odometer
    Decimal('52000')
    """
    values: dict[str, Any] = {
        "id": MaintenanceLogId(uuid4()),
        "user_id": vehicle.user_id,
        "vehicle_id": vehicle.id,
        "category": "routine_maintenance",
        "subtypes": ("Engine Oil",),
        "service_date": date(2026, 1, 1),
        "created_at": NOON,
        "updated_at": NOON,
    }
    return MaintenanceLog(**values | changes)


def example_maintenance_schedule(vehicle: Vehicle, /, **changes: Any) -> MaintenanceSchedule:
    """An oil change every year, of this vehicle, of its owner, with a new id.

    >>> example_maintenance_schedule(example_vehicle(), interval_distance="10000").interval_months
    12
    """
    values: dict[str, Any] = {
        "id": MaintenanceScheduleId(uuid4()),
        "user_id": vehicle.user_id,
        "vehicle_id": vehicle.id,
        "category": "routine_maintenance",
        "subtypes": ("Engine Oil",),
        "interval_months": 12,
        "created_at": NOON,
        "updated_at": NOON,
    }
    return MaintenanceSchedule(**values | changes)


def example_option(**changes: Any) -> VehicleOption:
    """An option of the catalogue: a year, a make and a model.

    >>> example_option(trim="EX").trim
    'EX'
    """
    values: dict[str, Any] = {"model_year": 2020, "make": "Honda", "model": "Civic"}
    return VehicleOption(**values | changes)


def example_preferences(user_id: UserId = ANA, /, **changes: Any) -> UserPreferences:
    """The schema's defaults, with a new id.

    >>> example_preferences(currency_code="EUR").currency_code
    'EUR'
    """
    values: dict[str, Any] = {"id": uuid4(), "user_id": user_id, "created_at": NOON, "updated_at": NOON}
    return UserPreferences(**values | changes)
