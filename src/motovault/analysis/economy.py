"""Fuel economy of a whole fleet, on a table of fill-ups in whatever engine holds it."""

from __future__ import annotations

from typing import Any, TypeVar

from motovault.errors import InvalidValue, MissingExtra
from motovault.quantities.economy import EconomyUnit
from motovault.quantities.economy import economy_unit as check_economy_unit

__all__ = ["asked_unit", "economy"]

FrameT = TypeVar("FrameT")


def economy(frame: FrameT, *, economy_unit: str | None = None) -> FrameT:
    """The intervals from full tank to full tank, of any number of vehicles, by the rules of the domain.

    One definition for every engine: pandas, Polars (eager and lazy), PyArrow,
    DuckDB, PySpark and what else narwhals speaks. All give the same bits, and
    the same as :func:`motovault.domain.fuel_logs.economy` to the last digits of
    a float. Only states of charge (R16) are left out: a charge counts where it
    is marked full.

    Args:
        frame: Fill-ups, one a row, in any order; ``docs/reference/frames.md`` says which columns are read.
            ``vehicle_id``, ``local_date``, a dial (``odometer_km`` or ``odometer_h``) and an amount
            (``volume_l``, ``mass_kg`` or ``energy_kwh``) must be there. Others are left alone.
        economy_unit: Of the figures, wherever it fits a vehicle's dial and fuel; else L/100km,
            kg/100km, kWh/100km, L/h and so on.

    Returns:
        A frame of the same kind: one row an interval, valid or void, by vehicle, by tank, as driven.
        What is lazy stays lazy. On Spark a vehicle's intervals lie together in that order, but the
        vehicles in none.

    Raises:
        InvalidValue: A column is missing or of a wrong type, or ``frame`` is no frame.
        UnknownUnit: ``economy_unit`` is none.
        MissingExtra: narwhals is not installed.

    >>> import polars
    >>> from datetime import date
    >>> fills = polars.DataFrame({
    ...     "vehicle_id": ["a", "a", "a"],
    ...     "local_date": [date(2025, 1, 1), date(2025, 1, 9), date(2025, 1, 20)],
    ...     "odometer_km": [1000.0, 1500.0, 1900.0],
    ...     "volume_l": [30.0, 35.0, 24.0],
    ... })
    >>> economy(fills)["economy"].to_list()
    [7.0, 6.0]
    """
    try:
        import narwhals.stable.v2 as nw
    except ImportError:
        raise MissingExtra("analysis", "narwhals") from None
    from motovault.analysis.natives import settled, with_numbers_of_arrow, with_numbers_of_numpy
    from motovault.analysis.pipeline import intervals
    from motovault.analysis.reading import READ

    asked = asked_unit(economy_unit)
    # what is a frame of narwhals already comes out of it
    table, is_arrow = with_numbers_of_numpy(settled(nw.to_native(frame, pass_through=True), "frame", READ))
    try:
        given: Any = nw.from_native(table)
    except TypeError:
        raise InvalidValue("frame", type(frame).__name__, "must be a frame that narwhals takes") from None
    if isinstance(given, nw.LazyFrame) and given.implementation.is_polars():
        found: Any = _polars_lazy(table, asked)
    else:
        found = nw.maybe_reset_index(intervals(given, asked)).to_native()
    return with_numbers_of_arrow(found) if is_arrow else found  # type: ignore[no-any-return]


def asked_unit(text: str | None) -> EconomyUnit | None:
    """What was asked for, read; None where nothing was.

    Raises:
        UnknownUnit: There is no such unit.
    """
    return None if text is None else check_economy_unit(text)


def _polars_lazy(frame: Any, asked: EconomyUnit | None) -> Any:
    """Polars runs the steps for rows in memory when it comes to them, which take half the time of windows."""
    import narwhals.stable.v2 as nw
    import polars as pl

    from motovault.analysis.pipeline import intervals
    from motovault.analysis.reading import READ

    def run(some: Any) -> Any:
        return intervals(nw.from_native(some, eager_only=True), asked).to_native()

    schema = frame.collect_schema()
    narrow = frame.select([name for name in schema.names() if name in READ])
    empty = run(pl.DataFrame(schema=narrow.collect_schema()))
    # nothing may be moved before this step: a row that is left out changes the intervals of others
    return narrow.map_batches(
        run,
        schema=empty.schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        slice_pushdown=False,
    )
