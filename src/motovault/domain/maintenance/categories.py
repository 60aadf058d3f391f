"""Which work there is: three categories, and the subtypes of each.

Source: the reference application. Reading accepts other words, which an
existing database may hold; writing does not.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from motovault.domain.maintenance.entities import Category
from motovault.domain.maintenance.errors import NoSubtypes, UnknownCategory, UnknownSubtype

__all__ = ["SUBTYPES", "check_work", "label"]

SUBTYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Category.ROUTINE_MAINTENANCE: (
            "Accelerator Pedal",
            "Air Filter Element",
            "Brakes and Traction Control",
            "Cabin Air Filter / Purifier",
            "Coolant",
            "Doors",
            "Drive Belt",
            "Engine Oil",
            "Evaporative Emissions System",
            "Exhaust System",
            "Fluid - A/T",
            "Fluid - Differential",
            "Fluid - M/T",
            "Fluid Filter - A/T",
            "Fluids",
            "Fuel Delivery and Air Induction",
            "Hood Shock / Support",
            "Neutral Safety Switch",
            "Parking Brake System",
            "Restraints and Safety Systems",
            "Shift Interlock A/T",
            "Spark Plug",
            "Steering and Suspension",
            "Tires",
            "Trunk / Liftgate Shock / Support",
            "Washer Fluid",
            "Wiper Blade",
        ),
        Category.REPAIR: ("Engine", "Transmission", "Drivetrain", "Exterior", "Interior"),
        Category.PERFORMANCE_UPGRADE: ("Engine", "Drivetrain", "Suspension", "Wheels/Tires", "Exterior"),
    }
)
"""The subtypes of each category, in the order of the reference application."""


def check_work(category: str, subtypes: Iterable[str]) -> None:
    """Refuse a category that there is not, no subtype at all, or one that is not of the category.

    Raises:
        UnknownCategory: Not one of :class:`Category`.
        NoSubtypes: At least one is needed.
        UnknownSubtype: Not of this category; the error names near ones.

    >>> check_work("repair", ["Engine"])
    """
    if category not in SUBTYPES:
        raise UnknownCategory(category, tuple(Category))
    known = SUBTYPES[category]
    given = tuple(subtypes)
    if not given:
        raise NoSubtypes(category)
    for subtype in given:
        if subtype not in known:
            near = difflib.get_close_matches(subtype, known, n=3, cutoff=0.5)
            raise UnknownSubtype(subtype, category, tuple(near) or known)


def label(category: str, subtypes: Iterable[str]) -> str:
    """``Category (count)``, as a list shows it.

    >>> label("routine_maintenance", ["Engine Oil", "Tires"])
    'Routine Maintenance (2)'
    """
    return f"{category.replace('_', ' ').title()} ({len(tuple(subtypes))})"
