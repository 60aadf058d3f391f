"""The alphabet of a VIN and its check digit.

Only what the 17 characters say by themselves; who must use the check digit is
told by :mod:`motovault.vin.findings`.
Source: 49 CFR 565.15, tables III to VI; ISO 3779.
"""

from __future__ import annotations

from typing import Final

from motovault.vin.errors import VinLengthWrong
from motovault.vin.text import compact, require_alphabet

__all__ = [
    "ALPHABET",
    "CHECK_DIGITS",
    "LENGTH",
    "VALUES",
    "WEIGHTS",
    "check_digit",
    "computed",
    "is_valid",
    "is_well_formed",
    "with_check_digit",
]

LENGTH: Final = 17
"""Characters in a VIN since model year 1981."""

VALUES: Final[dict[str, int]] = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", (1, 2, 3, 4, 5, 6, 7, 8), strict=True)),
    **dict(zip("JKLMNPR", (1, 2, 3, 4, 5, 7, 9), strict=True)),
    **dict(zip("STUVWXYZ", (2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
}
"""What each character counts; I, O and Q are not in the alphabet."""

ALPHABET: Final = "".join(VALUES)

WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
"""How much each position counts; position 9 is the check digit itself."""

CHECK_DIGITS: Final = "0123456789X"
"""By remainder modulo 11."""


def _table(position: int) -> tuple[int | None, ...]:
    """What each byte adds to the sum at this position; None where it must not stand.

    Position 9 takes its own value away, so that a right sum is a multiple of 11.
    """
    table: list[int | None] = [None] * 256
    if position == 8:
        for value, character in enumerate(CHECK_DIGITS):
            table[ord(character)] = -value
    else:
        for character, value in VALUES.items():
            table[ord(character)] = value * WEIGHTS[position]
    return tuple(table)


_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17 = map(_table, range(LENGTH))


def is_valid(text: object) -> bool:
    """Whether a text is 17 characters of the alphabet with a right check digit, as it stands.

    The bare rule of 49 CFR 565.15: no blanks, dashes or lower case are
    forgiven (:func:`compact` removes them), and nothing but a text is valid.
    Outside North America and China a lawful VIN may well answer False: see
    :func:`check`. Never raises.

    >>> is_valid("1M8GDM9AXKP042788"), is_valid("1M8GDM9A1KP042788"), is_valid("1m8gdm9axkp042788")
    (True, False, False)
    """
    # Unrolled, because a loop or a pattern costs three times as much. An illegal character adds None.
    try:
        a, b, c, d, e, f, g, h, i, j, k, m, n, p, r, s, t = text.encode()  # type: ignore[attr-defined]
        return not (
            _1[a] + _2[b] + _3[c] + _4[d] + _5[e] + _6[f] + _7[g] + _8[h] + _9[i] + _10[j]
            + _11[k] + _12[m] + _13[n] + _14[p] + _15[r] + _16[s] + _17[t]
        ) % 11  # fmt: skip
    except (ValueError, TypeError, AttributeError):
        return False


def is_well_formed(text: object) -> bool:
    """Whether a text is 17 characters of the alphabet, as it stands; the check digit is not looked at.

    >>> is_well_formed("WVWZZZ1KZ8W000001"), is_well_formed("WVWZZZ1KZ8WO00001")
    (True, False)
    """
    return isinstance(text, str) and len(text) == LENGTH and all(character in VALUES for character in text)


def check_digit(text: str) -> str:
    """The check digit that 17 characters should have at position 9, ``"0"`` to ``"9"`` or ``"X"``.

    What stands at position 9 does not matter, but must be of the alphabet.

    Raises:
        VinCharacterNotAllowed: A character is not of the alphabet.
        VinLengthWrong: There are not 17 characters.

    >>> check_digit("1M8GDM9A0KP042788")
    'X'
    """
    require_alphabet(text)
    compacted = compact(text)
    if len(compacted) != LENGTH:
        raise VinLengthWrong(compacted, f"is not {LENGTH} characters long")
    return computed(compacted)


def with_check_digit(text: str) -> str:
    """The same 17 characters, compacted, with the right check digit at position 9.

    Makes valid VINs for tests and examples. Raises as :func:`check_digit`.

    >>> with_check_digit("1M8GDM9A0KP042788")
    '1M8GDM9AXKP042788'
    """
    digit = check_digit(text)
    compacted = compact(text)
    return compacted[:8] + digit + compacted[9:]


def computed(well_formed: str) -> str:
    """The check digit of 17 characters already known to be of the alphabet."""
    total = sum(VALUES[character] * weight for character, weight in zip(well_formed, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]
