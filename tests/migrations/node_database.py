"""A database as the Node application makes and fills it, from the reference statement.

Its runner keeps feature and file of what it has run; the reference document says no
more of its ``_migrations`` than that. Where the document has ``uuid_generate_v4()``,
so has this; the extension uuid-ossp, which brings it, is not on every server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from tests.migrations.reference_schema import TABLES

__all__ = ["ANA", "BOB", "MIGRATIONS", "checksums", "columns_of", "fill", "make", "rows", "vehicle_id"]

ANA: Final = "auth0|ana"
BOB: Final = "auth0|bob"
UUID_OSSP: Final = ("user_profiles", "terms_agreements", "email_templates", "notification_logs")
SEEDS: Final = (
    ("email_templates", "template_key, name, subject, body", "'{}', 'edited by an admin', 's', 'b'"),
    ("backup_settings", "setting_key, setting_value", "'{}', 'theirs'"),
)
MIGRATIONS: Final = """
    CREATE TABLE _migrations (
        id SERIAL PRIMARY KEY,
        feature VARCHAR(100) NOT NULL,
        file VARCHAR(255) NOT NULL,
        executed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        UNIQUE (feature, file)
    )
"""


def make(connection: sa.Connection, capsules: set[str] | None = None) -> None:
    """Tables of these capsules or of all, their seeded rows, and what the runner noted."""
    run = connection.exec_driver_sql
    run("CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT gen_random_uuid()'")
    run(MIGRATIONS)
    for table in TABLES.values():
        if capsules is not None and table.capsule not in capsules:
            continue
        for statement in table.statements():
            if table.name in UUID_OSSP and statement.startswith("CREATE TABLE"):
                statement = statement.replace("gen_random_uuid()", "uuid_generate_v4()")
            run(statement)
        feature = table.capsule.replace("_", "-")
        run(
            "INSERT INTO _migrations (feature, file)"
            f" VALUES ('{feature}', '001_create_{table.name}.sql') ON CONFLICT DO NOTHING"
        )
        for seeded, columns, values in SEEDS:
            if seeded == table.name:
                for (key,) in zip(*table.seeds.values(), strict=True):
                    run(f"INSERT INTO {seeded} ({columns}) VALUES ({values.format(key)})")


def _id(kind: int, number: int) -> str:
    return f"{kind:08d}-0000-4000-8000-{number:012d}"


def vehicle_id(number: int) -> str:
    """That of the first vehicle of :func:`rows`."""
    return _id(1, number)


def rows(user: str, number: int) -> Iterator[tuple[str, str]]:
    """Table and statement of one user's rows: every table, only columns of the reference, as Node inserts.

    Args:
        user: Whose.
        number: Another one each time, from 1: ids are made of it.
    """
    at = "'2025-03-01T12:00:00+01:00'"
    of_car, oil = f"'{user}', '{_id(1, number)}'", "'routine_maintenance', ARRAY['Engine Oil']"
    amounts = "fuel_units, cost_per_unit, total_cost, created_at, updated_at"
    of_user = {
        "admin_users": ("auth0_sub, email, created_by", f"'{user}-{number}', 'a{number}@example.com', 'x'"),
        "admin_audit_logs": ("actor_admin_id, action, context", "'x', 'made', '{\"a\": 1}'"),
        "user_profiles": ("auth0_sub, email", f"'{user}-{number}', 'p@example.com'"),
        "terms_agreements": (
            "user_id, ip_address, user_agent, terms_version, terms_url, terms_content_hash",
            f"'{user}', '::1', 'agent', '1', 'u', 'h'",
        ),
        "engines": ("name", f"'Engine {number}'"),
        "transmissions": ("type", f"'Gearbox {number}'"),
        "vehicle_options": ("year, make, model, trim", f"{2000 + number}, 'Honda', 'Accord', 'EX'"),
        "vehicles": (
            "id, user_id, license_plate, make, model, year, odometer_reading, created_at, updated_at",
            f"'{_id(1, number)}', '{user}', 'MV {number}', 'Honda', 'Accord', 2003, 52000, {at}, {at}",
        ),
        "fuel_logs": (
            f"id, user_id, vehicle_id, date_time, odometer, fuel_type, {amounts}",
            f"'{_id(2, number)}', {of_car}, {at}, 52300.5, 'gasoline', 12.345, 3.299, 40.73, {at}, {at}",
        ),
        "maintenance_logs": (
            "id, user_id, vehicle_id, category, subtypes, service_date, odometer, cost",
            f"'{_id(3, number)}', {of_car}, {oil}, '2025-02-28', 52100, 49.90",
        ),
        "maintenance_schedules": (
            "id, user_id, vehicle_id, category, subtypes, interval_months, interval_miles",
            f"'{_id(4, number)}', {of_car}, {oil}, 6, 5000",
        ),
        "stations": ("id, google_place_id, name", f"'{_id(5, number)}', 'place-{number}', 'Corner'"),
        "community_stations": (
            "id, station_id, user_id",
            f"'{_id(6, number)}', '{_id(5, number)}', '{user}'",
        ),
        "documents": (
            "id, user_id, vehicle_id, document_type, title, details",
            f"'{_id(7, number)}', '{user}', '{_id(1, number)}', 'insurance', 'Policy', '{{}}'",
        ),
        "notification_logs": (
            "user_id, notification_type, template_key",
            f"'{user}', 'email', 'document_expired'",
        ),
        "backup_schedules": (
            "id, name, frequency, cron_expression",
            f"'{_id(8, number)}', 'n', 'daily', '0 0 * * *'",
        ),
        "backup_history": (
            "schedule_id, backup_type, filename, file_path, file_size_bytes, status",
            f"'{_id(8, number)}', 'manual', 'f', 'p', 1, 'completed'",
        ),
    }
    for table, (columns, values) in of_user.items():
        yield table, f"INSERT INTO {table} ({columns}) VALUES ({values})"


def fill(connection: sa.Connection) -> None:
    """Two users: ana is metric, bob has the defaults (imperial)."""
    for number, user in enumerate((ANA, BOB), start=1):
        for _, statement in rows(user, number):
            connection.exec_driver_sql(statement)
        system = "'metric', 'EUR', 'Europe/Rome'" if user == ANA else "DEFAULT, DEFAULT, DEFAULT"
        connection.exec_driver_sql(
            "INSERT INTO user_preferences (id, user_id, unit_system, currency_code, time_zone)"
            f" VALUES ('{_id(9, number)}', '{user}', {system})"
        )


def checksums(connection: sa.Connection, columns: dict[str, list[str]] | None = None) -> dict[str, str]:
    """Of every table the sum of all rows and where each lies, by these columns or by all that are there.

    ``xmin`` and ``ctid`` are in: a row that was written again, even with the same values, is seen.
    """
    found = {}
    for table, names in (columns or columns_of(connection)).items():
        row = ", ".join(["ctid", "xmin", *(f'"{name}"' for name in names)])
        query = (
            f"SELECT md5(coalesce(string_agg(ROW({row})::text, E'\\n' ORDER BY ctid), '')) FROM \"{table}\""
        )
        found[table] = str(connection.exec_driver_sql(query).scalar_one())
    return found


def columns_of(connection: sa.Connection) -> dict[str, list[str]]:
    """The columns of every table that is there."""
    said = sa.inspect(connection)
    return {table: [column["name"] for column in said.get_columns(table)] for table in said.get_table_names()}
