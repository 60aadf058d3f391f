"""Whole tables as they come out of a store, before they are frames; and how entities become such tables.

What a store gives, by :class:`motovault.stores.GivesTables`, and what is made of
entities here where it gives nothing, has the columns of :data:`COLUMNS` in their
order. Rows are of live vehicles, sorted by vehicle and then as the repositories
sort them. Of the values:

- ids are UUID text; ``''`` is null everywhere but in a user's id;
- moments are microseconds since 1970 as int64, or ISO 8601 text; dates are days since 1970, or text;
- units, currency and time zone are settled: the row's own, else the vehicle's, else the owner's;
- numbers are text, exactly as typed, in those units; or, where floats were asked for, float64 in
  kilometres or hours, and in litres, kilograms or kilowatt-hours. 0 may stand for unknown, as may NaN;
- lists of texts are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from motovault.domain.user_preferences import UserPreferences, schema_defaults
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.stores import Repositories

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["COLUMNS", "rows_of_entities", "table_batches"]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "fuel_logs": (
        *("user_id", "vehicle_id", "id", "filled_at", "time_zone", "tank"),
        *("fuel_type", "fuel_grade", "location", "odometer_unit", "fuel_unit"),
        *("odometer", "trip_distance", "excluded_distance", "volume", "price_per_unit", "total_cost"),
        *("currency_code", "is_full_tank", "missed_previous", "is_towing"),
        *("charge_start_percent", "charge_end_percent", "source"),
    ),
    "maintenance": (
        *("user_id", "vehicle_id", "id", "service_date", "category", "subtypes"),
        *("odometer_unit", "odometer", "cost", "currency_code", "shop_name", "source"),
    ),
    "odometer": (
        *("user_id", "vehicle_id", "read_at", "read_on", "time_zone"),
        *("odometer_unit", "odometer", "source", "source_id"),
    ),
    "vehicles": (
        *("user_id", "vehicle_id", "nickname", "license_plate", "vin", "make", "model", "model_year"),
        *("trim", "engine", "transmission", "distance_unit"),
    ),
}

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WHOLE: Final = {"filled_at", "read_at", "read_on", "service_date", "tank", "model_year"}
_FLAGS: Final = {"is_full_tank", "missed_previous", "is_towing"}
_Row = tuple[Any, ...]


def rows_of_entities(
    work: Repositories, name: str, vehicle_id: VehicleId | None
) -> dict[VehicleId, list[_Row]]:
    """One user's rows of a table by live vehicle, out of the repositories."""
    vehicles = [v for v in work.vehicles.list_live() if vehicle_id in (None, v.id)]
    preferences = work.user_preferences.find() or schema_defaults()
    read = _READ[name]
    return {vehicle.id: list(read(work, vehicle, preferences)) for vehicle in vehicles}


def table_batches(name: str, rows: Iterable[_Row], size: int) -> Iterator[pa.RecordBatch]:
    """Rows of :func:`rows_of_entities` as record batches."""
    import pyarrow as pa

    schema = pa.schema([(column, _arrow_type(column)) for column in COLUMNS[name]])
    given = iter(rows)
    while part := list(islice(given, size)):
        columns = [
            pa.array(column, kind) for column, kind in zip(zip(*part, strict=True), schema.types, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _arrow_type(column: str) -> pa.DataType:
    import pyarrow as pa

    if column in _WHOLE:
        return pa.int64()
    return pa.bool_() if column in _FLAGS else pa.string()


def _micros(moment: datetime) -> int:
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _days(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - _EPOCH.toordinal()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _unit(vehicle: Vehicle, preferences: UserPreferences) -> str:
    return str(vehicle.distance_unit or preferences.unit_system.distance_unit)


def _fuel_logs(work: Repositories, vehicle: Vehicle, preferences: UserPreferences) -> Iterator[_Row]:
    driven, burnt = _unit(vehicle, preferences), str(preferences.unit_system.fuel_unit)
    for log in work.fuel_logs.list_for_vehicle(vehicle.id):
        yield (
            log.user_id, str(log.vehicle_id), str(log.id), _micros(log.filled_at), preferences.time_zone,
            log.tank, _text(log.fuel_type), log.fuel_grade, log.location, str(log.odometer_unit or driven),
            str(log.fuel_unit or ("kWh" if log.fuel_type == "electric" else burnt)),
            _number(log.odometer), _number(log.trip_distance), _number(log.excluded_distance),
            _number(log.volume), _number(log.price_per_unit), _number(log.total_cost),
            log.currency_code or preferences.currency_code, log.is_full_tank, log.missed_previous,
            log.is_towing, _number(log.charge_start_percent), _number(log.charge_end_percent), log.source,
        )  # fmt: skip


def _maintenance(work: Repositories, vehicle: Vehicle, preferences: UserPreferences) -> Iterator[_Row]:
    driven = _unit(vehicle, preferences)
    for log in work.maintenance_logs.list_for_vehicle(vehicle.id):
        yield (
            log.user_id, str(log.vehicle_id), str(log.id), _days(log.service_date), str(log.category),
            json.dumps(log.subtypes), str(log.odometer_unit or driven), _number(log.odometer),
            _number(log.cost), log.currency_code or preferences.currency_code, log.shop_name, log.source,
        )  # fmt: skip


def _odometer(work: Repositories, vehicle: Vehicle, preferences: UserPreferences) -> Iterator[_Row]:
    driven = _unit(vehicle, preferences)
    for reading in work.odometer.list_for_vehicle(vehicle.id):
        yield (
            vehicle.user_id, str(vehicle.id), _micros(reading.read_at), _days(reading.read_on),
            preferences.time_zone, str(reading.unit or driven), _number(reading.value),
            str(reading.source), str(reading.source_id),
        )  # fmt: skip


def _vehicles(_: Repositories, vehicle: Vehicle, preferences: UserPreferences) -> Iterator[_Row]:
    yield (
        vehicle.user_id, str(vehicle.id), vehicle.nickname, vehicle.license_plate, vehicle.vin, vehicle.make,
        vehicle.model, vehicle.model_year, vehicle.trim, vehicle.engine, vehicle.transmission,
        _unit(vehicle, preferences),
    )  # fmt: skip


_READ: Final[dict[str, Callable[[Repositories, Vehicle, UserPreferences], Iterator[_Row]]]] = {
    "fuel_logs": _fuel_logs,
    "maintenance": _maintenance,
    "odometer": _odometer,
    "vehicles": _vehicles,
}
