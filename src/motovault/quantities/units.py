"""Every unit that motovault knows, in one registry, and the conversion between any two.

Distances, volumes, masses, energies, prices per unit and fuel economies are
rows of one table, :data:`UNITS`. A conversion is exact rational arithmetic with
a single rounding to 50 digits at its end. Factors: :mod:`motovault.quantities.factors`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from attrs import frozen

from motovault.quantities import factors as f
from motovault.quantities.context import EXACT, WIDE, ratio, to_decimal
from motovault.quantities.errors import IncompatibleUnits, UnknownUnit
from motovault.quantities.spelling import AMOUNT_SPELLINGS, DISTANCE_SPELLINGS, is_text, read

__all__ = [
    "DISTANCE_TO_BASE",
    "DISTANCE_TO_KM",
    "FUEL_TO_BASE",
    "UNITS",
    "DistanceUnit",
    "FuelUnit",
    "Unit",
    "convert",
    "distance_unit",
    "fuel_unit",
    "unit",
]


class DistanceUnit(StrEnum):
    """What an odometer counts. Engine hours stand where a distance would."""

    MI = "mi"
    KM = "km"
    NMI = "nmi"
    H = "h"


class FuelUnit(StrEnum):
    """What a pump or a charger counts."""

    US_GAL = "us_gal"
    IMP_GAL = "imp_gal"
    L = "L"
    KG = "kg"
    KWH = "kWh"


@frozen
class Unit:
    """One unit and its place among those of its kind.

    A value ``x`` is ``x * factor + offset`` in the base unit of its dimension,
    or ``factor / x`` where ``is_inverse`` (litres per 100 km against kilometres per litre).

    Attributes:
        symbol: The one spelling that is stored and compared.
        dimension: What it measures, for example ``"volume"`` or ``"length per volume"``.
        factor: Exact, to the base unit of the dimension.
        label: How it is written for people.
        offset: In base units; other than 0 for temperatures only.
        is_inverse: Grows as the base unit shrinks.
    """

    symbol: str
    dimension: str
    factor: Fraction
    label: str
    offset: Fraction = Fraction(0)
    is_inverse: bool = False


def _plain_units() -> Iterator[Unit]:
    one = Fraction(1)
    # Base units: m, h, L, kg, kWh, kPa, Nm, kW, degree Celsius.
    yield Unit("m", "length", one, "m")
    yield Unit("km", "length", Fraction(1000), "km")
    yield Unit("mm", "length", one / 1000, "mm")
    yield Unit("mi", "length", f.MILE_KM * 1000, "mi")
    yield Unit("nmi", "length", f.NAUTICAL_MILE_KM * 1000, "nmi")
    yield Unit("ft", "length", f.FOOT_M, "ft")
    yield Unit("in", "length", f.INCH_MM / 1000, "in")
    yield Unit("in32", "length", f.INCH_MM / 1000 / 32, "32nds in")  # tread depth
    yield Unit("h", "time", one, "h")
    yield Unit("L", "volume", one, "L")
    yield Unit("mL", "volume", one / 1000, "mL")
    yield Unit("us_gal", "volume", f.US_GALLON_L, "US gal")
    yield Unit("us_qt", "volume", f.US_GALLON_L / 4, "US qt")
    yield Unit("us_fl_oz", "volume", f.US_GALLON_L / 128, "US fl oz")
    yield Unit("imp_gal", "volume", f.IMPERIAL_GALLON_L, "imp gal")
    yield Unit("imp_pt", "volume", f.IMPERIAL_GALLON_L / 8, "imp pt")
    yield Unit("kg", "mass", one, "kg")
    yield Unit("lb", "mass", f.POUND_KG, "lb")
    yield Unit("kWh", "energy", one, "kWh")
    yield Unit("Wh", "energy", one / 1000, "Wh")
    yield Unit("MJ", "energy", 1000 * one / 3600, "MJ")  # 1 kWh is 1000 W for 3600 s
    yield Unit("gge", "energy", f.GGE_KWH, "GGE")
    yield Unit("kPa", "pressure", one, "kPa")
    yield Unit("bar", "pressure", Fraction(100), "bar")
    yield Unit("psi", "pressure", f.PSI_KPA, "psi")
    yield Unit("Nm", "torque", one, "N m")
    yield Unit("lbf_ft", "torque", f.LBF_FT_NM, "lbf ft")
    yield Unit("kW", "power", one, "kW")
    yield Unit("hp", "power", f.HP_KW, "hp")
    yield Unit("PS", "power", f.PS_KW, "PS")
    yield Unit("C", "temperature", one, "°C")
    yield Unit("F", "temperature", Fraction(5, 9), "°F", Fraction(-32 * 5, 9))


_DRIVEN: Final = ("mi", "km", "nmi", "h")
_BURNT: Final = ("us_gal", "imp_gal", "L", "kg", "kWh")
_LABELS: Final = {"mpg_us": "mpg (US)", "mpg_uk": "mpg (UK)", "mpge": "MPGe"}


def _economies(known: Mapping[str, Unit]) -> Iterator[Unit]:
    """Distance (or hours) per fuel, and its inverse, each from the two units in its name."""
    aliases = {("mi", "us_gal"): "mpg_us", ("mi", "imp_gal"): "mpg_uk", ("mi", "gge"): "mpge"}
    pairs = [(driven, burnt) for driven in _DRIVEN for burnt in _BURNT]
    for driven, burnt in (*pairs, ("mi", "gge")):
        symbol = aliases.get((driven, burnt), f"{driven}/{burnt}")
        label = _LABELS.get(symbol, f"{known[driven].label}/{known[burnt].label}")
        per = known[driven].factor / known[burnt].factor
        yield Unit(symbol, _per(known, driven, burnt), per, label)
    for driven, burnt in (*pairs, ("mi", "Wh"), ("km", "Wh")):
        by_hundred = driven != "h" and burnt != "Wh"
        symbol = f"{burnt}/100{driven}" if by_hundred else f"{burnt}/{driven}"
        label = f"{known[burnt].label}/{'100 ' if by_hundred else ''}{known[driven].label}"
        per = known[driven].factor / known[burnt].factor * (100 if by_hundred else 1)
        yield Unit(symbol, _per(known, driven, burnt), per, label, is_inverse=True)


def _per(known: Mapping[str, Unit], driven: str, burnt: str) -> str:
    return f"{known[driven].dimension} per {known[burnt].dimension}"


def _prices(known: Mapping[str, Unit]) -> Iterator[Unit]:
    """Money per unit: halve the unit and the price halves too."""
    for per in map(known.__getitem__, (*_DRIVEN, *_BURNT, "lb", "MJ", "gge")):
        yield Unit(f"/{per.symbol}", f"price per {per.dimension}", 1 / per.factor, f"/{per.label}")


def _registry() -> Mapping[str, Unit]:
    known = {unit.symbol: unit for unit in _plain_units()}
    derived = [*_economies(known), *_prices(known)]
    return MappingProxyType(known | {unit.symbol: unit for unit in derived})


UNITS: Final[Mapping[str, Unit]] = _registry()
"""All units by symbol; read only."""


def unit(symbol: str) -> Unit:
    """The unit of this symbol, to the letter.

    Raises:
        UnknownUnit: There is none; the error lists near matches.

    >>> unit("mi").dimension
    'length'
    >>> unit("KMs")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    motovault.quantities.errors.UnknownUnit: unit: 'KMs' is not a known unit...
    """
    found = UNITS.get(symbol) if is_text(symbol) else None
    if found is None:
        raise UnknownUnit(symbol, _near(symbol))
    return found


def _near(symbol: object) -> list[str]:
    if not isinstance(symbol, str) or not 0 < len(symbol) <= 20:
        return []
    folded = symbol.strip().casefold()
    if folded.startswith("gal"):
        return ["us_gal", "imp_gal"]
    same = [known for known in UNITS if known.casefold() == folded]
    return same or difflib.get_close_matches(symbol, UNITS, n=3, cutoff=0.5)


def convert(value: Decimal | int | str, from_: str, to: str) -> Decimal | None:
    """The same quantity in another unit; exact but for one rounding to 50 digits.

    None where there is no counterpart: an economy of 0 has no consumption, and
    a consumption of 0 no economy. It is never infinity.

    Args:
        value: How many of ``from_``.
        from_: Symbol in :data:`UNITS`.
        to: Symbol in :data:`UNITS`, of the same dimension.

    Raises:
        InvalidValue: ``value`` is no exact number.
        UnknownUnit: No such symbol.
        IncompatibleUnits: The two measure different things.

    >>> convert("100", "mi", "km")
    Decimal('160.9344')
    >>> convert("1.449", "/L", "/us_gal")
    Decimal('5.485061675016')
    >>> convert(0, "mpg_us", "L/100km") is None
    True
    """
    number = to_decimal(value, "value")
    scale, shift, over, flips = _plan(from_, to)
    if flips:
        return EXACT.divide(scale, WIDE.multiply(over, number)) if number else None
    return EXACT.divide(WIDE.add(WIDE.multiply(scale, number), shift), over)


_plans: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal, bool]] = {}


def _plan(from_: str, to: str) -> tuple[Decimal, Decimal, Decimal, bool]:
    """Whole numbers such that the result is (scale * x + shift) / over or, flipped, scale / (over * x)."""
    source, target = unit(from_), unit(to)
    plan = _plans.get((from_, to))
    if plan is None:
        if source.dimension != target.dimension:
            raise IncompatibleUnits(from_, to, f"is {target.dimension}, but {from_} is {source.dimension}")
        flips = source.is_inverse is not target.is_inverse
        if flips:
            scale = source.factor / target.factor if source.is_inverse else target.factor / source.factor
        else:
            scale = target.factor / source.factor if source.is_inverse else source.factor / target.factor
        shift = (source.offset - target.offset) / target.factor
        over = scale.denominator * shift.denominator
        plan = (Decimal(int(scale * over)), Decimal(int(shift * over)), Decimal(over), flips)
        # Grows to the square of the registry at most: only known symbols get here.
        _plans[source.symbol, target.symbol] = plan
    return plan


_DISTANCE_RULE: Final = f"must be one of {', '.join(DistanceUnit)}"
_FUEL_RULE: Final = f"must be one of {', '.join(FuelUnit)}"


def distance_unit(text: str) -> DistanceUnit:
    """What people write for a distance unit, read.

    Raises:
        UnknownUnit: Not a unit of distance or engine hours.

    >>> distance_unit("Miles")
    <DistanceUnit.MI: 'mi'>
    """
    return DistanceUnit(read(text, DISTANCE_SPELLINGS, "distance_unit", _DISTANCE_RULE))


def fuel_unit(text: str) -> FuelUnit:
    """What people write for a unit of fuel or charge, read.

    Raises:
        UnknownUnit: Not such a unit, or a gallon that does not say which gallon.

    >>> fuel_unit("gal (US)"), fuel_unit("litres")
    (<FuelUnit.US_GAL: 'us_gal'>, <FuelUnit.L: 'L'>)
    >>> fuel_unit("gal")
    Traceback (most recent call last):
    motovault.quantities.errors.UnknownUnit: fuel_unit: 'gal' names two units; did you mean us_gal or imp_gal?
    """
    return FuelUnit(read(text, AMOUNT_SPELLINGS, "fuel_unit", _FUEL_RULE))


def _exactly(value: Fraction) -> Decimal:
    decimal = ratio(value)
    if Fraction(decimal) != value:
        raise ArithmeticError(f"{value} has no finite decimal expansion of 50 digits")
    return decimal


DISTANCE_TO_KM: Final[Mapping[str, Decimal]] = MappingProxyType(
    {str(symbol): _exactly(UNITS[symbol].factor / UNITS["km"].factor) for symbol in ("mi", "km", "nmi")}
)
"""Exact kilometres in one of each distance unit. Hours are no distance and are not here."""

DISTANCE_TO_BASE: Final[Mapping[str, tuple[str, Decimal]]] = MappingProxyType(
    {symbol: ("km", factor) for symbol, factor in DISTANCE_TO_KM.items()} | {"h": ("h", Decimal(1))}
)
"""For each unit that an odometer counts in: its base symbol, ``km`` or ``h``, and the exact factor to it."""

FUEL_TO_BASE: Final[Mapping[str, tuple[str, Decimal]]] = MappingProxyType(
    {
        "us_gal": ("L", _exactly(UNITS["us_gal"].factor)),
        "imp_gal": ("L", _exactly(UNITS["imp_gal"].factor)),
        "L": ("L", Decimal(1)),
        "kg": ("kg", Decimal(1)),
        "kWh": ("kWh", Decimal(1)),
    }
)
"""For each fuel unit: its base symbol, ``L``, ``kg`` or ``kWh``, and the exact factor to it."""
