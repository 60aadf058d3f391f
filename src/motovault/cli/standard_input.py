"""Standard input, which a program may have been started without."""

from __future__ import annotations

import sys
from typing import BinaryIO

from motovault.errors import InvalidValue

__all__ = ["standard_input"]


def standard_input() -> BinaryIO:
    """The bytes of standard input. Raises InvalidValue where it is closed."""
    # Python leaves out what was closed when it started, as some job runners do and `<&-` does
    if sys.stdin is None or sys.stdin.closed:
        raise InvalidValue("file", "-", "cannot be read: standard input is closed")
    return sys.stdin.buffer
