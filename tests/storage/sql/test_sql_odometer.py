"""SQLite and PostgreSQL keep the contract of odometer, on our engine and on a host's."""

from __future__ import annotations

from motovault.testing.contracts import OdometerRepositoryContract
from tests.storage.sql.stores import HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteOdometerRepository(OurSqlite, OdometerRepositoryContract):
    pass


class TestHostSqliteOdometerRepository(HostSqlite, OdometerRepositoryContract):
    pass


class TestPostgresOdometerRepository(OurPostgres, OdometerRepositoryContract):
    pass


class TestHostPostgresOdometerRepository(HostPostgres, OdometerRepositoryContract):
    pass
