"""Fuel-ups exported by the Fuelly website, several cars in one file.

The header names the units of distance and fuel, but never which gallon. The
price is per unit and there is no total; an economy, a price or a trip of 0 was
not known. ``date_added`` is when the entry was typed and is never read.
Source: real exports of 2014 to 2023.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from motovault.importers.cells import CellReader, clipped, place_text, settle_date_order, settle_decimal_sign
from motovault.importers.dates import OrderEvidence
from motovault.importers.errors import ImportNeeds, Need
from motovault.importers.findings import FindingLog, Silence
from motovault.importers.numbers import SignEvidence
from motovault.importers.options import ImportOptions
from motovault.importers.planned import Entry, PlannedFuelLog, PlannedVehicle
from motovault.importers.sources import Source
from motovault.importers.table import Table
from motovault.importers.units import (
    distance_unit_in,
    fuel_unit_in,
    settle_distance_unit,
    settle_fuel_unit,
)
from motovault.quantities.context import EXACT
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["DISTANCE_TITLES", "ECONOMY_TITLES", "VOLUME_TITLES", "FuellyWebReader"]

DISTANCE_TITLES = ("miles", "km", "kilometers", "kilometres")
VOLUME_TITLES = ("gallons", "litres", "liters", "us gallons", "uk gallons", "imperial gallons", "kwh", "kg")
ECONOMY_TITLES = {
    "mpg": DistanceUnit.MI,
    "mi/l": DistanceUnit.MI,
    "l/100km": DistanceUnit.KM,
    "km/l": DistanceUnit.KM,
    "km/g": DistanceUnit.KM,
}
_TRUE = ("1", "true", "yes")
_FALSE = ("0", "false", "no")


class FuellyWebReader:
    """Reads ``fuelups.csv``."""

    format = "fuelly-web"
    source = "fuelly-web"

    def __init__(self, source: Source, delimiter: str, titles: list[str], options: ImportOptions) -> None:
        self._table = table = Table(source, delimiter, titles)
        self._options = options
        self._car = table.find(["car_name"])
        self._model = table.find(["model"])
        self._date = table.find(["fuelup_date", "date"])
        self._odometer = table.find(["odometer"])
        self._trip = table.find(DISTANCE_TITLES)
        self._volume = table.find(VOLUME_TITLES)
        self._price = table.find(["price"])
        self._notes = table.find(["notes"])
        self._missed = table.find(["missed_fuelup"])
        self._partial = table.find(["partial_fuelup"])
        self._place = [table.find(["brand"]), table.find(["latitude"]), table.find(["longitude"])]
        self._cars: dict[str, int] = {}
        self._vehicles: list[PlannedVehicle] = []
        self._order, self._sign = "YMD", "."
        self._distance_unit: DistanceUnit | None = None
        self._fuel_unit = FuelUnit.L

    @property
    def vehicles(self) -> tuple[PlannedVehicle, ...]:
        """One a car name, in the order of the file."""
        return tuple(self._vehicles)

    @property
    def skipped(self) -> dict[str, int]:
        """Nothing is."""
        return {}

    def survey(self, findings: FindingLog) -> None:
        """Settle dates, signs, units and cars. Raises ImportNeeds."""
        order, sign = OrderEvidence(), SignEvidence()
        numbers = [at for at in (self._odometer, self._trip, self._volume, self._price) if at >= 0]
        cars: dict[str, str] = {}
        for _, cells in self._table.rows(Silence("")):
            order.see(cells[self._date])
            for at in numbers:
                sign.see(cells[at])
            cars.setdefault(cells[self._car].strip(), cells[self._model].strip() if self._model >= 0 else "")
        needs: list[Need] = []
        self._order = settle_date_order(order, self._options, needs, findings)
        self._sign = settle_decimal_sign(sign, self._options, needs, findings, stated=".")
        self._distance_unit = settle_distance_unit(self._stated_distance(), self._options, needs, findings)
        self._fuel_unit = settle_fuel_unit(
            fuel_unit_in(self._table.title(self._volume)), self._options, needs, findings
        )
        if needs:
            raise ImportNeeds(tuple(needs))
        self._cars = {name: position for position, name in enumerate(cars)}
        self._vehicles = [
            PlannedVehicle(name=name or None, model=model[:100] or None, distance_unit=self._distance_unit)
            for name, model in cars.items()
        ]

    def _stated_distance(self) -> DistanceUnit | None:
        if self._trip >= 0:
            return distance_unit_in(self._table.title(self._trip))
        economy = self._table.find(ECONOMY_TITLES)
        return ECONOMY_TITLES[self._table.title(economy).casefold()] if economy >= 0 else None

    def entries(self, findings: FindingLog) -> Iterator[Entry]:
        """The fill-ups."""
        reader = CellReader(findings, self._order, self._sign, grouped=self._sign == ",")
        for line, cells in self._table.rows(findings):
            reader.line = line
            if (log := self._log(line, cells, reader, findings)) is not None:
                yield log

    def _log(self, line: int, cells: list[str], reader: CellReader, findings: FindingLog) -> Entry | None:
        title = self._table.title
        when = reader.when(cells[self._date], title(self._date))
        volume = reader.volume(cells[self._volume], title(self._volume))
        if when is None or volume is None:
            return None
        price = self._amount(cells, self._price, reader)
        return PlannedFuelLog(
            line=line,
            vehicle=self._cars[cells[self._car].strip()],
            filled_at=when[0],
            has_time=when[1],
            odometer=self._reading(cells, self._odometer, "odometer", reader),
            trip_distance=self._reading(cells, self._trip, "trip_distance", reader),
            volume=volume,
            price_per_unit=price,
            total_cost=None if price is None else EXACT.multiply(volume, price),
            odometer_unit=self._distance_unit,
            fuel_unit=self._fuel_unit,
            is_full_tank=not self._flag(cells, self._partial, "partial", reader),
            missed_previous=self._flag(cells, self._missed, "missed_previous", reader),
            fuel_type=self._options.fuel_type,
            location=self._location(cells, reader, findings),
            notes=clipped(cells[self._notes], 100_000, "notes", reader, findings)
            if self._notes >= 0
            else None,
            currency_code=self._options.currency_code,
        )

    def _reading(self, cells: list[str], at: int, field: str, reader: CellReader) -> Decimal | None:
        return None if at < 0 else reader.distance(cells[at], self._table.title(at), field)

    def _amount(self, cells: list[str], at: int, reader: CellReader) -> Decimal | None:
        return None if at < 0 else reader.money(cells[at], self._table.title(at), "price_per_unit")

    def _flag(self, cells: list[str], at: int, field: str, reader: CellReader) -> bool:
        return at >= 0 and bool(reader.flag(cells[at], self._table.title(at), field, _TRUE, _FALSE))

    def _location(self, cells: list[str], reader: CellReader, findings: FindingLog) -> str | None:
        brand, latitude, longitude = (cells[at].strip() if at >= 0 else "" for at in self._place)
        return place_text(brand, latitude, longitude, reader, findings)
