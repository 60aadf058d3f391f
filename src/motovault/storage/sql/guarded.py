"""Lines to a PostgreSQL database with row-level security: every statement runs with the user set.

The policies (``row_level_security.py``) show the rows of one user only, whom
``motovault.user_id`` names for one transaction: a connection that goes back to
a pool has forgotten it, whatever happened, and outside a transaction nothing
is visible.

On an engine a statement that stands for itself is sent together with the one
that sets the user, in a pipeline: until its end both are one transaction of
the server's, in one round trip. A transaction is begun with the user set.

On a connection that the host opened the user is set before every statement of
ours: another user's unit of work may have run in between, or the host has
rolled back to a savepoint, which undoes the setting too. When a unit of work
is left, nobody is set.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from motovault.ports import UserId
from motovault.storage.sql.columns import Row
from motovault.storage.sql.errors import Clashes, fail
from motovault.storage.sql.lines import HostLine, PooledLine
from motovault.storage.sql.statements import Statement

__all__ = ["GuardedHostLine", "GuardedPooledLine"]

_SET: Final = "SELECT set_config('motovault.user_id', %s, true)"
"""``true``: until the end of the transaction. ``SET LOCAL`` takes no parameter."""

_IN_TRANSACTION: Final = 2
"""libpq's PQTRANS_INTRANS: a transaction is open, and has not failed."""


class GuardedPooledLine(PooledLine):
    """A connection of an engine's pool on which each transaction, of one statement too, has its user."""

    is_guarded = True

    def __init__(self, engine: sa.Engine, dialect: str, user_id: UserId) -> None:
        super().__init__(engine, dialect)
        self._user_id = user_id
        self._is_cut = False

    def begin(self) -> None:
        with self._pipeline() as raw:
            raw.execute("BEGIN")
            raw.execute(_SET, (self._user_id,))
        self.in_transaction = True

    def change(self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None) -> int:
        if self.in_transaction:
            return super().change(statement, args, clashes)
        compiled = statement.compiled(self.dialect)
        return int(self._executed(compiled.text, compiled.bind(args), clashes).rowcount)

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        if self.in_transaction:
            return super().bulk(work, clashes)
        self.begin()
        try:
            count = super().bulk(work, clashes)
        except BaseException:
            self.rollback()
            raise
        self.commit()
        return count

    def close(self) -> None:
        if self._is_cut and self._pooled is not None:
            pooled, self._pooled, self._raw = self._pooled, None, None
            pooled.invalidate()
            return
        super().close()

    def _fetch(self, text: str, values: tuple[object, ...], clashes: Clashes | None) -> Sequence[Row]:
        if self.in_transaction:
            return super()._fetch(text, values, clashes)
        found: Sequence[Row] = self._executed(text, values, clashes).fetchall()
        return found

    def _executed(self, text: str, values: tuple[object, ...], clashes: Clashes | None = None) -> Any:
        if self.in_transaction:
            return super()._executed(text, values, clashes)
        with self._pipeline(clashes) as raw:
            raw.execute(_SET, (self._user_id,))
            return raw.execute(text, values)

    @contextlib.contextmanager
    def _pipeline(self, clashes: Clashes | None = None) -> Iterator[Any]:
        """What the block sends goes in one round trip.

        Where Ctrl-C cuts the pipeline, libpq may take the server for idle whose transaction is still open,
        with its user: such a connection never goes back to the pool.
        """
        raw, handled = self._connection(), sys.exception()
        try:
            with raw.pipeline():
                yield raw
        except self._errors as error:
            before = error.__context__
            while before is not None and before is not handled:
                if not isinstance(before, Exception):  # hidden by psycopg, which could not end the pipeline
                    self._is_cut = True
                    raise before from None
                before = before.__context__
            fail(error, clashes)
        except BaseException:
            self._is_cut = True
            raise


class GuardedHostLine(HostLine):
    """A host's connection on which each statement of ours has its user, and the host's have none."""

    is_guarded = True

    def __init__(self, connection: sa.Connection, dialect: str, user_id: UserId) -> None:
        super().__init__(connection, dialect)
        self._user_id = user_id
        self._is_hosts = self.in_transaction
        self._is_set = False

    def rows(
        self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None
    ) -> Sequence[Row]:
        with self._guarded():
            return super().rows(statement, args, clashes)

    def change(self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None) -> int:
        with self._guarded():
            return super().change(statement, args, clashes)

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        with self._guarded():
            return super().bulk(work, clashes)

    def stream(
        self, text: str, values: Mapping[str, object], size: int, *, name: str = ""
    ) -> Iterator[Sequence[Row]]:
        with self._guarded():
            yield from super().stream(text, values, size, name=name)

    def close(self) -> None:
        if not (self._is_set and self._is_hosts) or self._host.closed or self._host.invalidated:
            return  # what was set in a transaction of ours has ended with it
        raw = self._connection()
        # A transaction that failed takes nothing but its rollback, which forgets the user as well.
        if raw.pgconn.transaction_status == _IN_TRANSACTION:
            with contextlib.suppress(self._host.dialect.loaded_dbapi.Error):
                raw.execute(_SET, ("",))

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """One statement with the user set: in the transaction that is open, or else in one of its own."""
        if self.in_transaction:
            self._set(self._user_id)
            yield
            return
        self.begin()
        try:
            self._set(self._user_id)
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def _set(self, user_id: str) -> None:
        self._is_set = True
        self._fetch(_SET, (user_id,), None)
