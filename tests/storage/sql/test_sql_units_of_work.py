"""SQLite and PostgreSQL keep the contract of units_of_work: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import UnitOfWorkContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteUnitOfWork(OurSqlite, UnitOfWorkContract):
    pass


class TestHostSqliteUnitOfWork(HostSqlite, UnitOfWorkContract):
    pass


class TestPostgresUnitOfWork(OurPostgres, UnitOfWorkContract):
    pass


class TestHostPostgresUnitOfWork(HostPostgres, UnitOfWorkContract):
    pass


class TestGuardedPostgresUnitOfWork(GuardedPostgres, UnitOfWorkContract):
    pass
