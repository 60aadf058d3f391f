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
from uuid import UUID

import attrs

from motovault.errors import InvalidValue
from motovault.quantities.context import round_half_even, to_decimal

__all__ = [
    "aware",
    "checked",
    "currency_code",
    "flag",
    "identifier",
    "number",
    "optional",
    "page_limit",
    "required_text",
    "scaled",
    "text",
    "user_id",
]


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
        _refuse_unstorable(value, field)
        value = value.strip()
        if longest is not None and len(value) > longest:
            raise InvalidValue(field, value, f"must have at most {longest} characters, not {len(value)}")
        return value or None

    return rule


def _refuse_unstorable(value: str, field: str) -> None:
    if "\x00" in value:
        raise InvalidValue(field, value, "must not hold a NUL character")
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise InvalidValue(field, value, "must be valid Unicode (a lone surrogate stands in it)")


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
    _refuse_unstorable(value, field)
    if not value or value != value.strip() or len(value) > 255:
        raise InvalidValue(field, value, "must have 1 to 255 characters and no blanks around them")
    return value


def identifier(value: Any, field: str) -> UUID:
    """The id of a row."""
    if not isinstance(value, UUID):
        raise InvalidValue(field, value, "must be a UUID")
    return value


def flag(value: Any, field: str) -> bool:
    """Yes or no, and nothing that only counts as one of them."""
    if not isinstance(value, bool):
        raise InvalidValue(field, value, "must be True or False")
    return value


def aware(value: Any, field: str) -> datetime:
    """A moment with its time zone, in UTC."""
    if not isinstance(value, datetime):
        raise InvalidValue(field, value, "must be a datetime")
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidValue(field, value, "must carry a time zone (use tzinfo=UTC or the user's zone)")
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise InvalidValue(field, value, "must lie between the years 1 and 9999 in UTC") from None
    # a subclass may hold more than a store can, such as nanoseconds
    return moment if type(moment) is datetime else datetime.combine(moment.date(), moment.time(), UTC)


_ZERO = Decimal(0)


def number(
    low: int = 0, *, above: bool = False, digits: int = 12, places: int = 6
) -> Callable[[Any, str], Decimal]:
    """An exact number from ``low`` on (or above it), of bounded length; kept as typed."""

    def rule(value: Any, field: str) -> Decimal:
        found = to_decimal(value, field)
        if found < low or (above and found == low):
            raise InvalidValue(field, value, f"must be {'above' if above else 'at least'} {low}")
        if not found:
            return _ZERO
        exponent = found.as_tuple().exponent
        if found.adjusted() >= digits or (isinstance(exponent, int) and -exponent > places):
            size = f"{digits} digits before and {places} after the point"
            raise InvalidValue(field, value, f"must have at most {size}")
        return found

    return rule


def scaled(digits: int, places: int, low: int | None = 0) -> Callable[[Any, str], Decimal]:
    """A number for a ``DECIMAL(digits, places)`` column: rounded half-even to its scale."""
    limit = Decimal((0, (1,), digits - places))

    def rule(value: Any, field: str) -> Decimal:
        given = to_decimal(value, field)
        if low is not None and given < low:
            raise InvalidValue(field, value, f"must be at least {low}")
        # copy_abs, as abs() rounds to the precision that the host has set
        if given.copy_abs() >= limit or (found := round_half_even(given, places)).copy_abs() >= limit:
            raise InvalidValue(field, value, f"must be below {limit:f}")
        return found if found else found.copy_abs()

    return rule


def page_limit(value: Any, field: str = "limit") -> int | None:
    """How many rows a page may have: a whole number from 1 on, or None for all."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise InvalidValue(field, value, "must be a whole number from 1 on")
    return value


def currency_code(value: Any, field: str) -> str:
    """Three capital letters, as in ISO 4217."""
    if not (isinstance(value, str) and len(value) == 3 and all("A" <= letter <= "Z" for letter in value)):
        raise InvalidValue(field, value, "must be three capital letters of ISO 4217, such as USD")
    return value
