"""A vehicle that goes while a fuel log is being written: the log is refused as one for no vehicle."""

from __future__ import annotations

import threading
from collections.abc import Callable

import attrs
import pytest
import sqlalchemy as sa

from motovault.domain.fuel_logs import FuelLog
from motovault.domain.vehicles import Vehicle, VehicleNotFound
from motovault.storage.sql import SqlStore, SqlUnitOfWork, make_engine
from motovault.testing.examples import BOB, example_fuel_log, example_vehicle
from tests.shared import SharedDatabase


@pytest.fixture
def store(shared_postgres: SharedDatabase) -> SqlStore:
    return SqlStore(shared_postgres.engine("ours", make_engine))


WRITES: dict[str, Callable[[SqlUnitOfWork, FuelLog, Vehicle], object]] = {
    "add": lambda work, log, to: work.fuel_logs.add(example_fuel_log(to)),
    "replace": lambda work, log, to: work.fuel_logs.replace(attrs.evolve(log, vehicle_id=to.id)),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("going", ["DELETE FROM vehicles", f"UPDATE vehicles SET user_id = '{BOB}'"])
def test_a_vehicle_that_goes_meanwhile_is_no_vehicle(store: SqlStore, write: str, going: str) -> None:
    mine, leaving = example_vehicle(), example_vehicle(vin=None)
    log = example_fuel_log(mine)
    with store.unit_of_work(mine.user_id) as work:
        work.vehicles.add(mine)
        work.vehicles.add(leaving)
        work.fuel_logs.add(log)
    seen: list[BaseException] = []

    def run() -> None:
        try:
            with store.unit_of_work(mine.user_id) as work:
                WRITES[write](work, log, leaving)
        except BaseException as error:
            seen.append(error)

    thread = threading.Thread(target=run)
    with store.engine.begin() as connection:
        connection.execute(sa.text(f"{going} WHERE id = :id"), {"id": leaving.id})
        thread.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with store.engine.connect() as other:
            while not other.exec_driver_sql(waiting).scalar_one() and thread.is_alive():
                other.rollback()
        assert thread.is_alive(), "the writer waits for us, having seen the vehicle"
    thread.join(30)
    (error,) = seen
    assert isinstance(error, VehicleNotFound)
    assert error.key == leaving.id
