"""``motovault report``: the figures, in tables and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from motovault import open_vault
from tests.cli.conftest import Ran, fuelio

Cli = Callable[..., Ran]


@pytest.fixture
def garage(folder: Path, motovault: Cli) -> None:
    """Six litres per 100 kilometres, ten fills, 500 km between them."""
    (folder / "wagon.csv").write_bytes(fuelio(10))
    assert motovault("import", "wagon.csv", "--user", "ana", "--currency", "eur").code == 0


def numbers(shape: Any) -> list[float]:
    """Every JSON float in it."""
    if isinstance(shape, float):
        return [shape]
    parts = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return [found for part in parts for found in numbers(part)]


def test_json_has_exact_figures_as_text_and_no_float(motovault: Cli, garage: None) -> None:
    found = motovault("report", "--user", "ana", "--json").json()
    assert numbers(found) == []
    (vehicle,) = found["vehicles"]
    (tank,) = vehicle["tanks"]
    assert tank["average"] == {
        "interval_count": 9,
        "distance": "4500",
        "fuel": "270",
        "economy": "6",
        "cost_per_distance": {"EUR": "0.12"},
    }
    assert (tank["economy_unit"], tank["distance_unit"], tank["fuel_unit"]) == ("L/100km", "km", "L")
    assert len(tank["intervals"]) == 9
    assert tank["intervals"][0]["closed_on"] == "2000-01-02"
    assert vehicle["odometer"] == {"value": "14500", "unit": "km", "read_on": "2000-01-10"}
    totals = vehicle["statistics"]["totals"]
    assert (totals["log_count"], totals["fuel"], totals["cost"]) == (10, {"L": "300"}, {"EUR": "600"})
    assert totals["average_cost_per_unit"] == [{"currency_code": "EUR", "fuel_unit": "L", "amount": "2"}]


def test_tables_say_the_same_in_any_unit(motovault: Cli, garage: None) -> None:
    done = motovault("report", "--user", "ana", "--economy-unit", "km/l")
    assert done.code == 0
    assert "Average 16.67 km/L: 4,500 km on 270.000 L, 9 intervals" in done.out
    assert "Odometer: 14,500 km on 2000-01-10" in done.out
    assert "Cost per distance: 0.1200 EUR a km" in done.out
    assert re.search(r"^2000-01-01 +2000-01-02 +500 +30\.000 +16\.67 +0\.1200$", done.out, re.MULTILINE)


def test_a_period_counts_intervals_closed_in_it_and_logs_filled_in_it(motovault: Cli, garage: None) -> None:
    dates = ("--from", "2000-01-03", "--to", "2000-01-05")
    (vehicle,) = motovault("report", "--user", "ana", *dates, "--json").json()["vehicles"]
    (tank,) = vehicle["tanks"]
    assert [interval["closed_on"] for interval in tank["intervals"]] == [
        "2000-01-03",
        "2000-01-04",
        "2000-01-05",
    ]
    assert (tank["average"]["interval_count"], tank["average"]["economy"]) == (3, "6")
    assert vehicle["statistics"]["totals"]["log_count"] == 3
    assert vehicle["statistics"]["distance"] == "1000"


def test_a_period_that_ends_before_it_begins_is_usage(motovault: Cli, garage: None) -> None:
    done = motovault("report", "--user", "ana", "--from", "2000-02-01", "--to", "2000-01-01")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: from: ")


def test_an_ambiguous_unit_is_usage(motovault: Cli, garage: None) -> None:
    done = motovault("report", "--user", "ana", "--economy-unit", "mpg")
    assert done.code == 2
    assert "mpg_us or mpg_uk" in done.err


@pytest.mark.parametrize("name", ["Wagon", "wagon", "ab 123"])
def test_a_vehicle_is_found_by_name_or_plate(motovault: Cli, garage: None, name: str) -> None:
    assert len(motovault("report", "--user", "ana", "--vehicle", name, "--json").json()["vehicles"]) == 1


def test_no_such_vehicle_and_a_vehicle_of_somebody_else_are_the_same_answer(
    motovault: Cli, garage: None
) -> None:
    (vehicle,) = motovault("report", "--user", "ana", "--json").json()["vehicles"]
    mine = motovault("report", "--user", "bob", "--vehicle", vehicle["vehicle"]["id"])
    none = motovault("report", "--user", "bob", "--vehicle", "Wagon")
    assert (mine.code, none.code, mine.out, none.out) == (1, 1, "", "")
    assert mine.err.startswith("error: no vehicle")


def test_a_name_that_two_vehicles_have_asks_for_the_id(motovault: Cli, folder: Path) -> None:
    with open_vault("garage.db") as vault:
        twins = [
            vault.garage("ana").vehicles.add(license_plate=f"AB {n}", nickname="Twin").id for n in range(2)
        ]
    done = motovault("report", "--user", "ana", "--vehicle", "twin")
    assert done.code == 2
    assert all(str(twin) in done.err for twin in twins)


def test_somebody_without_a_vehicle_is_told_how_to_get_one(motovault: Cli, garage: None) -> None:
    done = motovault("report", "--user", "bob")
    assert (done.code, done.out) == (0, "")
    assert "motovault import FILE --user bob" in done.err
    assert motovault("report", "--user", "bob", "--json").json()["vehicles"] == []


def test_reporting_never_makes_a_database(motovault: Cli, folder: Path) -> None:
    for arguments in (["report", "--user", "ana"], ["status"]):
        done = motovault(*arguments)
        assert done.code == 1
        assert done.err.startswith("error: no database file 'garage.db'")
    assert list(folder.iterdir()) == []


def test_several_tanks_have_a_part_each_and_no_common_cost_per_distance(motovault: Cli, folder: Path) -> None:
    with open_vault("garage.db") as vault:
        garage = vault.garage("ana")
        car = garage.vehicles.add(license_plate="GAS 1", nickname="Bi-fuel", distance_unit="km")
        for n in range(4):
            for tank, unit in ((1, "L"), (2, "kg")):
                garage.fuel_logs.add(
                    car.id,
                    filled_at=datetime(2026, 3, 1 + n, 12, tzinfo=UTC),
                    odometer=1000 + 100 * n,
                    volume=Decimal(5 - tank),
                    price_per_unit=2,
                    tank=tank,
                    odometer_unit="km",
                    fuel_unit=unit,
                )
    (vehicle,) = motovault("report", "--user", "ana", "--json").json()["vehicles"]
    assert [(tank["tank"], tank["economy_unit"]) for tank in vehicle["tanks"]] == [
        (1, "L/100km"),
        (2, "kg/100km"),
    ]
    assert vehicle["statistics"]["cost_per_distance"] == {}
    out = motovault("report", "--user", "ana").out
    assert "Tank 1: fuel economy" in out
    assert "Tank 2: fuel economy" in out


def test_the_long_run_estimate_stands_where_full_tanks_are_rare(motovault: Cli, folder: Path) -> None:
    with open_vault("garage.db") as vault:
        garage = vault.garage("ana")
        car = garage.vehicles.add(license_plate="TOP 1", distance_unit="km")
        for n in range(12):
            garage.fuel_logs.add(
                car.id,
                filled_at=datetime(2026, 3, 1 + n, 12, tzinfo=UTC),
                odometer=1000 + 200 * n,
                volume=10,
                is_full_tank=False,
                odometer_unit="km",
                fuel_unit="L",
            )
    (vehicle,) = motovault("report", "--user", "ana", "--json").json()["vehicles"]
    assert vehicle["tanks"][0]["long_run"]["economy"] == "5"
    assert "Long-run estimate, not in any average: 5.00 L/100 km" in motovault("report", "--user", "ana").out


def test_a_vehicle_without_logs_is_shown_as_such(motovault: Cli, folder: Path) -> None:
    with open_vault("garage.db") as vault:
        vault.garage("ana").vehicles.add(license_plate="NEW 1", make="seat", model="leon", model_year=2026)
    assert "2026 Seat Leon\nNo fuel logs." in motovault("report", "--user", "ana").out
