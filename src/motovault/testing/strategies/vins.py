"""VINs, right ones and ones that are wrong in a way that a test can name.

Source: 49 CFR 565.15 for the places; every VIN here is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from hypothesis import strategies as st

from motovault.errors import InvalidValue
from motovault.vin import ALPHABET, with_check_digit

__all__ = ["INVALID_VIN_KINDS", "MAKES", "invalid_vins", "vins"]

MAKES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Honda": ("1HG", "JHM", "2HG"),
        "Ford": ("1FA", "1FT", "WF0"),
        "Chevrolet": ("1G1", "1GC"),
        "Toyota": ("4T1", "JTD"),
        "Volkswagen": ("WVW", "3VW"),
        "BMW": ("WBA",),
        "Audi": ("WAU",),
        "Hyundai": ("KMH",),
        "Volvo": ("YV1",),
        "Tesla": ("5YJ",),
    }
)
"""Makes that :func:`vins` knows, with some of their WMIs."""

_YEAR_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""From 1980 on; after 30 years they begin again."""

_FIRST_YEAR, _LAST_YEAR = 1980, 2039
_LETTERS: Final = "".join(c for c in ALPHABET if c.isalpha())
_DIGITS: Final = "0123456789"


def vins(
    *, make: str | None = None, model_year: int | None = None, is_check_digit_right: bool = True
) -> st.SearchStrategy[str]:
    """Well-formed VINs of light vehicles, 17 characters, compact.

    Position 7 is a digit up to model year 2009 and a letter from 2010 on, as North American law has it.

    Args:
        make: One of :data:`MAKES`; any of them by default.
        model_year: 1980 to 2039; any of them by default.
        is_check_digit_right: Otherwise position 9 is another digit than it should be.

    >>> from hypothesis import find
    >>> find(vins(make="Honda", model_year=2003), lambda vin: vin[0] == "J")
    'JHMAAA0A23A000000'
    """
    if make is not None and make not in MAKES:
        raise InvalidValue("make", make, "must be one of " + ", ".join(MAKES))
    if model_year is not None and not _FIRST_YEAR <= model_year <= _LAST_YEAR:
        raise InvalidValue("model_year", model_year, f"must be from {_FIRST_YEAR} to {_LAST_YEAR}")
    wmis = st.sampled_from([wmi for name in ([make] if make else MAKES) for wmi in MAKES[name]])
    years = st.integers(_FIRST_YEAR, _LAST_YEAR) if model_year is None else st.just(model_year)
    return st.builds(
        _vin,
        wmi=wmis,
        year=years,
        before=st.text(_LETTERS, min_size=3, max_size=3),
        seventh=st.integers(0, 9),
        eighth=st.sampled_from(_LETTERS),
        plant=st.sampled_from(_LETTERS),
        serial=st.integers(0, 999_999),
        off_by=st.just(0) if is_check_digit_right else st.integers(1, 10),
    )


def _vin(
    wmi: str, year: int, before: str, seventh: int, eighth: str, plant: str, serial: int, off_by: int
) -> str:
    place_7 = _DIGITS[seventh] if year < 2010 else _LETTERS[seventh]
    code = _YEAR_CODES[(year - _FIRST_YEAR) % len(_YEAR_CODES)]
    right = with_check_digit(f"{wmi}{before}{place_7}{eighth}0{code}{plant}{serial:06d}")
    if not off_by:
        return right
    digits = _DIGITS + "X"
    wrong = digits[(digits.index(right[8]) + off_by) % len(digits)]
    return right[:8] + wrong + right[9:]


def _put(vin: str, place: int, character: str) -> str:
    return vin[:place] + character + vin[place + 1 :]


def _with_one_of(characters: str) -> st.SearchStrategy[str]:
    return st.builds(_put, vins(), st.integers(0, 16), st.sampled_from(characters))


def _look_alike(vin: str, place: int, shift: int) -> str:
    return _put(vin, place, chr(ord(vin[place]) + shift))


_CYRILLIC: Final = dict(zip("ABCEHKMPTX", "АВСЕНКМРТХ", strict=True))


def _in_cyrillic(vin: str, start: int) -> str:
    """The first letter from ``start`` on, around the end, that has a Cyrillic twin, replaced by it."""
    for place in (*range(start, 17), *range(start)):
        if vin[place] in _CYRILLIC:
            return _put(vin, place, _CYRILLIC[vin[place]])
    return _put(vin, start, "А")


def _is_north_american(vin: str) -> bool:
    return vin[0] in "12345"


_KINDS: Final[Mapping[str, Callable[[], st.SearchStrategy[str]]]] = MappingProxyType(
    {
        "empty": lambda: st.text(" -\t", max_size=5),
        "too_short": lambda: st.text(ALPHABET, min_size=1, max_size=16),
        "too_long": lambda: st.text(ALPHABET, min_size=18, max_size=40),
        "illegal_letter": lambda: _with_one_of("IOQ"),
        "punctuation": lambda: _with_one_of("!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"),
        "control": lambda: _with_one_of("\x00\x01\x07\x1b\x7f\x85"),
        "full_width": lambda: st.builds(_look_alike, vins(), st.integers(0, 16), st.just(0xFF10 - ord("0"))),
        "cyrillic": lambda: st.builds(_in_cyrillic, vins(), st.integers(0, 16)),
        # each of them becomes an ASCII letter, or two, when its case is changed or it is normalised
        "case_trap": lambda: _with_one_of("\u017f\u00df\u0131\u212a\ufb01\u00b9\u00b2\u0663\u096a\u0966"),
        "invisible": lambda: _with_one_of("\u200b\u00a0\u00ad\ufeff\u202e"),
        "wrong_check_digit": lambda: vins(is_check_digit_right=False).filter(_is_north_american),
        "impossible_check_digit": lambda: st.builds(
            _put,
            vins().filter(_is_north_american),
            st.just(8),
            st.sampled_from(_LETTERS.replace("X", "")),
        ),
    }
)

INVALID_VIN_KINDS: Final = tuple(_KINDS)
"""The ways in which :func:`invalid_vins` can be wrong.

The last two, ``wrong_check_digit`` and ``impossible_check_digit``, are well formed and North American: they
can be parsed, and are refused for a vehicle. All others cannot be parsed.
"""


def invalid_vins(kind: str | None = None) -> st.SearchStrategy[str]:
    """Texts that look like VINs and are none.

    Args:
        kind: One of :data:`INVALID_VIN_KINDS`; any of them by default.

    >>> from hypothesis import find
    >>> find(invalid_vins("illegal_letter"), lambda vin: vin.endswith("O"))[-1]
    'O'
    """
    if kind is None:
        return st.one_of([make() for make in _KINDS.values()])
    if kind not in _KINDS:
        raise InvalidValue("kind", kind, "must be one of " + ", ".join(_KINDS))
    return _KINDS[kind]()
