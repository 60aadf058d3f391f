"""An entity as a JSON object, and back, to the last digit.

A JSON number is a float to most readers, and a float has no cents: exact numbers
are text. So are ids, moments (with their zone) and dates. Which field is which
its name says, as everywhere in motovault: ``..._at`` is a moment, ``..._date`` a
date. All other values are JSON's own, and the entity checks them when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import attrs

__all__ = ["Row", "from_row", "to_row"]

Row = dict[str, Any]

T = TypeVar("T")


def to_row(entity: Any) -> Row:
    """The fields that say something, ready for JSON."""
    return {name: _plain(value) for name, value in _fields(entity) if value is not None}


def _fields(entity: Any) -> Iterator[tuple[str, Any]]:
    for field in attrs.fields(type(entity)):
        yield field.name, getattr(entity, field.name)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return to_row(value) if attrs.has(type(value)) else value


def from_row(kind: type[T], row: Row) -> T:
    """The entity again."""
    given = {field.name: None for field in attrs.fields(kind) if field.default is not attrs.NOTHING}  # type: ignore[arg-type]
    return kind(**given | {name: _reader(name, value)(value) for name, value in row.items()})


def _reader(name: str, value: Any) -> Callable[[Any], Any]:
    if name.endswith("_at"):
        return datetime.fromisoformat
    if name.endswith("_date"):
        return date.fromisoformat
    # ids of the catalogue are numbers, and a user's id is any text
    if name in {"id", "vehicle_id"} and isinstance(value, str):
        return UUID
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
