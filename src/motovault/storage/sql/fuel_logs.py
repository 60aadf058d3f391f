"""Fuel logs in SQL: the table, a row as an entity, the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.domain.fuel_logs import FuelLog, FuelLogExists, FuelLogId, FuelLogNotFound, FuelType
from motovault.domain.loading import loader
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue, MotovaultError
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.storage.sql.bulk import BulkInsert
from motovault.storage.sql.columns import METADATA, Row, moment, number, owner_key, words
from motovault.storage.sql.errors import Clashes
from motovault.storage.sql.statements import Statement, values
from motovault.storage.sql.vehicles import is_live_vehicle
from motovault.storage.sql.work import Work

__all__ = ["FUEL_LOGS", "SqlFuelLogRepository"]

FUEL_LOGS: Final = sa.Table(
    "fuel_logs",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("date_time", moment(), nullable=False, index=True),
    sa.Column("odometer", number()),
    sa.Column("trip_distance", number()),
    sa.Column("fuel_type", sa.String(50)),
    sa.Column("fuel_grade", sa.String(50)),
    sa.Column("fuel_units", number(10, 3), nullable=False),
    sa.Column("cost_per_unit", number(10, 3), nullable=False),
    sa.Column("total_cost", number(10, 2)),
    sa.Column("location_data", sa.String(500)),
    sa.Column("notes", sa.Text),
    sa.Column("created_at", moment(), index=True),
    sa.Column("updated_at", moment()),
    sa.Column("odometer_unit", sa.String(10)),
    sa.Column("fuel_unit", sa.String(10)),
    sa.Column("is_full_tank", sa.Boolean, nullable=False),
    sa.Column("missed_previous", sa.Boolean, nullable=False),
    sa.Column("tank", sa.Integer, nullable=False),
    sa.Column("is_towing", sa.Boolean, nullable=False),
    sa.Column("excluded_distance", number()),
    sa.Column("currency_code", sa.String(3)),
    sa.Column("charge_start_percent", number(5, 2)),
    sa.Column("charge_end_percent", number(5, 2)),
    sa.Column("source", sa.String(50)),
    sa.Column("source_key", sa.String(255)),
    owner_key("fuel_logs"),
    sa.Index("fuel_logs_source_key", "vehicle_id", "source", "source_key", unique=True),
    # the user too: without it PostgreSQL expects too few rows and reads more than a page; see migration 004
    sa.Index("idx_fuel_logs_vehicle_id_user_id_date_time_id", "vehicle_id", "user_id", "date_time", "id"),
)
_T: Final = FUEL_LOGS.c
_NAMES: Final = tuple(column.name for column in FUEL_LOGS.columns)
_BIND: Final = values(FUEL_LOGS)

_load: Final = loader(FuelLog)
_FUEL_TYPES: Final = words(FuelType)
_DISTANCE_UNITS: Final = words(DistanceUnit)
_FUEL_UNITS: Final = words(FuelUnit)

_ZERO: Final = Decimal(0)
_SOURCE_TAKEN: Final = "this source key of the vehicle is kept already"
_CLASHES: Final[dict[str, Callable[[], MotovaultError]]] = {
    "fuel_logs_pkey": FuelLogExists,
    "fuel_logs.id": FuelLogExists,
    "fuel_logs_source_key": lambda: FuelLogExists(_SOURCE_TAKEN),
    "fuel_logs.vehicle_id, fuel_logs.source, fuel_logs.source_key": lambda: FuelLogExists(_SOURCE_TAKEN),
}
_VEHICLE_KEYS: Final = ("fuel_logs_vehicle_id_fkey", "fuel_logs_user_id_vehicle_id_fkey")
"""Broken only where somebody deletes the vehicle, or gives it away, after we have seen it."""


def _clashes(log: FuelLog) -> Clashes:
    return _CLASHES | dict.fromkeys(_VEHICLE_KEYS, lambda: VehicleNotFound(log.vehicle_id))


def _row(log: FuelLog) -> tuple[object, ...]:
    price = log.price_per_unit
    return (
        log.id,
        log.user_id,
        log.vehicle_id,
        log.filled_at,
        log.odometer,
        log.trip_distance,
        None if log.fuel_type is None else str(log.fuel_type),
        log.fuel_grade,
        _ZERO if log.volume is None else log.volume,
        _ZERO if price is None else price,
        log.total_cost,
        log.location,
        log.notes,
        log.created_at,
        log.updated_at,
        None if log.odometer_unit is None else str(log.odometer_unit),
        None if log.fuel_unit is None else str(log.fuel_unit),
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


def _logs(rows: Iterable[Row]) -> list[FuelLog]:
    """Rows as entities; written out, because a long history is mostly this."""
    load, fuel_types, distance_units, fuel_units = _load, _FUEL_TYPES, _DISTANCE_UNITS, _FUEL_UNITS
    # fmt: off
    return [
        load(
            log_id, user_id, vehicle_id, filled_at,
            # NaN and infinity, which NUMERIC takes from another application, are no figure
            odometer if odometer is None or odometer.is_finite() else None,
            trip_distance if trip_distance is None or trip_distance.is_finite() else None,
            fuel_types[fuel_type], fuel_grade,
            # 0 is unknown, unless the whole was free: as FuelLog has it
            volume if volume and volume.is_finite() else None,
            price if price.is_finite() and (price or total_cost == _ZERO) else None,
            total_cost if total_cost is None or total_cost.is_finite() else None,
            location, notes, created_at or filled_at, updated_at or created_at or filled_at,
            distance_units[odometer_unit],
            fuel_units[fuel_unit], is_full_tank, missed_previous, tank, is_towing,
            excluded_distance if excluded_distance is None or excluded_distance.is_finite() else None,
            currency_code, start if start is None or start.is_finite() else None,
            end if end is None or end.is_finite() else None, source, source_key,
        )
        for (
            log_id, user_id, vehicle_id, filled_at, odometer, trip_distance, fuel_type, fuel_grade, volume,
            price, total_cost, location, notes, created_at, updated_at, odometer_unit, fuel_unit,
            is_full_tank, missed_previous, tank, is_towing, excluded_distance, currency_code,
            start, end, source, source_key,
        ) in rows
    ]
    # fmt: on


def _insert(dialect: Any) -> Any:
    log = sa.select(*(bind.label(name) for name, bind in _BIND.items()))
    vehicle_is_mine = is_live_vehicle(_BIND["vehicle_id"], _BIND["user_id"])
    return (
        dialect.insert(FUEL_LOGS)
        .from_select(_NAMES, log.where(vehicle_is_mine), include_defaults=False)
        .on_conflict_do_nothing()
    )


def _bulk_insert(dialect: Any) -> Any:
    return (
        dialect.insert(FUEL_LOGS)
        .values(_BIND)
        .on_conflict_do_nothing(index_elements=["vehicle_id", "source", "source_key"])
    )


_ADD: Final = Statement(_insert(postgresql), *_NAMES, sqlite=_insert(sqlite))
_BULK: Final = BulkInsert(
    FUEL_LOGS,
    Statement(_bulk_insert(postgresql), *_NAMES, sqlite=_bulk_insert(sqlite)),
    skipping="fuel_logs_source_key",
    clashes=_CLASHES,
)
_MINE: Final = _T.user_id == sa.bindparam("user_id", type_=_T.user_id.type)
_ID: Final = sa.bindparam("id", type_=_T.id.type)
_VEHICLE: Final = sa.bindparam("vehicle_id", type_=_T.vehicle_id.type)
_KEY: Final = ("vehicle_id", "user_id")
_HAS_ID: Final = Statement(sa.select(sa.func.count()).select_from(FUEL_LOGS).where(_T.id == _ID), "id")
_HAS_VEHICLE: Final = Statement(
    sa.select(is_live_vehicle(_VEHICLE, sa.bindparam("user_id", type_=_T.user_id.type))), *_KEY
)
_ALL: Final = sa.select(FUEL_LOGS)
_GET: Final = Statement(_ALL.where(_T.id == _ID, _MINE), "id", "user_id")
_GET_FOR_CHANGE: Final = Statement(_ALL.where(_T.id == _ID, _MINE).with_for_update(), "id", "user_id")
_OF_VEHICLE: Final = _ALL.where(_T.vehicle_id == _VEHICLE, _MINE).order_by(_T.date_time, _T.id)
_BEHIND: Final = sa.tuple_(_T.date_time, _T.id) > sa.tuple_(
    sa.bindparam("after_at", type_=_T.date_time.type), sa.bindparam("after_id", type_=_T.id.type)
)
_LIMIT: Final = sa.bindparam("limit", type_=sa.Integer)
_LIST: Final = Statement(_OF_VEHICLE, *_KEY)
_LIST_FIRST: Final = Statement(_OF_VEHICLE.limit(_LIMIT), *_KEY, "limit")
_LIST_AFTER: Final = Statement(_OF_VEHICLE.where(_BEHIND), *_KEY, "after_at", "after_id")
_LIST_NEXT: Final = Statement(
    _OF_VEHICLE.where(_BEHIND).limit(_LIMIT), *_KEY, "after_at", "after_id", "limit"
)
_COUNT: Final = Statement(
    sa.select(sa.func.count()).select_from(FUEL_LOGS).where(_T.vehicle_id == _VEHICLE, _MINE), *_KEY
)
_REPLACE: Final = Statement(
    sa.update(FUEL_LOGS)
    .where(
        _T.id == sa.bindparam("this_id", type_=_T.id.type),
        _T.user_id == _BIND["user_id"],
        sa.or_(_T.vehicle_id == _BIND["vehicle_id"], is_live_vehicle(_BIND["vehicle_id"], _BIND["user_id"])),
    )
    .values({name: bind for name, bind in _BIND.items() if name not in {"id", "user_id"}}),
    *("this_id" if name == "id" else name for name in _NAMES),
)
_REMOVE: Final = Statement(sa.delete(FUEL_LOGS).where(_T.id == _ID, _MINE), "id", "user_id")

_CHUNK: Final = 5_000


class SqlFuelLogRepository:
    """:class:`motovault.domain.fuel_logs.FuelLogRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, log: FuelLog, /) -> None:
        self._refuse_others(log)
        if self._work.change(_ADD, _row(log), _clashes(log)) == 1:
            return
        # no row, no reason: the vehicle is not there, or DO NOTHING was done
        self._check_vehicle(log.vehicle_id)
        raise FuelLogExists if self._work.rows(_HAS_ID, log.id)[0][0] else FuelLogExists(_SOURCE_TAKEN)

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        given = iter(logs)
        first = list(islice(given, _CHUNK))
        if not first:
            return 0
        added = 0
        with self._work.block():
            bulk = _BULK.start(self._work)
            known: set[VehicleId] = set()
            for chunk in _chunks(first, given):
                for log in chunk:
                    self._refuse_others(log)
                for vehicle_id in {log.vehicle_id for log in chunk} - known:
                    self._check_vehicle(vehicle_id)
                    known.add(vehicle_id)
                added += bulk.insert([_row(log) for log in chunk])
        return added

    def get(self, log_id: FuelLogId, /) -> FuelLog:
        row = self._work.row(_GET_FOR_CHANGE if self._work.is_atomic else _GET, log_id, self._work.user_id)
        if row is None:
            raise FuelLogNotFound(log_id)
        return _logs((row,))[0]

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        work, mine = self._work, (vehicle_id, self._work.user_id)
        key = mine if after is None else (*mine, after.filled_at, after.id)
        if limit is not None:
            return _logs(work.rows(_LIST_FIRST if after is None else _LIST_NEXT, *key, limit))
        logs: list[FuelLog] = []
        for rows in work.partitions(_LIST if after is None else _LIST_AFTER, *key):
            logs += _logs(rows)
        return logs

    def replace(self, log: FuelLog, /) -> None:
        self._refuse_others(log)
        work = self._work
        if work.risky(lambda: work.change(_REPLACE, _row(log), _clashes(log))) == 1:
            return
        self.get(log.id)
        raise VehicleNotFound(log.vehicle_id)

    def remove(self, log_id: FuelLogId, /) -> None:
        if self._work.change(_REMOVE, (log_id, self._work.user_id)) != 1:
            raise FuelLogNotFound(log_id)

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        row = self._work.row(_COUNT, vehicle_id, self._work.user_id)
        return 0 if row is None else int(row[0])

    def _refuse_others(self, log: FuelLog) -> None:
        if log.user_id != self._work.user_id:
            raise InvalidValue("user_id", log.user_id, "is not the user whose fuel logs these are")

    def _check_vehicle(self, vehicle_id: VehicleId) -> None:
        if not self._work.rows(_HAS_VEHICLE, vehicle_id, self._work.user_id)[0][0]:
            raise VehicleNotFound(vehicle_id)


def _chunks(first: list[FuelLog], rest: Iterator[FuelLog]) -> Iterator[Sequence[FuelLog]]:
    chunk = first
    while chunk:
        yield chunk
        chunk = list(islice(rest, _CHUNK))
