"""One small call to PostgreSQL: ``python benchmarks/storage_latency.py [--quick]``.

Medians of calls that stand side by side, over a Unix socket where the tests'
server is used. Raw psycopg holds one connection in autocommit, sends the same
statement, prepared, and builds the same entities by hand. Ours takes a
connection out of the pool and gives it back at every call, as a web
application would; so does the ORM, which begins and commits a transaction.

To insert one, we send one statement which also looks whether the vehicle is a
live one of this user. Raw sends that too; beside it stands a bare INSERT,
which would accept another user's vehicle. The garage's ``add`` is given what a
form sends: it makes an id, checks every value and computes the total. Raw does
the same where it is compared with that: the entity's own constructor first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import databases as db
from measuring import Measure, call_by_call, command, compared
from sqlalchemy import orm, select

from motovault.domain.fuel_logs import FuelLog, FuelLogId
from motovault.domain.vehicles import VehicleId
from motovault.quantities.context import round_half_up
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.system import uuid7
from motovault.vault import Garage, open_vault

RAW = "raw psycopg, the same statement"
CHECKED = "raw psycopg after FuelLog(...), the same statement"
BARE = "raw psycopg, a bare INSERT"
OURS = "our repository in a unit of work"
SERVICE = "garage.fuel_logs"
ORM = "SQLAlchemy ORM"
AIMS = {"get by id": 1.7, "list of 100": 1.4, "insert one": 1.4}

GET = f"{db.SELECT} WHERE id = %s AND user_id = %s"
PAGE = f"{db.SELECT} WHERE vehicle_id = %s AND user_id = %s ORDER BY date_time, id LIMIT %s"
INSERT = f"INSERT INTO fuel_logs ({db.LIST}) VALUES ({db.PLACES})"
# the parameters of a SELECT list have no column to take their types from
TYPED = ", ".join(f"%s::{kind}" for kind in db.TYPES)
INSERT_INTO_LIVE = (
    f"INSERT INTO fuel_logs ({db.LIST}) SELECT {TYPED} WHERE EXISTS (SELECT * FROM vehicles WHERE id = %s "
    "AND user_id = %s AND is_active IS NOT false AND deleted_at IS NULL) ON CONFLICT DO NOTHING"
)


# What a form sends, beside the odometer and the price.
FORM: dict[str, Any] = {
    "filled_at": datetime(2025, 1, 1, 12, tzinfo=UTC),
    "volume": Decimal("41.250"),
    "fuel_type": "gasoline",
    "fuel_grade": "95",
    "location": "Station 7",
    "odometer_unit": "km",
    "fuel_unit": "L",
    "currency_code": "EUR",
}


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    calls = 20 if quick else 5_000
    with (
        db.postgres() as url,
        db.store(url) as store,
        db.raw(url) as raw,
        db.orm_engine(url) as engine,
        open_vault(url) as vault,
    ):
        vehicle_id = db.vehicle(store)
        kept = db.fuel_logs(200 if quick else 5_000, vehicle_id)
        with store.unit_of_work(db.USER) as work:
            work.fuel_logs.add_many(kept)
        raw.execute("VACUUM ANALYZE fuel_logs")
        garage, log_id = vault.garage(db.USER), kept[len(kept) // 2].id
        columns = FUEL_LOGS.c
        page = select(db.MappedLog).where(columns.vehicle_id == vehicle_id)
        page = page.order_by(columns.date_time, columns.id).limit(100)

        def get() -> FuelLog:
            with store.unit_of_work(db.USER) as work:
                return work.fuel_logs.get(log_id)

        def raw_get() -> FuelLog:
            return db.by_hand(raw.execute(GET, (log_id, db.USER), prepare=True).fetchall())[0]

        def orm_get() -> Any:
            with orm.Session(engine) as unit:
                return unit.get(db.MappedLog, log_id)

        def first_100() -> list[FuelLog]:
            with store.unit_of_work(db.USER) as work:
                return work.fuel_logs.list_for_vehicle(vehicle_id, limit=100)

        def raw_first_100() -> list[FuelLog]:
            return db.by_hand(raw.execute(PAGE, (vehicle_id, db.USER, 100), prepare=True).fetchall())

        def orm_first_100() -> list[Any]:
            with orm.Session(engine) as unit:
                return list(unit.scalars(page))

        assert get() == raw_get() == garage.fuel_logs.get(log_id) == kept[len(kept) // 2]
        assert first_100() == raw_first_100() == garage.fuel_logs.list(vehicle_id, limit=100) == kept[:100]

        # Each road inserts logs of its own; they are made before, so that only the insert is measured.
        new: dict[str, Callable[[], FuelLog]] = {}
        for seed, name in enumerate((RAW, BARE, OURS, ORM), start=2):
            new[name] = iter(db.fuel_logs(2 * calls + 50, vehicle_id, seed=seed)).__next__

        def insert() -> None:
            log = new[OURS]()
            with store.unit_of_work(db.USER) as work:
                work.fuel_logs.add(log)

        def raw_insert() -> None:
            values = db.row_of(new[RAW]())
            done = raw.execute(INSERT_INTO_LIVE, (*values, vehicle_id, db.USER), prepare=True)
            assert done.rowcount == 1

        def checked_insert() -> None:
            now = datetime.now(UTC)
            price = Decimal("1.599")
            log = FuelLog(
                id=FuelLogId(uuid7()),
                user_id=db.USER,
                vehicle_id=vehicle_id,
                created_at=now,
                updated_at=now,
                price_per_unit=price,
                total_cost=round_half_up(price * FORM["volume"], 2),
                odometer=100_000,
                **FORM,
            )
            values = db.row_of(log)
            raw.execute(INSERT_INTO_LIVE, (*values, vehicle_id, db.USER), prepare=True)

        def bare_insert() -> None:
            raw.execute(INSERT, db.row_of(new[BARE]()), prepare=True)

        def orm_insert() -> None:
            with orm.Session(engine) as unit:
                unit.add(db.mapped(db.row_of(new[ORM]())))
                unit.commit()

        times = {
            "get by id": call_by_call(
                {RAW: raw_get, OURS: get, SERVICE: lambda: garage.fuel_logs.get(log_id), ORM: orm_get}, calls
            ),
            "list of 100": call_by_call(
                {
                    RAW: raw_first_100,
                    OURS: first_100,
                    SERVICE: lambda: garage.fuel_logs.list(vehicle_id, limit=100),
                    ORM: orm_first_100,
                },
                max(10, calls // 4),
            ),
            "insert one": call_by_call(
                {
                    RAW: raw_insert,
                    CHECKED: checked_insert,
                    BARE: bare_insert,
                    OURS: insert,
                    SERVICE: typed_in(garage, vehicle_id),
                    ORM: orm_insert,
                },
                calls,
            ),
        }
        # Without the ORM in between, which leaves nothing of ours or theirs in the processor's caches.
        alone = call_by_call({RAW: raw_insert, OURS: insert}, calls)
    inserts = times["insert one"]
    lines = []
    for operation, taken in times.items():
        aim, against = AIMS[operation], CHECKED if CHECKED in taken else RAW
        service = f"{operation}: {SERVICE}"
        lines += [
            compared(taken, OURS, RAW, what=f"{operation}: {OURS}", aim=aim, latency=True),
            compared(taken, SERVICE, against, what=service, aim=aim, latency=True),
            compared(taken, ORM, RAW, what=f"{operation}: {ORM}", latency=True),
        ]
    return [
        *lines,
        compared(inserts, SERVICE, RAW, what=f"insert one: {SERVICE}", latency=True),
        compared(inserts, OURS, BARE, what=f"insert one: {OURS}", latency=True),
        compared(alone, OURS, RAW, what=f"insert one, these two alone in turn: {OURS}", latency=True),
    ]


def typed_in(garage: Garage, vehicle_id: VehicleId) -> Callable[[], object]:
    """What a form sends: every value is checked, the total computed, the clock asked, an id made."""
    number = count()
    return lambda: garage.fuel_logs.add(
        vehicle_id, odometer=100_000 + next(number), price_per_unit="1.599", **FORM
    )


if __name__ == "__main__":
    command("Latency of one call, PostgreSQL, p50", measure)
