"""What can be wrong with a fuel log."""

from __future__ import annotations

from motovault.errors import Conflict, InvalidValue, NotFound

__all__ = ["FuelLogExists", "FuelLogNotFound", "GradeDoesNotFit", "NothingDriven"]


class FuelLogNotFound(NotFound):
    """No such fuel log of this user."""

    def __init__(self, key: object) -> None:
        super().__init__("fuel log", key)


class FuelLogExists(Conflict):
    """A fuel log with this id, or with this source key of the same vehicle, is kept already."""

    def __init__(self, rule: str = "this id is kept already") -> None:
        super().__init__("fuel log", rule)


class NothingDriven(InvalidValue):
    """Neither the odometer nor the trip distance is above 0."""

    def __init__(self) -> None:
        super().__init__("odometer", None, "is unknown and so is trip_distance: give one of the two, above 0")


class GradeDoesNotFit(InvalidValue):
    """A fuel grade is none of its fuel type."""

    def __init__(self, grade: str, fuel_type: str, known: tuple[str, ...]) -> None:
        grades = "one of " + ", ".join(known) if known else "left out"
        super().__init__("fuel_grade", grade, f"is no grade of {fuel_type}; it must be {grades}")
