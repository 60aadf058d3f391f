"""What can be wrong with a maintenance log or a maintenance schedule."""

from __future__ import annotations

from motovault.errors import Conflict, InvalidValue, NotFound

__all__ = [
    "MaintenanceLogExists",
    "MaintenanceLogNotFound",
    "MaintenanceScheduleExists",
    "MaintenanceScheduleNotFound",
    "NoInterval",
    "NoSubtypes",
    "UnknownCategory",
    "UnknownSubtype",
]


class MaintenanceLogNotFound(NotFound):
    """No such maintenance log of this user."""

    def __init__(self, key: object) -> None:
        super().__init__("maintenance log", key)


class MaintenanceLogExists(Conflict):
    """A maintenance log with this id, or with this source key of the same vehicle, is kept already."""

    def __init__(self, rule: str = "this id is kept already") -> None:
        super().__init__("maintenance log", rule)


class MaintenanceScheduleNotFound(NotFound):
    """No such maintenance schedule of this user."""

    def __init__(self, key: object) -> None:
        super().__init__("maintenance schedule", key)


class MaintenanceScheduleExists(Conflict):
    """A maintenance schedule with this id, or with this source key of the same vehicle, is kept already."""

    def __init__(self, rule: str = "this id is kept already") -> None:
        super().__init__("maintenance schedule", rule)


class UnknownCategory(InvalidValue):
    """Work of no category that there is.

    Attributes:
        known: Those that there are.
    """

    def __init__(self, category: object, known: tuple[str, ...]) -> None:
        super().__init__("category", category, "must be one of " + ", ".join(known))
        self.known = known


class NoSubtypes(InvalidValue):
    """Work of which nobody says what it was."""

    def __init__(self, category: str) -> None:
        super().__init__("subtypes", (), f"must name at least one subtype of {category}")
        self.category = category


class UnknownSubtype(InvalidValue):
    """Work that is not of its category.

    Attributes:
        category: The category that was given.
        near: What may have been meant; all of the category where nothing is near.
    """

    def __init__(self, subtype: object, category: str, near: tuple[str, ...]) -> None:
        super().__init__(
            "subtypes", subtype, f"is no subtype of {category}; it has, for example, {', '.join(near[:5])}"
        )
        self.category = category
        self.near = near


class NoInterval(InvalidValue):
    """A schedule that never falls due."""

    def __init__(self) -> None:
        super().__init__(
            "interval_months", None, "is not given, nor interval_days or interval_distance: give at least one"
        )
