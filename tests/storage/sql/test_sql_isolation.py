"""Nobody sees or changes another's rows, whatever method is tried, and the database itself bears it out."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from motovault.domain.fuel_logs import FuelLog
from motovault.domain.user_preferences import UserPreferences
from motovault.domain.vehicles import Vehicle
from motovault.errors import InvalidValue, MotovaultError
from motovault.storage.sql import SqlStore, SqlUnitOfWork
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_preferences, example_vehicle

Theirs = tuple[Vehicle, FuelLog, UserPreferences]


@pytest.fixture
def theirs(store: SqlStore) -> Theirs:
    vehicle = example_vehicle(BOB, vin="1M8GDM9AXKP042788", odometer_reading=5)
    log, preferences = example_fuel_log(vehicle, source="a", source_key="1"), example_preferences(BOB)
    with store.unit_of_work(BOB, atomic=True) as work:
        work.vehicles.add(vehicle)
        work.vehicles.add(example_vehicle(BOB, is_active=False))
        work.fuel_logs.add(log)
        work.user_preferences.get_or_add(preferences)
    return vehicle, log, preferences


def _everything(store: SqlStore) -> list[list[tuple[object, ...]]]:
    with store.engine.connect() as connection:
        return [
            [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id")]
            for table in ("vehicles", "fuel_logs", "user_preferences")
        ]


READS: dict[str, Callable[[SqlUnitOfWork, Theirs], object]] = {
    "vehicles.get": lambda work, t: work.vehicles.get(t[0].id),
    "vehicles.find_by_vin": lambda work, t: work.vehicles.find_by_vin(t[0].vin or ""),
    "vehicles.list_live": lambda work, t: work.vehicles.list_live(),
    "vehicles.list_live limit": lambda work, t: work.vehicles.list_live(limit=9),
    "vehicles.list_live after": lambda work, t: work.vehicles.list_live(
        after=example_vehicle(created_at=_LONG_AGO)
    ),
    "vehicles.list_live page": lambda work, t: work.vehicles.list_live(
        after=example_vehicle(created_at=_LONG_AGO), limit=9
    ),
    "vehicles.list_deleted": lambda work, t: work.vehicles.list_deleted(),
    "vehicles.count_live": lambda work, t: work.vehicles.count_live(),
    "fuel_logs.get": lambda work, t: work.fuel_logs.get(t[1].id),
    "fuel_logs.list": lambda work, t: work.fuel_logs.list_for_vehicle(t[0].id),
    "fuel_logs.list limit": lambda work, t: work.fuel_logs.list_for_vehicle(t[0].id, limit=9),
    "fuel_logs.list after": lambda work, t: work.fuel_logs.list_for_vehicle(t[0].id, after=_earlier(t[1])),
    "fuel_logs.list page": lambda work, t: work.fuel_logs.list_for_vehicle(
        t[0].id, after=_earlier(t[1]), limit=9
    ),
    "fuel_logs.count": lambda work, t: work.fuel_logs.count_for_vehicle(t[0].id),
    "odometer.list": lambda work, t: work.odometer.list_for_vehicle(t[0].id),
    "user_preferences.find": lambda work, t: work.user_preferences.find(),
}
_LONG_AGO = example_vehicle().created_at.replace(year=1990)


def _earlier(log: FuelLog) -> FuelLog:
    return attrs.evolve(log, filled_at=_LONG_AGO)


WRITES: dict[str, Callable[[SqlUnitOfWork, Theirs], object]] = {
    "vehicles.add same id": lambda work, t: work.vehicles.add(attrs.evolve(t[0], user_id=ANA)),
    "vehicles.add for them": lambda work, t: work.vehicles.add(example_vehicle(BOB)),
    "vehicles.replace theirs": lambda work, t: work.vehicles.replace(t[0]),
    "vehicles.replace as mine": lambda work, t: work.vehicles.replace(
        attrs.evolve(t[0], user_id=ANA, color="red")
    ),
    "fuel_logs.add same id": lambda work, t: work.fuel_logs.add(attrs.evolve(t[1], user_id=ANA)),
    "fuel_logs.add at theirs": lambda work, t: work.fuel_logs.add(example_fuel_log(t[0], user_id=ANA)),
    "fuel_logs.add for them": lambda work, t: work.fuel_logs.add(example_fuel_log(t[0])),
    "fuel_logs.add_many at theirs": lambda work, t: work.fuel_logs.add_many(
        [example_fuel_log(t[0], user_id=ANA) for _ in range(300)]
    ),
    "fuel_logs.add_many for them": lambda work, t: work.fuel_logs.add_many([example_fuel_log(t[0])]),
    "fuel_logs.replace theirs": lambda work, t: work.fuel_logs.replace(t[1]),
    "fuel_logs.replace as mine": lambda work, t: work.fuel_logs.replace(attrs.evolve(t[1], user_id=ANA)),
    "fuel_logs.remove": lambda work, t: work.fuel_logs.remove(t[1].id),
    "user_preferences.get_or_add for them": lambda work, t: work.user_preferences.get_or_add(t[2]),
    "user_preferences.get_or_add same id": lambda work, t: work.user_preferences.get_or_add(
        attrs.evolve(t[2], user_id=ANA)
    ),
    "user_preferences.replace theirs": lambda work, t: work.user_preferences.replace(t[2]),
    "user_preferences.replace as mine": lambda work, t: work.user_preferences.replace(
        attrs.evolve(t[2], user_id=ANA, currency_code="EUR")
    ),
}


@pytest.mark.parametrize("name", READS)
def test_no_method_shows_another_users_rows(store: SqlStore, theirs: Theirs, name: str) -> None:
    with store.unit_of_work(BOB) as work:
        assert READS[name](work, theirs), "the owner sees something, so that nothing is an answer"
    with store.unit_of_work(ANA) as work:
        try:
            found = READS[name](work, theirs)
        except MotovaultError:
            found = None
    assert not found


@pytest.mark.parametrize("atomic", [False, True])
@pytest.mark.parametrize("name", WRITES)
def test_no_method_changes_another_users_rows(
    store: SqlStore, theirs: Theirs, name: str, atomic: bool
) -> None:
    before = _everything(store)
    with pytest.raises(MotovaultError), store.unit_of_work(ANA, atomic=atomic) as work:
        WRITES[name](work, theirs)
    assert _everything(store) == before


def test_a_log_is_not_moved_to_another_users_vehicle(store: SqlStore, theirs: Theirs) -> None:
    mine = example_vehicle()
    log = example_fuel_log(mine)
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(mine)
        work.fuel_logs.add(log)
    before = _everything(store)
    for moved in (attrs.evolve(log, vehicle_id=theirs[0].id), attrs.evolve(log, user_id=BOB)):
        with pytest.raises((MotovaultError, InvalidValue)), store.unit_of_work(ANA) as work:
            work.fuel_logs.replace(moved)
    assert _everything(store) == before
