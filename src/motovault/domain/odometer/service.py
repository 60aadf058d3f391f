"""One vehicle's odometer, read out of everything that wrote it down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from motovault.domain.odometer.entities import OdometerReading
from motovault.domain.odometer.readings import CurrentOdometer, current_odometer, distance_between
from motovault.domain.odometer.repository import OdometerRepository
from motovault.domain.user_preferences import UserPreferencesRepository, schema_defaults
from motovault.domain.vehicles import VehicleId, VehicleNotFound, VehicleRepository
from motovault.ports import OpensUnitOfWork, UnitOfWork
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit

__all__ = ["OdometerService", "OdometerUnitOfWork"]


class OdometerUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch."""

    @property
    def vehicles(self) -> VehicleRepository: ...

    @property
    def odometer(self) -> OdometerRepository: ...

    @property
    def user_preferences(self) -> UserPreferencesRepository: ...


class OdometerService:
    """Readings of one user's vehicles; every call is one transaction, or joins the one that is open."""

    def __init__(self, unit_of_work: OpensUnitOfWork[OdometerUnitOfWork]) -> None:
        self._unit_of_work = unit_of_work

    def readings(self, vehicle_id: VehicleId) -> list[OdometerReading]:
        """All readings of a live vehicle, oldest first. Raises VehicleNotFound."""
        return self._read(vehicle_id)[0]

    def current(self, vehicle_id: VehicleId) -> CurrentOdometer:
        """Where the dial stands, in the vehicle's unit, with a finding for each rollback.

        Raises VehicleNotFound.
        """
        readings, unit, local_date = self._read(vehicle_id)
        return current_odometer(readings, unit, local_date)

    def distance(self, vehicle_id: VehicleId, first: date, last: date) -> Distance | None:
        """How far it was driven between two local dates, or None when the readings cannot tell.

        Raises VehicleNotFound, and InvalidValue if ``last`` is before ``first``.
        """
        readings, unit, local_date = self._read(vehicle_id)
        return distance_between(readings, first, last, unit, local_date)

    def _read(
        self, vehicle_id: VehicleId
    ) -> tuple[list[OdometerReading], DistanceUnit, Callable[[datetime], date]]:
        if not isinstance(vehicle_id, UUID):
            raise VehicleNotFound(vehicle_id)
        with self._unit_of_work() as work:
            vehicle = work.vehicles.get(vehicle_id)
            if not vehicle.is_live:
                raise VehicleNotFound(vehicle_id)
            readings = work.odometer.list_for_vehicle(vehicle_id)
            preferences = work.user_preferences.find() or schema_defaults()
        unit = vehicle.distance_unit or preferences.unit_system.distance_unit
        return readings, unit, preferences.local_date
