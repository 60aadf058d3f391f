"""How what is due is shown: as a table, in a notebook, for a program."""

from __future__ import annotations

import json
import pickle
from datetime import date
from uuid import UUID

from motovault.domain.maintenance import Upcoming
from tests.domain.maintenance.garages import TODAY, every, listed, reading, steadily, vehicle
from tests.domain.maintenance.histories import CAR, schedule


def shown() -> Upcoming:
    asked = [
        every(
            1,
            interval_months=6,
            interval_distance=5000,
            last_service_date=date(2024, 11, 30),
            last_service_odometer=47_000,
        ),
        every(2, interval_days=11, last_service_date=date(2025, 5, 21)),
        every(3, interval_months=6),
    ]
    return listed(*asked, cars=[vehicle(nickname="Blue\n<b>")], of={CAR: steadily(40, 50_000)})


def test_it_reads_as_a_table() -> None:
    found = shown()
    assert repr(found) == "<Upcoming on 2025-06-01: 1 overdue, 1 due soon, 1 unknown>"
    lines = str(found).splitlines()
    assert lines[0] == "Maintenance on 2025-06-01: 1 overdue, 1 due soon, 1 unknown"
    assert lines[1].split() == ["status", "work", "due", "left", "expected"]
    assert lines[2].startswith("  overdue   Work 1  2025-05-30 or 52,000 mi  2 days late, 2,000 mi")
    assert lines[3].split() == ["due", "soon", "Work", "2", "2025-06-01", "today"]
    assert str(found[0]) == "overdue: Blue <b>, Work 1, 2025-05-30 or 52,000 mi (2 days late, 2,000 mi)"
    assert str(listed()) == "Maintenance on 2025-06-01: nothing"


def test_a_garage_names_the_vehicle_in_each_line() -> None:
    asked = [
        schedule(id=UUID(int=car), vehicle_id=UUID(int=car), interval_days=9, last_service_date=TODAY)
        for car in (1, 2)
    ]
    lines = str(listed(*asked, cars=[vehicle(1), vehicle(2)])).splitlines()
    assert lines[1].split()[:2] == ["status", "vehicle"]
    assert "AB 1" in lines[2]
    assert "AB 2" in lines[3]


def test_in_a_notebook_what_owners_wrote_is_text() -> None:
    html = listed(
        schedule(subtypes=["<script>"], interval_months=6),
        schedule(id=UUID(int=7), vehicle_id=UUID(int=2), interval_months=6),
        cars=[vehicle(nickname="<b>&"), vehicle(2)],
    )._repr_html_()
    assert "&lt;b&gt;&amp;" in html
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert html.count("<tr>") == 3


def test_for_a_program_it_is_plain_data() -> None:
    found = shown().as_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["today"] == "2025-06-01"
    assert found["counts"] == {"overdue": 1, "due_soon": 1, "upcoming": 0, "unknown": 1}
    first = found["items"][0]
    assert first["status"] == "overdue"
    assert first["due_on"] == "2025-05-30"
    assert (first["due_odometer"], first["distance_remaining"], first["distance_unit"]) == (
        *("52000", "2000", "mi"),
    )
    assert first["projected_on"] == "2025-07-21"
    assert first["effective_due_on"] == "2025-05-30"
    assert first["projection"]["recent_per_day"] == "40"
    assert found["items"][2]["projection"] is None


def test_an_odometer_that_went_back_is_told_with_its_vehicle() -> None:
    slip = [reading(date(2025, 5, 1), 60_000), reading(date(2025, 5, 9), 6_100)]
    one = listed(of={CAR: slip})
    assert [finding.code for finding in one.findings] == ["rollback"]
    assert one.findings[0].message in str(one)
    assert one.findings[0].message in one._repr_html_()
    both = listed(cars=[vehicle(1), vehicle(2)], of={CAR: slip})
    assert both.findings[0].message == f"AB 1: {one.findings[0].message}"


def test_an_odometer_of_the_future_is_told() -> None:
    """A year mistyped makes everything due by distance: the latest reading counts, whatever its date."""
    usual = [reading(date(2025, 5, 1), 50_000)]
    assert listed(of={CAR: usual}).findings == ()
    (finding,) = listed(of={CAR: [*usual, reading(date(2062, 5, 1), 90_000)]}).findings
    assert (finding.code, finding.severity, finding.value) == ("future_reading", "warning", "90000")
    assert "2062-05-01 is after today" in finding.message


def test_two_that_say_the_same_are_equal_and_one_survives_pickling() -> None:
    assert shown() == shown()
    assert hash(shown()) == hash(shown())
    assert pickle.loads(pickle.dumps(shown())) == shown()
    assert shown() != listed()
    assert shown()[0] != shown()[1]
