"""What work a text names, by whole words: what is declared, then the words of ``work_words.txt``.

Nothing is guessed: a text is known if something of it was declared, or if all
that is known in it is certain and of one category. Else it is unknown, with
what it may be.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

import attrs

from motovault.domain.maintenance import Category
from motovault.importers.work import ANY_WORD, Work, fold_words, plain_words, work_of

__all__ = ["ANY_WORK", "Resolved", "Unresolved", "WorkWords", "proposal_for"]

ANY_WORK: Final = (Category.ROUTINE_MAINTENANCE, Category.REPAIR, Category.PERFORMANCE_UPGRADE)
"""Every category, in the order in which words are looked up."""

_FALLBACK: Final = {
    Category.ROUTINE_MAINTENANCE: Work(Category.ROUTINE_MAINTENANCE, ("Engine Oil",)),
    Category.REPAIR: Work(Category.REPAIR, ("Engine",)),
    Category.PERFORMANCE_UPGRADE: Work(Category.PERFORMANCE_UPGRADE, ("Engine",)),
}
_NEAR: Final = 0.8
_MOST_REMEMBERED = 2000

_Phrase = tuple[str, ...]
_Mark = Literal["=", "~", "*", "?"]
_MARKS: Final[Mapping[str, _Mark]] = {" = ": "=", " ~ ": "~", " * ": "*"}
_RANK: Final = {"=": 0, "~": 1, "*": 2, "?": 3}


class _Meaning(NamedTuple):
    """What a phrase says: with what certainty, which work; None is no work, or a doubt."""

    mark: _Mark
    work: Work | None


@attrs.frozen
class Unresolved:
    """Words that are not known.

    Attributes:
        words: As they can be declared.
        key: The same, folded.
        proposed: What the known words among them say, None where there are none.
        allowed: The categories in which it can be.
    """

    words: str
    key: _Phrase
    proposed: Work | None
    allowed: tuple[Category, ...]


@attrs.frozen
class Resolved:
    """What a text names.

    Attributes:
        work: What it is; None with ``unknown``, or where it is no work on the vehicle.
        unknown: What must be declared first.
        is_declared: Its owner said so.
    """

    work: Work | None = None
    unknown: tuple[Unresolved, ...] = ()
    is_declared: bool = False


class WorkWords:
    """Looks up what work texts name.

    Args:
        declared: What the caller said of words; it holds against all else.
    """

    def __init__(self, declared: Mapping[str, Work | None]) -> None:
        self._any = ANY_WORD in declared
        self._any_work = declared.get(ANY_WORD)
        self._declared = {fold_words(word): work for word, work in declared.items() if word != ANY_WORD}
        self._longest = max(map(len, self._declared), default=0)
        self._remembered: dict[tuple[object, ...], Resolved] = {}

    def resolve(
        self,
        parts: Sequence[str],
        allowed: tuple[Category, ...],
        *,
        is_credit: bool = False,
        takes_any: bool = True,
    ) -> Resolved:
        """What a row is whose work is named by these parts, all of them.

        Args:
            parts: A title, or a list of works that were done at once.
            allowed: Categories in which words are looked up; what is declared may name any.
            is_credit: The row is money that came back: what was certain is not.
            takes_any: What is declared of ``*`` holds for it too.
        """
        key = (tuple(parts), allowed, is_credit, takes_any)
        if (known := self._remembered.get(key)) is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            known = self._resolve(parts, allowed, is_credit)
            if known.unknown and self._any and takes_any:
                known = Resolved(self._any_work, is_declared=True)
            self._remembered[key] = known
        return known

    def declared(self, text: str) -> Resolved | None:
        """What was declared of a text; None where nothing was. The longest words hold."""
        hits = _scan(fold_words(text), self._declared.__contains__, self._longest)
        if not hits:
            return None
        works = [self._declared[hit] for hit in sorted(hits, key=len, reverse=True)]
        first = works[0]
        same = [work for work in works if work is not None and first and work.category == first.category]
        return Resolved(None if first is None else _union(same), is_declared=True)

    def asked(self, text: str) -> Resolved:
        """A text that is to be declared, whatever is known of its words: they are only proposed."""
        return _not_known(text, self._one(text, ANY_WORK, is_credit=False).work, ANY_WORK)

    def _resolve(self, parts: Sequence[str], allowed: tuple[Category, ...], is_credit: bool) -> Resolved:
        whole = " ".join(parts)
        if fold_words(whole) in self._declared:
            return Resolved(self._declared[fold_words(whole)], is_declared=True)
        found = [self._one(part, allowed, is_credit) for part in parts]
        unknown = tuple(part for one in found for part in one.unknown)
        if unknown:
            return Resolved(unknown=unknown)
        works = [one.work for one in found if one.work is not None]
        if len({work.category for work in works}) > 1:
            most = [work for work in works if work.category == works[0].category]
            return _not_known(whole, _union(most), allowed)
        return Resolved(_union(works) if works else None, is_declared=any(one.is_declared for one in found))

    def _one(self, text: str, allowed: tuple[Category, ...], is_credit: bool) -> Resolved:
        if (said := self.declared(text)) is not None:
            return said
        table = _shipped()
        hits = _scan(fold_words(text), table.__contains__, _longest())
        meanings = [found for hit in hits if (found := _meaning(table[hit], allowed)) is not None]
        named = [found for found in meanings if found.mark in "=~" and found.work is not None]
        if not named:
            general = [found.work for found in meanings if found.mark == "*"]
            if None in general:
                return Resolved()
            return _not_known(text, general[0] if general else None, allowed)
        works = [found.work for found in named if found.work is not None]
        same = [work for work in works if work.category == works[0].category]
        is_certain = all(found.mark == "=" for found in named) and len(same) == len(works)
        if is_certain and not is_credit and not any(found.mark == "?" for found in meanings):
            return Resolved(_union(works))
        return _not_known(text, _union(same), allowed)


def _not_known(text: str, proposed: Work | None, allowed: tuple[Category, ...]) -> Resolved:
    return Resolved(unknown=(Unresolved(plain_words(text), fold_words(text), proposed, allowed),))


def proposal_for(unknown: Unresolved) -> tuple[Work, bool]:
    """What unknown words may be, and whether anything that is known speaks for it.

    Else it is the commonest work of the category, which only shows how to say it.
    """
    if unknown.proposed is not None:
        return unknown.proposed, True
    near = difflib.get_close_matches(" ".join(unknown.key)[:80], _texts(), n=1, cutoff=_NEAR)
    if near:
        meaning = _meaning(_shipped()[tuple(near[0].split())], unknown.allowed)
        if meaning is not None and meaning.work is not None:
            return meaning.work, True
    return _FALLBACK[unknown.allowed[0]], False


def _scan(words: _Phrase, is_known: Callable[[_Phrase], bool], longest: int) -> list[_Phrase]:
    """Known phrases, from left to right, at each place the longest; none begins within another."""
    found, at = [], 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            if is_known(phrase := words[at : at + size]):
                found.append(phrase)
                at += size
                break
        else:
            at += 1
    return found


def _meaning(meanings: Collection[_Meaning], allowed: tuple[Category, ...]) -> _Meaning | None:
    """What a phrase says within these categories: the surest, then the first of them."""
    fits = [found for found in meanings if found.work is None or found.work.category in allowed]

    def rank(found: _Meaning) -> tuple[int, int]:
        return _RANK[found.mark], -1 if found.work is None else allowed.index(found.work.category)

    return min(fits, key=rank, default=None)


def _union(works: Sequence[Work]) -> Work:
    subtypes = dict.fromkeys(subtype for work in works for subtype in work.subtypes)
    return Work(works[0].category, tuple(sorted(subtypes)))


@cache
def _shipped() -> dict[_Phrase, list[_Meaning]]:
    """The words of the file beside this module."""
    from importlib.resources import files

    table: dict[_Phrase, list[_Meaning]] = {}
    text = (files("motovault.importers") / "work_words.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        mark = next(mark for mark in _MARKS if mark in line)
        head, _, listed = line.partition(mark)
        if head.strip() == "?":
            meaning = _Meaning("?", None)
        else:
            meaning = _Meaning(_MARKS[mark], work_of(head.strip()))
        for words in listed.split(";"):
            table.setdefault(fold_words(words), []).append(meaning)
    return table


@cache
def _texts() -> tuple[str, ...]:
    return tuple(" ".join(phrase) for phrase in _shipped())


@cache
def _longest() -> int:
    return max(map(len, _shipped()))
