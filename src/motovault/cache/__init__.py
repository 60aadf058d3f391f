"""Answers that are remembered: in this process, on a Redis server, or in both."""

from __future__ import annotations

from motovault.cache.answers import Answers
from motovault.cache.local import LocalCache
from motovault.cache.opening import open_cache
from motovault.cache.store import CachedStore, CachedUnitOfWork
from motovault.cache.vin_decoder import CachedVinDecoder

__all__ = [
    "Answers",
    "CachedStore",
    "CachedUnitOfWork",
    "CachedVinDecoder",
    "LocalCache",
    "open_cache",
]
