"""Preferences in memory."""

from __future__ import annotations

from functools import partial
from typing import Self

from motovault.domain.user_preferences import UserPreferences
from motovault.errors import InvalidValue, NotFound
from motovault.storage.memory.transactions import Scope

__all__ = ["MemoryUserPreferencesRepository", "UserPreferencesRows"]


class UserPreferencesRows:
    """One user's one record, or none."""

    def __init__(self) -> None:
        self.record: UserPreferences | None = None

    def copy(self) -> Self:
        """The same record, apart."""
        copied = type(self)()
        copied.record = self.record
        return copied

    def set(self, record: UserPreferences | None) -> None:
        """Put the record, or none."""
        self.record = record


class MemoryUserPreferencesRepository:
    """:class:`motovault.domain.user_preferences.UserPreferencesRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find(self) -> UserPreferences | None:
        with self._scope.reading(UserPreferencesRows) as rows:
            return rows.record

    def get_or_add(self, preferences: UserPreferences, /) -> UserPreferences:
        self._refuse_others(preferences)
        with self._scope.writing(UserPreferencesRows) as (rows, _):
            if rows.record is None:
                self._scope.on_undo(partial(rows.set, None))
                rows.set(preferences)
                return preferences
            return rows.record

    def replace(self, preferences: UserPreferences, /) -> None:
        self._refuse_others(preferences)
        with self._scope.writing(UserPreferencesRows) as (rows, _):
            if rows.record is None:
                raise NotFound("preferences of user", self._scope.user_id)
            self._scope.on_undo(partial(rows.set, rows.record))
            rows.set(preferences)

    def _refuse_others(self, preferences: UserPreferences) -> None:
        if preferences.user_id != self._scope.user_id:
            raise InvalidValue("user_id", preferences.user_id, "is not the user whose preferences these are")
