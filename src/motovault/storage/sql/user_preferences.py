"""Preferences in SQL: the table, a row as an entity, the repository."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from motovault.domain.loading import loader
from motovault.domain.user_preferences import UnitSystem, UserPreferences, schema_defaults
from motovault.errors import Conflict, InvalidValue, NotFound
from motovault.storage.sql.columns import METADATA, Row, moment
from motovault.storage.sql.statements import Statement, values
from motovault.storage.sql.work import Work

__all__ = ["USER_PREFERENCES", "SqlUserPreferencesRepository"]

USER_PREFERENCES: Final = sa.Table(
    "user_preferences",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.String(255), nullable=False),
    sa.Column("unit_system", sa.String(20)),
    sa.Column("currency_code", sa.String(3)),
    sa.Column("time_zone", sa.String(100)),
    sa.Column("created_at", moment()),
    sa.Column("updated_at", moment()),
    sa.UniqueConstraint("user_id"),
    # the reference has both; unique=True and index=True together would make one of them
    sa.Index("idx_user_preferences_user_id", "user_id"),
)
_T: Final = USER_PREFERENCES.c
_NAMES: Final = tuple(column.name for column in USER_PREFERENCES.columns)
_BIND: Final = values(USER_PREFERENCES)
_load: Final = loader(UserPreferences)
_UNIT_SYSTEMS: Final = {system.value: system for system in UnitSystem}


def _row(preferences: UserPreferences) -> tuple[object, ...]:
    return (
        preferences.id,
        preferences.user_id,
        str(preferences.unit_system),
        preferences.currency_code,
        preferences.time_zone,
        preferences.created_at,
        preferences.updated_at,
    )


def _preferences(row: Row) -> UserPreferences:
    """A row as an entity; a gap that another application left holds the schema's default."""
    default = schema_defaults()
    created_at = row[5] or row[6] or default.created_at
    return _load(
        row[0],
        row[1],
        _UNIT_SYSTEMS.get(row[2], default.unit_system),
        row[3] or default.currency_code,
        row[4] or default.time_zone,
        created_at,
        row[6] or created_at,
    )


def _insert(dialect: Any) -> Any:
    return dialect.insert(USER_PREFERENCES).values(_BIND).on_conflict_do_nothing()


_MINE: Final = _T.user_id == sa.bindparam("user_id", type_=_T.user_id.type)
_FIND: Final = Statement(sa.select(USER_PREFERENCES).where(_MINE), "user_id")
_FIND_FOR_CHANGE: Final = Statement(sa.select(USER_PREFERENCES).where(_MINE).with_for_update(), "user_id")
_ADD: Final = Statement(_insert(postgresql), *_NAMES, sqlite=_insert(sqlite))
_REPLACE: Final = Statement(
    sa.update(USER_PREFERENCES)
    .where(_T.user_id == sa.bindparam("this_user", type_=_T.user_id.type))
    .values({name: bind for name, bind in _BIND.items() if name != "user_id"}),
    *("this_user" if name == "user_id" else name for name in _NAMES),
)


class SqlUserPreferencesRepository:
    """:class:`motovault.domain.user_preferences.UserPreferencesRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find(self) -> UserPreferences | None:
        row = self._work.row(_FIND_FOR_CHANGE if self._work.is_atomic else _FIND, self._work.user_id)
        return None if row is None else _preferences(row)

    def get_or_add(self, preferences: UserPreferences, /) -> UserPreferences:
        self._refuse_others(preferences)
        if found := self.find():
            return found
        if self._work.change(_ADD, _row(preferences)) == 1:
            return preferences
        # somebody else was first; what the one who waited sees is that other's
        if found := self.find():
            return found
        raise Conflict("user preferences", "this id is kept already")

    def replace(self, preferences: UserPreferences, /) -> None:
        self._refuse_others(preferences)
        if self._work.change(_REPLACE, _row(preferences)) != 1:
            raise NotFound("preferences of user", self._work.user_id)

    def _refuse_others(self, preferences: UserPreferences) -> None:
        if preferences.user_id != self._work.user_id:
            raise InvalidValue("user_id", preferences.user_id, "is not the user whose preferences these are")
