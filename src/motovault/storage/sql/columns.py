"""Column types of both databases, and how SQLite, which lacks most of them, keeps the values.

PostgreSQL has every type and psycopg maps it. In SQLite numbers are text, so
that no digit is lost; moments are ISO 8601 text in UTC of one width, so that
they sort; UUIDs are 32 hex digits; flags are 0 and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

__all__ = [
    "METADATA",
    "Decoder",
    "decoder",
    "encode",
    "json_value",
    "moment",
    "number",
    "texts",
    "utc_moment",
    "words",
]

METADATA: Final = sa.MetaData(
    # PostgreSQL's own names: a table that another application made has the same.
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "ix": "idx_%(table_name)s_%(column_0_name)s",
    }
)
"""The tables as the repositories see them; the migrations make the same, which a test compares.

Defaults and triggers stand in the migrations only: the repositories write every column.
"""

Row = Sequence[Any]
Decoder = Callable[[Iterable[Row]], list[Row]]


def moment() -> sa.types.TypeEngine[datetime]:
    """``TIMESTAMP WITH TIME ZONE``; in SQLite text such as ``2026-01-31T08:15:00.000000+00:00``."""
    return sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def utc_moment() -> sa.types.TypeEngine[datetime]:
    """``TIMESTAMP WITHOUT TIME ZONE``, which holds UTC; in SQLite the same text as :func:`moment`."""
    return sa.DateTime(timezone=False).with_variant(sa.String(32), "sqlite")


def texts() -> sa.types.TypeEngine[Any]:
    """``TEXT[]``; in SQLite the list as JSON text."""
    return postgresql.ARRAY(sa.Text()).with_variant(sa.Text(), "sqlite")


def json_value() -> sa.types.TypeEngine[Any]:
    """``JSONB``, where no value is NULL and never JSON's own ``null``; in SQLite JSON text."""
    return postgresql.JSONB(none_as_null=True).with_variant(sa.Text(), "sqlite")


def number(precision: int | None = None, scale: int | None = None) -> sa.types.TypeEngine[Decimal]:
    """``NUMERIC``, of any size or of ``precision`` digits with ``scale`` decimals; in SQLite text."""
    return sa.Numeric(precision, scale).with_variant(sa.Text(), "sqlite")


class _Words(dict[str | None, Any]):
    def __missing__(self, word: str | None) -> str | None:
        return word


def words(kind: type[StrEnum]) -> Mapping[str | None, Any]:
    """What each word of a column means; one that another application wrote and we do not know stays text."""
    return _Words({member.value: member for member in kind})


def _moment_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    # Text without an offset comes from SQLite's own CURRENT_TIMESTAMP, which is UTC.
    return found if found.tzinfo is UTC else _utc(found)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_ENCODERS: Final[dict[type, Callable[[Any], object]]] = {
    UUID: lambda value: value.hex,
    datetime: _moment_text,
    Decimal: lambda value: format(value, "f"),
}


def encode(values: Iterable[object]) -> tuple[object, ...]:
    """Values as SQLite keeps them."""
    encoders = _ENCODERS
    return tuple([f(value) if (f := encoders.get(type(value))) else value for value in values])


def _decimal(value: object) -> Decimal:
    # text of ours; a number where somebody wrote one by hand
    return Decimal(str(value))


def decoder(columns: Iterable[sa.ColumnElement[Any]], dialect: str) -> tuple[Decoder | None, Decoder | None]:
    """What turns fetched rows into values of Python, where the database does not: (always, when not in UTC).

    The second is for a PostgreSQL connection whose time zone is not UTC.
    """
    kinds = [column.type for column in columns]
    moments = [(i, _utc) for i, kind in enumerate(kinds) if isinstance(kind, sa.DateTime)]
    if dialect == "postgresql":
        return None, _decoder(moments) if moments else None
    steps: list[tuple[int, Callable[[Any], object]]] = []
    for i, kind in enumerate(kinds):
        if isinstance(kind, sa.DateTime):
            steps.append((i, _moment))
        elif isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
            steps.append((i, _decimal))
        elif isinstance(kind, sa.Uuid):
            steps.append((i, UUID))
        elif isinstance(kind, sa.Boolean):
            steps.append((i, bool))
    return _decoder(steps) if steps else None, None


def _decoder(steps: Sequence[tuple[int, Callable[[Any], object]]]) -> Decoder:
    def decode(rows: Iterable[Row]) -> list[Row]:
        decoded: list[Row] = []
        for row in rows:
            values = list(row)
            for i, step in steps:
                if (value := values[i]) is not None:
                    values[i] = step(value)
            decoded.append(values)
        return decoded

    return decode
