"""How one user likes to see things: units, currency, time zone."""

from motovault.domain.user_preferences.entities import UnitSystem, UserPreferences, schema_defaults
from motovault.domain.user_preferences.errors import UnknownTimeZone
from motovault.domain.user_preferences.repository import UserPreferencesRepository

__all__ = ["UnitSystem", "UnknownTimeZone", "UserPreferences", "UserPreferencesRepository", "schema_defaults"]
