"""Fuel-ups of the Fuelly website: units in the header, several cars, no totals."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from motovault.importers import ImportNeeds
from tests.importers.files import FUELLY_TITLES, codes, planned

ROW = (
    'Blue,Ranger,20.1,1300.0,300,12.5,3.999,50,{date},2014-07-06 23:06,"a b","a, b",'
    "{missed},{partial},45.1,-0.2"
)


def text(
    *dates: str,
    miles: str = "miles",
    gallons: str = "gallons",
    mpg: str = "mpg",
    missed: str = "0",
    partial: str = "0",
) -> str:
    titles = FUELLY_TITLES.replace(" miles", f" {miles}").replace("gallons", gallons).replace("mpg", mpg)
    rows = [ROW.format(date=date, missed=missed, partial=partial) for date in dates or ("2014-07-07",)]
    return "\n".join([titles, *rows]) + "\n"


def test_a_fuel_up_arrives_with_everything_its_row_says() -> None:
    (found,) = planned(text(), fuel_unit="us_gal").fuel_logs()
    assert (found.filled_at, found.has_time) == (datetime(2014, 7, 7), False)
    assert (found.odometer, found.trip_distance, found.odometer_unit) == (
        Decimal("1300.0"),
        Decimal(300),
        "mi",
    )
    assert (found.volume, found.fuel_unit, found.price_per_unit) == (
        Decimal("12.5"),
        "us_gal",
        Decimal("3.999"),
    )
    assert found.total_cost == Decimal("49.9875")
    assert (found.is_full_tank, found.missed_previous) == (True, False)
    assert (found.notes, found.location) == ("a, b", "(45.1, -0.2)")


def test_partial_and_missed_are_kept() -> None:
    plan = planned(text(partial="1", missed="1"), fuel_unit="us_gal")
    (found,) = plan.fuel_logs()
    assert (found.is_full_tank, found.missed_previous) == (False, True)
    assert (plan.counts.partial, plan.counts.missed) == (1, 1)


@pytest.mark.parametrize("economy", ["mpg", "l/100km", "km/l"])
@pytest.mark.parametrize(("distance", "distance_unit"), [("miles", "mi"), ("km", "km")])
@pytest.mark.parametrize(("fuel", "fuel_unit"), [("gallons", "imp_gal"), ("litres", "L"), ("liters", "L")])
def test_the_header_names_both_units_independently(
    economy: str, distance: str, distance_unit: str, fuel: str, fuel_unit: str
) -> None:
    declared = {"fuel_unit": "imp_gal"} if fuel == "gallons" else {}
    (found,) = planned(text(miles=distance, gallons=fuel, mpg=economy), **declared).fuel_logs()
    assert (found.odometer_unit, found.fuel_unit) == (distance_unit, fuel_unit)


def test_which_gallon_is_asked_for_unless_the_owner_is_imperial() -> None:
    for system in (None, "metric"):
        with pytest.raises(ImportNeeds) as caught:
            planned(text(), unit_system=system)
        assert [(need.option, need.choices) for need in caught.value.needs] == [
            ("fuel_unit", ("us_gal", "imp_gal"))
        ]
    plan = planned(text(), unit_system="imperial")
    assert next(plan.fuel_logs()).fuel_unit == "us_gal"
    assert codes(plan) == ["unit_assumed"]


def test_a_declaration_against_the_header_is_reported_and_does_not_hold() -> None:
    plan = planned(text(gallons="litres"), fuel_unit="us_gal", distance_unit="km")
    (found,) = plan.fuel_logs()
    assert (found.odometer_unit, found.fuel_unit) == ("mi", "L")
    assert codes(plan) == ["declaration_contradicted", "declaration_contradicted"]


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("10/25/13", "3/4/14"), datetime(2013, 10, 25)),
        (("25/10/13", "3/4/14"), datetime(2013, 10, 25)),
        (("10-24-2012", "11-07-2012"), datetime(2012, 10, 24)),
        (("3/4/2014", "2014-05-25"), None),
        (("25/10/13", "10/25/13"), None),
    ],
)
def test_the_order_of_day_and_month_is_proven_by_the_column_or_asked_for(
    dates: tuple[str, ...], first: datetime | None
) -> None:
    if first is None:
        with pytest.raises(ImportNeeds, match="date_order"):
            planned(text(*dates), fuel_unit="us_gal")
    else:
        assert next(planned(text(*dates), fuel_unit="us_gal").fuel_logs()).filled_at == first


def test_a_declared_order_holds_where_the_column_contradicts_itself() -> None:
    plan = planned(text("25/10/13", "10/25/13", "3/4/13"), fuel_unit="us_gal", date_order="DMY")
    assert [entry.filled_at.month for entry in plan.fuel_logs()] == [10, 4]
    assert codes(plan) == ["declaration_contradicted", "bad_date"]


def test_a_trip_a_price_and_an_odometer_of_0_are_unknown() -> None:
    row = "Blue,Ranger,0,0,0,12.5,0,50,2014-07-07,,,,0,0,,"
    plan = planned(FUELLY_TITLES + "\n" + row + "\n", fuel_unit="us_gal")
    (found,) = plan.fuel_logs()
    assert (found.odometer, found.trip_distance, found.price_per_unit, found.total_cost) == (
        None,
        None,
        None,
        None,
    )
    assert plan.counts.fuel_logs_without_cost == 1


def test_cars_of_one_file_are_kept_apart() -> None:
    titles = "car_name,model,fuelup_date,odometer,miles,gallons,price"
    rows = ["A,Opel,2020-01-01,100,10,5,1", "B,Fiat,2020-01-01,100,10,5,1", "A,Opel,2020-01-01,100,10,5,1"]
    plan = planned("\n".join([titles, *rows]), fuel_unit="us_gal")
    assert [vehicle.name for vehicle in plan.vehicles] == ["A", "B"]
    assert [entry.vehicle for entry in plan.fuel_logs()] == [0, 1, 0]
    # Only the same car twice is a duplicate.
    assert (plan.counts.duplicates, plan.counts.by_vehicle) == (1, {0: 2, 1: 1})
    assert [finding.line for finding in plan.findings] == [4]


def test_without_a_trip_column_the_economy_tells_the_distance_unit() -> None:
    row = "car_name,model,{},fuelup_date,odometer,litres,price\nA,B,1,2020-01-01,100,5,1\n"
    for economy, unit in (("l/100km", "km"), ("mpg", "mi")):
        (found,) = planned(row.format(economy)).fuel_logs()
        assert found.odometer_unit == unit


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings_change_nothing(ending: str, encoding: str) -> None:
    content = text("2014-07-07", "2014-02-30").replace("a, b", "café").replace("\n", ending).encode(encoding)
    plan = planned(content, fuel_unit="us_gal")
    assert next(plan.fuel_logs()).notes == "café"
    assert [(finding.code, finding.line) for finding in plan.findings if finding.line] == [("bad_date", 3)]
