"""Maintenance in SQL: what was done, and what recurs; the tables, rows as entities, the repositories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.domain.loading import loader
from motovault.domain.maintenance import (
    Category,
    MaintenanceLog,
    MaintenanceLogExists,
    MaintenanceLogNotFound,
    MaintenanceSchedule,
    MaintenanceScheduleExists,
    MaintenanceScheduleNotFound,
    ScheduleMode,
)
from motovault.domain.vehicles import VehicleId
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql.bulk import BulkInsert
from motovault.storage.sql.columns import METADATA, Row, moment, number, owner_key, texts, words
from motovault.storage.sql.of_vehicles import OfVehicleStatements, SqlOfVehicleRepository, source_clashes
from motovault.storage.sql.statements import Statement, values

__all__ = [
    "MAINTENANCE_LOGS",
    "MAINTENANCE_SCHEDULES",
    "SqlMaintenanceLogRepository",
    "SqlMaintenanceScheduleRepository",
]

MAINTENANCE_LOGS: Final = sa.Table(
    "maintenance_logs",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("category", sa.String(50), nullable=False),
    sa.Column("subtypes", texts()),
    sa.Column("service_date", sa.Date, nullable=False, index=True),
    sa.Column("odometer", sa.Integer),
    sa.Column("cost", number(10, 2)),
    sa.Column("shop_name", sa.String(200)),
    sa.Column("notes", sa.Text),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.Column("odometer_unit", sa.String(10)),
    sa.Column("currency_code", sa.String(3)),
    sa.Column("source", sa.String(50)),
    sa.Column("source_key", sa.String(255)),
    owner_key("maintenance_logs"),
    sa.Index("maintenance_logs_source_key", "vehicle_id", "source", "source_key", unique=True),
)

MAINTENANCE_SCHEDULES: Final = sa.Table(
    "maintenance_schedules",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vehicle_id", sa.ForeignKey("vehicles.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("category", sa.String(50), nullable=False),
    sa.Column("subtypes", texts()),
    sa.Column("interval_months", sa.Integer),
    sa.Column("interval_miles", sa.Integer),
    sa.Column("last_service_date", sa.Date),
    sa.Column("last_service_mileage", sa.Integer),
    sa.Column("next_due_date", sa.Date, index=True),
    sa.Column("next_due_mileage", sa.Integer),
    sa.Column("email_notifications", sa.Boolean),
    sa.Column("notes", sa.Text),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.Column("interval_days", sa.Integer),
    sa.Column("mode", sa.String(10), nullable=False),
    sa.Column("anchor_date", sa.Date),
    # engine hours have decimals
    sa.Column("anchor_odometer", number()),
    sa.Column("due_soon_days", sa.Integer),
    sa.Column("due_soon_distance", number()),
    sa.Column("is_active", sa.Boolean, nullable=False),
    # of every distance in the row, interval_miles too; NULL is the owner's
    sa.Column("distance_unit", sa.String(10)),
    sa.Column("first_due_date", sa.Date),
    sa.Column("first_due_odometer", sa.Integer),
    sa.Column("source", sa.String(50)),
    sa.Column("source_key", sa.String(255)),
    owner_key("maintenance_schedules"),
    sa.Index("maintenance_schedules_source_key", "vehicle_id", "source", "source_key", unique=True),
)

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a row of another application tells no moment at all."""

_CATEGORIES: Final = words(Category)
_MODES: Final = words(ScheduleMode)
_UNITS: Final = words(DistanceUnit)


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _figure(value: int | None) -> Decimal | None:
    # below 0 stands only what another application got wrong
    return None if value is None or value < 0 else Decimal(value)


def _texts(found: list[str | None] | None) -> tuple[str, ...]:
    if not found:
        return ()
    return tuple(found) if all(found) else tuple([text for text in found if text])  # type: ignore[arg-type]


# ----------------------------------------------------------------------------- logs

_L: Final = MAINTENANCE_LOGS.c
_LOG_NAMES: Final = tuple(column.name for column in MAINTENANCE_LOGS.columns)
_LOG_CLASHES: Final = source_clashes(MAINTENANCE_LOGS, MaintenanceLogExists)
_LOGS: Final = OfVehicleStatements.of(MAINTENANCE_LOGS, _L.service_date)
_KEY: Final = ("vehicle_id", "user_id")
_LISTED: Final = (
    sa.select(MAINTENANCE_LOGS)
    .where(
        _L.vehicle_id == sa.bindparam("vehicle_id", type_=_L.vehicle_id.type),
        _L.user_id == sa.bindparam("user_id", type_=_L.user_id.type),
    )
    .order_by(_L.service_date, _L.id)
)
_BEHIND: Final = sa.tuple_(_L.service_date, _L.id) > sa.tuple_(
    sa.bindparam("after_on", type_=_L.service_date.type), sa.bindparam("after_id", type_=_L.id.type)
)
_LIMIT: Final = sa.bindparam("limit", type_=sa.Integer)
_FIRST: Final = Statement(_LISTED.limit(_LIMIT), *_KEY, "limit")
_AFTER: Final = Statement(_LISTED.where(_BEHIND), *_KEY, "after_on", "after_id")
_NEXT: Final = Statement(_LISTED.where(_BEHIND).limit(_LIMIT), *_KEY, "after_on", "after_id", "limit")


def _bulk_insert(dialect: Any) -> Any:
    return (
        dialect.insert(MAINTENANCE_LOGS)
        .values(values(MAINTENANCE_LOGS))
        .on_conflict_do_nothing(index_elements=["vehicle_id", "source", "source_key"])
    )


_BULK: Final = BulkInsert(
    MAINTENANCE_LOGS,
    Statement(_bulk_insert(postgresql), *_LOG_NAMES, sqlite=_bulk_insert(sqlite)),
    skipping="maintenance_logs_source_key",
    clashes=_LOG_CLASHES,
)
_CHUNK: Final = 5_000

_load_log: Final = loader(MaintenanceLog)


class SqlMaintenanceLogRepository(SqlOfVehicleRepository[MaintenanceLog]):
    """:class:`motovault.domain.maintenance.MaintenanceLogRepository` in SQL."""

    _statements = _LOGS
    _clashes = _LOG_CLASHES
    _plural = "maintenance logs"
    _not_found = MaintenanceLogNotFound
    _exists = MaintenanceLogExists

    @staticmethod
    def _row(entity: MaintenanceLog) -> tuple[object, ...]:
        unit = entity.odometer_unit
        return (
            entity.id,
            entity.user_id,
            entity.vehicle_id,
            str(entity.category),
            list(entity.subtypes),
            entity.service_date,
            _whole(entity.odometer),
            entity.cost,
            entity.shop_name,
            entity.notes,
            entity.created_at,
            entity.updated_at,
            None if unit is None else str(unit),
            entity.currency_code,
            entity.source,
            entity.source_key,
        )

    @staticmethod
    def _load(rows: Iterable[Row]) -> list[MaintenanceLog]:
        load, categories, units = _load_log, _CATEGORIES, _UNITS
        # fmt: off
        return [
            load(
                log_id, user_id, vehicle_id, categories[category], _texts(subtypes), service_date,
                _figure(odometer or None),
                # NUMERIC takes NaN from another application
                cost if cost is None or cost.is_finite() else None, shop_name, notes,
                created_at or updated_at or _NEVER, updated_at or created_at or _NEVER,
                units[odometer_unit], currency_code, source, source_key,
            )
            for (
                log_id, user_id, vehicle_id, category, subtypes, service_date, odometer, cost, shop_name,
                notes, created_at, updated_at, odometer_unit, currency_code, source, source_key,
            ) in rows
        ]
        # fmt: on

    def add_many(self, logs: Iterable[MaintenanceLog], /) -> int:
        given = iter(logs)
        chunk = list(islice(given, _CHUNK))
        if not chunk:
            return 0
        added = 0
        with self._work.block():
            bulk = _BULK.start(self._work)
            known: set[VehicleId] = set()
            while chunk:
                for log in chunk:
                    self._refuse_others(log)
                for vehicle_id in {log.vehicle_id for log in chunk} - known:
                    self._check_vehicle(vehicle_id)
                    known.add(vehicle_id)
                added += bulk.insert([self._row(log) for log in chunk])
                chunk = list(islice(given, _CHUNK))
        return added

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> list[MaintenanceLog]:
        mine = (vehicle_id, self._work.user_id)
        key = mine if after is None else (*mine, after.service_date, after.id)
        if limit is not None:
            return self._load(self._work.rows(_FIRST if after is None else _NEXT, *key, limit))
        return self._listed(_LOGS.list_for_vehicle if after is None else _AFTER, *key)


# ------------------------------------------------------------------------ schedules

_S: Final = MAINTENANCE_SCHEDULES.c
_MOMENT: Final = _S.created_at.type
# The repository's order, also for rows that tell no moment; see _load().
_CREATED: Final = sa.func.coalesce(
    _S.created_at, _S.updated_at, sa.bindparam("never", _NEVER, type_=_MOMENT), type_=_MOMENT
)
_SCHEDULE_CLASHES: Final = source_clashes(MAINTENANCE_SCHEDULES, MaintenanceScheduleExists)
_SCHEDULES: Final = OfVehicleStatements.of(MAINTENANCE_SCHEDULES, _CREATED)

_load_schedule: Final = loader(MaintenanceSchedule)


class SqlMaintenanceScheduleRepository(SqlOfVehicleRepository[MaintenanceSchedule]):
    """:class:`motovault.domain.maintenance.MaintenanceScheduleRepository` in SQL."""

    _statements = _SCHEDULES
    _clashes = _SCHEDULE_CLASHES
    _plural = "maintenance schedules"
    _not_found = MaintenanceScheduleNotFound
    _exists = MaintenanceScheduleExists

    @staticmethod
    def _row(entity: MaintenanceSchedule) -> tuple[object, ...]:
        unit = entity.distance_unit
        return (
            entity.id,
            entity.user_id,
            entity.vehicle_id,
            str(entity.category),
            list(entity.subtypes),
            entity.interval_months,
            _whole(entity.interval_distance),
            entity.last_service_date,
            _whole(entity.last_service_odometer),
            entity.next_due_date,
            _whole(entity.next_due_odometer),
            entity.email_notifications,
            entity.notes,
            entity.created_at,
            entity.updated_at,
            entity.interval_days,
            str(entity.mode),
            entity.anchor_date,
            entity.anchor_odometer,
            entity.due_soon_days,
            entity.due_soon_distance,
            entity.is_active,
            None if unit is None else str(unit),
            entity.first_due_date,
            _whole(entity.first_due_odometer),
            entity.source,
            entity.source_key,
        )

    @staticmethod
    def _load(rows: Iterable[Row]) -> list[MaintenanceSchedule]:
        load, categories, modes, units, number = _load_schedule, _CATEGORIES, _MODES, _UNITS, Decimal
        # _figure(), written out for what nearly every row has: a garage has thousands of them
        # fmt: off
        return [
            load(
                schedule_id, user_id, vehicle_id, categories[category], _texts(subtypes),
                # an interval of 0 is none
                months if months and months > 0 else None,
                number(distance) if distance and distance > 0 else None,
                last_date, None if last_odometer is None or last_odometer < 0 else number(last_odometer),
                next_date, None if next_odometer is None or next_odometer < 0 else number(next_odometer),
                bool(email_notifications), notes,
                created_at or updated_at or _NEVER, updated_at or created_at or _NEVER,
                days if days and days > 0 else None, modes[mode], anchor_date,
                # NaN and infinity, which NUMERIC takes from another application, are no figure
                anchor_odometer if anchor_odometer is None or anchor_odometer.is_finite() else None,
                soon_days, soon_distance if soon_distance is None or soon_distance.is_finite() else None,
                is_active, units[unit], first_date,
                None if first_odometer is None else _figure(first_odometer),
                source, source_key,
            )
            for (
                schedule_id, user_id, vehicle_id, category, subtypes, months, distance, last_date,
                last_odometer, next_date, next_odometer, email_notifications, notes, created_at, updated_at,
                days, mode, anchor_date, anchor_odometer, soon_days, soon_distance, is_active, unit,
                first_date, first_odometer, source, source_key,
            ) in rows
        ]
        # fmt: on

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[MaintenanceSchedule]:
        # all of one vehicle are worked out anew together: an atomic unit locks them as it locks one
        of = self._statements
        statement = of.list_for_change if self._work.is_atomic else of.list_for_vehicle
        return self._load(self._work.rows(statement, vehicle_id, self._work.user_id))
