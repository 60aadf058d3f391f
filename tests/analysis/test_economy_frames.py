"""The economy of a table is that of the domain, to the bit the same in every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motovault.domain.fuel_logs import Fill, fills_from_logs
from motovault.testing.strategies.histories import FuelLogHistory, fuel_log_histories
from tests.analysis.engines import (
    ENGINES,
    assert_agrees_with_the_domain,
    bits,
    columns_of,
    in_postgres,
    plain,
    renamed,
)
from tests.analysis.nasty import nasty_vehicle
from tests.analysis.on_every_engine import some_of
from tests.domain.fuel_logs.test_economy_vectors import cases, fill_of

Run = Callable[[Any, str | None], Any]


@pytest.fixture(scope="module")
def engines(postgres_url: str) -> Iterator[dict[str, Run]]:
    with in_postgres(postgres_url) as run:
        yield {**ENGINES, "postgres sql": run}


def assert_all_agree(
    engines: Mapping[str, Run], histories: Mapping[str, Sequence[Fill]], unit: str | None
) -> None:
    columns, named = columns_of(histories), renamed(histories)
    others = [name for name in engines if name != "polars"]
    asked = ["polars", *some_of(others, columns)]
    results = {name: plain(engines[name](columns, unit)) for name in asked}
    assert_agrees_with_the_domain(results["polars"], named)
    first = bits(results["polars"])
    for name, rows in results.items():
        assert bits(rows) == first, name


@pytest.mark.vectors
@pytest.mark.parametrize("case", list(cases()))
def test_every_vector_comes_out_as_the_domain_has_it(case: dict[str, Any]) -> None:
    fills = [fill_of(entry, case["units"], key) for key, entry in enumerate(case["fills"])]
    few = {name: ENGINES[name] for name in ("polars", "pandas", "pyarrow")}
    assert_all_agree(few, {"a": fills}, case["units"]["economy"])


UNITS = sorted({case.values[0]["units"]["economy"] for case in cases()})


@pytest.mark.vectors
@pytest.mark.parametrize("unit", UNITS)
def test_all_vectors_of_a_unit_in_one_table_come_out_alike_everywhere(
    unit: str, engines: dict[str, Run]
) -> None:
    histories = {}
    for number, (case,) in enumerate(one.values for one in cases()):
        if case["units"]["economy"] == unit:
            entries = enumerate(case["fills"])
            histories[f"v{number:04}"] = [fill_of(entry, case["units"], key) for key, entry in entries]
    assert histories
    assert_all_agree(engines, histories, unit)


MANY = settings(max_examples=max(settings().max_examples // 7, 5))
"""Each example is a garage of several vehicles, and goes through several engines."""


@MANY
@given(
    st.lists(nasty_vehicle(), max_size=8),
    st.sampled_from([None, "mpg_us", "L/100km", "kWh/100km", "h/us_gal"]),
)
def test_any_garage_comes_out_alike_everywhere(
    engines: dict[str, Run], garage: list[list[Fill]], unit: str | None
) -> None:
    """One definition: whatever was written down, to the bit in every engine, and as the domain has it."""
    assert_all_agree(engines, {f"v{number}": fills for number, fills in enumerate(garage)}, unit)


@MANY
@given(st.lists(nasty_vehicle(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_garage_of_rows_in_any_order_is_that_of_the_domain(garage: list[list[Fill]], random: Any) -> None:
    """``id`` says the order of writing, so the order of rows says nothing."""
    histories = {f"v{number}": fills for number, fills in enumerate(garage)}
    columns = columns_of(histories)
    order = random.sample(range(len(columns["id"])), len(columns["id"]))
    shuffled = {name: [values[at] for at in order] for name, values in columns.items()}
    rows = plain(ENGINES["polars"](shuffled, None))
    assert_agrees_with_the_domain(rows, renamed(histories))
    assert bits(rows) == bits(plain(ENGINES["polars"](columns, None)))


@MANY
@given(st.lists(nasty_vehicle(), min_size=1, max_size=6))
def test_eager_rows_without_names_or_moments_count_as_written_in_their_order(
    garage: list[list[Fill]],
) -> None:
    columns = columns_of({f"v{number}": fills for number, fills in enumerate(garage)})
    nameless = {name: values for name, values in columns.items() if name != "id"}
    with_names = plain(ENGINES["polars"](columns, None))
    for row in with_names:
        del row["opened_by"], row["closed_by"]
    for name in ("polars", "polars lazy", "pyarrow"):
        assert bits(plain(ENGINES[name](nameless, None))) == bits(with_names)


@given(fuel_log_histories())
def test_histories_that_obey_physics_give_what_the_domain_gives(history: FuelLogHistory) -> None:
    fills = fills_from_logs(
        history.logs,
        distance_unit=history.distance_unit,
        fuel_unit=history.fuel_unit,
        currency_code="EUR",
        local_date=history.preferences.local_date,
    )
    rows = plain(ENGINES["polars"](columns_of({"a": fills}), None))
    assert_agrees_with_the_domain(rows, renamed({"a": fills}))
