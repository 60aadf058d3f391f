"""Making a database engine: PostgreSQL through psycopg 3, or a SQLite file.

Pool of 10 and 30 seconds of idleness as in the reference application. Secrets
come from the URL or from a file that is read at each connect, so that a changed
password needs no restart; they are in no text of an error.
"""

from __future__ import annotations

import importlib.util
import os
import re
import select
import sqlite3
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event, exc

from motovault.errors import InvalidValue, MissingExtra, StorageFailure

__all__ = ["is_ours", "make_engine", "schema_of"]

_POSTGRESQL: Final = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_SQLITE: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_BUSY_SECONDS: Final = 15
_LONGEST_NAME: Final = 63
_RULE: Final = (
    "must be a PostgreSQL URL (postgresql://user@host/database), a SQLite URL (sqlite:///garage.db) "
    "or the path of a SQLite file"
)


_OURS: Final[weakref.WeakSet[sa.Engine]] = weakref.WeakSet()


def is_ours(engine: sa.Engine) -> bool:
    """Whether :func:`make_engine` made this one of PostgreSQL: all that its connections need is known."""
    return engine in _OURS


def make_engine(
    url: str | os.PathLike[str] | sa.URL,
    *,
    schema: str | None = None,
    password_file: str | os.PathLike[str] | None = None,
    pool_size: int = 10,
    pool_idle_seconds: float = 30,
    connect_timeout: float = 10,
) -> sa.Engine:
    """An engine for :class:`motovault.storage.sql.SqlStore`; nothing is connected yet.

    Args:
        url: ``postgresql://``, ``postgres://`` or ``postgresql+psycopg://``; ``sqlite:///path``,
            the path of a SQLite file, or ``:memory:``.
        schema: The PostgreSQL schema in which all our tables are, instead of ``public``; the same as
            ``?schema=name`` in the URL. It is the whole search path of every connection, so that
            nothing of another schema is taken for ours; ``migrate.upgrade`` makes it where it is missing.
        password_file: A file whose text is the password, as secrets are mounted; it is read at
            each connect and wins over a password in the URL. PostgreSQL only.
        pool_size: Connections at most; a caller too many waits for one.
        pool_idle_seconds: A connection that nobody used for so long is made anew. PostgreSQL only.
        connect_timeout: Seconds to wait for the server, for one address of it.

    Raises:
        InvalidValue: The URL is none of these, or a number is not above 0.
        MissingExtra: PostgreSQL without psycopg: ``pip install 'motovault[postgres]'``.
    """
    for field, number in (("pool_size", pool_size), ("connect_timeout", connect_timeout)):
        if isinstance(number, bool) or not number > 0:
            raise InvalidValue(field, number, "must be above 0")
    made = _url(url)
    if schema is not None and made.query.get("schema", schema) != schema:
        raise InvalidValue("schema", schema, "must be the one that the URL names, or stand in one place only")
    if made.drivername in _SQLITE:
        if schema is not None:
            raise InvalidValue("schema", schema, "is for PostgreSQL; a SQLite file has no schemas")
        if password_file is not None:
            raise InvalidValue(
                "password_file", os.fspath(password_file), "is for PostgreSQL; SQLite has no password"
            )
        return _sqlite(made, pool_size)
    if importlib.util.find_spec("psycopg") is None:
        raise MissingExtra("postgres", "psycopg")
    if schema is not None:
        made = made.update_query_dict({"schema": schema})
    engine = _postgresql(made, password_file, pool_size, pool_idle_seconds, connect_timeout)
    _OURS.add(engine)
    return engine


def schema_of(url: str | sa.URL) -> str | None:
    """The PostgreSQL schema that a database URL names with ``?schema=``, or None for the server's own.

    Raises:
        InvalidValue: There can be no such schema, or the server keeps it for itself.

    >>> schema_of("postgresql://ana@host/shop?schema=garage")
    'garage'
    """
    given = sa.make_url(url).query.get("schema") if isinstance(url, sa.URL) or "://" in url else None
    if given is None:
        return None
    name = given if isinstance(given, str) else given[-1]
    if not 1 <= len(name.encode()) <= _LONGEST_NAME or "\x00" in name:
        raise InvalidValue("schema", name, f"must be of 1 to {_LONGEST_NAME} bytes")
    if name.startswith(("pg_", "$")) or name == "information_schema":
        raise InvalidValue("schema", name, "is PostgreSQL's own")
    return name


def _url(given: str | os.PathLike[str] | sa.URL) -> sa.URL:
    if isinstance(given, sa.URL):
        found = given
    elif isinstance(given, str) and "://" in given:
        try:
            found = sa.make_url(given)
        except (exc.ArgumentError, ValueError):
            raise InvalidValue("database", given.partition("://")[0] + "://…", _RULE) from None
    else:
        path = os.fspath(given)
        if not path.strip() or "\x00" in path:
            raise InvalidValue("database", path, _RULE)
        return sa.URL.create("sqlite", database=path)
    if found.drivername in _POSTGRESQL:
        return found.set(drivername="postgresql+psycopg")
    if found.drivername in _SQLITE:
        return found
    raise InvalidValue("database", found.drivername + "://…", _RULE)


# --------------------------------------------------------------------------- SQLite


def _sqlite(url: sa.URL, pool_size: int) -> sa.Engine:
    in_memory = url.database in (None, "", ":memory:")
    engine = sa.create_engine(
        url,
        poolclass=sa.pool.QueuePool,
        # A database in memory lives in its one connection; who needs it waits for it.
        pool_size=1 if in_memory else pool_size,
        max_overflow=0,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        if not in_memory:
            _write_ahead(connection)
            # A crash of the process loses nothing; a power cut may lose the last commits, never the file.
            connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; of two who do so at once one may be told "locked" without a wait."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


# ----------------------------------------------------------------------- PostgreSQL


def _postgresql(
    url: sa.URL,
    password_file: str | os.PathLike[str] | None,
    pool_size: int,
    pool_idle_seconds: float,
    connect_timeout: float,
) -> sa.Engine:
    options = url.query.get("options", "")
    given = options if isinstance(options, str) else " ".join(options)
    arguments: dict[str, Any] = {"connect_timeout": max(2, round(connect_timeout))}
    # Last wins: moments come and go in UTC, whatever the server or the URL says.
    arguments["options"] = f"{given} -c timezone=UTC".strip()
    schema = schema_of(url)
    if schema is not None:
        arguments["options"] += f" -c search_path={_as_option(schema)}"
    if "application_name" not in url.query:
        arguments["application_name"] = "motovault"
    # SQLAlchemy hides the password of a URL, but not those in its query.
    secrets = {name: value for name, value in url.query.items() if "password" in name.lower()}
    arguments |= secrets
    engine = sa.create_engine(
        url.difference_update_query(["options", *secrets]),
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # so that what is not needed falls idle
        connect_args=arguments,
        hide_parameters=True,
    )
    if schema is not None:
        _keep_schema_from_server(engine)
    if password_file is not None:
        _read_password_at_connect(engine, Path(password_file))
    _check_at_checkout(engine, pool_idle_seconds)
    return engine


def _as_option(name: str) -> str:
    """An identifier, quoted for SQL and then for the options of a connection, which blanks part."""
    quoted = '"' + name.replace('"', '""') + '"'
    return re.sub(r"([\\\s])", r"\\\1", quoted)


def _keep_schema_from_server(engine: sa.Engine) -> None:
    """The URL goes on naming the schema, for who reads it; to the server it would be an unknown option."""

    @event.listens_for(engine, "do_connect")
    def drop(_dialect: object, _record: object, _args: object, arguments: dict[str, Any]) -> None:
        arguments.pop("schema", None)


def _read_password_at_connect(engine: sa.Engine, path: Path) -> None:
    @event.listens_for(engine, "do_connect")
    def add_password(_dialect: object, _record: object, _args: object, arguments: dict[str, Any]) -> None:
        try:
            password = path.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise StorageFailure(f"the password file {path} cannot be read: {reason}") from error
        if not password:
            raise StorageFailure(f"the password file {path} is empty")
        arguments["password"] = password


def _check_at_checkout(engine: sa.Engine, idle_seconds: float) -> None:
    """Replace connections that idled too long, or whose server went away, before anybody uses them.

    A server that shuts down closes its sockets, so that they become readable:
    asking the socket costs a hundredth of asking the server (``pool_pre_ping``).
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.pop("idle_since", None)
        if since is None:
            return  # fresh
        if time.monotonic() - since > idle_seconds:
            raise exc.DisconnectionError("idle for too long")
        if _has_something_to_read(connection) and not _answers(engine, connection):
            raise exc.InvalidatePoolError("the server closed the connection")


def _has_something_to_read(connection: Any) -> bool:
    try:
        return _readable(connection.fileno())
    except Exception:  # closed already, in whatever way the library says so
        return True


def _answers(engine: sa.Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except Exception:  # the same
        return False


def _poll(number: int) -> bool:
    poll = select.poll()
    poll.register(number, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))


def _select(number: int) -> bool:
    return bool(select.select([number], [], [], 0)[0])


# select() cannot look at descriptors above 1023, and Windows has no poll()
_readable: Callable[[int], bool] = _poll if hasattr(select, "poll") else _select
