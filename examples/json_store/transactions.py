"""All or nothing: a transaction of a document, the parts within it, and what others see meanwhile.

Since a document is never changed in place, to undo is to remember: a part that
is left by an error puts back the document that it began with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from json_store.files import Document, JsonFile
from motovault.errors import StorageFailure

__all__ = ["Scope", "Transaction", "UnitOfWork"]


class Transaction:
    """One writer's document, which nobody else sees before it is kept.

    It is entered by its unit of work, and again by each part that joins it.
    """

    def __init__(self, file: JsonFile) -> None:
        self._file = file
        self._lock = ExitStack()
        self._before: list[Document] = []
        self._document: Document = {}

    @property
    def document(self) -> Document:
        """What was read, with what was changed since. Raises StorageFailure outside of the transaction."""
        if not self._before:
            raise StorageFailure("this transaction is not open: enter its unit of work, and stay inside")
        return self._document

    def put(self, document: Document) -> None:
        """Let another document stand instead."""
        self._document = document

    def enter(self) -> None:
        """Begin the transaction, or a part of it."""
        if not self._before:
            self._lock.enter_context(self._file.locked())
            try:
                self._document = self._file.read()
            except BaseException:
                self._lock.close()
                raise
        self._before.append(self._document)

    def leave(self, keep: bool) -> None:
        """End the part that was entered last; with the outermost the document goes to the disk."""
        before = self._before.pop()
        if not keep:
            self._document = before
        if not self._before:
            with self._lock:
                if self._document is not before:
                    self._file.replace(self._document)


class Scope:
    """What repositories work within: the document of an open transaction, or the one on the disk."""

    def __init__(self, file: JsonFile, transaction: Transaction | None) -> None:
        self._file = file
        self.transaction = transaction

    @property
    def document(self) -> Document:
        """The document as this unit of work sees it, all of one moment."""
        return self._file.read() if self.transaction is None else self.transaction.document

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction to write one thing in: the open one, or one that is kept at the end of the block."""
        if self.transaction is not None:
            yield self.transaction
            return
        alone = Transaction(self._file)
        alone.enter()
        try:
            yield alone
        except BaseException:
            alone.leave(keep=False)
            raise
        alone.leave(keep=True)


class UnitOfWork:
    """What every unit of work does: kept on a clean exit, undone on an error."""

    def __init__(self, file: JsonFile, transaction: Transaction | None) -> None:
        self._file = file
        self._scope = Scope(file, transaction)

    def __enter__(self) -> Self:
        if self._scope.transaction is not None:
            self._scope.transaction.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._scope.transaction is not None:
            self._scope.transaction.leave(keep=kind is None)
