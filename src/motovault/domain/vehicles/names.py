"""How makes and models are written.

Source: the reference application's normalising rules (stated in the domain
rules, section vehicles). Every function is the identity on its own result.
"""

from __future__ import annotations

import re

__all__ = ["make_name", "model_name"]

_MAKES = {"BMW": "BMW", "GMC": "GMC", "MINI": "MINI", "MCLAREN": "McLaren"}

_CAPITALS = frozenset(
    "HD GT GL SE LE XLE RS SVT XR ST FX4 TRD ZR1 Z06 GTI GLI SI SS LT LTZ RT SRT SR SR5 XSE SEL".split()
)

_SHORT = 4
"""The longest mixed token (letters and digits) that is written in capitals: ``f150`` but not ``sierra2500``."""

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
        return token.upper()
    return _title(token)


def _title(text: str) -> str:
    # str.title() would write O'neil's as O'Neil'S; a letter after an apostrophe stays as it is
    return _WORD.sub(lambda m: m[0] if text[m.start() - 1 : m.start()] in ("'", "’") else _capital(m[0]), text)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:].lower()
