"""The server is killed, hung, full, slow, restarted, at odds with us: every call still answers rightly.

Each test has a server process of its own. What every test asks: nobody's call
raises, each answer equals the database, none takes longer than is stated, and
after the recovery nothing older than the outage is given, to nobody.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

import motovault
from motovault.cache import open_cache
from motovault.testing.examples import NOON
from motovault.vault import Garage
from tests.cache.proxy import between
from tests.cache.stores import await_true, listening
from tests.servers import OwnRedis

TIMEOUT_SECONDS = 0.3
"""Longer than a busy machine takes for an answer: a write whose drop is late is an outage by itself."""
RETRY_SECONDS = 0.1
NEAR_SECONDS = 0.5
EXTRA_SECONDS = 3 * TIMEOUT_SECONDS + 0.5
"""Three times asked at most, by one call; and half a second for a busy machine."""


class Both:
    """Two clients of one server and one database, as two processes would be: ana's garage through each."""

    def __init__(self, path: Path, url: str, near_seconds: float | None) -> None:
        self.answers = [
            open_cache(url, near_seconds=near, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=RETRY_SECONDS)
            for near in (None, near_seconds)
        ]
        self.vaults = [motovault.open_vault(path, cache=answers) for answers in self.answers]
        self.plain = motovault.open_vault(path)
        self.one, self.other = (vault.garage("ana") for vault in self.vaults)
        listening(self.answers[1])
        self.car = self.one.vehicles.add(license_plate="AB 1", nickname="0")
        self.count = 0

    def write(self, garage: Garage) -> None:
        self.count += 1
        garage.vehicles.change(self.car.id, nickname=str(self.count))
        garage.fuel_logs.add(self.car.id, filled_at=NOON, odometer=self.count, volume="1")

    def look(self, *garages: Garage) -> None:
        """Everything is as the database has it, at once enough."""
        truth = self.plain.garage("ana")
        expected = truth.vehicles.list(), truth.fuel_logs.list(self.car.id)
        for garage in garages or (self.one, self.other):
            if garage is self.other and self.answers[1].near is not None:  # told in a moment, or soon
                await_true(lambda: self.other.vehicles.list() == expected[0], NEAR_SECONDS + 0.5)
                await_true(lambda: self.other.fuel_logs.list(self.car.id) == expected[1], NEAR_SECONDS + 0.5)
            for _ in range(3):
                begun = time.monotonic()
                vehicles = garage.vehicles.list()
                assert time.monotonic() - begun < EXTRA_SECONDS
                assert (vehicles, garage.fuel_logs.list(self.car.id)) == expected

    def use(self) -> None:
        """Write through one, read through both."""
        begun = time.monotonic()
        self.write(self.one)
        assert time.monotonic() - begun < 2 * EXTRA_SECONDS
        self.settle()
        self.look()

    def settle(self) -> None:
        """Until a near cache was told, which the other client has."""
        near: Any = self.answers[1].near
        if near is not None and near.trusted_until > time.monotonic():
            time.sleep(0.05)

    def await_recovery(self) -> None:
        for answers in self.answers:
            far: Any = answers.far
            await_true(lambda far=far: not far.is_out_of_order)  # type: ignore[misc]
        listening(self.answers[1])

    def is_out(self) -> bool:
        return any(answers.far.is_out_of_order for answers in self.answers)  # type: ignore[union-attr]

    def close(self) -> None:
        for one in (*self.vaults, *self.answers, self.plain):
            one.close()


@pytest.fixture(params=[None, NEAR_SECONDS], ids=["far", "far and near"])
def both(request: pytest.FixtureRequest, sqlite_path: Path, own_redis: OwnRedis) -> Iterator[Both]:
    made = Both(sqlite_path, own_redis.url, request.param)
    yield made
    made.close()


def _hits(both: Both) -> bool:
    """An answer comes out of the cache: the database is not asked."""
    far: Any = both.answers[0].far
    both.one.vehicles.list()
    return far.get("vehicles:user:ana") is not None


def test_killed_and_started_again(both: Both, own_redis: OwnRedis) -> None:
    both.use()
    assert _hits(both)
    own_redis.kill()
    both.use()
    both.write(both.other)
    both.look()
    assert both.is_out()
    own_redis.start()
    both.await_recovery()
    both.look()
    both.use()
    await_true(lambda: _hits(both))


def test_killed_and_back_with_an_old_snapshot(both: Both, own_redis: OwnRedis) -> None:
    """What it kept before is older than what was written since, and looks like new."""
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    client.save()
    both.use()  # drops, and fills, what the snapshot has
    own_redis.kill()
    own_redis.start()
    assert client.get("motovault:vehicles:user:ana") is not None
    both.look()
    both.await_recovery()
    both.look()
    client.close()


def test_hung_and_going_on(both: Both, own_redis: OwnRedis) -> None:
    both.use()
    own_redis.send(signal.SIGSTOP)
    both.write(both.one)
    both.look(both.one)
    assert both.is_out()
    time.sleep(1.2 * NEAR_SECONDS)  # and not a moment longer may a near cache, which nobody tells, be behind
    both.look()
    own_redis.send(signal.SIGCONT)
    both.await_recovery()
    both.look()
    both.use()
    await_true(lambda: _hits(both))


def test_hung_while_one_writes_and_the_other_does_not_notice(both: Both, own_redis: OwnRedis) -> None:
    """The writer falls silent afterwards; what he owes is dropped all the same."""
    both.use()
    own_redis.send(signal.SIGSTOP)
    both.write(both.one)
    own_redis.send(signal.SIGCONT)
    both.await_recovery()
    both.settle()
    both.look(both.other)


def test_full(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1")
    both.use()
    both.use()
    assert client.get("motovault:vehicles:user:ana") is None
    assert not both.is_out()  # it drops still, and so it is trusted
    client.config_set("maxmemory", "0")
    both.use()
    await_true(lambda: _hits(both))
    client.close()


def test_everything_thrown_out_at_any_moment(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    for key in client.keys("*"):
        client.delete(key)
        both.use()
    client.flushall()
    both.use()
    client.close()


@pytest.mark.parametrize("seconds", [0.03, 0.7], ids=["slow", "too slow"])
def test_slow(sqlite_path: Path, own_redis: OwnRedis, seconds: float) -> None:
    with between(own_redis.url) as proxy:
        both = Both(sqlite_path, proxy.url, None)
        both.use()
        proxy.delay_seconds = seconds
        both.use()
        both.use()
        assert both.is_out() is (seconds > TIMEOUT_SECONDS)
        proxy.delay_seconds = 0
        both.await_recovery()
        both.use()
        await_true(lambda: _hits(both))
        both.close()


def test_one_cut_off_while_the_other_is_not(sqlite_path: Path, own_redis: OwnRedis) -> None:
    with between(own_redis.url) as proxy:
        both = Both(sqlite_path, own_redis.url, None)
        answers = open_cache(proxy.url, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=RETRY_SECONDS)
        far: Any = answers.far
        with motovault.open_vault(sqlite_path, cache=answers) as vault:
            cut_off = vault.garage("ana")
            both.look(both.one, both.other, cut_off)
            proxy.cut()
            both.write(cut_off)
            both.look(cut_off)
            assert far.is_out_of_order
            proxy.heal()
            await_true(lambda: not far.is_out_of_order)
            both.look(both.one, both.other, cut_off)
        answers.close()
        both.close()


def test_keys_of_another_type_stand_there(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    for key in ("vehicles:user:ana", "lease:vehicles:user:ana", "epoch"):
        client.delete(f"motovault:{key}")
        client.rpush(f"motovault:{key}", "x")
        both.use()
        client.delete(f"motovault:{key}")
    both.use()
    client.close()


def test_read_only(both: Both, own_redis: OwnRedis) -> None:
    """It has become a replica of one that is not there: it has what it had, and takes nothing."""
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    both.write(both.one)
    both.look(both.one)
    assert both.is_out()
    client.execute_command("REPLICAOF", "NO", "ONE")
    both.await_recovery()
    both.settle()
    both.look()
    client.close()


def test_no_right_to_what_we_need(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    client.execute_command("ACL", "SETUSER", "default", "-evalsha", "-eval")
    both.write(both.one)
    both.look(both.one)  # who only reads is allowed to, and learns it when the writer is heard again
    assert both.is_out()
    client.execute_command("ACL", "SETUSER", "default", "+evalsha", "+eval")
    both.await_recovery()
    both.settle()
    both.look()
    both.use()
    client.close()


def test_still_loading(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    both.use()
    with client.pipeline(transaction=False) as many:
        for number in range(4000):
            many.set(f"key:{number}", "x")
        many.execute()
    client.save()
    both.use()
    own_redis.kill()
    slowly = {"key-load-delay": "300", "loading-process-events-interval-bytes": "1024"}  # microseconds a key
    own_redis.start(loaded=False, **slowly)
    with pytest.raises(redis.BusyLoadingError):
        client.get("key:1")
    both.use()
    both.use()
    assert both.is_out()
    both.await_recovery()
    both.look()
    both.use()
    await_true(lambda: _hits(both))
    client.close()


def test_not_there_from_the_beginning(tmp_path: Path) -> None:
    url = f"unix://{tmp_path}/nobody"
    with motovault.open_vault("memory:", cache=url) as vault:
        garage = vault.garage("ana")
        garage.vehicles.add(license_plate="AB 1")
        assert len(garage.vehicles.list()) == 1


def test_what_the_dead_owed_is_forgotten_by_those_who_saw_the_outage(
    sqlite_path: Path, own_redis: OwnRedis
) -> None:
    both = Both(sqlite_path, own_redis.url, None)
    both.use()
    answers = open_cache(own_redis.url, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=600)
    with motovault.open_vault(sqlite_path, cache=answers) as vault:
        own_redis.send(signal.SIGSTOP)
        both.write(vault.garage("ana"))  # and is never heard of again
        both.look()
        time.sleep(3 * (TIMEOUT_SECONDS + RETRY_SECONDS))
        own_redis.send(signal.SIGCONT)
        both.await_recovery()
        both.look()
    both.close()


def test_somebody_else_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening_there:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listening_there.accept()
                    client.recv(1000)
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                    client.close()

        threading.Thread(target=answer, daemon=True).start()
        url = f"redis://127.0.0.1:{listening_there.getsockname()[1]}"
        with motovault.open_vault("memory:", cache=url) as vault:
            garage = vault.garage("ana")
            for number in range(3):
                garage.vehicles.add(license_plate=f"AB {number}")
                assert len(garage.vehicles.list()) == number + 1
        listening_there.shutdown(socket.SHUT_RDWR)


def test_an_epoch_that_somebody_else_wrote(both: Both, own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    for epoch in (b"", b"\xff\xfe", b'"', b"x y"):
        client.set("motovault:epoch", epoch)
        both.use()
        both.use()
        assert not both.is_out()
    client.close()


def test_what_is_owed_is_paid_on_closing(sqlite_path: Path, own_redis: OwnRedis) -> None:
    both = Both(sqlite_path, own_redis.url, None)
    both.look()
    answers = open_cache(own_redis.url, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=600)
    with motovault.open_vault(sqlite_path, cache=answers) as vault:
        own_redis.send(signal.SIGSTOP)
        both.write(vault.garage("ana"))
        own_redis.send(signal.SIGCONT)
    answers.close()
    both.look()
    both.close()
