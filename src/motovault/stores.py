"""What a store is: it opens units of work of one user, and of the catalogue, which is nobody's."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.platform.service import CatalogueUnitOfWork
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleRepository
from motovault.ports import UserId

__all__ = ["CatalogueUnitOfWork", "Repositories", "Store"]


class Repositories(Protocol):
    """One user's unit of work with every repository there is: what a store opens."""

    @property
    def vehicles(self) -> VehicleRepository: ...

    @property
    def fuel_logs(self) -> FuelLogRepository: ...

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository: ...

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository: ...

    @property
    def user_preferences(self) -> UserPreferencesRepository: ...

    @property
    def odometer(self) -> OdometerRepository: ...

    def join(self, *, atomic: bool = False) -> Repositories:
        """A unit of work within this one: an error undoes its part only."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...


class Store(Protocol):
    """Where everything is kept. Memory and SQL are ours; yours may stand here too."""

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> Repositories:
        """A unit of work of one user; see :class:`motovault.ports.OpensUnitOfWork` for ``atomic``."""
        ...

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> CatalogueUnitOfWork:
        """A unit of work of the catalogue of vehicles, which belongs to no user."""
        ...
