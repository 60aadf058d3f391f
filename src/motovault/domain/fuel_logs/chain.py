"""One tank's history with its places and its figures, and how a stretch of it becomes an interval."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from motovault.domain.fuel_logs.history import Strand
from motovault.domain.fuel_logs.intervals import Interval, Void
from motovault.domain.fuel_logs.places import places
from motovault.domain.loading import loader
from motovault.quantities.context import EXACT
from motovault.quantities.economy import default_economy_unit, economy_unit, figure_of
from motovault.quantities.units import DISTANCE_TO_BASE, UNITS, convert, distance_unit

__all__ = ["Chain", "Stretches"]


class Stretches:
    """Intervals in plain columns: lists of numbers cost the garbage collector nothing.

    Attributes:
        openings: Index of the row that opened each.
        closings: Index of the row that closed it.
        distances: In the unit of adding; None where unknown.
        fuels: In the unit of adding; None where unknown.
        figures: Economy; None where ``voids`` says why.
        costs: None where unknown.
        voids: Why there is no figure, by the stretch's place in the columns.
        towing: The places of those in which a trailer was towed.
    """

    __slots__ = ("closings", "costs", "distances", "figures", "fuels", "openings", "towing", "voids")

    def __init__(self) -> None:
        self.openings: list[int] = []
        self.closings: list[int] = []
        self.distances: list[Decimal | None] = []
        self.fuels: list[Decimal | None] = []
        self.figures: list[Decimal | None] = []
        self.costs: list[Decimal | None] = []
        self.voids: dict[int, Void] = {}
        self.towing: set[int] = set()

    def add_void(
        self,
        opening: int,
        closing: int,
        distance: Decimal | None,
        fuel: Decimal | None,
        is_towing: bool,
        void: Void,
    ) -> None:
        """One more, without a figure."""
        self.add(opening, closing, distance, fuel, None, None, is_towing)
        self.voids[len(self.closings) - 1] = void

    def add(
        self,
        opening: int,
        closing: int,
        distance: Decimal | None,
        fuel: Decimal | None,
        figure: Decimal | None,
        cost: Decimal | None,
        is_towing: bool,
    ) -> None:
        """One more, behind those that are there."""
        self.openings.append(opening)
        self.closings.append(closing)
        self.distances.append(distance)
        self.fuels.append(fuel)
        self.figures.append(figure)
        self.costs.append(cost)
        if is_towing:
            self.towing.add(len(self.closings) - 1)

    def __len__(self) -> int:
        return len(self.closings)


_interval = loader(Interval)


class Chain:
    """The fills of one tank with where they lie, in the units in which they can be added.

    Attributes:
        strand: The rows and their units.
        positions: Of each row; None where it cannot be told.
        frames: Positions compare within one frame only.
        distance_unit: Of the report: the one asked for, else the one typed last.
        fuel_unit: Of the report: the one typed last.
        economy_unit: Of the figures: the one asked for where it fits, else the usual one.
        figure: Economy of a distance and an amount above 0, in the units of adding.
    """

    def __init__(
        self,
        strand: Strand,
        asked_economy_unit: str | None = None,
        asked_distance_unit: str | None = None,
    ) -> None:
        self.strand = strand
        self._asked = (asked_economy_unit, asked_distance_unit)
        self.positions, self.frames = places(strand.rows)
        self.distance_unit, self.fuel_unit = strand.distance_unit, strand.fuel_unit
        if asked_distance_unit is not None and _is_same_kind(asked_distance_unit, strand.distance_unit):
            self.distance_unit = asked_distance_unit
        self.economy_unit = _fitting(asked_economy_unit, self.distance_unit, self.fuel_unit)
        self.figure = figure_of(strand.adding_distance, strand.adding_fuel, self.economy_unit)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.strand, *self._asked)

    def reported_distance(self, distance: Decimal) -> Decimal:
        """A sum of distances in the unit of the report."""
        return _converted(distance, self.strand.adding_distance, self.distance_unit)

    def reported_fuel(self, fuel: Decimal) -> Decimal:
        """A sum of fuel in the unit of the report."""
        return _converted(fuel, self.strand.adding_fuel, self.fuel_unit)

    def intervals(self, stretches: Stretches) -> Iterator[Interval]:
        """Stretches as intervals of the report."""
        on, ours, rows = self.strand.on, self.strand.currency_code, self.strand.rows
        columns = zip(
            stretches.openings,
            stretches.closings,
            stretches.distances,
            stretches.fuels,
            stretches.figures,
            stretches.costs,
            strict=True,
        )
        for place, (first, last, distance, fuel, figure, cost) in enumerate(columns):
            opening, closing = rows[first], rows[last]
            per_distance = None
            if distance is not None:
                distance = self.reported_distance(distance)
                if figure is not None and cost is not None:
                    per_distance = EXACT.divide(cost, distance)
            yield _interval(
                self.strand.tank,
                opening.id,
                closing.id,
                on(opening),
                on(closing),
                last - first,
                distance,
                None if fuel is None else self.reported_fuel(fuel),
                figure,
                cost,
                None if cost is None else closing.currency_code or ours,
                per_distance,
                place in stretches.towing,
                stretches.voids.get(place),
            )


def _converted(amount: Decimal, unit: str, to: str) -> Decimal:
    return amount if unit == to else convert(EXACT.plus(amount), unit, to) or Decimal(0)


def _is_same_kind(one: str, other: str) -> bool:
    return DISTANCE_TO_BASE[distance_unit(one)][0] == DISTANCE_TO_BASE[other][0]


def _fitting(asked: str | None, driven: str, burnt: str) -> str:
    usual = default_economy_unit(driven, burnt)
    if asked is None:
        return usual
    wanted = economy_unit(asked)
    return wanted if UNITS[wanted].dimension == UNITS[usual].dimension else usual
