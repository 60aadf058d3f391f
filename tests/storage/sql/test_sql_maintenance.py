"""SQLite and PostgreSQL keep the contracts of maintenance: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import (
    MaintenanceLogRepositoryContract,
    MaintenanceScheduleRepositoryContract,
)
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteMaintenanceLogRepository(OurSqlite, MaintenanceLogRepositoryContract):
    pass


class TestSqliteMaintenanceScheduleRepository(OurSqlite, MaintenanceScheduleRepositoryContract):
    pass


class TestHostSqliteMaintenanceLogRepository(HostSqlite, MaintenanceLogRepositoryContract):
    pass


class TestHostSqliteMaintenanceScheduleRepository(HostSqlite, MaintenanceScheduleRepositoryContract):
    pass


class TestPostgresMaintenanceLogRepository(OurPostgres, MaintenanceLogRepositoryContract):
    pass


class TestPostgresMaintenanceScheduleRepository(OurPostgres, MaintenanceScheduleRepositoryContract):
    pass


class TestHostPostgresMaintenanceLogRepository(HostPostgres, MaintenanceLogRepositoryContract):
    pass


class TestHostPostgresMaintenanceScheduleRepository(HostPostgres, MaintenanceScheduleRepositoryContract):
    pass


class TestGuardedPostgresMaintenanceLogRepository(GuardedPostgres, MaintenanceLogRepositoryContract):
    pass


class TestGuardedPostgresMaintenanceScheduleRepository(
    GuardedPostgres, MaintenanceScheduleRepositoryContract
):
    pass
