"""Work exported by the Fuelly website, several cars in one file.

The file names no unit of distance. What was done stands in
``sub_service_types``, comma-separated, in words such as ``engine_oil`` or in
the owner's own; expenses and purchases are other costs. ``date_added`` is when
the entry was typed and is never read. Source: a real export of 2020.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from motovault.findings import Severity
from motovault.importers.cells import CellReader, settle_date_order, settle_decimal_sign
from motovault.importers.dates import OrderEvidence
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import ImportOptions
from motovault.importers.planned import Entry, OtherRecord, PlannedVehicle
from motovault.importers.sources import Source
from motovault.importers.table import Table
from motovault.importers.units import settle_distance_unit
from motovault.importers.words import ANY_WORK, WorkWords
from motovault.importers.work_rows import WorkRow, WorkRows
from motovault.quantities.units import DistanceUnit

__all__ = ["FuellyServicesReader"]

_KINDS: Final = ("", "service", "expense", "bought")
"""What a row can be; one that does not say is work."""


class FuellyServicesReader:
    """Reads ``services.csv``."""

    format = "fuelly-services"
    source = "fuelly-web"

    def __init__(self, source: Source, delimiter: str, titles: list[str], options: ImportOptions) -> None:
        self._table = table = Table(source, delimiter, titles)
        self._options = options
        self._words = WorkWords(options.work)
        names = ("car_name", "model", "odometer", "price", "service_date", "service_type")
        self._at = {name: table.find([name]) for name in (*names, "sub_service_types", "notes")}
        self._cars: dict[str, int] = {}
        self._vehicles: list[PlannedVehicle] = []
        self._order, self._sign = "YMD", "."
        self._distance_unit: DistanceUnit | None = None

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """One a car name, in the order of the file."""
        return tuple(self._vehicles)

    @property
    def skipped(self) -> dict[str, int]:
        """Nothing is."""
        return {}

    def _cell(self, cells: list[str], name: str) -> str:
        at = self._at[name]
        return cells[at].strip() if at >= 0 else ""

    def survey(self, findings: FindingLog) -> None:
        """Settle dates, signs, the unit of distance and the cars. Raises ImportNeeds."""
        order, sign = OrderEvidence(), SignEvidence()
        cars: dict[str, str] = {}
        has_reading = False
        for _, cells in self._table.rows(Silence("")):
            order.see(self._cell(cells, "service_date"))
            for name in ("odometer", "price"):
                sign.see(self._cell(cells, name))
            has_reading = has_reading or bool(self._cell(cells, "odometer").strip("0."))
            cars.setdefault(self._cell(cells, "car_name"), self._cell(cells, "model"))
        needs: list[Need] = []
        self._order = settle_date_order(order, self._options, needs, findings)
        self._sign = settle_decimal_sign(sign, self._options, needs, findings, stated=".")
        if has_reading:
            self._distance_unit = settle_distance_unit(None, self._options, needs, findings, "")
        if needs:
            raise ImportNeeds(tuple(needs))
        self._cars = {name: position for position, name in enumerate(cars)}
        self._vehicles = [
            PlannedVehicle(name=name or None, model=model[:100] or None, distance_unit=self._distance_unit)
            for name, model in cars.items()
        ]

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """Work and other costs."""
        reader = CellReader(findings, self._order, self._sign, grouped=self._sign == ",")
        rows = WorkRows(self._words, reader, findings, self._distance_unit, self._options.currency_code)
        for line, cells in self._table.rows(findings):
            reader.line = line
            kind = self._cell(cells, "service_type")
            if kind.casefold() not in _KINDS:
                findings.add(
                    "unknown_record",
                    Severity.ERROR,
                    "the row is neither service, expense nor bought; it was left out",
                    line=line,
                    column=self._table.title(self._at["service_type"]),
                    value=kind,
                )
            elif (entry := self._entry(cells, reader, rows)) is not None:
                yield entry

    def _entry(self, cells: list[str], reader: CellReader, rows: WorkRows) -> Entry | None:
        titles = [self._table.title(self._at[name]) for name in ("sub_service_types", "odometer", "price")]
        when = reader.when(self._cell(cells, "service_date"), self._table.title(self._at["service_date"]))
        if when is None:
            return None
        odometer = reader.distance(self._cell(cells, "odometer"), titles[1], "odometer")
        amount = reader.signed(self._cell(cells, "price"), titles[2], "cost")
        kind = self._cell(cells, "service_type").casefold() or "service"
        if kind != "service":
            return OtherRecord(
                kind="other_cost", line=reader.line, on=when[0], odometer=odometer, cost=amount
            )
        parts = [part for cell in self._cell(cells, "sub_service_types").split(",") if (part := cell.strip())]
        row = WorkRow(
            when=when[0],
            parts=tuple(parts) or (kind,),
            allowed=ANY_WORK,
            odometer=odometer,
            amount=amount or None,
            titles=(titles[0], titles[1], titles[2]),
            notes=self._cell(cells, "notes"),
            vehicle=self._cars[self._cell(cells, "car_name")],
        )
        return rows.entry(row)
