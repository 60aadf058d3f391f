"""All twelve capsules: the reference schema by PostgreSQL's own catalogues, and ours beyond it, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine, migrate, shipped
from tests import scratch
from tests.migrations import reference_schema
from tests.migrations.catalogue import Catalogue, catalogue, only
from tests.migrations.reference_schema import TABLES

pytestmark = pytest.mark.migrations

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "reference" / "DATABASE-SCHEMA.md"

OUR_TABLES = {"_migrations", migrate.VERSION_TABLE}
OUR_COLUMNS = {
    "vehicles": ["distance_unit", "odometer_read_at"],
    "fuel_logs": [
        *("odometer_unit", "fuel_unit", "is_full_tank", "missed_previous", "tank", "is_towing"),
        *("excluded_distance", "currency_code", "charge_start_percent", "charge_end_percent"),
        *("source", "source_key"),
    ],
    "maintenance_logs": ["odometer_unit", "currency_code", "source", "source_key"],
    "maintenance_schedules": [
        *("interval_days", "mode", "anchor_date", "anchor_odometer", "due_soon_days", "due_soon_distance"),
        *("is_active", "distance_unit", "first_due_date", "first_due_odometer", "source", "source_key"),
    ],
}
OUR_INDEXES = {
    "vehicles_live_vin_key": "UNIQUE (user_id, vin) of live vehicles with a VIN that is not empty",
    "fuel_logs_source_key": "UNIQUE (vehicle_id, source, source_key)",
    "maintenance_logs_source_key": "UNIQUE (vehicle_id, source, source_key)",
    "maintenance_schedules_source_key": "UNIQUE (vehicle_id, source, source_key)",
    "idx_fuel_logs_vehicle_id_user_id_date_time_id": "(vehicle_id, user_id, date_time, id)",
    "idx_vehicle_options_year_names_lower": "(year, lower(make), lower(model), lower(trim))",
    "idx_vehicle_options_engine_id": "(engine_id) where there is one",
    "idx_vehicle_options_transmission_id": "(transmission_id) where there is one",
}
OUR_CONSTRAINTS = {
    ("vehicles", "vehicles_user_id_id_key"): "UNIQUE (user_id, id)",
    **{
        (table, f"{table}_user_id_vehicle_id_fkey"): (
            "FOREIGN KEY (user_id, vehicle_id) REFERENCES vehicles(user_id, id) ON DELETE CASCADE"
        )
        for table in ("fuel_logs", "maintenance_logs", "maintenance_schedules", "documents")
    },
}


@pytest.fixture(scope="module")
def reference_url(postgres_url: str) -> Iterator[str]:
    """A database in which the reference schema was made from its statement; to be copied, not changed."""
    with scratch.database(postgres_url) as url:
        db_engine = make_engine(url)
        with db_engine.begin() as connection:
            for statement in reference_schema.statements():
                connection.exec_driver_sql(statement)
        db_engine.dispose()
        yield url


@pytest.fixture
def reference(postgres_url: str, reference_url: str) -> Iterator[sa.Engine]:
    with scratch.database(postgres_url, template=sa.make_url(reference_url).database or "") as url:
        db_engine = make_engine(url)
        yield db_engine
        db_engine.dispose()


@pytest.fixture
def migrated(postgres_database: str) -> Iterator[sa.Engine]:
    db_engine = make_engine(postgres_database)
    yield db_engine
    db_engine.dispose()


def _catalogue(db_engine: sa.Engine) -> Catalogue:
    """Without the two tables that keep what was applied, which are the runner's own affair."""
    with db_engine.connect() as connection:
        found = catalogue(connection)
    return {key: said for key, said in found.items() if key[1] not in OUR_TABLES}


# --- the statement is the document's


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the reference document is not beside the project")
def test_the_statement_is_word_for_word_the_documents() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").replace("uuid_generate_v4()", "gen_random_uuid()")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", text, flags=re.DOTALL | re.MULTILINE))
    documented = {name: section for name, section in sections.items() if "```sql" in section}
    assert set(documented) == set(TABLES)
    assert len(documented) == 20
    for name, section in documented.items():
        columns = section.split("```sql", 1)[1].split("```", 1)[0].strip().removeprefix(f"{name} (")
        assert columns.removesuffix(")").split() == TABLES[name].columns.split()
        indexes = re.search(r"\*\*Indexes\*\*: (.*)", section)
        if name == "vehicle_options":
            assert indexes is not None
            assert "(year, year+make, year+make+model, etc.)" in indexes[1]
            assert TABLES[name].indexes[:3] == ["year", "year+make", "year+make+model"]
        else:
            assert (indexes[1].split(", ") if indexes else []) == TABLES[name].indexes
        unique = re.search(r"\*\*Unique Index\*\*: (.*)", section)
        said = unique[1].split(" - ")[0].strip() if unique else ""
        assert [said.removeprefix("(").replace(", ", "+").rstrip(")")] == [
            "".join(TABLES[name].unique_indexes).rstrip(")")
        ]
        assert ("auto-update updated_at" in section) == TABLES[name].touches_updated_at
        assert ("Seeded" in section or "Default Settings" in section) == bool(TABLES[name].seeds)
        assert all(key in section for keys in TABLES[name].seeds.values() for key in keys)


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the reference document is not beside the project")
def test_the_order_of_the_capsules_is_the_documents() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    named = re.findall(r"^\d+\. \*\*([a-z-]+)\*\*", text, flags=re.MULTILINE)
    assert [name.replace("-", "_") for name in named] == list(shipped.CAPSULES)


def test_the_statement_has_every_capsule_and_no_column_of_ours() -> None:
    assert list(dict.fromkeys(table.capsule for table in TABLES.values())) == list(shipped.CAPSULES)
    for table, columns in OUR_COLUMNS.items():
        assert not set(columns) & set(TABLES[table].column_names)


# --- sameness


def test_the_migrations_make_the_reference_schema_and_beyond_it_only_what_is_named_here(
    reference: sa.Engine, migrated: sa.Engine
) -> None:
    expected, found = _catalogue(reference), _catalogue(migrated)
    assert {key[1:] for key in only(expected, "column")} == {
        (table.name, column) for table in TABLES.values() for column in table.column_names
    }
    assert {key: found.get(key) for key in expected} == expected
    beyond = {key: said for key, said in found.items() if key not in expected}
    ours = {("column", table, name) for table, names in OUR_COLUMNS.items() for name in names}
    # which PostgreSQL lists since version 18
    not_null = {("constraint", table, f"{table}_{name}_not_null") for _, table, name in ours}
    assert set(only(beyond, "column")) == ours
    constraints = {key: said for key, said in only(beyond, "constraint").items() if key not in not_null}
    assert {key[1:]: said[1] for key, said in constraints.items()} == OUR_CONSTRAINTS  # type: ignore[index]
    assert all(said[4] is True for said in constraints.values())  # type: ignore[index]
    unique = [key for key, definition in OUR_CONSTRAINTS.items() if definition.startswith("UNIQUE")]
    assert len(only(beyond, "index")) == len(OUR_INDEXES) + len(unique)
    assert set(beyond) == set(only(beyond, "column", "constraint", "index"))
    with migrated.connect() as connection:
        everything = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        assert set(OUR_INDEXES) < set(connection.exec_driver_sql(everything).scalars())


def test_what_is_ours_can_be_left_out_by_an_application_that_does_not_know_it(migrated: sa.Engine) -> None:
    found = only(_catalogue(migrated), "column")
    for table, columns in OUR_COLUMNS.items():
        for name in columns:
            said = found["column", table, name]
            assert isinstance(said, dict)
            assert said["is_nullable"] == "YES" or said["column_default"] is not None, name


def test_no_function_but_those_of_the_three_triggers_is_made_and_no_extension(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:
        functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        touching = {f"{table.name}_set_updated_at" for table in TABLES.values() if table.touches_updated_at}
        assert set(connection.exec_driver_sql(functions).scalars()) == touching
        extensions = "SELECT extname FROM pg_extension"
        assert connection.exec_driver_sql(extensions).scalars().all() == ["plpgsql"]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE vehicles ALTER vin TYPE VARCHAR(18)",
        "ALTER TABLE vehicles ALTER odometer_reading SET DEFAULT 1",
        "ALTER TABLE vehicles ALTER user_id DROP NOT NULL",
        "ALTER TABLE fuel_logs ALTER odometer TYPE NUMERIC(12,1)",
        "ALTER TABLE stations ALTER latitude TYPE NUMERIC(10,7)",
        "ALTER TABLE engines ALTER created_at TYPE TIMESTAMP WITH TIME ZONE",
        "ALTER TABLE maintenance_logs ALTER subtypes TYPE VARCHAR(50)[]",
        "ALTER TABLE documents ALTER details TYPE JSON",
        "ALTER TABLE user_profiles ALTER id SET DEFAULT md5('x')::uuid",
        "ALTER TABLE backup_history DROP CONSTRAINT backup_history_status_check",
        "ALTER TABLE email_templates DROP CONSTRAINT email_templates_template_key_key",
        "ALTER TABLE fuel_logs DROP CONSTRAINT fuel_logs_vehicle_id_fkey",
        (
            "ALTER TABLE community_stations DROP CONSTRAINT community_stations_station_id_fkey,"
            " ADD FOREIGN KEY (station_id) REFERENCES stations (id) ON DELETE CASCADE"
        ),
        "DROP INDEX idx_vehicles_vin",
        "DROP INDEX idx_engines_lower_name; CREATE UNIQUE INDEX idx_engines_lower_name ON engines (name)",
        "DROP INDEX idx_engines_lower_name; CREATE INDEX idx_engines_lower_name ON engines (LOWER(name))",
        "CREATE INDEX idx_vehicles_vin_2 ON vehicles (vin)",
        "ALTER TABLE admin_users DISABLE TRIGGER update_admin_users_updated_at",
        "DROP TRIGGER update_vehicles_updated_at ON vehicles",
        "ALTER SEQUENCE engines_id_seq CACHE 20",
        "ALTER TABLE stations RENAME COLUMN phone TO telephone",
        "ALTER TABLE stations ADD mood TEXT",
        "ALTER TABLE community_stations ENABLE ROW LEVEL SECURITY",
        "CREATE TABLE more (id INTEGER)",
    ],
)
def test_a_difference_however_small_is_seen(reference: sa.Engine, change: str) -> None:
    before = _catalogue(reference)
    with reference.begin() as connection:
        connection.exec_driver_sql(change)
    assert _catalogue(reference) != before


# --- the rows that are there from the start


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.seeds], ids=lambda t: t.name)
def test_the_rows_of_the_reference_are_seeded(db_engine: sa.Engine, table: reference_schema.Table) -> None:
    migrate.upgrade(db_engine)
    ((column, keys),) = table.seeds.items()
    with db_engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT {column} FROM {table.name} ORDER BY {column}")
        assert rows.scalars().all() == keys


def test_the_templates_use_the_variables_that_they_name_and_no_other(db_engine: sa.Engine) -> None:
    from motovault.storage.sql.notifications import EMAIL_TEMPLATES as T

    migrate.upgrade(db_engine)
    variables = sa.cast(T.c.variables, sa.Text())
    with db_engine.connect() as connection:
        rows = connection.execute(sa.select(T.c.template_key, T.c.subject, T.c.body, variables)).all()
    for key, subject, body, named in rows:
        about = ["category", "subtypes", "dueDate", "dueMileage"]
        if key.startswith("document"):
            about = ["documentType", "documentTitle", "expirationDate"]
        assert re.findall(r"\w+", named) == ["userName", "vehicleName", *about]
        assert set(re.findall(r"\{\{(\w+)\}\}", subject + body)) == set(re.findall(r"\w+", named))
        assert not re.search(r"\{\{(?!\w+\}\})|(?<!\w)\}\}", subject + body)
