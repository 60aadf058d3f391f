"""Values that stores tend to lose something of: texts, lists, moments, dates, and rows of every kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from motovault.domain.fuel_logs import FuelType
from motovault.domain.maintenance import Category, ScheduleMode
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.testing.examples import NOON

__all__ = [
    "AWKWARD_DATES",
    "AWKWARD_LISTS",
    "AWKWARD_TEXTS",
    "AWKWARD_TIMES",
    "FUEL_LOG_KINDS",
    "MAINTENANCE_LOG_KINDS",
    "MAINTENANCE_SCHEDULE_KINDS",
]

AWKWARD_TEXTS: Final = {
    "quotes": """it's "quoted" `so`; -- DROP TABLE""",
    "escapes": r"\N \. \\ \t %s %(x)s {x} :x ? $1",
    "line ends": "one\ntwo\r\nthree\rfour\tfive",
    "control": "a\x01b\x7fc\x85d",
    "astral": "Ж漢字🚗 ‮rtl‬",
    "decomposed": "Citroe\u0308n",
    "composed": "Citro\u00ebn",
    "number": "0123.40",
    "null": "NULL",
}
"""Texts that a store must give back to the letter."""

AWKWARD_TIMES: Final = {
    "a microsecond": datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC),
    "the last microsecond": datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "before the epoch": datetime(1921, 5, 5, 5, 5, 5, 500, tzinfo=UTC),
    "long ago": datetime(1, 1, 3, tzinfo=UTC),
    "far ahead": datetime(9999, 12, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    "another zone": datetime(2026, 7, 1, 3, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
}
"""Moments that a store must give back to the microsecond."""

AWKWARD_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "nothing in it": (),
    "braces and commas": ("{a,b}", "{}", "[1]", ",", "a,b", "{", "}"),
    "quotes": ('"', "'", '""', '"a","b"', "it's", '["a"]'),
    "backslashes": ("\\", "\\\\", '\\"', "\\n", "\\u0041"),
    "words of databases": ("NULL", "null", "Null", "true", "0", "None"),
    "many": tuple(f"{n}, of 300" for n in range(300)),
    "not sorted": ("b", "a", "B", "A", "\u00e4", "a\u0308"),
    **{f"{name} in a list": (text, "plain", text + text) for name, text in AWKWARD_TEXTS.items()},
}
"""Lists of texts that a store must give back to the letter, in their order."""

AWKWARD_DATES: Final = {
    "the first": date(1, 1, 1),
    "before the epoch": date(1921, 5, 5),
    "a leap day": date(2024, 2, 29),
    "the last": date(9999, 12, 31),
}
"""Dates that a store must give back."""

_FULL: Final[dict[str, Any]] = {
    "odometer": "52000.5",
    "trip_distance": "512.25",
    "fuel_type": "diesel",
    "fuel_grade": "#2",
    "volume": "41.377",
    "price_per_unit": "1.799",
    "total_cost": "74.44",
    "location": "Tankstelle Süd, Köln",
    "notes": "new tyres\n\nsecond line",
    "updated_at": NOON + timedelta(days=1, microseconds=999),
    "odometer_unit": "km",
    "fuel_unit": "L",
    "is_full_tank": False,
    "missed_previous": True,
    "tank": 2,
    "is_towing": True,
    "excluded_distance": "12.000001",
    "currency_code": "EUR",
    "charge_start_percent": "10.25",
    "charge_end_percent": "80",
    "source": "fuelio",
    "source_key": "17",
}
_NOTHING: Final[dict[str, Any]] = {"odometer": None, "volume": None}
FUEL_LOG_KINDS: Final[dict[str, dict[str, Any]]] = {
    "little": {},
    "nothing known": _NOTHING,
    "everything": _FULL,
    "largest numbers": {
        "odometer": "999999999999.999999",
        "trip_distance": "999999999999.999999",
        "excluded_distance": "999999999999.999999",
        "volume": "9999999.999",
        "price_per_unit": "9999999.999",
        "total_cost": "99999999.99",
        "charge_start_percent": "100",
        "charge_end_percent": "100.00",
        "tank": 9,
    },
    "smallest numbers": {
        "odometer": "0.000001",
        "trip_distance": "0.000001",
        "excluded_distance": "0.000001",
        "volume": "0.001",
        "price_per_unit": "0.001",
        "total_cost": "0.01",
        "charge_start_percent": "0",
        "charge_end_percent": "0.01",
    },
    "zeros": {
        "odometer": 0,
        "trip_distance": "0.000",
        "excluded_distance": "0.0",
        "volume": 0,
        "price_per_unit": 0,
        "total_cost": 0,
        "charge_start_percent": 0,
        "charge_end_percent": 0,
    },
    "no price, but a total": {"price_per_unit": None, "total_cost": "30"},
    "a price of 0, but a total": {"price_per_unit": 0, "total_cost": "30"},
    "a price of 0, and no total": {"price_per_unit": 0, "total_cost": None},
    "no price, and nothing to pay": {"price_per_unit": None, "total_cost": 0},
    "a price, but nothing to pay": {"price_per_unit": "1.5", "total_cost": 0},
    "what floats cannot hold": {
        "odometer": "100000.1",
        "volume": "0.1",
        "price_per_unit": "0.7",
        "total_cost": "0.3",
    },
    "an exponent": {"odometer": Decimal("1E+3"), "volume": Decimal("1.2E+2")},
    "longest texts": {
        "fuel_grade": "漢" * 50,
        "location": "漢" * 500,
        "notes": "🚗" * 100_000,
        "source": "漢" * 50,
        "source_key": "漢" * 255,
    },
    "half a source": {"source": "fuelio"},
    "half a source key": {"source_key": "17"},
    **{f"fuel {fuel_type}": {"fuel_type": fuel_type} for fuel_type in FuelType},
    **{f"fuel in {unit}": {"fuel_unit": unit} for unit in FuelUnit},
    **{f"odometer in {unit}": {"odometer_unit": unit} for unit in DistanceUnit},
    **{
        f"text, {name}": {"notes": text, "location": text, "source": "s", "source_key": text}
        for name, text in AWKWARD_TEXTS.items()
    },
    **{f"time, {name}": {"filled_at": time, "created_at": time} for name, time in AWKWARD_TIMES.items()},
}
"""Fuel logs, as changes to an example, that a store must give back as they were."""

_SHARED_KINDS: Final[dict[str, dict[str, Any]]] = {
    "little": {},
    "longest texts": {
        "category": "漢" * 50,
        "subtypes": ("漢" * 200, "🚗" * 200),
        "notes": "🚗" * 100_000,
        "source": "漢" * 50,
        "source_key": "漢" * 255,
    },
    "half a source": {"source": "fuelio"},
    "half a source key": {"source_key": "17"},
    **{f"category {category}": {"category": category} for category in Category},
    **{f"list, {name}": {"subtypes": texts} for name, texts in AWKWARD_LISTS.items()},
    **{
        f"text, {name}": {"category": text, "notes": text, "source": "s", "source_key": text}
        for name, text in AWKWARD_TEXTS.items()
    },
    **{f"time, {name}": {"created_at": time, "updated_at": time} for name, time in AWKWARD_TIMES.items()},
}

MAINTENANCE_LOG_KINDS: Final[dict[str, dict[str, Any]]] = {
    **_SHARED_KINDS,
    "everything": {
        "category": "repair",
        "subtypes": ("Engine", "Interior"),
        "odometer": "52000",
        "cost": "1234.56",
        "shop_name": "Werkstatt Süd, Köln",
        "notes": "new belt\n\nsecond line",
        "updated_at": NOON + timedelta(days=1, microseconds=999),
        "odometer_unit": "km",
        "currency_code": "EUR",
        "source": "fuelio",
        "source_key": "17",
    },
    "largest numbers": {"odometer": "999999999", "cost": "99999999.99"},
    "smallest numbers": {"odometer": 1, "cost": "0.01"},
    "free, and no reading": {"odometer": 0, "cost": 0},
    "to be rounded": {"odometer": "100.5", "cost": "0.125"},
    "longest name": {"shop_name": "漢" * 200},
    **{f"odometer in {unit}": {"odometer": 7, "odometer_unit": unit} for unit in DistanceUnit},
    **{f"shop, {name}": {"shop_name": text} for name, text in AWKWARD_TEXTS.items()},
    **{f"date, {name}": {"service_date": day} for name, day in AWKWARD_DATES.items()},
}
"""Maintenance logs, as changes to an example, that a store must give back as they were."""

_FIGURES: Final = (
    "interval_distance",
    "last_service_odometer",
    "next_due_odometer",
    "anchor_odometer",
    "due_soon_distance",
    "first_due_odometer",
)
_DATES: Final = ("last_service_date", "next_due_date", "anchor_date", "first_due_date")

MAINTENANCE_SCHEDULE_KINDS: Final[dict[str, dict[str, Any]]] = {
    **_SHARED_KINDS,
    "everything": {
        "category": "repair",
        "subtypes": ("Engine", "Interior"),
        "interval_months": 6,
        "interval_distance": "15000",
        "last_service_date": date(2025, 12, 31),
        "last_service_odometer": "45000",
        "next_due_date": date(2026, 6, 30),
        "next_due_odometer": "60000",
        "email_notifications": True,
        "notes": "both filters",
        "updated_at": NOON + timedelta(days=1, microseconds=999),
        "interval_days": 3,
        "mode": "fixed",
        "anchor_date": date(2025, 6, 30),
        "anchor_odometer": "30000",
        "due_soon_days": 14,
        "due_soon_distance": "1000",
        "is_active": False,
        "distance_unit": "km",
        "first_due_date": date(2026, 1, 31),
        "first_due_odometer": "46000",
        "source": "template",
        "source_key": "oil",
    },
    "no interval": {"interval_months": None},
    "largest numbers": {
        **dict.fromkeys(_FIGURES, "999999999"),
        "interval_months": 1200,
        "interval_days": 36525,
        "due_soon_days": 36525,
    },
    "smallest numbers": {**dict.fromkeys(_FIGURES, 1), "interval_days": 1, "due_soon_days": 1},
    "zeros": {**dict.fromkeys(_FIGURES[1:], 0), "due_soon_days": 0},
    "to be rounded": dict.fromkeys(_FIGURES, "100.5"),
    **{f"mode {mode}": {"mode": mode} for mode in ScheduleMode},
    **{f"distances in {unit}": {"distance_unit": unit} for unit in DistanceUnit},
    **{f"date, {name}": dict.fromkeys(_DATES, day) for name, day in AWKWARD_DATES.items()},
}
"""Maintenance schedules, as changes to an example, that a store must give back as they were."""
