"""All that a database says of what was made in it, PostgreSQL or SQLite, so that two can be compared."""

from __future__ import annotations

import sqlalchemy as sa

from motovault.storage.sql import migrate
from tests.migrations.catalogue import catalogue

__all__ = ["schema", "state"]

_IN_PUBLIC = "= 'public'::regnamespace"
_SAYS = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite_%'"],
    "postgresql": [
        "SELECT * FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace {_IN_PUBLIC}",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        f"SELECT proname, prosrc FROM pg_proc WHERE pronamespace {_IN_PUBLIC}",
    ],
}


def schema(db_engine: sa.Engine) -> dict[str, list[list[str]]]:
    """Everything that the database itself says about its tables, in its own words; not its own name."""
    with db_engine.connect() as connection:
        return {
            query: sorted(
                [" ".join(str(value).split()) for value in row if value != db_engine.url.database]
                for row in connection.exec_driver_sql(query)
            )
            for query in _SAYS[db_engine.dialect.name]
        }


def state(db_engine: sa.Engine) -> dict[str, object]:
    """The schema, and what is recorded of its migrations by us and by Alembic; not when."""
    found: dict[str, object] = dict(schema(db_engine))
    with db_engine.connect() as connection:
        if db_engine.dialect.name == "postgresql":
            found["catalogue"] = catalogue(connection)
        for table, columns in (
            (migrate.MIGRATIONS.name, "capsule, file_name, sha256"),
            (migrate.VERSION_TABLE, "version_num"),
        ):
            if sa.inspect(connection).has_table(table):
                rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY {columns}")
                found[table] = [tuple(row) for row in rows]
    return found
