"""What cached repositories of rows that are each of one vehicle have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

from motovault.cache.values import ListKind
from motovault.domain.vehicles import VehicleId
from motovault.errors import NotFound

if TYPE_CHECKING:
    from motovault.cache.store import CachedUnitOfWork

__all__ = ["CachedOfVehicleRepository"]


class _OfVehicle(Protocol):
    # Any, because pyright takes a field with a converter for a descriptor
    @property
    def id(self) -> Any: ...

    @property
    def vehicle_id(self) -> Any: ...


E = TypeVar("E", bound=_OfVehicle)


class CachedOfVehicleRepository(Generic[E]):
    """The calls that they share; a subclass says which repository of the store is behind it.

    The list of one vehicle is kept. Pages, counts, single rows and lists of a whole garage come
    from the store. An empty list is not kept: of nothing nobody can tell whose vehicle it is.
    """

    _kind: ListKind[E]
    _key: Callable[[UUID], str]

    def __init__(self, work: CachedUnitOfWork) -> None:
        self._work = work

    @staticmethod
    def _of(work: Any) -> Any:
        """The repository of the store's unit of work, or of a cached one."""
        raise NotImplementedError

    @property
    def _inner(self) -> Any:
        return self._of(self._work.inner)

    def add(self, entity: E, /) -> None:
        with self._work.changing(self._keys([entity.vehicle_id])):
            self._inner.add(entity)
        self._work.was_seen(entity.id, entity.vehicle_id)

    def _add_many(self, entities: Iterable[E]) -> int:
        vehicles: dict[VehicleId, None] = {}

        def noted() -> Iterator[E]:
            for entity in entities:
                vehicles[entity.vehicle_id] = None
                yield entity

        # the keys are read after the write, when all vehicles are known
        with self._work.changing(self._keys(vehicles)):
            added: int = self._inner.add_many(noted())
        return added

    def get(self, entity_id: Any, /) -> E:
        found: E = self._inner.get(entity_id)
        self._work.was_seen(entity_id, found.vehicle_id)
        return found

    def list_for_garage(self) -> list[E]:
        found: list[E] = self._inner.list_for_garage()
        return found

    def replace(self, entity: E, /) -> None:
        if not self._work.in_transaction:
            # which vehicle it was of, and the write, in one: nobody moves it in between
            with self._work.join(atomic=True) as part:
                self._of(part).replace(entity)
            return
        before = self._before(entity.id)
        with self._work.changing(self._keys([*before, entity.vehicle_id])):
            self._inner.replace(entity)
        self._work.was_seen(entity.id, entity.vehicle_id)

    def remove(self, entity_id: Any, /) -> None:
        if not self._work.in_transaction:
            with self._work.join(atomic=True) as part:
                self._of(part).remove(entity_id)
            return
        before = self._before(entity_id)
        with self._work.changing(self._keys(before)):
            self._inner.remove(entity_id)

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        count: int = self._inner.count_for_vehicle(vehicle_id)
        return count

    def _list(self, vehicle_id: VehicleId) -> list[E]:
        work = self._work
        if work.in_transaction or not isinstance(vehicle_id, UUID):
            found: list[E] = self._inner.list_for_vehicle(vehicle_id)
            return found
        work.refuse_closed()

        def load() -> tuple[E, ...]:
            return tuple(self._inner.list_for_vehicle(vehicle_id))

        key, kind = type(self)._key(vehicle_id), self._kind
        kept: tuple[E, ...] = work.answers.answer(key, kind, load, owner=work.user_id, waits=work.may_wait)
        return list(kept)

    def _before(self, entity_id: UUID) -> set[VehicleId]:
        """Of which vehicle the row is: as this transaction saw it, which has locked it, or looked up now."""
        seen = self._work.vehicles_of(entity_id)
        if not seen:
            try:
                self.get(entity_id)
            except NotFound:
                return set()  # the write itself says so
            seen = self._work.vehicles_of(entity_id)
        return set(seen)

    def _keys(self, vehicles: Iterable[VehicleId]) -> Iterator[str]:
        for vehicle_id in vehicles:
            yield type(self)._key(vehicle_id)
