"""The catalogue and VIN decodes that are remembered: everybody's, and dear to work out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from motovault.cache import keys
from motovault.cache.answers import Answers
from motovault.cache.values import PlainKind

__all__ = ["CachedCatalogue", "CachedVinDecoder"]

T = TypeVar("T")


class CachedCatalogue(Generic[T]):
    """Lists of the catalogue, asked for by a name and parameters, kept for 6 hours.

    Args:
        answers: Where they are kept.
        load: Asks the catalogue itself: the name of the list and its parameters.
        plain: The type of an answer, one that msgspec reads; ``list[str]`` for names.
        version: To be raised with every change of that type.

    >>> from motovault.cache import Answers, LocalCache
    >>> makes = CachedCatalogue(Answers(near=LocalCache()), lambda name, params: ["Audi"], list[str])
    >>> makes.options("makes", year=2019)
    ['Audi']
    """

    def __init__(
        self,
        answers: Answers,
        load: Callable[[str, dict[str, object]], T],
        plain: Any,
        *,
        version: int = 1,
    ) -> None:
        self._answers = answers
        self._load = load
        self._kind: PlainKind[T] = PlainKind("dropdown", version, keys.DROPDOWN_SECONDS, plain)

    def options(self, data_type: str, /, **params: object) -> T:
        """One list; what is given may be shared, so do not change it."""
        return self._answers.answer(
            keys.dropdown(data_type, params), self._kind, lambda: self._load(data_type, params)
        )

    def drop(self) -> None:
        """Forget every list, after an import; and everything else, which is cheap to ask for again."""
        self._answers.drop_all()


class CachedVinDecoder(Generic[T]):
    """Decoded VINs, kept for 7 days; a failure is not kept.

    Args:
        answers: Where they are kept.
        decode: Decodes one VIN in its right form; not to None.
        plain: The type of what it gives, one that msgspec reads.
        version: To be raised with every change of that type, and of the data behind the decoder.
    """

    def __init__(self, answers: Answers, decode: Callable[[str], T], plain: Any, *, version: int = 1) -> None:
        self._answers = answers
        self._decode = decode
        self._kind: PlainKind[T] = PlainKind("vin", version, keys.VIN_DECODE_SECONDS, plain)

    def decode(self, vin: str, /) -> T:
        """What the VIN says."""
        return self._answers.answer(keys.vin_decode(vin), self._kind, lambda: self._decode(vin))
