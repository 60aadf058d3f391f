"""The economy of one vehicle, ready to be read by a person or a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from html import escape
from typing import Any, TypeVar

import attrs

from motovault.domain.fuel_logs.chain import Chain, Stretches
from motovault.domain.fuel_logs.intervals import Interval, Pool
from motovault.domain.fuel_logs.longrun import LongRunEstimate, long_run_estimate
from motovault.findings import Finding
from motovault.quantities.context import EXACT, plain, round_half_even
from motovault.quantities.economy import higher_is_better
from motovault.quantities.units import UNITS

__all__ = ["EconomyReport", "TankEconomy"]

K = TypeVar("K", bound="tuple[Any, ...] | int")


class TankEconomy:
    """What full to full says of one tank.

    Attributes:
        tank: Its number or name.
        distance_unit: Of all distances here.
        fuel_unit: Of all amounts here.
        economy_unit: Of all figures here.
        fill_count: All fills of this tank.
    """

    def __init__(self, chain: Chain, stretches: Stretches, tank_capacity: Decimal | None = None) -> None:
        self.tank = chain.strand.tank
        self.distance_unit = chain.distance_unit
        self.fuel_unit = chain.fuel_unit
        self.economy_unit = chain.economy_unit
        self.fill_count = len(chain.strand.rows)
        self._chain = chain
        self._stretches = stretches
        self._tank_capacity = tank_capacity

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TankEconomy):
            return NotImplemented
        return self._said == other._said

    def __hash__(self) -> int:
        return hash((self.tank, self.economy_unit, self.fill_count, len(self)))

    @property
    def _said(self) -> tuple[object, ...]:
        units = (self.distance_unit, self.fuel_unit, self.economy_unit)
        return self.tank, units, self.fill_count, self.intervals, self.long_run

    def __repr__(self) -> str:
        return f"<TankEconomy {self.tank!r}: {len(self._stretches)} intervals, {self.economy_unit}>"

    def __len__(self) -> int:
        return len(self._stretches)

    def _repr_html_(self) -> str:
        unit = escape(UNITS[self.economy_unit].label)
        head = ("until", UNITS[self.distance_unit].label, UNITS[self.fuel_unit].label)
        titles = "".join(f"<th>{escape(title)}</th>" for title in head) + f"<th>{unit}</th>"
        rows = "".join(
            f"<tr><td>{i.closed_on}</td><td>{_shown(i.distance, 1)}</td><td>{_shown(i.fuel, 3)}</td>"
            f"<td>{_shown(i.economy, 2) or escape(i.void or '')}</td></tr>"
            for i in self.intervals
        )
        average = f"average {_shown(self.average, 2) or '–'} {unit}"
        caption = f"<caption>tank {escape(str(self.tank))}: {average}</caption>"
        return f"<table>{caption}<tr>{titles}</tr>{rows}</table>"

    @cached_property
    def intervals(self) -> tuple[Interval, ...]:
        """By closing fill, oldest first; also those without a figure. Made when first asked for."""
        return tuple(self._chain.intervals(self._stretches))

    @cached_property
    def long_run(self) -> LongRunEstimate | None:
        """A rougher estimate, where full tanks are rare; never part of an average."""
        return long_run_estimate(self._chain, self._stretches, self._tank_capacity)

    @cached_property
    def pool(self) -> Pool:
        """All valid intervals together."""
        return self._pooled(self._valid())

    @cached_property
    def average(self) -> Decimal | None:
        """Sum of distance over sum of fuel of all valid intervals; None if there is none."""
        distance = fuel = Decimal(0)
        add = EXACT.add
        columns = zip(self._stretches.distances, self._stretches.fuels, self._stretches.figures, strict=True)
        for driven, used, figure in columns:
            if figure is not None:
                distance, fuel = add(distance, driven), add(fuel, used)  # type: ignore[arg-type]
        return self._chain.figure(distance, fuel) if distance else None

    @property
    def average_excluding_towing(self) -> Decimal | None:
        """The same without the intervals in which a trailer was towed."""
        return self._pooled(n for n in self._valid() if n not in self._stretches.towing).economy

    def figures(self) -> Iterator[tuple[object, Decimal]]:
        """The key of each valid interval's closing fill, and its figure."""
        rows = self._chain.strand.rows
        closed = zip(self._stretches.closings, self._stretches.figures, strict=True)
        return ((rows[index].id, figure) for index, figure in closed if figure is not None)

    def by_year(self) -> dict[int, Pool]:
        """Valid intervals pooled by the year of their closing fill; years without one are left out."""
        return self._by(lambda day: day.year)

    def by_month(self) -> dict[tuple[int, int], Pool]:
        """Valid intervals pooled by (year, month) of their closing fill."""
        return self._by(lambda day: (day.year, day.month))

    def between(self, first: date, last: date) -> Pool:
        """Valid intervals pooled whose closing fill lies between two dates, both included."""
        return self._pooled(n for n in self._valid() if first <= self._closed_on(n) <= last)

    @property
    def best(self) -> Interval | None:
        """The valid interval that took the least fuel for its distance; the latest of equals."""
        return self._extreme(1 if higher_is_better(self.economy_unit) else -1)

    @property
    def worst(self) -> Interval | None:
        """The valid interval that took the most fuel for its distance; the latest of equals."""
        return self._extreme(-1 if higher_is_better(self.economy_unit) else 1)

    def _extreme(self, sign: int) -> Interval | None:
        # comparing Decimals is exact; to negate one would round it in the host's context
        valid = [(i.economy, sign * n) for n, i in enumerate(self.intervals) if i.economy is not None]
        return self.intervals[abs((max if sign > 0 else min)(valid)[1])] if valid else None

    def _valid(self) -> list[int]:
        return [place for place, figure in enumerate(self._stretches.figures) if figure is not None]

    def _closed_on(self, place: int) -> date:
        strand = self._chain.strand
        return strand.on(strand.rows[self._stretches.closings[place]])

    def _by(self, key: Callable[[date], K]) -> dict[K, Pool]:
        groups: dict[K, list[int]] = {}
        for place in self._valid():
            groups.setdefault(key(self._closed_on(place)), []).append(place)
        return {name: self._pooled(group) for name, group in sorted(groups.items())}

    def _pooled(self, places: Iterable[int]) -> Pool:
        """Sums in the units of adding, converted once: the figure is exact but for one rounding."""
        chain, found = self._chain, self._stretches
        count, distance, fuel = 0, Decimal(0), Decimal(0)
        paid: dict[str | None, tuple[Decimal, Decimal]] = {}
        for place in places:
            driven, used, cost = found.distances[place], found.fuels[place], found.costs[place]
            if driven is None or used is None:
                continue
            count += 1
            distance, fuel = EXACT.add(distance, driven), EXACT.add(fuel, used)
            if cost is not None:
                code = chain.strand.rows[found.closings[place]].currency_code or chain.strand.currency_code
                known, over = paid.get(code, (Decimal(0), Decimal(0)))
                paid[code] = EXACT.add(known, cost), EXACT.add(over, driven)
        return Pool(
            interval_count=count,
            distance=chain.reported_distance(distance),
            fuel=chain.reported_fuel(fuel),
            economy=chain.figure(distance, fuel) if count else None,
            cost_per_distance={
                code: EXACT.divide(cost, chain.reported_distance(over)) for code, (cost, over) in paid.items()
            },
        )


@attrs.frozen(kw_only=True, slots=False)
class EconomyReport:
    """The economy of one vehicle: tank by tank, and as one figure where there is one tank.

    Iterating gives all intervals, oldest closing fill first.

    Attributes:
        tanks: In the order in which they were first filled.
        title: What the vehicle is called, if known.
    """

    tanks: tuple[TankEconomy, ...]
    _findings: tuple[Finding, ...] | Callable[[EconomyReport], tuple[Finding, ...]] = attrs.field(
        default=(), eq=False, repr=False
    )
    title: str | None = None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What looks like a slip in the logs; looked for when asked; nothing was left out for it."""
        return self._findings(self) if callable(self._findings) else self._findings

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Those of all tanks, by the date of their closing fill."""
        return tuple(sorted((i for tank in self.tanks for i in tank.intervals), key=lambda i: i.closed_on))

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __len__(self) -> int:
        return sum(len(tank) for tank in self.tanks)

    @property
    def average(self) -> Decimal | None:
        """Sum of distance over sum of fuel; None without a valid interval, or with several tanks (R13)."""
        return self.tanks[0].average if len(self.tanks) == 1 else None

    @property
    def average_excluding_towing(self) -> Decimal | None:
        """The same without towing intervals."""
        return self.tanks[0].average_excluding_towing if len(self.tanks) == 1 else None

    @property
    def average_by_tank(self) -> Mapping[int | str, Decimal | None]:
        """The average of each tank; of a tank that took two kinds of fuel, that of the kind it saw last."""
        return {tank.tank: tank.average for tank in self.tanks}

    @property
    def economy_unit(self) -> str | None:
        """The unit of the figures; None with several tanks that differ."""
        units = {tank.economy_unit for tank in self.tanks}
        return units.pop() if len(units) == 1 else None

    def figures(self) -> dict[object, Decimal]:
        """Each valid interval's figure by the key of its closing fill."""
        return {key: figure for tank in self.tanks for key, figure in tank.figures()}

    def __str__(self) -> str:
        lines = [self.title] if self.title else []
        for tank in self.tanks:
            lines += _lines(tank, len(self.tanks) > 1)
        if not self.tanks:
            lines.append("no fuel logs")
        lines += [f"  ! {finding.message}" for finding in self.findings]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{escape(self.title)}</b></p>"] if self.title else []
        parts += [tank._repr_html_() for tank in self.tanks] or ["<p>no fuel logs</p>"]
        found = "".join(f"<li>{escape(finding.message)}</li>" for finding in self.findings)
        return "".join(parts) + (f"<ul>{found}</ul>" if found else "")


def _lines(tank: TankEconomy, is_named: bool) -> list[str]:
    unit = UNITS[tank.economy_unit].label
    pool = tank.pool
    head = f"tank {tank.tank}: " if is_named else ""
    average = "no figure" if pool.economy is None else f"{_shown(pool.economy, 2)} {unit}"
    driven = f"{plain(round_half_even(pool.distance, 1))} {UNITS[tank.distance_unit].label}"
    over = f"{driven} in {_counted(pool.interval_count)}"
    lines = [f"{head}{average} over {over} ({len(tank) - pool.interval_count} without a figure)"]
    for interval in tank.intervals:
        is_valid = interval.economy is not None
        figure = f"{_shown(interval.economy, 2)} {unit}" if is_valid else f"– ({interval.void})"
        towing = "  towing" if interval.is_towing else ""
        lines.append(f"  {interval.opened_on} to {interval.closed_on}  {figure}{towing}")
    everyday = tank.average_excluding_towing
    if everyday is not None and any(interval.is_towing for interval in tank.intervals):
        lines.append(f"  without towing: {_shown(everyday, 2)} {unit}")
    if tank.long_run is not None:
        rough = tank.long_run
        bounds = f", between {_shown(rough.low, 2)} and {_shown(rough.high, 2)}"
        span = "" if rough.low is None else bounds
        lines.append(f"  long-run estimate: {_shown(rough.economy, 2)} {unit}{span}")
    return lines


def _shown(value: Decimal | None, places: int) -> str:
    return "" if value is None else f"{round_half_even(value, places):f}"


def _counted(intervals: int) -> str:
    return "1 interval" if intervals == 1 else f"{intervals} intervals"
