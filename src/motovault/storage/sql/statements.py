"""SQL statements, written once as SQLAlchemy Core and compiled once for each database.

A repository's statements are built when its module is imported; the text is
compiled at the first use, and a call costs only the order of its values:
building a statement in the call costs as much as the round trip.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from motovault.storage.sql.columns import Decoder, decoder, wrapper

__all__ = ["Compiled", "Statement", "values"]

_DIALECTS: Final[dict[str, sa.Dialect]] = {
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
}

Bind = Callable[[tuple[object, ...]], tuple[object, ...]]


class Compiled:
    """One statement as one database understands it.

    Attributes:
        text: The SQL, with positional placeholders.
        bind: Puts a call's values in the order of the placeholders, and marks those that are JSON.
        decode: Turns fetched rows into values of Python; None where they are that already.
        decode_moments: The same, for a PostgreSQL connection whose time zone is not UTC.
    """

    __slots__ = ("bind", "decode", "decode_moments", "text")

    def __init__(self, element: sa.ClauseElement, names: tuple[str, ...], dialect: str) -> None:
        compiled: Any = element.compile(dialect=_DIALECTS[dialect])
        self.text = str(compiled)
        order: list[str] = list(compiled.positiontup or ())
        bind = _bind(order, names, compiled.params)
        wrap = wrapper([compiled.binds[name].type for name in order], dialect)
        self.bind = bind if wrap is None else lambda args: wrap(bind(args))
        columns = element.selected_columns if isinstance(element, sa.SelectBase) else ()
        self.decode: Decoder | None
        self.decode_moments: Decoder | None
        self.decode, self.decode_moments = decoder(columns, dialect)


class Statement:
    """One statement of a repository.

    Args:
        element: The statement, its bind parameters named.
        *names: Those names, in the order in which callers give the values.
        sqlite: The same for SQLite, where its construct is another.
    """

    __slots__ = ("_compiled", "_elements", "_names")

    def __init__(
        self, element: sa.ClauseElement, *names: str, sqlite: sa.ClauseElement | None = None
    ) -> None:
        self._elements = {"postgresql": element, "sqlite": element if sqlite is None else sqlite}
        self._names = names
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: str) -> Compiled:
        """The statement for ``postgresql`` or ``sqlite``; compiled at the first call."""
        found = self._compiled.get(dialect)
        if found is None:
            found = self._compiled[dialect] = Compiled(self._elements[dialect], self._names, dialect)
        return found


def values(table: sa.Table) -> dict[str, sa.BindParameter[Any]]:
    """A bind parameter for each column of a table, by its name."""
    return {column.name: sa.bindparam(column.name, type_=column.type) for column in table.columns}


def _bind(order: list[str], names: tuple[str, ...], given: dict[str, object]) -> Bind:
    """A function from values in the order of ``names`` to values in the order of the placeholders."""
    if tuple(order) == names:
        return lambda args: args
    constants = [name for name in dict.fromkeys(order) if name not in names]
    extra = tuple(given[name] for name in constants)
    index = {name: i for i, name in enumerate((*names, *constants))}
    places = [index[name] for name in order]
    if not places:
        return lambda _: ()
    if len(places) == 1:
        (place,) = places
        return lambda args: ((*args, *extra)[place],)
    pick = itemgetter(*places)
    return (lambda args: pick(args + extra)) if extra else pick
