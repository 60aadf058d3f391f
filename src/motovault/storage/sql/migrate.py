"""Bringing a database to the schema of this version: upgrade, status, the SQL to read beforehand.

Alembic runs the files of ``migrations/``, one branch a capsule. Here is what it
leaves to us: one migrator at a time, all files of a run in one transaction, each
applied file recorded in ``_migrations`` with its hash, drift refused.
"""

from __future__ import annotations

import contextlib
import io
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve
from sqlalchemy import exc

from motovault.errors import InvalidValue, MotovaultError, StorageFailure
from motovault.storage.sql.applying import run
from motovault.storage.sql.columns import decoder
from motovault.storage.sql.errors import SchemaBehind, SchemaDrift, fail, shown
from motovault.storage.sql.lines import known_dialect
from motovault.storage.sql.migration_lock import (
    LOCK_TIMEOUT,
    alone,
    checked_timeout,
    in_script,
    take_together,
)
from motovault.storage.sql.records import is_record, records_of
from motovault.storage.sql.row_level_security import Wish, around_migration, changes_all, refuse_sqlite
from motovault.storage.sql.shipped import (
    MIGRATIONS,
    AppliedFile,
    MigrationStatus,
    compare,
    migrations_folder,
    shipped,
    wanted,
)
from motovault.storage.sql.waiting import SPARING, add_where_possible, broken_keys, lacking

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "MigrationStatus",
    "downgrade",
    "offline_sql",
    "require_current",
    "run_files",
    "run_in_environment",
    "shown_database",
    "status",
    "translated",
    "upgrade",
]

VERSION_TABLE: Final = "_motovault_alembic_version"
"""Alembic's own; a host has an ``alembic_version`` of its own in the same database."""


_RUN_WITH: Final = {
    "postgresql": "psql --set ON_ERROR_STOP=1 --file THIS-FILE URL",
    # without -bail the shell goes on after an error, and commits the rest
    "sqlite": "sqlite3 -bail garage.db < THIS-FILE",
}


# ------------------------------------------------------------------------ for callers


def status(engine: sa.Engine, capsules: Iterable[str] | None = None) -> MigrationStatus:
    """What was applied to a database, what is pending, what has drifted, what waits. Changes nothing.

    Args:
        engine: Of the database.
        capsules: Only these and what they need are reported as pending; by default all, those that
            neither an installed capsule nor a vault needs among them: see ``required``.

    Raises:
        StorageFailure: The database cannot be read.
        InvalidValue: No such capsule.
    """
    known_dialect(engine.dialect)
    with translated(engine), engine.connect() as connection:
        found = compare(_applied(connection), capsules)
        if keys := lacking(connection, (file.name for file in found.applied)):
            found = evolve(found, waiting=broken_keys(connection, keys))
        return found


def require_current(database: sa.Engine | sa.Connection, capsules: Iterable[str] | None = None) -> None:
    """Refuse a database that is behind this version. A database of a newer version is fine: it has only more.

    Args:
        database: An engine, or a host's open connection: then what its transaction has made counts too.
        capsules: These and what they need must be there; by default those that a vault reads.
            Of the others only what is installed must be current: a host may do without them.

    Raises:
        SchemaBehind: Files are pending; the error names the command to run.
        SchemaDrift: A file is not what it was when it was applied, or is missing.
    """
    if isinstance(database, sa.Connection):
        with translated(database.engine):
            # looked for first: a failing query would cost the host its transaction
            found = compare(_looked_up(database), capsules)
    else:
        known_dialect(database.dialect)
        with translated(database), database.connect() as connection:
            found = compare(_applied(connection), capsules)
    if wrong := tuple(file for file in found.drifted if file.kind != "newer"):
        raise SchemaDrift(wrong)
    if found.required:
        raise SchemaBehind(
            found.required, f"motovault migrate --database {shown_database(database.engine.url)}"
        )


def upgrade(
    engine: sa.Engine,
    capsules: Iterable[str] | None = None,
    *,
    lock_timeout: float | None = None,
    row_level_security: Wish | None = None,
) -> tuple[str, ...]:
    """Apply what is pending, all or nothing; the files that were applied now, as ``capsule/file_name``.

    Where nothing is pending, that is found out by a query or two. Of two processes at
    once one waits for the other, however long it takes, and then has nothing to do.
    A key that waited for rows to be mended is added once they are: see ``status().waiting``.

    Args:
        engine: Of the database.
        capsules: Only these and what they need; by default all.
        lock_timeout: Seconds to wait for a table that somebody's transaction uses, for each such wait: as
            long as a migration waits, everybody else waits behind it. By default 3; in SQLite, where
            readers never wait, what the connection is set to (15 where motovault made the engine).
        row_level_security: ``on``, ``forced`` (for the tables' owner too) or ``off``; by default it stays
            as it is, and where it is on, new tables have it as well. PostgreSQL only.

    Raises:
        SchemaDrift: A file was changed after it was applied, is missing, or is of a newer version;
            nothing is done.
        SchemaInUse: The lock was not to be had in that time; the schema is as it was.
        StorageFailure: A file failed; the schema is as it was.
        InvalidValue: No such capsule, a timeout that is not above 0, or row-level security for SQLite.
    """
    chosen = wanted(capsules)
    checked_timeout(lock_timeout)
    if row_level_security is not None:
        refuse_sqlite(engine.dialect)
    known_dialect(engine.dialect)
    with translated(engine), engine.connect() as connection:
        before = compare(_applied(connection), chosen)
        keys = lacking(connection, (file.name for file in before.applied))
    if before.drifted:
        raise SchemaDrift(before.drifted)
    if not before.pending and not keys and row_level_security is None:
        return ()
    with translated(engine), alone(engine, lock_timeout) as connection:
        before = compare(_looked_up(connection), chosen)  # again: somebody may have been first
        if before.drifted:
            raise SchemaDrift(before.drifted)
        pending = {name.partition("/")[0] for name in before.pending}
        take_together(
            connection, wanted(None) if changes_all(connection, row_level_security) else pending, lock_timeout
        )
        with around_migration(connection, row_level_security):
            if before.pending:
                run_files(connection, chosen)
            applied = (file.name for file in _looked_up(connection))
            add_where_possible(connection, lacking(connection, applied))
    return before.pending


def downgrade(engine: sa.Engine, capsule: str) -> None:
    """Drop the tables of a capsule, and of every capsule that needs it, with all that is in them.

    For tests: nothing of motovault calls it.
    """
    from alembic import command

    wanted([capsule])
    with translated(engine), alone(engine) as connection:
        command.downgrade(_config(connection=connection), f"{capsule}@base")


def offline_sql(
    dialect: str,
    capsules: Iterable[str] | None = None,
    *,
    schema: str | None = None,
    lock_timeout: float | None = None,
) -> str:
    """The statements that make a new database's schema, as one script; no database is needed.

    It is one transaction, takes the same locks as ``upgrade`` and says in a comment how to run it.

    Args:
        dialect: ``postgresql`` or ``sqlite``.
        capsules: Only these and what they need; by default all.
        schema: The PostgreSQL schema to make the tables in, which is made where it is missing;
            by default the first of the search path of who runs the script.
        lock_timeout: As in ``upgrade``; a SQLite script has none.

    Raises:
        InvalidValue: No such database, no such capsule, or a timeout that is not above 0.
    """
    checked_timeout(lock_timeout)
    if dialect not in {"postgresql", "sqlite"}:
        raise InvalidValue("dialect", dialect, "must be postgresql or sqlite")
    script = io.StringIO()
    script.write(f"-- All or nothing. To be run with: {_RUN_WITH[dialect]}\n\n")
    timeout = LOCK_TIMEOUT if lock_timeout is None else lock_timeout
    run(_config(dialect=dialect, schema=schema, lock_timeout=timeout, output=script), wanted(capsules))
    return script.getvalue()


# ------------------------------------------------------------------------ for Alembic


def run_in_environment(context: Any) -> None:
    """What ``migrations/env.py`` does; ``context`` is ``alembic.context``."""
    attributes = context.config.attributes
    options: dict[str, Any] = {"version_table": VERSION_TABLE, "on_version_apply": _record}
    if context.is_offline_mode():
        context.configure(
            dialect_name=attributes["dialect"],
            literal_binds=True,
            transactional_ddl=True,
            dialect_opts={"paramstyle": "named"},
            **options,
        )
        with context.begin_transaction():
            for statement in in_script(attributes["dialect"], attributes["lock_timeout"]):
                context.execute(statement)
            if (schema := attributes["schema"]) is not None:
                context.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
                context.execute(f'SET LOCAL search_path TO "{schema.replace(chr(34), chr(34) * 2)}"')
            context.execute(sa.schema.CreateTable(MIGRATIONS, if_not_exists=True))
            context.run_migrations()
    elif "connection" in attributes:
        # The transaction is open, and is ended by who opened it.
        context.configure(connection=attributes["connection"], **options)
        context.run_migrations()
    else:
        raise StorageFailure("these migrations are run by: motovault migrate --database URL-or-path")


def _record(*, ctx: Any, step: Any, heads: object, run_args: object, **_: object) -> None:
    """Alembic's ``on_version_apply``: note each file in the transaction that ran it."""
    # those of a database that was adopted are recorded elsewhere
    table = MIGRATIONS if ctx.as_sql else records_of(ctx.connection)
    if table is None:
        return
    hashes = {(file.capsule, file.file_name): file.sha256 for file in shipped()}
    for script in step.up_revisions:
        path = Path(script.path)
        key = (path.parent.name, path.name)
        if path.parent.parent != migrations_folder() or key not in hashes:
            continue  # a host's own, in an environment of the host's
        ctx.impl._exec(table.delete().where(table.c.capsule == key[0], table.c.file_name == key[1]))
        if step.is_upgrade:
            row = {"capsule": key[0], "file_name": key[1], "sha256": hashes[key], "applied_at": _now(ctx)}
            ctx.impl._exec(table.insert().values(row))


def _now(ctx: Any) -> object:
    if ctx.dialect.name == "sqlite":
        if ctx.as_sql:
            return sa.func.strftime("%Y-%m-%dT%H:%M:%f000+00:00", "now")
        return datetime.now(UTC).isoformat(timespec="microseconds")
    return sa.func.current_timestamp() if ctx.as_sql else datetime.now(UTC)


def _config(*, output: io.StringIO | None = None, **attributes: object) -> Config:
    from alembic.config import Config

    folder = migrations_folder()
    config = Config(output_buffer=output)
    # ConfigParser reads % as the start of a reference
    options = {
        "script_location": str(folder),
        "path_separator": "os",
        # Never recursively from the top, where env.py would be taken for a revision.
        "version_locations": os.pathsep.join(str(folder / capsule) for capsule in wanted(None)),
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes.update(attributes)
    return config


def run_files(
    connection: sa.Connection,
    capsules: tuple[str, ...],
    instead: Mapping[str, Callable[[Any], Any]] = MappingProxyType({}),
) -> None:
    """Apply and record what these capsules lack, in the caller's transaction.

    Args:
        connection: That of :func:`motovault.storage.sql.migration_lock.alone`.
        capsules: In order, with what they need.
        instead: By revision, what makes another function of the file's; it is recorded all the same.
    """
    if connection.dialect.name == "postgresql":
        instead = {**SPARING, **instead}
    run(_config(connection=connection, instead=instead), capsules)


# ------------------------------------------------------------------------ the database


def _applied(connection: sa.Connection) -> list[AppliedFile]:
    try:
        found = _recorded(connection, MIGRATIONS)
    except (exc.ProgrammingError, exc.OperationalError):
        # SQLite has one code for every mistake, so that the table is looked for instead
        connection.rollback()
        if records_of(connection) is MIGRATIONS:
            raise
        return _looked_up(connection)
    if all(is_record(file.capsule, file.file_name, file.sha256) for file in found):
        return found
    return _looked_up(connection)  # another application's table, that has columns of the same names


def _looked_up(connection: sa.Connection) -> list[AppliedFile]:
    """The same by more queries, of which none fails, which would cost a transaction."""
    table = records_of(connection)
    return [] if table is None else _recorded(connection, table)


def _recorded(connection: sa.Connection, table: sa.Table) -> list[AppliedFile]:
    rows = connection.execute(sa.select(table)).all()
    decode, in_utc = decoder(table.columns, connection.dialect.name)
    decode = decode or in_utc
    return [AppliedFile(*row) for row in (decode(rows) if decode else rows)]


@contextlib.contextmanager
def translated(engine: sa.Engine) -> Iterator[None]:
    """Errors of the database as errors of motovault."""
    try:
        yield
    except MotovaultError:
        raise
    except (exc.SQLAlchemyError, sqlite3.Error) as error:
        fail(error, where=engine.url)


def shown_database(url: sa.URL) -> str:
    """What ``--database`` takes, the password hidden."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return shown(url.set(drivername="postgresql"))
