"""One user's garage: the domain's services over one user's rows, all in one transaction where one is open."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from motovault.domain.fuel_logs.service import FuelLogService
from motovault.domain.maintenance.service import MaintenanceService
from motovault.domain.odometer.service import OdometerService
from motovault.domain.platform.service import CatalogueService, CatalogueUnitOfWork
from motovault.domain.tiers import FeaturePolicy
from motovault.domain.user_preferences.service import UserPreferencesService
from motovault.domain.vehicles import BasicVinDecoder, CatalogueVinDecoder, VehicleId, VinDecoder
from motovault.domain.vehicles.service import VehicleService
from motovault.ports import Clock, NewId, UserId
from motovault.stores import Repositories, Store

if TYPE_CHECKING:
    from motovault.analysis.charts.of_garage import GarageCharts
    from motovault.analysis.frames import Frames
    from motovault.importers import ImportOptions, ImportPlan, ImportResult

__all__ = ["Garage"]


class Garage:
    """One user's data. Every call is scoped to that user, and is one transaction unless one is open.

    Attributes:
        user_id: Whose garage it is.
        vehicles: Adding, finding, changing, deleting vehicles.
        fuel_logs: Fuel logs, their economy and statistics.
        maintenance: What was done, what recurs, what is due and what it cost.
        odometer: Readings out of everything that wrote them down.
        preferences: Units, currency, time zone.
    """

    def __init__(
        self,
        store: Store,
        user_id: UserId,
        clock: Clock,
        new_id: NewId,
        *,
        vin_decoder: VinDecoder | None = None,
        policy: FeaturePolicy | None = None,
    ) -> None:
        self.user_id = user_id
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._open: contextvars.ContextVar[Repositories | None] = contextvars.ContextVar("open", default=None)
        catalogue = CatalogueService(self._catalogue_unit_of_work, clock)
        decoder = CatalogueVinDecoder(vin_decoder or BasicVinDecoder(clock), catalogue)
        self.vehicles = VehicleService(
            user_id, self._unit_of_work, clock, new_id, vin_decoder=decoder, policy=policy
        )
        self.fuel_logs = FuelLogService(user_id, self._unit_of_work, clock, new_id)
        self.maintenance = MaintenanceService(user_id, self._unit_of_work, clock, new_id)
        self.odometer = OdometerService(self._unit_of_work)
        self.preferences = UserPreferencesService(user_id, self._unit_of_work, clock, new_id)

    @property
    def frames(self) -> Frames:
        """This user's rows as frames of pandas, Polars or Arrow. Needs the extra ``analysis``."""
        from motovault.analysis.frame_sources import frames_of_garage

        return frames_of_garage(self._unit_of_work, self._store)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several calls, all or nothing: kept on a clean exit, undone on an error.

        Transactions nest: an error that is caught outside an inner one undoes
        the inner one only. Each thread has its own, for one garage at a time; do
        not hold one open across an ``await``, since others wait for it.

        >>> import motovault
        >>> garage = motovault.open_vault("memory:").garage("ana")
        >>> try:
        ...     with garage.transaction():
        ...         car = garage.vehicles.add(license_plate="AB 123")
        ...         raise RuntimeError("changed my mind")
        ... except RuntimeError:
        ...     garage.vehicles.count()
        0
        """
        with self._unit_of_work(atomic=True) as work:
            token = self._open.set(work)
            try:
                yield
            finally:
                self._open.reset(token)

    def import_file(
        self, source: Path | str | bytes | BinaryIO, options: ImportOptions | None = None
    ) -> ImportResult:
        """Bring in another application's file, all or nothing; the same file twice adds nothing.

        Args:
            source: A path, the bytes of the file, or a binary stream.
            options: What the file does not say: units, currency, date order, which vehicle. The owner's
                unit system and time zone stand in where nothing is declared, and that is reported.

        Raises:
            InvalidValue: The format is unknown, or something must be declared first.
        """
        return self.apply(self.plan_import(source, options))

    def plan_import(
        self,
        source: Path | str | bytes | BinaryIO,
        options: ImportOptions | None = None,
        *,
        name: str | None = None,
    ) -> ImportPlan:
        """What :meth:`import_file` would do: nothing is kept yet. ``name`` is what findings call the file."""
        from motovault.importers import plan_for_user

        return plan_for_user(source, options, self.preferences.peek(), name=name)

    def apply(self, plan: ImportPlan) -> ImportResult:
        """Keep what a plan holds, all or nothing."""
        from motovault.importers import apply_plan

        return apply_plan(
            plan, self._unit_of_work, user_id=self.user_id, clock=self._clock, new_id=self._new_id
        )

    @property
    def charts(self) -> GarageCharts:
        """Pictures of a vehicle: economy, cost, odometer, maintenance. Needs the extra ``analysis``."""
        from motovault.analysis.charts.of_garage import GarageCharts

        return GarageCharts(self)

    def calendar(
        self,
        vehicle_id: VehicleId | None = None,
        *,
        within_days: int | None = None,
        name: str = "Vehicle maintenance",
    ) -> bytes:
        """What is due as an iCalendar feed: one all-day event a schedule, which keeps its identity.

        Args:
            vehicle_id: A live vehicle of this user; without it all of them.
            within_days: As in :meth:`motovault.domain.maintenance.service.MaintenanceService.upcoming`.
            name: What the calendar is called.

        Raises:
            VehicleNotFound: No such live vehicle.
            InvalidValue: ``within_days`` is not a whole number from 0 on.
            MissingExtra: icalendar is not installed: ``pip install 'motovault[calendar]'``.
        """
        from motovault.providers.icalendar import maintenance_feed

        found = self.maintenance.upcoming(vehicle_id, within_days=within_days)
        return maintenance_feed(found, now=self._clock.now(), name=name)

    def _unit_of_work(self, *, atomic: bool = False) -> Repositories:
        work = self._open.get()
        if work is not None:
            return work.join(atomic=atomic)
        return self._store.unit_of_work(self.user_id, atomic=atomic)

    def _catalogue_unit_of_work(self, *, atomic: bool = False) -> CatalogueUnitOfWork:
        """On the connection of the transaction that is open: who holds one must not wait for a second."""
        work: Any = self._open.get()
        # of the store's own unit, also where a cache is in front: within a transaction nothing is remembered
        joined = getattr(getattr(work, "inner", work), "catalogue_unit_of_work", None)
        opened: CatalogueUnitOfWork = (joined or self._store.catalogue_unit_of_work)(atomic=atomic)
        return opened

    def __repr__(self) -> str:
        return f"<Garage of {self.user_id!r}>"
