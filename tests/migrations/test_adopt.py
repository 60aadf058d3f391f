"""Adopting a database that the Node application made: what becomes of it, and of the application."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa

import motovault
from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql import SchemaBehind, SchemaInUse, make_engine, migrate, shipped
from motovault.storage.sql.adopt import Adoption, AdoptionRefused, adopt
from motovault.storage.sql.tables import METADATA
from tests.migrations import node_database
from tests.migrations.node_database import ANA, BOB, checksums, columns_of
from tests.migrations.reference_schema import TABLES

pytestmark = pytest.mark.migrations

RUNNERS = {"_migrations", "_motovault_migrations", migrate.VERSION_TABLE}


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _rows(db_engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with db_engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def _tables(db_engine: sa.Engine) -> set[str]:
    return set(sa.inspect(db_engine).get_table_names())


# --- what is done


def test_a_whole_database_is_verified_recorded_and_extended(node: sa.Engine) -> None:
    with pytest.raises(StorageFailure, match=r"another application's.*motovault adopt"):
        migrate.upgrade(node)
    found = adopt(node)
    assert found.state == "adopted"
    assert found.capsules == shipped.CAPSULES
    assert (found.absent, found.notes, found.waiting) == ((), (), ())
    first = [file.name for file in shipped.shipped() if file.file_name.startswith("001_")]
    assert list(found.recorded) == first
    assert set(found.applied) == {file.name for file in shipped.shipped()} - set(first)
    status = migrate.status(node)
    assert status.is_current
    assert (status.pending, status.waiting) == ((), ())
    assert [file.name for file in status.applied] == [file.name for file in shipped.shipped()]
    assert migrate.upgrade(node) == ()
    migrate.require_current(node)
    with node.connect() as connection:
        migrate.require_current(connection)
    assert _tables(node) == {*TABLES, *RUNNERS}


def test_no_row_of_any_table_is_touched(node: sa.Engine) -> None:
    with node.connect() as connection:
        columns = columns_of(connection)
        before = checksums(connection, columns)
    assert set(before) == {*TABLES, "_migrations"}
    assert len(set(before.values())) == len(before), "every table has rows of its own"
    adopt(node)
    with node.connect() as connection:
        assert checksums(connection, columns) == before
    _run(node, "UPDATE stations SET name = name")
    with node.connect() as connection:
        after = checksums(connection, columns)
    assert {table for table in before if after[table] != before[table]} == {"stations"}


def test_the_tables_are_afterwards_those_that_a_migration_makes(
    node: sa.Engine, postgres_database: str
) -> None:
    adopt(node)
    migrated = make_engine(postgres_database)
    for table in METADATA.tables:
        shapes = []
        for db_engine in (node, migrated):
            said = sa.inspect(db_engine)
            shapes.append(
                (
                    [(c["name"], str(c["type"]), c["nullable"]) for c in said.get_columns(table)],
                    sorted(str(key) for key in said.get_foreign_keys(table)),
                    sorted(str(key["column_names"]) for key in said.get_unique_constraints(table)),
                    sorted((str(i["column_names"]), i["unique"]) for i in said.get_indexes(table)),
                )
            )
        assert shapes[0] == shapes[1]
    migrated.dispose()


def test_a_dry_run_says_the_same_and_keeps_nothing(node: sa.Engine) -> None:
    tables, before = _tables(node), _rows(node, "SELECT * FROM pg_namespace ORDER BY oid")
    planned = adopt(node, dry_run=True)
    assert planned.state == "would be adopted"
    assert _tables(node) == tables
    assert _rows(node, "SELECT * FROM pg_namespace ORDER BY oid") == before
    done = adopt(node)
    assert (done.recorded, done.applied) == (planned.recorded, planned.applied)
    assert adopt(node, dry_run=True).state == "adopted already"


def test_adopting_twice_is_said_and_does_nothing(node: sa.Engine) -> None:
    adopt(node)
    with node.connect() as connection:
        before = checksums(connection)
    assert adopt(node) == Adoption("adopted already")
    with node.connect() as connection:
        assert checksums(connection) == before


def test_a_database_of_ours_is_said_to_be_so(postgres_database: str) -> None:
    db_engine = make_engine(postgres_database)
    assert adopt(db_engine) == Adoption("made by motovault")
    db_engine.dispose()


def test_an_empty_database_is_refused_and_the_command_that_makes_one_is_named(
    empty_postgres_database: str,
) -> None:
    db_engine = make_engine(sa.make_url(empty_postgres_database).set(password="hunter2"))
    with pytest.raises(StorageFailure, match=r"nothing to adopt.*motovault migrate --database") as caught:
        adopt(db_engine)
    assert "hunter2" not in str(caught.value)
    assert _tables(db_engine) == set()
    db_engine.dispose()


def test_sqlite_is_refused() -> None:
    with pytest.raises(InvalidValue, match="must be PostgreSQL"):
        adopt(make_engine(":memory:"))


# --- the application goes on


def test_the_application_goes_on_inserting_into_every_table(node: sa.Engine) -> None:
    adopt(node)
    inserted = dict(node_database.rows(BOB, 3))
    assert set(inserted) == set(TABLES) - {"email_templates", "backup_settings", "user_preferences"}
    counts = {table: _rows(node, f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
    _run(node, *inserted.values())
    _run(
        node,
        "INSERT INTO user_preferences (id, user_id) VALUES (gen_random_uuid(), 'carl')",
        "INSERT INTO backup_settings (setting_key, setting_value) VALUES ('more', 'x')",
        "DELETE FROM email_templates WHERE template_key = 'document_expired'",
        "INSERT INTO email_templates (template_key, name, subject, body)"
        " VALUES ('document_expired', 'n', 's', 'b')",
    )
    for table in TABLES:
        ((after,),) = _rows(node, f"SELECT count(*) - {counts[table]} FROM {table}")
        assert after == (table != "email_templates"), table


def test_its_own_runner_finds_its_own_records_and_adds_to_them(node: sa.Engine) -> None:
    asked = "SELECT feature, file FROM _migrations ORDER BY id"
    before, shape = _rows(node, asked), sa.inspect(node).get_columns("_migrations")
    adopt(node)
    assert _rows(node, asked) == before
    assert len(before) == len(TABLES)
    assert str(sa.inspect(node).get_columns("_migrations")) == str(shape)
    # a new file of the application, as its runner does it
    _run(
        node,
        "ALTER TABLE vehicles ADD purchase_price NUMERIC(12,2)",
        "INSERT INTO _migrations (feature, file) VALUES ('vehicles', '005_add_purchase_price.sql')",
    )
    assert migrate.status(node).is_current
    assert migrate.upgrade(node) == ()


def test_rows_of_the_seed_are_neither_added_nor_changed(node: sa.Engine) -> None:
    _run(node, "DELETE FROM backup_settings WHERE setting_key = 'admin_email'")
    found = adopt(node)
    assert [str(note) for note in found.notes] == [
        "backup_settings, row admin_email: there is nothing, the reference has a row from the start"
    ]
    assert _rows(node, "SELECT DISTINCT name, count(*) FROM email_templates GROUP BY 1") == [
        ("edited by an admin", 4)
    ]
    assert _rows(node, "SELECT count(*) FROM backup_settings") == [(4,)]


# --- our services read it


def test_our_services_read_rows_in_their_owners_units(node: sa.Engine) -> None:
    columns = "id, user_id, vehicle_id, date_time, odometer, fuel_units, cost_per_unit"
    for number, user in enumerate((ANA, BOB), start=1):
        values = f"'{user}', '{node_database.vehicle_id(number)}', '2025-03-09T12:00:00Z', 52700.5, 20, 3"
        _run(node, f"INSERT INTO fuel_logs ({columns}) VALUES (gen_random_uuid(), {values})")
    adopt(node)
    with motovault.open_vault(engine=node) as vault:
        for user, distance, fuel, economy, figure in (
            (ANA, "km", "L", "L/100km", Decimal(5)),  # 20 L on 400 km
            (BOB, "mi", "us_gal", "mpg_us", Decimal(20)),  # 400 mi on 20 gal
        ):
            garage = vault.garage(user)
            (car,) = garage.vehicles.list()
            assert (car.make, car.model_year, car.distance_unit) == ("Honda", 2003, None)
            log, _ = garage.fuel_logs.list(car.id)
            assert (log.odometer, log.volume, log.total_cost) == (
                *(Decimal("52300.5"), Decimal("12.345"), Decimal("40.73")),
            )
            assert (log.odometer_unit, log.fuel_unit, log.is_full_tank, log.tank) == (None, None, True, 1)
            assert str(garage.odometer.current(car.id).odometer) == f"52700.5 {distance}"
            (tank,) = garage.fuel_logs.economy(car.id).tanks
            assert (tank.distance_unit, tank.fuel_unit, tank.economy_unit) == (distance, fuel, economy)
            assert [interval.economy for interval in tank.intervals] == [figure]


def test_nulls_and_words_of_another_version_are_read(node: sa.Engine) -> None:
    sparse = "00000000-0000-4000-8000-00000000000a"
    _run(
        node,
        "INSERT INTO vehicles (id, user_id, odometer_reading, is_active)"
        f" VALUES ('{sparse}', 'dan', NULL, NULL)",
        "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_type, fuel_grade, fuel_units,"
        f" cost_per_unit) VALUES ('{sparse}', 'dan', '{sparse}', now(), 'plasma', 'ultra 99', 1, 1)",
        "INSERT INTO user_preferences (id, user_id, unit_system, currency_code, time_zone)"
        f" VALUES ('{sparse}', 'dan', NULL, NULL, NULL)",
    )
    adopt(node)
    with motovault.open_vault(engine=node) as vault:
        garage = vault.garage("dan")
        (car,) = garage.vehicles.list()
        (log,) = garage.fuel_logs.list(car.id)
        assert (log.fuel_type, log.fuel_grade) == ("plasma", "ultra 99")
        assert log.created_at == log.filled_at
        assert garage.preferences.get().currency_code == "USD"
        garage.fuel_logs.economy(car.id)
        garage.fuel_logs.statistics(car.id)


def test_our_services_write_beside_the_application(node: sa.Engine) -> None:
    adopt(node)
    with motovault.open_vault(engine=node) as vault:
        garage = vault.garage(ANA)
        (car,) = garage.vehicles.list()
        garage.vehicles.change(car.id, nickname="Daily")
        assert garage.vehicles.get(car.id).nickname == "Daily"
        log = garage.fuel_logs.add(
            car.id, filled_at=car.created_at.replace(year=2026), odometer="53000", volume="40"
        )
        assert garage.fuel_logs.get(log.id).volume == 40
    assert _rows(node, f"SELECT count(*) FROM fuel_logs WHERE user_id = '{ANA}'") == [(2,)]


# --- a part, and another place


def test_capsules_that_are_not_there_are_named_and_migrate_adds_them(empty_postgres_database: str) -> None:
    db_engine = make_engine(empty_postgres_database)
    with db_engine.begin() as connection:
        node_database.make(connection, {*shipped.VAULT})
    tables = _tables(db_engine)
    found = adopt(db_engine)
    assert found.capsules == shipped.wanted(shipped.VAULT)
    assert set(found.absent) == set(shipped.CAPSULES) - set(found.capsules) > {"backup"}
    assert _tables(db_engine) == {*tables, *RUNNERS}
    assert migrate.status(db_engine).is_current
    added = migrate.upgrade(db_engine)
    assert {name.partition("/")[0] for name in added} == set(found.absent)
    assert _tables(db_engine) == {*TABLES, *RUNNERS}
    db_engine.dispose()


def test_a_schema_of_its_own_is_adopted_and_no_other_is_looked_at(empty_postgres_database: str) -> None:
    plain = make_engine(empty_postgres_database)
    odd = 'My "Cars"'
    named = make_engine(empty_postgres_database, schema=odd)
    _run(plain, 'CREATE SCHEMA "My ""Cars"""', "CREATE TABLE vehicles (another INTEGER)")
    with named.begin() as connection:
        node_database.make(connection)
        node_database.fill(connection)
    with pytest.raises(AdoptionRefused):
        adopt(plain)
    assert adopt(named).state == "adopted"
    assert _tables(named) == {*TABLES, *RUNNERS}
    assert _tables(plain) == {"vehicles"}
    with motovault.open_vault(engine=named) as vault:
        assert len(vault.garage(ANA).vehicles.list()) == 1
    named.dispose()
    plain.dispose()


def test_a_database_whose_runner_keeps_nothing_is_adopted_and_its_name_left_free(node: sa.Engine) -> None:
    _run(node, "DROP TABLE _migrations")
    assert adopt(node).state == "adopted"
    assert "_migrations" not in _tables(node)
    assert migrate.status(node).is_current
    assert migrate.upgrade(node) == ()
    _run(node, node_database.MIGRATIONS)
    assert migrate.status(node).is_current


def test_an_adopted_database_that_is_behind_says_so(node: sa.Engine) -> None:
    adopt(node)
    _run(node, "DELETE FROM _motovault_migrations WHERE capsule = 'fuel_logs' AND file_name LIKE '003%%'")
    with pytest.raises(SchemaBehind):
        migrate.require_current(node)


# --- at once, in use, and by whom


def test_of_two_who_adopt_at_once_one_does_it_and_the_other_finds_it_done(node: sa.Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = sorted(one.state for one in pool.map(lambda _: adopt(node), range(2)))
    assert found == ["adopted", "adopted already"]
    assert migrate.status(node).is_current


def test_a_table_in_use_is_given_up_and_the_database_is_as_it_was(node: sa.Engine) -> None:
    tables = _tables(node)
    with node.begin() as other:
        other.exec_driver_sql("SELECT count(*) FROM fuel_logs")
        with pytest.raises(SchemaInUse) as caught:
            adopt(node, lock_timeout=0.2)
    assert caught.value.tables == ("fuel_logs",)
    assert _tables(node) == tables
    assert adopt(node).state == "adopted"


def test_who_may_make_no_schema_is_told_what_is_lacking(node: sa.Engine) -> None:
    role = f"owner_{uuid4().hex}"
    database = node.url.database
    owned = [*TABLES, "_migrations"]
    _run(
        node,
        f"CREATE ROLE {role} LOGIN",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {role}",
        *(f"ALTER TABLE {table} OWNER TO {role}" for table in owned),
    )
    theirs = make_engine(node.url.set(username=role))
    try:
        with pytest.raises(StorageFailure, match="GRANT CREATE ON DATABASE"):
            adopt(theirs)
        _run(node, f'GRANT CREATE ON DATABASE "{database}" TO {role}')
        assert adopt(theirs).state == "adopted"
    finally:
        theirs.dispose()
        _run(node, f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")
