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

import attrs

from motovault.domain.fuel_logs.chain import Chain
from motovault.domain.fuel_logs.entities import FuelLog
from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.history import strands_of_fills
from motovault.domain.fuel_logs.intervals import Interval
from motovault.domain.fuel_logs.report import EconomyReport
from motovault.quantities.context import EXACT
from motovault.quantities.units import FUEL_TO_BASE, convert

__all__ = ["FuelStatistics", "FuelTotals", "fuel_statistics"]

_ZERO = Decimal(0)


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
        distance_unit: Of the answer.
        local_date: The user's calendar date at a moment.
    """
    pairs = list(zip(logs, fills, strict=True))

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
    """All that was driven between the first and the last known position, whatever the tank; drops count as 0.

    None with fewer than two known positions.
    """
    driven: Decimal | None = None
    as_one = (attrs.evolve(fill, tank=1, fuel_unit="L", fuel_distance=None) for fill in fills)
    for strand in strands_of_fills(as_one):
        chain = Chain(strand, None, distance_unit)
        known = [(frame, at) for frame, at in zip(chain.frames, chain.positions, strict=True) if at is not None]
        for (frame, earlier), (next_frame, later) in zip(known, known[1:], strict=False):
            if frame == next_frame:
                step = max(EXACT.subtract(later, earlier), _ZERO)
                driven = EXACT.add(driven or _ZERO, chain.reported_distance(step))
    return driven


def _totals(fills: Iterable[Fill]) -> FuelTotals:
    count, complete = 0, True
    amounts: dict[str, Decimal] = {}
    latest: dict[str, str] = {}
    cost: dict[str | None, Decimal] = {}
    priced: dict[tuple[str | None, str], tuple[Decimal, Decimal]] = {}
    for fill in fills:
        count += 1
        base, factor = FUEL_TO_BASE[fill.fuel_unit]
        latest[base] = fill.fuel_unit
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
        fuel={latest[base]: convert(amount, base, latest[base]) or _ZERO for base, amount in amounts.items()},
        cost=cost,
        average_cost_per_unit={
            (code, latest[base]): EXACT.divide(paid, convert(of, base, latest[base]) or _ZERO)
            for (code, base), (paid, of) in priced.items()
            if of > 0
        },
        cost_is_complete=complete,
    )


def _by(pairs, key):  # type: ignore[no-untyped-def]
    groups: dict[object, list[Fill]] = {}
    for log, fill in pairs:
        groups.setdefault(key(log), []).append(fill)
    return {name: _totals(group) for name, group in sorted(groups.items(), key=lambda item: _sortable(item[0]))}


def _sortable(name: object) -> tuple[tuple[bool, object], ...]:
    parts = name if isinstance(name, tuple) else (name,)
    return tuple((part is not None, "" if part is None else part) for part in parts)


def _cost_per_distance(report: EconomyReport, distance_unit: str) -> Mapping[str | None, Decimal]:
    # the tanks of a bi-fuel car cover the same way, so their costs per distance add up only where each is complete;
    # with one tank it is the pooled figure
    if len(report.tanks) != 1:
        return {}
    tank = report.tanks[0]
    costs = tank.pool.cost_per_distance
    return {
        code: convert(value, f"/{tank.distance_unit}", f"/{distance_unit}") or _ZERO for code, value in costs.items()
    }
