"""Fuel logs in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Self

from motovault.domain.fuel_logs import FuelLog, FuelLogExists, FuelLogId, FuelLogNotFound
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.storage.memory.ordered import Key, Ordered
from motovault.storage.memory.transactions import Scope
from motovault.storage.memory.vehicles import VehicleRows

__all__ = ["FuelLogRows", "MemoryFuelLogRepository"]

SourceKey = tuple[VehicleId, str, str]


class FuelLogRows:
    """One user's fuel logs by id, in order by vehicle, and by what they were imported as."""

    def __init__(self) -> None:
        self.by_id: dict[FuelLogId, FuelLog] = {}
        self.by_vehicle: defaultdict[VehicleId, Ordered] = defaultdict(Ordered)
        self.id_by_source: dict[SourceKey, FuelLogId] = {}

    def copy(self) -> Self:
        """The same rows, apart."""
        copied = type(self)()
        copied.by_id = self.by_id.copy()
        copied.by_vehicle.update({vehicle_id: keys.copy() for vehicle_id, keys in self.by_vehicle.items()})
        copied.id_by_source = self.id_by_source.copy()
        return copied

    def set(self, log_id: FuelLogId, log: FuelLog | None) -> None:
        """Put a row at this id, or none."""
        if before := self.by_id.pop(log_id, None):
            self.by_vehicle[before.vehicle_id].remove(_key(before))
            if source := _source(before):
                del self.id_by_source[source]
        if log is not None:
            self.by_id[log_id] = log
            self.by_vehicle[log.vehicle_id].add(_key(log))
            if source := _source(log):
                self.id_by_source[source] = log_id

    def add_all(self, logs: Iterable[FuelLog]) -> None:
        """Put many new rows, whose sources are indexed already, at a time linear in their number."""
        keys = _keys_by_vehicle(logs)
        for vehicle_id, of_vehicle in keys.items():
            self.by_vehicle[vehicle_id].add_all(of_vehicle)
        self.by_id.update((log.id, log) for log in logs)

    def remove_all(self, logs: Iterable[FuelLog]) -> None:
        """Undo :meth:`add_all`, sources included."""
        for vehicle_id, of_vehicle in _keys_by_vehicle(logs).items():
            self.by_vehicle[vehicle_id].remove_all(set(of_vehicle))
        for log in logs:
            del self.by_id[log.id]
            if source := _source(log):
                del self.id_by_source[source]


def _key(log: FuelLog) -> Key:
    return log.filled_at, log.id


def _source(log: FuelLog) -> SourceKey | None:
    # as in SQL, where a null clashes with nothing
    if log.source is None or log.source_key is None:
        return None
    return log.vehicle_id, log.source, log.source_key


def _keys_by_vehicle(logs: Iterable[FuelLog]) -> dict[VehicleId, list[Key]]:
    keys: dict[VehicleId, list[Key]] = defaultdict(list)
    for log in logs:
        keys[log.vehicle_id].append(_key(log))
    return keys


class MemoryFuelLogRepository:
    """:class:`motovault.domain.fuel_logs.FuelLogRepository` in memory."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def add(self, log: FuelLog, /) -> None:
        self._refuse_others(log)
        with self._scope.writing(FuelLogRows) as (rows, taken):
            self._live_vehicle(log.vehicle_id)
            if log.id in taken:
                raise FuelLogExists
            _refuse_twice(rows, log)
            taken.add(log.id)
            self._scope.on_undo(partial(taken.discard, log.id))
            self._set(rows, log)

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        # read before the rows are locked: making the logs may take long, or read this store
        given = list(logs)
        for log in given:
            self._refuse_others(log)
        with self._scope.writing(FuelLogRows) as (rows, taken):
            for vehicle_id in {log.vehicle_id for log in given}:
                self._live_vehicle(vehicle_id)
            new: dict[FuelLogId, FuelLog] = {}
            sources: set[SourceKey] = set()
            for log in given:
                source = _source(log)
                if source is not None and (source in rows.id_by_source or source in sources):
                    continue
                if log.id in taken or log.id in new:
                    raise FuelLogExists
                new[log.id] = log
                if source is not None:
                    sources.add(source)
            added = list(new.values())
            rows.id_by_source.update((source, log.id) for log in added if (source := _source(log)))
            rows.add_all(added)
            taken.update(new)
            self._scope.on_undo(partial(rows.remove_all, added))
            self._scope.on_undo(partial(taken.difference_update, new))
        return len(added)

    def get(self, log_id: FuelLogId, /) -> FuelLog:
        with self._scope.reading(FuelLogRows) as rows:
            found = rows.by_id.get(log_id)
        if found is None:
            raise FuelLogNotFound(log_id)
        return found

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        with self._scope.reading(FuelLogRows) as rows:
            if vehicle_id not in rows.by_vehicle:
                return []
            page = rows.by_vehicle[vehicle_id].page(None if after is None else _key(after), limit)
            return [rows.by_id[FuelLogId(log_id)] for _, log_id in page]

    def replace(self, log: FuelLog, /) -> None:
        self._refuse_others(log)
        with self._scope.writing(FuelLogRows) as (rows, _):
            before = rows.by_id.get(log.id)
            if before is None:
                raise FuelLogNotFound(log.id)
            if log.vehicle_id != before.vehicle_id:
                self._live_vehicle(log.vehicle_id)
            _refuse_twice(rows, log)
            self._set(rows, log)

    def remove(self, log_id: FuelLogId, /) -> None:
        with self._scope.writing(FuelLogRows) as (rows, taken):
            before = rows.by_id.get(log_id)
            if before is None:
                raise FuelLogNotFound(log_id)
            self._scope.on_undo(partial(rows.set, log_id, before))
            rows.set(log_id, None)
            taken.discard(log_id)
            self._scope.on_undo(partial(taken.add, log_id))

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        with self._scope.reading(FuelLogRows) as rows:
            return len(rows.by_vehicle[vehicle_id]) if vehicle_id in rows.by_vehicle else 0

    def _set(self, rows: FuelLogRows, log: FuelLog) -> None:
        self._scope.on_undo(partial(rows.set, log.id, rows.by_id.get(log.id)))
        rows.set(log.id, log)

    def _refuse_others(self, log: FuelLog) -> None:
        if log.user_id != self._scope.user_id:
            raise InvalidValue("user_id", log.user_id, "is not the user whose fuel logs these are")

    def _live_vehicle(self, vehicle_id: VehicleId) -> None:
        with self._scope.reading(VehicleRows) as rows:
            vehicle = rows.by_id.get(vehicle_id)
        if vehicle is None or not vehicle.is_live:
            raise VehicleNotFound(vehicle_id)


def _refuse_twice(rows: FuelLogRows, log: FuelLog) -> None:
    source = _source(log)
    if source is not None and rows.id_by_source.get(source, log.id) != log.id:
        raise FuelLogExists("this source key of the vehicle is kept already")
