"""motovault: vehicles, fuel economy and upkeep, exactly.

    import motovault

    vault = motovault.open_vault("garage.db")
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 123", nickname="Daily")

Importing it loads no third-party package but attrs.
"""

from motovault.domain.fuel_logs import EconomyReport, FuelLog, FuelType, Interval
from motovault.domain.user_preferences import UnitSystem, UserPreferences
from motovault.domain.vehicles import Vehicle
from motovault.errors import Conflict, InvalidValue, MissingExtra, MotovaultError, NotFound, StorageFailure
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
    "NotFound",
    "Severity",
    "StorageFailure",
    "UnitSystem",
    "UserPreferences",
    "Vault",
    "Vehicle",
    "open_vault",
]
