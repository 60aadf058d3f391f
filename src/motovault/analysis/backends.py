"""An Arrow table as the frame that was asked for."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, Final, Literal

from motovault.errors import InvalidValue, MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Backend", "as_frame", "check_backend"]

Backend = Literal["pandas", "polars", "pyarrow"]

_EXTRAS: Final = {"pandas": "pandas", "polars": "analysis", "pyarrow": "analysis"}


def check_backend(backend: str) -> None:
    """Raises InvalidValue for one that is none of ours, MissingExtra for one that is not installed."""
    if backend not in tuple(_EXTRAS):  # which takes what cannot be hashed as well
        raise InvalidValue("backend", backend, "must be pandas, polars or pyarrow")
    for package in dict.fromkeys(("pyarrow", backend)):
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(_EXTRAS[package], package)


def as_frame(table: pa.Table, backend: str) -> Any:
    """The table as a DataFrame of that library, or as it is.

    pandas: dates are ``datetime64[us]``, moments the same in UTC, decimals ``ArrowDtype``, whole numbers
    that may be missing ``Int64``, texts what pandas itself has for them.
    """
    if backend == "pyarrow":
        return table
    if backend == "polars":
        import polars as pl

        return pl.from_arrow(table)
    return _pandas(table)


def _pandas(table: pa.Table) -> Any:
    import pandas as pd
    import pyarrow as pa

    may_be_missing = {"model_year"}
    for place, field in enumerate(table.schema):
        if pa.types.is_date(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(pa.timestamp("us")))

    def kind(given: pa.DataType) -> Any:
        return pd.ArrowDtype(given) if pa.types.is_decimal(given) else None

    frame: Any = table.to_pandas(types_mapper=kind)
    for name in may_be_missing & set(table.column_names):
        frame[name] = pd.array(table.column(name).to_pylist(), dtype="Int64")
    return frame
