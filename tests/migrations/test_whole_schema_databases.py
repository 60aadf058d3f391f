"""All twelve capsules on both databases: declared as made, up and down, what the tables refuse and keep."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from motovault.storage.sql import make_engine, migrate, shipped
from motovault.storage.sql.tables import METADATA
from tests.migrations.catalogue import Catalogue, catalogue
from tests.migrations.reference_schema import TABLES

pytestmark = pytest.mark.migrations

RUNNERS = {"_migrations", migrate.VERSION_TABLE}


def _rows(db_engine: sa.Engine, query: str) -> list[tuple[object, ...]]:
    with db_engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


# --- declared as made


def test_the_declared_tables_are_those_that_the_migrations_make(db_engine: sa.Engine) -> None:
    assert set(METADATA.tables) == set(TABLES)
    migrate.upgrade(db_engine)
    options: dict[str, object] = {
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name not in RUNNERS,
    }
    with db_engine.connect() as connection, warnings.catch_warnings():
        # nobody can read an index over an expression from SQLite; the next but one test looks at those
        warnings.filterwarnings("ignore", ".*expression-based index")
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_what_the_declarations_would_make_is_what_the_migrations_make(
    empty_postgres_database: str, postgres: sa.Engine
) -> None:
    """Autogenerate looks past checks, cascades and names; the catalogue does not."""
    declared = make_engine(empty_postgres_database)
    METADATA.create_all(declared)
    expected, found = _without_defaults(declared), _without_defaults(postgres)
    declared.dispose()
    assert found == expected
    assert len(found) > 300


def _without_defaults(db_engine: sa.Engine) -> Catalogue:
    """What a declaration says: no trigger, no default but a sequence, and the columns in any order."""
    with db_engine.connect() as connection:
        found = catalogue(connection)
    for said in found.values():
        if isinstance(said, dict) and not str(said["column_default"]).startswith("nextval"):
            said["column_default"] = None
    return {key: said for key, said in found.items() if key[0] != "trigger" and key[1] not in RUNNERS}


def test_sqlite_has_the_same_columns_keys_and_indexes_as_postgresql(
    postgres: sa.Engine, sqlite: sa.Engine
) -> None:
    migrate.upgrade(sqlite)
    for table in METADATA.tables:
        assert _shape(sqlite, table) == _shape(postgres, table)
    checks = re.compile(r"CONSTRAINT (\w+) CHECK")
    made = " ".join(str(row[0]) for row in _rows(sqlite, "SELECT sql FROM sqlite_master"))
    declared = {
        rule.name
        for table in METADATA.tables.values()
        for rule in table.constraints
        if isinstance(rule, sa.CheckConstraint) and rule.name
    }
    assert set(checks.findall(made)) == declared
    assert len(declared) == 7
    for table, column in (("engines", "name"), ("transmissions", "type")):
        assert f"CREATE UNIQUE INDEX idx_{table}_{column}_lower ON {table} (lower({column}))" in made


@pytest.fixture
def postgres(postgres_database: str) -> Iterator[sa.Engine]:
    db_engine = make_engine(postgres_database)
    yield db_engine
    db_engine.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[sa.Engine]:
    db_engine = make_engine(tmp_path / "garage.db")
    yield db_engine
    db_engine.dispose()


def _shape(db_engine: sa.Engine, table: str) -> dict[str, object]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")
        said = sa.inspect(db_engine)
        columns, indexes = said.get_columns(table), said.get_indexes(table)
        unique = said.get_unique_constraints(table)
    is_serial = isinstance(columns[0]["type"], sa.Integer)
    return {
        "columns": [
            (c["name"], c["nullable"], c["default"] is not None or (is_serial and c["name"] == "id"))
            for c in columns
        ],
        "key": said.get_pk_constraint(table)["constrained_columns"],
        "foreign": sorted(
            (f["constrained_columns"], f["referred_table"], f["referred_columns"], f["options"])
            for f in said.get_foreign_keys(table)
        ),
        "unique": sorted((u["name"], u["column_names"]) for u in unique),
        "indexes": sorted(
            (i["name"], i["column_names"], bool(i["unique"]))
            for i in indexes
            if not i.get("duplicates_constraint") and not i.get("expressions")
        ),
    }


# --- up, down to base, up again


@pytest.mark.parametrize("capsule", shipped.CAPSULES)
def test_a_capsule_goes_up_down_to_base_and_up_again(db_engine: sa.Engine, capsule: str) -> None:
    with_needs = shipped.wanted([capsule])
    tables = {table.name for table in TABLES.values() if table.capsule in with_needs}
    files = migrate.upgrade(db_engine, [capsule])
    assert {name.partition("/")[0] for name in files} == set(with_needs)
    before = _everything(db_engine)
    assert set(sa.inspect(db_engine).get_table_names()) - RUNNERS == tables
    for needed in reversed(with_needs):
        migrate.downgrade(db_engine, needed)
    assert set(sa.inspect(db_engine).get_table_names()) == RUNNERS
    assert migrate.status(db_engine).applied == ()
    if db_engine.dialect.name == "postgresql":
        left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        assert _rows(db_engine, left) == []
    assert migrate.upgrade(db_engine, [capsule]) == files
    assert _everything(db_engine) == before


def _everything(db_engine: sa.Engine) -> object:
    if db_engine.dialect.name == "sqlite":
        return sorted(_rows(db_engine, "SELECT type, name, tbl_name, sql FROM sqlite_master"), key=str)
    with db_engine.connect() as connection:
        return catalogue(connection)


@pytest.mark.parametrize(
    ("capsule", "needs"),
    [
        ("fuel_logs", ("vehicles",)),
        ("maintenance", ("vehicles",)),
        ("documents", ("vehicles",)),
        ("notifications", ("vehicles", "maintenance", "documents")),
        ("admin", ()),
        ("user_preferences", ()),
        ("backup", ()),
    ],
)
def test_a_capsule_brings_what_the_reference_says_it_depends_on_and_no_more(
    capsule: str, needs: tuple[str, ...]
) -> None:
    assert set(shipped.wanted([capsule])) == {capsule, *needs}


# --- what the tables do, on both databases

_ID = "00000000000000000000000000000001"


@pytest.fixture
def whole(migrated_engine: sa.Engine) -> sa.Engine:
    return migrated_engine


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("table", [t.name for t in TABLES.values() if t.touches_updated_at])
def test_an_update_that_names_no_time_is_given_one(whole: sa.Engine, table: str) -> None:
    add = {
        "admin_users": "(auth0_sub, email, created_by, updated_at) VALUES ('a', 'a@b', 'x', {})",
        "user_profiles": "(auth0_sub, email, updated_at) VALUES ('a', 'a@b', {})",
        "vehicles": f"(id, user_id, updated_at) VALUES ('{_ID}', 'a', {{}})",
    }[table].format("'2001-01-01T00:00:00.000000+00:00'")
    column = "user_id" if table == "vehicles" else "auth0_sub"
    _run(whole, f"INSERT INTO {table} {add}", f"UPDATE {table} SET {column} = 'b'")
    ((touched,),) = _rows(whole, f"SELECT updated_at FROM {table}")
    assert str(touched)[:4] > "2001"
    said = "2002-01-01T00:00:00.000000+00:00"
    _run(whole, f"UPDATE {table} SET updated_at = '{said}'")
    assert str(_rows(whole, f"SELECT updated_at FROM {table}")[0][0])[:10] == "2002-01-01"


def test_no_other_table_is_given_a_time(whole: sa.Engine) -> None:
    query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    if whole.dialect.name == "postgresql":
        query = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    assert sorted(row[0] for row in _rows(whole, query)) == ["admin_users", "user_profiles", "vehicles"]


SCHEDULE = "name, frequency, cron_expression"
BACKUP = "backup_type, filename, file_path, file_size_bytes, status"
TEMPLATE = "template_key, name, subject, body"


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ("email_templates", TEMPLATE, ["'spam', 'n', 's', 'b'"]),
        ("email_templates", TEMPLATE, ["'document_expired', 'n', 's', 'b'"]),
        ("notification_logs", "user_id, notification_type, template_key", ["'a', 'fax', 't'"]),
        (
            "notification_logs",
            "user_id, notification_type, template_key, status",
            ["'a', 'email', 't', 'lost'"],
        ),
        ("backup_schedules", SCHEDULE, ["'n', 'yearly', '* * * * *'"]),
        ("backup_history", BACKUP, ["'lucky', 'f', 'p', 1, 'failed'"]),
        ("backup_history", BACKUP, ["'manual', 'f', 'p', 1, 'perhaps'"]),
        ("backup_settings", "setting_key, setting_value", ["'admin_email', 'twice'"]),
        ("community_stations", "id, station_id, user_id", [f"'{_ID}', '{_ID}', 'a'"]),
        (
            "maintenance_logs",
            "id, user_id, vehicle_id, category, service_date",
            [f"'{_ID}', 'a', '{_ID}', 'repair', '2026-01-31'"],
        ),
        ("engines", "name", ["'3.5L V6'", "'3.5l v6'"]),
        ("transmissions", "type", ["'CVT'", "'cvt'"]),
        ("vehicle_options", "year, make, model, trim, engine_id", ["2020, 'a', 'b', 'c', 7"]),
        ("admin_users", "auth0_sub, email, created_by", ["'a', 'e', 'x'", "'b', 'e', 'x'"]),
        ("stations", "id, google_place_id, name", [f"'{_ID}', 'g', 'n'", f"'{_ID[:-1]}2', 'g', 'n'"]),
        ("terms_agreements", "user_id", ["'a'"]),
    ],
)
def test_a_row_that_breaks_a_rule_of_the_reference_is_refused(
    whole: sa.Engine, table: str, columns: str, rows: list[str]
) -> None:
    *before, last = [f"INSERT INTO {table} ({columns}) VALUES ({row})" for row in rows]
    _run(whole, *before)
    with pytest.raises(sa.exc.IntegrityError):
        _run(whole, last)


def test_a_document_is_of_a_known_type(whole: sa.Engine) -> None:
    add = "INSERT INTO documents (id, user_id, vehicle_id, document_type, title)"
    add += " VALUES ('{0}', 'a', '{0}', '{1}', 't')"
    _run(whole, f"INSERT INTO vehicles (id, user_id) VALUES ('{_ID}', 'a')")
    with pytest.raises(sa.exc.IntegrityError):
        _run(whole, add.format(_ID, "poem"))
    _run(whole, add.format(_ID, "manual"))


def test_an_option_of_the_catalogue_is_kept_once_and_outlives_its_engine(whole: sa.Engine) -> None:
    option = "INSERT INTO vehicle_options (year, make, model, trim, engine_id, transmission_id)"
    option += " VALUES (2020, 'a', 'b', 'c', 1, 1)"
    _run(
        whole,
        "INSERT INTO engines (name) VALUES ('x')",
        "INSERT INTO transmissions (type) VALUES ('y')",
        option,
    )
    with pytest.raises(sa.exc.IntegrityError):
        _run(whole, option)
    _run(whole, "DELETE FROM engines", "DELETE FROM transmissions")
    assert _rows(whole, "SELECT year, engine_id, transmission_id FROM vehicle_options") == [
        (2020, None, None)
    ]


def test_deleting_a_vehicle_takes_what_is_kept_of_it(whole: sa.Engine) -> None:
    of_it = {
        "maintenance_logs": "category, service_date) VALUES ('{0}', 'a', '{0}', 'repair', '2026-01-31')",
        "maintenance_schedules": "category) VALUES ('{0}', 'a', '{0}', 'repair')",
        "documents": "document_type, title) VALUES ('{0}', 'a', '{0}', 'manual', 't')",
    }
    _run(whole, f"INSERT INTO vehicles (id, user_id) VALUES ('{_ID}', 'a')")
    for table, rest in of_it.items():
        _run(whole, f"INSERT INTO {table} (id, user_id, vehicle_id, {rest.format(_ID)}")
    ((mode, is_active),) = _rows(whole, "SELECT mode, is_active FROM maintenance_schedules")
    assert (mode, bool(is_active)) == ("floating", True)
    _run(whole, "DELETE FROM vehicles")
    for table in of_it:
        assert _rows(whole, f"SELECT count(*) FROM {table}") == [(0,)]


def test_deleting_a_schedule_keeps_the_history_of_its_backups(whole: sa.Engine) -> None:
    _run(
        whole,
        f"INSERT INTO backup_schedules (id, {SCHEDULE}) VALUES ('{_ID}', 'n', 'daily', 'x')",
        f"INSERT INTO backup_history (schedule_id, {BACKUP})"
        f" VALUES ('{_ID}', 'manual', 'f', 'p', 1, 'failed')",
        "DELETE FROM backup_schedules",
    )
    assert _rows(whole, "SELECT schedule_id FROM backup_history") == [(None,)]


def test_the_database_makes_ids_of_version_4_and_moments_in_utc_where_the_reference_lets_it(
    whole: sa.Engine,
) -> None:
    _run(whole, *(f"INSERT INTO user_profiles (auth0_sub, email) VALUES ('{n}', 'e')" for n in range(200)))
    ids = {UUID(str(row[0])) for row in _rows(whole, "SELECT id FROM user_profiles")}
    assert len(ids) == 200
    assert {found.version for found in ids} == {4}
    assert {found.variant for found in ids} == {"specified in RFC 4122"}
    ((made, email_verified, tier),) = set(
        _rows(
            whole,
            "SELECT max(created_at), email_verified, subscription_tier FROM user_profiles GROUP BY 2, 3",
        )
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{6})?\+00:00", str(made))
    assert (bool(email_verified), tier) == (False, "free")
