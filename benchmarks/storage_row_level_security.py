"""What row-level security costs: ``python benchmarks/storage_row_level_security.py [--quick]``.

One database with its policies, one table, the same rows. On one side our
repository as the tables' owner, whom no policy binds and who says nothing of
users; on the other the same repository as a role that is bound, which says in
every transaction whose it is. Latencies are medians of calls side by side.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import databases as db
from measuring import Measure, Run, call_by_call, command, compared, in_turn

from motovault.domain.fuel_logs import FuelLog
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.storage.sql.row_level_security import state
from motovault.system import uuid7
from tests import scratch, servers

WITH = "with row-level security"
WITHOUT = "without"
AIMS = {"get by id": 1.7, "list of 100": 1.2}


@contextlib.contextmanager
def stores() -> Iterator[dict[str, SqlStore]]:
    """Both sides, on one migrated and empty database."""
    with servers.postgres() as server, scratch.role(server) as role, scratch.database(server) as url:
        owner, bound = make_engine(url), make_engine(scratch.as_role(url, role))
        migrate.upgrade(owner, row_level_security="on")
        with owner.begin() as connection:
            connection.exec_driver_sql(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
            )
        assert state(owner).exemption is not None
        assert state(bound).exemption is None
        yield {WITH: SqlStore(bound, row_level_security=True), WITHOUT: SqlStore(owner)}
        bound.dispose()
        owner.dispose()


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    calls, many = (20, 1_000) if quick else (5_000, 20_000)
    with stores() as sides:
        plain = sides[WITHOUT]
        vehicle_id = db.vehicle(plain)
        kept = db.fuel_logs(200 if quick else 5_000, vehicle_id)
        with plain.unit_of_work(db.USER) as work:
            work.fuel_logs.add_many(kept)
        with plain.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                "VACUUM ANALYZE fuel_logs, vehicles"
            )
        log = kept[len(kept) // 2]
        gets = {name: getting(store, log) for name, store in sides.items()}
        pages = {name: first_100(store, vehicle_id) for name, store in sides.items()}
        assert gets[WITH]() == gets[WITHOUT]() == log
        assert pages[WITH]() == pages[WITHOUT]() == kept[:100]
        inserts = {
            name: inserting(store, db.fuel_logs(calls + 50, vehicle_id, seed=seed), atomic=False)
            for seed, (name, store) in enumerate(sides.items(), start=2)
        }
        wholes = {
            name: inserting(store, db.fuel_logs(calls + 50, vehicle_id, seed=seed), atomic=True)
            for seed, (name, store) in enumerate(sides.items(), start=4)
        }
        times = {
            "get by id": call_by_call(gets, calls),
            "list of 100": call_by_call(pages, max(10, calls // 4)),
            "insert one": call_by_call(inserts, calls),
            "insert one, in a transaction": call_by_call(wholes, calls),
        }
        ready: list[tuple[Vehicle, list[FuelLog]]] = []
        bulk = in_turn(
            {name: adding(store, ready) for name, store in sides.items()},
            1 if quick else 7,
            before=lambda: ready.append(with_logs(many)),
        )
    lines = [
        compared(taken, WITH, WITHOUT, what=f"{what}: {WITH}", aim=AIMS.get(what), latency=True)
        for what, taken in times.items()
    ]
    return [*lines, compared(bulk, WITH, WITHOUT, what=f"insert {many:,}: {WITH}")]


def getting(store: SqlStore, log: FuelLog) -> Run:
    """A point read in a unit of work."""

    def get() -> FuelLog:
        with store.unit_of_work(db.USER) as work:
            return work.fuel_logs.get(log.id)

    return get


def first_100(store: SqlStore, vehicle_id: VehicleId) -> Run:
    """A page of a vehicle's logs."""

    def page() -> list[FuelLog]:
        with store.unit_of_work(db.USER) as work:
            return work.fuel_logs.list_for_vehicle(vehicle_id, limit=100)

    return page


def inserting(store: SqlStore, logs: list[FuelLog], *, atomic: bool) -> Run:
    """One log a call; they are made before, so that only the insert is measured."""
    following: Callable[[], FuelLog] = iter(logs).__next__

    def insert() -> None:
        log = following()
        with store.unit_of_work(db.USER, atomic=atomic) as work:
            work.fuel_logs.add(log)

    return insert


def with_logs(count: int) -> tuple[Vehicle, list[FuelLog]]:
    """A new vehicle and new logs of it."""
    now = datetime.now(UTC)
    vehicle = Vehicle(
        id=VehicleId(uuid7()), user_id=db.USER, license_plate="MANY", created_at=now, updated_at=now
    )
    return vehicle, db.fuel_logs(count, vehicle.id)


def adding(store: SqlStore, ready: list[tuple[Vehicle, list[FuelLog]]]) -> Run:
    """What lies ready, all or nothing."""

    def add_many() -> None:
        vehicle, logs = ready.pop()
        with store.unit_of_work(db.USER, atomic=True) as work:
            work.vehicles.add(vehicle)
            assert work.fuel_logs.add_many(logs) == len(logs)

    return add_many


if __name__ == "__main__":
    command("Row-level security, PostgreSQL", measure)
