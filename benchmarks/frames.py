"""The economy rules on tables: ``python benchmarks/frames.py [--quick]``.

One definition for every engine against the same rules written by hand in the
language of each: Polars expressions, idiomatic pandas, SQL windows in DuckDB,
a loop over entities. All give the same intervals first, to the bit. The hand
also sorts, puts days in order, and voids what must be void; it knows one kind
of dial and one kind of fuel, no trip meters and one currency, as these rows are.

How cost grows is told as an exponent: log of the times over log of the sizes,
from 100,000 rows to 1,000,000. ``MOTOVAULT_BENCHMARK_ROWS=10000000`` measures that
many rows as well, and growth up to them: 12 GiB of memory.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
from frames_data import fill_ups
from measuring import Measure, command, compared, duration, in_turn, p50

from motovault.analysis import economy
from motovault.domain.fuel_logs import Fill
from motovault.domain.fuel_logs import economy as economy_of_domain

OURS = "motovault.analysis.economy()"
TOLD = ["vehicle_id", "opened_by", "closed_by", "fill_count", "distance_km", "volume_l", "economy", "cost"]
TOLD += ["cost_per_km", "is_towing", "void"]
KNOWN_BY_HAND = [
    "vehicle_id",
    "id",
    "filled_at",
    "local_date",
    "tank",
    "odometer_km",
    "volume_l",
    "total_cost",
]
KNOWN_BY_HAND += ["is_full_tank", "missed_previous", "is_towing"]


# ------------------------------------------------------------------ by hand, Polars


def _whole(name: str, scale: float, least: float = 0.0) -> pl.Expr:
    is_known = pl.col(name).is_between(least, 1e18 / scale).fill_null(False)
    return (pl.when(is_known).then(name).otherwise(0.0) * scale + 0.5).floor().cast(pl.Int64)


def by_hand_in_polars(given: pl.DataFrame) -> pl.DataFrame:
    """Sorted once, running sums over all, differences of neighbours."""
    strand = ["vehicle_id", "tank"]
    written = ["filled_at", "id"]
    rows = given.lazy().sort(*strand, "local_date", *written).collect()
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in (*strand, "local_date"))
    rows = rows.with_columns(again=same.fill_null(False)).with_row_index("at")
    days = rows.filter(pl.col("again") | pl.col("again").shift(-1).fill_null(False))
    days = days.select("at", "odometer_km", day=(~pl.col("again")).cum_sum())
    known = days.filter(pl.col("odometer_km") > 0)
    order = rows["at"].scatter(known["at"], known.sort("day", "odometer_km", maintain_order=True)["at"])
    if not (order == rows["at"]).all():
        rows = rows[order]
    return (
        rows.lazy()
        .select(
            *("vehicle_id", "tank", "id", "is_full_tank", "local_date", "currency_code"),
            place=pl.int_range(pl.len()),
            position=_whole("odometer_km", 1e9, 0.5e-9),
            fuel=_whole("volume_l", 1e12).cum_sum(),
            unknown=pl.col("volume_l").is_null().cast(pl.Int64).cum_sum(),
            missed=pl.col("missed_previous").cast(pl.Int64).cum_sum(),
            towing=pl.col("is_towing").cast(pl.Int64).cum_sum(),
            paid=_whole("total_cost", 1e4).cum_sum(),
            unpaid=pl.col("total_cost").is_null().cast(pl.Int64).cum_sum(),
        )
        .filter(pl.col("position") != 0)
        .with_columns(here=pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in strand))
        .with_columns(here=pl.col("here").fill_null(False))
        .with_columns(back=(pl.col("here") & (pl.col("position") < pl.col("position").shift(1))).cum_sum())
        .with_columns(strand=(~pl.col("here")).cum_sum())
        .filter(pl.col("is_full_tank"))
        .filter(
            ~(
                (pl.col("strand") == pl.col("strand").shift(1))
                & (pl.col("position") == pl.col("position").shift(1))
                & (pl.col("back") == pl.col("back").shift(1))
            ).fill_null(False)
        )
        .with_columns(
            is_pair=pl.col("strand") == pl.col("strand").shift(1),
            opened_by=pl.col("id").shift(1),
            fill_count=pl.col("place").diff(),
            driven=pl.col("position").diff(),
            burnt=pl.col("fuel").diff(),
            cost=pl.col("paid").diff(),
            is_unknown=pl.col("unknown").diff() > 0,
            is_unpaid=pl.col("unpaid").diff() > 0,
            is_missed=pl.col("missed").diff() > 0,
            went_back=pl.col("back").diff() > 0,
            is_towing=pl.col("towing").diff() > 0,
        )
        .filter("is_pair")
        .with_columns(
            void=pl.when("is_missed")
            .then(pl.lit("missed"))
            .when("is_unknown")
            .then(pl.lit("unknown_volume"))
            .when("went_back")
            .then(pl.lit("went_back"))
            .when(pl.col("driven") <= 0)
            .then(pl.lit("excluded"))
            .when(pl.col("burnt") <= 0)
            .then(pl.lit("no_fuel")),
            # a column, for a literal would be multiplied by its reciprocal
            one=(pl.col("fill_count") * 0 + 1).cast(pl.Float64),
        )
        .with_columns(
            distance_km=pl.when(~pl.col("went_back")).then(pl.col("driven") / (pl.col("one") * 1e9)),
            volume_l=pl.when(~pl.col("is_unknown")).then(pl.col("burnt") / (pl.col("one") * 1e12)),
            economy=pl.when(pl.col("void").is_null()).then(
                (pl.col("burnt") / (pl.col("one") * 1e12)) / (pl.col("driven") / (pl.col("one") * 1e11))
            ),
            cost=pl.when(pl.col("void").is_null() & ~pl.col("is_unpaid")).then(
                pl.col("cost") / (pl.col("one") * 1e4)
            ),
            closed_by="id",
        )
        .with_columns(cost_per_km=pl.col("cost") / pl.col("distance_km"))
        .select(TOLD)
        .collect()
    )


# ------------------------------------------------------------------ by hand, pandas


def by_hand_in_pandas(given: pd.DataFrame) -> pd.DataFrame:
    """As one writes it: groupby, shift, cumsum."""
    strand = ["vehicle_id", "tank"]
    rows = given.sort_values([*strand, "local_date", "filled_at", "id"], ignore_index=True)
    day = rows.duplicated([*strand, "local_date"], keep=False)
    days = rows[day]
    known = days[days["odometer_km"] > 0]
    settled = known.sort_values([*strand, "local_date", "odometer_km"], kind="stable")
    order = np.arange(len(rows))
    order[known.index] = settled.index
    rows = rows.iloc[order].reset_index(drop=True)

    def whole(name: str, scale: float) -> pd.Series:
        return np.floor(rows[name].fillna(0.0) * scale + 0.5).astype("int64")

    rows["position"], rows["fuel"], rows["cost"] = (
        whole("odometer_km", 1e9),
        whole("volume_l", 1e12),
        whole("total_cost", 1e4),
    )
    rows["unknown"] = rows["volume_l"].isna().astype("int64")
    rows["unpaid"] = rows["total_cost"].isna().astype("int64")
    rows["missed"] = rows["missed_previous"].astype("int64")
    rows["towing"] = rows["is_towing"].astype("int64")
    rows["place"] = rows.groupby(strand, sort=False).cumcount()
    sums = ["fuel", "cost", "unknown", "unpaid", "missed", "towing"]
    rows[sums] = rows.groupby(strand, sort=False)[sums].cumsum()
    rows = rows[rows["position"] != 0]
    rows = rows.assign(back=rows.groupby(strand, sort=False)["position"].shift() > rows["position"])
    rows["back"] = rows["back"].astype("int64")
    rows["back"] = rows.groupby(strand, sort=False)["back"].cumsum()
    rows = rows[rows["is_full_tank"]]
    before = rows.groupby(strand, sort=False)[["position", "back"]].shift()
    rows = rows[~((before["position"] == rows["position"]) & (before["back"] == rows["back"]))]
    before = rows.groupby(strand, sort=False)[["id", "place", "position", "back", *sums]].shift()
    rows, before = rows[before["id"].notna()], before[before["id"].notna()]
    grown = rows[["place", "position", "back", *sums]] - before[["place", "position", "back", *sums]]
    driven, burnt = grown["position"], grown["fuel"]
    void = np.select(
        [grown["missed"] > 0, grown["unknown"] > 0, grown["back"] > 0, driven <= 0, burnt <= 0],
        ["missed", "unknown_volume", "went_back", "excluded", "no_fuel"],
        default="",
    )
    is_valid = void == ""
    found = pd.DataFrame(
        {
            "vehicle_id": rows["vehicle_id"],
            "opened_by": before["id"],
            "closed_by": rows["id"],
            "fill_count": grown["place"],
            "distance_km": (driven / 1e9).where(grown["back"] == 0),
            "volume_l": (burnt / 1e12).where(grown["unknown"] == 0),
            "economy": ((burnt / 1e12) / (driven / 1e11)).where(is_valid),
            "cost": (grown["cost"] / 1e4).where(is_valid & (grown["unpaid"] == 0)),
        }
    )
    found["cost_per_km"] = found["cost"] / found["distance_km"]
    found["is_towing"] = grown["towing"] > 0
    found["void"] = pd.Series(void, index=rows.index).where(~is_valid, None)
    return found


# ------------------------------------------------------------------ by hand, SQL

BY_HAND_IN_SQL = """
with read as (
  select vehicle_id, tank, local_date, filled_at, id, is_full_tank, missed_previous, is_towing,
    coalesce(odometer_km > 0, false) as known,
    cast(floor(coalesce(odometer_km, 0) * 1e9::double + 0.5) as bigint) as position,
    cast(floor(coalesce(volume_l, 0) * 1e12::double + 0.5) as bigint) as fuel,
    cast(floor(coalesce(total_cost, 0) * 1e4::double + 0.5) as bigint) as paid,
    volume_l is null as unknown, total_cost is null as unpaid
  from fills
), keyed as (
  select *, case when known
      then 2 * row_number() over (
        partition by vehicle_id, tank, local_date, known order by position, filled_at, id)
      else 2 * sum(known::int) over (
        partition by vehicle_id, tank, local_date order by filled_at, id rows unbounded preceding) + 1
    end as key
  from read
), summed as (
  select *, row_number() over way as place,
    sum(fuel) over way as fuel_sum, sum(paid) over way as paid_sum,
    sum(unknown::int) over way as unknown_sum, sum(unpaid::int) over way as unpaid_sum,
    sum(missed_previous::int) over way as missed_sum, sum(is_towing::int) over way as towing_sum
  from keyed
  window way as (
    partition by vehicle_id, tank order by local_date, key, filled_at, id rows unbounded preceding)
), moved as (
  select *, position < lag(position) over (partition by vehicle_id, tank order by place) as dropped
  from summed where known
), dropped as (
  select *, sum(coalesce(dropped, false)::int)
    over (partition by vehicle_id, tank order by place rows unbounded preceding) as back_sum
  from moved
), full_ones as (
  select *, lag(position) over way as position_before, lag(back_sum) over way as back_before
  from dropped where is_full_tank
  window way as (partition by vehicle_id, tank order by place)
), paired as (
  select *, lag(id) over way as opened_by, place - lag(place) over way as fill_count,
    position - lag(position) over way as driven, fuel_sum - lag(fuel_sum) over way as burnt,
    paid_sum - lag(paid_sum) over way as cost_whole, unknown_sum - lag(unknown_sum) over way as unknowns,
    unpaid_sum - lag(unpaid_sum) over way as unpaids, missed_sum - lag(missed_sum) over way as misses,
    towing_sum - lag(towing_sum) over way as tows, back_sum - lag(back_sum) over way as backs
  from full_ones
  where not coalesce(position = position_before and back_sum = back_before, false)
  window way as (partition by vehicle_id, tank order by place)
), judged as (
  select *, case when misses > 0 then 'missed' when unknowns > 0 then 'unknown_volume'
      when backs > 0 then 'went_back' when driven <= 0 then 'excluded'
      when burnt <= 0 then 'no_fuel' end as void
  from paired where opened_by is not null
), told as (
  select *, case when backs = 0 then driven::double / 1e9::double end as distance_km,
    case when unknowns = 0 then burnt::double / 1e12::double end as volume_l,
    case when void is null
      then (burnt::double / 1e12::double) / (driven::double / 1e11::double) end as economy,
    case when void is null and unpaids = 0 then cost_whole::double / 1e4::double end as cost
  from judged
)
select vehicle_id, opened_by, id as closed_by, fill_count, distance_km, volume_l, economy, cost,
  cost / distance_km as cost_per_km, tows > 0 as is_towing, void
from told order by vehicle_id, tank, place
"""


# ------------------------------------------------------------------ measuring


def entities(rows: pl.DataFrame) -> list[list[Fill]]:
    """The same rows as fills, a list a vehicle."""
    fills = [
        Fill(
            on=row["local_date"],
            odometer=None if row["odometer_km"] is None else Decimal(str(row["odometer_km"])),
            volume=None if row["volume_l"] is None else Decimal(str(row["volume_l"])),
            odometer_unit="km",
            fuel_unit="L",
            is_full_tank=row["is_full_tank"],
            missed_previous=row["missed_previous"],
            is_towing=row["is_towing"],
            total_cost=None if row["total_cost"] is None else Decimal(str(row["total_cost"])),
            currency_code=row["currency_code"],
            id=row["id"],
        )
        for row in rows.iter_rows(named=True)
    ]
    return [fills[start : start + 100] for start in range(0, len(fills), 100)]


def agreed(one: Any, other: Any) -> None:
    """The same intervals, to the bit."""
    one, other = (pl.DataFrame(frame).select(TOLD) for frame in (one, other))
    one, other = (frame.with_columns(pl.col("fill_count").cast(pl.Int64)) for frame in (one, other))
    other = other.with_columns(pl.col(pl.Float64).fill_nan(None))
    assert len(one) > len(set(one["vehicle_id"])) > 0
    assert one.equals(other), [name for name in TOLD if not one[name].equals(other[name], null_equal=True)]


# of each engine: what prepares our way and the other, what the other is, and the aim
Pair = tuple[Callable[[], Any], Callable[[], Any]]


def pair_in_polars(rows: pl.DataFrame) -> Pair:
    return lambda: economy(rows), lambda: by_hand_in_polars(rows)


def pair_in_pandas(rows: pl.DataFrame) -> Pair:
    given = rows.to_pandas()
    return lambda: economy(given), lambda: by_hand_in_pandas(given)


def pair_in_duckdb(rows: pl.DataFrame) -> Pair:
    connection = duckdb.connect()
    connection.register("given", rows.to_arrow())
    # an engine that plans cannot look whether a rule is needed: it gets the columns that the hand knows
    connection.execute(f"create table fills as select {', '.join(KNOWN_BY_HAND)} from given")
    connection.unregister("given")
    return lambda: economy(connection.table("fills")).pl(), lambda: connection.sql(BY_HAND_IN_SQL).pl()


def pair_in_pyarrow(rows: pl.DataFrame) -> Pair:
    given = rows.to_arrow()
    return lambda: economy(given), lambda: economy(rows)


PAIRS: dict[str, tuple[Callable[[pl.DataFrame], Pair], str, float | None]] = {
    "Polars": (pair_in_polars, "polars by hand", 1.3),
    "pandas": (pair_in_pandas, "pandas by hand", 1),
    "DuckDB": (pair_in_duckdb, "duckdb by hand", 2.5),
    "PyArrow": (pair_in_pyarrow, f"{OURS}, Polars", None),
}


def side_by_side(rows: pl.DataFrame, rounds: int) -> list[Measure]:
    """Each engine's two ways, a pair after another so that the memory is that of one."""
    expected = economy(rows)
    found = []
    for name, (prepare, other, aim) in PAIRS.items():
        ours, theirs = prepare(rows)
        for result in (ours(), theirs()):
            agreed(expected, pl.from_pandas(result) if isinstance(result, pd.DataFrame) else result)
        del result
        times = in_turn({OURS: ours, other: theirs}, rounds, warm=False)
        found.append(compared(times, OURS, other, what=f"{OURS}, {name}, {len(rows):,} rows", aim=aim))
    return found


def loop_of_entities(rows: pl.DataFrame, rounds: int) -> Measure:
    """What the same costs one vehicle after another, in the domain."""
    fills = entities(rows)
    loop = lambda: [list(economy_of_domain(one)) for one in fills]  # noqa: E731
    times = in_turn({"the loop": loop, OURS: lambda: economy(rows)}, rounds, warm=False)
    what = f"the loop over entities, {len(rows):,} rows"
    return compared(times, "the loop", OURS, what=what)


def growth(few: pl.DataFrame, many: pl.DataFrame, rounds: int) -> Measure:
    """The exponent with which the time grows."""
    times = in_turn({"few": lambda: economy(few), "many": lambda: economy(many)}, rounds)
    exponent = math.log(p50(times, "many") / p50(times, "few")) / math.log(len(many) / len(few))
    detail = f"{duration(p50(times, 'few'))} at {len(few):,}, {duration(p50(times, 'many'))} at {len(many):,}"
    return Measure(f"{OURS}, Polars: exponent of growth", "rows", exponent, 1.1, detail)


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    few = fill_ups(400 if quick else 100_000)
    usual = 4_000 if quick else 1_000_000
    most = max(usual, int(os.environ.get("MOTOVAULT_BENCHMARK_ROWS", "0")))
    rounds = 1 if quick else 3
    found = []
    for count in dict.fromkeys((usual, most)):
        rows = fill_ups(count)
        found += side_by_side(rows, rounds)
    return [*found, loop_of_entities(few, rounds), growth(few, rows, rounds)]


if __name__ == "__main__":
    command("Economy of a fleet on tables", measure)
