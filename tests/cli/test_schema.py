"""``motovault status`` and ``motovault migrate``, on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql.shipped import shipped
from tests.cli.conftest import Ran, fuelio

Cli = Callable[..., Ran]


def test_migrate_makes_a_database_and_status_says_so(motovault: Cli) -> None:
    made = motovault("migrate", "--json").json()
    assert made["is_current"] is True
    assert "vehicles/001_create_vehicles.py" in made["applied_now"]
    assert motovault("migrate", "--json").json()["applied_now"] == []
    status = motovault("status")
    assert status.code == 0
    assert "garage.db: up to date" in status.out


def test_one_capsule_brings_what_it_needs_and_the_rest_is_pending(motovault: Cli) -> None:
    assert motovault("migrate", "--capsule", "vehicles").code == 0
    done = motovault("status")
    assert done.code == 1
    assert "fuel_logs/001_create_fuel_logs.py" in done.out
    assert "pending" in done.out
    assert "motovault migrate --database garage.db" in done.err


def test_an_unknown_capsule_is_usage(motovault: Cli) -> None:
    done = motovault("migrate", "--capsule", "trailers")
    assert done.code == 2
    assert "'trailers'" in done.err


@pytest.mark.parametrize("database", ["garage.db", "postgresql://ana:hush@nowhere.invalid/x"])
def test_sql_prints_the_script_and_touches_nothing(motovault: Cli, folder: Path, database: str) -> None:
    done = motovault("migrate", "--sql", "--database", database)
    assert done.code == 0
    assert "CREATE TABLE fuel_logs" in done.out
    assert list(folder.iterdir()) == []


def test_the_script_names_the_schema_that_the_url_names(motovault: Cli) -> None:
    done = motovault("migrate", "--sql", "--database", "postgresql://ana@nowhere.invalid/x?schema=garage")
    assert "CREATE SCHEMA IF NOT EXISTS garage;" in done.out
    assert 'SET LOCAL search_path TO "garage";' in done.out


def test_status_says_how_each_capsule_stands(motovault: Cli) -> None:
    for capsule in ("fuel_logs", "user_preferences"):
        motovault("migrate", "--capsule", capsule)
    assert motovault("status").code == 1, "the odometer reads the maintenance logs too"
    motovault("migrate", "--capsule", "maintenance")
    done = motovault("status", "--json")
    assert done.code == 0
    states = {one["capsule"]: (one["revision"], one["state"]) for one in done.json()["capsules"]}
    newest = max(file.file_name for file in shipped() if file.capsule == "fuel_logs")
    assert states["fuel_logs"] == (f"fuel_logs_{newest[:3]}", "current")
    assert states["admin"] == (None, "not installed")
    assert done.json()["required"] == []
    assert "admin/001_create_admin_tables.py" in done.json()["pending"]


def test_the_script_is_the_schema(motovault: Cli, folder: Path) -> None:
    script = motovault("migrate", "--sql").out
    with sqlite3.connect(folder / "by_hand.db") as connection:
        connection.executescript(script)
    connection.close()
    assert motovault("status", "--database", "by_hand.db").code == 0


def test_memory_has_no_schema(motovault: Cli) -> None:
    for command in ("status", "migrate"):
        done = motovault(command, "--database", "memory:")
        assert done.code == 2
        assert "has no schema" in done.err


def test_a_server_that_is_not_there_is_one_line_without_the_password(motovault: Cli) -> None:
    url = "postgresql://ana:hush@127.0.0.1:1/garage"
    for command in (["status"], ["migrate"], ["report", "--user", "ana"], ["demo"]):
        done = motovault(*command, "--database", url)
        assert (done.code, done.out) == (1, "")
        (line,) = done.err.splitlines()
        assert line.startswith("error: ")
        assert "hush" not in line


def test_a_file_that_is_no_database_is_one_line(motovault: Cli, folder: Path) -> None:
    (folder / "garage.db").write_text("dear diary, today I drove the car again and again")
    for command in (["status"], ["migrate"], ["report", "--user", "ana"], ["demo"]):
        done = motovault(*command)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("error: ")
        assert len(done.err.splitlines()) == 1


def test_postgresql_behind_is_refused_until_migrated(
    motovault: Cli, folder: Path, empty_postgres_database: str
) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(3))
    url = empty_postgres_database
    for command in (["report", "--user", "ana"], ["import", "wagon.csv", "--user", "ana"]):
        refused = motovault(*command, "--database", url)
        assert (refused.code, refused.out) == (1, "")
        assert "run: motovault migrate --database" in refused.err
    assert motovault("status", "--database", url).code == 1
    assert motovault("migrate", "--database", url).code == 0
    assert motovault("status", "--database", url).code == 0
    found = motovault("import", "wagon.csv", "--user", "ana", "--database", url, "--json").json()
    assert found["added"] == 3
    found = motovault("report", "--user", "ana", "--database", url, "--json").json()
    assert found["vehicles"][0]["tanks"][0]["average"]["economy"] == "6"


def test_the_demo_runs_on_postgresql_twice(motovault: Cli, folder: Path, postgres_database: str) -> None:
    assert motovault("demo", "--database", postgres_database, "--json").json()["imported"]["added"] == 46
    assert motovault("demo", "--database", postgres_database, "--json").json()["imported"]["added"] == 0
    db_engine = sa.create_engine(postgres_database)
    with db_engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM fuel_logs")).scalar() == 46
    db_engine.dispose()


def test_both_databases_report_the_same(motovault: Cli, postgres_database: str) -> None:
    reports = []
    for database in ("garage.db", postgres_database):
        motovault("demo", "--database", database)
        report = motovault("report", "--user", "demo", "--database", database, "--json").json()
        for vehicle in report["vehicles"]:
            vehicle["vehicle"].pop("id")
            for finding in vehicle["findings"]:
                finding.pop("subject")
        reports.append(report)
    assert reports[0] == reports[1]
