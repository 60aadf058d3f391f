"""Rows of maintenance: what the Node application wrote loads, pages and counts; what is deleted is gone."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

from motovault.domain.maintenance import (
    Category,
    MaintenanceLogId,
    MaintenanceScheduleId,
    ScheduleMode,
)
from motovault.domain.vehicles import VehicleId
from motovault.ports import UserId
from motovault.storage.sql import SqlStore, maintenance, make_engine, odometer
from motovault.storage.sql.columns import encode
from motovault.storage.sql.lines import PooledLine
from motovault.storage.sql.statements import Statement
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import (
    ANA,
    NOON,
    example_fuel_log,
    example_maintenance_log,
    example_maintenance_schedule,
    example_vehicle,
)
from tests import scratch
from tests.storage.sql.stores import migrated_sqlite

VEHICLE = VehicleId(UUID(int=1))
LOG, SCHEDULE = MaintenanceLogId(UUID(int=2)), MaintenanceScheduleId(UUID(int=3))


def _execute(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def barest(store: SqlStore) -> SqlStore:
    """A vehicle, a log and a schedule as another application may write them: what is NOT NULL, no more."""
    ids = f"'{ANA}', '{VEHICLE.hex}'"
    _execute(
        store,
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{VEHICLE.hex}', '{ANA}', '1M8GDM9AXKP042788')",
        "INSERT INTO maintenance_logs (id, user_id, vehicle_id, category, service_date)"
        f" VALUES ('{LOG.hex}', {ids}, 'car wash', '2026-03-04')",
        "INSERT INTO maintenance_schedules (id, user_id, vehicle_id, category)"
        f" VALUES ('{SCHEDULE.hex}', {ids}, 'repair')",
        "UPDATE maintenance_schedules SET created_at = NULL, updated_at = NULL, email_notifications = NULL",
        "UPDATE maintenance_logs SET created_at = NULL, updated_at = NULL",
    )
    return store


def test_the_barest_rows_of_another_application_load(barest: SqlStore) -> None:
    with barest.unit_of_work(ANA) as work:
        (log,) = work.maintenance_logs.list_for_vehicle(VEHICLE)
        assert work.maintenance_logs.list_for_garage() == [work.maintenance_logs.get(LOG)] == [log]
        assert work.maintenance_logs.list_for_vehicle(VEHICLE, after=log) == []
        (schedule,) = work.maintenance_schedules.list_for_vehicle(VEHICLE)
        assert work.maintenance_schedules.list_for_garage() == [schedule]
        assert work.odometer.list_for_garage() == {VEHICLE: []}
    never = datetime(1970, 1, 1, tzinfo=UTC)
    assert (log.category, log.subtypes, log.service_date) == ("car wash", (), date(2026, 3, 4))
    assert (log.odometer, log.cost, log.source, log.source_key) == (None, None, None, None)
    assert (schedule.category, schedule.subtypes) == (Category.REPAIR, ())
    assert schedule.email_notifications is False
    assert schedule.is_active is True
    assert schedule.mode is ScheduleMode.FLOATING
    assert {log.created_at, log.updated_at, schedule.created_at, schedule.updated_at} == {never}


def test_what_another_application_wrote_can_be_changed(barest: SqlStore) -> None:
    with barest.unit_of_work(ANA, atomic=True) as work:
        log = attrs.evolve(work.maintenance_logs.get(LOG), notes="x", subtypes=["unheard of"])
        work.maintenance_logs.replace(log)
        schedule = attrs.evolve(work.maintenance_schedules.get(SCHEDULE), next_due_odometer=5)
        work.maintenance_schedules.replace(schedule)
    with barest.unit_of_work(ANA) as work:
        assert work.maintenance_logs.get(LOG) == log
        assert work.maintenance_schedules.get(SCHEDULE) == schedule


def _list_of(store: SqlStore, *texts: str | None) -> str:
    if store.engine.dialect.name == "sqlite":
        return "'[" + ",".join("null" if text is None else f'"{text}"' for text in texts) + "]'"
    return "ARRAY[" + ",".join("NULL" if text is None else f"'{text}'" for text in texts) + "]::text[]"


def test_what_says_nothing_is_left_out(barest: SqlStore) -> None:
    odd = _list_of(barest, "Tyres", None, "", "Engine Oil")
    _execute(
        barest,
        f"UPDATE maintenance_logs SET subtypes = {odd}, odometer = -1, odometer_unit = 'furlong'",
        f"UPDATE maintenance_schedules SET subtypes = {odd}, interval_months = 0, interval_miles = 0,"
        " interval_days = -3, last_service_mileage = 0, next_due_mileage = -5, mode = 'lunar',"
        " distance_unit = 'furlong'",
    )
    with barest.unit_of_work(ANA) as work:
        log = work.maintenance_logs.get(LOG)
        schedule = work.maintenance_schedules.get(SCHEDULE)
        assert work.odometer.list_for_vehicle(VEHICLE) == []
    assert (log.subtypes, log.odometer, log.odometer_unit) == (("Tyres", "Engine Oil"), None, "furlong")
    assert schedule.subtypes == ("Tyres", "Engine Oil")
    assert (schedule.interval_months, schedule.interval_days, schedule.interval_distance) == (None,) * 3
    assert (schedule.last_service_odometer, schedule.next_due_odometer) == (Decimal(0), None)
    assert (schedule.mode, schedule.distance_unit) == ("lunar", "furlong")


def test_the_columns_carry_the_references_names_and_words(store: SqlStore) -> None:
    vehicle = keep_vehicle(store)
    log = example_maintenance_log(vehicle, category=Category.REPAIR, odometer="7", cost="1.5")
    schedule = example_maintenance_schedule(
        vehicle, interval_distance=5000, last_service_odometer=8, next_due_odometer=5008
    )
    with store.unit_of_work(ANA) as work:
        work.maintenance_logs.add(log)
        work.maintenance_schedules.add(schedule)
        assert work.maintenance_schedules.get(schedule.id) == schedule
    with store.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT category, odometer, cost FROM maintenance_logs").one()
        assert (row[0], row[1], str(row[2])) == ("repair", 7, "1.50")
        figures = "interval_months, interval_miles, last_service_mileage, next_due_mileage, mode"
        found = connection.exec_driver_sql(f"SELECT {figures} FROM maintenance_schedules").one()
        assert tuple(found) == (12, 5000, 8, 5008, "floating")
        counted = (
            "SELECT json_array_length(subtypes) FROM maintenance_logs"
            if store.engine.dialect.name == "sqlite"
            else "SELECT cardinality(subtypes) FROM maintenance_logs"
        )
        assert connection.exec_driver_sql(counted).scalar_one() == 1


def test_a_vehicle_that_is_deleted_for_good_takes_all_of_it_along(store: SqlStore) -> None:
    vehicle, other = keep_vehicle(store), keep_vehicle(store)
    with store.unit_of_work(ANA) as work:
        for of in (vehicle, other):
            work.maintenance_logs.add(example_maintenance_log(of, odometer=5))
            work.maintenance_schedules.add(example_maintenance_schedule(of))
    _execute(store, f"DELETE FROM vehicles WHERE id = '{vehicle.id.hex}'")
    with store.unit_of_work(ANA) as work:
        assert [log.vehicle_id for log in work.maintenance_logs.list_for_garage()] == [other.id]
        assert [one.vehicle_id for one in work.maintenance_schedules.list_for_garage()] == [other.id]
        assert list(work.odometer.list_for_garage()) == [other.id]
    with store.engine.connect() as connection:
        for table in ("maintenance_logs", "maintenance_schedules"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 1


# --- queries


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """To read only; a database of its own, of which PostgreSQL knows how large it is."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("large") / "garage.db"
            shutil.copy(migrated_sqlite(tmp_path_factory.getbasetemp()), path)
            db_engine = make_engine(path)
        else:
            server = request.getfixturevalue("postgres_url")
            template = request.getfixturevalue("_migrated_template")
            db_engine = make_engine(stack.enter_context(scratch.database(server, template=template)))
        stack.callback(db_engine.dispose)
        yield _filled(SqlStore(db_engine))


def _filled(store: SqlStore) -> SqlStore:
    """Thirty vehicles of Ana's among six hundred of others', with logs and schedules."""
    users = [ANA, *(UserId(f"user {n}") for n in range(20))]
    for user_id in users:
        with store.unit_of_work(user_id, atomic=True) as work:
            vehicles = [example_vehicle(user_id, odometer_reading=9) for _ in range(30)]
            for vehicle in vehicles:
                work.vehicles.add(vehicle)
                work.maintenance_schedules.add(example_maintenance_schedule(vehicle))
            work.maintenance_logs.add_many(
                example_maintenance_log(vehicle, odometer=n + 1) for vehicle in vehicles for n in range(20)
            )
            work.fuel_logs.add_many(
                example_fuel_log(vehicle, filled_at=NOON + timedelta(hours=n))
                for vehicle in vehicles
                for n in range(20)
            )
    if store.engine.dialect.name == "postgresql":
        _execute(store, "ANALYZE")
    return store


@contextlib.contextmanager
def _statements(store: SqlStore) -> Iterator[list[str]]:
    """What is sent to the database, as its module sees it."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        executed = PooledLine._executed

        def note(self: PooledLine, text: str, *args: Any) -> Any:
            seen.append(text)
            return executed(self, text, *args)

        fetched = PooledLine._fetch

        def note_fetch(self: PooledLine, text: str, *args: Any) -> Any:
            seen.append(text)
            return fetched(self, text, *args)

        patch.setattr(PooledLine, "_executed", note)
        patch.setattr(PooledLine, "_fetch", note_fetch)
        yield seen


def test_a_whole_garage_is_one_query_a_table(large: SqlStore) -> None:
    with large.unit_of_work(ANA) as work, _statements(large) as seen:
        assert len(work.maintenance_schedules.list_for_garage()) == 30
        assert len(work.maintenance_logs.list_for_garage()) == 600
        assert sum(map(len, work.odometer.list_for_garage().values())) == 30 + 600 + 600
    assert len(seen) == 3


def test_no_query_scans_a_table(large: SqlStore) -> None:
    with large.unit_of_work(ANA) as work:
        log = work.maintenance_logs.list_for_garage()[0]
    given = {
        "user_id": ANA,
        "vehicle_id": log.vehicle_id,
        "after_on": log.service_date,
        "after_id": log.id,
        "limit": 5,
    }
    for statement in (
        maintenance._LOGS.list_for_garage,
        maintenance._SCHEDULES.list_for_garage,
        odometer._OF_GARAGE,
        maintenance._LOGS.list_for_vehicle,
        maintenance._SCHEDULES.list_for_change,
        maintenance._NEXT,
        odometer._OF_VEHICLE,
    ):
        plan = _plan(large, statement, tuple(given[name] for name in statement._names))
        assert [line for line in plan if "Seq Scan" in line or line.startswith("SCAN")] == []


def _plan(store: SqlStore, statement: Statement, args: tuple[object, ...]) -> list[str]:
    dialect = store.engine.dialect.name
    compiled = statement.compiled(dialect)
    values = compiled.bind(args)
    with store.engine.connect() as connection:
        if dialect == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.text}", encode(values))
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN {compiled.text}", values)
        return [str(row[-1]) for row in rows]
