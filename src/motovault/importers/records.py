"""Records of a delimited text: cells, and the physical line at which each record begins.

Python's ``csv`` reader does the quoting; what it cannot see (quotes that never
close, cells of absurd length) becomes a finding here, and the next line is read on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from motovault.findings import Severity
from motovault.importers.findings import FindingLog
from motovault.importers.sources import Source

__all__ = ["Record", "fold_title", "is_blank", "read_records", "report_truncated"]

_MOST_CELLS = 10_000
"""A record of more cells is no row of any table; what lies beyond is not looked at."""


class Record(NamedTuple):
    """One record.

    Attributes:
        line: Physical line, from 1, at which it begins.
        has_end: A line end stands behind it; without one it is the file's last, and may be cut.
    """

    line: int
    cells: list[str]
    has_end: bool = True


def read_records(source: Source, delimiter: str, findings: FindingLog) -> Iterator[Record]:
    """All records but blank ones, in the order of the file."""
    with source.lines() as lines:
        yield from _records(lines, delimiter, findings)


def _records(lines: Iterable[str], delimiter: str, findings: FindingLog) -> Iterator[Record]:
    last = _Last(lines)
    # Not strict: text after a closing quote is kept, as the applications that write it expect.
    reader = csv.reader(last, delimiter=delimiter, skipinitialspace=delimiter != "\t")
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = "a cell is too long to be one; a quote that is never closed may be the cause"
            findings.add("cell_too_long", Severity.ERROR, message, line=line)
            continue
        has_end = last.text.endswith("\n")
        if last.is_over and (not has_end or reader.line_num == line):
            report_truncated(line, findings)
            return
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        if line == 1 and len(cells) <= 2 and cells[0].strip("\ufeff ").casefold().startswith("sep="):
            continue  # a spreadsheet's note to itself about the delimiter
        if len(cells) > _MOST_CELLS:
            message = f"the record has {len(cells)} cells; it was left out"
            findings.add("too_many_cells", Severity.ERROR, message, line=line)
            continue
        if last.is_over:
            message = (
                f"a quote opened here never closes: lines {line} to {reader.line_num} were read as one record"
            )
            findings.add("unclosed_quote", Severity.ERROR, message, line=line)
        yield Record(line, cells, has_end)


def report_truncated(line: int, findings: FindingLog) -> None:
    """Say that the file's last record is not whole, and that it was left out."""
    message = "the file ends in the middle of a row; it was left out"
    findings.add("truncated_row", Severity.ERROR, message, line=line)


class _Last:
    """Remembers the line that was read last, and takes NUL characters out.

    Attributes:
        text: The line.
        is_over: More was asked for than there is. If that was for a record, a quote of it is still open.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.text = ""
        self.is_over = False

    def __iter__(self) -> _Last:
        return self

    def __next__(self) -> str:
        try:
            text = next(self._lines)
        except StopIteration:
            self.is_over = True
            raise
        if "\x00" in text:
            text = text.replace("\x00", "")
        self.text = text
        return text


def is_blank(record: Record) -> bool:
    """Whether all its cells are empty, as in the padding that a spreadsheet leaves."""
    return not any(cell.strip() for cell in record.cells)


def fold_title(cell: str) -> str:
    """A column title as it is compared: no blanks around, no byte order mark, case ignored.

    >>> fold_title("\ufeff  Odo (KM) ")
    'odo (km)'
    """
    return " ".join(cell.replace("\ufeff", "").split()).casefold()[:200]
