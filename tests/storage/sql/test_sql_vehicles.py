"""SQLite and PostgreSQL keep the contract of vehicles, on our engine and on a host's."""

from __future__ import annotations

from motovault.testing.contracts import VehicleRepositoryContract
from tests.storage.sql.stores import HostPostgres, HostSqlite, OurPostgres, OurSqlite


class TestSqliteVehicleRepository(OurSqlite, VehicleRepositoryContract):
    pass


class TestHostSqliteVehicleRepository(HostSqlite, VehicleRepositoryContract):
    pass


class TestPostgresVehicleRepository(OurPostgres, VehicleRepositoryContract):
    pass


class TestHostPostgresVehicleRepository(HostPostgres, VehicleRepositoryContract):
    pass
