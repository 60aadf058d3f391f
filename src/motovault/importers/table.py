"""One table: a header row, then a row a record. The shape of every format here but Fuelio's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from motovault.findings import Severity
from motovault.importers.findings import FindingLog
from motovault.importers.records import Record, fold_title, is_blank, read_records, report_truncated
from motovault.importers.sources import Source

__all__ = ["Row", "Table", "fitted"]


class Row(NamedTuple):
    """One record of a table, of full width: ``line`` is the physical line, from 1, at which it begins."""

    line: int
    cells: list[str]


class Table:
    """A table of a file, read row by row.

    Attributes:
        titles: The header's cells, as in the file; empty where the table has none.
    """

    def __init__(self, source: Source, delimiter: str, titles: list[str]) -> None:
        self._source = source
        self._delimiter = delimiter
        self.titles = titles
        self._folded = [fold_title(title) for title in titles]
        self._first: dict[str, int] = {}
        for position, title in enumerate(self._folded):
            self._first.setdefault(title, position)

    def find(self, titles: Iterable[str]) -> int:
        """Position of the first of these titles (folded) that the table has; -1 if it has none."""
        return next((self._first[title] for title in titles if title in self._first), -1)

    def count(self, title: str) -> int:
        """How many columns have this title (folded)."""
        return self._folded.count(title)

    def title(self, position: int) -> str:
        """The title of a column, for findings."""
        if 0 <= position < len(self.titles):
            return self.titles[position].strip()
        return f"column {position}" if position >= 0 else ""

    def rows(self, findings: FindingLog, least: int = 0) -> Iterator[Row]:
        """The records behind the header, blank and repeated header rows left out, each of full width.

        Args:
            findings: Told of rows that are longer than the header, and of a last one that is cut.
            least: Width below which a row is padded although the header is shorter.
        """
        width = max(len(self.titles), least)
        for record in read_records(self._source, self._delimiter, findings):
            if (is_blank(record) and record.has_end) or self._is_header(record):
                continue
            if (row := fitted(record, width, findings, bool(self.titles))) is not None:
                yield row

    def _is_header(self, record: Record) -> bool:
        cells, titles = record.cells, self._folded
        if not titles or fold_title(cells[0]) != titles[0]:
            return False
        return [fold_title(cell) for cell in cells[: len(titles)]] == titles


def fitted(record: Record, width: int, findings: FindingLog, has_header: bool = True) -> Row | None:
    """The record with at least ``width`` cells; surplus text is reported.

    None, with an error, if the file ends in it: a last row of too few cells and without a line end.
    Half a number is a number too, so what there is of it says nothing.
    """
    cells = record.cells
    if len(cells) < width:
        if not record.has_end:
            report_truncated(record.line, findings)
            return None
        cells.extend([""] * (width - len(cells)))
    elif has_header and len(cells) > width and any(cell.strip() for cell in cells[width:]):
        if any("\n" in cell for cell in cells):
            message = (
                "the record runs over several lines and is longer than the header: a quote is out of place"
            )
            findings.add("broken_quotes", Severity.ERROR, message, line=record.line)
        else:
            message = (
                f"the row has {len(cells)} cells where the header has {width}; the last ones were not read"
            )
            findings.add("row_too_long", Severity.WARNING, message, line=record.line)
    return Row(record.line, cells)
