"""Small files in other applications' formats, written for the purpose, and a store to import into."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from motovault.domain.fuel_logs import FuelLog
from motovault.domain.maintenance import MaintenanceLog, MaintenanceSchedule
from motovault.domain.vehicles import VehicleId
from motovault.importers import ImportOptions, ImportPlan, ImportResult, apply_plan, plan_import
from motovault.ports import UserId
from motovault.storage.memory import MemoryStore
from motovault.system import uuid7

VEHICLE_TITLES = (
    "Name,Description,DistUnit,FuelUnit,ConsumptionUnit,ImportCSVDateFormat,VIN,Insurance,Plate,Make,Model,Year,"
    "TankCount,Tank1Type,Tank2Type,Active,Tank1Capacity,Tank2Capacity,FuelUnitTank2,FuelConsumptionTank2"
)
LOG_TITLES = (
    "Data,Odo (km),Fuel (litres),Full,Price (optional),l/100km (optional),latitude (optional),"
    "longitude (optional),City (optional),Notes (optional),Missed,TankNumber,FuelType,VolumePrice,"
    "StationID (optional),ExcludeDistance,UniqueId,TankCalc"
)
COST_TITLES = (
    "CostTitle,Date,Odo,CostTypeID,Notes,Cost,flag,idR,read,RemindOdo,RemindDate,isTemplate,RepeatOdo,"
    "RepeatMonths,isIncome,UniqueId"
)

GAS_TITLES = "Date,Odometer,FuelConsumed,Cost,FuelEconomy,IsFillToFull,MissedFuelUp,Notes,Tags"
FUELLY_TITLES = (
    "car_name, model, mpg,  odometer, miles, gallons, price, city_percentage, fuelup_date, date_added, tags,"
    " notes, missed_fuelup, partial_fuelup, latitude, longitude"
)

WORK_TITLES = "Date,Description,Cost,Notes,Odometer,Tags"
APP_TITLES = (
    "Type,MPG,Date,Time,Vehicle,Odometer,Filled Up,Price,Gallons,Total Cost,Octane,Gas Brand,Location,Tags,"
    "Payment Type,Tire Pressure,Notes,Services"
)
SERVICES_TITLES = (
    "car_name, model, odometer, price, service_date, date_added, tags, service_type, sub_service_types,"
    " notes, latitude, longitude"
)


def row(titles: str, **cells: object) -> str:
    """One record for these titles; a column is named by the beginning of its title, quoted as Fuelio does."""
    names = [title.strip() for title in titles.split(",")]
    found = dict.fromkeys(names, "")
    for key, value in cells.items():
        exact = [name for name in names if name.casefold() == key.casefold()]
        near = [name for name in names if name.casefold().startswith(key.casefold())]
        title = next(iter(exact + near), None)
        assert title is not None, key
        found[title] = str(value).replace('"', '""')
    return ",".join(f'"{value}"' if value else "" for value in found.values())


def log(**cells: object) -> str:
    """A row of Fuelio's Log section."""
    usual = {
        "data": "2024-05-01 08:00",
        "odo": "1000.0",
        "fuel (": "40.0",
        "full": 1,
        "price": "60.0",
        "missed": 0,
        "tanknumber": 1,
        "fueltype": 110,
        "volumeprice": "1.5",
        "excludedistance": "0.0",
        "tankcalc": "0.0",
    }
    return row(LOG_TITLES, **{**usual, **cells})


def cost(**cells: object) -> str:
    """A row of Fuelio's Costs section."""
    usual = {
        "costtitle": "Oil",
        "date": "2024-06-01 10:00",
        "costtypeid": 1,
        "cost": "90.0",
        "reminddate": "2011-01-01",
    }
    return row(COST_TITLES, **{**usual, **cells})


def fuelio(
    logs: Iterable[str] = (),
    costs: Iterable[str] = (),
    *,
    log_titles: str = LOG_TITLES,
    more: str = "",
    categories: Mapping[int, str] | None = None,
    **vehicle: object,
) -> str:
    """A backup of one vehicle."""
    usual = {
        "name": "Panda",
        "distunit": 0,
        "fuelunit": 0,
        "consumptionunit": 0,
        "importcsv": "yyyy-MM-dd",
        "plate": "GZ 418 KT",
        "tankcount": 1,
        "tank1type": 100,
        "tank2type": 0,
    }
    lines = [
        '"## Vehicle"',
        VEHICLE_TITLES,
        row(VEHICLE_TITLES, **{**usual, **vehicle}),
        '"## Log"',
        log_titles,
        *logs,
    ]
    costs = list(costs)
    if categories:
        lines += ['"## CostCategories"', "CostTypeID,Name,priority,color"]
        lines += [f'"{number}","{name}","0",""' for number, name in categories.items()]
    if costs:
        lines += ['"## Costs"', COST_TITLES, *costs]
    return "\n".join(lines) + "\n" + more


def planned(text: str | bytes, **options: Any) -> ImportPlan:
    """The plan of a file given as text."""
    content = text.encode() if isinstance(text, str) else text
    return plan_import(content, name="file.csv", options=ImportOptions(**options))


def codes(plan: ImportPlan) -> list[str]:
    """Codes of a plan's findings."""
    return [finding.code for finding in plan.findings]


class Clock:
    """Stands still."""

    def now(self) -> datetime:
        return datetime(2026, 11, 1, 12, tzinfo=UTC)


class Owner:
    """One user with a store in memory."""

    def __init__(self, store: MemoryStore | None = None, user: str = "ana") -> None:
        self.user_id = UserId(user)
        self.store = store or MemoryStore()
        self.unit_of_work: Callable[..., Any] = functools.partial(self.store.unit_of_work, self.user_id)

    def apply(self, plan: ImportPlan) -> ImportResult:
        return apply_plan(plan, self.unit_of_work, self.user_id, Clock(), uuid7)

    def take(self, text: str | bytes, **options: Any) -> ImportResult:
        """Plan and apply."""
        return self.apply(planned(text, **options))

    def logs(self, vehicle_id: VehicleId | None = None) -> list[FuelLog]:
        """Kept logs, of one vehicle or of all."""
        with self.unit_of_work() as work:
            ids = [vehicle_id] if vehicle_id else [vehicle.id for vehicle in work.vehicles.list_live()]
            return [log for one in ids for log in work.fuel_logs.list_for_vehicle(one)]

    def works(self) -> list[MaintenanceLog]:
        """Kept maintenance logs of all vehicles."""
        with self.unit_of_work() as work:
            return list(work.maintenance_logs.list_for_garage())

    def schedules(self) -> list[MaintenanceSchedule]:
        """Kept schedules of all vehicles."""
        with self.unit_of_work() as work:
            return list(work.maintenance_schedules.list_for_garage())

    def vehicles(self) -> list[Any]:
        with self.unit_of_work() as work:
            return list(work.vehicles.list_live())
