"""Dates as applications, servers and spreadsheets write them, read without guessing.

``3/4/2026`` is in March or in April; one cell does not say which. The whole
column is asked first (:class:`OrderEvidence`). A date that begins with a
four-digit year explains itself.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

__all__ = ["BadDate", "OrderEvidence", "read_date"]

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?", re.ASCII)
_DATE = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<sep> ?[-/.] ?)(?P<b>[0-9]{1,2}) ?[-/.] ?(?P<c>[0-9]{1,4})\.?"
    r"(?:[T, ]{1,2}(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?:[:.](?P<s>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?P<half>[AaPp]\.? ?[Mm]\.?)?"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)
_LONGEST = 45
_BLANKS = str.maketrans(
    {"\xa0": " ", "\u202f": " ", "\u2009": " ", "\u200e": None, "\u200f": None, "\ufeff": None}
)
_FIRST_YEAR, _LAST_YEAR = 1885, 2100
_PIVOT = 70
"""Two-digit years from here on are of the last century."""


class BadDate(ValueError):
    """A cell that is no date."""


class OrderEvidence:
    """What a column says about the order of day and month."""

    def __init__(self) -> None:
        self.possible = frozenset(("YMD", "DMY", "MDY"))
        """Orders in which every date seen so far is one."""
        self.seen = 0
        """Cells whose order is in question."""
        self.contradicts = False
        """No one order fits all."""
        self.dotted = 0
        """Those of the cells that are written with dots."""

    def see(self, cell: str) -> None:
        """Take one cell into account; what is no date in any order says nothing."""
        if len(cell) > _LONGEST or cell[4:5] == "-":
            return
        found = _matched(cell)
        if found is None or len(found["a"]) > 2:
            return
        fits = frozenset(order for order in ("YMD", "DMY", "MDY") if _day(found, order) is not None)
        if not fits:
            return
        self.seen += 1
        self.dotted += "." in found["sep"]
        if self.possible & fits:
            self.possible &= fits
        else:
            self.contradicts = True

    @property
    def order(self) -> str | None:
        """The order that the column proves; None where it proves none; ``YMD`` if nothing is in doubt."""
        if not self.seen:
            return "YMD"
        if self.contradicts or len(self.possible) > 1:
            return None
        return next(iter(self.possible))


def read_date(cell: str, order: str) -> tuple[datetime, bool]:
    """The moment in a cell, and whether it has a time of day.

    The moment is naive (local time of the file) unless the cell states an offset.

    Args:
        cell: The cell.
        order: ``YMD``, ``DMY`` or ``MDY``, for dates that do not begin with a four-digit year.

    Raises:
        BadDate: It is no date, or none that exists.

    >>> read_date("3/14/2026 5:04 PM", "MDY")
    (datetime.datetime(2026, 3, 14, 17, 4), True)
    """
    if _ISO.fullmatch(cell):
        try:
            found = datetime.fromisoformat(cell)
        except ValueError:
            raise BadDate("is a date that does not exist") from None
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            raise BadDate(f"must lie between the years {_FIRST_YEAR} and {_LAST_YEAR}")
        return found, len(cell) > 10
    return _read(cell, order)


def _matched(cell: str) -> re.Match[str] | None:
    return _DATE.fullmatch(cell.translate(_BLANKS).strip().lstrip("'"))


def _read(cell: str, order: str) -> tuple[datetime, bool]:
    found = _matched(cell) if len(cell) <= _LONGEST else None
    if found is None:
        raise BadDate("is not a date")
    day = _day(found, "YMD" if len(found["a"]) > 2 else order)
    if day is None:
        raise BadDate(f"is no date that exists, read as {order}")
    if found["h"] is None:
        return day, False
    hour, minute, second = int(found["h"]), int(found["m"]), int(found["s"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise BadDate("has an hour that does not exist")
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    try:
        moment = day.replace(hour=hour, minute=minute, second=second)
        return (moment.replace(tzinfo=_zone(found["zone"])) if found["zone"] else moment), True
    except ValueError:
        raise BadDate("has a time of day that does not exist") from None


def _day(found: re.Match[str], order: str) -> datetime | None:
    parts = (found["a"], found["b"], found["c"])
    year = parts[order.index("Y")]
    if any(len(part) > 2 for part in parts if part is not year) or len(year) not in (2, 4):
        return None
    if order == "YMD" and len(year) == 2 and "-" not in found["sep"]:
        return None  # nobody writes a two-digit year first with dots or strokes
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    if not _FIRST_YEAR <= number <= _LAST_YEAR:
        return None
    try:
        return datetime(number, int(parts[order.index("M")]), int(parts[order.index("D")]))  # noqa: DTZ001
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    if text == "Z":
        return timezone(timedelta(0))
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
