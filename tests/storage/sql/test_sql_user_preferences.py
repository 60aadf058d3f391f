"""SQLite and PostgreSQL keep the contract of user_preferences: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import UserPreferencesRepositoryContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteUserPreferencesRepository(OurSqlite, UserPreferencesRepositoryContract):
    pass


class TestHostSqliteUserPreferencesRepository(HostSqlite, UserPreferencesRepositoryContract):
    pass


class TestPostgresUserPreferencesRepository(OurPostgres, UserPreferencesRepositoryContract):
    pass


class TestHostPostgresUserPreferencesRepository(HostPostgres, UserPreferencesRepositoryContract):
    pass


class TestGuardedPostgresUserPreferencesRepository(GuardedPostgres, UserPreferencesRepositoryContract):
    pass
