"""What a table may look like, and what is said where it may not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from motovault.analysis import economy, economy_sql
from motovault.analysis.schema import DIALS, FUELS, figure_parts
from motovault.errors import InvalidValue
from motovault.quantities.economy import EconomyUnit, figure_of
from motovault.quantities.errors import UnknownUnit
from motovault.quantities.units import UNITS
from tests.analysis.engines import ENGINES, bits, plain

START = date(2025, 1, 1)


def fills(count: int = 4, **columns: Any) -> pl.DataFrame:
    """One vehicle, 500 km on 35 L a week."""
    frame = pl.DataFrame(
        {
            "vehicle_id": ["a"] * count,
            "id": [f"{number:07}" for number in range(count)],
            "local_date": [START + timedelta(days=number % 9_000) for number in range(count)],
            "odometer_km": [1000.0 + 500 * number for number in range(count)],
            "volume_l": [35.0] * count,
        },
        schema_overrides={"vehicle_id": pl.String, "id": pl.String, "local_date": pl.Date},
    )
    return frame.with_columns(**columns)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("count", [0, 1])
def test_no_row_or_one_makes_no_interval(name: str, count: int) -> None:
    assert plain(ENGINES[name](fills(count).to_dict(as_series=False), None)) == []


def test_one_vehicle_of_a_hundred_thousand_rows() -> None:
    frame = fills(100_000).sort("local_date", "odometer_km")
    found = economy(frame)
    assert len(found) == 99_999
    assert bits(plain(found)) == bits(plain(ENGINES["duckdb"](frame.to_dict(as_series=False), None)))


def test_columns_of_others_and_their_order_mean_nothing() -> None:
    frame = fills()
    odd = frame.select(reversed(frame.columns)).with_columns(
        position=pl.lit("x"), strand=pl.lit(7), row=pl.lit(1)
    )
    assert economy(odd).equals(economy(frame))


@pytest.mark.parametrize("kind", [pl.Categorical, pl.Enum(["a"])])
def test_vehicles_as_categories_are_text(kind: Any) -> None:
    assert economy(fills(vehicle_id=pl.col("vehicle_id").cast(kind))).equals(economy(fills()))


def test_vehicles_as_large_strings_and_as_dictionaries_are_text() -> None:
    table = fills().to_arrow()
    expected = plain(economy(table))
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        at = table.column_names.index("vehicle_id")
        other = table.set_column(at, "vehicle_id", table["vehicle_id"].cast(kind))
        assert plain(economy(other)) == expected


def test_uuids_as_objects_are_text() -> None:
    one = UUID(int=1)
    frame = fills().to_pandas()
    frame["vehicle_id"] = [one] * len(frame)
    assert [row["vehicle_id"] for row in plain(economy(frame))] == [str(one)] * 3
    relation: Any = duckdb.sql(f"select '{one}'::uuid as vehicle_id, * exclude vehicle_id from frame")
    assert plain(economy(relation).pl()) == plain(economy(frame))


@pytest.mark.parametrize("to", [pl.Int64, pl.Float32, pl.Decimal(12, 3)])
def test_numbers_of_any_kind_are_read(to: Any) -> None:
    asked = fills(odometer_km=pl.col("odometer_km").cast(to), volume_l=pl.col("volume_l").cast(to))
    assert economy(asked).equals(economy(fills()))
    assert plain(economy(asked.to_arrow())) == plain(economy(fills()))


def test_decimals_of_pandas_are_read() -> None:
    frame = fills().to_pandas()
    frame["volume_l"] = [Decimal("35.000"), None, Decimal("35"), Decimal("35")]
    assert [row["void"] for row in plain(economy(frame))] == ["unknown_volume", None, None]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e300])
def test_what_is_no_amount_is_unknown(value: float) -> None:
    frame = fills(volume_l=pl.when(pl.col("id") == "0000002").then(value).otherwise("volume_l"))
    columns = frame.to_dict(as_series=False)
    for name, run in ENGINES.items():
        if name == "sqlite sql" and value == float("inf"):
            continue
        assert [row["void"] for row in plain(run(columns, None))] == [None, "unknown_volume", None], name


def test_an_odometer_of_zero_is_unknown() -> None:
    frame = fills(odometer_km=pl.when(pl.col("id") == "0000001").then(0.0).otherwise("odometer_km"))
    assert [row["fill_count"] for row in plain(economy(frame))] == [2, 1]


def test_rows_that_say_neither_whose_nor_when_are_left_out() -> None:
    lost = fills(1, vehicle_id=pl.lit(None, pl.String)), fills(1, local_date=pl.lit(None, pl.Date))
    assert economy(pl.concat([fills(), *lost])).equals(economy(fills()))


def test_names_that_occur_twice_are_only_handed_on() -> None:
    found = economy(fills(id=pl.lit("same")))
    assert found["closed_by"].to_list() == ["same"] * 3
    assert found["economy"].to_list() == [7.0] * 3


def test_moments_of_pandas_without_a_zone_are_dates() -> None:
    frame = fills().to_pandas()
    frame["local_date"] = pd.to_datetime(frame["local_date"]) + pd.Timedelta(hours=7)
    assert [row["closed_on"] for row in plain(economy(frame))] == fills()["local_date"].to_list()[1:]


@pytest.mark.parametrize("missing", ["vehicle_id", "local_date", "odometer_km", "volume_l"])
@pytest.mark.parametrize("kind", ["eager", "lazy"])
def test_a_column_that_must_be_there_is_named(missing: str, kind: str) -> None:
    frame: Any = fills().drop(missing)
    with pytest.raises(InvalidValue, match="must be a column") as caught:
        economy(frame if kind == "eager" else frame.lazy())
    assert caught.value.field == missing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("local_date", pl.lit(datetime(2025, 1, 1, tzinfo=UTC))),
        ("local_date", pl.lit("2025-01-01")),
        ("odometer_km", pl.lit("1000")),
        ("volume_l", pl.lit(True)),
        ("is_full_tank", pl.lit(1)),
        ("tank", pl.lit("main")),
        ("vehicle_id", pl.lit(1.5)),
        ("fuel_unit", pl.lit(3)),
    ],
)
def test_a_column_of_another_type_is_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidValue) as caught:
        economy(fills(**{name: value}))
    assert caught.value.field == name


def test_several_kinds_of_fuel_need_the_column_that_tells_them_apart() -> None:
    frame = fills(energy_kwh=pl.lit(None, pl.Float64))
    with pytest.raises(InvalidValue, match="fuel_unit"):
        economy(frame)
    assert economy(frame.with_columns(fuel_unit=pl.lit("L")))["economy"].to_list() == [7.0] * 3


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(InvalidValue, match="must be a frame"):
        economy([1, 2, 3])
    with pytest.raises(UnknownUnit):
        economy(fills(), economy_unit="parsecs")


@pytest.mark.parametrize("name", ["polars", "duckdb"])
def test_what_is_given_is_left_as_it_was(name: str) -> None:
    frame = fills()
    before = frame.clone()
    assert plain(ENGINES[name](frame.to_dict(as_series=False), None)) == plain(economy(frame))
    assert frame.equals(before)


def test_lazy_stays_lazy_and_a_filter_behind_it_changes_no_interval() -> None:
    lazy = economy(fills().lazy())
    assert isinstance(lazy, pl.LazyFrame)
    kept = lazy.filter(pl.col("closed_by") == "0000003").select("closed_by", "distance_km").collect()
    assert kept.rows() == [("0000003", 500.0)]
    with duckdb.connect() as connection:
        connection.register("fills", fills().to_arrow())
        assert isinstance(economy(connection.table("fills")), duckdb.DuckDBPyRelation)


@pytest.mark.parametrize("unit", EconomyUnit)
def test_every_unit_of_economy_is_divided_as_the_domain_does(unit: EconomyUnit) -> None:
    for dial in DIALS:
        for fuel in FUELS:
            if UNITS[unit].dimension != f"{UNITS[dial.symbol].dimension} per {UNITS[fuel.symbol].dimension}":
                continue
            parts = figure_parts(unit, dial, fuel)
            over, under = 123.0 * dial.whole / parts.far, 45.0 * fuel.whole / parts.much
            exact = figure_of(dial.symbol, fuel.symbol, unit)(Decimal(123), Decimal(45))
            assert (under / over if parts.is_inverse else over / under) == pytest.approx(
                float(exact), rel=1e-15
            )
            break


@pytest.mark.parametrize(
    "table",
    [
        *(
            "fills; drop table x",
            "",
            "a b c",
            "fills where odometer_km > 0",
            "fills, others",
            "fills limit 1",
        ),
        *('x"y', "select 1", "with q as (select 1) select * from q", "(delete from x returning *)", None),
    ],
)
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(InvalidValue, match="table"):
        economy_sql("postgres", table=table, columns=fills().columns)


def test_a_query_in_brackets_and_a_schema_stand_for_a_table() -> None:
    frame = fills()
    with duckdb.connect() as connection:
        connection.execute("create schema s")
        connection.execute("create table s.some as from frame")
        for table in ("s.some", '"s"."some"', "(select * from s.some where odometer_km > 0) as q"):
            text = economy_sql("duckdb", table=table, columns=frame.columns)
            assert connection.sql(text).pl().equals(economy(frame))


@pytest.mark.parametrize("columns", ["vehicle_id", 5])
def test_what_are_no_columns_is_refused(columns: Any) -> None:
    with pytest.raises(InvalidValue, match="columns"):
        economy_sql("postgres", columns=columns)


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(InvalidValue, match="dialect"):
        economy_sql("oracle")  # type: ignore[arg-type]


def test_importing_analysis_loads_no_engine() -> None:
    engines = "{'narwhals', 'polars', 'pandas', 'duckdb'}"
    program = f"import sys, motovault.analysis; print(*{engines} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", ENGINES)
def test_whole_numbers_beyond_those_of_a_float_are_rounded_once(name: str) -> None:
    # 9,007.2 L are 2**53 pL, and 9,007,199 km 2**53 um: Arrow refuses to cast more
    frame = fills(
        odometer_km=pl.Series([1.0, 9.1e6, 9.100001e6, 9.7e6]),
        volume_l=pl.Series([10.0, 9500.123, 30.0, 12345.679]),
    )
    rows = plain(ENGINES[name](frame.to_dict(as_series=False), None))
    assert [row["distance_km"] for row in rows] == [9099999.0, 1.0, 599999.0]
    assert [row["volume_l"] for row in rows] == [9500.123, 30.0, 12345.679]
    assert bits(rows) == bits(plain(economy(frame)))


def test_a_fleet_of_more_fuel_than_an_int64_has_picolitres() -> None:
    # running sums of rows in memory go over all vehicles, and Arrow's numbers in pandas refuse to overflow
    fleet = pl.concat([fills(3, vehicle_id=pl.lit(f"v{n}"), volume_l=pl.lit(9e5)) for n in range(9)])
    expected = economy(fleet)
    found: Any = economy(fleet.to_pandas(use_pyarrow_extension_array=True))
    assert bits(plain(found)) == bits(plain(expected))
    assert found["economy"].dtype == "double[pyarrow]"


@pytest.mark.parametrize(
    "index",
    [[0, 0, 0, 0], pd.Index(range(4), name="vehicle_id"), pd.MultiIndex.from_product([["x"], range(4)])],
)
def test_an_index_of_pandas_means_nothing(index: Any) -> None:
    frame = fills().to_pandas()[::-1]
    frame.index = index
    before = frame.copy()
    found: Any = economy(frame)
    assert plain(found) == plain(economy(fills()))
    assert list(found.index) == [0, 1, 2]
    pd.testing.assert_frame_equal(frame, before)


def test_a_name_that_two_columns_have_is_refused_where_it_is_read() -> None:
    table = fills(x=pl.lit(1)).to_arrow()
    twice = [table.append_column("x", table["x"]), table.append_column("volume_l", table["volume_l"])]
    frames = [
        pd.concat([table.to_pandas(), table.select([n]).to_pandas()], axis=1) for n in ("x", "volume_l")
    ]
    for frame in (twice[0], frames[0]):
        assert plain(economy(frame)) == plain(economy(fills()))
    for frame in (twice[1], frames[1]):
        with pytest.raises(InvalidValue, match="volume_l"):
            economy(frame)


def test_a_frame_of_narwhals_is_what_is_in_it() -> None:
    assert economy(nw.from_native(fills())).equals(economy(fills()))  # type: ignore[attr-defined]
    assert economy(nw.from_native(fills().lazy())).collect().equals(economy(fills()))


@pytest.mark.parametrize(
    "name",
    ["trip_distance_km", "total_cost", "tank", "is_full_tank", "is_towing", "fuel_unit", "id", "local_date"],
)
def test_a_column_in_which_nothing_is_known_has_no_wrong_type(name: str) -> None:
    expected = plain(economy(fills(**{name: pl.lit(None)})))
    table = fills().to_arrow()
    table = table.drop_columns([name]) if name in table.column_names else table
    assert plain(economy(table.append_column(name, pa.nulls(4)))) == expected
    for nothing in (None, float("nan"), pd.NA):
        assert plain(economy(fills().to_pandas().assign(**{name: nothing}))) == expected


def test_a_frame_of_pandas_without_rows_has_no_types() -> None:
    names = [*fills().columns, "is_full_tank", "total_cost", "tank", "filled_at"]
    assert plain(economy(pd.DataFrame(columns=names))) == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("is_full_tank", [True, "no", None, True]),
        ("local_date", [1, 2, 3, None]),
        ("filled_at", [datetime(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC), None, None]),
        ("tank", [1.0, 1.5, None, 1.0]),
        ("tank", [1.0, float("inf"), None, 1.0]),
    ],
)
def test_objects_that_are_something_else_are_refused(name: str, values: list[Any]) -> None:
    kind = float if name == "tank" else object
    with pytest.raises(InvalidValue) as caught:
        economy(fills().to_pandas().assign(**{name: pd.Series(values, dtype=kind)}))
    assert caught.value.field == name


def test_numbers_as_objects_may_be_missing_in_any_way() -> None:
    values = [Decimal("35.000"), pd.NA, None, 35]
    frame = fills().to_pandas().assign(volume_l=pd.Series(values, dtype=object))
    assert [row["void"] for row in plain(economy(frame))] == ["unknown_volume", "unknown_volume", None]


@pytest.mark.parametrize("name", ["vehicle_id", "id", "filled_at"])
def test_lists_are_no_names(name: str) -> None:
    frame = fills(**{name: pl.lit([1])})
    for asked in (frame, frame.lazy(), frame.to_arrow()):
        with pytest.raises(InvalidValue, match=name):
            economy(asked)


def test_views_and_uuids_of_arrow_are_text() -> None:
    table = fills(fuel_type=pl.lit("gasoline")).to_arrow()
    views = table.cast(
        pa.schema(
            [(f.name, pa.string_view() if f.type == pa.large_string() else f.type) for f in table.schema]
        )
    )
    assert plain(economy(views)) == plain(economy(table))
    uuids = pa.chunked_array([pa.array([UUID(int=200).bytes] * 4, pa.uuid())])
    found = economy(table.drop_columns(["vehicle_id"]).append_column("vehicle_id", uuids))
    assert [row["vehicle_id"] for row in plain(found)] == [str(UUID(int=200))] * 3
