"""What is due in a large garage, from PostgreSQL: ``python benchmarks/upcoming.py [--quick]``.

1,000 vehicles, each with 20 schedules (of two intervals most, and one in five
in the other unit), 10 fuel logs and 2 maintenance logs: 20,000 schedules and
12,000 readings beside the vehicles' own. The other side is psycopg with the
same rows and columns, by hand: five plain queries on a connection that is held,
tuples and nothing made of them. What is due is told in order, with forecasts;
its items are made when they are looked at, which is measured beside it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import databases as db
import psycopg
from measuring import Measure, command, compared, in_turn

from motovault.domain.loading import loader
from motovault.domain.maintenance import (
    SUBTYPES,
    Category,
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
    advanced,
)
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql import SqlStore
from motovault.storage.sql.maintenance import (
    MAINTENANCE_SCHEDULES,
    SqlMaintenanceScheduleRepository,
)
from motovault.storage.sql.vehicles import VEHICLES
from motovault.system import uuid7
from motovault.testing.clock import FrozenClock
from motovault.vault import open_vault

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SCHEDULES, FUEL_LOGS, WORK_LOGS = 20, 10, 2

UPCOMING = "garage.maintenance.upcoming()"
LOOKED_AT = "the same, every item looked at: as_dict()"
LISTS = "our repositories, the same rows as entities"
TUPLES = "psycopg tuples only, the same rows"


def columns(table: Any) -> str:
    return ", ".join(column.name for column in table.columns)


LIVE = "SELECT id FROM vehicles WHERE user_id = %(user)s AND is_active AND deleted_at IS NULL"
QUERIES = (
    (
        f"SELECT {columns(VEHICLES)} FROM vehicles WHERE user_id = %(user)s"
        " AND is_active AND deleted_at IS NULL ORDER BY created_at, id"
    ),
    (
        f"SELECT {columns(MAINTENANCE_SCHEDULES)} FROM maintenance_schedules WHERE user_id = %(user)s"
        f" AND vehicle_id IN ({LIVE}) ORDER BY vehicle_id, created_at, id"
    ),
    (
        "SELECT vehicle_id, date_time, odometer, odometer_unit, id FROM fuel_logs"
        " WHERE user_id = %(user)s AND odometer IS NOT NULL"
    ),
    (
        "SELECT vehicle_id, service_date, odometer, odometer_unit, id FROM maintenance_logs"
        " WHERE user_id = %(user)s AND odometer > 0"
    ),
    "SELECT * FROM user_preferences WHERE user_id = %(user)s",
)


def fetched(raw: psycopg.Connection[tuple[Any, ...]]) -> list[list[tuple[Any, ...]]]:
    """All rows that are needed, as psycopg gives them."""
    return [raw.execute(query, {"user": db.USER}).fetchall() for query in QUERIES]


def fill(store: SqlStore, raw: psycopg.Connection[tuple[Any, ...]], vehicle_count: int) -> None:
    """A garage in which things are due: driven for two years, serviced now and then."""
    chance = random.Random(8)
    schedules: list[MaintenanceSchedule] = []
    works = [(Category.ROUTINE_MAINTENANCE, subtype) for subtype in SUBTYPES[Category.ROUTINE_MAINTENANCE]]
    with store.unit_of_work(db.USER, atomic=True) as work:
        for number in range(vehicle_count):
            vehicle = Vehicle(
                id=VehicleId(uuid7()),
                user_id=db.USER,
                license_plate=f"FLEET {number}",
                nickname=f"Number {number}",
                distance_unit=DistanceUnit.KM,
                created_at=NOW - timedelta(days=800),
                updated_at=NOW,
            )
            work.vehicles.add(vehicle)
            logs = list(_maintenance_logs(vehicle.id, chance, works))
            work.fuel_logs.add_many(_fuel_logs(vehicle.id, number, chance))
            work.maintenance_logs.add_many(logs)
            schedules += (
                advanced(_schedule(vehicle.id, chance, category, subtype), logs, DistanceUnit.KM)
                for category, subtype in chance.sample(works, SCHEDULES)
            )
    places = ", ".join(["%s"] * len(MAINTENANCE_SCHEDULES.columns))
    with raw.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO maintenance_schedules ({columns(MAINTENANCE_SCHEDULES)}) VALUES ({places})",
            [SqlMaintenanceScheduleRepository._row(schedule) for schedule in schedules],
        )
    raw.execute("VACUUM ANALYZE")


def _fuel_logs(vehicle_id: VehicleId, number: int, chance: random.Random) -> Sequence[Any]:
    """Every fifth or so of what a vehicle fills in two years, up to yesterday."""
    build = loader(type(db.fuel_logs(1, vehicle_id)[0]))
    names = [field.name for field in type(db.fuel_logs(1, vehicle_id)[0]).__attrs_attrs__]
    at, odometer, made = NOW - timedelta(days=700), Decimal(chance.randint(20_000, 60_000)), []
    for log in db.fuel_logs(FUEL_LOGS, vehicle_id, seed=number):
        values = {name: getattr(log, name) for name in names} | {"filled_at": at, "odometer": odometer}
        made.append(build(*values.values()))
        at += timedelta(days=chance.randint(40, 77))
        odometer += chance.randint(1_000, 3_000)
    return made


def _maintenance_logs(vehicle_id: VehicleId, chance: random.Random, works: Sequence[Any]) -> Any:
    for ago in (400, 150):
        category, subtype = chance.choice(works)
        yield MaintenanceLog(
            id=MaintenanceLogId(uuid7()),
            user_id=db.USER,
            vehicle_id=vehicle_id,
            category=category,
            subtypes=(subtype,),
            service_date=(NOW - timedelta(days=ago)).date(),
            odometer=Decimal(60_000 - 50 * ago),
            odometer_unit=DistanceUnit.KM,
            created_at=NOW,
            updated_at=NOW,
        )


def _schedule(
    vehicle_id: VehicleId, chance: random.Random, category: str, subtype: str
) -> MaintenanceSchedule:
    kind = chance.randrange(10)  # six of ten by both, two by the calendar alone, two by the odometer alone
    began = date(2023, 1, 1) + timedelta(days=chance.randrange(1_000))
    reading = Decimal(chance.randint(15_000, 70_000))
    unit = DistanceUnit.MI if chance.randrange(5) == 0 else DistanceUnit.KM
    return advanced(
        MaintenanceSchedule(
            id=MaintenanceScheduleId(uuid7()),
            user_id=db.USER,
            vehicle_id=vehicle_id,
            category=category,
            subtypes=(subtype,),
            interval_months=None if kind in (8, 9) else chance.choice((6, 12, 24, 36)),
            interval_distance=None if kind in (6, 7) else Decimal(chance.choice((8_000, 16_000, 48_000))),
            last_service_date=None if kind in (8, 9) else began,
            last_service_odometer=None if kind in (6, 7) else reading,
            distance_unit=unit,
            created_at=NOW,
            updated_at=NOW,
        ),
        [],
        DistanceUnit.KM,
    )


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    vehicle_count, rounds = (20, 2) if quick else (1_000, 11)
    with (
        db.postgres() as url,
        db.store(url) as store,
        db.raw(url) as raw,
        open_vault(url, clock=FrozenClock(NOW)) as vault,
    ):
        fill(store, raw, vehicle_count)
        garage = vault.garage(db.USER)

        def lists() -> list[Any]:
            with store.unit_of_work(db.USER) as work:
                return [
                    work.user_preferences.find(),
                    work.vehicles.list_live(),
                    work.maintenance_schedules.list_for_garage(),
                    work.odometer.list_for_garage(),
                ]

        found, rows = garage.maintenance.upcoming(), fetched(raw)
        assert {item.schedule.id for item in found} == {row[0] for row in rows[1]}
        assert len(found) == vehicle_count * SCHEDULES
        readings = [one for some in lists()[3].values() for one in some]
        assert len(readings) == len(rows[2]) + len(rows[3]) == vehicle_count * (FUEL_LOGS + WORK_LOGS)
        db.info(f"{len(found)} schedules, {len(readings)} readings: {found!r}")
        del found, rows, readings
        main = in_turn(
            {UPCOMING: garage.maintenance.upcoming, TUPLES: lambda: fetched(raw), LISTS: lists}, rounds
        )
        beside = in_turn(
            {
                UPCOMING: garage.maintenance.upcoming,
                LOOKED_AT: lambda: [item.as_dict() for item in garage.maintenance.upcoming()],
            },
            max(2, rounds // 4),
        )
    what = f"what is due in {vehicle_count:,} vehicles x {SCHEDULES} schedules: {UPCOMING}"
    return [
        compared(main, UPCOMING, TUPLES, what=what, aim=2),
        compared(main, LISTS, TUPLES),
        compared(main, UPCOMING, LISTS),
        compared(beside, LOOKED_AT, UPCOMING),
    ]


if __name__ == "__main__":
    command("What is due in a large garage, PostgreSQL", measure)
