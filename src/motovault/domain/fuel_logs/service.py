"""Adding, finding and changing one user's fuel logs, and what they say about a vehicle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Protocol, TypedDict, Unpack
from uuid import UUID

import attrs

from motovault.domain.fuel_logs.economy import economy_of_strands
from motovault.domain.fuel_logs.entities import FuelLog, FuelLogId
from motovault.domain.fuel_logs.errors import FuelLogNotFound, NothingDriven
from motovault.domain.fuel_logs.fills import Fill, fills_from_logs
from motovault.domain.fuel_logs.grades import check_grade
from motovault.domain.fuel_logs.history import Strand, strands_of_logs
from motovault.domain.fuel_logs.plausibility import plausibility_findings
from motovault.domain.fuel_logs.report import EconomyReport
from motovault.domain.fuel_logs.repository import FuelLogRepository
from motovault.domain.fuel_logs.statistics import FuelStatistics, fuel_statistics
from motovault.domain.user_preferences import UserPreferences, UserPreferencesRepository, schema_defaults
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound, VehicleRepository
from motovault.errors import InvalidValue
from motovault.findings import Finding
from motovault.ports import Clock, NewId, OpensUnitOfWork, UnitOfWork, UserId
from motovault.quantities.context import EXACT, round_half_up, to_decimal

__all__ = ["FuelLogDetails", "FuelLogService", "FuelLogUnitOfWork"]

Number = Decimal | int | str


class FuelLogUnitOfWork(UnitOfWork, Protocol):
    """What this service may touch."""

    @property
    def fuel_logs(self) -> FuelLogRepository: ...

    @property
    def vehicles(self) -> VehicleRepository: ...

    @property
    def user_preferences(self) -> UserPreferencesRepository: ...


class FuelLogDetails(TypedDict, total=False):
    """What a fuel log says; see :class:`FuelLog` for the meaning and the unit of each."""

    odometer: Number | None
    trip_distance: Number | None
    fuel_type: str | None
    fuel_grade: str | None
    volume: Number | None
    price_per_unit: Number | None
    total_cost: Number | None
    location: str | None
    notes: str | None
    odometer_unit: str | None
    fuel_unit: str | None
    is_full_tank: bool
    missed_previous: bool
    tank: int
    is_towing: bool
    excluded_distance: Number | None
    currency_code: str | None
    charge_start_percent: Number | None
    charge_end_percent: Number | None
    source: str | None
    source_key: str | None


class FuelLogChanges(FuelLogDetails, total=False):
    """What can be changed of a fuel log."""

    filled_at: datetime


class FuelLogService:
    """One user's fuel logs; every call is one transaction, or joins the one that is open."""

    def __init__(
        self,
        user_id: UserId,
        unit_of_work: OpensUnitOfWork[FuelLogUnitOfWork],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        self._user_id = user_id
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._new_id = new_id

    def add(
        self, vehicle_id: VehicleId, *, filled_at: datetime, **details: Unpack[FuelLogDetails]
    ) -> FuelLog:
        """Keep a new fuel log.

        Units that are not given are those of the owner's unit system when they
        are read; what was typed is kept. The total is volume times price,
        2 decimals, half up, unless it is given.

        Args:
            vehicle_id: A live vehicle of this user.
            filled_at: When, aware.
            **details: Odometer, volume, price and the rest; numbers as Decimal, int or text.

        Raises:
            InvalidValue: A value breaks its rule.
            NothingDriven: Neither odometer nor trip distance is above 0.
            VehicleNotFound: No such live vehicle.
            FuelLogExists: The vehicle has this source key already.
        """
        _refuse_unknown(details, FuelLogDetails)
        now = self._clock.now()
        log = FuelLog(
            id=FuelLogId(self._new_id()),
            user_id=self._user_id,
            vehicle_id=_vehicle(vehicle_id),
            filled_at=filled_at,
            created_at=now,
            updated_at=now,
            **_with_total(details),
        )
        _check_driven(log)
        check_grade(log.fuel_type, log.fuel_grade)
        with self._unit_of_work() as work:
            work.fuel_logs.add(log)
        return log

    def add_many(self, logs: Iterable[FuelLog]) -> int:
        """Keep many logs at once, all or nothing, and say how many were new.

        A log whose (vehicle, source, source key) is kept already is left out.
        For imports and migrations: a log may have neither odometer nor trip distance.
        """
        with self._unit_of_work(atomic=True) as work:
            return work.fuel_logs.add_many(logs)

    def get(self, log_id: FuelLogId) -> FuelLog:
        """The log with this id. Raises FuelLogNotFound."""
        with self._unit_of_work() as work:
            return work.fuel_logs.get(_log(log_id))

    def list(
        self, vehicle_id: VehicleId, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        """The logs of a vehicle, oldest first; those behind ``after``, at most ``limit`` of them.

        Raises:
            VehicleNotFound: No such live vehicle.
        """
        if limit is not None and limit < 1:
            raise InvalidValue("limit", limit, "must be at least 1")
        with self._unit_of_work() as work:
            _live(work.vehicles, vehicle_id)
            return work.fuel_logs.list_for_vehicle(_vehicle(vehicle_id), after=after, limit=limit)

    def count(self, vehicle_id: VehicleId) -> int:
        """How many logs a vehicle has."""
        with self._unit_of_work() as work:
            return work.fuel_logs.count_for_vehicle(_vehicle(vehicle_id))

    def change(self, log_id: FuelLogId, **changes: Unpack[FuelLogChanges]) -> FuelLog:
        """Change what is given, keep the rest; None empties a field.

        A change of volume or price without a new total computes the total anew, if both are known.
        Raises as :meth:`add` of what is changed, and FuelLogNotFound.
        """
        _refuse_unknown(changes, FuelLogChanges)
        with self._unit_of_work(atomic=True) as work:
            kept = work.fuel_logs.get(_log(log_id))
            new: dict[str, object] = dict(changes)
            if "total_cost" not in changes and {"volume", "price_per_unit"} & set(changes):
                volume = changes.get("volume", kept.volume)
                price = changes.get("price_per_unit", kept.price_per_unit)
                total = _total(volume, price)
                if total is not None:  # what was paid stays known where one of the two is not
                    new["total_cost"] = total
            changed = attrs.evolve(kept, **new, updated_at=self._clock.now())  # type: ignore[arg-type]
            # an imported log may break a rule of entry; its owner can still correct another field
            if {"odometer", "trip_distance"} & set(changes):
                _check_driven(changed)
            if {"fuel_type", "fuel_grade"} & set(changes):
                check_grade(changed.fuel_type, changed.fuel_grade)
            work.fuel_logs.replace(changed)
        return changed

    def remove(self, log_id: FuelLogId) -> None:
        """Drop a log for good. Raises FuelLogNotFound."""
        with self._unit_of_work() as work:
            work.fuel_logs.remove(_log(log_id))

    def economy(
        self,
        vehicle_id: VehicleId,
        *,
        economy_unit: str | None = None,
        battery_capacity_kwh: Number | None = None,
        tank_capacity: Mapping[int | str, Decimal] | None = None,
    ) -> EconomyReport:
        """How far the vehicle goes on its fuel: intervals, averages, findings.

        Args:
            vehicle_id: A live vehicle of this user.
            economy_unit: For example ``mpg_us`` or ``L/100km``; by default the usual one of the units typed.
            battery_capacity_kwh: Of an electric vehicle, if known.
            tank_capacity: By tank number, in the unit of its fuel.

        Raises:
            VehicleNotFound: No such live vehicle.
            InvalidValue: A unit is none, or a capacity is not above 0.
        """
        return _report(self._read(vehicle_id), economy_unit, battery_capacity_kwh, tank_capacity)

    def statistics(self, vehicle_id: VehicleId, *, economy_unit: str | None = None) -> FuelStatistics:
        """What the vehicle's logs add up to. Raises as :meth:`economy`."""
        history = self._read(vehicle_id)
        return fuel_statistics(
            history.logs,
            history.fills(),
            _report(history, economy_unit, None, None),
            distance_unit=history.distance_unit,
            local_date=history.preferences.local_date,
        )

    def _read(self, vehicle_id: VehicleId) -> _History:
        with self._unit_of_work() as work:
            vehicle = _live(work.vehicles, vehicle_id)
            logs = work.fuel_logs.list_for_vehicle(vehicle_id)
            preferences = work.user_preferences.find() or schema_defaults()
        return _History(vehicle, logs, preferences)


@attrs.frozen
class _History:
    """One vehicle's logs, and what settles their units."""

    vehicle: Vehicle
    logs: list[FuelLog]
    preferences: UserPreferences

    @property
    def distance_unit(self) -> str:
        return self.vehicle.distance_unit or self.preferences.unit_system.distance_unit

    def fills(self) -> list[Fill]:
        return fills_from_logs(self.logs, **self._settled())

    def strands(self) -> list[Strand]:
        return strands_of_logs(self.logs, **self._settled())

    def _settled(self) -> dict[str, Any]:
        return {
            "distance_unit": self.distance_unit,
            "fuel_unit": self.preferences.unit_system.fuel_unit,
            "currency_code": self.preferences.currency_code,
            "local_date": self.preferences.local_date,
        }


def _report(
    history: _History,
    economy_unit: str | None,
    battery_capacity_kwh: Number | None,
    tank_capacity: Mapping[int | str, Decimal] | None,
) -> EconomyReport:
    battery = None
    if battery_capacity_kwh is not None:
        battery = to_decimal(battery_capacity_kwh, "battery_capacity_kwh")
        if battery <= 0:
            raise InvalidValue("battery_capacity_kwh", battery_capacity_kwh, "must be above 0")
    if tank_capacity is not None and not isinstance(tank_capacity, Mapping):
        rule = "must be a mapping of tank number to size, such as {1: 50}"
        raise InvalidValue("tank_capacity", tank_capacity, rule)
    capacities = {tank: to_decimal(size, "tank_capacity") for tank, size in (tank_capacity or {}).items()}
    for size in capacities.values():
        if size <= 0:
            raise InvalidValue("tank_capacity", size, "must be above 0")
    report = economy_of_strands(
        history.strands(),
        economy_unit=economy_unit,
        distance_unit=history.vehicle.distance_unit,
        battery_capacity_kwh=battery,
        tank_capacity=capacities,
    )
    return attrs.evolve(report, findings=partial(_findings, history, capacities), title=history.vehicle.title)


def _findings(
    history: _History, capacities: Mapping[int | str, Decimal], report: EconomyReport
) -> tuple[Finding, ...]:
    return plausibility_findings(history.fills(), report, capacities)


def _vehicle(vehicle_id: VehicleId) -> VehicleId:
    # text that a caller took for an id: databases would differ in what they say
    if not isinstance(vehicle_id, UUID):
        raise VehicleNotFound(vehicle_id)
    return vehicle_id


def _log(log_id: FuelLogId) -> FuelLogId:
    if not isinstance(log_id, UUID):
        raise FuelLogNotFound(log_id)
    return log_id


def _live(vehicles: VehicleRepository, vehicle_id: VehicleId) -> Vehicle:
    vehicle = vehicles.get(_vehicle(vehicle_id))
    if not vehicle.is_live:
        raise VehicleNotFound(vehicle_id)
    return vehicle


def _refuse_unknown(given: object, shape: type) -> None:
    for name in set(given) - set(shape.__annotations__):  # type: ignore[call-overload]
        raise InvalidValue(name, given[name], "is no field of a fuel log that can be set")  # type: ignore[index]


def _check_driven(log: FuelLog) -> None:
    if not (log.odometer or log.trip_distance):
        raise NothingDriven


def _with_total(details: FuelLogDetails) -> dict[str, Any]:
    known: dict[str, Any] = {**details}
    if known.get("total_cost") is None:
        known["total_cost"] = _total(details.get("volume"), details.get("price_per_unit"))
    return known


def _total(volume: Number | None, price: Number | None) -> Decimal | None:
    """Volume times price, 2 decimals, half up: 12.5 x 3.299 is 41.24."""
    if volume is None or price is None:
        return None
    return round_half_up(EXACT.multiply(to_decimal(volume, "volume"), to_decimal(price, "price_per_unit")), 2)
