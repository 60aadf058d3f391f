"""Fill-ups as the economy rules see them: in order, each at a known or unknown position.

A :class:`Fill` is what one fuel log says, with its units settled. Rules R1
(order) and R18 (trip distance) of the economy vectors live here; intervals
are the business of ``economy.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import attrs

from motovault.domain.fuel_logs.entities import FuelLog
from motovault.domain.loading import loader
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

__all__ = ["Fill", "Place", "adjusted_odometer", "chains", "fills_from_logs", "in_order", "places"]

_ZERO = Decimal(0)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Fill:
    """One fill-up or charge, with its units settled.

    Attributes:
        on: The user's calendar date.
        odometer: Reading of the dial, in ``distance_unit``; None if unknown.
        volume: Fuel or energy added, in ``fuel_unit``; None if unknown.
        distance_unit: ``mi``, ``km``, ``nmi``, or ``h`` where the dial counts engine hours.
        fuel_unit: ``us_gal``, ``imp_gal``, ``L``, ``kg`` or ``kWh``.
        is_full: The tank was full (the battery at 100 %) afterwards.
        missed: At least one fill-up between the previous one and this was not recorded.
        trip_distance: Trip meter since the previous fill-up.
        fuel_distance: Driven on this fuel since the previous fill of the same tank; replaces the odometer.
        excluded_distance: Driven since then, but not on this fuel; subtracted.
        tank: Name or number of the tank.
        is_towing: A trailer was towed in the stretch that ends here.
        charge_start: State of charge before, percent.
        charge_end: State of charge afterwards, percent.
        cost: Money paid.
        currency_code: Of ``cost``.
        key: Whatever names the record, for example the log's id.
    """

    on: date
    odometer: Decimal | None
    volume: Decimal | None
    distance_unit: str
    fuel_unit: str
    is_full: bool = True
    missed: bool = False
    trip_distance: Decimal | None = None
    fuel_distance: Decimal | None = None
    excluded_distance: Decimal | None = None
    tank: int | str = 1
    is_towing: bool = False
    charge_start: Decimal | None = None
    charge_end: Decimal | None = None
    cost: Decimal | None = None
    currency_code: str | None = None
    key: object = None


_load = loader(Fill)


@attrs.frozen(weakref_slot=False)
class Place:
    """Where a fill lies on the way of its tank.

    Attributes:
        frame: Positions can be compared within one frame only; a new one begins where the thread is lost.
        position: In the unit of the chain; only differences mean anything.
    """

    frame: int
    position: Decimal


_place = loader(Place)


def adjusted_odometer(reading: Decimal, difference: Decimal, multiplier: Decimal = Decimal(1)) -> Decimal:
    """The true distance behind a reading of a changed or wrongly geared instrument.

    >>> adjusted_odometer(Decimal(250), Decimal(100000))
    Decimal('100250')
    """
    return EXACT.multiply(EXACT.add(reading, difference), multiplier)


def fills_from_logs(
    logs: Iterable[FuelLog],
    *,
    distance_unit: str,
    fuel_unit: str,
    currency_code: str | None,
    local_date: Callable[[datetime], date],
) -> list[Fill]:
    """Fuel logs as fills; the units and the currency stand where a log has none of its own.

    An odometer or a trip distance of 0 is unknown, as in the schema's rule that one of them is above 0.
    """
    return [
        _load(
            local_date(log.filled_at),
            log.odometer or None,
            log.volume,
            log.odometer_unit or distance_unit,
            log.fuel_unit or ("kWh" if log.fuel_type == "electric" else fuel_unit),
            log.is_full_tank,
            log.missed_previous,
            log.trip_distance or None,
            None,
            log.excluded_distance or None,
            log.tank,
            log.is_towing,
            log.charge_start_percent,
            log.charge_end_percent,
            log.total_cost,
            log.currency_code or currency_code,
            log.id,
        )
        for log in logs
    ]


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """By date; within one date by odometer where known, the others keep their places (R1)."""
    ordered = sorted(fills, key=lambda fill: fill.on)
    start, count = 0, len(ordered)
    while start < count:
        end = start + 1
        while end < count and ordered[end].on == ordered[start].on:
            end += 1
        if end - start > 1:
            slots = [i for i in range(start, end) if ordered[i].odometer is not None]
            for slot, fill in zip(slots, sorted((ordered[i] for i in slots), key=_dial), strict=True):
                ordered[slot] = fill
        start = end
    return ordered


def _dial(fill: Fill) -> Decimal:
    return EXACT.multiply(fill.odometer or _ZERO, DISTANCE_TO_BASE[fill.distance_unit][1])


def chains(fills: Iterable[Fill]) -> dict[tuple[int | str, str, str], list[Fill]]:
    """Fills, in order, by (tank, kind of fuel amount, kind of distance): each is a history of its own (R13).

    Litres, kilograms and kilowatt-hours never add up, so one tank number that
    saw two of them makes two chains.
    """
    found: dict[tuple[int | str, str, str], list[Fill]] = {}
    for fill in fills:
        key = (fill.tank, FUEL_TO_BASE[fill.fuel_unit][0], DISTANCE_TO_BASE[fill.distance_unit][0])
        chain = found.get(key)
        if chain is None:
            chain = found[key] = []
        chain.append(fill)
    return found


def places(chain: Sequence[Fill], factor: Callable[[Fill], Decimal] | None = None) -> list[Place | None]:
    """Where each fill of one chain lies, or None where that cannot be told (R7, R18).

    The dial decides. Without it the trip meter counts on from the previous
    fill; a chain that begins with trip meters alone begins at 0. A distance on
    this fuel replaces the dial. Where a fill's position hangs in the air, the
    next trip meter starts a new frame, in which that fill is 0.

    Args:
        chain: In order, one tank.
        factor: To the unit of the answer, by fill; without it the numbers stay as typed.
    """
    if factor is None and all(fill.odometer is not None and fill.fuel_distance is None for fill in chain):
        return [_place(1, fill.odometer) for fill in chain]
    found: list[Place | None] = []
    frame, is_previous_known = 1, True
    last: Decimal | None = None
    offset: Decimal | None = _ZERO  # position minus dial; None while the dial's relation is unknown
    for index, fill in enumerate(chain):
        dial, trip, own = fill.odometer, fill.trip_distance, fill.fuel_distance
        if factor is not None:
            by = factor(fill)
            dial = None if dial is None else EXACT.multiply(dial, by)
            trip = None if trip is None else EXACT.multiply(trip, by)
            own = None if own is None else EXACT.multiply(own, by)
        step = own if own is not None else trip
        here: Decimal | None
        if own is None and dial is not None and offset is not None:
            here = EXACT.add(dial, offset)
        elif step is not None and last is not None and is_previous_known:
            here = EXACT.add(last, step)
            if dial is not None:
                offset = EXACT.subtract(here, dial)
            elif own is not None:
                offset = None  # the dial ran on by more than this fuel's share
        elif step is not None and (own is not None or dial is None):
            frame += 1
            if index and found[-1] is None:
                found[-1] = Place(frame, _ZERO)
            here = step
            offset = None if dial is None else EXACT.subtract(here, dial)
        elif dial is not None:
            frame += 1
            here, offset = dial, _ZERO
        else:
            here = None
        if here is not None:
            last = here
        is_previous_known = here is not None
        found.append(None if here is None else Place(frame, here))
    return found
