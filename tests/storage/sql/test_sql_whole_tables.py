"""Whole tables out of the databases: odd rows of other applications, row-level security, secrets, memory."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

import motovault
from motovault.domain.vehicles import VehicleId, VehicleNotFound
from motovault.errors import InvalidValue, NotAllowed, StorageFailure
from motovault.storage.sql import SqlStore, make_engine
from motovault.storage.sql.whole_tables import query
from motovault.testing.contracts.base import keep_vehicle
from motovault.testing.examples import ANA, BOB, example_fuel_log, example_maintenance_log
from tests import scratch
from tests.analysis.many import fill

ROOT = Path(__file__).resolve().parents[3]
CAR = VehicleId(UUID(int=1))
NAMES = ("fuel_logs", "intervals", "maintenance", "odometer", "vehicles")


def _execute(store: SqlStore, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _vault(store: SqlStore) -> motovault.Vault:
    return motovault.open_vault(engine=store.engine)


@pytest.fixture
def odd(store: SqlStore) -> SqlStore:
    """Rows as another application may write them: words nobody knows, empty texts, no preferences, NULLs."""
    fills = (
        "id, user_id, vehicle_id, date_time, odometer, trip_distance, fuel_units, cost_per_unit, total_cost"
    )
    fills += (
        ", fuel_type, fuel_grade, odometer_unit, fuel_unit, is_full_tank, missed_previous, tank, is_towing"
    )
    mine = f"'{ANA}', '{CAR.hex}'"
    flags = "TRUE, FALSE, 1, FALSE"
    at = "'2026-03-0{}T12:00:00.000000+00:00'"
    _execute(
        store,
        f"INSERT INTO vehicles (id, user_id) VALUES ('{CAR.hex}', '{ANA}')",
        f"INSERT INTO user_preferences (id, user_id, time_zone, currency_code, unit_system)"
        f" VALUES ('{UUID(int=3).hex}', '{ANA}', '', '', 'furlongs')",
        f"INSERT INTO fuel_logs ({fills}) VALUES ('{UUID(int=5).hex}', {mine}, {at.format(1)}, '1000', '0',"
        f" '10', '0', '0', 'unobtainium', '', '', '', {flags})",
        f"INSERT INTO fuel_logs ({fills}) VALUES ('{UUID(int=6).hex}', {mine}, {at.format(2)}, '1300', NULL,"
        f" '10', '0', '5', NULL, NULL, 'furlong', 'bucket', {flags})",
        f"INSERT INTO fuel_logs ({fills}) VALUES ('{UUID(int=7).hex}', {mine}, {at.format(3)}, 'NaN', 'NaN',"
        f" 'NaN', 'NaN', 'NaN', 'diesel', NULL, NULL, NULL, {flags})",
        f"INSERT INTO fuel_logs ({fills}) VALUES ('{UUID(int=8).hex}', {mine}, {at.format(4)}, '0', '-3',"
        f" '10', '2', NULL, 'electric', NULL, NULL, NULL, {flags})",
        "INSERT INTO maintenance_logs (id, user_id, vehicle_id, category, service_date, odometer, cost)"
        f" VALUES ('{UUID(int=9).hex}', {mine}, 'voodoo', '2026-03-04', -5, 'NaN')",
    )
    return store


def test_odd_rows_become_what_the_domain_makes_of_them(odd: SqlStore) -> None:
    frames = _vault(odd).garage(ANA).frames
    for numbers in ("float", "decimal"):
        rows = frames.fuel_logs(backend="pyarrow", numbers=numbers).to_pylist()
        known = [row["odometer_km"] for row in rows]
        assert [None if value is None else float(value) for value in known] == [1609.344, None, None, None]
        assert [row["odometer_unit"] for row in rows] == ["mi", "furlong", "mi", "mi"]
        assert [row["fuel_unit"] for row in rows] == ["us_gal", "bucket", "us_gal", "kWh"]
        assert [row["volume_l"] is None for row in rows] == [False, True, True, True]
        assert [row["energy_kwh"] for row in rows] == [None, None, None, 10]
        assert [row["trip_distance_km"] is None for row in rows] == [True, True, True, False]
        assert [row["price_per_unit"] for row in rows] == [0, None, None, 2]
        assert [row["total_cost"] for row in rows] == [0, 5, None, None]
        assert [row["fuel_type"] for row in rows] == ["unobtainium", None, "diesel", "electric"]
        assert {row["fuel_grade"] for row in rows} == {None}
        assert {row["currency_code"] for row in rows} == {"USD"}
        assert rows[0]["local_date"] == date(2026, 3, 1)
        (work,) = frames.maintenance(backend="pyarrow", numbers=numbers).to_pylist()
        assert (work["category"], work["subtypes"], work["odometer_km"], work["cost"]) == (
            "voodoo",
            [],
            None,
            None,
        )
        readings = frames.odometer(backend="pyarrow", numbers=numbers).to_pylist()
        assert [row["source_id"] for row in readings] == [str(UUID(int=5))]
        assert frames.intervals(backend="pyarrow", numbers=numbers).num_rows >= 0
    assert _vault(odd).frames.vehicles(backend="pyarrow").num_rows == 1


def test_a_figure_that_no_decimal128_holds_is_refused_exactly_and_given_as_a_float(odd: SqlStore) -> None:
    far = "1" + "0" * 40
    _execute(odd, f"UPDATE fuel_logs SET odometer = '{far}.5' WHERE id = '{UUID(int=5).hex}'")
    frames = _vault(odd).garage(ANA).frames
    assert frames.fuel_logs(backend="pyarrow")["odometer_km"][0].as_py() == 1.609344e40
    with pytest.raises(InvalidValue, match="decimal128"):
        frames.fuel_logs(numbers="decimal")


def test_a_moment_that_no_calendar_holds_is_a_failure(postgres_database: str) -> None:
    db_engine = make_engine(postgres_database)
    store = SqlStore(db_engine)
    car = keep_vehicle(store)
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(example_fuel_log(car))
    for moment in ("infinity", "20000-01-01", "0044-03-15 BC"):
        _execute(store, f"UPDATE fuel_logs SET date_time = '{moment}'")
        with pytest.raises(StorageFailure, match=r"a date or moment of fuel_logs .*infinity"):
            _vault(store).garage(ANA).frames.fuel_logs()
    db_engine.dispose()


def test_moments_that_were_written_by_hand_in_sqlite_are_read(sqlite_path: Path) -> None:
    db_engine = make_engine(sqlite_path)
    store = SqlStore(db_engine)
    car = keep_vehicle(store)
    with store.unit_of_work(ANA) as work:
        work.fuel_logs.add(example_fuel_log(car))
    for text in ("2026-01-01 05:00:00", "2026-01-01T06:00:00+01:00", "2026-01-01T05:00:00Z"):
        _execute(store, f"UPDATE fuel_logs SET date_time = '{text}'")
        found = _vault(store).garage(ANA).frames.fuel_logs(backend="pyarrow")
        assert found["filled_at"].to_pylist() == [datetime(2026, 1, 1, 5, tzinfo=UTC)]
    db_engine.dispose()


def _explained(store: SqlStore, name: str, **asked: bool) -> str:
    said = query(store.engine.dialect.name, name, exact=False, **asked).text
    is_sqlite = store.engine.dialect.name == "sqlite"
    with store.engine.connect() as connection:
        text = sa.text(("EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ") + said.replace("::", "\\:\\:"))
        values = {"user_id": ANA, "vehicle_id": CAR.hex}
        return "\n".join(str(row) for row in connection.execute(text, values if asked["of_user"] else {}))


def test_sqlite_sorts_no_fuel_logs(sqlite_path: Path) -> None:
    db_engine = make_engine(sqlite_path)
    for of_user in (True, False):
        plan = _explained(SqlStore(db_engine), "fuel_logs", of_user=of_user, of_vehicle=False)
        if not of_user:
            assert "TEMP B-TREE" not in plan, plan
        assert "idx_fuel_logs_vehicle_id_user_id_date_time_id" in plan
    db_engine.dispose()


# ------------------------------------------------------------------- row-level security


def _keep_two(owners_database: str) -> dict[str, Any]:
    db_engine = make_engine(owners_database)
    store, cars = SqlStore(db_engine, row_level_security=True), {}
    for user_id in (ANA, BOB):
        cars[user_id] = keep_vehicle(store, user_id)
        with store.unit_of_work(user_id) as work:
            work.fuel_logs.add(example_fuel_log(cars[user_id]))
            work.fuel_logs.add(example_fuel_log(cars[user_id], odometer="52300"))
            work.maintenance_logs.add(example_maintenance_log(cars[user_id], odometer=52_000))
    db_engine.dispose()
    return cars


@pytest.mark.parametrize("with_adbc", [True, False])
@pytest.mark.parametrize("how", ["engine", "host's engine", "host's connection", "in a transaction"])
def test_a_bound_role_gets_its_users_rows_and_never_anothers(
    owners_database: str, guarded_database: str, how: str, with_adbc: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not with_adbc:
        monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    cars = _keep_two(owners_database)
    db_engine = sa.create_engine(guarded_database) if "host" in how else make_engine(guarded_database)
    with db_engine.connect() as connection:
        vault = (
            motovault.open_vault(connection=connection, row_level_security=True)
            if "connection" in how
            else motovault.open_vault(engine=db_engine, row_level_security=True)
        )
        garage = vault.garage(ANA)
        for name in NAMES:
            if how == "in a transaction":
                with garage.transaction():
                    rows = getattr(garage.frames, name)(backend="pyarrow").to_pylist()
            else:
                rows = getattr(garage.frames, name)(backend="pyarrow").to_pylist()
            assert rows, name
            assert {row["user_id"] for row in rows} == {ANA}
            with pytest.raises(VehicleNotFound):
                getattr(garage.frames, name)(cars[BOB].id)
            with pytest.raises(NotAllowed, match="row-level security shows the role"):
                getattr(vault.frames, name)()
    db_engine.dispose()


def test_the_policies_bind_the_very_query_that_forgets_whose_rows_it_asks_for(
    owners_database: str, guarded_database: str
) -> None:
    """The wall behind the wall: the statement for all users, on a guarded line of ana's."""
    from motovault.storage.sql.arrow import batches
    from motovault.storage.sql.guarded import GuardedPooledLine

    _keep_two(owners_database)
    db_engine = make_engine(guarded_database)
    for may_leave in (True, False):
        line = GuardedPooledLine(db_engine, "postgresql", ANA)
        found: list[Any] = []
        for batch in batches(line, "fuel_logs", None, None, exact=True, rows=10, may_leave=may_leave):
            found += batch.column("user_id").to_pylist()
        line.close()
        # by ADBC nobody at all is set where no user was asked for
        assert found == ([] if may_leave else [ANA, ANA])
    db_engine.dispose()


def test_who_owns_the_tables_sees_all_users(owners_database: str) -> None:
    _keep_two(owners_database)
    with motovault.open_vault(owners_database) as vault:
        assert set(vault.frames.fuel_logs()["user_id"]) == {ANA, BOB}


def test_a_vehicles_frame_of_a_name_full_of_quotes(postgres_database: str) -> None:
    for user in ("o'brien", 'a"b\\c', "'; DROP TABLE vehicles; --", "%s :user_id $1 \\x27"):
        with motovault.open_vault(postgres_database) as vault:
            vault.garage(user).vehicles.add(license_plate="X")
            assert vault.garage(user).frames.vehicles()["user_id"].to_list() == [user]


# ------------------------------------------------------------------------------ secrets


def test_no_error_of_the_fast_road_tells_the_password(
    postgres_url: str, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motovault.storage.sql import arrow

    with scratch.role(postgres_url) as role:
        owners = sa.create_engine(postgres_database, poolclass=sa.NullPool)
        with owners.begin() as owner:
            owner.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
            owner.exec_driver_sql(f"REVOKE SELECT ON fuel_logs FROM {role}")
        url = scratch.as_role(postgres_database, role)
        with motovault.open_vault(url, row_level_security=False) as vault:
            with pytest.raises(StorageFailure) as caught:
                vault.frames.fuel_logs()
            said = repr(caught.value) + str(caught.value.__cause__) + str(caught.value.__context__)
            assert "42501" in str(caught.value)
            assert role not in said  # the password is the role's name
            # a connection that is refused is none: the pool's takes its place
            monkeypatch.setattr(arrow, "_adbc", lambda _: None)
            with pytest.raises(StorageFailure, match="42501"):
                vault.frames.fuel_logs()
        with owners.begin() as owner:
            owner.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")


# ------------------------------------------------------------------------------- memory


def test_a_connection_that_is_ended_while_rows_are_read_is_a_failure(postgres_database: str) -> None:
    fill(postgres_database, 150_000)
    server = sa.create_engine(postgres_database, isolation_level="AUTOCOMMIT")
    with motovault.open_vault(postgres_database) as vault, server.connect() as connection:
        batches = vault.frames.batches(rows=1_000)
        next(batches)
        ended = connection.exec_driver_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'"
        )
        assert ended.scalar_one() == 1
        with pytest.raises(StorageFailure, match="broken off"):
            list(batches)
        assert vault.frames.vehicles().height == 300
    server.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("road", ["sqlite", "postgresql", "postgresql without ADBC"])
def test_batches_of_a_long_table_take_little_memory(
    road: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """In a process of its own, whose peak is its own too: 150,000 rows, which as a table take 50 MB."""
    if road == "sqlite":
        url = str(request.getfixturevalue("sqlite_path"))
    else:
        url = str(request.getfixturevalue("postgres_database"))
    program = f"""
import resource, sys
if {"without" in road}:
    sys.modules["adbc_driver_postgresql"] = None
import pyarrow, motovault
from tests.analysis.many import fill
fill({url!r}, 150_000)
vault = motovault.open_vault({url!r})
next(vault.frames.batches(rows=5_000)).num_rows
before, rows = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0
peak = 0
for batch in vault.frames.batches(rows=5_000):
    rows += batch.num_rows
    peak = max(peak, pyarrow.total_allocated_bytes())
assert rows == 150_000, rows
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, peak // 2**20)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    grown, arrow = map(int, done.stdout.split())
    assert grown < 35
    assert arrow < 20
