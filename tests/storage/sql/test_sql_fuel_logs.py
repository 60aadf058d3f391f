"""SQLite and PostgreSQL keep the contract of fuel_logs, on our engine and on a host's."""

from __future__ import annotations

from motovault.testing.contracts import FuelLogRepositoryContract
from tests.storage.sql.stores import HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteFuelLogRepository(OurSqlite, FuelLogRepositoryContract):
    pass


class TestHostSqliteFuelLogRepository(HostSqlite, FuelLogRepositoryContract):
    pass


class TestPostgresFuelLogRepository(OurPostgres, FuelLogRepositoryContract):
    pass


class TestHostPostgresFuelLogRepository(HostPostgres, FuelLogRepositoryContract):
    pass
