"""The command line: ``motovault demo | import | report | due | catalogue | vin | status | ...``.

Exit codes: 0 fine; 1 something was left out of an import, something is overdue
where that was to fail, a VIN is not right, or the operation was refused (no
such vehicle, a database that cannot be reached or whose schema is behind, a
missing extra); 2 usage (wrong arguments, an unknown unit, a file that is missing or of no known
format, a question of the file left open); 130 after
Ctrl-C; 141 when the reader of a pipe went away. Results go to stdout, messages
and progress to stderr. Errors of ours are one line; any other error is a bug
and shows its traceback.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import TYPE_CHECKING

from motovault.errors import InvalidValue, MotovaultError

if TYPE_CHECKING:
    import argparse

__all__ = ["main"]

FINE, REFUSED, USAGE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    Args:
        arguments: What stands behind ``motovault``; by default those of the process.

    >>> main(["--version"])
    motovault 0.1.0
    0
    """
    if sys.stdout is None or sys.stderr is None:  # closed by whoever started us
        with (
            open(os.devnull, "w", encoding="utf-8") as nowhere,
            redirect_stdout(sys.stdout or nowhere),
            redirect_stderr(sys.stderr or nowhere),
        ):
            return main(arguments)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _let_go()
        return PIPE_CLOSED
    except OSError as error:  # a full disk and the like: the machine's trouble, not a bug
        _say(f"error: {error.strerror or error}")
        _let_go()
        return REFUSED


def _run(arguments: Sequence[str] | None) -> int:
    from motovault.cli.arguments import parser

    for stream in (sys.stdout, sys.stderr):
        # A name in Greek on a terminal of another script becomes question marks, not an error.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        given = parser().parse_args(arguments)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else USAGE
    try:
        _refuse_undecodable(given)
        return int(given.run(given))
    except MotovaultError as error:
        _say(f"error: {error}")
        return USAGE if isinstance(error, InvalidValue) else REFUSED


def _let_go() -> None:
    """Python flushes stdout once more at the end: let that go nowhere, quietly."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuse_undecodable(given: argparse.Namespace) -> None:
    """Bytes that are no text reach us as lone surrogates, which no database takes; a file may be named so."""
    for name, value in vars(given).items():
        for text in value if isinstance(value, list) else [value]:
            if (
                name != "file"
                and isinstance(text, str)
                and any("\ud800" <= mark <= "\udfff" for mark in text)
            ):
                raise InvalidValue(name, text, "is not text in the encoding of this system")


def _say(text: str) -> None:
    from motovault.cli.output import note  # what an error names may come out of a file

    with suppress(OSError, ValueError):
        note(text)
