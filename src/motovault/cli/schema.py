"""``motovault status`` and ``motovault migrate``: how a database stands, and bringing it to this release."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from motovault.cli import output
from motovault.cli.database import database_of, refuse_missing, shown
from motovault.cli.schema_shapes import (
    AppliedShape,
    CapsuleShape,
    DriftShape,
    MigrateShape,
    RowLevelSecurityShape,
    ScriptShape,
    StatusShape,
    WaitingShape,
)
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from motovault.storage.sql.migrate import MigrationStatus
    from motovault.storage.sql.row_level_security import RowLevelSecurity
    from motovault.storage.sql.waiting import WaitingKey

__all__ = ["opened_engine", "run_migrate", "run_status", "waiting_shapes"]


def run_status(given: argparse.Namespace) -> int:
    """Print how the database stands; exit code 1 where something is pending or has drifted."""
    from motovault.storage.sql.migrate import status

    database = _database(given)
    refuse_missing(database)
    with opened_engine(database, given) as db_engine:
        found, rows = status(db_engine), _row_level_security(db_engine)
    shape = StatusShape(**_values(database, found, rows))
    if given.json:
        output.print_json(shape)
    else:
        _print_status(shape, dict.fromkeys(file.advice for file in found.drifted))
        _print_waiting(found.waiting)
        _print_row_level_security(rows)
    return 0 if shape.is_current else 1


def run_migrate(given: argparse.Namespace) -> int:
    """Bring the database to the newest schema, or print the statements; gives the exit code."""
    from motovault.storage.sql import SchemaDrift
    from motovault.storage.sql.engine import schema_of
    from motovault.storage.sql.migrate import offline_sql, status, upgrade

    database = _database(given)
    if given.sql:
        if given.row_level_security is not None:
            raise InvalidValue("sql", True, "prints no policies: they are made where the tables are found")
        dialect = "postgresql" if database.startswith("postgres") else "sqlite"
        script = offline_sql(
            dialect, given.capsules, schema=schema_of(database), lock_timeout=given.lock_timeout
        )
        if given.json:
            output.print_json(ScriptShape(dialect=dialect, sql=script))
        else:
            print(script, end="" if script.endswith("\n") else "\n")
        return 0
    with opened_engine(database, given) as db_engine:
        try:
            with output.working("migrating"):
                applied_now = upgrade(
                    db_engine,
                    given.capsules,
                    lock_timeout=given.lock_timeout,
                    row_level_security=given.row_level_security,
                )
        except SchemaDrift:
            if given.json:  # the sums, whole, beside the error
                found, rows = status(db_engine, given.capsules), _row_level_security(db_engine)
                output.print_json(MigrateShape(**_values(database, found, rows), applied_now=()))
            raise
        found, rows = status(db_engine, given.capsules), _row_level_security(db_engine)
    shape = MigrateShape(**_values(database, found, rows), applied_now=applied_now)
    if given.json:
        output.print_json(shape)
        return 0
    for name in shape.applied_now:
        output.line(f"applied {name}")
    output.line(
        f"{shape.database}: " + ("up to date" if shape.applied_now else "up to date already, nothing to do")
    )
    _print_waiting(found.waiting)
    if given.row_level_security is not None or (rows is not None and rows.is_on):
        _print_row_level_security(rows)
    return 0


def _database(given: argparse.Namespace) -> str:
    database = database_of(given)
    if database == "memory:":
        raise InvalidValue("database", database, "has no schema: this command is for SQLite and PostgreSQL")
    return database


@contextmanager
def opened_engine(database: str, given: argparse.Namespace) -> Iterator[Any]:
    """An engine for a command, without looking at the schema."""
    from motovault.storage.sql import make_engine

    db_engine = make_engine(database, password_file=given.password_file)
    try:
        yield db_engine
    finally:
        db_engine.dispose()


def _row_level_security(db_engine: Any) -> RowLevelSecurity | None:
    from motovault.storage.sql.row_level_security import state

    return state(db_engine) if db_engine.dialect.name == "postgresql" else None


def _values(database: str, found: MigrationStatus, rows: RowLevelSecurity | None) -> dict[str, Any]:
    return {
        "database": shown(database),
        "is_current": found.is_current,
        "applied": tuple(
            AppliedShape(name=file.name, capsule=file.capsule, applied_at=file.applied_at)
            for file in found.applied
        ),
        "capsules": tuple(
            CapsuleShape(capsule=one.capsule, revision=one.revision, newest=one.newest, state=one.state)
            for one in found.capsules
        ),
        "pending": found.pending,
        "required": found.required,
        "drift": found.drift,
        "waiting": waiting_shapes(found.waiting),
        "drifted": tuple(
            DriftShape(
                name=file.name,
                kind=file.kind,
                recorded_sha256=file.recorded_sha256,
                shipped_sha256=file.shipped_sha256,
            )
            for file in found.drifted
        ),
        "row_level_security": None
        if rows is None
        else RowLevelSecurityShape(
            is_on=rows.is_on,
            protected=rows.protected,
            unprotected=rows.unprotected,
            forced=rows.forced,
            role=rows.role,
            exemption=rows.exemption,
        ),
    }


def waiting_shapes(keys: Iterable[WaitingKey]) -> tuple[WaitingShape, ...]:
    """Keys that wait for rows to be mended, as they are printed."""
    return tuple(
        WaitingShape(name=key.name, table=key.table, rule=key.rule, count=key.count, ids=key.ids)
        for key in keys
    )


def _print_status(shape: StatusShape, advice: Iterable[str]) -> None:
    rows = [(file.name, f"applied {file.applied_at:%Y-%m-%d %H:%M} UTC") for file in shape.applied]
    rows += [(name, "pending" if name in shape.required else "not installed") for name in shape.pending]
    output.table(
        ("Capsule", "Revision", "State"),
        [
            (one.capsule, one.revision or "", one.state if one.state != "behind" else f"behind {one.newest}")
            for one in shape.capsules
        ],
    )
    output.table(("Migration", "State"), rows)
    for sentence in shape.drift:
        output.line(f"drift: {sentence}")
    if shape.is_current:
        output.line(f"{shape.database}: up to date")
    else:
        counts = f"{len(shape.required)} pending, {len(shape.drift)} drifted"
        output.line(f"{shape.database}: {counts}")
    for sentence in advice:
        output.note(f"what to do: {sentence}")
    if shape.required:
        output.note(f"bring it up to date with: motovault migrate --database {shape.database}")


def _print_waiting(keys: Iterable[WaitingKey]) -> None:
    for key in keys:
        output.line(f"waiting: {key}")


def _print_row_level_security(rows: RowLevelSecurity | None) -> None:
    if rows is None:
        return
    output.line(f"row-level security: {rows}")
    if rows.exemption is not None:
        output.note(
            f"PostgreSQL shows {rows.role} every row: let the application use another role, "
            "that neither owns the tables nor is a superuser nor has BYPASSRLS"
        )
