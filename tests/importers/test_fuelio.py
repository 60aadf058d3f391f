"""Fuelio's backups: every section, both tanks, and what spreadsheets do to them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from motovault.importers import ImportNeeds, ImportPlan, PlannedFuelLog, UnreadableSource
from tests.importers.files import LOG_TITLES, VEHICLE_TITLES, codes, cost, fuelio, log, planned


def only(plan: ImportPlan) -> PlannedFuelLog:
    (found,) = plan.fuel_logs()
    return found


def test_a_fill_up_arrives_with_everything_its_row_says() -> None:
    filled = log(
        data="2024-05-17 18:42",
        odo="81234.5",
        **{"fuel (": "38.114"},
        price="66.32",
        volumeprice="1.74",
        latitude="45.07",
        longitude="7.69",
        city="Torino - Q8",
        notes="before\n\nthe trip",
        missed=1,
        excludedistance="35.0",
        uniqueid=7,
    )
    found = only(planned(fuelio([filled])))
    assert (found.filled_at, found.has_time) == (datetime(2024, 5, 17, 18, 42), True)
    assert (found.odometer, found.odometer_unit) == (Decimal("81234.5"), "km")
    assert (found.volume, found.fuel_unit) == (Decimal("38.114"), "L")
    assert (found.total_cost, found.price_per_unit) == (Decimal("66.32"), Decimal("1.74"))
    assert (found.is_full_tank, found.missed_previous, found.tank) == (True, True, 1)
    assert (found.fuel_type, found.fuel_grade) == ("gasoline", "95")
    assert (found.location, found.notes) == ("Torino - Q8 (45.07, 7.69)", "before\n\nthe trip")
    assert (found.excluded_distance, found.source_key) == (Decimal("35.0"), "id:log:7")


@pytest.mark.parametrize(("full", "is_full"), [("1", True), ("0", False), ("2", False)])
def test_only_1_is_full(full: str, is_full: bool) -> None:
    plan = planned(fuelio([log(full=full)]))
    assert only(plan).is_full_tank is is_full
    assert plan.counts.partial == (not is_full)


@pytest.mark.parametrize(
    ("title", "code", "unit"),
    [
        ("Fuel (litres)", 0, "L"),
        ("Fuel (us gallons)", 1, "us_gal"),
        ("Fuel (uk gallons)", 2, "imp_gal"),
        ("kg", 4, "kg"),
        ("kWh", "", "kWh"),
        ("Fuel(litres)", 0, "L"),
        # A gallon that does not say which is told by the vehicle's code.
        ("Fuel (gallons)", 2, "imp_gal"),
        ("Fuel", 1, "us_gal"),
    ],
)
def test_the_header_names_the_unit_of_tank_1(title: str, code: object, unit: str) -> None:
    plan = planned(fuelio([log()], log_titles=LOG_TITLES.replace("Fuel (litres)", title), fuelunit=code))
    assert only(plan).fuel_unit == unit
    assert not plan.findings


def test_a_header_that_contradicts_the_vehicle_holds_and_is_reported() -> None:
    plan = planned(fuelio([log()], distunit=1, fuelunit=2))
    assert (only(plan).odometer_unit, only(plan).fuel_unit) == ("km", "L")
    assert codes(plan) == ["unit_contradiction", "unit_contradiction"]


def test_a_bare_gallon_without_a_code_is_asked_for() -> None:
    text = fuelio([log()], log_titles=LOG_TITLES.replace("Fuel (litres)", "Fuel (gallons)"), fuelunit="")
    with pytest.raises(ImportNeeds) as caught:
        planned(text, unit_system="metric")
    (need,) = caught.value.needs
    assert (need.option, need.choices) == ("fuel_unit", ("us_gal", "imp_gal"))
    assert only(planned(text, fuel_unit="imp_gal")).fuel_unit == "imp_gal"


def test_miles_and_litres_are_independent() -> None:
    plan = planned(fuelio([log()], log_titles=LOG_TITLES.replace("(km)", "(mi)"), distunit=1))
    assert (only(plan).odometer_unit, only(plan).fuel_unit) == ("mi", "L")


def test_tank_2_has_its_own_unit_and_kilograms_are_no_litres() -> None:
    weighed = LOG_TITLES.replace("Fuel (litres)", "kg")
    rows = [
        log(fueltype=501, **{"fuel (": "12.5"}),
        log(fueltype=110, tanknumber=2, odo="1100", **{"fuel (": "30.0"}),
    ]
    plan = planned(
        fuelio(
            rows, log_titles=weighed, fuelunit=4, tankcount=2, tank1type=500, tank2type=100, fuelunittank2=0
        )
    )
    assert plan.counts.volume == {"kg": Decimal("12.5"), "L": Decimal("30.0")}
    assert plan.counts.volume_litres == Decimal("30.0")
    assert [(entry.tank, entry.fuel_type, entry.fuel_unit) for entry in plan.fuel_logs()] == [
        (1, "cng", "kg"),
        (2, "gasoline", "L"),
    ]
    assert {tank: found.fuel_logs for tank, found in plan.counts.by_tank.items()} == {1: 1, 2: 1}


def test_electricity_in_tank_2_is_kilowatt_hours() -> None:
    plan = planned(fuelio([log(tanknumber=2, fueltype=601)], tankcount=2, tank2type=600, fuelunittank2=0))
    assert (only(plan).fuel_unit, only(plan).fuel_type) == ("kWh", "electric")
    assert plan.counts.volume_litres == 0


def test_an_old_file_without_a_unit_for_tank_2_says_what_was_taken() -> None:
    plan = planned(fuelio([log(tanknumber=2)], tankcount=2, fuelunittank2=""))
    assert only(plan).fuel_unit == "L"
    assert codes(plan) == ["unit_assumed"]


@pytest.mark.parametrize(
    ("code", "fuel_type", "grade"),
    [
        (110, "gasoline", "95"),
        (113, "gasoline", "98+"),
        (100, "gasoline", None),
        (204, "diesel", "#2"),
        (305, "ethanol", "E85"),
        (401, "lpg", None),
        (501, "cng", None),
        (602, "electric", None),
        # Unset and unknown: the tank's own type.
        (0, "gasoline", None),
        (-1, "gasoline", None),
        ("", "gasoline", None),
    ],
)
def test_fuel_codes_become_fuel_and_grade(code: object, fuel_type: str, grade: str | None) -> None:
    plan = planned(fuelio([log(fueltype=code)]))
    assert (only(plan).fuel_type, only(plan).fuel_grade) == (fuel_type, grade)
    assert not plan.findings


@pytest.mark.parametrize("code", ["999", "1e3", "abc", "199"])
def test_a_fuel_code_that_nobody_knows_is_reported(code: str) -> None:
    plan = planned(fuelio([log(fueltype=code)]))
    assert codes(plan) == ["unknown_fuel_type"]
    assert plan.findings[0].value == code


@pytest.mark.parametrize("code", [216, 217])
def test_exhaust_fluid_is_not_fuel(code: int) -> None:
    plan = planned(fuelio([log(), log(fueltype=code)]))
    assert (plan.counts.fuel_logs, plan.counts.not_fuel) == (1, 1)
    assert plan.counts.volume_litres == 40
    assert codes(plan) == ["not_fuel"]


@pytest.mark.parametrize(
    ("cells", "counted"),
    [
        ({"costtypeid": 1}, "maintenance_logs"),
        ({"costtypeid": 2, "cost": "0.0"}, "maintenance_logs"),
        ({"costtypeid": 31}, "other_costs"),
        ({"costtypeid": 34}, "other_costs"),
        # 0 with a date to be reminded at is the reminder alone.
        ({"costtypeid": 34, "cost": "0.0", "reminddate": "2024-07-19"}, "schedules"),
        ({"costtypeid": 1, "cost": "0.0", "remindodo": "90000"}, "schedules"),
        ({"istemplate": 1, "repeatmonths": 12}, "schedules"),
        ({"istemplate": 1}, "templates"),
        ({"costtypeid": 1, "isincome": 1}, "income"),
        ({"costtypeid": 5, "cost": "-10"}, "income"),
    ],
)
def test_a_row_of_costs_is_counted_as_what_it_is(cells: dict[str, Any], counted: str) -> None:
    counts = planned(fuelio([log()], [cost(**cells)])).counts
    kinds = ("maintenance_logs", "other_costs", "schedules", "templates", "income")
    assert {kind: getattr(counts, kind) for kind in kinds} == {kind: int(kind == counted) for kind in kinds}


def test_a_paid_cost_with_a_reminder_is_both() -> None:
    counts = planned(fuelio([log()], [cost(reminddate="2025-06-01")])).counts
    assert (counts.maintenance_logs, counts.schedules, counts.maintenance_cost) == (1, 1, Decimal("90.0"))


def test_notes_with_blank_lines_do_not_move_the_lines_that_findings_name() -> None:
    text = fuelio([log(notes="one\n\n\ntwo"), log(data="2024-02-30")])
    plan = planned(text)
    (finding,) = plan.findings
    line = next(number for number, content in enumerate(text.split("\n"), 1) if "2024-02-30" in content)
    assert (finding.code, finding.line, finding.column, finding.value) == (
        "bad_date",
        line,
        "Data",
        "2024-02-30",
    )
    assert plan.counts.fuel_logs == 1


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"fuel (": ""}, "no_quantity"),
        ({"fuel (": "0.0"}, "no_quantity"),
        ({"fuel (": "-4"}, "negative_quantity"),
        ({"fuel (": "full"}, "bad_number"),
        ({"fuel (": "99999999"}, "absurd_quantity"),
        ({"fuel (": "0.0001"}, "absurd_quantity"),
        ({"data": ""}, "missing_date"),
        ({"data": "31.12.2024"}, None),
        ({"data": "2024-04-31"}, "bad_date"),
        ({"data": "0214-04-30"}, "bad_date"),
    ],
)
def test_a_row_that_is_no_fill_up_is_left_out_with_an_error(cells: dict[str, str], code: str | None) -> None:
    plan = planned(fuelio([log(odo="1"), log(**cells)]))
    assert plan.counts.fuel_logs == (2 if code is None else 1)
    assert [(finding.code, finding.severity) for finding in plan.findings] == (
        [(code, "error")] if code else []
    )


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        ({"odo": "12a45"}, "bad_number", "odometer"),
        ({"odo": "-5"}, "negative_number", "odometer"),
        ({"price": "n/a"}, "bad_number", "total_cost"),
        ({"volumeprice": "-1"}, "negative_number", "price_per_unit"),
        ({"odo": "9" * 14}, "absurd_number", "odometer"),
    ],
)
def test_any_other_bad_cell_leaves_its_field_unknown_but_not_the_fuel_out(
    cells: dict[str, str], code: str, field: str
) -> None:
    plan = planned(fuelio([log(**cells)]))
    assert codes(plan) == [code]
    assert getattr(only(plan), field) is None
    assert plan.counts.volume_litres == 40


def test_zero_is_unknown_for_odometer_price_and_coordinates() -> None:
    found = only(
        planned(fuelio([log(odo="0.0", price="0.0", volumeprice="0", latitude="0.0", longitude="0.0")]))
    )
    assert (found.odometer, found.total_cost, found.price_per_unit, found.location) == (
        None,
        None,
        None,
        None,
    )


def test_the_date_format_that_the_vehicle_states_decides_where_the_column_cannot() -> None:
    text = fuelio([log(data="03.04.2024 08:00")], importcsv="dd.MM.yyyy")
    assert only(planned(text)).filled_at == datetime(2024, 4, 3, 8)
    with pytest.raises(ImportNeeds, match="date_order"):
        planned(fuelio([log(data="03.04.2024 08:00")]))


def test_a_station_without_a_city_is_named_by_the_favourites() -> None:
    titles = "NameBrand,Latitude,Longitude,StationID,Description,CountryCode"
    more = f'"## FavStations"\n{titles}\n"Q8 Nord",1,2,77,x,ITA\n'
    assert only(planned(fuelio([log(stationid=77)], more=more))).location == "Q8 Nord"


def test_sections_that_are_not_kept_are_counted_and_unknown_ones_too() -> None:
    more = '"## Pictures"\nFilename,Note,Type,target_id\na.jpg,,1,1\nb.jpg,,1,1\n"## Trips"\nA,B\n1,2\n'
    plan = planned(fuelio([log()], more=more))
    assert plan.skipped == {"pictures": 2, "trips": 1}
    assert codes(plan) == ["section_skipped", "section_skipped"]


def test_the_vehicle_arrives_with_its_names() -> None:
    (vehicle,) = planned(fuelio([log()], make="FIAT", model="Panda", year="2012")).vehicles
    assert (vehicle.name, vehicle.license_plate, vehicle.make) == ("Panda", "GZ 418 KT", "FIAT")
    assert (vehicle.model, vehicle.model_year, vehicle.distance_unit) == ("Panda", 2012, "km")


def test_two_vehicles_in_one_file_are_refused() -> None:
    with pytest.raises(UnreadableSource, match="second vehicle"):
        planned(fuelio([log()]) + fuelio([log()]))


def test_a_section_without_its_columns_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="column 'data'"):
        planned(fuelio(["1,2"], log_titles="Odo,Fuel (litres)"))


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_log_re_saved_alone_by_a_spreadsheet_is_read(delimiter: str) -> None:
    row = "24/08/2024 19:02;8543;11,5;0;1153,25;;0;0;;;0;1;110;100,28;0;0;49;0"
    text = "sep=;\n" * (delimiter == ";") + LOG_TITLES.replace(",", ";") + "\n" + row + "\n"
    found = only(planned(text.replace(";", delimiter)))
    assert (found.filled_at, found.volume) == (datetime(2024, 8, 24, 19, 2), Decimal("11.5"))
    assert (found.total_cost, found.is_full_tank, found.source_key) == (
        Decimal("1153.25"),
        False,
        "id:log:49",
    )


def test_a_spreadsheet_changes_neither_keys_nor_contents() -> None:
    before = list(planned(fuelio([log(uniqueid=3), log(odo="1500.0", data="2024-06-01 09:00")])).fuel_logs())
    resaved = fuelio(
        [log(uniqueid=3, odo="1000"), log(odo="1500", data="2024-06-01 9:00", **{"fuel (": "40"})]
    )
    after = list(planned(resaved.replace("\n", "\r\n").replace('"## Log"', '"## Log",,,,,')).fuel_logs())
    assert [entry.source_key for entry in before] == [entry.source_key for entry in after]


def test_short_rows_are_padded_and_long_ones_reported() -> None:
    short, long = '"2024-05-01 08:00","900","30.0","1"', log() + ',"surplus"'
    plan = planned(fuelio([short, long]))
    assert [entry.volume for entry in plan.fuel_logs()] == [Decimal("30.0"), Decimal("40.0")]
    assert codes(plan) == ["row_too_long"]


def test_a_quote_that_never_closes_is_reported_where_it_opens() -> None:
    text = fuelio([log(), log(odo="1200")])
    plan = planned(
        text
        + '"2024-07-01","1300","20.0","1","30","","","","","no end\n'
        + log(odo="1400").replace('"', "")
        + "\n"
    )
    assert codes(plan) == ["unclosed_quote"]
    assert plan.findings[0].line == text.count("\n") + 1
    assert plan.counts.fuel_logs == 3


def test_empty_sections_and_an_empty_log_are_no_error() -> None:
    plan = planned('"## Vehicle"\n' + VEHICLE_TITLES + '\n"## Log"\n' + LOG_TITLES + '\n"## Costs"\n')
    assert (plan.counts.fuel_logs, len(plan.vehicles)) == (0, 0)
    assert codes(plan) == ["nothing_found"]
