"""Maintenance as it is printed: what is due, and what it cost; for ``due`` and for ``report``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from motovault.cli import output, shapes
from motovault.domain.maintenance import DueStatus
from motovault.domain.maintenance.costs import CostTotals, maintenance_costs
from motovault.domain.maintenance.upcoming_item import UpcomingItem
from motovault.domain.vehicles import Vehicle
from motovault.quantities.formatting import display
from motovault.quantities.money import minor_units
from motovault.quantities.units import UNITS, DistanceUnit
from motovault.vault import Garage

__all__ = ["due_items", "maintenance_shape", "print_due_table", "print_maintenance", "said"]


# ----------------------------------------------------------------------- shapes


def due_items(found: Iterable[UpcomingItem]) -> tuple[shapes.DueItemShape, ...]:
    """What is due, ready for JSON."""
    return tuple(shapes.DueItemShape(**item.as_dict()) for item in found)


def maintenance_shape(garage: Garage, vehicle: Vehicle, first: date, last: date) -> shapes.MaintenanceShape:
    """Costs of one vehicle from ``first`` to ``last``, and what is due today."""
    preferences = garage.preferences.peek()
    readings = [
        reading
        for reading in garage.odometer.readings(vehicle.id)
        if first <= (reading.read_on or preferences.local_date(reading.read_at)) <= last
    ]
    costs = maintenance_costs(
        [log for log in garage.maintenance.list(vehicle.id) if first <= log.service_date <= last],
        [vehicle],
        {vehicle.id: readings},
        currency_code=preferences.currency_code,
        distance_unit=preferences.unit_system.distance_unit,
        local_date=preferences.local_date,
    )
    own = costs.by_vehicle[vehicle.id]
    return shapes.MaintenanceShape(
        totals=shapes.CostTotalsShape(**_totals(costs.totals)),
        distance=None if own.distance is None else own.distance.value,
        distance_unit=None if own.distance is None else own.distance.unit,
        cost_per_distance=dict(own.cost_per_distance),
        by_category=tuple(
            shapes.CostsOfCategoryShape(category=category, **_totals(totals))
            for category, totals in costs.by_category.items()
        ),
        by_year=tuple(
            shapes.CostsOfPeriodShape(period=f"{year:04}", **_totals(totals))
            for year, totals in costs.by_year.items()
        ),
        due=due_items(garage.maintenance.upcoming(vehicle.id)),
    )


def _totals(totals: CostTotals) -> dict[str, Any]:
    return {
        "log_count": totals.log_count,
        "without_cost": totals.without_cost,
        "cost": dict(totals.cost),
    }


# ----------------------------------------------------------------------- tables


def print_due_table(items: Sequence[shapes.DueItemShape], *, with_vehicle: bool) -> None:
    """What is due as a table, in the order given."""
    output.table(
        ("Status", *(("Vehicle",) if with_vehicle else ()), "Work", "By", "Due", "Left", "Expected"),
        [
            (
                _spoken(item.status),
                *((item.vehicle,) if with_vehicle else ()),
                _work(item),
                " and ".join(item.triggered_by),
                _due(item),
                _left(item),
                _expected(item),
            )
            for item in items
        ],
    )


def said(items: Sequence[shapes.DueItemShape]) -> str:
    """How many of each status: ``1 overdue, 2 due soon``."""
    grades = [item.status for item in items]
    return ", ".join(f"{grades.count(status)} {_spoken(status)}" for status in DueStatus if status in grades)


def print_maintenance(found: shapes.MaintenanceShape) -> None:
    """The part of a report; nothing where there is nothing."""
    if not found.totals.log_count and not found.due:
        return
    output.heading("Maintenance")
    if found.totals.log_count:
        output.line(f"Cost: {_cost(found.totals)}")
        if found.distance is not None and found.distance_unit is not None:
            unit = UNITS[found.distance_unit].label
            for code, amount in found.cost_per_distance.items():
                over = f"over {display(found.distance, 0, ',')} {unit}"
                output.line(f"Cost per distance: {_money(amount, code, more=2)} a {unit}, {over}")
        groups: list[tuple[str, shapes.CostTotalsShape]] = [
            (_spoken(costs.category), costs) for costs in found.by_category
        ]
        if len(found.by_year) > 1:
            groups += [(costs.period, costs) for costs in found.by_year]
        output.table(
            ("Of", ">Logs", ">Cost"),
            [(name, f"{costs.log_count:,}", _amounts(costs.cost)) for name, costs in groups],
        )
    if found.due:
        output.heading(f"Maintenance due: {said(found.due)}")
        print_due_table(found.due, with_vehicle=False)


# ------------------------------------------------------------------------ parts


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def _work(item: shapes.DueItemShape) -> str:
    return ", ".join(item.subtypes) or _spoken(item.category)


def _due(item: shapes.DueItemShape) -> str:
    parts = [] if item.due_on is None else [str(item.due_on)]
    if item.due_odometer is not None:
        parts.append(_distance(item.due_odometer, item.distance_unit))
    return " or ".join(parts) or "unknown"


def _left(item: shapes.DueItemShape) -> str:
    parts = []
    if item.days_remaining is not None:
        days = abs(item.days_remaining)
        text = f"{days:,} day{'' if days == 1 else 's'}"
        parts.append("today" if not days else f"{text} late" if item.days_remaining < 0 else text)
    if (far := item.distance_remaining) is not None:
        text = _distance(far.copy_abs(), item.distance_unit)
        parts.append(f"{text} late" if far < 0 else text)
    return ", ".join(parts)


def _expected(item: shapes.DueItemShape) -> str:
    """When the distance will be reached; of what was reached already there is nothing to expect."""
    found = item.projection
    if found is None or item.distance_remaining is None or item.distance_remaining <= 0:
        return ""
    if found.on is None:
        return "in more than 100 years"
    return f"{found.on} ({found.earliest} to {found.latest or 'later than 100 years'})"


def _distance(amount: Decimal, unit: str | None) -> str:
    places = 1 if unit == DistanceUnit.H else 0
    return f"{display(amount, places, ',')} {unit or ''}".rstrip()


def _cost(totals: shapes.CostTotalsShape) -> str:
    count = f"{totals.log_count:,} log{'' if totals.log_count == 1 else 's'}"
    lacking = f", {totals.without_cost:,} without cost" if totals.without_cost else ""
    return f"{_amounts(totals.cost) or 'unknown'} ({count}{lacking})"


def _amounts(cost: Mapping[str, Decimal]) -> str:
    return " + ".join(_money(amount, code) for code, amount in cost.items())


def _money(amount: Decimal, code: str, more: int = 0) -> str:
    places = minor_units(code) if code else 2
    return f"{display(amount, places + more, ',')} {code}".strip()
