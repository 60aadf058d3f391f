"""Any table of fill-ups, with a declared mapping of its columns.

Nothing is guessed from titles: a column that is not in the mapping is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from motovault.domain.fuel_logs import FuelType
from motovault.errors import InvalidValue
from motovault.findings import Severity
from motovault.importers.cells import CellReader, clipped, settle_date_order, settle_decimal_sign
from motovault.importers.contradictions import foreign_notation
from motovault.importers.dates import BadDate, OrderEvidence, read_date
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import ColumnMapping, ImportOptions
from motovault.importers.planned import Entry, PlannedFuelLog, PlannedVehicle
from motovault.importers.records import fold_title
from motovault.importers.sources import Source
from motovault.importers.table import Table
from motovault.importers.units import (
    GALLON,
    distance_unit_in,
    fuel_unit_in,
    settle_distance_unit,
    settle_fuel_unit,
)
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["PlainCsvReader"]

_NUMBERS = (
    "odometer",
    "trip_distance",
    "volume",
    "price_per_unit",
    "total_cost",
    "excluded_distance",
    "charge_start_percent",
    "charge_end_percent",
)


class PlainCsvReader:
    """Reads a table as its mapping says."""

    format = "csv"
    source = "csv"

    def __init__(
        self,
        source: Source,
        delimiter: str,
        titles: list[str],
        options: ImportOptions,
        mapping: ColumnMapping,
    ) -> None:
        self._mapping = mapping
        self._options = options
        self._table = Table(source, delimiter, titles if mapping.has_header else [])
        self._at = {field: self._position(field, column) for field, column in mapping.columns().items()}
        self._least = max(self._at.values()) + 1
        self._cars: dict[str, int] = {}
        self._vehicles: list[PlannedVehicle] = []
        self._order, self._sign = "YMD", "."
        self._distance_unit: DistanceUnit | None = None
        self._fuel_unit = FuelUnit.L

    def _position(self, field: str, column: str | int) -> int:
        if isinstance(column, int):
            if self._table.titles and column >= len(self._table.titles):
                raise InvalidValue(
                    f"mapping.{field}", column, f"must be below {len(self._table.titles)}, the width"
                )
            return column
        if not self._mapping.has_header:
            raise InvalidValue(
                f"mapping.{field}", column, "must be a position from 0, as the table has no header"
            )
        count = self._table.count(fold_title(column))
        if count != 1:
            rule = (
                "stands in no column's title"
                if not count
                else f"is the title of {count} columns; give a position"
            )
            raise InvalidValue(f"mapping.{field}", column, rule)
        return self._table.find([fold_title(column)])

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """One a name in the column ``vehicle``; none without it."""
        return tuple(self._vehicles)

    @property
    def skipped(self) -> dict[str, int]:
        """Nothing is."""
        return {}

    def survey(self, findings: FindingLog) -> None:
        """Settle dates, signs and units. Raises ImportNeeds."""
        order, sign = OrderEvidence(), SignEvidence()
        numbers = [self._at[field] for field in _NUMBERS if field in self._at]
        date, car = self._at["filled_at"], self._at.get("vehicle", -1)
        for _, cells in self._table.rows(Silence(""), self._least):
            order.see(cells[date])
            for at in numbers:
                sign.see(cells[at])
            if car >= 0:
                self._cars.setdefault(cells[car].strip(), len(self._cars))
        needs: list[Need] = []
        self._order = settle_date_order(order, self._options, needs, findings)
        self._sign = settle_decimal_sign(sign, self._options, needs, findings)
        self._settle_units(needs, findings, foreign_notation(self._sign, self._order, order))
        if needs:
            raise ImportNeeds(tuple(needs))
        self._vehicles = [
            PlannedVehicle(name=name or None, distance_unit=self._distance_unit) for name in self._cars
        ]

    def _settle_units(self, needs: list[Need], findings: FindingLog, doubt: str) -> None:
        at, title = self._at, self._table.title
        has_distance = "odometer" in at or "trip_distance" in at
        if has_distance and "odometer_unit" not in at:
            fields = [field for field in ("odometer", "trip_distance") if field in at]
            stated = next((unit for field in fields if (unit := distance_unit_in(title(at[field])))), None)
            self._distance_unit = settle_distance_unit(stated, self._options, needs, findings, doubt)
        if "fuel_unit" not in at:
            hint = fuel_unit_in(title(at["volume"]))
            self._fuel_unit = settle_fuel_unit(hint, self._options, needs, findings, doubt)

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """The fill-ups."""
        reader = CellReader(findings, self._order, self._sign, grouped=True)
        for line, cells in self._table.rows(findings, self._least):
            reader.line = line
            if (log := self._log(line, cells, reader, findings)) is not None:
                yield log

    def _log(self, line: int, cells: list[str], reader: CellReader, findings: FindingLog) -> Entry | None:
        row = _Row(self._table, self._at, self._mapping, cells, reader, findings)
        when = reader.when(row.cell("filled_at"), row.title("filled_at"))
        volume = reader.volume(row.cell("volume"), row.title("volume"))
        fuel_unit = self._fuel_unit if "fuel_unit" not in self._at else row.fuel_unit(self._options)
        if when is None or volume is None or fuel_unit is None:
            return None
        moment, has_time = when
        if not has_time and (of_day := row.time_of_day()) is not None:
            moment, has_time = moment + of_day, True
        full, partial = row.flag("full"), row.flag("partial")
        divisor = self._mapping.price_divisor
        source_id = row.cell("source_id").strip()
        return PlannedFuelLog(
            line=line,
            vehicle=self._cars.get(row.cell("vehicle").strip(), 0),
            filled_at=moment,
            has_time=has_time,
            odometer=row.distance("odometer"),
            trip_distance=row.distance("trip_distance"),
            volume=volume,
            price_per_unit=row.money("price_per_unit", None if divisor == 1 else divisor),
            total_cost=row.money("total_cost", None),
            odometer_unit=self._distance_unit if "odometer_unit" not in self._at else row.distance_unit(),
            fuel_unit=fuel_unit,
            is_full_tank=full if full is not None else not partial and "full" not in self._at,
            missed_previous=bool(row.flag("missed")),
            tank=row.tank(),
            fuel_type=FuelType.ELECTRIC
            if fuel_unit is FuelUnit.KWH
            else row.fuel_type() or self._options.fuel_type,
            fuel_grade=row.text("fuel_grade", 50),
            location=row.text("location", 500),
            notes=row.text("notes", 100_000),
            is_towing=bool(row.flag("towing")),
            excluded_distance=row.distance("excluded_distance"),
            currency_code=row.currency() or self._options.currency_code,
            charge_start_percent=row.percent("charge_start_percent"),
            charge_end_percent=row.percent("charge_end_percent"),
            source_id=f"id:{source_id[:200]}" if source_id else None,
        )


class _Row:
    """One row, by our names of the fields; a field that is not mapped is empty."""

    def __init__(
        self,
        table: Table,
        at: dict[str, int],
        mapping: ColumnMapping,
        cells: list[str],
        reader: CellReader,
        findings: FindingLog,
    ) -> None:
        self._table, self._at, self._mapping = table, at, mapping
        self._cells, self._reader, self._findings = cells, reader, findings

    def cell(self, field: str) -> str:
        position = self._at.get(field)
        return "" if position is None else self._cells[position]

    def title(self, field: str) -> str:
        return self._table.title(self._at[field])

    def distance(self, field: str) -> Decimal | None:
        cell = self.cell(field)
        return self._reader.distance(cell, self.title(field), field) if cell else None

    def money(self, field: str, divisor: Decimal | None) -> Decimal | None:
        cell = self.cell(field)
        return self._reader.money(cell, self.title(field), field, divisor) if cell else None

    def percent(self, field: str) -> Decimal | None:
        cell = self.cell(field).replace("%", "")
        return self._reader.percent(cell, self.title(field), field) if cell else None

    def flag(self, field: str) -> bool | None:
        cell = self.cell(field)
        if field not in self._at:
            return None
        words = self._mapping
        return self._reader.flag(cell, self.title(field), field, words.true_words, words.false_words)

    def text(self, field: str, longest: int) -> str | None:
        cell = self.cell(field)
        return clipped(cell, longest, field, self._reader, self._findings) if cell else None

    def time_of_day(self) -> timedelta | None:
        cell = self.cell("time").strip()
        if not cell:
            return None
        try:
            moment, has_time = read_date(f"2000-01-01 {cell}", "YMD")
        except BadDate:
            pass
        else:
            if has_time:
                return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
        self._warn("bad_time", "is no time of day and was not read", "time")
        return None

    def tank(self) -> int:
        cell = self.cell("tank").strip()
        if cell in ("", "0"):
            return 1
        if len(cell) == 1 and cell in "123456789":
            return int(cell)
        self._warn("bad_tank", "is no tank from 1 to 9; taken for tank 1", "tank")
        return 1

    def fuel_type(self) -> FuelType | None:
        cell = self.cell("fuel_type").strip().casefold()
        if not cell:
            return None
        try:
            return FuelType(cell)
        except ValueError:
            self._warn("unknown_fuel_type", "is none of " + ", ".join(FuelType), "fuel_type")
            return None

    def currency(self) -> str | None:
        cell = self.cell("currency_code").strip().upper()
        if not cell:
            return None
        if len(cell) == 3 and cell.isascii() and cell.isalpha():
            return cell
        self._warn("bad_currency", "is no currency code of ISO 4217", "currency_code")
        return None

    def distance_unit(self) -> DistanceUnit | None:
        cell = self.cell("odometer_unit").strip()
        unit = distance_unit_in(cell) if cell else None
        if unit is None and cell:
            self._warn("unknown_unit", "is no unit of distance", "odometer_unit")
        return unit

    def fuel_unit(self, options: ImportOptions) -> FuelUnit | None:
        cell = self.cell("fuel_unit").strip()
        hint = fuel_unit_in(cell) if cell else options.fuel_unit
        if hint == GALLON and options.fuel_unit in (FuelUnit.US_GAL, FuelUnit.IMP_GAL):
            return options.fuel_unit
        if hint is None or hint == GALLON:
            message = "the row does not say its unit of fuel, and was left out"
            self._findings.add(
                "unknown_unit",
                Severity.ERROR,
                message,
                line=self._reader.line,
                column=self.title("fuel_unit"),
                field="fuel_unit",
                value=cell,
            )
            return None
        return FuelUnit(hint)

    def _warn(self, code: str, message: str, field: str) -> None:
        self._findings.add(
            code,
            Severity.WARNING,
            f"{field} {message}",
            line=self._reader.line,
            column=self.title(field),
            field=field,
            value=self.cell(field).strip(),
        )
