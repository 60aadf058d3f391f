"""Decoded values against the catalogue: which of its options each one is.

The cascade goes down, as a person chooses: the years of the catalogue, the
makes of the year, the models of the make, and so on. Below what the catalogue
does not have there is nothing to compare with; what the VIN does not tell is
passed over, and so is what the catalogue says nothing about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, Protocol, cast

import attrs

from motovault.domain.matching import Confidence, OptionMatch, Options
from motovault.domain.vehicles.decoding import (
    OF_VEHICLE,
    DecodedField,
    DecodedVin,
    Fields,
    VinDecoder,
    read_later,
)

__all__ = ["CatalogueVinDecoder", "KnowsOptions", "matched"]

_REMEMBERED: Final = 20_000
"""Lists of options kept during one run over many VINs."""

_COMPARED: Final = 4_000
"""Answers kept during one run, compared: VINs of one model and year mostly differ in the serial only."""


class KnowsOptions(Protocol):
    """What of a catalogue is needed to compare with it."""

    def options(self, field: str, chosen: Mapping[str, Any], /) -> Sequence[int] | Sequence[str]:
        """The options of one field under what is chosen above it.

        Args:
            field: ``model_year``, ``make``, ``model``, ``trim``, ``engine`` or ``transmission``.
            chosen: The catalogue's own values of fields that stand before it in this order. Of a year that
                the VIN leaves open a tuple of those that it can be. Another that the VIN does not tell is
                missing: then the options of all of them, or none, as the catalogue can.

        Returns:
            Empty where the catalogue says nothing of this field: then there is nothing to compare with.
        """
        ...


_told: Final = cast("Callable[[DecodedVin], tuple[DecodedField[Any], ...]]", attrgetter(*OF_VEHICLE))


class CatalogueVinDecoder:
    """Another decoder's answers, with each value that the catalogue has options for compared with it.

    Where the catalogue is empty, they stay as they are.

    Args:
        decoder: Who decodes.
        catalogue: Who knows the options. A run over many VINs asks for each list once or seldom more.
    """

    def __init__(self, decoder: VinDecoder, catalogue: KnowsOptions) -> None:
        self._decoder = decoder
        self._catalogue = catalogue

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        return _compared(self._decoder.decode(vin), _Remembering(self._catalogue))

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order."""
        answers = self._decoder.decode_many(vins)  # which refuses a single text, now
        return self._all_compared(answers)

    def _all_compared(self, answers: Iterable[DecodedVin]) -> Iterator[DecodedVin]:
        catalogue = _Remembering(self._catalogue)
        for answer in answers:
            yield _compared(answer, catalogue)

    def __repr__(self) -> str:
        return f"CatalogueVinDecoder({self._decoder!r})"


class _Remembering:
    """A catalogue that is asked the same thing once, its lists made ready to be asked about many values."""

    def __init__(self, catalogue: KnowsOptions) -> None:
        self._catalogue = catalogue
        self._kept: dict[tuple[object, ...], Options | frozenset[Any]] = {}
        self._compared: dict[tuple[DecodedField[Any], ...], dict[str, DecodedField[Any]]] = {}

    def compared(self, fields: tuple[DecodedField[Any], ...]) -> dict[str, DecodedField[Any]]:
        """The fields of a vehicle, in their order, after the comparison; the caller's own."""
        try:
            found = self._compared.get(fields)
        except TypeError:  # a host's decoder may tell what cannot be a key
            return _of_vehicle(dict(zip(OF_VEHICLE, fields, strict=True)), self)
        if found is None:
            if len(self._compared) >= _COMPARED:
                self._compared.clear()
            found = _of_vehicle(dict(zip(OF_VEHICLE, fields, strict=True)), self)
            self._compared[fields] = found
        return dict(found)

    def options(self, field: str, chosen: Mapping[str, Any], /) -> Any:
        """Years as a set; names as :class:`Options`."""
        key = (field, *chosen.items())
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _REMEMBERED:
                self._kept.clear()
            listed = self._catalogue.options(field, chosen)
            if field == "model_year":
                found = frozenset(listed)
            else:
                found = Options(map(str, listed), any_order=field in ("engine", "transmission"))
            self._kept[key] = found
        return found


def matched(fields: Fields, catalogue: KnowsOptions) -> Fields:
    """The same fields; those that the catalogue has options for with its own value and the confidence."""
    return {**fields, **_of_vehicle(fields, _Remembering(catalogue))}


def _compared(answer: DecodedVin, catalogue: _Remembering) -> DecodedVin:
    if answer.vin is None or not catalogue.options("model_year", {}):
        return answer
    compared = catalogue.compared(_told(answer))
    return read_later(answer.vin, answer.decoder, _as_decoded, answer, compared)


def _as_decoded(compared: DecodedVin, name: str) -> DecodedField[Any]:
    """What no catalogue lists, as the decoder said it."""
    found: DecodedField[Any] = getattr(compared.raw, name)
    return found


def _of_vehicle(fields: Fields, catalogue: _Remembering) -> dict[str, DecodedField[Any]]:
    new: dict[str, DecodedField[Any]] = {}
    chosen: dict[str, Any] = {}
    is_lost = False
    for name in OF_VEHICLE:
        field = new[name] = fields[name]
        if field.value is None:
            if name == "model_year" and field.candidates and (can_be := catalogue.options(name, chosen)):
                chosen[name] = tuple(year for year in field.candidates if year in can_be)
                is_lost = not chosen[name]
            continue
        if is_lost:
            new[name] = attrs.evolve(field, value=None, confidence=Confidence.NONE)
            continue
        options = catalogue.options(name, chosen)
        if not options:
            continue
        new[name] = _matched(field, options)
        if new[name].value is None:
            is_lost = True
        else:
            chosen[name] = new[name].value
    return new


def _matched(field: DecodedField[Any], options: Options | frozenset[Any]) -> DecodedField[Any]:
    if isinstance(options, Options):
        found: OptionMatch = options.match(field.source_value, str(field.value))
        value, confidence, candidates = found.value, found.confidence, found.candidates
    else:
        is_there = field.value in options
        value, candidates = (field.value if is_there else None), ()
        confidence = Confidence.HIGH if is_there else Confidence.NONE
    return DecodedField(
        value=value, source_value=field.source_value, confidence=confidence, candidates=candidates
    )
