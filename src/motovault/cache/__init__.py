"""Answers that are remembered: in this process, on a Redis server, or in both."""

from __future__ import annotations

from motovault.cache.answers import Answers
from motovault.cache.local import LocalCache
from motovault.cache.platform import CachedCatalogue, CachedVinDecoder
from motovault.cache.store import CachedStore, CachedUnitOfWork
from motovault.errors import InvalidValue

__all__ = [
    "Answers",
    "CachedCatalogue",
    "CachedStore",
    "CachedUnitOfWork",
    "CachedVinDecoder",
    "LocalCache",
    "open_cache",
]


def open_cache(
    url: str,
    *,
    prefix: str = "motovault:",
    near_seconds: float | None = None,
    max_entries: int = 10_000,
    max_bytes: int = 64 * 2**20,
    timeout_seconds: float = 0.1,
    retry_seconds: float = 0.5,
) -> Answers:
    """A cache, for :func:`motovault.open_vault`.

    Args:
        url: ``memory:``, for a vault that one process alone writes to; or ``redis://``, ``rediss://``,
            ``unix://``. A server that is not there is no error: the vault answers without it.
        prefix: What every key on the server begins with; the same wherever the same database is used,
            and another for each other database.
        near_seconds: Keep answers in this process too, which then may be so old at most where another
            process changed them. Without it every answer is asked of the server.
        max_entries: How many answers are kept in this process at most.
        max_bytes: How heavy they are at most, together.
        timeout_seconds: How long the server is waited for.
        retry_seconds: How often a server that failed is tried again.

    Raises:
        InvalidValue: The URL is of no known kind, or a bound makes no sense.
        MissingExtra: redis or msgspec is not installed: ``pip install 'motovault[redis]'``.

    >>> open_cache("memory:")
    <Answers in <LocalCache of at most 10000 entries>>
    """
    if not isinstance(url, str):
        raise InvalidValue("cache", url, "must be memory: or a URL of Redis")
    if url == "memory:":
        return Answers(near=LocalCache(max_entries, max_bytes))
    from motovault.cache.near import Listener, NearCache
    from motovault.cache.redis import RedisCache
    from motovault.cache.values import msgspec_or_missing

    msgspec_or_missing()
    far = RedisCache(url, prefix=prefix, timeout_seconds=timeout_seconds, retry_seconds=retry_seconds)
    if near_seconds is None:
        return Answers(far=far)
    near = NearCache(max_entries, max_bytes)
    listener = Listener(far, near, bound_seconds=near_seconds, retry_seconds=retry_seconds)
    return Answers(near=near, far=far, on_close=listener.close)
