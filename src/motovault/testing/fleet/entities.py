"""The rows of a fleet as entities: to fill a vault with, or to hold a pipeline against the rules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs

from motovault.domain.fuel_logs import FuelLog, FuelLogId
from motovault.domain.user_preferences import UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.testing.examples import NOON, example_preferences
from motovault.testing.fleet.making import Fleet

__all__ = ["Owned", "fleet_entities"]

_DIAL: Final = {"mi": 1_609_344, "km": 1_000_000, "nmi": 1_852_000, "h": 1_000}
"""Micrometres, or microhours, in a thousandth on the dial."""
_FUEL: Final = {
    "us_gal": ("volume_l", 3_785_411_784, 1e12),
    "imp_gal": ("volume_l", 4_546_090_000, 1e12),
    "L": ("volume_l", 1_000_000_000, 1e12),
    "kg": ("mass_kg", 1_000_000, 1e9),
    "kWh": ("energy_kwh", 1, 1e3),
}


@attrs.frozen(kw_only=True)
class Owned:
    """One vehicle of a fleet, with its owner's preferences and its logs, oldest first."""

    preferences: UserPreferences
    vehicle: Vehicle
    fuel_logs: tuple[FuelLog, ...]


def fleet_entities(fleet: Fleet) -> Iterator[Owned]:
    """Every vehicle of a fleet, as entities: what was typed, to the last digit. For small fleets.

    >>> from motovault.testing.fleet import fleet
    >>> [len(owned.fuel_logs) for owned in fleet_entities(fleet(400))]
    [...]
    """
    owners = {
        row["user_id"]: example_preferences(
            row["user_id"],
            id=UUID(int=number),
            unit_system=row["unit_system"],
            currency_code=row["currency_code"],
            time_zone=row["time_zone"],
        )
        for number, row in enumerate(fleet.owners.iter_rows(named=True), start=1)
    }
    logs: dict[str, list[FuelLog]] = {}
    for row in fleet.fuel_logs.iter_rows(named=True):
        logs.setdefault(row["vehicle_id"], []).append(_log(row))
    for number, row in enumerate(fleet.vehicles.iter_rows(named=True), start=1):
        vehicle = Vehicle(
            id=VehicleId(UUID(row["vehicle_id"])),
            user_id=UserId(row["user_id"]),
            license_plate=f"FLEET {number}",
            make=row["make"],
            model=row["model"],
            model_year=row["model_year"],
            engine=row["engine"],
            distance_unit=row["distance_unit"],
            created_at=NOON,
            updated_at=NOON,
        )
        yield Owned(
            preferences=owners[row["user_id"]],
            vehicle=vehicle,
            fuel_logs=tuple(logs.get(row["vehicle_id"], ())),
        )


def _log(row: dict[str, Any]) -> FuelLog:
    column, amount_scale, scale = _FUEL[row["fuel_unit"]]
    dial = row["odometer_unit"]
    kind, dial_scale = ("h", 1e6) if dial == "h" else ("km", 1e9)
    return FuelLog(
        id=FuelLogId(UUID(row["id"])),
        user_id=UserId(row["user_id"]),
        vehicle_id=VehicleId(UUID(row["vehicle_id"])),
        filled_at=row["filled_at"],
        odometer=_typed(row[f"odometer_{kind}"], dial_scale, _DIAL[dial]),
        trip_distance=_typed(row["trip_h" if dial == "h" else "trip_distance_km"], dial_scale, _DIAL[dial]),
        volume=_typed(row[column], scale, amount_scale),
        price_per_unit=_typed(row["price_per_unit"], 1e3, 1),
        total_cost=_typed(row["total_cost"], 1e3, 1),
        charge_start_percent=_typed(row["charge_start_percent"], 1e3, 1),
        charge_end_percent=_typed(row["charge_end_percent"], 1e3, 1),
        created_at=NOON,
        updated_at=NOON,
        **{
            name: row[name]
            for name in (
                *("fuel_type", "fuel_grade", "location", "odometer_unit", "fuel_unit", "is_full_tank"),
                *("missed_previous", "tank", "is_towing", "currency_code", "source"),
            )
        },
    )


def _typed(value: float | None, scale: float, thousandth: int) -> Decimal | None:
    """What was typed, in thousandths, behind a float of another unit; both are whole parts of one scale."""
    if value is None:
        return None
    return Decimal(int(value * scale + 0.5) // thousandth).scaleb(-3)
