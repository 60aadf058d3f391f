"""The store: two files in a folder, and a unit of work for each who asks."""

from __future__ import annotations

from pathlib import Path

from json_store.catalogue import JsonCatalogueUnitOfWork
from json_store.files import JsonFile
from json_store.repositories import (
    JsonFuelLogs,
    JsonMaintenanceLogs,
    JsonMaintenanceSchedules,
    JsonOdometer,
    JsonUserPreferences,
    JsonVehicles,
)
from json_store.transactions import Transaction, UnitOfWork
from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleRepository
from motovault.ports import UserId

__all__ = ["JsonStore", "JsonUnitOfWork"]


class JsonUnitOfWork(UnitOfWork):
    """A unit of work of one user: :class:`motovault.stores.Repositories`."""

    def __init__(self, file: JsonFile, user_id: UserId, transaction: Transaction | None) -> None:
        super().__init__(file, transaction)
        self._user_id = user_id

    @property
    def vehicles(self) -> VehicleRepository:
        """The user's vehicles."""
        return JsonVehicles(self._scope, self._user_id)

    @property
    def fuel_logs(self) -> FuelLogRepository:
        """The user's fuel logs."""
        return JsonFuelLogs(self._scope, self._user_id)

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository:
        """The user's maintenance logs."""
        return JsonMaintenanceLogs(self._scope, self._user_id)

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository:
        """The user's maintenance schedules."""
        return JsonMaintenanceSchedules(self._scope, self._user_id)

    @property
    def user_preferences(self) -> UserPreferencesRepository:
        """The user's preferences."""
        return JsonUserPreferences(self._scope, self._user_id)

    @property
    def odometer(self) -> OdometerRepository:
        """The readings of the user's vehicles."""
        return JsonOdometer(self._scope, self._user_id)

    def join(self, *, atomic: bool = False) -> JsonUnitOfWork:
        """A part of the transaction that is open; without one, a unit of work like any other."""
        transaction = self._scope.transaction
        if transaction is None and atomic:
            transaction = Transaction(self._file)
        return JsonUnitOfWork(self._file, self._user_id, transaction)


class JsonStore:
    """Everything in two JSON files of one folder: :class:`motovault.stores.Store`.

    Args:
        folder: Where they are; made where it is not there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._garages = JsonFile(folder / "garages.json")
        self._catalogue = JsonFile(folder / "catalogue.json")

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> JsonUnitOfWork:
        """A unit of work of this user, to be entered; with ``atomic`` all or nothing."""
        return JsonUnitOfWork(self._garages, user_id, Transaction(self._garages) if atomic else None)

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> JsonCatalogueUnitOfWork:
        """A unit of work of the catalogue, to be entered; ``atomic`` as above."""
        return JsonCatalogueUnitOfWork(self._catalogue, Transaction(self._catalogue) if atomic else None)
