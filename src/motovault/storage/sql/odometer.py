"""Readings in SQL: no table, two queries over what vehicles and fuel logs say."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import sqlalchemy as sa

from motovault.domain.loading import loader
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import VehicleId
from motovault.quantities.units import DistanceUnit
from motovault.storage.sql.columns import words
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.storage.sql.statements import Statement
from motovault.storage.sql.vehicles import VEHICLES
from motovault.storage.sql.work import Work

__all__ = ["SqlOdometerRepository"]

_load: Final = loader(OdometerReading)
_UNITS: Final = words(DistanceUnit)

_L: Final = FUEL_LOGS.c
_V: Final = VEHICLES.c
_KEY: Final = ("vehicle_id", "user_id")
_USER: Final = sa.bindparam("user_id", type_=_L.user_id.type)
_ID: Final = sa.bindparam("vehicle_id", type_=_L.vehicle_id.type)
_OF_LOGS: Final = Statement(
    sa.select(_L.date_time, _L.odometer, _L.odometer_unit, _L.id).where(
        _L.vehicle_id == _ID, _L.user_id == _USER, _L.odometer.is_not(None)
    ),
    *_KEY,
)
_OF_VEHICLE: Final = Statement(
    sa.select(
        # Without a moment of its own the figure is as old as the row; see the memory store.
        sa.func.coalesce(_V.odometer_read_at, _V.created_at, _V.updated_at, type_=_V.created_at.type),
        _V.odometer_reading,
        _V.distance_unit,
        _V.id,
    ).where(_V.id == _ID, _V.user_id == _USER, _V.odometer_reading > 0),
    *_KEY,
)


class SqlOdometerRepository:
    """:class:`motovault.domain.odometer.OdometerRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        key = (vehicle_id, self._work.user_id)
        found = [
            _load(read_at, value, _UNITS[unit], ReadingSource.FUEL_LOG, log_id)
            for read_at, value, unit, log_id in self._work.rows(_OF_LOGS, *key)
            if value > 0
        ]
        found += [
            _load(read_at, Decimal(value), _UNITS[unit], ReadingSource.VEHICLE, source_id)
            for read_at, value, unit, source_id in self._work.rows(_OF_VEHICLE, *key)
            if read_at is not None
        ]
        # here, because SQLite keeps numbers as text, which does not sort as they do
        return sorted(found, key=lambda reading: (reading.read_at, reading.value, reading.source_id))
