"""Where the batches of frames come from: a store's own road for tables where it has one, or entities.

Both are one snapshot, and both give the same rows in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from motovault.analysis.frames import Frames
from motovault.analysis.tables import rows_of_entities, table_batches
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import NotAllowed
from motovault.stores import (
    GivesTables,
    GivesTablesOfAll,
    KnowsEveryone,
    Repositories,
    Store,
    behind_cache,
)

__all__ = ["frames_of_all", "frames_of_garage"]


def frames_of_garage(open_unit: Callable[..., Repositories], store: Store) -> Frames:
    """Frames of the user whose units of work are opened."""

    def read(name: str, vehicle_id: VehicleId | None, *, exact: bool, rows: int) -> Iterator[Any]:
        with open_unit() as work:
            if vehicle_id is not None:
                _check_live(work, vehicle_id)
            road = behind_cache(work)
            if isinstance(road, GivesTables):
                yield from road.table(name, vehicle_id=vehicle_id, exact=exact, rows=rows)
                return
        kept = behind_cache(store)
        found: list[Any] = []
        # nobody changes anything while they are read: either the store sees to it, or a transaction does
        if isinstance(kept, KnowsEveryone):
            with kept.everyone(), open_unit() as work:
                found = _entities(behind_cache(work), name, vehicle_id)
        else:
            with open_unit(atomic=True) as work:
                found = _entities(behind_cache(work), name, vehicle_id)
        yield from table_batches(name, found, rows)

    return Frames(read)


def frames_of_all(store: Store) -> Frames:
    """Frames of all users of a store."""

    def read(name: str, vehicle_id: VehicleId | None, *, exact: bool, rows: int) -> Iterator[Any]:
        if vehicle_id is not None and not isinstance(vehicle_id, UUID):
            raise VehicleNotFound(vehicle_id)
        kept = behind_cache(store)
        if isinstance(kept, GivesTablesOfAll):
            if vehicle_id is not None:
                known = list(kept.table_of_all("vehicles", vehicle_id=vehicle_id, exact=False, rows=1))
                if not any(batch.num_rows for batch in known):
                    raise VehicleNotFound(vehicle_id)
            yield from kept.table_of_all(name, vehicle_id=vehicle_id, exact=exact, rows=rows)
            return
        if not isinstance(kept, KnowsEveryone):
            raise NotAllowed("rows of all users", "this store cannot say who its users are")
        by_vehicle: dict[VehicleId, list[Any]] = {}
        opens: Store = behind_cache(store)
        with kept.everyone() as users:
            for user_id in users:
                with opens.unit_of_work(user_id) as work:
                    by_vehicle |= rows_of_entities(work, name, vehicle_id)
        if vehicle_id is not None and vehicle_id not in by_vehicle:
            raise VehicleNotFound(vehicle_id)
        yield from table_batches(name, _in_order(by_vehicle), rows)

    return Frames(read)


def _check_live(work: Repositories, vehicle_id: VehicleId) -> None:
    if not isinstance(vehicle_id, UUID):
        raise VehicleNotFound(vehicle_id)
    if not behind_cache(work).vehicles.get(vehicle_id).is_live:
        raise VehicleNotFound(vehicle_id)


def _entities(work: Repositories, name: str, vehicle_id: VehicleId | None) -> list[Any]:
    return list(_in_order(rows_of_entities(work, name, vehicle_id)))


def _in_order(by_vehicle: dict[VehicleId, list[Any]]) -> Iterator[Any]:
    for vehicle_id in sorted(by_vehicle):
        yield from by_vehicle[vehicle_id]
