"""What is odd about a VIN, as data: nothing here raises, so that a form can show it all at once.

Source: 49 CFR 565.13 to 565.15; ISO 3779; GB 16735 for China.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from motovault.findings import Finding, Severity
from motovault.vin.digit import CHECK_DIGITS, LENGTH, computed, is_well_formed
from motovault.vin.errors import named
from motovault.vin.register import find_maker, wmi_of
from motovault.vin.text import OUTER_BLANKS, compact, first_fault
from motovault.vin.year import YEAR_CODES

__all__ = ["FindingCode", "VinFinding", "check", "is_check_digit_law"]

_MOST_CHARACTERS_SHOWN: Final = 17
"""How many wrong characters are reported before the rest are left alone: hostile input is long."""


class FindingCode(StrEnum):
    """What was found."""

    NOT_TEXT = "not_text"
    CHARACTER_NOT_ALLOWED = "character_not_allowed"
    LENGTH_WRONG = "length_wrong"
    CHECK_DIGIT_WRONG = "check_digit_wrong"
    CHECK_DIGIT_IMPOSSIBLE = "check_digit_impossible"
    YEAR_CODE_NOT_USED = "year_code_not_used"
    SERIAL_NOT_NUMERIC = "serial_not_numeric"
    MAKER_UNKNOWN = "maker_unknown"


@frozen(kw_only=True)
class VinFinding(Finding):
    """One oddity of a VIN; its message never holds the whole number.

    Attributes:
        code: One of :class:`FindingCode`.
        position: Where, from 1: in the text as given for a wrong character, else in the 17 characters;
            None if it is about the whole.
    """

    field: str | None = "vin"
    position: int | None = None


def _finding(code: FindingCode, severity: Severity, message: str, position: int | None = None) -> VinFinding:
    return VinFinding(code=code, severity=severity, message=message, position=position)


def is_check_digit_law(vin: str) -> bool:
    """Whether the check digit is prescribed for this identifier: North America (1 to 5) and China (L).

    Elsewhere many makers compute it anyway, and as many put something else there.

    >>> is_check_digit_law("1M8GDM9AXKP042788"), is_check_digit_law("WVWZZZ1KZ8W000001")
    (True, False)
    """
    return vin[:1] in tuple("12345L")


def check(text: object) -> tuple[VinFinding, ...]:
    """Everything odd about a text that should be a VIN; empty if nothing is. Never raises.

    >>> check("1M8GDM9AXKP042788")
    ()
    >>> [(f.code.value, f.severity.value) for f in check("1M8GDM9A1KP042788")]
    [('check_digit_wrong', 'error')]
    >>> [(f.code.value, f.severity.value) for f in check("WVWZZZ1KZ8W000001")]
    [('check_digit_impossible', 'info')]
    >>> print(check("1M8GDM9AXKPO42788")[0].message)
    'O' (U+004F LATIN CAPITAL LETTER O) at position 12: a VIN never has the letters I, O and Q
    """
    if not isinstance(text, str):
        return (_finding(FindingCode.NOT_TEXT, Severity.ERROR, f"{type(text).__name__} is not a text"),)
    found = _characters(text)
    length = len(compact(text)) if text.isascii() else _length(text)
    if length != LENGTH:
        message = f"{length} characters, not {LENGTH}"
        found.append(_finding(FindingCode.LENGTH_WRONG, Severity.ERROR, message))
    if not found:
        vin = compact(text)
        assert is_well_formed(vin)
        found = [*_check_digit(vin), *_year_code(vin), *_serial(vin), *_maker(vin)]
    return tuple(found)


def _characters(text: str) -> list[VinFinding]:
    found: list[VinFinding] = []
    place = 0
    while len(found) < _MOST_CHARACTERS_SHOWN and (fault := first_fault(text, start=place)) is not None:
        place, rule = fault
        message = f"{named(text[place - 1])} at position {place}: {rule}"
        found.append(_finding(FindingCode.CHARACTER_NOT_ALLOWED, Severity.ERROR, message, place))
    return found


def _length(text: str) -> int:
    inner = text.strip(OUTER_BLANKS)
    return len(inner) - inner.count(" ") - inner.count("-")


def _check_digit(vin: str) -> list[VinFinding]:
    is_law = is_check_digit_law(vin)
    severity = Severity.ERROR if is_law else Severity.INFO
    where = "" if is_law else "; no law prescribes one where this vehicle was built"
    if vin[8] not in CHECK_DIGITS:
        message = f"position 9 is {vin[8]}, and a check digit is 0 to 9 or X{where}"
        return [_finding(FindingCode.CHECK_DIGIT_IMPOSSIBLE, severity, message, 9)]
    expected = computed(vin)
    if vin[8] != expected:
        message = f"the check digit at position 9 is {vin[8]}, computed {expected}{where}"
        return [_finding(FindingCode.CHECK_DIGIT_WRONG, severity, message, 9)]
    return []


def _year_code(vin: str) -> list[VinFinding]:
    if vin[9] in YEAR_CODES:
        return []
    severity = Severity.WARNING if vin[0] in "12345" else Severity.INFO
    message = f"position 10 is {vin[9]}, which is no year code"
    return [_finding(FindingCode.YEAR_CODE_NOT_USED, severity, message, 10)]


def _serial(vin: str) -> list[VinFinding]:
    for place in range(13, 17):
        if not vin[place].isdigit():
            message = f"position {place + 1} is {vin[place]}; the last four characters are digits"
            return [_finding(FindingCode.SERIAL_NOT_NUMERIC, Severity.WARNING, message, place + 1)]
    return []


def _maker(vin: str) -> list[VinFinding]:
    wmi = wmi_of(vin)
    if find_maker(wmi) is not None:
        return []
    return [_finding(FindingCode.MAKER_UNKNOWN, Severity.INFO, f"no maker is known for {wmi}")]
