"""Writing many rows at once: COPY in PostgreSQL, executemany in SQLite.

COPY cannot leave rows out that are kept already. So a chunk is first copied
straight into the table, under a savepoint, which is what an import that never
ran before needs; when a row turns out to be kept already, that chunk and those
after it go through a temporary table and ``INSERT ... ON CONFLICT DO NOTHING``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from motovault.storage.sql.columns import encode, wrapper
from motovault.storage.sql.errors import Clashes
from motovault.storage.sql.statements import Statement
from motovault.storage.sql.work import Work

__all__ = ["BulkInsert"]

_SMALL: Final = 200
"""Up to here the round trips of a COPY cost more than they save."""

_NOT_STRAIGHT: Final = frozenset({"23505", "0A000"})
"""A row is there already; row-level security that nobody told us of, which does not let COPY in."""

_NO_RIGHT: Final = "42501"

_TYPE_NAMES: Final[tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...]] = (
    (sa.Uuid, "uuid"),
    (sa.DateTime, "timestamptz"),
    (sa.Date, "date"),
    (sa.Numeric, "numeric"),
    (sa.Boolean, "bool"),
    (sa.BigInteger, "int8"),
    (sa.Integer, "int4"),
    (sa.String, "text"),
    (sa.JSON, "jsonb"),
    (sa.ARRAY, "text[]"),
)


class BulkInsert:
    """Inserts many rows of one table, leaving out those that a unique index holds already.

    Args:
        table: The table; a row has the values of all its columns, in their order.
        insert: The insert of one row which skips those.
        skipping: The name of that unique index.
        clashes: What to raise for other constraints.
    """

    def __init__(self, table: sa.Table, insert: Statement, *, skipping: str, clashes: Clashes) -> None:
        self._insert = insert
        self.clashes = clashes
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        index = next(index for index in table.indexes if index.name == skipping)
        keys = ", ".join(f'"{column.name}"' for column in index.columns)
        stage = f"_motovault_{table.name}"
        kinds = [column.type for column in table.columns]
        self._types = [_type_name(kind) for kind in kinds]
        self._kinds = kinds
        self._copy = f'COPY "{table.name}" ({columns}) FROM STDIN (FORMAT BINARY)'
        of_table = f'SELECT {columns} FROM "{table.name}" WITH NO DATA'
        self._stage = f'CREATE TEMPORARY TABLE "{stage}" ON COMMIT DROP AS {of_table}'
        self._copy_to_stage = f'COPY "{stage}" ({columns}) FROM STDIN (FORMAT BINARY)'
        self._from_stage = (
            f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM "{stage}" '
            f"ON CONFLICT ({keys}) DO NOTHING"
        )
        self._drop_stage = f'DROP TABLE "{stage}"'

    def start(self, work: Work) -> BulkRun:
        """One run over many chunks of rows; to be made in a block of ``work``."""
        return BulkRun(self, work)

    def many(self, cursor: Any, dialect: str, rows: Sequence[tuple[object, ...]]) -> int:
        """Insert row by row, in one call of the database module."""
        compiled = self._insert.compiled(dialect)
        given = [compiled.bind(row) for row in rows]
        cursor.executemany(compiled.text, map(encode, given) if dialect == "sqlite" else given)
        return int(cursor.rowcount)

    def straight(self, cursor: Any, rows: Sequence[tuple[object, ...]]) -> int | None:
        """COPY into the table itself; None, and nothing done, if a row is there already."""
        cursor.execute("SAVEPOINT motovault_copy")
        try:
            self._write(cursor, self._copy, rows)
        except Exception as error:
            cursor.execute("ROLLBACK TO SAVEPOINT motovault_copy")
            cursor.execute("RELEASE SAVEPOINT motovault_copy")
            if getattr(error, "sqlstate", None) in _NOT_STRAIGHT:
                return None
            raise
        cursor.execute("RELEASE SAVEPOINT motovault_copy")
        return len(rows)

    def staged(self, cursor: Any, rows: Sequence[tuple[object, ...]]) -> int | None:
        """COPY into a temporary table, from which what is new goes on; None where we may make none."""
        cursor.execute("SAVEPOINT motovault_stage")
        try:
            cursor.execute(self._stage)
        except Exception as error:
            cursor.execute("ROLLBACK TO SAVEPOINT motovault_stage")
            cursor.execute("RELEASE SAVEPOINT motovault_stage")
            if getattr(error, "sqlstate", None) == _NO_RIGHT:
                return None
            raise
        cursor.execute("RELEASE SAVEPOINT motovault_stage")
        self._write(cursor, self._copy_to_stage, rows)
        cursor.execute(self._from_stage)
        added = int(cursor.rowcount)
        cursor.execute(self._drop_stage)
        return added

    def _write(self, cursor: Any, text: str, rows: Sequence[tuple[object, ...]]) -> None:
        with cursor.copy(text) as copy:
            copy.set_types(self._types)
            write_row = copy.write_row
            wrap = wrapper(self._kinds, "postgresql")
            for row in rows if wrap is None else map(wrap, rows):
                write_row(row)


class BulkRun:
    """One call's chunks, in the transaction that is open."""

    def __init__(self, bulk: BulkInsert, work: Work) -> None:
        self._bulk = bulk
        self._work = work
        self._all_new = not work.line.is_guarded
        self._may_stage = True

    def insert(self, rows: Sequence[tuple[object, ...]]) -> int:
        """Insert a chunk and say how many rows were new."""
        dialect = self._work.line.dialect
        if dialect == "sqlite" or len(rows) <= _SMALL:
            return self._run(lambda cursor: self._bulk.many(cursor, dialect, rows))
        return self._run(lambda cursor: self._copied(cursor, rows))

    def _copied(self, cursor: Any, rows: Sequence[tuple[object, ...]]) -> int:
        if self._all_new:
            if (added := self._bulk.straight(cursor, rows)) is not None:
                return added
            self._all_new = False
        if self._may_stage:
            if (added := self._bulk.staged(cursor, rows)) is not None:
                return added
            self._may_stage = False
        return self._bulk.many(cursor, "postgresql", rows)

    def _run(self, work: Callable[[Any], int]) -> int:
        return self._work.bulk(work, self._bulk.clashes)


def _type_name(kind: sa.types.TypeEngine[Any]) -> str:
    if isinstance(kind, sa.DateTime) and not kind.timezone:
        return "timestamp"
    return next(name for base, name in _TYPE_NAMES if isinstance(kind, base))
