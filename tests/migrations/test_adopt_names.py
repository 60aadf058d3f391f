"""Adopting where names of ours are taken: indexes, constraints, and the tables of what was applied."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql import migrate
from motovault.storage.sql.adopt import AdoptionRefused, adopt
from tests.migrations.node_database import checksums

pytestmark = pytest.mark.migrations


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "ALTER TABLE vehicles ADD CONSTRAINT vehicles_user_id_id_key UNIQUE (user_id, id)",
            "vehicles, name vehicles_user_id_id_key: there is an index of vehicles, must be nothing",
        ),
        (
            "CREATE INDEX vehicles_live_vin_key ON vehicles (vin)",
            "vehicles, name vehicles_live_vin_key: there is an index of vehicles",
        ),
        ("CREATE TABLE fuel_logs_source_key (taken INTEGER)", "fuel_logs_source_key: there is a table"),
        (
            "CREATE INDEX idx_fuel_logs_vehicle_id_date_time_id ON fuel_logs (vehicle_id, date_time, id)",
            "name idx_fuel_logs_vehicle_id_date_time_id: there is an index of fuel_logs",
        ),
        (
            "ALTER TABLE documents ADD CONSTRAINT documents_user_id_vehicle_id_fkey CHECK (title <> '')",
            "documents, name documents_user_id_vehicle_id_fkey: there is a constraint of documents",
        ),
    ],
)
def test_a_name_of_ours_that_is_taken_is_a_misfit(node: sa.Engine, statement: str, says: str) -> None:
    _run(node, statement)
    for dry_run in (True, False):
        with pytest.raises(AdoptionRefused) as caught:
            adopt(node, dry_run=dry_run)
        (misfit,) = caught.value.misfits
        assert says in str(misfit)
        assert "which motovault gives; rename it" in str(misfit)


def _with_our_columns(node: sa.Engine) -> None:
    _run(
        node,
        "DROP TABLE _migrations",
        "CREATE TABLE _migrations (id SERIAL, capsule TEXT, file_name TEXT, sha256 TEXT,"
        " applied_at TIMESTAMPTZ DEFAULT now())",
        "INSERT INTO _migrations (capsule, file_name, sha256)"
        f" VALUES ('vehicles', '001_create_vehicles.sql', '{'0' * 64}')",
    )


def test_anothers_table_with_the_columns_of_ours_is_told_by_its_rows(node: sa.Engine) -> None:
    _with_our_columns(node)
    for refused in (migrate.status, migrate.upgrade):
        with pytest.raises(StorageFailure, match=r"another application's: it has rows that are not.*adopt"):
            refused(node)
    with node.connect() as connection:
        before = checksums(connection, {"_migrations": ["id", "file_name"]})
    assert adopt(node).state == "adopted"
    assert adopt(node).state == "adopted already"
    assert migrate.status(node).is_current
    assert migrate.upgrade(node) == ()
    with node.connect() as connection:
        assert checksums(connection, {"_migrations": ["id", "file_name"]}) == before


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ("id INTEGER", "it has no column applied_at, capsule, file_name, sha256"),
        (
            "capsule INTEGER, file_name TEXT, sha256 TEXT, applied_at TIMESTAMPTZ",
            "its column capsule holds no text",
        ),
    ],
)
def test_a_table_with_the_name_of_our_records_that_is_not_ours_is_refused(
    node: sa.Engine, columns: str, why: str
) -> None:
    _run(node, f"CREATE TABLE _motovault_migrations ({columns})")
    said = f"_motovault_migrations of this database is not motovault's, .*: {why}; rename it"
    for refused in (adopt, migrate.status, migrate.upgrade):
        with pytest.raises(StorageFailure, match=said):
            refused(node)
