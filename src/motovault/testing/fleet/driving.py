"""What the vehicles of a fleet do: they are driven, filled, and some of it is written down wrong.

What is in the tank is drawn before and after each fill, never worked out from
the fill before: so nothing hangs on a loop over rows, and still every drop is
accounted for. Amounts are whole thousandths of the fuel's unit, dials whole
tenths; they become floats at the very end, by one division each.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from motovault.testing.fleet.chance import WHOLE, Draws, over
from motovault.testing.fleet.kinds import COUNTRIES
from motovault.testing.fleet.vehicles import uuid_text

__all__ = ["driven", "fuel_log_frame", "oddities_of", "truth_of"]

_TOTAL: Final = 10_000
"""A full tank, in parts of it."""


def _below(draw: pl.Expr, percent: float) -> pl.Expr:
    return draw < round(WHOLE * percent / 100)


def driven(vehicles: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Every fill of these vehicles, in order, with what really happened."""
    draws = Draws("row", seed, 3)
    before, after, partial, gap = draws.four(0)
    up, down, towing, missed = draws.four(1)
    hidden, no_dial, no_volume, price = draws.four(2)
    no_price, place, slip, no_place = draws.four(3)
    first = pl.col("row") == pl.col("begin")
    capacity = pl.col("capacity")
    rows = vehicles.filter(pl.col("count") > 0).with_columns(
        row=pl.int_ranges("begin", pl.col("begin") + pl.col("count"))
    )
    return (
        rows.lazy()  # what several columns share is then worked out once
        .explode("row")
        .with_columns(
            is_first=first,
            before=500 + before * 3000 // WHOLE,
            is_full=first | ~_below(partial, 15),
            is_missed=~first & _below(missed, 2),
            is_towing=~first & _below(towing, 2) & (pl.col("fuel_type") != "electric"),
            # of the fill that was not written down: as much as fits between the two that were
            hidden=2000 + hidden * 3000 // WHOLE,
            noise=(up - down) * (0.08 / WHOLE) + 1,
            price_noise=(price - WHOLE // 2) * (0.08 / WHOLE) + 1,
            knows_price=~_below(no_price, 8),
            knows_dial=~pl.col("is_trip_only") & ~_below(no_dial, 3),
            knows_volume=~_below(no_volume, 1),
            knows_place=pl.col("notes_place") & ~_below(no_place, 10),
            place=place,
            is_slip=~first & _below(slip, 0.15),
            slip=slip % 2,
            step=(gap + WHOLE // 2) / WHOLE,
        )
        .with_columns(after=pl.when("is_full").then(_TOTAL).otherwise(5000 + after * 4000 // WHOLE))
        .with_columns(
            poured=_level("after") - _level("before"),
            burnt=pl.when("is_first")
            .then(0)
            .otherwise(
                _level("after").shift(1, fill_value=0)
                - _level("before")
                + pl.when("is_missed").then(_level("hidden")).otherwise(0)
            ),
        )
        .with_columns(
            minutes=pl.when("is_first")
            .then(pl.col("first"))
            .otherwise((pl.col("gap") * pl.col("step") * pl.col("burnt") / (capacity * 3 / 4)).floor() + 20)
            .cast(pl.Int64)
        )
        .with_columns(minutes=_since_first("minutes"))
        # from -730 in the middle of July to 730 in that of January
        .with_columns(winter=730 - ((pl.col("minutes") // 1440 - 197) * 4 % 1461 * 2 - 1461).abs())
        .with_columns(
            distance=(
                pl.col("burnt")
                / (pl.col("fuel_per_dial") * 100)
                / (
                    pl.col("noise")
                    * (1 + pl.col("season") * pl.col("winter") * (0.001 / 730))
                    * pl.when("is_towing").then(1.3).otherwise(1.0)
                )
            )
            .floor()
            .cast(pl.Int64)
        )
        .with_columns(true_dial=pl.col("dial") + _since_first("distance"))
        .with_columns(
            new_dial_at=pl.when(pl.col("row") == pl.col("changed_at")).then(pl.col("true_dial") - 10)
        )
        .with_columns(
            shown=pl.when((pl.col("changed_at") >= 0) & (pl.col("row") >= pl.col("changed_at")))
            .then(pl.col("true_dial") - pl.col("new_dial_at").forward_fill())
            .otherwise(pl.col("true_dial"))
        )
        .with_columns(
            shown=pl.when("is_whole_dial")
            .then(pl.max_horizontal(pl.col("shown") // 10 * 10, 10))
            .otherwise("shown")
        )
        .with_columns(is_slip=pl.col("is_slip") & pl.col("knows_dial") & (pl.col("shown") > 1000))
        .with_columns(
            # a digit left out, or one too high
            written=pl.when("is_slip")
            .then(
                pl.when(pl.col("slip") == 0)
                .then(pl.col("shown") // 100 * 10)
                .otherwise(pl.col("shown") + 100_000)
            )
            .otherwise("shown")
        )
        .collect()
    )


def _level(parts: str) -> pl.Expr:
    return pl.col("capacity") * pl.col(parts) // _TOTAL


def _since_first(name: str) -> pl.Expr:
    """The sum over the rows of a vehicle so far, exact: all are whole numbers."""
    total = pl.col(name).cum_sum()
    return total - pl.when("is_first").then(total - pl.col(name)).forward_fill()


def fuel_log_frame(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """What was written down, in the columns of the fuel log frame."""
    is_hours, has_trip = pl.col("odometer_unit") == "h", pl.col("is_trip_only") & ~pl.col("is_first")
    trip = pl.when("is_missed").then(pl.col("distance") // 2).otherwise("distance")
    written = pl.when("knows_dial").then(pl.col("written") * pl.col("dial_scale"))
    driven_since = pl.when(has_trip & (trip > 0)).then(trip * pl.col("dial_scale"))
    poured = pl.when("knows_volume").then(pl.col("poured") * pl.col("fuel_scale"))
    # 4 % a year since 2015, in thousandths of money
    years = (pl.col("minutes") - 16_436 * 1440) * (1 / (365.25 * 1440))
    rows = rows.with_columns(
        price_thousandths=(pl.col("price") * (1 + 0.04 * years) * pl.col("price_noise") * 1000)
        .round()
        .cast(pl.Int64),
        filled_at=pl.from_epoch(pl.col("minutes") * 60, time_unit="s")
        .dt.cast_time_unit("us")
        .dt.replace_time_zone("UTC"),
    )
    hundredths = (pl.col("poured") * pl.col("price_thousandths") + 5000) // 10_000
    nothing = pl.lit(None, pl.Float64)
    unit = pl.col("fuel_unit")
    return rows.select(
        "user_id",
        "vehicle_id",
        id=uuid_text("row", "9000", seed),
        filled_at="filled_at",
        local_date=_local_date(),
        tank=pl.lit(1, pl.Int64),
        fuel_type="fuel_type",
        fuel_grade="fuel_grade",
        location=pl.when("knows_place").then(_place()),
        odometer_unit="odometer_unit",
        fuel_unit="fuel_unit",
        odometer_km=pl.when(~is_hours).then(over(written, 1e9)),
        trip_distance_km=pl.when(~is_hours).then(over(driven_since, 1e9)),
        excluded_distance_km=nothing,
        odometer_h=pl.when(is_hours).then(over(written, 1e6)),
        trip_h=pl.when(is_hours).then(over(driven_since, 1e6)),
        excluded_h=nothing,
        volume_l=pl.when(~unit.is_in(["kg", "kWh"])).then(over(poured, 1e12)),
        mass_kg=pl.when(unit == "kg").then(over(poured, 1e9)),
        energy_kwh=pl.when(unit == "kWh").then(over(poured, 1e3)),
        price_per_unit=pl.when("knows_price").then(over(pl.col("price_thousandths"), 1e3)),
        total_cost=pl.when("knows_price", "knows_volume").then(over(hundredths, 100)),
        currency_code="currency_code",
        is_full_tank="is_full",
        missed_previous="is_missed",
        is_towing="is_towing",
        charge_start_percent=pl.when("notes_charge").then(over(pl.col("before"), 100)),
        charge_end_percent=pl.when("notes_charge").then(over(pl.col("after"), 100)),
        source=pl.lit("fleet"),
    )


def _local_date() -> pl.Expr:
    zones = [pl.col("filled_at").dt.convert_time_zone(one.time_zone).dt.date() for one in COUNTRIES]
    found = zones[0]
    for number, local in enumerate(zones[1:], start=1):
        found = pl.when(pl.col("country") == number).then(local).otherwise(found)
    return found


def _place() -> pl.Expr:
    """One of a few stations near the owner, now and then one far away."""
    number = (
        pl.when(pl.col("place") % 8 == 0)
        .then(pl.col("place") // 8)
        .otherwise(pl.col("owner") * 3 + pl.col("place") % 3)
    )
    names = pl.col("country").replace_strict(
        list(range(len(COUNTRIES))), [one.stations for one in COUNTRIES], return_dtype=pl.String
    )
    return pl.format("{} {}", names, number % 5000)


def truth_of(rows: pl.DataFrame, vehicles: pl.DataFrame) -> pl.DataFrame:
    """What was really driven and burnt by each vehicle, between its first and its last fill."""
    sums = rows.group_by("vehicle_id", maintain_order=True).agg(
        fills=pl.len().cast(pl.Int64),
        partial_fills=(~pl.col("is_full")).sum().cast(pl.Int64),
        missed_fills=pl.col("is_missed").sum().cast(pl.Int64),
        distance=pl.col("distance").sum(),
        burnt=pl.col("burnt").sum(),
    )
    joined = vehicles.join(sums, on="vehicle_id", how="left", maintain_order="left")
    distance, burnt = pl.col("distance").fill_null(0), pl.col("burnt").fill_null(0)
    fuel = (
        pl.when(pl.col("fuel_unit") == "kWh")
        .then(1e3)
        .when(pl.col("fuel_unit") == "kg")
        .then(1e9)
        .otherwise(1e12)
    )
    is_hours = pl.col("odometer_unit") == "h"
    amount = over(burnt * pl.col("fuel_scale"), fuel)
    dial = over(distance * pl.col("dial_scale"), pl.when(is_hours).then(1e6).otherwise(1e9))
    return joined.select(
        "user_id",
        "vehicle_id",
        "fuel_type",
        *(pl.col(name).fill_null(0) for name in ("fills", "partial_fills", "missed_fills")),
        tank_capacity=over(pl.col("capacity"), 1e3),
        fuel_unit="fuel_unit",
        distance_km=pl.when(~is_hours).then(dial),
        distance_h=pl.when(is_hours).then(dial),
        fuel=amount,
        consumption=pl.when(distance > 0).then(amount / dial * pl.when(is_hours).then(1).otherwise(100)),
        consumption_unit=_consumption_unit(is_hours),
    )


def _consumption_unit(is_hours: pl.Expr) -> pl.Expr:
    unit = pl.when(pl.col("fuel_unit").is_in(["kg", "kWh"])).then("fuel_unit").otherwise(pl.lit("L"))
    return pl.format("{}/{}", unit, pl.when(is_hours).then(pl.lit("h")).otherwise(pl.lit("100km")))


def oddities_of(rows: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The rows whose odometer says what is not so, and what it should have said."""
    changed = pl.col("row") == pl.col("changed_at")
    scale = pl.when(pl.col("odometer_unit") == "h").then(1e6).otherwise(1e9)
    return rows.filter(pl.col("is_slip") | changed).select(
        "user_id",
        "vehicle_id",
        # made here: taken from the logs, a few texts would hold on to the memory of all
        id=uuid_text("row", "9000", seed),
        kind=pl.when(changed).then(pl.lit("changed_dial")).otherwise(pl.lit("slip")),
        true_odometer=over(pl.col("true_dial") * pl.col("dial_scale"), scale),
    )
