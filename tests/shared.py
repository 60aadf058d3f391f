"""One migrated PostgreSQL database for all tests of a process that change nothing in it but rows.

A database of its own costs a test more than most tests do themselves. So this
one is emptied after each test instead, and looked at: a row that is left, a
table, index, policy or setting that was made, changed or dropped, a lock that
is held and a connection that was not given back are the error of the test that
left them. What changes the schema, kills connections or looks at plans takes a
``postgres_database`` of its own.
"""

from __future__ import annotations

import contextlib
import graphlib
from collections.abc import Callable, Iterator

import psycopg
import sqlalchemy as sa

__all__ = ["LeftBehind", "SharedDatabase"]

_OURS = "SELECT oid::regclass::text FROM pg_class WHERE relkind = '{kind}' AND oid >= 16384 ORDER BY oid"
_REFERENCES = """
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND conrelid <> confrelid
"""
_CATALOGUES = ("pg_class", "pg_type", "pg_proc", "pg_constraint", "pg_trigger", "pg_policy", "pg_attrdef")
_OF_TABLES = {"pg_attribute": "attrelid", "pg_index": "indexrelid", "pg_statistic": "starelid"}
"""Where what is made leaves rows; its object ids begin at 16384, those below are the server's own."""


class LeftBehind(AssertionError):
    """A test left more than nothing in the database that it shares with others."""


class SharedDatabase:
    """A migrated, empty database and engines on it; see :func:`tests.conftest.shared_postgres`.

    Args:
        make: Makes a migrated database and gives its URL, as its owner. It is called for the first
            test, and again after one that left something behind.
    """

    def __init__(self, make: Callable[[], contextlib.AbstractContextManager[str]]) -> None:
        self._make = make
        self._life: contextlib.ExitStack | None = None
        self._engines: dict[str, sa.Engine] = {}

    def engine(self, name: str, make: Callable[[str], sa.Engine]) -> sa.Engine:
        """An engine that all tests share; ``make`` makes it of the URL for the first who asks."""
        if name not in self._engines:
            self._engines[name] = make(self.url)
        return self._engines[name]

    @contextlib.contextmanager
    def lent(self) -> Iterator[SharedDatabase]:
        """For one test: empty before and after.

        Raises:
            LeftBehind: It is not empty, or no more what it was.
        """
        if self._life is None:
            self._begin()
        if found := self._unclean():
            self.close()
            raise LeftBehind(f"something was written after the last test, to {', '.join(found)}")
        yield self
        try:
            self._give_back()
        except BaseException:
            self.close()  # what one test left is not to be another's
            raise

    def close(self) -> None:
        """Close every connection and remove the database."""
        life, self._life = self._life, None
        if life is not None:
            life.close()

    def _begin(self) -> None:
        with contextlib.ExitStack() as stack:
            self.url = stack.enter_context(self._make())
            plain = sa.make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
            # a transaction that somebody left open is told of, not waited for
            looker = psycopg.connect(plain, autocommit=True, options="-c lock_timeout=5s")
            self._looker = stack.enter_context(contextlib.closing(looker))
            tables = [name for (name,) in self._ask(_OURS.format(kind="r"))]
            order = graphlib.TopologicalSorter({name: set[str]() for name in tables})
            for child, parent in self._ask(_REFERENCES):
                order.add(parent, child)  # rows that refer go first
            # what a migration brings along stays as it is
            self._kept = [name for name in tables if self._ask(f"SELECT FROM {name} LIMIT 1")]
            self._tables = [name for name in order.static_order() if name not in self._kept]
            self._sequences = [name for (name,) in self._ask(_OURS.format(kind="S"))]
            parts = [f"(SELECT '{name}' WHERE EXISTS (SELECT FROM {name}))" for name in self._tables]
            parts += [f"(SELECT '{name}' FROM {name} WHERE is_called)" for name in self._sequences]
            self._used = " UNION ALL ".join(parts)
            self._pristine = self._state()
            stack.callback(self._dispose)
            self._life = stack.pop_all()

    def _dispose(self) -> None:
        for made in self._engines.values():
            made.dispose()
        self._engines.clear()

    def _give_back(self) -> None:
        lent = {name: made.pool.checkedout() for name, made in self._engines.items()}  # type: ignore[attr-defined]
        if any(lent.values()):
            raise LeftBehind(f"connections were not given back: {lent}")
        used = self._unclean()
        changes = [
            *(f"DELETE FROM {name}" for name in self._tables if name in used),
            *(f"SELECT setval('{name}', 1, false)" for name in self._sequences if name in used),
        ]
        if changes:
            self._looker.execute("; ".join(changes).encode())
        if left := self._unclean():
            raise LeftBehind(f"cannot be emptied: {', '.join(left)}")
        state = self._state()
        if state != self._pristine:
            raise LeftBehind(
                "the database is no more what it was: "
                + ", ".join(
                    f"{what}: {before} -> {after}"
                    for (what, before), after in zip(self._pristine.items(), state.values(), strict=True)
                    if before != after
                )
            )

    def _unclean(self) -> set[str]:
        """Tables that are not empty, and sequences that moved."""
        return {name for (name,) in self._ask(self._used)}

    def _state(self) -> dict[str, object]:
        """How many rows each catalogue has of ours, and which change was the last: one of both moves."""
        rows = "(SELECT count(*) || ' ' || max(xmin::text::bigint) FROM {} WHERE {} >= 16384)"
        parts = {name: rows.format(name, "oid") for name in _CATALOGUES}
        parts |= {name: rows.format(name, column) for name, column in _OF_TABLES.items()}
        parts |= {name: rows.format(name, "16384") for name in self._kept}
        parts["schemas"] = "(SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname !~ '^pg_')"
        parts["advisory locks"] = "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory')"
        return dict(zip(parts, self._ask(f"SELECT {', '.join(parts.values())}")[0], strict=True))

    def _ask(self, text: str) -> list[tuple[str, ...]]:
        return self._looker.execute(text.encode()).fetchall()
