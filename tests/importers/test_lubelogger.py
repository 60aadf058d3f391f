"""LubeLogger's tables: kind from the header, notation from whole columns, units from the caller."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from motovault.importers import ImportNeeds, ImportPlan
from tests.importers.files import GAS_TITLES, codes, planned

METRIC = {"distance_unit": "km", "fuel_unit": "L"}


def gas(*rows: str, titles: str = GAS_TITLES) -> str:
    return "\r\n".join([titles, *rows]) + "\r\n"


def test_a_german_servers_numbers_and_dates_are_read() -> None:
    plan = planned(gas('14.03.2026,52000,"40,5","1.072,85",,True,False,,'), **METRIC)
    (found,) = plan.fuel_logs()
    assert (found.filled_at, found.volume, found.total_cost) == (
        datetime(2026, 3, 14),
        Decimal("40.5"),
        Decimal("1072.85"),
    )
    assert not plan.findings


def test_midnight_is_only_a_day() -> None:
    (found,) = planned(gas("3/14/2026 12:00:00 AM,52000,10.5,42.50,,True,False,,"), **METRIC).fuel_logs()
    assert (found.filled_at, found.has_time) == (datetime(2026, 3, 14), False)


def test_everything_that_is_open_is_asked_for_in_one_go() -> None:
    with pytest.raises(ImportNeeds) as caught:
        planned(gas('3/4/2026,52000,"1,234",42,,True,False,,'))
    asked = {need.option: need.choices for need in caught.value.needs}
    assert asked == {
        "date_order": ("DMY", "MDY"),
        "decimal_sign": (".", ","),
        "distance_unit": ("mi", "km"),
        "fuel_unit": ("us_gal", "imp_gal", "L", "kg", "kWh"),
    }


def test_the_owners_unit_system_stands_in_and_is_reported() -> None:
    plan = planned(gas("2026-03-14,52000,40.5,42,,True,False,,"), unit_system="metric")
    (found,) = plan.fuel_logs()
    assert (found.odometer_unit, found.fuel_unit) == ("km", "L")
    assert codes(plan) == ["unit_assumed", "unit_assumed"]


US_SYSTEM = {"unit_system": "imperial"}


def test_assumed_units_are_a_warning_that_names_the_option() -> None:
    plan = planned(gas("3/14/2026,52000,10.5,42,,True,False,,"), **US_SYSTEM)
    found = [(f.severity, f.field, f.value) for f in plan.findings if f.code == "unit_assumed"]
    assert found == [("warning", "distance_unit", "mi"), ("warning", "fuel_unit", "us_gal")]
    assert all(f"declare {f.field}" in f.message for f in plan.findings)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('3/14/2026,52000,"40,5","72,85",,True,False,,', "comma"),
        ("14.03.2026,52000,40.5,72.85,,True,False,,", "day.month.year"),
    ],
)
def test_miles_and_gallons_are_not_assumed_for_a_file_written_elsewhere(row: str, reason: str) -> None:
    with pytest.raises(ImportNeeds) as caught:
        planned(gas(row), **US_SYSTEM)
    assert [need.option for need in caught.value.needs] == ["distance_unit", "fuel_unit"]
    assert all(reason in need.reason for need in caught.value.needs)
    assert planned(gas(row), unit_system="metric").counts.fuel_logs == 1
    assert planned(gas(row), **METRIC, **US_SYSTEM).counts.fuel_logs == 1
    with pytest.raises(ImportNeeds) as caught:
        planned(gas(row), distance_unit="km", **US_SYSTEM)
    assert [need.option for need in caught.value.needs] == ["fuel_unit"]


def fills(*economies: str, **changed: str) -> list[str]:
    """Full fills of 40 every 500, so 8 per 100 or 12.5 per 1."""
    flags = changed.get("flags", "True,False")
    return [
        f"2026-03-{10 + at},{52000 + 500 * at},40.0,60.00,{economy},{flags},,"
        for at, economy in enumerate(("0", *economies))
    ]


@pytest.mark.parametrize(
    ("economies", "asked"),
    [
        (("8",), True),
        (("8.1", "7.9", "12.5"), True),
        (("12.5",), False),
        (("12.5", "12.4", "8"), False),
        (("8", "12.5"), False),
        (("8.2",), False),  # more than 2 % beside it
        (("8", "20", "20"), False),  # neither, mostly
        (("0", ""), False),
    ],
)
def test_an_economy_per_hundred_speaks_against_miles_and_gallons(
    economies: tuple[str, ...], asked: bool
) -> None:
    for rows in (fills(*economies), fills(*economies)[::-1]):
        if asked:
            with pytest.raises(ImportNeeds) as caught:
                planned(gas(*rows), **US_SYSTEM)
            assert [need.option for need in caught.value.needs] == ["distance_unit", "fuel_unit"]
            assert "per 100" in str(caught.value)
        else:
            assert planned(gas(*rows), **US_SYSTEM).counts.fuel_logs == len(rows)


@pytest.mark.parametrize("flags", ["False,False", "True,True"])
def test_economies_of_partial_or_missed_fills_prove_nothing(flags: str) -> None:
    plan = planned(gas(*fills("8", "8", flags=flags)), **US_SYSTEM)
    assert plan.counts.fuel_logs == 3


def test_odometer_0_is_unknown_and_the_row_stays() -> None:
    plan = planned(gas("2026-03-14,0,40.5,42,,False,True,,"), **METRIC)
    (found,) = plan.fuel_logs()
    assert (found.odometer, found.is_full_tank, found.missed_previous) == (None, False, True)
    assert plan.counts.odometer_unknown == 1


def test_states_of_charge_mean_kilowatt_hours() -> None:
    titles = GAS_TITLES.replace("Notes", "StartingSoc,EndingSoc,Notes")
    plan = planned(gas("2026-03-14,52000,40.5,12,,True,False,20,80,,", titles=titles), distance_unit="km")
    (found,) = plan.fuel_logs()
    assert (found.fuel_unit, found.fuel_type) == ("kWh", "electric")
    assert (found.charge_start_percent, found.charge_end_percent) == (20, 80)
    (other,) = planned(gas("2026-03-14,52000,40.5,12,,True,False,0,0,,", titles=titles), **METRIC).fuel_logs()
    assert (other.fuel_unit, other.charge_start_percent, other.charge_end_percent) == ("L", None, None)


def test_a_percentage_that_is_none_is_reported() -> None:
    titles = GAS_TITLES.replace("Notes", "StartingSoc,EndingSoc,Notes")
    plan = planned(gas("2026-03-14,52000,40.5,12,,True,False,20,180,,", titles=titles), distance_unit="km")
    assert "bad_percent" in codes(plan)


def test_miles_with_litres_may_be_the_british_trap() -> None:
    plan = planned(gas("2026-03-14,52000,9.5,42,,True,False,,"), distance_unit="mi", fuel_unit="L")
    assert codes(plan) == ["uk_gallons_possible"]


def test_hand_made_aliases_and_extra_fields_are_understood() -> None:
    titles = " date , ODO,FuelConsumed,Total Cost,Partial_FuelUp,missed_fill,note,extrafield_Station"
    plan = planned(gas("2026-03-14,52000,40.5,42,1,1,hello,Q8", titles=titles), **METRIC)
    (found,) = plan.fuel_logs()
    assert (found.is_full_tank, found.missed_previous, found.notes, found.location) == (
        False,
        True,
        "hello",
        "Q8",
    )
    assert found.total_cost == 42


def test_a_word_that_is_no_flag_is_reported() -> None:
    plan = planned(gas("2026-03-14,52000,40.5,42,,Vrai,False,,"), **METRIC)
    assert [(finding.code, finding.value) for finding in plan.findings] == [("unknown_word", "Vrai")]


SERVICE = "Date,Description,Cost,Notes,Odometer,Tags"


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (('"$1,234.56"', "$24.00", "($5.00)"), "1253.56"),
        (('"1.234,56\u00a0€"', '"24,00\u00a0€"', '"-5,00\u00a0€"'), "1253.56"),
        (('"1\u202f234,56\u00a0€"', '"24,00\u00a0€"', '"-5,00\u00a0€"'), "1253.56"),
        (("CHF 1'234.56", "CHF 24.00", "CHF-5.00"), "1253.56"),
        (('"1.234,56 zł"', '"24,00 zł"', '"-5,00 zł"'), "1253.56"),
        (('"R$ 1.234,56"', '"R$ 24,00"', '"-R$ 5,00"'), "1253.56"),
        (("¥1234", "¥24", "-¥5"), "1253"),
        (('"₹12,34,567.00"', "₹24.00", "-₹5.00"), "1234586"),
    ],
)
def test_money_of_many_cultures_adds_up(cells: tuple[str, ...], total: str) -> None:
    rows = [f"2026-03-1{day},Work,{cell},,5200{day},\r\n" for day, cell in enumerate(cells)]
    plan = planned(SERVICE + "\r\n" + "".join(rows), record_kind="repair", distance_unit="km")
    assert plan.counts.maintenance_logs == 3
    assert plan.counts.maintenance_cost == Decimal(total)
    assert [code for code in codes(plan) if code != "currency_stated"] == [
        "unknown_category",
        "credit_amount",
    ]


@pytest.mark.parametrize(
    ("titles", "row", "kind", "counted"),
    [
        (SERVICE, "2026-01-01,a,5,,100,", "service", "maintenance_logs"),
        ("Date,Description,Cost,Notes,Tags", "2026-01-01,a,5,,", "tax", "other_costs"),
        ("Date,InitialOdometer,Odometer,Notes,Tags", "2026-01-01,1,100,,", "odometer", "odometer_readings"),
        (
            "Date,PartNumber,PartSupplier,PartQuantity,Description,Notes,Cost,Tags",
            "2026-01-01,1,a,1,b,c,5,",
            "supplies",
            None,
        ),
        (
            "DateCreated,DateModified,Description,Notes,Type,Priority,Progress,Cost",
            "1,1,a,b,c,d,Done,5",
            "plan",
            None,
        ),
        ("Description,Notes,Tags,IsEquipped", "a,b,c,True", "equipment", None),
    ],
)
def test_the_header_tells_the_kind_of_record(titles: str, row: str, kind: str, counted: str | None) -> None:
    plan = planned(f"{titles}\n{row}\n", record_kind="service", distance_unit="km")
    assert plan.format == f"lubelogger-{kind}"
    if counted is None:
        assert plan.skipped == {kind: 1}
    else:
        assert getattr(plan.counts, counted) == 1
    assert plan.counts.fuel_logs == 0


def work_table(*rows: str, **options: Any) -> ImportPlan:
    return planned("\r\n".join([SERVICE, *rows]) + "\r\n", **{"distance_unit": "km", **options})


@pytest.mark.parametrize(
    ("kind", "description", "work"),
    [
        ("service", "Ölwechsel", "routine_maintenance:Engine Oil"),
        ("repair", "Wasserpumpe", "repair:Engine"),
        ("upgrade", "Felgen", "performance_upgrade:Wheels/Tires"),
    ],
)
def test_the_caller_says_which_category_and_the_description_which_subtype(
    kind: str, description: str, work: str
) -> None:
    plan = work_table(f'14.03.2026,{description},"1.234,56 €",note,52000,', record_kind=kind)
    (done,) = plan.maintenance_logs()
    assert (plan.format, codes(plan), str(done.work)) == (f"lubelogger-{kind}", ["currency_stated"], work)
    assert (done.amount, done.odometer, done.notes) == (Decimal("1234.56"), 52000, "note")


def test_what_is_not_certain_in_that_category_is_left_out() -> None:
    plan = work_table("2026-03-14,oil change,5,,100,", record_kind="upgrade")
    assert (plan.counts.maintenance_logs, plan.counts.maintenance_planned) == (1, 0)
    (unknown,) = plan.unknown_work
    assert (unknown.word, unknown.proposed.category, unknown.column) == (
        "oil change",
        "performance_upgrade",
        "Description",
    )


def test_which_of_the_three_it_is_and_the_unit_are_asked_for() -> None:
    with pytest.raises(ImportNeeds) as caught:
        work_table("2026-03-14,Oil,5,,100,", distance_unit=None)
    assert {need.option: need.choices for need in caught.value.needs} == {
        "record_kind": ("service", "repair", "upgrade"),
        "distance_unit": ("mi", "km"),
    }
    with pytest.raises(ImportNeeds) as caught:
        work_table("2026-03-14,Oil,5,,0,", distance_unit=None)
    assert [need.option for need in caught.value.needs] == ["record_kind"]


def test_a_credit_keeps_its_line_and_amount_in_a_finding() -> None:
    plan = work_table("2026-03-14,Oil,($5.00),,100,", record_kind="service")
    found = [(f.code, f.severity, f.line, f.value) for f in plan.findings]
    assert found == [("credit_amount", "warning", 2, "-5.00"), ("unknown_category", "error", 2, "Oil")]
    assert plan.counts.maintenance_cost == -5


@pytest.mark.parametrize(
    ("costs", "declared", "code", "found"),
    [
        (("€ 5", "7,50\u00a0€"), None, "EUR", "currency_stated"),
        (("£1,005.50",), None, "GBP", "currency_stated"),
        (("5 zł", ""), "PLN", "PLN", None),
        (("5 €",), "USD", "EUR", "declaration_contradicted"),
        (("$5",), None, None, None),
        (("5 kr",), "SEK", "SEK", None),
        (("5 €", "£5"), None, None, None),
        (("5",), None, None, None),
    ],
)
def test_a_sign_that_says_one_currency_holds(
    costs: tuple[str, ...], declared: str | None, code: str | None, found: str | None
) -> None:
    rows = [f'2026-03-14,Oil,"{amount}",,10{at},' for at, amount in enumerate(costs)]
    plan = work_table(*rows, record_kind="service", currency_code=declared)
    assert {entry.currency_code for entry in plan.maintenance_logs()} <= {code}
    said = [code for code in codes(plan) if code in ("currency_stated", "declaration_contradicted")]
    assert said == ([found] if found else [])
