"""A fill-up as the economy rules see it: one fuel log with its units settled and a date of its own.

The names are those of :class:`FuelLog`, so that the rules read both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

import attrs

from motovault.domain.fuel_logs.entities import FuelLog
from motovault.domain.loading import loader
from motovault.quantities.context import EXACT
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

__all__ = ["Fill", "adjusted_odometer", "fills_from_logs"]


@attrs.frozen(kw_only=True, weakref_slot=False)
class Fill:
    """One fill-up or charge, with its units settled.

    Attributes:
        on: The user's calendar date.
        odometer: Reading of the dial, in ``odometer_unit``; None if unknown.
        volume: Fuel or energy added, in ``fuel_unit``; None if unknown.
        odometer_unit: ``mi``, ``km``, ``nmi``, or ``h`` where the dial counts engine hours.
        fuel_unit: ``us_gal``, ``imp_gal``, ``L``, ``kg`` or ``kWh``.
        is_full_tank: The tank was full (the battery at 100 %) afterwards.
        missed_previous: At least one fill-up between the previous one and this was not recorded.
        trip_distance: Trip meter since the previous fill-up.
        fuel_distance: Driven on this fuel since the previous fill of the same tank; replaces the odometer.
        excluded_distance: Driven since then, but not on this fuel; subtracted.
        tank: Name or number of the tank.
        is_towing: A trailer was towed in the stretch that ends here.
        charge_start_percent: State of charge before.
        charge_end_percent: State of charge afterwards.
        total_cost: Money paid.
        currency_code: Of ``total_cost``.
        id: Whatever names the record, for example the log's id.
    """

    on: date
    odometer: Decimal | None
    volume: Decimal | None
    odometer_unit: str
    fuel_unit: str
    is_full_tank: bool = True
    missed_previous: bool = False
    trip_distance: Decimal | None = None
    fuel_distance: Decimal | None = None
    excluded_distance: Decimal | None = None
    tank: int | str = 1
    is_towing: bool = False
    charge_start_percent: Decimal | None = None
    charge_end_percent: Decimal | None = None
    total_cost: Decimal | None = None
    currency_code: str | None = None
    id: object = None


_load = loader(Fill)


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
    """Fuel logs as fills, one each; the units and the currency stand where a log has none of its own.

    An odometer or a trip distance of 0 is unknown, and so is a figure in a unit that is none, which only
    another application can have written. Charges without a unit are kilowatt-hours.
    """
    return [
        _load(
            local_date(log.filled_at),
            (log.odometer or None) if is_distance else None,
            log.volume if is_fuel else None,
            driven if is_distance else distance_unit,
            burnt if is_fuel else fuel_unit,
            log.is_full_tank,
            log.missed_previous,
            (log.trip_distance or None) if is_distance else None,
            None,
            log.excluded_distance if is_distance else None,
            log.tank,
            log.is_towing,
            log.charge_start_percent,
            log.charge_end_percent,
            log.total_cost,
            log.currency_code or currency_code,
            log.id,
        )
        for log in logs
        for driven in (log.odometer_unit or distance_unit,)
        for burnt in (log.fuel_unit or ("kWh" if log.fuel_type == "electric" else fuel_unit),)
        for is_distance, is_fuel in ((driven in DISTANCE_TO_BASE, burnt in FUEL_TO_BASE),)
    ]
