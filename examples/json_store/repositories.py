"""What one user has: vehicles, what hangs on them, preferences, and the readings of all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from json_store.files import Document
from json_store.rows import to_row
from json_store.tables import OfVehicleTable, Table, by_creation, is_live_row, page_of
from json_store.transactions import Scope
from motovault.domain.fuel_logs import FuelLog, FuelLogExists, FuelLogNotFound
from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogExists,
    MaintenanceLogNotFound,
    MaintenanceSchedule,
    MaintenanceScheduleExists,
    MaintenanceScheduleNotFound,
)
from motovault.domain.odometer import OdometerReading, readings_of
from motovault.domain.user_preferences import UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleId, VehicleNotFound
from motovault.errors import NotFound
from motovault.ports import UserId

__all__ = [
    "JsonFuelLogs",
    "JsonMaintenanceLogs",
    "JsonMaintenanceSchedules",
    "JsonOdometer",
    "JsonUserPreferences",
    "JsonVehicles",
]


class JsonVehicles(Table[Vehicle]):
    """:class:`motovault.domain.vehicles.VehicleRepository` in a document."""

    kind, name = Vehicle, "vehicles"

    def add(self, vehicle: Vehicle, /) -> None:
        self.refuse_others(vehicle)
        with self.scope.writing() as transaction:
            if self.is_taken(transaction.document, vehicle.id):
                raise VehicleExists
            transaction.put(self._put(transaction.document, vehicle))

    def get(self, vehicle_id: VehicleId, /) -> Vehicle:
        row = self.rows(self.scope.document).get(str(vehicle_id))
        if row is None:
            raise VehicleNotFound(vehicle_id)
        return self.entity(row)

    def find_by_vin(self, vin: str, /) -> Vehicle | None:
        return next((vehicle for vehicle in self._those(is_live=True) if vehicle.vin == vin), None)

    def list_live(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        return page_of(self._those(is_live=True), by_creation, after, limit)

    def list_deleted(self) -> list[Vehicle]:
        return sorted(self._those(is_live=False), key=by_creation)

    def replace(self, vehicle: Vehicle, /) -> None:
        self.refuse_others(vehicle)
        with self.scope.writing() as transaction:
            if str(vehicle.id) not in self.rows(transaction.document):
                raise VehicleNotFound(vehicle.id)
            transaction.put(self._put(transaction.document, vehicle))

    def count_live(self) -> int:
        return sum(map(is_live_row, self.rows(self.scope.document).values()))

    def _those(self, *, is_live: bool) -> list[Vehicle]:
        rows = self.rows(self.scope.document).values()
        return [self.entity(row) for row in rows if is_live_row(row) == is_live]

    def _put(self, document: Document, vehicle: Vehicle) -> Document:
        rows, key = self.rows(document), str(vehicle.id)
        if vehicle.is_live and vehicle.vin:
            live = (row for other, row in rows.items() if other != key and is_live_row(row))
            if any(row.get("vin") == vehicle.vin for row in live):
                raise VehicleExists("a live vehicle has this VIN already")
        return self.with_rows(document, {**rows, key: to_row(vehicle)})


class JsonFuelLogs(OfVehicleTable[FuelLog]):
    """:class:`motovault.domain.fuel_logs.FuelLogRepository` in a document."""

    kind, name = FuelLog, "fuel_logs"
    exists, not_found = FuelLogExists, FuelLogNotFound

    @staticmethod
    def order(entity: FuelLog) -> Any:
        return entity.filled_at, entity.id

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        return self.add_all(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        return page_of(self.listed(self.scope.document, str(vehicle_id)), self.order, after, limit)


class JsonMaintenanceLogs(OfVehicleTable[MaintenanceLog]):
    """:class:`motovault.domain.maintenance.MaintenanceLogRepository` in a document."""

    kind, name = MaintenanceLog, "maintenance_logs"
    exists, not_found = MaintenanceLogExists, MaintenanceLogNotFound

    @staticmethod
    def order(entity: MaintenanceLog) -> Any:
        return entity.service_date, entity.id

    def add_many(self, logs: Iterable[MaintenanceLog], /) -> int:
        return self.add_all(logs)

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> list[MaintenanceLog]:
        return page_of(self.listed(self.scope.document, str(vehicle_id)), self.order, after, limit)


class JsonMaintenanceSchedules(OfVehicleTable[MaintenanceSchedule]):
    """:class:`motovault.domain.maintenance.MaintenanceScheduleRepository` in a document."""

    kind, name = MaintenanceSchedule, "maintenance_schedules"
    exists, not_found = MaintenanceScheduleExists, MaintenanceScheduleNotFound

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[MaintenanceSchedule]:
        return self.listed(self.scope.document, str(vehicle_id))


class JsonUserPreferences(Table[UserPreferences]):
    """:class:`motovault.domain.user_preferences.UserPreferencesRepository`: one row, by the name of none."""

    kind, name = UserPreferences, "user_preferences"

    def find(self) -> UserPreferences | None:
        row = self.rows(self.scope.document).get("")
        return None if row is None else self.entity(row)

    def get_or_add(self, preferences: UserPreferences, /) -> UserPreferences:
        self.refuse_others(preferences)
        with self.scope.writing() as transaction:
            row = self.rows(transaction.document).get("")
            if row is not None:
                return self.entity(row)
            transaction.put(self.with_rows(transaction.document, {"": to_row(preferences)}))
            return preferences

    def replace(self, preferences: UserPreferences, /) -> None:
        self.refuse_others(preferences)
        with self.scope.writing() as transaction:
            if "" not in self.rows(transaction.document):
                raise NotFound("preferences of user", self.user_id)
            transaction.put(self.with_rows(transaction.document, {"": to_row(preferences)}))


class JsonOdometer:
    """:class:`motovault.domain.odometer.OdometerRepository`: nothing is kept, all is derived."""

    def __init__(self, scope: Scope, user_id: UserId) -> None:
        self._scope = scope
        self._vehicles = JsonVehicles(scope, user_id)
        self._fuel_logs = JsonFuelLogs(scope, user_id)
        self._work = JsonMaintenanceLogs(scope, user_id)

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        return self._readings(self._scope.document, str(vehicle_id))

    def list_for_garage(self) -> dict[VehicleId, list[OdometerReading]]:
        document = self._scope.document
        live = sorted(key for key, row in self._vehicles.rows(document).items() if is_live_row(row))
        return {VehicleId(UUID(key)): self._readings(document, key) for key in live}

    def _readings(self, document: Document, key: str) -> list[OdometerReading]:
        row = self._vehicles.rows(document).get(key)
        vehicle = None if row is None else self._vehicles.entity(row)
        return readings_of(vehicle, self._fuel_logs.listed(document, key), self._work.listed(document, key))
