"""Rows: what the Node application wrote loads, what we wrote loses no digit, every combination comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from motovault.domain.fuel_logs import FuelLogId, FuelType
from motovault.domain.odometer import ReadingSource
from motovault.domain.user_preferences import UnitSystem
from motovault.domain.vehicles import VehicleId
from motovault.storage.sql import SqlStore
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, NOON, example_fuel_log

VEHICLE = VehicleId(UUID(int=1))
MOMENT = "2026-03-04T05:06:07.890000+00:00"


def _execute(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _as_another_application(store: SqlStore, columns: str = "", values: str = "") -> None:
    """A vehicle and a log, only of columns that the reference has, only those that are NOT NULL."""
    _execute(
        store,
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{VEHICLE.hex}', '{ANA}', '1M8GDM9AXKP042788')",
        f"INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit{columns})"
        f" VALUES ('{UUID(int=2).hex}', '{ANA}', '{VEHICLE.hex}', '{MOMENT}', 12.5, 3.299{values})",
    )


def test_the_barest_rows_of_another_application_load(store: SqlStore) -> None:
    _as_another_application(store, ", odometer, fuel_type", ", 52000, 'e-fuel'")
    with store.unit_of_work(ANA) as work:
        (vehicle,) = work.vehicles.list_live()
        (log,) = work.fuel_logs.list_for_vehicle(VEHICLE)
        assert work.vehicles.get(VEHICLE) == vehicle
        assert work.fuel_logs.get(FuelLogId(UUID(int=2))) == log
        assert work.vehicles.find_by_vin("1M8GDM9AXKP042788") == vehicle
        assert work.vehicles.list_live(after=vehicle) == []
        (reading,) = work.odometer.list_for_vehicle(VEHICLE)
    assert vehicle.is_live
    assert vehicle.odometer_reading == 0
    assert vehicle.created_at == vehicle.updated_at == datetime(1970, 1, 1, tzinfo=UTC)
    moment = datetime(2026, 3, 4, 5, 6, 7, 890000, tzinfo=UTC)
    assert (log.filled_at, log.created_at, log.updated_at) == (moment, moment, moment)
    assert log.fuel_type == "e-fuel"
    assert log.volume == Decimal("12.5")
    assert log.price_per_unit == Decimal("3.299")
    assert (log.is_full_tank, log.missed_previous, log.tank, log.is_towing) == (True, False, 1, False)
    assert (log.odometer_unit, log.fuel_unit, log.total_cost, log.source) == (None, None, None, None)
    assert (reading.value, reading.source) == (Decimal(52000), ReadingSource.FUEL_LOG)


def test_a_flag_that_another_application_left_empty_means_active(store: SqlStore) -> None:
    _as_another_application(store)
    _execute(store, "UPDATE vehicles SET is_active = NULL")
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == len(work.vehicles.list_live()) == 1
        assert work.vehicles.list_deleted() == []
        work.fuel_logs.add(example_fuel_log(work.vehicles.get(VEHICLE)))


def test_a_vehicle_without_moments_pages_with_the_others(store: SqlStore) -> None:
    _as_another_application(store)
    keep_vehicle(store)
    found = []
    with store.unit_of_work(ANA) as work:
        while page := work.vehicles.list_live(after=found[-1] if found else None, limit=1):
            found += page
        assert found == work.vehicles.list_live()
    assert found[0].id == VEHICLE
    assert len(found) == 2


def test_preferences_with_gaps_hold_the_schemas_defaults(store: SqlStore) -> None:
    _execute(
        store,
        f"INSERT INTO user_preferences (id, user_id) VALUES ('{UUID(int=3).hex}', '{ANA}')",
        "UPDATE user_preferences SET unit_system = NULL, currency_code = NULL, time_zone = NULL,"
        " created_at = NULL, updated_at = NULL",
    )
    with store.unit_of_work(ANA) as work:
        found = work.user_preferences.find()
    assert found is not None
    assert (found.unit_system, found.currency_code, found.time_zone) == (
        UnitSystem.IMPERIAL,
        "USD",
        "America/New_York",
    )


def test_preferences_that_the_database_filled_in_load(store: SqlStore) -> None:
    _execute(store, f"INSERT INTO user_preferences (id, user_id) VALUES ('{UUID(int=3).hex}', '{ANA}')")
    with store.unit_of_work(ANA) as work:
        found = work.user_preferences.find()
    assert found is not None
    assert found.created_at.utcoffset() is not None
    assert abs((datetime.now(UTC) - found.created_at).total_seconds()) < 600


def test_in_sqlite_moments_that_were_written_by_hand_are_utc(sqlite_path: Path) -> None:
    store = SqlStore(sa.create_engine(f"sqlite:///{sqlite_path}"))
    _as_another_application(store)
    _execute(
        store,
        "UPDATE fuel_logs SET created_at = '2026-03-04 05:06:07', updated_at = '2026-03-04T07:06:07+02:00'",
    )
    with store.unit_of_work(ANA) as work:
        (log,) = work.fuel_logs.list_for_vehicle(VEHICLE)
    assert log.created_at == log.updated_at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert log.created_at.tzinfo is UTC
    store.engine.dispose()


@pytest.mark.parametrize("cost", [None, "0", "41.24"])
@pytest.mark.parametrize("price", [None, "0", "3.299"])
@pytest.mark.parametrize("volume", [None, "12.5"])
def test_unknown_and_free_stay_apart(
    store: SqlStore, volume: str | None, price: str | None, cost: str | None
) -> None:
    vehicle = keep_vehicle(store)
    logs = [
        example_fuel_log(
            vehicle, volume=volume, price_per_unit=price, total_cost=cost, filled_at=NOON.replace(day=n)
        )
        for n in (1, 2, 3)
    ]
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(logs[0])
        work.fuel_logs.add_many([logs[1]])
        work.fuel_logs.add(example_fuel_log(vehicle, id=logs[2].id))
        work.fuel_logs.replace(logs[2])
        assert work.fuel_logs.list_for_vehicle(vehicle.id) == logs
    with store.engine.connect() as connection:  # what the reference's columns demand
        query = "SELECT count(*) FROM fuel_logs WHERE fuel_units IS NULL OR cost_per_unit IS NULL"
        assert connection.exec_driver_sql(query).scalar_one() == 0


def test_in_sqlite_numbers_keep_every_digit(sqlite_path: Path) -> None:
    store = SqlStore(sa.create_engine(f"sqlite:///{sqlite_path}"))
    vehicle = keep_vehicle(store)
    odometer = Decimal("123456789012.345678")  # more digits than a float has
    log = example_fuel_log(vehicle, odometer=odometer, volume="9999999.999", total_cost="99999999.99")
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(log)
        assert str(work.fuel_logs.get(log.id).odometer) == "123456789012.345678"
        assert work.odometer.list_for_vehicle(vehicle.id)[0].value == odometer
    with store.engine.connect() as connection:
        kinds = "SELECT typeof(odometer), typeof(fuel_units), typeof(date_time) FROM fuel_logs"
        assert set(connection.exec_driver_sql(kinds).one()) == {"text"}
    store.engine.dispose()


def test_readings_sort_as_numbers(store: SqlStore) -> None:
    vehicle = keep_vehicle(store, odometer_reading=7, odometer_read_at=NOON)
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add_many(
            example_fuel_log(vehicle, odometer=n) for n in ("1000", "99.5", "0.000001", "0", None)
        )
        found = [reading.value for reading in work.odometer.list_for_vehicle(vehicle.id)]
    assert found == [Decimal("0.000001"), Decimal(7), Decimal("99.5"), Decimal(1000)]


def test_the_columns_carry_the_references_names_and_words(store: SqlStore) -> None:
    vehicle = keep_vehicle(store, model_year=2003)
    log = example_fuel_log(vehicle, fuel_type=FuelType.DIESEL, price_per_unit="1.5", location="Shell")
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(log)
    with store.engine.connect() as connection:
        query = "SELECT year, fuel_type, location_data, cost_per_unit, fuel_units FROM fuel_logs f"
        row = connection.exec_driver_sql(f"{query} JOIN vehicles v ON v.id = f.vehicle_id").one()
    assert row[:3] == (2003, "diesel", "Shell")
    assert (str(row[3]), str(row[4])) == ("1.500", "12.500")


def test_an_empty_vin_is_none_and_as_many_vehicles_as_like_have_it(store: SqlStore) -> None:
    """So the Node application may write a vehicle that has no VIN."""
    columns = "id, user_id, vin, created_at"
    _execute(
        store,
        *(
            f"INSERT INTO vehicles ({columns}) VALUES ('{UUID(int=n).hex}', '{ANA}', '', '{MOMENT}')"
            for n in (1, 2, 3)
        ),
    )
    with store.unit_of_work(ANA) as work:
        assert [vehicle.vin for vehicle in work.vehicles.list_live()] == [None] * 3
        assert work.vehicles.get(VEHICLE).vin is None
        work.vehicles.replace(work.vehicles.get(VEHICLE))
