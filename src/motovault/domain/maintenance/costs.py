"""What maintenance cost: by category, by work, by vehicle, by month and year, and per distance.

Sums of exact money, keyed by currency and never across: there is no rate in
here. A log of which nobody wrote down the cost counts as "without cost", never
as 0; a cost of 0 is free work. A log that names several subtypes has one cost,
and who could say how it divides? So nothing is split: each set of subtypes
that was paid for together is one line, and those lines add up to the whole; a
single subtype has what was paid for it alone, and beside that, not to be added
up, what the logs cost that name it among others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any, TypeVar

import attrs

from motovault.domain.maintenance.categories import SUBTYPES
from motovault.domain.maintenance.entities import MaintenanceLog
from motovault.domain.odometer import OdometerReading, distance_between, positions
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.quantities.context import EXACT, plain, round_half_even
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit

__all__ = ["CostTotals", "MaintenanceCosts", "SubtypeCosts", "VehicleCosts", "maintenance_costs"]

K = TypeVar("K")

_ZERO = Decimal(0)
_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class CostTotals:
    """What several maintenance logs cost together.

    Attributes:
        log_count: How many logs.
        without_cost: How many of them have no cost: they are in no sum.
        cost: Money by currency, of the others.
    """

    log_count: int
    without_cost: int
    cost: Mapping[str, Decimal]

    @property
    def is_complete(self) -> bool:
        """Every log has a cost."""
        return not self.without_cost

    def as_dict(self) -> dict[str, Any]:
        """The same for a program: amounts as decimal text, dates as ISO 8601."""
        return {
            "log_count": self.log_count,
            "without_cost": self.without_cost,
            "cost": _amounts(self.cost),
        }

    def __str__(self) -> str:
        lacking = f", {self.without_cost} without cost" if self.without_cost else ""
        return f"{_money(self.cost) or 'no cost known'} ({_logs(self.log_count)}{lacking})"


@attrs.frozen(kw_only=True)
class SubtypeCosts:
    """What is known of one subtype.

    Attributes:
        alone: Logs that name this subtype only. Of all subtypes together never more than the whole.
        among_others: Logs that name it beside others, with all that they cost: the same log stands under
            each of its subtypes, so these do not add up.
    """

    alone: CostTotals
    among_others: CostTotals


@attrs.frozen(kw_only=True)
class VehicleCosts:
    """What one vehicle's maintenance cost.

    Attributes:
        vehicle_id: Which vehicle.
        title: What it is called.
        totals: Of all its logs.
        distance: Driven from its first reading of the odometer to its last; of engine hours, hours;
            None if the readings cannot tell.
        first_reading_on: The local date of the first reading; None if there is none.
        last_reading_on: The same of the last.
        on_the_way: Of the logs between those two dates, both included; None without a distance.
        cost_per_distance: By currency: the cost of those logs over ``distance``, per its unit, not rounded;
            empty where ``distance`` is unknown or 0.
    """

    vehicle_id: VehicleId
    title: str
    totals: CostTotals
    distance: Distance | None = None
    first_reading_on: date | None = None
    last_reading_on: date | None = None
    on_the_way: CostTotals | None = None

    @property
    def cost_per_distance(self) -> Mapping[str, Decimal]:
        """See the attributes."""
        if self.distance is None or self.on_the_way is None or not self.distance.value:
            return {}
        return {code: EXACT.divide(cost, self.distance.value) for code, cost in self.on_the_way.cost.items()}

    def as_dict(self) -> dict[str, Any]:
        """The same for a program: amounts as decimal text, dates as ISO 8601."""
        return {
            "vehicle": str(self.vehicle_id),
            "title": self.title,
            **self.totals.as_dict(),
            "distance": None if self.distance is None else plain(self.distance.value),
            "distance_unit": None if self.distance is None else self.distance.unit,
            "first_reading_on": None if self.first_reading_on is None else self.first_reading_on.isoformat(),
            "last_reading_on": None if self.last_reading_on is None else self.last_reading_on.isoformat(),
            "on_the_way": None if self.on_the_way is None else self.on_the_way.as_dict(),
            "cost_per_distance": _amounts(self.cost_per_distance),
        }

    def __str__(self) -> str:
        return " ".join([str(self.totals), *([text] if (text := self._per_distance()) else [])])

    def _per_distance(self) -> str:
        if self.distance is None or not self.cost_per_distance:
            return ""
        per = " + ".join(
            f"{round_half_even(cost, 4):f} {code}" for code, cost in self.cost_per_distance.items()
        )
        over = f"{plain(round_half_even(self.distance.value, 0))} {self.distance.unit}"
        return f"= {per} per {self.distance.unit} over {over}"


@attrs.frozen(kw_only=True)
class MaintenanceCosts:
    """What the maintenance of one vehicle, or of a garage, cost. Prints well.

    Attributes:
        totals: Of all logs.
        by_category: Totals by category; each log once, so they add up to the whole.
        by_work: Totals by category and the whole set of subtypes that a log names; each log once.
        by_subtype: By category and single subtype: what was paid for it alone, and what the logs cost that
            name it among others.
        by_vehicle: By vehicle, in the order given; with distance and cost per distance.
        by_month: Totals by (year, month) of the date of the work.
        by_year: Totals by year.
    """

    totals: CostTotals
    by_category: Mapping[str, CostTotals]
    by_work: Mapping[tuple[str, tuple[str, ...]], CostTotals]
    by_subtype: Mapping[tuple[str, str], SubtypeCosts]
    by_vehicle: Mapping[VehicleId, VehicleCosts]
    by_month: Mapping[tuple[int, int], CostTotals]
    by_year: Mapping[int, CostTotals]

    def as_dict(self) -> dict[str, Any]:
        """The same for a program: amounts as decimal text, nothing rounded."""
        return {
            "totals": self.totals.as_dict(),
            "by_category": [
                {"category": category, **found.as_dict()} for category, found in self.by_category.items()
            ],
            "by_work": [
                {"category": category, "subtypes": list(subtypes), **found.as_dict()}
                for (category, subtypes), found in self.by_work.items()
            ],
            "by_subtype": [
                {
                    "category": category,
                    "subtype": subtype,
                    "alone": found.alone.as_dict(),
                    "among_others": found.among_others.as_dict(),
                }
                for (category, subtype), found in self.by_subtype.items()
            ],
            "by_vehicle": [found.as_dict() for found in self.by_vehicle.values()],
            "by_month": [
                {"year": year, "month": month, **found.as_dict()}
                for (year, month), found in self.by_month.items()
            ],
            "by_year": [{"year": year, **found.as_dict()} for year, found in self.by_year.items()],
        }

    def __str__(self) -> str:
        lines = [f"Maintenance: {self.totals}"]
        for title, rows in self._tables():
            lines.append(title)
            lines += [f"  {name}: {found}" for name, found in rows]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = [f"<p><b>Maintenance</b>: {escape(str(self.totals))}</p>"]
        for title, rows in self._tables():
            cells = "".join(
                f"<tr><td>{escape(name)}</td><td>{escape(str(found))}</td></tr>" for name, found in rows
            )
            parts.append(f"<table><caption>{escape(title)}</caption>{cells}</table>")
        return "".join(parts)

    def _tables(self) -> list[tuple[str, list[tuple[str, object]]]]:
        if not self.totals.log_count:
            return []
        tables: list[tuple[str, list[tuple[str, object]]]] = [
            ("by vehicle", [(found.title, found) for found in self.by_vehicle.values()]),
            ("by category", [(_named(name), found) for name, found in self.by_category.items()]),
            (
                "by work",
                [
                    (f"{_named(category)}, {' + '.join(subtypes) or 'not said what'}", found)
                    for (category, subtypes), found in self.by_work.items()
                ],
            ),
            ("by year", [(f"{year:04}", found) for year, found in self.by_year.items()]),
            ("by month", [(f"{y:04}-{m:02}", found) for (y, m), found in self.by_month.items()]),
        ]
        return tables


def maintenance_costs(
    logs: Iterable[MaintenanceLog],
    vehicles: Iterable[Vehicle],
    readings: Mapping[VehicleId, Sequence[OdometerReading]],
    *,
    currency_code: str,
    distance_unit: DistanceUnit,
    local_date: Callable[[datetime], date],
) -> MaintenanceCosts:
    """Add up maintenance logs.

    Args:
        logs: In any order; those of a vehicle that is not among ``vehicles`` are left out.
        vehicles: In the order of the answer.
        readings: Of the odometer of each vehicle, in any order.
        currency_code: Of a log without one: the owner's.
        distance_unit: Of a vehicle, or a reading, without one: the owner's.
        local_date: The owner's calendar date at a moment.
    """
    known = {vehicle.id: vehicle for vehicle in vehicles}
    ordered = sorted(
        (log for log in logs if log.vehicle_id in known), key=lambda log: (log.service_date, log.id)
    )

    of_vehicle: dict[VehicleId, list[MaintenanceLog]] = {vehicle_id: [] for vehicle_id in known}
    for log in ordered:
        of_vehicle[log.vehicle_id].append(log)

    def totals(group: Iterable[MaintenanceLog]) -> CostTotals:
        return _totals(group, currency_code)

    def by(key: Callable[[MaintenanceLog], K], order: Callable[[K], Any]) -> dict[K, CostTotals]:
        groups: dict[K, list[MaintenanceLog]] = {}
        for log in ordered:
            groups.setdefault(key(log), []).append(log)
        return {name: totals(groups[name]) for name in sorted(groups, key=order)}

    return MaintenanceCosts(
        totals=totals(ordered),
        by_category=by(lambda log: str(log.category), _place),
        by_work=by(
            lambda log: (str(log.category), tuple(sorted(log.subtypes))), lambda key: (_place(key[0]), key[1])
        ),
        by_subtype=_by_subtype(ordered, totals),
        by_vehicle={
            vehicle.id: _of_vehicle(
                vehicle,
                of_vehicle[vehicle.id],
                readings.get(vehicle.id, ()),
                vehicle.distance_unit or distance_unit,
                local_date,
                totals,
            )
            for vehicle in known.values()
        },
        by_month=by(lambda log: (log.service_date.year, log.service_date.month), lambda key: key),
        by_year=by(lambda log: log.service_date.year, lambda key: key),
    )


def _totals(logs: Iterable[MaintenanceLog], currency_code: str) -> CostTotals:
    count = lacking = 0
    cost: dict[str, Decimal] = {}
    for log in logs:
        count += 1
        if log.cost is None:
            lacking += 1
            continue
        code = log.currency_code or currency_code
        cost[code] = EXACT.add(cost.get(code, _ZERO), log.cost)
    return CostTotals(log_count=count, without_cost=lacking, cost=dict(sorted(cost.items())))


def _by_subtype(
    logs: Iterable[MaintenanceLog], totals: Callable[[Iterable[MaintenanceLog]], CostTotals]
) -> dict[tuple[str, str], SubtypeCosts]:
    groups: dict[tuple[str, str], tuple[list[MaintenanceLog], list[MaintenanceLog]]] = {}
    for log in logs:
        for subtype in log.subtypes:
            alone, among_others = groups.setdefault((str(log.category), subtype), ([], []))
            (alone if len(log.subtypes) == 1 else among_others).append(log)
    return {
        name: SubtypeCosts(alone=totals(groups[name][0]), among_others=totals(groups[name][1]))
        for name in sorted(groups, key=lambda key: (_place(key[0]), key[1]))
    }


def _of_vehicle(
    vehicle: Vehicle,
    logs: Sequence[MaintenanceLog],
    readings: Sequence[OdometerReading],
    unit: DistanceUnit,
    local_date: Callable[[datetime], date],
    totals: Callable[[Iterable[MaintenanceLog]], CostTotals],
) -> VehicleCosts:
    dial = positions(readings, unit, local_date)
    if not dial:
        return VehicleCosts(vehicle_id=vehicle.id, title=vehicle.title, totals=totals(logs))
    first, last = dial[0][0], dial[-1][0]
    # from the day before, so that what was driven between two readings of the first day counts
    before = first if first == date.min else first - _DAY
    distance = distance_between(readings, before, last, unit, local_date)
    within = [log for log in logs if first <= log.service_date <= last]
    return VehicleCosts(
        vehicle_id=vehicle.id,
        title=vehicle.title,
        totals=totals(logs),
        distance=distance,
        first_reading_on=first,
        last_reading_on=last,
        on_the_way=None if distance is None else totals(within),
    )


def _place(category: str) -> tuple[int, str]:
    """Known categories in their order, then those of another application by name."""
    order = list(SUBTYPES)
    return (order.index(category) if category in SUBTYPES else len(order)), category


def _named(category: str) -> str:
    return category.replace("_", " ").capitalize()


def _logs(count: int) -> str:
    return "1 log" if count == 1 else f"{count} logs"


def _money(cost: Mapping[str, Decimal]) -> str:
    return " + ".join(f"{amount:f} {code}" for code, amount in cost.items())


def _amounts(cost: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: plain(amount) for code, amount in cost.items()}
