"""A store behind a cache and one without, driven by the same random calls, never differ."""

from __future__ import annotations

import uuid

from hypothesis import settings

from motovault.cache import Answers, CachedStore, LocalCache, open_cache
from motovault.storage.memory import MemoryStore
from motovault.testing.lockstep import run_lockstep


def test_behind_a_cache_in_memory() -> None:
    run_lockstep(MemoryStore, lambda: CachedStore(MemoryStore(), Answers(near=LocalCache())))


def test_behind_a_server(redis_url: str, redis_prefix: str) -> None:
    made: list[Answers] = []

    def cached() -> CachedStore:
        while made:
            made.pop().close()
        made.append(open_cache(redis_url, prefix=f"{redis_prefix}{uuid.uuid4().hex}:", timeout_seconds=2))
        return CachedStore(MemoryStore(), made[0])

    run_lockstep(
        MemoryStore, cached, settings=settings(max_examples=15, deadline=None, stateful_step_count=30)
    )
    made[0].close()
