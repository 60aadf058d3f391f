"""What a row of Fuelio's Costs section means: a cost, a reminder, both, or neither.

Work on the vehicle are costs of the categories Service, Maintenance and
Tuning, and of the owner's own categories whose name says so; their title says
what was done. Registration, parking, wash, tolls, fines and insurance never are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import attrs

from motovault.findings import Severity
from motovault.importers.cells import CellReader
from motovault.importers.findings import FindingLog
from motovault.importers.fuelio_codes import OTHER_COSTS, WORK_CATEGORIES
from motovault.importers.fuelio_rows import Titles
from motovault.importers.planned import Entry, OtherRecord, PlannedSchedule
from motovault.importers.words import ANY_WORK, Resolved, Unresolved, WorkWords
from motovault.importers.work import Work, fold_words, plain_words
from motovault.importers.work_rows import ODOMETER_LIMIT, WorkRow, WorkRows
from motovault.quantities.units import DistanceUnit

__all__ = ["CostRows", "CostSettings", "Newest"]

_NO_REMINDER = "2011-01-01"
"""What Fuelio writes for "no date" in ``RemindDate``."""

_MOST_REMINDERS = 10_000
_MOST_MONTHS = 1200


@attrs.frozen(kw_only=True)
class CostSettings:
    """What holds for all rows of a Costs section.

    Attributes:
        categories: Names of the cost categories, by their id.
        words: What work titles name.
    """

    distance_unit: DistanceUnit | None
    currency_code: str | None
    categories: Mapping[str, str]
    words: WorkWords


class _Reminder(NamedTuple):
    """When a row wants to be reminded of. They compare so that the newest is the greatest."""

    written: datetime
    due_on: date
    due_odometer: Decimal
    months: int
    distance: Decimal
    odometer: Decimal
    title: str
    type_id: str

    @property
    def repeats(self) -> bool:
        return bool(self.months or self.distance)


class Newest:
    """Of reminders with the same words the newest; Fuelio writes one with every cost of a series."""

    def __init__(self) -> None:
        self._known: dict[str, _Reminder] = {}

    def see(self, reminder: _Reminder) -> None:
        """Take one into account."""
        key = _key(reminder.title)
        if key in self._known or len(self._known) < _MOST_REMINDERS:
            self._known[key] = max(reminder, self._known.get(key, reminder))

    def is_one(self, reminder: _Reminder) -> bool:
        """Whether this is the newest of its words."""
        return self._known.get(_key(reminder.title)) == reminder


class CostRows:
    """Reads rows of one Costs section.

    Args:
        titles: Its header.
        settings: What holds for all rows.
        reader: Reads the cells.
        findings: Told what was not kept.
        newest: Of reminders with the same words the newest.
        planned: The keys of those that were planned before; grows.
    """

    def __init__(
        self,
        titles: Titles,
        settings: CostSettings,
        reader: CellReader,
        findings: FindingLog,
        newest: Newest,
        planned: set[str],
    ) -> None:
        self._titles, self._settings = titles, settings
        self._reader, self._findings = reader, findings
        self._newest = newest
        self._rows = WorkRows(
            settings.words, reader, findings, settings.distance_unit, settings.currency_code
        )
        self._names = (titles.title("costtitle"), titles.title("odo"), titles.title("cost"))
        self._planned = planned

    def survey(self, cells: list[str]) -> None:
        """Take a row's reminder into account, for which of its words is the newest."""
        if self._is_reminder(cells) and (reminder := self._reminder(cells)) and reminder.repeats:
            self._newest.see(reminder)

    def entries(self, cells: list[str]) -> Iterator[Entry]:
        """What the row is; a cost of 0 with a reminder is the reminder alone."""
        get, reader = self._titles.get, self._reader
        line = reader.line
        when = reader.when(get(cells, "date"), self._titles.title("date"))
        cost = reader.signed(get(cells, "cost"), self._titles.title("cost"), "cost")
        odometer = reader.distance(get(cells, "odo"), self._titles.title("odo"), "odometer")
        on = when[0] if when else None
        is_reminder = self._is_reminder(cells)
        is_template = get(cells, "istemplate").strip() == "1"
        is_cost = when is not None and not is_template and not (is_reminder and not cost)
        is_income = get(cells, "isincome").strip() == "1" or (cost is not None and cost < 0)
        if is_reminder:
            yield self._schedule(cells, on, names_words=not is_cost or is_income)
        if is_template and not is_reminder:
            yield OtherRecord(kind="template", line=line)
        if when is None or not is_cost:
            return
        if is_income:
            yield OtherRecord(kind="income", line=line, on=on, cost=cost)
            return
        known = self._work(cells)
        if known is None:
            yield OtherRecord(kind="other_cost", line=line, on=on, odometer=odometer, cost=cost)
        elif known.work is None and known.unknown and not self._is_candidate(cells):
            yield OtherRecord(
                kind="other_cost",
                line=line,
                on=on,
                odometer=odometer,
                cost=cost,
                unknown=known.unknown,
                column=self._titles.title("costtypeid"),
            )
        else:
            uid, guid = get(cells, "uniqueid").strip(), get(cells, "guid").strip()
            unique = f"id:cost:{uid[:40]}" if uid not in ("", "0") else None
            title = get(cells, "costtitle").strip()
            row = WorkRow(
                when=when[0],
                parts=(title,),
                allowed=ANY_WORK,
                title=title or self._category(cells),
                odometer=odometer,
                amount=cost or None,
                titles=self._names,
                notes=get(cells, "notes"),
                source_id=f"guid:{guid[:200]}" if guid else unique,
                older_id=unique if guid else None,
            )
            yield self._rows.entry(row, known)

    # ------------------------------------------------------------------- what it is

    def _category(self, cells: list[str]) -> str:
        """The cost category by its name."""
        return self._settings.categories.get(self._titles.get(cells, "costtypeid").strip(), "")

    def _work(self, cells: list[str]) -> Resolved | None:
        """What work the row is; None where it is none, or of a category that never is."""
        words, title = self._settings.words, self._titles.get(cells, "costtitle").strip()
        type_id, name = self._titles.get(cells, "costtypeid").strip(), self._category(cells)
        allowed = WORK_CATEGORIES.get(type_id)
        if type_id in OTHER_COSTS:
            return None
        if allowed is not None:
            found = words.resolve((title or name,), allowed)
            declared = words.declared(name) if found.unknown else None
            return declared or found
        if not name:  # the section that names the owner's own categories may be missing
            return (words.declared(title) or words.asked(title)) if title else None
        of_title = words.declared(title)
        of_name = words.resolve((name,), ANY_WORK, takes_any=False)
        if of_title is not None:
            return of_title
        if of_name.work is None and not of_name.unknown:
            return None
        if of_name.unknown and not _is_known(of_name.unknown):
            return Resolved(unknown=of_name.unknown)
        found = words.resolve((title,), ANY_WORK) if title else of_name
        return found if found.work is not None else of_name

    def _is_candidate(self, cells: list[str]) -> bool:
        """Whether its category is one of work, though what work may not be known."""
        if self._titles.get(cells, "costtypeid").strip() in WORK_CATEGORIES:
            return True
        words = self._settings.words
        return _is_known(words.resolve((self._category(cells),), ANY_WORK, takes_any=False).unknown)

    # --------------------------------------------------------------------- reminders

    def _schedule(self, cells: list[str], on: datetime | None, *, names_words: bool) -> Entry:
        reminder, known = self._reminder(cells), self._work(cells)
        counted = OtherRecord(kind="schedule", line=self._reader.line, on=on)
        if reminder is None or not reminder.repeats:
            message = "a reminder that comes once is no schedule, which needs an interval; it was not kept"
            return self._not_kept(counted, Severity.WARNING, message)
        may_be = self._is_candidate(cells) or not self._category(cells)
        is_work = known is not None and (known.work is not None or may_be)
        if known is None or not is_work:
            message = "a reminder of something that is no work on the vehicle; it was not kept"
            return self._not_kept(counted, Severity.INFO, message)
        if known.work is None:
            unknown: tuple[Unresolved, ...] = known.unknown if names_words else ()
            return attrs.evolve(counted, unknown=unknown, column=self._names[0])
        key = _key(reminder.title)
        if not self._newest.is_one(reminder) or key in self._planned:
            message = "a newer reminder has the same words; this one was not kept"
            return self._not_kept(counted, Severity.INFO, message)
        self._planned.add(key)
        return self._planned_schedule(reminder, known.work, on, key)

    def _planned_schedule(
        self, reminder: _Reminder, work: Work, on: datetime | None, key: str
    ) -> PlannedSchedule:
        return PlannedSchedule(
            line=self._reader.line,
            vehicle=0,
            work=work,
            title=reminder.title,
            interval_months=reminder.months or None,
            interval_distance=reminder.distance or None,
            first_due_date=reminder.due_on if reminder.due_on > date.min else None,
            first_due_odometer=reminder.due_odometer or None,
            began_at=on,
            began_odometer=reminder.odometer or None,
            distance_unit=self._settings.distance_unit,
            source_key=key,
        )

    def _not_kept(self, counted: OtherRecord, severity: Severity, message: str) -> OtherRecord:
        self._findings.add(
            "reminder_not_kept", severity, message, line=counted.line, column=self._titles.title("reminddate")
        )
        return counted

    def _is_reminder(self, cells: list[str]) -> bool:
        # Of an interval alone Fuelio makes no reminder, but a repetition needs one to start from.
        numbers = (
            self._titles.get(cells, name).strip() for name in ("remindodo", "repeatodo", "repeatmonths")
        )
        return self._due_on(cells) is not None or any(number.strip("0.-") for number in numbers)

    def _due_on(self, cells: list[str]) -> date | None:
        text = self._titles.get(cells, "reminddate").strip()
        if not text or text.startswith(_NO_REMINDER):
            return None
        found = self._reader.date_or_none(text)
        return None if found is None or (found.year, found.month, found.day) == (2011, 1, 1) else found.date()

    def _reminder(self, cells: list[str]) -> _Reminder | None:
        get = self._titles.get
        when = self._reader.date_or_none(get(cells, "date"))
        months = get(cells, "repeatmonths").strip().partition(".")[0]
        is_count = months.isascii() and months.isdecimal() and len(months) < 5
        return _Reminder(
            written=when.replace(tzinfo=None) if when else datetime.min,  # noqa: DTZ901 - of the file's zone
            due_on=self._due_on(cells) or date.min,
            due_odometer=self._distance(cells, "remindodo"),
            months=int(months) if is_count and int(months) <= _MOST_MONTHS else 0,
            distance=self._distance(cells, "repeatodo"),
            odometer=self._distance(cells, "odo"),
            title=get(cells, "costtitle").strip()[:500] or self._category(cells)[:500],
            type_id=get(cells, "costtypeid").strip()[:20],
        )

    def _distance(self, cells: list[str], name: str) -> Decimal:
        """A reading or an interval; 0 where there is none that a schedule can hold."""
        found = self._reader.distance(self._titles.get(cells, name), self._titles.title(name), name)
        return Decimal(0) if found is None or found >= ODOMETER_LIMIT or found < 1 else found


def _is_known(unknown: tuple[Unresolved, ...]) -> bool:
    """Whether there are unknown words, of which something is known."""
    return bool(unknown) and all(one.proposed is not None for one in unknown)


def _key(title: str) -> str:
    """What reminders have in common that are one: the words of their titles, without numbers."""
    words = " ".join(fold_words(title))
    if len(words) > 100 or not plain_words(title):
        words = hashlib.blake2b(words.encode(), digest_size=16).hexdigest()
    return f"reminder:{words}"
