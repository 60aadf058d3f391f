"""A part of the schema, and the schema in another place of the database than ``public``."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa

import motovault
from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql import SchemaBehind, make_engine, migrate, shipped
from motovault.storage.sql.engine import schema_of
from motovault.testing.examples import example_fuel_log
from tests.migrations.catalogue import catalogue
from tests.migrations.reference_schema import TABLES

pytestmark = pytest.mark.migrations

RUNNERS = {"_migrations", migrate.VERSION_TABLE}
ODD = 'My "Garage" \\ 1, Straße'


def _tables(db_engine: sa.Engine, schema: str | None = None) -> set[str]:
    return set(sa.inspect(db_engine).get_table_names(schema=schema))


# --- a part


def test_fuel_logs_bring_vehicles_and_nothing_else(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine, ["fuel_logs"])
    assert _tables(db_engine) - RUNNERS == {"vehicles", "fuel_logs"}
    found = {one.capsule: (one.revision, one.state) for one in migrate.status(db_engine).capsules}
    assert list(found) == list(shipped.CAPSULES)
    assert found["vehicles"] == ("vehicles_004", "current")
    assert found["admin"] == (None, "not installed")


def test_a_vault_asks_only_for_the_capsules_that_it_reads(database_url: str, db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine, ["fuel_logs"])
    with pytest.raises(SchemaBehind) as caught:
        motovault.open_vault(database_url, migrate=False)
    lacking = [file.name for file in shipped.shipped() if file.capsule in ("user_preferences", "maintenance")]
    assert list(caught.value.pending) == lacking
    assert all(name in str(caught.value) for name in lacking)
    migrate.upgrade(db_engine, ["user_preferences"])
    with pytest.raises(SchemaBehind):  # the odometer is read from the maintenance logs too
        motovault.open_vault(database_url, migrate=False)
    migrate.upgrade(db_engine, ["maintenance"])
    found = migrate.status(db_engine)
    assert found.is_current
    assert found.required == ()
    assert "admin/001_create_admin_tables.py" in found.pending
    assert str(found).splitlines()[-1] == "up to date"
    with motovault.open_vault(database_url, migrate=False) as vault:
        vault.garage("ana").vehicles.add(license_plate="MV 1")
        vault.garage("ana").maintenance.costs()
        logs = {"fuel_logs", "maintenance_logs", "maintenance_schedules"}
        assert _tables(db_engine) - RUNNERS == {"user_preferences", "vehicles", *logs}


def test_a_capsule_that_is_installed_must_be_current_though_no_vault_reads_it(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine, [*shipped.VAULT, "documents"])
    migrate.require_current(db_engine)
    *_, before, last = [file for file in shipped.shipped() if file.capsule == "documents"]
    with db_engine.begin() as connection:
        connection.execute(
            migrate.MIGRATIONS.delete().where(migrate.MIGRATIONS.c.file_name == last.file_name)
        )
    with pytest.raises(SchemaBehind) as caught:
        migrate.require_current(db_engine)
    assert caught.value.pending == (last.name,)
    (behind,) = [one for one in migrate.status(db_engine).capsules if one.state == "behind"]
    assert (behind.capsule, behind.revision, behind.newest) == (
        *("documents", f"documents_{before.file_name[:3]}", f"documents_{last.file_name[:3]}"),
    )


# --- another place


@pytest.fixture(params=["garage", ODD])
def placed(request: pytest.FixtureRequest, empty_postgres_database: str) -> Iterator[sa.Engine]:
    """An engine for a schema of its own, which is not there yet."""
    made = make_engine(empty_postgres_database, schema=request.param)
    yield made
    made.dispose()


def test_everything_is_made_in_the_schema_of_the_engine_and_nothing_in_public(placed: sa.Engine) -> None:
    name = schema_of(placed.url)
    assert migrate.status(placed).applied == ()
    assert len(migrate.upgrade(placed)) == len(shipped.shipped())
    assert _tables(placed, name) == {*TABLES, *RUNNERS}
    assert _tables(placed, "public") == set()
    with placed.connect() as connection:
        functions = "SELECT DISTINCT nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        functions += " WHERE proname LIKE '%%updated_at'"
        assert connection.exec_driver_sql(functions).scalars().all() == [name]
    assert migrate.upgrade(placed) == ()
    migrate.require_current(placed)


@pytest.fixture
def in_public(postgres_database: str) -> Iterator[sa.Engine]:
    made = make_engine(postgres_database)
    yield made
    made.dispose()


def test_the_schema_in_another_place_is_the_same(placed: sa.Engine, in_public: sa.Engine) -> None:
    migrate.upgrade(placed)
    with placed.connect() as here, in_public.connect() as there:
        assert _unplaced(catalogue(here), schema_of(placed.url)) == _unplaced(catalogue(there), "public")


def _unplaced(found: object, schema: str | None) -> str:
    assert schema is not None
    return repr(found).replace(repr(schema), "'here'")


def test_a_vault_in_another_schema_reads_and_writes_there_alone(
    placed: sa.Engine, empty_postgres_database: str
) -> None:
    """Two vaults in one database, with rows and with COPY; neither sees the other."""
    url = placed.url.render_as_string(hide_password=False)
    with (
        motovault.open_vault(url, migrate=True) as here,
        motovault.open_vault(empty_postgres_database, migrate=True) as there,
    ):
        garage = here.garage("ana")
        car = garage.vehicles.add(license_plate="MV 1")
        garage.preferences.get()
        logs = [example_fuel_log(car, id=uuid4(), source="f", source_key=str(n)) for n in range(500)]
        assert garage.fuel_logs.add_many(logs[:400]) == 400  # by COPY, straight
        assert garage.fuel_logs.add_many(logs) == 100  # by COPY, over a temporary table
        assert garage.fuel_logs.count(car.id) == len(garage.fuel_logs.list(car.id)) == 500
        assert there.garage("ana").vehicles.list() == []
    with placed.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM fuel_logs").scalar_one() == 500
        assert connection.exec_driver_sql("SELECT count(*) FROM public.fuel_logs").scalar_one() == 0


def test_a_table_of_public_is_not_taken_for_ours(empty_postgres_database: str) -> None:
    """The Node application's ``_migrations`` lies there, say, and its ``vehicles``."""
    public = make_engine(empty_postgres_database)
    with public.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE _migrations (id INTEGER, feature TEXT)")
        connection.exec_driver_sql("CREATE TABLE vehicles (id INTEGER)")
    public.dispose()
    db_engine = make_engine(empty_postgres_database + "&schema=garage")
    migrate.upgrade(db_engine)
    assert migrate.status(db_engine).is_current
    assert _tables(db_engine, "public") == {"_migrations", "vehicles"}
    db_engine.dispose()


def test_a_hosts_own_engine_chooses_by_its_search_path(empty_postgres_database: str) -> None:
    db_engine = sa.create_engine(
        empty_postgres_database, connect_args={"options": "-c search_path=garage"}, hide_parameters=True
    )
    with pytest.raises(StorageFailure, match=r"no schema of this connection's search_path exists.*\?schema="):
        migrate.upgrade(db_engine)
    with db_engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA garage")
    migrate.upgrade(db_engine)
    assert _tables(db_engine, "garage") == {*TABLES, *RUNNERS}
    with motovault.open_vault(engine=db_engine) as vault:
        vault.garage("ana").vehicles.add(license_plate="MV 1")
    db_engine.dispose()


def test_the_command_that_is_named_goes_to_the_same_schema(placed: sa.Engine) -> None:
    with pytest.raises(SchemaBehind) as caught:
        migrate.require_current(placed)
    url = caught.value.command.removeprefix("motovault migrate --database ")
    assert schema_of(url) == schema_of(placed.url)


def test_the_script_makes_the_schema_too(placed: sa.Engine) -> None:
    script = migrate.offline_sql("postgresql", schema=schema_of(placed.url))
    raw = placed.raw_connection()
    connection = raw.dbapi_connection
    assert connection is not None
    connection.autocommit = True
    connection.execute("SET search_path TO public")  # whoever runs it
    connection.execute(script)
    raw.invalidate()
    assert migrate.status(placed).is_current
    assert _tables(placed, "public") == set()


@pytest.mark.parametrize("name", ["", "x" * 64, "é" * 32, "pg_temp", "$user", "information_schema", "a\0b"])
def test_a_schema_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        make_engine("postgresql://ana@nowhere/x", schema=name)
    assert caught.value.field == "schema"


def test_a_schema_is_named_once_and_for_a_server() -> None:
    with pytest.raises(InvalidValue, match="one place"):
        make_engine("postgresql://ana@nowhere/x?schema=a", schema="b")
    with pytest.raises(InvalidValue, match="SQLite"):
        make_engine("garage.db", schema="a")
    assert schema_of("garage.db") is None
    assert schema_of("postgresql://ana@nowhere/x") is None
