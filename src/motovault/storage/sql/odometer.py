"""Readings in SQL: no table, one query over what vehicles, fuel logs and maintenance logs say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa

from motovault.domain.loading import loader
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import VehicleId
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql.columns import Row, moment, number, words
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.storage.sql.maintenance import MAINTENANCE_LOGS
from motovault.storage.sql.statements import Statement
from motovault.storage.sql.vehicles import IS_LIVE, VEHICLES
from motovault.storage.sql.work import Work

__all__ = ["SqlOdometerRepository"]

_load: Final = loader(OdometerReading)
_UNITS: Final = words(DistanceUnit)
_SOURCES: Final = tuple(ReadingSource)
_VEHICLE: Final = _SOURCES.index(ReadingSource.VEHICLE)
_NOON: Final = time(12, tzinfo=UTC)

_F: Final = FUEL_LOGS.c
_M: Final = MAINTENANCE_LOGS.c
_V: Final = VEHICLES.c
_USER: Final = sa.bindparam("user_id", type_=_V.user_id.type)
_ID: Final = sa.bindparam("vehicle_id", type_=_V.id.type)


def _arm(source: ReadingSource, *columns: Any) -> Any:
    """One table's part of the query: source, vehicle, moment, date, figure, unit, id."""
    return sa.select(sa.literal_column(str(_SOURCES.index(source)), sa.Integer).label("source"), *columns)


_FUEL: Final = _arm(
    ReadingSource.FUEL_LOG,
    _F.vehicle_id,
    _F.date_time.label("read_at"),
    sa.cast(sa.null(), sa.Date).label("read_on"),
    _F.odometer,
    _F.odometer_unit.label("unit"),
    _F.id,
).where(_F.user_id == _USER, _F.odometer.is_not(None))
_WORK: Final = _arm(
    ReadingSource.MAINTENANCE_LOG,
    _M.vehicle_id,
    sa.cast(sa.null(), moment()),
    _M.service_date,
    sa.cast(_M.odometer, number()),
    _M.odometer_unit,
    _M.id,
).where(_M.user_id == _USER, _M.odometer > 0)
_OWN: Final = _arm(
    ReadingSource.VEHICLE,
    _V.id,
    # Without a moment of its own the figure is as old as the row; see the memory store.
    sa.func.coalesce(_V.odometer_read_at, _V.created_at, _V.updated_at, type_=_V.created_at.type),
    sa.cast(sa.null(), sa.Date),
    sa.cast(_V.odometer_reading, number()),
    _V.distance_unit,
    _V.id.label("source_id"),
).where(_V.user_id == _USER)
_OF_VEHICLE: Final = Statement(
    sa.union_all(
        _FUEL.where(_F.vehicle_id == _ID),
        _WORK.where(_M.vehicle_id == _ID),
        _OWN.where(_V.id == _ID, _V.odometer_reading > 0),
    ),
    "vehicle_id",
    "user_id",
)
# Which vehicles are live is what the last part says: the others need not ask.
_OF_GARAGE: Final = Statement(sa.union_all(_FUEL, _WORK, _OWN.where(IS_LIVE)), "user_id")
# here, because SQLite keeps numbers as text, which does not sort as they do
_ORDER: Final = attrgetter("read_at", "value", "source_id")


class SqlOdometerRepository:
    """:class:`motovault.domain.odometer.OdometerRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        rows = self._work.rows(_OF_VEHICLE, vehicle_id, self._work.user_id)
        return sorted((reading for _, reading in _readings(rows)), key=_ORDER)

    def list_for_garage(self) -> dict[VehicleId, list[OdometerReading]]:
        found: defaultdict[VehicleId, list[OdometerReading]] = defaultdict(list)
        live: list[VehicleId] = []
        for rows in self._work.partitions(_OF_GARAGE, self._work.user_id):
            live += [row[1] for row in rows if row[0] == _VEHICLE]
            for vehicle_id, reading in _readings(rows):
                found[vehicle_id].append(reading)
        return {vehicle_id: sorted(found[vehicle_id], key=_ORDER) for vehicle_id in sorted(live)}


def _readings(rows: Iterable[Row]) -> Iterator[tuple[VehicleId, OdometerReading]]:
    load, units, sources = _load, _UNITS, _SOURCES
    for source, vehicle_id, read_at, read_on, value, unit, source_id in rows:
        # NUMERIC takes NaN and infinity from another application, and NaN cannot even be compared
        if value is None or not value.is_finite() or not value > 0:
            continue
        if read_on is not None:
            read_at = datetime.combine(read_on, _NOON)
        elif read_at is None:
            continue
        yield vehicle_id, load(read_at, value, units[unit], sources[source], source_id, read_on)
