"""Rows of work: one that is known becomes a planned log, any other is counted with what must be declared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import attrs

from motovault.domain.maintenance import Category
from motovault.findings import Severity
from motovault.importers.cells import CellReader, clipped
from motovault.importers.findings import FindingLog
from motovault.importers.planned import OtherRecord, PlannedMaintenanceLog
from motovault.importers.words import Resolved, WorkWords
from motovault.quantities.units import DistanceUnit

__all__ = ["ODOMETER_LIMIT", "WorkRow", "WorkRows"]

ODOMETER_LIMIT = Decimal(999_999_999)
"""Readings and intervals of maintenance are whole numbers below this."""

_COST_LIMIT = Decimal(10) ** 8 - 1
_LONGEST_TITLE = 500


@attrs.frozen(kw_only=True)
class WorkRow:
    """What a row of work says; cells as in the file.

    Attributes:
        parts: What names the work, for looking it up.
        title: What it is called; the parts where it is empty.
        amount: Signed; None where it is empty or not readable.
        titles: Of the columns: of the work, the odometer, the amount.
    """

    when: datetime
    parts: Sequence[str]
    allowed: tuple[Category, ...]
    odometer: Decimal | None
    amount: Decimal | None
    titles: tuple[str, str, str]
    title: str = ""
    notes: str = ""
    shop_name: str = ""
    vehicle: int = 0
    source_id: str | None = None
    older_id: str | None = None


class WorkRows:
    """Makes entries of rows of one file."""

    def __init__(
        self,
        words: WorkWords,
        reader: CellReader,
        findings: FindingLog,
        distance_unit: DistanceUnit | None,
        currency_code: str | None,
    ) -> None:
        self._words = words
        self._reader = reader
        self._findings = findings
        self._distance_unit = distance_unit
        self._currency_code = currency_code

    def entry(self, row: WorkRow, known: Resolved | None = None) -> PlannedMaintenanceLog | OtherRecord:
        """The planned log; a record that is counted, where it is no work or must be declared first.

        Args:
            row: What it says.
            known: What it is, where that is settled already.
        """
        is_credit = row.amount is not None and row.amount < 0
        if known is None:
            known = self._words.resolve(row.parts, row.allowed, is_credit=is_credit)
        work, line = known.work, self._reader.line
        if is_credit and work is not None:
            message = "an amount below 0 is a credit and no cost; it was kept in the notes"
            self._warn("credit_amount", message, row.titles[2], "cost", row.amount)
        if work is None:
            if is_credit:
                message = "an amount below 0 is a credit: it is kept only with work that is declared"
                self._warn("credit_amount", message, row.titles[2], "cost", row.amount)
            return OtherRecord(
                kind="maintenance" if known.unknown else "other_cost",
                line=line,
                on=row.when,
                odometer=row.odometer,
                cost=row.amount,
                unknown=known.unknown,
                column=row.titles[0],
            )
        title = row.title or ", ".join(row.parts)
        return PlannedMaintenanceLog(
            line=line,
            vehicle=row.vehicle,
            done_at=row.when,
            work=work,
            title=clipped(title, _LONGEST_TITLE, "notes", self._reader, self._findings) or "",
            odometer=self._reading(row),
            odometer_unit=self._distance_unit,
            amount=self._amount(row),
            currency_code=self._currency_code,
            shop_name=clipped(row.shop_name, 200, "shop_name", self._reader, self._findings),
            notes=clipped(row.notes, 99_000, "notes", self._reader, self._findings),
            source_id=row.source_id,
            older_id=row.older_id,
        )

    def _reading(self, row: WorkRow) -> Decimal | None:
        if row.odometer is not None and row.odometer >= ODOMETER_LIMIT:
            message = "odometer is too large and was taken as unknown"
            self._warn("absurd_number", message, row.titles[1], "odometer", row.odometer)
            return None
        return row.odometer

    def _amount(self, row: WorkRow) -> Decimal | None:
        if row.amount is not None and abs(row.amount) >= _COST_LIMIT:
            message = "cost is too large and was taken as unknown"
            self._warn("absurd_number", message, row.titles[2], "cost", row.amount)
            return None
        return row.amount

    def _warn(self, code: str, message: str, column: str, field: str, value: Decimal | None) -> None:
        self._findings.add(
            code,
            Severity.WARNING,
            message,
            line=self._reader.line,
            column=column.strip()[:80],
            field=field,
            value=str(value),
        )
