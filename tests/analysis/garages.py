"""Garages to make frames of, and the stores to keep them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen

import motovault
from motovault.cache import open_cache
from motovault.domain.fuel_logs import FuelLog
from motovault.domain.maintenance import MaintenanceLog
from motovault.domain.user_preferences import UserPreferences, schema_defaults
from motovault.domain.vehicles import Vehicle
from motovault.quantities.context import WIDE
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE
from motovault.storage.memory import MemoryStore
from motovault.storage.sql import SqlStore, make_engine, migrate
from motovault.stores import Repositories, Store
from tests import scratch


@frozen(kw_only=True)
class Kept:
    """What one user has."""

    user_id: Any
    vehicles: Sequence[Vehicle]
    fuel_logs: Sequence[FuelLog] = ()
    maintenance: Sequence[MaintenanceLog] = ()
    preferences: UserPreferences | None = None
    deleted: Sequence[Vehicle] = field(factory=list)


def keep(store: Store, kept: Kept) -> None:
    """Put it in; vehicles that are deleted are so afterwards."""
    import attrs

    with store.unit_of_work(kept.user_id, atomic=True) as work:
        for vehicle in (*kept.vehicles, *kept.deleted):
            work.vehicles.add(vehicle)
        work.fuel_logs.add_many(kept.fuel_logs)
        work.maintenance_logs.add_many(kept.maintenance)
        if kept.preferences is not None:
            work.user_preferences.get_or_add(kept.preferences)
        for vehicle in kept.deleted:
            work.vehicles.replace(attrs.evolve(vehicle, deleted_at=vehicle.created_at))


def expected_fuel_logs(everything: Sequence[Kept], *, exact: bool) -> list[dict[str, Any]]:
    """The frame by plain arithmetic on entities, one value after another."""
    rows = []
    for kept in everything:
        preferences = kept.preferences or schema_defaults()
        by_id = {vehicle.id: vehicle for vehicle in kept.vehicles}
        rows += [
            _expected(log, by_id[log.vehicle_id], preferences, exact)
            for log in kept.fuel_logs
            if log.vehicle_id in by_id
        ]
    return sorted(rows, key=lambda row: (row["vehicle_id"], row["filled_at"], row["id"]))


def _expected(log: FuelLog, vehicle: Vehicle, preferences: UserPreferences, exact: bool) -> dict[str, Any]:
    def number(value: Decimal | None, factor: Decimal = Decimal(1)) -> Any:
        if value is None:
            return None
        product = WIDE.multiply(value, factor)
        return product if exact else float(product)

    unit = str(log.odometer_unit or vehicle.distance_unit or preferences.unit_system.distance_unit)
    burnt = str(
        log.fuel_unit or ("kWh" if log.fuel_type == "electric" else preferences.unit_system.fuel_unit)
    )
    base, factor = DISTANCE_TO_BASE[unit]
    fuel_base, fuel_factor = FUEL_TO_BASE[burnt]
    row: dict[str, Any] = dict.fromkeys(
        (
            *("odometer_km", "trip_distance_km", "excluded_distance_km"),
            *("odometer_h", "trip_h", "excluded_h", "volume_l", "mass_kg", "energy_kwh"),
        )
    )
    names = {
        "km": ("odometer_km", "trip_distance_km", "excluded_distance_km"),
        "h": ("odometer_h", "trip_h", "excluded_h"),
    }[base]
    distances = (log.odometer or None, log.trip_distance or None, log.excluded_distance)
    row |= {name: number(value, factor) for name, value in zip(names, distances, strict=True)}
    row[{"L": "volume_l", "kg": "mass_kg", "kWh": "energy_kwh"}[fuel_base]] = number(
        log.volume or None, fuel_factor
    )
    return row | {
        "user_id": log.user_id,
        "vehicle_id": str(log.vehicle_id),
        "id": str(log.id),
        "filled_at": log.filled_at,
        "local_date": preferences.local_date(log.filled_at),
        "tank": log.tank,
        "fuel_type": None if log.fuel_type is None else str(log.fuel_type),
        "fuel_grade": log.fuel_grade,
        "location": log.location,
        "odometer_unit": unit,
        "fuel_unit": burnt,
        "price_per_unit": number(log.price_per_unit),
        "total_cost": number(log.total_cost),
        "currency_code": log.currency_code or preferences.currency_code,
        "is_full_tank": log.is_full_tank,
        "missed_previous": log.missed_previous,
        "is_towing": log.is_towing,
        "charge_start_percent": number(log.charge_start_percent),
        "charge_end_percent": number(log.charge_end_percent),
        "source": log.source,
    }


class Bare:
    """A store of somebody else: memory's behaviour, and none of the roads that are our own."""

    def __init__(self) -> None:
        self._kept = MemoryStore()

    def unit_of_work(self, user_id: Any, *, atomic: bool = False) -> Repositories:
        return self._kept.unit_of_work(user_id, atomic=atomic)

    def catalogue_unit_of_work(self, *, atomic: bool = False) -> Any:
        return self._kept.catalogue_unit_of_work(atomic=atomic)


STORES = (
    *("memory", "bare", "sqlite", "sqlite in memory", "sqlite, the host's connection"),
    *("postgresql", "postgresql without ADBC", "postgresql, the host's engine"),
    *("postgresql, the host's connection", "postgresql, cached", "memory, cached"),
)


@contextmanager
def opened(kind: str, server: str, template: str) -> Iterator[tuple[Store, motovault.Vault]]:
    """A store of this kind, and the vault on it."""
    with ExitStack() as stack:
        if kind in ("memory", "bare", "memory, cached"):
            store: Any = Bare() if kind == "bare" else MemoryStore()
            yield store, vault_on(store if "cached" not in kind else _cached(store, stack))
            return
        if kind.startswith("sqlite"):
            db_engine = make_engine(":memory:")
            migrate.upgrade(db_engine)
        else:
            url = stack.enter_context(scratch.database(server, template=template))
            if "host" in kind:
                db_engine = sa.create_engine(url, connect_args={"options": "-c timezone=Asia/Kathmandu"})
            else:
                db_engine = make_engine(url)
        stack.callback(db_engine.dispose)
        if "connection" in kind:
            connection = stack.enter_context(db_engine.connect())
            kept = SqlStore(connection=connection)
            yield kept, vault_on(kept)  # nothing is ever committed
            return
        kept = SqlStore(db_engine)
        yield kept, vault_on(_cached(kept, stack) if "cached" in kind else kept)


def _cached(store: Store, stack: ExitStack) -> Store:
    from motovault.cache.opening import behind

    cached, close = behind(store, open_cache("memory:"), None)
    if close is not None:
        stack.callback(close)
    return cached


def vault_on(store: Store) -> motovault.Vault:
    from motovault.system import SystemClock, uuid7

    return motovault.Vault(store, SystemClock(), uuid7, "test")


def day_of(moment: datetime) -> date:
    return moment.date()
