"""What fuel cost, what a vehicle costs, and where odometers went back: as the domain has it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.analysis import cost_of_ownership, price_history, rollbacks
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.odometer.readings import rollbacks as domain_rollbacks
from motovault.errors import InvalidValue
from motovault.quantities.units import FUEL_TO_BASE, DistanceUnit
from tests.analysis.interval_rows import AMOUNT, nearly, whole
from tests.analysis.on_every_engine import (
    FUEL_LOGS,
    INTERVALS,
    MAINTENANCE,
    ODOMETER,
    fewer,
    rows_of,
    said_by_all,
    table_of,
)

START = date(2024, 12, 20)


def days(most: int = 60) -> st.SearchStrategy[date]:
    return st.integers(0, most).map(lambda n: START + timedelta(days=n))


def cents(most: int = 9_999) -> st.SearchStrategy[float | None]:
    return st.one_of(*[st.integers(0, most).map(lambda n: n / 100)] * 5, st.none())


@st.composite
def log_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows = []
    for number in range(draw(st.integers(0, 12))):
        unit = draw(st.sampled_from(["L", "L", "us_gal", "imp_gal", "kg", "kWh"]))
        volume = draw(st.one_of(*[st.integers(1, 90_000)] * 6, st.none()))
        base, factor = FUEL_TO_BASE[unit]
        amount = None if volume is None else float(Decimal(volume).scaleb(-3) * factor)
        rows.append(
            {
                "vehicle_id": draw(st.sampled_from(["v1", "v2", None])),
                "id": f"{number:03}",
                "local_date": draw(st.one_of(*[days()] * 6, st.none())),
                "fuel_type": draw(st.sampled_from(["gasoline", "diesel", None])),
                "location": draw(st.sampled_from(["Shell", None])),
                "fuel_unit": unit,
                "odometer_km": draw(st.one_of(st.integers(0, 9_000_000).map(lambda n: n / 1000), st.none())),
                AMOUNT[base]: amount,
                "price_per_unit": draw(st.one_of(st.integers(1, 9_999).map(lambda n: n / 1000), st.none())),
                "total_cost": draw(cents()),
                "currency_code": draw(st.sampled_from(["EUR", "EUR", "USD", None])),
            }
        )
    return rows


@fewer()
@given(
    log_rows(),
    st.lists(
        st.sampled_from(["day", "year", "fuel_type", "location", "vehicle_id"]), max_size=2, unique=True
    ),
    st.sampled_from([None, "us_gal", "L", "kg"]),
)
def test_prices_are_those_of_exact_arithmetic(
    rows: list[dict[str, Any]], by: list[str], asked: str | None
) -> None:
    found = said_by_all(lambda f: price_history(f, by, fuel_unit=asked), table_of(rows, FUEL_LOGS))
    groups: dict[Any, list[tuple[int, int, Fraction]]] = defaultdict(list)
    for row in rows:
        base = FUEL_TO_BASE[row["fuel_unit"]][0]
        amount = row.get(AMOUNT[base])
        if amount is None or row["total_cost"] is None:
            continue
        unit = asked if asked is not None and FUEL_TO_BASE[asked][0] == base else base
        on = row["local_date"]
        row = row | {"day": on, "year": on and on.year}
        burnt, paid = whole(amount, 10**12), round(row["total_cost"] * 100)
        per = Fraction(FUEL_TO_BASE[unit][1])
        if row["price_per_unit"] is None:
            price = Fraction(paid, 100) / (Fraction(burnt, 10**12) / per)
        else:
            price = Fraction(row["price_per_unit"]) * per / Fraction(FUEL_TO_BASE[row["fuel_unit"]][1])
        groups[(*(row[name] for name in by), row["currency_code"], unit)].append((burnt, paid, price))
    assert len(found) == len(groups)
    for row in found:
        group = groups[(*(row[name] for name in by), row["currency_code"], row["fuel_unit"])]
        amount = Fraction(sum(burnt for burnt, _, _ in group), 10**12) / Fraction(
            FUEL_TO_BASE[row["fuel_unit"]][1]
        )
        cost = sum(paid for _, paid, _ in group)
        assert row["fill_count"] == len(group)
        assert row["cost"] == cost / 100
        assert nearly(row["amount"], amount)
        assert nearly(row["price"], Fraction(cost, 100) / amount)
        assert nearly(row["price_min"], min(price for _, _, price in group))
        assert nearly(row["price_max"], max(price for _, _, price in group))


def test_a_price_as_typed_is_kept_to_the_last_digit() -> None:
    row = {"local_date": START, "fuel_type": "gasoline", "fuel_unit": "us_gal", "volume_l": 37.85411784}
    table = table_of(
        [row | {"price_per_unit": 3.299, "total_cost": 32.99, "currency_code": "USD"}], FUEL_LOGS
    )
    (found,) = said_by_all(lambda frame: price_history(frame, fuel_unit="us_gal"), table)
    assert (found["amount"], found["price"], found["price_min"], found["price_max"]) == (
        10.0,
        32.99 / 10,
        3.299,
        3.299,
    )
    assert (found["year"], found["month"], found["fuel_type"]) == (2024, 12, "gasoline")


@pytest.mark.parametrize("by", ["week", "economy_unit"])
def test_prices_by_what_there_is_not_are_refused(by: str) -> None:
    with pytest.raises(InvalidValue, match="by: "):
        price_history(table_of([], FUEL_LOGS), by)


@pytest.mark.parametrize("column", ["local_date", "fuel_type", "total_cost"])
def test_a_column_that_prices_need_is_named(column: str) -> None:
    with pytest.raises(InvalidValue, match=f"fuel_logs: '{column}' is missing"):
        price_history(table_of([], FUEL_LOGS).drop_columns([column]))


@st.composite
def readings(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "vehicle_id": draw(st.sampled_from(["a", "b"])),
            "read_on": draw(days(12)),
            draw(st.sampled_from(["odometer_km", "odometer_km", "odometer_h"])): draw(st.integers(1, 5_000))
            / 1000,
            "source_id": str(UUID(int=number)),
        }
        for number in range(draw(st.integers(0, 14)))
    ]


@fewer()
@given(readings())
def test_odometers_went_back_where_the_domain_says(rows: list[dict[str, Any]]) -> None:
    found = said_by_all(lambda frame: rollbacks(frame), table_of(rows, ODOMETER))
    for vehicle in ("a", "b"):
        for unit, column in ((DistanceUnit.KM, "odometer_km"), (DistanceUnit.H, "odometer_h")):
            own = [
                OdometerReading(
                    read_at=datetime(2025, 1, 1, tzinfo=UTC),
                    value=Decimal(str(row[column])),
                    unit=unit,
                    source=ReadingSource.FUEL_LOG,
                    source_id=UUID(row["source_id"]),
                    read_on=row["read_on"],
                )
                for row in rows
                if row["vehicle_id"] == vehicle and column in row
            ]
            wanted = domain_rollbacks(own, unit)
            told = [row for row in found if row["vehicle_id"] == vehicle and row[column] is not None]
            assert [row["source_id"] for row in told] == [finding.subject for finding in wanted]
            for row, finding in zip(told, wanted, strict=True):
                was = row[f"previous_{unit}"]
                assert f"is below {was:g} {unit} on {row['previous_on']}" in finding.message
                exact = whole(was, 10**9) - whole(row[column], 10**9)
                assert row[f"drop_{unit}"] == exact / 1e9 > 0


@pytest.mark.parametrize("odd", [None, 0.0, float("nan"), float("inf"), -3.0])
def test_what_is_no_reading_went_nowhere(odd: float | None) -> None:
    rows = [
        {"vehicle_id": "a", "read_on": START + timedelta(days=n), "odometer_km": v}
        for n, v in enumerate([10.0, odd, 11.0])
    ]
    assert said_by_all(lambda frame: rollbacks(frame), table_of(rows, ODOMETER)) == []


@pytest.mark.parametrize("columns", [["vehicle_id"], ["read_on"], ["odometer_km", "odometer_h"]])
def test_a_column_that_rollbacks_need_is_named(columns: list[str]) -> None:
    with pytest.raises(InvalidValue, match=f"odometer: '{columns[0]}' is missing"):
        rollbacks(table_of([], ODOMETER).drop_columns(columns))


@st.composite
def maintenance_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "vehicle_id": draw(st.sampled_from(["v1", "v3"])),
            "service_date": draw(days()),
            "cost": draw(cents()),
            "currency_code": draw(st.sampled_from(["EUR", "USD", None])),
        }
        for _ in range(draw(st.integers(0, 5)))
    ]


@fewer()
@given(log_rows(), maintenance_rows(), st.sampled_from([["vehicle_id", "month"], ["year"], []]))
def test_costs_of_both_add_up_by_currency(
    logs: list[dict[str, Any]], works: list[dict[str, Any]], by: list[str]
) -> None:
    found = said_by_all(
        lambda fuel, upkeep: cost_of_ownership(fuel, upkeep, by),
        table_of(logs, FUEL_LOGS),
        table_of(works, MAINTENANCE),
    )
    names = ["vehicle_id", "year", "month"] if by[:1] == ["vehicle_id"] else by

    def group(row: dict[str, Any], on: date | None) -> tuple[Any, ...]:
        known = {"vehicle_id": row["vehicle_id"], "year": on and on.year, "month": on and on.month}
        return tuple(known[name] for name in names)

    paid: dict[Any, list[int | None]] = defaultdict(lambda: [None, None])
    unknown: dict[Any, int] = defaultdict(int)
    driven: dict[Any, int] = {}
    entries = [(row, row["local_date"], row["total_cost"], 0) for row in logs]
    entries += [(row, row["service_date"], row["cost"], 1) for row in works]
    for row, on, cost, kind in entries:
        unknown[group(row, on)] += cost is None
        if cost is not None:
            sums = paid[(*group(row, on), row["currency_code"])]
            sums[kind] = (sums[kind] or 0) + round(cost * 100)
    for vehicle in ("v1", "v2", None):
        own = [row for row in logs if row["vehicle_id"] == vehicle and row["odometer_km"]]
        own.sort(key=lambda row: (row["local_date"] or date(1, 1, 1), row["odometer_km"]))
        for earlier, later in pairwise(own):
            step = whole(later["odometer_km"], 10**9) - whole(earlier["odometer_km"], 10**9)
            key = group(later, later["local_date"])
            driven[key] = driven.get(key, 0) + max(step, 0)
    assert {(*(row[name] for name in names), row["currency_code"]) for row in found} >= set(paid)
    assert len(found) == len(paid) + len(set(unknown) - {key[:-1] for key in paid})
    for row in found:
        key = tuple(row[name] for name in names)
        fuel, upkeep = paid.get((*key, row["currency_code"]), [None, None])
        both = None if fuel is None and upkeep is None else ((fuel or 0) + (upkeep or 0)) / 100
        distance = driven[key] / 1e9 if key in driven else None
        assert row["fuel_cost"] == (None if fuel is None else fuel / 100)
        assert row["maintenance_cost"] == (None if upkeep is None else upkeep / 100)
        assert (row["cost"], row["without_cost"], row["distance_km"]) == (both, unknown[key], distance)
        assert row["cost_per_km"] == (both / distance if both is not None and distance else None)


def test_costs_of_intervals_are_over_their_distance_unless_two_tanks_cover_the_same_way() -> None:
    one = {
        "vehicle_id": "a",
        "tank": 1,
        "closed_on": START,
        "distance_km": 100.0,
        "cost": 10.0,
        "currency_code": "EUR",
    }
    rows = [
        one,
        one | {"void": "missed", "cost": None},
        one | {"vehicle_id": "b"},
        one | {"vehicle_id": "b", "tank": 2},
    ]
    found = said_by_all(
        lambda fuel, upkeep: cost_of_ownership(fuel, upkeep, "vehicle_id"),
        table_of(rows, INTERVALS),
        table_of(
            [{"vehicle_id": "a", "service_date": START, "cost": 5.0, "currency_code": "EUR"}], MAINTENANCE
        ),
    )
    assert [(r["cost"], r["without_cost"], r["distance_km"], r["cost_per_km"]) for r in found] == [
        (15.0, 1, 100.0, 0.15),
        (20.0, 0, None, None),
    ]


def test_frames_of_two_kinds_do_not_meet() -> None:
    logs, works = table_of([], FUEL_LOGS), table_of([], MAINTENANCE)
    with pytest.raises(InvalidValue, match=r"maintenance: .* must be of the kind of fuel"):
        cost_of_ownership(logs, works.to_pandas())


@pytest.mark.parametrize("column", ["service_date", "cost", "vehicle_id"])
def test_a_column_that_costs_need_is_named(column: str) -> None:
    works = table_of([], MAINTENANCE).drop_columns([column])
    with pytest.raises(InvalidValue, match=f"maintenance: '{column}' is missing"):
        cost_of_ownership(table_of([], FUEL_LOGS), works)
    assert rows_of(cost_of_ownership(table_of([], FUEL_LOGS), table_of([], MAINTENANCE))) == []
