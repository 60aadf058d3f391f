"""What the maintenance service may touch, and how it touches a vehicle's logs and schedules together.

The vehicle's row is read first: in an atomic unit of work that locks it, so
that writers of one vehicle wait for each other, and what they work out from
all logs is true when they keep it. Several vehicles are locked in the order of
their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from motovault.domain.maintenance.entities import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.maintenance.errors import MaintenanceLogNotFound, MaintenanceScheduleNotFound
from motovault.domain.maintenance.planning import Book
from motovault.domain.maintenance.recording import ScheduleChange
from motovault.domain.maintenance.repository import MaintenanceLogRepository, MaintenanceScheduleRepository
from motovault.domain.odometer import OdometerReading, OdometerRepository
from motovault.domain.user_preferences import UserPreferences, UserPreferencesRepository, schema_defaults
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound, VehicleRepository
from motovault.ports import Clock, OpensUnitOfWork, UnitOfWork

__all__ = [
    "Bookkeeping",
    "MaintenanceUnitOfWork",
    "known_log",
    "known_schedule",
    "known_vehicle",
    "live_vehicle",
    "reads_log",
    "reads_schedule",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", MaintenanceLog, MaintenanceSchedule)


class MaintenanceUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch."""

    @property
    def maintenance_logs(self) -> MaintenanceLogRepository: ...

    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository: ...

    @property
    def vehicles(self) -> VehicleRepository: ...

    @property
    def odometer(self) -> OdometerRepository: ...

    @property
    def user_preferences(self) -> UserPreferencesRepository: ...


class OfVehicles(Protocol[T]):
    """A repository of what vehicles have."""

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[T]: ...

    def list_for_garage(self) -> list[T]: ...


@attrs.frozen(kw_only=True)
class Overview(Generic[T_co]):
    """What a report of one vehicle, or of a garage, is made of.

    Attributes:
        vehicles: Live ones, oldest first.
        rows: What was asked for, of all of them.
        readings: Of their odometers.
        owner: What settles units, currency and time zone.
    """

    vehicles: Sequence[Vehicle]
    rows: Sequence[T_co]
    readings: Mapping[VehicleId, Sequence[OdometerReading]]
    owner: UserPreferences


class Bookkeeping:
    """Opens the books of vehicles, and writes down what moved in them."""

    def __init__(self, unit_of_work: OpensUnitOfWork[MaintenanceUnitOfWork], clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock

    def overview(
        self, vehicle_id: VehicleId | None, rows: Callable[[MaintenanceUnitOfWork], OfVehicles[T]]
    ) -> Overview[T]:
        """What a report needs: one query a table, however many vehicles. Raises VehicleNotFound."""
        with self._unit_of_work() as work:
            owner = work.user_preferences.find() or schema_defaults()
            if vehicle_id is None:
                return Overview(
                    vehicles=work.vehicles.list_live(),
                    rows=rows(work).list_for_garage(),
                    readings=work.odometer.list_for_garage(),
                    owner=owner,
                )
            return Overview(
                vehicles=[live_vehicle(work.vehicles, vehicle_id)],
                rows=rows(work).list_for_vehicle(vehicle_id),
                readings={vehicle_id: work.odometer.list_for_vehicle(vehicle_id)},
                owner=owner,
            )

    @contextmanager
    def of_live(self, vehicle_id: VehicleId) -> Iterator[tuple[MaintenanceUnitOfWork, Book]]:
        """A transaction with the book of a vehicle that is not deleted. Raises VehicleNotFound."""
        owner = self._owner()
        with self._unit_of_work(atomic=True) as work:
            yield work, self._book(work, live_vehicle(work.vehicles, vehicle_id), owner)

    @contextmanager
    def of_all(
        self, vehicle_ids: Iterable[VehicleId] | None = None
    ) -> Iterator[tuple[MaintenanceUnitOfWork, dict[VehicleId, Book]]]:
        """A transaction with the books of live vehicles; of the whole garage for None. Or VehicleNotFound."""
        owner = self._owner()
        with self._unit_of_work(atomic=True) as work:
            if vehicle_ids is None:
                vehicle_ids = [vehicle.id for vehicle in work.vehicles.list_live()]
            wanted = {known_vehicle(vehicle_id) for vehicle_id in vehicle_ids}
            yield work, self._books(work, wanted, wanted, owner)

    @contextmanager
    def of_row(
        self, read: Callable[[MaintenanceUnitOfWork], E], also: Iterable[VehicleId] = ()
    ) -> Iterator[tuple[MaintenanceUnitOfWork, E, dict[VehicleId, Book]]]:
        """A transaction about a row that is kept, with the book of its vehicle and those of ``also``.

        Whose it is must be known before: to lock the row first and its vehicle
        then would wait for one who did it the other way round.
        """
        also, owner = set(also), self._owner()
        while True:
            with self._unit_of_work() as work:
                vehicle_id = read(work).vehicle_id
            with self._unit_of_work(atomic=True) as work:
                books = self._books(work, {vehicle_id, *also}, also, owner)
                kept = read(work)
                if kept.vehicle_id in books:
                    yield work, kept, books
                    return
            # it moved to another vehicle in between: once more

    def books(self, work: MaintenanceUnitOfWork, vehicle_ids: Iterable[VehicleId]) -> dict[VehicleId, Book]:
        """The books of live vehicles, in an atomic unit of work that is open already. Or VehicleNotFound."""
        wanted = {known_vehicle(vehicle_id) for vehicle_id in vehicle_ids}
        owner = work.user_preferences.find() or schema_defaults()
        return self._books(work, wanted, wanted, owner)

    def _owner(self) -> UserPreferences:
        """Read before the transaction: in it they would be locked, and so would other vehicles' writers."""
        with self._unit_of_work() as work:
            return work.user_preferences.find() or schema_defaults()

    def _books(
        self,
        work: MaintenanceUnitOfWork,
        vehicle_ids: Iterable[VehicleId],
        live: Collection[VehicleId],
        owner: UserPreferences,
    ) -> dict[VehicleId, Book]:
        """By vehicle id, in which order everybody locks."""
        books = {}
        for vehicle_id in sorted(vehicle_ids):
            vehicle = work.vehicles.get(vehicle_id)
            if vehicle_id in live and not vehicle.is_live:
                raise VehicleNotFound(vehicle_id)
            books[vehicle_id] = self._book(work, vehicle, owner)
        return books

    def _book(self, work: MaintenanceUnitOfWork, vehicle: Vehicle, owner: UserPreferences) -> Book:
        """Logs and schedules of a vehicle whose row was read, and so is locked."""
        now = self._clock.now()
        return Book(
            vehicle=vehicle,
            unit=vehicle.distance_unit or owner.unit_system.distance_unit,
            today=owner.local_date(now),
            now=now,
            schedules=work.maintenance_schedules.list_for_vehicle(vehicle.id),
            logs=work.maintenance_logs.list_for_vehicle(vehicle.id),
        )

    def settle(
        self, work: MaintenanceUnitOfWork, book: Book, logs: Sequence[MaintenanceLog]
    ) -> tuple[ScheduleChange, ...]:
        """Keep every schedule as these logs make it, and say which ones moved."""
        changes = book.moved(logs)
        for change in changes:
            work.maintenance_schedules.replace(change.after)
        return changes


def known_vehicle(vehicle_id: VehicleId) -> VehicleId:
    """The id, or VehicleNotFound."""
    # text that a caller took for an id: databases would differ in what they say
    if not isinstance(vehicle_id, UUID):
        raise VehicleNotFound(vehicle_id)
    return vehicle_id


def known_log(log_id: MaintenanceLogId) -> MaintenanceLogId:
    """The id, or MaintenanceLogNotFound."""
    if not isinstance(log_id, UUID):
        raise MaintenanceLogNotFound(log_id)
    return log_id


def known_schedule(schedule_id: MaintenanceScheduleId) -> MaintenanceScheduleId:
    """The id, or MaintenanceScheduleNotFound."""
    if not isinstance(schedule_id, UUID):
        raise MaintenanceScheduleNotFound(schedule_id)
    return schedule_id


def live_vehicle(vehicles: VehicleRepository, vehicle_id: VehicleId) -> Vehicle:
    """A vehicle that is not deleted, or VehicleNotFound."""
    vehicle = vehicles.get(known_vehicle(vehicle_id))
    if not vehicle.is_live:
        raise VehicleNotFound(vehicle_id)
    return vehicle


def reads_log(log_id: MaintenanceLogId) -> Callable[[MaintenanceUnitOfWork], MaintenanceLog]:
    """What :meth:`Bookkeeping.writing` is about."""
    return lambda work: work.maintenance_logs.get(known_log(log_id))


def reads_schedule(
    schedule_id: MaintenanceScheduleId,
) -> Callable[[MaintenanceUnitOfWork], MaintenanceSchedule]:
    """What :meth:`Bookkeeping.writing` is about."""
    return lambda work: work.maintenance_schedules.get(known_schedule(schedule_id))
