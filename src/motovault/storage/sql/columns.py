"""Column types of both databases, and how SQLite, which lacks most of them, keeps the values.

PostgreSQL has every type and psycopg maps it. In SQLite numbers are text, so
that no digit is lost; moments are ISO 8601 text in UTC of one width, so that
they sort; dates are ISO 8601 text; lists and JSON are JSON text; UUIDs are 32
hex digits; flags are 0 and 1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from motovault.errors import StorageFailure

__all__ = [
    "METADATA",
    "Decoder",
    "Wrapper",
    "decoder",
    "encode",
    "json_value",
    "moment",
    "number",
    "owner_key",
    "texts",
    "utc_moment",
    "words",
    "wrapper",
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
Wrapper = Callable[[Sequence[object]], tuple[object, ...]]


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


def owner_key(table: str) -> sa.ForeignKeyConstraint:
    """The foreign key that keeps a row of the table from hanging on another user's vehicle."""
    return sa.ForeignKeyConstraint(
        ["user_id", "vehicle_id"],
        ["vehicles.user_id", "vehicles.id"],
        name=f"{table}_user_id_vehicle_id_fkey",
        ondelete="CASCADE",
    )


class _Words(dict[str | None, Any]):
    def __missing__(self, word: str | None) -> str | None:
        return word


def words(kind: type[StrEnum]) -> Mapping[str | None, Any]:
    """What each word of a column means; one that another application wrote and we do not know stays text."""
    return _Words({member.value: member for member in kind})


def _moment_text(value: datetime) -> str:
    return _utc(value).isoformat(timespec="microseconds")


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    # Text without an offset comes from SQLite's own CURRENT_TIMESTAMP, which is UTC.
    return found if found.tzinfo is UTC else _utc(found)


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


_ENCODERS: Final[dict[type, Callable[[Any], object]]] = {
    UUID: lambda value: value.hex,
    datetime: _moment_text,
    date: date.isoformat,
    Decimal: lambda value: format(value, "f"),
    list: _json_text,
}


def encode(values: Iterable[object]) -> tuple[object, ...]:
    """Values as SQLite keeps them."""
    encoders = _ENCODERS
    return tuple([f(value) if (f := encoders.get(type(value))) else value for value in values])


def wrapper(kinds: Iterable[sa.types.TypeEngine[Any]], dialect: str) -> Wrapper | None:
    """What does the rest to a row's values, where it takes the column to know: None where nothing.

    A list may be of a list column or JSON; what is JSON is marked as such. A
    moment of a column without time zone is UTC, whatever the connection's zone.
    """
    steps: list[tuple[int, Callable[[Any], object]]] = []
    for i, kind in enumerate(kinds):
        if isinstance(kind, sa.JSON):
            steps.append((i, _json_text if dialect == "sqlite" else _jsonb()))
        elif isinstance(kind, sa.DateTime) and not kind.timezone and dialect == "postgresql":
            steps.append((i, _naive))
    if not steps:
        return None

    def wrap(values: Sequence[object]) -> tuple[object, ...]:
        return tuple(_stepped(values, steps))

    return wrap


def _jsonb() -> Callable[[Any], object]:
    from psycopg.types.json import Jsonb  # with PostgreSQL only

    return lambda value: Jsonb(value, dumps=_json_text)


def _naive(value: datetime) -> datetime:
    return _utc(value).replace(tzinfo=None)


def _json(value: str) -> object:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        # its text is somebody's data
        raise StorageFailure("SQLite: a column of lists or JSON holds a text that is no JSON") from None


def _date(value: str) -> date:
    return date.fromisoformat(value[:10])  # a time of day, where somebody wrote one by hand, says nothing


def _decimal(value: object) -> Decimal:
    # text of ours; a number where somebody wrote one by hand
    return Decimal(str(value))


def decoder(columns: Iterable[sa.ColumnElement[Any]], dialect: str) -> tuple[Decoder | None, Decoder | None]:
    """What turns fetched rows into values of Python, where the database does not: (always, when not in UTC).

    The second is for a PostgreSQL connection whose time zone is not UTC.
    """
    kinds = [column.type for column in columns]
    if dialect == "postgresql":
        moments = [(i, kind) for i, kind in enumerate(kinds) if isinstance(kind, sa.DateTime)]
        naive = [(i, _utc) for i, kind in moments if not kind.timezone]
        return _decoder(naive), _decoder([(i, _utc) for i, _ in moments])
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
        elif isinstance(kind, sa.Date):
            steps.append((i, _date))
        elif isinstance(kind, sa.JSON | sa.ARRAY):
            steps.append((i, _json))
    return _decoder(steps), None


def _decoder(steps: Sequence[tuple[int, Callable[[Any], object]]]) -> Decoder | None:
    if not steps:
        return None

    def decode(rows: Iterable[Row]) -> list[Row]:
        return [_stepped(row, steps) for row in rows]

    return decode


def _stepped(row: Sequence[object], steps: Sequence[tuple[int, Callable[[Any], object]]]) -> list[object]:
    values = list(row)
    for i, step in steps:
        if (value := values[i]) is not None:
            values[i] = step(value)
    return values
