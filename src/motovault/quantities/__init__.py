"""Distance, volume, mass, energy, money and fuel economy as exact values.

Every number is a ``Decimal``, every factor an exact rational that stands once,
with its source, in :mod:`motovault.quantities.factors`. Floats are refused.
"""

from motovault.quantities.context import EXACT, plain, round_half_even, round_half_up, to_decimal
from motovault.quantities.distance import Distance
from motovault.quantities.economy import (
    Economy,
    EconomyUnit,
    convert_economy,
    default_economy_unit,
    economy_figure,
    economy_unit,
    figure_of,
    higher_is_better,
)
from motovault.quantities.energy import Energy
from motovault.quantities.errors import CurrencyMismatch, IncompatibleUnits, UnknownUnit
from motovault.quantities.mass import Mass
from motovault.quantities.money import Money, UnitPrice, minor_units
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
from motovault.quantities.volume import Volume

__all__ = [
    "DISTANCE_TO_BASE",
    "DISTANCE_TO_KM",
    "EXACT",
    "FUEL_TO_BASE",
    "UNITS",
    "CurrencyMismatch",
    "Distance",
    "DistanceUnit",
    "Economy",
    "EconomyUnit",
    "Energy",
    "FuelUnit",
    "IncompatibleUnits",
    "Mass",
    "Money",
    "Unit",
    "UnitPrice",
    "UnknownUnit",
    "Volume",
    "convert",
    "convert_economy",
    "default_economy_unit",
    "distance_unit",
    "economy_figure",
    "economy_unit",
    "figure_of",
    "fuel_unit",
    "higher_is_better",
    "minor_units",
    "plain",
    "round_half_even",
    "round_half_up",
    "to_decimal",
    "unit",
]
