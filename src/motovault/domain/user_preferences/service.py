"""Reading and changing one user's preferences."""

from __future__ import annotations

from typing import Protocol

import attrs

from motovault.domain.user_preferences.entities import UnitSystem, UserPreferences, schema_defaults
from motovault.domain.user_preferences.repository import UserPreferencesRepository
from motovault.ports import Clock, NewId, OpensUnitOfWork, UnitOfWork, UserId

__all__ = ["UserPreferencesService"]


class UserPreferencesUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch."""

    @property
    def user_preferences(self) -> UserPreferencesRepository: ...


class UserPreferencesService:
    """What one user prefers; every call is one transaction, or joins the one that is open."""

    def __init__(
        self,
        user_id: UserId,
        unit_of_work: OpensUnitOfWork[UserPreferencesUnitOfWork],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._user_id = user_id
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._new_id = new_id

    def get(self) -> UserPreferences:
        """The user's preferences, made with the schema's defaults on the first call."""
        with self._unit_of_work() as work:
            return work.user_preferences.find() or work.user_preferences.get_or_add(self._defaults())

    def peek(self) -> UserPreferences:
        """The same without keeping anything: the schema's defaults for a user who never chose."""
        with self._unit_of_work() as work:
            return work.user_preferences.find() or schema_defaults()

    def change(
        self,
        *,
        unit_system: UnitSystem | str | None = None,
        currency_code: str | None = None,
        time_zone: str | None = None,
    ) -> UserPreferences:
        """Change what is given, keep the rest.

        Args:
            unit_system: ``imperial`` or ``metric``.
            currency_code: Three capital letters of ISO 4217.
            time_zone: A name of the IANA database.

        Raises:
            InvalidValue: A value breaks its rule; nothing is changed.
        """
        given = {"unit_system": unit_system, "currency_code": currency_code, "time_zone": time_zone}
        with self._unit_of_work(atomic=True) as work:
            kept = work.user_preferences.get_or_add(self._defaults())
            changes = {name: value for name, value in given.items() if value is not None}
            changed = attrs.evolve(kept, **changes, updated_at=self._clock.now())
            work.user_preferences.replace(changed)
            return changed

    def _defaults(self) -> UserPreferences:
        now = self._clock.now()
        return UserPreferences(id=self._new_id(), user_id=self._user_id, created_at=now, updated_at=now)
