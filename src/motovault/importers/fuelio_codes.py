"""Fuelio's numbers for units, fuels and cost categories.

Source: Fuelio's CSV backups of 2016 to 2026, and the fuel type table of the
MIT-licensed FuelioImport. Codes that are not listed are reported, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from motovault.domain.fuel_logs import FuelType
from motovault.domain.maintenance import Category
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["DISTANCE_UNITS", "FUEL_UNITS", "NOT_FUEL", "OTHER_COSTS", "WORK_CATEGORIES", "fuel_of"]

DISTANCE_UNITS: Final[Mapping[str, DistanceUnit]] = MappingProxyType(
    {"0": DistanceUnit.KM, "1": DistanceUnit.MI}
)

FUEL_UNITS: Final[Mapping[str, FuelUnit]] = MappingProxyType(
    {"0": FuelUnit.L, "1": FuelUnit.US_GAL, "2": FuelUnit.IMP_GAL, "4": FuelUnit.KG}
)

WORK_CATEGORIES: Final[Mapping[str, tuple[Category, ...]]] = MappingProxyType(
    {
        "1": (Category.ROUTINE_MAINTENANCE, Category.REPAIR),
        "2": (Category.ROUTINE_MAINTENANCE, Category.REPAIR),
        "9": (Category.PERFORMANCE_UPGRADE,),
    }
)
"""Cost categories that are work on the vehicle (Service, Maintenance, Tuning), and which work each can be."""

OTHER_COSTS: Final = frozenset(("4", "5", "6", "7", "8", "31"))
"""Those that never are: registration, parking, wash, tolls, fines, insurance. From 32 on they are private."""

NOT_FUEL: Final = frozenset(("216", "217"))
"""Diesel exhaust fluid and AdBlue: poured in, but not burnt."""

_PARENTS: Final = {
    1: FuelType.GASOLINE,
    2: FuelType.DIESEL,
    3: FuelType.ETHANOL,
    4: FuelType.LPG,
    5: FuelType.CNG,
    6: FuelType.ELECTRIC,
}

_GRADE_TABLE: Final = """
101 85  102 87  103 88  104 89  105 90  106 91  107 92  108 93  109 94  110 95  111 95+  112 98  113 98+
114 100  115 86  116 96  117 97  118 102  119 E10
201 ON  202 ON+  203 #1  204 #2  205 4D  206 ULSD  207 B2  208 B5  209 B20  210 B99  211 B100  212 B95
213 ULSD10  214 ULSD50  215 SD500  218 B10  219 B30
301 E5  302 E10  303 E22  304 E50  305 E85  306 E93  307 E100  308 E70  309 E27  310 E15
502 CBG  503 biogas
"""

_WORDS: Final = _GRADE_TABLE.split()
_GRADES: Final = {int(code): grade for code, grade in zip(_WORDS[::2], _WORDS[1::2], strict=True)}

_UNGRADED: Final = frozenset((401, 501, 601, 602))


def fuel_of(code: int) -> tuple[FuelType | None, str | None, bool]:
    """What a fuel type code means: the fuel, its grade, and whether the code is known.

    0 and -1 are Fuelio's own "unset" and "unknown"; 700 is flex fuel, which may be either.

    >>> fuel_of(110)
    (<FuelType.GASOLINE: 'gasoline'>, '95', True)
    """
    parent = _PARENTS.get(code // 100)
    if code in (0, -1, 700):
        return None, None, True
    if parent is None:
        return None, None, False
    if code % 100 == 0 or code in _UNGRADED:
        return parent, None, True
    return parent, _GRADES.get(code), code in _GRADES
