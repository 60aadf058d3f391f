"""Files that other people's applications wrote, beside the project where there are some."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from motovault.domain.user_preferences import schema_defaults
from motovault.importers import (
    ColumnMapping,
    ImportNeeds,
    ImportOptions,
    ImportPlan,
    UnknownFormat,
    plan_import,
)
from tests.importers.files import Owner, codes

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
EXPECTED_FILE = SAMPLES / "expected.json"
EXPECTED: dict[str, Any] = json.loads(EXPECTED_FILE.read_text("utf-8")) if EXPECTED_FILE.exists() else {}

pytestmark = pytest.mark.skipif(not EXPECTED, reason="no samples beside the project")

US = {"distance_unit": "mi", "fuel_unit": "us_gal"}
METRIC = {"distance_unit": "km", "fuel_unit": "L"}
OPTIONS: dict[str, dict[str, Any]] = {
    "fuelly/web-fuelups-scion-CR-excel.csv": {"fuel_unit": "us_gal"},
    "lubelogger/mile-gas-enus-bom-crlf.csv": US,
    "lubelogger/nextfleet-fuel-dede.csv": METRIC,
    "lubelogger/nextfleet-service-dede.csv": {"distance_unit": "km", "record_kind": "service"},
    "fuelly/app-gas-service.csv": {"fuel_unit": "us_gal"},
}
UNITS = {"gal_us": "us_gal", "gal_uk": "imp_gal", "litres": "L", "kg": "kg"}
OURS = ("fuelio", "fuelly-web", "fuelly-app", "lubelogger-gas", "lubelogger-service")

MINE = [name for name, expected in EXPECTED.items() if expected.get("format") in OURS]
OTHERS = [name for name, expected in EXPECTED.items() if "format" in expected and name not in MINE]


def plan_of(name: str, **options: Any) -> ImportPlan:
    return plan_import(SAMPLES / name, options=ImportOptions(**{**OPTIONS.get(name, {}), **options}))


def volumes(expected: dict[str, str]) -> dict[str, Decimal]:
    return {UNITS[unit]: Decimal(value) for unit, value in expected.items() if unit in UNITS}


@pytest.mark.parametrize("name", MINE)
def test_a_sample_gives_what_a_careful_reader_counted(name: str) -> None:
    expected, plan = EXPECTED[name], plan_of(name)
    summary, counts = plan.summary(), plan.counts
    for key in (
        "format",
        "vehicles",
        "vehicle_names",
        "fuel_logs",
        "partial",
        "missed",
        "first_date",
        "last_date",
    ):
        if key in expected:
            assert summary[key] == expected[key], key
    for key in ("maintenance_logs", "schedules", "other_costs"):
        assert summary[key] == expected.get(key, 0), key
    assert summary["duplicates"] == expected.get("duplicate_rows_same_date_odo_qty", 0)
    assert counts.volume == volumes(expected.get("volume", {}))
    if "volume_litres" in expected:
        assert summary["volume_litres"] == expected["volume_litres"].split()[0]
    if "fuel_cost_total" in expected:
        assert summary["fuel_cost"] == expected["fuel_cost_total"]
        assert counts.fuel_logs_without_cost == expected["fuel_logs_without_cost"]
    if "maintenance_cost_total" in expected:
        assert counts.maintenance_cost == Decimal(expected["maintenance_cost_total"])
    odometer = expected["odometer"]
    assert (counts.odometer_min, counts.odometer_max) == (Decimal(odometer["min"]), Decimal(odometer["max"]))
    assert counts.odometer_unknown == odometer.get("null", 0)
    for tank, want in expected.get("by_tank", {}).items():
        found = counts.by_tank[int(tank)]
        assert (found.fuel_logs, found.volume) == (want["logs"], volumes(want))


@pytest.mark.parametrize("name", MINE)
def test_a_sample_is_kept_whole_and_only_once(name: str) -> None:
    expected = EXPECTED[name]
    owner, plan = Owner(), plan_of(name, time_zone="Europe/Rome", vehicle_name="mine")
    assert owner.apply(plan).added == expected["fuel_logs"]
    assert owner.apply(plan).added == 0
    kept = owner.logs()
    assert len(kept) == expected["fuel_logs"]
    if "fuel_cost_total_if_rounded_per_row" in expected:
        costs = [log.total_cost for log in kept if log.total_cost is not None]
        assert sum(costs) == Decimal(expected["fuel_cost_total_if_rounded_per_row"])
    if "exclude_distance_total" in expected:
        assert sum(log.excluded_distance or 0 for log in kept) == Decimal(expected["exclude_distance_total"])


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_of_another_application_is_recognised_and_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownFormat) as caught:
        plan_of(name)
    assert caught.value.recognised


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        # One fill-up; the only cost is 0 with a date to be reminded at: a reminder, no cost.
        ("fuelio/tigattack-mi-litres.csv", {}, {"fuel_logs": 1, "schedules": 1, "other_costs": 0}),
        ("fuelio/headless-log-resaved.csv", {}, {"fuel_logs": 49, "partial": 49, "volume_litres": "533.300"}),
        # Two entries were submitted twice.
        ("fuelly/web-fuelups-tundra.csv", {"fuel_unit": "us_gal"}, {"fuel_logs": 64, "duplicates": 2}),
        (
            "fuelly/web-fuelups-3cars-subset-mdy.csv",
            US,
            {"fuel_logs": 422, "vehicles": 3, "first_date": "2012-09-27"},
        ),
        # A fill-up of 0 gallons; one without a quantity and one on 31 April.
        (
            "lubelogger/mygarage-fuel-enus.csv",
            US,
            {"fuel_logs": 2, "partial": 1, "missed": 1, "fuel_cost": "90.12"},
        ),
        ("lubelogger/nextfleet-fuel-enus.csv", US, {"fuel_logs": 2, "partial": 1, "fuel_cost": "81.70"}),
        (
            "lubelogger/nextfleet-service-enus.csv",
            {"distance_unit": "mi", "record_kind": "service"},
            {"maintenance_logs": 5, "maintenance_planned": 3, "fuel_logs": 0},
        ),
        (
            "real/services_vitominheere.csv",
            {"distance_unit": "km"},
            {"maintenance_logs": 6, "maintenance_planned": 3, "other_costs": 7, "vehicles": 1},
        ),
        (
            "real/fuelio_punto_bifuel_pignatta.csv",
            {},
            {"fuel_logs": 397, "maintenance_logs": 49, "partial": 38},
        ),
        ("real/fuelio_wagonr_santattech.csv", {}, {"fuel_logs": 49, "partial": 49}),
        ("real/fuelly_quest_robhanssen.csv", {"fuel_unit": "us_gal"}, {"fuel_logs": 356}),
        ("real/fuelly_vstrom_vitominheere.csv", {}, {"fuel_logs": 23, "volume_litres": "322.023"}),
    ],
)
def test_a_sample_without_expectations_gives_what_counting_its_lines_gives(
    name: str, options: dict[str, Any], expected: dict[str, object]
) -> None:
    plan = plan_of(name, **options)
    assert {key: plan.summary()[key] for key in expected} == expected


def test_rows_that_cannot_be_fill_ups_are_named_with_line_column_and_value() -> None:
    plan = plan_of("lubelogger/nextfleet-fuel-enus.csv", **US)
    found = [(f.code, f.line, f.column, f.value) for f in plan.findings if f.severity == "error"]
    assert found == [
        ("no_quantity", 4, "FuelConsumed", ""),
        ("bad_date", 5, "Date", "4/31/2026 12:00:00 AM"),
    ]


def test_a_longer_export_of_the_same_cars_adds_only_what_is_new() -> None:
    owner = Owner()
    first = plan_of("real/fuelly_all_robhanssen.csv", **US)
    assert owner.apply(first).added == 422
    # 51 later fill-ups, and one whose odometer was corrected: in a file without ids that is another row.
    for name, new in (("quest", 76), ("altima2013", 51 + 1), ("altima2008", 0)):
        later = plan_of(f"real/fuelly_{name}_robhanssen.csv", fuel_unit="us_gal")
        result = owner.apply(later)
        assert (result.added, result.vehicles_added) == (new, ())


UK = ColumnMapping(
    filled_at="Date",
    odometer="Mileage",
    volume="Liters",
    price_per_unit="PPL",
    price_divisor=100,
    total_cost="Price",
    fuel_grade="Fuel Type",
    full="Filled Tank",
)
LEDGER = ColumnMapping(
    filled_at="date",
    odometer="odometer",
    volume="gallons",
    total_cost="cost",
    notes="notes",
    partial="partial_fuelup",
    missed="missed_fuelup",
)
API = ColumnMapping(
    filled_at="date", odometer="mileage", volume="volume", total_cost="price", partial="partial", notes="note"
)


@pytest.mark.parametrize(
    ("name", "mapping", "options", "fuel_logs", "unknown"),
    [
        ("real/manual_uk_jreaso.csv", UK, {"distance_unit": "mi"}, 32, 0),
        ("real/ledger_matrix_mkoltsov.csv", LEDGER, US, 156, 39),
        ("real/fuellyapi_car_vitominheere.csv", API, METRIC, 54, 0),
    ],
)
def test_a_table_of_ones_own_is_read_through_a_mapping(
    name: str, mapping: ColumnMapping, options: dict[str, Any], fuel_logs: int, unknown: int
) -> None:
    plan = plan_of(name, mapping=mapping, **options)
    assert plan.format == "csv"
    assert plan.counts.fuel_logs == fuel_logs
    assert "bad_number" not in codes(plan)
    assert plan.counts.odometer_unknown == unknown


def test_thousands_in_the_odometer_and_pence_in_the_price_are_understood() -> None:
    plan = plan_of("real/manual_uk_jreaso.csv", mapping=UK, distance_unit="mi")
    first = next(plan.fuel_logs())
    assert (first.odometer, first.price_per_unit, first.total_cost) == (
        Decimal(47671),
        Decimal("1.399"),
        Decimal("31.39"),
    )
    assert str(first.filled_at.date()) == "2022-12-20"


def test_a_german_file_is_not_kept_in_miles_for_an_owner_who_chose_nothing() -> None:
    for name in ("mile-gas-enus-bom-crlf.csv", "mygarage-fuel-enus.csv", "nextfleet-fuel-enus.csv"):
        plan = plan_import(SAMPLES / "lubelogger" / name, options=ImportOptions.for_owner(schema_defaults()))
        assert plan.counts.fuel_logs, name
        assert codes(plan).count("unit_assumed") == 2, name
    with pytest.raises(ImportNeeds) as caught:
        plan_import(
            SAMPLES / "lubelogger" / "nextfleet-fuel-dede.csv",
            options=ImportOptions.for_owner(schema_defaults()),
        )
    assert [need.option for need in caught.value.needs] == ["distance_unit", "fuel_unit"]
