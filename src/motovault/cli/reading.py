"""From one user's garage to the shapes that are printed: reading only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from motovault.cli import shapes
from motovault.cli.maintenance import maintenance_shape
from motovault.domain.fuel_logs import EconomyReport, Interval, LongRunEstimate, TankEconomy, fills_from_logs
from motovault.domain.fuel_logs.intervals import pooled
from motovault.domain.fuel_logs.statistics import FuelStatistics, FuelTotals, fuel_statistics
from motovault.domain.vehicles import Vehicle
from motovault.errors import InvalidValue, NotFound
from motovault.findings import Finding
from motovault.quantities.economy import economy_unit, higher_is_better
from motovault.quantities.units import convert
from motovault.vault import Garage

__all__ = ["economy_of", "find_vehicle", "vehicle_named", "vehicle_report"]


def vehicle_named(garage: Garage, name: str) -> Vehicle | None:
    """The live vehicle with this id, VIN, plate, nickname or title, case ignored; None if there is none.

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
        or wanted
        in {
            text.casefold()
            for text in (vehicle.nickname, vehicle.title, vehicle.license_plate, vehicle.vin)
            if text
        }
    ]
    if len(found) > 1:
        ids = ", ".join(str(vehicle.id) for vehicle in found)
        raise InvalidValue("vehicle", name, f"is the name of several vehicles; say which by its id: {ids}")
    return found[0] if found else None


def find_vehicle(garage: Garage, name: str) -> Vehicle:
    """The same; raises NotFound if there is none."""
    found = vehicle_named(garage, name)
    if found is None:
        error = NotFound("vehicle", name)
        # a title made of a masked VIN cannot be typed back
        known = [
            v.title if v.nickname or v.make or v.license_plate else str(v.id) for v in garage.vehicles.list()
        ]
        error.args = (f"{error}; there are: {', '.join(known) or 'none'}",)
        raise error
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
    preferences = garage.preferences.peek()
    dial = vehicle.distance_unit or preferences.unit_system.distance_unit
    first, last = first_on or date.min, last_on or date.max
    is_whole = first_on is None and last_on is None
    whole = economy_of(garage, vehicle, unit)
    logs = garage.fuel_logs.list(vehicle.id)
    current = garage.odometer.current(vehicle.id)
    kept = [log for log in logs if first <= preferences.local_date(log.filled_at) <= last]
    fills = fills_from_logs(
        kept,
        distance_unit=dial,
        fuel_unit=preferences.unit_system.fuel_unit,
        currency_code=preferences.currency_code,
        local_date=preferences.local_date,
    )
    statistics = fuel_statistics(kept, fills, whole, distance_unit=dial, local_date=preferences.local_date)
    tanks = tuple(_tank(tank, first, last, is_whole=is_whole) for tank in whole.tanks)
    ids = {str(log.id) for log in kept}
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
        tanks=tanks,
        statistics=_statistics(statistics, tanks),
        maintenance=maintenance_shape(garage, vehicle, first, last),
        findings=tuple(shapes.FindingShape.of(f) for f in _said_once(whole, is_whole, ids)),
    )


def _said_once(report: EconomyReport, is_whole: bool, ids: set[str]) -> list[Finding]:
    return [finding for finding in report.findings if is_whole or finding.subject in ids]


def _tank(tank: TankEconomy, first: date, last: date, *, is_whole: bool) -> shapes.TankShape:
    kept = [interval for interval in tank.intervals if first <= interval.closed_on <= last]

    def pool(intervals: Iterable[Interval]) -> dict[str, Any]:
        found = pooled(intervals, tank.distance_unit, tank.fuel_unit, tank.economy_unit)
        return {
            **attrs.asdict(found, recurse=False),
            "cost_per_distance": _by_currency(found.cost_per_distance),
        }

    def by(name: Callable[[date], str]) -> tuple[shapes.PeriodShape, ...]:
        groups: dict[str, list[Interval]] = {}
        for interval in kept:
            if interval.is_valid:
                groups.setdefault(name(interval.closed_on), []).append(interval)
        return tuple(
            shapes.PeriodShape(period=period, **pool(group)) for period, group in sorted(groups.items())
        )

    ranked = sorted((interval for interval in kept if interval.economy is not None), key=_figure)
    if not higher_is_better(tank.economy_unit):
        ranked.reverse()
    return shapes.TankShape(
        tank=tank.tank,
        distance_unit=tank.distance_unit,
        fuel_unit=tank.fuel_unit,
        economy_unit=tank.economy_unit,
        fill_count=tank.fill_count,
        average=shapes.PoolShape(**pool(kept)),
        average_excluding_towing=pool(interval for interval in kept if not interval.is_towing)["economy"],
        by_month=by(_month),
        by_year=by(_year),
        best=_interval(ranked[-1]) if ranked else None,
        worst=_interval(ranked[0]) if ranked else None,
        long_run=_long_run(tank.long_run) if is_whole else None,
        intervals=tuple(_interval(interval) for interval in kept),
    )


def _figure(interval: Interval) -> Decimal:
    return interval.economy or Decimal(0)


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _year(day: date) -> str:
    return f"{day.year:04}"


def _interval(interval: Interval) -> shapes.IntervalShape:
    values: dict[str, Any] = {name: getattr(interval, name) for name in shapes.IntervalShape.model_fields}
    return shapes.IntervalShape(**{**values, "void": None if interval.void is None else interval.void.value})


def _long_run(estimate: LongRunEstimate | None) -> shapes.LongRunShape | None:
    return None if estimate is None else shapes.LongRunShape(**attrs.asdict(estimate))


def _by_currency(amounts: Mapping[str | None, Decimal]) -> dict[str, Decimal]:
    return {code or "": amount for code, amount in amounts.items()}


def _statistics(statistics: FuelStatistics, tanks: Sequence[shapes.TankShape]) -> shapes.StatisticsShape:
    return shapes.StatisticsShape(
        totals=shapes.FuelTotalsShape(**_totals(statistics.totals)),
        distance=statistics.distance,
        distance_unit=statistics.distance_unit,
        cost_per_distance=_cost_per_distance(tanks, statistics.distance_unit),
        by_month=tuple(
            shapes.TotalsOfPeriodShape(period=_month(date(year, month, 1)), **_totals(totals))
            for (year, month), totals in statistics.by_month.items()
        ),
        by_year=tuple(
            shapes.TotalsOfPeriodShape(period=_year(date(year, 1, 1)), **_totals(totals))
            for year, totals in statistics.by_year.items()
        ),
    )


def _cost_per_distance(tanks: Sequence[shapes.TankShape], unit: str) -> dict[str, Decimal]:
    """Over valid intervals, of one tank: two tanks share the way, so that their costs do not add up."""
    if len(tanks) != 1:
        return {}
    (tank,) = tanks
    costs = tank.average.cost_per_distance
    converted = {code: convert(cost, f"/{tank.distance_unit}", f"/{unit}") for code, cost in costs.items()}
    return {code: cost for code, cost in converted.items() if cost is not None}


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
