"""What every test may ask for: a real PostgreSQL, a real Redis-protocol server, a Hypothesis profile.

A server starts when the first test asks for it, once in each process of the
run (0.3 s for PostgreSQL, 0.04 s for Valkey): a run that needs none pays
nothing, and processes working side by side do not wait for each other's locks.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests import memory, scratch, servers

if TYPE_CHECKING:
    from redis import Redis

    from tests.shared import SharedDatabase

# A gate must say the same twice, so `ci` draws the same examples each time; every other
# profile draws new ones, and prints what reproduces a failure.
settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("quick", settings.get_profile("default"), max_examples=15)
settings.register_profile(
    "deep",
    settings.get_profile("default"),
    max_examples=3000,
    stateful_step_count=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


@pytest.hookimpl(tryfirst=True)  # before pytest settles where its temporary folders are
def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary folders in memory where there is room; ``--basetemp`` keeps them where one can look."""
    if config.option.basetemp is None:  # else chosen, or by the process that started this one
        life = contextlib.ExitStack()
        place = life.enter_context(memory.folder("mvtmp-"))
        if place is not None:
            config.option.basetemp = str(place / "tests")
        config.add_cleanup(life.close)


def pytest_collection_finish() -> None:
    """What ten thousand collected tests hold on to need not be gone through at each collection of garbage."""
    gc.collect()
    gc.freeze()


IN_ONE_PROCESS = ("tests/storage/sql/test_scale.py", "tests/providers/test_vpic_catalogue.py")
"""Modules with a fixture so dear that only one process of a run shall make it."""


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, whose mark xdist_group does nothing under pytest 9
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under ``-n``: tests a few at a time to whichever process is free, but a dear module to one."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    scopes: dict[str, str] = {}

    def split_scope(nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in IN_ONE_PROCESS else scopes.setdefault(nodeid, str(len(scopes) // 16))

    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = split_scope
    return scheduling if config.getoption("dist") == "load" else None


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a server, however deep in its fixtures."""
    for item in items:
        used = getattr(item, "fixturenames", ())
        if "postgres_url" in used:
            item.add_marker(pytest.mark.postgres)
        if "redis_url" in used or "own_redis" in used:
            item.add_marker(pytest.mark.redis)


# --------------------------------------------------------------------- PostgreSQL


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy URL of a PostgreSQL server, with the right to create databases; touch none that is there."""
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_template(postgres_url: str) -> Iterator[str]:
    """Name of a database with every migration applied and no row, to copy."""
    import sqlalchemy as sa

    from motovault.storage.sql import migrate

    with scratch.database(postgres_url) as url:
        db_engine = sa.create_engine(url)
        try:
            migrate.upgrade(db_engine)
        finally:
            db_engine.dispose()
        yield sa.make_url(url).database or ""


@pytest.fixture
def postgres_database(postgres_url: str, _migrated_template: str) -> Iterator[str]:
    """URL of a database of this test alone, migrated and empty (a copy of a template, 50 ms and more)."""
    with scratch.database(postgres_url, template=_migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def _shared_postgres(postgres_url: str, _migrated_template: str) -> Iterator[SharedDatabase]:
    from tests.shared import SharedDatabase

    make = functools.partial(scratch.database, postgres_url, template=_migrated_template)
    with contextlib.closing(SharedDatabase(make)) as shared:
        yield shared


@pytest.fixture
def shared_postgres(_shared_postgres: SharedDatabase) -> Iterator[SharedDatabase]:
    """A migrated, empty database of all tests of this process, for those that write rows and no more."""
    with _shared_postgres.lent():
        yield _shared_postgres


@pytest.fixture
def shared_postgres_url(shared_postgres: SharedDatabase) -> str:
    """Its URL, for those who bring an engine of their own."""
    return shared_postgres.url


@pytest.fixture
def empty_postgres_database(postgres_url: str) -> Iterator[str]:
    """URL of a database of this test alone in which nothing was ever made."""
    with scratch.database(postgres_url) as url:
        yield url


# ------------------------------------------------------------------ Redis protocol


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of a Redis-protocol server; write only under ``redis_prefix``, it may be somebody's."""
    with servers.redis() as url:
        yield url


@pytest.fixture
def own_redis() -> Iterator[servers.OwnRedis]:
    """A server of this test alone, which it may kill."""
    with servers.own_redis() as server:
        yield server


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A client of the server; close to the wire, for looking behind the cache's back."""
    import redis

    client = redis.Redis.from_url(redis_url)
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def redis_prefix(redis_client: Redis) -> Iterator[str]:
    """What this test's keys begin with; they are deleted afterwards, and nobody else's are."""
    with scratch.keys(redis_client) as prefix:
        yield prefix
