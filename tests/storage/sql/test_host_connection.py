"""A host's open connection: the host commits or rolls back, and our mistakes do not spoil its transaction."""

# ruff: noqa: PT012 - a unit of work that is left by an error is what these tests are about

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest
import sqlalchemy as sa

from motovault.domain.fuel_logs import FuelLogExists
from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.storage.sql import SqlStore, make_engine
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, example_fuel_log, example_preferences, example_vehicle


@pytest.fixture(params=["ours", "the host's"])
def db_engine(request: pytest.FixtureRequest, migrated_url: str) -> Iterator[sa.Engine]:
    made = make_engine(migrated_url) if request.param == "ours" else sa.create_engine(migrated_url)
    yield made
    made.dispose()


def _kept(db_engine: sa.Engine, vehicle: Vehicle) -> tuple[int, int]:
    with SqlStore(db_engine).unit_of_work(ANA) as work:
        return work.vehicles.count_live(), work.fuel_logs.count_for_vehicle(vehicle.id)


def _write(store: SqlStore, *, atomic: bool) -> Vehicle:
    vehicle = example_vehicle()
    with store.unit_of_work(ANA, atomic=atomic) as work:
        work.vehicles.add(vehicle)
        work.fuel_logs.add_many(example_fuel_log(vehicle) for _ in range(300))
        work.vehicles.replace(attrs.evolve(vehicle, nickname="x"))
        work.user_preferences.get_or_add(example_preferences())
    return vehicle


@pytest.mark.parametrize("atomic", [False, True])
def test_what_the_host_commits_is_kept(db_engine: sa.Engine, atomic: bool) -> None:
    with db_engine.connect() as connection:
        vehicle = _write(SqlStore(connection=connection), atomic=atomic)
        connection.commit()
    assert _kept(db_engine, vehicle) == (1, 300)


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("reads_first", [False, True])
def test_what_the_host_rolls_back_or_forgets_is_not(
    db_engine: sa.Engine, atomic: bool, reads_first: bool
) -> None:
    for ends in ("rollback", "close"):
        with db_engine.connect() as connection:
            store = SqlStore(connection=connection)
            if reads_first:
                with store.unit_of_work(ANA) as work:
                    assert work.vehicles.count_live() == 0
            vehicle = _write(store, atomic=atomic)
            with store.unit_of_work(ANA) as work:
                assert work.fuel_logs.count_for_vehicle(vehicle.id) == 300
            getattr(connection, ends)()
        assert _kept(db_engine, vehicle) == (0, 0)


def test_the_hosts_own_rows_and_ours_are_one_transaction(db_engine: sa.Engine) -> None:
    with db_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE trips (id INTEGER)")
    with pytest.raises(ZeroDivisionError), db_engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO trips VALUES (1)")
        vehicle = _write(SqlStore(connection=connection), atomic=True)
        raise ZeroDivisionError
    assert _kept(db_engine, vehicle) == (0, 0)
    with db_engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM trips").scalar_one() == 0
        connection.exec_driver_sql("INSERT INTO trips VALUES (1)")
        vehicle = _write(SqlStore(connection=connection), atomic=False)
    assert _kept(db_engine, vehicle) == (1, 300)


@pytest.mark.parametrize("atomic", [False, True])
def test_an_error_of_ours_undoes_our_part_and_leaves_the_hosts_transaction_usable(
    db_engine: sa.Engine, atomic: bool
) -> None:
    with db_engine.connect() as connection:
        store = SqlStore(connection=connection)
        kept = keep_vehicle(store, vin="1M8GDM9AXKP042788")
        other = keep_vehicle(store)
        log = example_fuel_log(kept)
        for attempt in ("add", "replace", "unknown", "many"):
            with (
                pytest.raises((VehicleExists, VehicleNotFound, FuelLogExists)),
                store.unit_of_work(ANA, atomic=atomic) as work,
            ):
                work.fuel_logs.add(log)
                if attempt == "add":
                    work.vehicles.add(example_vehicle(vin=kept.vin))
                elif attempt == "replace":
                    work.vehicles.replace(attrs.evolve(other, vin=kept.vin))
                elif attempt == "unknown":
                    work.fuel_logs.add(example_fuel_log(example_vehicle()))
                else:
                    work.fuel_logs.add_many([*(example_fuel_log(kept) for _ in range(400)), log])
            with store.unit_of_work(ANA) as work:
                assert work.fuel_logs.count_for_vehicle(kept.id) == 0, attempt
        connection.commit()
    assert _kept(db_engine, kept) == (2, 0)


def test_an_error_that_is_caught_inside_leaves_the_unit_usable(store: SqlStore) -> None:
    kept, other = keep_vehicle(store, vin="1M8GDM9AXKP042788"), keep_vehicle(store)
    log = example_fuel_log(kept, source="a", source_key="1")
    second = example_fuel_log(kept, source="a", source_key="2")
    with store.unit_of_work(ANA, atomic=True) as work:
        work.fuel_logs.add(log)
        work.fuel_logs.add(second)
        with pytest.raises(VehicleExists):
            work.vehicles.replace(attrs.evolve(other, vin=kept.vin))
        with pytest.raises(FuelLogExists):
            work.fuel_logs.replace(attrs.evolve(second, source_key="1"))
        with pytest.raises(FuelLogExists):
            work.fuel_logs.add_many(
                [*(example_fuel_log(kept) for _ in range(400)), example_fuel_log(kept, id=log.id)]
            )
        with pytest.raises(VehicleExists):
            work.vehicles.add(kept)
        work.fuel_logs.remove(second.id)
    with store.unit_of_work(ANA) as work:
        assert work.fuel_logs.list_for_vehicle(kept.id) == [log]


@pytest.mark.parametrize("fails", [False, True])
def test_on_a_hosts_connection_in_autocommit_a_unit_is_a_transaction_of_its_own(
    db_engine: sa.Engine, fails: bool
) -> None:
    vehicle = example_vehicle()
    with db_engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        try:
            with SqlStore(connection=connection).unit_of_work(ANA, atomic=True) as work:
                work.vehicles.add(vehicle)
                work.fuel_logs.add(example_fuel_log(vehicle))
                if fails:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    assert _kept(db_engine, vehicle) == ((0, 0) if fails else (1, 1))


def test_a_store_is_of_an_engine_or_of_a_connection_of_a_database_that_it_knows(sqlite_path: object) -> None:
    db_engine = make_engine(str(sqlite_path))
    with db_engine.connect() as connection:
        with pytest.raises(InvalidValue):
            SqlStore(db_engine, connection=connection)
        assert SqlStore(connection=connection).engine is db_engine
    db_engine.dispose()
    with pytest.raises(InvalidValue):
        SqlStore()
    with pytest.raises(InvalidValue, match="postgresql\\+psycopg"):
        SqlStore(sa.create_mock_engine("mysql+pymysql://", lambda *_: None))  # type: ignore[arg-type]
