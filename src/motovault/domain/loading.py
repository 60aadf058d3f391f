"""Building frozen entities at the price of mutable ones, and showing them in one line.

:func:`loader` is for rows of our own tables and results of our own rules only:
converters, validators and ``__attrs_post_init__`` do not run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import attrs

__all__ = ["loader", "terse_repr"]

T = TypeVar("T")


def loader(kind: type[T]) -> Callable[..., T]:
    """A function that takes the values of all fields in their order and returns a ``kind``.

    The frozen class sets every field through ``object.__setattr__``; a mutable
    twin with the same slots does it at a third of the cost, and then becomes
    the frozen class. ``kind`` must be made with ``weakref_slot=False``.
    """
    names = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]
    twin: Any = attrs.make_class(
        f"_{kind.__name__}Twin", names, slots=True, weakref_slot=False, eq=False, repr=False, hash=False
    )

    def load(*values: object) -> T:
        made: T = twin(*values)
        made.__class__ = kind
        return made

    return load


def terse_repr(self: object) -> str:
    """``Name(field=value, ...)`` with the fields that say something: those that differ from their default.

    A field that sets ``repr`` in attrs is shown by that function, or not at all.
    """
    shown = []
    for field in attrs.fields(type(self)):  # type: ignore[arg-type]
        value = getattr(self, field.name)
        if not field.repr or (field.default is not attrs.NOTHING and value == field.default):
            continue
        text = field.repr(value) if callable(field.repr) else _short(value)
        shown.append(f"{field.name}={text}")
    return f"{type(self).__name__}({', '.join(shown)})"


def _short(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}Z"
    return str(value) if isinstance(value, Decimal | UUID | Enum) else repr(value)
