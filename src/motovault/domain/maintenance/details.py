"""What can be said of a maintenance log and of a schedule when they are added or changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue

__all__ = [
    "MaintenanceLogChanges",
    "MaintenanceLogDetails",
    "MaintenanceScheduleChanges",
    "MaintenanceScheduleDetails",
    "Number",
    "refuse_unknown",
]

Number = Decimal | int | str


class MaintenanceLogDetails(TypedDict, total=False):
    """What a log says beside the work and the day; see :class:`MaintenanceLog` for each."""

    odometer: Number | None
    cost: Number | None
    shop_name: str | None
    notes: str | None
    odometer_unit: str | None
    currency_code: str | None
    source: str | None
    source_key: str | None


class MaintenanceLogChanges(MaintenanceLogDetails, total=False):
    """What can be changed of a log."""

    vehicle_id: VehicleId
    category: str
    subtypes: list[str] | tuple[str, ...]
    service_date: date


class MaintenanceScheduleDetails(TypedDict, total=False):
    """What a schedule says beside the work; see :class:`MaintenanceSchedule` for each.

    ``last_service_date`` and ``last_service_odometer`` say where it begins
    (they are kept as ``anchor_*``); what the logs say counts from there on.
    """

    interval_months: int | None
    interval_days: int | None
    interval_distance: Number | None
    last_service_date: date | None
    last_service_odometer: Number | None
    first_due_date: date | None
    first_due_odometer: Number | None
    mode: str
    due_soon_days: int | None
    due_soon_distance: Number | None
    distance_unit: str | None
    email_notifications: bool
    notes: str | None
    is_active: bool
    source: str | None
    source_key: str | None


class MaintenanceScheduleChanges(MaintenanceScheduleDetails, total=False):
    """What can be changed of a schedule."""

    category: str
    subtypes: list[str] | tuple[str, ...]


def refuse_unknown(given: Any, shape: type, what: str) -> None:
    """Refuse a field that there is not. Raises InvalidValue, which names those that there are."""
    for name in given:
        if name not in shape.__annotations__:
            known = ", ".join(sorted(shape.__annotations__))
            raise InvalidValue(name, given[name], f"is no field of {what} that can be set; there are {known}")
