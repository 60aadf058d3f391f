"""A near cache gives nothing that it was not told to be true lately."""

from __future__ import annotations

import time

import pytest

from motovault.cache import open_cache
from motovault.cache.near import NearCache
from motovault.errors import InvalidValue
from tests.cache.stores import listening


def _put(cache: NearCache, key: str) -> bool:
    return cache.fill(key, b"x", cache.watch(key), seconds=60)


def test_it_gives_and_takes_only_while_it_is_told() -> None:
    now = [100.0]
    cache = NearCache(timer=lambda: now[0])
    assert not _put(cache, "key")
    cache.heard(asked_at=100.0, bound_seconds=1)
    assert _put(cache, "key")
    now[0] = 100.9
    assert cache.get("key") == b"x"
    now[0] = 101.0
    assert cache.get("key") is None
    assert not _put(cache, "other")


def test_after_it_was_deaf_it_begins_anew() -> None:
    now = [100.0]
    cache = NearCache(timer=lambda: now[0])
    cache.heard(asked_at=100.0, bound_seconds=1)
    _put(cache, "key")
    now[0] = 101.0
    cache.heard(asked_at=101.0, bound_seconds=1)
    assert cache.get("key") is None
    assert _put(cache, "key")
    now[0] = 101.5
    cache.heard(asked_at=101.4, bound_seconds=1)  # in time: it missed nothing
    assert cache.get("key") == b"x"
    cache.distrust()
    assert cache.get("key") is None


def test_what_was_dropped_while_it_was_fetched_is_not_taken() -> None:
    cache = NearCache(timer=lambda: 0.0)
    cache.heard(asked_at=0.0, bound_seconds=1)
    ticket, other = cache.watch("key"), cache.watch("key")
    cache.drop("key")
    assert not cache.fill("key", b"old", ticket, seconds=60)
    assert not cache.fill("key", b"old", other, seconds=60)
    assert _put(cache, "key")


def test_a_bound_of_no_time_is_refused(redis_url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        open_cache(redis_url, near_seconds=0)
    assert caught.value.field == "near_seconds"


def test_closing_does_not_wait_until_the_listener_would_look_up(redis_url: str, redis_prefix: str) -> None:
    answers = listening(open_cache(redis_url, prefix=redis_prefix, near_seconds=30))  # looks up every 4 s
    time.sleep(0.1)  # by now it waits for what comes
    start = time.monotonic()
    answers.close()
    assert time.monotonic() - start < 2
