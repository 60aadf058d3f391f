"""What the databases report reaches the caller as errors of motovault, and no text tells a secret."""

# ruff: noqa: PT012 - what comes after an error is what some of these tests are about

from __future__ import annotations

import pickle
import sqlite3
import traceback
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa

from motovault.domain.fuel_logs import FuelLogExists
from motovault.domain.vehicles import VehicleExists
from motovault.errors import MotovaultError, StorageFailure
from motovault.storage.sql import SchemaBehind, SchemaDrift, SchemaInUse, SqlStore, make_engine
from motovault.storage.sql.shipped import DriftedFile
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, example_fuel_log, example_vehicle

VIN = "1M8GDM9AXKP042788"


def _told(error: BaseException) -> str:
    """Everything that a log of this error would hold."""
    return "".join(traceback.format_exception(error))


def test_a_clash_names_its_rule_and_tells_no_vin(store: SqlStore) -> None:
    kept, other = keep_vehicle(store, vin=VIN), keep_vehicle(store)
    log = example_fuel_log(kept, source="a", source_key="1")
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(log)
        with pytest.raises(VehicleExists, match="VIN") as same_vin:
            work.vehicles.add(example_vehicle(vin=VIN))
        with pytest.raises(VehicleExists, match="VIN") as changed_vin:
            work.vehicles.replace(attrs.evolve(other, vin=VIN))
        with pytest.raises(VehicleExists, match="id"):
            work.vehicles.add(attrs.evolve(kept, vin=None, license_plate="X"))
        with pytest.raises(FuelLogExists, match="this id"):
            work.fuel_logs.add(attrs.evolve(log, source_key="2"))
        with pytest.raises(FuelLogExists, match="source key"):
            work.fuel_logs.add(example_fuel_log(kept, source="a", source_key="1"))
    for caught in (same_vin, changed_vin):
        assert VIN not in _told(caught.value)


def test_a_row_that_breaks_a_rule_of_another_application_is_a_failure_that_tells_no_vin(
    own_store: SqlStore,
) -> None:
    with own_store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE vehicles ADD CONSTRAINT no_buick CHECK (make <> 'Buick')")
        else:
            connection.exec_driver_sql(
                "CREATE TRIGGER no_buick BEFORE INSERT ON vehicles WHEN NEW.make = 'Buick'"
                " BEGIN SELECT RAISE(ABORT, 'no_buick'); END"
            )
    with pytest.raises(StorageFailure, match="constraint") as caught, own_store.unit_of_work(ANA) as work:
        work.vehicles.add(example_vehicle(vin=VIN, make="Buick"))
    assert VIN not in _told(caught.value)
    with own_store.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == 0


def test_missing_tables_are_a_failure_that_names_the_cure(
    tmp_path: Path, empty_postgres_database: str
) -> None:
    for url in (tmp_path / "empty.db", empty_postgres_database):
        db_engine = make_engine(url)
        with (
            pytest.raises(StorageFailure, match="motovault migrate"),
            SqlStore(db_engine).unit_of_work(ANA) as work,
        ):
            work.vehicles.list_live()
        db_engine.dispose()


def test_a_swallowed_failure_does_not_pass_for_a_commit(postgres_database: str) -> None:
    db_engine = make_engine(postgres_database)
    store = SqlStore(db_engine)
    vehicle = example_vehicle()
    unit = store.unit_of_work(ANA, atomic=True)
    with pytest.raises(StorageFailure, match="nothing of it was kept"), unit as work:
        work.vehicles.add(vehicle)
        with pytest.raises(StorageFailure):
            work.vehicles.list_live(limit=-1)  # PostgreSQL refuses it
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == 0
    db_engine.dispose()


# --- SQLite


def test_sqlite_says_when_another_writer_holds_the_file_for_too_long(sqlite_path: Path) -> None:
    db_engine = sa.create_engine(f"sqlite:///{sqlite_path}", connect_args={"timeout": 0.1})
    store = SqlStore(db_engine)
    vehicle = keep_vehicle(store)
    holder = sqlite3.connect(sqlite_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for atomic in (False, True):
        with pytest.raises(StorageFailure, match="locked"), store.unit_of_work(ANA, atomic=atomic) as work:
            work.fuel_logs.add(example_fuel_log(vehicle))
    holder.execute("ROLLBACK")
    with store.unit_of_work(ANA, atomic=True) as work:
        work.fuel_logs.add(example_fuel_log(vehicle))
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == 1
    holder.close()
    db_engine.dispose()


@pytest.mark.parametrize("content", [b"this is no database, and long enough to be looked at" * 30, None])
def test_sqlite_says_what_is_wrong_with_the_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "folder" / "garage.db"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    db_engine = make_engine(path)
    says = "no SQLite database" if content else "cannot be opened"
    with pytest.raises(StorageFailure, match=says) as caught, SqlStore(db_engine).unit_of_work(ANA) as work:
        work.vehicles.count_live()
    assert caught.value.__cause__ is not None
    assert content is None or path.read_bytes() == content
    db_engine.dispose()


# --- PostgreSQL


@pytest.mark.parametrize("atomic", [False, True])
def test_a_connection_that_dies_in_use_is_a_failure_and_the_next_call_works(
    postgres_database: str, atomic: bool
) -> None:
    db_engine, killer = make_engine(postgres_database), sa.create_engine(postgres_database)
    store = SqlStore(db_engine)
    vehicle = keep_vehicle(store)
    with pytest.raises(StorageFailure), store.unit_of_work(ANA, atomic=atomic) as work:
        work.fuel_logs.add(example_fuel_log(vehicle))
        _kill_others(killer)
        work.fuel_logs.add(example_fuel_log(vehicle))
    with store.unit_of_work(ANA) as work:
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == (0 if atomic else 1)
    db_engine.dispose()
    killer.dispose()


def test_connections_that_died_in_the_pool_are_replaced_unnoticed(postgres_database: str) -> None:
    db_engine, killer = make_engine(postgres_database), sa.create_engine(postgres_database)
    store = SqlStore(db_engine)
    with store.unit_of_work(ANA) as first, store.unit_of_work(ANA) as second:
        assert first.vehicles.count_live() == second.vehicles.count_live() == 0
    assert _kill_others(killer) == 2
    for _ in range(3):
        with store.unit_of_work(ANA) as first, store.unit_of_work(ANA) as second:
            assert first.vehicles.count_live() == second.vehicles.count_live() == 0
    db_engine.dispose()
    killer.dispose()


def test_a_hosts_pool_recovers_after_one_failure(postgres_database: str) -> None:
    db_engine, killer = sa.create_engine(postgres_database), sa.create_engine(postgres_database)
    store = SqlStore(db_engine)
    with store.unit_of_work(ANA) as first, store.unit_of_work(ANA) as second:
        assert first.vehicles.count_live() == second.vehicles.count_live() == 0
    assert _kill_others(killer) == 2
    with pytest.raises(StorageFailure), store.unit_of_work(ANA) as work:
        work.vehicles.count_live()
    with store.unit_of_work(ANA) as first, store.unit_of_work(ANA) as second:
        assert first.vehicles.count_live() == second.vehicles.count_live() == 0
    db_engine.dispose()
    killer.dispose()


def _kill_others(killer: sa.Engine) -> int:
    query = (
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with killer.connect() as connection:
        return int(connection.exec_driver_sql(query).scalar_one())


def test_errors_travel_between_processes() -> None:
    for error in (
        SchemaBehind(("a/001.py", "b/001.py"), "motovault migrate --database x"),
        SchemaDrift((DriftedFile("a/001.py", "changed", "12ab", "34cd"),)),
        SchemaInUse("a/001.py", ("vehicles",), (4711,), 3.0),
    ):
        again: MotovaultError = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.__dict__) == (type(error), str(error), error.__dict__)
