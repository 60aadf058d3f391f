"""How people, pumps and other programs spell units.

Only spellings that can mean one thing are read; a bare "gallon" or "mpg" is
ambiguous by a fifth, so it is refused with the two choices.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from motovault.quantities.errors import UnknownUnit

__all__ = [
    "AMOUNT_SPELLINGS",
    "DISTANCE_SPELLINGS",
    "ECONOMY_SPELLINGS",
    "ENERGY_SPELLINGS",
    "LENGTH_SPELLINGS",
    "MASS_SPELLINGS",
    "VOLUME_SPELLINGS",
    "Spellings",
    "fold",
    "is_text",
    "read",
]

_MAX_TEXT: Final = 60

Spellings = Mapping[str, tuple[str, ...]]
"""Folded spelling to the symbols it may mean; more than one is ambiguous."""


def _table(rows: Mapping[str, str]) -> Spellings:
    table: dict[str, tuple[str, ...]] = {}
    for symbol, spellings in rows.items():
        for spelling in (symbol, *spellings.split(", ")):
            key = fold(spelling)
            if symbol not in table.get(key, ()):
                table[key] = (*table.get(key, ()), symbol)
    return MappingProxyType(table)


_LOOSE: Final = str.maketrans(dict.fromkeys("_-().,\t\n\r\xa0", " "))


def is_text(value: object) -> bool:
    """Whether it is text at all: what a caller passes is not always what the types say."""
    return isinstance(value, str)


def fold(text: str) -> str:
    """Case, brackets, dots, dashes and repeated blanks do not matter in a spelling.

    >>> fold("Gal. (US)")
    'gal us'
    """
    return " ".join(text.translate(_LOOSE).casefold().split()).replace(" /", "/").replace("/ ", "/")


def read(text: str, spellings: Spellings, field: str, rule: str) -> str:
    """The symbol that this spelling means.

    Args:
        text: What was written.
        spellings: The table to look in.
        field: What the unit is called where it came from; the error says it.
        rule: What would have been right, for the error.

    Raises:
        UnknownUnit: It means none of them, or more than one.
    """
    if not is_text(text) or len(text) > _MAX_TEXT:
        raise UnknownUnit(text, (), field, rule)
    found = spellings.get(fold(text), ())
    if len(found) > 1:
        raise UnknownUnit(text, found, field, "names two units")
    if not found:
        close = difflib.get_close_matches(fold(text), spellings, n=3, cutoff=0.6)
        near = tuple(dict.fromkeys(symbol for spelling in close for symbol in spellings[spelling]))
        raise UnknownUnit(text, near, field, rule)
    return found[0]


DISTANCE_SPELLINGS: Final = _table(
    {
        "mi": "mile, miles, mis, statute mile, statute miles",
        "km": "kms, kilometre, kilometres, kilometer, kilometers",
        "nmi": "nm, nautical mile, nautical miles, sea mile, sea miles",
        "h": "hr, hrs, hour, hours, engine hours, engine hour",
    }
)

_US: Final = (
    "us gal, gal us, usgal, us gals, gals us, us gallon, us gallons, gallon us, gallons us, gal usa, "
    "u s gallon, u s gallons, u s gal"
)
_IMPERIAL: Final = (
    "imp gal, gal imp, impgal, imperial gallon, imperial gallons, gallon imperial, gallons imperial, "
    "gal imperial, uk gal, gal uk, uk gallon, uk gallons, gallon uk, gallons uk, imp gallon, imp gallons, "
    "gallons imp, ukgal"
)
_BARE: Final = "gal, gals, gallon, gallons"

AMOUNT_SPELLINGS: Final = _table(
    {
        "us_gal": f"{_US}, {_BARE}",
        "imp_gal": f"{_IMPERIAL}, {_BARE}",
        "L": "l, lt, ltr, ltrs, litre, litres, liter, liters",
        "kg": "kgs, kilo, kilos, kilogram, kilograms, kilogramme, kilogrammes",
        "kWh": "kwhs, kw h, kilowatt hour, kilowatt hours, kilowatthour, kilowatthours",
    }
)

LENGTH_SPELLINGS: Final[Spellings] = MappingProxyType(
    {
        **_table(
            {
                "m": "metre, metres, meter, meters",
                "mm": "millimetre, millimetres, millimeter, millimeters",
                "ft": "foot, feet",
                "in": "inch, inches",
            }
        ),
        **DISTANCE_SPELLINGS,
    }
)

VOLUME_SPELLINGS: Final[Spellings] = MappingProxyType(
    {
        **_table(
            {
                "mL": "millilitre, millilitres, milliliter, milliliters",
                "us_qt": "us quart, us quarts, quart us, quarts us",
                "us_fl_oz": "us fluid ounce, us fluid ounces",
                "imp_pt": "imperial pint, imperial pints, uk pint, uk pints",
            }
        ),
        **AMOUNT_SPELLINGS,
    }
)

MASS_SPELLINGS: Final[Spellings] = MappingProxyType(
    {**_table({"lb": "lbs, pound, pounds"}), **AMOUNT_SPELLINGS}
)

ENERGY_SPELLINGS: Final[Spellings] = MappingProxyType(
    {**_table({"MJ": "megajoule, megajoules", "Wh": "watt hour, watt hours"}), **AMOUNT_SPELLINGS}
)

ECONOMY_SPELLINGS: Final = _table(
    {
        "mpg_us": "mpg, us mpg, mpg us, mpg usa, miles per us gallon, mi/us gal, mi/gal us",
        "mpg_uk": "mpg, uk mpg, mpg uk, mpg imp, imp mpg, imperial mpg, mpg imperial, "
        "miles per imperial gallon",
        "mpge": "mpg e, mpg equivalent",
        "L/100km": "l/100 km, l/100, l per 100 km, litres per 100 km, liters per 100 km, litres/100km, "
        "liters/100km, l per 100km",
        "L/100mi": "l/100 mi, litres per 100 miles, liters per 100 miles",
        "L/100nmi": "l/100 nmi",
        "km/L": "kpl, kmpl, km/litre, km/liter, km per litre, km per liter",
        "mi/L": "miles/litre, miles/liter, miles per litre, miles per liter, mpl",
        "us_gal/100km": "us gal/100 km",
        "us_gal/100nmi": "us gal/100 nmi",
        "imp_gal/100km": "imp gal/100 km, uk gal/100 km",
        "imp_gal/100nmi": "imp gal/100 nmi, uk gal/100 nmi",
        "kWh/100nmi": "kwh/100 nmi",
        "kg/100nmi": "kg/100 nmi",
        "us_gal/100mi": "us gal/100 mi, us gallons per 100 miles, gal us/100 mi",
        "imp_gal/100mi": "imp gal/100 mi, uk gal/100 mi",
        "km/us_gal": "km/gal us, km per us gallon",
        "km/imp_gal": "km/gal imp, km/gal uk",
        "nmi/us_gal": "nmi/gal us",
        "nmi/imp_gal": "nmi/gal uk",
        "nmi/L": "nmi/litre",
        "nmi/kg": "nmi per kg",
        "nmi/kWh": "nmi per kwh",
        "mi/kWh": "miles/kwh, miles per kwh",
        "km/kWh": "km per kwh",
        "kWh/100mi": "kwh/100 mi, kwh per 100 miles",
        "kWh/100km": "kwh/100 km, kwh/100, kwh per 100 km",
        "Wh/mi": "wh/mile, wh per mile",
        "Wh/km": "wh per km",
        "kg/100km": "kg/100 km, kg per 100 km",
        "kg/100mi": "kg/100 mi, kg per 100 miles",
        "km/kg": "km per kg",
        "mi/kg": "miles/kg, miles per kg",
        "L/h": "l/hr, l/hour, litres per hour, liters per hour, lph",
        "us_gal/h": "us gal/hr, us gph, gph us, us gallons per hour",
        "imp_gal/h": "imp gal/hr, uk gph, imp gph",
        "kg/h": "kg/hr, kg per hour",
        "kWh/h": "kwh/hr, kwh per hour",
        "h/us_gal": "hr/us gal, hours per us gallon",
        "h/imp_gal": "hr/imp gal, hours per imperial gallon",
        "h/L": "hr/l, hours per litre, hours per liter",
        "h/kg": "hr/kg, hours per kg",
        "h/kWh": "hr/kwh, hours per kwh",
    }
)
