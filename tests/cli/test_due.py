"""``motovault due``: the table, the same as JSON, the exit code, the calendar; and the part of a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import vobject

from motovault import open_vault
from motovault.cli import shapes
from motovault.vault import Garage
from tests.cli.conftest import Ran

Cli = Callable[..., Ran]
ROUTINE = "routine_maintenance"


@pytest.fixture
def garage(folder: Path) -> Iterator[Garage]:
    """Ana's, in miles; a car that is driven 30 miles a day."""
    with open_vault("garage.db") as vault:
        yield vault.garage("ana")


@pytest.fixture
def today(garage: Garage) -> date:
    """The owner's."""
    return garage.maintenance.upcoming().today


@pytest.fixture
def car(garage: Garage, today: date) -> object:
    made = garage.vehicles.add(license_plate="AB 1", nickname="Daily", distance_unit="mi")
    for ago in range(300, 0, -20):
        garage.fuel_logs.add(
            made.id,
            filled_at=datetime.combine(today - timedelta(days=ago), time(12), tzinfo=UTC),
            odometer=19_000 - 30 * (ago - 20),
            volume=10,
            price_per_unit=3,
        )
    return made.id


def names(folder: Path) -> set[str]:
    """What lies there, beside the journal of a database that is open."""
    return {path.name for path in folder.iterdir()} - {"garage.db-wal", "garage.db-shm"}


def plan(garage: Garage, vehicle_id: object, *subtypes: str, **details: object) -> None:
    garage.maintenance.add_schedule(vehicle_id, category=ROUTINE, subtypes=subtypes, **details)  # type: ignore[arg-type]


@pytest.fixture
def three(garage: Garage, car: object, today: date) -> None:
    """Overdue by distance, due soon by date, and upcoming with a forecast; added the other way round."""
    plan(garage, car, "Tires", interval_distance=6000, last_service_odometer=18_000)
    plan(garage, car, "Coolant", interval_days=100, last_service_date=today - timedelta(days=90))
    plan(garage, car, "Engine Oil", interval_distance=500, last_service_odometer=18_000)


def test_the_most_urgent_stands_first_with_its_reason_and_what_is_left(
    motovault: Cli, three: None, today: date
) -> None:
    done = motovault("due", "--user", "ana")
    assert (done.code, done.err) == (0, "")
    head, titles, *rows = done.out.splitlines()
    assert head == f"Maintenance of ana on {today}: 1 overdue, 1 due soon, 1 upcoming"
    assert titles.split() == ["Status", "Work", "By", "Due", "Left", "Expected"]
    cells = [re.split(r" {2,}", row) for row in rows]
    soon = today + timedelta(days=10)
    assert cells[0] == ["overdue", "Engine Oil", "distance", "18,500 mi", "500 mi late"]
    assert cells[1] == ["due soon", "Coolant", "date", str(soon), "10 days"]
    assert cells[2][:5] == ["upcoming", "Tires", "distance", "24,000 mi", "5,000 mi"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \(\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\)", cells[2][5])


def test_json_is_what_the_garage_says_with_its_basis(motovault: Cli, three: None, garage: Garage) -> None:
    done = motovault("due", "--user", "ana", "--json")
    found, kept = done.json(), garage.maintenance.upcoming()
    assert (done.code, found["user"], found["within_days"]) == (0, "ana", None)
    assert {name: found[name] for name in ("today", "counts", "items", "findings")} == {
        **kept.as_dict(),
        "findings": [],
    }
    basis = found["items"][2]["projection"]
    assert (basis["method"], basis["readings"], basis["coverage"]) == ("recent_to_long_run", 15, "0.8")
    assert (basis["recent_per_day"], basis["unit"]) == ("30", "mi")
    assert set(found["items"][0]) == set(shapes.DueItemShape.model_fields)


def test_the_exit_code_tells_of_overdue_work_where_that_is_asked(
    motovault: Cli, three: None, garage: Garage
) -> None:
    for more in ([], ["--json"], ["--ics", "-"], ["--days", "0"]):
        assert motovault("due", "--user", "ana", "--fail-overdue", *more).code == 1
        assert motovault("due", "--user", "ana", *more).code == 0
    late = garage.maintenance.upcoming().overdue[0]
    garage.maintenance.retire(late.schedule.id)
    assert motovault("due", "--user", "ana", "--fail-overdue").code == 0


@pytest.mark.parametrize("days", ["-1", "1.5", "soon", "", "٣", "9" * 40])
def test_days_that_are_no_whole_number_are_usage(motovault: Cli, three: None, days: str) -> None:
    done = motovault("due", "--user", "ana", f"--days={days}")
    assert (done.code, done.out) == (2, "")
    assert "whole number of days" in done.err


def test_a_window_leaves_out_what_comes_later(motovault: Cli, three: None) -> None:
    for days, works in (("0", ["Engine Oil"]), ("10", ["Engine Oil", "Coolant"])):
        found = motovault("due", "--user", "ana", "--days", days, "--json").json()
        assert [item["subtypes"] for item in found["items"]] == [[work] for work in works]
        assert found["within_days"] == int(days)
    assert len(motovault("due", "--user", "ana", "--days", "999999999", "--json").json()["items"]) == 3


def test_nothing_due_reads_well(motovault: Cli, garage: Garage, car: object, today: date) -> None:
    assert motovault("due", "--user", "ana").out.splitlines() == [
        f"Maintenance of ana on {today}: nothing is due",
        "There is no maintenance schedule.",
    ]
    plan(garage, car, "Coolant", interval_days=100, last_service_date=today)
    assert motovault("due", "--user", "ana", "--days", "30").out.splitlines() == [
        f"Maintenance of ana on {today}: nothing is due",
        f"Next, on {today + timedelta(days=100)}: Daily, Coolant",
    ]
    empty = motovault("due", "--user", "ana", "--days", "30", "--json").json()
    assert (empty["items"], empty["counts"]["overdue"]) == ([], 0)


def test_what_nobody_can_tell_is_shown_as_unknown(motovault: Cli, garage: Garage, car: object) -> None:
    plan(garage, car, "Coolant", interval_months=24)
    assert re.search(r"^unknown +Coolant +unknown$", motovault("due", "--user", "ana").out, re.MULTILINE)
    nothing = motovault("due", "--user", "ana", "--days", "9").out
    assert "Nothing in the next 9 days, as far as anybody can tell." in nothing


def test_one_vehicle_or_all_of_them(motovault: Cli, three: None, garage: Garage, today: date) -> None:
    van = garage.vehicles.add(license_plate="VAN 1", nickname="Van")
    plan(garage, van.id, "Tires", interval_days=10, last_service_date=today)
    assert "Vehicle" in motovault("due", "--user", "ana").out
    (item,) = motovault("due", "--user", "ana", "--vehicle", "van", "--json").json()["items"]
    assert (item["vehicle"], item["days_remaining"], item["due_odometer"]) == ("Van", 10, None)
    assert motovault("due", "--user", "ana", "--vehicle", "bus").code == 1
    assert motovault("due", "--user", "bob", "--vehicle", "van").code == 1


def test_a_nickname_cannot_move_the_cursor(motovault: Cli, garage: Garage, today: date) -> None:
    for number, name in enumerate(("Red\x1b[31m\ncar", "Plain")):
        vehicle = garage.vehicles.add(license_plate=f"X {number}", nickname=name)
        plan(garage, vehicle.id, "Tires", interval_days=10, last_service_date=today)
    out = motovault("due", "--user", "ana").out
    assert "\x1b" not in out
    assert "Red [31m car" in out
    assert "\x1b" not in motovault("due", "--user", "ana", "--ics", "-").out


def test_a_database_is_never_made(motovault: Cli, folder: Path) -> None:
    done = motovault("due", "--user", "ana")
    assert (done.code, list(folder.iterdir())) == (1, [])


# -------------------------------------------------------------------- the calendar


def test_the_calendar_goes_to_a_file_or_to_standard_output(
    motovault_process: Cli, three: None, folder: Path
) -> None:
    done = motovault_process("due", "--user", "ana", "--ics", "due.ics")
    assert (done.code, done.out, done.err.strip()) == (0, "", "due.ics: 3 events")
    assert names(folder) == {"due.ics", "garage.db"}
    kept = vobject.readOne((folder / "due.ics").read_bytes().decode())
    summaries = sorted(str(event.summary.value) for event in kept.vevent_list)
    assert summaries == ["Coolant, Daily", "Overdue: Engine Oil, Daily", "Tires, Daily"]
    printed = motovault_process("due", "--user", "ana", "--ics", "-")
    assert len(vobject.readOne(printed.out).vevent_list) == 3
    assert printed.err == ""


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing(
    motovault: Cli, three: None, folder: Path
) -> None:
    done = motovault("due", "--user", "ana", "--ics", "nowhere/due.ics")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: nowhere/due.ics: ")
    (folder / "taken").mkdir()
    assert motovault("due", "--user", "ana", "--ics", "taken").code == 1
    assert names(folder) == {"garage.db", "taken"}


def test_a_calendar_and_json_at_once_are_usage(motovault: Cli, three: None) -> None:
    done = motovault("due", "--user", "ana", "--ics", "-", "--json")
    assert (done.code, done.out) == (2, "")


# ---------------------------------------------------------------------- the report


def test_a_report_tells_costs_of_its_period_and_what_is_due_today(
    motovault: Cli, three: None, garage: Garage, car: object, today: date
) -> None:
    for ago, cost, code in ((250, "64.50", "USD"), (40, "19.50", "USD"), (20, "5", "EUR"), (10, None, None)):
        garage.maintenance.add(
            car,  # type: ignore[arg-type]
            category="repair",
            subtypes=["Engine"],
            service_date=today - timedelta(days=ago),
            cost=cost,
            currency_code=code,
        )
    (vehicle,) = motovault("report", "--user", "ana", "--json").json()["vehicles"]
    found = vehicle["maintenance"]
    assert found["totals"] == {"log_count": 4, "without_cost": 1, "cost": {"EUR": "5", "USD": "84"}}
    assert (found["distance"], found["distance_unit"]) == ("8400", "mi")
    assert found["cost_per_distance"]["USD"] == "0.01"
    assert [item["status"] for item in found["due"]] == ["overdue", "due_soon", "upcoming"]
    out = motovault("report", "--user", "ana").out
    assert "Cost: 5.00 EUR + 84.00 USD (4 logs, 1 without cost)" in out
    assert "Maintenance due: 1 overdue, 1 due soon, 1 upcoming" in out
    since = str(today - timedelta(days=60))
    (vehicle,) = motovault("report", "--user", "ana", "--from", since, "--json").json()["vehicles"]
    assert vehicle["maintenance"]["totals"]["cost"] == {"EUR": "5", "USD": "19.5"}
    assert vehicle["maintenance"]["distance"] == "1200"
    assert len(vehicle["maintenance"]["due"]) == 3


def test_a_report_says_nothing_of_maintenance_where_there_is_none(
    motovault: Cli, garage: Garage, car: object
) -> None:
    assert "aintenance" not in motovault("report", "--user", "ana").out
