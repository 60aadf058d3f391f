"""How makes and models are written.

Source: the reference application's normalising rules (stated in the domain
rules, section vehicles). Every function is the identity on its own result.
"""

from __future__ import annotations

import re

__all__ = ["make_name", "model_name"]

_MAKES = {"BMW": "BMW", "GMC": "GMC", "MINI": "MINI", "MCLAREN": "McLaren"}

_CAPITALS = {
    *("HD", "GT", "GL", "SE", "LE", "XLE", "RS", "SVT", "XR", "ST", "FX4", "TRD", "ZR1", "Z06"),
    *("GTI", "GLI", "SI", "SS", "LT", "LTZ", "RT", "SRT", "SR", "SR5", "XSE", "SEL"),
}

_SHORT = 4
"""The longest token of letters and digits that is written in capitals: ``f150``, not ``sierra2500``."""

_WORD = re.compile(r"[^\W\d_]+")


def make_name(text: str) -> str:
    """A make as its maker writes it: trimmed, title-cased, with BMW, GMC, MINI and McLaren.

    >>> make_name("  mercedes-benz "), make_name("bmw"), make_name("MCLAREN")
    ('Mercedes-Benz', 'BMW', 'McLaren')
    """
    name = " ".join(text.split())
    return _MAKES.get(name.upper(), _title(name))


def model_name(text: str) -> str:
    """A model as written on the car: underscores to blanks, title case, marks such as HD in capitals.

    >>> model_name("sierra_2500_hd"), model_name("civic  si"), model_name("f150 xlt")
    ('Sierra 2500 HD', 'Civic SI', 'F150 Xlt')
    """
    return " ".join(_token(token) for token in text.replace("_", " ").split())


def _token(token: str) -> str:
    if token.upper() in _CAPITALS:
        return token.upper()
    has_digit = any(c.isdigit() for c in token)
    has_letter = any(c.isalpha() for c in token)
    if has_digit and has_letter and len(token) <= _SHORT:
        return "".join(map(_upper, token))
    return _title(token)


def _title(text: str) -> str:
    # str.title() would write O'neil's as O'Neil'S; a letter after an apostrophe stays as it is
    def written(word: re.Match[str]) -> str:
        before = text[word.start() - 1 : word.start()]
        return word[0] if before and before in "'’" else _capital(word[0])

    return _WORD.sub(written, text)


def _capital(word: str) -> str:
    return _upper(word[0]) + "".join(map(_lower, word[1:]))


# A letter stays one letter: "ß" would become "SS", and then "Ss" the second time.
def _upper(letter: str) -> str:
    return upper if len(upper := letter.upper()) == 1 else letter


def _lower(letter: str) -> str:
    return lower if len(lower := letter.lower()) == 1 else letter
