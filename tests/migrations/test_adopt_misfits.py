"""Adopting what is not quite the reference: what is noted, what is refused."""

from __future__ import annotations

import pickle

import pytest
import sqlalchemy as sa

import motovault
from motovault.storage.sql import migrate
from motovault.storage.sql.adopt import AdoptionRefused, adopt
from tests.migrations import reference_schema
from tests.migrations.node_database import BOB, checksums

pytestmark = pytest.mark.migrations

VIN = "1HGCM82633A004352"


def _run(db_engine: sa.Engine, *statements: str) -> None:
    with db_engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _everything(db_engine: sa.Engine) -> object:
    with db_engine.connect() as connection:
        said = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY 1, 2"
        return [tuple(row) for row in connection.exec_driver_sql(said)], checksums(connection)


# --- what does not fit


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "ALTER TABLE vehicles DROP color",
            "vehicles, column color: there is nothing, must be character varying(50) NULL",
        ),
        ("ALTER TABLE vehicles RENAME vin TO number", "vehicles, column vin: there is nothing"),
        (
            "ALTER TABLE vehicles ALTER vin TYPE VARCHAR(10)",
            "vehicles, column vin: there is character varying(10), must be character varying(17)",
        ),
        (
            "ALTER TABLE fuel_logs ALTER date_time TYPE TIMESTAMP",
            "date_time: there is timestamp without time zone, must be timestamp with time zone",
        ),
        ("ALTER TABLE fuel_logs ALTER odometer TYPE NUMERIC(12,1)", "must be numeric"),
        ("ALTER TABLE maintenance_logs ALTER subtypes TYPE VARCHAR(50)[]", "must be text[]"),
        ("ALTER TABLE documents ALTER details TYPE JSON", "must be jsonb"),
        (
            "ALTER TABLE vehicles ALTER user_id DROP NOT NULL",
            "vehicles, column user_id: there is NULL, must be NOT NULL",
        ),
        (
            "ALTER TABLE vehicles ALTER make SET NOT NULL",
            "vehicles, column make: there is NOT NULL, must be NULL",
        ),
        (
            "ALTER TABLE user_profiles ALTER id DROP DEFAULT",
            "user_profiles, default of id: there is nothing, must be gen_random_uuid()",
        ),
        ("ALTER TABLE engines ALTER id DROP DEFAULT", "must be a number of its own"),
        ("ALTER TABLE terms_agreements DROP CONSTRAINT terms_agreements_pkey", "must be PRIMARY KEY (id)"),
        (
            "ALTER TABLE fuel_logs DROP CONSTRAINT fuel_logs_vehicle_id_fkey",
            "fuel_logs, foreign key: there is nothing, must be FOREIGN KEY (vehicle_id) REFERENCES",
        ),
        (
            (
                "ALTER TABLE documents DROP CONSTRAINT documents_vehicle_id_fkey; "
                "ALTER TABLE documents ADD FOREIGN KEY (vehicle_id) REFERENCES vehicles (id)"
            ),
            "must be FOREIGN KEY (vehicle_id) REFERENCES vehicles(id) ON DELETE CASCADE",
        ),
        (
            "ALTER TABLE user_preferences DROP CONSTRAINT user_preferences_user_id_key",
            "user_preferences, unique index: there is nothing, must be btree (user_id)",
        ),
        (
            "ALTER TABLE backup_history DROP CONSTRAINT backup_history_status_check",
            "backup_history, check: there is nothing",
        ),
        ("DROP INDEX idx_engines_lower_name", "engines, unique index: there is nothing"),
        ("DROP TABLE maintenance_schedules", "maintenance_schedules: there is nothing, must be a table"),
        (
            "DROP TABLE community_stations; CREATE VIEW community_stations AS SELECT 1 AS id",
            "community_stations: there is a view, must be a table",
        ),
        (
            "ALTER TABLE fuel_logs ADD fuel_unit TEXT",
            "fuel_unit: there is text NULL, must be no column of this name, which motovault adds",
        ),
        (
            "ALTER TABLE stations ADD stars INTEGER NOT NULL",
            "stations, column stars: there is integer NOT NULL, must be NULL or with a default",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_table_column_and_both_sides(
    node: sa.Engine, change: str, says: str
) -> None:
    if "NOT NULL" in change and "stars" in change:
        _run(node, "DELETE FROM community_stations", "DELETE FROM stations")
    _run(node, *change.split("; "))
    before = _everything(node)
    with pytest.raises(AdoptionRefused) as caught:
        adopt(node)
    assert says in str(caught.value)
    (misfit,) = caught.value.misfits
    assert says in str(misfit)
    assert not misfit.fits
    assert _everything(node) == before


def test_all_misfits_are_named_at_once(node: sa.Engine) -> None:
    _run(
        node,
        "ALTER TABLE vehicles DROP color, ALTER vin TYPE TEXT, ADD mood TEXT",
        "ALTER TABLE documents DROP title",
    )
    with pytest.raises(AdoptionRefused, match="3 things do not fit") as dry:
        adopt(node, dry_run=True)
    with pytest.raises(AdoptionRefused, match="3 things do not fit") as caught:
        adopt(node)
    assert caught.value.misfits == dry.value.misfits
    assert [(one.table, one.subject, one.there, one.expected) for one in caught.value.misfits] == [
        ("vehicles", "column vin", "text", "character varying(17)"),
        ("vehicles", "column color", "nothing", "character varying(50) NULL"),
        ("documents", "column title", "nothing", "character varying(200) NOT NULL"),
    ]
    assert [note.subject for note in caught.value.notes] == ["column mood"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.misfits) == (str(caught.value), caught.value.misfits)


def test_a_file_that_fails_leaves_the_database_as_it_was(node: sa.Engine) -> None:
    _run(
        node,
        """
        CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF position('fuel_logs_source_key' IN current_query()) > 0 THEN RAISE 'not today'; END IF;
        END
        $$
        """,
        "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()",
    )
    before = _everything(node)
    with pytest.raises(motovault.StorageFailure, match=r"fuel_logs/002_add_economy_columns\.py failed"):
        adopt(node)
    assert _everything(node) == before
    with pytest.raises(motovault.StorageFailure, match="another application's"):
        migrate.status(node)


def test_tables_of_another_owner_are_refused_before_anything_is_tried(
    node: sa.Engine, theirs: sa.Engine
) -> None:
    for dry_run in (True, False):
        with pytest.raises(AdoptionRefused, match="vehicles, owner: there is ") as caught:
            adopt(theirs, dry_run=dry_run)
        assert {one.table for one in caught.value.misfits} == set(reference_schema.TABLES)
    _run(node, f"GRANT {node.url.username} TO {theirs.url.username}")
    assert adopt(theirs, dry_run=True).state == "would be adopted"


def test_row_level_security_that_hides_rows_from_us_is_refused(node: sa.Engine, theirs: sa.Engine) -> None:
    """PostgreSQL asks the policies of a forced table when it validates a key: no row would count."""
    _run(
        node,
        *(
            f"ALTER TABLE {table} OWNER TO {theirs.url.username}"
            for table in (*reference_schema.TABLES, "_migrations")
        ),
        *(
            f"ALTER TABLE {table} {what} ROW LEVEL SECURITY"
            for table in ("vehicles", "fuel_logs")
            for what in ("ENABLE", "FORCE")
        ),
        f"UPDATE fuel_logs SET user_id = '{BOB}'",
    )
    with pytest.raises(AdoptionRefused, match="one that binds the database user") as caught:
        adopt(theirs)
    assert [one.table for one in caught.value.misfits] == ["vehicles", "fuel_logs"]
    for table in ("vehicles", "fuel_logs"):
        _run(node, f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    found = adopt(theirs)
    assert [key.table for key in found.waiting] == ["fuel_logs"]
    assert {note.subject for note in found.notes} == {"row-level security"}


# --- what does no harm


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "ALTER TABLE vehicles ADD mood TEXT",
            "vehicles, column mood: there is text NULL, the reference has nothing",
        ),
        ("ALTER TABLE vehicles ADD stars INTEGER NOT NULL DEFAULT 0", "column stars"),
        ("ALTER TABLE vehicles ADD n INTEGER GENERATED ALWAYS AS IDENTITY", "column n"),
        (
            "ALTER TABLE vehicles ALTER odometer_reading SET DEFAULT 1",
            "default of odometer_reading: there is 1, the reference has 0",
        ),
        ("ALTER TABLE vehicles ALTER is_active DROP DEFAULT", "default of is_active: there is nothing"),
        ("CREATE INDEX mine ON vehicles (color)", "index mine: there is btree (color)"),
        ("CREATE UNIQUE INDEX mine ON stations (website)", "unique index mine"),
        ("DROP INDEX idx_vehicles_vin", "vehicles, index: there is nothing, the reference has btree (vin)"),
        ("DROP TRIGGER update_vehicles_updated_at ON vehicles", "one that sets updated_at"),
        ("ALTER TABLE vehicles DISABLE TRIGGER update_vehicles_updated_at", "one that sets updated_at"),
        ("ALTER TABLE vehicles ADD CONSTRAINT sane CHECK (year > 1900)", "check sane"),
        ("ALTER TABLE vehicles ENABLE ROW LEVEL SECURITY", "row-level security: there is on"),
        (
            "CREATE TABLE ownership_costs (id INTEGER)",
            "ownership_costs: there is a table that is not the reference's",
        ),
    ],
)
def test_what_does_no_harm_is_noted(node: sa.Engine, change: str, says: str) -> None:
    _run(node, change)
    (note,) = adopt(node).notes
    assert says in str(note)
    assert note.fits
    assert migrate.status(node).is_current


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE vehicles RENAME CONSTRAINT vehicles_pkey TO pk",
        "ALTER INDEX idx_vehicles_vin RENAME TO vin_index",
        (
            "ALTER TABLE user_preferences DROP CONSTRAINT user_preferences_user_id_key; "
            "CREATE UNIQUE INDEX one_each ON user_preferences (user_id)"
        ),
        "ALTER TABLE user_preferences ALTER created_at SET DEFAULT now()",
        "ALTER TABLE email_templates ALTER id SET DEFAULT gen_random_uuid()",
        (
            "ALTER TABLE documents DROP CONSTRAINT documents_document_type_check; ALTER TABLE documents"
            " ADD CHECK (document_type IN ('manual', 'registration', 'insurance'))"
        ),
        "CREATE VIEW cars AS SELECT * FROM vehicles",
        "ALTER SEQUENCE engines_id_seq RENAME TO other_seq",
    ],
)
def test_what_means_the_same_is_no_difference(node: sa.Engine, change: str) -> None:
    _run(node, *change.split("; "))
    assert adopt(node).notes == ()
