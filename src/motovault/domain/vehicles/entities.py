"""One vehicle of one user.

Source: table ``vehicles`` of the reference schema; ``distance_unit`` and
``odometer_read_at`` are ours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NewType
from uuid import UUID

import attrs

from motovault import vin as vins
from motovault.domain.fields import aware, checked, flag, identifier, optional, text, user_id
from motovault.domain.loading import terse_repr
from motovault.domain.vehicles.errors import VehicleWithoutIdentity
from motovault.errors import InvalidValue, redacted
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit, distance_unit

__all__ = ["Vehicle", "VehicleId"]

VehicleId = NewType("VehicleId", UUID)


def _whole(low: int, high: int) -> Any:
    def rule(value: Any, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidValue(field, value, f"must be a whole number from {low} to {high}")
        return value

    return rule


def _vin(value: Any, field: str) -> str | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return vins.parse(value, pre_standard=True).number


def _distance_unit(value: Any, field: str) -> DistanceUnit:
    return distance_unit(value)


def _redacted(vin: str | None) -> str:
    return repr(None if vin is None else redacted(vin))


@attrs.frozen(kw_only=True, weakref_slot=False, repr=False)
class Vehicle:
    """One vehicle of one user, live or deleted.

    Attributes:
        vin: 17 characters, or 5 to 17 for a vehicle before 1981; blanks and dashes go, letters become
            capitals. Whether a check digit must be right is for the service to say.
        model_year: The model year, where known; not the year of building.
        license_plate: As typed. A vehicle has a VIN or a plate.
        odometer_reading: What the owner last set by hand, whole ``distance_unit``; 0 is unknown.
        odometer_read_at: When that was set; None in rows that another application wrote.
        distance_unit: The dial's unit; None means the one of the owner's unit system.
        deleted_at: When it was deleted; deleted vehicles can be restored.
    """

    id: VehicleId = attrs.field(converter=checked(identifier))
    user_id: UserId = attrs.field(converter=checked(user_id))
    vin: str | None = attrs.field(default=None, converter=checked(_vin), repr=_redacted)
    make: str | None = attrs.field(default=None, converter=checked(text(100)))
    model: str | None = attrs.field(default=None, converter=checked(text(100)))
    model_year: int | None = attrs.field(default=None, converter=checked(optional(_whole(1885, 2100))))
    trim: str | None = attrs.field(default=None, converter=checked(text(100)))
    engine: str | None = attrs.field(default=None, converter=checked(text(100)))
    transmission: str | None = attrs.field(default=None, converter=checked(text(100)))
    nickname: str | None = attrs.field(default=None, converter=checked(text(100)))
    color: str | None = attrs.field(default=None, converter=checked(text(50)))
    license_plate: str | None = attrs.field(default=None, converter=checked(text(20)))
    odometer_reading: int | None = attrs.field(default=0, converter=checked(optional(_whole(0, 2**31 - 1))))
    image_bucket: str | None = attrs.field(default=None, converter=checked(text(128)))
    image_key: str | None = attrs.field(default=None, converter=checked(text(512)))
    is_active: bool = attrs.field(default=True, converter=checked(flag))
    deleted_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))
    created_at: datetime = attrs.field(converter=checked(aware))
    updated_at: datetime = attrs.field(converter=checked(aware))
    distance_unit: DistanceUnit | None = attrs.field(
        default=None, converter=checked(optional(_distance_unit))
    )
    odometer_read_at: datetime | None = attrs.field(default=None, converter=checked(optional(aware)))

    __repr__ = terse_repr

    def __attrs_post_init__(self) -> None:
        if self.vin is None and self.license_plate is None:
            raise VehicleWithoutIdentity

    @property
    def is_live(self) -> bool:
        """Neither deleted nor switched off: it stands in lists and counts."""
        return self.is_active and self.deleted_at is None

    @property
    def title(self) -> str:
        """What to call it: the nickname, else year, make and model, else the plate."""
        named = " ".join(str(part) for part in (self.model_year, self.make, self.model) if part)
        return self.nickname or named or self.license_plate or redacted(self.vin or "")
