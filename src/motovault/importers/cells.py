"""Reading the cells of a row, each with a finding where it cannot be read.

A row without a readable date or quantity is no fill-up and is left out, with
an error that says so. Any other cell that cannot be read leaves its own field
unknown, with an error too: dropping the whole row would take its fuel out of
the economy.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from motovault.findings import Severity
from motovault.importers.dates import BadDate, OrderEvidence, read_date
from motovault.importers.errors import Need
from motovault.importers.findings import FindingLog
from motovault.importers.numbers import BadNumber, SignEvidence, read_number
from motovault.importers.options import DATE_ORDERS, DECIMAL_SIGNS, ImportOptions
from motovault.quantities.context import EXACT, round_half_even

__all__ = ["CellReader", "clipped", "place_text", "settle_date_order", "settle_decimal_sign"]

_PLACES = 6
_ODOMETER_LIMIT = Decimal(10) ** 12
_AMOUNT_LIMIT = Decimal(10) ** 7
_SMALLEST = Decimal("0.0005")
_COST_LIMIT = Decimal(10) ** 8


class CellReader:
    """Reads cells of one file, in its notation, and reports what cannot be read.

    Attributes:
        line: Where the present record begins; set by the caller before each record.
    """

    def __init__(self, findings: FindingLog, order: str, sign: str = ".", *, grouped: bool = False) -> None:
        self._findings = findings
        self._order = order
        self._sign = sign
        self._grouped = grouped
        self.line = 0

    def when(self, cell: str, column: str) -> tuple[datetime, bool] | None:
        """The moment, and whether it has a time of day; None with an error if there is none."""
        cell = cell.strip()
        if not cell:
            self._error("missing_date", "the row has no date and was left out", column, "filled_at", cell)
            return None
        try:
            return read_date(cell, self._order)
        except BadDate as error:
            self._error("bad_date", f"the date {error}; the row was left out", column, "filled_at", cell)
            return None

    def date_or_none(self, cell: str) -> datetime | None:
        """The moment, or None without a finding: for records that are only counted."""
        try:
            return read_date(cell.strip(), self._order)[0]
        except BadDate:
            return None

    def volume(self, cell: str, column: str) -> Decimal | None:
        """How much was bought; None with an error where there is none, or none that can be."""
        try:
            number = read_number(cell, self._sign, grouped=self._grouped)
        except BadNumber as error:
            self._error("bad_number", f"the quantity {error}; the row was left out", column, "volume", cell)
            return None
        if not number:
            self._error("no_quantity", "a fill-up without a quantity was left out", column, "volume", cell)
        elif number < 0:
            self._error("negative_quantity", "a negative quantity was left out", column, "volume", cell)
        elif number <= _SMALLEST or number >= _AMOUNT_LIMIT:
            self._error("absurd_quantity", "a quantity that cannot be was left out", column, "volume", cell)
        else:
            return number
        return None

    def distance(self, cell: str, column: str, field: str) -> Decimal | None:
        """A reading or a distance; None where it is empty, 0 or not readable."""
        return self._positive(cell, column, field, _ODOMETER_LIMIT)

    def money(self, cell: str, column: str, field: str, divisor: Decimal | None = None) -> Decimal | None:
        """A price or a cost; None where it is empty, 0 (unknown, not free) or not readable."""
        limit = _COST_LIMIT if field == "total_cost" else _AMOUNT_LIMIT
        found = self._positive(cell, column, field, limit)
        return (
            found
            if found is None or divisor is None
            else round_half_even(EXACT.divide(found, divisor), _PLACES)
        )

    def percent(self, cell: str, column: str, field: str) -> Decimal | None:
        """A state of charge, 0 to 100; None where it is empty or not readable."""
        found = self.signed(cell, column, field)
        if found is not None and not 0 <= found <= 100:
            self._error("bad_percent", "is no percentage and was taken as unknown", column, field, cell)
            return None
        return found

    def signed(self, cell: str, column: str, field: str) -> Decimal | None:
        """Any number; None where it is empty or not readable."""
        try:
            return read_number(cell, self._sign, grouped=self._grouped)
        except BadNumber as error:
            message = f"{field} {error} and was taken as unknown"
            self._error("bad_number", message, column, field, cell)
            return None

    def flag(
        self, cell: str, column: str, field: str, true: Collection[str], false: Collection[str]
    ) -> bool | None:
        """A yes or no; None where it is empty, or any other word, which is reported."""
        word = cell.strip().casefold()
        if word in true:
            return True
        if not word:
            return None
        if word not in false:
            self._warn("unknown_word", f"{field} is neither yes nor no", column, field, cell)
            return None
        return False

    def _positive(self, cell: str, column: str, field: str, limit: Decimal) -> Decimal | None:
        number = self.signed(cell, column, field)
        if not number:
            return None
        if number < 0:
            self._warn(
                "negative_number", f"{field} is negative and was taken as unknown", column, field, cell
            )
            return None
        if number >= limit:
            self._warn("absurd_number", f"{field} is too large and was taken as unknown", column, field, cell)
            return None
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -_PLACES:
            return round_half_even(number, _PLACES) or None
        return number

    def _error(self, code: str, message: str, column: str, field: str, cell: str) -> None:
        self._report(code, Severity.ERROR, message, column, field, cell)

    def _warn(self, code: str, message: str, column: str, field: str, cell: str) -> None:
        self._report(code, Severity.WARNING, message, column, field, cell)

    def _report(
        self, code: str, severity: Severity, message: str, column: str, field: str, cell: str
    ) -> None:
        self._findings.add(
            code,
            severity,
            message,
            line=self.line,
            column=column.strip()[:80],
            field=field,
            value=cell.strip(),
        )


def clipped(text: str, longest: int, field: str, reader: CellReader, findings: FindingLog) -> str | None:
    """Text of at most ``longest`` characters; what is cut off is reported, not repeated."""
    text = text.strip()
    if len(text) > longest:
        message = f"{field} has {len(text)} characters and was cut to {longest}"
        findings.add("text_cut", Severity.WARNING, message, line=reader.line, field=field)
        text = text[:longest].rstrip()
    return text or None


def place_text(
    name: str, latitude: str, longitude: str, reader: CellReader, findings: FindingLog
) -> str | None:
    """Where it was, as text: the name, then the coordinates; 0, 0 is nowhere."""
    known = any(coordinate.strip("0.-, ") for coordinate in (latitude, longitude))
    point = f"({latitude}, {longitude})" if known and latitude and longitude else ""
    text = " ".join(part for part in (name, point) if part)
    return clipped(text, 500, "location", reader, findings) if text else None


def settle_date_order(
    evidence: OrderEvidence,
    options: ImportOptions,
    needs: list[Need],
    findings: FindingLog,
    stated: str | None = None,
) -> str:
    """The order of day and month: stated by the file, declared, proven by the column, or asked for."""
    declared, proven = options.date_order, evidence.order
    if not evidence.seen:
        return "YMD"
    fits = frozenset() if evidence.contradicts else evidence.possible
    if stated in fits and stated is not None:
        return stated
    if declared is not None:
        if declared not in fits:
            message = f"date_order {declared} was declared, but some dates are none in that order"
            findings.add("declaration_contradicted", Severity.WARNING, message, field="date_order")
        return declared
    if proven is not None:
        return proven
    reason = (
        "no one order of day and month fits all dates of the column"
        if evidence.contradicts
        else "every date of the column is one in more than one order"
    )
    choices = tuple(order for order in DATE_ORDERS if order in (fits or DATE_ORDERS))
    needs.append(Need("date_order", choices, reason))
    return DATE_ORDERS[0]


def settle_decimal_sign(
    evidence: SignEvidence,
    options: ImportOptions,
    needs: list[Need],
    findings: FindingLog,
    stated: str | None = None,
) -> str:
    """The decimal sign: declared, proven by the numbers, stated by the format, or asked for."""
    declared, proven = options.decimal_sign, evidence.sign
    is_proven = bool(evidence.points or evidence.commas)
    if declared is not None:
        if is_proven and proven != declared:
            message = f"decimal_sign {declared!r} was declared, but some numbers are none with it"
            findings.add("declaration_contradicted", Severity.WARNING, message, field="decimal_sign")
        return declared
    if is_proven and proven is not None:
        return proven
    if stated is not None:
        return stated
    if not is_proven and not evidence.unsure:
        return "."
    reason = (
        "some numbers can only have a decimal point, others only a decimal comma"
        if is_proven
        else "every number such as 1,234 could be a thousand or a fraction"
    )
    needs.append(Need("decimal_sign", DECIMAL_SIGNS, reason))
    return "."
