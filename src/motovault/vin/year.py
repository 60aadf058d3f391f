"""The model year that a VIN can mean.

Position 10 repeats every 30 years. Position 7 tells the cycle, but only by
American law and only for light vehicles, so the answer is candidates, and one
year only where it is sure.
Source: 49 CFR 565.15, table VII and its note; Ford of Europe and of Australia
write the year at position 11.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from motovault.vin.digit import is_valid
from motovault.vin.register import Maker

__all__ = ["YEAR_CODES", "certain_year", "year_candidates"]

YEAR_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""From 1980 and again from 2010; U, Z and 0 are never used."""

_YEAR_AT_POSITION_11: Final = frozenset(("6FP", "NM0", "SFA", "VS6", "WF0", "XLC"))
"""Ford outside America; position 10 is its plant."""


def year_candidates(vin: str, latest: int | None = None) -> tuple[int, ...]:
    """The model years that a VIN can mean, newest first; empty where it has no year code.

    Position 10 says it, or position 11 for Ford outside America: then position
    10 counts only beside it, and with a right check digit, as on what it
    builds for America.

    Args:
        vin: 17 characters.
        latest: No year after this one is a candidate.

    >>> year_candidates("1M8GDM9AXKP042788"), year_candidates("1M8GDM9AXKP042788", latest=2018)
    ((2019, 1989), (1989,))
    """
    codes = vin[9]
    if vin[:3] in _YEAR_AT_POSITION_11:
        codes = vin[9:11] if is_valid(vin) else vin[10]
    return _years(codes, latest)


@lru_cache(maxsize=4096)
def _years(codes: str, latest: int | None) -> tuple[int, ...]:
    # the same few texts again and again in a long list of VINs
    places = {place for code in codes if (place := YEAR_CODES.find(code)) >= 0}
    years = sorted((start + place for start in (1980, 2010) for place in places), reverse=True)
    return tuple(year for year in years if latest is None or year <= latest)


def certain_year(
    vin: str, maker: Maker | None, *, is_check_digit_right: bool, latest: int | None = None
) -> int | None:
    """The model year where it is sure, else None.

    Sure means: a North American identifier (elsewhere position 10 is often
    something else, and who knows whether it is), a right check digit (else a
    character may be misread), and either a light vehicle, whose position 7
    tells the cycle, or only one candidate not after ``latest``. Serials that
    end in letters are not in the American form either.
    """
    candidates = year_candidates(vin, latest)
    if vin[0] not in "12345" or not is_check_digit_right or not vin[13:].isdigit():
        return None
    if maker is not None and maker.position_7_decides and vin[12].isdigit():
        # Both years of the cycle, whatever ``latest`` leaves: a year told but ruled out is a contradiction.
        newer_and_older = year_candidates(vin)
        told = newer_and_older[1 if vin[6].isdigit() else 0] if newer_and_older else None
        return told if told in candidates else None
    return candidates[0] if len(candidates) == 1 else None
