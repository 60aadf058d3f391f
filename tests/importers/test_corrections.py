"""A row that says something else on a second import is left as kept, and pointed out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

import motovault
from motovault.importers import ImportOptions

HEADER = (
    "## Vehicle\nName,Description,DistUnit,FuelUnit,ConsumptionUnit,ImportCSVDateFormat,VIN,Insurance,Plate,"
    "Make,Model,Year,TankCount,Tank1Type,Tank2Type\nVan,,0,0,0,yyyy-MM-dd,,,AB 12,,,,1,100,0\n"
    "## Log\nData,Odo (km),Fuel (litres),Full,Price (optional),l/100km (optional),latitude (optional),"
    "longitude (optional),City (optional),Notes (optional),Missed,TankNumber,FuelType,VolumePrice,"
    "StationID (optional),ExcludeDistance,UniqueId,TankCalc\n"
)


def van(*rows: tuple[int, str]) -> bytes:
    lines = [
        f"2026-01-{n:02} 12:00,{1000 + 500 * n},{litres},1,50.00,,,,,secret note,0,1,110,,0,0.0,{n},0.0"
        for n, litres in rows
    ]
    return (HEADER + "\n".join(lines) + "\n").encode()


@pytest.fixture
def garage() -> motovault.Garage:
    return motovault.open_vault("memory:").garage("ana")


def differences(result: object) -> list[motovault.Finding]:
    return [finding for finding in result.findings if finding.code == "kept_differs"]  # type: ignore[attr-defined]


def test_a_corrected_row_is_pointed_out_and_left_as_kept(garage: motovault.Garage) -> None:
    garage.import_file(van((1, "30"), (2, "31")))
    again = garage.import_file(van((1, "30"), (2, "39.5"), (3, "32")))
    assert again.added == 1
    (finding,) = differences(again)
    assert (finding.field, finding.value, finding.severity) == ("volume", "39.5", "warning")
    assert finding.line == 7  # type: ignore[attr-defined]
    assert "31" in finding.message
    assert "secret" not in finding.message
    (car,) = garage.vehicles.list()
    assert [log.volume for log in garage.fuel_logs.list(car.id)] == [30, 31, 32]


def test_the_same_rows_again_are_no_finding(garage: motovault.Garage) -> None:
    garage.import_file(van((1, "30"), (2, "31")))
    assert differences(garage.import_file(van((2, "31.0"), (1, "30.00")))) == []


def test_other_units_on_a_second_import_are_told_row_by_row(garage: motovault.Garage) -> None:
    gas = b"Date,Odometer,FuelConsumed,Cost,FuelEconomy,IsFillToFull,MissedFuelUp,Notes,Tags\n"
    gas += b"3/14/2026,52000,10.5,42.50,0,True,False,,\n3/28/2026,52310,9.8,39.20,31.6,True,False,,\n"
    miles = ImportOptions(distance_unit="mi", fuel_unit="us_gal", vehicle_name="Bus")
    garage.import_file(gas, miles)
    again = garage.import_file(gas, ImportOptions(distance_unit="km", fuel_unit="L", vehicle_name="Bus"))
    assert again.added == 0
    assert {finding.field for finding in differences(again)} == {"odometer_unit", "fuel_unit"}


def test_a_log_changed_by_hand_is_kept_and_told(garage: motovault.Garage) -> None:
    garage.import_file(van((1, "30"), (2, "31")))
    (car,) = garage.vehicles.list()
    first, _ = garage.fuel_logs.list(car.id)
    garage.fuel_logs.change(first.id, filled_at=datetime(2026, 1, 1, 18, tzinfo=UTC))
    (finding,) = differences(garage.import_file(van((1, "30"), (2, "31"))))
    assert (finding.field, finding.subject) == ("filled_at", str(first.id))
    assert garage.fuel_logs.get(first.id).volume == Decimal(30)


def test_many_differences_are_counted_right(garage: motovault.Garage) -> None:
    gas = "Date,Odometer,FuelConsumed,Cost,FuelEconomy,IsFillToFull,MissedFuelUp,Notes,Tags\n"
    rows = "".join(f"3/14/2026,{52000 + n},10.5,42.50,0,True,False,,\n" for n in range(130))
    miles = ImportOptions(distance_unit="mi", fuel_unit="us_gal", vehicle_name="Bus")
    garage.import_file((gas + rows).encode(), miles)
    litres = ImportOptions(distance_unit="mi", fuel_unit="L", vehicle_name="Bus")
    found = garage.import_file((gas + rows).encode(), litres).findings
    assert sum(finding.code == "kept_differs" for finding in found) == 100
    assert any("30 more" in finding.message for finding in found)
