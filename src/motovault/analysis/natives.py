"""What libraries allow in a frame and cannot work with themselves, put right before narwhals sees it.

pandas has no type for a column in which nothing is known, Arrow has one that
few of its functions take, and both let two columns bear one name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from motovault.errors import InvalidValue

__all__ = [
    "DATES",
    "FLAGS",
    "NUMBERS",
    "indexed_as",
    "settled",
    "with_numbers_of_arrow",
    "with_numbers_of_numpy",
]

FLAGS: Final = frozenset(("is_full_tank", "missed_previous", "is_towing"))
DATES: Final = frozenset(("local_date", "opened_on", "closed_on", "read_on", "service_date"))
NUMBERS: Final = frozenset(
    [
        *("tank", "fill_count", "model_year", "economy", "cost", "total_cost", "price_per_unit"),
        *("cost_per_km", "cost_per_h", "odometer_km", "odometer_h", "distance_km", "distance_h"),
        *("trip_distance_km", "trip_h", "excluded_distance_km", "excluded_h", "fuel_distance_km", "fuel_h"),
        *("volume_l", "mass_kg", "energy_kwh"),
    ]
)
_TEXTS: Final = frozenset(
    [
        *("user_id", "vehicle_id", "id", "source_id", "opened_by", "closed_by", "title", "make", "model"),
        *("fuel_type", "fuel_grade", "location", "odometer_unit", "fuel_unit", "economy_unit"),
        *("currency_code", "void"),
    ]
)
_NO_DATES: Final = ("integer", "floating", "mixed-integer", "mixed-integer-float", "decimal", "boolean")


def settled(frame: Any, field: str, only: Collection[str] | None = None) -> Any:
    """A frame of pandas or PyArrow in a form that their own functions take; any other as it is.

    Each name once, rows of pandas numbered from 0, and a column in which nothing is known of the type that
    its name asks for.

    Args:
        frame: Of any library.
        field: What to call it in an error.
        only: Columns to keep; all where it is not given.

    Raises:
        InvalidValue: Two columns have one name, or a column of objects holds something else than it says.
    """
    from narwhals.dependencies import is_pandas_dataframe, is_pyarrow_table

    if is_pandas_dataframe(frame):
        names = list(frame.columns)
        kept = [only is None or name in only for name in names]
        if not all(kept):
            frame = frame.loc[:, kept]
        _check_names(frame.columns, field)
        return _settled_pandas(frame.reset_index(drop=True))
    if is_pyarrow_table(frame):
        if only is not None:
            frame = frame.select([n for n, name in enumerate(frame.column_names) if name in only])
        _check_names(frame.column_names, field)
        return _settled_arrow(frame)
    return frame


def _check_names(names: Any, field: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise InvalidValue(field, name, f"must be the name of one column, and {count} have it")


# ------------------------------------------------------------------ pandas


def _settled_pandas(frame: Any) -> Any:
    import pandas as pd

    found = {}
    for name in frame.columns:
        values = frame[name]
        is_loose = values.dtype == object or isinstance(values.dtype, pd.StringDtype)
        is_float = pd.api.types.is_float_dtype(values.dtype)
        if name in NUMBERS and is_loose:
            # of objects, pandas itself makes no number of its own NA
            blank = "float64"
            objects = values.where(values.notna(), None) if values.dtype == object else values
        elif (name in FLAGS and (is_loose or is_float)) or (name in DATES and (is_loose or is_float)):
            blank = "boolean" if name in FLAGS else "datetime64[us]"
            objects = values
            if values.dtype == object:
                _check_objects(values, name)
        elif name in _TEXTS and is_float:
            blank, objects = "object", values
        else:
            continue
        if not values.notna().any():
            found[name] = pd.Series([None] * len(values), index=values.index, dtype=blank)
        elif objects is not values:
            found[name] = objects
    return frame.assign(**found) if found else frame


def _check_objects(values: Any, name: str) -> None:
    import pandas as pd

    kind = pd.api.types.infer_dtype(values, skipna=True)
    if name in FLAGS and kind not in ("boolean", "empty"):
        raise InvalidValue(name, kind, "must be of booleans")
    if name in DATES and kind in _NO_DATES:
        raise InvalidValue(name, kind, "must be of dates")


def indexed_as(frame: Any, other: Any) -> Any:
    """A pandas frame with the index of another that has as many rows; any other as it is."""
    from narwhals.dependencies import is_pandas_dataframe

    return frame.set_axis(other.index) if is_pandas_dataframe(frame) else frame


def with_numbers_of_numpy(frame: Any) -> tuple[Any, bool]:
    """A pandas frame whose amounts are numpy's, and whether some were Arrow's; any other as it is.

    Arrow's whole numbers in pandas refuse to run over the end of int64, and a running sum over a fleet does.
    """
    from narwhals.dependencies import is_pandas_dataframe

    if not is_pandas_dataframe(frame):
        return frame, False
    import pandas as pd

    amounts = [
        name
        for name in frame.columns
        if name in NUMBERS and name != "tank" and isinstance(frame[name].dtype, pd.ArrowDtype)
    ]
    amounts = [name for name in amounts if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    return (frame.astype(dict.fromkeys(amounts, "float64")), True) if amounts else (frame, False)


def with_numbers_of_arrow(frame: Any) -> Any:
    """A pandas frame whose floats are Arrow's."""
    floats = [name for name in frame.columns if frame[name].dtype == "float64"]
    return frame.astype(dict.fromkeys(floats, "double[pyarrow]"))


# ------------------------------------------------------------------ PyArrow


def _settled_arrow(table: Any) -> Any:
    import pyarrow as pa

    for n, field in enumerate(table.schema):
        column, kind = table.column(n), field.type
        if pa.types.is_null(kind):
            column = column.cast(_arrow_type(field.name))
        elif str(kind) == "string_view":  # by name: not every pyarrow that we take has these types
            column = column.cast(pa.large_string())
        elif getattr(kind, "extension_name", "") == "arrow.uuid":
            column = _uuid_texts(column)
        else:
            continue
        table = table.set_column(n, field.name, column)
    return table


def _arrow_type(name: str) -> Any:
    import pyarrow as pa

    if name == "tank":
        return pa.int64()
    if name in NUMBERS:
        return pa.float64()
    return pa.bool_() if name in FLAGS else pa.date32() if name in DATES else pa.string()


def _uuid_texts(column: Any) -> Any:
    import pyarrow as pa

    plain = pa.chunked_array([chunk.storage for chunk in column.chunks], pa.binary(16))
    coded = plain.combine_chunks().dictionary_encode()
    texts = [str(UUID(bytes=value)) for value in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)
