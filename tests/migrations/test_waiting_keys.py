"""Keys that rows of another application break: reported, waiting until those are mended, added then."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

import motovault
from motovault.storage.sql import migrate, shipped
from motovault.storage.sql.adopt import adopt
from tests.migrations import node_database, reference_schema
from tests.migrations.node_database import ANA, BOB, checksums, vehicle_id

pytestmark = pytest.mark.migrations

VIN = "1HGCM82633A004352"


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _two_of_a_vin(node: sa.Engine) -> None:
    _run(
        node,
        f"UPDATE vehicles SET vin = '{VIN}'",  # of two users: allowed
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(7)}', '{BOB}', '{VIN}')",
        "INSERT INTO vehicles (id, user_id, vin, is_active)"
        f" VALUES ('{vehicle_id(8)}', '{BOB}', '{VIN}', false)",
    )


def test_two_live_vehicles_of_a_vin_are_reported_and_the_index_waits(node: sa.Engine) -> None:
    _two_of_a_vin(node)
    (planned,) = adopt(node, dry_run=True).waiting
    found = adopt(node)
    (waiting,) = found.waiting
    assert waiting == planned
    assert (waiting.name, waiting.table, waiting.count) == ("vehicles_live_vin_key", "vehicles", 2)
    assert waiting.ids == (vehicle_id(2), vehicle_id(7))
    assert VIN not in str(found) + str(waiting)
    status = migrate.status(node)
    assert status.is_current
    assert status.waiting == (waiting,)
    assert "waiting: vehicles_live_vin_key on vehicles: 2 rows break the rule" in str(status)
    with motovault.open_vault(engine=node) as vault:
        assert len(vault.garage(BOB).vehicles.list()) == 2
    assert migrate.upgrade(node) == ()
    assert migrate.status(node).waiting == (waiting,)


def test_once_the_vins_are_mended_migrate_adds_the_index(node: sa.Engine) -> None:
    _two_of_a_vin(node)
    adopt(node)
    _run(node, f"UPDATE vehicles SET vin = NULL WHERE id = '{vehicle_id(7)}'")
    (ready,) = migrate.status(node).waiting
    assert (ready.count, ready.ids) == (0, ())
    assert "can be added: run motovault migrate" in str(ready)
    migrate.upgrade(node)
    assert migrate.status(node).waiting == ()
    with pytest.raises(IntegrityError, match="vehicles_live_vin_key"):
        _run(node, f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(9)}', '{BOB}', '{VIN}')")


TABLES = ("fuel_logs", "maintenance_logs", "maintenance_schedules", "documents")


@pytest.mark.parametrize("table", TABLES)
def test_a_child_of_anothers_vehicle_is_reported_kept_and_no_new_one_let_in(
    node: sa.Engine, table: str
) -> None:
    _run(node, f"UPDATE {table} SET user_id = '{ANA}'")
    with node.connect() as connection:
        before = checksums(connection, {table: ["id", "user_id", "vehicle_id"]})
        ids = connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY id DESC").scalars().all()
    (waiting,) = adopt(node).waiting
    assert (waiting.name, waiting.count) == (f"{table}_user_id_vehicle_id_fkey", 1)
    assert waiting.ids == (str(ids[0]),)
    with node.connect() as connection:
        assert checksums(connection, {table: ["id", "user_id", "vehicle_id"]}) == before
    assert migrate.status(node).waiting == (waiting,)
    inserts = dict(node_database.rows(ANA, 5))
    with pytest.raises(IntegrityError):
        _run(node, inserts[table].replace(vehicle_id(5), vehicle_id(2)))
    _run(node, f"UPDATE {table} SET user_id = '{BOB}' WHERE vehicle_id = '{vehicle_id(2)}'")
    migrate.upgrade(node)
    assert migrate.status(node).waiting == ()
    with node.connect() as connection:
        asked = f"SELECT convalidated FROM pg_constraint WHERE conname = '{waiting.name}'"
        assert connection.exec_driver_sql(asked).scalar_one() is True


def test_what_can_be_added_is_added_while_the_rest_waits_on(node: sa.Engine) -> None:
    _two_of_a_vin(node)
    _run(node, *(f"UPDATE {table} SET user_id = '{ANA}'" for table in TABLES))
    assert len(adopt(node).waiting) == 5
    _run(node, "DELETE FROM documents")
    migrate.upgrade(node)
    assert [key.table for key in migrate.status(node).waiting] == [
        *("vehicles", "fuel_logs", "maintenance_logs", "maintenance_schedules")
    ]


def test_several_vehicles_with_an_empty_vin_keep_nobody_from_the_index(node: sa.Engine) -> None:
    """The application writes '' where there is no VIN."""
    _run(
        node,
        "UPDATE vehicles SET vin = ''",
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(7)}', '{BOB}', '')",
    )
    assert adopt(node).waiting == ()
    assert migrate.status(node).waiting == ()
    _run(
        node,
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(8)}', '{BOB}', '')",
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(9)}', '{BOB}', '{VIN}')",
    )
    with motovault.open_vault(engine=node) as vault:
        found = [vehicle.vin for vehicle in vault.garage(BOB).vehicles.list()]
    assert sorted(found, key=str) == [VIN, None, None, None]
    with pytest.raises(IntegrityError, match="vehicles_live_vin_key"):
        _run(node, f"UPDATE vehicles SET vin = '{VIN}' WHERE user_id = '{BOB}'")


def test_the_index_of_an_earlier_version_is_made_anew_or_waits_on(
    node: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _two_of_a_vin(node)
    older = tmp_path / "older"
    copytree(shipped.migrations_folder(), older)
    (older / "vehicles" / "004_take_empty_vin_for_none.py").unlink()
    with monkeypatch.context() as patch:
        for module in (shipped, migrate):
            patch.setattr(module, "migrations_folder", lambda: older)
        shipped.shipped.cache_clear()
        adopt(node)
    shipped.shipped.cache_clear()
    assert migrate.upgrade(node) == ("vehicles/004_take_empty_vin_for_none.py",)
    (waiting,) = migrate.status(node).waiting
    assert (waiting.name, waiting.count) == ("vehicles_live_vin_key", 2)
    _run(node, f"UPDATE vehicles SET vin = '' WHERE id = '{vehicle_id(7)}'")
    migrate.upgrade(node)
    assert migrate.status(node).waiting == ()


def test_rows_that_policies_hide_are_not_counted_and_migrate_looks_at_all(
    node: sa.Engine, theirs: sa.Engine
) -> None:
    tables = (*reference_schema.TABLES, "_migrations")
    _run(node, *(f"ALTER TABLE {table} OWNER TO {theirs.url.username}" for table in tables))
    _two_of_a_vin(node)
    adopt(theirs)
    migrate.upgrade(theirs, row_level_security="forced")
    for _ in range(2):
        (waiting,) = migrate.status(theirs).waiting
        assert (waiting.name, waiting.count, waiting.ids) == ("vehicles_live_vin_key", None, ())
        assert "row-level security hides rows" in str(waiting)
        assert "can be added" not in str(waiting)
        assert "as the tables' owner" in str(waiting)
        migrate.upgrade(theirs)
    (counted,) = migrate.status(node).waiting  # a superuser sees all
    assert counted.count == 2
    _run(node, f"UPDATE vehicles SET vin = '' WHERE id = '{vehicle_id(7)}'")
    migrate.upgrade(theirs)
    assert migrate.status(theirs).waiting == ()
