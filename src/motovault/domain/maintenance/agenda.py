"""What is due, ready to be read by a person or a program.

The order and the figures come from ``upcoming``; the items are made when they
are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from html import escape
from typing import Any, overload

import attrs

from motovault.domain.maintenance.status import DueStatus
from motovault.domain.maintenance.upcoming_item import (
    Row,
    UpcomingItem,
    Whereabouts,
    due_text,
    expected_text,
    left_text,
    one_line,
    status_of,
    status_text,
)
from motovault.domain.odometer import of_the_future, rollbacks
from motovault.domain.vehicles import VehicleId
from motovault.findings import Finding

__all__ = ["Upcoming"]


class Upcoming(Sequence[UpcomingItem]):
    """What is due, the most urgent first; the items are made when they are looked at.

    Attributes:
        today: The owner's local date for which it holds.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        places: Sequence[Whereabouts],
        today: date,
        local_date: Callable[[datetime], date],
    ) -> None:
        self.today = today
        self._rows = rows
        self._places = places
        self._local_date = local_date

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[UpcomingItem]:
        return (UpcomingItem(row, self.today) for row in self._rows)

    @overload
    def __getitem__(self, index: int, /) -> UpcomingItem: ...
    @overload
    def __getitem__(self, index: slice, /) -> Upcoming: ...
    def __getitem__(self, index: int | slice, /) -> UpcomingItem | Upcoming:
        if isinstance(index, slice):
            return self._of(self._rows[index])
        return UpcomingItem(self._rows[index], self.today)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Upcoming):
            return NotImplemented
        return self.today == other.today and list(self) == list(other)

    def __hash__(self) -> int:
        return hash((self.today, len(self)))

    def _of(self, rows: Sequence[Row]) -> Upcoming:
        return Upcoming(rows, self._places, self.today, self._local_date)

    def with_status(self, *statuses: DueStatus) -> Upcoming:
        """Only those, in the same order."""
        wanted = set(statuses)
        return self._of([row for row in self._rows if status_of(row) in wanted])

    def of_vehicle(self, vehicle_id: VehicleId) -> Upcoming:
        """Only those of one vehicle, in the same order."""
        rows = [row for row in self._rows if row.place.vehicle.id == vehicle_id]
        places = [place for place in self._places if place.vehicle.id == vehicle_id]
        return Upcoming(rows, places, self.today, self._local_date)

    @property
    def overdue(self) -> Upcoming:
        """Those that are overdue, the longest overdue first."""
        return self.with_status(DueStatus.OVERDUE)

    @property
    def due_soon(self) -> Upcoming:
        """Those that are due soon, the soonest first."""
        return self.with_status(DueStatus.DUE_SOON)

    @property
    def counts(self) -> dict[DueStatus, int]:
        """How many of each status, the most urgent first."""
        grades = [status_of(row) for row in self._rows]
        return {status: grades.count(status) for status in DueStatus}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Where an odometer went back or is ahead of today, which may be a slip; looked for when asked."""
        found: list[Finding] = []
        for place in self._places:
            title = f"{one_line(place.vehicle.title)}: " if len(self._places) > 1 else ""
            ahead = of_the_future(place.readings, self.today, place.unit, self._local_date)
            for one in (*rollbacks(place.readings, place.unit, self._local_date), *ahead):
                found.append(attrs.evolve(one, message=title + one.message))
        return tuple(found)

    def as_dict(self) -> dict[str, Any]:
        """The same for a program: amounts as decimal text, dates as ISO 8601."""
        return {
            "today": self.today.isoformat(),
            "counts": {status.value: count for status, count in self.counts.items()},
            "items": [item.as_dict() for item in self],
            "findings": [
                {**attrs.asdict(finding), "severity": finding.severity.value} for finding in self.findings
            ],
        }

    def _summary(self) -> str:
        return f"Maintenance on {self.today}: {self._said()}"

    def _said(self) -> str:
        said = ", ".join(f"{count} {status_text(status)}" for status, count in self.counts.items() if count)
        return said or "nothing"

    def _table(self) -> list[tuple[str, ...]]:
        several = len({row.place.vehicle.id for row in self._rows}) > 1
        head = ("status", *(("vehicle",) if several else ()), "work", "due", "left", "expected")
        rows = [
            (
                status_text(item.status),
                *((one_line(item.vehicle_title),) if several else ()),
                one_line(item.work),
                due_text(item),
                left_text(item),
                expected_text(item),
            )
            for item in self
        ]
        return [head, *rows] if rows else []

    def __repr__(self) -> str:
        return f"<Upcoming on {self.today}: {self._said()}>"

    def __str__(self) -> str:
        table = self._table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in table
        ]
        found = [f"  ! {finding.message}" for finding in self.findings]
        return "\n".join([self._summary(), *lines, *found])

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        table = self._table()
        body = "".join(row(cells, "td" if place else "th") for place, cells in enumerate(table))
        found = "".join(f"<li>{escape(finding.message)}</li>" for finding in self.findings)
        shown = f"<table><caption>{escape(self._summary())}</caption>{body}</table>"
        return shown + (f"<ul>{found}</ul>" if found else "")
