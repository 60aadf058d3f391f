"""The vehicle identification number as a value: checked once, then only read."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from motovault.errors import redacted
from motovault.vin.digit import LENGTH, is_valid, is_well_formed
from motovault.vin.errors import InvalidVin, VinLengthWrong, VinNotText
from motovault.vin.findings import VinFinding, check, is_check_digit_law
from motovault.vin.register import Maker, country_of, find_maker, region_of, wmi_of
from motovault.vin.text import compact, require_alphabet
from motovault.vin.year import certain_year, year_candidates

__all__ = ["Vin", "format", "parse"]

_SHORTEST: Final = 5
"""Of the numbers that makers gave as they liked before 1981; fewer characters identify nothing."""


@frozen(repr=False, str=False)
class Vin:
    """A vehicle identification number, made by :func:`parse`.

    A VIN is personal data: ``repr()`` shows only its first three characters,
    so that it does not slip into a log. ``str()`` gives it whole.

    Attributes:
        number: All characters, compact: 17, or 5 to 17 if ``is_pre_standard``.
        is_pre_standard: Given before model year 1981, when every maker had rules
            of its own: it has no parts, no check digit, no model year.
        latest_model_year: No later year is a candidate; None if unlimited.

    >>> vin = parse("1HGCM82633A123454")
    >>> vin.wmi, vin.vds, vin.vis, vin.check_digit, vin.plant, vin.serial
    ('1HG', 'CM8263', '3A123454', '3', 'A', '123454')
    >>> vin.model_year, vin.model_years, vin.country, vin.makes
    (2003, (2033, 2003), 'United States', ('Honda',))
    >>> vin, str(vin)
    (Vin('1HG… (17 characters)'), '1HGCM82633A123454')
    """

    number: str
    is_pre_standard: bool = field(default=False, kw_only=True)
    latest_model_year: int | None = field(default=None, kw_only=True, eq=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.number, str):
            raise VinNotText(self.number)
        if self.is_pre_standard:
            if not _SHORTEST <= len(self.number) <= LENGTH:
                raise VinLengthWrong(self.number, f"is not {_SHORTEST} to {LENGTH} characters long")
            require_alphabet(self.number, pre_standard=True)
        else:
            require_alphabet(self.number)
            if len(self.number) != LENGTH:
                raise VinLengthWrong(self.number, f"is not {LENGTH} characters long")
        if self.number != compact(self.number):
            raise InvalidVin("vin", redacted(self.number), "is not compact; use motovault.vin.parse()")

    def __str__(self) -> str:
        return self.number

    def __repr__(self) -> str:
        return f"Vin({redacted(self.number)!r})"

    @property
    def wmi(self) -> str:
        """World manufacturer identifier: 3 characters, or 6 where the third is 9; empty before 1981."""
        return "" if self.is_pre_standard else wmi_of(self.number)

    @property
    def vds(self) -> str:
        """Vehicle descriptor section: positions 4 to 9."""
        return "" if self.is_pre_standard else self.number[3:9]

    @property
    def vis(self) -> str:
        """Vehicle indicator section: positions 10 to 17."""
        return "" if self.is_pre_standard else self.number[9:]

    @property
    def check_digit(self) -> str:
        """What stands at position 9, right or not."""
        return "" if self.is_pre_standard else self.number[8]

    @property
    def plant(self) -> str:
        """Position 11, the maker's letter for the factory."""
        return "" if self.is_pre_standard else self.number[10]

    @property
    def serial(self) -> str:
        """Positions 12 to 17, the production number; a WMI of six characters has the first three."""
        return "" if self.is_pre_standard else self.number[11:]

    @property
    def is_check_digit_required(self) -> bool:
        """Whether law prescribes the check digit here: North America and China."""
        return not self.is_pre_standard and is_check_digit_law(self.number)

    @property
    def is_check_digit_right(self) -> bool:
        """Whether position 9 is what the others compute to, prescribed or not."""
        return not self.is_pre_standard and is_valid(self.number)

    @property
    def model_year(self) -> int | None:
        """The model year where it is certain, else None; see ``model_years``."""
        if self.is_pre_standard:
            return None
        return certain_year(
            self.number,
            self.maker,
            is_check_digit_right=self.is_check_digit_right,
            latest=self.latest_model_year,
        )

    @property
    def model_years(self) -> tuple[int, ...]:
        """The years that its year code can mean, newest first; outside North America it may have none."""
        return () if self.is_pre_standard else year_candidates(self.number, self.latest_model_year)

    @property
    def maker(self) -> Maker | None:
        """The register's row for ``wmi``, or None."""
        return find_maker(self.wmi)

    @property
    def manufacturer(self) -> str | None:
        """The company, where known."""
        maker = self.maker
        return (maker.manufacturer or None) if maker else None

    @property
    def makes(self) -> tuple[str, ...]:
        """The makes that it can be, commonest first; one if certain, empty if not known."""
        maker = self.maker
        return maker.makes if maker else ()

    @property
    def vehicle_type(self) -> str | None:
        """``car``, ``truck``, ``motorcycle`` ...: what is mostly built under this WMI; None if not known."""
        maker = self.maker
        return (maker.vehicle_type or None) if maker else None

    @property
    def region(self) -> str | None:
        """The part of the world that gave out the WMI."""
        return None if self.is_pre_standard else region_of(self.number)

    @property
    def country(self) -> str | None:
        """The country that gave out the WMI (ISO 3780), in English."""
        return None if self.is_pre_standard else country_of(self.number)

    @property
    def findings(self) -> tuple[VinFinding, ...]:
        """What :func:`check` says; nothing before 1981."""
        return () if self.is_pre_standard else check(self.number)


def parse(text: str, *, pre_standard: bool = False, latest_model_year: int | None = None) -> Vin:
    """A VIN from what somebody typed: blanks and dashes are removed, letters capitalised.

    A wrong check digit is no error here, as it is lawful in most of the world:
    ask ``Vin.findings``.

    Args:
        text: As typed.
        pre_standard: Accept 5 to 17 letters and digits of the time before 1981 too.
            What is well formed as a VIN of today is still read as one.
        latest_model_year: Leave out candidate years after this one; a caller with
            a calendar gives next year.

    Raises:
        VinNotText: Not a ``str``.
        VinCharacterNotAllowed: A character cannot stand in a VIN; the error names it
            and its position in ``text``.
        VinLengthWrong: Not 17 characters (5 to 17).

    >>> parse("1hg-cm82633a123454").model_year
    2003
    >>> parse("12437-9N-000001", pre_standard=True).number
    '124379N000001'
    >>> parse("1HGCM82633A12345")
    Traceback (most recent call last):
    ...
    motovault.vin.errors.VinLengthWrong: vin: '1HG… (16 characters)' is not 17 characters long
    """
    require_alphabet(text, pre_standard=True)
    compacted = compact(text)
    if pre_standard and not is_well_formed(compacted):
        return Vin(compacted, is_pre_standard=True)
    require_alphabet(text)
    return Vin(compacted, latest_model_year=latest_model_year)


def format(vin: Vin | str, separator: str = " ") -> str:
    """The VIN in its three sections, to be read and compared by eye: WMI, VDS, VIS.

    :func:`parse` takes it back. A number from before 1981 stays in one piece.

    >>> format("1M8GDM9AXKP042788")
    '1M8 GDM9AX KP042788'
    """
    number = vin if isinstance(vin, Vin) else parse(vin, pre_standard=True)
    if number.is_pre_standard:
        return number.number
    return separator.join((number.number[:3], number.vds, number.vis))
