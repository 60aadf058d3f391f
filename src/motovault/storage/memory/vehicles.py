"""Vehicles in memory."""

from __future__ import annotations

from functools import partial
from typing import Self

from motovault.domain.vehicles import Vehicle, VehicleExists, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.storage.memory.ordered import Key, Ordered
from motovault.storage.memory.transactions import Scope

__all__ = ["MemoryVehicleRepository", "VehicleRows"]


class VehicleRows:
    """One user's vehicles by id, in order, and by the VIN of the live ones."""

    def __init__(self) -> None:
        self.by_id: dict[VehicleId, Vehicle] = {}
        self.id_by_live_vin: dict[str, VehicleId] = {}
        self.live = Ordered()
        self.deleted = Ordered()

    def copy(self) -> Self:
        """The same rows, apart."""
        copied = type(self)()
        copied.by_id = self.by_id.copy()
        copied.id_by_live_vin = self.id_by_live_vin.copy()
        copied.live, copied.deleted = self.live.copy(), self.deleted.copy()
        return copied

    def set(self, vehicle_id: VehicleId, vehicle: Vehicle | None) -> None:
        """Put a row at this id, or none."""
        if before := self.by_id.pop(vehicle_id, None):
            (self.live if before.is_live else self.deleted).remove(_key(before))
            if before.is_live and before.vin:
                del self.id_by_live_vin[before.vin]
        if vehicle is not None:
            self.by_id[vehicle_id] = vehicle
            (self.live if vehicle.is_live else self.deleted).add(_key(vehicle))
            if vehicle.is_live and vehicle.vin:
                self.id_by_live_vin[vehicle.vin] = vehicle_id


def _key(vehicle: Vehicle) -> Key:
    return vehicle.created_at, vehicle.id


class MemoryVehicleRepository:
    """:class:`motovault.domain.vehicles.VehicleRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, vehicle: Vehicle, /) -> None:
        self._refuse_others(vehicle)
        with self._scope.writing(VehicleRows) as (rows, taken):
            if vehicle.id in taken:
                raise VehicleExists
            _refuse_twice(rows, vehicle)
            taken.add(vehicle.id)
            self._scope.on_undo(partial(taken.discard, vehicle.id))
            self._set(rows, vehicle)

    def get(self, vehicle_id: VehicleId, /) -> Vehicle:
        with self._scope.reading(VehicleRows) as rows:
            found = rows.by_id.get(vehicle_id)
        if found is None:
            raise VehicleNotFound(vehicle_id)
        return found

    def find_by_vin(self, vin: str, /) -> Vehicle | None:
        with self._scope.reading(VehicleRows) as rows:
            vehicle_id = rows.id_by_live_vin.get(vin)
            return None if vehicle_id is None else rows.by_id[vehicle_id]

    def list_live(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        with self._scope.reading(VehicleRows) as rows:
            page = rows.live.page(None if after is None else _key(after), limit)
            return [rows.by_id[VehicleId(vehicle_id)] for _, vehicle_id in page]

    def list_deleted(self) -> list[Vehicle]:
        with self._scope.reading(VehicleRows) as rows:
            return [rows.by_id[VehicleId(vehicle_id)] for _, vehicle_id in rows.deleted.page(None, None)]

    def replace(self, vehicle: Vehicle, /) -> None:
        self._refuse_others(vehicle)
        with self._scope.writing(VehicleRows) as (rows, _):
            if vehicle.id not in rows.by_id:
                raise VehicleNotFound(vehicle.id)
            _refuse_twice(rows, vehicle)
            self._set(rows, vehicle)

    def count_live(self) -> int:
        with self._scope.reading(VehicleRows) as rows:
            return len(rows.live)

    def _set(self, rows: VehicleRows, vehicle: Vehicle) -> None:
        self._scope.on_undo(partial(rows.set, vehicle.id, rows.by_id.get(vehicle.id)))
        rows.set(vehicle.id, vehicle)

    def _refuse_others(self, vehicle: Vehicle) -> None:
        if vehicle.user_id != self._scope.user_id:
            raise InvalidValue("user_id", vehicle.user_id, "is not the user whose vehicles these are")


def _refuse_twice(rows: VehicleRows, vehicle: Vehicle) -> None:
    if vehicle.is_live and vehicle.vin and rows.id_by_live_vin.get(vehicle.vin, vehicle.id) != vehicle.id:
        raise VehicleExists("a live vehicle has this VIN already")
