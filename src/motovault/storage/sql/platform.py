"""The catalogue in SQL: the tables, the questions in one statement each, the repository.

Names are compared by ``lower()`` on both sides, which the indexes hold. SQLite's
``lower()`` knows ASCII only, and an index on a function of ours would shut out
everybody else's connections: there a name with other letters is asked for in
each of its spellings at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import Any, Final

import sqlalchemy as sa

from motovault.domain.platform import (
    CatalogueChanges,
    Engine,
    Transmission,
    VehicleOption,
    folded,
    in_option_order,
)
from motovault.storage.sql.catalogue_import import import_options
from motovault.storage.sql.columns import METADATA, Row, json_value, utc_moment
from motovault.storage.sql.statements import Statement
from motovault.storage.sql.work import Work

__all__ = ["ENGINES", "TRANSMISSIONS", "VEHICLE_OPTIONS", "SqlCatalogueRepository"]

ENGINES: Final = sa.Table(
    "engines",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("displacement", sa.String(50), index=True),
    sa.Column("configuration", sa.String(50), index=True),
    sa.Column("horsepower", sa.String(100)),
    sa.Column("torque", sa.String(100)),
    sa.Column("fuel_type", sa.String(100)),
    sa.Column("fuel_system", sa.String(255)),
    sa.Column("aspiration", sa.String(100)),
    sa.Column("specs_json", json_value()),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
)
sa.Index("idx_engines_name_lower", sa.func.lower(ENGINES.c.name), unique=True)

TRANSMISSIONS: Final = sa.Table(
    "transmissions",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("speeds", sa.String(50)),
    sa.Column("drive_type", sa.String(100)),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
)
sa.Index("idx_transmissions_type_lower", sa.func.lower(TRANSMISSIONS.c.type), unique=True)

VEHICLE_OPTIONS: Final = sa.Table(
    "vehicle_options",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("make", sa.String(100), nullable=False),
    sa.Column("model", sa.String(255), nullable=False),
    sa.Column("trim", sa.String(255), nullable=False),
    sa.Column("engine_id", sa.ForeignKey("engines.id", ondelete="SET NULL")),
    sa.Column("transmission_id", sa.ForeignKey("transmissions.id", ondelete="SET NULL")),
    sa.Column("created_at", utc_moment()),
    sa.Column("updated_at", utc_moment()),
    # As in the reference: rows without an engine or a transmission are never alike to it.
    sa.Index(
        "idx_vehicle_options_unique",
        *("year", "make", "model", "trim", "engine_id", "transmission_id"),
        unique=True,
    ),
    sa.Index("idx_vehicle_options_year", "year"),
    sa.Index("idx_vehicle_options_year_make", "year", "make"),
    sa.Index("idx_vehicle_options_year_make_model", "year", "make", "model"),
    sa.Index("idx_vehicle_options_year_make_model_trim", "year", "make", "model", "trim"),
)
_O: Final = VEHICLE_OPTIONS.c
_NAMES: Final = (_O.make, _O.model, _O.trim)
sa.Index("idx_vehicle_options_year_names_lower", _O.year, *map(sa.func.lower, _NAMES))
for _column in (_O.engine_id, _O.transmission_id):
    _is_there = _column.is_not(None)
    sa.Index(
        f"idx_vehicle_options_{_column.name}", _column, postgresql_where=_is_there, sqlite_where=_is_there
    )


# ----------------------------------------------------------------------- statements


def _same(column: sa.ColumnElement[Any], name: str, *, sqlite: bool) -> sa.ColumnElement[bool]:
    """The column is that name without regard to case; in SQLite one of a JSON list of spellings."""
    given = sa.bindparam(name, type_=sa.String())
    if not sqlite:
        return sa.func.lower(column) == sa.func.lower(given)
    spelled = sa.func.json_each(given).table_valued("value", name="spellings")
    return sa.func.lower(column).in_(sa.select(spelled.c.value))


def _chosen(depth: int, *, sqlite: bool) -> sa.ColumnElement[bool]:
    """Options of a year, and of the names chosen so far."""
    of_year = _O.year == sa.bindparam("year", type_=sa.Integer())
    return sa.and_(of_year, *(_same(column, column.name, sqlite=sqlite) for column in _NAMES[:depth]))


def _years() -> sa.Select[Any]:
    """From each year to the one before it: as many steps down the index as there are years."""
    newest = sa.select(sa.func.max(_O.year).label("year")).where(_O.year <= 9999)
    years = newest.cte("years", recursive=True)
    before = sa.select(sa.func.max(_O.year)).where(_O.year < years.c.year).scalar_subquery()
    years = years.union_all(sa.select(before).where(years.c.year.is_not(None)))
    return sa.select(years.c.year).where(years.c.year.is_not(None))


def _statement(column: sa.ColumnElement[Any], depth: int, *more: str, joined: Any = None) -> Statement:
    """Distinct values of a column, of the options chosen so far."""

    def query(*, sqlite: bool) -> sa.Select[Any]:
        found = sa.select(column).distinct().where(_chosen(depth, sqlite=sqlite))
        if joined is not None:
            found = found.select_from(VEHICLE_OPTIONS.join(joined[0], joined[0].c.id == joined[1]))
        if more:
            with_it = sa.select(ENGINES.c.id).where(_same(ENGINES.c.name, "engine", sqlite=sqlite))
            found = found.where(_O.engine_id.in_(with_it))
        return found

    names = ("year", *(name.name for name in _NAMES[:depth]), *more)
    return Statement(query(sqlite=False), *names, sqlite=query(sqlite=True))


def _found(table: sa.Table, column: sa.ColumnElement[Any], name: str) -> Statement:
    query = sa.select(table)
    return Statement(
        query.where(_same(column, name, sqlite=False)),
        name,
        sqlite=query.where(_same(column, name, sqlite=True)),
    )


_T: Final = (TRANSMISSIONS, _O.transmission_id)
_YEARS: Final = Statement(_years())
_MAKES: Final = _statement(_O.make, 0)
_MODELS: Final = _statement(_O.model, 1)
_TRIMS: Final = _statement(_O.trim, 2)
_ENGINES: Final = _statement(ENGINES.c.name, 3, joined=(ENGINES, _O.engine_id))
_TRANSMISSIONS: Final = _statement(TRANSMISSIONS.c.type, 3, joined=_T)
_TRANSMISSIONS_WITH: Final = _statement(TRANSMISSIONS.c.type, 3, "engine", joined=_T)
_ENGINES_OF_ALL: Final = _statement(ENGINES.c.name, 2, joined=(ENGINES, _O.engine_id))
_TRANSMISSIONS_OF_ALL: Final = _statement(TRANSMISSIONS.c.type, 2, joined=_T)
_TRANSMISSIONS_OF_ALL_WITH: Final = _statement(TRANSMISSIONS.c.type, 2, "engine", joined=_T)
_FIND_ENGINE: Final = _found(ENGINES, ENGINES.c.name, "name")
_FIND_TRANSMISSION: Final = _found(TRANSMISSIONS, TRANSMISSIONS.c.type, "type")


# ------------------------------------------------------------------------- entities

_ENGINE_FIELDS: Final = tuple({"specs_json": "specs"}.get(c.name, c.name) for c in ENGINES.columns)
_TRANSMISSION_FIELDS: Final = tuple(c.name for c in TRANSMISSIONS.columns)


_MANY: Final = 6
"""Letters beyond ASCII with two cases, of which every spelling is asked for: 64 at most."""


def spellings(name: str) -> list[str]:
    """What SQLite's ``lower()`` makes of the spellings of a name that differ in case.

    With more than six letters beyond ASCII: as it is, small, in capitals, and with the first of each word
    in capitals, which is how names are written.

    >>> spellings("Škoda")
    ['škoda', 'Škoda']
    """
    letters = [_cases(letter) for letter in name]
    if sum(len(cases) > 1 for cases in letters) <= _MANY:
        return ["".join(spelled) for spelled in product(*letters)]
    whole = (name, name.lower(), name.upper(), name.title())
    return list(dict.fromkeys("".join(c.lower() if c.isascii() else c for c in one) for one in whole))


def _cases(letter: str) -> tuple[str, ...]:
    if letter.isascii():
        return (letter.lower(),)
    small = folded(letter)
    capital = upper if len(upper := small.upper()) == 1 and folded(upper) == small else small
    return tuple(dict.fromkeys((small, capital)))


# ----------------------------------------------------------------------- repository


class SqlCatalogueRepository:
    """:class:`motovault.domain.platform.CatalogueRepository` in SQL."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def years(self) -> list[int]:
        return [year for (year,) in self._work.rows(_YEARS)]

    def makes(self, model_year: int, /) -> list[str]:
        return self._names(_MAKES, model_year)

    def models(self, model_year: int, make: str, /) -> list[str]:
        return self._names(_MODELS, model_year, make)

    def trims(self, model_year: int, make: str, model: str, /) -> list[str]:
        return self._names(_TRIMS, model_year, make, model)

    def engines(self, model_year: int, make: str, model: str, trim: str | None, /) -> list[str]:
        if trim is None:
            return self._names(_ENGINES_OF_ALL, model_year, make, model)
        return self._names(_ENGINES, model_year, make, model, trim)

    def transmissions(
        self, model_year: int, make: str, model: str, trim: str | None, /, *, engine: str | None = None
    ) -> list[str]:
        names = [name for name in (make, model, trim, engine) if name is not None]
        if trim is None:
            of_all = _TRANSMISSIONS_OF_ALL if engine is None else _TRANSMISSIONS_OF_ALL_WITH
            return self._names(of_all, model_year, *names)
        of_trim = _TRANSMISSIONS if engine is None else _TRANSMISSIONS_WITH
        return self._names(of_trim, model_year, *names)

    def find_engine(self, name: str, /) -> Engine | None:
        row = self._first(_FIND_ENGINE, name)
        return None if row is None else Engine(**dict(zip(_ENGINE_FIELDS, row, strict=True)))

    def find_transmission(self, kind: str, /) -> Transmission | None:
        row = self._first(_FIND_TRANSMISSION, kind)
        return None if row is None else Transmission(**dict(zip(_TRANSMISSION_FIELDS, row, strict=True)))

    def import_options(
        self, options: Iterable[VehicleOption], /, *, at: datetime, replace: bool = False
    ) -> CatalogueChanges:
        return import_options(self._work, options, at, replace=replace)

    def _first(self, statement: Statement, name: str) -> Row | None:
        # SQLite's unique index lets two in that differ in the case of a letter beyond ASCII
        rows = self._work.rows(statement, self._spelled(name))
        return min(rows, key=lambda row: int(row[0]), default=None)

    def _names(self, statement: Statement, model_year: int, *names: str) -> list[str]:
        rows = self._work.rows(statement, model_year, *map(self._spelled, names))
        return in_option_order(name for (name,) in rows)

    def _spelled(self, name: str) -> str:
        if self._work.line.dialect == "sqlite":
            return json.dumps(spellings(name), ensure_ascii=False)
        return name
