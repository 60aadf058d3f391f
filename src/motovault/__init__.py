"""motovault: vehicles, fuel economy and upkeep, exactly.

    import motovault

    vault = motovault.open_vault("garage.db")
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 123", nickname="Daily")

Importing it loads no third-party package but attrs, and each name's module
only when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motovault.domain.fuel_logs import EconomyReport, FuelLog, FuelType, Interval
    from motovault.domain.user_preferences import UnitSystem, UserPreferences
    from motovault.domain.vehicles import Vehicle
    from motovault.errors import (
        Conflict,
        InvalidValue,
        MissingExtra,
        MotovaultError,
        NotAllowed,
        NotFound,
        StorageFailure,
    )
    from motovault.findings import Finding, Severity
    from motovault.vault import Garage, Vault, open_vault

__version__ = "0.1.0"

__all__ = [
    "Conflict",
    "EconomyReport",
    "Finding",
    "FuelLog",
    "FuelType",
    "Garage",
    "Interval",
    "InvalidValue",
    "MissingExtra",
    "MotovaultError",
    "NotAllowed",
    "NotFound",
    "Severity",
    "StorageFailure",
    "UnitSystem",
    "UserPreferences",
    "Vault",
    "Vehicle",
    "open_vault",
]

_HOMES = {
    "motovault.domain.fuel_logs": ("EconomyReport", "FuelLog", "FuelType", "Interval"),
    "motovault.domain.user_preferences": ("UnitSystem", "UserPreferences"),
    "motovault.domain.vehicles": ("Vehicle",),
    "motovault.errors": (
        *("Conflict", "InvalidValue", "MissingExtra", "MotovaultError", "NotAllowed", "NotFound"),
        "StorageFailure",
    ),
    "motovault.findings": ("Finding", "Severity"),
    "motovault.vault": ("Garage", "Vault", "open_vault"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
