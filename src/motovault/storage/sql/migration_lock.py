"""One migrator at a time, and never in the way of the others for long.

Whoever migrates waits for another migrator until that one is done. For a table that
somebody uses it waits a few seconds only: PostgreSQL lets nobody else at the table
as long as it waits, not even readers.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
import sqlite3
import time
from collections.abc import Collection, Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql.engine import schema_of
from motovault.storage.sql.errors import SchemaInUse
from motovault.storage.sql.records import records_of
from motovault.storage.sql.shipped import MIGRATIONS

__all__ = ["LOCK_TIMEOUT", "alone", "checked_timeout", "in_script", "take_together", "waited_too_long"]

LOCK_TIMEOUT: Final = 3.0
"""Seconds that a migration waits for a table in PostgreSQL, where nothing else is said."""

_LONGEST: Final = 86_400
_MARGIN: Final = 0.02  # seconds for an answer to come
_LOCK: Final = int.from_bytes(hashlib.sha256(b"motovault:migrate").digest()[:8], "big", signed=True)
_LOCK_NOT_AVAILABLE: Final = "55P03"

_TOGETHER: Final = {
    "documents": "documents",
    "maintenance_schedules": "maintenance",
    "maintenance_logs": "maintenance",
    "fuel_logs": "fuel_logs",
    "vehicles": "vehicles",
}
"""Tables that an application uses in one transaction, in the order in which an insert locks them; whose."""

_PAUSE: Final = 0.05  # seconds between two tries, in which everybody else goes on

_IN_THE_WAY: Final = sa.text("""
    SELECT c.relname, l.pid
    FROM pg_class c
    LEFT JOIN (
        pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            AND coalesce(a.xact_start <= clock_timestamp() - make_interval(secs => :seconds), true)
    ) ON l.relation = c.oid AND l.granted AND l.pid <> pg_backend_pid()
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    WHERE c.relkind IN ('r', 'p')
        AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND c.relname = ANY(:names)
    ORDER BY c.relname, l.pid
""")
"""Tables of these names, and who has been in a transaction with them for longer than we waited."""


class _WaitedTooLong(Exception):
    """A file could not have a lock; who was in the way can be asked once its transaction is over."""

    def __init__(self, file: str | None, statement: str) -> None:
        super().__init__(file)
        self.file = file
        self.statement = statement
        self.at = time.monotonic()


def checked_timeout(seconds: float | None) -> None:
    """Refuse what is no number of seconds above 0, which PostgreSQL would take for ever, SQLite for never.

    Raises:
        InvalidValue: That.
    """
    if seconds is None:
        return
    if isinstance(seconds, bool) or not (math.isfinite(seconds) and 0.001 <= seconds <= _LONGEST):
        raise InvalidValue("lock_timeout", seconds, "must be from 0.001 to 86,400 seconds")


def waited_too_long(error: exc.DBAPIError, file: str | None) -> None:
    """Raise what :func:`alone` explains, where the error is that a lock was not to be had in time."""
    if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        raise _WaitedTooLong(file, error.statement or "") from error


def in_script(dialect: str, lock_timeout: float) -> tuple[str, ...]:
    """What a script does at its beginning to be the only one and not in the way."""
    if dialect == "sqlite":
        return ()
    return (
        f"SELECT pg_advisory_xact_lock({_LOCK})",
        f"SET LOCAL lock_timeout = '{_milliseconds(lock_timeout)}'",
    )


@contextlib.contextmanager
def alone(
    engine: sa.Engine, lock_timeout: float | None = None, *, adopting: bool = False
) -> Iterator[sa.Connection]:
    """A connection in a transaction that is the only one migrating; kept on a clean exit.

    The table of what was applied is there then, unless who adopts a database is to choose one.

    Raises:
        SchemaInUse: A lock was not to be had in time; nothing was kept.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection, _sqlite_transaction(connection, lock_timeout):
            yield connection
        return
    seconds = LOCK_TIMEOUT if lock_timeout is None else lock_timeout
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                try:
                    _wait_for_others(connection, seconds)
                    _have_schema(connection)
                    if not adopting and records_of(connection) is None:
                        MIGRATIONS.create(connection)
                    yield connection
                except exc.DBAPIError as error:
                    waited_too_long(error, None)
                    raise
    except _WaitedTooLong as waited:
        tables, holders = _in_the_way(engine, waited, seconds)
        raise SchemaInUse(waited.file, tables, holders, seconds) from waited.__cause__


# ------------------------------------------------------------------------ PostgreSQL


def _wait_for_others(connection: sa.Connection, seconds: float) -> None:
    """All settings are of the transaction, so that the connection goes back to its pool as it was."""
    # Another migrator is waited for without a limit of ours: it gives up by itself where it has to wait,
    # and whoever must not wait so long has a statement_timeout. A lock_timeout of the host's would count too.
    _set(connection, "0")
    # For as long as the transaction, so that a pooler between us and the server does no harm.
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    _set(connection, _milliseconds(seconds))


def take_together(
    connection: sa.Connection, capsules: Collection[str], lock_timeout: float | None = None
) -> None:
    """Lock all tables at once that files of these capsules may change, before any of them is changed.

    An insert of a log locks the logs, then the vehicle that its foreign key names. A migration that had
    the vehicles and waited for the logs would wait for the insert, and the insert for it: of the two
    PostgreSQL ends one, mostly the insert. So it waits while it holds nothing that others need for as
    long as the server takes to look for that; else it lets go of all and tries again.

    Args:
        connection: That of :func:`alone`. In SQLite there is nothing to do.
        capsules: Those with something pending; tables that are not there yet are in nobody's way.
        lock_timeout: As that of :func:`alone`; for all tables together.
    """
    if connection.dialect.name != "postgresql":
        return
    there = sa.inspect(connection)
    tables = [name for name, of in _TOGETHER.items() if of in capsules and there.has_table(name)]
    if len(tables) < 2:
        return  # with a single one nobody can have the other
    seconds = LOCK_TIMEOUT if lock_timeout is None else lock_timeout
    query = "SELECT setting::integer / 1000.0 FROM pg_settings WHERE name = 'deadlock_timeout'"
    turn = float(connection.exec_driver_sql(query).scalar_one()) / 2
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        _set(connection, _milliseconds(max(0.001, min(left, turn / len(tables)))))
        part = connection.begin_nested()
        try:
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        except exc.DBAPIError as error:
            part.rollback()
            tables.reverse()  # some begin with the vehicle: neither order suits everybody
            if time.monotonic() >= deadline:
                waited_too_long(error, None)
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            time.sleep(_PAUSE)
        else:
            part.commit()
            _set(connection, _milliseconds(seconds))
            return


def _set(connection: sa.Connection, lock_timeout: str) -> None:
    connection.execute(sa.select(sa.func.set_config("lock_timeout", lock_timeout, True)))


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"


def _have_schema(connection: sa.Connection) -> None:
    """Make the schema that the engine was made for, where it is missing."""
    if connection.execute(sa.select(sa.func.current_schema())).scalar_one() is not None:
        return
    name = schema_of(connection.engine.url)
    if name is None:
        raise StorageFailure(
            "no schema of this connection's search_path exists: make it, or name it with ?schema= in the URL"
        )
    connection.execute(sa.schema.CreateSchema(name))


def _in_the_way(
    engine: sa.Engine, waited: _WaitedTooLong, seconds: float
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The tables of a statement that somebody holds, and who; all its tables where nobody does any more."""
    names = list(dict.fromkeys(re.findall(r"\w+", waited.statement)))
    try:
        with engine.connect() as connection:
            # Who began later only queued behind us, and may be at the table by now.
            age = seconds + time.monotonic() - waited.at + _MARGIN
            found = connection.execute(_IN_THE_WAY, {"names": names, "seconds": age}).all()
    except exc.SQLAlchemyError:
        return (), ()
    held = [row for row in found if row.pid is not None]
    return tuple(dict.fromkeys(row.relname for row in held or found)), tuple(
        sorted({row.pid for row in held})
    )


# ---------------------------------------------------------------------------- SQLite


@contextlib.contextmanager
def _sqlite_transaction(connection: sa.Connection, lock_timeout: float | None) -> Iterator[None]:
    raw: Any = connection.connection.dbapi_connection
    level, raw.isolation_level = raw.isolation_level, None
    keys = raw.execute("PRAGMA foreign_keys").fetchone()[0]
    patience = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    milliseconds = patience if lock_timeout is None else round(lock_timeout * 1000)
    # Rebuilding a table drops the old one, and with foreign keys on that deletes its children's rows.
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute(f"PRAGMA busy_timeout={milliseconds}")
    try:
        with connection.begin():
            if raw.in_transaction:
                # The engine began in its own way. A transaction that has read cannot wait for the lock:
                # it is refused as soon as another one has written.
                raw.execute("ROLLBACK")
            raw.execute("BEGIN IMMEDIATE")
            connection.execute(sa.schema.CreateTable(MIGRATIONS, if_not_exists=True))
            yield
            if raw.execute("PRAGMA foreign_key_check").fetchone():
                raise StorageFailure(
                    "the migration would leave rows without what they refer to; it was undone"
                )
    except (exc.OperationalError, sqlite3.OperationalError) as error:
        code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None) or 0
        if code & 0xFF == sqlite3.SQLITE_BUSY:
            raise SchemaInUse(None, (), (), milliseconds / 1000) from error
        raise
    finally:
        raw.execute(f"PRAGMA foreign_keys={keys}")
        raw.execute(f"PRAGMA busy_timeout={patience}")
        raw.isolation_level = level
