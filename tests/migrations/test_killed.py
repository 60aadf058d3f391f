"""A migration that is killed, at any moment: what is found is the old schema or the whole one.

And the next run completes it, to the same schema as one that nobody broke off. By
default 20 kills on each database at random moments, spread evenly over the time that
a migration takes, new ones each time; ``nox -s migrations`` does 52. ``MOTOVAULT_KILLS``
says how many instead, and ``MOTOVAULT_KILL_SEED`` repeats the moments of a run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import attrs
import pytest
import sqlalchemy as sa
from alembic import command

from motovault.errors import StorageFailure
from motovault.storage.sql import make_engine, migrate, shipped
from tests import scratch, servers
from tests.migrations.nursery import DONE, KILLED, REFUSED, Nursery, open_nursery
from tests.migrations.snapshot import state

pytestmark = [
    pytest.mark.migrations,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork() here: each child would take half a second"),
]

KILLS = int(os.environ.get("MOTOVAULT_KILLS", "20"))
SEED = int(os.environ.get("MOTOVAULT_KILL_SEED") or random.randrange(10**9))

VEHICLE = "018f0000000070008000000000000001"
ROWS = (
    f"INSERT INTO vehicles (id, user_id) VALUES ('{VEHICLE}', 'ana')",
    (
        "INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)"
        f" VALUES ('{VEHICLE}', 'ana', '{VEHICLE}', '2026-01-01T00:00:00.000000+00:00', '1', '1')"
    ),
)


# -------------------------------------------------------------------- where a run begins


def _nothing(db_engine: sa.Engine) -> None:
    """Not even our own tables."""


def _vehicles_only(db_engine: sa.Engine) -> None:
    migrate.upgrade(db_engine, ["vehicles"])
    with db_engine.begin() as connection:
        connection.exec_driver_sql(ROWS[0])


def _first_files_only(db_engine: sa.Engine) -> None:
    """As the oldest version left it, with rows in it."""
    with db_engine.begin() as connection:
        migrate.MIGRATIONS.create(connection)
        for capsule in shipped.CAPSULES:
            command.upgrade(migrate._config(connection=connection), f"{capsule}_001")
        for row in ROWS:
            connection.exec_driver_sql(row)


BEGINNINGS = {"nothing": _nothing, "vehicles only": _vehicles_only, "first files only": _first_files_only}
SHARES = {"nothing": 4, "vehicles only": 4, "first files only": 2}
"""One in so many kills begins there; the last takes the least time."""


def _found(db_engine: sa.Engine) -> dict[str, object]:
    """The schema, its records, and how many rows there are."""
    found = state(db_engine)
    with db_engine.connect() as connection:
        for table in ("vehicles", "fuel_logs"):
            if sa.inspect(connection).has_table(table):
                found[f"rows of {table}"] = connection.exec_driver_sql(
                    f"SELECT count(*) FROM {table}"
                ).scalar_one()
    return found


@attrs.frozen
class Bench:
    """One beginning on one kind of database, and all that is needed to break migrations off there.

    Attributes:
        copy: A database like at the beginning, for as long as the block lasts; gives its URL.
        old, whole: What is found at the beginning, and after a migration that nobody broke off.
        pending: The files between the two.
        took: Seconds of such a migration, the start of the child included.
    """

    nursery: Nursery
    copy: Callable[[], AbstractContextManager[str]]
    old: dict[str, object]
    whole: dict[str, object]
    pending: tuple[str, ...]
    took: float

    def inspect_and_complete(self, url: str) -> str:
        """Which schema is found, the old one or the whole one, which it must be after the next run."""
        db_engine = make_engine(url)
        try:
            found = _found(db_engine)
            assert found in (self.old, self.whole), f"half written; seed {SEED}"
            if found == self.whole:
                assert migrate.upgrade(db_engine) == ()
                return "whole"
            # Somebody's COMMIT may still be on its way: then the next run waits, and finds it done.
            assert migrate.upgrade(db_engine) in (self.pending, ())
            assert _found(db_engine) == self.whole
            return "old"
        finally:
            db_engine.dispose()

    def points(self) -> list[str]:
        """Moments in files of a migration: it is run, or it is run and recorded; and around its end."""
        revisions = [f"{name.split('/')[0]}_{name.split('/')[1][:3]}" for name in self.pending]
        some = revisions[:: max(1, len(revisions) // 7)]
        around = [f"{('before', 'after')[i % 2]} {revision}" for i, revision in enumerate(some)]
        return [*around, "before COMMIT", "after COMMIT"]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened


def _begun(url: str, beginning: str) -> None:
    db_engine = make_engine(url)
    BEGINNINGS[beginning](db_engine)
    db_engine.dispose()


def _bench(nursery: Nursery, copy: Callable[[], AbstractContextManager[str]]) -> Bench:
    took = []
    for _ in range(2):
        with copy() as url:
            db_engine = make_engine(url)
            old, pending = _found(db_engine), migrate.status(db_engine).pending
            answer = nursery.run(url)
            assert answer["status"] == DONE
            assert answer["files"] == len(pending)
            took.append(answer["took"])
            whole = _found(db_engine)
            db_engine.dispose()
    return Bench(nursery, copy, old, whole, pending, min(took))


@contextmanager
def _postgresql(nursery: Nursery, server: str, beginning: str) -> Iterator[Bench]:
    with scratch.database(server) as template:
        _begun(template, beginning)
        name = sa.make_url(template).database or ""
        yield _bench(nursery, lambda: scratch.database(server, template=name))


@contextmanager
def _sqlite(nursery: Nursery, folder: Path, beginning: str) -> Iterator[Bench]:
    _begun(str(folder / "template.db"), beginning)

    @contextmanager
    def copy() -> Iterator[str]:
        path = folder / "garage.db"
        if (folder / "template.db").exists():  # nothing was ever made, not even a file
            shutil.copy(folder / "template.db", path)
        try:
            yield str(path)
        finally:
            for left in folder.glob("garage.db*"):
                left.unlink()

    yield _bench(nursery, copy)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "nothing"))


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, kind: str, beginning: str, nursery: Nursery, tmp_path: Path
) -> Iterator[Bench]:
    if kind == "sqlite":
        made = _sqlite(nursery, tmp_path, beginning)
    else:
        made = _postgresql(nursery, request.getfixturevalue("postgres_url"), beginning)
    with made as opened:
        yield opened


# -------------------------------------------------------------------------- kill -9


@pytest.mark.parametrize("beginning", BEGINNINGS, indirect=True)
def test_killed_at_any_moment_it_leaves_the_old_schema_or_the_whole_and_the_next_run_completes(
    bench: Bench, kind: str, beginning: str
) -> None:
    draw = random.Random(f"{SEED} {kind} {beginning}")
    left: Counter[str] = Counter()
    files = set()
    wanted = KILLS // SHARES[beginning]
    between = set(range(1, len(bench.pending)))
    span = bench.took
    killed = runs = 0
    while killed < wanted or (not files & between and runs < 3 * wanted):
        runs += 1
        assert runs < 4 * wanted + 20, f"a migration is done before it can be killed: {bench.took} s measured"
        part = (killed + draw.random()) / wanted if runs <= wanted else draw.random()
        with bench.copy() as url:
            answer = bench.nursery.run(url, after=part * span)
            left[bench.inspect_and_complete(url)] += 1
        if answer["status"] == KILLED:
            killed += 1
            files.add(answer["files"])
            if part > 0.5 and not answer["files"]:
                span *= 1.2  # the machine has become slower since it was measured
        else:
            span = max(bench.took / 2, span * 0.95)
    print(
        f"seed {SEED}: {killed} of {runs} killed within {bench.took:.3f} s, left {dict(left)}, files {files}"
    )
    assert left["old"] > 0
    assert files & between, "none was killed between its files"


@pytest.mark.parametrize("beginning", ["nothing", "first files only"], indirect=True)
def test_killed_between_files_and_around_commit_it_is_as_safe(bench: Bench) -> None:
    for point in bench.points():
        with bench.copy() as url:
            assert bench.nursery.run(url, at=point)["status"] == KILLED, point
            left = bench.inspect_and_complete(url)
        assert left == ("whole" if point == "after COMMIT" else "old"), point


# ------------------------------------------------------------- the server's side, PostgreSQL


_BACKENDS = (
    "FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND application_name = 'motovault'"
)


def _asked(server: str, query: str, *values: object) -> list[tuple[object, ...]]:
    db_engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with db_engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query, values or None)]


def test_when_the_server_ends_the_connection_the_migrator_says_so_and_the_schema_is_the_old(
    nursery: Nursery, postgres_url: str
) -> None:
    draw = random.Random(SEED)
    outcomes: Counter[str] = Counter()
    asking = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with _postgresql(nursery, postgres_url, "nothing") as bench, asking.connect() as server:
        kills = max(10, KILLS // 5)
        for i in range(kills):
            with bench.copy() as url:
                nursery.begin(url)
                time.sleep((i + draw.random()) / kills * bench.took)
                name = sa.make_url(url).database
                ended = server.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {_BACKENDS}", (name,)).all()
                status = nursery.end()["status"]
                left = bench.inspect_and_complete(url)
            assert status in (DONE, REFUSED)
            assert left == "whole" or status == REFUSED  # the other way round: the answer to COMMIT was lost
            outcomes[f"{len(ended)} ended, {left}"] += 1
    print(f"seed {SEED}: {dict(outcomes)}")
    assert outcomes["1 ended, old"] > 0


@pytest.mark.skipif("MOTOVAULT_TEST_DATABASE_URL" in os.environ, reason="that server is not ours to crash")
def test_when_the_server_crashes_it_recovers_to_the_old_schema_or_the_whole(nursery: Nursery) -> None:
    """One killed server process makes PostgreSQL end all others and recover from its log."""
    draw = random.Random(SEED)
    outcomes: Counter[str] = Counter()
    crashes = max(4, KILLS // 10)
    with servers.postgres() as server, _postgresql(nursery, server, "first files only") as bench:
        for i in range(crashes):
            with bench.copy() as url:
                nursery.begin(url)
                time.sleep((i + draw.random()) / crashes * bench.took)
                for (process,) in _asked(server, f"SELECT pid {_BACKENDS}", sa.make_url(url).database):
                    os.kill(int(str(process)), signal.SIGKILL)
                    outcomes["crashed"] += 1
                nursery.end()
                _await(server)
                outcomes[bench.inspect_and_complete(url)] += 1
    print(f"seed {SEED}: {dict(outcomes)}")
    assert outcomes["crashed"] > 0


def _await(server: str) -> None:
    """Until the server takes connections again."""
    deadline = time.monotonic() + 30
    while True:
        try:
            _asked(server, "SELECT 1")
            return
        except sa.exc.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_the_nursery_tells_a_refusal_from_a_mistake(nursery: Nursery, tmp_path: Path) -> None:
    (tmp_path / "garage.db").write_text("dear diary, today I drove the car again and again and again")
    assert nursery.run(str(tmp_path / "garage.db"))["status"] == REFUSED
    with pytest.raises(StorageFailure):
        migrate.upgrade(make_engine(tmp_path / "garage.db"))
