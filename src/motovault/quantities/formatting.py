"""Numbers written for people, the same on every host: nothing here asks for a locale.

Rounding happens here and nowhere before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from motovault.errors import InvalidValue
from motovault.quantities.context import plain, round_half_even

__all__ = ["display", "split_number", "styled"]

_MAX_TEXT: Final = 200
_MAX_WIDTH: Final = 500
_SPEC: Final = re.compile(
    r"(?:(?P<fill>.?)(?P<align>[<>^]))?(?P<width>[0-9]{1,4})?"
    r"(?P<group>[,_ ])?(?:\.(?P<places>[0-9]{1,2}))?f?"
)
_LEADING_NUMBER: Final = re.compile(r"([+-]?[0-9.,']*[0-9.](?:[eE][+-]?[0-9]+)?)(?![0-9])\s*(.*)", re.DOTALL)

Rounding = Callable[[Decimal, int], Decimal]


def display(
    value: Decimal, places: int | None = None, thousands: str = "", rounding: Rounding = round_half_even
) -> str:
    """The number, with so many decimal places and with its thousands set apart.

    Args:
        value: What to write.
        places: Digits after the point; None writes the digits that are there.
        thousands: Between groups of three, for example ``","`` or a thin blank.
        rounding: How to drop digits; half even unless told.

    Raises:
        InvalidValue: ``places`` is no such number.

    >>> display(Decimal("1234567.825"), 2, ",")
    '1,234,567.82'
    """
    if places is None:
        text = plain(value)
    else:
        rounded = rounding(value, places)
        # A rounded -0.04 is 0.0, not -0.0.
        text = format(rounded if rounded else rounded.copy_abs(), "f")
    if not thousands:
        return text
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, fraction = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", thousands) + point + fraction


def styled(write: Callable[[int | None, str], str], spec: str, what: str) -> str:
    """What ``format(quantity, spec)`` gives: ``[[fill]align][width][, or _ or blank][.places][f]``.

    Args:
        write: Writes the whole quantity, given places and the mark between thousands.
        spec: The format specification.
        what: Name of the type, for the error.

    Raises:
        InvalidValue: The specification is not of this form.
    """
    parts = _SPEC.fullmatch(spec)
    if parts is None:
        raise InvalidValue("format", spec, f"is no format of {what}; for example '.1f', ',.2f' or '>12,.1f'")
    text = write(int(parts["places"]) if parts["places"] else None, parts["group"] or "")
    width = int(parts["width"] or 0)
    if width > _MAX_WIDTH:
        raise InvalidValue("format", spec, f"must not be wider than {_MAX_WIDTH}")
    return format(text, f"{parts['fill'] or ' '}{parts['align'] or '<'}{width}") if width else text


def split_number(text: str, field: str) -> tuple[str, str]:
    """The number at the beginning of a text and what follows, both as written.

    Raises:
        InvalidValue: It is no text, it is absurdly long, or it does not begin with a digit.

    >>> split_number("12.5 US gal", "volume")
    ('12.5', 'US gal')
    """
    if not isinstance(text, str):
        raise InvalidValue(field, text, "must be text: a number and its unit")
    if len(text) > _MAX_TEXT:
        raise InvalidValue(field, text, f"must have at most {_MAX_TEXT} characters")
    found = _LEADING_NUMBER.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(field, text, "must be a number and its unit, such as '52000 mi'")
    return found[1], found[2]
