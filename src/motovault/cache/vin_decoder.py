"""VIN decodes that are remembered for 7 days: one by one, or a few hundred in one go.

What is kept is what the decoder says, before it is compared with any catalogue,
so that a catalogue that changes makes nothing stale. Nothing else does either:
a VIN says the same tomorrow, unless the decoder has become another, and what
another said is a miss. So many may be asked and kept in one go, without a lease for each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from motovault.cache import keys
from motovault.cache.answers import Answers
from motovault.cache.values import Kept, Kind, msgspec_or_missing
from motovault.domain.vehicles import DecodedVin, VinDecoder
from motovault.domain.vehicles.decoding import number_of, one_by_one
from motovault.errors import InvalidValue
from motovault.vin import InvalidVin

__all__ = ["CachedVinDecoder", "DecodeKind"]

_VERSION: Final = 1
"""To be raised with every change of what ``as_dict()`` gives, or of how a decoder of ours reads a VIN."""

_AT_FIRST, _AT_ONCE = 8, 256
"""VINs a round trip: as many as the embedded decoder takes in one go."""

_Written = tuple[str, str, float, float, dict[str, Any]]

_WEIGHT: Final = 1500
"""Bytes of an answer beside its texts, about: those it came with, and its fields once they were asked for."""


class DecodeKind(Kind[DecodedVin]):
    """Answers of one decoder, as ``as_dict()`` gives them.

    Args:
        by: The decoder's name; what another said is not read.
    """

    def __init__(self, by: str) -> None:
        super().__init__("vin", _VERSION, keys.VIN_DECODE_SECONDS)
        self.schema = f"{self.schema} {by}"

    def is_worth(self, value: DecodedVin) -> bool:
        return value.vin is not None and value.error is None

    def weight(self, value: DecodedVin | None) -> int:
        raw = value.raw if value is not None and isinstance(value.raw, tuple) else ()
        return _WEIGHT + sum(map(sys.getsizeof, raw))

    def encode(self, kept: Kept[DecodedVin]) -> bytes:
        msgspec = msgspec_or_missing()
        plain = None if kept.value is None else kept.value.as_dict()
        try:
            written: bytes = msgspec.json.encode((self.schema, kept.owner, kept.early, kept.until, plain))
        except (TypeError, ValueError):  # a host's decoder may answer with anything: then it is not kept
            return b"null"
        return written

    def decode(self, raw: bytes) -> Kept[DecodedVin] | None:
        msgspec = msgspec_or_missing()
        try:
            schema, owner, early, until, plain = msgspec.json.decode(raw, type=_Written)
            if schema != self.schema:
                return None
            return Kept(owner, DecodedVin.from_dict(plain), early, until)
        except (msgspec.MsgspecError, InvalidValue, ValueError, TypeError):
            return None


class CachedVinDecoder:
    """:class:`motovault.domain.vehicles.VinDecoder` that remembers; what is no VIN is not kept.

    Args:
        decoder: Who decodes.
        answers: Where it is kept. The VIN is whole in the key.

    >>> from motovault.cache import LocalCache
    >>> from motovault.domain.vehicles import BasicVinDecoder
    >>> decoder = CachedVinDecoder(BasicVinDecoder(), Answers(near=LocalCache()))
    >>> decoder.decode("1HGCM82633A123454") is decoder.decode("1hgcm826-33a123454")
    True
    """

    def __init__(self, decoder: VinDecoder, answers: Answers) -> None:
        self._decoder = decoder
        self._answers = answers
        self._known: DecodeKind | None = None

    def decode(self, vin: str, /) -> DecodedVin:
        """What one VIN tells. Raises InvalidVin."""
        number = number_of(vin)
        key, kind = keys.vin_decode(number), self._kind
        return self._answers.answer(key, kind, lambda: self._decoder.decode(number), owner=kind.schema)

    def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
        """An answer for each, in order; those of a few hundred are asked of the cache in one go."""
        return self._in_batches(one_by_one(vins))

    def _in_batches(self, given: Iterator[object]) -> Iterator[DecodedVin]:
        size = _AT_FIRST
        while batch := list(islice(given, size)):
            size = min(4 * size, _AT_ONCE)
            yield from self._answered(batch)

    def _answered(self, batch: list[object]) -> list[DecodedVin]:
        numbers: dict[str, str] = {}
        places: list[str | None] = []
        wrong: list[object] = []
        for one in batch:
            try:
                number = number_of(one)
            except InvalidVin:
                places.append(None)
                wrong.append(one)
            else:
                key = keys.vin_decode(number)
                numbers[key] = number
                places.append(key)

        def decode(cold: list[str]) -> Iterator[DecodedVin]:
            return self._decoder.decode_many([numbers[key] for key in cold])

        kind = self._kind
        found = self._answers.answer_many(list(numbers), kind, decode, owner=kind.schema)
        refused = iter(self._decoder.decode_many(wrong) if wrong else ())  # it says what is wrong with them
        return [next(refused) if key is None else found[key] for key in places]

    @property
    def _kind(self) -> DecodeKind:
        """Known when the decoder is: the embedded one is chosen at its first VIN."""
        if self._known is None:
            kind = type(self._decoder)
            name = getattr(self._decoder, "name", None) or f"{kind.__module__}.{kind.__qualname__}"
            self._known = DecodeKind(str(name))
        return self._known

    def __repr__(self) -> str:
        return f"CachedVinDecoder({self._decoder!r})"
