"""What can be wrong with a text that should be a vehicle identification number.

No text or ``value`` holds a whole VIN: it is personal data, and errors end in
logs. The offending character and its place are attributes instead.
"""

from __future__ import annotations

import unicodedata

from motovault.errors import InvalidValue, redacted

__all__ = ["InvalidVin", "VinCharacterNotAllowed", "VinLengthWrong", "VinNotText", "named"]


class InvalidVin(InvalidValue):
    """A text is no vehicle identification number; the family of the errors below."""


class VinNotText(InvalidVin):
    """Something other than a ``str`` was given."""

    def __init__(self, value: object) -> None:
        super().__init__("vin", type(value).__name__, "is not a text")


class VinCharacterNotAllowed(InvalidVin):
    """A character can never be part of a VIN.

    Attributes:
        character: The offending character.
        position: Where it stands in the text as given, counted from 1.
    """

    def __init__(self, text: str, position: int, rule: str) -> None:
        self.character = text[position - 1]
        self.position = position
        super().__init__("vin", redacted(text), f"has {named(self.character)} at position {position}: {rule}")


class VinLengthWrong(InvalidVin):
    """The text has too few or too many characters, separators not counted.

    Attributes:
        length: How many it has.
    """

    def __init__(self, compacted: str, rule: str) -> None:
        self.length = len(compacted)
        super().__init__("vin", redacted(compacted), rule)


def named(character: str) -> str:
    """A character so that it can be told from its look-alikes: code point and Unicode name.

    >>> named("\\u0425")
    "'Х' (U+0425 CYRILLIC CAPITAL LETTER HA)"
    >>> named("\\u200b")
    'U+200B ZERO WIDTH SPACE'
    """
    code = f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}"
    return f"'{character}' ({code})" if character.isprintable() else code
