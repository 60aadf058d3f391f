"""``motovault report``: fuel economy, maintenance, costs and findings of a user's vehicles."""

from __future__ import annotations

import argparse
from decimal import Decimal

from motovault.cli import output
from motovault.cli.database import opened
from motovault.cli.maintenance import print_maintenance
from motovault.cli.reading import find_vehicle, vehicle_report
from motovault.cli.shapes import FuelTotalsShape, IntervalShape, ReportShape, TankShape, VehicleReportShape
from motovault.errors import InvalidValue
from motovault.quantities.economy import economy_unit
from motovault.quantities.formatting import display
from motovault.quantities.money import minor_units
from motovault.quantities.units import UNITS

__all__ = ["print_vehicle", "run"]


def run(given: argparse.Namespace) -> int:
    """Print a report; gives the exit code."""
    if given.first_on is not None and given.last_on is not None and given.first_on > given.last_on:
        raise InvalidValue("from", str(given.first_on), f"must not be after --to {given.last_on}")
    if given.economy_unit is not None:
        economy_unit(given.economy_unit)
    with opened(given, must_exist=True) as vault, output.working("reading"):
        garage = vault.garage(given.user)
        wanted = garage.vehicles.list() if given.vehicle is None else [find_vehicle(garage, given.vehicle)]
        report = ReportShape(
            user=given.user,
            first_on=given.first_on,
            last_on=given.last_on,
            vehicles=tuple(
                vehicle_report(garage, vehicle, given.economy_unit, given.first_on, given.last_on)
                for vehicle in wanted
            ),
        )
    if given.json:
        output.print_json(report)
        return 0
    for shape in report.vehicles:
        print_vehicle(shape)
    if not report.vehicles:
        output.note(
            f"{given.user} has no vehicle here; add one with: motovault import FILE --user {given.user}"
        )
    return 0


def print_vehicle(report: VehicleReportShape) -> None:
    """One vehicle as tables."""
    vehicle, dial = report.vehicle, report.odometer
    described = " ".join(str(part) for part in (vehicle.model_year, vehicle.make, vehicle.model) if part)
    output.heading(vehicle.title + (f" ({described})" if described and described != vehicle.title else ""))
    if dial.value is not None and dial.unit is not None:
        output.line(f"Odometer: {display(dial.value, 0, ',')} {_label(dial.unit)} on {dial.read_on}")
    statistics = report.statistics
    if not statistics.totals.log_count:
        output.line("No fuel logs.")
    else:
        _print_fuel(report)
    print_maintenance(report.maintenance)
    if report.findings:
        output.heading("Findings")
        for finding in report.findings:
            output.line(f"{finding.severity}: {finding.message}")


def _print_fuel(report: VehicleReportShape) -> None:
    statistics = report.statistics
    output.line(f"Fuel: {_totals(statistics.totals)}")
    if statistics.distance is not None:
        unit = _label(statistics.distance_unit)
        output.line(f"Distance: {display(statistics.distance, 0, ',')} {unit}")
        for code, amount in statistics.cost_per_distance.items():
            output.line(f"Cost per distance: {_money(amount, code, more=2)} a {unit}")
    for tank in report.tanks:
        _print_tank(tank, is_one_of_several=len(report.tanks) > 1)
    _print_months(report)


def _print_tank(tank: TankShape, *, is_one_of_several: bool) -> None:
    unit, driven, poured = _label(tank.economy_unit), _label(tank.distance_unit), _label(tank.fuel_unit)
    average = tank.average
    output.heading(f"Tank {tank.tank}: fuel economy" if is_one_of_several else "Fuel economy")
    if average.economy is not None:
        output.line(
            f"Average {display(average.economy, 2)} {unit}: {display(average.distance, 0, ',')} {driven} "
            f"on {display(average.fuel, 3, ',')} {poured}, {_count(average.interval_count, 'interval')}"
        )
        if tank.average_excluding_towing not in (None, average.economy):
            output.line(f"Without towing {display(tank.average_excluding_towing or Decimal(0), 2)} {unit}")
        for word, interval in (("Best", tank.best), ("Worst", tank.worst)):
            if interval is not None and interval.economy is not None:
                output.line(f"{word} {display(interval.economy, 2)} {unit}, until {interval.closed_on}")
    else:
        output.line("No average: no two full tanks with all between them known.")
    if tank.long_run is not None:
        rough = tank.long_run
        span = "" if rough.low is None or rough.high is None else (
            f", between {display(rough.low, 2)} and {display(rough.high, 2)}"
        )  # fmt: skip
        output.line(f"Long-run estimate, not in any average: {display(rough.economy, 2)} {unit}{span}")
    if not tank.intervals:
        return
    code = next((i.currency_code for i in tank.intervals if i.currency_code), None)
    output.table(
        (
            "From",
            "To",
            f">Distance, {driven}",
            f">Fuel, {poured}",
            f">{unit}",
            f">{code or 'Cost'} a {driven}",
            "Note",
        ),
        [
            _interval_row(interval, code, previous)
            for previous, interval in zip((None, *tank.intervals), tank.intervals, strict=False)
        ],
    )


def _interval_row(
    interval: IntervalShape, code: str | None, previous: IntervalShape | None
) -> tuple[str, ...]:
    cost = interval.cost_per_distance
    is_after_gap = previous is not None and interval.opened_on > previous.closed_on
    remarks = [f"no figure: {interval.void}"] if interval.void else []
    remarks += ["after a gap in the odometer"] if is_after_gap else []
    remarks += ["towing"] if interval.is_towing else []
    remarks += [f"in {interval.currency_code}"] if cost is not None and interval.currency_code != code else []
    return (
        str(interval.opened_on),
        str(interval.closed_on),
        _number(interval.distance, 0),
        _number(interval.fuel, 3),
        _number(interval.economy, 2),
        _number(cost, 4),
        ", ".join(remarks),
    )


def _print_months(report: VehicleReportShape) -> None:
    for title, of_tank, of_all in (
        ("Month", [tank.by_month for tank in report.tanks], report.statistics.by_month),
        ("Year", [tank.by_year for tank in report.tanks], report.statistics.by_year),
    ):
        if len(of_all) < 2:
            continue
        output.heading(f"By {title.lower()}")
        figures = [{pool.period: pool.economy for pool in pools} for pools in of_tank]
        names = [
            f">{_label(tank.economy_unit)}" + (f", tank {tank.tank}" if len(report.tanks) > 1 else "")
            for tank in report.tanks
        ]
        output.table(
            (title, ">Logs", ">Fuel", ">Cost", *names),
            [
                (
                    totals.period,
                    str(totals.log_count),
                    _fuel(totals),
                    _cost(totals),
                    *(_number(of_period.get(totals.period), 2) for of_period in figures),
                )
                for totals in of_all
            ],
        )


def _totals(totals: FuelTotalsShape) -> str:
    parts = [_count(totals.log_count, "log"), _fuel(totals)]
    if totals.cost:
        parts.append(_cost(totals) + ("" if totals.cost_is_complete else " where the cost is known"))
    prices = [
        f"{_money(p.amount, p.currency_code, more=1)} a {_label(p.fuel_unit)}"
        for p in totals.average_cost_per_unit
    ]
    return ", ".join(part for part in parts if part) + (
        f" (on average {', '.join(prices)})" if prices else ""
    )


def _fuel(totals: FuelTotalsShape) -> str:
    return " + ".join(f"{display(amount, 3, ',')} {_label(unit)}" for unit, amount in totals.fuel.items())


def _cost(totals: FuelTotalsShape) -> str:
    return " + ".join(_money(amount, code) for code, amount in totals.cost.items())


def _money(amount: Decimal, code: str, more: int = 0) -> str:
    """With the currency's own decimal places, and ``more`` of them for small figures."""
    places = minor_units(code) if code else 2
    return f"{display(amount, places + more, ',')} {code}".strip()


def _number(value: Decimal | None, places: int) -> str:
    return "" if value is None else display(value, places, ",")


def _label(unit: str) -> str:
    return UNITS[unit].label


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
