"""Row-level security is switched with a migration, stays as it was left, and hides no row from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql import make_engine, migrate
from motovault.storage.sql.row_level_security import Wish, around_migration, state, user_columns
from tests import scratch
from tests.migrations.conftest import OwnFiles

PART = ["vehicles", "user_preferences"]


@pytest.fixture
def owner(postgres_url: str) -> Iterator[sa.Engine]:
    """An empty database as its owner, who is no superuser: whom forcing binds."""
    with scratch.role(postgres_url) as role, scratch.database(postgres_url) as url:
        server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"GRANT ALL ON SCHEMA public TO {role}")
        server.dispose()
        made = make_engine(scratch.as_role(url, role))
        yield made
        made.dispose()


def _count(connection: sa.Connection, user: str | None = None) -> int:
    if user is not None:
        connection.execute(sa.select(sa.func.set_config("motovault.user_id", user, True)))
    return int(connection.exec_driver_sql("SELECT count(*) FROM vehicles").scalar_one())


def _seen(engine: sa.Engine, user: str | None = None) -> int:
    with engine.connect() as connection:
        return _count(connection, user)


def _keep_one(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.select(sa.func.set_config("motovault.user_id", "ana", True)))
        connection.exec_driver_sql("INSERT INTO vehicles (id, user_id) VALUES (gen_random_uuid(), 'ana')")


def _policies(engine: sa.Engine) -> list[tuple[object, ...]]:
    text = (
        "SELECT c.oid, p.oid, c.relrowsecurity, c.relforcerowsecurity, pg_get_expr(p.polqual, c.oid) "
        "FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
        "AND (p.oid IS NOT NULL OR c.relrowsecurity OR c.relforcerowsecurity) ORDER BY c.relname"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(text)]


def test_it_is_off_until_somebody_turns_it_on(owner: sa.Engine) -> None:
    migrate.upgrade(owner)
    found = state(owner)
    assert (found.is_on, found.protected, found.exemption, str(found)) == (False, (), None, "off")
    assert found.unprotected == tuple(user_columns())
    assert _policies(owner) == []


def test_it_comes_with_a_migration_or_after_it_and_goes_without_a_trace(owner: sa.Engine) -> None:
    assert "vehicles/001_create_vehicles.py" in migrate.upgrade(owner, row_level_security="on")
    found = state(owner)
    assert (found.protected, found.unprotected, found.forced) == (tuple(user_columns()), (), ())
    assert migrate.upgrade(owner, row_level_security="off") == ()
    assert _policies(owner) == []
    assert migrate.upgrade(owner, row_level_security="on") == ()
    assert state(owner) == found


@pytest.mark.parametrize("wish", ["on", "forced"])
def test_what_is_as_it_should_be_is_left_alone(owner: sa.Engine, wish: Wish) -> None:
    migrate.upgrade(owner, row_level_security=wish)
    before = _policies(owner)
    assert len(before) == len(user_columns())
    for again in (wish, "on", None):
        migrate.upgrade(owner, row_level_security=again)
        assert _policies(owner) == before, "on does not take back what was forced"


def test_a_policy_that_is_not_ours_any_more_is_made_anew(owner: sa.Engine) -> None:
    migrate.upgrade(owner, row_level_security="on")
    before = [row[4] for row in _policies(owner)]
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP POLICY motovault_user ON vehicles")
        connection.exec_driver_sql("CREATE POLICY motovault_user ON vehicles USING (true)")
        connection.exec_driver_sql("ALTER POLICY motovault_user ON fuel_logs USING (true)")
        connection.exec_driver_sql("ALTER POLICY motovault_user ON notification_logs TO CURRENT_USER")
        connection.exec_driver_sql("ALTER TABLE documents DISABLE ROW LEVEL SECURITY")
    assert state(owner).unprotected == ("documents", "fuel_logs", "notification_logs", "vehicles")
    migrate.upgrade(owner, row_level_security="on")
    assert [row[4] for row in _policies(owner)] == before
    assert state(owner).unprotected == ()


@pytest.mark.parametrize("wish", ["on", "forced"])
def test_what_later_migrations_make_is_protected_too(owner: sa.Engine, wish: Wish) -> None:
    migrate.upgrade(owner, PART, row_level_security=wish)
    assert state(owner).protected == ("user_preferences", "vehicles")
    migrate.upgrade(owner, ["fuel_logs"])
    assert state(owner).protected == ("fuel_logs", "user_preferences", "vehicles")
    migrate.upgrade(owner)
    found = state(owner)
    assert (found.protected, found.unprotected) == (tuple(user_columns()), ())
    assert found.forced == (found.protected if wish == "forced" else ())


def test_the_owner_is_bound_when_forced_and_is_told_when_not(owner: sa.Engine) -> None:
    migrate.upgrade(owner, PART, row_level_security="on")
    _keep_one(owner)
    assert _seen(owner) == 1
    assert "owns the tables" in str(state(owner))
    migrate.upgrade(owner, PART, row_level_security="forced")
    assert [_seen(owner, user) for user in (None, "bob", "ana")] == [0, 0, 1]
    assert state(owner).exemption is None
    assert str(state(owner)) == "on, 2 tables, for their owner too"


def test_a_superuser_is_told(postgres_database: str) -> None:
    server = make_engine(postgres_database)
    migrate.upgrade(server, row_level_security="forced")
    assert "which is a superuser" in str(state(server))
    server.dispose()


def test_a_role_that_bypasses_is_told(postgres_url: str) -> None:
    with scratch.role(postgres_url, "BYPASSRLS") as role, scratch.database(postgres_url) as url:
        server = make_engine(url)
        migrate.upgrade(server, PART, row_level_security="forced")
        server.dispose()
        bypassing = make_engine(scratch.as_role(url, role))
        assert "has BYPASSRLS" in str(state(bypassing))
        bypassing.dispose()


def test_a_migration_sees_all_rows_and_nobody_else_does_meanwhile(owner: sa.Engine) -> None:
    migrate.upgrade(owner, PART, row_level_security="forced")
    _keep_one(owner)
    before = _policies(owner)
    with owner.begin() as connection:
        with around_migration(connection):
            assert _count(connection) == 1
            with owner.begin() as other:
                other.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
                with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
                    _count(other)
        assert _count(connection) == 0
    assert _policies(owner) == before


def test_a_file_that_changes_rows_changes_everybodys(owner: sa.Engine, own_files: OwnFiles) -> None:
    migrate.upgrade(owner, PART, row_level_security="forced")
    _keep_one(owner)
    own_files.add("color_all", "op.execute(\"UPDATE vehicles SET color = 'red'\")")
    migrate.upgrade(owner, PART)
    with owner.connect() as connection:
        assert _count(connection, "ana") == 1
        assert connection.exec_driver_sql("SELECT color FROM vehicles").scalar_one() == "red"
    assert state(owner).is_forced


def test_a_migration_that_fails_leaves_the_owner_bound(owner: sa.Engine) -> None:
    migrate.upgrade(owner, PART, row_level_security="forced")
    _keep_one(owner)
    before = _policies(owner)
    with pytest.raises(ZeroDivisionError), owner.begin() as connection, around_migration(connection):
        raise ZeroDivisionError
    assert _policies(owner) == before
    assert _seen(owner) == 0


def test_there_must_be_a_table_that_can_remember_it(owner: sa.Engine) -> None:
    with pytest.raises(StorageFailure, match="nothing to protect"):
        migrate.upgrade(owner, ["platform"], row_level_security="on")
    assert migrate.status(owner).applied == ()


def test_tables_of_the_hosts_are_the_hosts(owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE trips (user_id TEXT)")
    migrate.upgrade(owner, row_level_security="forced")
    with owner.connect() as connection:
        text = "SELECT relrowsecurity FROM pg_class WHERE relname = 'trips'"
        assert connection.exec_driver_sql(text).scalar_one() is False


def test_in_a_schema_of_the_hosts_choice(postgres_url: str) -> None:
    with scratch.database(postgres_url) as url:
        elsewhere = make_engine(url)
        migrate.upgrade(elsewhere)
        chosen = make_engine(url, schema="of Ana's")
        migrate.upgrade(chosen, PART, row_level_security="on")
        assert state(chosen).protected == ("user_preferences", "vehicles")
        assert not state(elsewhere).is_on
        for made in (chosen, elsewhere):
            made.dispose()
