"""What a store is: it opens units of work of one user, and of the catalogue, which is nobody's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.platform.service import CatalogueUnitOfWork
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleId, VehicleRepository
from motovault.ports import UserId

__all__ = [
    "CatalogueUnitOfWork",
    "GivesTables",
    "GivesTablesOfAll",
    "KnowsEveryone",
    "Repositories",
    "Store",
    "behind_cache",
]


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


@runtime_checkable
class GivesTables(Protocol):
    """What a unit of work may have besides: a road on which a user's rows travel as columns, not as entities.

    Frames take it where it is there, else the repositories: a store works without.
    """

    def table(self, name: str, /, *, vehicle_id: VehicleId | None, exact: bool, rows: int) -> Iterator[Any]:
        """Rows of live vehicles as record batches of pyarrow, out of one snapshot.

        Args:
            name: ``fuel_logs``, ``maintenance``, ``odometer`` or ``vehicles``; the columns of each are those
                of :data:`motovault.analysis.tables.COLUMNS`, which says what stands in them.
            vehicle_id: Of this vehicle alone.
            exact: Numbers as text, as they were typed. Without it a store may give float64 instead: the ones
                nearest to the exact figure in kilometres, litres and so on.
            rows: In a batch, about.
        """
        ...


@runtime_checkable
class GivesTablesOfAll(Protocol):
    """The same of a store, for all users at once."""

    def table_of_all(
        self, name: str, /, *, vehicle_id: VehicleId | None, exact: bool, rows: int
    ) -> Iterator[Any]:
        """As :meth:`GivesTables.table`, of the rows of all users.

        Raises:
            NotAllowed: The store shows each user's rows to that user only.
        """
        ...


@runtime_checkable
class KnowsEveryone(Protocol):
    """What a store without such a road needs for frames of all users."""

    def everyone(self) -> AbstractContextManager[Sequence[UserId]]:
        """A block in which nothing changes; gives all who have rows."""
        ...


def behind_cache(given: Any) -> Any:
    """The store, or the unit of work of the store, behind one that remembers; else what was given.

    Frames are read from the store itself: they are long, and asked for once.
    """
    for name in ("store", "inner"):
        given = getattr(given, name, given)
    return given
