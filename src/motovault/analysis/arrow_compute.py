"""Arrow's functions over columns, made when pyarrow is imported: no type checker knows their names."""

from __future__ import annotations

from typing import Any

__all__ = ["compute"]


def compute() -> Any:
    """The module ``pyarrow.compute``; imported at the first call, so that motovault loads without it."""
    import pyarrow.compute

    return pyarrow.compute
