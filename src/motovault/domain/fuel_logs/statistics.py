"""What a vehicle's fuel logs add up to, as a whole and by month, year, fuel type, grade and station.

Source: the figures that the reference application shows (log count, total
fuel, total cost, average cost per unit, total distance, average efficiency,
unit labels); the groups and the cost per distance are ours. Sums never mix
units that do not add up, nor currencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any, TypeVar

import attrs

from motovault.domain.fuel_logs.entities import FuelLog
from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.history import in_order
from motovault.domain.fuel_logs.intervals import Interval
from motovault.domain.fuel_logs.report import EconomyReport
from motovault.quantities.context import EXACT, plain
from motovault.quantities.formatting import display
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE, UNITS, convert

__all__ = ["FuelStatistics", "FuelTotals", "fuel_statistics"]

K = TypeVar("K")

_ZERO = Decimal(0)
_NOT_SAID = "not said"


@attrs.frozen(kw_only=True)
class FuelTotals:
    """What several fuel logs add up to.

    Attributes:
        log_count: How many logs.
        fuel: Amount by unit (those typed; litres and gallons are added in the unit typed last).
        cost: Money by currency; logs without a cost are left out.
        average_cost_per_unit: By (currency, unit): cost over fuel of the logs where both are known.
        cost_is_complete: Every log has a cost.
    """

    log_count: int
    fuel: Mapping[str, Decimal]
    cost: Mapping[str | None, Decimal]
    average_cost_per_unit: Mapping[tuple[str | None, str], Decimal]
    cost_is_complete: bool


@attrs.frozen(kw_only=True)
class FuelStatistics:
    """A vehicle's fuel logs, added up.

    Attributes:
        totals: Of all logs.
        distance: From the first known position to the last, drops left out; None if it cannot be told.
            Of engine hours, hours.
        distance_unit: Of ``distance``.
        average_economy: By tank, in ``economy_units``; see :class:`EconomyReport`.
        economy_units: By tank.
        cost_per_distance: By currency, over valid intervals; None where there is none.
        best: By tank: the interval with the least fuel for its distance.
        worst: By tank: the one with the most.
        by_month: Totals by (year, month) of the local date.
        by_year: Totals by year.
        by_fuel_type: Totals by fuel type; None where it is unknown.
        by_grade: Totals by (fuel type, grade).
        by_station: Totals by location text.
    """

    totals: FuelTotals
    distance: Decimal | None
    distance_unit: str
    average_economy: Mapping[int | str, Decimal | None]
    economy_units: Mapping[int | str, str]
    cost_per_distance: Mapping[str | None, Decimal]
    best: Mapping[int | str, Interval | None]
    worst: Mapping[int | str, Interval | None]
    by_month: Mapping[tuple[int, int], FuelTotals]
    by_year: Mapping[int, FuelTotals]
    by_fuel_type: Mapping[str | None, FuelTotals]
    by_grade: Mapping[tuple[str | None, str | None], FuelTotals]
    by_station: Mapping[str | None, FuelTotals]

    def _repr_html_(self) -> str:
        whole = f"{self.totals.log_count} logs" if self.totals.log_count != 1 else "1 log"
        parts = [f"<p><b>Fuel</b>: {whole}{self._driven()}{self._averages()}</p>"]
        groups: tuple[tuple[str, Mapping[Any, FuelTotals]], ...] = (
            ("in all", {"": self.totals}),
            ("by year", self.by_year),
            ("by month", self.by_month),
            ("by fuel type", self.by_fuel_type),
            ("by grade", self.by_grade),
            ("by station", self.by_station),
        )
        for title, totals in groups:
            if self.totals.log_count and any(_said(name) != _NOT_SAID for name in totals):
                head = "".join(f"<th>{name}</th>" for name in ("", "logs", "fuel", "cost"))
                rows = "".join(_html_row(name, one) for name, one in totals.items())
                parts.append(f"<table><caption>{title}</caption><tr>{head}</tr>{rows}</table>")
        return "".join(parts)

    def _driven(self) -> str:
        if self.distance is None:
            return ""
        return f", {display(self.distance, 0, ',')} {escape(UNITS[self.distance_unit].label)}"

    def _averages(self) -> str:
        said = [
            f"{'' if len(self.average_economy) == 1 else f'tank {escape(str(tank))}: '}"
            f"{display(figure, 2, ',')} {escape(UNITS[self.economy_units[tank]].label)}"
            for tank, figure in self.average_economy.items()
            if figure is not None
        ]
        said += [
            f"{display(cost, 4)} {escape(code or '')} per {escape(UNITS[self.distance_unit].label)}"
            for code, cost in self.cost_per_distance.items()
        ]
        return "".join(f", {one}" for one in said)


def _html_row(name: object, totals: FuelTotals) -> str:
    fuel = " + ".join(
        f"{display(amount, 2, ',')} {UNITS[unit].label}" for unit, amount in totals.fuel.items()
    )
    cost = " + ".join(f"{display(paid, 2, ',')} {code or ''}".rstrip() for code, paid in totals.cost.items())
    known = "" if totals.cost_is_complete or not cost else " (not of all)"
    cells = (_said(name), str(totals.log_count), fuel, cost + known)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _said(name: object) -> str:
    """A group's name: a month, a year, a word, or words one after the other."""
    match name:
        case (int(year), int(month)):
            return f"{year:04}-{month:02}"
        case tuple():
            return " ".join(str(part) for part in name if part is not None) or _NOT_SAID
        case None:
            return _NOT_SAID
    return str(name)


def fuel_statistics(
    logs: Sequence[FuelLog],
    fills: Sequence[Fill],
    report: EconomyReport,
    *,
    distance_unit: str,
    local_date: Callable[[datetime], date],
) -> FuelStatistics:
    """Add up one vehicle's fuel logs.

    Args:
        logs: All of one vehicle, in any order.
        fills: The same, with units settled, in the same order.
        report: Their economy.
        distance_unit: Of the answer; where all dials are of another kind (engine hours), that of the latest.
        local_date: The user's calendar date at a moment.
    """
    pairs = list(zip(logs, fills, strict=True))
    if fills and not any(_kind(fill.odometer_unit) == _kind(distance_unit) for fill in fills):
        distance_unit = in_order(fills)[-1].odometer_unit

    def day(log: FuelLog) -> date:
        return local_date(log.filled_at)

    return FuelStatistics(
        totals=_totals(fills),
        distance=total_distance(fills, distance_unit),
        distance_unit=distance_unit,
        average_economy=report.average_by_tank,
        economy_units={tank.tank: tank.economy_unit for tank in report.tanks},
        cost_per_distance=_cost_per_distance(report, distance_unit),
        best={tank.tank: tank.best for tank in report.tanks},
        worst={tank.tank: tank.worst for tank in report.tanks},
        by_month=_by(pairs, lambda log: (day(log).year, day(log).month)),
        by_year=_by(pairs, lambda log: day(log).year),
        by_fuel_type=_by(pairs, lambda log: log.fuel_type),
        by_grade=_by(pairs, lambda log: (log.fuel_type, log.fuel_grade)),
        by_station=_by(pairs, lambda log: log.location),
    )


def total_distance(fills: Iterable[Fill], distance_unit: str) -> Decimal | None:
    """All that was driven between the first and the last known position, whatever the tank.

    The dial decides; where it is unknown, or went back, trip meters stand in, and
    what neither tells counts as 0. None with fewer than two known positions.
    Engine hours and distances never add up: only dials of the unit's kind are read.
    """
    kind, unit = DISTANCE_TO_BASE[distance_unit]
    driven: Decimal | None = None
    dial: Decimal | None = None
    trips: Decimal | None = None  # driven since the dial was last known, by the trip meter
    for n, fill in enumerate(in_order(f for f in fills if _kind(f.odometer_unit) == kind)):
        factor = DISTANCE_TO_BASE[fill.odometer_unit][1]
        if fill.trip_distance is not None and n > 0:
            trips = EXACT.add(trips or _ZERO, EXACT.multiply(fill.trip_distance, factor))
        if fill.odometer is not None:
            earlier, dial = dial, EXACT.multiply(fill.odometer, factor)
            if earlier is None:
                step = trips
            else:
                step = EXACT.subtract(dial, earlier) if dial >= earlier else trips or _ZERO
            driven = driven if step is None else EXACT.add(driven or _ZERO, step)
            trips = None
    if trips is not None:
        driven = EXACT.add(driven or _ZERO, trips)
    return None if driven is None else EXACT.divide(driven, unit)


def _kind(distance_unit: str) -> str:
    return DISTANCE_TO_BASE[distance_unit][0]


def _totals(fills: Iterable[Fill]) -> FuelTotals:
    count, complete = 0, True
    amounts: dict[str, Decimal] = {}
    latest: dict[str, str] = {}
    cost: dict[str | None, Decimal] = {}
    priced: dict[tuple[str | None, str], tuple[Decimal, Decimal]] = {}
    for fill in fills:
        count += 1
        base, factor = FUEL_TO_BASE[fill.fuel_unit]
        latest[base] = str(fill.fuel_unit)
        amount = None if fill.volume is None else EXACT.multiply(fill.volume, factor)
        if amount is not None:
            amounts[base] = EXACT.add(amounts.get(base, _ZERO), amount)
        if fill.total_cost is None:
            complete = False
            continue
        cost[fill.currency_code] = EXACT.add(cost.get(fill.currency_code, _ZERO), fill.total_cost)
        if amount is not None:
            paid, of = priced.get((fill.currency_code, base), (_ZERO, _ZERO))
            priced[fill.currency_code, base] = EXACT.add(paid, fill.total_cost), EXACT.add(of, amount)
    return FuelTotals(
        log_count=count,
        fuel={latest[base]: _tidy(convert(amount, base, latest[base])) for base, amount in amounts.items()},
        cost=cost,
        average_cost_per_unit={
            (code, latest[base]): EXACT.divide(paid, convert(of, base, latest[base]) or _ZERO)
            for (code, base), (paid, of) in priced.items()
            if of > 0
        },
        cost_is_complete=complete,
    )


def _by(pairs: Iterable[tuple[FuelLog, Fill]], key: Callable[[FuelLog], K]) -> dict[K, FuelTotals]:
    groups: dict[K, list[Fill]] = {}
    for log, fill in pairs:
        groups.setdefault(key(log), []).append(fill)
    return {name: _totals(groups[name]) for name in sorted(groups, key=_sortable)}


def _sortable(name: object) -> tuple[tuple[bool, object], ...]:
    parts = name if isinstance(name, tuple) else (name,)
    return tuple((part is not None, "" if part is None else part) for part in parts)


def _cost_per_distance(report: EconomyReport, distance_unit: str) -> Mapping[str | None, Decimal]:
    # two tanks cover the same way, each with its own intervals: their costs per distance do not add up
    if len(report.tanks) != 1:
        return {}
    tank = report.tanks[0]
    per, wanted = f"/{tank.distance_unit}", f"/{distance_unit}"
    return {code: convert(value, per, wanted) or _ZERO for code, value in tank.pool.cost_per_distance.items()}


def _tidy(amount: Decimal | None) -> Decimal:
    """The same without the zeros that converting there and back leaves behind."""
    return Decimal(plain(amount or _ZERO))
