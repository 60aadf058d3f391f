"""What a row of work is: a category and its subtypes, as they are declared and written.

Written ``category:Subtype,Subtype``; ``-`` is no work on the vehicle at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from motovault.domain.maintenance import SUBTYPES, Category, check_work
from motovault.errors import InvalidValue

__all__ = ["ANY_WORD", "UnknownWork", "Work", "declared_work", "fold_words", "plain_words", "work_of"]

ANY_WORD = "*"
"""Declares what everything is that nothing else is known of."""

_LONGEST = 400
"""So much of a text is looked at."""

_LONGEST_SHOWN = 60
_TOKEN = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"\s*[,+]\s*")
_UNITS = frozenset(("km", "kms", "mi", "miles", "h", "l", "lt", "kg", "qt"))
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


@attrs.frozen
class Work:
    """What was worked on.

    Attributes:
        category: One of :class:`motovault.domain.maintenance.Category`.
        subtypes: In the words of the category, one at least.
    """

    category: Category
    subtypes: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.category}:{','.join(self.subtypes)}"


@attrs.frozen(kw_only=True)
class UnknownWork:
    """Words of a file of which nobody said what work they are.

    Attributes:
        word: The words, without numbers; declared like this they hold for all these rows.
        count: How many rows say so.
        line: The first of them.
        column: In which column.
        proposed: What it may be.
        is_near: The proposal comes from words that are known; else it only shows how to say it.
        is_left_out: The rows were left out; else they were taken for other costs.
    """

    word: str
    count: int
    line: int
    column: str
    proposed: Work
    is_near: bool
    is_left_out: bool

    @property
    def declaration(self) -> str:
        """How to say that the proposal is right: a value for the option ``work``."""
        return f"{self.declared_as}={self.proposed}"

    @property
    def declared_as(self) -> str:
        """The words, by which it is declared; ``*`` where a row has none (no title, or signs alone)."""
        return self.word or "*"


def fold_words(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: no case, accents, punctuation or numbers.

    >>> fold_words("Ölwechsel (bei 120000 km)")
    ('olwechsel', 'bei')
    """
    return tuple(_fold(word) for word in _words(text))


def plain_words(text: str) -> str:
    """The same words as they are shown and declared; 60 characters at most, no word cut.

    >>> plain_words("Tagliando 120000 Km")
    'Tagliando'
    """
    shown = ""
    for word in _words(text):
        longer = f"{shown} {word}" if shown else word
        if len(longer) > _LONGEST_SHOWN:
            break
        shown = longer
    return shown


def _words(text: str) -> list[str]:
    """Words but for those with digits in them, and units behind such; all, where nothing else is left."""
    found = _TOKEN.findall(unicodedata.normalize("NFKC", text[:_LONGEST]))
    kept, after_number = [], False
    for word in found:
        has_digit = any(c.isdigit() for c in word)
        if not has_digit and not (after_number and word.casefold() in _UNITS):
            kept.append(word)
        after_number = has_digit
    return kept or found


def _fold(word: str) -> str:
    text = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS))
    return "".join(c for c in text if not unicodedata.combining(c))


def work_of(value: Any, field: str = "work") -> Work | None:
    """The work that a declaration names; None for ``-`` or None: no work on the vehicle.

    Args:
        value: ``"repair:Engine,Transmission"``, a pair of both, a :class:`Work`, ``"-"`` or None.
        field: What an error calls it.

    Raises:
        InvalidValue: None of these; UnknownCategory, NoSubtypes, UnknownSubtype among them.

    >>> str(work_of("Repair: engine"))
    'repair:Engine'
    """
    if value is None or isinstance(value, Work) or value == "-":
        return value if isinstance(value, Work) else None
    if isinstance(value, str):
        category, is_pair, text = value.partition(":")
        if not is_pair:
            rule = "must be CATEGORY:SUBTYPE,SUBTYPE, or - for no work on the vehicle"
            raise InvalidValue(field, value, rule)
        return _checked(category, [part for part in _PARTS.split(text.strip()) if part])
    try:
        category, subtypes = value
    except (TypeError, ValueError):
        raise InvalidValue(field, value, "must be a category and its subtypes") from None
    is_list = isinstance(subtypes, Iterable) and not isinstance(subtypes, str)
    listed = list(subtypes) if is_list else []
    if not (isinstance(category, str) and is_list and all(isinstance(part, str) for part in listed)):
        raise InvalidValue(field, value, "must be a category and a list of its subtypes, as text")
    return _checked(category, listed)


def _checked(category: str, subtypes: list[str]) -> Work:
    name = "_".join(category.replace("-", " ").replace("_", " ").split()).casefold()
    known = {subtype.casefold(): subtype for subtype in SUBTYPES.get(name, ())}
    named = [known.get(part.strip().casefold(), part) for part in subtypes]
    check_work(name, named)
    return Work(Category(name), tuple(dict.fromkeys(named)))


def declared_work(value: Any) -> Mapping[str, Work | None]:
    """What is declared of words: each with its work, None where it is none.

    Raises:
        InvalidValue: No such mapping, an empty word, two that say the same, or work that there is not.
    """
    if not isinstance(value, Mapping):
        raise InvalidValue("work", value, "must be a mapping of words to a category and its subtypes")
    found: dict[str, Work | None] = {}
    seen: set[tuple[str, ...]] = set()
    for word, work in value.items():
        folded = fold_words(word) if isinstance(word, str) else ()
        if word != ANY_WORD and not folded:
            raise InvalidValue("work", word, "must be words of the file, or * for all that are not known")
        if folded in seen:
            raise InvalidValue("work", word, "is declared twice; case, accents and numbers do not count")
        seen.add(folded)
        found[word] = work_of(work, f"work[{word}]")
    return MappingProxyType(found)
