"""How far a vehicle goes on its fuel, or how much it takes: one division, in every unit.

Which fills make an interval is the business of fuel logs; here one distance and
one amount become one figure, and one figure another unit. Source of the units:
trade use in the US, the UK, Europe and Japan; mpge as 40 CFR part 600 defines it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar, Final, Self

from attrs import frozen

from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, WIDE, to_decimal
from motovault.quantities.distance import Distance
from motovault.quantities.energy import Energy
from motovault.quantities.errors import IncompatibleUnits, UnknownUnit
from motovault.quantities.mass import Mass
from motovault.quantities.measure import Measure
from motovault.quantities.spelling import ECONOMY_SPELLINGS, Spellings, is_text, read
from motovault.quantities.units import UNITS, DistanceUnit, FuelUnit, Unit, convert, unit
from motovault.quantities.volume import Volume

__all__ = [
    "Economy",
    "EconomyUnit",
    "convert_economy",
    "default_economy_unit",
    "economy_figure",
    "economy_unit",
    "figure_of",
    "higher_is_better",
]


class EconomyUnit(StrEnum):
    """Every unit of economy: distance per fuel, fuel per distance, and both for engine hours."""

    MPG_US = "mpg_us"
    MPG_UK = "mpg_uk"
    MPGE = "mpge"
    L_PER_100KM = "L/100km"
    L_PER_100MI = "L/100mi"
    L_PER_100NMI = "L/100nmi"
    KM_PER_L = "km/L"
    MI_PER_L = "mi/L"
    NMI_PER_L = "nmi/L"
    US_GAL_PER_100MI = "us_gal/100mi"
    US_GAL_PER_100KM = "us_gal/100km"
    US_GAL_PER_100NMI = "us_gal/100nmi"
    KM_PER_US_GAL = "km/us_gal"
    NMI_PER_US_GAL = "nmi/us_gal"
    IMP_GAL_PER_100MI = "imp_gal/100mi"
    IMP_GAL_PER_100KM = "imp_gal/100km"
    IMP_GAL_PER_100NMI = "imp_gal/100nmi"
    KM_PER_IMP_GAL = "km/imp_gal"
    NMI_PER_IMP_GAL = "nmi/imp_gal"
    MI_PER_KWH = "mi/kWh"
    KM_PER_KWH = "km/kWh"
    NMI_PER_KWH = "nmi/kWh"
    KWH_PER_100MI = "kWh/100mi"
    KWH_PER_100KM = "kWh/100km"
    KWH_PER_100NMI = "kWh/100nmi"
    WH_PER_MI = "Wh/mi"
    WH_PER_KM = "Wh/km"
    KG_PER_100KM = "kg/100km"
    KG_PER_100MI = "kg/100mi"
    KG_PER_100NMI = "kg/100nmi"
    KM_PER_KG = "km/kg"
    MI_PER_KG = "mi/kg"
    NMI_PER_KG = "nmi/kg"
    L_PER_H = "L/h"
    US_GAL_PER_H = "us_gal/h"
    IMP_GAL_PER_H = "imp_gal/h"
    KG_PER_H = "kg/h"
    KWH_PER_H = "kWh/h"
    H_PER_L = "h/L"
    H_PER_US_GAL = "h/us_gal"
    H_PER_IMP_GAL = "h/imp_gal"
    H_PER_KG = "h/kg"
    H_PER_KWH = "h/kWh"


def economy_unit(text: str) -> EconomyUnit:
    """What people write for a unit of economy, read.

    Raises:
        UnknownUnit: Not such a unit, or an mpg that does not say of which gallon.

    >>> economy_unit("l/100 km")
    <EconomyUnit.L_PER_100KM: 'L/100km'>
    """
    known = _BY_SYMBOL.get(text) if is_text(text) else None
    if known is not None:
        return known
    return EconomyUnit(read(text, ECONOMY_SPELLINGS, "economy_unit", _RULE))


_RULE: Final = "must be a unit of economy, such as mpg_us, mpg_uk, L/100km, km/L, kWh/100km, mi/kWh or L/h"
_BY_SYMBOL: Final = {str(member): member for member in EconomyUnit}


def _economy(symbol: str) -> Unit:
    if not is_text(symbol) or symbol not in _BY_SYMBOL:
        raise UnknownUnit(symbol, (), "economy_unit", _RULE)
    return unit(symbol)


def economy_figure(
    distance: Decimal | int | str,
    distance_unit: str,
    amount: Decimal | int | str,
    amount_unit: str,
    economy_unit: str,
) -> Decimal | None:
    """The economy of one stretch: one exact division, one rounding to 50 digits.

    Args:
        distance: Driven, or engine hours run.
        distance_unit: ``mi``, ``km``, ``nmi`` or ``h``; any unit of length will do.
        amount: Fuel or energy used.
        amount_unit: ``us_gal``, ``imp_gal``, ``L``, ``kg`` or ``kWh``; any unit of its kind will do.
        economy_unit: The unit of the answer.

    Returns:
        The figure, or None where there is none: a distance or an amount of 0 or less.

    Raises:
        InvalidValue: A number is not exact.
        UnknownUnit: No such symbol.
        IncompatibleUnits: Litres asked for in a unit of energy, hours in one of distance, and so on.

    >>> economy_figure(300, "mi", 10, "us_gal", "mpg_us")
    Decimal('30')
    >>> economy_figure(500, "km", 0, "L", "L/100km") is None
    True
    """
    number, fuel = to_decimal(distance, "distance"), to_decimal(amount, "amount")
    key = (distance_unit, amount_unit, economy_unit)
    # Only strings may be looked up: another type might not hash, or be equal to a symbol by accident.
    plan = _plans.get(key) if all(isinstance(part, str) for part in key) else None
    over, under, is_inverse = plan or _planned(*key)
    if number <= 0 or fuel <= 0:
        return None
    if is_inverse:
        number, fuel = fuel, number
    return EXACT.divide(WIDE.multiply(over, number), WIDE.multiply(under, fuel))


def figure_of(
    distance_unit: str, amount_unit: str, economy_unit: str
) -> Callable[[Decimal, Decimal], Decimal]:
    """:func:`economy_figure` with its units settled once, for long histories.

    The function it returns takes a distance and an amount, both finite and
    above 0, and checks nothing.

    Raises:
        UnknownUnit: No such symbol.
        IncompatibleUnits: As :func:`economy_figure`.

    >>> figure_of("mi", "us_gal", "mpg_us")(Decimal(300), Decimal(10))
    Decimal('30')
    """
    over, under, is_inverse = _planned(distance_unit, amount_unit, economy_unit)
    divide, multiply = EXACT.divide, WIDE.multiply
    if over == under == 1:
        return (lambda distance, amount: divide(amount, distance)) if is_inverse else divide
    if under == 1:  # one product less on the hot path; the same number
        if is_inverse:
            return lambda distance, amount: divide(multiply(over, amount), distance)
        return lambda distance, amount: divide(multiply(over, distance), amount)
    if is_inverse:
        return lambda distance, amount: divide(multiply(over, amount), multiply(under, distance))
    return lambda distance, amount: divide(multiply(over, distance), multiply(under, amount))


_plans: dict[tuple[str, str, str], tuple[Decimal, Decimal, bool]] = {}


def _planned(distance_unit: str, amount_unit: str, economy_unit: str) -> tuple[Decimal, Decimal, bool]:
    """Whole numbers: a figure is over * distance / (under * amount), the two swapped if it is inverse."""
    driven, burnt, target = unit(distance_unit), unit(amount_unit), _economy(economy_unit)
    if f"{driven.dimension} per {burnt.dimension}" != target.dimension:
        kinds = f"{driven.symbol} and {burnt.symbol} are {driven.dimension} and {burnt.dimension}"
        raise IncompatibleUnits(
            f"{driven.symbol} and {burnt.symbol}", target.symbol, f"is {target.dimension}, but {kinds}"
        )
    base = driven.factor / burnt.factor
    scale = target.factor / base if target.is_inverse else base / target.factor
    plan = (Decimal(scale.numerator), Decimal(scale.denominator), target.is_inverse)
    _plans[driven.symbol, burnt.symbol, target.symbol] = plan
    return plan


def convert_economy(value: Decimal | int | str, from_: str, to: str) -> Decimal | None:
    """A figure in another unit of economy; None where there is no counterpart (0).

    Raises:
        InvalidValue: ``value`` is no exact number.
        UnknownUnit: Not a unit of economy.
        IncompatibleUnits: One is per litre and the other per kilowatt-hour, or one per hour.

    >>> convert_economy(25, "mpg_us", "us_gal/100mi")
    Decimal('4')
    """
    return convert(value, _economy(from_).symbol, _economy(to).symbol)


def higher_is_better(symbol: str) -> bool:
    """Whether a greater figure in this unit means less fuel: yes for mpg, no for L/100km.

    >>> higher_is_better("mpg_us"), higher_is_better("L/100km")
    (True, False)
    """
    return not _economy(symbol).is_inverse


_DEFAULTS: Final[dict[tuple[str, str], EconomyUnit]] = {
    ("mi", "us_gal"): EconomyUnit.MPG_US,
    ("mi", "imp_gal"): EconomyUnit.MPG_UK,
    ("mi", "L"): EconomyUnit.MPG_UK,
    ("mi", "kg"): EconomyUnit.MI_PER_KG,
    ("mi", "kWh"): EconomyUnit.MI_PER_KWH,
    ("km", "us_gal"): EconomyUnit.KM_PER_US_GAL,
    ("km", "imp_gal"): EconomyUnit.L_PER_100KM,
    ("km", "L"): EconomyUnit.L_PER_100KM,
    ("km", "kg"): EconomyUnit.KG_PER_100KM,
    ("km", "kWh"): EconomyUnit.KWH_PER_100KM,
    ("nmi", "us_gal"): EconomyUnit.NMI_PER_US_GAL,
    ("nmi", "imp_gal"): EconomyUnit.NMI_PER_IMP_GAL,
    ("nmi", "L"): EconomyUnit.NMI_PER_L,
    ("nmi", "kg"): EconomyUnit.NMI_PER_KG,
    ("nmi", "kWh"): EconomyUnit.NMI_PER_KWH,
    ("h", "us_gal"): EconomyUnit.US_GAL_PER_H,
    ("h", "imp_gal"): EconomyUnit.IMP_GAL_PER_H,
    ("h", "L"): EconomyUnit.L_PER_H,
    ("h", "kg"): EconomyUnit.KG_PER_H,
    ("h", "kWh"): EconomyUnit.KWH_PER_H,
}


_DISTANCES: Final = frozenset(DistanceUnit)
_FUELS: Final = frozenset(FuelUnit)


def default_economy_unit(distance_unit: str, fuel_unit: str) -> EconomyUnit:
    """The unit that people with these two units expect; miles and litres are British, so mpg of theirs.

    Raises:
        UnknownUnit: Not a :class:`DistanceUnit`, or not a :class:`FuelUnit`.

    >>> default_economy_unit("mi", "L")
    <EconomyUnit.MPG_UK: 'mpg_uk'>
    """
    if not is_text(distance_unit) or distance_unit not in _DISTANCES:
        raise UnknownUnit(distance_unit, (), "distance_unit", f"must be one of {', '.join(DistanceUnit)}")
    if not is_text(fuel_unit) or fuel_unit not in _FUELS:
        raise UnknownUnit(fuel_unit, (), "fuel_unit", f"must be one of {', '.join(FuelUnit)}")
    return _DEFAULTS[distance_unit, fuel_unit]


@frozen(eq=False, order=False, repr=False)
class Economy(Measure):
    """A figure of economy with its unit.

    Equal when the economy is: 4 us_gal/100mi and 25 mpg_us are. ``<`` compares
    economies, not numbers: the thriftier is the greater, in any unit, so ``max``
    is the best. There is no ``+``: a mean of figures is not the economy of the
    whole; add the distances and the amounts, and call :meth:`of` once.

    >>> Economy("25", "mpg_us") == Economy("4", "us_gal/100mi")
    True
    >>> Economy("5", "L/100km") > Economy("8", "L/100km")
    True
    """

    _dimensions: ClassVar[tuple[str, ...]] = tuple({UNITS[member].dimension: None for member in EconomyUnit})
    _spellings: ClassVar[Spellings] = ECONOMY_SPELLINGS

    def __attrs_post_init__(self) -> None:
        if self.value < 0:
            raise InvalidValue("economy", self.value, "must not be below 0")

    @classmethod
    def of(cls, distance: Distance, amount: Volume | Mass | Energy, unit: str | None = None) -> Self | None:
        """What this distance on this amount amounts to; None where either is 0 or less.

        Args:
            distance: Driven, or engine hours.
            amount: Fuel or energy used.
            unit: Of the answer; without one, what people with these units expect.

        Raises:
            IncompatibleUnits: The unit is for another kind of fuel.

        >>> Economy.of(Distance("500", "km"), Volume("35", "L"))
        Economy('7', 'L/100km')
        """
        target = unit if unit is not None else default_economy_unit(distance.unit, amount.unit)
        figure = economy_figure(distance.value, distance.unit, amount.value, amount.unit, target)
        return None if figure is None else cls(figure, target)

    def to(self, symbol: str) -> Self | None:
        """The same economy in another unit; None for 0 where the other unit is the inverse.

        Raises:
            UnknownUnit: Not a unit of economy.
            IncompatibleUnits: One is per litre and the other per kilowatt-hour, or one per hour.

        >>> format(Economy("30", "mpg_us").to("L/100km"), ".1f")
        '7.8 L/100 km'
        """
        figure = convert_economy(self.value, self.unit, symbol)
        return None if figure is None else type(self)(figure, symbol)

    def _rank(self) -> tuple[bool, Fraction]:
        definition = self._definition
        if not definition.is_inverse:
            return (False, Fraction(self.value) * definition.factor)
        # Nothing used at all is better than any economy that a number can state.
        return (False, definition.factor / Fraction(self.value)) if self.value else (True, Fraction(0))
