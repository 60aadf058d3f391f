"""What only the memory store can get wrong: its locks, and units of work that are used outside."""

from __future__ import annotations

import threading

import pytest

from motovault.errors import StorageFailure
from motovault.storage.memory import MemoryStore
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_vehicle


def test_a_second_writer_of_the_same_thread_is_refused_instead_of_waiting_for_itself() -> None:
    store = MemoryStore()
    kept = keep_vehicle(store)
    with store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())
        for user_id, atomic in ((ANA, False), (BOB, False), (BOB, True)):
            with (
                pytest.raises(StorageFailure, match="join"),
                store.unit_of_work(user_id, atomic=atomic) as other,
            ):
                other.vehicles.add(example_vehicle(user_id))
        with store.unit_of_work(ANA) as other:
            assert other.vehicles.list_live() == [kept]
    with store.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == 2
    keep_vehicle(store, BOB)


def test_a_writer_of_another_thread_waits_for_the_transaction_before_it() -> None:
    store, order = MemoryStore(), list[str]()

    def write() -> None:
        keep_vehicle(store)
        order.append("second")

    second = threading.Thread(target=write)
    with store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())
        second.start()
        second.join(0.05)
        order.append("first")
    second.join(10)
    assert order == ["first", "second"]


def test_a_reader_of_another_thread_does_not_wait() -> None:
    store, counts = MemoryStore(), list[int]()

    def read() -> None:
        with store.unit_of_work(ANA) as work:
            counts.append(work.vehicles.count_live())

    with store.unit_of_work(ANA, atomic=True) as work:
        work.vehicles.add(example_vehicle())
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(10)
    assert counts == [0]


def test_the_lock_is_given_back_whatever_happens() -> None:
    store = MemoryStore()
    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error), store.unit_of_work(ANA, atomic=True) as work:  # noqa: PT012
            work.vehicles.add(example_vehicle())
            raise error
        with pytest.raises(StorageFailure):
            work.vehicles.count_live()
    keep_vehicle(store)


def test_a_transaction_is_used_inside_its_block_only() -> None:
    unit = MemoryStore().unit_of_work(ANA, atomic=True)
    with pytest.raises(StorageFailure, match="not open"):
        unit.vehicles.count_live()
    with unit as work:
        vehicles = work.vehicles
    with pytest.raises(StorageFailure, match="not open"):
        vehicles.add(example_vehicle())


def test_logs_may_be_made_from_what_the_store_itself_holds_while_they_are_added() -> None:
    store = MemoryStore()
    car, other = keep_vehicle(store), keep_vehicle(store)

    def copies():  # type: ignore[no-untyped-def]
        with store.unit_of_work(ANA) as reading:
            for log in reading.fuel_logs.list_for_vehicle(car.id):
                yield example_fuel_log(other, odometer=log.odometer)

    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add_many(example_fuel_log(car, odometer=n) for n in range(1, 6))
        assert work.fuel_logs.add_many(copies()) == 5


def test_stores_share_nothing() -> None:
    one, other = MemoryStore(), MemoryStore()
    vehicle = keep_vehicle(one)
    with other.unit_of_work(ANA) as work:
        assert work.vehicles.count_live() == 0
        work.vehicles.add(vehicle)
