"""Processes that migrate at once: all succeed, each file is applied once."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine, migrate, row_level_security, shipped
from motovault.storage.sql.adopt import adopt
from tests.migrations.conftest import OwnFiles
from tests.migrations.node_database import ANA, vehicle_id
from tests.migrations.snapshot import state

pytestmark = pytest.mark.migrations

_UPGRADE = """
import sys
from motovault.storage.sql import make_engine, migrate
print("ready", flush=True)
sys.stdin.readline()
print(*migrate.upgrade(make_engine(sys.argv[1])))
"""


def _start(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _UPGRADE, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("there", [[], ["vehicles"]], ids=["empty", "half installed"])
@pytest.mark.parametrize("number", [2, 5])
def test_of_processes_that_migrate_at_once_one_does_it_and_the_others_wait(
    database_url: str, db_engine: sa.Engine, number: int, there: list[str]
) -> None:
    done = migrate.upgrade(db_engine, there) if there else ()
    processes = [_start(database_url) for _ in range(number)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * number, answers
    applied = [name for out, _ in answers for name in out.split()]
    assert sorted([*done, *applied]) == sorted(file.name for file in shipped.shipped())
    assert len([out for out, _ in answers if out.split()]) == 1
    assert migrate.status(db_engine).is_current


def test_on_postgresql_a_migrator_waits_for_another_for_longer_than_it_would_for_a_table(
    empty_postgres_database: str,
) -> None:
    """Also where the host has set a limit for locks that is shorter than the other's migration."""
    url = sa.make_url(empty_postgres_database).update_query_dict({"options": "-c lock_timeout=100ms"})
    first, second = make_engine(url), make_engine(url)
    applied: list[str] = []
    with migrate.alone(first):
        waiting = threading.Thread(target=lambda: applied.extend(migrate.upgrade(second, lock_timeout=0.2)))
        waiting.start()
        time.sleep(1)
        assert waiting.is_alive()
    waiting.join(30)
    assert applied == [file.name for file in shipped.shipped()]
    first.dispose()
    second.dispose()


def test_in_sqlite_a_migrator_waits_for_somebody_who_is_writing(tmp_path: Path) -> None:
    """A transaction that has read before it writes would be refused at once, however patient it is."""
    path = tmp_path / "garage.db"
    db_engine, other = make_engine(path), make_engine(path)
    migrate.upgrade(db_engine, ["vehicles"])
    applied: list[str] = []
    with other.connect() as connection:
        connection.exec_driver_sql("INSERT INTO vehicles (id, user_id) VALUES ('a', 'ana')")
        waiting = threading.Thread(target=lambda: applied.extend(migrate.upgrade(db_engine)))
        waiting.start()
        time.sleep(0.5)
        assert waiting.is_alive()
        connection.commit()
    waiting.join(30)
    assert len(applied) == sum(file.capsule != "vehicles" for file in shipped.shipped())
    whole = make_engine(tmp_path / "whole.db")
    migrate.upgrade(whole)
    assert state(db_engine) == state(whole)
    for made in (db_engine, other, whole):
        made.dispose()


# --- and an application that goes on


WAITS = """
    SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    WHERE NOT l.granted AND c.relname = '{}'
"""
LOG = f"""
    INSERT INTO maintenance_logs (id, user_id, vehicle_id, category, service_date)
    VALUES (gen_random_uuid(), '{ANA}', '{vehicle_id(1)}', 'repair', CURRENT_DATE)
"""


def _while_somebody_writes(
    db_engine: sa.Engine, change: Callable[[], object], table: str = "maintenance_logs"
) -> object:
    """What ``change`` gives, begun while somebody has read a table who then adds a log of a vehicle."""
    with ThreadPoolExecutor(1) as pool:
        with db_engine.connect() as watch, db_engine.begin() as somebody:
            somebody.exec_driver_sql(f"SELECT count(*) FROM {table}")
            changing = pool.submit(change)
            deadline = time.monotonic() + 30
            while not watch.exec_driver_sql(WAITS.format(table)).scalar_one() and not changing.done():
                assert time.monotonic() < deadline, "nobody ever waited for the table"
                time.sleep(0.005)
            somebody.exec_driver_sql(LOG)
        return changing.result(timeout=30)


def test_an_insert_that_waits_for_the_vehicles_and_who_adopts_do_not_wait_for_each_other(
    node: sa.Engine,
) -> None:
    found = _while_somebody_writes(node, lambda: adopt(node).state)
    assert found == "adopted"


def test_an_insert_that_waits_for_the_vehicles_and_a_migration_do_not_wait_for_each_other(
    node: sa.Engine, own_files: OwnFiles
) -> None:
    adopt(node)
    for capsule, table in (("vehicles", "vehicles"), ("maintenance", "maintenance_logs")):
        own_files.add("wider", f"op.execute('ALTER TABLE {table} ADD COLUMN wider INTEGER')", capsule)
    found = _while_somebody_writes(node, lambda: migrate.upgrade(node))
    assert found == ("vehicles/004_wider.py", "maintenance/005_wider.py")


def test_an_insert_and_who_turns_row_level_security_on_do_not_wait_for_each_other(node: sa.Engine) -> None:
    adopt(node)
    secure = functools.partial(migrate.upgrade, node, row_level_security="forced")
    assert _while_somebody_writes(node, secure, "vehicles") == ()
    assert row_level_security.state(node).is_forced
