"""What every store must do, stated once.

A subclass brings one fixture, ``store``: empty, new for each test, and of the
shape of :class:`motovault.vault.Store`. That is all there is to it:

.. code-block:: python

    class TestMyVehicles(VehicleRepositoryContract):
        @pytest.fixture
        def store(self, tmp_path):
            return MyStore(tmp_path)

What an atomic unit of work promises after a failed write inside it that was
caught inside it too, without a ``join`` around, is left open: databases differ.
"""

from motovault.errors import MissingExtra

try:
    import pytest  # noqa: F401 - looked for here, once
except ModuleNotFoundError as missing:
    raise MissingExtra("testing", "pytest") from missing

from motovault.testing.contracts.fuel_logs import FuelLogRepositoryContract
from motovault.testing.contracts.maintenance import (
    MaintenanceLogRepositoryContract,
    MaintenanceScheduleRepositoryContract,
)
from motovault.testing.contracts.odometer import OdometerRepositoryContract
from motovault.testing.contracts.platform import CatalogueRepositoryContract
from motovault.testing.contracts.units_of_work import UnitOfWorkContract
from motovault.testing.contracts.user_preferences import UserPreferencesRepositoryContract
from motovault.testing.contracts.vehicles import VehicleRepositoryContract

__all__ = [
    "CatalogueRepositoryContract",
    "FuelLogRepositoryContract",
    "MaintenanceLogRepositoryContract",
    "MaintenanceScheduleRepositoryContract",
    "OdometerRepositoryContract",
    "UnitOfWorkContract",
    "UserPreferencesRepositoryContract",
    "VehicleRepositoryContract",
]
