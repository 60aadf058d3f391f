"""SQLite and PostgreSQL keep the contract of vehicles: our engine, a host's, row-level security."""

from __future__ import annotations

from motovault.testing.contracts import VehicleRepositoryContract
from tests.storage.sql.stores import GuardedPostgres, HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteVehicleRepository(OurSqlite, VehicleRepositoryContract):
    pass


class TestHostSqliteVehicleRepository(HostSqlite, VehicleRepositoryContract):
    pass


class TestPostgresVehicleRepository(OurPostgres, VehicleRepositoryContract):
    pass


class TestHostPostgresVehicleRepository(HostPostgres, VehicleRepositoryContract):
    pass


class TestGuardedPostgresVehicleRepository(GuardedPostgres, VehicleRepositoryContract):
    pass
