"""Inserting many fuel logs: ``python benchmarks/storage_bulk.py [--quick]``.

Into an empty table with all its indexes and foreign keys, in one transaction.
Raw COPY gets rows that lie ready as tuples; we get entities, look whose
vehicle it is, make the rows, and would leave out those that are kept already.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import databases as db
from measuring import Measure, command, compared, in_turn
from sqlalchemy import orm

from motovault.domain.fuel_logs import FuelLog
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.storage.sql.columns import encode

OURS = "fuel_logs.add_many()"
TEXT = "raw COPY, text"
BINARY = "raw COPY, binary"
ORM = "SQLAlchemy ORM add_all()"
READY = "raw executemany() of rows that lie ready"
BY_HAND = "raw executemany() of rows made by hand from the entities"


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count, few, rounds = (400, 100, 2) if quick else (200_000, 20_000, 5)
    return [*on_postgresql(count, few, rounds), *on_sqlite(few * 5, rounds)]


def on_postgresql(count: int, few: int, rounds: int) -> list[Measure]:
    with (
        db.postgres() as url,
        db.store(url) as store,
        db.raw(url) as raw,
        db.orm_engine(url) as engine,
    ):
        vehicle_id = db.vehicle(store)
        logs = db.fuel_logs(count, vehicle_id)
        rows = [db.row_of(log) for log in logs]

        def empty() -> None:
            raw.execute("TRUNCATE fuel_logs")
            raw.execute("CHECKPOINT")  # nobody pays for what the one before wrote

        def ours(some: list[FuelLog]) -> None:
            with store.unit_of_work(db.USER) as work:
                assert work.fuel_logs.add_many(some) == len(some)

        def copy(form: str) -> None:
            with raw.cursor() as cursor:
                with cursor.copy(f"COPY fuel_logs ({db.LIST}) FROM STDIN (FORMAT {form})") as copy:
                    if form == "BINARY":
                        copy.set_types(db.TYPES)
                    for row in rows:
                        copy.write_row(row)
                assert cursor.rowcount == len(rows)

        def add_all() -> None:
            with orm.Session(engine) as unit:
                unit.add_all([db.mapped(row) for row in rows[:few]])
                unit.commit()

        big = in_turn(
            {OURS: lambda: ours(logs), TEXT: lambda: copy("TEXT"), BINARY: lambda: copy("BINARY")},
            rounds,
            before=empty,
            warm=False,
        )
        small = in_turn({OURS: lambda: ours(logs[:few]), ORM: add_all}, max(2, rounds // 2), before=empty)
    return [
        compared(big, OURS, TEXT, what=f"insert {count:,} fuel logs into PostgreSQL: {OURS}", aim=1.3),
        compared(big, OURS, BINARY, what=f"insert {count:,}: {OURS}"),
        compared(small, OURS, ORM, what=f"insert {few:,}: {OURS}"),
    ]


def on_sqlite(count: int, rounds: int) -> list[Measure]:
    with tempfile.TemporaryDirectory(prefix="motovault-") as folder:
        engine = make_engine(Path(folder) / "garage.db")
        migrate.upgrade(engine)
        store = SqlStore(engine)
        vehicle_id = db.vehicle(store)
        logs = db.fuel_logs(count, vehicle_id)
        rows = [encode(db.row_of(log)) for log in logs]
        marks = ", ".join("?" * len(db.COLUMNS))
        insert = f"INSERT INTO fuel_logs ({db.LIST}) VALUES ({marks})"
        with closing(engine.raw_connection()) as pooled:
            raw = pooled.driver_connection
            assert raw is not None

            def empty() -> None:
                raw.execute("DELETE FROM fuel_logs")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

            def ours() -> None:
                with store.unit_of_work(db.USER) as work:
                    assert work.fuel_logs.add_many(logs) == len(logs)

            def executemany(given: Iterable[tuple[object, ...]]) -> None:
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(insert, given)
                raw.execute("COMMIT")

            runs = {
                OURS: ours,
                READY: lambda: executemany(rows),
                BY_HAND: lambda: executemany(encode(db.row_of(log)) for log in logs),
            }
            times = in_turn(runs, rounds, before=empty, warm=False)
        engine.dispose()
    what = f"insert {count:,} into SQLite: {OURS}"
    return [compared(times, OURS, BY_HAND, what=what), compared(times, OURS, READY, what=what)]


if __name__ == "__main__":
    command("Inserting many fuel logs", measure)
