"""Fuel economy, full tank to full tank.

Pure arithmetic on fills: no clock, no storage, no rounding. Rules R1 to R15,
R17 and R18 of the economy vectors; R16 (state of charge) is in ``charging.py``.
A full fill at a known position opens an interval; the next one with distance
above 0 closes it and owns the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext

from motovault.domain.fuel_logs.chain import Chain, Stretches
from motovault.domain.fuel_logs.charging import charging_stretches, has_charge_levels
from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.history import Strand, strands_of_fills
from motovault.domain.fuel_logs.intervals import Void
from motovault.domain.fuel_logs.report import EconomyReport, TankEconomy
from motovault.quantities.context import EXACT
from motovault.quantities.economy import economy_unit as check_economy_unit
from motovault.quantities.units import distance_unit as check_distance_unit

__all__ = ["economy", "economy_of_strands"]

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

    >>> from datetime import date
    >>> mi_gal = {"odometer_unit": "mi", "fuel_unit": "us_gal"}
    >>> first = Fill(on=date(2025, 1, 1), odometer=Decimal(10000), volume=Decimal(12), **mi_gal)
    >>> second = Fill(on=date(2025, 1, 9), odometer=Decimal(10300), volume=Decimal(10), **mi_gal)
    >>> economy([first, second]).average
    Decimal('30')
    """
    return economy_of_strands(
        strands_of_fills(fills),
        economy_unit=economy_unit,
        distance_unit=distance_unit,
        battery_capacity_kwh=battery_capacity_kwh,
        tank_capacity=tank_capacity,
    )


def economy_of_strands(
    strands: Iterable[Strand],
    *,
    economy_unit: str | None = None,
    distance_unit: str | None = None,
    battery_capacity_kwh: Decimal | None = None,
    tank_capacity: Mapping[int | str, Decimal] | None = None,
) -> EconomyReport:
    """:func:`economy` of fills that are in order and split by tank already."""
    if economy_unit is not None:
        check_economy_unit(economy_unit)
    if distance_unit is not None:
        check_distance_unit(distance_unit)
    tanks = []
    for strand in strands:
        chain = Chain(strand, economy_unit, distance_unit)
        if strand.fuel_unit == "kWh" and (battery_capacity_kwh is not None or has_charge_levels(chain)):
            stretches = charging_stretches(chain, battery_capacity_kwh)
        else:
            stretches = _full_to_full(chain)
        tanks.append(TankEconomy(chain, stretches, (tank_capacity or {}).get(strand.tank)))
    return EconomyReport(tanks=tuple(tanks))


def _full_to_full(chain: Chain) -> Stretches:
    with localcontext(EXACT):
        return _walk(chain)


def _walk(chain: Chain) -> Stretches:
    found = Stretches()
    figure_of, ours = chain.figure, chain.strand.currency_code
    opening = -1  # index of the full fill that opened the current interval; -1 for none
    start = last = near = _ZERO  # where it stands, the latest fill, and the latest full one
    frame = -1
    fuel, excluded, excluded_near, is_towing = _ZERO, _ZERO, _ZERO, False
    is_missed = is_unknown = is_lost = went_back = False
    cost: Decimal | None = None
    currency: str | None = None
    rows = zip(chain.strand.rows, chain.positions, chain.frames, strict=True)
    for index, (row, position, in_frame) in enumerate(rows):
        is_full = row.is_full_tank
        if opening >= 0:
            volume, paid, paid_in = row.volume, row.total_cost, row.currency_code or ours
            if volume is None:
                is_unknown = True  # R6
            else:
                fuel += volume
            if row.missed_previous:
                is_missed = True  # R5
            if row.excluded_distance is not None:
                excluded += row.excluded_distance
                excluded_near += row.excluded_distance
            if row.is_towing:
                is_towing = True  # R14
            if index - opening == 1:
                cost, currency = paid, paid_in
            elif cost is not None:
                cost = None if paid is None or paid_in != currency else cost + paid  # R17
        if position is None:
            continue  # R7: its fuel counts, but it neither opens nor closes
        if opening >= 0:
            if in_frame != frame or position < last:  # R9
                is_lost = True
                went_back = went_back or in_frame == frame
            if is_lost:
                if not is_full:  # no figure for what is open
                    frame, last = in_frame, position
                    continue
                driven = None
            elif not is_full:
                last = position  # R4
                continue
            elif position == near or position - excluded_near == near:
                # R8: nothing driven, or all on another tank; the fuel is carried on
                last = near = position
                excluded_near = _ZERO
                continue
            else:
                driven = position - start - excluded
            if driven is not None and driven > 0 and fuel > 0 and not is_missed and not is_unknown:
                found.add(opening, index, driven, fuel, figure_of(driven, fuel), cost, is_towing)
            else:
                if is_missed:
                    void = Void.MISSED
                elif is_unknown:
                    void = Void.UNKNOWN_VOLUME
                elif driven is None:
                    void = Void.WENT_BACK if went_back else Void.UNKNOWN_POSITION
                else:
                    void = Void.NO_FUEL if driven > 0 else Void.EXCLUDED  # R10
                known = driven if driven is not None and driven > 0 else None
                found.add_void(opening, index, known, None if is_unknown else fuel, is_towing, void)
        frame, last = in_frame, position
        if is_full:  # R2
            opening, start, near = index, position, position
            fuel, excluded, excluded_near, is_towing = _ZERO, _ZERO, _ZERO, False
            is_missed = is_unknown = is_lost = went_back = False
    return found
