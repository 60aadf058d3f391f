"""The economy of a table is to the bit the same on Apache Spark, in its own process and over Spark Connect.

One JVM serves both: the session of this process has a Connect server in it, as a managed Spark has behind
its address. Spark takes seconds for any query, so everything that can be said in one frame is: the vectors
are vehicles of one fleet, and so are the random histories.
"""

from __future__ import annotations

import shutil
import socket
import struct
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings

from motovault.analysis import (
    cost_of_ownership,
    economy,
    outliers,
    price_history,
    ranking,
    rollbacks,
    rolling_economy,
    rollup,
)
from motovault.analysis.rows import fill_rows
from motovault.analysis.schema import DIALS, FUELS
from motovault.domain.fuel_logs import Fill
from motovault.testing.fleet import Fleet, fleet
from tests.analysis.nasty import nasty_vehicle
from tests.domain.fuel_logs.test_economy_vectors import cases, fill_of

pytest.importorskip("pyspark", reason="Spark is not here: pip install 'motovault[spark]', or nox -s spark")
if shutil.which("java") is None:
    pytest.skip("Spark is not run: there is no java on PATH", allow_module_level=True)

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    # what pyspark itself leaves behind, and what it thinks of this pandas
    pytest.mark.filterwarnings("ignore::FutureWarning:pyspark"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NEEDED = ["vehicle_id", "local_date", "odometer_km", "volume_l"]


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A session in this process and one over Connect, both of one JVM with few partitions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.session import SparkSession as RemoteSession

        port = _free_port()
        builder = SparkSession.builder.master("local[2]").appName("motovault")
        for name, value in {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "2g",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": port,
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.log.level": "ERROR",
            "spark.sql.adaptive.enabled": "false",
            # compiling a plan of this length takes longer than running it on few rows
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": tmp_path_factory.mktemp("warehouse"),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }.items():
            builder = builder.config(name, str(value))
        local = builder.getOrCreate()
        remote = RemoteSession.builder.remote(f"sc://127.0.0.1:{port}").create()
    try:
        yield {"local": local, "connect": remote}
    finally:
        remote.stop()
        local.stop()


@pytest.fixture(params=["local", "connect"])
def session(request: pytest.FixtureRequest, sessions: dict[str, Any]) -> Any:
    return sessions[request.param]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def spread(session: Any, frame: pl.DataFrame) -> Any:
    """The frame in Spark. Not by pandas, which makes floats of whole numbers with nulls."""
    return session.createDataFrame(frame.to_arrow())


def gathered(frame: Any) -> pl.DataFrame:
    found = pl.from_arrow(frame.toArrow())
    assert isinstance(found, pl.DataFrame)
    return found


def bits(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows with the eight bytes of every float instead of it."""
    return [
        {
            name: struct.pack("<d", value).hex() if isinstance(value, float) else value
            for name, value in row.items()
        }
        for row in frame.to_dicts()
    ]


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """By vehicle, tank and kind; within these it must be in order already, as it was driven."""
    units = pl.col("economy_unit")
    return frame.sort("vehicle_id", "tank", units, maintain_order=True)


def assert_same(session: Any, fills: pl.DataFrame, unit: str | None = None) -> pl.DataFrame:
    expected = economy(fills, economy_unit=unit)
    found = gathered(economy(spread(session, fills), economy_unit=unit))
    assert found.schema == expected.schema
    assert bits(in_order(found)) == bits(in_order(expected))
    return expected


def frame_of(histories: Mapping[str, Sequence[Fill]]) -> pl.DataFrame:
    named = {
        name: [evolve(fill, id=f"{number:06}") for number, fill in enumerate(fills)]
        for name, fills in histories.items()
    }
    columns = fill_rows(named)
    amounts = {
        name for kind in (*DIALS, *FUELS) for name in (kind.column, kind.trip, kind.excluded, kind.own)
    }
    types: dict[str, Any] = dict.fromkeys([*sorted(amounts - {""}), "total_cost"], pl.Float64)
    types |= dict.fromkeys(["is_full_tank", "missed_previous", "is_towing"], pl.Boolean)
    types |= {"local_date": pl.Date, "tank": pl.Int64, "filled_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame(columns, schema={name: types.get(name, pl.String) for name in columns})


@pytest.fixture(scope="module")
def vectors() -> pl.DataFrame:
    """Every vector, each a vehicle of one fleet."""
    histories = {}
    for parameters in cases():
        (case,) = parameters.values
        fills = [fill_of(entry, case["units"], key) for key, entry in enumerate(case["fills"])]
        histories[parameters.id] = fills
    assert len(histories) > 30
    return frame_of(histories)


@pytest.mark.vectors
def test_every_vector_comes_out_alike(session: Any, vectors: pl.DataFrame) -> None:
    found = assert_same(session, vectors, "mpg_us")
    assert found["vehicle_id"].n_unique() > 30


def test_a_made_up_fleet_comes_out_alike(session: Any) -> None:
    found = assert_same(session, fleet(5_000).fuel_logs)
    assert len(found) > 3_000


def test_the_columns_that_must_be_there_are_enough(session: Any) -> None:
    fills = fleet(2_000).fuel_logs.filter(
        pl.col("odometer_km").is_not_null() & pl.col("volume_l").is_not_null()
    )
    one_a_day = fills.unique(["vehicle_id", "local_date"], keep="first", maintain_order=True)
    assert_same(session, one_a_day.select(NEEDED))


def test_no_row_at_all_gives_none(session: Any) -> None:
    fills = fleet(1_000).fuel_logs
    found = gathered(economy(spread(session, fills).limit(0)))
    assert found.is_empty()
    assert found.schema == economy(fills.head(0)).schema


@pytest.fixture(scope="module")
def histories() -> pl.DataFrame:
    """As many random histories as the profile draws, each a vehicle of one fleet."""
    found: dict[str, list[Fill]] = {}

    @settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(nasty_vehicle())
    def keep(fills: list[Fill]) -> None:
        found[f"v{len(found):06}"] = fills

    keep()
    return frame_of(found)


@pytest.mark.parametrize("unit", [None, "km/L"])
def test_any_history_comes_out_alike(session: Any, histories: pl.DataFrame, unit: str | None) -> None:
    assert len(assert_same(session, histories, unit)) > 10


@pytest.fixture(scope="module")
def made() -> Fleet:
    return fleet(3_000, fills_per_vehicle=60)


def _odometer(fills: Any) -> pl.DataFrame:
    named = {"local_date": "read_on", "filled_at": "read_at", "id": "source_id"}
    return fills.select("user_id", "vehicle_id", *named, "odometer_km", "odometer_h").rename(named)


def _maintenance(fills: Any) -> pl.DataFrame:
    named = {"local_date": "service_date", "total_cost": "cost"}
    return fills.select("user_id", "vehicle_id", *named, "currency_code").rename(named)


SUMMARIES: dict[str, Callable[[Callable[[pl.DataFrame], Any], Fleet], Any]] = {
    "rollup": lambda put, made: rollup(put(economy(made.fuel_logs)), ["fuel_type", "month", "currency_code"]),
    "rolling economy": lambda put, made: rolling_economy(put(economy(made.fuel_logs)), last_n=4),
    "rolling economy by distance": lambda put, made: rolling_economy(
        put(economy(made.fuel_logs)), distance_km=2_000
    ),
    "outliers": lambda put, made: outliers(put(economy(made.fuel_logs))),
    "price history": lambda put, made: price_history(put(made.fuel_logs), fuel_unit="us_gal"),
    "ranking": lambda put, made: ranking(put(economy(made.fuel_logs)), put(made.vehicles)),
    "rollbacks": lambda put, made: rollbacks(put(_odometer(made.fuel_logs))),
    "cost of ownership": lambda put, made: cost_of_ownership(
        put(made.fuel_logs), put(_maintenance(made.fuel_logs)), by=["vehicle_id", "year"]
    ),
}


@pytest.mark.parametrize("summary", SUMMARIES)
def test_a_summary_comes_out_alike(session: Any, made: Fleet, summary: str) -> None:
    expected = SUMMARIES[summary](lambda frame: frame, made)
    found = gathered(SUMMARIES[summary](lambda frame: spread(session, frame), made))
    assert found.columns == expected.columns
    assert len(expected) > 3
    assert sorted(map(repr, bits(found))) == sorted(map(repr, bits(expected)))


def test_a_vehicle_is_moved_once(sessions: dict[str, Any]) -> None:
    """All windows share one shuffle, by vehicle: the second most expensive thing would be another one."""
    frame = economy(spread(sessions["local"], fleet(1_000).fuel_logs))
    plan = frame._jdf.queryExecution().executedPlan().toString()
    moves = [line for line in plan.splitlines() if "Exchange" in line]
    assert len(moves) == 1, moves
    assert "hashpartitioning(vehicle_id#" in moves[0]
