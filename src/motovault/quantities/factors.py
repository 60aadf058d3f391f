"""The definitions behind every conversion: each number stands here, once, with its source.

All are exact rationals. What follows from others is computed from them, never typed again.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

__all__ = [
    "FOOT_M",
    "GGE_KWH",
    "HP_KW",
    "IMPERIAL_GALLON_L",
    "INCH_MM",
    "LBF_FT_NM",
    "MILE_KM",
    "NAUTICAL_MILE_KM",
    "POUND_KG",
    "PSI_KPA",
    "PS_KW",
    "STANDARD_GRAVITY",
    "US_GALLON_L",
]

INCH_MM: Final = Fraction("25.4")
"""International inch. Source: international yard and pound agreement, 1959."""

FOOT_M: Final = 12 * INCH_MM / 1000
"""12 inches."""

MILE_KM: Final = 5280 * FOOT_M / 1000
"""5280 feet: 1.609344 km."""

NAUTICAL_MILE_KM: Final = Fraction("1.852")
"""International nautical mile. Source: International Hydrographic Conference, Monaco, 1929."""

US_GALLON_L: Final = 231 * INCH_MM**3 / 1_000_000
"""231 cubic inches: 3.785411784 L. Source: NIST Handbook 44, appendix C."""

IMPERIAL_GALLON_L: Final = Fraction("4.54609")
"""Source: Weights and Measures Act 1985 (United Kingdom), schedule 1."""

POUND_KG: Final = Fraction("0.45359237")
"""Avoirdupois pound. Source: international yard and pound agreement, 1959."""

STANDARD_GRAVITY: Final = Fraction("9.80665")
"""Metres per second squared. Source: third General Conference on Weights and Measures, 1901."""

PSI_KPA: Final = POUND_KG * STANDARD_GRAVITY / INCH_MM**2 * 1000
"""Pound-force per square inch; newtons per square millimetre are megapascals."""

LBF_FT_NM: Final = POUND_KG * STANDARD_GRAVITY * FOOT_M
"""Pound-force foot."""

HP_KW: Final = 550 * LBF_FT_NM / 1000
"""Mechanical horsepower: 550 foot pound-force a second."""

PS_KW: Final = 75 * STANDARD_GRAVITY / 1000
"""Metric horsepower: 75 kilogram-force metres a second."""

GGE_KWH: Final = Fraction("33.705")
"""Energy of one US gallon of gasoline, a convention. Source: United States EPA, 40 CFR part 600."""
