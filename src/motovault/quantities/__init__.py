"""Distance, volume, mass, energy, money and fuel economy as exact values.

Every number is a ``Decimal``, every factor an exact rational that stands once,
with its source, in :mod:`motovault.quantities.factors`. Floats are refused.
"""

from motovault.quantities.context import EXACT, plain, round_half_even, round_half_up, to_decimal
from motovault.quantities.economy import (
    EconomyUnit,
    convert_economy,
    default_economy_unit,
    economy_figure,
    economy_unit,
    higher_is_better,
)
from motovault.quantities.errors import CurrencyMismatch, IncompatibleUnits, UnknownUnit
from motovault.quantities.units import (
    DISTANCE_TO_BASE,
    DISTANCE_TO_KM,
    FUEL_TO_BASE,
    UNITS,
    DistanceUnit,
    FuelUnit,
    Unit,
    convert,
    distance_unit,
    fuel_unit,
    unit,
)

__all__ = [
    "DISTANCE_TO_BASE",
    "DISTANCE_TO_KM",
    "EXACT",
    "FUEL_TO_BASE",
    "UNITS",
    "CurrencyMismatch",
    "DistanceUnit",
    "EconomyUnit",
    "FuelUnit",
    "IncompatibleUnits",
    "Unit",
    "UnknownUnit",
    "convert",
    "convert_economy",
    "default_economy_unit",
    "distance_unit",
    "economy_figure",
    "economy_unit",
    "fuel_unit",
    "higher_is_better",
    "plain",
    "round_half_even",
    "round_half_up",
    "to_decimal",
    "unit",
]
