"""What the economy rules find: stretches between two full tanks, and what is said of many of them.

An average is the sum of distance over the sum of fuel of valid intervals,
never a mean of ratios (R11); an interval belongs to the period of its closing
fill (R12).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

import attrs

from motovault.quantities.context import EXACT
from motovault.quantities.economy import economy_figure

__all__ = ["Interval", "Pool", "Void", "pooled"]

_ZERO = Decimal(0)


class Void(enum.StrEnum):
    """Why a stretch between two full tanks has no figure."""

    MISSED = "a fill-up in it was missed"
    UNKNOWN_VOLUME = "an amount in it is unknown"
    WENT_BACK = "the odometer went back"
    UNKNOWN_POSITION = "the distance cannot be told"
    EXCLUDED = "more distance is excluded than was driven"
    NO_FUEL = "no fuel went in"
    BAD_CHARGE = "the states of charge do not fit the energy"


@attrs.frozen(kw_only=True, weakref_slot=False)
class Interval:
    """From one full tank to the next; its figure belongs to the closing fill.

    Attributes:
        tank: Which tank.
        opened_by: Key of the fill that opened it.
        closed_by: Key of the fill that closed it and owns the figure.
        opened_on: Local date of the opening fill.
        closed_on: Local date of the closing fill.
        fill_count: Fills after the opening one, up to and including the closing one.
        distance: Driven, in the distance unit of the tank's report; None where it cannot be told.
        fuel: Used, in its fuel unit; None where an amount is unknown.
        economy: The figure in its economy unit; None where ``void`` says why.
        cost: Paid after the opening fill, up to and including the closing one; None if a part is
            unknown or two currencies meet.
        currency_code: Of ``cost``.
        cost_per_distance: ``cost`` over ``distance``; None with the figure.
        is_towing: A trailer was towed in it.
        void: Why there is no figure; None for a valid interval.
    """

    tank: int | str
    opened_by: object
    closed_by: object
    opened_on: date
    closed_on: date
    fill_count: int
    distance: Decimal | None
    fuel: Decimal | None
    economy: Decimal | None
    cost: Decimal | None
    currency_code: str | None
    cost_per_distance: Decimal | None
    is_towing: bool
    void: Void | None

    @property
    def is_valid(self) -> bool:
        """Whether it has a figure and counts in averages."""
        return self.void is None


@attrs.frozen(kw_only=True)
class Pool:
    """Several intervals taken together.

    Attributes:
        interval_count: How many valid ones.
        distance: Their distances, added.
        fuel: Their fuel, added.
        economy: The pooled figure; None if there is no valid interval.
        cost_per_distance: By currency: cost over distance of those valid intervals whose cost is known.
    """

    interval_count: int
    distance: Decimal
    fuel: Decimal
    economy: Decimal | None
    cost_per_distance: Mapping[str | None, Decimal]


def pooled(
    intervals: Iterable[Interval],
    distance_unit: str,
    fuel_unit: str,
    economy_unit: str,
    keep: Callable[[Interval], bool] | None = None,
) -> Pool:
    """The pooled figure of the valid intervals that ``keep`` accepts."""
    count, distance, fuel = 0, _ZERO, _ZERO
    costs: dict[str | None, tuple[Decimal, Decimal]] = {}
    for interval in intervals:
        driven, used = interval.distance, interval.fuel
        if interval.void is not None or driven is None or used is None:
            continue
        if keep is not None and not keep(interval):
            continue
        count += 1
        distance = EXACT.add(distance, driven)
        fuel = EXACT.add(fuel, used)
        if interval.cost is not None:
            paid, over = costs.get(interval.currency_code, (_ZERO, _ZERO))
            costs[interval.currency_code] = EXACT.add(paid, interval.cost), EXACT.add(over, driven)
    return Pool(
        interval_count=count,
        distance=distance,
        fuel=fuel,
        economy=economy_figure(distance, distance_unit, fuel, fuel_unit, economy_unit) if count else None,
        cost_per_distance={code: EXACT.divide(paid, over) for code, (paid, over) in costs.items()},
    )
