"""What a VIN tells of its vehicle: the decoder's port, and the answer that every decoder gives.

A field has a value only where the decoder is sure of one. What could be
several things is a list of candidates without a value: a vehicle is never
filled from a guess.

Confidence is about the catalogue: ``high`` means that the value is one of its
options, letter for letter but for case, ``medium`` that it is one after
normalising, ``none`` that it is not, and then there is no value. Where there
is no catalogue to agree with, nothing is ``high``: a value is ``medium``.
Source: the domain rules, section platform (stated); without a catalogue: ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final, Generic, Protocol, TypeVar

import attrs

from motovault import vin as vins
from motovault.domain.loading import loader
from motovault.domain.matching import Confidence
from motovault.errors import InvalidValue, redacted
from motovault.vin import InvalidVin, VinFinding
from motovault.vin.column import listed

__all__ = [
    "EMPTY",
    "FIELDS",
    "OF_VEHICLE",
    "Confidence",
    "DecodedField",
    "DecodedVin",
    "Fields",
    "VinDecoder",
    "number_of",
    "one_by_one",
    "one_of",
    "read_later",
    "sure",
]

OF_VEHICLE: Final = ("model_year", "make", "model", "trim", "engine", "transmission")
"""Fields that a vehicle has a place for, in the order of the catalogue's cascade."""

FIELDS: Final = (
    *OF_VEHICLE,
    *("body", "drive", "fuel_type", "vehicle_type", "manufacturer", "country"),
)
"""All fields of an answer, in the order in which they are shown."""

_ONE_TEXT: Final = (str, bytes, bytearray)
_LONGEST_SHOWN: Final = 64
_LONGEST_DETAIL: Final = 100
"""What a vehicle's text columns hold."""

T = TypeVar("T", str, int)


@attrs.frozen(kw_only=True, weakref_slot=False)
class DecodedField(Generic[T]):
    """One thing that a VIN tells.

    Attributes:
        value: What it is; None where the confidence is ``none``.
        source_value: What the decoder read, to the letter; None where it read nothing.
        confidence: See :class:`Confidence`.
        candidates: What it can be where that is several things, likeliest first; a year the newest first.
    """

    value: T | None = None
    source_value: str | None = None
    confidence: Confidence = Confidence.NONE
    candidates: tuple[T, ...] = ()


Fields = Mapping[str, DecodedField[Any]]
"""A field of each name in :data:`FIELDS`."""

EMPTY: Final[DecodedField[Any]] = DecodedField()
"""A field that the VIN says nothing about."""


@attrs.frozen(kw_only=True, weakref_slot=False, repr=False, eq=False)
class DecodedVin:
    """What a decoder made of one VIN, or why it is none.

    Each field is worked out when it is first asked for. ``repr()`` shows no
    whole VIN; :meth:`as_dict` has it.

    Attributes:
        vin: The 17 characters, compact; None where what was given is no VIN.
        decoder: Who says so: ``basic``, or ``vpic`` and the month of its data.
        error: Why it is no VIN; None for one.
        given: What was given.
        raw: What the decoder keeps to work the fields out.
    """

    vin: str | None = None
    decoder: str = ""
    error: InvalidVin | None = None
    given: object = None
    raw: Any = None
    _read: Callable[[DecodedVin, str], DecodedField[Any]] | None = None
    _found: dict[str, DecodedField[Any]] = attrs.field(factory=dict, alias="found")

    @classmethod
    def of(cls, vin: str, fields: Fields, decoder: str) -> DecodedVin:
        """An answer whose fields are known; those that are left out are empty.

        Raises InvalidValue for a field that there is not.
        """
        for name in fields:
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise InvalidValue("field", name, f"is no field of a decoded VIN; there are {known}")
        return cls(vin=vin, decoder=decoder, given=vin, found=dict(fields))

    @classmethod
    def refused(cls, given: object, error: InvalidVin, decoder: str) -> DecodedVin:
        """The answer about what is no VIN: every field empty."""
        return cls(decoder=decoder, error=error, given=given)

    @property
    def fields(self) -> Fields:
        """Every field, by its name."""
        return {name: self._field(name) for name in FIELDS}

    def _field(self, name: str) -> DecodedField[Any]:
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = EMPTY if self._read is None else self._read(self, name)
        return found

    @property
    def model_year(self) -> DecodedField[int]:
        """The model year, not the year of building."""
        return self._field("model_year")

    @property
    def make(self) -> DecodedField[str]:
        """The make that the vehicle carries."""
        return self._field("make")

    @property
    def model(self) -> DecodedField[str]:
        """The model."""
        return self._field("model")

    @property
    def trim(self) -> DecodedField[str]:
        """The trim level."""
        return self._field("trim")

    @property
    def engine(self) -> DecodedField[str]:
        """The engine in short: ``3.0L V6``."""
        return self._field("engine")

    @property
    def transmission(self) -> DecodedField[str]:
        """The transmission in short: ``5-Speed Automatic``."""
        return self._field("transmission")

    @property
    def body(self) -> DecodedField[str]:
        """The body: ``Coupe``."""
        return self._field("body")

    @property
    def drive(self) -> DecodedField[str]:
        """Which wheels are driven: ``FWD``."""
        return self._field("drive")

    @property
    def fuel_type(self) -> DecodedField[str]:
        """What it burns, in the words of fuel logs where they have one: ``gasoline``."""
        return self._field("fuel_type")

    @property
    def vehicle_type(self) -> DecodedField[str]:
        """``car``, ``mpv``, ``truck``, ``bus``, ``motorcycle``, ``trailer`` and so on."""
        return self._field("vehicle_type")

    @property
    def manufacturer(self) -> DecodedField[str]:
        """The company."""
        return self._field("manufacturer")

    @property
    def country(self) -> DecodedField[str]:
        """Where the maker registered (ISO 3780), which need not be where the vehicle was built."""
        return self._field("country")

    @property
    def findings(self) -> tuple[VinFinding, ...]:
        """What is odd about the VIN itself: :func:`motovault.vin.check`."""
        return vins.check(self.given if self.vin is None else self.vin)

    def details(self) -> dict[str, str | int]:
        """The values that a vehicle has a place for and that fit there, by the names of its fields."""
        values = ((name, self._field(name).value) for name in OF_VEHICLE)
        return {
            name: value
            for name, value in values
            if value is not None and not (isinstance(value, str) and len(value) > _LONGEST_DETAIL)
        }

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, for JSON; with the whole VIN, which is personal.

        :meth:`from_dict` takes it back, unless it is about what is no VIN.
        """
        return {
            "vin": self.vin,
            "given": _cut(self.given),
            "decoder": self.decoder,
            "error": None if self.error is None else str(self.error),
            "fields": {
                name: {
                    "value": field.value,
                    "source_value": field.source_value,
                    "confidence": field.confidence.value,
                    "candidates": list(field.candidates),
                }
                for name, field in self.fields.items()
            },
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> DecodedVin:
        """An answer out of what :meth:`as_dict` gave.

        Raises InvalidValue where that is not what it was given.
        """
        try:
            vin, decoder, fields = kept["vin"], kept["decoder"], kept["fields"]
            if not (isinstance(vin, str) and vins.is_well_formed(vin) and isinstance(decoder, str)):
                raise InvalidValue("decoded", sorted(kept), "has no VIN and decoder")
            read = {name: _field(name, fields[name]) for name in FIELDS}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidValue("decoded", type(kept).__name__, "is not what as_dict() gives") from error
        return cls(vin=vin, decoder=decoder, given=vin, found=read)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DecodedVin):
            return NotImplemented
        mine, theirs = (
            (one.vin, one.decoder, str(one.error), one.given if one.vin is None else None, one.fields)
            for one in (self, other)
        )
        return mine == theirs

    def __hash__(self) -> int:
        return hash((self.vin, self.decoder))

    def __str__(self) -> str:
        """In one line: what it is, or why it is no VIN."""
        if self.error is not None:
            return str(self.error)
        named = " ".join(part for part in (_year_text(self.model_year), *_names(self)) if part)
        rest = [str(field.value) for field in (self.engine, self.transmission) if field.value]
        return ", ".join([named or "nothing is known", *rest])

    def __repr__(self) -> str:
        if self.error is not None:
            return f"<DecodedVin refused: {self.error}>"
        return f"<DecodedVin {redacted(self.vin or '')} by {self.decoder}: {self}>"

    def _repr_html_(self) -> str:
        if self.error is not None:
            return f"<p>{escape(str(self))}</p>"
        rows = "".join(
            f"<tr><td>{name.replace('_', ' ')}</td><td>{escape(' or '.join(map(str, told)))}</td></tr>"
            for name, field in self.fields.items()
            if (told := field.candidates if field.value is None else (field.value,))
        )
        found = "".join(f"<li>{escape(finding.message)}</li>" for finding in self.findings)
        caption = escape(f"{redacted(self.vin or '')} by {self.decoder}")
        return f"<table><caption>{caption}</caption>{rows}</table>" + (f"<ul>{found}</ul>" if found else "")


class VinDecoder(Protocol):
    """Tells what a VIN says of its vehicle. Ours are offline; a host's may ask a server.

    One may have a ``name`` beside, which changes with the data behind it (``vpic 2026-10``): a cache does
    not take an answer of another name for one of this decoder's. Without it, its class is its name.
    """

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells, however it is typed.

        Raises InvalidVin where it is none; an odd one, as with a wrong check digit, has findings.
        """
        ...

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order; what is no VIN has an ``error``, and nothing stops the rest.

        Args:
            vins: A list, a generator, a numpy array, or a column of a dataframe. A generator is read
                a few hundred at a time, so that memory stays bounded.

        Raises:
            InvalidValue: A single text was given; put it in a list.
        """
        ...


_load: Final = loader(DecodedVin)


def read_later(
    vin: str,
    decoder: str,
    read: Callable[[DecodedVin, str], DecodedField[Any]],
    raw: object,
    found: dict[str, DecodedField[Any]] | None = None,
) -> DecodedVin:
    """For adapters: an answer whose field ``name`` is ``read(answer, name)`` when it is asked for.

    Args:
        vin: 17 characters, compact.
        decoder: Who says so.
        read: A function of a module, so that answers can travel between processes.
        raw: What it needs: the answer's ``raw``.
        found: Fields that are known already.
    """
    answer: DecodedVin = _load(vin, decoder, None, vin, raw, read, {} if found is None else found)
    return answer


def one_by_one(vins_given: Iterable[object]) -> Iterator[object]:
    """For adapters: what a list, a generator or a column holds, one after the other.

    Raises InvalidValue for a single text.
    """
    items = vins_given if isinstance(vins_given, _ONE_TEXT) else listed(vins_given)
    if isinstance(items, _ONE_TEXT):  # numpy has arrays of no dimension, which hold one
        raise InvalidValue("vins", type(vins_given).__name__, "is one text, not a list of them")
    if getattr(getattr(vins_given, "dtype", None), "kind", None) == "S":  # numpy's fixed-width bytes
        return (one.decode("latin-1") if isinstance(one, bytes) else one for one in items)
    return iter(items)


def number_of(given: object) -> str:
    """The 17 characters of what was given. Raises InvalidVin."""
    if type(given) is str and vins.is_well_formed(given):
        return given
    return vins.parse(given).number  # type: ignore[arg-type]  # it says so itself


def sure(value: T | None, source_value: str | None = None) -> DecodedField[T]:
    """For adapters: a field of one value, or of none, that was compared with no catalogue."""
    if value is None:
        return EMPTY if source_value is None else DecodedField(source_value=source_value)
    source = str(value) if source_value is None else source_value
    return DecodedField(value=value, source_value=source, confidence=Confidence.MEDIUM)


def one_of(candidates: tuple[T, ...], source_value: str | None) -> DecodedField[T]:
    """For adapters: a field of several candidates, which has no value; of one, which it then is."""
    if len(candidates) == 1:
        return sure(candidates[0], source_value)
    return DecodedField(source_value=source_value, candidates=candidates)


def _year_text(field: DecodedField[int]) -> str:
    if field.value is None and len(field.candidates) == 1:
        return f"perhaps {field.candidates[0]}"
    return " or ".join(map(str, field.candidates if field.value is None else (field.value,)))


def _names(decoded: DecodedVin) -> list[str | None]:
    make = decoded.make.value or " or ".join(decoded.make.candidates)
    return [make, decoded.model.value, decoded.trim.value]


def _cut(given: object) -> str | None:
    if not isinstance(given, str):
        return None
    return given if len(given) <= _LONGEST_SHOWN else given[: _LONGEST_SHOWN - 1] + "…"


def _field(name: str, kept: Mapping[str, Any]) -> DecodedField[Any]:
    kind = int if name == "model_year" else str
    value, source, candidates = kept["value"], kept["source_value"], tuple(kept["candidates"])
    confidence = Confidence(kept["confidence"])
    known = [one for one in (value, *candidates) if one is not None]
    if not all(type(one) is kind for one in known) or not isinstance(source, str | None):
        raise InvalidValue("decoded", name, "is not what as_dict() gives")
    if (value is None) is not (confidence is Confidence.NONE):
        raise InvalidValue("decoded", name, "has a value exactly where the confidence is not none")
    return DecodedField(value=value, source_value=source, confidence=confidence, candidates=candidates)
