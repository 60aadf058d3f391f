"""Hypothesis strategies for everything that motovault keeps.

.. code-block:: python

    from hypothesis import given
    from motovault.testing import strategies as mv

    @given(mv.fuel_log_histories())
    def test_my_statistics(history):
        ...
"""

from motovault.errors import MissingExtra

try:
    import hypothesis  # noqa: F401 - looked for here, once
except ModuleNotFoundError as missing:
    raise MissingExtra("testing", "hypothesis") from missing

from motovault.testing.strategies.entities import (
    amounts,
    fuel_logs,
    moments,
    texts,
    user_preferences,
    vehicles,
)
from motovault.testing.strategies.histories import (
    FEATURES,
    FuelLogHistory,
    TrueInterval,
    fuel_log_histories,
)
from motovault.testing.strategies.maintenance import (
    MaintenanceHistory,
    maintenance_histories,
    maintenance_logs,
    maintenance_schedules,
)
from motovault.testing.strategies.platform import engine_specs, transmission_specs, vehicle_options
from motovault.testing.strategies.vins import INVALID_VIN_KINDS, MAKES, invalid_vins, vins

__all__ = [
    "FEATURES",
    "INVALID_VIN_KINDS",
    "MAKES",
    "FuelLogHistory",
    "MaintenanceHistory",
    "TrueInterval",
    "amounts",
    "engine_specs",
    "fuel_log_histories",
    "fuel_logs",
    "invalid_vins",
    "maintenance_histories",
    "maintenance_logs",
    "maintenance_schedules",
    "moments",
    "texts",
    "transmission_specs",
    "user_preferences",
    "vehicle_options",
    "vehicles",
    "vins",
]
