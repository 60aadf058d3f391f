"""The model year that a VIN can mean.

Position 10 repeats every 30 years. Position 7 tells the cycle, but only by
American law and only for light vehicles, so the answer is candidates, and one
year only where it is sure.
Source: 49 CFR 565.15, table VII and its note.
"""

from __future__ import annotations

from typing import Final

from motovault.vin.register import Maker

__all__ = ["YEAR_CODES", "certain_year", "year_candidates"]

YEAR_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""From 1980 and again from 2010; U, Z and 0 are never used."""


def year_candidates(vin: str, latest: int | None = None) -> tuple[int, ...]:
    """The model years that position 10 can mean, newest first; empty where it is no year code.

    Args:
        vin: 17 characters.
        latest: No year after this one is a candidate.

    >>> year_candidates("1M8GDM9AXKP042788"), year_candidates("1M8GDM9AXKP042788", latest=2018)
    ((2019, 1989), (1989,))
    """
    place = YEAR_CODES.find(vin[9])
    if place < 0:
        return ()
    return tuple(year for year in (2010 + place, 1980 + place) if latest is None or year <= latest)


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
