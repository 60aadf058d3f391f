"""VIN decodes while the cache is killed, hung, full, slow or without rights: every one has its answer."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

import motovault
from motovault.cache import CachedVinDecoder, open_cache
from motovault.domain.tiers import AllFeatures
from motovault.domain.vehicles import DecodedVin
from tests.cache.decoders import HONDA, Counting, many
from tests.cache.proxy import between
from tests.cache.stores import await_true
from tests.servers import OwnRedis

SECONDS = 0.3
"""How long the server is waited for."""


@pytest.fixture
def vault(own_redis: OwnRedis) -> Iterator[motovault.vault.Vault]:
    answers = open_cache(own_redis.url, timeout_seconds=SECONDS, retry_seconds=0.2)
    with motovault.open_vault("memory:", cache=answers, vin_decoder=Counting(), policy=AllFeatures()) as made:
        yield made
    answers.close()


def _decodes_all(vault: motovault.vault.Vault) -> float:
    """Every VIN has its answer, one by one and in bulk; how many seconds that took."""
    vins = many(600)
    begun = time.monotonic()
    assert [answer.make.value for answer in vault.vin_decoder.decode_many(vins)] == ["Honda"] * 600
    assert vault.garage("ana").vehicles.decode(HONDA).make.value == "Honda"
    return time.monotonic() - begun


def test_killed_in_the_middle_of_many_and_started_again(
    vault: motovault.vault.Vault, own_redis: OwnRedis
) -> None:
    found = vault.vin_decoder.decode_many(many(3000))
    for number, answer in enumerate(found):
        assert answer.make.value == "Honda"
        if number == 400:
            own_redis.kill()
    _decodes_all(vault)
    own_redis.start()
    far: Any = vault._store.answers.far  # type: ignore[attr-defined]
    await_true(lambda: not far.is_out_of_order)
    _decodes_all(vault)
    inner: Any = vault._decoder._decoder  # type: ignore[attr-defined]
    inner.asked.clear()
    _decodes_all(vault)
    assert inner.asked == []


def test_hung_costs_one_timeout_for_all(vault: motovault.vault.Vault, own_redis: OwnRedis) -> None:
    _decodes_all(vault)
    usual = _decodes_all(vault)
    own_redis.send(signal.SIGSTOP)
    assert _decodes_all(vault) < usual + 2 * SECONDS + 2
    own_redis.send(signal.SIGCONT)


def test_full_and_without_rights(
    vault: motovault.vault.Vault, own_redis: OwnRedis, caplog: pytest.LogCaptureFixture
) -> None:
    import redis

    client = redis.Redis.from_url(own_redis.url)
    far: Any = vault._store.answers.far  # type: ignore[attr-defined]
    with caplog.at_level(logging.DEBUG):
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        _decodes_all(vault)
        assert not far.is_out_of_order
        assert client.keys("motovault:vin:*") == []
        client.config_set("maxmemory", "0")
        client.execute_command("ACL", "SETUSER", "default", "-set")
        _decodes_all(vault)
        assert far.is_out_of_order
        client.execute_command("ACL", "SETUSER", "default", "-mget")
        _decodes_all(vault)
        client.execute_command("ACL", "SETUSER", "default", "+set", "+mget")
    await_true(lambda: not far.is_out_of_order)
    _decodes_all(vault)
    assert len(client.keys("motovault:vin:*")) == 601
    assert HONDA not in caplog.text
    client.close()


@pytest.mark.parametrize("seconds", [0.02, 0.7], ids=["slow", "too slow"])
def test_slow(own_redis: OwnRedis, seconds: float) -> None:
    with between(own_redis.url) as proxy:
        answers = open_cache(proxy.url, timeout_seconds=SECONDS, retry_seconds=0.2)
        decoder = CachedVinDecoder(Counting(), answers)
        list(decoder.decode_many(many(300)))
        proxy.delay_seconds = seconds
        begun = time.monotonic()
        assert len(list(decoder.decode_many(many(900)))) == 900
        assert time.monotonic() - begun < 5
        answers.close()


def test_everything_forgotten_in_the_middle_leaves_nothing_old(
    redis_url: str, redis_prefix: str, redis_client: Any
) -> None:
    """An import of a catalogue forgets all; what was being decoded then is kept for nobody, and not wrong."""
    answers = open_cache(redis_url, prefix=redis_prefix, timeout_seconds=2)
    inner = Counting()

    class Dropping(Counting):
        def decode_many(self, vins: Iterable[object], /) -> Iterator[DecodedVin]:
            found = list(super().decode_many(vins))
            answers.drop_all()
            return iter(found)

    assert len(list(CachedVinDecoder(Dropping(), answers).decode_many(many(20)))) == 20
    list(CachedVinDecoder(inner, answers).decode_many(many(20)))
    assert len(inner.asked) == 20
    answers.close()
