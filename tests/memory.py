"""Folders in memory, for data that is thrown away anyway: making and removing many files costs a third.

Copying a database is some 500 small files. On a disk's file system they are
journalled too, and the more of them went before, the dearer the next.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["folder"]

_PLACE = Path("/dev/shm")
_ROOM = 4 * 2**30
"""Bytes that must be free: the largest databases of the tests are a tenth of it, in several processes."""

_LOCK = "in-use"
_GRACE_SECONDS = 60  # between a folder is made and locked


@contextlib.contextmanager
def folder(prefix: str) -> Iterator[Path | None]:
    """An empty folder in memory for as long as the block lasts; None where there is none, or too little room.

    Memory that a killed run left behind is given back first: whose folder it is
    holds a lock, which dies with the process.
    """
    if not _is_there():
        yield None
        return
    import fcntl

    _remove_left_behind(prefix)
    outer = Path(tempfile.mkdtemp(prefix=prefix, dir=_PLACE))
    try:
        outer.chmod(0o711)  # the server's account must get through
        with (outer / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            inner = outer / "data"
            inner.mkdir(0o700)
            yield inner
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _is_there() -> bool:
    if not sys.platform.startswith("linux") or not os.access(_PLACE, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(_PLACE)
    return found.f_bavail * found.f_frsize >= _ROOM


def _remove_left_behind(prefix: str) -> None:
    import fcntl

    for old in _PLACE.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):  # another's, held by its run, or just gone
            if time.time() - old.stat().st_mtime < _GRACE_SECONDS:
                continue
            if (old / _LOCK).exists():
                with (old / _LOCK).open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(old, ignore_errors=True)
