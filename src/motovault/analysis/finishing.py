"""Tables of a store into the columns of frames: units apart, local dates, nulls where nothing is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.arrow_compute import compute
from motovault.analysis.exact_columns import AMOUNT, MONEY, PERCENT, PRICE, number_column
from motovault.analysis.local_dates import LocalDates
from motovault.errors import StorageFailure, redacted
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Table", "finished", "schema_of"]

_DISTANCE: Final = {unit: factor for unit, (_, factor) in DISTANCE_TO_BASE.items()}
_FUEL: Final = {unit: factor for unit, (_, factor) in FUEL_TO_BASE.items()}
_EARLIEST, _LATEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999, in microseconds since 1970."""

_SHAPES: Final = {
    "fuel_logs": (
        "user_id:t vehicle_id:t id:t filled_at:m local_date:d tank:i fuel_type:t fuel_grade:t location:t "
        "odometer_unit:t fuel_unit:t odometer_km:a trip_distance_km:a excluded_distance_km:a odometer_h:a "
        "trip_h:a excluded_h:a volume_l:a mass_kg:a energy_kwh:a price_per_unit:p total_cost:c "
        "currency_code:t is_full_tank:b missed_previous:b is_towing:b charge_start_percent:% "
        "charge_end_percent:% source:t"
    ),
    "maintenance": (
        "user_id:t vehicle_id:t id:t service_date:d category:t subtypes:l odometer_km:a odometer_h:a cost:c "
        "currency_code:t shop_name:t odometer_unit:t source:t"
    ),
    "odometer": (
        "user_id:t vehicle_id:t read_at:m read_on:d odometer_km:a odometer_h:a source:t source_id:t"
    ),
    "vehicles": (
        "user_id:t vehicle_id:t title:t make:t model:t model_year:i trim:t engine:t transmission:t "
        "distance_unit:t"
    ),
    "intervals": (
        "user_id:t vehicle_id:t tank:i opened_by:t closed_by:t opened_on:d closed_on:d fill_count:i "
        "distance_km:a distance_h:a volume_l:a mass_kg:a energy_kwh:a economy:a economy_unit:t cost:c "
        "currency_code:t cost_per_km:a is_towing:b void:t fuel_type:t fuel_grade:t location:t"
    ),
}
"""Each column with its kind: text, moment, date, int, bool, list; amount, price, cost, percent."""


def schema_of(name: str, exact: bool) -> pa.Schema:
    """The columns of a frame and their Arrow types."""
    import pyarrow as pa

    numbers = {"a": AMOUNT, "p": PRICE, "c": MONEY, "%": PERCENT}
    types: dict[str, Any] = {
        "t": pa.string(),
        "m": pa.timestamp("us", "UTC"),
        "d": pa.date32(),
        "i": pa.int64(),
        "b": pa.bool_(),
        "l": pa.list_(pa.string()),
        **{kind: pa.decimal128(*size) if exact else pa.float64() for kind, size in numbers.items()},
    }
    columns = (column.split(":") for column in _SHAPES[name].split())
    return pa.schema([(column, types[kind]) for column, kind in columns])


def finished(name: str, batches: Iterable[pa.RecordBatch], *, exact: bool) -> Iterator[pa.RecordBatch]:
    """Batches of a table as batches of the frame."""
    import pyarrow as pa

    finish, schema, dates = _FINISH[name], schema_of(name, exact), LocalDates()
    for batch in batches:
        columns = finish(Table(name, batch, dates, exact))
        made = pa.RecordBatch.from_arrays([columns[field.name] for field in schema], schema=schema)
        if name == "odometer":
            made = _known_readings(made)
        if made.num_rows:
            yield made


class Table:
    """One batch of a table, and how its columns are read."""

    def __init__(self, name: str, batch: pa.RecordBatch, dates: LocalDates, exact: bool) -> None:
        self.name = name
        self._batch = batch
        self._dates = dates
        self._exact = exact

    def raw(self, column: str) -> Any:
        return self._batch.column(column)

    def text(self, column: str) -> Any:
        import pyarrow as pa

        pc = compute()

        values = self.raw(column)
        if values.null_count == len(values):
            return values
        # '' is what another application, and our way out of SQLite, may have for nothing
        return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)

    def texts(self, *columns: str) -> dict[str, Any]:
        return {column: self.text(column) for column in columns}

    def moment(self, column: str) -> Any:
        import pyarrow as pa

        pc = compute()

        values = self.raw(column)
        if pa.types.is_string(values.type):
            values = self._read_moments(values)
        bounds = pc.min_max(values)
        is_read = not values.null_count and (
            not len(values) or (bounds["min"].as_py() >= _EARLIEST and bounds["max"].as_py() <= _LATEST)
        )
        if not is_read:
            what = f"a date or moment of {self.name} cannot be read"
            raise StorageFailure(f"{what}: it is infinity, or not within the years 1 to 9999")
        return values.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))

    def _read_moments(self, values: Any) -> Any:
        import pyarrow as pa

        try:
            return values.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        except pa.ArrowInvalid:
            return pa.array([self._micros(text) for text in values.to_pylist()], pa.int64())

    @staticmethod
    def _micros(text: str | None) -> int | None:
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        # without an offset it is UTC: SQLite's own CURRENT_TIMESTAMP
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
        return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds

    def date(self, column: str) -> Any:
        import pyarrow as pa

        pc = compute()

        values = self.text(column) if pa.types.is_string(self.raw(column).type) else self.raw(column)
        if pa.types.is_string(values.type):
            # a time of day, where somebody wrote one by hand, says nothing
            return pc.utf8_slice_codeunits(values, 0, 10).cast(pa.date32())
        return values.cast(pa.int32()).cast(pa.date32())

    def local_date(self, moments: Any) -> Any:
        return self._dates.of(moments, self.raw("time_zone"))

    def number(self, column: str, size: tuple[int, int], units: str = "") -> Any:
        return number_column(
            self.raw(column),
            column,
            size,
            exact=self._exact,
            units=self.raw(units) if units else None,
            factors={"odometer_unit": _DISTANCE, "fuel_unit": _FUEL}.get(units),
        )

    def unknown_where_0(self, column: str, size: tuple[int, int], units: str = "") -> Any:
        pc = compute()

        values = self.number(column, size, units)
        return pc.if_else(pc.equal(values, _zero(values)), _null(values), values)

    def by_unit(self, values: Any, column: str, kinds: dict[str, tuple[str, ...]]) -> dict[str, Any]:
        """One column a kind of unit; null in the others."""
        import pyarrow as pa

        pc = compute()

        units = self.raw(column)
        return {
            name: pc.if_else(pc.is_in(units, value_set=pa.array(members)), values, _null(values))
            for name, members in kinds.items()
        }

    def driven(self, values: Any, km: str, h: str) -> dict[str, Any]:
        return self.by_unit(values, "odometer_unit", {km: ("km", "mi", "nmi"), h: ("h",)})


def _null(values: Any) -> Any:
    import pyarrow as pa

    return pa.scalar(None, values.type)


def _zero(values: Any) -> Any:
    import pyarrow as pa

    return pa.scalar(Decimal(0) if pa.types.is_decimal(values.type) else 0.0, values.type)


def _fuel_logs(table: Table) -> dict[str, Any]:
    pc = compute()

    filled_at = table.moment("filled_at")
    price, total = table.number("price_per_unit", PRICE), table.number("total_cost", MONEY)
    # a price of 0 is unknown, unless the whole was free: as FuelLog has it
    is_free = pc.fill_null(pc.equal(total, _zero(total)), False)
    is_price = pc.or_(pc.not_equal(price, _zero(price)), is_free)
    return {
        **{name: table.raw(name) for name in ("user_id", "vehicle_id", "id", "tank")},
        **{name: table.raw(name) for name in ("odometer_unit", "fuel_unit", "currency_code")},
        **{name: table.raw(name) for name in ("is_full_tank", "missed_previous", "is_towing")},
        **table.texts("fuel_type", "fuel_grade", "location", "source"),
        "filled_at": filled_at,
        "local_date": table.local_date(filled_at),
        **table.driven(
            table.unknown_where_0("odometer", AMOUNT, "odometer_unit"), "odometer_km", "odometer_h"
        ),
        **table.driven(
            table.unknown_where_0("trip_distance", AMOUNT, "odometer_unit"), "trip_distance_km", "trip_h"
        ),
        **table.driven(
            table.number("excluded_distance", AMOUNT, "odometer_unit"), "excluded_distance_km", "excluded_h"
        ),
        **table.by_unit(
            table.unknown_where_0("volume", AMOUNT, "fuel_unit"),
            "fuel_unit",
            {"volume_l": ("L", "us_gal", "imp_gal"), "mass_kg": ("kg",), "energy_kwh": ("kWh",)},
        ),
        "price_per_unit": pc.if_else(is_price, price, _null(price)),
        "total_cost": total,
        "charge_start_percent": table.number("charge_start_percent", PERCENT),
        "charge_end_percent": table.number("charge_end_percent", PERCENT),
    }


def _maintenance(table: Table) -> dict[str, Any]:
    import pyarrow as pa

    pc = compute()

    odometer = table.number("odometer", AMOUNT, "odometer_unit")
    # below 0 stands only what another application got wrong
    odometer = pc.if_else(pc.greater(odometer, _zero(odometer)), odometer, _null(odometer))
    coded = table.raw("subtypes").dictionary_encode()
    lists = pa.array([_subtypes(text) for text in coded.dictionary.to_pylist()], pa.list_(pa.string()))
    nothing = pa.scalar([], pa.list_(pa.string()))
    return {
        **{
            name: table.raw(name)
            for name in ("user_id", "vehicle_id", "id", "odometer_unit", "currency_code")
        },
        **table.texts("category", "shop_name", "source"),
        "service_date": table.date("service_date"),
        "subtypes": pc.coalesce(lists.take(coded.indices), nothing),
        **table.driven(odometer, "odometer_km", "odometer_h"),
        "cost": table.number("cost", MONEY),
    }


def _subtypes(text: str) -> list[str]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        raise StorageFailure("a list of subtypes in maintenance_logs cannot be read") from None
    return [subtype for subtype in found or [] if subtype]


def _odometer(table: Table) -> dict[str, Any]:
    pc = compute()

    read_at = table.moment("read_at")
    return {
        **{name: table.raw(name) for name in ("user_id", "vehicle_id", "source", "source_id")},
        "read_at": read_at,
        "read_on": pc.coalesce(table.date("read_on"), table.local_date(read_at)),
        **table.driven(table.number("odometer", AMOUNT, "odometer_unit"), "odometer_km", "odometer_h"),
    }


def _known_readings(batch: pa.RecordBatch) -> pa.RecordBatch:
    pc = compute()

    value = pc.coalesce(batch.column("odometer_km"), batch.column("odometer_h"))
    return batch.filter(pc.fill_null(pc.greater(value, _zero(value)), False))


def _vehicles(table: Table) -> dict[str, Any]:
    import pyarrow as pa

    shown = ("nickname", "model_year", "make", "model", "license_plate", "vin")
    columns = [(table.raw(name) if name == "model_year" else table.text(name)).to_pylist() for name in shown]
    return {
        **{name: table.raw(name) for name in ("user_id", "vehicle_id", "model_year", "distance_unit")},
        **table.texts("make", "model", "trim", "engine", "transmission"),
        "title": pa.array([_title(*row) for row in zip(*columns, strict=True)], pa.string()),
    }


def _title(
    nickname: str | None,
    model_year: int | None,
    make: str | None,
    model: str | None,
    plate: str | None,
    vin: str | None,
) -> str:
    """As :attr:`motovault.domain.vehicles.Vehicle.title`."""
    named = " ".join(str(part) for part in (model_year, make, model) if part)
    return nickname or named or plate or redacted(vin or "")


_FINISH: Final[dict[str, Callable[[Table], dict[str, Any]]]] = {
    "fuel_logs": _fuel_logs,
    "maintenance": _maintenance,
    "odometer": _odometer,
    "vehicles": _vehicles,
}
