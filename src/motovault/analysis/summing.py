"""Sums of amounts that come out the same on every engine, and one division at their end.

Floats differ in their last bits when they are added in another order, and each
engine has its own. So amounts are whole numbers while they are added:
micrometres and microhours (10^9 in a kilometre and an hour), picolitres,
nanograms and nanowatt-hours (10^12 in a litre, a kilogram, a kilowatt-hour).
An amount of three decimals in any unit is exact in them. A fleet's picolitres
do not fit into 64 bits, so a whole number is added in two parts, of which
the higher counts 2^20 at a time.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any, Final

from motovault.analysis.doors import nw
from motovault.errors import InvalidValue
from motovault.quantities.economy import EconomyUnit
from motovault.quantities.economy import economy_unit as read_economy_unit
from motovault.quantities.units import FUEL_TO_BASE, UNITS

__all__ = [
    "DISTANCE_SCALE",
    "FUEL_SCALE",
    "LONGEST_KM",
    "MONEY_SCALE",
    "PART",
    "UNITS_BY_KIND",
    "amount",
    "as_float",
    "asked_unit",
    "difference",
    "divided",
    "higher",
    "known",
    "money",
    "number",
    "of_kind",
    "parts",
    "per_unit",
    "total",
    "whole",
    "with_figure",
]

DISTANCE_SCALE: Final = 10**9
FUEL_SCALE: Final = 10**12
MONEY_SCALE: Final = 10_000
PART: Final = 2**20
_LARGEST: Final = {DISTANCE_SCALE: 9e9, FUEL_SCALE: 9e6, MONEY_SCALE: 9e11}
"""What is above fits no 64 bits, and is no distance, no filling and no bill: it counts as unknown."""

LONGEST_KM: Final = _LARGEST[DISTANCE_SCALE]

_ALIASES: Final = {"mpg_us": "mi/us_gal", "mpg_uk": "mi/imp_gal", "mpge": "mi/gge"}
_BASES: Final = {"length": "distance_km", "time": "distance_h", "volume": "volume_l", "mass": "mass_kg"}


def _planned(symbol: str) -> tuple[str, float, str, float]:
    """The columns of an economy unit's distance and fuel, each with how many of ours its own unit has."""
    over, under = _ALIASES.get(symbol, symbol).split("/")
    driven, burnt = (under, over) if UNITS[symbol].is_inverse else (over, under)
    hundred = 100 if driven.startswith("100") else 1
    distance, fuel = UNITS[driven.removeprefix("100")], UNITS[burnt]
    metres = 1000 if distance.dimension == "length" else 1
    divisors = Fraction(DISTANCE_SCALE * hundred, metres) * distance.factor, FUEL_SCALE * fuel.factor
    return (
        _BASES[distance.dimension],
        float(divisors[0]),
        _BASES.get(fuel.dimension, "energy_kwh"),
        float(divisors[1]),
    )


_PLANS: Final = {str(unit): _planned(unit) for unit in EconomyUnit}
_HIGHER: Final = [unit for unit in _PLANS if not UNITS[unit].is_inverse]

UNITS_BY_KIND: Final[dict[str, list[str]]] = {}
"""By column of an amount: the economy units that are of it."""
for _unit, (_driven, _, _burnt, _) in _PLANS.items():
    UNITS_BY_KIND.setdefault(_driven, []).append(_unit)
    UNITS_BY_KIND.setdefault(_burnt, []).append(_unit)


def known(column: nw.Expr, scale: int) -> nw.Expr:
    """Whether a column has a number that can be added; no number and infinity are unknown as null is."""
    value = column.cast(nw.Float64)
    return ((value >= -_LARGEST[scale]) & (value <= _LARGEST[scale])).fill_null(False)


def whole(column: nw.Expr, scale: int) -> nw.Expr:
    """A column of amounts as whole numbers, so many to one; 0 if unknown."""
    value = nw.when(known(column, scale)).then(column.cast(nw.Float64)).otherwise(0.0)
    return (value * float(scale) + 0.5).floor().cast(nw.Int64)


def parts(column: nw.Expr, scale: int, name: str) -> tuple[nw.Expr, nw.Expr]:
    """A column of amounts as two of whole numbers, ``{name}_high`` and ``{name}_low``; 0 if unknown."""
    value = nw.when(known(column, scale)).then(column.cast(nw.Float64)).otherwise(0.0)
    high = (value * (scale / PART)).floor().cast(nw.Int64)
    return high.alias(f"{name}_high"), (whole(column, scale) - high * PART).alias(f"{name}_low")


def difference(larger: nw.Expr, smaller: nw.Expr, scale: int, name: str) -> tuple[nw.Expr, nw.Expr]:
    """How much two columns of amounts are apart, in two columns as :func:`parts` has them."""
    (high, low), (less_high, less_low) = parts(larger, scale, name), parts(smaller, scale, name)
    return (high - less_high).alias(f"{name}_high"), (low - less_low).alias(f"{name}_low")


def as_float(whole: nw.Expr) -> nw.Expr:
    """The float next to a whole number; PyArrow casts none above 2^53, so two exact halves are added."""
    high = whole // PART
    return high.cast(nw.Float64) * float(PART) + (whole - high * PART).cast(nw.Float64)


def money(column: nw.Expr) -> nw.Expr:
    """A column of money in ten-thousandths; 0 if unknown."""
    return whole(column, MONEY_SCALE)


def total(name: str) -> nw.Expr:
    """What the two sums of :func:`parts` are together, as the float next to it.

    A power of two times a whole number loses nothing, so only the addition rounds. (PyArrow turns no whole
    number above 2^53 into a float: the two must not be put together before.)
    """
    high, low = nw.col(f"{name}_high"), nw.col(f"{name}_low")
    return as_float(high) * float(PART) + as_float(low)


def divided(value: nw.Expr, divisor: nw.Expr | float) -> nw.Expr:
    """A division that is one: Polars multiplies by the reciprocal of what it knows to be constant."""
    return value / (value * 0.0 + divisor)


def amount(name: str, scale: int) -> nw.Expr:
    """A sum of :func:`parts` in kilometres, hours, litres, kilograms or kilowatt-hours."""
    return divided(total(name), float(scale))


def of_kind(frame: Any, columns: tuple[str, ...], unit: nw.Expr) -> nw.Expr:
    """The one of several columns of amounts that goes with an economy unit; null where there is none."""
    there = frame.collect_schema().names()
    found: Any = None
    for column in columns:
        if column in there:
            fits = unit.is_in(UNITS_BY_KIND[column])
            value = nw.col(column).cast(nw.Float64)
            found = nw.when(fits).then(value) if found is None else nw.when(fits).then(value).otherwise(found)
    return found  # type: ignore[no-any-return]


def per_unit(unit: nw.Expr) -> nw.Expr:
    """How many of ours one fuel unit has; null for what is none."""
    found: Any = nw.lit(None, dtype=nw.Float64)
    for symbol, (_, factor) in FUEL_TO_BASE.items():
        found = nw.when(unit == symbol).then(nw.lit(float(factor * FUEL_SCALE))).otherwise(found)
    return found  # type: ignore[no-any-return]


def asked_unit(unit: nw.Expr, asked: str | None) -> nw.Expr:
    """The economy unit of a row, or the one asked for where it is of the same kind.

    Raises:
        UnknownUnit: There is no such unit.
    """
    if asked is None:
        return unit
    wanted = read_economy_unit(asked)
    same = [symbol for symbol in _PLANS if UNITS[symbol].dimension == UNITS[wanted].dimension]
    return nw.when(unit.is_in(same)).then(nw.lit(str(wanted))).otherwise(unit)


def higher(unit: nw.Expr) -> nw.Expr:
    """Whether more is better in an economy unit."""
    return unit.is_in(_HIGHER)


def with_figure(frame: Any, distance: str, fuel: str, name: str) -> Any:
    """A frame with the pooled economy of two sums of :func:`parts`, in the economy unit of each row.

    Null without distance or fuel. Step by step: an engine writes out an expression wherever it is used.
    """
    unit = nw.col("economy_unit")
    frame = frame.with_columns(total(distance).alias("_d"), total(fuel).alias("_f"))
    frame = frame.with_columns(
        divided(nw.col("_d"), _divisor(unit, 1)).alias("_d"),
        divided(nw.col("_f"), _divisor(unit, 3)).alias("_f"),
        unit.is_in(_HIGHER).fill_null(False).alias("_is_higher"),
    )
    driven, burnt = nw.col("_d"), nw.col("_f")
    # 1 keeps engines that divide first and choose afterwards from dividing by 0
    frame = frame.with_columns(
        nw.when(nw.col("_is_higher")).then(driven).otherwise(burnt).alias("_over"),
        nw.when(nw.col("_is_higher")).then(burnt).otherwise(driven).alias("_under"),
        ((driven > 0) & (burnt > 0)).fill_null(False).alias("_is_there"),
    )
    frame = frame.with_columns(
        nw.when(nw.col("_is_there")).then(nw.col("_under")).otherwise(1.0).alias("_under")
    )
    figure = divided(nw.col("_over"), nw.col("_under"))
    frame = frame.with_columns(nw.when(nw.col("_is_there")).then(figure).alias(name))
    return frame.drop(["_d", "_f", "_is_higher", "_over", "_under", "_is_there"])


def _divisor(unit: nw.Expr, place: int) -> nw.Expr:
    by_value: dict[float, list[str]] = {}
    for symbol, plan in _PLANS.items():
        by_value.setdefault(plan[place], []).append(symbol)  # type: ignore[arg-type]
    found: Any = nw.lit(None, dtype=nw.Float64)
    for value, symbols in by_value.items():
        found = nw.when(unit.is_in(symbols)).then(nw.lit(value)).otherwise(found)
    return found  # type: ignore[no-any-return]


def number(value: object, name: str) -> float:
    """A finite number above 0.

    Raises:
        InvalidValue: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= sys.float_info.max:
        raise InvalidValue(name, value, "must be a number above 0")
    return float(value)
