"""Who may read and write which rows, when: statements, transactions, savepoints.

Modelled on what the databases do: one transaction writes at a time and the
others wait; what it wrote is invisible to everybody else until it ends well.
A transaction works on its own copy of each table that it writes to; inside it a
savepoint is a place in a journal of undo steps.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, Self, TypeVar
from uuid import UUID

from motovault.errors import StorageFailure
from motovault.ports import UserId

__all__ = ["Rows", "Scope", "Shelf", "Statements", "Transaction"]

_PATIENCE_SECONDS = 60.0
"""How long a writer waits for the transaction before it, which may be stuck."""


class Rows(Protocol):
    """One user's rows of one table, with their indexes; made empty."""

    def __init__(self) -> None: ...

    def copy(self) -> Self:
        """The same rows, apart."""
        ...


R = TypeVar("R", bound=Rows)

Journal = list[Callable[[], object]]
"""Steps that undo what was written, the last one to be taken first."""


def _undo(journal: Journal, mark: int) -> None:
    while len(journal) > mark:
        journal.pop()()


class _Writer:
    """The right to write, held by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    def take(self) -> None:
        if self._holder == threading.get_ident():
            raise StorageFailure("this thread has a transaction of this store open: join it, or end it first")
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            raise StorageFailure(f"another transaction is open for more than {_PATIENCE_SECONDS:.0f} seconds")
        self._holder = threading.get_ident()

    def give_back(self) -> None:
        self._holder = None
        self._lock.release()


class Shelf:
    """What is kept, of all users, and the locks that guard it.

    Attributes:
        writer: Taken before anything is changed.
        looking: Held while kept rows are read, or exchanged; never for long.
        taken: Ids in use by table, of all users: a primary key knows no owner. For writers only.
    """

    def __init__(self) -> None:
        self.writer = _Writer()
        self.looking = threading.RLock()
        self.taken: dict[type[Any], set[UUID]] = defaultdict(set)
        self._kept: dict[tuple[UserId, type[Any]], Any] = {}

    def rows(self, user_id: UserId, kind: type[R]) -> R:
        """The kept rows of one user; to be looked at under ``looking``."""
        found: R | None = self._kept.get((user_id, kind))
        if found is None:
            found = self._kept[user_id, kind] = kind()
        return found

    def users(self) -> list[UserId]:
        """Whose rows are kept, sorted; to be asked under ``looking``."""
        return sorted({user_id for user_id, _ in self._kept})

    def exchange(self, user_id: UserId, kind: type[R], rows: R) -> None:
        """Keep other rows instead; under ``looking``."""
        self._kept[user_id, kind] = rows


class Scope(Protocol):
    """What a repository works within."""

    @property
    def user_id(self) -> UserId:
        """Whose rows these are."""
        ...

    def reading(self, kind: type[R]) -> AbstractContextManager[R]:
        """A context in which the rows can be looked at."""
        ...

    def writing(self, kind: type[R]) -> AbstractContextManager[tuple[R, set[UUID]]]:
        """A context of one write: the rows, and the ids taken by all users; an error undoes all of it.

        Whoever changes something there calls :meth:`on_undo` with the step back.
        """
        ...

    def on_undo(self, step: Callable[[], object]) -> None:
        """Remember how to undo what was just done."""
        ...

    def begin(self) -> None:
        """The unit of work is entered."""
        ...

    def end(self, keep: bool) -> None:
        """The unit of work is left, well or by an error."""
        ...

    def nested(self, atomic: bool) -> Scope:
        """The scope of a unit of work that joins this one."""
        ...


class Statements:
    """No transaction: every write stands for itself, kept at once or not at all."""

    def __init__(self, shelf: Shelf, user_id: UserId) -> None:
        self.user_id = user_id
        self._shelf = shelf
        self._journal: Journal = []

    @contextmanager
    def reading(self, kind: type[R]) -> Iterator[R]:
        with self._shelf.looking:
            yield self._shelf.rows(self.user_id, kind)

    @contextmanager
    def writing(self, kind: type[R]) -> Iterator[tuple[R, set[UUID]]]:
        self._shelf.writer.take()
        try:
            with self._shelf.looking:
                try:
                    yield self._shelf.rows(self.user_id, kind), self._shelf.taken[kind]
                except BaseException:
                    _undo(self._journal, 0)
                    raise
                self._journal.clear()
        finally:
            self._shelf.writer.give_back()

    def on_undo(self, step: Callable[[], object]) -> None:
        self._journal.append(step)

    def begin(self) -> None:
        pass

    def end(self, keep: bool) -> None:
        pass

    def nested(self, atomic: bool) -> Scope:
        return (Transaction if atomic else Statements)(self._shelf, self.user_id)


class Transaction:
    """All or nothing; nobody else writes meanwhile, and nobody else sees it before it is kept."""

    def __init__(self, shelf: Shelf, user_id: UserId) -> None:
        self.user_id = user_id
        self._shelf = shelf
        self._is_open = False
        self._mine: dict[type[Any], Any] = {}
        self.journal: Journal = []

    def _refuse_closed(self) -> None:
        if not self._is_open:
            raise StorageFailure("this transaction is not open: enter its unit of work, and stay inside")

    @contextmanager
    def reading(self, kind: type[R]) -> Iterator[R]:
        self._refuse_closed()
        if kind in self._mine:
            yield self._mine[kind]
        else:
            with self._shelf.looking:
                yield self._shelf.rows(self.user_id, kind)

    @contextmanager
    def writing(self, kind: type[R]) -> Iterator[tuple[R, set[UUID]]]:
        self._refuse_closed()
        mark = len(self.journal)
        if kind not in self._mine:
            with self._shelf.looking:
                self._mine[kind] = self._shelf.rows(self.user_id, kind).copy()
        try:
            yield self._mine[kind], self._shelf.taken[kind]
        except BaseException:
            _undo(self.journal, mark)
            raise

    def on_undo(self, step: Callable[[], object]) -> None:
        self.journal.append(step)

    def begin(self) -> None:
        self._shelf.writer.take()
        self._is_open = True

    def end(self, keep: bool) -> None:
        try:
            if keep:
                with self._shelf.looking:
                    for kind, rows in self._mine.items():
                        self._shelf.exchange(self.user_id, kind, rows)
            else:
                _undo(self.journal, 0)
        finally:
            self._is_open, self._mine, self.journal = False, {}, []
            self._shelf.writer.give_back()

    def nested(self, atomic: bool) -> Scope:
        return _Savepoint(self)


class _Savepoint:
    """A part of a transaction: an error undoes the part, the transaction goes on."""

    def __init__(self, transaction: Transaction) -> None:
        self.user_id = transaction.user_id
        self._transaction = transaction
        self._mark = 0

    def reading(self, kind: type[R]) -> AbstractContextManager[R]:
        return self._transaction.reading(kind)

    def writing(self, kind: type[R]) -> AbstractContextManager[tuple[R, set[UUID]]]:
        return self._transaction.writing(kind)

    def on_undo(self, step: Callable[[], object]) -> None:
        self._transaction.on_undo(step)

    def begin(self) -> None:
        self._mark = len(self._transaction.journal)

    def end(self, keep: bool) -> None:
        if not keep:
            _undo(self._transaction.journal, self._mark)

    def nested(self, atomic: bool) -> Scope:
        return _Savepoint(self._transaction)
