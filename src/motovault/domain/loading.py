"""Building frozen entities at the price of mutable ones, from values that are right already.

For rows of our own tables and results of our own rules only: converters,
validators and ``__attrs_post_init__`` do not run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import attrs

__all__ = ["loader"]

T = TypeVar("T")


def loader(kind: type[T]) -> Callable[..., T]:
    """A function that takes the values of all fields in their order and returns a ``kind``.

    The frozen class sets every field through ``object.__setattr__``; a mutable
    twin with the same slots does it at a third of the cost, and then becomes
    the frozen class. ``kind`` must be made with ``weakref_slot=False``.
    """
    names = [field.name for field in attrs.fields(kind)]  # type: ignore[arg-type]
    twin = attrs.make_class(
        f"_{kind.__name__}Twin", names, slots=True, weakref_slot=False, eq=False, repr=False, hash=False
    )

    def load(*values: object) -> T:
        made = twin(*values)
        made.__class__ = kind
        return cast("T", made)

    return load
