"""A generated fleet obeys physics, is the same each time, and knows the truth about itself."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import motovault
from motovault.domain.fuel_logs import FuelLog
from motovault.domain.fuel_logs.economy import economy
from motovault.domain.fuel_logs.fills import fills_from_logs
from motovault.domain.fuel_logs.grades import check_grade
from motovault.domain.fuel_logs.intervals import Void
from motovault.errors import InvalidValue
from motovault.quantities import convert
from motovault.testing.fleet import Fleet, Owned, fleet, fleet_entities, fleet_parts, write_fleet
from motovault.testing.fleet.chance import WHOLE, Draws

FRAMES = ("fuel_logs", "vehicles", "owners", "truth", "oddities")

COLUMNS = {
    **dict.fromkeys(("user_id", "vehicle_id", "id"), pl.String),
    "filled_at": pl.Datetime("us", "UTC"),
    "local_date": pl.Date,
    "tank": pl.Int64,
    **dict.fromkeys(("fuel_type", "fuel_grade", "location", "odometer_unit", "fuel_unit"), pl.String),
    **dict.fromkeys(("odometer_km", "trip_distance_km", "excluded_distance_km"), pl.Float64),
    **dict.fromkeys(("odometer_h", "trip_h", "excluded_h"), pl.Float64),
    **dict.fromkeys(("volume_l", "mass_kg", "energy_kwh", "price_per_unit", "total_cost"), pl.Float64),
    "currency_code": pl.String,
    **dict.fromkeys(("is_full_tank", "missed_previous", "is_towing"), pl.Boolean),
    **dict.fromkeys(("charge_start_percent", "charge_end_percent"), pl.Float64),
    "source": pl.String,
}
VEHICLE_COLUMNS = {
    **dict.fromkeys(("user_id", "vehicle_id", "title", "make", "model"), pl.String),
    "model_year": pl.Int64,
    **dict.fromkeys(("trim", "engine", "transmission", "distance_unit"), pl.String),
}
VOLUME_COLUMNS = {
    "us_gal": "volume_l",
    "imp_gal": "volume_l",
    "L": "volume_l",
    "kg": "mass_kg",
    "kWh": "energy_kwh",
}

fleets = st.builds(
    fleet, st.integers(0, 3000), seed=st.integers(0, 10**12 - 1), fills_per_vehicle=st.integers(1, 1000)
)


@pytest.fixture(scope="module")
def large() -> Fleet:
    return fleet(60_000, seed=8)


@pytest.fixture(scope="module")
def owned() -> list[Owned]:
    return list(fleet_entities(fleet(6000, seed=3)))


def _same(first: Fleet, second: Fleet) -> None:
    for name in FRAMES:
        assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)


# ------------------------------------------------------------------------ the frames


@given(fleets)
@settings(max_examples=30)
def test_it_has_the_columns_of_the_frames_whatever_its_size(made: Fleet) -> None:
    assert dict(made.fuel_logs.schema) == COLUMNS
    assert dict(made.vehicles.schema) == VEHICLE_COLUMNS
    assert made.truth["vehicle_id"].to_list() == made.vehicles["vehicle_id"].to_list()


@pytest.mark.parametrize("fills", [0, 1, 2, 199, 200, 201, 5000])
def test_it_has_as_many_fills_as_were_asked_for(fills: int) -> None:
    made = fleet(fills)
    assert made.fuel_logs.height == made.fuel_logs["id"].n_unique() == fills
    assert made.truth["fills"].sum() == fills
    assert made.vehicles.height == -(-fills // 200)


@given(st.integers(0, 3000), st.integers(0, 99), st.integers(1, 1000))
@settings(max_examples=15)
def test_it_is_the_same_for_the_same_arguments(fills: int, seed: int, each: int) -> None:
    _same(*(fleet(fills, seed=seed, fills_per_vehicle=each) for _ in range(2)))


def test_it_stays_the_same_from_release_to_release() -> None:
    """Benchmarks of two releases are of one fleet. Where this changes on purpose, the changelog says so."""
    made = fleet(20_000)
    sums = made.fuel_logs.select(
        (pl.col("odometer_km") * 1e9).round().cast(pl.Int64).sum() % 10**9,
        (pl.col("volume_l") * 1e12).round().cast(pl.Int64).sum() % 10**9,
        (pl.col("total_cost") * 100).round().cast(pl.Int64).sum(),
        pl.col("filled_at").dt.epoch("s").sum() % 10**9,
    )
    assert sums.row(0) == (12_992_000, 354_367_144, 101_465_558, 429_372_220)


def test_another_seed_is_another_fleet() -> None:
    first, second = fleet(1000, seed=1), fleet(1000, seed=2)
    assert not set(first.fuel_logs["id"]) & set(second.fuel_logs["id"])
    assert first.fuel_logs["volume_l"].sum() != second.fuel_logs["volume_l"].sum()


@pytest.mark.parametrize("parts", [1, 2, 7, 64, 1000])
def test_parts_together_are_the_whole(parts: int) -> None:
    whole, made = fleet(5000), list(fleet_parts(5000, parts=parts))
    assert len(made) <= parts
    for name in ("fuel_logs", "vehicles", "truth", "oddities"):
        assert_frame_equal(pl.concat([getattr(part, name) for part in made]), getattr(whole, name))
    whole_vehicles = [set(part.fuel_logs["vehicle_id"]) for part in made]
    assert sum(map(len, whole_vehicles)) == len(set().union(*whole_vehicles)), "a vehicle is cut in two"


def test_rows_are_ordered_by_vehicle_then_time_then_id(large: Fleet) -> None:
    logs = large.fuel_logs
    assert_frame_equal(logs, logs.sort("vehicle_id", "filled_at", "id"))
    assert large.vehicles["vehicle_id"].is_sorted()


def test_it_has_what_real_fleets_have(large: Fleet) -> None:
    logs = large.fuel_logs
    shares = logs.select(
        partial=(~pl.col("is_full_tank")).mean(),
        missed=pl.col("missed_previous").mean(),
        unknown=(pl.coalesce("odometer_km", "odometer_h", "trip_distance_km", "trip_h").is_null()).mean(),
        towing=pl.col("is_towing").mean(),
    ).row(0, named=True)
    assert 0.13 < shares["partial"] < 0.17
    assert 0.01 < shares["missed"] < 0.03
    assert 0.02 < shares["unknown"] < 0.06
    assert 0 < shares["towing"] < 0.03
    assert set(logs["odometer_unit"]) == {"mi", "km", "h"}
    assert set(logs["fuel_unit"]) == {"us_gal", "imp_gal", "L", "kg", "kWh"}
    assert set(logs["currency_code"]) == {"USD", "EUR", "GBP", "CAD"}
    assert {"gasoline", "diesel", "electric", "lpg", "cng"} <= set(logs["fuel_type"])
    assert set(large.oddities["kind"]) == {"slip", "changed_dial"}
    assert 0 < large.oddities.height < logs.height / 200
    years = logs["filled_at"].dt.year()
    assert 2015 <= years.min() <= years.max() <= 2027  # type: ignore[operator]


def test_fuel_grows_dearer_with_the_years(large: Fleet) -> None:
    price = pl.col("price_per_unit").mean()
    by_year = large.fuel_logs.filter(fuel_type="gasoline", fuel_unit="us_gal").group_by(
        pl.col("filled_at").dt.year().alias("year")
    )
    prices = by_year.agg(price, pl.len()).filter(pl.col("len") > 100).sort("year")["price_per_unit"]
    assert prices.is_sorted()
    assert prices[-1] > prices[0] * 1.1


def test_winter_costs_a_battery_more_than_a_tank(large: Fleet) -> None:
    """Seen from outside: energy between charges over distance between charges, by month."""
    logs = large.fuel_logs.filter(pl.col("is_full_tank") & ~pl.col("is_towing") & ~pl.col("missed_previous"))

    def winter_over_summer(fuel_type: str, amount: str) -> float:
        rows = logs.filter(fuel_type=fuel_type).with_columns(
            driven=pl.col("odometer_km").diff().over("vehicle_id"), month=pl.col("filled_at").dt.month()
        )
        rows = rows.filter(pl.col("driven").is_between(1, 2000))
        cold, warm = (rows.filter(pl.col("month").is_in(months)) for months in ([12, 1, 2], [6, 7, 8]))
        return float(
            (cold[amount].sum() / cold["driven"].sum()) / (warm[amount].sum() / warm["driven"].sum())
        )

    assert 1.2 < winter_over_summer("electric", "energy_kwh") < 1.6
    assert 1.05 < winter_over_summer("gasoline", "volume_l") < 1.2


# --------------------------------------------------------------------------- physics


@given(fleets)
@settings(max_examples=30)
def test_nothing_is_poured_that_does_not_fit(made: Fleet) -> None:
    logs = made.fuel_logs.join(made.truth.select("vehicle_id", "tank_capacity"), on="vehicle_id")
    per_unit = {"us_gal": 3.785411784, "imp_gal": 4.54609}
    poured = pl.coalesce("volume_l", "mass_kg", "energy_kwh") / pl.col("fuel_unit").replace_strict(
        per_unit, default=1.0, return_dtype=pl.Float64
    )
    odd = logs.filter((poured <= 0) | (poured > pl.col("tank_capacity") + 1e-9))
    assert odd.height == 0


@given(fleets)
@settings(max_examples=30)
def test_odometers_go_forward_but_for_what_is_marked(made: Fleet) -> None:
    """Left out what is marked as a slip, every dial counts up; a new one begins where that is marked."""
    kinds = {row["id"]: row["kind"] for row in made.oddities.iter_rows(named=True)}
    last: dict[str, float] = defaultdict(float)
    for row in made.fuel_logs.iter_rows(named=True):
        reading = row["odometer_h"] if row["odometer_unit"] == "h" else row["odometer_km"]
        kind = kinds.get(row["id"])
        if kind == "changed_dial":
            last[row["vehicle_id"]] = 0
        if reading is None or kind == "slip":
            continue
        assert reading > 0
        assert reading >= last[row["vehicle_id"]], row
        last[row["vehicle_id"]] = reading


def test_a_marked_slip_is_one(large: Fleet) -> None:
    slips = large.oddities.filter(kind="slip").join(large.fuel_logs, on="id", maintain_order="left")
    off = (pl.coalesce("odometer_km", "odometer_h") - pl.col("true_odometer")).abs()
    assert slips.filter(off < 10).height == 0


@given(fleets)
@settings(max_examples=20)
def test_times_rise_and_dates_are_the_owners(made: Fleet) -> None:
    zones = {row["user_id"]: ZoneInfo(row["time_zone"]) for row in made.owners.iter_rows(named=True)}
    before: dict[str, object] = {}
    for row in made.fuel_logs.select("user_id", "vehicle_id", "filled_at", "local_date").iter_rows(
        named=True
    ):
        earlier = before.get(row["vehicle_id"])
        assert earlier is None or row["filled_at"] > earlier
        before[row["vehicle_id"]] = row["filled_at"]
        assert row["local_date"] == row["filled_at"].astimezone(zones[row["user_id"]]).date()


# ------------------------------------------------------------------ as the domain has it


def test_every_row_is_a_right_fuel_log(owned: list[Owned]) -> None:
    for one in owned:
        assert one.fuel_logs
        for log in one.fuel_logs:
            assert (log.user_id, log.vehicle_id) == (one.vehicle.user_id, one.vehicle.id)
            check_grade(log.fuel_type, log.fuel_grade)
            if log.price_per_unit is not None and log.volume is not None:
                assert log.total_cost is not None
                assert abs(log.total_cost - log.volume * log.price_per_unit) <= Decimal("0.005")


def test_what_was_typed_and_the_frame_are_the_same_amounts() -> None:
    """The other way round by exact arithmetic: a typed figure, converted and made a float, is the frame's."""
    made = fleet(3000, seed=5)
    logs = {str(log.id): log for one in fleet_entities(made) for log in one.fuel_logs}
    for row in made.fuel_logs.iter_rows(named=True):
        log = logs[row["id"]]
        if log.volume is not None and row["volume_l"] is not None:
            assert float(convert(log.volume, row["fuel_unit"], "L") or 0) == row["volume_l"]
        if log.odometer is not None and row["odometer_km"] is not None:
            assert float(convert(log.odometer, row["odometer_unit"], "km") or 0) == row["odometer_km"]
        assert (log.volume is None) == (row[VOLUME_COLUMNS[row["fuel_unit"]]] is None)
        assert (log.odometer is None) == (row["odometer_km"] is None and row["odometer_h"] is None)


def _fills(one: Owned, logs: tuple[FuelLog, ...]) -> list[object]:
    preferences = one.preferences
    return fills_from_logs(  # type: ignore[return-value]
        logs,
        distance_unit=preferences.unit_system.distance_unit,
        fuel_unit=preferences.unit_system.fuel_unit,
        currency_code=preferences.currency_code,
        local_date=preferences.local_date,
    )


def test_the_economy_rules_find_the_true_consumption() -> None:
    made = fleet(30_000, seed=11)
    odd = set(made.oddities["vehicle_id"])
    truth = {row["vehicle_id"]: row for row in made.truth.iter_rows(named=True)}
    compared = 0
    for one in fleet_entities(made):
        true = truth[str(one.vehicle.id)]
        if str(one.vehicle.id) in odd or len(one.fuel_logs) < 50:
            continue
        report = economy(_fills(one, one.fuel_logs), economy_unit=true["consumption_unit"])  # type: ignore[arg-type]
        assert report.average is not None
        assert float(report.average) == pytest.approx(true["consumption"], rel=0.03), true
        compared += 1
    assert compared > 50


def test_slips_and_changed_dials_are_found_as_such() -> None:
    made = fleet(30_000, seed=11)
    changed = set(made.oddities.filter(kind="changed_dial")["vehicle_id"])
    assert changed
    for one in fleet_entities(made):
        if str(one.vehicle.id) in changed:
            voids = {i.void for i in economy(_fills(one, one.fuel_logs)).tanks[0].intervals}  # type: ignore[arg-type]
            assert Void.WENT_BACK in voids or not any(log.odometer for log in one.fuel_logs)


def test_a_vault_takes_a_fleet(owned: list[Owned]) -> None:
    with motovault.open_vault("memory:") as vault:
        for one in owned[:3]:
            with vault._store.unit_of_work(one.vehicle.user_id, atomic=True) as work:
                work.user_preferences.get_or_add(one.preferences)
                work.vehicles.add(one.vehicle)
                assert work.fuel_logs.add_many(one.fuel_logs) == len(one.fuel_logs)
            garage = vault.garage(one.vehicle.user_id)
            assert garage.fuel_logs.economy(one.vehicle.id).average is not None


# ------------------------------------------------------------------------------ files


def test_files_hold_what_the_frames_do(tmp_path: Path) -> None:
    said: list[int] = []
    files = write_fleet(tmp_path / "fleet", 5000, files=4, progress=said.append)
    whole = fleet(5000)
    assert files.rows == 5000
    assert said == sorted(said)
    assert said[-1] == 5000
    assert len(said) == len(list(files.fuel_logs.iterdir())) == 4
    assert_frame_equal(pl.read_parquet(files.fuel_logs / "*.parquet"), whole.fuel_logs)
    for name in ("vehicles", "owners", "truth", "oddities"):
        assert_frame_equal(pl.read_parquet(getattr(files, name)), getattr(whole, name))


@pytest.mark.parametrize("fills", [0, 1])
def test_a_fleet_of_nothing_or_one_is_written_too(tmp_path: Path, fills: int) -> None:
    files = write_fleet(tmp_path, fills)
    assert dict(pl.read_parquet(files.fuel_logs / "*.parquet").schema) == COLUMNS
    assert pl.read_parquet(files.truth).height == fills


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    write_fleet(tmp_path, 100)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(InvalidValue, match="folder") as caught:
        write_fleet(tmp_path, 100)
    assert caught.value.rule == "must be new or empty"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("fills", wrong) for wrong in (-1, 1.5, True, 10**9 + 1)),
        *(("seed", wrong) for wrong in (-1, 10**12, "1")),
        *(("fills_per_vehicle", wrong) for wrong in (0, 1001)),
        *(("parts", wrong) for wrong in (0, None)),
    ],
)
def test_what_is_out_of_range_is_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidValue) as caught:
        fleet_parts(**{field: value})  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.value) == (field, value)


# ----------------------------------------------------------------------------- chance


def test_draws_are_the_arithmetic_of_their_source() -> None:
    """SplitMix64, worked out here in whole numbers of Python."""
    seed, purpose, stream, modulus = 5, 3, 2, 1 << 64
    golden, first, second = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

    def draws(number: int) -> list[int]:
        z = ((number + 1) * golden + seed * second + purpose * first + stream * golden * first) % modulus
        z = (z ^ (z >> 30)) * first % modulus
        z = (z ^ (z >> 27)) * second % modulus
        z ^= z >> 31
        return [z >> shift & 0xFFFF for shift in (0, 16, 32, 48)]

    numbers = [0, 1, 2, 65_535, 10**9, 2**40 + 1]
    frame = pl.DataFrame({"n": numbers}).select(
        *(one.alias(str(place)) for place, one in enumerate(Draws("n", seed, purpose).four(stream)))
    )
    assert [list(row) for row in frame.iter_rows()] == [draws(number) for number in numbers]


def test_draws_are_even_and_do_not_know_each_other() -> None:
    draws = Draws("n", 1, 3)
    frame = pl.select(n=pl.int_range(50_000)).select(
        *(
            one.alias(f"{stream}{place}")
            for stream in range(2)
            for place, one in enumerate(draws.four(stream))
        )
    )
    for name in frame.columns:
        assert frame[name].mean() == pytest.approx(WHOLE / 2, rel=0.02)
        for other in frame.columns:
            if name != other:
                assert abs(frame.select(pl.corr(name, other)).item()) < 0.03
