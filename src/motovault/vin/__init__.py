"""Vehicle identification numbers: read, check, repair, decode; offline and pure.

``parse`` gives a :class:`Vin` or a clear error; ``check`` lists what is odd,
as data; ``is_valid`` is the bare rule, fast; ``are_valid`` the same over a
column; ``suggest`` repairs misread ones. A VIN is personal data: no error, no
finding and no ``repr`` here holds a whole one.

Sources: 49 CFR part 565, ISO 3779, ISO 3780; makers from NHTSA's register and
a list of our own (see the first line of ``wmi.tsv``).

>>> from motovault import vin
>>> vin.parse("1HGCM82633A123454").makes
('Honda',)
"""

from motovault.vin.column import are_valid
from motovault.vin.digit import ALPHABET, LENGTH, check_digit, is_valid, is_well_formed, with_check_digit
from motovault.vin.errors import InvalidVin, VinCharacterNotAllowed, VinLengthWrong, VinNotText
from motovault.vin.findings import FindingCode, VinFinding, check, is_check_digit_law
from motovault.vin.number import Vin, format, parse
from motovault.vin.register import Maker, country_of, find_maker, region_of, wmi_of
from motovault.vin.repair import suggest
from motovault.vin.text import compact
from motovault.vin.year import YEAR_CODES

__all__ = [
    "ALPHABET",
    "LENGTH",
    "YEAR_CODES",
    "FindingCode",
    "InvalidVin",
    "Maker",
    "Vin",
    "VinCharacterNotAllowed",
    "VinFinding",
    "VinLengthWrong",
    "VinNotText",
    "are_valid",
    "check",
    "check_digit",
    "compact",
    "country_of",
    "find_maker",
    "format",
    "is_check_digit_law",
    "is_valid",
    "is_well_formed",
    "parse",
    "region_of",
    "suggest",
    "with_check_digit",
    "wmi_of",
]
