"""The decoder that needs nothing: what the VIN itself and the register of makers say.

Year, make, manufacturer, kind of vehicle and country; no model. What is not
certain is a list of candidates: a year outside North America, a make whose
maker builds several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from motovault.domain.vehicles.decoding import (
    EMPTY,
    DecodedField,
    DecodedVin,
    number_of,
    one_by_one,
    one_of,
    read_later,
    sure,
)
from motovault.ports import Clock
from motovault.vin import YEAR_CODES, InvalidVin, country_of, find_maker, is_valid, wmi_of
from motovault.vin.year import certain_year, year_candidates

__all__ = ["BasicVinDecoder", "basic_field", "basic_year", "known_maker", "of_register"]

NAME = "basic"


class BasicVinDecoder:
    """Decodes by the register and the year's rule alone; a :class:`~motovault.domain.vehicles.VinDecoder`.

    Args:
        clock: Leaves out model years after next year; without it 30 years of the future are candidates too.

    >>> decoded = BasicVinDecoder().decode("1HGCM82633A123454")
    >>> decoded.make.value, decoded.model_year.value, decoded.country.value
    ('Honda', 2003, 'United States')
    >>> BasicVinDecoder().decode("WVWZZZ1KZ8W000001").model_year.candidates
    (2038, 2008)
    """

    name = NAME

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        return read_later(number_of(vin), NAME, basic_field, self._latest())

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order."""
        return self._answers(one_by_one(vins))

    def _answers(self, given: Iterator[object]) -> Iterator[DecodedVin]:
        latest = self._latest()
        for one in given:
            try:
                number = number_of(one)
            except InvalidVin as error:
                yield DecodedVin.refused(one, error, NAME)
            else:
                yield read_later(number, NAME, basic_field, latest)

    def _latest(self) -> int | None:
        return None if self._clock is None else self._clock.now().year + 1

    def __repr__(self) -> str:
        return "BasicVinDecoder()"


def basic_field(answer: DecodedVin, name: str) -> DecodedField[Any]:
    """One field of an answer of this decoder; its ``raw`` is the latest model year that can be, or None."""
    number = answer.vin or ""
    if name == "model_year":
        return basic_year(number, answer.raw)
    return of_register(number, name)


def basic_year(number: str, latest: int | None) -> DecodedField[int]:
    """The model year where it is certain, else the years that its code can mean.

    Args:
        number: 17 characters.
        latest: No year after this one can be.
    """
    code = number[9] if number[9] in YEAR_CODES else None
    candidates = year_candidates(number, latest)
    maker = known_maker(wmi_of(number))
    year = certain_year(number, maker, is_check_digit_right=is_valid(number), latest=latest)
    if year is not None:
        return sure(year, code)
    # one candidate alone is no certainty: elsewhere position 10 is often no year at all
    return DecodedField(source_value=code, candidates=candidates)


def of_register(number: str, name: str) -> DecodedField[Any]:
    """What the register of makers says of a field that is not the year; empty where it says nothing."""
    if name == "country":
        return _country(number[:2])
    return _of_maker(wmi_of(number), name) if name in _OF_MAKER else EMPTY


_OF_MAKER = ("make", "vehicle_type", "manufacturer")

# A run over many VINs meets the same makers again and again; a field is never changed. No whole VIN is a key.
known_maker = lru_cache(maxsize=16384)(find_maker)


@lru_cache(maxsize=16384)
def _of_maker(wmi: str, name: str) -> DecodedField[str]:
    maker = known_maker(wmi)
    if maker is None:
        return EMPTY
    if name == "make":
        return one_of(maker.makes, "|".join(maker.makes) or None)
    return sure((maker.vehicle_type if name == "vehicle_type" else maker.manufacturer) or None)


@lru_cache(maxsize=2048)
def _country(code: str) -> DecodedField[str]:
    return sure(country_of(code), code)
