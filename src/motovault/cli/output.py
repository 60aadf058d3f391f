"""Printing: tables for people at a terminal, plain aligned text for pipes, JSON for programs.

Text out of files and databases is made harmless first: a vehicle's name must
not move the cursor.
"""

from __future__ import annotations

import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["clean", "heading", "line", "note", "print_json", "table", "working"]

PATIENCE_SECONDS = 2.0
"""Work that takes longer than this shows that it goes on."""

_GAP = "  "


def clean(text: str) -> str:
    """The text on one line, without control characters.

    >>> clean("Blue\\x1b[31m\\ncar")
    'Blue [31m car'
    """
    harmless = "".join(
        " " if unicodedata.category(mark) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else mark for mark in text
    )
    return " ".join(harmless.split())


def heading(text: str) -> None:
    """A line that begins a part."""
    if _is_terminal():
        from rich.console import Console
        from rich.text import Text

        Console().print(Text("\n" + clean(text), style="bold"), soft_wrap=True)
    else:
        print("\n" + clean(text))


def line(text: str) -> None:
    """One line of the result."""
    print(clean(text))


def note(text: str) -> None:
    """One line beside the result: to stderr."""
    print(clean(text), file=sys.stderr)


def print_json(shape: BaseModel) -> None:
    """One JSON object on stdout; beyond ASCII only where stdout speaks UTF-8."""
    text = shape.model_dump_json(indent=2)
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        import json

        text = json.dumps(json.loads(text), indent=2)
    print(text)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table. A column whose title begins with ``>`` is aligned to the right.

    At a terminal it has rules and fits the width; into a pipe it is blanks
    alone and never cut.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if _is_terminal():
        _rich_table(columns, cells)
        return
    titles = [column.removeprefix(">") for column in columns]
    widths = [max(map(_width, column)) for column in zip(titles, *cells, strict=True)]
    for row in (titles, *cells):
        parts = [
            _padded(cell, width, column.startswith(">"))
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
        print(_GAP.join(parts).rstrip())


def _rich_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(
            Text(column.removeprefix(">")),
            justify="right" if column.startswith(">") else "left",
            overflow="fold",  # a date cut short would be another date
        )
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def _padded(cell: str, width: int, is_right: bool) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if is_right else cell + blanks


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1
        for mark in text
    )


def _is_terminal() -> bool:
    return sys.stdout.isatty()


@contextmanager
def working(doing: str, total: int | None = None, done: Callable[[], int] | None = None) -> Iterator[None]:
    """Show on stderr, at a terminal, that work goes on, once it has taken two seconds.

    Args:
        doing: What is being done, for example ``"importing"``.
        total: How many steps there are, if known.
        done: Says how many are behind us.
    """
    if not sys.stderr.isatty():
        yield
        return
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(clean(doing), total, done, is_over), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _watch(doing: str, total: int | None, done: Callable[[], int] | None, is_over: threading.Event) -> None:
    if is_over.wait(PATIENCE_SECONDS):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        while not is_over.wait(0.2):
            if done is not None:
                bar.update(task, completed=done())
