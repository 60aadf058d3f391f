"""What strangers bring: odd users and prefixes, least rights, a server that throws out what it likes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

import motovault
from motovault.cache import open_cache
from motovault.domain.tiers import AllFeatures
from motovault.domain.vehicles import BasicVinDecoder
from tests.cache.proxy import between
from tests.cache.stores import await_true, listening
from tests.servers import OwnRedis

HONDA = "1HGCM82633A123454"
ODD_USERS = ["auth0|ana", "a:b", "a", "a:*", "*", "?", "[a-z]", "ÄŽ漢😀", "a'b\"c\\", "lease:x", "x" * 255]
COMMANDS = [
    *("mget", "set", "get", "unlink", "eval", "evalsha", "script|load", "publish", "subscribe"),
    *("ping", "info", "hello", "client"),
]


def _use(vault: Any, users: list[str]) -> None:
    """Each has a car of their own, and sees it alone, before and after it was remembered."""
    for user in users:
        vault.garage(user).vehicles.add(license_plate="AB 1", nickname=user[:20])
    for _ in range(2):
        for user in users:
            assert [car.nickname for car in vault.garage(user).vehicles.list()] == [user[:20]]
    for user in users:
        garage = vault.garage(user)
        garage.vehicles.change(garage.vehicles.list()[0].id, nickname="new")
        assert [car.nickname for car in garage.vehicles.list()] == ["new"]


@pytest.mark.parametrize("prefix", ["a", "motovault:", "*", "{tag}:", "ä b\n\x00:", "lease:", "x" * 300])
def test_users_and_prefixes_of_any_letters_are_kept_apart(
    redis_url: str, redis_prefix: str, prefix: str
) -> None:
    answers = open_cache(redis_url, prefix=redis_prefix + prefix, timeout_seconds=2, near_seconds=1)
    with motovault.open_vault("memory:", cache=listening(answers)) as vault:
        _use(vault, ODD_USERS)
    far: Any = answers.far
    assert not far.is_out_of_order
    answers.close()


def test_the_rights_of_the_page_are_enough_and_keys_of_others_are_not_touched(own_redis: OwnRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    rights = [f"+{command}" for command in COMMANDS]
    client.execute_command(
        "ACL", "SETUSER", "garage", "on", ">secret", "~garage:*", "&garage:*", "-@all", *rights
    )
    url = own_redis.url.replace("unix://", "unix://garage:secret@")
    answers = open_cache(url, prefix="garage:", timeout_seconds=1, near_seconds=1)
    with motovault.open_vault(
        "memory:", cache=listening(answers), vin_decoder=BasicVinDecoder(), policy=AllFeatures()
    ) as vault:
        _use(vault, ["ana", "ben"])
        assert next(vault.vin_decoder.decode_many([HONDA])).make.value == "Honda"
        vault.import_catalogue(b"year,make,model\n2003,Honda,Accord\n")
        assert vault.vin_decoder.decode(HONDA).make.confidence.value == "high"
    far: Any = answers.far
    assert not far.is_out_of_order
    assert all(key.startswith(b"garage:") for key in client.keys("*"))
    answers.close()
    client.close()


def test_the_number_of_a_database_in_the_url_counts(own_redis: OwnRedis) -> None:
    with between(own_redis.url) as proxy:
        url = proxy.url.removesuffix("/0")
        for number in (0, 3):
            with motovault.open_vault("memory:", cache=f"{url}/{number}") as vault:
                _use(vault, ["ana"])
        for number in (0, 3):
            client = redis.Redis.from_url(f"{url}/{number}")
            assert client.get("motovault:vehicles:user:ana") is not None
            client.close()


def test_a_server_that_does_not_speak_tls_is_an_outage_and_no_error(own_redis: OwnRedis) -> None:
    with (
        between(own_redis.url) as proxy,
        motovault.open_vault("memory:", cache=proxy.url.replace("redis://", "rediss://")) as vault,
    ):
        _use(vault, ["ana"])


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random", "volatile-ttl", "noeviction"])
def test_a_server_that_throws_out_what_it_likes_is_never_wrong(own_redis: OwnRedis, policy: str) -> None:
    client = redis.Redis.from_url(own_redis.url)
    answers = open_cache(own_redis.url, timeout_seconds=1)
    with motovault.open_vault("memory:", cache=answers) as vault:
        used = client.info("memory")["used_memory"]
        client.config_set("maxmemory-policy", policy)
        client.config_set("maxmemory", used + 60_000)
        _use(vault, [f"user-{number}" for number in range(120)])
    far: Any = answers.far
    await_true(lambda: not far.is_out_of_order)
    answers.close()
    client.close()


def test_what_is_heavier_than_the_cache_is_answered_and_not_kept() -> None:
    answers = open_cache("memory:", max_entries=4, max_bytes=2000)
    with motovault.open_vault("memory:", cache=answers) as vault:
        garage = vault.garage("ana")
        for number in range(60):
            garage.vehicles.add(license_plate=f"AB {number}", nickname="x" * 90)
        assert [len(garage.vehicles.list()) for _ in range(3)] == [60] * 3
        assert answers.near is not None
        assert len(answers.near) == 0


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Any]]:
    vaults = [motovault.open_vault(tmp_path / f"{number}.db", cache="memory:") for number in (1, 2)]
    yield vaults
    for vault in vaults:
        vault.close()


def test_two_vaults_with_memory_each_have_their_own(two: list[Any]) -> None:
    two[0].garage("ana").vehicles.add(license_plate="AB 1")
    assert [len(vault.garage("ana").vehicles.list()) for vault in two] == [1, 0]
