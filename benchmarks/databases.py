"""Databases to measure on: a migrated one of its own, a vehicle, made-up fuel logs, and the roads of others.

The roads of others are written as well as we can: raw psycopg holds its
connection, prepares its statements, and builds entities by the same cheap
constructor as our repositories do.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import measuring  # noqa: F401  (which lets tests be found)
import psycopg
import sqlalchemy as sa
from sqlalchemy import orm

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelType
from motovault.domain.loading import loader
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.system import uuid7
from tests import scratch, servers

USER = UserId("benchmark")
COLUMNS = tuple(column.name for column in FUEL_LOGS.columns)
LIST = ", ".join(COLUMNS)
SELECT = f"SELECT {LIST} FROM fuel_logs"
PLACES = ", ".join(["%s"] * len(COLUMNS))
_SQL = {"Uuid": "uuid", "DateTime": "timestamptz", "Numeric": "numeric", "Boolean": "bool", "Integer": "int4"}
TYPES = [_SQL.get(type(column.type).__name__, "text") for column in FUEL_LOGS.columns]

load = loader(FuelLog)
_ZERO = Decimal(0)
_FUEL_TYPES: dict[str | None, FuelType | None] = {None: None, **{one.value: one for one in FuelType}}
_DISTANCES: dict[str | None, DistanceUnit | None] = {None: None, **{one.value: one for one in DistanceUnit}}
_FUELS: dict[str | None, FuelUnit | None] = {None: None, **{one.value: one for one in FuelUnit}}


def info(text: str) -> None:
    """Say what is going on, where it is in nobody's way."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """URL of a migrated and empty PostgreSQL database, on the tests' server or a new one."""
    with servers.postgres() as server, scratch.database(server) as url:
        engine = make_engine(url)
        migrate.upgrade(engine)
        engine.dispose()
        yield url


@contextlib.contextmanager
def raw(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """psycopg alone: one connection, held, in autocommit, in UTC."""
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, options="-c timezone=UTC") as connection:
        yield connection


@contextlib.contextmanager
def store(url: str) -> Iterator[SqlStore]:
    """Our store, on the engine that open_vault makes."""
    engine = make_engine(url)
    try:
        yield SqlStore(engine)
    finally:
        engine.dispose()


def vehicle(kept_in: SqlStore) -> VehicleId:
    """A new vehicle to hang logs on."""
    now = datetime.now(UTC)
    made = Vehicle(
        id=VehicleId(uuid7()), user_id=USER, license_plate="BENCH 1", created_at=now, updated_at=now
    )
    with kept_in.unit_of_work(USER) as work:
        work.vehicles.add(made)
    return made.id


def fuel_logs(count: int, vehicle_id: VehicleId, *, seed: int = 1) -> list[FuelLog]:
    """Logs as an import makes them, oldest first; a place on most, a note on some."""
    chance = random.Random(seed)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    filled_at = datetime(1990, 1, 1, tzinfo=UTC)
    odometer = Decimal("0.0")
    made = []
    for number in range(count):
        filled_at += timedelta(minutes=chance.randint(60, 240))
        odometer += Decimal(chance.randint(100, 999)).scaleb(-1)
        volume = Decimal(chance.randint(10_000, 60_000)).scaleb(-3)
        price = Decimal(chance.randint(1_200, 1_900)).scaleb(-3)
        made.append(
            load(
                FuelLogId(uuid7()),
                USER,
                vehicle_id,
                filled_at,
                odometer,
                None,
                FuelType.GASOLINE,
                "95" if number % 3 else None,
                volume,
                price,
                (volume * price).quantize(Decimal("0.01")),
                None if number % 5 == 0 else f"Station {chance.randint(1, 50)}",
                f"note {number}" if number % 10 == 0 else None,
                now,
                now,
                DistanceUnit("km"),
                FuelUnit("L"),
                chance.random() < 0.8,
                False,
                1,
                False,
                None,
                "EUR",
                None,
                None,
                "benchmark",
                f"{seed}:{number}",
            )
        )
    return made


def by_hand(rows: Iterable[Sequence[Any]]) -> list[FuelLog]:
    """Tuple rows as entities: the strongest form by hand, equal to what our repository gives."""
    build, fuel_types, distances, fuels = load, _FUEL_TYPES, _DISTANCES, _FUELS
    # fmt: off
    return [
        build(
            log_id, user_id, vehicle_id, at, odometer, trip, fuel_types[fuel_type], grade, volume or None,
            price if price or total == 0 else None, total, place, notes, created_at, updated_at,
            distances[distance_unit], fuels[fuel_unit], is_full, missed, tank, towing, excluded, currency,
            start, end, source, key,
        )
        for (
            log_id, user_id, vehicle_id, at, odometer, trip, fuel_type, grade, volume,
            price, total, place, notes, created_at, updated_at,
            distance_unit, fuel_unit, is_full, missed, tank, towing, excluded, currency,
            start, end, source, key,
        ) in rows
    ]
    # fmt: on


def row_of(log: FuelLog) -> tuple[object, ...]:
    """An entity as the values of its row, by hand."""
    return (
        log.id,
        log.user_id,
        log.vehicle_id,
        log.filled_at,
        log.odometer,
        log.trip_distance,
        log.fuel_type and log.fuel_type.value,
        log.fuel_grade,
        log.volume or _ZERO,
        log.price_per_unit or _ZERO,
        log.total_cost,
        log.location,
        log.notes,
        log.created_at,
        log.updated_at,
        log.odometer_unit and log.odometer_unit.value,
        log.fuel_unit and log.fuel_unit.value,
        log.is_full_tank,
        log.missed_previous,
        log.tank,
        log.is_towing,
        log.excluded_distance,
        log.currency_code,
        log.charge_start_percent,
        log.charge_end_percent,
        log.source,
        log.source_key,
    )


class MappedLog:
    """The same table through SQLAlchemy's ORM; one attribute a column."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


orm.registry().map_imperatively(MappedLog, FUEL_LOGS)


def mapped(row: Sequence[object]) -> MappedLog:
    """A new object of the ORM."""
    return MappedLog(**dict(zip(COLUMNS, row, strict=True)))


def mapped_row(one: Any) -> tuple[Any, ...]:
    """The values of an object of the ORM, in the table's order."""
    return tuple([getattr(one, name) for name in COLUMNS])


@contextlib.contextmanager
def orm_engine(url: str) -> Iterator[sa.Engine]:
    """An engine as the ORM's users make one."""
    engine = sa.create_engine(url, connect_args={"options": "-c timezone=UTC"})
    try:
        yield engine
    finally:
        engine.dispose()
