"""SQLite and PostgreSQL keep the contract of odometer: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import OdometerRepositoryContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteOdometerRepository(OurSqlite, OdometerRepositoryContract):
    pass


class TestHostSqliteOdometerRepository(HostSqlite, OdometerRepositoryContract):
    pass


class TestPostgresOdometerRepository(OurPostgres, OdometerRepositoryContract):
    pass


class TestHostPostgresOdometerRepository(HostPostgres, OdometerRepositoryContract):
    pass


class TestGuardedPostgresOdometerRepository(GuardedPostgres, OdometerRepositoryContract):
    pass
