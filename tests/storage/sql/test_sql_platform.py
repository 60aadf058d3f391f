"""SQLite and PostgreSQL keep the contract of platform: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import CatalogueRepositoryContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteCatalogueRepository(OurSqlite, CatalogueRepositoryContract):
    pass


class TestHostSqliteCatalogueRepository(HostSqlite, CatalogueRepositoryContract):
    pass


class TestPostgresCatalogueRepository(OurPostgres, CatalogueRepositoryContract):
    pass


class TestHostPostgresCatalogueRepository(HostPostgres, CatalogueRepositoryContract):
    pass


class TestGuardedPostgresCatalogueRepository(GuardedPostgres, CatalogueRepositoryContract):
    pass
