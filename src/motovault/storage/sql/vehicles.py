"""Vehicles in SQL: the table, a row as an entity, the repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.domain.loading import loader
from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql.columns import METADATA, Row, moment, words
from motovault.storage.sql.errors import Clashes
from motovault.storage.sql.statements import Statement, values
from motovault.storage.sql.work import Work

__all__ = ["IS_LIVE", "VEHICLES", "SqlVehicleRepository", "is_live_vehicle"]

VEHICLES: Final = sa.Table(
    "vehicles",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False, index=True),
    sa.Column("vin", sa.String(17), index=True),
    sa.Column("make", sa.String(100)),
    sa.Column("model", sa.String(100)),
    sa.Column("year", sa.Integer),
    sa.Column("trim", sa.String(100)),
    sa.Column("engine", sa.String(100)),
    sa.Column("transmission", sa.String(100)),
    sa.Column("nickname", sa.String(100)),
    sa.Column("color", sa.String(50)),
    sa.Column("license_plate", sa.String(20)),
    sa.Column("odometer_reading", sa.Integer),
    sa.Column("image_bucket", sa.String(128)),
    sa.Column("image_key", sa.String(512)),
    sa.Column("is_active", sa.Boolean, index=True),
    sa.Column("deleted_at", moment()),
    sa.Column("created_at", moment(), index=True),
    sa.Column("updated_at", moment()),
    sa.Column("distance_unit", sa.String(10)),
    sa.Column("odometer_read_at", moment()),
    # what the children's keys refer to: no child of another user's vehicle
    sa.UniqueConstraint("user_id", "id", name="vehicles_user_id_id_key"),
)
_T: Final = VEHICLES.c
_LIVE_WITH_VIN: Final = sa.and_(_T.deleted_at.is_(None), _T.is_active, _T.vin.is_not(None), _T.vin != "")
sa.Index(
    "vehicles_live_vin_key",
    _T.user_id,
    _T.vin,
    unique=True,
    postgresql_where=_LIVE_WITH_VIN,
    sqlite_where=_LIVE_WITH_VIN,
)

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where a row of another application tells no moment at all."""

_load: Final = loader(Vehicle)
_DISTANCE_UNITS: Final = words(DistanceUnit)

_VIN_TAKEN: Final = "a live vehicle has this VIN already"
_CLASHES: Final[Clashes] = {
    "vehicles_pkey": VehicleExists,
    "vehicles.id": VehicleExists,
    "vehicles_user_id_id_key": VehicleExists,
    "vehicles.user_id, vehicles.id": VehicleExists,
    "vehicles_live_vin_key": lambda: VehicleExists(_VIN_TAKEN),
    "vehicles.user_id, vehicles.vin": lambda: VehicleExists(_VIN_TAKEN),
}

_NAMES: Final = tuple(column.name for column in VEHICLES.columns)
_BIND: Final = values(VEHICLES)
IS_LIVE: Final = sa.and_(_T.is_active.is_not(sa.false()), _T.deleted_at.is_(None))
"""The SQL condition that a row of the table is a live vehicle."""
# The repository's order, also for rows that tell no moment; see _vehicle().
_MOMENT: Final = _T.created_at.type
_CREATED: Final = sa.func.coalesce(
    _T.created_at, _T.updated_at, sa.bindparam("never", _NEVER, type_=_MOMENT), type_=_MOMENT
)


def is_live_vehicle(vehicle_id: Any, user_id: Any) -> sa.Exists:
    """The SQL condition that this vehicle is a live one of this user's."""
    return sa.exists().where(_T.id == vehicle_id, _T.user_id == user_id, IS_LIVE)


def _row(vehicle: Vehicle) -> tuple[object, ...]:
    return (
        vehicle.id,
        vehicle.user_id,
        vehicle.vin,
        vehicle.make,
        vehicle.model,
        vehicle.model_year,
        vehicle.trim,
        vehicle.engine,
        vehicle.transmission,
        vehicle.nickname,
        vehicle.color,
        vehicle.license_plate,
        vehicle.odometer_reading,
        vehicle.image_bucket,
        vehicle.image_key,
        vehicle.is_active,
        vehicle.deleted_at,
        vehicle.created_at,
        vehicle.updated_at,
        None if vehicle.distance_unit is None else str(vehicle.distance_unit),
        vehicle.odometer_read_at,
    )


def _vehicle(row: Row) -> Vehicle:
    created_at = row[17] or row[18] or _NEVER
    return _load(
        *row[:2],
        row[2] or None,  # '' is how another application may write that there is none
        *row[3:15],
        row[15] is not False,
        row[16],
        created_at,
        row[18] or created_at,
        _DISTANCE_UNITS[row[19]],
        row[20],
    )


def _insert(dialect: Any) -> Any:
    return dialect.insert(VEHICLES).values(_BIND).on_conflict_do_nothing()


_ADD: Final = Statement(_insert(postgresql), *_NAMES, sqlite=_insert(sqlite))

_MINE: Final = _T.user_id == sa.bindparam("user_id", type_=_T.user_id.type)
_ID: Final = sa.bindparam("id", type_=_T.id.type)
_ALL: Final = sa.select(VEHICLES)
_GET: Final = Statement(_ALL.where(_T.id == _ID, _MINE), "id", "user_id")
_GET_FOR_CHANGE: Final = Statement(_ALL.where(_T.id == _ID, _MINE).with_for_update(), "id", "user_id")
_HAS_ID: Final = Statement(sa.select(sa.func.count()).select_from(VEHICLES).where(_T.id == _ID), "id")
_FIND_BY_VIN: Final = Statement(
    _ALL.where(_MINE, IS_LIVE, _T.vin == sa.bindparam("vin", type_=_T.vin.type))
    .order_by(_CREATED, _T.id)  # of several, which only a database without our unique index can hold
    .limit(1),
    "user_id",
    "vin",
)
_LIVE: Final = _ALL.where(_MINE, IS_LIVE).order_by(_CREATED, _T.id)
_BEHIND: Final = sa.tuple_(_CREATED, _T.id) > sa.tuple_(
    sa.bindparam("after_at", type_=_MOMENT), sa.bindparam("after_id", type_=_T.id.type)
)
_LIMIT: Final = sa.bindparam("limit", type_=sa.Integer)
_LIST: Final = Statement(_LIVE, "user_id")
_LIST_FIRST: Final = Statement(_LIVE.limit(_LIMIT), "user_id", "limit")
_LIST_AFTER: Final = Statement(_LIVE.where(_BEHIND), "user_id", "after_at", "after_id")
_LIST_NEXT: Final = Statement(_LIVE.where(_BEHIND).limit(_LIMIT), "user_id", "after_at", "after_id", "limit")
_LIST_DELETED: Final = Statement(_ALL.where(_MINE, sa.not_(IS_LIVE)).order_by(_CREATED, _T.id), "user_id")
_COUNT: Final = Statement(sa.select(sa.func.count()).select_from(VEHICLES).where(_MINE, IS_LIVE), "user_id")
_THIS: Final = sa.bindparam("this_id", type_=_T.id.type)
_REPLACE: Final = Statement(
    sa.update(VEHICLES)
    .where(_T.id == _THIS, _T.user_id == _BIND["user_id"])
    .values({name: bind for name, bind in _BIND.items() if name not in {"id", "user_id"}})
    .returning(_T.updated_at),
    *("this_id" if name == "id" else name for name in _NAMES),
)
_UPDATED_AT: Final = sa.bindparam("moment", type_=_MOMENT)
_SET_UPDATED_AT: Final = Statement(
    sa.update(VEHICLES)
    .where(_T.id == _THIS, _MINE, _T.updated_at.is_distinct_from(_UPDATED_AT))
    .values(updated_at=_UPDATED_AT),
    "this_id",
    "user_id",
    "moment",
)


class SqlVehicleRepository:
    """:class:`motovault.domain.vehicles.VehicleRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, vehicle: Vehicle, /) -> None:
        self._refuse_others(vehicle)
        if self._work.change(_ADD, _row(vehicle), _CLASHES) != 1:
            # DO NOTHING keeps the transaction usable and tells no reason
            is_id_taken = self._work.rows(_HAS_ID, vehicle.id)[0][0]
            raise VehicleExists if is_id_taken else VehicleExists(_VIN_TAKEN)

    def get(self, vehicle_id: VehicleId, /) -> Vehicle:
        statement = _GET_FOR_CHANGE if self._work.is_atomic else _GET
        row = self._work.row(statement, vehicle_id, self._work.user_id)
        if row is None:
            raise VehicleNotFound(vehicle_id)
        return _vehicle(row)

    def find_by_vin(self, vin: str, /) -> Vehicle | None:
        row = self._work.row(_FIND_BY_VIN, self._work.user_id, vin)
        return None if row is None else _vehicle(row)

    def list_live(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        work, user_id = self._work, self._work.user_id
        if after is None:
            found = work.rows(_LIST, user_id) if limit is None else work.rows(_LIST_FIRST, user_id, limit)
        else:
            key = (user_id, after.created_at, after.id)
            found = work.rows(_LIST_AFTER, *key) if limit is None else work.rows(_LIST_NEXT, *key, limit)
        return _vehicles(found)

    def list_deleted(self) -> list[Vehicle]:
        return _vehicles(self._work.rows(_LIST_DELETED, self._work.user_id))

    def replace(self, vehicle: Vehicle, /) -> None:
        self._refuse_others(vehicle)
        work, row = self._work, _row(vehicle)

        def update() -> object:
            touched = work.line.rows(_REPLACE, row, _CLASHES)
            if not touched:
                raise VehicleNotFound(vehicle.id)
            return touched[0][0]

        # The reference's trigger tells the time of an update that names none, which an update to
        # the same moment looks like: then it is said again, and by now it is another moment.
        again = (vehicle.id, work.user_id, vehicle.updated_at)
        if work.line.dialect == "sqlite":
            with work.block():
                update()
                work.change(_SET_UPDATED_AT, again)
        elif work.risky(update) != vehicle.updated_at:
            work.change(_SET_UPDATED_AT, again)

    def count_live(self) -> int:
        row = self._work.row(_COUNT, self._work.user_id)
        return 0 if row is None else int(row[0])

    def _refuse_others(self, vehicle: Vehicle) -> None:
        if vehicle.user_id != self._work.user_id:
            raise InvalidValue("user_id", vehicle.user_id, "is not the user whose vehicles these are")


def _vehicles(rows: Sequence[Row]) -> list[Vehicle]:
    return [_vehicle(row) for row in rows]
