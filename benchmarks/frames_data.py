"""Fill-ups by the million for ``frames.py``: the columns of a fuel log frame, by vehicle and time."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

PER_VEHICLE = 100


def fill_ups(count: int) -> pl.DataFrame:
    """One vehicle in each hundred rows, a fill every few days; three in twenty not to the brim.

    Some fills were missed, some odometers and amounts are unknown, some dials
    were set back, some days saw two fills, now and then with the trailer on.
    """
    chance = np.random.default_rng(42)
    vehicle = np.arange(count) // PER_VEHICLE
    is_first = np.arange(count) % PER_VEHICLE == 0
    tenths = chance.integers(2_000, 7_000, count)
    driven = np.cumsum(tenths)
    start = np.maximum.accumulate(np.where(is_first, driven, 0))
    odometer = (driven - start + 500 + vehicle % 900_000).astype(np.int64) / 10
    odometer = np.where(chance.random(count) < 0.001, odometer / 2, odometer)
    days = np.cumsum(chance.integers(0, 14, count))
    days = days - np.maximum.accumulate(np.where(is_first, days, 0))
    millilitres = chance.integers(20_000, 60_000, count)
    cents = millilitres * chance.integers(140, 190, count) // 1000
    local_date = pl.Series(days).cast(pl.Int32) + (date(2020, 1, 1) - date(1970, 1, 1)).days
    frame = pl.DataFrame(
        {
            "vehicle": vehicle,
            "number": np.arange(count),
            "local_date": local_date.cast(pl.Date),
            "tank": np.ones(count, dtype=np.int64),
            "odometer_km": odometer,
            "volume_l": millilitres / 1000,
            "total_cost": cents / 100,
            "is_full_tank": chance.random(count) >= 0.15,
            "missed_previous": chance.random(count) < 0.01,
            "is_towing": chance.random(count) < 0.02,
            "no_odometer": chance.random(count) < 0.02,
            "no_volume": chance.random(count) < 0.002,
            "no_cost": chance.random(count) < 0.02,
        }
    )
    text = pl.col("number").cast(pl.String).str.zfill(12)
    return frame.select(
        user_id=pl.concat_str(pl.lit("user-"), (pl.col("vehicle") // 3).cast(pl.String).str.zfill(8)),
        vehicle_id=pl.concat_str(
            pl.lit("01890000-0000-7000-8000-"), pl.col("vehicle").cast(pl.String).str.zfill(12)
        ),
        id=pl.concat_str(pl.lit("01890000-0000-7000-9000-"), text),
        filled_at=pl.col("local_date").cast(pl.Datetime("us", "UTC"))
        + pl.duration(seconds=pl.col("number") % 86_400),
        local_date="local_date",
        tank="tank",
        fuel_type=pl.lit("gasoline"),
        odometer_unit=pl.lit("km"),
        fuel_unit=pl.lit("L"),
        odometer_km=pl.when(~pl.col("no_odometer")).then("odometer_km"),
        trip_distance_km=pl.lit(None, dtype=pl.Float64),
        excluded_distance_km=pl.lit(None, dtype=pl.Float64),
        odometer_h=pl.lit(None, dtype=pl.Float64),
        volume_l=pl.when(~pl.col("no_volume")).then("volume_l"),
        mass_kg=pl.lit(None, dtype=pl.Float64),
        energy_kwh=pl.lit(None, dtype=pl.Float64),
        total_cost=pl.when(~pl.col("no_cost")).then("total_cost"),
        currency_code=pl.lit("EUR"),
        is_full_tank="is_full_tank",
        missed_previous="missed_previous",
        is_towing="is_towing",
    )
