"""Vehicles that are remembered: the live ones of a user, as one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from motovault.cache import keys
from motovault.cache.values import ListKind
from motovault.domain.vehicles import Vehicle, VehicleId

if TYPE_CHECKING:
    from motovault.cache.store import CachedUnitOfWork

__all__ = ["VEHICLES", "CachedVehicleRepository"]

VEHICLES: Final = ListKind("vehicles", 1, keys.LIST_SECONDS, Vehicle, most=100, keeps_empty=True)


class CachedVehicleRepository:
    """:class:`motovault.domain.vehicles.VehicleRepository` that remembers.

    The whole list is kept, of garages of up to 100 live vehicles, and one vehicle is looked
    up in it. Pages, counts, deleted vehicles and what is searched by VIN come from the store.
    """

    def __init__(self, work: CachedUnitOfWork) -> None:
        self._work = work

    def add(self, vehicle: Vehicle, /) -> None:
        with self._work.changing((self._key,)):
            self._work.inner.vehicles.add(vehicle)

    def get(self, vehicle_id: VehicleId, /) -> Vehicle:
        work = self._work
        if not work.in_transaction:
            most = VEHICLES.most + 1
            kept = self._kept(
                lambda: tuple(work.inner.vehicles.list_live(limit=most)), otherwise=tuple[Vehicle, ...]
            )
            for vehicle in kept:
                if vehicle.id == vehicle_id:
                    return vehicle
        return work.inner.vehicles.get(vehicle_id)

    def find_by_vin(self, vin: str, /) -> Vehicle | None:
        return self._work.inner.vehicles.find_by_vin(vin)

    def list_live(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        work = self._work
        if work.in_transaction or after is not None or limit is not None:
            return work.inner.vehicles.list_live(after=after, limit=limit)
        return list(self._kept(lambda: tuple(work.inner.vehicles.list_live())))

    def list_deleted(self) -> list[Vehicle]:
        return self._work.inner.vehicles.list_deleted()

    def replace(self, vehicle: Vehicle, /) -> None:
        with self._work.changing((self._key,)):
            self._work.inner.vehicles.replace(vehicle)

    def count_live(self) -> int:
        return self._work.inner.vehicles.count_live()

    @property
    def _key(self) -> str:
        return keys.vehicles(self._work.user_id)

    def _kept(
        self,
        load: Callable[[], tuple[Vehicle, ...]],
        otherwise: Callable[[], tuple[Vehicle, ...]] | None = None,
    ) -> tuple[Vehicle, ...]:
        work = self._work
        work.refuse_closed()
        return work.answers.answer(
            self._key, VEHICLES, load, owner=work.user_id, otherwise=otherwise, waits=work.may_wait
        )
