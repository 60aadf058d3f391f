"""Who builds under which world manufacturer identifier, and in which country it was given out.

Both tables are readable files beside this module, with their source on line
one; they are read once, when first asked. The country follows from the first
two characters (ISO 3780), never from the register, which names the
registrant's country.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from attrs import frozen

__all__ = ["Maker", "country_of", "find_maker", "region_of", "wmi_of"]

REGIONS: Final = (
    ("ABCDEFGH", "Africa"),
    ("JKLMNPR", "Asia"),
    ("STUVWXYZ", "Europe"),
    ("12345", "North America"),
    ("67", "Oceania"),
    ("89", "South America"),
)
_SECOND: Final = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"
"""ISO 3780 counts the second character in this order."""


@frozen
class Maker:
    """One row of the register.

    Attributes:
        wmi: Three characters, or six (1 to 3 and 12 to 14) for makers of fewer than 1,000 vehicles a year.
        vehicle_type: ``car``, ``mpv``, ``truck``, ``bus``, ``motorcycle``, ``trailer``, ``incomplete``,
            ``low-speed`` or ``off-road``; the commonest where it builds several; empty if not known.
        position_7_decides: Whether position 7 tells the 30-year cycle of the model year: light vehicles only.
        makes: Names that its vehicles carry, commonest first; never empty unless nobody recorded any.
        manufacturer: The company.
    """

    wmi: str
    vehicle_type: str
    position_7_decides: bool
    makes: tuple[str, ...]
    manufacturer: str


def wmi_of(vin: str) -> str:
    """The world manufacturer identifier of 17 characters: three, or six where the third is 9.

    >>> wmi_of("1M8GDM9AXKP042788"), wmi_of("YT9NN1U14KA007001")
    ('1M8', 'YT9007')
    """
    return vin[:3] + vin[11:14] if vin[2:3] == "9" else vin[:3]


def find_maker(wmi: str) -> Maker | None:
    """The row of an identifier, or None where the table has none.

    >>> find_maker("1HD").makes
    ('Harley-Davidson', 'Livewire')
    """
    line = _makers().get(wmi)
    if line is None:
        return None
    kind, seven, makes, manufacturer = line.split("\t")
    return Maker(wmi, kind, bool(seven), tuple(makes.split("|")) if makes else (), manufacturer)


def region_of(vin: str) -> str | None:
    """The part of the world whose registry gave out the identifier; None for a first character 0.

    7 is Oceania by the standard, though the United States were given 7F to 70.

    >>> region_of("WVWZZZ1KZ8W000001")
    'Europe'
    """
    return next((region for characters, region in REGIONS if vin[:1] and vin[0] in characters), None)


def country_of(vin: str) -> str | None:
    """The country that gave out the identifier (ISO 3780), in English; None where nobody has been given it.

    It is where the maker registered, not always where the vehicle was built.

    >>> country_of("WVWZZZ1KZ8W000001"), country_of("7SA")
    ('Germany', 'United States')
    """
    return _countries().get(vin[:2])


@cache
def _makers() -> dict[str, str]:
    # The rest of each line stays text: a run rarely asks for more than a few of the thousands.
    return {wmi: rest for wmi, _, rest in (line.partition("\t") for line in _lines("wmi.tsv"))}


@cache
def _countries() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _lines("countries.tsv"):
        first, start, end, country = line.split("\t")
        for second in _SECOND[_SECOND.index(start) : _SECOND.index(end) + 1]:
            table[first + second] = country
    return table


def _lines(name: str) -> list[str]:
    text = files("motovault.vin").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
