"""Keys that rows of another application can break, and that wait until those rows are mended.

A database that MotoVaultPro filled may hold two live vehicles of one user with the
same VIN, or a fuel log that hangs on another user's vehicle. No row of it is
touched. The unique index on live VINs is not made then, and the owner key is there
unvalidated: PostgreSQL checks it on new and changed rows and leaves the old ones
alone. Once they are mended, ``motovault migrate`` adds what is lacking.

PostgreSQL only: a SQLite file has all keys from its start.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from motovault.storage.sql.owner_keys import OWNED, key_name, strays
from motovault.storage.sql.vehicles import VEHICLES

__all__ = ["SPARING", "VIN_INDEX", "WaitingKey", "add_where_possible", "broken_keys", "lacking"]

VIN_INDEX: Final = "vehicles_live_vin_key"
_VIN_FILE: Final = "vehicles/004_take_empty_vin_for_none.py"
"""What makes the index as it is now, and would fail on rows that break it."""

_SHOWN: Final = 20

_SAME_VIN: Final = """
    SELECT v.id FROM vehicles v
    JOIN (
        SELECT user_id, vin FROM vehicles WHERE deleted_at IS NULL AND is_active AND vin <> ''
        GROUP BY user_id, vin HAVING count(*) > 1
    ) twice ON twice.user_id = v.user_id AND twice.vin = v.vin
    WHERE v.deleted_at IS NULL AND v.is_active
    ORDER BY v.user_id, v.vin, v.id
"""
_HERE: Final = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_LACKING: Final = sa.text(f"""
    SELECT conname FROM pg_constraint
    WHERE NOT convalidated AND conname = ANY(:keys) AND connamespace = {_HERE}
    UNION ALL
    SELECT name FROM (SELECT CAST(:index AS name) AS name) i
    WHERE NOT EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = i.name AND c.relnamespace = {_HERE})
""")
_HIDES_ROWS: Final = sa.text(f"""
    SELECT bool_or(row_security_active(oid)) FROM pg_class
    WHERE relname = ANY(:tables) AND relkind IN ('r', 'p') AND relnamespace = {_HERE}
""")


@frozen
class WaitingKey:
    """A key that a database lacks, and the rows that stand in its way.

    Attributes:
        name: Of the constraint or index.
        table: Whose rows it is about.
        rule: What it says.
        count: How many rows break it; 0 where they were mended and ``motovault migrate`` can add it;
            None where row-level security hides rows from the role that asks.
        ids: Those of the first 20 rows; a VIN is never shown.
    """

    name: str
    table: str
    rule: str
    count: int | None
    ids: tuple[str, ...]

    def __str__(self) -> str:
        if self.count is None:
            hidden = "row-level security hides rows from this database user, who cannot tell"
            return (
                f"{self.name} on {self.table}: {hidden} whether one breaks the rule that {self.rule}: "
                "run motovault migrate as the tables' owner, which looks at all rows and adds it if none does"
            )
        if not self.count:
            return f"{self.name} on {self.table} can be added: run motovault migrate"
        more = ", ..." if self.count > len(self.ids) else ""
        rows = "1 row breaks" if self.count == 1 else f"{self.count} rows break"
        return (
            f"{self.name} on {self.table}: {rows} the rule that {self.rule} (id {', '.join(self.ids)}{more})"
        )


def _rules() -> dict[str, tuple[str, str, str]]:
    """Of each key: its table, its rule, and the query for rows that break it."""
    mine = "a row is of its user's own vehicle"
    owners = {key_name(table): (table, mine, strays(table)) for table in OWNED}
    return {VIN_INDEX: ("vehicles", "a user has a VIN once among live vehicles", _SAME_VIN), **owners}


def broken_keys(connection: sa.Connection, keys: Iterable[str] | None = None) -> tuple[WaitingKey, ...]:
    """What the rows stand in the way of, whether the key is there or not.

    Args:
        connection: To PostgreSQL.
        keys: Only these; by default all whose tables are there.
    """
    found = []
    tables = set(sa.inspect(connection).get_table_names())
    for name, (table, rule, query) in _rules().items():
        if {table, "vehicles"} <= tables and (keys is None or name in keys):
            if connection.execute(_HIDES_ROWS, {"tables": [table, "vehicles"]}).scalar_one():
                found.append(WaitingKey(name, table, rule, None, ()))
                continue
            ids = connection.exec_driver_sql(query).scalars().all()
            if ids or keys is not None:
                found.append(WaitingKey(name, table, rule, len(ids), tuple(map(str, ids[:_SHOWN]))))
    return tuple(found)


def lacking(connection: sa.Connection, applied: Iterable[str]) -> tuple[str, ...]:
    """Names of the keys that should be there by the applied files and are not, or are not validated.

    Args:
        connection: To a database of either kind; in SQLite nothing is ever lacking.
        applied: The files that were applied, as ``capsule/file_name``.
    """
    if connection.dialect.name != "postgresql" or _VIN_FILE not in set(applied):
        return ()
    keys = [key_name(table) for table in OWNED]
    return tuple(connection.execute(_LACKING, {"keys": keys, "index": VIN_INDEX}).scalars())


def add_where_possible(connection: sa.Connection, keys: Iterable[str]) -> tuple[str, ...]:
    """Add those of these keys that no row breaks any more; their names. In the caller's transaction."""
    added = []
    for key in broken_keys(connection, tuple(keys)):
        if key.count != 0:
            continue
        if key.name == VIN_INDEX:
            # Looked at again when nobody can write any more. An owner key lets in no new row that breaks it.
            connection.exec_driver_sql("LOCK TABLE vehicles IN SHARE MODE")
            if broken_keys(connection, (VIN_INDEX,))[0].count != 0:
                continue
            (index,) = (index for index in VEHICLES.indexes if index.name == VIN_INDEX)
            connection.execute(sa.schema.CreateIndex(index))
        else:
            connection.exec_driver_sql(f"ALTER TABLE {key.table} VALIDATE CONSTRAINT {key.name}")
        added.append(key.name)
    return tuple(added)


def _sparing(apply: Callable[..., None], *, is_last: bool) -> Callable[..., None]:
    """The function of a file that makes the index on live VINs, without it where rows break it.

    An earlier file never makes it: rows may break the index as that file has it, which the last one mends.
    """

    def run(**arguments: Any) -> None:
        from alembic import op

        context: Any = op.get_context()
        impl = context.impl
        create = impl.create_index

        def create_index(index: sa.Index, **options: Any) -> None:
            # Asked at the last moment, when the table is locked by what the file did before.
            if index.name != VIN_INDEX or (
                is_last and broken_keys(context.connection, (VIN_INDEX,))[0].count == 0
            ):
                create(index, **options)

        impl.create_index = create_index
        try:
            apply(**arguments)
        finally:
            del impl.create_index

    return run


SPARING: Final[Mapping[str, Callable[[Callable[..., None]], Callable[..., None]]]] = {
    "vehicles_002": functools.partial(_sparing, is_last=False),
    "vehicles_004": functools.partial(_sparing, is_last=True),
}
"""By revision of the files that make the index on live VINs: what makes functions of them that spare rows.

For a run on PostgreSQL that applies both, or the last one.
"""
