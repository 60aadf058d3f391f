"""Histories for properties: believable ones, and as nasty as a list of fills can be."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
from hypothesis import strategies as st

from motovault.domain.fuel_logs import Fill

START = date(2024, 12, 20)

KINDS = {
    "km": (("km",), ("L",), ("L/100km", "km/L", "L/100mi")),
    "mi": (("mi",), ("us_gal",), ("mpg_us", "mpg_uk", "L/100km")),
    "uk": (("mi",), ("L",), ("mpg_uk", "km/L")),
    "moved": (("mi", "km", "nmi"), ("us_gal", "imp_gal", "L"), ("mpg_us", "L/100km", "km/us_gal")),
    "hours": (("h",), ("L", "us_gal"), ("L/h", "us_gal/h", "h/us_gal")),
    "battery": (("km", "mi"), ("kWh",), ("kWh/100km", "mi/kWh", "mpge", "kWh/100mi")),
}


def some(values: st.SearchStrategy[Decimal], nones: int = 3) -> st.SearchStrategy[Decimal | None]:
    """Mostly None, else one of ``values``."""
    return st.one_of(*[st.none()] * nones, values)


def numbers(*values: str) -> st.SearchStrategy[Decimal]:
    return st.sampled_from([Decimal(value) for value in values])


levels = numbers("0", "20", "55.5", "60", "80", "80", "100")
amounts = st.one_of(numbers("0", "10", "12.345", "33.001"), st.integers(1, 60).map(Decimal))
far = st.one_of(numbers("0", "0.1", "100", "250", "300.5"), st.integers(1, 900).map(Decimal))


@st.composite
def nasty_fills(draw: st.DrawFn, kind: str | None = None) -> tuple[str, list[Fill]]:
    """An economy unit that fits, and fills of one vehicle in no order; ``id`` says which is which."""
    name = kind or draw(st.sampled_from(sorted(KINDS)))
    driven, burnt, asked = KINDS[name]
    # dials, dials with slips, dials with everything else, trip meters with hardly a dial
    way = draw(st.sampled_from(["dial", "slips", "odd", "trips"]))
    dials = st.sampled_from([True] * 7 + [False] if way != "trips" else [True] + [False] * 5)
    trips = {"odd": some(far, 1), "trips": st.one_of(far, far, st.none())}.get(way, st.none())
    rare = some(far, 6) if way in ("odd", "trips") else st.none()
    ends = {"dial": some(numbers("60", "80"), 1), "slips": some(levels, 1)}.get(way, some(levels, 2))
    tanks = draw(st.sampled_from([("main",), ("main",), ("main", "lpg")]))
    odometer, day, fills = Decimal(draw(st.integers(0, 999))), 0, list[Fill]()
    for index in range(draw(st.integers(0, 12))):
        odometer = odometer + draw(st.one_of(far, st.just(Decimal(0))))
        is_slip = way in ("slips", "odd") and draw(st.sampled_from([False] * 5 + [True]))
        day += draw(st.sampled_from([0, 1, 1, 3, 40]))
        fills.append(
            Fill(
                id=index,
                on=START + timedelta(days=day - (draw(st.integers(0, 9)) if is_slip else 0)),
                odometer=(draw(far) if is_slip else odometer) if draw(dials) else None,
                volume=draw(st.one_of(*[amounts] * 8, st.none())),
                odometer_unit=draw(st.sampled_from(driven)),
                fuel_unit=draw(st.sampled_from(burnt)),
                is_full_tank=draw(st.sampled_from([True, True, True, False])),
                missed_previous=draw(st.sampled_from([False] * 12 + [True])),
                trip_distance=draw(trips),
                fuel_distance=draw(rare),
                excluded_distance=draw(rare),
                tank=draw(st.sampled_from(tanks)),
                is_towing=draw(st.sampled_from([False] * 4 + [True])),
                charge_start_percent=draw(some(levels, 1)) if name == "battery" and way == "odd" else None,
                charge_end_percent=draw(ends) if name == "battery" else None,
                total_cost=draw(st.one_of(*[amounts] * 8, st.none())),
                currency_code=draw(st.sampled_from(["EUR"] * 12 + ["CHF"])),
            )
        )
    return draw(st.sampled_from(asked)), draw(st.permutations(fills)) if draw(st.booleans()) else fills


@st.composite
def drives(draw: st.DrawFn, least: int = 2, most: int = 10) -> list[Fill]:
    """A careful owner's history: in order, one fill a day, every reading known, driven between any two."""
    odometer, fills = Decimal(draw(st.integers(0, 90_000))), list[Fill]()
    for index in range(draw(st.integers(least, most))):
        odometer += draw(st.integers(1, 900))
        fills.append(
            Fill(
                id=index,
                on=START + timedelta(days=7 * index),
                odometer=odometer,
                volume=Decimal(draw(st.integers(1_000, 60_000))).scaleb(-3),
                odometer_unit="km",
                fuel_unit="L",
                is_full_tank=index == 0 or draw(st.booleans()),
                is_towing=draw(st.booleans()),
                total_cost=Decimal(draw(st.integers(0, 9_999))).scaleb(-2),
                currency_code="EUR",
            )
        )
    return fills


def without_ties(fills: list[Fill]) -> list[Fill]:
    """The same, one fill a day in the order of the list: its order no longer hangs on places in a list."""
    return [attrs.evolve(fill, on=START + timedelta(days=n)) for n, fill in enumerate(fills)]
