"""The cache in this process: bounded both ways, and forgetful in time."""

from __future__ import annotations

import pytest

from motovault.cache import Answers, LocalCache, open_cache
from motovault.errors import InvalidValue


def _fill(cache: LocalCache, key: str, value: bytes, seconds: float = 60) -> bool:
    _, lease = cache.lease(key, seconds=1, anew=True)
    assert lease is not None
    return cache.fill(key, value, lease, seconds=seconds)


def test_it_holds_no_more_entries_than_it_may() -> None:
    cache = LocalCache(max_entries=10, max_bytes=10_000)
    for number in range(100):
        _fill(cache, str(number), b"x")
    assert len(cache) == 10
    assert cache.get("99") == b"x"


def test_it_holds_no_more_bytes_than_it_may() -> None:
    cache = LocalCache(max_entries=1000, max_bytes=10_000)
    for number in range(100):
        _fill(cache, str(number), b"x" * 1000)
    assert len(cache) == 10


def test_what_is_too_heavy_alone_is_not_kept_and_takes_the_older_value_with_it() -> None:
    cache = LocalCache(max_entries=10, max_bytes=100)
    assert _fill(cache, "key", b"small")
    assert not _fill(cache, "key", b"x" * 101)
    assert cache.get("key") is None


def test_the_least_recently_used_goes_first() -> None:
    cache = LocalCache(max_entries=2, max_bytes=100)
    _fill(cache, "old", b"1")
    _fill(cache, "new", b"2")
    cache.get("old")
    _fill(cache, "newest", b"3")
    assert (cache.get("old"), cache.get("new"), cache.get("newest")) == (b"1", None, b"3")


def test_everything_has_a_lifetime_of_its_own() -> None:
    now = [0.0]
    cache = LocalCache(timer=lambda: now[0])
    _fill(cache, "short", b"1", seconds=5)
    _fill(cache, "long", b"2", seconds=50)
    now[0] = 5.1
    assert (cache.get("short"), cache.get("long")) == (None, b"2")


def test_a_lease_is_of_one_until_it_is_given_back_or_runs_out() -> None:
    now = [0.0]
    cache = LocalCache(timer=lambda: now[0])
    _, lease = cache.lease("key", seconds=5)
    assert lease is not None
    assert cache.lease("key", seconds=5) == (None, None)
    now[0] = 6.0
    _, later = cache.lease("key", seconds=5)
    assert later is not None
    assert not cache.fill("key", b"late", lease, seconds=60)
    cache.release("key", later)
    assert cache.lease("key", seconds=5)[1] is not None


@pytest.mark.parametrize("bounds", [{"max_entries": 0}, {"max_bytes": 0}])
def test_a_bound_is_at_least_one(bounds: dict[str, int]) -> None:
    with pytest.raises(InvalidValue) as caught:
        open_cache("memory:", **bounds)  # type: ignore[arg-type]
    assert caught.value.field in bounds


def test_answers_need_a_place() -> None:
    with pytest.raises(InvalidValue):
        Answers()
