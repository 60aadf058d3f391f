"""Taking over a PostgreSQL database that MotoVaultPro made, beside which it goes on working.

Its tables are compared with the reference, which the first files of our migrations
make: those are run once in a schema of their own, looked at, and undone. What is
there already is recorded as applied; what is ours is added; no row is touched. All
of it is one transaction: refused or failed, the database is as it was.

The application keeps ``_migrations`` for itself; ours is ``_motovault_migrations``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy import exc

from motovault.errors import InvalidValue, StorageFailure
from motovault.storage.sql import migrate
from motovault.storage.sql.adopt_catalogue import Table, names_taken, tables_of
from motovault.storage.sql.adopt_compare import Difference, compare_tables
from motovault.storage.sql.errors import shown
from motovault.storage.sql.migration_lock import alone, checked_timeout, take_together
from motovault.storage.sql.records import BESIDE, is_another_applications, records_of
from motovault.storage.sql.row_level_security import around_migration
from motovault.storage.sql.shipped import MIGRATIONS, ShippedFile, shipped, wanted
from motovault.storage.sql.waiting import WaitingKey, broken_keys

__all__ = ["Adoption", "AdoptionRefused", "Difference", "adopt"]

_NOT_ALLOWED: Final = "42501"
_FOR_A_WHILE: Final = ("idx_fuel_logs_vehicle_id_date_time_id",)
"""Indexes that one of our files makes and a later one drops."""
_SEEDED: Final = {"email_templates": "template_key", "backup_settings": "setting_key"}


@frozen
class Adoption:
    """What adopting a database did, or would do.

    Attributes:
        state: ``adopted``; ``would be adopted``, after a dry run; ``adopted already``; or ``made by
            motovault``, where there was nothing to take over.
        capsules: Those whose tables were found, in order.
        absent: Those of which no table is there; ``motovault migrate`` adds them.
        notes: What is not as in the reference and does no harm.
        waiting: Keys that wait until rows are mended.
        recorded: Files whose work was there already, as ``capsule/file_name``.
        applied: Files that were applied.
    """

    state: str
    capsules: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    notes: tuple[Difference, ...] = ()
    waiting: tuple[WaitingKey, ...] = ()
    recorded: tuple[str, ...] = ()
    applied: tuple[str, ...] = ()


class AdoptionRefused(StorageFailure):
    """The tables of a database are not those of the reference; nothing was done.

    Attributes:
        misfits: What does not fit, each with its table, what is there, and what must be there.
        notes: What differs and would do no harm.
    """

    def __init__(self, misfits: tuple[Difference, ...], notes: tuple[Difference, ...] = ()) -> None:
        count = "1 thing does" if len(misfits) == 1 else f"{len(misfits)} things do"
        super().__init__(
            f"the database is not adopted and stays as it was, because {count} not fit: "
            + "; ".join(map(str, misfits))
        )
        self.misfits = misfits
        self.notes = notes

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.misfits, self.notes))


def adopt(engine: sa.Engine, *, dry_run: bool = False, lock_timeout: float | None = None) -> Adoption:
    """Take over a database that MotoVaultPro made; what was found and done.

    Once it is done, ``migrate.status``, ``migrate.upgrade`` and a vault work on the
    database, and the application goes on as before.

    Args:
        engine: Of a PostgreSQL database, as a user who owns its tables and may make a schema in it.
        dry_run: Say what would be done, and keep nothing.
        lock_timeout: As in ``migrate.upgrade``.

    Raises:
        AdoptionRefused: A table does not fit.
        StorageFailure: There is nothing to adopt, or a file failed.
        SchemaInUse: A lock was not to be had in time.
        InvalidValue: The database is not PostgreSQL, or a timeout that is not above 0.
    """
    if engine.dialect.name != "postgresql":
        rule = "must be PostgreSQL, where MotoVaultPro keeps its data; motovault migrate makes a SQLite file"
        raise InvalidValue("database", shown(engine.url), rule)
    checked_timeout(lock_timeout)
    with migrate.translated(engine):
        if dry_run:
            with engine.connect() as connection, connection.begin() as transaction:
                found = _already(connection) or _examined(connection)
                transaction.rollback()
            return found
        with alone(engine, lock_timeout, adopting=True) as connection:
            if (done := _already(connection)) is not None:
                return done
            plan = _examined(connection)
            take_together(connection, plan.capsules, lock_timeout)
            return _adopted(connection, plan)


def _already(connection: sa.Connection) -> Adoption | None:
    table = _records(connection)
    if table is None or connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
        return None
    return Adoption("adopted already" if table is BESIDE else "made by motovault")


def _records(connection: sa.Connection) -> sa.Table | None:
    """Ours, where there is one; another application's is none."""
    if is_another_applications(connection) and not sa.inspect(connection).has_table(BESIDE.name):
        return None
    return records_of(connection)


def _examined(connection: sa.Connection) -> Adoption:
    """Compare, and plan."""
    from motovault.storage.sql.tables import METADATA

    found = tables_of(connection)
    expected, capsule_of, seeds = _reference(connection)
    capsules = tuple(dict.fromkeys(capsule_of[name] for name in expected if name in found))
    if not capsules:
        where = connection.execute(sa.select(sa.func.current_schema())).scalar_one()
        command = f"motovault migrate --database {migrate.shown_database(connection.engine.url)}"
        raise StorageFailure(
            f"there is nothing to adopt: the schema {where} of this database has no table of MotoVaultPro; "
            f"a new one is made by: {command}"
        )
    differences = list(
        compare_tables(
            found,
            {name: table for name, table in expected.items() if capsule_of[name] in capsules},
            ours={
                name: set(METADATA.tables[name].columns.keys()) - set(table.columns)
                for name, table in expected.items()
            },
            own_tables={MIGRATIONS.name, BESIDE.name, migrate.VERSION_TABLE},
        )
    )
    differences += _names_in_the_way(connection, expected, capsule_of, capsules)
    if misfits := tuple(one for one in differences if not one.fits):
        raise AdoptionRefused(misfits, tuple(one for one in differences if one.fits))
    differences += _missing_seeds(connection, seeds, found)
    recorded = [file.name for file in shipped() if file.capsule in capsules and _is_first(file)]
    applied = [file.name for file in shipped() if file.capsule in wanted(capsules)]
    return Adoption(
        "would be adopted",
        capsules=capsules,
        absent=tuple(capsule for capsule in wanted(None) if capsule not in wanted(capsules)),
        notes=tuple(differences),
        waiting=broken_keys(connection),
        recorded=tuple(recorded),
        applied=tuple(name for name in applied if name not in recorded),
    )


def _names_in_the_way(
    connection: sa.Connection,
    expected: Mapping[str, Table],
    capsule_of: Mapping[str, str],
    capsules: Collection[str],
) -> Iterator[Difference]:
    """Names that our later files give to indexes and constraints, and that somebody gave before."""
    from motovault.storage.sql.tables import METADATA

    ours: dict[str, str] = dict.fromkeys(_FOR_A_WHILE, "fuel_logs")
    for name, reference in expected.items():
        if capsule_of[name] in capsules:
            table = METADATA.tables[name]
            added = {str(index.name) for index in table.indexes}
            added |= {str(one.name) for one in table.constraints if one.name is not None}
            theirs = {*reference.indexes.values(), *reference.unique_indexes.values()}
            theirs |= {*reference.foreign_keys.values(), *reference.checks.values(), f"{name}_pkey"}
            ours |= dict.fromkeys(added - theirs, name)
    for name, there in names_taken(connection, ours):
        free = "nothing of this name, which motovault gives; rename it"
        yield Difference(ours[name], f"name {name}", there, free, fits=False)


def _is_first(file: ShippedFile) -> bool:
    return file.file_name.startswith("001_")


def _revision(file: ShippedFile) -> str:
    return f"{file.capsule}_{file.file_name[:3]}"


def _adopted(connection: sa.Connection, plan: Adoption) -> Adoption:
    if _records(connection) is None:
        BESIDE.create(connection)
    # what another application made is there
    instead: dict[str, Callable[[Any], Any]] = {
        _revision(file): lambda _: _nothing for file in shipped() if file.name in plan.recorded
    }
    with around_migration(connection):
        migrate.run_files(connection, wanted(plan.capsules), instead)
    return Adoption(
        "adopted",
        capsules=plan.capsules,
        absent=plan.absent,
        notes=plan.notes,
        waiting=plan.waiting,
        recorded=plan.recorded,
        applied=plan.applied,
    )


def _nothing(**_: object) -> None:
    return None


# --------------------------------------------------------------------- the reference


def _reference(
    connection: sa.Connection,
) -> tuple[dict[str, Table], dict[str, str], dict[str, set[str]]]:
    """The reference as this server speaks of it, whose each table is, and the keys of its seeded rows."""
    capsule_of: dict[str, str] = {}

    def noting(file: ShippedFile) -> Callable[[Any], Any]:
        def wrap(apply: Callable[..., None]) -> Callable[..., None]:
            def run(**arguments: object) -> None:
                apply(**arguments)
                for name in sa.inspect(connection).get_table_names():
                    capsule_of.setdefault(name, file.capsule)

            return run

        return wrap

    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    schema = f"_motovault_reference_{process}"
    undone = connection.begin_nested()
    try:
        _make_schema(connection, schema)
        connection.exec_driver_sql(f"SET LOCAL search_path TO {schema}")
        MIGRATIONS.create(connection)
        first_only = {
            _revision(file): noting(file) if _is_first(file) else lambda _: _nothing for file in shipped()
        }
        migrate.run_files(connection, wanted(None), first_only)
        found = tables_of(connection)
        seeds = {
            table: set(connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalars())
            for table, column in _SEEDED.items()
        }
    finally:
        undone.rollback()
    for name in (MIGRATIONS.name, migrate.VERSION_TABLE):
        del found[name], capsule_of[name]
    return {name: found[name] for name in capsule_of}, capsule_of, seeds


def _make_schema(connection: sa.Connection, name: str) -> None:
    try:
        connection.execute(sa.schema.CreateSchema(name))
    except exc.ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        raise StorageFailure(
            "the database user may make no schema, in which the reference is made, looked at and undone: "
            "GRANT CREATE ON DATABASE to it for the time of adopting, or adopt as the database's owner"
        ) from error


def _missing_seeds(
    connection: sa.Connection, seeds: Mapping[str, set[str]], found: Mapping[str, Table]
) -> Iterator[Difference]:
    """Rows that the reference has from its start; they are the application's, and are not added."""
    for table, keys in seeds.items():
        if table in found:
            query = f"SELECT {_SEEDED[table]} FROM {table}"
            for key in sorted(keys - set(connection.exec_driver_sql(query).scalars())):
                yield Difference(table, f"row {key}", "nothing", "a row from the start", fits=True)
