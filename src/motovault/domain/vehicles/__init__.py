"""Vehicles: what is owned, by VIN or plate, and how its names are written."""

from motovault.domain.vehicles.entities import Vehicle, VehicleId
from motovault.domain.vehicles.errors import (
    CheckDigitMismatch,
    VehicleExists,
    VehicleNotFound,
    VehicleWithoutIdentity,
)
from motovault.domain.vehicles.names import make_name, model_name
from motovault.domain.vehicles.repository import VehicleRepository

__all__ = [
    "CheckDigitMismatch",
    "Vehicle",
    "VehicleExists",
    "VehicleId",
    "VehicleNotFound",
    "VehicleRepository",
    "VehicleWithoutIdentity",
    "make_name",
    "model_name",
]
