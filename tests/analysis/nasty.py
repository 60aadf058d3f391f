"""Histories as odd as people write them, and odder: what every engine must make the same of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from motovault.domain.fuel_logs import Fill

# What people write and what no one should: dials unknown, set back and out of order within a day, trip
# meters, distances on one fuel, several tanks, kinds, currencies.
amounts = st.one_of(
    *[st.integers(1_000, 60_000).map(lambda n: Decimal(n).scaleb(-3))] * 6, st.just(Decimal(0)), st.none()
)
steps = st.one_of(st.integers(1, 9_000).map(lambda n: Decimal(n).scaleb(-1)), st.just(Decimal(100)))
costs = st.one_of(*[st.integers(0, 20_000).map(lambda n: Decimal(n).scaleb(-2))] * 6, st.none())
UNITS = [
    ("km", "L"),
    ("mi", "us_gal"),
    ("mi", "imp_gal"),
    ("nmi", "L"),
    ("h", "L"),
    ("km", "kWh"),
    ("mi", "kg"),
]


@st.composite
def nasty_vehicle(draw: st.DrawFn) -> list[Fill]:
    way = draw(st.sampled_from(["plain", "odd", "trips", "mixed"]))
    driven, burnt = draw(st.sampled_from(UNITS))
    odometer, day, fills = Decimal(draw(st.integers(1, 999))), 0, list[Fill]()
    rare = st.one_of(*[st.none()] * (2 if way in ("odd", "trips") else 12), steps)
    knows_dial = st.sampled_from([True, False, False, False] if way == "trips" else [True] * 5 + [False])
    for index in range(draw(st.integers(0, 14))):
        odometer += draw(st.one_of(steps, st.just(Decimal(0))))
        day += draw(st.sampled_from([0, 0, 1, 3, 40]))
        if way == "mixed" and draw(st.booleans()):
            driven, burnt = draw(st.sampled_from(UNITS))
        is_slip = draw(st.sampled_from([False] * 8 + [True]))
        fills.append(
            Fill(
                id=index,
                on=date(2025, 1, 1) + timedelta(days=day),
                odometer=(draw(steps) if is_slip else odometer) if draw(knows_dial) else None,
                volume=draw(amounts),
                odometer_unit=driven,
                fuel_unit=burnt,
                is_full_tank=draw(st.sampled_from([True, True, True, False])),
                missed_previous=draw(st.sampled_from([False] * 9 + [True])),
                trip_distance=draw(st.one_of(st.none(), steps)) if way in ("odd", "trips") else None,
                fuel_distance=draw(rare) if way == "odd" else None,
                excluded_distance=draw(rare),
                tank=draw(st.sampled_from([1, 1, 1, 2])),
                is_towing=draw(st.sampled_from([False] * 4 + [True])),
                total_cost=draw(costs),
                currency_code=draw(st.sampled_from([*["EUR"] * 8, "CHF", None])),
            )
        )
    return fills
