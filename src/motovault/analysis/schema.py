"""What the frames of analysis are made of: names of columns, whole numbers behind them, units of figures.

Within the pipeline every amount is a whole number of a unit so small that all
stored values are exact in it, whatever they were typed in: 0.001 mi are
1,609,344 micrometres and 0.001 US gallons 3,785,411,784 picolitres. So every
engine adds up the same, and floats appear once more in the last divisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from attrs import frozen

from motovault.quantities.economy import EconomyUnit, default_economy_unit
from motovault.quantities.units import UNITS, unit

__all__ = [
    "DIALS",
    "FUELS",
    "MONEY",
    "WIDEST",
    "Figure",
    "Kind",
    "figure_parts",
    "fitting_unit",
]


@frozen
class Kind:
    """What adds up: distances, engine hours, volumes, masses or energies.

    Attributes:
        symbol: Base unit, as in ``motovault.quantities``.
        column: Of the amount or of the reading.
        whole: Whole units in one base unit.
        units: What a unit column says for it; the first kind of a table also takes what no kind names.
        trip: Column of the trip meter; dials only.
        excluded: Column of what was driven on another fuel; dials only.
        own: Column of what was driven on this fuel since its previous fill; dials only.
        result: Column of the result.
    """

    symbol: str
    column: str
    whole: int
    units: tuple[str, ...]
    result: str
    trip: str = ""
    excluded: str = ""
    own: str = ""


DIALS: Final = (
    Kind(
        symbol="km",
        column="odometer_km",
        whole=10**9,
        units=("km", "mi", "nmi"),
        result="distance_km",
        trip="trip_distance_km",
        excluded="excluded_distance_km",
        own="fuel_distance_km",
    ),
    Kind(
        symbol="h",
        column="odometer_h",
        whole=10**6,
        units=("h",),
        result="distance_h",
        trip="trip_h",
        excluded="excluded_h",
        own="fuel_h",
    ),
)
"""Micrometres and microhours."""

FUELS: Final = (
    Kind(symbol="L", column="volume_l", whole=10**12, units=("L", "us_gal", "imp_gal"), result="volume_l"),
    Kind(symbol="kg", column="mass_kg", whole=10**9, units=("kg",), result="mass_kg"),
    Kind(symbol="kWh", column="energy_kwh", whole=10**9, units=("kWh",), result="energy_kwh"),
)
"""Picolitres, micrograms, microwatt-hours."""

MONEY: Final = 10**4
"""Of a unit of currency; stored sums have two decimals."""

WIDEST: Final = 10**18
"""A single amount beyond so many whole units (a thousand cubic metres of fuel) is a slip: unknown."""


@frozen
class Figure:
    """How a figure is divided: ``(distance / far) / (fuel / much)``, or the other way round.

    Attributes:
        unit: Of the figure.
        far: Whole units of distance in the figure's own.
        much: Whole units of fuel in the figure's own.
        is_inverse: Fuel over distance.
    """

    unit: EconomyUnit
    far: int
    much: int
    is_inverse: bool


def figure_parts(symbol: EconomyUnit, dial: Kind, fuel: Kind) -> Figure:
    """The two divisors of a unit of economy.

    >>> figure_parts(EconomyUnit.MPG_US, DIALS[0], FUELS[0])
    Figure(unit=<EconomyUnit.MPG_US: 'mpg_us'>, far=1609344000, much=3785411784000, is_inverse=False)
    """
    over, under = _NAMED.get(symbol) or tuple(str(symbol).split("/"))
    definition = UNITS[symbol]
    driven, burnt = (under, over) if definition.is_inverse else (over, under)
    far = _in_base(driven, dial) * dial.whole
    much = _in_base(burnt, fuel) * fuel.whole
    assert far.denominator == much.denominator == 1
    return Figure(symbol, far.numerator, much.numerator, definition.is_inverse)


_NAMED: Final[Mapping[EconomyUnit, tuple[str, str]]] = MappingProxyType(
    {
        EconomyUnit.MPG_US: ("mi", "us_gal"),
        EconomyUnit.MPG_UK: ("mi", "imp_gal"),
        EconomyUnit.MPGE: ("mi", "gge"),
    }
)


def _in_base(symbol: str, kind: Kind) -> Fraction:
    times = 100 if symbol.startswith("100") else 1
    bare = symbol.removeprefix("100")
    return times * unit(bare).factor / unit(kind.symbol).factor


def fitting_unit(asked: EconomyUnit | None, dial: Kind, fuel: Kind) -> EconomyUnit:
    """The unit that was asked for where it fits the kinds, else the usual one of their base units."""
    usual = default_economy_unit(dial.symbol, fuel.symbol)
    if asked is None or UNITS[asked].dimension != UNITS[usual].dimension:
        return usual
    return asked
