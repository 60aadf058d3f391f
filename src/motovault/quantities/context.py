"""Exact decimal numbers: how they come in, how they are rounded, how they go out.

Every calculation of motovault names its context, so that what a host sets with
``decimal.setcontext`` changes nothing. Source: General Decimal Arithmetic
Specification 1.70, which is what Python's ``decimal`` follows.
"""

from __future__ import annotations

import decimal
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from motovault.errors import InvalidValue

__all__ = [
    "EXACT",
    "MAX_DIGITS",
    "MAX_EXPONENT",
    "WIDE",
    "plain",
    "ratio",
    "round_half_even",
    "round_half_up",
    "to_decimal",
]

MAX_DIGITS: Final = 50
"""Significant digits of a number that may come in, and of every result."""

MAX_EXPONENT: Final = 99
"""A number that comes in is below 10**100 and, unless 0, at least 10**-99; beyond is a slip or an attack."""

_MAX_TEXT: Final = 200
_MAX_BITS: Final = 400
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_TEXT_RULE: Final = "must be a plain number: digits, one '.' at most, no separators of thousands"


def _context(prec: int) -> decimal.Context:
    # All is spelled out: what is left out would come from decimal.DefaultContext, which a host may change.
    return decimal.Context(
        prec=prec,
        rounding=ROUND_HALF_EVEN,
        Emin=-999_999,
        Emax=999_999,
        capitals=1,
        clamp=0,
        flags=[],
        traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
    )


EXACT: Final = _context(MAX_DIGITS)
"""The context of every result: 50 digits, half even."""

WIDE: Final = _context(5_000)
"""For steps in between, whose products of numbers that passed :func:`to_decimal` are never rounded."""


def to_decimal(value: Decimal | int | str, field: str) -> Decimal:
    """The number as an exact ``Decimal``, the digits as given; never by way of a float.

    Text is read the same in every locale: ASCII digits, ``.`` as the decimal mark,
    no thousands separators, no underscores; blanks around it are fine.

    Args:
        value: A ``Decimal``, an ``int`` or text.
        field: What the number is called where it came from; the error says it.

    Raises:
        InvalidValue: A float, a bool or another type; not a plain number; not finite;
            more than 50 significant digits; 10**100 or more; below 10**-99 but not 0.

    >>> to_decimal(" 12.50 ", "volume")
    Decimal('12.50')
    >>> to_decimal(12.5, "volume")
    Traceback (most recent call last):
    motovault.errors.InvalidValue: volume: 12.5 is a float, which is not exact; give a Decimal or text
    """
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, str):
        number = _from_text(value, field)
    elif isinstance(value, bool):
        raise InvalidValue(field, value, "must be a Decimal, an int or a number as text")
    elif isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise InvalidValue(
                field, f"an integer of {value.bit_length()} bits", f"must be below 10**{MAX_EXPONENT + 1}"
            )
        number = Decimal(value)
    elif isinstance(value, float):
        raise InvalidValue(field, value, "is a float, which is not exact; give a Decimal or text")
    else:
        raise InvalidValue(field, value, "must be a Decimal, an int or a number as text")
    if not number.is_finite():
        raise InvalidValue(field, value, "must be a finite number")
    if not -MAX_EXPONENT <= number.adjusted() <= MAX_EXPONENT:
        raise InvalidValue(field, value, f"must lie between 10**-{MAX_EXPONENT} and 10**{MAX_EXPONENT + 1}")
    # plus() also turns -0 into 0 and a subclass into a Decimal.
    kept = EXACT.plus(number)
    if kept != number:
        raise InvalidValue(field, value, f"must have at most {MAX_DIGITS} significant digits")
    return kept


def _from_text(text: str, field: str) -> Decimal:
    if len(text) > _MAX_TEXT:
        raise InvalidValue(field, text, f"must be a number of at most {_MAX_TEXT} characters")
    bare = text.strip()
    if not _NUMBER.fullmatch(bare):
        raise InvalidValue(field, text, _TEXT_RULE)
    return Decimal(bare)


def ratio(value: Fraction) -> Decimal:
    """The decimal nearest to an exact rational: one rounding, 50 digits, half even.

    >>> ratio(Fraction(1, 8))
    Decimal('0.125')
    """
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def round_half_even(value: Decimal, places: int) -> Decimal:
    """Rounded to so many decimal places, ties to the even digit (stored columns).

    Raises:
        InvalidValue: ``value`` is not finite, or so long that no such rounding exists.

    >>> round_half_even(Decimal("2.345"), 2)
    Decimal('2.34')
    """
    return _rounded(value, places, ROUND_HALF_EVEN)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Rounded to so many decimal places, ties away from zero (totals of money).

    Raises:
        InvalidValue: ``value`` is not finite, or so long that no such rounding exists.

    >>> round_half_up(Decimal("2.345"), 2)
    Decimal('2.35')
    """
    return _rounded(value, places, ROUND_HALF_UP)


def _is_finite(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _rounded(value: Decimal, places: int, rounding: str) -> Decimal:
    if not _is_finite(value):
        raise InvalidValue("value", value, "must be a finite Decimal to be rounded")
    if type(places) is not int or abs(places) > MAX_EXPONENT:
        raise InvalidValue("places", places, f"must be a whole number of at most {MAX_EXPONENT}")
    try:
        return value.quantize(Decimal((0, (1,), -places)), rounding=rounding, context=WIDE)
    except decimal.InvalidOperation:
        raise InvalidValue("value", value, f"is too long to be rounded to {places} places") from None


def plain(value: Decimal) -> str:
    """The number for people and files: no exponent, no trailing zeros, no minus before zero.

    Raises:
        InvalidValue: ``value`` is not finite, or so large or small that writing it out would be absurd.

    >>> plain(Decimal("1.50E+3")), plain(Decimal("-0.00"))
    ('1500', '0')
    """
    if not _is_finite(value):
        raise InvalidValue("value", value, "must be a finite Decimal to be written out")
    if not value:
        return "0"
    if abs(value.adjusted()) > 10 * MAX_EXPONENT:
        raise InvalidValue("value", value, "is too large or too small to be written out")
    # Without a precision the format neither rounds nor looks at the host's context.
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
