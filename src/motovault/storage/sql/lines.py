"""The line to the database: one connection, in the hands of one unit of work and of those that join it.

Statements go straight to the connection behind SQLAlchemy's pool, their text
compiled once: SQLAlchemy's own execution costs as much as the round trip to a
server on the same machine. A host's open connection is used through SQLAlchemy,
which must know that a transaction has begun.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql.columns import Row, encode
from motovault.storage.sql.errors import Clashes, fail
from motovault.storage.sql.statements import Statement

__all__ = ["HostLine", "Line", "PooledLine", "known_dialect"]

_PARTITION: Final = 250
"""Rows at a time, fewer than the garbage collector waits for: rows that die at once cost it a third less."""

_WRITING: Final[set[tuple[int, int]]] = set()
"""Which thread is writing through which SQLite engine."""

_DIALECTS: Final = {"postgresql": "psycopg", "sqlite": "pysqlite"}


def known_dialect(dialect: sa.Dialect) -> str:
    """``postgresql`` or ``sqlite``. Raises InvalidValue for another database, or another module for it."""
    if _DIALECTS.get(dialect.name) != dialect.driver:
        raise InvalidValue(
            "engine", f"{dialect.name}+{dialect.driver}", "must be of postgresql+psycopg or sqlite+pysqlite"
        )
    return dialect.name


class Line:
    """What both lines have in common; see the module.

    Attributes:
        dialect: ``postgresql`` or ``sqlite``.
        in_transaction: A transaction is open; else each statement stands for itself.
        is_guarded: The database shows one user's rows only; see ``guarded.py``.
    """

    dialect: str
    in_transaction: bool
    is_guarded: bool = False
    _errors: type[BaseException]

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.in_transaction = False
        self._savepoints = 0

    def rows(
        self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None
    ) -> Sequence[Row]:
        """The rows of a query, their values as Python has them."""
        compiled = statement.compiled(self.dialect)
        values = compiled.bind(args)
        if self.dialect == "sqlite":
            found = self._fetch(compiled.text, encode(values), clashes)
            return found if compiled.decode is None else compiled.decode(found)
        found = self._fetch(compiled.text, values, clashes)
        if found and compiled.decode_moments is not None and not self._is_utc():
            return compiled.decode_moments(found)
        return found if compiled.decode is None else compiled.decode(found)

    def partitions(self, statement: Statement, args: tuple[object, ...]) -> Iterator[Sequence[Row]]:
        """The rows of a query, a few hundred at a time, so that they need not all lie in memory."""
        yield self.rows(statement, args)

    def change(self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None) -> int:
        """Run a writing statement; how many rows it touched."""
        compiled = statement.compiled(self.dialect)
        values = compiled.bind(args)
        return self._run(compiled.text, encode(values) if self.dialect == "sqlite" else values, clashes)

    def savepoint(self) -> str:
        """Set a mark that :meth:`release` or :meth:`rollback_to` ends."""
        self._savepoints += 1
        name = f"motovault_{self._savepoints}"
        self._run(f"SAVEPOINT {name}")
        return name

    def release(self, name: str) -> None:
        """Forget the mark, keep what came after it."""
        self._run(f"RELEASE SAVEPOINT {name}")

    def rollback_to(self, name: str) -> None:
        """Undo what came after the mark, and forget it."""
        self._run(f"ROLLBACK TO SAVEPOINT {name}")
        self._run(f"RELEASE SAVEPOINT {name}")

    def begin(self) -> None:
        """Open a transaction; in SQLite one that has the right to write from the start."""
        self._run("BEGIN IMMEDIATE" if self.dialect == "sqlite" else "BEGIN")
        self.in_transaction = True

    def commit(self) -> None:
        """Keep what the transaction did."""
        raise NotImplementedError

    def rollback(self) -> None:
        """Undo what the transaction did."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of the connection."""
        raise NotImplementedError

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        """Let ``work`` have a cursor of the database module, its errors translated; rows it touched."""
        raise NotImplementedError

    def stream(
        self, text: str, values: Mapping[str, object], size: int, *, name: str = ""
    ) -> Iterator[Sequence[Row]]:
        """The rows of a query, in the module's own placeholders and types, ``size`` at a time.

        A cursor with a name is PostgreSQL's own, which need not send all at once; in a transaction only.
        """
        raw = self._connection()
        try:
            cursor = raw.cursor(name) if name else raw.cursor()
            with contextlib.closing(cursor):
                cursor.execute(text, values)
                while found := cursor.fetchmany(size):
                    yield found
                    if isinstance(self, PooledLine) and self._raw is not raw:  # by now somebody else's
                        raise StorageFailure("the transaction in which these rows were being read has ended")
        except self._errors as error:
            fail(error, query=text)

    def _fetch(self, text: str, values: tuple[object, ...], clashes: Clashes | None) -> Sequence[Row]:
        raise NotImplementedError

    def _run(self, text: str, values: tuple[object, ...] = (), clashes: Clashes | None = None) -> int:
        raise NotImplementedError

    def _connection(self) -> Any:
        raise NotImplementedError

    def _is_utc(self) -> bool:
        zone: bytes | None = self._connection().pgconn.parameter_status(b"TimeZone")
        return zone == b"UTC"


class PooledLine(Line):
    """A connection of an engine's pool, taken at the first statement, given back at the end.

    The connection itself is in autocommit; a transaction is begun and ended in so many words.
    """

    def __init__(self, engine: sa.Engine, dialect: str) -> None:
        super().__init__(dialect)
        self._engine = engine
        self._errors = engine.dialect.loaded_dbapi.Error
        self._pooled: Any = None
        self._mark: tuple[int, int] | None = None
        self._raw: Any = None
        self._was: Any = None

    def begin(self) -> None:
        self._refuse_waiting_for_itself()
        super().begin()
        if self.dialect == "sqlite":
            self._mark = self._writer  # as it was: a transaction may end in another thread than it began in
            _WRITING.add(self._mark)

    def change(self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None) -> int:
        self._refuse_waiting_for_itself()
        return super().change(statement, args, clashes)

    def _unmark(self) -> None:
        if self._mark is not None:
            _WRITING.discard(self._mark)
            self._mark = None

    @property
    def _writer(self) -> tuple[int, int]:
        return id(self._engine), threading.get_ident()

    def _refuse_waiting_for_itself(self) -> None:
        """SQLite has one writer: a second one in the same thread would wait for the first for ever."""
        if self.dialect == "sqlite" and not self.in_transaction and self._writer in _WRITING:
            raise StorageFailure(
                "this thread has a transaction of this database open, of another garage or task"
            )

    def commit(self) -> None:
        self.in_transaction = False
        self._unmark()
        if self.dialect == "sqlite":
            try:
                self._run("COMMIT")
            except BaseException:
                # a refused COMMIT leaves SQLite's transaction open
                with contextlib.suppress(StorageFailure):
                    self._run("ROLLBACK")
                raise
            return
        cursor = self._raw.cursor()
        try:
            cursor.execute("COMMIT")
        except self._errors as error:
            fail(error)
        if cursor.statusmessage == "ROLLBACK":
            # PostgreSQL's answer to COMMIT where a statement failed and its error was swallowed
            raise StorageFailure("an earlier statement of this transaction failed; nothing of it was kept")

    def rollback(self) -> None:
        self.in_transaction = False
        self._unmark()
        # A connection that is lost, or a transaction that SQLite ended by itself, is undone already.
        with contextlib.suppress(StorageFailure):
            self._run("ROLLBACK")

    def close(self) -> None:
        pooled, self._pooled = self._pooled, None
        if pooled is None:
            return
        raw, self._raw = self._raw, None
        if self.dialect == "sqlite":
            if self._was is not None:
                raw.isolation_level = self._was
        elif raw.closed:
            # What the other connections of the pool lead to is gone as well.
            pooled.invalidate()
            self._engine.dispose()
            return
        elif raw.autocommit != self._was:
            try:
                raw.autocommit = self._was
            except self._errors:  # still busy: somebody pressed Ctrl-C in the middle
                pooled.invalidate()
                return
        pooled.close()

    @property
    def engine(self) -> sa.Engine:
        """Whose connection it is."""
        return self._engine

    def raw_connection(self) -> Any:
        """The database module's own connection."""
        return self._connection()

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        try:
            return work(self._connection().cursor())
        except self._errors as error:
            fail(error, clashes)

    def partitions(self, statement: Statement, args: tuple[object, ...]) -> Iterator[Sequence[Row]]:
        compiled = statement.compiled(self.dialect)
        is_sqlite = self.dialect == "sqlite"
        values = compiled.bind(args)
        cursor = self._executed(compiled.text, encode(values) if is_sqlite else values)
        decode = compiled.decode
        if not is_sqlite and compiled.decode_moments is not None and not self._is_utc():
            decode = compiled.decode_moments
        try:
            while found := cursor.fetchmany(_PARTITION):
                yield found if decode is None else decode(found)
        except self._errors as error:
            fail(error, query=compiled.text)
        finally:
            cursor.close()

    def _executed(self, text: str, values: tuple[object, ...], clashes: Clashes | None = None) -> Any:
        try:
            cursor = self._connection().cursor()
            cursor.execute(text, values)
        except self._errors as error:
            fail(error, clashes)
        return cursor

    def _fetch(self, text: str, values: tuple[object, ...], clashes: Clashes | None) -> Sequence[Row]:
        raw = self._raw if self._raw is not None else self._connection()
        try:
            cursor = raw.cursor()
            cursor.execute(text, values)
            found: Sequence[Row] = cursor.fetchall()
        except self._errors as error:
            fail(error, clashes, query=text)
        return found

    def _run(self, text: str, values: tuple[object, ...] = (), clashes: Clashes | None = None) -> int:
        raw = self._raw if self._raw is not None else self._connection()
        try:
            cursor = raw.cursor()
            cursor.execute(text, values)
        except self._errors as error:
            fail(error, clashes)
        return int(cursor.rowcount)

    def _connection(self) -> Any:
        if self._raw is not None:
            return self._raw
        try:
            pooled: Any = self._engine.raw_connection()
        except (exc.SQLAlchemyError, self._errors) as error:
            fail(error, where=self._engine.url)
        raw = pooled.dbapi_connection
        if self.dialect == "sqlite":
            self._was = raw.isolation_level
            if self._was is not None:
                raw.isolation_level = None
        else:
            self._was = raw.autocommit
            if not self._was:
                raw.autocommit = True
        self._pooled, self._raw = pooled, raw
        return raw


class HostLine(Line):
    """A connection that the host opened: the host's transaction, begun where it was not, never ended here."""

    def __init__(self, connection: sa.Connection, dialect: str) -> None:
        super().__init__(dialect)
        self._host = connection
        self._errors = connection.dialect.loaded_dbapi.Error
        self.in_transaction = not self._is_autocommit()

    def savepoint(self) -> str:
        raw = self._connection()
        if not self._host.in_transaction():
            self._host.begin()
        if isinstance(raw, sqlite3.Connection) and not raw.in_transaction:
            # Python begins a transaction before INSERT, not before SAVEPOINT, whose release would commit.
            self._run("BEGIN IMMEDIATE")
        return super().savepoint()

    def commit(self) -> None:
        self.in_transaction = False
        self._run("COMMIT")

    def rollback(self) -> None:
        self.in_transaction = False
        with contextlib.suppress(StorageFailure):
            self._run("ROLLBACK")

    def close(self) -> None:
        pass

    def stream(
        self, text: str, values: Mapping[str, object], size: int, *, name: str = ""
    ) -> Iterator[Sequence[Row]]:
        if not self._host.in_transaction():
            self._host.begin()  # SQLAlchemy must know: it ends what was begun
        return super().stream(text, values, size, name=name)

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        cursor = self._connection().cursor()
        try:
            return work(cursor)
        except self._errors as error:
            fail(error, clashes)

    def _fetch(self, text: str, values: tuple[object, ...], clashes: Clashes | None) -> Sequence[Row]:
        try:
            result = self._host.exec_driver_sql(text, values)
            cursor: Any = result.cursor
            found: Sequence[Row] = cursor.fetchall()
            result.close()
        except (exc.SQLAlchemyError, self._errors) as error:
            fail(error, clashes, query=text)
        return found

    def _run(self, text: str, values: tuple[object, ...] = (), clashes: Clashes | None = None) -> int:
        try:
            result = self._host.exec_driver_sql(text, values)
        except exc.SQLAlchemyError as error:
            fail(error, clashes)
        return result.rowcount

    def _connection(self) -> Any:
        return self._host.connection.dbapi_connection

    def _is_autocommit(self) -> bool:
        """Whether the host said AUTOCOMMIT: then there is no transaction of the host's to be part of."""
        raw = self._connection()
        if self.dialect == "postgresql":
            return bool(raw.autocommit) and not raw.pgconn.transaction_status
        return (
            self._host.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
            and not raw.in_transaction
        )
