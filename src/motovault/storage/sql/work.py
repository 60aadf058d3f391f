"""What a unit of work does around its statements: begin, mark, keep, undo."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from motovault.errors import StorageFailure
from motovault.ports import UserId
from motovault.storage.sql.columns import Row
from motovault.storage.sql.errors import Clashes
from motovault.storage.sql.lines import Line
from motovault.storage.sql.statements import Statement

__all__ = ["Work"]

T = TypeVar("T")


class Work:
    """One unit of work, from the side of the repositories.

    Where no transaction is open and none was asked for (``atomic``), each
    statement stands for itself. Where one is open already, of the outer unit or
    of the host, a savepoint is set before the first write: an error undoes this
    unit's part and leaves the outer one usable.
    """

    def __init__(self, line: Line, user_id: UserId, *, atomic: bool, outer: Work | None = None) -> None:
        self.user_id = user_id
        self.line = line
        self._atomic = atomic
        self._outer = outer
        self._is_open = False
        self._began = False
        self._mark: str | None = None

    def __enter__(self) -> Self:
        if self._is_open:
            raise StorageFailure("this unit of work is open already: enter it once")
        self._is_open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        began, self._began = self._began, False
        mark, self._mark = self._mark, None
        try:
            if began:
                (self.line.commit if kind is None else self.line.rollback)()
            elif mark is not None and self.line.in_transaction:  # else a part began and ended what it was in
                self._end(mark, keep=kind is None)
        finally:
            if self._outer is None:
                self.line.close()

    @property
    def is_atomic(self) -> bool:
        """What is read here is about to be written: rows are read with a lock where the database has such.

        So of two who change one row the second sees what the first wrote. SQLite
        needs none: an atomic unit there is the only writer from its start.
        """
        return self._atomic

    @property
    def stands_alone(self) -> bool:
        """Nothing was begun here or around it: whoever reads on another connection misses nothing."""
        return self._outer is None and not self._atomic and not self.line.in_transaction

    def rows(self, statement: Statement, *args: object) -> Sequence[Row]:
        """The rows of a query."""
        self._prepare(writes=False)
        return self.line.rows(statement, args)

    def partitions(self, statement: Statement, *args: object) -> Iterator[Sequence[Row]]:
        """The rows of a query that may be long, a few thousand at a time."""
        self._prepare(writes=False)
        return self.line.partitions(statement, args)

    def row(self, statement: Statement, *args: object) -> Row | None:
        """The one row of a query, or None."""
        self._prepare(writes=False)
        found = self.line.rows(statement, args)
        return found[0] if found else None

    def change(self, statement: Statement, args: tuple[object, ...], clashes: Clashes | None = None) -> int:
        """Run a writing statement; how many rows it touched."""
        self._prepare(writes=True)
        return self.line.change(statement, args, clashes)

    def bulk(self, work: Callable[[Any], int], clashes: Clashes | None = None) -> int:
        """Let ``work`` have a cursor of the database module."""
        self._prepare(writes=True)
        return self.line.bulk(work, clashes)

    def risky(self, run: Callable[[], T]) -> T:
        """One writing statement that a unique key may refuse, without harm to the transaction around it."""
        self._prepare(writes=True)
        if self.line.dialect == "sqlite" or not self.line.in_transaction:
            return run()
        with self._marked():
            return run()

    @contextlib.contextmanager
    def block(self) -> Iterator[None]:
        """Several statements, all or nothing; an error inside leaves the transaction around them usable."""
        self._prepare(writes=True)
        line = self.line
        if line.in_transaction:
            with self._marked():
                yield
            return
        line.begin()
        self._began = True
        try:
            yield
        except BaseException:
            self._began = False
            line.rollback()
            raise
        self._began = False
        line.commit()

    @contextlib.contextmanager
    def _marked(self) -> Iterator[None]:
        mark = self.line.savepoint()
        try:
            yield
        except BaseException:
            self._end(mark, keep=False)
            raise
        self._end(mark, keep=True)

    def _prepare(self, *, writes: bool) -> None:
        if not self._is_open:
            raise StorageFailure("this unit of work is not open: enter it, and stay inside")
        if self._outer is not None and not self._began:
            self._outer._prepare(writes=writes)  # to begin, or to set its mark before ours
        if self.line.in_transaction:
            if writes and not self._began and self._mark is None:
                self._mark = self.line.savepoint()
        elif self._atomic:
            self.line.begin()
            self._began = True

    def _end(self, mark: str, *, keep: bool) -> None:
        if keep:
            self.line.release(mark)
            return
        # A lost connection has undone everything already, and its error is on the way out.
        with contextlib.suppress(StorageFailure):
            self.line.rollback_to(mark)
