"""Any table, through a declared mapping of its columns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from motovault.errors import InvalidValue
from motovault.importers import ColumnMapping, ImportNeeds, ImportPlan
from tests.importers.files import codes, planned

METRIC = {"distance_unit": "km", "fuel_unit": "L"}


def mapped(text: str, options: dict[str, Any] | None = None, **columns: Any) -> ImportPlan:
    columns = {"filled_at": "day", "volume": "amount", **columns}
    return planned(text, mapping=ColumnMapping(**columns), **(METRIC if options is None else options))


def test_every_field_can_be_mapped() -> None:
    text = (
        "day;at;amount;dial;trip;each;paid;brim;gap;hitch;cell;other;what;octane;place;said;car;money;soc1;soc2;key\n"
        "17.05.2024;18:42;38,11;81.234,5;412,5;1,749;66,65;Ja;nein;JA;2;35;diesel;#2;Ulm;hallo;Bus;CHF;10%;80;a7\n"
    )
    plan = mapped(
        text,
        time="at",
        odometer="dial",
        trip_distance="trip",
        price_per_unit="each",
        total_cost="paid",
        full="brim",
        missed="gap",
        towing="hitch",
        tank="cell",
        excluded_distance="other",
        fuel_type="what",
        fuel_grade="octane",
        location="place",
        notes="said",
        vehicle="car",
        currency_code="money",
        charge_start_percent="soc1",
        charge_end_percent="soc2",
        source_id="key",
        true_words=["ja"],
        false_words=["nein"],
    )
    (found,) = plan.fuel_logs()
    assert (found.filled_at, found.has_time) == (datetime(2024, 5, 17, 18, 42), True)
    assert (found.volume, found.odometer, found.trip_distance) == (
        Decimal("38.11"),
        Decimal("81234.5"),
        Decimal("412.5"),
    )
    assert (found.price_per_unit, found.total_cost, found.currency_code) == (
        Decimal("1.749"),
        Decimal("66.65"),
        "CHF",
    )
    assert (found.is_full_tank, found.missed_previous, found.is_towing, found.tank) == (True, False, True, 2)
    assert (found.excluded_distance, found.fuel_type, found.fuel_grade) == (Decimal(35), "diesel", "#2")
    assert (found.location, found.notes, found.source_key) == ("Ulm", "hallo", "id:a7")
    assert (found.charge_start_percent, found.charge_end_percent) == (10, 80)
    assert [vehicle.name for vehicle in plan.vehicles] == ["Bus"]
    assert not plan.findings


def test_columns_can_be_named_by_position_and_a_table_can_lack_a_header() -> None:
    plan = mapped(
        "2024-05-01,40,1000\n2024-05-02,41,1400\n", filled_at=0, volume=1, odometer=2, has_header=False
    )
    assert [(entry.line, entry.volume) for entry in plan.fuel_logs()] == [(1, 40), (2, 41)]


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"odometer": "nowhere"}, "stands in no column's title"),
        ({"odometer": "twice"}, "is the title of 2 columns"),
        ({"odometer": 9}, "must be below 4"),
        ({"odometer": "day", "has_header": False, "filled_at": 0, "volume": 1}, "no header"),
    ],
)
def test_a_mapping_that_does_not_fit_the_table_is_refused(columns: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidValue, match=rule) as caught:
        mapped("day,amount,twice,twice\n2024-05-01,40,1,1\n", **columns)
    assert caught.value.field == "mapping.odometer"


@pytest.mark.parametrize("value", ["", True, -1, 1.5, 10_000])
def test_a_column_is_a_title_or_a_position(value: Any) -> None:
    with pytest.raises(InvalidValue):
        ColumnMapping(filled_at=value, volume=1)


@pytest.mark.parametrize("divisor", [0, -1, 1.5, "x"])
def test_a_divisor_is_an_exact_number_above_0(divisor: Any) -> None:
    with pytest.raises(InvalidValue):
        ColumnMapping(filled_at=0, volume=1, price_divisor=divisor)


def test_units_can_stand_in_columns_and_titles() -> None:
    plan = mapped("day,amount,unit,dial,miles?\n2024-05-01,40,L,1000,mi\n2024-05-02,9,US gal,1500,km\n", {},
                  fuel_unit="unit", odometer="dial", odometer_unit="miles?")  # fmt: skip
    assert [(entry.fuel_unit, entry.odometer_unit) for entry in plan.fuel_logs()] == [
        ("L", "mi"),
        ("us_gal", "km"),
    ]
    titled = mapped(
        "day,Litres,Odometer (mi)\n2024-05-01,40,1000\n", {}, volume="litres", odometer="odometer (MI)"
    )
    (found,) = titled.fuel_logs()
    assert (found.fuel_unit, found.odometer_unit) == ("L", "mi")


def test_a_row_without_its_unit_of_fuel_is_left_out() -> None:
    plan = mapped("day,amount,unit\n2024-05-01,40,gal\n2024-05-01,41,L\n", {}, fuel_unit="unit")
    assert (plan.counts.fuel_logs, codes(plan)) == (1, ["unknown_unit"])


def test_without_any_word_on_full_all_are_full_and_with_a_column_an_empty_cell_is_not() -> None:
    rows = "day,amount,brim\n2024-05-01,40,y\n2024-05-02,40,\n"
    assert [entry.is_full_tank for entry in mapped(rows).fuel_logs()] == [True, True]
    assert [entry.is_full_tank for entry in mapped(rows, full="brim").fuel_logs()] == [True, False]
    assert [entry.is_full_tank for entry in mapped(rows, partial="brim").fuel_logs()] == [False, True]


def test_pence_become_pounds() -> None:
    plan = mapped("day,amount,ppl\n2024-05-01,40,139.9\n", price_per_unit="ppl", price_divisor=100)
    assert next(plan.fuel_logs()).price_per_unit == Decimal("1.399")


def test_units_are_asked_for_only_where_they_matter() -> None:
    with pytest.raises(ImportNeeds) as caught:
        mapped("day,amount\n2024-05-01,40\n", {})
    assert [need.option for need in caught.value.needs] == ["fuel_unit"]


def test_a_declared_delimiter_and_encoding_hold() -> None:
    text = "day|amount|said\n2024-05-01|40|Łódź\n".encode("cp1250")
    plan = planned(
        text,
        mapping=ColumnMapping(filled_at="day", volume="amount", notes="said"),
        delimiter="|",
        encoding="cp1250",
        **METRIC,
    )
    assert next(plan.fuel_logs()).notes == "Łódź"


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("time", "25:00", "bad_time"),
        ("tank", "left", "bad_tank"),
        ("fuel_type", "water", "unknown_fuel_type"),
        ("currency_code", "euros", "bad_currency"),
        ("full", "perhaps", "unknown_word"),
        ("odometer_unit", "furlongs", "unknown_unit"),
    ],
)
def test_a_word_that_means_nothing_is_reported_and_the_row_stays(column: str, cell: str, code: str) -> None:
    plan = mapped(f"day,amount,x\n2024-05-01,40,{cell}\n", **{column: "x"})
    (finding,) = plan.findings
    assert (finding.code, finding.line, finding.column, finding.value) == (code, 2, "x", cell)
    assert plan.counts.fuel_logs == 1


def test_an_id_that_repeats_still_keeps_both_rows() -> None:
    plan = mapped("day,amount,id\n2024-05-01,40,1\n2024-06-01,41,1\n", source_id="id")
    assert [entry.source_key for entry in plan.fuel_logs()] == ["id:1", "id:1#2"]


def test_units_are_assumed_with_a_warning_but_not_against_the_notation_of_the_table() -> None:
    american = mapped("day,amount,dial\n5/17/2024,10.5,81234\n", {"unit_system": "imperial"}, odometer="dial")
    assert [(f.code, f.severity, f.field) for f in american.findings] == [
        ("unit_assumed", "warning", "distance_unit"),
        ("unit_assumed", "warning", "fuel_unit"),
    ]
    german = "day;amount;dial\n17.05.2024;40,5;81234\n"
    with pytest.raises(ImportNeeds) as caught:
        mapped(german, {"unit_system": "imperial"}, odometer="dial")
    assert [need.option for need in caught.value.needs] == ["distance_unit", "fuel_unit"]
    named = german.replace("dial", "dial (km)").replace("amount", "amount (l)")
    plan = mapped(named, {"unit_system": "imperial"}, volume="amount (l)", odometer="dial (km)")
    assert (plan.counts.fuel_logs, plan.findings) == (1, ())
