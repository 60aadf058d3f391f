"""Fuelio's costs: which are work, which are not, and what becomes of reminders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from motovault.importers import ImportPlan
from tests.importers.files import Owner, codes, cost, fuelio, log, planned

NAMES = {1: "Servizio", 5: "Parken", 32: "TÜV", 33: "Accessories", 34: "Reifen", 35: "Car wash", 36: "Tax"}


def plan_of(*rows: str, **options: Any) -> ImportPlan:
    return planned(fuelio([log()], rows, categories=NAMES), **options)


def works(plan: ImportPlan) -> list[str]:
    return [str(entry.work) for entry in plan.maintenance_logs()]


@pytest.mark.parametrize(
    ("type_id", "title", "work"),
    [
        (1, "Oil", "routine_maintenance:Engine Oil"),
        (2, "Windscreen", "repair:Exterior"),
        (9, "Remap", "performance_upgrade:Engine"),
        (9, "Tires", "performance_upgrade:Wheels/Tires"),
        (34, "Winter", "routine_maintenance:Tires"),  # the category says it
        (34, "Bremsen", "routine_maintenance:Brakes and Traction Control"),  # the title says it better
        (32, "Oil", "routine_maintenance:Engine Oil"),
    ],
)
def test_category_and_title_tell_the_work(type_id: int, title: str, work: str) -> None:
    plan = plan_of(cost(costtypeid=type_id, costtitle=title))
    assert (works(plan), codes(plan)) == ([work], [])
    assert plan.counts.maintenance_planned == plan.counts.maintenance_logs == 1


@pytest.mark.parametrize("type_id", [4, 5, 6, 7, 8, 31])
def test_some_categories_never_are_work_whatever_the_title_says(type_id: int) -> None:
    plan = plan_of(cost(costtypeid=type_id, costtitle="Oil change"), work={"oil change": "repair:Engine"})
    assert (plan.counts.maintenance_logs, plan.counts.other_costs, codes(plan)) == (0, 1, [])


def test_an_owners_category_that_may_be_work_is_asked_about_by_its_name() -> None:
    rows = [
        cost(costtypeid=32, costtitle=f"{year}", date=f"{year}-05-01 10:00") for year in (2020, 2022, 2024)
    ]
    plan = plan_of(*rows)
    assert (plan.counts.maintenance_logs, plan.counts.maintenance_planned) == (3, 0)
    (unknown,) = plan.unknown_work
    assert (unknown.word, unknown.count, unknown.line, unknown.is_left_out) == ("TÜV", 3, 18, True)
    assert unknown.declaration == "TÜV=routine_maintenance:Restraints and Safety Systems"
    (finding,) = plan.findings
    assert (finding.code, finding.severity, finding.line, finding.value) == (
        "unknown_category",
        "error",
        18,
        "TÜV",
    )
    assert unknown.declaration in finding.message
    assert works(plan_of(*rows, work={"tüv": ("repair", ["Engine"])})) == ["repair:Engine"] * 3


def test_an_owners_category_that_is_not_known_is_another_cost_and_that_is_said() -> None:
    rows = [cost(costtypeid=33, costtitle="Oil"), cost(costtypeid=33, costtitle="mats")]
    plan = plan_of(*rows)
    assert (plan.counts.other_costs, plan.counts.maintenance_logs, plan.has_errors) == (2, 0, False)
    (unknown,) = plan.unknown_work
    assert (unknown.word, unknown.count, unknown.is_left_out) == ("Accessories", 2, False)
    assert works(plan_of(*rows, work={"Accessories": "repair:Interior"})) == [
        "routine_maintenance:Engine Oil",
        "repair:Interior",
    ]
    assert works(plan_of(*rows, work={"mats": "repair:Interior"})) == ["repair:Interior"]
    assert plan_of(*rows, work={"Accessories": "-"}).findings == ()


def test_a_category_whose_name_is_not_in_the_file_is_asked_about_by_the_title() -> None:
    """The section that names them may be missing: nothing is lost without a word."""
    rows = [
        cost(costtypeid=99, costtitle="Tyres", cost=400),
        cost(costtypeid=99, costtitle="MOT", cost=0, repeatmonths=12, reminddate="2026-07-19"),
        cost(costtypeid=99, costtitle=""),
    ]
    plan = plan_of(*rows)
    assert (plan.counts.other_costs, plan.counts.maintenance_logs) == (2, 0)
    assert [(one.word, one.is_left_out) for one in plan.unknown_work] == [("Tyres", False), ("MOT", True)]
    assert plan.unknown_work[0].declaration == "Tyres=routine_maintenance:Tires"
    declared = plan_of(*rows, work={"tyres": "routine_maintenance:Tires", "MOT": "repair:Exterior"})
    assert works(declared) == ["routine_maintenance:Tires"]
    assert [str(one.work) for one in declared.schedules()] == ["repair:Exterior"]
    assert works(plan_of(*rows, work={"*": "repair:Engine"})) == []


@pytest.mark.parametrize("type_id", [35, 36])
def test_an_owners_category_that_is_no_work_is_another_cost_without_a_word(type_id: int) -> None:
    plan = plan_of(cost(costtypeid=type_id, costtitle="May"))
    assert (plan.counts.other_costs, codes(plan)) == (1, [])


def test_a_declared_category_stands_in_for_titles_that_nobody_knows() -> None:
    rows = [cost(costtypeid=1, costtitle="magic"), cost(costtypeid=1, costtitle="Oil")]
    plan = plan_of(*rows, work={"Servizio": "repair:Engine"})
    assert works(plan) == ["repair:Engine", "routine_maintenance:Engine Oil"]


@pytest.mark.parametrize("title", ["", "!!"])
def test_a_title_without_words_is_declared_by_a_star(title: str) -> None:
    """What is proposed must be taken: no words at all cannot be declared."""
    text = fuelio([log()], [cost(costtitle=title)])
    plan = planned(text)
    (unknown,) = plan.unknown_work
    assert unknown.declaration == "*=routine_maintenance:Engine Oil"
    assert repr(unknown.declaration) in plan.findings[-1].message
    assert works(planned(text, work={"*": str(unknown.proposed)})) == ["routine_maintenance:Engine Oil"]


def test_a_title_is_asked_about_once_without_its_numbers() -> None:
    rows = [cost(costtitle=f"Tagliando {n}0000 Km", odo=str(n)) for n in range(1, 6)]
    plan = plan_of(*rows, cost())
    assert [(one.word, one.count) for one in plan.unknown_work] == [("Tagliando", 5)]
    assert plan.summary()["unknown_work"] == [
        {"word": "Tagliando", "count": 5, "line": 18, "proposed": "routine_maintenance:Engine Oil"}
    ]
    declared = plan_of(*rows, cost(), work={"tagliando": "routine_maintenance:Engine Oil"})
    assert (declared.counts.maintenance_planned, declared.findings) == (6, ())


def test_a_cost_of_0_is_unknown_and_no_odometer_is_none() -> None:
    (kept,) = plan_of(cost(cost="0.0", odo="0")).maintenance_logs()
    assert (kept.amount, kept.odometer) == (None, None)


@pytest.mark.parametrize(
    ("cells", "field"), [({"odo": "999999999"}, "odometer"), ({"cost": "99999999"}, "cost")]
)
def test_what_no_column_can_hold_is_unknown(cells: dict[str, str], field: str) -> None:
    plan = plan_of(cost(**cells))
    assert [(f.code, f.field) for f in plan.findings] == [("absurd_number", field)]
    owner = Owner()
    assert owner.apply(plan).maintenance_added == 1


def test_money_received_is_no_work() -> None:
    plan = plan_of(cost(cost="-5.0"), cost(isincome=1))
    assert (plan.counts.income, plan.counts.maintenance_logs, codes(plan)) == (2, 0, [])


@pytest.mark.parametrize(
    ("cells", "severity", "said"),
    [
        ({"reminddate": "2027-01-01"}, "warning", "comes once"),
        ({"remindodo": "90000"}, "warning", "comes once"),
        ({"reminddate": "2027-01-01", "repeatmonths": "1201"}, "warning", "comes once"),
        ({"reminddate": "2027-01-01", "repeatodo": "999999999"}, "warning", "comes once"),
        ({"repeatmonths": 12, "costtypeid": 31}, "info", "no work"),
        ({"repeatmonths": 12, "costtypeid": 33}, "info", "no work"),
    ],
)
def test_a_reminder_that_cannot_be_a_schedule_is_named(
    cells: dict[str, Any], severity: str, said: str
) -> None:
    plan = plan_of(cost(cost="0.0", **cells))
    assert (plan.counts.schedules, plan.counts.schedules_planned) == (1, 0)
    (finding,) = [finding for finding in plan.findings if finding.code == "reminder_not_kept"]
    assert (finding.severity, said in finding.message) == (severity, True)


def test_a_reminder_whose_work_is_not_known_is_asked_about() -> None:
    row = cost(costtitle="magic", cost="0.0", repeatmonths=12, reminddate="2027-01-01")
    plan = plan_of(row)
    assert [(one.word, one.is_left_out) for one in plan.unknown_work] == [("magic", True)]
    (schedule,) = plan_of(row, work={"magic": "repair:Engine"}).schedules()
    assert (str(schedule.work), schedule.first_due_date, schedule.source_key) == (
        "repair:Engine",
        date(2027, 1, 1),
        "reminder:magic",
    )


def test_a_row_that_is_both_is_asked_about_once() -> None:
    plan = plan_of(cost(costtitle="magic", repeatmonths=12, reminddate="2027-01-01"))
    assert [(one.word, one.count) for one in plan.unknown_work] == [("magic", 1)]


def test_a_template_is_no_cost_but_its_reminder_is_one() -> None:
    plan = plan_of(cost(istemplate=1, repeatmonths=6), cost(istemplate=1))
    assert (plan.counts.maintenance_logs, plan.counts.schedules_planned, plan.counts.templates) == (0, 1, 1)


def test_reminders_of_other_words_are_schedules_each() -> None:
    rows = [cost(costtitle=f"gomme {season}", repeatmonths=12, odo="5") for season in ("estive", "invernali")]
    found = list(plan_of(*rows).schedules())
    assert [one.source_key for one in found] == ["reminder:gomme estive", "reminder:gomme invernali"]


def test_costs_without_a_log_take_the_vehicles_unit() -> None:
    text = fuelio([], [cost(odo="1000")], distunit=1)
    text = text[: text.index('"## Log"')] + text[text.index('"## Costs"') :]
    (kept,) = planned(text).maintenance_logs()
    assert (kept.odometer, kept.odometer_unit) == (Decimal(1000), "mi")


def test_a_star_is_all_work_that_is_not_known_and_no_category_of_which_nothing_is() -> None:
    rows = [cost(costtypeid=type_id, costtitle="magic") for type_id in (1, 31, 32, 33)]
    plan = plan_of(*rows, work={"*": "repair:Interior"})
    assert works(plan) == ["repair:Interior"] * 2
    assert [(one.word, one.is_left_out) for one in plan.unknown_work] == [("Accessories", False)]
