"""The store: one unit of work after another, each bound to its user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.platform import CatalogueRepository
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleRepository
from motovault.ports import UserId
from motovault.storage.memory.fuel_logs import MemoryFuelLogRepository
from motovault.storage.memory.maintenance import (
    MemoryMaintenanceLogRepository,
    MemoryMaintenanceScheduleRepository,
)
from motovault.storage.memory.odometer import MemoryOdometerRepository
from motovault.storage.memory.platform import NOBODY, MemoryCatalogueRepository
from motovault.storage.memory.transactions import Scope, Shelf, Statements, Transaction
from motovault.storage.memory.user_preferences import MemoryUserPreferencesRepository
from motovault.storage.memory.vehicles import MemoryVehicleRepository

__all__ = ["MemoryCatalogueUnitOfWork", "MemoryStore", "MemoryUnitOfWork"]


class _UnitOfWork:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __enter__(self) -> Self:
        self._scope.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._scope.end(keep=kind is None)


class MemoryCatalogueUnitOfWork(_UnitOfWork):
    """A unit of work of the catalogue, which belongs to no user."""

    @property
    def catalogue(self) -> CatalogueRepository:
        """The catalogue."""
        return MemoryCatalogueRepository(self._scope)


class MemoryUnitOfWork(_UnitOfWork):
    """A unit of work of one user; see :class:`motovault.ports.UnitOfWork`."""

    @property
    def vehicles(self) -> VehicleRepository:
        """The user's vehicles."""
        return MemoryVehicleRepository(self._scope)

    @property
    def fuel_logs(self) -> FuelLogRepository:
        """The user's fuel logs."""
        return MemoryFuelLogRepository(self._scope)

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository:
        """The user's maintenance logs."""
        return MemoryMaintenanceLogRepository(self._scope)

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository:
        """The user's maintenance schedules."""
        return MemoryMaintenanceScheduleRepository(self._scope)

    @property
    def user_preferences(self) -> UserPreferencesRepository:
        """The user's preferences."""
        return MemoryUserPreferencesRepository(self._scope)

    @property
    def odometer(self) -> OdometerRepository:
        """The readings of the user's vehicles."""
        return MemoryOdometerRepository(self._scope)

    def join(self, *, atomic: bool = False) -> MemoryUnitOfWork:
        """A unit of work within this one; an error inside undoes its part only."""
        return MemoryUnitOfWork(self._scope.nested(atomic))


class MemoryStore:
    """Everything in the memory of this process: gone with it, safe between its threads.

    Transactions behave as in the databases: what an open one wrote is seen by
    itself only, and one writes at a time.

    >>> from motovault.ports import UserId
    >>> with MemoryStore().unit_of_work(UserId("ana")) as work:
    ...     work.vehicles.count_live()
    0
    """

    def __init__(self) -> None:
        self._shelf = Shelf()

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> MemoryUnitOfWork:
        """A unit of work of this user, to be entered.

        Args:
            user_id: Whose rows; those of others do not exist in it.
            atomic: It writes more than once, all or nothing; without it every write stands for itself.
        """
        return MemoryUnitOfWork((Transaction if atomic else Statements)(self._shelf, user_id))

    @contextmanager
    def everyone(self) -> Iterator[Sequence[UserId]]:
        """All who have rows, while nothing changes: :class:`motovault.stores.KnowsEveryone`."""
        with self._shelf.looking:
            yield self._shelf.users()

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> MemoryCatalogueUnitOfWork:
        """A unit of work of the catalogue, to be entered; ``atomic`` as above."""
        return MemoryCatalogueUnitOfWork((Transaction if atomic else Statements)(self._shelf, NOBODY))
