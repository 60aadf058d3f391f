"""One tank's history: its units, its places, and how a stretch of it becomes an interval."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from motovault.domain.fuel_logs.fills import Fill, Place, places
from motovault.domain.fuel_logs.intervals import Interval, Void
from motovault.domain.loading import loader
from motovault.quantities.context import EXACT
from motovault.quantities.economy import default_economy_unit, economy_unit, figure_of
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE, UNITS, convert, distance_unit

__all__ = ["Chain"]

_interval = loader(Interval)


class Chain:
    """The fills of one tank, in order, with what can be added up.

    Sums are taken in the unit that was typed, so that a history in one unit is
    never converted. Where units were mixed, each fill is converted to
    kilometres and litres first: those factors are finite decimals, so nothing
    is rounded before the end.

    Attributes:
        fills: In order.
        places: Where each lies, in the unit of adding; None where that is unknown.
        volumes: What each took, in the unit of adding; None where that is unknown.
        excluded: What each excludes, in the unit of adding.
        distance_unit: Of the report: the one asked for, else the one typed last.
        fuel_unit: Of the report: the one typed last.
        economy_unit: Of the figures.
    """

    def __init__(
        self, fills: Sequence[Fill], asked_economy_unit: str | None = None, asked_distance_unit: str | None = None
    ) -> None:
        self.fills = fills
        latest = fills[-1]
        self.tank = latest.tank
        self.distance_unit, self.fuel_unit = latest.distance_unit, latest.fuel_unit
        typed = self.distance_unit
        if asked_distance_unit is not None and _is_same_kind(asked_distance_unit, typed):
            self.distance_unit = asked_distance_unit
        self.economy_unit = _fitting(asked_economy_unit, self.distance_unit, self.fuel_unit)
        if all(fill.distance_unit == typed for fill in fills):
            self.adding_distance = typed
            self.places = places(fills)
            self.excluded = [fill.excluded_distance for fill in fills]
        else:
            self.adding_distance = DISTANCE_TO_BASE[typed][0]
            self.places = places(fills, lambda fill: DISTANCE_TO_BASE[fill.distance_unit][1])
            self.excluded = [
                _times(fill.excluded_distance, DISTANCE_TO_BASE[fill.distance_unit][1]) for fill in fills
            ]
        if all(fill.fuel_unit == self.fuel_unit for fill in fills):
            self.adding_fuel = self.fuel_unit
            self.volumes = [fill.volume for fill in fills]
        else:
            self.adding_fuel = FUEL_TO_BASE[self.fuel_unit][0]
            self.volumes = [_times(fill.volume, FUEL_TO_BASE[fill.fuel_unit][1]) for fill in fills]
        self._figure = figure_of(self.adding_distance, self.adding_fuel, self.economy_unit)

    def figure(self, distance: Decimal, fuel: Decimal) -> Decimal | None:
        """The economy of sums in the units of adding; None unless both are above 0."""
        return self._figure(distance, fuel) if distance > 0 and fuel > 0 else None

    def reported_distance(self, distance: Decimal) -> Decimal:
        """A sum of distances in the unit of the report."""
        if self.adding_distance == self.distance_unit:
            return distance
        return convert(EXACT.plus(distance), self.adding_distance, self.distance_unit) or Decimal(0)

    def reported_fuel(self, fuel: Decimal) -> Decimal:
        """A sum of fuel in the unit of the report."""
        if self.adding_fuel == self.fuel_unit:
            return fuel
        return convert(EXACT.plus(fuel), self.adding_fuel, self.fuel_unit) or Decimal(0)

    def interval(
        self,
        opening: Fill,
        closing: Fill,
        count: int,
        distance: Decimal | None,
        fuel: Decimal | None,
        cost: Decimal | None,
        currency_code: str | None,
        is_towing: bool,
        void: Void | None,
    ) -> Interval:
        """A stretch as an interval of the report; without a figure if ``void`` or if no fuel went in."""
        figure = per_distance = None
        if void is None and distance is not None and fuel is not None:
            if distance > 0 and fuel > 0:
                figure = self._figure(distance, fuel)
            else:
                void = Void.NO_FUEL
        if distance is not None:
            distance = self.reported_distance(distance)
            if figure is not None and cost is not None:
                per_distance = EXACT.divide(cost, distance)
        return _interval(
            self.tank,
            opening.key,
            closing.key,
            opening.on,
            closing.on,
            count,
            distance,
            fuel if fuel is None else self.reported_fuel(fuel),
            figure,
            cost,
            currency_code,
            per_distance,
            is_towing,
            void,
        )


def _times(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else EXACT.multiply(value, factor)


def _is_same_kind(one: str, other: str) -> bool:
    return DISTANCE_TO_BASE[distance_unit(one)][0] == DISTANCE_TO_BASE[other][0]


def _fitting(asked: str | None, driven: str, burnt: str) -> str:
    usual = default_economy_unit(driven, burnt)
    if asked is None:
        return usual
    wanted = economy_unit(asked)
    return wanted if UNITS[wanted].dimension == UNITS[usual].dimension else usual
