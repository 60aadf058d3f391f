"""The tables that a vault reads, after the first revision and after all; test_whole_schema has the rest."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine, migrate

pytestmark = pytest.mark.migrations

# The reference schema of these capsules, column by column: type, nullability, default.
REFERENCE = {
    "user_preferences": """
        id UUID PRIMARY KEY
        user_id VARCHAR(255) NOT NULL
        unit_system VARCHAR(20) DEFAULT 'imperial'
        currency_code VARCHAR(3) DEFAULT 'USD'
        time_zone VARCHAR(100) DEFAULT 'America/New_York'
        created_at TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP
        updated_at TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP
    """,
    "vehicles": """
        id UUID PRIMARY KEY
        user_id VARCHAR(255) NOT NULL
        vin VARCHAR(17)
        make VARCHAR(100)
        model VARCHAR(100)
        year INTEGER
        trim VARCHAR(100)
        engine VARCHAR(100)
        transmission VARCHAR(100)
        nickname VARCHAR(100)
        color VARCHAR(50)
        license_plate VARCHAR(20)
        odometer_reading INTEGER DEFAULT 0
        image_bucket VARCHAR(128)
        image_key VARCHAR(512)
        is_active BOOLEAN DEFAULT true
        deleted_at TIMESTAMPTZ
        created_at TIMESTAMPTZ
        updated_at TIMESTAMPTZ
    """,
    "fuel_logs": """
        id UUID PRIMARY KEY
        user_id VARCHAR(255) NOT NULL
        vehicle_id UUID NOT NULL
        date_time TIMESTAMPTZ NOT NULL
        odometer NUMERIC
        trip_distance NUMERIC
        fuel_type VARCHAR(50)
        fuel_grade VARCHAR(50)
        fuel_units NUMERIC(10,3) NOT NULL
        cost_per_unit NUMERIC(10,3) NOT NULL
        total_cost NUMERIC(10,2)
        location_data VARCHAR(500)
        notes TEXT
        created_at TIMESTAMPTZ
        updated_at TIMESTAMPTZ
    """,
}
INDEXES = {
    "user_preferences": {"user_id"},
    "vehicles": {"user_id", "vin", "is_active", "created_at"},
    "fuel_logs": {"user_id", "vehicle_id", "date_time", "created_at"},
}
FIRST = {"user_preferences": "user_preferences_001", "vehicles": "vehicles_001", "fuel_logs": "fuel_logs_001"}


def _reference_only(db_engine: sa.Engine) -> None:
    """The schema after the first file of each capsule."""
    from alembic import command

    with db_engine.begin() as connection:
        for capsule in FIRST:
            command.upgrade(migrate._config(connection=connection), FIRST[capsule])


@pytest.fixture
def postgres(empty_postgres_database: str):
    db_engine = make_engine(empty_postgres_database)
    with db_engine.begin() as connection:
        migrate.MIGRATIONS.create(connection)
    yield db_engine
    db_engine.dispose()


def _columns(connection: sa.Connection, table: str) -> dict[str, str]:
    """A table's columns in the words of REFERENCE, in their order, from the information schema."""
    rows = connection.execute(
        sa.text(
            "SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale,"
            " is_nullable, column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = :table ORDER BY ordinal_position"
        ),
        {"table": table},
    )
    key = connection.execute(
        sa.text(
            "SELECT column_name FROM information_schema.table_constraints c"
            " JOIN information_schema.key_column_usage u USING (constraint_name)"
            " WHERE c.table_name = :table AND constraint_type = 'PRIMARY KEY'"
        ),
        {"table": table},
    ).scalar_one()
    names = {"character varying": "VARCHAR", "timestamp with time zone": "TIMESTAMPTZ"}
    found = {}
    for name, kind, length, precision, scale, nullable, default in rows:
        text = names.get(kind, kind.upper())
        if length:
            text += f"({length})"
        if kind == "numeric" and precision:
            text += f"({precision},{scale})"
        if name == key:
            text += " PRIMARY KEY"
        elif nullable == "NO":
            text += " NOT NULL"
        if default is not None:
            text += " DEFAULT " + re.sub(r"::[a-z ]+$", "", default)
        found[name] = text
    return found


@pytest.mark.parametrize("table", REFERENCE)
def test_the_first_file_makes_the_columns_of_the_reference_exactly(postgres: sa.Engine, table: str) -> None:
    _reference_only(postgres)
    expected = dict(line.strip().split(" ", 1) for line in REFERENCE[table].strip().splitlines())
    with postgres.connect() as connection:
        found = _columns(connection, table)
    assert found == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize("table", REFERENCE)
def test_the_first_file_makes_the_keys_and_indexes_of_the_reference_exactly(
    postgres: sa.Engine, table: str
) -> None:
    _reference_only(postgres)
    found = sa.inspect(postgres)
    plain = [index for index in found.get_indexes(table) if not index.get("duplicates_constraint")]
    assert {tuple(index["column_names"]) for index in plain} == {(column,) for column in INDEXES[table]}
    assert not any(index["unique"] for index in plain)
    unique = [tuple(key["column_names"]) for key in found.get_unique_constraints(table)]
    assert unique == ([("user_id",)] if table == "user_preferences" else [])
    foreign = [
        (key["constrained_columns"], key["referred_table"], key["referred_columns"], key["options"])
        for key in found.get_foreign_keys(table)
    ]
    cascade = (["vehicle_id"], "vehicles", ["id"], {"ondelete": "CASCADE"})
    assert foreign == ([cascade] if table == "fuel_logs" else [])
    assert found.get_check_constraints(table) == []


@pytest.mark.parametrize("table", REFERENCE)
def test_what_is_ours_can_be_left_out_by_an_application_that_does_not_know_it(
    postgres: sa.Engine, table: str
) -> None:
    migrate.upgrade(postgres)
    reference = {line.split()[0] for line in REFERENCE[table].strip().splitlines()}
    for column in sa.inspect(postgres).get_columns(table):
        if column["name"] not in reference:
            assert column["nullable"] or column["default"] is not None, column["name"]


def test_deleting_a_vehicle_for_good_takes_its_logs(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    _insert_as_another_application(db_engine)
    with db_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM vehicles")
        assert connection.exec_driver_sql("SELECT count(*) FROM fuel_logs").scalar_one() == 0


def test_an_update_that_names_no_time_gets_one_and_one_that_does_keeps_it(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    _insert_as_another_application(db_engine)
    get = "SELECT updated_at FROM vehicles"
    with db_engine.begin() as connection:
        before = connection.exec_driver_sql(get).scalar_one()
        connection.exec_driver_sql("UPDATE vehicles SET nickname = 'x'")
        after = connection.exec_driver_sql(get).scalar_one()
        connection.exec_driver_sql("UPDATE vehicles SET updated_at = '2001-01-01T00:00:00.000000+00:00'")
        said = connection.exec_driver_sql(get).scalar_one()
    assert before is None
    assert str(after)[:4] >= "2024"
    assert str(said)[:10] == "2001-01-01"


def test_a_user_has_a_live_vin_once(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine)
    insert = "INSERT INTO vehicles (id, user_id, vin{}) VALUES ('{}', '{}', {}{})"
    ids = iter(f"0000000000000000000000000000{n:04d}" for n in range(99))

    def add(user: str, vin: str, columns: str = "", values: str = "") -> None:
        with db_engine.begin() as connection:
            connection.exec_driver_sql(insert.format(columns, next(ids), user, vin, values))

    add("ana", "'ABC'")
    add("bob", "'ABC'")
    add("ana", "NULL")
    add("ana", "NULL")
    add("ana", "'ABC'", ", is_active", ", false")
    add("ana", "'ABC'", ", deleted_at", ", '2026-01-01T00:00:00.000000+00:00'")
    with pytest.raises(sa.exc.IntegrityError):
        add("ana", "'ABC'")


def _insert_as_another_application(db_engine: sa.Engine) -> None:
    vehicle = "00000000000000000000000000000001"
    with db_engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO vehicles (id, user_id) VALUES ('{vehicle}', 'ana')")
        connection.exec_driver_sql(
            "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)"
            f" VALUES ('{vehicle}', 'ana', '{vehicle}', '2026-01-01T00:00:00.000000+00:00', 1, 1)"
        )
