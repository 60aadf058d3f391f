"""What the databases report, as errors of motovault.

Recognised by SQLSTATE and constraint name (PostgreSQL), by extended error code
and the columns that it names (SQLite); never by English text. No text repeats a
parameter: rows hold VINs, and URLs hold passwords.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn

import sqlalchemy as sa
from sqlalchemy import exc

from motovault.errors import MotovaultError, StorageFailure

if TYPE_CHECKING:
    from motovault.storage.sql.shipped import DriftedFile

__all__ = [
    "Clashes",
    "SchemaBehind",
    "SchemaDrift",
    "SchemaInUse",
    "broken_rule",
    "fail",
    "is_table_missing",
    "shown",
]

Clashes = Mapping[str, Callable[[], MotovaultError]]
"""What to raise when a constraint is broken: by its name, and by what SQLite calls it (its columns)."""


class SchemaBehind(StorageFailure):
    """The database lacks revisions that this version of motovault needs.

    Attributes:
        pending: Files that are not applied yet, in order, as ``capsule/file_name``.
        command: What brings the schema up to date; the password is hidden.
    """

    def __init__(self, pending: tuple[str, ...], command: str) -> None:
        count = "1 migration is" if len(pending) == 1 else f"{len(pending)} migrations are"
        super().__init__(
            f"the database schema is behind: {count} pending ({', '.join(pending)}); run: {command}"
        )
        self.pending = pending
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.pending, self.command))


class SchemaDrift(StorageFailure):
    """What was applied to the database is not what this version of motovault ships; nothing was applied.

    Attributes:
        files: Those that drifted, each with ``name``, ``kind``, ``recorded_sha256`` and ``shipped_sha256``.
        drift: One sentence each, beginning with ``capsule/file_name``.
    """

    def __init__(self, files: tuple[DriftedFile, ...]) -> None:
        self.files = files
        self.drift = tuple(str(file) for file in files)
        advice = "; ".join(dict.fromkeys(file.advice for file in files))
        super().__init__(f"the migrations have drifted: {'; '.join(self.drift)}. What to do: {advice}")

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.files,))


class SchemaInUse(StorageFailure):
    """A migration would have had to wait too long for somebody's open transaction; nothing was changed.

    Attributes:
        file: The migration that waited, as ``capsule/file_name``; None where the run could not begin.
        tables: The tables that it waited for one of, as far as known.
        holders: Process numbers of the PostgreSQL server whose transactions were in the way, as far as known.
        seconds: How long it waited.
    """

    def __init__(
        self, file: str | None, tables: tuple[str, ...], holders: tuple[int, ...], seconds: float
    ) -> None:
        if file is None and not tables:
            fact = f"another connection kept writing to the database for longer than {seconds:g} s"
        else:
            who = "the migration" if file is None else f"migration {file}"
            on = f" on the table {' or '.join(tables)}" if tables else ""
            held = f", which server process {', '.join(map(str, holders))} holds" if holders else ""
            fact = (
                f"{who} did not get its lock{on} within {seconds:g} s{held}; "
                "it gave up so that nobody queues behind it"
            )
        super().__init__(
            f"{fact}. Nothing was changed: try again when the open transaction has ended, "
            "or wait longer with --lock-timeout SECONDS"
        )
        self.file = file
        self.tables = tables
        self.holders = holders
        self.seconds = seconds

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.file, self.tables, self.holders, self.seconds))


def shown(url: sa.URL) -> str:
    """A database URL fit for a text: no password, wherever it stands."""
    hidden = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


_SQLITE: Final[dict[int, str]] = {
    sqlite3.SQLITE_BUSY: "the database is locked by another writer, for longer than the busy timeout",
    sqlite3.SQLITE_LOCKED: "the database is locked by another writer",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the database file cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened; does its folder exist?",
    sqlite3.SQLITE_IOERR: "the disk reported an error",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database",
    sqlite3.SQLITE_CONSTRAINT: "the row breaks a constraint of its table",
    sqlite3.SQLITE_INTERRUPT: "the statement was interrupted",
}

_POSTGRESQL: Final[dict[str, str]] = {
    # exact codes, then classes; Appendix A of PostgreSQL's manual
    "40P01": "two transactions waited for each other (deadlock); try again",
    "40001": "another transaction changed the same rows; try again",
    "55P03": "a lock could not be had in time",
    "57014": "the statement was cancelled, by its time limit or by hand",
    "42P01": "a table is missing; run: motovault migrate",
    "42703": "a column is missing; run: motovault migrate",
    "42501": "the database user lacks a right, or row-level security keeps the row from this user",
    "25P02": "an earlier statement of this transaction failed; nothing of it can be kept",
    "25006": "the database is read-only",
    "3D000": "there is no such database",
    "08": "the connection to the database was lost",
    "22": "a value does not fit its column",
    "23": "the row breaks a constraint of its table",
    "28": "the database refused the user or the password",
    "53": "the database is out of connections, memory or disk",
    "57": "the database was shut down or is starting",
}

_UNIQUE_OR_FOREIGN: Final = {"23505", "23503"}
_SQLITE_UNIQUE: Final = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}


def is_table_missing(error: BaseException) -> bool:
    """Whether it is a failure of the storage because of a table that is not there."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.OperationalError):  # which tells it by text alone
        return str(cause).startswith("no such table")
    return getattr(cause, "sqlstate", None) == "42P01"


def is_right_missing(error: BaseException) -> bool:
    """Whether it is a failure of the storage because the database user may not do so."""
    return getattr(_cause(error), "sqlstate", None) == "42501"


def _cause(error: BaseException) -> BaseException | None:
    cause = error.__cause__ if isinstance(error, StorageFailure) else None
    return cause.orig if isinstance(cause, exc.DBAPIError) else cause


def broken_rule(error: BaseException) -> str | None:
    """Which unique or foreign key was broken: the constraint's name, in SQLite its columns; else None."""
    original = _original(error)
    if isinstance(original, sqlite3.Error):
        if getattr(original, "sqlite_errorcode", None) in _SQLITE_UNIQUE:
            return str(original).partition(": ")[2]
        return None
    if getattr(original, "sqlstate", None) in _UNIQUE_OR_FOREIGN:
        diagnosis: Any = getattr(original, "diag", None)
        name: str | None = getattr(diagnosis, "constraint_name", None)
        return name
    return None


def fail(
    error: BaseException, clashes: Clashes | None = None, *, where: sa.URL | None = None, query: str = ""
) -> NoReturn:
    """Raise the error of motovault for one of the database's.

    Args:
        error: What SQLAlchemy or the database module raised.
        clashes: The broken constraints that have an error of their own.
        where: The database, to be named where that helps; its password is hidden.
        query: Whose rows were being read.
    """
    original = _original(error)
    if clashes and (rule := broken_rule(original)) and (make := clashes.get(rule)):
        raise make() from None
    text, may_quote_values = _unreadable(original, query) or _text(original, where)
    # Details of constraint and data errors quote the row, VIN included: those are not chained.
    raise StorageFailure(text) from (None if may_quote_values else original)


def _unreadable(error: BaseException, query: str) -> tuple[str, bool] | None:
    """What psycopg says of a value that Python cannot hold; numbers and texts it can."""
    if type(error).__name__ != "DataError" or getattr(error, "sqlstate", None) is not None:
        return None
    tables = " or ".join(dict.fromkeys(re.findall(r"\bFROM (\w+)", query))) or "a row"
    what = f"a date or moment of {tables} cannot be read"
    return f"PostgreSQL: {what}: it is infinity, or not within the years 1 to 9999", True


def _original(error: BaseException) -> BaseException:
    if isinstance(error, exc.DBAPIError) and error.orig is not None:
        return error.orig
    return error


def _text(error: BaseException, where: sa.URL | None) -> tuple[str, bool]:
    at = "" if where is None else f" ({shown(where)})"
    if isinstance(error, exc.TimeoutError):
        return "all connections of the pool are in use, for longer than its timeout" + at, False
    if isinstance(error, sqlite3.Error):
        code: int | None = getattr(error, "sqlite_errorcode", None)
        if code is not None and (text := _SQLITE.get(code & 0xFF)):
            return f"SQLite: {text}{at}", code & 0xFF == sqlite3.SQLITE_CONSTRAINT
        if "no such table" in str(error) or "no such column" in str(error):
            # SQLITE_ERROR is all that SQLite tells by code
            return "SQLite: a table or column is missing; run: motovault migrate", False
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        return f"SQLite refused the statement ({name}){at}", False
    state: str | None = getattr(error, "sqlstate", None)
    if state is not None:
        text = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or "the statement was refused"
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        named = f", constraint {constraint}" if constraint else ""
        return f"PostgreSQL: {text} (SQLSTATE {state}{named}){at}", state[:2] in {"22", "23"}
    if type(error).__module__.partition(".")[0] == "psycopg" and type(error).__name__ == "OperationalError":
        return f"PostgreSQL: the server cannot be reached, or the connection to it was lost{at}", False
    return f"the database failed ({type(error).__name__}){at}", type(error).__name__ == "DataError"
