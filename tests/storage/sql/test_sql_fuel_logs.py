"""SQLite and PostgreSQL keep the contract of fuel_logs: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import FuelLogRepositoryContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteFuelLogRepository(OurSqlite, FuelLogRepositoryContract):
    pass


class TestHostSqliteFuelLogRepository(HostSqlite, FuelLogRepositoryContract):
    pass


class TestPostgresFuelLogRepository(OurPostgres, FuelLogRepositoryContract):
    pass


class TestHostPostgresFuelLogRepository(HostPostgres, FuelLogRepositoryContract):
    pass


class TestGuardedPostgresFuelLogRepository(GuardedPostgres, FuelLogRepositoryContract):
    pass
