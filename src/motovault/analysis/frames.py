"""Frames of what a vault keeps: pandas, Polars or Arrow, a batch at a time, or a Parquet file.

The columns, their types and their order stand in :mod:`motovault.analysis.finishing`.
The rows come by the store's own road for tables where it has one, else out of
its repositories; both are one snapshot, and both give the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol
from uuid import UUID

from motovault.analysis.backends import Backend, as_frame, check_backend
from motovault.analysis.finishing import finished, schema_of
from motovault.analysis.interval_frame import interval_batches
from motovault.analysis.tables import rows_of_entities, table_batches
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue, NotAllowed
from motovault.quantities.economy import economy_unit as check_economy_unit
from motovault.stores import (
    GivesTables,
    GivesTablesOfAll,
    KnowsEveryone,
    Repositories,
    Store,
    behind_cache,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Frames", "Name", "Numbers", "frames_of_all", "frames_of_garage"]

Numbers = Literal["float", "decimal"]
Name = Literal["fuel_logs", "intervals", "maintenance", "odometer", "vehicles"]

_NAMES: Final = ("fuel_logs", "intervals", "maintenance", "odometer", "vehicles")
_ROWS: Final = 50_000


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

    def fuel_logs(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Fuel logs, a row each, by vehicle, moment and id; in km or hours, litres, kg or kWh."""
        return self._frame("fuel_logs", vehicle_id, backend, numbers)

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

    def maintenance(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Maintenance logs, a row each, by vehicle, date and id."""
        return self._frame("maintenance", vehicle_id, backend, numbers)

    def odometer(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        backend: Backend = "polars",
        numbers: Numbers = "float",
    ) -> Any:
        """Readings out of everything that wrote one down, by vehicle, moment, figure and source id."""
        return self._frame("odometer", vehicle_id, backend, numbers)

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
            rows: In a batch; of intervals at least all of one vehicle.
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
        if type(rows) is not int or rows < 1:
            raise InvalidValue("rows", rows, "must be a whole number of at least 1")

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


def frames_of_garage(open_unit: Callable[..., Repositories], store: Store) -> Frames:
    """Frames of the user whose units of work are opened."""

    def read(name: str, vehicle_id: VehicleId | None, *, exact: bool, rows: int) -> Iterator[Any]:
        with open_unit() as work:
            if vehicle_id is not None:
                _check_live(work, vehicle_id)
            road = behind_cache(work)
            if isinstance(road, GivesTables):
                yield from road.table(name, vehicle_id=vehicle_id, exact=exact, rows=rows)
                return
        kept = behind_cache(store)
        found: list[Any] = []
        # nobody changes anything while they are read: either the store sees to it, or a transaction does
        if isinstance(kept, KnowsEveryone):
            with kept.everyone(), open_unit() as work:
                found = _entities(behind_cache(work), name, vehicle_id)
        else:
            with open_unit(atomic=True) as work:
                found = _entities(behind_cache(work), name, vehicle_id)
        yield from table_batches(name, found, rows)

    return Frames(read)


def frames_of_all(store: Store) -> Frames:
    """Frames of all users of a store."""

    def read(name: str, vehicle_id: VehicleId | None, *, exact: bool, rows: int) -> Iterator[Any]:
        if vehicle_id is not None and not isinstance(vehicle_id, UUID):
            raise VehicleNotFound(vehicle_id)
        kept = behind_cache(store)
        if isinstance(kept, GivesTablesOfAll):
            if vehicle_id is not None:
                known = kept.table_of_all("vehicles", vehicle_id=vehicle_id, exact=False, rows=1)
                if not any(batch.num_rows for batch in known):
                    raise VehicleNotFound(vehicle_id)
            yield from kept.table_of_all(name, vehicle_id=vehicle_id, exact=exact, rows=rows)
            return
        if not isinstance(kept, KnowsEveryone):
            raise NotAllowed("rows of all users", "this store cannot say who its users are")
        by_vehicle: dict[VehicleId, list[Any]] = {}
        opens: Store = behind_cache(store)
        with kept.everyone() as users:
            for user_id in users:
                with opens.unit_of_work(user_id) as work:
                    by_vehicle |= rows_of_entities(work, name, vehicle_id)
        if vehicle_id is not None and vehicle_id not in by_vehicle:
            raise VehicleNotFound(vehicle_id)
        yield from table_batches(name, _in_order(by_vehicle), rows)

    return Frames(read)


def _check_live(work: Repositories, vehicle_id: VehicleId) -> None:
    if not isinstance(vehicle_id, UUID):
        raise VehicleNotFound(vehicle_id)
    if not behind_cache(work).vehicles.get(vehicle_id).is_live:
        raise VehicleNotFound(vehicle_id)


def _entities(work: Repositories, name: str, vehicle_id: VehicleId | None) -> list[Any]:
    return list(_in_order(rows_of_entities(work, name, vehicle_id)))


def _in_order(by_vehicle: dict[VehicleId, list[Any]]) -> Iterator[Any]:
    for vehicle_id in sorted(by_vehicle):
        yield from by_vehicle[vehicle_id]
