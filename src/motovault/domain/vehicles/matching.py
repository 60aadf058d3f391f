"""Decoded values against the catalogue: which of its options each one is.

The cascade goes down, as a person chooses: the years of the catalogue, the
makes of the year, the models of the make, and so on. Below what the catalogue
does not have there is nothing to compare with; what the VIN does not tell is
passed over.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

import attrs

from motovault.domain.vehicles.decoding import (
    OF_VEHICLE,
    Confidence,
    DecodedField,
    DecodedVin,
    Fields,
    VinDecoder,
)

__all__ = ["CatalogueVinDecoder", "KnowsOptions", "matched"]

_REMEMBERED: Final = 4096
"""Lists of options kept during one run over many VINs."""


class KnowsOptions(Protocol):
    """What of a catalogue is needed to compare with it."""

    def options(self, field: str, chosen: Mapping[str, Any], /) -> Sequence[str | int]:
        """The options of one field under what is chosen above it; empty if there are none.

        Args:
            field: ``model_year``, ``make``, ``model``, ``trim``, ``engine`` or ``transmission``.
            chosen: The catalogue's own values of fields that stand before it in this order. One that the
                VIN does not tell is missing: then the options of all of them, or none, as the catalogue can.
        """
        ...


class CatalogueVinDecoder:
    """Another decoder's answers, with each value that the catalogue has options for compared with it.

    Args:
        decoder: Who decodes.
        catalogue: Who knows the options. A run over many VINs asks for each list once or seldom more.
    """

    def __init__(self, decoder: VinDecoder, catalogue: KnowsOptions) -> None:
        self._decoder = decoder
        self._catalogue = catalogue

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        return _compared(self._decoder.decode(vin), self._catalogue)

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order."""
        remembering = _Remembering(self._catalogue)
        return (_compared(answer, remembering) for answer in self._decoder.decode_many(vins))

    def __repr__(self) -> str:
        return f"CatalogueVinDecoder({self._decoder!r})"


class _Remembering:
    """A catalogue that is asked the same thing once."""

    def __init__(self, catalogue: KnowsOptions) -> None:
        self._catalogue = catalogue
        self._kept: dict[tuple[object, ...], Sequence[str | int]] = {}

    def options(self, field: str, chosen: Mapping[str, Any], /) -> Sequence[str | int]:
        key = (field, *chosen.items())
        if key not in self._kept:
            if len(self._kept) >= _REMEMBERED:
                self._kept.clear()
            self._kept[key] = self._catalogue.options(field, chosen)
        return self._kept[key]


def _compared(answer: DecodedVin, catalogue: KnowsOptions) -> DecodedVin:
    if answer.vin is None:
        return answer
    return DecodedVin.of(answer.vin, matched(answer.fields, catalogue), answer.decoder)


def matched(fields: Fields, catalogue: KnowsOptions) -> Fields:
    """The same fields; those that the catalogue has options for with its own value and the confidence."""
    new = dict(fields)
    chosen: dict[str, Any] = {}
    is_lost = False
    for name in OF_VEHICLE:
        field = new[name]
        if field.value is None:
            continue
        if is_lost:
            new[name] = attrs.evolve(field, value=None, confidence=Confidence.NONE)
            continue
        new[name] = _matched(name, field, catalogue.options(name, dict(chosen)))
        if new[name].value is None:
            is_lost = True
        else:
            chosen[name] = new[name].value
    return new


def _matched(name: str, field: DecodedField[Any], options: Sequence[str | int]) -> DecodedField[Any]:
    if name == "model_year":
        found = [option for option in options if option == field.value]
        return _with(field, found, Confidence.HIGH)
    texts = [str(option) for option in options]
    for written in (field.source_value, field.value):
        if written is not None:
            exact = [text for text in texts if text.casefold() == str(written).casefold()]
            if len(exact) == 1:
                return _with(field, exact, Confidence.HIGH)
    wanted = {_normal(name, str(text)) for text in (field.source_value, field.value) if text is not None}
    return _with(field, [text for text in texts if _normal(name, text) in wanted], Confidence.MEDIUM)


def _with(field: DecodedField[Any], found: list[Any], confidence: Confidence) -> DecodedField[Any]:
    if len(found) == 1:
        return attrs.evolve(field, value=found[0], confidence=confidence, candidates=())
    # several options that differ by case or a dash alone: which of them, nobody can tell
    return attrs.evolve(field, value=None, confidence=Confidence.NONE, candidates=tuple(found))


def _normal(name: str, text: str) -> str:
    """Without case, accents, blanks and marks; of engines and transmissions the words in any order.

    >>> _normal("make", "Citroën "), _normal("model", "F-150"), _normal("engine", "V6 3.0L")
    ('citroen', 'f150', '0l 3 v6')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    if name in ("engine", "transmission"):
        return " ".join(sorted(letters.split()))
    return "".join(letters.split())
