"""The Fuelly app's table and the website's services: fill-ups and work of several vehicles."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from motovault.importers import ImportNeeds
from tests.importers.files import APP_TITLES, SERVICES_TITLES, Owner, codes, planned, row

US = {"fuel_unit": "us_gal"}


def app(*rows: dict[str, Any], titles: str = APP_TITLES) -> str:
    usual = {"Type": "Gas", "Date": "2024-03-01", "Vehicle": "Bee", "Odometer": "12,345", "Filled Up": "Full"}
    return "\n".join([titles, *(row(titles, **{**usual, **cells}) for cells in rows)]) + "\n"


GAS = {"Price": "$3.259", "Gallons": "12.000", "Total Cost": "$39.11", "Time": "6:30 PM"}
OIL = {"Type": "Service", "Services": "Oil Change, Tire Rotation", "Total Cost": "$1,059.99", "Filled Up": ""}


def test_a_fill_up_and_work_of_one_table_are_both_kept() -> None:
    plan = planned(
        app({**GAS, "Octane": "87", "Gas Brand": "Shell"}, {**OIL, "Notes": "n", "Location": "Joe's"}), **US
    )
    assert (plan.format, codes(plan)) == ("fuelly-app", [])
    (fill,) = plan.fuel_logs()
    assert (fill.filled_at, fill.has_time, fill.odometer) == (datetime(2024, 3, 1, 18, 30), True, 12345)
    assert (fill.volume, fill.price_per_unit, fill.total_cost) == (12, Decimal("3.259"), Decimal("39.11"))
    assert (fill.odometer_unit, fill.fuel_unit, fill.is_full_tank) == ("mi", "us_gal", True)
    assert (fill.fuel_grade, fill.location) == ("87", "Shell")
    (done,) = plan.maintenance_logs()
    assert str(done.work) == "routine_maintenance:Engine Oil,Tires"
    assert (done.amount, done.odometer, done.odometer_unit) == (Decimal("1059.99"), 12345, "mi")
    assert (done.title, done.notes, done.shop_name) == ("Oil Change, Tire Rotation", "n", "Joe's")
    owner = Owner()
    result = owner.apply(plan)
    assert (result.added, result.maintenance_added, [car.nickname for car in result.vehicles]) == (
        1,
        1,
        ["Bee"],
    )
    assert owner.apply(plan).maintenance_added == 0


def test_columns_are_found_by_their_place_where_titles_are_others() -> None:
    titles = APP_TITLES.replace("MPG", "L/100km").replace("Price", "Prijs").replace("Gallons", "Litres")
    cells = {**GAS, "Prijs": GAS["Price"], "Litres": "40.5"}
    text = app(
        {name: value for name, value in cells.items() if name not in ("Price", "Gallons")}, titles=titles
    )
    (fill,) = planned(text).fuel_logs()
    assert (fill.price_per_unit, fill.volume, fill.fuel_unit, fill.odometer_unit) == (
        Decimal("3.259"),
        Decimal("40.5"),
        "L",
        "km",
    )


def test_a_gallon_is_asked_about_only_where_fuel_was_bought() -> None:
    with pytest.raises(ImportNeeds) as caught:
        planned(app(GAS))
    assert [need.option for need in caught.value.needs] == ["fuel_unit"]
    assert planned(app(OIL)).counts.maintenance_planned == 1


def test_numbers_that_prove_no_sign_are_asked_about() -> None:
    with pytest.raises(ImportNeeds) as caught:
        planned(app({**OIL, "Total Cost": "5"}), **US)
    assert [need.option for need in caught.value.needs] == ["decimal_sign"]


def test_expenses_are_other_costs_and_anything_else_is_named() -> None:
    plan = planned(app({**OIL, "Type": "Expense"}, {**OIL, "Type": "Trip"}), **US)
    assert (plan.counts.other_costs, plan.counts.maintenance_logs) == (1, 0)
    assert [(f.code, f.severity, f.line, f.value) for f in plan.findings] == [
        ("unknown_record", "error", 3, "Trip")
    ]


def test_a_time_that_is_none_leaves_the_day() -> None:
    (fill,) = planned(app({**GAS, "Time": "late"}), **US).fuel_logs()
    assert (fill.filled_at, fill.has_time) == (datetime(2024, 3, 1), False)


def services(*rows: dict[str, Any]) -> str:
    usual = {"car_name": "Bee", "odometer": "1000.0", "service_date": "2024-03-01", "service_type": "service"}
    lines = [row(SERVICES_TITLES, **{**usual, **cells}) for cells in rows]
    return "\n".join([SERVICES_TITLES, *lines]) + "\n"


def test_the_websites_work_is_read_in_its_own_words() -> None:
    plan = planned(
        services(
            {"sub_service_types": "air_filter,engine_oil", "price": "32.00", "notes": "5w30"},
            {"sub_service_types": "Magic Potion,tires"},
            {"service_type": "expense", "sub_service_types": "parking", "price": "2"},
            {"service_type": "bought", "price": "1050"},
            {"sub_service_types": "car_wash", "price": "3"},
        ),
        distance_unit="km",
    )
    assert plan.format == "fuelly-services"
    (done,) = plan.maintenance_logs()
    assert str(done.work) == "routine_maintenance:Air Filter Element,Engine Oil"
    assert (done.odometer, done.odometer_unit, done.amount, done.notes) == (1000, "km", 32, "5w30")
    assert (plan.counts.other_costs, plan.counts.maintenance_logs) == (3, 2)
    assert [one.word for one in plan.unknown_work] == ["Magic Potion"]
    again = planned(
        services({"sub_service_types": "Magic Potion,tires"}), distance_unit="km", work={"magic potion": "-"}
    )
    assert [str(entry.work) for entry in again.maintenance_logs()] == ["routine_maintenance:Tires"]


def test_a_row_of_the_website_of_no_known_kind_is_named() -> None:
    plan = planned(services({"service_type": "Repair", "sub_service_types": "tires"}), distance_unit="km")
    (finding,) = [one for one in plan.findings if one.code == "unknown_record"]
    assert (finding.severity, finding.value, plan.counts.other_costs) == ("error", "Repair", 0)


def test_the_website_does_not_name_its_unit_of_distance() -> None:
    text = services({"sub_service_types": "tires"})
    with pytest.raises(ImportNeeds) as caught:
        planned(text)
    assert [need.option for need in caught.value.needs] == ["distance_unit"]
    assert codes(planned(text, unit_system="metric")) == ["unit_assumed"]
