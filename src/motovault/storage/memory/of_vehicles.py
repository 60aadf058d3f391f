"""Rows that are each of one vehicle: the indexes and calls that they have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar
from uuid import UUID

from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.storage.memory.ordered import Key, Ordered
from motovault.storage.memory.transactions import Scope
from motovault.storage.memory.vehicles import VehicleRows

__all__ = ["MemoryOfVehicleRepository", "OfVehicle", "OfVehicleRows"]

SourceKey = tuple[VehicleId, str, str]


class OfVehicle(Protocol):
    """An entity of one vehicle, which may be imported."""

    # Any, because pyright takes a field with a converter for a descriptor
    @property
    def id(self) -> Any: ...

    @property
    def user_id(self) -> Any: ...

    @property
    def vehicle_id(self) -> Any: ...

    @property
    def source(self) -> Any: ...

    @property
    def source_key(self) -> Any: ...


E = TypeVar("E", bound=OfVehicle)


def _source(entity: OfVehicle) -> SourceKey | None:
    # as in SQL, where a null clashes with nothing
    if entity.source is None or entity.source_key is None:
        return None
    return entity.vehicle_id, entity.source, entity.source_key


class OfVehicleRows(Generic[E]):
    """One user's rows by id, in order by vehicle, and by what they were imported as.

    A subclass says in which order; each kind of row has a subclass of its own.
    """

    def __init__(self) -> None:
        self.by_id: dict[UUID, E] = {}
        self.by_vehicle: defaultdict[VehicleId, Ordered] = defaultdict(Ordered)
        self.id_by_source: dict[SourceKey, UUID] = {}

    @staticmethod
    def key(entity: Any) -> Key:
        """Where the row stands among those of its vehicle."""
        raise NotImplementedError

    def copy(self) -> Self:
        """The same rows, apart."""
        copied = type(self)()
        copied.by_id = self.by_id.copy()
        copied.by_vehicle.update({vehicle_id: keys.copy() for vehicle_id, keys in self.by_vehicle.items()})
        copied.id_by_source = self.id_by_source.copy()
        return copied

    def set(self, entity_id: UUID, entity: E | None) -> None:
        """Put a row at this id, or none."""
        if before := self.by_id.pop(entity_id, None):
            self.by_vehicle[before.vehicle_id].remove(self.key(before))
            if source := _source(before):
                del self.id_by_source[source]
        if entity is not None:
            self.by_id[entity_id] = entity
            self.by_vehicle[entity.vehicle_id].add(self.key(entity))
            if source := _source(entity):
                self.id_by_source[source] = entity_id

    def add_all(self, entities: Sequence[E]) -> None:
        """Put many new rows, at a time linear in their number."""
        for vehicle_id, keys in self._keys_by_vehicle(entities).items():
            self.by_vehicle[vehicle_id].add_all(keys)
        self.by_id.update((entity.id, entity) for entity in entities)
        self.id_by_source.update((source, entity.id) for entity in entities if (source := _source(entity)))

    def remove_all(self, entities: Sequence[E]) -> None:
        """Undo :meth:`add_all`."""
        for vehicle_id, keys in self._keys_by_vehicle(entities).items():
            self.by_vehicle[vehicle_id].remove_all(set(keys))
        for entity in entities:
            del self.by_id[entity.id]
            if source := _source(entity):
                del self.id_by_source[source]

    def page(self, vehicle_id: VehicleId, after: E | None = None, limit: int | None = None) -> list[E]:
        """Rows of one vehicle in order, behind ``after``, at most ``limit``."""
        if vehicle_id not in self.by_vehicle:
            return []
        keys = self.by_vehicle[vehicle_id].page(None if after is None else self.key(after), limit)
        return [self.by_id[entity_id] for _, entity_id in keys]

    def _keys_by_vehicle(self, entities: Iterable[E]) -> dict[VehicleId, list[Key]]:
        keys: dict[VehicleId, list[Key]] = defaultdict(list)
        for entity in entities:
            keys[entity.vehicle_id].append(self.key(entity))
        return keys


class MemoryOfVehicleRepository(Generic[E]):
    """The calls that every repository of such rows has; a subclass says of which entity."""

    _rows: ClassVar[type[OfVehicleRows[Any]]]
    _plural: ClassVar[str]
    _not_found: ClassVar[type[Any]]
    """The error of the family NotFound; made of the id."""
    _exists: ClassVar[type[Any]]
    """The error of the family Conflict; made of the rule, or of nothing where it is the id."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, entity: E, /) -> None:
        self._refuse_others(entity)
        with self._scope.writing(self._rows) as (rows, taken):
            self._live_vehicle(entity.vehicle_id)
            if entity.id in taken:
                raise self._exists()
            self._refuse_twice(rows, entity)
            taken.add(entity.id)
            self._scope.on_undo(partial(taken.discard, entity.id))
            self._set(rows, entity)

    def _add_many(self, entities: Iterable[E]) -> int:
        # read before the rows are locked: making them may take long, or read this store
        given = list(entities)
        for entity in given:
            self._refuse_others(entity)
        with self._scope.writing(self._rows) as (rows, taken):
            for vehicle_id in {entity.vehicle_id for entity in given}:
                self._live_vehicle(vehicle_id)
            new: dict[UUID, E] = {}
            sources: set[SourceKey] = set()
            for entity in given:
                source = _source(entity)
                if source is not None and (source in rows.id_by_source or source in sources):
                    continue
                if entity.id in taken or entity.id in new:
                    raise self._exists()
                new[entity.id] = entity
                if source is not None:
                    sources.add(source)
            added = list(new.values())
            rows.add_all(added)
            taken.update(new)
            self._scope.on_undo(partial(rows.remove_all, added))
            self._scope.on_undo(partial(taken.difference_update, new))
        return len(added)

    def get(self, entity_id: Any, /) -> E:
        with self._scope.reading(self._rows) as rows:
            found: E | None = rows.by_id.get(entity_id)
        if found is None:
            raise self._not_found(entity_id)
        return found

    def list_for_garage(self) -> list[E]:
        with self._scope.reading(VehicleRows) as vehicles, self._scope.reading(self._rows) as rows:
            live = sorted(vehicle.id for vehicle in vehicles.by_id.values() if vehicle.is_live)
            return [entity for vehicle_id in live for entity in rows.page(vehicle_id)]

    def replace(self, entity: E, /) -> None:
        self._refuse_others(entity)
        with self._scope.writing(self._rows) as (rows, _):
            before = rows.by_id.get(entity.id)
            if before is None:
                raise self._not_found(entity.id)
            if entity.vehicle_id != before.vehicle_id:
                self._live_vehicle(entity.vehicle_id)
            self._refuse_twice(rows, entity)
            self._set(rows, entity)

    def remove(self, entity_id: Any, /) -> None:
        with self._scope.writing(self._rows) as (rows, taken):
            before = rows.by_id.get(entity_id)
            if before is None:
                raise self._not_found(entity_id)
            self._scope.on_undo(partial(rows.set, entity_id, before))
            rows.set(entity_id, None)
            taken.discard(entity_id)
            self._scope.on_undo(partial(taken.add, entity_id))

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        with self._scope.reading(self._rows) as rows:
            return len(rows.by_vehicle[vehicle_id]) if vehicle_id in rows.by_vehicle else 0

    def _page(self, vehicle_id: VehicleId, after: E | None = None, limit: int | None = None) -> list[E]:
        with self._scope.reading(self._rows) as rows:
            return rows.page(vehicle_id, after, limit)

    def _set(self, rows: OfVehicleRows[E], entity: E) -> None:
        self._scope.on_undo(partial(rows.set, entity.id, rows.by_id.get(entity.id)))
        rows.set(entity.id, entity)

    def _refuse_others(self, entity: E) -> None:
        if entity.user_id != self._scope.user_id:
            raise InvalidValue("user_id", entity.user_id, f"is not the user whose {self._plural} these are")

    def _refuse_twice(self, rows: OfVehicleRows[E], entity: E) -> None:
        source = _source(entity)
        if source is not None and rows.id_by_source.get(source, entity.id) != entity.id:
            raise self._exists("this source key of the vehicle is kept already")

    def _live_vehicle(self, vehicle_id: VehicleId) -> None:
        with self._scope.reading(VehicleRows) as rows:
            vehicle = rows.by_id.get(vehicle_id)
        if vehicle is None or not vehicle.is_live:
            raise VehicleNotFound(vehicle_id)
