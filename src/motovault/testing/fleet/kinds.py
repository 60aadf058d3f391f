"""Where the vehicles of a fleet are driven, what they are, and what they burn.

Makes and models are real, figures are round ones of their class. Every kind is
one model in one country: its amounts are in the units of that country.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from motovault.domain.fuel_logs import FuelType
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["COUNTRIES", "MODELS", "Country", "Model", "kinds"]


@attrs.frozen
class Country:
    """How people write down what they buy.

    Attributes:
        weight: How many owners of a hundred live there.
        prices: Of one litre, kilogram or kilowatt-hour, at the beginning of 2015, by fuel.
    """

    name: str
    weight: int
    time_zone: str
    unit_system: str
    distance_unit: DistanceUnit
    fuel_unit: FuelUnit
    currency_code: str
    grades: dict[str, str]
    prices: dict[str, float]
    stations: str


@attrs.frozen
class Model:
    """One model.

    Attributes:
        capacity: What the tank or battery holds: litres, kilograms, kilowatt-hours.
        consumption: Of that on 100 km; where ``is_hours``, in an hour.
        season: By how much winter is dearer and summer cheaper, parts of 1000.
        weight: How many vehicles of a hundred are one.
    """

    make: str
    model: str
    engine: str
    fuel_type: FuelType
    capacity: int
    consumption: float
    season: int
    weight: int
    is_hours: bool = False


COUNTRIES: Final = (
    Country(
        *("United States", 45, "America/New_York", "imperial", DistanceUnit.MI, FuelUnit.US_GAL, "USD"),
        {"gasoline": "87", "diesel": "#2"},
        {"gasoline": 0.62, "diesel": 0.74, "electric": 0.15, "cng": 1.1, "lpg": 0.6, "ethanol": 0.55},
        "Fuel Stop",
    ),
    Country(
        *("Germany", 30, "Europe/Berlin", "metric", DistanceUnit.KM, FuelUnit.L, "EUR"),
        {"gasoline": "95"},
        {"gasoline": 1.39, "diesel": 1.19, "electric": 0.34, "cng": 1.08, "lpg": 0.62, "ethanol": 1.1},
        "Tankstelle",
    ),
    Country(
        *("United Kingdom", 12, "Europe/London", "metric", DistanceUnit.MI, FuelUnit.L, "GBP"),
        {"gasoline": "95"},
        {"gasoline": 1.12, "diesel": 1.18, "electric": 0.24, "cng": 1.0, "lpg": 0.6, "ethanol": 1.0},
        "Filling Station",
    ),
    Country(
        *("Ireland, gallons", 3, "Europe/Dublin", "imperial", DistanceUnit.MI, FuelUnit.IMP_GAL, "EUR"),
        {"gasoline": "95"},
        {"gasoline": 1.37, "diesel": 1.25, "electric": 0.28, "cng": 1.1, "lpg": 0.7, "ethanol": 1.2},
        "Service Station",
    ),
    Country(
        *("Canada", 10, "America/Toronto", "metric", DistanceUnit.KM, FuelUnit.L, "CAD"),
        {"gasoline": "87"},
        {"gasoline": 1.05, "diesel": 1.1, "electric": 0.14, "cng": 1.2, "lpg": 0.8, "ethanol": 0.9},
        "Gas Bar",
    ),
)

_PETROL, _DIESEL, _POWER = FuelType.GASOLINE, FuelType.DIESEL, FuelType.ELECTRIC

MODELS: Final = (
    Model("Honda", "Civic", "2.0L I4", _PETROL, 47, 6.9, 60, 14),
    Model("Toyota", "Corolla Hybrid", "1.8L I4", _PETROL, 43, 4.7, 70, 12),
    Model("Volkswagen", "Golf", "1.5L I4", _PETROL, 50, 6.1, 60, 10),
    Model("Ford", "F-150", "3.5L V6", _PETROL, 98, 12.4, 50, 8),
    Model("Mazda", "MX-5", "2.0L I4", _PETROL, 45, 7.2, 40, 3),
    Model("Honda", "CB500X", "0.5L I2", _PETROL, 17, 3.7, 30, 5),
    Model("Škoda", "Octavia", "2.0L I4 TDI", _DIESEL, 50, 5.0, 60, 11),
    Model("Mercedes-Benz", "Sprinter", "2.1L I4", _DIESEL, 71, 9.8, 50, 8),
    Model("Scania", "R450", "12.7L I6", _DIESEL, 600, 29.5, 40, 3),
    Model("Tesla", "Model 3", "", _POWER, 60, 15.2, 180, 9),
    Model("Renault", "Zoe", "", _POWER, 50, 16.4, 200, 5),
    Model("Hyundai", "Ioniq 5", "", _POWER, 80, 18.1, 180, 4),
    Model("Dacia", "Sandero LPG", "1.0L I3", FuelType.LPG, 40, 8.1, 60, 3),
    Model("Fiat", "Panda TwinAir CNG", "0.9L I2", FuelType.CNG, 12, 3.6, 60, 2),
    Model("Ford", "Focus Flex", "1.6L I4", FuelType.ETHANOL, 53, 9.4, 60, 1),
    Model("John Deere", "5075E", "2.9L I3", _DIESEL, 71, 7.5, 30, 2, True),
)

_LITRES: Final = {FuelUnit.US_GAL: 3.785411784, FuelUnit.IMP_GAL: 4.54609, FuelUnit.L: 1.0}
_KM: Final = {DistanceUnit.MI: 1.609344, DistanceUnit.KM: 1.0}
_DIAL_TENTHS: Final = {DistanceUnit.MI: 160_934_400, DistanceUnit.KM: 100_000_000, DistanceUnit.H: 100_000}
"""Micrometres, or microhours, in a tenth on the dial."""
_THOUSANDTHS: Final = {
    FuelUnit.US_GAL: 3_785_411_784,
    FuelUnit.IMP_GAL: 4_546_090_000,
    FuelUnit.L: 1_000_000_000,
    FuelUnit.KG: 1_000_000,
    FuelUnit.KWH: 1,
}
"""Picolitres, micrograms, watt-hours in a thousandth of the unit."""


def kinds() -> list[dict[str, Any]]:
    """Every model in every country, in the units of that country."""
    return [_kind(country, model) for country in COUNTRIES for model in MODELS]


def _kind(country: Country, model: Model) -> dict[str, Any]:
    fuel_unit = country.fuel_unit
    if model.fuel_type is FuelType.ELECTRIC:
        fuel_unit = FuelUnit.KWH
    elif model.fuel_type is FuelType.CNG:
        fuel_unit = FuelUnit.KG
    distance_unit = DistanceUnit.H if model.is_hours else country.distance_unit
    litres = _LITRES.get(fuel_unit, 1.0)
    per_dial = model.consumption / litres
    if not model.is_hours:
        per_dial *= _KM[country.distance_unit] / 100
    return {
        "country": COUNTRIES.index(country),
        "make": model.make,
        "model": model.model,
        "engine": model.engine or None,
        "fuel_type": model.fuel_type.value,
        "fuel_grade": country.grades.get(model.fuel_type),
        "odometer_unit": distance_unit.value,
        "fuel_unit": fuel_unit.value,
        "currency_code": country.currency_code,
        # thousandths; of a battery a multiple of 10,000, so that a hundredth of a percent is whole too
        "capacity": round(model.capacity * 1000 / litres),
        "fuel_per_dial": per_dial,
        "season": model.season,
        "price": country.prices[model.fuel_type] * litres,
        "dial_scale": _DIAL_TENTHS[distance_unit],
        "fuel_scale": _THOUSANDTHS[fuel_unit],
    }
