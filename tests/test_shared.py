"""The database that tests share: what one of them leaves is its own error, and no other's."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine
from tests import scratch
from tests.shared import LeftBehind, SharedDatabase

LEFT = {
    "a table": ("CREATE TABLE mine (n INTEGER)",),
    "a table in a schema": ("CREATE SCHEMA mine", "CREATE TABLE mine.mine (n INTEGER)"),
    "a schema": ("CREATE SCHEMA mine",),
    "a column": ("ALTER TABLE vehicles ADD mine INTEGER",),
    "a column less": ("ALTER TABLE vehicles DROP license_plate",),
    "another name": ("ALTER TABLE vehicles RENAME make TO maker",),
    "another type": ("ALTER TABLE vehicles ALTER make TYPE TEXT",),
    "a default": ("ALTER TABLE vehicles ALTER make SET DEFAULT 'Lada'",),
    "a rule": ("ALTER TABLE vehicles ADD CHECK (make <> 'Buick')",),
    "a rule less": ("ALTER TABLE fuel_logs DROP CONSTRAINT fuel_logs_vehicle_id_fkey",),
    "an index": ("CREATE INDEX ON vehicles (make)",),
    "an index less": ("DROP INDEX idx_engines_name_lower",),
    "a policy": ("CREATE POLICY mine ON vehicles USING (true)",),
    "a table under policies": ("ALTER TABLE vehicles ENABLE ROW LEVEL SECURITY",),
    "a right": ("GRANT SELECT ON vehicles TO PUBLIC",),
    "a function": ("CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",),
    "a trigger that is off": ("ALTER TABLE vehicles DISABLE TRIGGER ALL",),
    "what the planner knows": ("ANALYZE vehicles",),
    "a row that a migration brought": ("DELETE FROM _migrations WHERE capsule = 'vehicles'",),
    "another such row": ("UPDATE _migrations SET sha256 = 'x'",),
}
CAR = "INSERT INTO vehicles (id, user_id) VALUES (gen_random_uuid(), 'ana')"
"""A row, without which there is nothing that the planner could know."""
FILL = """
    INSERT INTO fuel_logs (id, user_id, vehicle_id, date_time, fuel_units, cost_per_unit)
    SELECT id, user_id, id, now(), 1, 1 FROM vehicles
"""


@pytest.fixture
def shared(postgres_url: str, _migrated_template: str) -> Iterator[SharedDatabase]:
    make = functools.partial(scratch.database, postgres_url, template=_migrated_template)
    with contextlib.closing(SharedDatabase(make)) as made:
        yield made


def _run(shared: SharedDatabase, *statements: str) -> None:
    with shared.engine("ours", make_engine).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_rows_are_removed_and_numbers_begin_anew(shared: SharedDatabase) -> None:
    urls, ids = set(), []
    for _ in range(3):
        with shared.lent():
            urls.add(shared.url)
            _run(shared, CAR, FILL)
            with shared.engine("ours", make_engine).begin() as connection:
                said = "INSERT INTO engines (name) VALUES ('V8') RETURNING id"
                ids.append(connection.exec_driver_sql(said).scalar_one())
                assert connection.exec_driver_sql("SELECT count(*) FROM vehicles").scalar_one() == 1
    assert len(urls) == 1
    assert ids == [1, 1, 1]


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_is_an_error_and_the_next_finds_another_database(
    shared: SharedDatabase, what: str
) -> None:
    with shared.lent():
        url = shared.url
    with pytest.raises(LeftBehind), shared.lent():
        _run(shared, CAR, *LEFT[what])
    with shared.lent():
        assert shared.url != url
        _run(shared, CAR)


def _lock(shared: SharedDatabase, stack: contextlib.ExitStack) -> None:
    other = sa.create_engine(shared.url, isolation_level="AUTOCOMMIT")
    stack.callback(other.dispose)
    stack.enter_context(other.connect()).exec_driver_sql("SELECT pg_advisory_lock(1)")


def _borrow(shared: SharedDatabase, stack: contextlib.ExitStack) -> None:
    connection = stack.enter_context(shared.engine("ours", make_engine).connect())
    stack.callback(connection.invalidate)  # its pool is gone by then


@pytest.mark.parametrize(("hold", "what"), [(_lock, "advisory"), (_borrow, "given back")])
def test_what_is_still_held_is_an_error(
    shared: SharedDatabase, hold: Callable[[SharedDatabase, contextlib.ExitStack], None], what: str
) -> None:
    with contextlib.ExitStack() as stack, pytest.raises(LeftBehind, match=what), shared.lent():
        hold(shared, stack)


def test_what_is_written_between_two_tests_is_an_error(shared: SharedDatabase) -> None:
    with shared.lent():
        pass
    _run(shared, CAR)
    with pytest.raises(LeftBehind, match="vehicles"), shared.lent():
        pass
    with shared.lent():
        pass
