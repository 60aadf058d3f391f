"""Which option of a list a foreign value means, and how sure that is.

For values of a VIN decoder, of a file, of a person. Source: the domain rules,
section platform: high is an exact option without regard to case, medium one
after normalising, none is no match, with the source's value kept.

Normalising is the rule of :mod:`motovault.domain.vehicles.names` (trimmed,
underscores to blanks, blanks collapsed, case of no account), and beyond it
accents and every mark that is neither letter nor digit are dropped. What comes
out is only compared: the value of a match is spelled as the list spells it.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import attrs

__all__ = [
    "Confidence",
    "OptionMatch",
    "Options",
    "folded",
    "in_option_order",
    "match_option",
    "normalised",
    "option_order",
]


class Confidence(enum.StrEnum):
    """How well a value agrees with the catalogue."""

    HIGH = "high"
    """An option of the catalogue, without regard to case."""
    MEDIUM = "medium"
    """The one option that is the same after normalising."""
    NONE = "none"
    """No option, or more than one that would do."""


@attrs.frozen
class OptionMatch:
    """What a value was taken for.

    Attributes:
        value: The option as the catalogue spells it; None where there is no match.
        source_value: What was to be matched, as it came; None where nothing came.
        confidence: How sure that is.
        candidates: The options that are alike after normalising, where these are several.
    """

    value: str | None
    source_value: str | None
    confidence: Confidence
    candidates: tuple[str, ...] = ()


class Options:
    """A list of options, made ready to be asked about many values.

    Args:
        options: In any order, and any of them more than once.
        any_order: Words count in any order too: ``V6 3.0L`` is ``3.0L V6``. For engines and transmissions,
            whose names are put together from parts.

    >>> Options(["V6 3.0L"], any_order=True).match("3.0L V6").value
    'V6 3.0L'
    """

    __slots__ = ("_any_order", "_exact", "_near", "_there")

    def __init__(self, options: Iterable[str], *, any_order: bool = False) -> None:
        self._there = sorted(set(options), key=option_order)
        self._any_order = any_order
        self._exact: dict[str, list[str]] = {}
        for option in self._there:
            self._exact.setdefault(folded(" ".join(option.split())), []).append(option)
        self._near: dict[str, list[str]] | None = None  # most values are found exactly

    def __len__(self) -> int:
        return len(self._there)

    def match(self, source_value: str | None, *also: str | None) -> OptionMatch:
        """The option that a value means; ``also`` are other spellings of it, tried after it.

        Of options that differ in case only the one spelled as the source wins, else
        the first in :func:`option_order`. Several options that are alike only after
        normalising give no match: that would be a guess.
        """
        written = [" ".join(text.split()) for text in (source_value, *also) if text]
        written = [text for text in dict.fromkeys(written) if text]
        for text in written:
            if exact := self._exact.get(folded(text)):
                return OptionMatch(text if text in exact else exact[0], source_value, Confidence.HIGH)
        alike = dict.fromkeys(option for text in written for option in self._alike(text))
        one_each: dict[str, str] = {}
        for option in alike:
            one_each.setdefault(folded(option), option)
        found = tuple(one_each.values())
        if len(found) == 1:
            return OptionMatch(found[0], source_value, Confidence.MEDIUM)
        return OptionMatch(None, source_value, Confidence.NONE, candidates=found)

    def _alike(self, text: str) -> list[str]:
        if self._near is None:
            self._near = {}
            for option in self._there:
                for key in self._keys(option):
                    self._near.setdefault(key, []).append(option)
        return [option for key in self._keys(text) for option in self._near.get(key, ())]

    def _keys(self, text: str) -> set[str]:
        keys = {normalised(text), _words(text)} if self._any_order else {normalised(text)}
        return keys - {""}


def match_option(source_value: str | None, options: Iterable[str]) -> OptionMatch:
    """The option that ``source_value`` means; :meth:`Options.match` for one value.

    >>> match_option("HONDA", ["Honda", "Hyundai"]).confidence.value
    'high'
    >>> match_option("sierra_2500_hd", ["Sierra 2500 HD"]).confidence.value
    'medium'
    >>> match_option("F150", ["F-150", "F 150"]).value is None
    True
    """
    return Options(options).match(source_value)


def folded(name: str) -> str:
    """A name without its case, letter by letter, as PostgreSQL's ``lower()`` does it in a Unicode locale.

    >>> folded("ŠKODA") == folded("Škoda")
    True
    """
    if name.isascii():
        return name.lower()
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in name)


@lru_cache(maxsize=8192)  # lists of many years and models hold the same names again and again
def normalised(name: str) -> str:
    """Letters and digits of a name alone, without case and accents; only to compare by.

    >>> normalised(" Mercedes-Benz_C 300 "), normalised("Citroën")
    ('mercedesbenzc300', 'citroen')
    """
    apart = unicodedata.normalize("NFKD", name)
    return "".join(mark for mark in apart.casefold() if mark.isalnum())


@lru_cache(maxsize=8192)
def _words(name: str) -> str:
    """The words of a name in the order of the alphabet; no name that is :func:`normalised` has a blank."""
    apart = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c if c.isalnum() else " " for c in apart if not unicodedata.combining(c))
    return f" {' '.join(sorted(words))}" if (words := plain.split()) else ""


def option_order(name: str) -> tuple[str, str]:
    """By which names are listed: the same in every store, whatever the collation of a database."""
    return folded(name), name


def in_option_order(names: Iterable[str]) -> list[str]:
    """Names as they are listed: of those that differ in case only the first, and no empty one.

    >>> in_option_order(["Škoda", "audi", "ŠKODA", "Audi", ""])
    ['Audi', 'ŠKODA']
    """
    firsts: dict[str, str] = {}
    for name in sorted({name for name in names if name}, key=option_order):
        firsts.setdefault(folded(name), name)
    return list(firsts.values())
