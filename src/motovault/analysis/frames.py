"""Frames of what a vault keeps: pandas, Polars or Arrow, a batch at a time, or a Parquet file.

The columns, their types and their order stand in :mod:`motovault.analysis.finishing`;
where the rows come from, in :mod:`motovault.analysis.frame_sources`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, overload

from motovault.analysis.backends import Backend, as_frame, check_backend
from motovault.analysis.finishing import finished, schema_of
from motovault.analysis.interval_frame import interval_batches
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.economy import economy_unit as check_economy_unit

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

__all__ = ["Frames", "Name", "Numbers"]

Numbers = Literal["float", "decimal"]
Name = Literal["fuel_logs", "intervals", "maintenance", "odometer", "vehicles"]

_NAMES: Final = ("fuel_logs", "intervals", "maintenance", "odometer", "vehicles")
_ROWS: Final = 100_000
_MOST_ROWS: Final = 10_000_000


class _Read(Protocol):
    """Gives the batches of a table; raises VehicleNotFound for a vehicle that is not there."""

    def __call__(
        self, name: str, vehicle_id: VehicleId | None, *, exact: bool, rows: int
    ) -> Iterator[Any]: ...


class Frames:
    """What is kept, as frames: of one user at :attr:`Garage.frames`, of all at :attr:`Vault.frames`.

    Vehicles that were deleted are left out, with what hangs on them. Every frame has all its columns, with
    their types, where it has no row too. Each is read anew, and is one snapshot.

    Common arguments:
        vehicle_id: Rows of this live vehicle alone.
        backend: ``polars`` (the default, whatever else is installed), ``pandas`` or ``pyarrow``.
        numbers: ``float``, each the nearest float64 to the exact figure; or ``decimal``, exact.

    All raise VehicleNotFound where there is no such live vehicle of the user's, MissingExtra where a package
    is not installed, and InvalidValue where ``numbers="decimal"`` cannot hold a figure.
    """

    def __init__(self, read: _Read) -> None:
        self._read = read

    @overload
    def fuel_logs(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["polars"] = ..., numbers: Numbers = ...
    ) -> pl.DataFrame: ...
    @overload
    def fuel_logs(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pandas"], numbers: Numbers = ...
    ) -> pd.DataFrame: ...
    @overload
    def fuel_logs(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pyarrow"], numbers: Numbers = ...
    ) -> pa.Table: ...
    @overload
    def fuel_logs(
        self, vehicle_id: VehicleId | None = ..., *, backend: Backend, numbers: Numbers = ...
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    def fuel_logs(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Fuel logs, a row each, by vehicle, moment and id; in km or hours, litres, kg or kWh."""
        return self._frame("fuel_logs", vehicle_id, backend, numbers)

    @overload
    def intervals(
        self,
        vehicle_id: VehicleId | None = ...,
        *,
        economy_unit: str | None = ...,
        backend: Literal["polars"] = ...,
        numbers: Numbers = ...,
    ) -> pl.DataFrame: ...
    @overload
    def intervals(
        self,
        vehicle_id: VehicleId | None = ...,
        *,
        economy_unit: str | None = ...,
        backend: Literal["pandas"],
        numbers: Numbers = ...,
    ) -> pd.DataFrame: ...
    @overload
    def intervals(
        self,
        vehicle_id: VehicleId | None = ...,
        *,
        economy_unit: str | None = ...,
        backend: Literal["pyarrow"],
        numbers: Numbers = ...,
    ) -> pa.Table: ...
    @overload
    def intervals(
        self,
        vehicle_id: VehicleId | None = ...,
        *,
        economy_unit: str | None = ...,
        backend: Backend,
        numbers: Numbers = ...,
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    def intervals(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        economy_unit: str | None = None,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """What :meth:`motovault.domain.fuel_logs.service.FuelLogService.economy` finds, a row each interval.

        Args:
            vehicle_id: As above.
            economy_unit: For example ``mpg_us``, for what it fits; by default L/100km, kg/100km, kWh/100km,
                and the same by the hour where the dial counts hours.
            backend: As above.
            numbers: As above; decimals of economy and cost per kilometre are rounded half-even to 12 places.

        Raises:
            UnknownUnit: ``economy_unit`` is none.
        """
        return self._frame("intervals", vehicle_id, backend, numbers, economy_unit)

    @overload
    def maintenance(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["polars"] = ..., numbers: Numbers = ...
    ) -> pl.DataFrame: ...
    @overload
    def maintenance(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pandas"], numbers: Numbers = ...
    ) -> pd.DataFrame: ...
    @overload
    def maintenance(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pyarrow"], numbers: Numbers = ...
    ) -> pa.Table: ...
    @overload
    def maintenance(
        self, vehicle_id: VehicleId | None = ..., *, backend: Backend, numbers: Numbers = ...
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    def maintenance(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Maintenance logs, a row each, by vehicle, date and id."""
        return self._frame("maintenance", vehicle_id, backend, numbers)

    @overload
    def odometer(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["polars"] = ..., numbers: Numbers = ...
    ) -> pl.DataFrame: ...
    @overload
    def odometer(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pandas"], numbers: Numbers = ...
    ) -> pd.DataFrame: ...
    @overload
    def odometer(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pyarrow"], numbers: Numbers = ...
    ) -> pa.Table: ...
    @overload
    def odometer(
        self, vehicle_id: VehicleId | None = ..., *, backend: Backend, numbers: Numbers = ...
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    def odometer(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Readings out of everything that wrote one down, by vehicle, moment, figure and source id."""
        return self._frame("odometer", vehicle_id, backend, numbers)

    @overload
    def vehicles(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["polars"] = ..., numbers: Numbers = ...
    ) -> pl.DataFrame: ...
    @overload
    def vehicles(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pandas"], numbers: Numbers = ...
    ) -> pd.DataFrame: ...
    @overload
    def vehicles(
        self, vehicle_id: VehicleId | None = ..., *, backend: Literal["pyarrow"], numbers: Numbers = ...
    ) -> pa.Table: ...
    @overload
    def vehicles(
        self, vehicle_id: VehicleId | None = ..., *, backend: Backend, numbers: Numbers = ...
    ) -> pl.DataFrame | pd.DataFrame | pa.Table: ...
    def vehicles(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Live vehicles, by id; without their VINs."""
        return self._frame("vehicles", vehicle_id, backend, numbers)

    def batches(
        self,
        what: Name = "fuel_logs",
        vehicle_id: VehicleId | None = None,
        *,
        rows: int = _ROWS,
        numbers: Numbers = "float",
        economy_unit: str | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The same rows as pyarrow record batches, one after another, for what does not fit in memory.

        A connection is in use until the last one, or until the iterator is closed.

        Args:
            what: ``fuel_logs``, ``intervals``, ``maintenance``, ``odometer`` or ``vehicles``.
            vehicle_id: As above.
            rows: In a batch at most; of intervals at least all of one vehicle.
            numbers: As above.
            economy_unit: Of intervals.
        """
        self._check(what, numbers, rows)
        check_backend("pyarrow")
        if economy_unit is not None:
            check_economy_unit(economy_unit)
        return self._batches(what, vehicle_id, numbers == "decimal", rows, economy_unit)

    def to_parquet(
        self,
        path: str | os.PathLike[str],
        what: Name = "fuel_logs",
        vehicle_id: VehicleId | None = None,
        *,
        partition_by: Literal["vehicle"] | None = None,
        partitions: int = 16,
        numbers: Numbers = "float",
        economy_unit: str | None = None,
        overwrite: bool = False,
    ) -> int:
        """Write a frame to Parquet (zstd), in flat memory; it is whole, or it is not there.

        Args:
            path: The file; with ``partition_by`` the folder.
            what: As of :meth:`batches`.
            vehicle_id: As above.
            partition_by: ``vehicle`` spreads the rows over folders ``bucket=0`` and so on, all rows of a
                vehicle in one, in their order, so that each can be worked on for itself.
            partitions: How many such folders.
            numbers: As above.
            economy_unit: Of intervals.
            overwrite: Replace a file that this method did not write. What it wrote it replaces anyhow; a
                folder that holds other things it never does.

        Returns:
            How many rows were written.

        Raises:
            InvalidValue: What is at ``path`` is not ours.
        """
        from motovault.analysis.parquet import write_file, write_folder

        exact = numbers == "decimal"
        batches = self.batches(what, vehicle_id, numbers=numbers, economy_unit=economy_unit)
        with contextlib.closing(batches):  # type: ignore[type-var]
            if partition_by is None:
                return write_file(path, what, schema_of(what, exact), batches, overwrite=overwrite)
            if partition_by != "vehicle":
                raise InvalidValue("partition_by", partition_by, "must be vehicle, or None for one file")
            return write_folder(
                path, what, schema_of(what, exact), batches, partitions=partitions, overwrite=overwrite
            )

    def _check(self, what: str, numbers: str, rows: int = 1) -> None:
        if what not in _NAMES:
            raise InvalidValue("what", what, "must be " + ", ".join(_NAMES[:-1]) + f" or {_NAMES[-1]}")
        if numbers not in ("float", "decimal"):
            raise InvalidValue("numbers", numbers, "must be float or decimal")
        if type(rows) is not int or not 1 <= rows <= _MOST_ROWS:
            raise InvalidValue("rows", rows, f"must be a whole number from 1 to {_MOST_ROWS:,}")

    def _frame(
        self,
        what: str,
        vehicle_id: VehicleId | None,
        backend: str,
        numbers: str,
        economy_unit: str | None = None,
    ) -> Any:
        self._check(what, numbers)
        check_backend(backend)
        import pyarrow as pa

        exact = numbers == "decimal"
        batches = self._batches(what, vehicle_id, exact, _ROWS, economy_unit)
        return as_frame(pa.Table.from_batches(batches, schema_of(what, exact)), backend)

    def _batches(
        self, what: str, vehicle_id: VehicleId | None, exact: bool, rows: int, economy_unit: str | None
    ) -> Iterator[Any]:
        is_intervals = what == "intervals"
        table = "fuel_logs" if is_intervals else what
        read = self._read(table, vehicle_id, exact=exact or is_intervals, rows=rows)
        with contextlib.closing(read):  # type: ignore[type-var]
            if is_intervals:
                yield from interval_batches(read, exact=exact, rows=rows, unit=economy_unit)
            else:
                yield from finished(table, read, exact=exact)
