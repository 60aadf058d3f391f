"""LubeLogger's exports: one table per kind of record, for one vehicle that the file does not name.

The kind is told by the header. Values are in the culture of the server that
wrote them: dates, decimal signs and currency symbols are settled from whole
columns. Units, currency and vehicle are not in the file.
Source: LubeLogger's CSV writers and import aliases as of June 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from motovault.domain.fuel_logs import FuelType
from motovault.domain.maintenance import Category
from motovault.domain.user_preferences import UnitSystem
from motovault.findings import Severity
from motovault.importers.cells import CellReader, clipped, settle_date_order, settle_decimal_sign
from motovault.importers.contradictions import EconomyEvidence, Fill, foreign_notation
from motovault.importers.currencies import CurrencyEvidence, settle_currency
from motovault.importers.dates import OrderEvidence
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import RECORD_KINDS, ImportOptions
from motovault.importers.planned import Entry, OtherKind, OtherRecord, PlannedFuelLog, PlannedVehicle
from motovault.importers.sources import Source
from motovault.importers.table import Table
from motovault.importers.units import settle_distance_unit, settle_fuel_unit
from motovault.importers.words import WorkWords
from motovault.importers.work_rows import WorkRow, WorkRows
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["LubeLoggerReader", "kind_of_table"]

_DATE = ("date", "fuelup_date")
_ODOMETER = ("odometer", "odo")
_VOLUME = ("fuelconsumed", "gallons", "liters", "litres", "consumption", "quantity", "qty")
_COST = ("cost", "total cost", "totalcost", "total price")
_PARTIAL = ("partial_fuelup", "partial tank", "partial_fill")
_FULL = ("isfilltofull", "filled up")
_MISSED = ("missedfuelup", "missed_fuelup", "missed fill up", "missed_fill")
_NOTES = ("notes", "note")
_STATION = ("extrafield_station", "extrafield_gas station", "extrafield_location", "extrafield_place")
_TRUE = ("1", "true", "full", "yes")
_FALSE = ("0", "false", "partial", "no")

_COUNTED: dict[str, OtherKind] = {"tax": "other_cost", "odometer": "odometer"}

_CATEGORY = {
    "service": Category.ROUTINE_MAINTENANCE,
    "repair": Category.REPAIR,
    "upgrade": Category.PERFORMANCE_UPGRADE,
}


def kind_of_table(titles: set[str]) -> str | None:
    """Which of LubeLogger's tables has these titles (folded); ``service`` also for repairs and upgrades."""
    if "fuelconsumed" in titles:
        return "gas" if titles & set(_DATE) else None
    if "initialodometer" in titles and "date" in titles:
        return "odometer"
    if "partnumber" in titles and "date" in titles:
        return "supplies"
    if {"datecreated", "progress"} <= titles:
        return "plan"
    if {"isequipped", "description"} <= titles:
        return "equipment"
    if {"date", "description", "cost", "notes"} <= titles:
        return "service" if "odometer" in titles else "tax"
    return None


class LubeLoggerReader:
    """Reads one table of LubeLogger: fuel-ups become fuel logs, work maintenance logs; others are counted."""

    source = "lubelogger"

    def __init__(
        self, source: Source, delimiter: str, titles: list[str], options: ImportOptions, kind: str
    ) -> None:
        self._table = table = Table(source, delimiter, titles)
        self._options = options
        self._is_work = kind == "service"
        self._words = WorkWords(options.work)
        self._description = table.find(["description"])
        self._kind = options.record_kind or kind if kind == "service" else kind
        self._date = table.find(_DATE)
        self._odometer = table.find(_ODOMETER)
        self._volume = table.find(_VOLUME)
        self._cost = table.find(_COST)
        self._price = table.find(["price"])
        self._full, self._partial = table.find(_FULL), table.find(_PARTIAL)
        self._missed = table.find(_MISSED)
        self._charge = (table.find(["startingsoc"]), table.find(["endingsoc"]))
        self._notes = table.find(_NOTES)
        self._station = table.find(_STATION)
        self._order, self._sign = "YMD", "."
        self._distance_unit: DistanceUnit | None = None
        self._fuel_unit = FuelUnit.L
        self._currency_code = options.currency_code
        self._rows = 0

    @property
    def format(self) -> str:
        """``lubelogger-gas``, ``lubelogger-service``, ``lubelogger-tax`` and so on."""
        return f"lubelogger-{self._kind}"

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """None: the file does not say whose it is."""
        return ()

    @property
    def skipped(self) -> dict[str, int]:
        """The whole table, where it is of a kind that is not read."""
        return {} if self._is_read else {self._kind: self._rows}

    @property
    def _is_read(self) -> bool:
        return self._kind == "gas" or self._is_work or self._kind in _COUNTED

    def survey(self, findings: FindingLog) -> None:
        """Settle dates, signs and units. Raises ImportNeeds."""
        order, sign = OrderEvidence(), SignEvidence()
        numbers = [
            at for at in (self._odometer, self._volume, self._cost, self._price, *self._charge) if at >= 0
        ]
        is_charged, has_reading, currency = False, False, CurrencyEvidence()
        for _, cells in self._table.rows(Silence("")):
            self._rows += 1
            if self._date >= 0:
                order.see(cells[self._date])
            for at in numbers:
                sign.see(cells[at])
            if self._cost >= 0:
                currency.see(cells[self._cost])
            has_reading = has_reading or (self._odometer >= 0 and bool(cells[self._odometer].strip(" 0.,")))
            is_charged = is_charged or any(at >= 0 and cells[at].strip(" 0.,%") for at in self._charge)
        needs: list[Need] = []
        if self._is_read:
            self._order = settle_date_order(order, self._options, needs, findings)
            self._sign = settle_decimal_sign(sign, self._options, needs, findings)
        if self._kind == "gas":
            doubt = foreign_notation(self._sign, self._order, order) or (
                "" if needs else self._economy_doubt()
            )
            self._settle_units(is_charged, needs, findings, doubt)
        if self._is_work:
            self._settle_work(has_reading, needs, findings, foreign_notation(self._sign, self._order, order))
        if needs:
            raise ImportNeeds(tuple(needs))
        self._currency_code = settle_currency(currency, self._options, findings)
        if self.skipped and self._rows:
            message = f"records of the kind {self._kind} are not imported"
            findings.add("section_skipped", Severity.INFO, message, value=self._kind)

    def _settle_work(self, has_reading: bool, needs: list[Need], findings: FindingLog, doubt: str) -> None:
        if self._options.record_kind is None and self._rows:
            reason = "LubeLogger writes service, repair and upgrade records alike"
            needs.append(Need("record_kind", RECORD_KINDS, reason))
        if has_reading:
            self._distance_unit = settle_distance_unit(None, self._options, needs, findings, doubt)

    def _economy_doubt(self) -> str:
        """In words, that the file's own economies are no miles per gallon; empty if they may be.

        Costs a pass over the file, but only where units are about to be assumed.
        """
        options, at = self._options, self._table.find(["fueleconomy"])
        is_declared = options.distance_unit is not None and options.fuel_unit is not None
        if at < 0 or self._odometer < 0 or is_declared or options.unit_system is not UnitSystem.IMPERIAL:
            return ""
        evidence, silence = EconomyEvidence(), Silence("")
        reader = CellReader(silence, self._order, self._sign, grouped=True)
        for line, cells in self._table.rows(silence):
            log = self._log(line, cells, reader, silence)
            if isinstance(log, PlannedFuelLog):
                economy = reader.signed(cells[at], "", "economy")
                fill = Fill(log.odometer, log.volume, economy, log.is_full_tank, log.missed_previous)
                evidence.see(fill)
        return "its own economies are volume per 100 of distance" if evidence.is_per_hundred else ""

    def _settle_units(self, is_charged: bool, needs: list[Need], findings: FindingLog, doubt: str) -> None:
        options = self._options
        self._distance_unit = settle_distance_unit(None, options, needs, findings, doubt)
        if is_charged and options.fuel_unit is None:
            self._fuel_unit = FuelUnit.KWH
            message = "states of charge stand in the file, so the amounts are kWh"
            findings.add("unit_assumed", Severity.INFO, message, field="fuel_unit", value=FuelUnit.KWH)
            return
        self._fuel_unit = settle_fuel_unit(None, options, needs, findings, doubt)
        if is_charged and self._fuel_unit is not FuelUnit.KWH:
            message = (
                f"states of charge stand in the file, yet the amounts were declared as {self._fuel_unit}"
            )
            findings.add("unit_contradiction", Severity.WARNING, message, field="fuel_unit")
        if self._distance_unit is DistanceUnit.MI and self._fuel_unit is FuelUnit.L:
            message = (
                "where LubeLogger is set to UK MPG it shows litres but exports imperial gallons; "
                "declare fuel_unit imp_gal if the amounts look too small by 4.5"
            )
            findings.add("uk_gallons_possible", Severity.WARNING, message, field="fuel_unit")

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """The fuel-ups, or the records to be counted."""
        reader = CellReader(findings, self._order, self._sign, grouped=True)
        kind = _COUNTED.get(self._kind)
        if not self._is_read:
            return
        rows = WorkRows(self._words, reader, findings, self._distance_unit, self._currency_code)
        entry: Entry | None
        for line, cells in self._table.rows(findings):
            reader.line = line
            if self._is_work:
                entry = self._work(cells, reader, rows)
            elif kind is not None:
                entry = self._other(kind, cells, reader)
            else:
                entry = self._log(line, cells, reader, findings)
            if entry is not None:
                yield entry

    def _work(self, cells: list[str], reader: CellReader, rows: WorkRows) -> Entry | None:
        titles = tuple(self._table.title(at) for at in (self._description, self._odometer, self._cost))
        when = reader.when(cells[self._date], self._table.title(self._date))
        if when is None:
            return None
        amount = reader.signed(cells[self._cost], titles[2], "cost") if self._cost >= 0 else None
        description = cells[self._description].strip() if self._description >= 0 else ""
        row = WorkRow(
            when=when[0],
            parts=(description or self._kind,),
            allowed=(_CATEGORY[self._kind],),
            odometer=self._reading(cells, reader),
            amount=amount or None,
            titles=(titles[0], titles[1], titles[2]),
            notes=cells[self._notes] if self._notes >= 0 else "",
        )
        return rows.entry(row)

    def _other(self, kind: OtherKind, cells: list[str], reader: CellReader) -> Entry | None:
        when = reader.when(cells[self._date], self._table.title(self._date))
        if when is None:
            return None
        cost = None
        if self._cost >= 0:
            cost = reader.signed(cells[self._cost], self._table.title(self._cost), "cost")
        odometer = self._reading(cells, reader)
        return OtherRecord(kind=kind, line=reader.line, on=when[0], odometer=odometer, cost=cost)

    def _reading(self, cells: list[str], reader: CellReader) -> Decimal | None:
        at = self._odometer
        return None if at < 0 else reader.distance(cells[at], self._table.title(at), "odometer")

    def _log(self, line: int, cells: list[str], reader: CellReader, findings: FindingLog) -> Entry | None:
        title = self._table.title
        when = reader.when(cells[self._date], title(self._date))
        volume = reader.volume(cells[self._volume], title(self._volume))
        if when is None or volume is None:
            return None
        moment, has_time = when
        if has_time and (moment.hour, moment.minute, moment.second) == (0, 0, 0):
            has_time = False  # LubeLogger keeps days; some cultures write them with a midnight
        full = self._flag(cells, self._full, "is_full_tank", reader)
        partial = self._flag(cells, self._partial, "partial", reader)
        soc = [
            reader.percent(cells[at].replace("%", ""), title(at), field) if at >= 0 else None
            for at, field in zip(self._charge, ("charge_start_percent", "charge_end_percent"), strict=True)
        ]
        if not any(soc):
            soc = [None, None]  # both 0: the columns are there for every car, and this one has no battery
        is_electric = self._fuel_unit is FuelUnit.KWH
        return PlannedFuelLog(
            line=line,
            vehicle=0,
            filled_at=moment,
            has_time=has_time,
            odometer=self._reading(cells, reader),
            trip_distance=None,
            volume=volume,
            price_per_unit=self._money(cells, self._price, "price_per_unit", reader),
            total_cost=self._money(cells, self._cost, "total_cost", reader),
            odometer_unit=self._distance_unit,
            fuel_unit=self._fuel_unit,
            is_full_tank=full if full is not None else not partial,
            missed_previous=bool(self._flag(cells, self._missed, "missed_previous", reader)),
            fuel_type=FuelType.ELECTRIC if is_electric else self._options.fuel_type,
            location=self._text(cells, self._station, 500, "location", reader, findings),
            notes=self._text(cells, self._notes, 100_000, "notes", reader, findings),
            currency_code=self._currency_code,
            charge_start_percent=soc[0],
            charge_end_percent=soc[1],
        )

    def _money(self, cells: list[str], at: int, field: str, reader: CellReader) -> Decimal | None:
        return None if at < 0 else reader.money(cells[at], self._table.title(at), field)

    def _flag(self, cells: list[str], at: int, field: str, reader: CellReader) -> bool | None:
        return None if at < 0 else reader.flag(cells[at], self._table.title(at), field, _TRUE, _FALSE)

    def _text(
        self, cells: list[str], at: int, longest: int, field: str, reader: CellReader, findings: FindingLog
    ) -> str | None:
        return None if at < 0 else clipped(cells[at], longest, field, reader, findings)
