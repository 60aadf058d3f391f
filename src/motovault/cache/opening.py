"""Making a cache of a URL, and putting it in front of a store."""

from __future__ import annotations

from collections.abc import Callable

from motovault.cache.answers import Answers
from motovault.cache.local import LocalCache
from motovault.cache.store import CachedStore
from motovault.errors import InvalidValue
from motovault.ports import Cache
from motovault.stores import Store

__all__ = ["behind", "open_cache"]


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


def behind(
    store: Store, cache: str | Cache | Answers, close: Callable[[], None] | None = None
) -> tuple[CachedStore, Callable[[], None]]:
    """The store behind a cache, and what closes both; a cache that was not given as a URL stays open.

    Args:
        store: Where everything is kept.
        cache: A URL, what :func:`open_cache` gives, or a cache of the host's own.
        close: Closes the store.

    Raises:
        InvalidValue: The URL is of no known kind, or the store works on a host's open connection.
    """
    ours = open_cache(cache) if isinstance(cache, str) else None
    if ours is not None:
        answers = ours
    else:
        assert not isinstance(cache, str)
        answers = cache if isinstance(cache, Answers) else Answers(far=cache)

    def close_both() -> None:
        try:
            if ours is not None:
                ours.close()
        finally:
            if close is not None:
                close()

    try:
        return CachedStore(store, answers), close_both
    except BaseException:
        if ours is not None:
            ours.close()
        raise
