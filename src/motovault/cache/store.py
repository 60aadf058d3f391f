"""A store that remembers: the same units of work, their repeated questions answered out of a cache.

Outside a transaction reads go through the cache. Inside one they go to the
database, always: what is read there may be about to be written. What a write
makes stale is dropped when it has been committed, and only then; where the
outcome of a commit is not known, it is dropped too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self
from uuid import UUID

from motovault.cache.answers import Answers
from motovault.cache.fuel_logs import CachedFuelLogRepository
from motovault.cache.maintenance import CachedMaintenanceLogRepository, CachedMaintenanceScheduleRepository
from motovault.cache.platform import CachedCatalogueUnitOfWork
from motovault.cache.vehicles import CachedVehicleRepository
from motovault.domain.fuel_logs import FuelLogRepository
from motovault.domain.maintenance import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerRepository
from motovault.domain.user_preferences import UserPreferencesRepository
from motovault.domain.vehicles import VehicleId, VehicleRepository
from motovault.errors import Conflict, InvalidValue, NotFound, StorageFailure
from motovault.ports import UserId
from motovault.stores import Repositories, Store

__all__ = ["CachedStore", "CachedUnitOfWork"]


class CachedUnitOfWork:
    """A unit of work of one user; see :class:`motovault.ports.UnitOfWork`. For one thread.

    The unit of the store itself is entered when it is first needed, so that a
    question that is answered out of the cache takes no connection.
    """

    __slots__ = (
        "_atomic",
        "_inner",
        "_is_open",
        "_open_inner",
        "_outer",
        "_stale",
        "_vehicles_of",
        "answers",
        "in_transaction",
        "user_id",
    )

    def __init__(
        self,
        answers: Answers,
        user_id: UserId,
        open_inner: Callable[[], Repositories],
        *,
        atomic: bool,
        outer: CachedUnitOfWork | None = None,
    ) -> None:
        self.answers = answers
        self.user_id = user_id
        self._open_inner = open_inner
        self._atomic = atomic
        self._outer = outer
        self._inner: Repositories | None = None
        self._is_open = False
        self.in_transaction: bool = atomic or (outer is not None and outer.in_transaction)
        # made when something is written: most units only read
        self._stale: dict[str, None] | None = None
        self._vehicles_of: dict[UUID, set[VehicleId]] | None = None

    @property
    def vehicles(self) -> VehicleRepository:
        """The user's vehicles."""
        return CachedVehicleRepository(self)

    @property
    def fuel_logs(self) -> FuelLogRepository:
        """The user's fuel logs."""
        return CachedFuelLogRepository(self)

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository:
        """The user's maintenance logs."""
        return CachedMaintenanceLogRepository(self)

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository:
        """The user's maintenance schedules."""
        return CachedMaintenanceScheduleRepository(self)

    @property
    def user_preferences(self) -> UserPreferencesRepository:
        """The user's preferences; straight from the store."""
        return self.inner.user_preferences

    @property
    def odometer(self) -> OdometerRepository:
        """The readings of the user's vehicles; straight from the store."""
        return self.inner.odometer

    def join(self, *, atomic: bool = False) -> CachedUnitOfWork:
        """A unit of work within this one; an error inside undoes its part only."""
        return CachedUnitOfWork(
            self.answers, self.user_id, lambda: self.inner.join(atomic=atomic), atomic=atomic, outer=self
        )

    @property
    def inner(self) -> Repositories:
        """The store's own unit of work, entered."""
        self.refuse_closed()
        if self._inner is None:
            inner = self._open_inner()
            inner.__enter__()
            self._inner = inner
        return self._inner

    @property
    def may_wait(self) -> bool:
        """No connection is held here, for which somebody else may be waiting to answer us."""
        unit: CachedUnitOfWork | None = self
        while unit is not None:
            if unit._inner is not None:
                return False
            unit = unit._outer
        return True

    def refuse_closed(self) -> None:
        """Raise StorageFailure outside of the block."""
        if not self._is_open:
            raise StorageFailure("this unit of work is not open: enter it, and stay inside")

    def was_seen(self, entity_id: UUID, vehicle_id: VehicleId) -> None:
        """In this transaction, that row was one of that vehicle."""
        if self.in_transaction:
            self._seen().setdefault(entity_id, set()).add(vehicle_id)

    def vehicles_of(self, entity_id: UUID) -> set[VehicleId]:
        """Of which vehicles that row may be, as far as this transaction saw; empty if it did not look."""
        return self._seen().get(entity_id, set())

    def _seen(self) -> dict[UUID, set[VehicleId]]:
        """What the whole transaction saw."""
        if self._outer is not None and self._outer.in_transaction:
            return self._outer._seen()
        if self._vehicles_of is None:
            self._vehicles_of = {}
        return self._vehicles_of

    @contextlib.contextmanager
    def changing(self, keys: Iterable[str]) -> Iterator[None]:
        """Around one write, which makes these keys stale; they are read after it."""
        self.refuse_closed()
        try:
            yield
        except (InvalidValue, NotFound, Conflict):
            raise  # nothing was written
        except BaseException:
            self._drop(keys)  # it may have been
            raise
        self._drop(keys)

    def _drop(self, keys: Iterable[str]) -> None:
        if self.in_transaction:
            self._owe(keys)
        else:
            self.answers.drop(*dict.fromkeys(keys))

    def _owe(self, keys: Iterable[str]) -> None:
        if self._stale is None:
            self._stale = {}
        self._stale.update(dict.fromkeys(keys))

    def __enter__(self) -> Self:
        if self._is_open:
            raise StorageFailure("this unit of work is open already: enter it once")
        self._is_open = True
        if self._atomic:
            self._vehicles_of = None
            try:
                self.inner  # noqa: B018 - a transaction begins when it is entered
            except BaseException:
                self._is_open = False
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_open = False
        inner, self._inner = self._inner, None
        stale, self._stale = self._stale, None
        try:
            if inner is not None:
                inner.__exit__(kind, error, trace)
        finally:
            if kind is None and stale:
                if self._outer is not None and self._outer.in_transaction:
                    self._outer._owe(stale)
                else:
                    self.answers.drop(*stale)


class CachedStore:
    """Any store, behind a cache; its units of work hand out repositories that remember.

    Args:
        store: Where everything is kept. It must commit by itself: with a host's open connection
            nobody here learns when the host does.
        answers: Of :func:`motovault.cache.open_cache`, or made by hand.

    Raises:
        InvalidValue: The store works on a host's open connection.

    >>> from motovault.cache import Answers, LocalCache
    >>> from motovault.storage.memory import MemoryStore
    >>> store = CachedStore(MemoryStore(), Answers(near=LocalCache()))
    >>> with store.unit_of_work(UserId("ana")) as work:
    ...     work.vehicles.list_live()
    []
    """

    def __init__(self, store: Store, answers: Answers) -> None:
        if not getattr(store, "commits", True):
            raise InvalidValue(
                "cache", answers, "is not for a host's open connection, whose commits are not seen"
            )
        self.store = store
        self.answers = answers

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> CachedUnitOfWork:
        """A unit of work of this user, to be entered once.

        Args:
            user_id: Whose rows; those of others do not exist in it.
            atomic: It writes more than once, all or nothing; without it every write stands for itself.
        """
        return CachedUnitOfWork(
            self.answers, user_id, lambda: self.store.unit_of_work(user_id, atomic=atomic), atomic=atomic
        )

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> CachedCatalogueUnitOfWork:
        """A unit of work of the catalogue of vehicles, to be entered once; ``atomic`` as above."""
        return CachedCatalogueUnitOfWork(
            self.answers, lambda: self.store.catalogue_unit_of_work(atomic=atomic), atomic=atomic
        )
