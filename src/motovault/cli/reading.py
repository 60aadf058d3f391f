"""From one user's garage to the shapes that are printed: reading only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from motovault.cli import shapes
from motovault.domain.fuel_logs import EconomyReport, Interval, LongRunEstimate, Pool, TankEconomy, fills_from_logs
from motovault.domain.fuel_logs.statistics import FuelStatistics, FuelTotals, fuel_statistics
from motovault.domain.vehicles import Vehicle
from motovault.errors import InvalidValue, NotFound
from motovault.findings import Finding
from motovault.quantities.economy import economy_unit
from motovault.vault import Garage

__all__ = ["economy_of", "find_vehicle", "vehicle_named", "vehicle_report"]


def vehicle_named(garage: Garage, name: str) -> Vehicle | None:
    """The live vehicle with this id, plate, nickname or title, case ignored; None if there is none.

    Raises:
        InvalidValue: Several are called so.
    """
    vehicles = garage.vehicles.list()
    try:
        number = UUID(name)
    except ValueError:
        number = None
    wanted = name.strip().casefold()
    found = [
        vehicle
        for vehicle in vehicles
        if vehicle.id == number
        or wanted in {text.casefold() for text in (vehicle.nickname, vehicle.title, vehicle.license_plate) if text}
    ]
    if len(found) > 1:
        ids = ", ".join(str(vehicle.id) for vehicle in found)
        raise InvalidValue("vehicle", name, f"is the name of several vehicles; say which by its id: {ids}")
    return found[0] if found else None


def find_vehicle(garage: Garage, name: str) -> Vehicle:
    """The same; raises NotFound if there is none."""
    found = vehicle_named(garage, name)
    if found is None:
        titles = ", ".join(vehicle.title for vehicle in garage.vehicles.list()) or "none"
        raise NotFound("vehicle", f"{name!r}; there are: {titles}")
    return found


def economy_of(garage: Garage, vehicle: Vehicle, unit: str | None) -> EconomyReport:
    """The economy of one vehicle; ``unit`` in any usual spelling."""
    return garage.fuel_logs.economy(vehicle.id, economy_unit=None if unit is None else economy_unit(unit))


def vehicle_report(
    garage: Garage,
    vehicle: Vehicle,
    unit: str | None = None,
    first_on: date | None = None,
    last_on: date | None = None,
) -> shapes.VehicleReportShape:
    """All that a report says of one vehicle, over a period of the owner's dates.

    The economy is computed over the whole history and then cut to intervals
    closed in the period (R12); sums are over logs filled in it.
    """
    preferences = garage.preferences.get()
    dial = vehicle.distance_unit or preferences.unit_system.distance_unit
    first, last = first_on or date.min, last_on or date.max
    with garage.transaction():  # one view of the data for all three
        whole = economy_of(garage, vehicle, unit)
        logs = garage.fuel_logs.list(vehicle.id)
        current = garage.odometer.current(vehicle.id)
    kept = [log for log in logs if first <= preferences.local_date(log.filled_at) <= last]
    report = attrs.evolve(whole, tanks=tuple(_cut(tank, first, last) for tank in whole.tanks))
    fills = fills_from_logs(
        kept,
        distance_unit=dial,
        fuel_unit=preferences.unit_system.fuel_unit,
        currency_code=preferences.currency_code,
        local_date=preferences.local_date,
    )
    statistics = fuel_statistics(kept, fills, report, distance_unit=dial, local_date=preferences.local_date)
    ids = {str(log.id) for log in kept}
    is_whole = first_on is None and last_on is None
    reading = current.reading
    return shapes.VehicleReportShape(
        vehicle=shapes.VehicleShape(
            id=str(vehicle.id),
            title=vehicle.title,
            make=vehicle.make,
            model=vehicle.model,
            model_year=vehicle.model_year,
        ),
        odometer=shapes.OdometerShape(
            value=None if current.odometer is None else current.odometer.value,
            unit=None if current.odometer is None else str(dial),
            read_on=None if reading is None else preferences.local_date(reading.read_at),
        ),
        tanks=tuple(_tank(tank, is_whole) for tank in report.tanks),
        statistics=_statistics(statistics),
        findings=tuple(shapes.FindingShape.of(f) for f in _said_once(whole, is_whole, ids)),
    )


def _said_once(report: EconomyReport, is_whole: bool, ids: set[str]) -> list[Finding]:
    return [finding for finding in report.findings if is_whole or finding.subject in ids]


def _cut(tank: TankEconomy, first: date, last: date) -> TankEconomy:
    kept = tuple(interval for interval in tank.intervals if first <= interval.closed_on <= last)
    return tank if len(kept) == len(tank.intervals) else attrs.evolve(tank, intervals=kept)


def _tank(tank: TankEconomy, is_whole: bool) -> shapes.TankShape:
    return shapes.TankShape(
        tank=tank.tank,
        distance_unit=tank.distance_unit,
        fuel_unit=tank.fuel_unit,
        economy_unit=tank.economy_unit,
        fill_count=tank.fill_count,
        average=shapes.PoolShape(**_pool(tank.pool)),
        average_excluding_towing=tank.average_excluding_towing,
        by_month=tuple(
            shapes.PeriodShape(period=f"{year:04}-{month:02}", **_pool(pool))
            for (year, month), pool in tank.by_month().items()
        ),
        by_year=tuple(shapes.PeriodShape(period=f"{year:04}", **_pool(pool)) for year, pool in tank.by_year().items()),
        best=_interval(tank.best),
        worst=_interval(tank.worst),
        long_run=_long_run(tank.long_run) if is_whole else None,
        intervals=tuple(shape for interval in tank.intervals if (shape := _interval(interval)) is not None),
    )


def _interval(interval: Interval | None) -> shapes.IntervalShape | None:
    if interval is None:
        return None
    values: dict[str, Any] = {name: getattr(interval, name) for name in shapes.IntervalShape.model_fields}
    return shapes.IntervalShape(**{**values, "void": None if interval.void is None else interval.void.value})


def _long_run(estimate: LongRunEstimate | None) -> shapes.LongRunShape | None:
    return None if estimate is None else shapes.LongRunShape(**attrs.asdict(estimate))


def _pool(pool: Pool) -> dict[str, Any]:
    return {**attrs.asdict(pool, recurse=False), "cost_per_distance": _by_currency(pool.cost_per_distance)}


def _by_currency(amounts: Mapping[str | None, Decimal]) -> dict[str, Decimal]:
    return {code or "": amount for code, amount in amounts.items()}


def _statistics(statistics: FuelStatistics) -> shapes.StatisticsShape:
    return shapes.StatisticsShape(
        totals=shapes.FuelTotalsShape(**_totals(statistics.totals)),
        distance=statistics.distance,
        distance_unit=statistics.distance_unit,
        cost_per_distance=_by_currency(statistics.cost_per_distance),
        by_month=tuple(
            shapes.TotalsOfPeriodShape(period=f"{year:04}-{month:02}", **_totals(totals))
            for (year, month), totals in statistics.by_month.items()
        ),
        by_year=tuple(
            shapes.TotalsOfPeriodShape(period=f"{year:04}", **_totals(totals))
            for year, totals in statistics.by_year.items()
        ),
    )


def _totals(totals: FuelTotals) -> dict[str, Any]:
    return {
        "log_count": totals.log_count,
        "fuel": dict(totals.fuel),
        "cost": _by_currency(totals.cost),
        "average_cost_per_unit": tuple(
            shapes.PriceShape(currency_code=code or "", fuel_unit=unit, amount=amount)
            for (code, unit), amount in totals.average_cost_per_unit.items()
        ),
        "cost_is_complete": totals.cost_is_complete,
    }
