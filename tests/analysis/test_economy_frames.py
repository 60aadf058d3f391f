"""The economy of a table is that of the domain, to the bit the same in every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motovault.domain.fuel_logs import Fill
from tests.analysis.engines import (
    ENGINES,
    assert_agrees_with_the_domain,
    bits,
    columns_of,
    in_postgres,
    plain,
)
from tests.domain.fuel_logs.test_economy_vectors import cases, fill_of

Run = Callable[[Any, str | None], Any]


@pytest.fixture(scope="module")
def engines(postgres_url: str) -> Iterator[dict[str, Run]]:
    return {**ENGINES, "postgres sql": in_postgres(postgres_url)}


def assert_all_agree(
    engines: Mapping[str, Run], histories: Mapping[str, Sequence[Fill]], unit: str | None
) -> None:
    columns = columns_of(histories)
    named = {
        name: [attrs.evolve(fill, id=f"{number:06}") for number, fill in enumerate(fills)]
        for name, fills in histories.items()
    }
    results = {name: plain(run(columns, unit)) for name, run in engines.items()}
    assert_agrees_with_the_domain(results["polars"], named)
    first = bits(results["polars"])
    for name, rows in results.items():
        assert bits(rows) == first, name


@pytest.mark.vectors
@pytest.mark.parametrize("case", list(cases()))
def test_every_vector_comes_out_alike_everywhere(case: dict[str, Any], engines: dict[str, Run]) -> None:
    fills = [fill_of(entry, case["units"], key) for key, entry in enumerate(case["fills"])]
    assert_all_agree(engines, {"a": fills}, case["units"]["economy"])
