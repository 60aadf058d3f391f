"""Answers out of a cache: ``python benchmarks/cache.py [--quick]``.

A garage of 5 vehicles, and of 50, behind Redis: the whole call of the service
against redis-py's own GET of the same key followed by our decoding of the same
bytes, which is the fastest decoding we know (msgspec's tuples, and entities by
their unchecked constructor). Near: the whole call, and the repository's call in an
open unit of work, against ``get`` of a ``cachetools.TTLCache`` that holds the
same tuple, without a lock. Then what it is for: cached against uncached, on PostgreSQL, p50 and
p99; and what it costs: a write that drops a key.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import databases as db
import redis
from cachetools import TTLCache
from measuring import Measure, Times, call_by_call, command, compared, duration, in_turn

from motovault.cache import keys, open_cache
from motovault.cache.fuel_logs import FUEL_LOGS
from motovault.cache.values import ListKind
from motovault.cache.vehicles import VEHICLES
from motovault.ports import UserId
from motovault.vault import Garage, Vault, open_vault
from tests import servers

RAW = "redis-py GET, and decoding the same bytes"
OURS = "Redis hit"
GET = "cachetools TTLCache.get"
NEAR = "near-cache hit"
CALL = "near-cache hit, the whole call of the service"
UNCACHED = "uncached"
PREFIX = "benchmark:"
TIMES_A_ROUND = 2000


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    calls = 20 if quick else 4000
    with db.postgres() as url, vaults(url) as (plain, far, near, server):
        garages = {size: filled(far, size) for size in (5, 50)}
        measures = []
        for size, garage in garages.items():
            key = keys.vehicles(garage.user_id)
            measures.append(
                hit(f"list of {size} vehicles", garage.vehicles.list, VEHICLES, key, server, calls)
            )
        garage = garages[5]
        car = garage.vehicles.list()[0]
        key = keys.fuel_logs(car.id)
        with far._store.unit_of_work(garage.user_id) as work:
            work.fuel_logs.add_many(db.fuel_logs(100, car.id))
            logs = work.fuel_logs.list_for_vehicle

            def list_logs() -> object:
                return logs(car.id)

            measures.append(
                hit("list of 100 fuel logs, in a unit of work", list_logs, FUEL_LOGS, key, server, calls // 4)
            )
        measures += near_hits(near, garage.user_id, 3 if quick else 40)
        same = {
            name: vault.garage(garage.user_id)
            for name, vault in ((UNCACHED, plain), (OURS, far), (NEAR, near))
        }
        lists = call_by_call({name: one.vehicles.list for name, one in same.items()}, calls)
        measures += [*both(lists, OURS, "list of 5 vehicles"), *both(lists, NEAR, "list of 5 vehicles")]
        histories = call_by_call(
            {name: reads(one, car.id) for name, one in same.items()}, max(10, calls // 4)
        )
        measures += [
            *both(histories, OURS, "list of 100 fuel logs"),
            *both(histories, NEAR, "list of 100 fuel logs"),
        ]
        changes = call_by_call(
            {name: changing(one, car.id) for name, one in same.items()}, max(10, calls // 8)
        )
        return [
            *measures,
            compared(
                changes, OURS, UNCACHED, what="change a vehicle: a write that drops a key", latency=True
            ),
        ]


def hit(
    what: str, ours: Callable[[], object], kind: ListKind[Any], key: str, server: redis.Redis, calls: int
) -> Measure:
    """Our call against the least that it must do."""
    ours()

    def raw() -> list[object]:
        value = server.get(PREFIX + key)
        start = value.index(b'"kept":') + 7
        return list(kind.decode(value[start:-1]).value)

    assert raw() == ours()
    times = call_by_call({RAW: raw, OURS: ours}, calls)
    return compared(times, OURS, RAW, what=f"{what}: {OURS}", aim=1.5, latency=True)


def near_hits(near: Vault, user_id: str, rounds: int) -> list[Measure]:
    """Some thousand hits at a time: one is too short for a clock."""
    garage = near.garage(user_id)
    plain: TTLCache[str, object] = TTLCache(10_000, 300)
    key = keys.vehicles(user_id)
    plain[key] = tuple(garage.vehicles.list())
    with near._store.unit_of_work(UserId(user_id)) as work:
        vehicles = work.vehicles
        assert vehicles.list_live() == garage.vehicles.list() == list(plain[key])

        def many(call: Callable[[], object]) -> Callable[[], None]:
            def run() -> None:
                for _ in range(TIMES_A_ROUND):
                    call()

            return run

        runs = {
            GET: many(lambda: plain.get(key)),
            NEAR: many(lambda: vehicles.list_live()),
            CALL: many(lambda: garage.vehicles.list()),
        }
        times = in_turn(runs, rounds)
    each = {name: [taken / TIMES_A_ROUND for taken in some] for name, some in times.items()}
    return [
        compared(each, NEAR, GET, what=f"list of 5 vehicles: {NEAR}", aim=2),
        compared(each, CALL, GET, what=f"list of 5 vehicles: {CALL}"),
    ]


def both(times: Times, name: str, what: str) -> list[Measure]:
    """p50 and p99 against uncached."""
    slowest = {one: statistics.quantiles(some, n=100)[98] for one, some in times.items()}
    detail = f"{duration(slowest[name])} / {duration(slowest[UNCACHED])}"
    return [
        compared(times, name, UNCACHED, what=f"{what}, p50: {name}", latency=True),
        Measure(f"{what}, p99: {name}", UNCACHED, slowest[name] / slowest[UNCACHED], None, detail),
    ]


def reads(garage: Garage, vehicle_id: object) -> Callable[[], object]:
    return lambda: garage.fuel_logs.list(vehicle_id)


def changing(garage: Garage, vehicle_id: object) -> Callable[[], object]:
    return lambda: garage.vehicles.change(vehicle_id, color="red")


def filled(vault: Vault, size: int) -> Garage:
    """A new garage with so many vehicles."""
    garage = vault.garage(db.USER if size == 5 else f"{db.USER}-{size}")
    for number in range(size):
        garage.vehicles.add(
            license_plate=f"AB {number}",
            make="Toyota",
            model="Corolla",
            model_year=2015,
            nickname=f"Number {number}",
            odometer_reading=1000 * number,
        )
    return garage


@contextlib.contextmanager
def vaults(url: str) -> Iterator[tuple[Vault, Vault, Vault, redis.Redis]]:
    """The same database without a cache, behind Redis, and behind both; and a client of the server."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(servers.redis())
        made = [stack.enter_context(open_vault(url))]
        for near_seconds in (None, 1.0):
            answers = open_cache(server, prefix=PREFIX, near_seconds=near_seconds, timeout_seconds=1)
            stack.callback(answers.close)
            made.append(stack.enter_context(open_vault(url, cache=answers)))
        near = answers.near
        while near is not None and not getattr(near, "trusted_until", 1):
            time.sleep(0.01)
        client = stack.enter_context(redis.Redis.from_url(server, protocol=3))
        yield made[0], made[1], made[2], client


if __name__ == "__main__":
    command("Answers out of a cache, PostgreSQL and Redis", measure)
