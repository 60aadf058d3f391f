"""Interval frames to test with: drawn ones, with nulls wherever there may be, and those of real reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from motovault.domain.fuel_logs import EconomyReport
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE, UNITS

AMOUNT = {"L": "volume_l", "kg": "mass_kg", "kWh": "energy_kwh"}
WAY = {"km": "distance_km", "h": "distance_h"}

UNITS_TRIED = {
    "L/100km": ("distance_km", "volume_l"),
    "mpg_us": ("distance_km", "volume_l"),
    "mpg_uk": ("distance_km", "volume_l"),
    "km/L": ("distance_km", "volume_l"),
    "kg/100km": ("distance_km", "mass_kg"),
    "mpge": ("distance_km", "energy_kwh"),
    "Wh/mi": ("distance_km", "energy_kwh"),
    "L/h": ("distance_h", "volume_l"),
    "h/us_gal": ("distance_h", "volume_l"),
}


def thousandths(most: int) -> st.SearchStrategy[float]:
    return st.integers(0, most * 1000).map(lambda n: n / 1000)


@st.composite
def interval_rows(
    draw: st.DrawFn, most: int = 14, units: tuple[str, ...] = tuple(UNITS_TRIED)
) -> list[dict[str, Any]]:
    """Rows of an interval frame of a few vehicles, in no order."""
    chosen = draw(st.lists(st.sampled_from(units), min_size=1, max_size=3, unique=True))
    rows = []
    for number in range(draw(st.integers(0, most))):
        unit = draw(st.sampled_from([*chosen] * 4 + [None]))  # type: ignore[list-item]
        row: dict[str, Any] = {
            "user_id": draw(st.sampled_from(["ana", "bo", None])),
            "vehicle_id": draw(st.sampled_from(["v1", "v1", "v2", "v3", None])),
            "tank": draw(st.sampled_from([1, 1, 1, 2])),
            "opened_by": f"{number:03}",
            "closed_by": f"{number + 1:03}",
            "opened_on": date(2024, 12, 1),
            "closed_on": draw(
                st.one_of(
                    *[st.integers(0, 70).map(lambda n: date(2024, 12, 1) + timedelta(days=n))] * 9, st.none()
                )
            ),
            "economy_unit": unit,
            "is_towing": draw(st.sampled_from([False, False, True, None])),
            "void": draw(st.sampled_from([None] * 5 + ["missed", "no_fuel"])),
            "fuel_type": draw(st.sampled_from(["gasoline", "diesel", None])),
            "location": draw(st.sampled_from(["Shell", "Ölhafen", "", None])),
            "cost": draw(st.one_of(*[st.integers(0, 20_000).map(lambda n: n / 100)] * 5, st.none())),
            "currency_code": draw(st.sampled_from(["EUR", "EUR", "USD", None])),
        }
        if unit is not None:
            driven, burnt = UNITS_TRIED[unit]
            row[driven] = draw(st.one_of(*[thousandths(2000)] * 8, st.none()))
            row[burnt] = draw(st.one_of(*[thousandths(90)] * 8, st.none()))
            row["economy"] = draw(st.one_of(*[st.integers(1, 4000).map(lambda n: n / 100)] * 8, st.none()))
        rows.append(row)
    return rows


def whole(value: float, scale: int) -> int:
    """The whole number that a float of an amount stands for."""
    return round(Fraction(value) * scale)


def rows_of_report(report: EconomyReport, vehicle_id: str = "v1") -> Iterator[dict[str, Any]]:
    """A report of the domain as an interval frame has it, exact to the scales of the frame."""
    for number, tank in enumerate(report.tanks, start=1):
        distance_base, distance_factor = DISTANCE_TO_BASE[tank.distance_unit]
        fuel_base, fuel_factor = FUEL_TO_BASE[tank.fuel_unit]
        for interval in tank.intervals:
            driven, burnt = interval.distance, interval.fuel
            yield {
                "vehicle_id": vehicle_id,
                "tank": number,
                "opened_by": f"{interval.opened_by:>05}",
                "closed_by": f"{interval.closed_by:>05}",
                "opened_on": interval.opened_on,
                "closed_on": interval.closed_on,
                "fill_count": interval.fill_count,
                WAY[distance_base]: None
                if driven is None
                else _scaled(Fraction(driven) * Fraction(distance_factor), 10**9),
                AMOUNT[fuel_base]: None
                if burnt is None
                else _scaled(Fraction(burnt) * Fraction(fuel_factor), 10**12),
                "economy": None if interval.economy is None else float(interval.economy),
                "economy_unit": str(tank.economy_unit),
                "cost": None if interval.cost is None else float(interval.cost),
                "currency_code": interval.currency_code,
                "is_towing": interval.is_towing,
                "void": None if interval.void is None else interval.void.name.lower(),
            }


def _scaled(value: Fraction, scale: int) -> float:
    return round(value * scale) / scale


def figure(unit: str, driven: int, burnt: int) -> Fraction:
    """The economy of so many 10^-9 km (or hours) and 10^-12 L (or kg, or kWh)."""
    known = UNITS[unit]
    base = Fraction(driven, 10**9) * (1 if "/h" in unit or ("h/" in unit and "Wh/" not in unit) else 1000)
    per = base / Fraction(burnt, 10**12)
    return known.factor / per if known.is_inverse else per / known.factor


def nearly(found: float | None, exact: Fraction | None, bits: int = 50) -> bool:
    """A float is the exact number but for its last bits."""
    if found is None or exact is None:
        return found is None and exact is None
    return abs(Fraction(found) - exact) <= abs(exact) / 2**bits
