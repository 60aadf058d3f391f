"""Where a database keeps what was applied to it: ``_migrations``, unless that name is another application's.

A database that MotoVaultPro made has a ``_migrations`` of its own, in which its
runner looks up the files that it has run. It stays as it is, rows and columns: what
we apply there is recorded in ``_motovault_migrations`` beside it. Which of the two it
is, the database itself says; nothing has to be configured.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from motovault.errors import StorageFailure
from motovault.storage.sql.shipped import MIGRATIONS

__all__ = ["BESIDE", "is_another_applications", "records_of"]

BESIDE: Final = MIGRATIONS.to_metadata(sa.MetaData(), name="_motovault_migrations")
"""The same table in a database that was adopted."""


def records_of(connection: sa.Connection) -> sa.Table | None:
    """The table in which this database keeps what was applied; None where there is none yet.

    Raises:
        StorageFailure: ``_migrations`` is another application's, and the database was not adopted.
    """
    found = sa.inspect(connection)
    is_there = found.has_table(MIGRATIONS.name)
    lacking = _lacking(found) if is_there else set[str]()
    if is_there and not lacking:
        return MIGRATIONS
    if found.has_table(BESIDE.name):
        return BESIDE
    if is_there:
        raise StorageFailure(
            f"the table {MIGRATIONS.name} of this database is another application's: "
            f"it has no column {', '.join(sorted(lacking))}; "
            "if that is MotoVaultPro, take the database over with: motovault adopt"
        )
    return None


def is_another_applications(connection: sa.Connection) -> bool:
    """Whether there is a ``_migrations`` and it is not ours."""
    found = sa.inspect(connection)
    return found.has_table(MIGRATIONS.name) and bool(_lacking(found))


def _lacking(found: sa.Inspector) -> set[str]:
    there = {column["name"] for column in found.get_columns(MIGRATIONS.name)}
    return {column.name for column in MIGRATIONS.columns} - there
