"""Every case of the economy vectors: our copy, and another folder from MOTOVAULT_VECTORS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from motovault.domain.fuel_logs import EconomyReport, Fill, adjusted_odometer, economy
from motovault.quantities.context import round_half_even

HERE = Path(__file__).parents[2] / "vectors"


def cases() -> Iterator[Any]:
    folders = {HERE, Path(os.environ.get("MOTOVAULT_VECTORS", HERE))}
    for folder in sorted(folders):
        file = folder / "fuel_economy.json"
        if file.exists():
            for case in json.loads(file.read_text("utf-8"))["cases"]:
                yield pytest.param(case, id=f"{case['id']}-{folder.name}")


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def fill_of(entry: dict[str, Any], units: dict[str, str], key: int) -> Fill:
    odometer = number(entry.get("odometer"))
    if odometer is not None and entry.get("odometer_adjustment"):
        change = entry["odometer_adjustment"]
        odometer = adjusted_odometer(
            odometer, Decimal(change.get("difference", "0")), Decimal(change.get("multiplier", "1"))
        )
    return Fill(
        on=date.fromisoformat(entry["date"]),
        odometer=odometer,
        volume=number(entry.get("volume")),
        odometer_unit=entry.get("odometer_unit", units["distance"]),
        fuel_unit=units["volume"],
        is_full_tank=entry["full"],
        missed_previous=entry["missed"],
        trip_distance=number(entry.get("trip_distance")),
        fuel_distance=number(entry.get("fuel_distance")),
        tank=entry.get("tank", "main"),
        is_towing=entry.get("hauling", False),
        charge_start_percent=number(entry.get("soc_start")),
        charge_end_percent=number(entry.get("soc_end")),
        total_cost=number(entry.get("cost")),
        id=key,
    )


def report_of(case: dict[str, Any]) -> EconomyReport:
    fills = [fill_of(entry, case["units"], key) for key, entry in enumerate(case["fills"])]
    capacity = case.get("options", {}).get("battery_capacity_kwh")
    units = case["units"]
    return economy(
        fills,
        economy_unit=units["economy"],
        distance_unit=units["distance"],
        battery_capacity_kwh=number(capacity),
    )


def shown(value: Decimal | None) -> str | None:
    return None if value is None else f"{round_half_even(value, 6):f}"


@pytest.mark.vectors
@pytest.mark.parametrize("case", list(cases()))
def test_economy_is_exactly_what_the_vectors_say(case: dict[str, Any]) -> None:
    expected, report = case["expected"], report_of(case)
    figures = report.figures()
    assert [shown(figures.get(key)) for key in range(len(case["fills"]))] == expected["per_fill"]
    assert shown(report.average) == expected["average"]
    answered = {"per_fill", "average"}
    if "average_by_year" in expected:
        pools = report.tanks[0].by_year()
        assert {str(year): shown(pool.economy) for year, pool in pools.items()} == expected["average_by_year"]
        answered.add("average_by_year")
    if "average_by_month" in expected:
        months = report.tanks[0].by_month()
        found = {f"{year}-{month:02}": shown(pool.economy) for (year, month), pool in months.items()}
        assert found == expected["average_by_month"]
        answered.add("average_by_month")
    if "average_by_tank" in expected:
        by_tank = {tank: shown(value) for tank, value in report.average_by_tank.items()}
        assert by_tank == expected["average_by_tank"]
        answered.add("average_by_tank")
    if "average_excluding_hauling" in expected:
        assert shown(report.average_excluding_towing) == expected["average_excluding_hauling"]
        answered.add("average_excluding_hauling")
    if "cost_per_distance" in expected:
        costs = {i.closed_by: i.cost_per_distance for i in report}
        assert [shown(costs.get(key)) for key in range(len(case["fills"]))] == expected["cost_per_distance"]
        answered.add("cost_per_distance")
    assert set(expected) == answered, "the case expects something that this test does not look at"
