"""Loading a long history from PostgreSQL: ``python benchmarks/storage_read.py [--quick]``.

100,000 fuel logs of one vehicle as entities, by our repository and by others,
with the same statement, all of them at once, garbage collector on. The
strongest form by hand is psycopg's tuples given to the constructor without
checks that our repositories use (``motovault.domain.loading.loader``). Beside
it stand what most would write: a plain frozen attrs class of the same fields,
the entity's own constructor, which checks every value again, and the ORM.
"""

from __future__ import annotations

from typing import Any

import attrs
import databases as db
from measuring import Measure, command, compared, in_turn
from sqlalchemy import orm, select

from motovault.domain.fuel_logs import FuelLog
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.vault import open_vault

NAMES = tuple(field.name for field in attrs.fields(FuelLog))
Plain = attrs.make_class("Plain", NAMES, frozen=True, slots=True)

OURS = "our repository, in a unit of work"
SERVICE = "garage.fuel_logs.list()"
BY_HAND = "psycopg tuples into FuelLog by its loader, by hand"
TUPLES = "psycopg tuples only"
PLAIN = "psycopg tuples into a plain frozen attrs class"
CHECKED = "psycopg tuples into FuelLog(...), checks and all"
ORM = "SQLAlchemy ORM objects"


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count, rounds = (500, 2) if quick else (100_000, 9)
    sql = f"{db.SELECT} WHERE vehicle_id = %s AND user_id = %s ORDER BY date_time, id"
    with (
        db.postgres() as url,
        db.store(url) as store,
        db.raw(url) as raw,
        db.orm_engine(url) as engine,
        open_vault(url) as vault,
    ):
        vehicle_id = db.vehicle(store)
        logs = db.fuel_logs(count, vehicle_id)
        with store.unit_of_work(db.USER) as work:
            work.fuel_logs.add_many(logs)
        raw.execute("VACUUM ANALYZE fuel_logs")
        garage = vault.garage(db.USER)

        def ours() -> list[FuelLog]:
            with store.unit_of_work(db.USER) as work:
                return work.fuel_logs.list_for_vehicle(vehicle_id)

        def rows() -> list[tuple[Any, ...]]:
            return raw.execute(sql, (vehicle_id, db.USER)).fetchall()

        def checked() -> list[FuelLog]:
            return [FuelLog(**dict(zip(NAMES, row, strict=True))) for row in rows()]

        def by_orm() -> list[db.MappedLog]:
            columns = FUEL_LOGS.c
            statement = select(db.MappedLog).where(columns.vehicle_id == vehicle_id)
            with orm.Session(engine) as unit:
                return list(unit.scalars(statement.order_by(columns.date_time, columns.id)))

        assert ours() == db.by_hand(rows()) == garage.fuel_logs.list(vehicle_id) == checked() == logs
        del logs  # what is alive costs every collection of garbage
        main = in_turn({OURS: ours, BY_HAND: lambda: db.by_hand(rows()), TUPLES: rows}, rounds)
        beside = in_turn(
            {
                OURS: ours,
                SERVICE: lambda: garage.fuel_logs.list(vehicle_id),
                PLAIN: lambda: [Plain(*row) for row in rows()],
                CHECKED: checked,
                ORM: by_orm,
            },
            max(2, rounds // 3),
        )
    return [
        compared(main, OURS, BY_HAND, what=f"load {count:,} fuel logs: {OURS}", aim=1.15),
        compared(main, OURS, TUPLES),
        compared(beside, SERVICE, OURS),
        compared(beside, PLAIN, OURS),
        compared(beside, CHECKED, OURS),
        compared(beside, ORM, OURS),
    ]


if __name__ == "__main__":
    command("Reading a long history, PostgreSQL", measure)
