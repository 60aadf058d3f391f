"""Where a database keeps what was applied to it: ``_migrations``, unless that name is another application's.

A database that MotoVaultPro made has a ``_migrations`` of its own, in which its
runner looks up the files that it has run. It stays as it is, rows and columns: what
we apply there is recorded in ``_motovault_migrations`` beside it. Which of the two it
is, the database itself says; nothing has to be configured.
"""

from __future__ import annotations

import re
from typing import Final

import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql.shipped import MIGRATIONS

__all__ = ["BESIDE", "is_another_applications", "is_record", "records_of"]

BESIDE: Final = MIGRATIONS.to_metadata(sa.MetaData(), name="_motovault_migrations")
"""The same table in a database that was adopted."""

_FILE_NAME: Final = re.compile(r"[0-9]{3}_\w+\.py")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def records_of(connection: sa.Connection) -> sa.Table | None:
    """The table in which this database keeps what was applied; None where there is none yet.

    Raises:
        StorageFailure: ``_migrations`` is another application's, and the database was not adopted; or
            ``_motovault_migrations`` is.
    """
    found = sa.inspect(connection)
    is_there = found.has_table(MIGRATIONS.name)
    strange = _strange(connection, found, MIGRATIONS) if is_there else None
    if is_there and strange is None:
        return MIGRATIONS
    if found.has_table(BESIDE.name):
        if (why := _strange(connection, found, BESIDE)) is not None:
            raise StorageFailure(
                f"the table {BESIDE.name} of this database is not motovault's, which needs that name: "
                f"{why}; rename it"
            )
        return BESIDE
    if is_there:
        raise StorageFailure(
            f"the table {MIGRATIONS.name} of this database is another application's: {strange}; "
            "if that is MotoVaultPro, take the database over with: motovault adopt"
        )
    return None


def is_another_applications(connection: sa.Connection) -> bool:
    """Whether there is a ``_migrations`` and it is not ours."""
    found = sa.inspect(connection)
    return found.has_table(MIGRATIONS.name) and _strange(connection, found, MIGRATIONS) is not None


def is_record(capsule: object, file_name: object, sha256: object) -> bool:
    """Whether a row can be of a file of motovault's, of this version or of another.

    >>> is_record("vehicles", "001_create_vehicles.py", "0" * 64)
    True
    >>> is_record("vehicles", "001_create_vehicles.sql", "9f86d081")
    False
    """
    return (
        isinstance(capsule, str)
        and _FILE_NAME.fullmatch(str(file_name)) is not None
        and _SHA256.fullmatch(str(sha256)) is not None
    )


def _strange(connection: sa.Connection, found: sa.Inspector, table: sa.Table) -> str | None:
    """Why a table of this name is not ours; None where it is."""
    there = {column["name"]: column["type"] for column in found.get_columns(table.name)}
    if lacking := sorted({column.name for column in table.columns} - set(there)):
        return f"it has no column {', '.join(lacking)}"
    texts = [table.c.capsule, table.c.file_name, table.c.sha256]
    if odd := [column.name for column in texts if not isinstance(there[column.name], sa.String)]:
        return f"its column {odd[0]} holds no text"
    if any(not is_record(*row) for row in connection.execute(sa.select(*texts))):
        return "it has rows that are not of motovault's files"
    return None
