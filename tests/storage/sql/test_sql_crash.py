"""Processes: two write at once, one is killed in the middle; nothing is lost, nothing is half there."""

from __future__ import annotations

import subprocess
import sys
import time

from motovault.storage.sql import SqlStore
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, example_fuel_log

_WRITER = """
import sys
from motovault.storage.sql import SqlStore, make_engine
from motovault.testing.examples import ANA, example_fuel_log
store = SqlStore(make_engine(sys.argv[1]))
with store.unit_of_work(ANA) as work:
    (vehicle,) = work.vehicles.list_live()
def logs(count):
    for n in range(count):
        if n == 15_000:
            print("ready", flush=True)
            sys.stdin.readline()
        yield example_fuel_log(vehicle)
"""
_ONE_BY_ONE = """
print("ready", flush=True)
sys.stdin.readline()
for n in range(40):
    with store.unit_of_work(ANA, atomic=n % 2 == 0) as work:
        work.fuel_logs.add(example_fuel_log(vehicle))
        if n % 2 == 0:
            work.fuel_logs.add_many([example_fuel_log(vehicle), example_fuel_log(vehicle)])
"""
_MANY = """
with store.unit_of_work(ANA, atomic=True) as work:
    work.vehicles.replace(vehicle)
    work.fuel_logs.add(example_fuel_log(vehicle))
    work.fuel_logs.add_many(logs(20_000))
"""


def _start(program: str, url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER + program, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_write_at_once_lose_nothing_and_do_not_fail(
    own_store: SqlStore, migrated_url: str
) -> None:
    vehicle = keep_vehicle(own_store)
    processes = [_start(_ONE_BY_ONE, migrated_url) for _ in range(2)]
    answers = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], answers
    with own_store.unit_of_work(ANA) as work:
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == 2 * (20 + 20 * 3)


def test_a_process_killed_in_the_middle_of_a_write_leaves_nothing_of_it(
    own_store: SqlStore, migrated_url: str
) -> None:
    vehicle = keep_vehicle(own_store)
    process = _start(_MANY, migrated_url)
    process.kill()
    process.communicate(timeout=30)
    time.sleep(0.1)
    with own_store.unit_of_work(ANA, atomic=True) as work:
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == 0
        work.fuel_logs.add(example_fuel_log(vehicle))
    with own_store.unit_of_work(ANA) as work:
        assert work.fuel_logs.count_for_vehicle(vehicle.id) == 1
    if own_store.engine.dialect.name == "sqlite":
        with own_store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
