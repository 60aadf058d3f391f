"""The example of a store from outside keeps every contract, and what it writes outlives a crash."""

from __future__ import annotations

import ast
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings

from motovault.domain.vehicles import VehicleId
from motovault.errors import StorageFailure
from motovault.ports import UserId
from motovault.storage.memory import MemoryStore
from motovault.stores import Store
from motovault.testing.contracts import (
    CatalogueRepositoryContract,
    FuelLogRepositoryContract,
    MaintenanceLogRepositoryContract,
    MaintenanceScheduleRepositoryContract,
    OdometerRepositoryContract,
    UnitOfWorkContract,
    UserPreferencesRepositoryContract,
    VehicleRepositoryContract,
)
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_vehicle
from motovault.testing.lockstep import run_lockstep

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FILES = sorted((EXAMPLES / "json_store").glob("*.py"))

pytestmark = [
    pytest.mark.examples,
    pytest.mark.skipif(os.name == "nt", reason="the example locks as POSIX does, and says so"),
]


@pytest.fixture(scope="module")
def json_store() -> Iterator[Any]:
    """The example's package, found where a reader has it."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        yield importlib.import_module("json_store")
    finally:
        sys.path.remove(str(EXAMPLES))


class Brings:
    @pytest.fixture
    def store(self, json_store: Any, tmp_path: Path) -> Store:
        made: Store = json_store.JsonStore(tmp_path / "store")
        return made


class TestJsonVehicles(Brings, VehicleRepositoryContract): ...


class TestJsonFuelLogs(Brings, FuelLogRepositoryContract): ...


class TestJsonMaintenanceLogs(Brings, MaintenanceLogRepositoryContract): ...


class TestJsonMaintenanceSchedules(Brings, MaintenanceScheduleRepositoryContract): ...


class TestJsonUserPreferences(Brings, UserPreferencesRepositoryContract): ...


class TestJsonOdometer(Brings, OdometerRepositoryContract): ...


class TestJsonCatalogue(Brings, CatalogueRepositoryContract): ...


class TestJsonUnitsOfWork(Brings, UnitOfWorkContract): ...


def test_it_keeps_every_contract_that_there_is() -> None:
    """A contract that is new one day is not forgotten here."""
    from motovault.testing import contracts

    kept = {base.__name__ for kind in Brings.__subclasses__() for base in kind.__bases__} - {"Brings"}
    assert kept == set(contracts.__all__)


_default = settings()
_runs = settings(
    max_examples=max(10, _default.max_examples // 4),
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)


def test_it_agrees_with_memory(json_store: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    run_lockstep(MemoryStore, lambda: json_store.JsonStore(tmp_path_factory.mktemp("store")), settings=_runs)


# ------------------------------------------------------------------ what a disk may go through

_WRITER = """
import sys
sys.path.insert(0, {examples!r})
from pathlib import Path
from uuid import UUID
from json_store import JsonStore
from motovault.testing.examples import ANA, example_fuel_log, example_vehicle

store, car = JsonStore(Path({folder!r})), example_vehicle(id=UUID(int=1))
"""
_PAIRS = """
for n in range({begin}, {begin} + 1000):
    with store.unit_of_work(ANA, atomic=True) as work:
        for half in "ab":
            work.fuel_logs.add(example_fuel_log(car, source=half, source_key=str(n), notes="x" * 20_000))
    print(n, flush=True)
"""
_COUNT = """
import attrs
for n in range(40):
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(example_fuel_log(car, source={name!r}, source_key=str(n)))
    with store.unit_of_work(ANA, atomic=True) as work:
        kept = work.vehicles.get(car.id)
        work.vehicles.replace(attrs.evolve(kept, odometer_reading=kept.odometer_reading + 1))
"""


def _start(folder: Path, program: str, **values: object) -> subprocess.Popen[str]:
    source = (_WRITER + program).format(examples=str(EXAMPLES), folder=str(folder), **values)
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)


def _keep_car(store: Store) -> None:
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(example_vehicle(id=UUID(int=1)))


def _kept_pairs(store: Store) -> dict[str | None, str]:
    """Of each number, which halves are kept."""
    halves: dict[str | None, str] = {}
    with store.unit_of_work(ANA) as work:
        for log in work.fuel_logs.list_for_vehicle(VehicleId(UUID(int=1))):
            halves[log.source_key] = "".join(sorted(halves.get(log.source_key, "") + (log.source or "")))
    return halves


@pytest.mark.slow
def test_killed_while_it_writes_it_leaves_whole_data(json_store: Any, tmp_path: Path) -> None:
    """Whatever was said to be kept is there, and of what was not, both halves or none."""
    store = json_store.JsonStore(tmp_path)
    _keep_car(store)
    said = 0
    for round_ in range(8):
        with _start(tmp_path, _PAIRS, begin=1000 * round_) as writer:
            assert writer.stdout is not None
            numbers = [int(writer.stdout.readline()) for _ in range(3)]
            time.sleep(0.003 * round_)  # somewhere else within a write each time
            writer.kill()
            numbers += [int(line) for line in writer.stdout.read().split()]
        assert writer.returncode == -signal.SIGKILL
        halves = _kept_pairs(store)
        said += len(numbers)
        assert set(halves.values()) == {"ab"}
        assert {str(number) for number in numbers} <= halves.keys()
        assert said <= len(halves) <= said + round_ + 1
    # and the lock of the dead holds nobody up
    with store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())


def test_two_processes_that_write_at_once_lose_nothing(json_store: Any, tmp_path: Path) -> None:
    store = json_store.JsonStore(tmp_path)
    _keep_car(store)
    with _start(tmp_path, _COUNT, name="a") as first, _start(tmp_path, _COUNT, name="b") as second:
        assert [writer.wait(120) for writer in (first, second)] == [0, 0]
    assert _kept_pairs(store) == {str(n): "ab" for n in range(40)}
    with store.unit_of_work(ANA) as work:
        (car,) = work.vehicles.list_live()
    assert car.odometer_reading == 80


@pytest.mark.parametrize("text", ['{"users": {"a', "[]", "", "\x00\x01"])
def test_a_file_that_is_not_its_own_is_refused_and_left_alone(
    json_store: Any, tmp_path: Path, text: str
) -> None:
    (tmp_path / "garages.json").write_text(text)
    store = json_store.JsonStore(tmp_path)
    with pytest.raises(StorageFailure, match=r"garages\.json"), store.unit_of_work(ANA) as work:
        work.vehicles.list_live()
    with pytest.raises(StorageFailure), store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())
    assert (tmp_path / "garages.json").read_text() == text


def test_a_row_that_is_not_its_own_is_refused(json_store: Any, tmp_path: Path) -> None:
    row = '{"id": "00000000-0000-0000-0000-000000000001", "is_active": true, "created_at": "soon"}'
    (tmp_path / "garages.json").write_text(f'{{"users": {{"{ANA}": {{"vehicles": {{"1": {row}}}}}}}}}')
    store = json_store.JsonStore(tmp_path)
    with pytest.raises(StorageFailure, match="a row of vehicles"), store.unit_of_work(ANA) as work:
        work.vehicles.list_live()


def test_a_write_that_fails_changes_nothing(json_store: Any, tmp_path: Path) -> None:
    """A folder in the place of the new file: the system refuses to write, as with a full disk."""
    store = json_store.JsonStore(tmp_path)
    _keep_car(store)
    (tmp_path / "garages.new").mkdir()
    with pytest.raises(StorageFailure, match="cannot be written"):
        _keep_another(store)
    assert _count(store) == 1
    (tmp_path / "garages.new").rmdir()
    _keep_another(store)
    assert _count(store) == 2


def _keep_another(store: Store) -> None:
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(example_vehicle())


def _count(store: Store) -> int:
    with store.unit_of_work(ANA) as work:
        return work.vehicles.count_live()


def test_a_thread_that_would_wait_for_itself_is_told_so(json_store: Any, tmp_path: Path) -> None:
    store = json_store.JsonStore(tmp_path)
    with store.unit_of_work(ANA, atomic=True) as work:
        with pytest.raises(StorageFailure, match="join it"), store.unit_of_work(BOB) as other:
            other.vehicles.add(example_vehicle(BOB))
        work.vehicles.add(example_vehicle())
    with store.unit_of_work(BOB) as work:
        work.vehicles.add(example_vehicle(BOB))


def test_a_unit_of_work_that_was_left_is_closed(json_store: Any, tmp_path: Path) -> None:
    store = json_store.JsonStore(tmp_path)
    with store.unit_of_work(ANA, atomic=True) as work:
        pass
    with pytest.raises(StorageFailure, match="not open"):
        work.vehicles.list_live()


def test_what_lies_on_the_disk_is_exact_and_can_be_read_by_people(json_store: Any, tmp_path: Path) -> None:
    store = json_store.JsonStore(tmp_path)
    with store.unit_of_work(UserId("zoë"), atomic=True) as work:
        car = example_vehicle(UserId("zoë"), nickname="Ж🚗")
        work.vehicles.add(car)
        work.fuel_logs.add(example_fuel_log(car, volume="0.1", total_cost="0.30"))
    text = (tmp_path / "garages.json").read_text(encoding="utf-8")
    for said in ('"zoë"', '"Ж🚗"', '"0.100"', '"0.30"', '"2026-01-01T12:00:00+00:00"'):
        assert said in text


# -------------------------------------------------------------------------- from outside


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            yield from ((name.name, "") for name in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_uses_public_names_only_and_no_other_store(path: Path) -> None:
    for module, name in _imports(path):
        if module.partition(".")[0] != "motovault":
            assert module.partition(".")[0] in {*sys.stdlib_module_names, "attrs", "json_store"}
            continue
        assert not module.startswith("motovault.storage")
        assert name in importlib.import_module(module).__all__, (module, name)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 200
