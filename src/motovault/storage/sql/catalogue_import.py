"""Bringing a catalogue in: a stream into a temporary table, then a few statements over all of it.

The reference's unique key takes rows without an engine or a transmission for
never alike, so ``ON CONFLICT`` would add those again with each run. What is new
is found by comparing instead, while nobody else writes: the tables are locked
against writers (PostgreSQL), readers go on. Held in memory are a chunk of
options, and the names of engines and transmissions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import attrs

from motovault.domain.platform import (
    CatalogueChanges,
    EngineSpec,
    TransmissionSpec,
    VehicleOption,
    folded,
)
from motovault.errors import Conflict
from motovault.storage.sql.columns import encode
from motovault.storage.sql.work import Work

__all__ = ["import_options"]

Spec = EngineSpec | TransmissionSpec

_CHUNK: Final = 10_000
_STAGE: Final = "_motovault_options"
_KEPT: Final = "_motovault_kept"
_SAME_EXACTLY: Final = " AND ".join(f"o.{name} = f.{name}" for name in ("year", "make", "model", "trim"))

# ----------------------------------------------------------------------- PostgreSQL

_LOCK: Final = "LOCK TABLE vehicle_options, engines, transmissions IN SHARE ROW EXCLUSIVE MODE"
_MAKE_STAGE: Final = (
    f"CREATE TEMPORARY TABLE {_STAGE} (year integer NOT NULL, make text NOT NULL, model text NOT NULL,"
    " trim text NOT NULL, engine_id integer, transmission_id integer) ON COMMIT DROP"
)
_COPY: Final = f"COPY {_STAGE} FROM STDIN (FORMAT BINARY)"
_COPY_TYPES: Final = ["int4", "text", "text", "text", "int4", "int4"]
_ALIKE: Final = (
    ", ".join(
        ("year", *(f'lower({name}) COLLATE "C"' for name in ("make", "model", "trim"))),
    )
    + ", engine_id, transmission_id"
)
_FIRSTS: Final = (
    f"(SELECT DISTINCT ON ({_ALIKE}) year, make, model, trim, engine_id, transmission_id"
    f" FROM {_STAGE} ORDER BY {_ALIKE}, ctid) AS f"
)
"""Of options that are the same the first, in an order in which indexes are quickly filled."""

_SAME_IDS: Final = " AND ".join(
    f"coalesce(o.{name}, 0) = coalesce(f.{name}, 0)" for name in ("engine_id", "transmission_id")
)
_SAME: Final = "o.year = f.year AND " + " AND ".join(
    f"lower(o.{name}) = lower(f.{name})" for name in ("make", "model", "trim")
)
_INSERT: Final = (
    "INSERT INTO vehicle_options"
    " (year, make, model, trim, engine_id, transmission_id, created_at, updated_at)"
)
_ADD: Final = (
    f"{_INSERT} SELECT f.year, f.make, f.model, f.trim, f.engine_id, f.transmission_id,"
    f" %s::timestamp, %s::timestamp FROM {_FIRSTS}"
    f" WHERE NOT EXISTS (SELECT 1 FROM vehicle_options AS o WHERE {_SAME} AND {_SAME_IDS})"
)
_REMOVE: Final = (
    f"DELETE FROM vehicle_options AS o"
    f" WHERE NOT EXISTS (SELECT 1 FROM {_FIRSTS} WHERE {_SAME_EXACTLY} AND {_SAME_IDS})"
)

# --------------------------------------------------------------------------- SQLite

# Its lower() knows ASCII only, so what options are alike by is worked out here; 0 stands for no id.
_COLUMNS: Final = "year, alike, engine_id, transmission_id, make, model, trim"
_KEY: Final = "year, alike, engine_id, transmission_id"
_SQLITE_STAGE: Final = (
    f"CREATE TEMPORARY TABLE {_STAGE} ({_COLUMNS}, PRIMARY KEY ({_KEY})) WITHOUT ROWID",
    f"CREATE TEMPORARY TABLE {_KEPT} ({_COLUMNS}, id, PRIMARY KEY ({_KEY}, id)) WITHOUT ROWID",
)
_SQLITE_PUT: Final = f"INSERT OR IGNORE INTO {_STAGE} ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_SQLITE_KEPT: Final = (
    "SELECT year, make, model, trim, coalesce(engine_id, 0), coalesce(transmission_id, 0), id"
    " FROM vehicle_options"
)
_SQLITE_PUT_KEPT: Final = f"INSERT INTO {_KEPT} ({_COLUMNS}, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_SAME_KEY: Final = " AND ".join(f"o.{name} = f.{name}" for name in _KEY.split(", "))
_SQLITE_FORGET: Final = (
    f"DELETE FROM {_KEPT} AS o WHERE NOT EXISTS"
    f" (SELECT 1 FROM {_STAGE} AS f WHERE {_SAME_KEY} AND {_SAME_EXACTLY})"
)
_SQLITE_REMOVE: Final = f"DELETE FROM vehicle_options WHERE id NOT IN (SELECT id FROM {_KEPT})"
_SQLITE_ADD: Final = (
    f"{_INSERT} SELECT f.year, f.make, f.model, f.trim, nullif(f.engine_id, 0),"
    f" nullif(f.transmission_id, 0), ?, ? FROM {_STAGE} AS f"
    f" WHERE NOT EXISTS (SELECT 1 FROM {_KEPT} AS o WHERE {_SAME_KEY})"
)


def import_options(
    work: Work, options: Iterable[VehicleOption], at: datetime, *, replace: bool
) -> CatalogueChanges:
    """See :meth:`motovault.domain.platform.CatalogueRepository.import_options`."""
    run = (_SqliteRun if work.line.dialect == "sqlite" else _PostgresRun)(at, replace=replace)

    def bring_in(cursor: Any) -> int:
        run.start(cursor)
        rest = iter(options)
        while chunk := list(islice(rest, _CHUNK)):
            run.put(cursor, chunk)
        run.finish(cursor)
        return run.read

    with work.block():
        work.bulk(bring_in)
    return run.changes


class _Named:
    """Engines or transmissions by their name; new ones are kept when they are asked for.

    Args:
        table: Whose rows they are.
        kind: Its fields are the columns, the first of them the name.
        moment: When this is, as the database keeps it.
        mark: The database module's placeholder.
        replace: Remember what was said of each.
    """

    def __init__(self, table: str, kind: type[Spec], moment: object, mark: str, *, replace: bool) -> None:
        self._columns = [field.name for field in attrs.fields(kind)]
        name = self._columns[0]
        self._table = table
        self._moment = moment
        self._replace = replace
        marks = ", ".join([mark] * (len(self._columns) + 2))
        names = ", ".join((*self._columns, "created_at", "updated_at"))
        self._insert = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        self._all = f"SELECT id, {name} FROM {table} ORDER BY id"
        self._whole = f"SELECT id, {', '.join(self._columns)} FROM {table}"
        changed = ", ".join(f"{column} = {mark}" for column in (*self._columns, "updated_at"))
        self._update = f"UPDATE {table} SET {changed} WHERE id = {mark}"
        self._delete = f"DELETE FROM {table} WHERE id = {mark}"
        self._ids: dict[str, int] = {}
        self._said: dict[int, Spec] = {}
        self.by_name: dict[str, int] = {}
        """Ids by names as they were given."""
        self.added = self.changed = self.removed = 0

    def load(self, cursor: Any) -> None:
        """What is kept."""
        for key, name in cursor.execute(self._all).fetchall():
            self._ids.setdefault(folded(name), key)

    def put(self, cursor: Any, specs: dict[str, Spec]) -> None:
        """Give ids to these names; those that nobody knows become rows."""
        new: dict[str, Spec] = {}
        for name, spec in specs.items():
            if (key := folded(name)) not in self._ids:
                new.setdefault(key, spec)
        if new:
            cursor.executemany(self._insert, [self._row(spec) for spec in new.values()])
            self.load(cursor)
            for key, spec in new.items():
                if key not in self._ids:
                    rule = f"{spec} is kept in a spelling that this database takes for the same"
                    raise Conflict(self._table, rule)
            self.added += len(new)
        for name, spec in specs.items():
            key_of = self.by_name[name] = self._ids[folded(name)]
            if self._replace:
                self._said.setdefault(key_of, spec)

    def settle(self, cursor: Any) -> None:
        """Make the table what was said, where it is to be replaced."""
        changed, removed = [], []
        for key, *kept in cursor.execute(self._whole).fetchall():
            spec = self._said.get(key)
            if spec is None:
                removed.append((key,))
            elif (said := self._values(spec)) != tuple(kept):
                changed.append((*said, self._moment, key))
        for text, rows in ((self._update, changed), (self._delete, removed)):
            if rows:
                cursor.executemany(text, rows)
        self.changed, self.removed = len(changed), len(removed)

    def _row(self, spec: Spec) -> tuple[object, ...]:
        return (*self._values(spec), self._moment, self._moment)

    def _values(self, spec: Spec) -> tuple[object, ...]:
        return tuple(getattr(spec, column) for column in self._columns)


class _Run:
    """One import; a subclass for each database."""

    mark: str

    def __init__(self, moment: object, *, replace: bool) -> None:
        self._moment = moment
        self._replace = replace
        self._engines = _Named("engines", EngineSpec, moment, self.mark, replace=replace)
        self._transmissions = _Named("transmissions", TransmissionSpec, moment, self.mark, replace=replace)
        self._added = self._removed = 0
        self.read = 0

    @property
    def changes(self) -> CatalogueChanges:
        engines, transmissions = self._engines, self._transmissions
        return CatalogueChanges(
            read=self.read,
            added=self._added,
            removed=self._removed,
            engines_added=engines.added,
            engines_changed=engines.changed,
            engines_removed=engines.removed,
            transmissions_added=transmissions.added,
            transmissions_changed=transmissions.changed,
            transmissions_removed=transmissions.removed,
        )

    def start(self, cursor: Any) -> None:
        """Keep others from writing, make the temporary tables."""
        self._prepare(cursor)
        self._engines.load(cursor)
        self._transmissions.load(cursor)

    def put(self, cursor: Any, chunk: Sequence[VehicleOption]) -> None:
        """Stage some options; their engines and transmissions are kept."""
        self.read += len(chunk)
        engine_of, transmission_of = self._engines.by_name, self._transmissions.by_name
        engines: dict[str, Spec] = {}
        transmissions: dict[str, Spec] = {}
        for option in chunk:
            if (engine := option.engine) is not None and engine.name not in engine_of:
                engines.setdefault(engine.name, engine)
            if (way := option.transmission) is not None and way.type not in transmission_of:
                transmissions.setdefault(way.type, way)
        if engines:
            self._engines.put(cursor, engines)
        if transmissions:
            self._transmissions.put(cursor, transmissions)
        self._stage(
            cursor,
            (
                (
                    option.model_year,
                    option.make,
                    option.model,
                    option.trim,
                    None if option.engine is None else engine_of[option.engine.name],
                    None if option.transmission is None else transmission_of[option.transmission.type],
                )
                for option in chunk
            ),
        )

    def finish(self, cursor: Any) -> None:
        """From the temporary table into the catalogue."""
        self._settle(cursor)
        if self._replace:
            self._engines.settle(cursor)
            self._transmissions.settle(cursor)

    def _prepare(self, cursor: Any) -> None:
        raise NotImplementedError

    def _stage(self, cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
        raise NotImplementedError

    def _settle(self, cursor: Any) -> None:
        raise NotImplementedError


class _PostgresRun(_Run):
    mark = "%s"

    def __init__(self, at: datetime, *, replace: bool) -> None:
        super().__init__(at.astimezone(UTC).replace(tzinfo=None), replace=replace)

    def _prepare(self, cursor: Any) -> None:
        cursor.execute(_LOCK)
        cursor.execute(_MAKE_STAGE)

    def _stage(self, cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
        with cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for row in rows:
                copy.write_row(row)

    def _settle(self, cursor: Any) -> None:
        cursor.execute(f"ANALYZE {_STAGE}")
        if self._replace:
            self._removed = cursor.execute(_REMOVE).rowcount
        self._added = cursor.execute(_ADD, (self._moment, self._moment)).rowcount
        cursor.execute(f"DROP TABLE {_STAGE}")


class _SqliteRun(_Run):
    mark = "?"

    def __init__(self, at: datetime, *, replace: bool) -> None:
        super().__init__(encode((at,))[0], replace=replace)

    def _prepare(self, cursor: Any) -> None:
        for text in _SQLITE_STAGE:
            cursor.execute(text)
        kept = cursor.connection.execute(_SQLITE_KEPT)
        cursor.executemany(_SQLITE_PUT_KEPT, ((*_alike(row[:6]), row[6]) for row in kept))

    def _stage(self, cursor: Any, rows: Iterator[tuple[Any, ...]]) -> None:
        cursor.executemany(_SQLITE_PUT, map(_alike, rows))

    def _settle(self, cursor: Any) -> None:
        if self._replace:
            cursor.execute(_SQLITE_FORGET)
            self._removed = cursor.execute(_SQLITE_REMOVE).rowcount
        self._added = cursor.execute(_SQLITE_ADD, (self._moment, self._moment)).rowcount
        for table in (_STAGE, _KEPT):
            cursor.execute(f"DROP TABLE {table}")


def _alike(row: Sequence[Any]) -> tuple[Any, ...]:
    year, make, model, trim, engine_id, transmission_id = row
    alike = folded(f"{make}\x00{model}\x00{trim}")
    return year, alike, engine_id or 0, transmission_id or 0, make, model, trim
