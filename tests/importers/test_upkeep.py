"""Work and reminders of a file, kept: nothing twice, all or nothing, and every next due true."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault.domain.maintenance import MaintenanceLog
from motovault.domain.maintenance.advancing import advanced
from motovault.importers import ImportOptions, apply_plan
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql import SqlStore, make_engine
from motovault.system import uuid7
from tests.importers.files import WORK_TITLES, Clock, Owner, cost, fuelio, log, planned
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]

LUBE = {"record_kind": "service", "distance_unit": "km", "vehicle_name": "Bus"}


def service(*rows: str) -> str:
    return "\n".join([WORK_TITLES, *rows]) + "\n"


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def owner(request: pytest.FixtureRequest) -> Iterator[Owner]:
    if request.param == "memory":
        yield Owner()
        return
    if request.param == "sqlite":
        url = f"sqlite:///{request.getfixturevalue('sqlite_path')}"
    else:
        url = request.getfixturevalue("shared_postgres_url")
    db_engine = make_engine(url)
    found = Owner()
    found.unit_of_work = functools.partial(SqlStore(db_engine).unit_of_work, found.user_id)
    yield found
    db_engine.dispose()


def test_what_is_kept_is_what_the_row_said(owner: Owner) -> None:
    result = owner.take(
        fuelio([log()], [cost(costtitle="Oil change", odo="90500.5", notes="two\nlines", uniqueid=7)]),
        currency_code="EUR",
    )
    (kept,) = owner.works()
    assert (kept.category, kept.subtypes) == ("routine_maintenance", ("Engine Oil",))
    assert (kept.service_date, kept.odometer, kept.odometer_unit) == (date(2024, 6, 1), Decimal(90500), "km")
    assert (kept.cost, kept.currency_code) == (Decimal("90.00"), "EUR")
    assert kept.notes == "Oil change\ntwo\nlines"
    assert (kept.source, kept.source_key) == ("fuelio", "id:cost:7")
    assert (kept.user_id, kept.vehicle_id) == ("ana", result.vehicles[0].id)
    assert (result.added, result.maintenance_added, result.maintenance_kept) == (1, 1, 0)


def test_the_same_file_again_adds_nothing_and_equal_rows_all_survive(owner: Owner) -> None:
    rows = ["2024-01-05,Oil change,90,,1000,", "2024-01-05,Oil change,90,,1000,", "2024-02-05,Tires,5,,,"]
    assert owner.take(service(*rows), **LUBE).maintenance_added == 3
    again = owner.take(service(*rows[::-1]), **LUBE)
    assert (again.maintenance_added, again.maintenance_kept) == (0, 3)
    assert owner.take(service(*rows, rows[0]), **LUBE).maintenance_added == 1
    assert len(owner.works()) == 4


def test_importing_again_with_what_was_unknown_declared_adds_only_that(owner: Owner) -> None:
    text = service("2024-01-05,Oil change,90,,1000,", "2024-02-05,TÜV 2024,80,,1500,")
    first = owner.take(text, **LUBE)
    assert [f.severity for f in first.findings if f.code == "unknown_category"] == ["error"]
    second = owner.take(text, **LUBE, work={"tuv": "repair:Engine"})
    assert (first.maintenance_added, second.maintenance_added, second.maintenance_kept) == (1, 1, 1)
    assert [kept.category for kept in owner.works()] == ["routine_maintenance", "repair"]


def test_declared_otherwise_the_next_time_a_row_stays_as_kept_and_that_is_said(owner: Owner) -> None:
    text = service("2024-01-05,Oil change,90,,1000,")
    owner.take(text, **LUBE)
    again = owner.take(text, **LUBE, work={"oil": "repair:Engine"})
    assert again.maintenance_added == 0
    (finding,) = [f for f in again.findings if f.code == "kept_differs"]
    assert (finding.field, finding.value) == ("work", "repair:Engine")
    assert owner.works()[0].category == "routine_maintenance"


def test_ids_that_fuelio_learned_to_give_do_not_make_old_work_new(owner: Owner) -> None:
    owner.take(fuelio([log()], [cost(odo="500")]))
    numbered = fuelio([log()], [cost(odo="500", uniqueid=3), cost(odo="700", uniqueid=4)])
    assert owner.take(numbered).maintenance_added == 1
    assert owner.take(numbered).maintenance_added == 0


def test_an_import_moves_the_schedules_that_were_there(owner: Owner) -> None:
    text = fuelio([log()], [cost(odo="1000", reminddate="2025-06-01", repeatmonths=12, uniqueid=1)])
    assert owner.take(text).schedules_added == 1
    (before,) = owner.schedules()
    assert (before.last_service_date, before.next_due_date) == (date(2024, 6, 1), date(2025, 6, 1))
    later = fuelio([log()], [cost(odo="9000", date="2025-03-10 09:00", uniqueid=2)])
    result = owner.take(later)
    (after,) = owner.schedules()
    assert (after.last_service_date, after.next_due_date) == (date(2025, 3, 10), date(2026, 3, 10))
    assert [change.after.id for change in result.schedules_moved] == [after.id]
    assert advanced(after, owner.works(), DistanceUnit.KM) is after


def test_a_reminder_becomes_a_schedule_that_is_due_when_it_says(owner: Owner) -> None:
    reminder = cost(
        costtitle="Zahnriemen",
        cost="0.0",
        odo="120000",
        reminddate="2027-02-01",
        remindodo="180000",
        repeatodo="60000",
        repeatmonths=60,
    )
    old = cost(costtitle="Zahnriemen", date="2016-03-01 10:00", odo="60000")
    result = owner.take(fuelio([log()], [old, reminder]))
    (kept,) = owner.schedules()
    assert (kept.interval_months, kept.interval_distance, kept.distance_unit) == (60, Decimal(60000), "km")
    assert (kept.next_due_date, kept.next_due_odometer) == (date(2027, 2, 1), Decimal(180000))
    assert (kept.subtypes, kept.notes, kept.source) == (("Drive Belt",), "Zahnriemen", "fuelio")
    assert (result.schedules_added, result.maintenance_added) == (1, 1)
    again = owner.take(fuelio([log()], [old, reminder]))
    assert (again.schedules_added, again.schedules_kept, len(owner.schedules())) == (0, 1, 1)


@pytest.mark.parametrize(
    ("reminder", "due"),
    [
        ({"reminddate": "2024-12-01", "repeatmonths": 12}, (date(2024, 12, 1), None)),
        ({"remindodo": "4000", "repeatodo": "8000"}, (None, Decimal(4000))),
        ({"remindodo": "9000", "repeatodo": "8000"}, (None, Decimal(9000))),
        ({"reminddate": "2025-06-01", "repeatmonths": 12}, (date(2025, 6, 1), None)),
        ({"repeatmonths": 12}, (date(2025, 6, 1), None)),
    ],
)
def test_work_that_states_its_next_due_is_due_then(
    reminder: dict[str, Any], due: tuple[date | None, Decimal | None]
) -> None:
    owner = Owner()
    assert owner.take(fuelio([log()], [cost(odo="1000", **reminder)])).maintenance_added == 1
    (kept,) = owner.schedules()
    assert (kept.next_due_date, kept.next_due_odometer) == due
    assert advanced(kept, owner.works(), DistanceUnit.KM) is kept
    owner.take(fuelio([log()], [cost(odo="3000", date="2024-09-01 10:00")]))
    (kept,) = owner.schedules()
    assert kept.last_service_date == date(2024, 9, 1)


def test_of_a_series_the_newest_reminder_is_the_schedule() -> None:
    def series(*years: int) -> str:
        rows = [
            cost(
                costtitle=f"Oil change {year}",
                date=f"{year}-05-01 08:00",
                odo=str(year),
                reminddate=f"{year + 1}-05-01",
                repeatmonths=12,
                uniqueid=year,
            )
            for year in years
        ]
        return fuelio([log()], rows)

    for years in ((2022, 2023, 2024), (2024, 2023, 2022)):
        owner = Owner()
        result = owner.take(series(*years))
        assert (result.maintenance_added, result.schedules_added) == (3, 1)
        assert [schedule.next_due_date for schedule in owner.schedules()] == [date(2025, 5, 1)]
        assert [f.code for f in result.findings].count("reminder_not_kept") == 2
        later = owner.take(series(2025, *years))  # the same reminder, a year on: the log moves the schedule
        assert (later.schedules_added, later.maintenance_added) == (0, 1)
        assert [schedule.next_due_date for schedule in owner.schedules()] == [date(2026, 5, 1)]


def test_work_of_the_future_is_left_out_until_it_is_done() -> None:
    owner = Owner()  # whose clock stands at 2026-11-01
    text = service("2026-11-01,Oil change,90,,1000,", "2026-11-02,Tires,90,,1000,")
    result = owner.take(text, **LUBE)
    assert (result.maintenance_added, result.maintenance_kept) == (1, 0)
    (finding,) = [f for f in result.findings if f.code == "future_date"]
    assert (finding.severity, finding.line, finding.value) == ("error", 3, "2026-11-02")


def test_a_credit_is_no_cost_and_kept_only_with_work_that_is_declared() -> None:
    text = service("2024-01-05,Oil change credit,($5.00),,1000,", "2024-01-06,Oil change,-$7.50,,1000,")
    owner = Owner()
    result = owner.take(text, **LUBE, vin=None)
    assert result.maintenance_added == 0
    codes = [finding.code for finding in result.findings]
    assert (codes.count("credit_amount"), codes.count("unknown_category")) == (2, 2)
    assert (
        owner.take(text, **LUBE, work={"oil change": "routine maintenance:engine oil"}).maintenance_added == 2
    )
    assert [(kept.cost, kept.notes) for kept in owner.works()] == [
        (None, "Oil change credit\nCredit: 5"),
        (None, "Oil change\nCredit: 7.5"),
    ]


class OutOfIds(Exception):
    pass


def test_an_error_at_the_end_leaves_nothing_behind(owner: Owner) -> None:
    costs = [cost(uniqueid=1, odo="10"), cost(uniqueid=2, odo="20", reminddate="2027-01-01", repeatmonths=6)]
    plan = planned(fuelio([log()], costs))
    assert (plan.counts.maintenance_planned, plan.counts.schedules_planned) == (2, 1)
    ids = [uuid7() for _ in range(4)]  # a vehicle, a fuel log, two works: none for the schedule

    def new_id() -> Any:
        if not ids:
            raise OutOfIds
        return ids.pop()

    with pytest.raises(OutOfIds):
        apply_plan(plan, owner.unit_of_work, owner.user_id, Clock(), new_id)
    assert (owner.vehicles(), owner.logs(), owner.works(), owner.schedules()) == ([], [], [], [])


def stored(owner: Owner) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Everything but ids, keys and moments."""

    def said(kept: MaintenanceLog) -> tuple[object, ...]:
        return (kept.service_date, kept.category, kept.subtypes, kept.odometer, kept.cost, kept.notes)

    schedules = [
        (one.category, one.subtypes, one.next_due_date, one.next_due_odometer, one.last_service_date)
        for one in owner.schedules()
    ]
    return sorted(map(said, owner.works()), key=repr), sorted(schedules, key=repr)


ROWS = st.lists(
    st.builds(
        lambda title, day, odo, months, again, remind: cost(
            costtitle=title,
            date=f"2024-{1 + day:02}-03 10:00",
            odo=str(odo),
            repeatmonths=months,
            cost=str(again),
            reminddate=remind,
        ),
        st.sampled_from(["Oil", "Tires 2024", "Tires", "Zahnriemen", "magic"]),
        st.integers(0, 11),
        st.integers(0, 3).map(lambda n: n * 1000),
        st.integers(0, 2),
        st.integers(0, 2),
        st.sampled_from(["2011-01-01", "2026-05-01", "2025-01-31"]),
    ),
    max_size=8,
)


@given(ROWS, st.randoms())
def test_the_order_of_rows_does_not_matter_for_what_is_kept(rows: list[str], chance: random.Random) -> None:
    first, second = Owner(), Owner()
    one = first.take(fuelio([log()], rows))
    mixed = list(rows)
    chance.shuffle(mixed)
    other = second.take(fuelio([log()], mixed))
    assert stored(first) == stored(second)
    assert (one.maintenance_added, one.schedules_added) == (other.maintenance_added, other.schedules_added)
    assert first.take(fuelio([log()], mixed)).maintenance_added == 0
    for schedule in first.schedules():
        assert advanced(schedule, first.works(), DistanceUnit.KM) is schedule


def test_a_garage_says_what_came_in_and_what_is_due(tmp_path: Path) -> None:
    with motovault.open_vault(tmp_path / "garage.db", clock=Clock()) as vault:
        garage = vault.garage("ana")
        text = fuelio([log()], [cost(odo="1000", reminddate="2025-06-01", repeatmonths=12)])
        result = garage.import_file(text.encode(), ImportOptions(time_zone="Europe/Rome"))
        assert (result.maintenance_added, result.schedules_added) == (1, 1)
        (due,) = garage.maintenance.upcoming(result.vehicles[0].id)
        assert (due.status, due.schedule.next_due_date) == ("overdue", date(2025, 6, 1))
        assert garage.maintenance.recompute() == []
