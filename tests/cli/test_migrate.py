"""``motovault migrate`` and ``status`` on both databases: a part of the schema, drift, a table in use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine
from motovault.storage.sql.shipped import CAPSULES, shipped
from tests.cli.conftest import Ran

Cli = Callable[..., Ran]

OTHER = "f" * 64
"""The sum of no file."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return "garage.db"
    url: str = request.getfixturevalue("empty_postgres_database")
    return url


@pytest.fixture
def db_engine(database: str) -> Iterator[sa.Engine]:
    made = make_engine(database)
    yield made
    made.dispose()


def _run(db_engine: sa.Engine, statement: str) -> None:
    with db_engine.begin() as connection:
        connection.exec_driver_sql(statement)


def _sum(name: str) -> str:
    return next(file.sha256 for file in shipped() if file.name == name)


# ------------------------------------------------------------------------ a part of it


def test_one_capsule_installs_what_it_needs_and_nothing_else(
    motovault: Cli, database: str, db_engine: sa.Engine
) -> None:
    done = motovault("migrate", "--capsule", "fuel_logs", "--database", database, "--json")
    assert done.code == 0
    names = [file.name for file in shipped() if file.capsule in ("vehicles", "fuel_logs")]
    assert done.json()["applied_now"] == names
    tables = {name for name in sa.inspect(db_engine).get_table_names() if not name.startswith("_")}
    assert tables == {"vehicles", "fuel_logs"}
    again = motovault("migrate", "--capsule", "fuel_logs", "--database", database)
    assert again.code == 0
    assert "nothing to do" in again.out


def test_status_shows_capsules_revisions_applied_and_pending_files(motovault: Cli, database: str) -> None:
    motovault("migrate", "--capsule", "fuel_logs", "--database", database)
    found = motovault("status", "--database", database, "--json")
    assert found.code == 1  # a vault needs user_preferences too
    told = found.json()
    newest = {file.capsule: f"{file.capsule}_{file.file_name[:3]}" for file in shipped()}
    assert [(one["capsule"], one["revision"], one["newest"], one["state"]) for one in told["capsules"]] == [
        (capsule, newest[capsule], newest[capsule], "current")
        if capsule in ("vehicles", "fuel_logs")
        else (capsule, None, newest[capsule], "not installed")
        for capsule in CAPSULES
    ]
    applied = [file["name"] for file in told["applied"]]
    assert applied + told["pending"] != []
    assert sorted(applied + told["pending"]) == sorted(file.name for file in shipped())
    lacking = ("user_preferences", "maintenance")  # of those that a vault reads
    assert told["required"] == [file.name for file in shipped() if file.capsule in lacking]
    assert (told["drift"], told["drifted"]) == ([], [])
    text = motovault("status", "--database", database).out
    for word in ("Capsule", "Revision", newest["fuel_logs"], "not installed", "pending", *applied):
        assert word in text


# -------------------------------------------------------------------------------- drift


def test_a_changed_file_is_reported_with_both_sums_and_stops_the_run(
    motovault: Cli, database: str, db_engine: sa.Engine
) -> None:
    name = "vehicles/001_create_vehicles.py"
    motovault("migrate", "--capsule", "vehicles", "--database", database)
    _run(db_engine, f"UPDATE _migrations SET sha256 = '{OTHER}' WHERE file_name = '001_create_vehicles.py'")
    whole = {"name": name, "kind": "changed", "recorded_sha256": OTHER, "shipped_sha256": _sum(name)}
    for command in ("status", "migrate"):
        told = motovault(command, "--database", database, "--json")
        assert told.code == 1
        assert told.json()["drifted"] == [whole]
        assert told.json()["is_current"] is False
        text = motovault(command, "--database", database)
        assert text.code == 1
        assert f"{name} was changed after it was applied: SHA-256 {OTHER[:12]}…" in text.out + text.err
        assert f"{_sum(name)[:12]}… now" in text.out + text.err
        assert "put the file back as it was" in text.err
    assert motovault("migrate", "--database", database, "--json").json()["applied_now"] == []
    assert {name for name in sa.inspect(db_engine).get_table_names() if name[0] != "_"} == {"vehicles"}


@pytest.mark.parametrize(
    ("file_name", "kind", "advice"),
    [
        ("000_begin.py", "missing", "reinstall motovault"),
        ("999_more.py", "newer", "install that version of motovault"),
    ],
)
def test_a_file_that_is_not_shipped_stops_the_run(
    motovault: Cli, database: str, db_engine: sa.Engine, file_name: str, kind: str, advice: str
) -> None:
    motovault("migrate", "--capsule", "vehicles", "--database", database)
    _run(
        db_engine,
        f"INSERT INTO _migrations SELECT capsule, '{file_name}', '{OTHER}', applied_at"
        " FROM _migrations LIMIT 1",
    )
    whole = {
        "name": f"vehicles/{file_name}",
        "kind": kind,
        "recorded_sha256": OTHER,
        "shipped_sha256": None,
    }
    for command in ("status", "migrate"):
        told = motovault(command, "--database", database, "--json")
        assert (told.code, told.json()["drifted"]) == (1, [whole])
        text = motovault(command, "--database", database)
        assert text.code == 1
        assert f"vehicles/{file_name} was applied (SHA-256 {OTHER[:12]}…)" in text.out + text.err
        assert advice in text.err
    assert {name for name in sa.inspect(db_engine).get_table_names() if name[0] != "_"} == {"vehicles"}


# ------------------------------------------------------------------------- a table in use


def test_a_table_in_use_is_said_and_left_alone(motovault: Cli, database: str, db_engine: sa.Engine) -> None:
    motovault("migrate", "--capsule", "vehicles", "--database", database)
    with db_engine.connect() as somebody:
        somebody.exec_driver_sql(_INSERT)
        done = motovault("migrate", "--database", database, "--lock-timeout", "0.3")
        assert (done.code, done.out) == (1, "")
        assert "0.3 s" in done.err
        assert "--lock-timeout SECONDS" in done.err
        assert "Nothing was changed" in done.err
    assert {name for name in sa.inspect(db_engine).get_table_names() if name[0] != "_"} == {"vehicles"}
    assert motovault("migrate", "--database", database).code == 0


_INSERT = "INSERT INTO vehicles (id, user_id) VALUES ('018f0000-0000-7000-8000-000000000001', 'auth0|ana')"


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "86401", "soon"])
def test_a_timeout_that_is_no_time_is_usage(motovault: Cli, folder: Path, seconds: str) -> None:
    for more in ([], ["--sql"]):
        done = motovault("migrate", "--lock-timeout", seconds, *more)
        assert (done.code, done.out) == (2, "")
        assert "lock" in done.err
    assert list(folder.iterdir()) == []
