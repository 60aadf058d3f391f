"""The catalogue of vehicles, and which of its options a foreign value means."""

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
from motovault.domain.platform.errors import CatalogueNotInstalled
from motovault.domain.platform.held import HeldCatalogue, option_key
from motovault.domain.platform.matching import (
    Confidence,
    OptionMatch,
    folded,
    match_option,
    normalised,
    option_order,
)
from motovault.domain.platform.repository import CatalogueRepository

__all__ = [
    "CatalogueChanges",
    "CatalogueNotInstalled",
    "CatalogueRepository",
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
    "match_option",
    "normalised",
    "option_key",
    "option_order",
]
