"""What a row of Fuelio's Log section means."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from motovault.domain.fuel_logs import FuelType
from motovault.findings import Severity
from motovault.importers.cells import CellReader, clipped, place_text
from motovault.importers.findings import FindingLog
from motovault.importers.fuelio_codes import NOT_FUEL, fuel_of
from motovault.importers.planned import Entry, OtherRecord, PlannedFuelLog
from motovault.importers.records import fold_title
from motovault.importers.units import fuel_unit_in
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["LogRows", "LogSettings", "Titles"]


class Titles:
    """The header of a section; found by the beginning of a title, as units follow in brackets."""

    def __init__(self, titles: list[str]) -> None:
        self.titles = titles
        self.folded = [fold_title(title) for title in titles]
        self._at: dict[str, int] = {}

    def at(self, name: str) -> int:
        """Position of a column, -1 if there is none."""
        if name not in self._at:
            self._at[name] = self._find(name)
        return self._at[name]

    def _find(self, name: str) -> int:
        for position, title in enumerate(self.folded):
            if title == name or title.startswith((f"{name} (", f"{name}(")):
                return position
        if name == "fuel":
            # Where it is weighed or charged the column is called by its unit alone: "kg".
            return next((at for at, title in enumerate(self.folded) if fuel_unit_in(title) is not None), -1)
        return -1

    def get(self, cells: list[str], name: str) -> str:
        """The cell of a column; empty where the section has no such column."""
        at = self.at(name)
        return cells[at] if 0 <= at < len(cells) else ""

    def title(self, name: str) -> str:
        """The column's title as in the file."""
        at = self.at(name)
        return self.titles[at] if at >= 0 else ""


@attrs.frozen(kw_only=True)
class LogSettings:
    """What holds for all rows of a Log section.

    Attributes:
        fuel_unit: Of tank 1, as the header says.
        second_unit: Of tank 2, as the Vehicle section says; None where it does not.
        tank_types: Fuel type codes of tank 1 and 2, for rows that carry none.
        stations: Names by station id.
        fuel_type: Declared by the caller, for rows and tanks that carry none.
    """

    distance_unit: DistanceUnit | None
    fuel_unit: FuelUnit
    second_unit: FuelUnit | None
    tank_types: tuple[str, str]
    stations: Mapping[str, str]
    fuel_type: FuelType | None
    currency_code: str | None


class LogRows:
    """Reads rows of one Log section."""

    def __init__(
        self, titles: Titles, settings: LogSettings, reader: CellReader, findings: FindingLog
    ) -> None:
        self._titles, self._settings = titles, settings
        self._reader, self._findings = reader, findings
        self._codes: dict[tuple[str, int], tuple[FuelType | None, str | None]] = {}
        self._told: set[str] = set()
        names = ("data", "odo", "fuel", "full", "price", "latitude", "longitude", "city", "notes", "missed")
        more = (
            "tanknumber",
            "fueltype",
            "volumeprice",
            "stationid",
            "excludedistance",
            "uniqueid",
            "tankcalc",
            "guid",
        )
        self._at = {name: titles.at(name) for name in (*names, *more)}
        self._title = {name: titles.title(name) for name in self._at}

    def entry(self, line: int, cells: list[str]) -> Entry | None:
        """The fill-up in this row, or None with a finding where it is none."""
        at, title, reader, settings = self._at, self._title, self._reader, self._settings
        when = reader.when(cells[at["data"]], title["data"])
        code = self._cell(cells, "fueltype").strip()
        if code in NOT_FUEL:
            return self._not_fuel(line, cells, when[0] if when else None)
        volume = reader.volume(cells[at["fuel"]], title["fuel"])
        if when is None or volume is None:
            return None
        tank = self._tank(self._cell(cells, "tanknumber").strip())
        fuel_type, grade = self._fuel(code, tank)
        uid, guid = self._cell(cells, "uniqueid").strip(), self._cell(cells, "guid").strip()
        unique = f"id:log:{uid[:40]}" if uid not in ("", "0") else None
        city = self._cell(cells, "city").strip() or settings.stations.get(
            self._cell(cells, "stationid").strip(), ""
        )
        return PlannedFuelLog(
            line=line,
            vehicle=0,
            filled_at=when[0],
            has_time=when[1],
            odometer=self._distance(cells, "odo", "odometer"),
            trip_distance=None,
            volume=volume,
            price_per_unit=self._money(cells, "volumeprice", "price_per_unit"),
            total_cost=self._money(cells, "price", "total_cost"),
            odometer_unit=settings.distance_unit,
            fuel_unit=self._unit(tank, fuel_type),
            is_full_tank=self._is_full(cells),
            missed_previous=self._is_missed(cells),
            tank=tank,
            fuel_type=fuel_type,
            fuel_grade=grade,
            location=place_text(
                city,
                self._cell(cells, "latitude").strip(),
                self._cell(cells, "longitude").strip(),
                reader,
                self._findings,
            ),
            notes=clipped(self._cell(cells, "notes"), 100_000, "notes", reader, self._findings),
            excluded_distance=self._distance(cells, "excludedistance", "excluded_distance"),
            currency_code=settings.currency_code,
            source_id=f"guid:{guid[:200]}" if guid else unique,
            older_id=unique if guid else None,
        )

    def _cell(self, cells: list[str], name: str) -> str:
        at = self._at[name]
        return cells[at] if at >= 0 else ""

    def _distance(self, cells: list[str], name: str, field: str) -> Decimal | None:
        return self._reader.distance(self._cell(cells, name), self._title[name], field)

    def _money(self, cells: list[str], name: str, field: str) -> Decimal | None:
        return self._reader.money(self._cell(cells, name), self._title[name], field)

    def _is_full(self, cells: list[str]) -> bool:
        word = self._cell(cells, "full").strip()
        if word == "1":
            return True
        if word not in ("0", "2"):
            self._warn(
                "unknown_word", "is neither 1, 0 nor 2; taken as not full", "full", "is_full_tank", word
            )
        elif word == "2":
            message = "Full is 2: not full, with the tank's content stated; the content is not kept"
            self._once("tank_content_not_kept", Severity.INFO, message, "full")
        return False

    def _is_missed(self, cells: list[str]) -> bool:
        word = self._cell(cells, "missed").strip()
        if word not in ("", "0", "1"):
            self._warn(
                "unknown_word", "is neither 1 nor 0; taken as not missed", "missed", "missed_previous", word
            )
        return word == "1"

    def _tank(self, cell: str) -> int:
        if cell in ("1", "", "0"):
            return 1
        if len(cell) == 1 and cell in "23456789":
            return int(cell)
        self._warn("bad_tank", "is no tank; taken for tank 1", "tanknumber", "tank", cell)
        return 1

    def _fuel(self, code: str, tank: int) -> tuple[FuelType | None, str | None]:
        key = (code, tank)
        if key not in self._codes:
            if len(self._codes) > 1000:
                self._codes.clear()
            self._codes[key] = self._fuel_of(code, tank)
        return self._codes[key]

    def _fuel_of(self, code: str, tank: int) -> tuple[FuelType | None, str | None]:
        try:
            fuel_type, grade, known = fuel_of(int(code[:6] or "0"))
        except ValueError:
            fuel_type, grade, known = None, None, False
        if not known:
            self._warn("unknown_fuel_type", "is no known code of a fuel", "fueltype", "fuel_type", code)
        if fuel_type is None and tank <= 2:
            of_tank = self._settings.tank_types[tank - 1]
            fuel_type = fuel_of(int(of_tank))[0] if of_tank.isascii() and of_tank[:6].isdecimal() else None
        return fuel_type or self._settings.fuel_type, grade

    def _unit(self, tank: int, fuel_type: FuelType | None) -> FuelUnit:
        settings = self._settings
        if tank == 1:
            return settings.fuel_unit
        if fuel_type is FuelType.ELECTRIC:
            return FuelUnit.KWH
        if settings.second_unit is not None:
            return settings.second_unit
        message = (
            f"the file does not say the unit of tank {tank}; taken as that of tank 1, {settings.fuel_unit}"
        )
        self._once("unit_assumed", Severity.WARNING, message, "tanknumber")
        return settings.fuel_unit

    def _not_fuel(self, line: int, cells: list[str], on: object) -> OtherRecord:
        message = "exhaust fluid (AdBlue, DEF) is not fuel and was kept out of the fuel logs"
        self._findings.add("not_fuel", Severity.INFO, message, line=line, column=self._title["fueltype"])
        cost = self._money(cells, "price", "total_cost")
        return OtherRecord(kind="not_fuel", line=line, on=on, cost=cost)  # type: ignore[arg-type]

    def _warn(self, code: str, message: str, name: str, field: str, cell: str) -> None:
        self._findings.add(
            code,
            Severity.WARNING,
            f"{field} {message}",
            line=self._reader.line,
            column=self._title[name],
            field=field,
            value=cell,
        )

    def _once(self, code: str, severity: Severity, message: str, name: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self._findings.add(code, severity, message, line=self._reader.line, column=self._title[name])
