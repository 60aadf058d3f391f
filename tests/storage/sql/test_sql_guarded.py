"""Units of work under row-level security: each with its own user, and nobody left behind on a connection."""

# ruff: noqa: PT012 - a unit of work that is left by an error is what these tests are about

from __future__ import annotations

import gc
import random
import signal
from collections.abc import Iterator
from typing import NoReturn

import attrs
import pytest
import sqlalchemy as sa
from psycopg._pipeline_base import BasePipeline

import motovault
from motovault.domain.fuel_logs import FuelLogExists
from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleNotFound
from motovault.errors import InvalidValue, StorageFailure
from motovault.ports import UserId
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.storage.sql.bulk import BulkInsert
from motovault.storage.sql.row_level_security import state
from motovault.storage.sql.statements import Statement
from motovault.testing.contracts.base import at_once, keep_vehicle
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_preferences, example_vehicle

SEEN = "SELECT user_id FROM vehicles ORDER BY user_id"
SET = "SELECT current_setting('motovault.user_id', true)"


@pytest.fixture
def store(guarded_engine: sa.Engine) -> SqlStore:
    return SqlStore(guarded_engine, row_level_security=True)


@pytest.fixture
def small(guarded_database: str) -> Iterator[sa.Engine]:
    """A pool of two connections."""
    made = make_engine(guarded_database, pool_size=2)
    yield made
    made.dispose()


def _pooled(engine: sa.Engine, text: str = SEEN) -> list[object]:
    """What somebody else's SQL sees on a connection out of the pool."""
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(text)]


def test_without_saying_whose_it_is_a_unit_of_work_sees_and_writes_nothing(store: SqlStore) -> None:
    """That the mode does something: the same store without it."""
    vehicle = keep_vehicle(store)
    with SqlStore(store.engine).unit_of_work(ANA) as work:
        assert work.vehicles.list_live() == []
        with pytest.raises(StorageFailure, match="42501"):
            work.vehicles.add(example_vehicle())
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.list_live() == [vehicle]


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("fails", [None, ZeroDivisionError, KeyboardInterrupt, "in the database"])
def test_a_connection_goes_back_without_its_user(store: SqlStore, atomic: bool, fails: object) -> None:
    vehicle = keep_vehicle(store)
    try:
        with store.unit_of_work(ANA, atomic=atomic) as work:
            assert work.vehicles.count_live() == 1
            assert len(list(work.odometer.list_for_vehicle(vehicle.id))) == 0
            work.fuel_logs.list_for_vehicle(vehicle.id)
            if fails == "in the database":
                work.vehicles.add(vehicle)
            elif fails is not None:
                raise fails  # type: ignore[misc]
    except (ZeroDivisionError, KeyboardInterrupt, VehicleExists):
        assert fails
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert _pooled(store.engine) == []
    assert not _pooled(store.engine, SET)[0]
    with store.unit_of_work(BOB) as work:
        assert work.vehicles.list_live() == []


def test_eight_users_on_two_connections_never_see_each_other(small: sa.Engine) -> None:
    store = SqlStore(small, row_level_security=True)
    users = [UserId(f"user {number}") for number in range(8)]
    kept = {user: keep_vehicle(store, user) for user in users}

    def run(user: UserId) -> int:
        chance, written, mine = random.Random(user), 0, kept[user]
        for _ in range(40):
            try:
                with store.unit_of_work(user, atomic=chance.random() < 0.5) as work:
                    assert work.vehicles.list_live() == [mine]
                    fate = chance.random()
                    if fate < 0.2:
                        work.vehicles.add(mine)
                    if fate < 0.3:
                        raise ZeroDivisionError
                    work.fuel_logs.add(example_fuel_log(mine))
                    written += 1
                    logs = work.fuel_logs.list_for_vehicle(mine.id)
                    assert len(logs) == written
                    for other in users:
                        if other != user:
                            assert work.fuel_logs.count_for_vehicle(kept[other].id) == 0
            except (ZeroDivisionError, VehicleExists):
                continue
        return written

    written = at_once([lambda user=user: run(user) for user in users])  # type: ignore[misc]
    assert all(isinstance(count, int) and 0 < count < 40 for count in written), written
    assert _pooled(small) == []


@pytest.mark.parametrize("atomic", [False, True])
def test_a_killed_connection_takes_its_user_with_it(
    small: sa.Engine, owners_database: str, atomic: bool
) -> None:
    store, owner = SqlStore(small, row_level_security=True), sa.create_engine(owners_database)
    vehicle = keep_vehicle(store)
    keep_vehicle(store, BOB)
    with pytest.raises(StorageFailure), store.unit_of_work(ANA, atomic=atomic) as work:
        assert work.vehicles.count_live() == 1
        with owner.connect() as connection:
            text = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'mv_role_%%'"
            assert connection.exec_driver_sql(text + " AND datname = current_database()").rowcount > 0
        work.vehicles.get(vehicle.id)
    for user in (BOB, ANA):
        with store.unit_of_work(user, atomic=atomic) as work:
            assert [found.user_id for found in work.vehicles.list_live()] == [user]
    assert _pooled(small) == []
    owner.dispose()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timers")
@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("after", [0.001, 0.05])
def test_ctrl_c_in_the_middle_of_a_statement_leaves_no_user_behind(
    store: SqlStore, atomic: bool, after: float
) -> None:
    keep_vehicle(store)
    sleep = Statement(sa.select(sa.func.pg_sleep(20)))

    def press(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    gc.disable()  # Python drops what is raised in a callback of the collection, a pressed Ctrl-C too
    try:
        with pytest.raises(KeyboardInterrupt), store.unit_of_work(ANA, atomic=atomic) as work:
            signal.setitimer(signal.ITIMER_REAL, after)
            work.rows(sleep)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert _pooled(store.engine) == []
    for user, count in ((BOB, 0), (ANA, 1)):
        with store.unit_of_work(user, atomic=atomic) as work:
            assert work.vehicles.count_live() == count


@pytest.mark.parametrize("atomic", [False, True])
def test_a_connection_whose_pipeline_was_cut_is_not_used_again(
    store: SqlStore, atomic: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between what was sent and the pipeline's end: the server waits, in a transaction of Ana's."""
    keep_vehicle(store)

    def press(_: object) -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store.unit_of_work(ANA, atomic=atomic) as work:
        monkeypatch.setattr(BasePipeline, "_enqueue_sync", press)
        try:
            work.vehicles.count_live()
        finally:
            monkeypatch.undo()
    assert _pooled(store.engine) == []
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_an_error_that_comes_while_another_is_handled_is_told_as_itself(store: SqlStore) -> None:
    vehicle = keep_vehicle(store)
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        with pytest.raises(StorageFailure, match="22"), store.unit_of_work(ANA) as work:
            work.rows(Statement(sa.select(sa.literal_column("1 / 0"))))
        with store.unit_of_work(ANA) as work:
            assert work.vehicles.list_live() == [vehicle]


def test_a_caught_error_leaves_the_unit_with_its_user(store: SqlStore) -> None:
    """A rollback to a savepoint undoes what was set after it: the user must have been set before."""
    kept = keep_vehicle(store, vin="1M8GDM9AXKP042788")
    log = example_fuel_log(kept)
    for atomic in (False, True):
        with store.unit_of_work(ANA, atomic=atomic) as work:
            with pytest.raises(VehicleExists):
                work.vehicles.add(kept)
            with pytest.raises(FuelLogExists), work.join(atomic=True) as part:
                part.fuel_logs.add(log)
                part.fuel_logs.add(log)
            assert work.fuel_logs.count_for_vehicle(kept.id) == 0
            assert work.vehicles.list_live() == [kept]


# ---------------------------------------------------------------------------- many at once


@pytest.mark.parametrize("may_stage", [True, False])
def test_many_logs_go_in_through_a_temporary_table_or_row_by_row_without_the_right_to_make_one(
    guarded_database: str, owners_database: str, may_stage: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not may_stage:
        owner = sa.create_engine(owners_database)
        with owner.begin() as connection:
            connection.exec_driver_sql(
                f'REVOKE TEMPORARY ON DATABASE "{sa.make_url(owners_database).database}" FROM PUBLIC'
            )
        owner.dispose()
    took: list[str] = []
    for road in ("straight", "staged", "many"):

        def noting(*args: object, road: str = road, run: object = getattr(BulkInsert, road)) -> object:
            took.append(road)
            return run(*args)  # type: ignore[operator]

        monkeypatch.setattr(BulkInsert, road, noting)
    with motovault.open_vault(guarded_database, row_level_security=True) as vault:
        store = SqlStore(vault._sql("this test").engine, row_level_security=True)
        vehicle = keep_vehicle(store)
        logs = [example_fuel_log(vehicle, source="s", source_key=str(number)) for number in range(12_000)]
        with store.unit_of_work(ANA) as work:
            assert work.fuel_logs.add_many(logs) == 12_000
        more = [example_fuel_log(vehicle, source="s", source_key=str(number)) for number in range(12_300)]
        with store.unit_of_work(ANA, atomic=True) as work:
            assert work.fuel_logs.add_many(more) == 300
            assert work.fuel_logs.count_for_vehicle(vehicle.id) == 12_300
    assert took == (["staged"] * 6 if may_stage else ["staged", *["many"] * 3] * 2)


# --------------------------------------------------------------------- a host's connection


def test_two_garages_in_turn_on_one_connection_of_the_hosts(guarded_engine: sa.Engine) -> None:
    with guarded_engine.connect() as connection:
        vault = motovault.open_vault(connection=connection)
        ana, bob = vault.garage(ANA), vault.garage(BOB)
        cars = {garage.user_id: garage.vehicles.add(license_plate="1") for garage in (ana, bob)}
        for garage in (ana, bob, ana):
            assert garage.vehicles.list() == [cars[garage.user_id]]
        store = SqlStore(connection=connection, row_level_security=True)
        with store.unit_of_work(ANA) as hers, store.unit_of_work(BOB, atomic=True) as his:
            for _ in range(2):
                for work, user in ((hers, ANA), (his, BOB)):
                    assert work.vehicles.list_live() == [cars[user]]
                    work.fuel_logs.add(example_fuel_log(cars[user]))
                    with pytest.raises(VehicleNotFound):
                        work.fuel_logs.add(example_fuel_log(cars[BOB if user == ANA else ANA], user_id=user))
            assert his.fuel_logs.add_many([example_fuel_log(cars[BOB]) for _ in range(300)]) == 300
        assert connection.exec_driver_sql(SEEN).all() == []
        connection.commit()
    assert _pooled(guarded_engine) == []
    with SqlStore(guarded_engine, row_level_security=True).unit_of_work(BOB) as work:
        assert work.fuel_logs.count_for_vehicle(cars[BOB].id) == 302


def test_after_a_unit_of_work_the_hosts_own_sql_is_nobodys(guarded_engine: sa.Engine) -> None:
    with guarded_engine.connect() as connection:
        store = SqlStore(connection=connection, row_level_security=True)
        vehicle = example_vehicle()
        with store.unit_of_work(ANA) as work:
            work.vehicles.add(vehicle)
            assert connection.exec_driver_sql(SEEN).all() == [(ANA,)]
        assert connection.exec_driver_sql(SEEN).all() == []
        with pytest.raises(VehicleExists), store.unit_of_work(ANA, atomic=True) as work:
            work.vehicles.add(vehicle)
        assert connection.exec_driver_sql(SEEN).all() == []
        with pytest.raises(sa.exc.DBAPIError), store.unit_of_work(ANA) as work:
            work.vehicles.count_live()
            connection.exec_driver_sql("SELECT 1 / 0")
        connection.rollback()
        assert connection.exec_driver_sql(SEEN).all() == []


def test_a_savepoint_of_the_hosts_that_is_rolled_back_leaves_the_unit_its_user(
    guarded_engine: sa.Engine,
) -> None:
    with guarded_engine.connect() as connection:
        store = SqlStore(connection=connection, row_level_security=True)
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            work.vehicles.replace(attrs.evolve(vehicle, nickname="x"))
            savepoint = connection.begin_nested()
            work.vehicles.replace(attrs.evolve(vehicle, nickname="y"))
            savepoint.rollback()
            assert [found.nickname for found in work.vehicles.list_live()] == ["x"]
        assert connection.exec_driver_sql(SEEN).all() == []


def test_a_host_that_closes_its_connection_within_is_not_disturbed(guarded_engine: sa.Engine) -> None:
    connection = guarded_engine.connect()
    with SqlStore(connection=connection, row_level_security=True).unit_of_work(ANA) as work:
        assert work.vehicles.list_live() == []
        connection.close()
    assert _pooled(guarded_engine) == []


@pytest.mark.parametrize("atomic", [False, True])
def test_on_a_hosts_connection_in_autocommit_each_transaction_has_its_user(
    guarded_engine: sa.Engine, atomic: bool
) -> None:
    with guarded_engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        store = SqlStore(connection=connection, row_level_security=True)
        vehicle = example_vehicle()
        with store.unit_of_work(ANA, atomic=atomic) as work:
            work.vehicles.add(vehicle)
            assert work.vehicles.list_live() == [vehicle]
            work.fuel_logs.add_many([example_fuel_log(vehicle) for _ in range(300)])
            work.user_preferences.get_or_add(example_preferences())
        with pytest.raises(VehicleExists), store.unit_of_work(ANA, atomic=atomic) as work:
            work.vehicles.add(vehicle)
        assert connection.exec_driver_sql(SEEN).all() == []
        with store.unit_of_work(BOB, atomic=atomic) as work:
            assert work.vehicles.list_live() == []
    with SqlStore(guarded_engine, row_level_security=True).unit_of_work(ANA) as work:
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == 300


# ------------------------------------------------------------------------------ opening


def _add(database: str | None = None, **options: object) -> Vehicle:
    with motovault.open_vault(database, **options) as vault:  # type: ignore[arg-type]
        return vault.garage(ANA).vehicles.add(license_plate="AB 123")


def test_a_vault_finds_out_by_itself(guarded_database: str, owners_database: str) -> None:
    made = make_engine(guarded_database)
    _add(guarded_database)
    _add(engine=made)
    with made.begin() as connection:
        _add(connection=connection)
    made.dispose()
    _add(owners_database)  # to whom every row is shown
    with motovault.open_vault(guarded_database) as vault:
        assert vault.garage(ANA).vehicles.count() == 4
        assert vault.garage(BOB).vehicles.count() == 0
    with motovault.open_vault(guarded_database, row_level_security=False) as vault:
        assert vault.garage(ANA).vehicles.count() == 0


def test_row_level_security_can_be_demanded(
    guarded_database: str, owners_database: str, postgres_database: str
) -> None:
    _add(guarded_database, row_level_security=True)
    for database, reason in (
        (owners_database, "is on, .* tables; but not for the role .*, which is a superuser"),
        (postgres_database, "and is off"),
    ):
        with pytest.raises(StorageFailure, match=reason):
            motovault.open_vault(database, row_level_security=True)
    owner = sa.create_engine(owners_database)
    with owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE documents DISABLE ROW LEVEL SECURITY")
    owner.dispose()
    with pytest.raises(StorageFailure, match="not protected: documents"):
        motovault.open_vault(guarded_database, row_level_security=True)


def test_only_postgresql_has_it(sqlite_path: object) -> None:
    made = make_engine(str(sqlite_path))
    for refused in (
        lambda: motovault.open_vault("memory:", row_level_security=True),
        lambda: motovault.open_vault(engine=made, row_level_security=True),
        lambda: SqlStore(made, row_level_security=True),
        lambda: migrate.upgrade(made, row_level_security="on"),
        lambda: state(made),
    ):
        with pytest.raises(InvalidValue, match="PostgreSQL"):
            refused()
    made.dispose()
