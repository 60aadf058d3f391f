"""Which option of the catalogue a foreign value means, and how sure that is.

For values of a VIN decoder, of a file, of a person. Source: the domain rules,
section platform: high is an exact option without regard to case, medium one
after normalising, none is no match, with the source's value kept.

Normalising is the rule of :mod:`motovault.domain.vehicles.names` (trimmed,
underscores to blanks, blanks collapsed, case of no account), and beyond it
accents and every mark that is neither letter nor digit are dropped. What comes
out is only compared: the value of a match is spelled as the catalogue spells it.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable

import attrs

__all__ = ["Confidence", "OptionMatch", "folded", "match_option", "normalised", "option_order"]


class Confidence(enum.StrEnum):
    """How sure a match is."""

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
    """

    value: str | None
    source_value: str | None
    confidence: Confidence


def match_option(source_value: str | None, options: Iterable[str]) -> OptionMatch:
    """The option that ``source_value`` means.

    Of options that differ in case only the one spelled as the source wins, else
    the first in :func:`option_order`. Several options that are alike only after
    normalising give no match: that would be a guess.

    >>> match_option("HONDA", ["Honda", "Hyundai"])
    OptionMatch(value='Honda', source_value='HONDA', confidence=<Confidence.HIGH: 'high'>)
    >>> match_option("sierra_2500_hd", ["Sierra 2500 HD"]).confidence.value
    'medium'
    >>> match_option("F150", ["F-150", "F 150"]).value is None
    True
    """
    wanted = " ".join(source_value.split()) if source_value else ""
    if not wanted:
        return OptionMatch(None, source_value, Confidence.NONE)
    there = sorted(set(options), key=option_order)
    key = folded(wanted)
    exact = [option for option in there if folded(" ".join(option.split())) == key]
    if exact:
        value = wanted if wanted in exact else exact[0]
        return OptionMatch(value, source_value, Confidence.HIGH)
    key = normalised(wanted)
    near = [option for option in there if key and normalised(option) == key]
    if len({folded(option) for option in near}) == 1:
        return OptionMatch(near[0], source_value, Confidence.MEDIUM)
    return OptionMatch(None, source_value, Confidence.NONE)


def folded(name: str) -> str:
    """A name without its case, letter by letter, as PostgreSQL's ``lower()`` does it in a Unicode locale.

    >>> folded("ŠKODA") == folded("Škoda")
    True
    """
    if name.isascii():
        return name.lower()
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in name)


def normalised(name: str) -> str:
    """Letters and digits of a name alone, without case and accents; only to compare by.

    >>> normalised(" Mercedes-Benz_C 300 "), normalised("Citroën")
    ('mercedesbenzc300', 'citroen')
    """
    apart = unicodedata.normalize("NFKD", name)
    return "".join(mark for mark in apart.casefold() if mark.isalnum())


def option_order(name: str) -> tuple[str, str]:
    """By which names are listed: the same in every store, whatever the collation of a database."""
    return folded(name), name
