"""Fuelio's backup: one vehicle, in sections that each have a header of their own.

A file that a spreadsheet re-saved as its Log section alone is read too. The
first pass (:meth:`FuelioReader.survey`) settles units, dates and signs; what a
row of a section means stands in :mod:`motovault.importers.fuelio_rows` and ``fuelio_costs``.
Source: real backups of 2016 to 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from motovault.findings import Severity
from motovault.importers.cells import CellReader, settle_date_order, settle_decimal_sign
from motovault.importers.dates import OrderEvidence
from motovault.importers.errors import ImportNeeds, Need, UnreadableSource
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.fuelio_codes import DISTANCE_UNITS, FUEL_UNITS
from motovault.importers.fuelio_costs import CostRows, CostSettings, Newest
from motovault.importers.fuelio_rows import LogRows, LogSettings, Titles
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import ImportOptions
from motovault.importers.planned import Entry, PlannedVehicle
from motovault.importers.records import fold_title, is_blank, read_records
from motovault.importers.sources import Source
from motovault.importers.table import fitted
from motovault.importers.units import distance_unit_in, fuel_unit_in, settle_distance_unit, settle_fuel_unit
from motovault.importers.words import WorkWords
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["FuelioReader", "is_headless_log", "section_of"]

_READ = ("vehicle", "log", "costs", "favstations", "costcategories", "category")
"""Sections whose rows are used, or which hold nothing to keep (names of categories)."""

_MOST_STATIONS = 10_000
_MOST_CATEGORIES = 10_000

T = TypeVar("T")


class _Row(NamedTuple):
    section: str
    line: int
    cells: list[str]
    is_header: bool


def section_of(cells: list[str]) -> str | None:
    """Name of the section that this record opens, folded; None if it is an ordinary one."""
    marker = cells[0].strip("\ufeff ").strip()
    if marker.startswith("##") and len(marker) < 60 and not any(cell.strip() for cell in cells[1:]):
        return fold_title(marker.lstrip("#"))
    return None


def is_headless_log(titles: set[str]) -> bool:
    """Whether these titles (folded) are those of a Log section that stands alone."""
    return {"data", "full", "missed", "tanknumber"} <= titles and any(t.startswith("odo") for t in titles)


class FuelioReader:
    """Reads a Fuelio backup, whole or its Log section alone."""

    format = "fuelio"
    source = "fuelio"

    def __init__(self, source: Source, delimiter: str, options: ImportOptions, *, headless: bool) -> None:
        self._source = source
        self._delimiter = delimiter
        self._options = options
        self._headless = headless
        self._vehicle: dict[str, str] | None = None
        self._vehicles: tuple[PlannedVehicle, ...] = ()
        self._skipped: dict[str, int] = {}
        self._stations: dict[str, str] = {}
        self._categories: dict[str, str] = {}
        self._settings: LogSettings | None = None
        self._costs: CostSettings | None = None
        self._newest: Newest | None = None
        self._order, self._sign = "YMD", "."

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """The one of the Vehicle section."""
        return self._vehicles

    @property
    def skipped(self) -> dict[str, int]:
        """Sections that are not imported, with their number of rows."""
        return dict(self._skipped)

    def _rows(self, findings: FindingLog) -> Iterator[_Row]:
        """Every row of every section, headers included, markers not."""
        section, width = ("log", -1) if self._headless else ("", -1)
        for record in read_records(self._source, self._delimiter, findings):
            if (opened := section_of(record.cells)) is not None:
                section, width = opened, -1
                continue
            if not section or (is_blank(record) and record.has_end):
                continue
            if width < 0:
                width = len(record.cells)
                yield _Row(section, record.line, record.cells, True)
            else:
                row = fitted(record, width, findings)
                if row is not None:
                    yield _Row(section, row.line, row.cells, False)

    def survey(self, findings: FindingLog) -> None:
        """Settle the vehicle, dates, signs and units. Raises ImportNeeds, UnreadableSource."""
        order, sign = OrderEvidence(), SignEvidence()
        titles, log, costs = Titles([]), Titles([]), Titles([])
        for row in self._rows(Silence("")):
            if row.is_header:
                titles = Titles(row.cells)
                if row.section == "log":
                    log = self._with_columns(titles, ("data", "fuel"))
                elif row.section == "costs":
                    costs = self._with_columns(titles, ("date", "cost"))
                continue
            if row.section == "log":
                order.see(titles.get(row.cells, "data"))
                for name in ("odo", "fuel", "price", "volumeprice"):
                    sign.see(titles.get(row.cells, name))
            elif row.section == "costs":
                order.see(titles.get(row.cells, "date"))
                sign.see(titles.get(row.cells, "cost"))
            elif row.section == "vehicle":
                self._keep_vehicle(titles, row)
            elif row.section == "favstations" and len(self._stations) < _MOST_STATIONS:
                name = titles.get(row.cells, "namebrand") or titles.get(row.cells, "description")
                self._stations[titles.get(row.cells, "stationid").strip()] = name.strip()
            elif row.section == "costcategories" and len(self._categories) < _MOST_CATEGORIES:
                type_id = titles.get(row.cells, "costtypeid").strip()
                self._categories[type_id] = titles.get(row.cells, "name").replace("\ufeff", "").strip()[:200]
            elif row.section not in _READ:
                self._skipped[row.section] = self._skipped.get(row.section, 0) + 1
        for section, count in self._skipped.items():
            message = f"the section {section!r} with {count} rows is not imported"
            findings.add("section_skipped", Severity.INFO, message, value=section)
        needs: list[Need] = []
        stated = _order_in((self._vehicle or {}).get("importcsvdateformat", ""))
        self._order = settle_date_order(order, self._options, needs, findings, stated)
        self._sign = settle_decimal_sign(sign, self._options, needs, findings, stated=".")
        if log.titles:
            self._settle_log(log, needs, findings)
        if costs.titles:
            self._settle_costs(needs, findings)
        if needs:
            raise ImportNeeds(tuple(needs))
        self._vehicles = self._planned_vehicles(findings)

    def _with_columns(self, titles: Titles, names: tuple[str, ...]) -> Titles:
        for name in names:
            if titles.at(name) < 0:
                raise UnreadableSource(self._source.name, f"has a section without its column {name!r}")
        return titles

    def _keep_vehicle(self, titles: Titles, row: _Row) -> None:
        if self._vehicle is not None:
            rule = f"holds a second vehicle at line {row.line}; a backup has one, so import each by itself"
            raise UnreadableSource(self._source.name, rule)
        self._vehicle = {
            title: cell.strip() for title, cell in zip(titles.folded, row.cells, strict=False) if title
        }

    def _settle_log(self, log: Titles, needs: list[Need], findings: FindingLog) -> None:
        vehicle = self._vehicle or {}
        distance = distance_unit_in(log.title("odo"))
        distance = self._agreed(
            distance, DISTANCE_UNITS.get(vehicle.get("distunit", "")), "distunit", findings
        )
        fuel = fuel_unit_in(log.title("fuel"))
        code = FUEL_UNITS.get(vehicle.get("fuelunit", ""))
        fuel = code if fuel == "gallon" and code in (FuelUnit.US_GAL, FuelUnit.IMP_GAL) else fuel
        stated = self._agreed(
            None if fuel == "gallon" else FuelUnit(fuel) if fuel else None, code, "fuelunit", findings
        )
        first = settle_fuel_unit(fuel if fuel == "gallon" else stated, self._options, needs, findings)
        self._settings = LogSettings(
            distance_unit=settle_distance_unit(distance, self._options, needs, findings),
            fuel_unit=first,
            second_unit=FUEL_UNITS.get(vehicle.get("fuelunittank2", "")),
            tank_types=(vehicle.get("tank1type", ""), vehicle.get("tank2type", "")),
            stations=self._stations,
            fuel_type=self._options.fuel_type,
            currency_code=self._options.currency_code,
        )

    def _settle_costs(self, needs: list[Need], findings: FindingLog) -> None:
        """Costs name no unit of their own: it is the log's."""
        if self._settings is not None:
            unit = self._settings.distance_unit
        else:
            unit = settle_distance_unit(_dial(self._vehicle or {}), self._options, needs, findings)
        self._costs = CostSettings(
            distance_unit=unit,
            currency_code=self._options.currency_code,
            categories=self._categories,
            words=WorkWords(self._options.work),
        )

    def _agreed(self, header: T | None, code: T | None, name: str, findings: FindingLog) -> T | None:
        """The header's unit, else the vehicle's; a contradiction is reported."""
        if header is not None and code is not None and header != code:
            message = f"the Log header says {header}, the Vehicle section {code}; the header holds"
            findings.add("unit_contradiction", Severity.WARNING, message, field=name, value=str(code))
        return header if header is not None else code

    def _planned_vehicles(self, findings: FindingLog) -> tuple[PlannedVehicle, ...]:
        vehicle = self._vehicle
        if vehicle is None:
            return ()
        year = vehicle.get("year", "")
        model_year = int(year) if len(year) == 4 and year.isascii() and year.isdecimal() else None
        if model_year is not None and not 1885 <= model_year <= 2100:
            model_year = None
        if year not in ("", "0") and model_year is None:
            message = "the vehicle's year is no year and was not read"
            findings.add("bad_year", Severity.WARNING, message, field="model_year", value=year)
        plate = vehicle.get("plate", "")
        if len(plate) > 20:
            findings.add(
                "text_cut", Severity.WARNING, "the plate is too long and was not read", field="license_plate"
            )
            plate = ""
        return (
            PlannedVehicle(
                name=vehicle.get("name") or None,
                vin=vehicle.get("vin") or None,
                license_plate=plate or None,
                make=vehicle.get("make", "")[:100] or None,
                model=vehicle.get("model", "")[:100] or None,
                model_year=model_year,
                distance_unit=self._settings.distance_unit if self._settings else _dial(vehicle),
            ),
        )

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """Fill-ups, work, reminders and other costs."""
        reader = CellReader(findings, self._order, self._sign, grouped=self._sign == ",")
        newest, planned = self._newest_reminders(), set[str]()
        logs, costs = None, None
        for section, line, cells, is_header in self._rows(findings):
            if is_header:
                if section == "log" and self._settings is not None:
                    logs = LogRows(Titles(cells), self._settings, reader, findings)
                elif section == "costs" and self._costs is not None:
                    costs = CostRows(Titles(cells), self._costs, reader, findings, newest, planned)
                continue
            reader.line = line
            if section == "log" and logs is not None:
                entry = logs.entry(line, cells)
                if entry is not None:
                    yield entry
            elif section == "costs" and costs is not None:
                yield from costs.entries(cells)

    def _newest_reminders(self) -> Newest:
        """Of each reminder the newest: one more pass, once, where there are costs."""
        if self._newest is None:
            self._newest = Newest()
            silence, rows = Silence(""), None
            reader = CellReader(silence, self._order, self._sign, grouped=self._sign == ",")
            for section, _, cells, is_header in self._rows(silence) if self._costs is not None else ():
                if is_header:
                    rows = None
                    if section == "costs" and self._costs is not None:
                        rows = CostRows(Titles(cells), self._costs, reader, silence, self._newest, set())
                elif rows is not None:
                    rows.survey(cells)
        return self._newest


def _dial(vehicle: dict[str, str]) -> DistanceUnit | None:
    return DISTANCE_UNITS.get(vehicle.get("distunit", ""))


def _order_in(pattern: str) -> str | None:
    """The order of day and month that a pattern such as ``dd.MM.yyyy`` states.

    >>> _order_in("dd.MM.yyyy")
    'DMY'
    """
    order = "".join(dict.fromkeys(c.upper() for c in pattern if c in "yMd"))
    return order if order in ("YMD", "DMY", "MDY") else None
