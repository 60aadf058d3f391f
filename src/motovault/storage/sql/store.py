"""The store: units of work on an engine, or on a connection that the host opened."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.platform import CatalogueNotInstalled, CatalogueRepository, CatalogueRightMissing
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleId, VehicleRepository
from motovault.errors import InvalidValue
from motovault.ports import UserId
from motovault.storage.sql.errors import is_right_missing, is_table_missing
from motovault.storage.sql.fuel_logs import SqlFuelLogRepository
from motovault.storage.sql.guarded import GuardedHostLine, GuardedPooledLine
from motovault.storage.sql.lines import HostLine, Line, PooledLine, known_dialect
from motovault.storage.sql.maintenance import (
    SqlMaintenanceLogRepository,
    SqlMaintenanceScheduleRepository,
)
from motovault.storage.sql.odometer import SqlOdometerRepository
from motovault.storage.sql.platform import SqlCatalogueRepository
from motovault.storage.sql.user_preferences import SqlUserPreferencesRepository
from motovault.storage.sql.vehicles import SqlVehicleRepository
from motovault.storage.sql.work import Work

__all__ = ["SqlCatalogueUnitOfWork", "SqlStore", "SqlUnitOfWork"]


class SqlUnitOfWork(Work):
    """A unit of work of one user; see :class:`motovault.ports.UnitOfWork`. For one thread."""

    @property
    def vehicles(self) -> VehicleRepository:
        """The user's vehicles."""
        return SqlVehicleRepository(self)

    @property
    def fuel_logs(self) -> FuelLogRepository:
        """The user's fuel logs."""
        return SqlFuelLogRepository(self)

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository:
        """The user's maintenance logs."""
        return SqlMaintenanceLogRepository(self)

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository:
        """The user's maintenance schedules."""
        return SqlMaintenanceScheduleRepository(self)

    @property
    def user_preferences(self) -> UserPreferencesRepository:
        """The user's preferences."""
        return SqlUserPreferencesRepository(self)

    @property
    def odometer(self) -> OdometerRepository:
        """The readings of the user's vehicles."""
        return SqlOdometerRepository(self)

    def join(self, *, atomic: bool = False) -> SqlUnitOfWork:
        """A unit of work within this one, on the same connection; an error inside undoes its part only."""
        return SqlUnitOfWork(self.line, self.user_id, atomic=atomic, outer=self)

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> SqlCatalogueUnitOfWork:
        """A unit of work of the catalogue on the same connection: who holds one does not wait for another."""
        return SqlCatalogueUnitOfWork(self.line, atomic=atomic, outer=self)

    def table(self, name: str, /, *, vehicle_id: VehicleId | None, exact: bool, rows: int) -> Iterator[Any]:
        """The user's rows as record batches: :class:`motovault.stores.GivesTables`."""
        from motovault.storage.sql.arrow import batches

        may_leave = self.stands_alone
        user_id = self.user_id
        return batches(self.line, name, user_id, vehicle_id, exact=exact, rows=rows, may_leave=may_leave)


class SqlCatalogueUnitOfWork(Work):
    """A unit of work of the catalogue, which belongs to no user. For one thread.

    Row-level security has nothing to say here: the catalogue's tables have no user.
    """

    def __init__(self, line: Line, *, atomic: bool, outer: Work | None = None) -> None:
        super().__init__(line, UserId(""), atomic=atomic, outer=outer)

    @property
    def catalogue(self) -> CatalogueRepository:
        """The catalogue."""
        return SqlCatalogueRepository(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if error is not None and is_table_missing(error):
            raise CatalogueNotInstalled from error
        if error is not None and is_right_missing(error):
            raise CatalogueRightMissing from error

    def _prepare(self, *, writes: bool) -> None:
        # In PostgreSQL a question to a table that is not there ends the transaction that it is asked in,
        # which is somebody else's: behind a savepoint it does not.
        super()._prepare(writes=writes or self.line.dialect == "postgresql")


class SqlStore:
    """Vehicles, fuel logs and preferences in PostgreSQL or SQLite; the schema is made by ``migrate.upgrade``.

    With an engine every unit of work has its own connection and is kept on a
    clean exit; the store may be shared between threads. With a connection the
    host commits, or rolls back: a unit of work only sets savepoints in the
    transaction that is open there, which is begun at the first statement.

    Args:
        engine: Of :func:`motovault.storage.sql.make_engine`, or the host's own.
        connection: The host's open connection; for one thread at a time.
        row_level_security: The database has it, as :func:`~motovault.storage.sql.row_level_security.state`
            tells: every transaction, also one of a single statement, tells the database whose it is.
            Without that no row is visible there. ``open_vault`` finds it out by itself.

    Raises:
        InvalidValue: Both or none was given, or it is of another database; row-level security with SQLite.

    >>> from motovault.storage.sql import make_engine, migrate
    >>> engine = make_engine(":memory:")
    >>> applied = migrate.upgrade(engine)
    >>> with SqlStore(engine).unit_of_work(UserId("ana")) as work:
    ...     work.vehicles.count_live()
    0
    >>> engine.dispose()
    """

    def __init__(
        self,
        engine: sa.Engine | None = None,
        *,
        connection: sa.Connection | None = None,
        row_level_security: bool = False,
    ) -> None:
        given = connection if engine is None else engine
        if given is None or (engine is not None and connection is not None):
            raise InvalidValue("engine", engine, "must be given, or else connection, and not both")
        self._dialect = known_dialect(given.dialect)
        if row_level_security and self._dialect != "postgresql":
            raise InvalidValue("row_level_security", True, "is for PostgreSQL; SQLite has none")
        self._engine = engine
        self._host = connection
        self._is_guarded = row_level_security

    @property
    def engine(self) -> sa.Engine:
        """The engine that was given, or that of the connection."""
        if self._host is not None:
            return self._host.engine
        assert self._engine is not None
        return self._engine

    @property
    def commits(self) -> bool:
        """A unit of work that is left well is committed; on a host's connection that is the host's to do."""
        return self._host is None

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> SqlUnitOfWork:
        """A unit of work of this user, to be entered once.

        Args:
            user_id: Whose rows; those of others do not exist in it.
            atomic: It writes more than once, all or nothing; without it every write stands for itself.
        """
        line: Line
        if self._is_guarded:
            line = self._guarded_line(user_id)
        elif self._host is not None:
            line = HostLine(self._host, self._dialect)
        else:
            line = PooledLine(self.engine, self._dialect)
        return SqlUnitOfWork(line, user_id, atomic=atomic)

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> SqlCatalogueUnitOfWork:
        """A unit of work of the catalogue, to be entered once; ``atomic`` as above.

        Raises, when it is left, CatalogueNotInstalled where the database has not its tables.
        """
        if self._host is not None:
            return SqlCatalogueUnitOfWork(HostLine(self._host, self._dialect), atomic=atomic)
        return SqlCatalogueUnitOfWork(PooledLine(self.engine, self._dialect), atomic=atomic)

    def table_of_all(
        self, name: str, /, *, vehicle_id: VehicleId | None, exact: bool, rows: int
    ) -> Iterator[Any]:
        """All users' rows as record batches: :class:`motovault.stores.GivesTablesOfAll`.

        Raises NotAllowed where row-level security binds the role that we are there.
        """
        from motovault.storage.sql.arrow import batches
        from motovault.storage.sql.row_level_security import refuse_bound

        if self._dialect == "postgresql":
            refuse_bound(self._host if self._host is not None else self.engine)
        line: Line
        if self._host is not None:
            line = HostLine(self._host, self._dialect)
        else:
            line = PooledLine(self.engine, self._dialect)
        try:
            yield from batches(
                line, name, None, vehicle_id, exact=exact, rows=rows, may_leave=self._host is None
            )
        finally:
            line.close()

    def _guarded_line(self, user_id: UserId) -> Line:
        if self._host is not None:
            return GuardedHostLine(self._host, self._dialect, user_id)
        return GuardedPooledLine(self.engine, self._dialect, user_id)
