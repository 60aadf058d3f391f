"""Fuel economy, full tank to full tank.

Pure arithmetic on fills: no clock, no storage, no rounding. Rules R1 to R15,
R17 and R18 of the economy vectors; R16 (state of charge) is in ``charging.py``.
A full fill at a known position opens an interval; the next one with distance
above 0 closes it and owns the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from motovault.domain.fuel_logs.chain import Chain
from motovault.domain.fuel_logs.charging import charging_intervals, has_charge_levels
from motovault.domain.fuel_logs.fills import Fill, chains, in_order
from motovault.domain.fuel_logs.intervals import Interval, Void
from motovault.domain.fuel_logs.longrun import long_run_estimate
from motovault.domain.fuel_logs.report import EconomyReport, TankEconomy
from motovault.quantities.context import EXACT

__all__ = ["economy"]

_ZERO = Decimal(0)


def economy(
    fills: Iterable[Fill],
    *,
    economy_unit: str | None = None,
    distance_unit: str | None = None,
    battery_capacity_kwh: Decimal | None = None,
    tank_capacity: Mapping[int | str, Decimal] | None = None,
) -> EconomyReport:
    """The economy of one vehicle over its whole history, one chain per tank.

    Args:
        fills: All of one vehicle, in any order.
        economy_unit: Of the figures; by default the usual one of the units that were typed.
            A tank that it does not fit (litres per 100 km for a battery) keeps its usual one.
        distance_unit: Of the distances; by default the one typed last. A dial of another kind
            (engine hours) keeps its own.
        battery_capacity_kwh: Lets every charge with a known end level close an interval.
        tank_capacity: By tank, in the tank's fuel unit: bounds the error of the long-run estimate.

    Returns:
        Intervals, averages and the long-run estimate of every tank, in the order in which the tanks
        were first filled.

    Raises:
        UnknownUnit: ``economy_unit`` or ``distance_unit`` is none.
    """
    tanks = []
    for (_, amount, _), fills_of_tank in chains(in_order(fills)).items():
        chain = Chain(fills_of_tank, economy_unit, distance_unit)
        if amount == "kWh" and (battery_capacity_kwh is not None or has_charge_levels(chain)):
            intervals = charging_intervals(chain, battery_capacity_kwh)
        else:
            intervals = _full_to_full(chain)
        capacity = (tank_capacity or {}).get(chain.tank)
        tanks.append(
            TankEconomy(
                tank=chain.tank,
                distance_unit=chain.distance_unit,
                fuel_unit=chain.fuel_unit,
                economy_unit=chain.economy_unit,
                intervals=tuple(intervals),
                fill_count=len(chain.fills),
                long_run=long_run_estimate(chain, intervals, capacity),
            )
        )
    return EconomyReport(tanks=tuple(tanks))


def _full_to_full(chain: Chain) -> list[Interval]:
    found: list[Interval] = []
    add, subtract, interval = EXACT.add, EXACT.subtract, chain.interval
    opening: Fill | None = None
    frame, start, last = 0, _ZERO, None
    fuel, excluded, count, is_towing = _ZERO, _ZERO, 0, False
    void: Void | None = None
    cost: Decimal | None = _ZERO
    currency: str | None = None
    for fill, place, volume, unused in zip(chain.fills, chain.places, chain.volumes, chain.excluded, strict=True):
        if opening is not None:
            count += 1
            if volume is None:
                void = void or Void.UNKNOWN_VOLUME  # R6
            else:
                fuel = add(fuel, volume)
            if fill.missed:
                void = Void.MISSED  # R5
            if unused is not None:
                excluded = add(excluded, unused)
            if fill.is_towing:
                is_towing = True  # R14
            if cost is not None:
                if fill.cost is None or (count > 1 and fill.currency_code != currency):
                    cost = None
                else:
                    cost, currency = add(cost, fill.cost), fill.currency_code
        if place is None:
            continue  # R7: its fuel counts, but it neither opens nor closes
        if opening is None:
            if not fill.is_full:
                frame, last = place.frame, place.position
                continue
        elif place.frame != frame or (last is not None and place.position < last):  # R9
            why = Void.WENT_BACK if place.frame == frame else Void.UNKNOWN_POSITION
            if fill.is_full:
                found.append(
                    interval(opening, fill, count, None, _unless(void, fuel), None, None, is_towing, void or why)
                )
            else:
                frame, last, opening = place.frame, place.position, None
                continue
        elif not fill.is_full:
            last = place.position  # R4
            continue
        elif place.position == start:
            last = place.position  # R8: nothing driven; the fuel is carried on
            continue
        else:
            driven: Decimal | None = subtract(subtract(place.position, start), excluded)
            if driven is not None and driven <= 0:
                if driven == 0 and void is None:
                    last = place.position  # all of it excluded: nothing driven on this tank
                    continue
                driven, void = None, void or Void.EXCLUDED
            found.append(
                interval(
                    opening, fill, count, driven, _unless(void, fuel), cost if void is None else None,
                    currency, is_towing, void,
                )
            )  # fmt: skip
        opening, frame, start, last = fill, place.frame, place.position, place.position  # R2
        fuel, excluded, count, is_towing, void, cost, currency = _ZERO, _ZERO, 0, False, None, _ZERO, None
    return found


def _unless(void: Void | None, fuel: Decimal) -> Decimal | None:
    return None if void is Void.UNKNOWN_VOLUME else fuel
