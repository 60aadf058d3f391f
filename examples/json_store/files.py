"""One JSON document on disk: what is read is always whole, and one writes at a time.

A new document is written beside the old one, forced to the disk, and then takes
its name in one step: a reader, or a machine that lost power, finds the old one
or the new one, and never half of either. Locks are those of POSIX (``fcntl``),
which the system lets go of when a process dies. On Windows take a package that
knows its locks, and mind that a file in use cannot be replaced there.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from motovault.errors import StorageFailure

__all__ = ["Document", "JsonFile"]

Document = dict[str, Any]
"""What a file holds. It is never changed in place: who changes something makes another one."""

PATIENCE_SECONDS: Final = 60.0
"""How long a writer waits for the one before it."""

_TURN_SECONDS: Final = 0.002
_writing = threading.local()
"""The files for which this thread holds the lock: it would wait for itself."""


class JsonFile:
    """A document in a file, and the lock that its writers take.

    Args:
        path: Where it is; the folder must be there, the file need not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        self._beside = path.resolve().with_suffix(".new")
        self._lock = path.resolve().with_suffix(".lock")

    def read(self) -> Document:
        """The document as it is now; empty if there is none."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StorageFailure(f"{self._path.name} cannot be read: {type(error).__name__}") from error
        if not isinstance(found, dict):
            raise StorageFailure(f"{self._path.name} is not a document of this store")
        return found

    def replace(self, document: Document) -> None:
        """Put another document in its place; to be called under :meth:`locked`."""
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        try:
            with self._beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(self._beside, self._path)
            self._force_name()
        except OSError as error:
            raise StorageFailure(f"{self._path.name} cannot be written: {type(error).__name__}") from error

    def _force_name(self) -> None:
        # the new name is in the folder, and is lost with it unless that is on the disk too
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While it is open nobody else writes, in no thread and no process; others wait.

        Raises:
            StorageFailure: This thread holds it already, or another one for longer than a minute.
        """
        mine: set[Path] = _writing.__dict__.setdefault("paths", set())
        if self._lock in mine:
            raise StorageFailure("this thread has a transaction of this store open: join it, or end it first")
        # each time a handle of its own: between two handles the lock holds within a process too
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(handle)
            mine.add(self._lock)
            try:
                yield
            finally:
                mine.discard(self._lock)
        finally:
            os.close(handle)  # and the lock with it

    def _take(self, handle: int) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    rule = f"another transaction is open for more than {PATIENCE_SECONDS:.0f} seconds"
                    raise StorageFailure(rule) from None
                time.sleep(_TURN_SECONDS)
            else:
                return
