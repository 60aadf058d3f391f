"""From what people type to the bare characters of a VIN, and back to groups that can be read aloud.

Nothing is guessed here: a character that only looks right is an error that
names it. Guesses are in :mod:`motovault.vin.repair`.
"""

from __future__ import annotations

import re
from typing import Final

from motovault.vin.errors import VinCharacterNotAllowed, VinNotText

__all__ = ["compact", "first_fault", "require_alphabet"]

OUTER_BLANKS: Final = " \t\r\n\v\f"
SEPARATORS: Final = " -"
_IS_NO_LETTER_OR_DIGIT: Final = "only ASCII letters and digits are allowed"
_IS_IOQ: Final = "a VIN never has the letters I, O and Q"
_NO_LETTER_OR_DIGIT: Final = re.compile(r"[^A-Za-z0-9 \-]")
_NOT_OF_THE_ALPHABET: Final = re.compile(r"[^A-HJ-NPR-Za-hj-npr-z0-9 \-]")
_REMOVED: Final = str.maketrans("", "", SEPARATORS)


def compact(text: str) -> str:
    """The characters that count: blanks around, blanks and dashes within removed, in capitals.

    Length and alphabet are not looked at, but only ASCII gets through: many
    characters turn into others when capitalised (``ß`` into two letters).

    Raises:
        VinNotText: Not a ``str``.
        VinCharacterNotAllowed: A character outside ASCII; the error has it and its position.

    >>> compact(" 1m8-gdm9a x kp042788\\r\\n")
    '1M8GDM9AXKP042788'
    >>> compact("1M8GDM9AXKP04278\N{CYRILLIC CAPITAL LETTER VE}")
    Traceback (most recent call last):
        ...
    motovault.vin.errors.VinCharacterNotAllowed: vin: '1M8… (17 characters)' has 'В' (U+0412 \
CYRILLIC CAPITAL LETTER VE) at position 17: only ASCII letters and digits are allowed
    """
    if not isinstance(text, str):
        raise VinNotText(text)
    if not text.isascii():
        position = next(place for place, character in enumerate(text, 1) if not character.isascii())
        raise VinCharacterNotAllowed(text, position, _IS_NO_LETTER_OR_DIGIT)
    return text.strip(OUTER_BLANKS).translate(_REMOVED).upper()


def first_fault(text: str, *, start: int = 0, pre_standard: bool = False) -> tuple[int, str] | None:
    """Position (from 1) and rule of the first character that cannot stand in a VIN, or None.

    Args:
        text: As given; blanks around it and separators within are no fault.
        start: How many characters to skip.
        pre_standard: Whether I, O and Q are allowed, as before 1981.
    """
    begin = len(text) - len(text.lstrip(OUTER_BLANKS))
    end = len(text.rstrip(OUTER_BLANKS))
    pattern = _NO_LETTER_OR_DIGIT if pre_standard else _NOT_OF_THE_ALPHABET
    found = pattern.search(text, max(start, begin), end)
    if found is None:
        return None
    return found.start() + 1, _IS_IOQ if found[0] in "IOQioq" else _IS_NO_LETTER_OR_DIGIT


def require_alphabet(text: str, *, pre_standard: bool = False) -> None:
    """Pass, or raise VinNotText, or VinCharacterNotAllowed for the first character that cannot be there."""
    if not isinstance(text, str):
        raise VinNotText(text)
    fault = first_fault(text, pre_standard=pre_standard)
    if fault is not None:
        raise VinCharacterNotAllowed(text, *fault)
