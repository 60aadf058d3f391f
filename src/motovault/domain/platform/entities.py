"""The catalogue of vehicles: what is sold, not what somebody owns.

Source: tables ``engines``, ``transmissions`` and ``vehicle_options`` of the
reference schema. The catalogue belongs to no user. It suggests; it never
constrains what a vehicle may be called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NewType

import attrs

from motovault.domain.fields import aware, checked, optional, text
from motovault.errors import InvalidValue

__all__ = [
    "CatalogueChanges",
    "Engine",
    "EngineId",
    "EngineSpec",
    "Transmission",
    "TransmissionId",
    "TransmissionSpec",
    "VehicleOption",
    "catalogue_name",
    "model_year",
]

EngineId = NewType("EngineId", int)
TransmissionId = NewType("TransmissionId", int)

_FIRST_YEAR, _LAST_YEAR = 1885, 2100


def model_year(value: Any, field: str) -> int:
    """A model year: a whole number from 1885 to 2100."""
    if isinstance(value, bool) or not isinstance(value, int) or not _FIRST_YEAR <= value <= _LAST_YEAR:
        raise InvalidValue(field, value, f"must be a whole number from {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


def catalogue_name(longest: int, *, required: bool = False) -> Callable[[Any, str], str]:
    """A name as the catalogue spells it: blanks around it go, those inside become one; ``""`` is none."""
    trimmed = text(longest)

    def rule(value: Any, field: str) -> str:
        found = trimmed(" ".join(value.split()) if isinstance(value, str) else value, field) or ""
        if required and not found:
            raise InvalidValue(field, value, "must not be empty")
        return found

    return rule


def _detail(longest: int) -> Any:
    return attrs.field(default=None, converter=checked(text(longest)))


@attrs.frozen(kw_only=True, weakref_slot=False)
class EngineSpec:
    """An engine as a catalogue describes it. Details are text, as makers write them (``2.0L``, ``180 hp``).

    Attributes:
        name: Unique among engines without regard to case; blanks inside become one.
        configuration: How the cylinders stand, for example ``I4`` or ``V6``.
        fuel_type: The catalogue's own word; not a :class:`motovault.domain.fuel_logs.FuelType`.
    """

    name: str = attrs.field(converter=checked(catalogue_name(255, required=True)))
    displacement: str | None = _detail(50)
    configuration: str | None = _detail(50)
    horsepower: str | None = _detail(100)
    torque: str | None = _detail(100)
    fuel_type: str | None = _detail(100)
    fuel_system: str | None = _detail(255)
    aspiration: str | None = _detail(100)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Engine(EngineSpec):
    """An engine that the catalogue holds.

    Attributes:
        specs: Whatever another application wrote beside (``specs_json``); ours writes none.
        created_at: In UTC; None where another application left it out.
    """

    id: EngineId
    specs: Mapping[str, Any] | None = attrs.field(default=None, hash=False)
    created_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))
    updated_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))


@attrs.frozen(kw_only=True, weakref_slot=False)
class TransmissionSpec:
    """A transmission as a catalogue describes it.

    Attributes:
        type: Unique among transmissions without regard to case, for example ``6-Speed Automatic``.
        speeds: How many gears, as text.
        drive_type: Which wheels it drives, for example ``AWD``.
    """

    type: str = attrs.field(converter=checked(catalogue_name(100, required=True)))
    speeds: str | None = _detail(50)
    drive_type: str | None = _detail(100)


@attrs.frozen(kw_only=True, weakref_slot=False)
class Transmission(TransmissionSpec):
    """A transmission that the catalogue holds; ``created_at`` as of :class:`Engine`."""

    id: TransmissionId
    created_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))
    updated_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))


@attrs.frozen(kw_only=True, weakref_slot=False)
class VehicleOption:
    """One vehicle that can be chosen: a row of the catalogue.

    Two options are the same where year, make, model, trim, engine and
    transmission are, all names without regard to case.

    Attributes:
        model_year: From 1885 to 2100.
        make, model: At most 100 and 255 characters, spelled as the catalogue spells them.
        trim: At most 255 characters; ``""`` where the model comes in one trim, or nobody says which.
        engine, transmission: None where nobody says which.
    """

    model_year: int = attrs.field(converter=checked(model_year))
    make: str = attrs.field(converter=checked(catalogue_name(100, required=True)))
    model: str = attrs.field(converter=checked(catalogue_name(255, required=True)))
    trim: str = attrs.field(default="", converter=checked(catalogue_name(255)))
    engine: EngineSpec | None = None
    transmission: TransmissionSpec | None = None


@attrs.frozen(kw_only=True)
class CatalogueChanges:
    """What an import did to the catalogue. All zero but ``read`` where it held everything already.

    Attributes:
        read: Options that were given, those that came twice counted twice.
        added, removed: Options.
        engines_changed, transmissions_changed: Those whose spelling or details became others.
    """

    read: int = 0
    added: int = 0
    removed: int = 0
    engines_added: int = 0
    engines_changed: int = 0
    engines_removed: int = 0
    transmissions_added: int = 0
    transmissions_changed: int = 0
    transmissions_removed: int = 0

    @property
    def is_change(self) -> bool:
        """Whether the catalogue is another one than before."""
        return any(value for name, value in attrs.asdict(self).items() if name != "read")
