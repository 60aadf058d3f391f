"""The foreign keys (user_id, vehicle_id) that keep a row from hanging on another user's vehicle.

For the migration files that add them. PostgreSQL checks a key that is not
validated on every new and changed row; rows that broke it before stay as they
are, until they are mended and the key is validated.
"""

from __future__ import annotations

from typing import Any

from motovault.errors import StorageFailure
from motovault.storage.sql.rebuild import with_constraint, without_constraint

__all__ = ["OWNED", "add_owner_key", "drop_owner_key", "key_name", "strays"]

OWNED = ("fuel_logs", "maintenance_logs", "maintenance_schedules", "documents")
"""The tables whose rows are of a vehicle."""

_SHOWN = 5


def key_name(table: str) -> str:
    """The constraint's name.

    >>> key_name("fuel_logs")
    'fuel_logs_user_id_vehicle_id_fkey'
    """
    return f"{table}_user_id_vehicle_id_fkey"


def strays(table: str) -> str:
    """The query for rows of another user's vehicle: their ids, in order."""
    mine = "v.id = c.vehicle_id AND v.user_id = c.user_id"
    return (
        f"SELECT c.id FROM {table} c WHERE NOT EXISTS (SELECT 1 FROM vehicles v WHERE {mine}) ORDER BY c.id"
    )


def add_owner_key(context: Any, table: str) -> None:
    """Add the key to a table; ``context`` is Alembic's.

    Raises:
        StorageFailure: In SQLite, which has no key that spares old rows: there are rows that break it.
    """
    if context.dialect.name == "sqlite":
        if not context.as_sql and (
            ids := [row[0] for row in context.connection.exec_driver_sql(strays(table))]
        ):
            named = ", ".join(map(str, ids[:_SHOWN])) + (", ..." if len(ids) > _SHOWN else "")
            raise StorageFailure(
                f"{len(ids)} rows of {table} are of another user's vehicle (id {named}): "
                "give them the vehicle's user_id, or delete them"
            )
        with_constraint(context, table, _sqlite(table))
        return
    add = f"ALTER TABLE {table} ADD CONSTRAINT {key_name(table)} FOREIGN KEY (user_id, vehicle_id)"
    context.execute(f"{add} REFERENCES vehicles (user_id, id) ON DELETE CASCADE NOT VALID")
    if context.as_sql or not context.connection.exec_driver_sql(f"{strays(table)} LIMIT 1").first():
        context.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {key_name(table)}")


def drop_owner_key(context: Any, table: str) -> None:
    """Take the key away again."""
    if context.dialect.name == "sqlite":
        without_constraint(context, table, _sqlite(table))
    else:
        context.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key_name(table)}")


def _sqlite(table: str) -> str:
    key = f"CONSTRAINT {key_name(table)} FOREIGN KEY(user_id, vehicle_id)"
    return f"{key} REFERENCES vehicles (user_id, id) ON DELETE CASCADE"
