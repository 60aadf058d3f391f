"""Where one user's preferences are kept."""

from __future__ import annotations

from typing import Protocol

from motovault.domain.user_preferences.entities import UserPreferences

__all__ = ["UserPreferencesRepository"]


class UserPreferencesRepository(Protocol):
    """The one record of the user that the repository is bound to.

    Writing one whose ``user_id`` is another user's raises InvalidValue.
    """

    def find(self) -> UserPreferences | None:
        """The user's preferences, or None if none were ever kept."""
        ...

    def get_or_add(self, preferences: UserPreferences, /) -> UserPreferences:
        """What is kept; keeps ``preferences`` first if nothing is, also when two do so at once."""
        ...

    def replace(self, preferences: UserPreferences, /) -> None:
        """Keep a changed record. Raises NotFound if none is kept."""
        ...
