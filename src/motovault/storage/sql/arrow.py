"""Rows out of a database as Arrow record batches: whole tables for frames, in flat memory.

PostgreSQL's rows come by ADBC where the extra ``adbc`` is installed, and the
engine is one of ours, on which nothing is open: that opens a connection of its
own, by what the pooled one was opened with. Else they come through the
connection that is there, so that what a transaction or a host has not committed
yet is seen, and nothing that a host does to its connections is missed.

SQLite's rows always come through Python's own SQLite. ADBC would bring a second
copy of that library into the process, and where one of the two closes the file
it takes the other's locks away (sqlite.org/howtocorrupt.html, 2.2.1).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from motovault.errors import MissingExtra, StorageFailure
from motovault.storage.sql.engine import is_ours
from motovault.storage.sql.errors import fail
from motovault.storage.sql.lines import Line, PooledLine
from motovault.storage.sql.whole_tables import Query, query

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["batches"]

_FETCH: Final = 2_000
"""Rows of Python objects at a time; a batch gathers many."""

_CURSOR: Final = "motovault_table"


def batches(
    line: Line,
    name: str,
    user_id: str | None,
    vehicle_id: UUID | None,
    *,
    exact: bool,
    rows: int,
    may_leave: bool,
) -> Iterator[pa.RecordBatch]:
    """A table of :mod:`~motovault.storage.sql.whole_tables`, in one statement.

    Args:
        line: The connection that the unit of work has.
        name: Of the table.
        user_id: Whose rows; None is everybody's.
        vehicle_id: Of one vehicle alone.
        exact: Numbers as text.
        rows: In a batch.
        may_leave: Nothing is open on the line: another connection sees the same.

    Raises:
        MissingExtra: pyarrow is not installed.
        StorageFailure: The database could not give them.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtra("analysis", "pyarrow") from None
    asked = query(
        line.dialect, name, exact=exact, of_user=user_id is not None, of_vehicle=vehicle_id is not None
    )
    types = {"text": pa.string(), "whole": pa.int64(), "flag": pa.bool_(), "float": pa.float64()}
    schema = pa.schema([(column, types[kind]) for column, kind in asked.columns])
    values: dict[str, object] = {}
    if user_id is not None:
        values["user_id"] = user_id
    if vehicle_id is not None:
        values["vehicle_id"] = vehicle_id
    if may_leave and line.dialect == "postgresql" and isinstance(line, PooledLine):
        connection = _adbc(line)
        if connection is not None:
            guard = user_id if line.is_guarded else None
            return _by_adbc(connection, _literal(asked, values), guard, schema, rows)
    if line.dialect == "sqlite":
        found = _sqlite_rows(line, asked, values)
    else:
        found = _postgresql_rows(line, asked, values)
    made = _gathered(found, schema, rows)
    if isinstance(line, PooledLine) and not _is_the_only_one(line):
        return made
    # On a host's connection the next statement may be anybody's; of a database in memory there is but one
    # connection. Nothing is left open on either.
    kept = list(made)
    if may_leave:
        line.close()
    return iter(kept)


def _is_the_only_one(line: PooledLine) -> bool:
    return line.dialect == "sqlite" and line.engine.url.database in (None, "", ":memory:")


# ------------------------------------------------------------------------------ ADBC


def _adbc(line: PooledLine) -> Any:
    """A connection as the pool's are, or None where that is not known, or was not to be had."""
    if not is_ours(line.engine):
        return None
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        return None
    from psycopg.conninfo import make_conninfo

    known = line.raw_connection().info
    parameters = {name: value for name, value in known.get_parameters().items() if value != ""}
    if known.password:
        parameters["password"] = known.password
    line.close()  # one connection is enough
    try:
        return dbapi.connect(make_conninfo(**parameters))
    except dbapi.Error:
        return None  # a changed password, or no connection left: the pool has one that works


def _by_adbc(
    connection: Any, text: str, guard: str | None, schema: pa.Schema, rows: int
) -> Iterator[pa.RecordBatch]:
    from adbc_driver_postgresql import dbapi

    try:
        with connection, connection.cursor() as cursor:
            if guard is not None:
                # for the connection's whole life, which is this statement's
                cursor.execute(f"SELECT set_config('motovault.user_id', {_quoted(guard)}, false)")
                cursor.fetchall()
            cursor.execute(text)
            with contextlib.closing(_ahead(cursor.fetch_record_batch())) as batches:
                yield from _cut(_cast(batches, schema), schema, rows)
    except dbapi.Error as error:
        _fail(error)


def _ahead(reader: Iterable[pa.RecordBatch]) -> Generator[pa.RecordBatch, None, None]:
    """The same, the next one being fetched while one is worked on; the driver lets go of Python meanwhile."""
    import pyarrow as pa

    given = iter(reader)
    with ThreadPoolExecutor(1) as worker:  # which waits for what is on its way before the connection goes
        coming = worker.submit(next, given, None)
        while True:
            try:
                batch = coming.result()
            except (OSError, pa.ArrowException):  # whose text may quote what was read
                raise StorageFailure("PostgreSQL: the rows were broken off while they were read") from None
            if batch is None:
                return
            coming = worker.submit(next, given, None)
            yield batch


def _cast(reader: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in reader:
        columns = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(batch.columns, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _cut(found: Iterator[pa.RecordBatch], schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows, so many in each batch, or somewhat fewer where that saves a copy."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in found:
        if not waiting and rows // 4 <= batch.num_rows <= rows:
            yield batch
            continue
        waiting.append(batch)
        count += batch.num_rows
        while count >= rows:
            table = pa.Table.from_batches(waiting, schema)
            yield from table.slice(0, rows).combine_chunks().to_batches()
            rest = table.slice(rows)
            waiting, count = rest.to_batches(), rest.num_rows
    if count:
        yield from pa.Table.from_batches(waiting, schema).combine_chunks().to_batches()


def _literal(asked: Query, values: dict[str, object]) -> str:
    """The statement with its values written in: with parameters ADBC would not stream."""
    return re.sub(r":(user_id|vehicle_id)\b", lambda name: _quoted(str(values[name[1]])), asked.text)


def _quoted(text: str) -> str:
    from psycopg.sql import Literal

    return Literal(text).as_string(None)


def _fail(error: BaseException) -> None:
    try:
        fail(error)
    except StorageFailure as failure:
        raise failure from None  # libpq's own text may quote what it was given


# --------------------------------------------------------------- Python's own modules


def _postgresql_rows(line: Line, asked: Query, values: dict[str, object]) -> Iterator[Sequence[Any]]:
    """Through a cursor of the server's, which a transaction holds."""
    text = re.sub(r":(user_id|vehicle_id)\b", r"%(\1)s", asked.text)
    begun = not line.in_transaction
    if begun:
        line.begin()
    try:
        yield from line.stream(text, values, _FETCH, name=_CURSOR)
    except BaseException:
        if begun:
            line.rollback()
        raise
    if begun:
        line.commit()


def _sqlite_rows(line: Line, asked: Query, values: dict[str, object]) -> Iterator[Sequence[Any]]:
    bound = {name: value.hex if isinstance(value, UUID) else value for name, value in values.items()}
    return line.stream(asked.text, bound, _FETCH)


def _gathered(found: Iterator[Sequence[Any]], schema: pa.Schema, rows: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    def made() -> Generator[pa.RecordBatch, None, None]:
        is_flag = [pa.types.is_boolean(kind) for kind in schema.types]
        for part in found:
            columns = [
                pa.array([None if value is None else value != 0 for value in column], pa.bool_())
                if flag
                else pa.array(column, kind)
                for column, kind, flag in zip(zip(*part, strict=True), schema.types, is_flag, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    with contextlib.closing(made()) as parts:
        yield from _cut(parts, schema, rows)
