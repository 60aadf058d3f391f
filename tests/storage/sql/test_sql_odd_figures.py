"""Figures that are none, such as another application may write: NaN and infinity count as unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, localcontext
from uuid import UUID

import pytest
import sqlalchemy as sa

import motovault
from motovault.domain.fuel_logs import FuelLogId
from motovault.domain.maintenance import MaintenanceLogId, MaintenanceScheduleId
from motovault.domain.vehicles import VehicleId
from motovault.errors import StorageFailure
from motovault.storage.sql import SqlStore
from motovault.testing.examples import ANA

CAR, OTHER = (VehicleId(UUID(int=n)) for n in (1, 9))
FILL, WORK, PLAN = FuelLogId(UUID(int=2)), MaintenanceLogId(UUID(int=3)), MaintenanceScheduleId(UUID(int=4))
FUEL_FIGURES = {
    "odometer": "odometer",
    "trip_distance": "trip_distance",
    "fuel_units": "volume",
    "cost_per_unit": "price_per_unit",
    "total_cost": "total_cost",
    "excluded_distance": "excluded_distance",
    "charge_start_percent": "charge_start_percent",
    "charge_end_percent": "charge_end_percent",
}
UNBOUNDED = ("odometer", "trip_distance", "excluded_distance")
"""Columns of NUMERIC without a precision, which take infinity too."""


def _execute(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def garage(store: SqlStore) -> SqlStore:
    """Two vehicles, one with three fills, one work and one schedule."""
    mine = f"'{ANA}', '{CAR.hex}'"
    fills = "id, user_id, vehicle_id, date_time, odometer, fuel_units, cost_per_unit, total_cost, fuel_type"
    _execute(
        store,
        *(f"INSERT INTO vehicles (id, user_id) VALUES ('{id_.hex}', '{ANA}')" for id_ in (CAR, OTHER)),
        *(
            f"INSERT INTO fuel_logs ({fills}) VALUES ('{id_.hex}', {mine},"
            f" '2026-03-0{day}T12:00:00.000000+00:00', '{1000 + 500 * day}', '10', '2', '20', 'gasoline')"
            for day, id_ in ((1, UUID(int=5)), (2, FILL), (3, UUID(int=6)))
        ),
        "INSERT INTO maintenance_logs (id, user_id, vehicle_id, category, service_date, odometer, cost)"
        f" VALUES ('{WORK.hex}', {mine}, 'repair', '2026-03-04', 2600, '49.90')",
        "INSERT INTO maintenance_schedules (id, user_id, vehicle_id, category, interval_miles,"
        f" interval_months, next_due_mileage) VALUES ('{PLAN.hex}', {mine}, 'repair', 5000, 6, 7600)",
    )
    return store


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_figures_of_a_fill_that_are_none_are_unknown(garage: SqlStore, value: str) -> None:
    names = UNBOUNDED if value != "NaN" else FUEL_FIGURES
    changes = ", ".join(f"{name} = '{value}'" for name in names)
    _execute(garage, f"UPDATE fuel_logs SET {changes} WHERE id = '{FILL.hex}'")
    with localcontext() as context:
        context.clear_traps()  # the host's context decides nothing
        with garage.unit_of_work(ANA) as work:
            log = work.fuel_logs.get(FILL)
            readings = work.odometer.list_for_garage()[CAR]
            assert work.odometer.list_for_vehicle(CAR) == readings
    assert [getattr(log, FUEL_FIGURES[name]) for name in names] == [None] * len(names)
    assert [reading.value for reading in readings] == [1500, 2500, 2600]


def test_figures_of_work_and_schedules_that_are_none_are_unknown(garage: SqlStore) -> None:
    _execute(
        garage,
        "UPDATE maintenance_logs SET cost = 'NaN'",
        "UPDATE maintenance_schedules SET anchor_odometer = '-Infinity', due_soon_distance = 'NaN'",
    )
    with garage.unit_of_work(ANA) as work:
        assert work.maintenance_logs.get(WORK).cost is None
        schedule = work.maintenance_schedules.get(PLAN)
    assert (schedule.anchor_odometer, schedule.due_soon_distance) == (None, None)


def test_free_fuel_with_a_price_that_is_none_has_no_price(garage: SqlStore) -> None:
    _execute(garage, "UPDATE fuel_logs SET cost_per_unit = 'NaN', total_cost = '0'")
    with garage.unit_of_work(ANA) as work:
        log = work.fuel_logs.get(FILL)
    assert (log.price_per_unit, log.total_cost) == (None, Decimal(0))


def test_one_row_with_such_figures_breaks_no_answer(garage: SqlStore) -> None:
    nan = ", ".join(f"{name} = 'NaN'" for name in FUEL_FIGURES)
    _execute(
        garage,
        f"UPDATE fuel_logs SET {nan} WHERE id = '{FILL.hex}'",
        "UPDATE maintenance_logs SET cost = 'NaN'",
        "UPDATE maintenance_schedules SET anchor_odometer = 'NaN', due_soon_distance = 'Infinity'",
    )
    with motovault.open_vault(engine=garage.engine) as vault:
        mine = vault.garage(ANA)
        latest = mine.odometer.current(CAR).reading
        assert latest is not None
        assert latest.value == 2600
        assert mine.fuel_logs.statistics(CAR).distance == 1000
        assert len(mine.fuel_logs.economy(CAR).intervals) > 0
        assert [item.schedule.id for item in mine.maintenance.upcoming()] == [PLAN]
        assert mine.maintenance.costs().by_vehicle[CAR].totals.without_cost == 1


@pytest.mark.parametrize("statement", ["list", "page"])
def test_a_moment_that_no_calendar_holds_is_a_failure_that_names_table_and_kind(
    shared_postgres_url: str, statement: str
) -> None:
    """PostgreSQL's infinity, and years that Python's calendar does not reach."""
    db_engine = sa.create_engine(shared_postgres_url)
    _execute(
        SqlStore(db_engine),
        f"INSERT INTO vehicles (id, user_id, created_at) VALUES ('{CAR}', '{ANA}', 'infinity')",
    )
    limit = None if statement == "list" else 5
    with db_engine.connect() as connection:
        for store in (SqlStore(db_engine), SqlStore(connection=connection)):
            with (
                pytest.raises(StorageFailure, match=r"a date or moment of vehicles .*infinity"),
                store.unit_of_work(ANA) as work,
            ):
                work.vehicles.list_live(limit=limit)
    db_engine.dispose()


def test_a_moment_at_the_end_of_the_calendar_still_loads(store: SqlStore) -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    _execute(
        store,
        f"INSERT INTO vehicles (id, user_id, created_at) VALUES ('{CAR.hex}', '{ANA}',"
        " '9999-12-31T00:00:00.000000+00:00')",
    )
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.get(CAR).created_at == last
