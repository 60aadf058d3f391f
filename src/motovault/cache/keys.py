"""Under which keys answers are kept, and for how long.

Source: the reference system's key schema. Where it names a unit system, ours
says ``typed``: entities keep the figures and units that were typed, so that one
list serves whichever units the owner reads in, and a change of units makes no
entry stale. Values of another application, which converts, stand under other keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote
from uuid import UUID

__all__ = [
    "DROPDOWN_SECONDS",
    "LIST_SECONDS",
    "VIN_DECODE_SECONDS",
    "dropdown",
    "fuel_logs",
    "maintenance_logs",
    "maintenance_schedules",
    "vehicles",
    "vin_decode",
]

LIST_SECONDS: Final = 300.0
DROPDOWN_SECONDS: Final = 6 * 3600.0
VIN_DECODE_SECONDS: Final = 7 * 86400.0

_UNITS: Final = "typed"


def vehicles(user_id: str) -> str:
    """The live vehicles of one user.

    >>> vehicles("auth0|ana")
    'vehicles:user:auth0|ana'
    """
    return f"vehicles:user:{user_id}"


def fuel_logs(vehicle_id: UUID) -> str:
    """The fuel logs of one vehicle."""
    return f"fuel-logs:vehicle:{vehicle_id}:{_UNITS}"


def maintenance_logs(vehicle_id: UUID) -> str:
    """What was done on one vehicle."""
    return f"maintenance-logs:vehicle:{vehicle_id}:{_UNITS}"


def maintenance_schedules(vehicle_id: UUID) -> str:
    """What recurs on one vehicle."""
    return f"maintenance-schedules:vehicle:{vehicle_id}:{_UNITS}"


def dropdown(data_type: str, params: Mapping[str, object]) -> str:
    """One list of the catalogue; the parameters in the order of their names, so that theirs does not matter.

    >>> dropdown("models", {"year": 2019, "make": "Land Rover"})
    'dropdown:models:make=Land%20Rover&year=2019'
    """
    given = "&".join(f"{name}={quote(str(params[name]), safe='')}" for name in sorted(params))
    return f"dropdown:{data_type}:{given}"


def vin_decode(vin: str) -> str:
    """What a VIN says, in its one right form. The VIN is whole in the key."""
    return f"vin:decode:{vin}"
