"""Giving a SQLite table a constraint: SQLite can add none, so that the table is made anew.

For the migration files. Everything else of the table stays as it is, word for
word: columns that somebody added, checks, defaults, indexes, triggers, rows and
their order. Foreign keys must be off, which ``migrate`` sees to; with them on,
dropping the old table would delete the rows of its children.
Source: "Making Other Kinds Of Table Schema Changes" in SQLite's lang_altertable.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final

from motovault.errors import StorageFailure

__all__ = ["with_constraint", "without_constraint"]

_HEAD: Final = re.compile(r"""CREATE\s+TABLE\s+("(?:[^"]|"")+"|\w+)""", re.IGNORECASE)


def with_constraint(context: Any, table: str, constraint: str) -> None:
    """Add a constraint of the table.

    Args:
        context: Alembic's, ``op.get_context()``; also where it prints a script.
        table: Its name, in lower case letters and underscores.
        constraint: As in CREATE TABLE: ``CONSTRAINT name UNIQUE (a, b)``.
    """
    _rebuild(context, table, lambda sql: _inserted(sql, constraint))


def without_constraint(context: Any, table: str, constraint: str) -> None:
    """Take a constraint away again that :func:`with_constraint` added, in the same words.

    Raises:
        StorageFailure: The table has no such constraint.
    """

    def removed(sql: str) -> str:
        if (added := _added(constraint)) not in sql:
            raise StorageFailure(f"the table {table} has no {constraint}")
        return sql.replace(added, "")

    _rebuild(context, table, removed)


def _added(constraint: str) -> str:
    return f", \n\t{constraint}"


def _inserted(sql: str, constraint: str) -> str:
    end = sql.rindex(")")
    return sql[:end].rstrip() + _added(constraint) + "\n" + sql[end:]


def _rebuild(context: Any, table: str, change: Callable[[str], str]) -> None:
    ask, tell = _doors(context)
    ((sql,),) = ask(f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")
    beside = "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    again = [row[0] for row in ask(f"{beside} AND tbl_name = '{table}' ORDER BY rowid")]
    # without generated ones, which cannot be inserted
    columns = ", ".join('"' + row[1].replace('"', '""') + '"' for row in ask(f"PRAGMA table_info('{table}')"))
    new = f"_motovault_new_{table}"
    made = _HEAD.sub(f"CREATE TABLE {new}", change(sql), count=1)
    # Else the new name is refused where a view of somebody's speaks of the table, which is gone for a moment.
    ((legacy,),) = ask("PRAGMA legacy_alter_table")
    for statement in (
        made,
        f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {table} ORDER BY rowid",
        f"DROP TABLE {table}",
        "PRAGMA legacy_alter_table = ON",
        f"ALTER TABLE {new} RENAME TO {table}",
        f"PRAGMA legacy_alter_table = {legacy}",
        *again,
    ):
        tell(statement)


def _doors(context: Any) -> tuple[Callable[[str], Sequence[Sequence[Any]]], Callable[[str], object]]:
    """What asks the database, and what changes it or prints the change."""
    if not context.as_sql:
        run = context.connection.exec_driver_sql
        return (lambda query: run(query).fetchall()), run
    script = getattr(context.impl.output_buffer, "getvalue", None)
    if script is None:
        raise StorageFailure("a script for SQLite is printed by: motovault migrate --sql")

    def ask_the_script(query: str) -> list[Any]:
        # what it has made so far is found out by running it
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.executescript(script())
            return connection.execute(query).fetchall()

    return ask_the_script, lambda statement: context.impl.static_output(statement + ";")
