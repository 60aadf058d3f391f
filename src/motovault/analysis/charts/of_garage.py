"""The charts of one user's garage: what is read for each, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from motovault.analysis.charts.costs import cost_chart
from motovault.analysis.charts.economy import economy_chart
from motovault.analysis.charts.fleet import fleet_chart
from motovault.analysis.charts.maintenance import maintenance_chart
from motovault.analysis.charts.odometer import odometer_chart
from motovault.domain.fuel_logs import EconomyReport, FuelLog, fills_from_logs
from motovault.domain.maintenance import MaintenanceCosts, MaintenanceLog, Upcoming
from motovault.domain.odometer import OdometerReading
from motovault.domain.user_preferences import UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleId

if TYPE_CHECKING:
    from altair import LayerChart, VConcatChart

__all__ = ["GarageCharts"]


class _Vehicles(Protocol):
    def get(self, vehicle_id: VehicleId, /) -> Vehicle: ...

    def list(self) -> Sequence[Vehicle]: ...


class _FuelLogs(Protocol):
    def list(self, vehicle_id: VehicleId, /) -> Sequence[FuelLog]: ...

    def economy(self, vehicle_id: VehicleId, /, *, economy_unit: str | None = None) -> EconomyReport: ...


class _Maintenance(Protocol):
    def list(self, vehicle_id: VehicleId, /) -> Sequence[MaintenanceLog]: ...

    def upcoming(self, vehicle_id: VehicleId | None = None, /) -> Upcoming: ...

    def costs(self, vehicle_id: VehicleId | None = None, /) -> MaintenanceCosts: ...


class _Odometer(Protocol):
    def readings(self, vehicle_id: VehicleId, /) -> Sequence[OdometerReading]: ...


class _Preferences(Protocol):
    def peek(self) -> UserPreferences: ...


class ChartedGarage(Protocol):
    """What the charts read; :class:`motovault.garage.Garage` is one."""

    @property
    def vehicles(self) -> _Vehicles: ...

    @property
    def fuel_logs(self) -> _FuelLogs: ...

    @property
    def maintenance(self) -> _Maintenance: ...

    @property
    def odometer(self) -> _Odometer: ...

    @property
    def preferences(self) -> _Preferences: ...

    def transaction(self) -> AbstractContextManager[None]: ...


class GarageCharts:
    """Charts of one user's vehicles; a notebook shows each, ``chart.save("car.html")`` keeps it.

    Each call raises VehicleNotFound of a vehicle that is not a live one of this user, and
    MissingExtra where altair is not installed: ``pip install 'motovault[analysis]'``.
    """

    def __init__(self, garage: ChartedGarage) -> None:
        self._garage = garage

    def economy(
        self, vehicle_id: VehicleId, *, economy_unit: str | None = None, mean_of: int | None = None
    ) -> LayerChart | VConcatChart:
        """Fuel economy over time: :func:`motovault.analysis.charts.economy_chart`.

        Args:
            vehicle_id: A live vehicle of this user.
            economy_unit: For example ``mpg_us`` or ``L/100km``; by default the usual one of the units typed.
            mean_of: How many intervals make a mean.
        """
        report = self._garage.fuel_logs.economy(vehicle_id, economy_unit=economy_unit)
        return economy_chart(report, mean_of=mean_of)

    def cost(self, vehicle_id: VehicleId, *, with_maintenance: bool = True) -> LayerChart | VConcatChart:
        """Cost per distance by month: :func:`motovault.analysis.charts.cost_chart`.

        Args:
            vehicle_id: A live vehicle of this user.
            with_maintenance: Maintenance stands on top of fuel.
        """
        with self._garage.transaction():
            logs = self._garage.fuel_logs.list(vehicle_id)
            vehicle, preferences = self._garage.vehicles.get(vehicle_id), self._garage.preferences.peek()
            work = self._garage.maintenance.costs(vehicle_id) if with_maintenance else None
        unit = vehicle.distance_unit or preferences.unit_system.distance_unit
        fills = fills_from_logs(
            logs,
            distance_unit=unit,
            fuel_unit=preferences.unit_system.fuel_unit,
            currency_code=preferences.currency_code,
            local_date=preferences.local_date,
        )
        return cost_chart(fills, work, unit=unit, title=vehicle.title)

    def odometer(self, vehicle_id: VehicleId, *, ahead_days: int | None = None) -> LayerChart:
        """The odometer, and its forecast: :func:`motovault.analysis.charts.odometer_chart`.

        Args:
            vehicle_id: A live vehicle of this user.
            ahead_days: How far ahead; 0 leaves the forecast out.
        """
        with self._garage.transaction():
            readings = self._garage.odometer.readings(vehicle_id)
            vehicle, preferences = self._garage.vehicles.get(vehicle_id), self._garage.preferences.peek()
            today = self._garage.maintenance.upcoming(vehicle_id).today
        return odometer_chart(
            readings,
            unit=vehicle.distance_unit or preferences.unit_system.distance_unit,
            today=today,
            local_date=preferences.local_date,
            ahead_days=ahead_days,
            title=vehicle.title,
        )

    def maintenance(self, vehicle_id: VehicleId | None = None) -> LayerChart:
        """What was done and what is due: :func:`motovault.analysis.charts.maintenance_chart`.

        Args:
            vehicle_id: A live vehicle of this user; without it all of them.
        """
        with self._garage.transaction():
            upcoming = self._garage.maintenance.upcoming(vehicle_id)
            if vehicle_id is None:
                vehicles = list(self._garage.vehicles.list())
            else:
                vehicles = [self._garage.vehicles.get(vehicle_id)]
            logs = [log for vehicle in vehicles for log in self._garage.maintenance.list(vehicle.id)]
        titles = {vehicle.id: vehicle.title for vehicle in vehicles}
        title = vehicles[0].title if len(vehicles) == 1 else None
        return maintenance_chart(logs, upcoming, titles=titles, title=title)

    def fleet(self, *, economy_unit: str | None = None) -> LayerChart | VConcatChart:
        """The spread of economy of all vehicles: :func:`motovault.analysis.charts.fleet_chart`.

        Args:
            economy_unit: As in :meth:`economy`; one that fits all of them.
        """
        with self._garage.transaction():
            reports = [
                self._garage.fuel_logs.economy(vehicle.id, economy_unit=economy_unit)
                for vehicle in self._garage.vehicles.list()
            ]
        return fleet_chart(reports, title="Fuel economy")
