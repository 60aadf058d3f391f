"""The Fuelly app's export: fuel-ups and work of several vehicles in one table.

Titles change with the units of the account, so a column is found by its title
or, where that is another one, by its place. The gallon does not say which it
is, and no fill-up is marked "one before this was missed".
Source: the columns as importers of other applications read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from motovault.findings import Severity
from motovault.importers.cells import CellReader, clipped, settle_date_order, settle_decimal_sign
from motovault.importers.currencies import CurrencyEvidence, settle_currency
from motovault.importers.dates import OrderEvidence
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.fuelly_web import ECONOMY_TITLES, VOLUME_TITLES
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import ImportOptions
from motovault.importers.planned import Entry, OtherRecord, PlannedFuelLog, PlannedVehicle
from motovault.importers.sources import Source
from motovault.importers.table import Table
from motovault.importers.units import distance_unit_in, fuel_unit_in, settle_distance_unit, settle_fuel_unit
from motovault.importers.words import ANY_WORK, WorkWords
from motovault.importers.work_rows import WorkRow, WorkRows
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["FuellyAppReader", "is_fuelly_app"]

_PLACES = {
    "type": 0,
    "economy": 1,
    "date": 2,
    "time": 3,
    "vehicle": 4,
    "odometer": 5,
    "filled up": 6,
    "price": 7,
    "volume": 8,
    "total cost": 9,
    "octane": 10,
    "gas brand": 11,
    "location": 12,
    "notes": 16,
    "services": 17,
}
_ALIASES = {
    "price": ("price", "cost/gallon", "cost/litre", "cost/liter", "price/gallon", "price/litre"),
    "volume": VOLUME_TITLES,
    "economy": tuple(ECONOMY_TITLES),
}
_MARKS = {"type", "date", "time", "vehicle", "odometer", "filled up"}
_WIDTH = 18


def is_fuelly_app(titles: set[str]) -> bool:
    """Whether a table with these titles (folded) is the app's."""
    return titles >= _MARKS


class FuellyAppReader:
    """Reads the app's table."""

    format = "fuelly-app"
    source = "fuelly-app"

    def __init__(self, source: Source, delimiter: str, titles: list[str], options: ImportOptions) -> None:
        self._table = table = Table(source, delimiter, titles)
        self._options = options
        self._words = WorkWords(options.work)
        self._at = {}
        for name, place in _PLACES.items():
            found = table.find(_ALIASES.get(name, (name,)))
            self._at[name] = place if found < 0 and len(titles) == _WIDTH else found
        self._cars: dict[str, int] = {}
        self._vehicles: list[PlannedVehicle] = []
        self._order, self._sign = "YMD", "."
        self._distance_unit: DistanceUnit | None = None
        self._fuel_unit = FuelUnit.L
        self._currency_code = options.currency_code

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """One a name, in the order of the file."""
        return tuple(self._vehicles)

    @property
    def skipped(self) -> dict[str, int]:
        """Nothing is."""
        return {}

    def _cell(self, cells: list[str], name: str) -> str:
        at = self._at[name]
        return cells[at].strip() if at >= 0 else ""

    def _title(self, name: str) -> str:
        return self._table.title(self._at[name])

    def survey(self, findings: FindingLog) -> None:
        """Settle dates, signs, units and vehicles. Raises ImportNeeds."""
        order, sign = OrderEvidence(), SignEvidence()
        has_fuel, currency = False, CurrencyEvidence()
        for _, cells in self._table.rows(Silence("")):
            order.see(self._cell(cells, "date"))
            for name in ("odometer", "price", "volume", "total cost"):
                sign.see(self._cell(cells, name))
            currency.see(self._cell(cells, "total cost"))
            has_fuel = has_fuel or self._cell(cells, "type").casefold() == "gas"
            self._cars.setdefault(self._cell(cells, "vehicle"), len(self._cars))
        needs: list[Need] = []
        self._order = settle_date_order(order, self._options, needs, findings)
        self._sign = settle_decimal_sign(sign, self._options, needs, findings)
        economy = self._title("economy")
        stated = ECONOMY_TITLES.get(economy.casefold(), distance_unit_in(self._title("odometer")))
        self._distance_unit = settle_distance_unit(stated, self._options, needs, findings)
        if has_fuel:
            hint = fuel_unit_in(self._title("volume"))
            self._fuel_unit = settle_fuel_unit(hint, self._options, needs, findings)
        if needs:
            raise ImportNeeds(tuple(needs))
        self._currency_code = settle_currency(currency, self._options, findings)
        self._vehicles = [
            PlannedVehicle(name=name or None, distance_unit=self._distance_unit) for name in self._cars
        ]

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """Fill-ups, work and other costs."""
        reader = CellReader(findings, self._order, self._sign, grouped=True)
        rows = WorkRows(self._words, reader, findings, self._distance_unit, self._currency_code)
        for line, cells in self._table.rows(findings):
            reader.line = line
            kind = self._cell(cells, "type").casefold()
            entry: Entry | None = None
            if kind == "gas":
                entry = self._log(line, cells, reader, findings)
            elif kind in ("service", "expense"):
                entry = self._work(cells, reader, rows, is_work=kind == "service")
            else:
                message = "the row is neither Gas, Service nor Expense; it was left out"
                value, column = self._cell(cells, "type"), self._title("type")
                findings.add(
                    "unknown_record",
                    Severity.ERROR,
                    message,
                    line=line,
                    column=column,
                    value=value,
                )
            if entry is not None:
                yield entry

    def _when(self, cells: list[str], reader: CellReader) -> tuple[datetime, bool] | None:
        day, time = self._cell(cells, "date"), self._cell(cells, "time")
        if time and day and reader.date_or_none(f"{day} {time}") is not None:
            return reader.when(f"{day} {time}", self._title("date"))
        return reader.when(day, self._title("date"))

    def _odometer(self, cells: list[str], reader: CellReader) -> Decimal | None:
        return reader.distance(self._cell(cells, "odometer"), self._title("odometer"), "odometer")

    def _log(self, line: int, cells: list[str], reader: CellReader, findings: FindingLog) -> Entry | None:
        when = self._when(cells, reader)
        volume = reader.volume(self._cell(cells, "volume"), self._title("volume"))
        if when is None or volume is None:
            return None
        filled = self._cell(cells, "filled up")
        full = reader.flag(filled, self._title("filled up"), "is_full_tank", ("full",), ("partial",))
        place = ", ".join(part for name in ("gas brand", "location") if (part := self._cell(cells, name)))
        return PlannedFuelLog(
            line=line,
            vehicle=self._cars[self._cell(cells, "vehicle")],
            filled_at=when[0],
            has_time=when[1],
            odometer=self._odometer(cells, reader),
            trip_distance=None,
            volume=volume,
            price_per_unit=reader.money(self._cell(cells, "price"), self._title("price"), "price_per_unit"),
            total_cost=reader.money(self._cell(cells, "total cost"), self._title("total cost"), "total_cost"),
            odometer_unit=self._distance_unit,
            fuel_unit=self._fuel_unit,
            is_full_tank=bool(full),
            missed_previous=False,
            fuel_type=self._options.fuel_type,
            fuel_grade=clipped(self._cell(cells, "octane"), 50, "fuel_grade", reader, findings),
            location=clipped(place, 500, "location", reader, findings),
            notes=clipped(self._cell(cells, "notes"), 100_000, "notes", reader, findings),
            currency_code=self._currency_code,
        )

    def _work(self, cells: list[str], reader: CellReader, rows: WorkRows, *, is_work: bool) -> Entry | None:
        when = self._when(cells, reader)
        if when is None:
            return None
        amount = reader.signed(self._cell(cells, "total cost"), self._title("total cost"), "cost")
        odometer = self._odometer(cells, reader)
        if not is_work:
            return OtherRecord(
                kind="other_cost", line=reader.line, on=when[0], odometer=odometer, cost=amount
            )
        parts = [part for cell in self._cell(cells, "services").split(",") if (part := cell.strip())]
        row = WorkRow(
            when=when[0],
            parts=tuple(parts) or ("service",),
            allowed=ANY_WORK,
            odometer=odometer,
            amount=amount or None,
            titles=(self._title("services"), self._title("odometer"), self._title("total cost")),
            notes=self._cell(cells, "notes"),
            shop_name=self._cell(cells, "location"),
            vehicle=self._cars[self._cell(cells, "vehicle")],
        )
        return rows.entry(row)
