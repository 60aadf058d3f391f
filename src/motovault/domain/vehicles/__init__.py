"""Vehicles: what is owned, by VIN or plate, how its names are written, and what its VIN tells."""

from motovault.domain.vehicles.basic_decoder import BasicVinDecoder
from motovault.domain.vehicles.decoding import Confidence, DecodedField, DecodedVin, VinDecoder
from motovault.domain.vehicles.entities import Vehicle, VehicleId
from motovault.domain.vehicles.errors import (
    CheckDigitMismatch,
    VehicleExists,
    VehicleNotFound,
    VehicleWithoutIdentity,
)
from motovault.domain.vehicles.matching import CatalogueVinDecoder, KnowsOptions
from motovault.domain.vehicles.names import make_name, model_name
from motovault.domain.vehicles.repository import VehicleRepository

__all__ = [
    "BasicVinDecoder",
    "CatalogueVinDecoder",
    "CheckDigitMismatch",
    "Confidence",
    "DecodedField",
    "DecodedVin",
    "KnowsOptions",
    "Vehicle",
    "VehicleExists",
    "VehicleId",
    "VehicleNotFound",
    "VehicleRepository",
    "VehicleWithoutIdentity",
    "VinDecoder",
    "make_name",
    "model_name",
]
