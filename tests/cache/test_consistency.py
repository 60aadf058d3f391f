"""Two clients, one server, one database: nobody reads what is no longer true, beyond the stated bound.

Hypothesis chooses who writes what, who begins, undoes or keeps a transaction, and whose line to
the server is cut. While nothing is out of order every read of every client
equals the database. A client that is cut off answers from the database, so always rightly. The
others may be behind with what it wrote, until it is back and has made up for it.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from motovault.cache import CachedStore, open_cache
from motovault.domain.fuel_logs import FuelLog
from motovault.domain.vehicles import Vehicle
from motovault.storage.memory import MemoryStore
from motovault.testing.examples import ANA, NOON, example_fuel_log, example_maintenance_log, example_vehicle
from tests import servers
from tests.cache.proxy import Proxy, between
from tests.cache.stores import await_true, listening

CLIENTS = st.integers(0, 1)
RETRY_SECONDS = 0.02


class _Undo(Exception):
    pass


@pytest.fixture(scope="module")
def proxies() -> Iterator[list[Proxy]]:
    with servers.own_redis() as server, between(server.url) as one, between(server.url) as other:
        yield [one, other]


class Clients(RuleBasedStateMachine):
    """The rules; a subclass says through which lines, and whether a client has a near cache."""

    lines: list[Proxy]
    near_seconds: tuple[float | None, float | None]
    cuts: bool

    def __init__(self) -> None:
        super().__init__()
        self.kept_in = MemoryStore()
        self.behind: set[int] = set()
        prefix = f"{uuid.uuid4().hex}:"
        self.answers = [
            listening(
                open_cache(
                    line.url,
                    prefix=prefix,
                    near_seconds=near,
                    timeout_seconds=1,
                    retry_seconds=RETRY_SECONDS,
                )
            )
            for line, near in zip(self.lines, self.near_seconds, strict=True)
        ]
        self.clients = [CachedStore(self.kept_in, answers) for answers in self.answers]
        with self.clients[0].unit_of_work(ANA) as work:
            for _ in range(2):
                work.vehicles.add(example_vehicle())
        self.vehicles = [vehicle.id for vehicle in self._true()[0]]

    def teardown(self) -> None:
        for line in self.lines:
            line.heal()
        for answers in self.answers:
            answers.close()

    # --- what is done

    @rule(client=CLIENTS, which=st.integers(0, 1), name=st.sampled_from("abc"), undo=st.booleans())
    def rename(self, client: int, which: int, name: str, undo: bool) -> None:
        with contextlib.suppress(_Undo), self.clients[client].unit_of_work(ANA, atomic=True) as work:
            vehicle = work.vehicles.get(self.vehicles[which])
            work.vehicles.replace(attrs.evolve(vehicle, nickname=name))
            if undo:
                raise _Undo

    @rule(client=CLIENTS, which=st.integers(0, 1), atomic=st.booleans())
    def fill_up(self, client: int, which: int, atomic: bool) -> None:
        with self.clients[client].unit_of_work(ANA, atomic=atomic) as work:
            vehicle = work.vehicles.get(self.vehicles[which])
            work.fuel_logs.add(example_fuel_log(vehicle))
            work.maintenance_logs.add_many([example_maintenance_log(vehicle)])

    @rule(client=CLIENTS, atomic=st.booleans(), remove=st.booleans(), look=st.booleans())
    def move_or_remove(self, client: int, atomic: bool, remove: bool, look: bool) -> None:
        logs = [log for found in self._true()[1] for log in found]
        if not logs:
            return
        log: FuelLog = logs[-1]
        other = next(one for one in self.vehicles if one != log.vehicle_id)
        with self.clients[client].unit_of_work(ANA, atomic=atomic) as work:
            if look:
                work.fuel_logs.get(log.id)
            if remove:
                work.fuel_logs.remove(log.id)
            else:
                work.fuel_logs.replace(attrs.evolve(log, vehicle_id=other))

    @rule(client=CLIENTS, outer=st.booleans())
    def a_part_is_undone(self, client: int, outer: bool) -> None:
        with contextlib.suppress(_Undo), self.clients[client].unit_of_work(ANA, atomic=outer) as work:
            with contextlib.suppress(_Undo), work.join(atomic=True) as part:
                vehicle = part.vehicles.get(self.vehicles[0])
                part.fuel_logs.add(example_fuel_log(vehicle))
                raise _Undo
            with work.join(atomic=True) as part:
                part.fuel_logs.add(example_fuel_log(part.vehicles.get(self.vehicles[1])))
            if outer:
                raise _Undo

    @rule(client=CLIENTS)
    def delete_or_restore(self, client: int) -> None:
        with self.clients[client].unit_of_work(ANA, atomic=True) as work:
            vehicle = work.vehicles.get(self.vehicles[1])
            work.vehicles.replace(attrs.evolve(vehicle, deleted_at=None if vehicle.deleted_at else NOON))
            # so that a log can be added again
            work.vehicles.replace(attrs.evolve(vehicle, deleted_at=None, color=uuid.uuid4().hex))

    @rule(client=CLIENTS)
    def forget(self, client: int) -> None:
        self.answers[client].drop_all()

    @rule(client=CLIENTS)
    def cut(self, client: int) -> None:
        if self.cuts:
            self.lines[client].cut()
            self.behind.add(client)

    @rule(client=CLIENTS)
    def heal(self, client: int) -> None:
        self.lines[client].heal()
        far: Any = self.answers[client].far
        far.get("anything")  # one who has not asked has not noticed
        await_true(lambda: not far.is_out_of_order)
        listening(self.answers[client])
        self.behind.discard(client)

    # --- what must be true

    @invariant()
    def everybody_reads_what_is_true(self) -> None:
        for one in range(2):
            if self.behind - {one}:
                continue  # another wrote what it could not drop yet
            if self.answers[one].near is not None:  # told in a moment
                await_true(lambda one=one: self._read(one) == self._true(), seconds=2)  # type: ignore[misc]
            assert self._read(one) == self._true()

    def _read(self, client: int) -> object:
        with self.clients[client].unit_of_work(ANA) as work:
            return _everything(work, self.vehicles)

    def _true(self) -> Any:
        with self.kept_in.unit_of_work(ANA) as work:
            vehicles = [vehicle.id for vehicle in work.vehicles.list_live()]
            return _everything(work, getattr(self, "vehicles", vehicles))


def _everything(work: Any, vehicles: list[Any]) -> tuple[list[Vehicle], list[list[FuelLog]], list[Any]]:
    return (
        work.vehicles.list_live(),
        [work.fuel_logs.list_for_vehicle(vehicle_id) for vehicle_id in vehicles],
        [work.maintenance_logs.list_for_vehicle(vehicle_id) for vehicle_id in vehicles],
    )


@pytest.mark.parametrize("near", [(None, None), (None, 1.0)], ids=["far", "far and near"])
@pytest.mark.parametrize("cuts", [False, True], ids=["in order", "cut off at times"])
def test_nobody_reads_what_is_no_longer_true(
    proxies: list[Proxy], near: tuple[float | None, float | None], cuts: bool
) -> None:
    machine = type("Machine", (Clients,), {"lines": proxies, "near_seconds": near, "cuts": cuts})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
