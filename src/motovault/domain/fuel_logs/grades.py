"""Which grades a fuel comes in. A missing grade is always allowed.

Source: the reference application (87 to 93, #1 and #2); 95, 98 and 100 are
sold outside the United States.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from motovault.domain.fuel_logs.entities import FuelType
from motovault.domain.fuel_logs.errors import GradeDoesNotFit

__all__ = ["GRADES", "check_grade"]

GRADES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        FuelType.GASOLINE: ("87", "88", "89", "91", "93", "95", "98", "100"),
        FuelType.DIESEL: ("#1", "#2"),
        FuelType.ELECTRIC: (),
    }
)


def check_grade(fuel_type: str | None, grade: str | None) -> None:
    """Refuse a grade that its fuel does not come in.

    Fuels without a list (ethanol, lpg, cng, hydrogen) take any grade.

    Raises:
        GradeDoesNotFit: For example ``87`` for diesel.
    """
    if fuel_type is None or grade is None:
        return
    if fuel_type in GRADES and grade not in GRADES[fuel_type]:
        raise GradeDoesNotFit(grade, fuel_type, GRADES[fuel_type])
