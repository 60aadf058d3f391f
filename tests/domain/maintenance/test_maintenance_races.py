"""Several at once on one vehicle, in real databases: what is kept at the end is what the logs make of it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import attrs
import pytest

import motovault
from motovault.domain.maintenance import MaintenanceSchedule, advanced
from motovault.domain.vehicles import VehicleId
from motovault.errors import NotFound
from motovault.quantities.units import DistanceUnit
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
OIL: dict[str, Any] = {"category": "routine_maintenance", "subtypes": ["Engine Oil"]}
THREADS = 4


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    """As in conftest, but several threads share it."""
    fixtures = {"sqlite": "sqlite_file", "postgresql": "shared_postgres_url"}
    name = fixtures.get(request.param)
    place = "memory:" if name is None else request.getfixturevalue(name)
    with motovault.open_vault(place, clock=FrozenClock(NOON)) as made:
        yield made


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same moment, each in a thread of its own; an error in one is raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def assert_true(garage: Garage, *cars: VehicleId) -> None:
    """What is kept of each schedule is what its vehicle's logs make of it, worked out from scratch."""
    for car in cars:
        logs = garage.maintenance.list(car)
        for schedule in garage.maintenance.list_schedules(car):
            assert schedule == _from_scratch(schedule, logs)


def _from_scratch(schedule: MaintenanceSchedule, logs: list[Any]) -> MaintenanceSchedule:
    forgotten = attrs.evolve(
        schedule,
        last_service_date=None,
        last_service_odometer=None,
        next_due_date=None,
        next_due_odometer=None,
    )
    return advanced(forgotten, logs, DistanceUnit.MI)


def schedule_of(garage: Garage, car: VehicleId, **details: Any) -> MaintenanceSchedule:
    given = {"interval_months": 6, "interval_distance": 5000, **OIL, **details}
    return garage.maintenance.add_schedule(car, **given)


def on(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_of_two_logs_at_once_both_count(vault: Vault) -> None:
    """On a grid each moves next due: one of them lost would leave it an interval early."""
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 1").id
    for _ in range(5):
        made = schedule_of(garage, car, mode="fixed", last_service_date=on(900), last_service_odometer=1000)
        at_once(
            lambda: garage.maintenance.add(car, **OIL, service_date=on(300), odometer=20_000),
            lambda: garage.maintenance.add(car, **OIL, service_date=on(100), odometer=30_000),
        )
        assert_true(garage, car)
        for log in garage.maintenance.list(car):
            garage.maintenance.remove(log.id)
        garage.maintenance.remove_schedule(made.id)


def test_a_log_that_comes_while_another_goes(vault: Vault) -> None:
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 1").id
    made = schedule_of(garage, car)
    for step in range(8):
        old = garage.maintenance.complete(made.id, service_date=on(200 - step), odometer=10_000 + step).log
        at_once(
            partial(garage.maintenance.remove, old.id),
            partial(garage.maintenance.complete, made.id, service_date=on(100 - step)),
        )
        assert_true(garage, car)
        assert garage.maintenance.get_schedule(made.id).last_service_date == on(100 - step)


def test_a_schedule_that_comes_while_its_log_does(vault: Vault) -> None:
    """Whichever is first, the schedule has seen the log."""
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 1").id
    for step in range(8):
        made, _ = at_once(
            lambda: schedule_of(garage, car),
            partial(garage.maintenance.add, car, **OIL, service_date=on(100 - step)),
        )
        assert garage.maintenance.get_schedule(made.id).last_service_date == on(100 - step)
        assert_true(garage, car)


def test_a_template_applied_twice_at_once_is_there_once(vault: Vault) -> None:
    garage = vault.garage("ana")
    car = garage.vehicles.add(license_plate="AB 1").id
    applied = at_once(*[lambda: garage.maintenance.apply_template(car, "petrol_car")] * THREADS)
    sizes = sorted(len(one.added) for one in applied)
    assert sizes == [0] * (THREADS - 1) + [len(garage.maintenance.list_schedules(car))]


def test_logs_that_change_places_do_not_wait_for_each_other_for_ever(vault: Vault) -> None:
    """Two vehicles, each giving the other a log: locked in one order, whoever begins."""
    garage = vault.garage("ana")
    here, there = (garage.vehicles.add(license_plate=f"AB {n}").id for n in range(2))
    schedules = [schedule_of(garage, here), schedule_of(garage, there)]
    logs = [
        garage.maintenance.complete(one.id, service_date=on(10 * n)).log for n, one in enumerate(schedules)
    ]
    for _ in range(6):
        swapped = [there if log.vehicle_id == here else here for log in logs]
        at_once(
            *(
                partial(garage.maintenance.change, log.id, vehicle_id=car)
                for log, car in zip(logs, swapped, strict=True)
            )
        )
        logs = [garage.maintenance.get(log.id) for log in logs]
        assert_true(garage, here, there)
    assert len({log.vehicle_id for log in logs}) == 2


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_leaves_everything_true(vault: Vault, seed: int) -> None:
    garage = vault.garage("ana")
    cars = [garage.vehicles.add(license_plate=f"AB {n}").id for n in range(2)]
    for car in cars:
        schedule_of(garage, car, last_service_date=on(1000), last_service_odometer=1000)
        schedule_of(garage, car, mode="fixed", interval_months=1, last_service_date=on(1000))

    def one(number: int) -> Callable[[], None]:
        chance = random.Random(seed * 100 + number)

        def work() -> None:
            for _ in range(12):
                car = chance.choice(cars)
                try:
                    _anything(garage, chance, car, cars)
                except NotFound:
                    continue  # another one dropped it a moment ago

        return work

    at_once(*(one(number) for number in range(THREADS)))
    assert sum(garage.maintenance.count(car) for car in cars) > 0
    assert_true(garage, *cars)
    assert garage.maintenance.recompute() == []


def _anything(garage: Garage, chance: random.Random, car: VehicleId, cars: list[VehicleId]) -> None:
    maintenance = garage.maintenance
    logs, schedules = maintenance.list(car), maintenance.list_schedules(car)
    day, odometer = on(chance.randrange(1000)), chance.choice([None, chance.randrange(1000, 90_000)])
    match chance.randrange(7):
        case 0 | 1:
            maintenance.add(car, **OIL, service_date=day, odometer=odometer)
        case 2 if schedules:
            maintenance.complete(chance.choice(schedules).id, service_date=day, odometer=odometer)
        case 3 if logs:
            maintenance.remove(chance.choice(logs).id)
        case 4 if logs:
            maintenance.change(chance.choice(logs).id, service_date=day, vehicle_id=chance.choice(cars))
        case 5 if schedules:
            maintenance.change_schedule(chance.choice(schedules).id, interval_months=chance.randrange(1, 30))
        case 6 if len(schedules) < 5:
            maintenance.add_schedule(car, **OIL, interval_months=3, mode=chance.choice(["fixed", "floating"]))
