"""What can be wrong with a vehicle. A VIN never stands whole in a text."""

from __future__ import annotations

from motovault.errors import Conflict, InvalidValue, NotFound, redacted

__all__ = ["CheckDigitMismatch", "VehicleExists", "VehicleNotFound", "VehicleWithoutIdentity"]


class VehicleNotFound(NotFound):
    """No such vehicle of this user."""

    def __init__(self, key: object) -> None:
        super().__init__("vehicle", key)


class VehicleExists(Conflict):
    """One user cannot have the same VIN twice among live vehicles, nor the same id twice."""

    def __init__(self, rule: str = "this id is kept already") -> None:
        super().__init__("vehicle", rule)


class VehicleWithoutIdentity(InvalidValue):
    """Neither a VIN nor a licence plate was given."""

    def __init__(self) -> None:
        super().__init__("vin", None, "is missing and so is license_plate: give one of the two")


class CheckDigitMismatch(InvalidValue):
    """The check digit of a VIN, where the law demands one, is wrong.

    Attributes:
        expected: The digit that the other 16 characters demand.
        suggestions: VINs that differ by one likely misreading and are right.
    """

    def __init__(self, vin: str, expected: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(
            "vin",
            redacted(vin),
            f"has {vin[8]} at position 9 where the check digit must be {expected}; compare it with the plate "
            "on the car, or pass allow_check_digit_mismatch=True",
        )
        self.expected = expected
        self.suggestions = suggestions
