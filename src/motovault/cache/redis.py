"""A cache on a Redis server, shared by processes: Redis 6 or Valkey on, one primary, no cluster.

Each key has its value, and while somebody works one out a lease beside it.
Every value begins with the *epoch* in which its lease was taken; deleting the one
key of the epoch makes every value unreadable at once. An epoch names the run of
the server that it was made in: a server that comes back with an old snapshot,
or a replica that took over, is another run, and what it kept is not trusted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import uuid4

from motovault.cache.outage import Outage
from motovault.errors import InvalidValue, MissingExtra
from motovault.ports import Lease

try:
    import redis
    from redis.backoff import NoBackoff
    from redis.exceptions import OutOfMemoryError, ReadOnlyError, RedisError
    from redis.retry import Retry
except ModuleNotFoundError as missing:
    raise MissingExtra("redis", "redis") from missing

__all__ = ["FAILURES", "RedisCache"]

FAILURES: Final = (RedisError, OSError, ValueError, TypeError, LookupError)
"""What a server that is away, hung, loading, read-only or at odds with us makes the client raise.

The last three: an answer of another shape than Redis gives, from whoever listens there.
"""

T = TypeVar("T")

_HEAD: Final = b'{"epoch":"'
_MIDDLE: Final = b'","kept":'

# MGET takes a key of another type for empty, where GET raises.
_LEASE: Final = """
local found = redis.call('MGET', KEYS[1], KEYS[3])
local value, epoch = found[1], found[2]
if not epoch then
  epoch = ARGV[1]
  redis.call('SET', KEYS[3], epoch)
end
if value and ARGV[4] == '0' and string.sub(value, 11, 10 + #epoch) == epoch then
  return {value, epoch, 0}
end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then
  return {false, epoch, 1}
end
return {false, epoch, 0}
"""
_FILL: Final = """
local found = redis.call('MGET', KEYS[2], KEYS[3])
if found[1] ~= ARGV[1] or found[2] ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
redis.call('UNLINK', KEYS[2])
return 1
"""
_RELEASE: Final = """
if redis.call('MGET', KEYS[1])[1] == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
return 1
"""
_DROP: Final = """
redis.call('UNLINK', unpack(KEYS))
for i = 2, #ARGV do redis.call('PUBLISH', ARGV[1], ARGV[i]) end
return 1
"""
# Deleting is allowed to a server that is full, where setting is not.
_NEW_RUN: Final = """
local epoch = redis.call('MGET', KEYS[1])[1]
if epoch and string.sub(epoch, 1, #ARGV[1]) ~= ARGV[1] then
  redis.call('UNLINK', KEYS[1])
  redis.call('PUBLISH', ARGV[2], '*')
end
return 1
"""
_EPOCH: Final = """
local epoch = redis.call('MGET', KEYS[1])[1]
if not epoch then
  epoch = ARGV[1]
  redis.call('SET', KEYS[1], epoch)
end
return epoch
"""
_AT_ONCE: Final = 500
"""Keys of one dropping command: Lua's stack is short."""


class RedisCache:
    """:class:`motovault.ports.Cache` on a Redis server; seen at once by every process with the same prefix.

    Args:
        url: ``redis://``, ``rediss://`` or ``unix://``.
        prefix: What every key begins with; one for each database, and nobody else's.
        timeout_seconds: How long a call waits for a connection, and for an answer.
        retry_seconds: How often a server that failed is tried again.
        connections: How many are used at once at most.

    Raises:
        InvalidValue: The URL is none, or ``prefix`` is empty.
        MissingExtra: redis is not installed: ``pip install 'motovault[redis]'``.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "motovault:",
        timeout_seconds: float = 0.1,
        retry_seconds: float = 0.5,
        connections: int = 20,
    ) -> None:
        if not prefix:
            raise InvalidValue("prefix", prefix, "must not be empty")
        try:
            self.client = redis.Redis.from_url(
                url,
                protocol=3,
                max_connections=connections + 5,  # the recovery's, and a listener's
                decode_responses=False,
                socket_timeout=timeout_seconds,
                socket_connect_timeout=timeout_seconds,
                retry=Retry(NoBackoff(), 0),
                redis_connect_func=self._connected,
            )
        except ValueError:
            # the library's own text may show the URL, which may hold a password
            raise InvalidValue("cache", "…", "must be redis://, rediss:// or unix://…") from None
        if self.client.get_encoder().decode_responses:
            raise InvalidValue("cache", "…?decode_responses", "must leave answers as bytes")
        self.prefix = prefix
        self.channel = f"{prefix}dropped"
        self._epoch = f"{prefix}epoch"
        self._run = ""
        self._timeout = timeout_seconds
        # The client's own pool refuses at once; here one waits for his turn, which is no failure.
        self._turns = threading.BoundedSemaphore(connections)
        self._outage = Outage(self._settle, FAILURES, retry_seconds)
        self._scripts: dict[str, Any] = {}
        self._command: Callable[..., Any] = self.client.execute_command

    @property
    def is_out_of_order(self) -> bool:
        """The server failed and is not asked until it has been seen to answer again."""
        return self._outage.is_on

    def get(self, key: str, /) -> bytes | None:
        """See :meth:`motovault.ports.Cache.get`."""
        return self._guarded(lambda: self._get(key), None)

    def lease(self, key: str, /, *, seconds: float, anew: bool = False) -> tuple[bytes | None, Lease | None]:
        """See :meth:`motovault.ports.Cache.lease`."""
        otherwise: tuple[bytes | None, Lease | None] = (None, Lease(""))
        return self._guarded(lambda: self._lease(key, seconds, anew), otherwise)

    def fill(self, key: str, value: bytes, lease: Lease, /, *, seconds: float) -> bool:
        """See :meth:`motovault.ports.Cache.fill`; ``value`` is JSON."""
        return bool(lease) and self._guarded(lambda: self._fill(key, value, lease, seconds), False)

    def release(self, key: str, lease: Lease, /) -> None:
        """See :meth:`motovault.ports.Cache.release`."""
        token = lease.partition(" ")[0]
        if token:
            self._guarded(lambda: self._eval(_RELEASE, [self._beside(key)], [token]), None)

    def get_many(self, keys: Sequence[str], /) -> tuple[list[bytes | None], Lease]:
        """See :meth:`motovault.ports.BulkCache.get_many`; one round trip."""
        otherwise: tuple[list[bytes | None], Lease] = ([None] * len(keys), Lease(""))
        return self._guarded(lambda: self._get_many(keys), otherwise) if keys else otherwise

    def fill_many(self, values: Mapping[str, bytes], lease: Lease, /, *, seconds: float) -> None:
        """See :meth:`motovault.ports.BulkCache.fill_many`; one round trip."""
        if lease and values:
            self._guarded(lambda: self._fill_many(values, lease, seconds), None)

    def drop(self, *keys: str) -> None:
        """See :meth:`motovault.ports.Cache.drop`."""
        if not keys or self._outage.owes(keys):
            return
        self._certainly(lambda: self._drop(keys), keys)

    def drop_all(self) -> None:
        """See :meth:`motovault.ports.Cache.drop_all`."""
        if not self._outage.owes((), everything=True):
            self._certainly(self._drop_all, (), everything=True)

    def close(self) -> None:
        """Let go of all connections; what is owed to the server is tried once more."""
        self._outage.close()
        self.client.close()

    def _guarded(self, call: Callable[[], T], otherwise: T) -> T:
        if self._outage.is_on or not self._turns.acquire(timeout=self._timeout):
            return otherwise
        try:
            return otherwise if self.is_out_of_order else call()
        except OutOfMemoryError:  # it is full: nothing new is kept, and the rest works
            return otherwise
        except FAILURES:
            self._outage.begin()
            return otherwise
        finally:
            self._turns.release()

    def _certainly(
        self, call: Callable[[], object], keys: tuple[str, ...], *, everything: bool = False
    ) -> None:
        """Drop now, or owe it. Also where Ctrl-C leaves open whether it was done."""
        done = False
        try:
            if self._turns.acquire(timeout=self._timeout):
                try:
                    call()
                    done = True
                finally:
                    self._turns.release()
        except FAILURES:
            pass
        finally:
            if not done:
                self._outage.begin(keys, everything=everything)

    def _get(self, key: str) -> bytes | None:
        value: bytes | None
        epoch: bytes | None
        value, epoch = self._command("MGET", self.prefix + key, self._epoch)
        if value is None or epoch is None:
            return None
        return _opened(value, epoch)

    def _get_many(self, keys: Sequence[str]) -> tuple[list[bytes | None], Lease]:
        *values, epoch = self._command("MGET", *(self.prefix + key for key in keys), self._epoch)
        if epoch is None:
            epoch = self._eval(_EPOCH, [self._epoch], [self._new_epoch()])
        found = [None if value is None else _opened(value, epoch) for value in values]
        return found, Lease(epoch.decode("latin-1"))

    def _fill_many(self, values: Mapping[str, bytes], lease: Lease, seconds: float) -> None:
        # of the epoch in which they were missed: where that is over, nobody reads them
        epoch, milliseconds = lease.encode("latin-1"), max(1, int(seconds * 1000))
        with self.client.pipeline(transaction=False) as pipe:
            for key, value in values.items():
                pipe.set(self.prefix + key, _closed(value, epoch), px=milliseconds)
            pipe.execute()

    def _lease(self, key: str, seconds: float, anew: bool) -> tuple[bytes | None, Lease | None]:
        token = uuid4().hex
        value, epoch, taken = self._eval(
            _LEASE,
            [self.prefix + key, self._beside(key), self._epoch],
            [self._new_epoch(), token, max(1, int(seconds * 1000)), int(anew)],
        )
        if value is not None:
            return _opened(value, epoch), None
        return None, (Lease(f"{token} {epoch.decode('latin-1')}") if taken else None)

    def _fill(self, key: str, value: bytes, lease: Lease, seconds: float) -> bool:
        token, _, text = lease.partition(" ")
        epoch = text.encode("latin-1")  # as it is: somebody may have written another one there
        keys = [self.prefix + key, self._beside(key), self._epoch]
        args = [token, epoch, _closed(value, epoch), max(1, int(seconds * 1000))]
        return bool(self._eval(_FILL, keys, args))

    def _drop(self, keys: tuple[str, ...] | list[str]) -> None:
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            names = [name for key in some for name in (self.prefix + key, self._beside(key))]
            self._eval(_DROP, names, [self.channel, *some])

    def _drop_all(self) -> None:
        self._eval(_DROP, [self._epoch], [self.channel, "*"])

    def _settle(self, owed: frozenset[str], everything: bool) -> None:
        if everything:
            self._drop_all()
        elif owed:
            self._drop(sorted(owed))
        else:
            self._eval(_DROP, [f"{self.prefix}probe"], [self.channel])  # a primary, and not full of errors

    def _new_epoch(self) -> str:
        return f"{self._run}.{uuid4().hex}"

    def _beside(self, key: str) -> str:
        return f"{self.prefix}lease:{key}"

    def _eval(self, source: str, keys: list[str], args: list[Any]) -> Any:
        script = self._scripts.get(source)
        if script is None:
            script = self._scripts[source] = self.client.register_script(source)
        return script(keys=keys, args=args)

    def _connected(self, connection: Any) -> None:
        """What every new connection does first: is it the primary, and the run that we know?"""
        connection.on_connect()
        facts: dict[str, str] = {}
        for section in ("server", "replication"):
            connection.send_command("INFO", section)
            text = connection.read_response()
            facts |= dict(line.split(":", 1) for line in _text(text).splitlines() if ":" in line)
        if facts.get("role") != "master":
            raise ReadOnlyError("this server is a replica")
        self._run = facts["run_id"]
        connection.send_command("EVAL", _NEW_RUN, 1, self._epoch, self._run, self.channel)
        connection.read_response()

    def __repr__(self) -> str:
        return f"<RedisCache under {self.prefix!r}>"


def _closed(value: bytes, epoch: bytes) -> bytes:
    """A value as it is kept in this epoch."""
    return b"".join((_HEAD, epoch, _MIDDLE, value, b"}"))


def _opened(value: bytes, epoch: bytes) -> bytes | None:
    """What a value holds, if it is of this epoch."""
    if not value.startswith(_HEAD + epoch + _MIDDLE):
        return None
    return value[len(_HEAD) + len(epoch) + len(_MIDDLE) : -1]


def _text(answer: Any) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
