"""A fleet as frames, or as Parquet files that are made one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import polars as pl

from motovault.errors import InvalidValue
from motovault.testing.fleet.driving import driven, fuel_log_frame, oddities_of, truth_of
from motovault.testing.fleet.vehicles import fleet_vehicles, owners_of, vehicles_of

__all__ = ["Fleet", "FleetFiles", "fleet", "fleet_parts", "write_fleet"]


@attrs.frozen(kw_only=True, eq=False)
class Fleet:
    """Frames of a fleet, or of a part of one.

    Attributes:
        fuel_logs: What was written down: the columns of the fuel log frame, by vehicle, then time.
        vehicles: The columns of the vehicles frame, by ``vehicle_id``.
        owners: ``user_id``, ``unit_system``, ``currency_code``, ``time_zone``.
        truth: For each vehicle what was really driven and burnt from its first to its last fill: ``fills``,
            ``partial_fills``, ``missed_fills``, ``tank_capacity`` (in ``fuel_unit``), ``distance_km`` or
            ``distance_h``, ``fuel`` (litres, kilograms or kilowatt-hours), and ``consumption`` in
            ``consumption_unit``, null where nothing was driven.
        oddities: Fuel logs whose odometer is wrong: ``kind`` is ``slip`` (a typing error in this row
            alone) or ``changed_dial`` (from this row on a new dial counts), ``true_odometer`` in km or h.
    """

    fuel_logs: pl.DataFrame
    vehicles: pl.DataFrame
    owners: pl.DataFrame
    truth: pl.DataFrame
    oddities: pl.DataFrame


@attrs.frozen(kw_only=True)
class FleetFiles:
    """Where :func:`write_fleet` put a fleet: Parquet, of the frames of :class:`Fleet`.

    Attributes:
        fuel_logs: A folder; its files by name are in the order of the vehicles.
        rows: How many fuel logs.
    """

    fuel_logs: Path
    vehicles: Path
    owners: Path
    truth: Path
    oddities: Path
    rows: int


def fleet(fills: int = 10_000, *, seed: int = 1, fills_per_vehicle: int = 200) -> Fleet:
    """A fleet in memory.

    Args:
        fills: Fuel logs, to the row; at most 1,000,000,000.
        seed: Another one is another fleet, with other ids; from 0, at most 12 digits.
        fills_per_vehicle: About how many a vehicle has, from 1 to 1000; vehicles differ.

    Raises:
        InvalidValue: One of them is out of its range.

    >>> made = fleet(1000)
    >>> made.fuel_logs.height, made.vehicles.height
    (1000, 5)
    """
    (whole,) = fleet_parts(fills, seed=seed, fills_per_vehicle=fills_per_vehicle, parts=1)
    return whole


def fleet_parts(
    fills: int = 10_000, *, seed: int = 1, fills_per_vehicle: int = 200, parts: int = 64
) -> Iterator[Fleet]:
    """The same fleet in parts, each of some vehicles; one after the other, so that memory stays flat.

    Args:
        fills, seed, fills_per_vehicle: As for :func:`fleet`.
        parts: How many at most; a vehicle is never cut in two.
    """
    _check("fills", fills, 0, 1_000_000_000)
    _check("seed", seed, 0, 999_999_999_999)
    _check("fills_per_vehicle", fills_per_vehicle, 1, 1000)
    _check("parts", parts, 1, 100_000)
    return _parts(fleet_vehicles(fills, fills_per_vehicle, seed), fills, seed, parts)


def _parts(vehicles: pl.DataFrame, fills: int, seed: int, parts: int) -> Iterator[Fleet]:
    part = (pl.col("begin") * parts // max(fills, 1)).clip(upper_bound=parts - 1)
    numbered = vehicles.with_columns(part=part)
    if vehicles.is_empty():
        yield _made(vehicles, seed)
        return
    for _, some in numbered.group_by("part", maintain_order=True):
        yield _made(some, seed)


def _made(vehicles: pl.DataFrame, seed: int) -> Fleet:
    rows = driven(vehicles, seed)
    logs = fuel_log_frame(rows, seed)
    return Fleet(
        fuel_logs=logs,
        vehicles=vehicles_of(vehicles),
        owners=owners_of(vehicles),
        truth=truth_of(rows, vehicles),
        oddities=oddities_of(rows, seed),
    )


def write_fleet(
    folder: Path,
    fills: int = 10_000,
    *,
    seed: int = 1,
    fills_per_vehicle: int = 200,
    files: int = 64,
    progress: Callable[[int], object] | None = None,
) -> FleetFiles:
    """The same fleet as Parquet: ``fuel_logs/part-00000.parquet`` and on, ``vehicles.parquet`` and so on.

    Memory is that of one file; the small frames come last, so that where they are all is.

    Args:
        folder: New or empty.
        fills, seed, fills_per_vehicle: As for :func:`fleet`.
        files: How many at most; a vehicle is in one of them.
        progress: Called after each file, with how many fuel logs are written.

    Raises:
        InvalidValue: An argument is out of its range, or the folder has something in it.
    """
    parts = fleet_parts(fills, seed=seed, fills_per_vehicle=fills_per_vehicle, parts=files)
    if folder.exists() and any(folder.iterdir()):
        raise InvalidValue("folder", str(folder), "must be new or empty")
    logs_folder = folder / "fuel_logs"
    logs_folder.mkdir(parents=True)
    small: dict[str, list[pl.DataFrame]] = {name: [] for name in ("vehicles", "owners", "truth", "oddities")}
    rows = 0
    for number, part in enumerate(parts):
        part.fuel_logs.write_parquet(logs_folder / f"part-{number:05d}.parquet", compression="lz4")
        rows += part.fuel_logs.height
        for name, frames in small.items():
            frames.append(getattr(part, name))
        if progress is not None:
            progress(rows)
    paths = {name: folder / f"{name}.parquet" for name in small}
    for name, frames in small.items():
        # owners stand in two parts where these cut between their vehicles
        pl.concat(frames).unique(maintain_order=True).write_parquet(paths[name])
    return FleetFiles(fuel_logs=logs_folder, rows=rows, **paths)


def _check(field: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InvalidValue(field, value, f"must be a whole number from {low} to {high}")
