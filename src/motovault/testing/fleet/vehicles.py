"""The vehicles of a fleet: whose, which model, how often filled; one row each."""

from __future__ import annotations

import itertools
from typing import Final

import polars as pl

from motovault.testing.fleet.chance import WHOLE, Draws, over
from motovault.testing.fleet.kinds import COUNTRIES, MODELS, kinds

__all__ = ["fleet_vehicles", "owners_of", "uuid_text", "vehicles_of"]

_OWNED: Final = 2
"""Vehicles of one owner."""
_FIRST_DAY: Final = 16_436
"""1 January 2015, in days since 1970."""


def fleet_vehicles(fills: int, fills_per_vehicle: int, seed: int) -> pl.DataFrame:
    """Every vehicle with what its fills are worked out from; its rows in the fleet begin at ``begin``."""
    number = -(-fills // fills_per_vehicle)
    frame = pl.select(number=pl.int_range(number, dtype=pl.Int64)).with_columns(
        owner=pl.col("number") // _OWNED
    )
    by_owner, by_vehicle = Draws("owner", seed, 1), Draws("number", seed, 2)
    country, *_ = by_owner.four(0)
    model, weight, span, first_day = by_vehicle.four(0)
    dial, year, habit, thrift = by_vehicle.four(1)
    charges, changed, noted, _ = by_vehicle.four(2)
    frame = frame.with_columns(
        kind=_chosen(country, [one.weight for one in COUNTRIES]) * len(MODELS)
        + _chosen(model, [one.weight for one in MODELS]),
        share=100 + weight * 900 // WHOLE,
    )
    end = (over(pl.col("share").cum_sum(), pl.col("share").sum()) * fills).floor().cast(pl.Int64)
    frame = frame.with_columns(begin=end.shift(1, fill_value=0), count=end - end.shift(1, fill_value=0))
    frame = frame.join(_kinds(), on="kind", how="left", maintain_order="left")
    count = pl.max_horizontal("count", 1)
    days = pl.max_horizontal(700 + span * 2200 // WHOLE, count * 8 // 10)
    return frame.with_columns(
        user_id=pl.format("fleet|{}", pl.col("owner").cast(pl.String).str.zfill(9)),
        vehicle_id=uuid_text("number", "8000", seed),
        # minutes since 1970, and between two fills
        first=(_FIRST_DAY + first_day * 1000 // WHOLE) * 1440 + 6 * 60,
        gap=days * 1440 / count,
        # tenths on the dial; 0 would be unknown
        dial=10 + dial * 900_000 // WHOLE,
        model_year=2006 + year * 10 // WHOLE,
        fuel_per_dial=pl.col("fuel_per_dial") * (900 + thrift * 200 // WHOLE) * 0.001,
        is_whole_dial=habit < WHOLE * 7 // 10,
        is_trip_only=habit >= WHOLE * 97 // 100,
        notes_charge=(pl.col("fuel_type") == "electric") & (charges < WHOLE // 2),
        notes_place=noted < WHOLE * 8 // 10,
        # the row from which on another dial counts; none for most
        changed_at=pl.when(changed < WHOLE // 100)
        .then(pl.col("begin") + 1 + pl.col("count") // 2)
        .otherwise(-1),
    )


def _chosen(draw: pl.Expr, weights: list[int]) -> pl.Expr:
    """The place of one of the weights, which need not add up to anything."""
    total = sum(weights)
    ends = [WHOLE * end // total for end in itertools.accumulate(weights)]
    return pl.sum_horizontal([(draw >= end).cast(pl.Int64) for end in ends[:-1]])


def _kinds() -> pl.DataFrame:
    return pl.DataFrame(kinds(), infer_schema_length=None).with_row_index("kind").cast({"kind": pl.Int64})


def uuid_text(number: str, mark: str, seed: int) -> pl.Expr:
    """Texts in the order of the numbers. Decimal digits are hexadecimal ones too."""
    digits = pl.col(number).cast(pl.String).str.zfill(12)
    return pl.format(f"{{}}-{{}}-7000-{mark}-{seed:012d}", digits.str.slice(0, 8), digits.str.slice(8, 4))


def vehicles_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame of vehicles, as analysis reads it."""
    return frame.select(
        "user_id",
        "vehicle_id",
        title=pl.format("{} {} {}", "model_year", "make", "model"),
        make="make",
        model="model",
        model_year=pl.col("model_year").cast(pl.Int64),
        trim=pl.lit(None, pl.String),
        engine="engine",
        transmission=pl.lit(None, pl.String),
        distance_unit="odometer_unit",
    )


def owners_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The owners of the vehicles: what decides units, money and local dates where a log does not say."""
    countries = pl.DataFrame(
        {
            "country": range(len(COUNTRIES)),
            "unit_system": [one.unit_system for one in COUNTRIES],
            "owner_currency": [one.currency_code for one in COUNTRIES],
            "time_zone": [one.time_zone for one in COUNTRIES],
        }
    )
    owners = frame.unique("user_id", keep="first", maintain_order=True).select("user_id", "country")
    return owners.join(countries, on="country", how="left", maintain_order="left").select(
        "user_id", "unit_system", currency_code="owner_currency", time_zone="time_zone"
    )
