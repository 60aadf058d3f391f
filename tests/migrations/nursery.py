"""A process that forks children which migrate, and kills them: starting one takes 2 ms instead of 400.

Run as a program: one order a line on stdin, one answer a line on stdout, both JSON.
An order names the ``url`` and, where the child is to be killed, ``after`` how many
seconds or ``at`` which point: ``before FILE``, ``after FILE`` (its DDL run; and
recorded), ``before COMMIT``, ``after COMMIT``, where FILE is a revision such as
``vehicles_001``. The answer holds ``status`` (0 done, 3 refused with StorageFailure,
-9 killed), ``took`` seconds, and ``files``: how many were recorded before the end.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import mmap
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any

import attrs

__all__ = ["DONE", "KILLED", "REFUSED", "Nursery", "open_nursery"]

DONE, REFUSED, KILLED = 0, 3, -signal.SIGKILL


@attrs.frozen
class Nursery:
    """The process, seen from the tests."""

    process: subprocess.Popen[str]

    def begin(self, url: str, **order: object) -> None:
        """Start a child that migrates."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"url": url, **order}) + "\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Wait for the child, and say how it ended."""
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert answer["status"] in (DONE, REFUSED, KILLED), answer
        return answer

    def run(self, url: str, **order: object) -> dict[str, Any]:
        """Both."""
        self.begin(url, **order)
        return self.end()


@contextlib.contextmanager
def open_nursery() -> Iterator[Nursery]:
    """The process for as long as the block lasts; it ends when its stdin is closed, even by our death."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Nursery(process)


# -------------------------------------------------------------------------- the process


def _serve() -> None:
    for module in (
        *("alembic.command", "alembic.runtime.environment", "psycopg", "motovault.storage.sql.migrate"),
        *("sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite"),
    ):
        importlib.import_module(module)
    for line in sys.stdin:
        order = json.loads(line)
        recorded = mmap.mmap(-1, 1)  # shared with the child
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _migrate(order, recorded)
        if (after := order.get("after")) is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)  # not waited for yet, so that the number is still its own
        _, status = os.waitpid(child, 0)
        took = time.monotonic() - began
        answer = {"status": os.waitstatus_to_exitcode(status), "took": took, "files": recorded[0]}
        print(json.dumps(answer), flush=True)


def _migrate(order: dict[str, Any], recorded: mmap.mmap) -> None:
    """What a child does; it never returns."""
    from motovault.errors import StorageFailure
    from motovault.storage.sql import make_engine, migrate

    def point(name: str) -> None:
        if order.get("at") == name:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        engine = make_engine(order["url"])
        record, commit = migrate._record, engine.dialect.do_commit

        def watched_record(**arguments: Any) -> None:
            revision = arguments["step"].up_revision_id
            point(f"before {revision}")
            record(**arguments)
            recorded[0] += 1
            point(f"after {revision}")

        def watched_commit(connection: Any) -> None:
            point("before COMMIT")
            commit(connection)
            point("after COMMIT")

        migrate._record = watched_record
        engine.dialect.do_commit = watched_commit  # type: ignore[method-assign]
        migrate.upgrade(engine)
    except StorageFailure:
        os._exit(REFUSED)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(DONE)


if __name__ == "__main__":
    _serve()
