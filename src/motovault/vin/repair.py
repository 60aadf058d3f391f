"""What a misread VIN may have been: suggestions for a person to confirm, never a silent correction.

The check digit finds the fault, and does not say where it is: of all texts
one character away, about one in eleven passes. So the likeliest confusions
come first, and makers that exist before those that do not.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from motovault.vin.digit import LENGTH, is_valid, is_well_formed
from motovault.vin.errors import VinNotText
from motovault.vin.findings import is_check_digit_law
from motovault.vin.register import find_maker, wmi_of
from motovault.vin.year import YEAR_CODES

__all__ = ["suggest"]

_LONGEST: Final = 64
"""Longer texts are no misread VIN, and the work stays bounded."""

_NEVER_A_LETTER: Final = str.maketrans("IOQ", "100")

_LOOK_ALIKES: Final = {
    **str.maketrans(
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408",
        "ABEKMH0PCTYXS1J",
    ),
    **str.maketrans(
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "ABEZH1KMN0PTYX",
    ),
}
"""Cyrillic and Greek capitals that are drawn like Latin ones."""

_CONFUSED: Final = (
    "8B", "5S", "2Z", "0D", "1L", "6G", "1T", "1J", "7T", "17", "UV", "VY", "CG", "38", "68", "56", "MN",
    "HN", "KX", "EF", "PR", "VW", "4A", "0U", "0C", "9G", "3B", "39", "XY", "BR", "HM", "08", "49", "89",
)  # fmt: skip
"""Pairs that are mistaken for each other in print or on a plate, likeliest first."""


def _alternatives() -> dict[str, list[tuple[int, str]]]:
    table: dict[str, list[tuple[int, str]]] = {}
    for rank, pair in enumerate(_CONFUSED):
        one, other = pair[0], pair[1]
        table.setdefault(one, []).append((rank, other))
        table.setdefault(other, []).append((rank, one))
    return table


_ALTERNATIVES: Final = _alternatives()


def suggest(text: str, *, limit: int = 10) -> list[str]:
    """VINs that a misread or mistyped text may stand for, likeliest first; empty if there is nothing to say.

    Tried in turn: I read as 1, O and Q as 0, look-alikes of other scripts;
    of too many characters every run of 17, and leaving out one or two; of 17
    whose check digit is prescribed and wrong, one confusable character and
    two neighbours swapped. Only texts with a right check digit are suggested,
    except where none is prescribed and the alphabet alone was at fault.

    Args:
        text: As read; anything but letters and digits is left out. A VIN without fault is its own suggestion.
        limit: How many to give at most.

    Raises:
        VinNotText: Not a ``str``.

    >>> suggest("IM8GDM9AXKPO42788")
    ['1M8GDM9AXKP042788']
    >>> suggest("*1M8GDM9AXKP042788*")
    ['1M8GDM9AXKP042788']
    >>> "1M8GDM9AXKP042788" in suggest("1M8GDM9AXKP0427B8")
    True
    """
    if not isinstance(text, str):
        raise VinNotText(text)
    if limit < 1 or len(text) > _LONGEST:
        return []
    read = _as_read(text)
    if is_valid(read):
        return [read]
    if len(read) > LENGTH:
        return _ranked(_shortened(read), limit)
    if not is_well_formed(read):
        return []
    if is_check_digit_law(read):
        return _ranked(_one_away(read), limit)
    return [read]


def _as_read(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOK_ALIKES)
    return "".join(c for c in plain if c.isascii() and c.isalnum())[: 2 * _LONGEST].translate(_NEVER_A_LETTER)


def _shortened(read: str) -> Iterator[tuple[int, str]]:
    for start in range(len(read) - LENGTH + 1):
        yield 0, read[start : start + LENGTH]
    surplus = len(read) - LENGTH
    if surplus <= 2:
        for left_out in combinations(range(len(read)), surplus):
            # A reader that sees a character twice is commoner than one that invents one.
            is_double = all(place and read[place] == read[place - 1] for place in left_out)
            yield (1 if is_double else 2), "".join(c for place, c in enumerate(read) if place not in left_out)


def _one_away(read: str) -> Iterator[tuple[int, str]]:
    for place, character in enumerate(read):
        for rank, other in _ALTERNATIVES.get(character, ()):
            yield rank, read[:place] + other + read[place + 1 :]
    for place in range(LENGTH - 1):
        if read[place] != read[place + 1]:
            yield 10, read[:place] + read[place + 1] + read[place] + read[place + 2 :]


def _ranked(candidates: Iterable[tuple[int, str]], limit: int) -> list[str]:
    best: dict[str, int] = {}
    for rank, vin in candidates:
        if is_valid(vin):
            best[vin] = min(rank, best.get(vin, rank))
    return sorted(best, key=lambda vin: (_implausible(vin), best[vin], vin))[:limit]


def _implausible(vin: str) -> int:
    """How many things speak against it, beyond the check digit."""
    return (find_maker(wmi_of(vin)) is None) + (vin[9] not in YEAR_CODES) + (not vin[13:].isdigit())
