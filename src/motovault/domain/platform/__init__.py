"""The catalogue of vehicles, and which of its options a foreign value means."""

from motovault.domain.matching import (
    Confidence,
    OptionMatch,
    folded,
    in_option_order,
    match_option,
    normalised,
    option_order,
)
from motovault.domain.platform.entities import (
    CatalogueChanges,
    Engine,
    EngineId,
    EngineSpec,
    Transmission,
    TransmissionId,
    TransmissionSpec,
    VehicleOption,
)
from motovault.domain.platform.errors import CatalogueNotInstalled, CatalogueRightMissing
from motovault.domain.platform.held import HeldCatalogue, option_key
from motovault.domain.platform.repository import CatalogueRepository

__all__ = [
    "CatalogueChanges",
    "CatalogueNotInstalled",
    "CatalogueRepository",
    "CatalogueRightMissing",
    "Confidence",
    "Engine",
    "EngineId",
    "EngineSpec",
    "HeldCatalogue",
    "OptionMatch",
    "Transmission",
    "TransmissionId",
    "TransmissionSpec",
    "VehicleOption",
    "folded",
    "in_option_order",
    "match_option",
    "normalised",
    "option_key",
    "option_order",
]
