"""What all exact values with a unit share: how they are made, compared, read and written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Self, overload

from attrs import field, frozen

from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, ratio, to_decimal
from motovault.quantities.errors import IncompatibleUnits
from motovault.quantities.formatting import display, split_number, styled
from motovault.quantities.spelling import Spellings, fold, read
from motovault.quantities.units import UNITS, Unit, convert, unit

__all__ = ["Measure", "Quantity"]


def _number(value: Decimal | int | str) -> Decimal:
    return to_decimal(value, "value")


def _symbol(symbol: str) -> str:
    # A member of an enumeration becomes the plain symbol, so that every repr reads the same.
    return unit(symbol).symbol


def _measures_it(measure: Measure, _: object, symbol: str) -> None:
    dimension = UNITS[symbol].dimension
    if dimension not in measure._dimensions:
        what = type(measure).__name__
        raise IncompatibleUnits(what, symbol, f"is a unit of {dimension}, not of {what}")


@frozen(eq=False, order=False, repr=False)
class Measure:
    """A value and its unit, as they were given; equal and ordered by the exact amount.

    Attributes:
        value: How many.
        unit: Symbol of the unit.
    """

    value: Decimal = field(converter=_number)
    unit: str = field(converter=_symbol, validator=_measures_it)

    _dimensions: ClassVar[tuple[str, ...]] = ()
    _spellings: ClassVar[Spellings] = {}

    @classmethod
    def parse(cls, text: str) -> Self:
        """A number and a unit, as people write them, in any locale: ``.`` is the decimal mark.

        Raises:
            InvalidValue: No number, or a number with separators of thousands.
            UnknownUnit: No such unit, or one that could be two.
        """
        what = cls.__name__.lower()
        number, spelling = split_number(text, what)
        return cls(to_decimal(number, what), cls._unit_of(spelling))

    @classmethod
    def _unit_of(cls, spelling: str) -> str:
        for known in UNITS.values():
            if known.dimension in cls._dimensions and spelling in (known.symbol, known.label):
                return known.symbol
        folded = fold(spelling) if len(spelling) < 60 else ""
        for known in UNITS.values():
            if known.dimension in cls._dimensions and folded == fold(known.label):
                return known.symbol
        return read(spelling, cls._spellings, "unit", f"is not a unit of {cls.__name__}")

    @property
    def _definition(self) -> Unit:
        return UNITS[self.unit]

    def _rank(self) -> tuple[bool, Fraction]:
        """Where it stands among its kind: infinite or not, then the exact amount in base units."""
        return (False, Fraction(self.value) * self._definition.factor)

    def _against(self, other: Measure) -> tuple[bool, Fraction]:
        if self._definition.dimension != other._definition.dimension:
            raise IncompatibleUnits(self.unit, other.unit, f"cannot be compared with {self.unit}")
        return other._rank()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._definition.dimension == other._definition.dimension and self._rank() == other._rank()

    def __hash__(self) -> int:
        return hash((self._definition.dimension, self._rank()))

    def __lt__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._rank() < self._against(other)

    def __le__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._rank() <= self._against(other)

    def __gt__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._rank() > self._against(other)

    def __ge__(self, other: Self) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._rank() >= self._against(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self.value}', '{self.unit}')"

    def __str__(self) -> str:
        return self.format()

    def __format__(self, spec: str) -> str:
        return styled(self.format, spec, type(self).__name__)

    def format(self, places: int | None = None, thousands: str = "") -> str:
        """For people: the number, then the unit.

        Args:
            places: Digits after the point, rounded half even; None for all there are.
            thousands: What stands between groups of three digits.
        """
        return f"{display(self.value, places, thousands)} {self._definition.label}"


@frozen(eq=False, order=False, repr=False)
class Quantity(Measure):
    """A measure that adds up: two of them have a sum, a difference and a ratio."""

    def to(self, symbol: str) -> Self:
        """The same amount in another unit, rounded once to 50 digits.

        Raises:
            UnknownUnit: No such symbol.
            IncompatibleUnits: It measures something else.
        """
        converted = convert(self.value, self.unit, symbol)
        if converted is None:
            raise ArithmeticError(f"{self!r} has no counterpart in {symbol}")
        return type(self)(converted, symbol)

    def _in_this_unit(self, other: Quantity) -> Fraction:
        if self._definition.dimension != other._definition.dimension:
            raise IncompatibleUnits(self.unit, other.unit, f"cannot be combined with {self.unit}")
        return Fraction(other.value) * other._definition.factor / self._definition.factor

    def __add__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(ratio(Fraction(self.value) + self._in_this_unit(other)), self.unit)

    def __sub__(self, other: Self) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(ratio(Fraction(self.value) - self._in_this_unit(other)), self.unit)

    def __mul__(self, times: Decimal | int) -> Self:
        if not isinstance(times, (Decimal, int, float)):
            return NotImplemented
        return type(self)(EXACT.multiply(self.value, to_decimal(times, "factor")), self.unit)

    __rmul__ = __mul__

    @overload
    def __truediv__(self, other: Self) -> Decimal: ...

    @overload
    def __truediv__(self, other: Decimal | int) -> Self: ...

    def __truediv__(self, other: Self | Decimal | int) -> Self | Decimal:
        if isinstance(other, Quantity):
            if type(other) is not type(self):
                return NotImplemented
            divisor = self._in_this_unit(other)
            if not divisor:
                raise InvalidValue("divisor", other, "must not be 0")
            return ratio(Fraction(self.value) / divisor)
        if not isinstance(other, (Decimal, int, float)):
            return NotImplemented
        number = to_decimal(other, "divisor")
        if not number:
            raise InvalidValue("divisor", other, "must not be 0")
        return type(self)(EXACT.divide(self.value, number), self.unit)

    def __neg__(self) -> Self:
        return type(self)(self.value.copy_negate(), self.unit)

    def __abs__(self) -> Self:
        return type(self)(self.value.copy_abs(), self.unit)
