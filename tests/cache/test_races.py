"""What may happen between a read and a write of the same thing, in every order; and stampedes."""

# ruff: noqa: PT012 - a unit of work that is left by an error is what some of these tests are about

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import motovault
from motovault.cache import Answers, CachedStore, LocalCache, keys, open_cache
from motovault.cache.values import PlainKind
from motovault.errors import StorageFailure
from motovault.storage.memory import MemoryStore
from motovault.testing.contracts.base import at_once
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_vehicle
from tests.cache.stores import await_true, listening

TEXTS: PlainKind[str] = PlainKind("texts", 1, 60, str)
KINDS = ["memory", "far", "near and far"]


@pytest.fixture(params=KINDS)
def answers(request: pytest.FixtureRequest) -> Iterator[Answers]:
    if request.param == "memory":
        yield Answers(near=LocalCache())
        return
    url, prefix = request.getfixturevalue("redis_url"), request.getfixturevalue("redis_prefix")
    near = 1.0 if request.param == "near and far" else None
    made = open_cache(url, prefix=prefix, near_seconds=near, timeout_seconds=2)
    yield listening(made)
    made.close()


def test_what_was_read_before_a_write_is_not_kept_after_it(answers: Answers) -> None:
    def load() -> str:
        answers.drop("key")  # somebody writes, commits and drops while this one still reads
        return "old"

    assert answers.answer("key", TEXTS, load) == "old"
    assert answers.answer("key", TEXTS, lambda: "new") == "new"
    assert answers.answer("key", TEXTS, lambda: "newer") == "new"


def test_what_was_read_before_everything_was_forgotten_is_not_kept(answers: Answers) -> None:
    def load() -> str:
        answers.drop_all()
        return "old"

    answers.answer("key", TEXTS, load)
    assert answers.answer("key", TEXTS, lambda: "new") == "new"


def test_one_who_asks_after_a_write_is_not_given_what_was_read_before_it(answers: Answers) -> None:
    """He finds somebody working it out, waits, and must not take that answer."""
    reading, written = threading.Event(), threading.Event()

    def slow_load() -> str:
        reading.set()
        assert written.wait(10)
        time.sleep(0.05)  # until the other waits
        return "old"

    first: list[str] = []
    thread = threading.Thread(target=lambda: first.append(answers.answer("key", TEXTS, slow_load)))
    thread.start()
    assert reading.wait(10)
    answers.drop("key")
    written.set()
    assert answers.answer("key", TEXTS, lambda: "new") == "new"
    thread.join(10)
    assert first == ["old"]
    assert answers.answer("key", TEXTS, lambda: "newest") in ("new", "newest")


def test_an_error_of_the_question_is_the_askers_and_is_not_kept(answers: Answers) -> None:
    def fail() -> str:
        raise LookupError("the database")

    with pytest.raises(LookupError):
        answers.answer("key", TEXTS, fail)
    assert answers.answer("key", TEXTS, lambda: "fine") == "fine"


def test_two_hundred_threads_ask_once(answers: Answers) -> None:
    loads: list[int] = []

    def load() -> str:
        loads.append(1)
        time.sleep(0.2)
        return "answer"

    assert at_once([lambda: answers.answer("cold", TEXTS, load)] * 200) == ["answer"] * 200
    assert len(loads) == 1


PROGRAM = """
import json, sys, time
from motovault.cache import open_cache
from motovault.cache.values import PlainKind
from motovault.testing.contracts.base import at_once
url, prefix, threads = sys.argv[1:]
answers = open_cache(url, prefix=prefix, timeout_seconds=2)
loads = []
def load():
    loads.append(1)
    time.sleep(0.3)
    return "answer"
kind = PlainKind("texts", 1, 60, str)
print("ready", flush=True)
sys.stdin.readline()
found = at_once([lambda: answers.answer("cold", kind, load)] * int(threads))
print(json.dumps([found, len(loads)]))
answers.close()
"""


@pytest.mark.parametrize(("processes", "threads"), [(5, 40), (10, 1)])
def test_several_processes_ask_once(redis_url: str, redis_prefix: str, processes: int, threads: int) -> None:
    """Two hundred askers in five processes, none of which knows of the others; and ten alone."""
    command = [sys.executable, "-c", PROGRAM, redis_url, redis_prefix, str(threads)]
    with contextlib.ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(processes)
        ]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:  # all are warm, and start within a moment
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        found = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert [answers for answers, _ in found] == [["answer"] * threads] * processes
    assert sum(loads for _, loads in found) == 1


def test_one_who_dies_while_working_does_not_keep_the_others_for_long(
    redis_url: str, redis_prefix: str
) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    assert answers.far is not None
    answers.far.lease("key", seconds=60)  # and never comes back
    begun = time.monotonic()
    assert answers.answer("key", TEXTS, lambda: "mine") == "mine"
    assert time.monotonic() - begun < 4
    answers.close()


def test_an_answer_is_renewed_early_by_one_while_the_others_have_the_old_one(
    redis_url: str, redis_prefix: str
) -> None:
    now = [1000.0]
    made = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    answers = Answers(far=made.far, clock=lambda: now[0], chance=lambda: 1.0)
    kind: PlainKind[str] = PlainKind("texts", 1, 60, str)

    def slow() -> str:
        time.sleep(0.1)
        return "first"

    answers.answer("key", kind, slow)
    now[0] += 25  # of 60, and at the earliest half of them
    assert answers.answer("key", kind, lambda: "second") == "first"
    now[0] += 32
    begun, go = threading.Event(), threading.Event()

    def renew() -> str:
        begun.set()
        go.wait(10)
        return "second"

    thread = threading.Thread(target=lambda: answers.answer("key", kind, renew))
    thread.start()
    assert begun.wait(10)
    assert answers.answer("key", kind, lambda: "third") == "first"
    go.set()
    thread.join(10)
    assert answers.answer("key", kind, lambda: "third") == "second"
    made.close()


# ------------------------------------------------------------------ through the stores


def test_nothing_of_a_transaction_is_kept_or_dropped_before_its_end(answers: Answers) -> None:
    store = CachedStore(MemoryStore(), answers)
    vehicle = example_vehicle(nickname="before")
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(vehicle)
        assert work.vehicles.list_live() == [vehicle]
    changed = attrs.evolve(vehicle, nickname="after")
    with store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.replace(changed)
        assert work.vehicles.list_live() == [changed]
        with work.join() as part:
            assert part.vehicles.list_live() == [changed]
        with store.unit_of_work(ANA) as other:
            assert other.vehicles.list_live() == [vehicle]
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.list_live() == [changed]


def test_a_transaction_that_is_undone_leaves_the_cache_as_it_was(answers: Answers) -> None:
    loads: list[int] = []

    class Counting(MemoryStore):
        def unit_of_work(self, user_id: Any, *, atomic: bool = False) -> Any:
            if not atomic:
                loads.append(1)
            return super().unit_of_work(user_id, atomic=atomic)

    store = CachedStore(Counting(), answers)
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(example_vehicle())
        work.vehicles.list_live()
    asked = len(loads)
    with pytest.raises(KeyboardInterrupt), store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())
        raise KeyboardInterrupt
    with store.unit_of_work(ANA) as work:
        assert len(work.vehicles.list_live()) == 1
    assert len(loads) == asked


class _LostAfterwards(MemoryStore):
    """What it does is done, and then its line is lost: nobody is told that it was."""

    loses = False

    def unit_of_work(self, user_id: Any, *, atomic: bool = False) -> Any:
        return _Lost(super().unit_of_work(user_id, atomic=atomic), self, atomic)


class _Lost:
    def __init__(self, whole: Any, store: _LostAfterwards, atomic: bool) -> None:
        self._whole, self._store, self._atomic = whole, store, atomic

    @property
    def vehicles(self) -> Any:
        return self if self._store.loses and not self._atomic else self._whole.vehicles

    def replace(self, vehicle: Any) -> None:
        self._whole.vehicles.replace(vehicle)
        raise StorageFailure("the connection was lost")

    def __enter__(self) -> Any:
        self._whole.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._whole.__exit__(*error)
        if self._store.loses and self._atomic:
            raise StorageFailure("the connection was lost")


@pytest.mark.parametrize("atomic", [False, True])
def test_what_may_have_been_committed_is_dropped(answers: Answers, atomic: bool) -> None:
    kept_in = _LostAfterwards()
    store = CachedStore(kept_in, answers)
    vehicle = example_vehicle()
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(vehicle)
        assert work.vehicles.list_live() == [vehicle]
    kept_in.loses = True
    changed = attrs.evolve(vehicle, nickname="changed")
    with pytest.raises(StorageFailure), store.unit_of_work(ANA, atomic=atomic) as work:
        work.vehicles.replace(changed)
    kept_in.loses = False
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.list_live() == [changed]


def test_what_is_kept_of_one_user_is_never_given_to_another(answers: Answers) -> None:
    store = CachedStore(MemoryStore(), answers)
    vehicle = example_vehicle()
    with store.unit_of_work(BOB) as work:
        assert work.fuel_logs.list_for_vehicle(vehicle.id) == []
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(vehicle)
        work.fuel_logs.add(example_fuel_log(vehicle))
        assert len(work.fuel_logs.list_for_vehicle(vehicle.id)) == 1
    with store.unit_of_work(BOB) as work:
        assert work.fuel_logs.list_for_vehicle(vehicle.id) == []
        assert work.vehicles.list_live() == []
    with store.unit_of_work(ANA) as work:
        assert len(work.fuel_logs.list_for_vehicle(vehicle.id)) == 1


def test_a_log_that_moves_is_gone_from_where_it_was(answers: Answers) -> None:
    """The repository is told where it goes; where it was, it must find out by itself, each time anew."""
    kept_in = MemoryStore()
    store, behind = CachedStore(kept_in, answers), kept_in
    here, there, elsewhere = example_vehicle(), example_vehicle(), example_vehicle()
    log = example_fuel_log(here)
    moved = attrs.evolve(log, vehicle_id=there.id)

    def lists(work: Any) -> list[int]:
        return [len(work.fuel_logs.list_for_vehicle(vehicle.id)) for vehicle in (here, there, elsewhere)]

    with store.unit_of_work(ANA) as work:
        work.vehicles.add(here)
        work.vehicles.add(there)
        work.vehicles.add(elsewhere)
        work.fuel_logs.add(log)
        work.fuel_logs.add(example_fuel_log(here))
        work.fuel_logs.add(example_fuel_log(there))
        work.fuel_logs.add(example_fuel_log(elsewhere))
        assert lists(work) == [2, 1, 1]
        work.fuel_logs.replace(moved)
        assert lists(work) == [1, 2, 1]
        with work.join(atomic=True) as part:
            part.fuel_logs.replace(log)
        assert lists(work) == [2, 1, 1]
        with work.join(atomic=True) as part:
            part.fuel_logs.get(log.id)
            part.fuel_logs.replace(moved)
        assert lists(work) == [1, 2, 1]
        # another process moves it to where it never was here, and drops both
        with behind.unit_of_work(ANA) as other:
            other.fuel_logs.replace(attrs.evolve(log, vehicle_id=elsewhere.id))
        answers.drop(keys.fuel_logs(there.id), keys.fuel_logs(elsewhere.id))
        assert lists(work) == [1, 1, 2]
        with work.join(atomic=True) as part:
            part.fuel_logs.remove(log.id)
        assert lists(work) == [1, 1, 1]


def test_a_list_too_long_to_keep_is_whole_all_the_same(answers: Answers) -> None:
    store = CachedStore(MemoryStore(), answers)
    vehicles = [example_vehicle() for _ in range(150)]
    with store.unit_of_work(ANA, atomic=True) as work:
        for vehicle in vehicles:
            work.vehicles.add(vehicle)
    with store.unit_of_work(ANA) as work:
        for _ in range(2):
            assert work.vehicles.get(vehicles[-1].id) == vehicles[-1]
            assert len(work.vehicles.list_live()) == 150
        assert work.vehicles.get(vehicles[0].id) == vehicles[0]


def test_the_caller_may_do_what_he_likes_with_a_list(answers: Answers) -> None:
    store = CachedStore(MemoryStore(), answers)
    with store.unit_of_work(ANA) as work:
        work.vehicles.add(example_vehicle())
        for _ in range(3):
            found = work.vehicles.list_live()
            assert len(found) == 1
            found.clear()


def test_a_write_of_another_process_is_seen(tmp_path: Path, redis_url: str, redis_prefix: str) -> None:
    path = tmp_path / "garage.db"
    one = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    near = listening(open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2, near_seconds=1))
    with motovault.open_vault(path, cache=one) as vault, motovault.open_vault(path, cache=near) as other:
        assert (vault.garage("ana").vehicles.list(), other.garage("ana").vehicles.list()) == ([], [])
        program = (
            "import sys, motovault; from motovault.cache import open_cache\n"
            "cache = open_cache(sys.argv[2], prefix=sys.argv[3], timeout_seconds=2)\n"
            "motovault.open_vault(sys.argv[1], cache=cache).garage('ana').vehicles.add(license_plate='A 1')"
        )
        subprocess.run([sys.executable, "-c", program, str(path), redis_url, redis_prefix], check=True)
        assert [car.license_plate for car in vault.garage("ana").vehicles.list()] == ["A 1"]
        await_true(lambda: len(other.garage("ana").vehicles.list()) == 1, seconds=1)
    one.close()
    near.close()
