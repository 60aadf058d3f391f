"""Vehicles against their peers: as counted one by one."""

from __future__ import annotations

import subprocess
import sys
from statistics import median
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.analysis import ranking, rollup
from motovault.errors import InvalidValue
from motovault.quantities.economy import higher_is_better
from tests.analysis.on_every_engine import INTERVALS, VEHICLES, fewer, rows_of, said_by_all, table_of

PEERS = ("make", "model", "model_year")


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    intervals, vehicles = [], []
    for number in range(draw(st.integers(0, 14))):
        name = f"v{number:02}"
        if draw(st.sampled_from([True] * 9 + [False])):
            make, model = draw(st.sampled_from(["Ford", "Fiat", None])), draw(st.sampled_from(["A", "B"]))
            year = draw(st.sampled_from([2000, 2001, None]))
            vehicles.append(
                {"vehicle_id": name, "title": name, "make": make, "model": model, "model_year": year}
            )
        for _ in range(draw(st.integers(1, 2))):
            intervals.append(
                {
                    "vehicle_id": name,
                    "tank": draw(st.sampled_from([1] * 9 + [2])),
                    "distance_km": draw(st.sampled_from([400.0, 500.0])),
                    "volume_l": draw(st.sampled_from([20.0, 25.0, 30.0, 35.0])),
                    "economy_unit": draw(st.sampled_from(["L/100km", "L/100km", "mpg_us"])),
                    "void": draw(st.sampled_from([None] * 6 + ["missed"])),
                }
            )
    return intervals, vehicles


@fewer(12)
@given(fleets(), st.integers(1, 4), st.sampled_from([PEERS, ("make",), ()]))
def test_a_vehicle_stands_where_counting_puts_it(
    fleet: tuple[list[dict[str, Any]], list[dict[str, Any]]], min_peers: int, peers: tuple[str, ...]
) -> None:
    intervals, vehicles = table_of(fleet[0], INTERVALS), table_of(fleet[1], VEHICLES)
    found = said_by_all(lambda i, v: ranking(i, v, peers, min_peers=min_peers), intervals, vehicles)
    known = {vehicle["vehicle_id"]: vehicle for vehicle in fleet[1]}
    own = rows_of(rollup(intervals, "vehicle_id"))
    assert [(r["vehicle_id"], r["economy_unit"], r["economy"]) for r in found] == [
        (r["vehicle_id"], r["economy_unit"], r["economy"]) for r in own
    ]
    for row in found:
        if row["economy"] is None:
            assert row["rank"] is row["peer_group"] is row["peer_count"] is row["percentile"] is None
            continue
        about = known.get(row["vehicle_id"], {})
        for level in range(len(peers), -1, -1):
            shared = [about.get(name) for name in peers[:level]]
            like = [
                other["economy"]
                for other in own
                if other["economy"] is not None
                and other["economy_unit"] == row["economy_unit"]
                and [known.get(other["vehicle_id"], {}).get(name) for name in peers[:level]] == shared
            ]
            if None not in shared and len(like) > min_peers:
                break
        sign = 1 if higher_is_better(row["economy_unit"]) else -1
        better = sum(sign * other > sign * row["economy"] for other in like)
        worse = sum(sign * other < sign * row["economy"] for other in like)
        equal = len(like) - better - worse - 1
        middle = median(like)
        assert row["peer_group"] == (", ".join(peers[:level]) or "fleet")
        assert (row["peer_count"], row["rank"], row["peer_median"]) == (len(like) - 1, better + 1, middle)
        assert row["difference_percent"] == (row["economy"] - middle) * 100.0 / middle
        others = len(like) - 1
        assert row["percentile"] == ((2 * worse + equal) * 50 / others if others else None)


def _fleet(unit: str) -> tuple[Any, Any]:
    rows = [
        {"vehicle_id": f"v{n}", "tank": 1, "distance_km": 500.0, "volume_l": 20.0 + n, "economy_unit": unit}
        for n in range(4)
    ]
    cars = [{"vehicle_id": f"v{n}", "make": "Ford", "model": "A", "model_year": 2000} for n in range(4)]
    return table_of(rows, INTERVALS), table_of(cars, VEHICLES)


@pytest.mark.parametrize("unit", ["L/100km", "mpg_us"])
def test_the_thriftiest_is_first_in_any_unit(unit: str) -> None:
    found = said_by_all(lambda i, v: ranking(i, v, min_peers=3), *_fleet(unit))
    assert [(row["rank"], row["percentile"]) for row in found] == [
        (1, 100.0),
        (2, 200 / 3),
        (3, 100 / 3),
        (4, 0.0),
    ]
    assert {row["peer_group"] for row in found} == {"make, model, model_year"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"peers": "wheels"}, "vehicles"),
        ({"peers": "economy"}, "vehicles"),
        ({"peers": 5}, "peers"),
        ({"min_peers": 0}, "min_peers"),
        ({"min_peers": 1.5}, "min_peers"),
    ],
)
def test_peers_that_are_none_are_refused(asked: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        ranking(*_fleet("L/100km"), **asked)
    assert refused.value.field == field


def test_a_column_of_the_answer_makes_no_peers() -> None:
    intervals, vehicles = _fleet("L/100km")
    with pytest.raises(InvalidValue, match="peers: 'rank' is a column of the answer"):
        ranking(intervals, vehicles.append_column("rank", vehicles["make"]), "rank")


def test_vehicles_of_another_kind_of_frame_are_refused() -> None:
    intervals, vehicles = _fleet("L/100km")
    with pytest.raises(InvalidValue, match=r"vehicles: .* must be of the kind of intervals"):
        ranking(intervals, vehicles.to_pandas())


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_vehicles_and_makes_may_be_text_of_another_kind(kind: Any) -> None:
    intervals, vehicles = _fleet("L/100km")
    other = vehicles.cast(
        pa.schema([(f.name, kind if f.type == pa.string() else f.type) for f in vehicles.schema])
    )
    assert rows_of(ranking(intervals, other)) == rows_of(ranking(intervals, vehicles))


def test_vehicles_by_number_and_by_name_are_not_the_same() -> None:
    intervals, vehicles = _fleet("L/100km")
    numbers = pa.array(range(len(vehicles)))
    with pytest.raises(InvalidValue, match="vehicles: 'vehicle_id' is of Int64"):
        ranking(intervals, vehicles.drop_columns(["vehicle_id"]).append_column("vehicle_id", numbers))


def _run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_importing_analysis_loads_no_frames() -> None:
    assert _run("import sys, motovault.analysis; print('narwhals' in sys.modules)") == "False\n"


def test_without_narwhals_the_extra_is_named() -> None:
    program = """
import sys
sys.modules["narwhals"] = None
import motovault.analysis
try:
    motovault.analysis.rollup
except ImportError as error:
    print(type(error).__name__, error)
"""
    assert _run(program) == "MissingExtra narwhals is not installed; run: pip install 'motovault[analysis]'\n"


def test_what_is_not_there_is_no_attribute() -> None:
    import motovault.analysis

    with pytest.raises(AttributeError, match="no attribute 'forecast'"):
        motovault.analysis.forecast  # noqa: B018
