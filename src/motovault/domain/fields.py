"""Checks that entities of several capsules share: text, moments, amounts, codes.

Each takes the value and the field's name, returns the value in its one right
form and raises :class:`motovault.errors.InvalidValue` that names field, value
and rule.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs

from motovault.errors import InvalidValue
from motovault.quantities.context import round_half_even, to_decimal

__all__ = ["aware", "checked", "currency_code", "number", "optional", "required_text", "scaled", "text", "user_id"]


def checked(rule: Callable[[Any, str], Any]) -> Any:
    """An attrs converter that hands ``rule`` the value and the field's name."""
    return attrs.Converter(lambda value, field: rule(value, field.name), takes_field=True)


def optional(rule: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """The same rule, but None stays None."""
    return lambda value, field: None if value is None else rule(value, field)


def text(longest: int | None = None) -> Callable[[Any, str], str | None]:
    """Text of at most ``longest`` characters; blanks around it go, empty becomes None."""

    def rule(value: Any, field: str) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise InvalidValue(field, value, "must be text")
        if "\x00" in value:
            raise InvalidValue(field, value, "must not hold a NUL character")
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise InvalidValue(field, value, "must be valid Unicode (a lone surrogate stands in it)")
        value = value.strip()
        if longest is not None and len(value) > longest:
            raise InvalidValue(field, value, f"must have at most {longest} characters, not {len(value)}")
        return value or None

    return rule


def required_text(longest: int) -> Callable[[Any, str], str]:
    """Text that must not be empty, of at most ``longest`` characters."""
    trimmed = text(longest)

    def rule(value: Any, field: str) -> str:
        found = trimmed(value, field)
        if found is None:
            raise InvalidValue(field, value, "must not be empty")
        return found

    return rule


def user_id(value: Any, field: str) -> str:
    """A user's id: 1 to 255 characters, kept to the letter."""
    if not isinstance(value, str):
        raise InvalidValue(field, value, "must be text")
    if not value or value != value.strip() or len(value) > 255 or "\x00" in value:
        raise InvalidValue(field, value, "must have 1 to 255 characters and no blanks around them")
    return value


def aware(value: Any, field: str) -> datetime:
    """A moment with its time zone, in UTC."""
    if not isinstance(value, datetime):
        raise InvalidValue(field, value, "must be a datetime")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidValue(field, value, "must carry a time zone (use tzinfo=UTC or the user's zone)")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(field, value, "must lie between the years 1 and 9999 in UTC") from None


def number(low: int = 0, *, above: bool = False, digits: int = 12, places: int = 6) -> Callable[[Any, str], Decimal]:
    """An exact number from ``low`` on (or above it), of bounded length; kept as typed."""

    def rule(value: Any, field: str) -> Decimal:
        found = to_decimal(value, field)
        if found < low or (above and found == low):
            raise InvalidValue(field, value, f"must be {'above' if above else 'at least'} {low}")
        exponent = found.as_tuple().exponent
        if found.adjusted() >= digits or (isinstance(exponent, int) and -exponent > places):
            raise InvalidValue(field, value, f"must have at most {digits} digits before and {places} after the point")
        return abs(found) if found == 0 else found

    return rule


def scaled(digits: int, places: int, low: int | None = 0) -> Callable[[Any, str], Decimal]:
    """A number for a ``DECIMAL(digits, places)`` column: rounded half-even to its scale."""
    limit = Decimal(10) ** (digits - places)

    def rule(value: Any, field: str) -> Decimal:
        found = to_decimal(value, field)
        if abs(found) >= limit:
            raise InvalidValue(field, value, f"must be below {limit:f}")
        found = round_half_even(found, places)
        if abs(found) >= limit:
            raise InvalidValue(field, value, f"must be below {limit:f}")
        if low is not None and found < low:
            raise InvalidValue(field, value, f"must be at least {low}")
        return found

    return rule


def currency_code(value: Any, field: str) -> str:
    """Three capital letters, as in ISO 4217."""
    if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise InvalidValue(field, value, "must be three capital letters of ISO 4217, such as USD")
    return value
