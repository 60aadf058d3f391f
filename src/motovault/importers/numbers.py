"""Numbers as people and servers of every country write them, read without guessing.

Whether ``1,234`` is a thousand or one and a bit cannot be told from one cell.
The whole file is asked first (:class:`SignEvidence`); each cell is then read
with the sign that was found or declared (:func:`read_number`).
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["BadNumber", "SignEvidence", "read_number"]

_PLAIN = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_SHAPE = {
    ".": re.compile(r"(?:[0-9]{1,3}(?:[,' ][0-9]{2,3})*[,' ][0-9]{3}|[0-9]+)?(?:\.[0-9]*)?", re.ASCII),
    ",": re.compile(r"(?:[0-9]{1,3}(?:[.' ][0-9]{2,3})*[.' ][0-9]{3}|[0-9]+)?(?:,[0-9]*)?", re.ASCII),
}
_UNGROUPED = {
    ".": re.compile(r"[0-9]*(?:\.[0-9]*)?", re.ASCII),
    ",": re.compile(r"[0-9]*(?:,[0-9]*)?", re.ASCII),
}
_LONGEST = 60
_BLANKS = str.maketrans({"\xa0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
# Symbols and codes before or behind an amount: "$", "€", "zł", "Kč", "CHF", "kr." and "R$", but never digits.
_CURRENCY = r"(?:[^\W\d_]{1,2}\$|[^\W\d_]{1,4}\.?|[$€£¥₹₽₺₴₩₪₫฿₦₱¢])"
_AMOUNT = re.compile(
    rf"(?P<before>[-+])? *{_CURRENCY}? *(?P<inside>[-+])? *"
    rf"(?P<bare>[0-9., ']*?) *{_CURRENCY}? *(?P<behind>-)?"
)
_DROP = str.maketrans("", "", ", '")
_DROP_DOTTED = str.maketrans(",", ".", ". '")


class BadNumber(ValueError):
    """A cell that is no number."""


class SignEvidence:
    """What the numbers of a file say about the decimal sign."""

    def __init__(self) -> None:
        self.points = 0
        """Cells in which ``.`` can only be the decimal sign."""
        self.commas = 0
        """Cells in which ``,`` can only be the decimal sign."""
        self.unsure = 0
        """Cells such as ``1,234`` that could be read both ways."""

    def see(self, cell: str) -> None:
        """Take one cell into account."""
        has_comma, has_point = "," in cell, "." in cell
        if not (has_comma or has_point) or len(cell) > _LONGEST:
            return
        if self.points and not has_comma and cell.count(".") == 1:
            return  # it can only say again what is known
        if has_comma and has_point:
            self._count("." if cell.rfind(".") > cell.rfind(",") else ",")
            return
        sign, other = (",", ".") if has_comma else (".", ",")
        bare = _bare(cell)[1]
        head, _, tail = bare.partition(sign)
        if not (head + tail).replace(sign, "").isdecimal():
            return
        if sign in tail:
            self._count(other)
        elif len(tail) != 3 or len(head) > 3 or head in ("", "0"):
            self._count(sign)
        else:
            self.unsure += 1

    def _count(self, sign: str) -> None:
        if sign == ".":
            self.points += 1
        else:
            self.commas += 1

    @property
    def sign(self) -> str | None:
        """The decimal sign that the cells prove; None where they contradict each other or prove nothing."""
        if self.points and self.commas:
            return None
        if self.points or self.commas:
            return "." if self.points else ","
        return None if self.unsure else "."


def read_number(cell: str, sign: str = ".", *, grouped: bool = True) -> Decimal | None:
    """The number in a cell; None where it is empty.

    Currency symbols, blanks of all kinds, brackets for a negative amount and a
    leading apostrophe (a spreadsheet's mark for text) are understood.

    Args:
        cell: The cell.
        sign: The decimal sign, ``.`` or ``,``.
        grouped: Thousands may be separated; without it a separator is an error.

    Raises:
        BadNumber: It is no number in this notation.

    >>> read_number("($1,234.50)"), read_number("1.234,56 €", ","), read_number(" ")
    (Decimal('-1234.50'), Decimal('1234.56'), None)
    """
    if sign == "." and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    if len(cell) > _LONGEST:
        raise BadNumber("is too long")
    negative, bare = _bare(cell)
    if not bare:
        if cell.strip() in ("", "'", '"'):
            return None
        raise BadNumber("is not a number")
    shape = _SHAPE[sign] if grouped else _UNGROUPED[sign]
    if not shape.fullmatch(bare) or not any(c.isdecimal() for c in bare):
        raise BadNumber("is not a number")
    number = Decimal(bare.translate(_DROP if sign == "." else _DROP_DOTTED))
    return number.copy_negate() if negative and number else number


def _bare(cell: str) -> tuple[bool, str]:
    """Whether it is negative, and the digits and signs without currency, brackets and minus."""
    # One blank at most between two signs, or the pattern could be matched in very many ways.
    text = " ".join(cell.translate(_BLANKS).split()).removeprefix("'").strip()
    in_brackets = text.startswith("(") and text.endswith(")")
    if in_brackets:
        text = text[1:-1].strip()
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return False, text
    signs = [sign for sign in found.group("before", "inside", "behind") if sign]
    if len(signs) + in_brackets > 1:
        return False, text
    return in_brackets or signs == ["-"], found["bare"]
