"""Queries: the list uses its index at every page, statements are compiled once."""

from __future__ import annotations

from datetime import timedelta

from motovault.storage.sql import SqlStore, fuel_logs
from motovault.storage.sql.columns import encode
from motovault.storage.sql.statements import Statement
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, NOON, example_fuel_log

INDEX = "idx_fuel_logs_vehicle_id_user_id_date_time_id"


def _plan(store: SqlStore, statement: Statement, *args: object) -> str:
    dialect = store.engine.dialect.name
    compiled = statement.compiled(dialect)
    with store.engine.connect() as connection:
        if dialect == "sqlite":
            rows = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {compiled.text}", encode(compiled.bind(args))
            )
        else:
            connection.exec_driver_sql("ANALYZE")
            rows = connection.exec_driver_sql(f"EXPLAIN {compiled.text}", compiled.bind(args))
        return "\n".join(str(row[-1]) for row in rows)


def test_a_page_is_read_from_the_index_in_its_order(own_store: SqlStore) -> None:
    vehicles = [keep_vehicle(own_store) for _ in range(4)]
    with own_store.unit_of_work(ANA) as work:
        work.fuel_logs.add_many(
            example_fuel_log(vehicle, filled_at=NOON + timedelta(hours=n))
            for vehicle in vehicles
            for n in range(3000)
        )
        last = work.fuel_logs.list_for_vehicle(vehicles[3].id, limit=2000)[-1]
    key = (vehicles[3].id, ANA)
    after = (last.filled_at, last.id)
    for plan in (
        _plan(own_store, fuel_logs._LIST_FIRST, *key, 50),
        _plan(own_store, fuel_logs._LIST_NEXT, *key, *after, 50),
    ):
        assert INDEX in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan
    if own_store.engine.dialect.name == "postgresql":
        assert (
            "date_time, id)"
            in _plan(own_store, fuel_logs._LIST_NEXT, *key, *after, 50).partition("Index Cond")[2]
        )


def test_a_statement_is_compiled_once_for_each_database(store: SqlStore) -> None:
    dialect = store.engine.dialect.name
    vehicle = keep_vehicle(store)
    first = fuel_logs._LIST.compiled(dialect)
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.list_for_vehicle(vehicle.id)
    assert fuel_logs._LIST.compiled(dialect) is first


def test_many_are_kept_in_parts_and_read_back_whole(store: SqlStore) -> None:
    """More than one chunk of the insert and partition of the read; half of the second call is old."""
    vehicle = keep_vehicle(store)
    logs = [
        example_fuel_log(vehicle, filled_at=NOON + timedelta(minutes=n), source="a", source_key=str(n))
        for n in range(21_000)
    ]
    with store.unit_of_work(ANA) as work:
        assert work.fuel_logs.add_many(iter(logs[:10_500])) == 10_500
        assert work.fuel_logs.add_many(iter(logs)) == 10_500
    with store.unit_of_work(ANA) as work:
        assert work.fuel_logs.list_for_vehicle(vehicle.id) == logs
        assert work.fuel_logs.list_for_vehicle(vehicle.id, after=logs[5000]) == logs[5001:]
