"""One user's preferences, and what they decide for every other capsule.

Source: table ``user_preferences`` of the reference schema; its defaults are
imperial, USD and America/New_York.
"""

from __future__ import annotations

import enum
import functools
import zoneinfo
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import attrs

from motovault.domain.fields import aware, checked, currency_code, identifier, user_id
from motovault.domain.user_preferences.errors import UnknownTimeZone
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit, FuelUnit

__all__ = ["UnitSystem", "UserPreferences", "schema_defaults"]


class UnitSystem(enum.StrEnum):
    """Which units stand where none were typed."""

    IMPERIAL = "imperial"
    """Miles and US gallons: what the reference application means by it."""
    METRIC = "metric"
    """Kilometres and litres."""

    @property
    def distance_unit(self) -> DistanceUnit:
        """The unit of a distance that was typed without one."""
        return DistanceUnit.MI if self is UnitSystem.IMPERIAL else DistanceUnit.KM

    @property
    def fuel_unit(self) -> FuelUnit:
        """The unit of an amount of fuel that was typed without one."""
        return FuelUnit.US_GAL if self is UnitSystem.IMPERIAL else FuelUnit.L


_zone = functools.cache(zoneinfo.ZoneInfo)


_NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})


def _unit_system(value: Any, field: str) -> UnitSystem:
    try:
        return UnitSystem(value)
    except ValueError:
        raise InvalidValue(field, value, "must be imperial or metric") from None


def _time_zone(value: Any, field: str) -> str:
    # What stands beside the names on some machines only: links to this machine's zone, and copies of the
    # database by another count of seconds.
    if not isinstance(value, str) or value.startswith(("posix/", "right/")) or value in _NO_ZONES:
        raise UnknownTimeZone(field, value)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(field, value) from None
    return value


@attrs.frozen(kw_only=True, weakref_slot=False)
class UserPreferences:
    """One user's units, currency and time zone."""

    id: UUID = attrs.field(converter=checked(identifier))
    user_id: UserId = attrs.field(converter=checked(user_id))
    unit_system: UnitSystem = attrs.field(default=UnitSystem.IMPERIAL, converter=checked(_unit_system))
    currency_code: str = attrs.field(default="USD", converter=checked(currency_code))
    time_zone: str = attrs.field(default="America/New_York", converter=checked(_time_zone))
    created_at: datetime = attrs.field(converter=checked(aware))
    updated_at: datetime = attrs.field(converter=checked(aware))

    def local_date(self, moment: datetime) -> date:
        """The user's calendar date at a moment. Raises InvalidValue for a moment without a time zone."""
        if moment.tzinfo is None:
            raise InvalidValue("moment", moment, "must carry a time zone")
        try:
            return moment.astimezone(_zone(self.time_zone)).date()
        except OverflowError:
            rule = "must lie between the years 1 and 9999 where the user is"
            raise InvalidValue("moment", moment, rule) from None


@functools.cache
def schema_defaults() -> UserPreferences:
    """What holds for a user who never chose: the defaults of the reference schema, bound to nobody."""
    never = datetime(1970, 1, 1, tzinfo=UTC)
    return UserPreferences(id=UUID(int=0), user_id=UserId("nobody"), created_at=never, updated_at=never)
