"""``motovault adopt`` on a database that the Node application made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine, shipped
from tests.migrations import node_database
from tests.migrations.node_database import BOB, vehicle_id

Cli = Callable[..., Any]


@pytest.fixture
def node_url(empty_postgres_database: str) -> str:
    """As the application left it."""
    _run(empty_postgres_database)
    return empty_postgres_database


def _run(url: str, *statements: str) -> None:
    db_engine = make_engine(url)
    with db_engine.begin() as connection:
        if not statements:
            node_database.make(connection)
            node_database.fill(connection)
        for statement in statements:
            connection.exec_driver_sql(statement)
    db_engine.dispose()


def test_a_database_is_tried_adopted_and_used(motovault: Cli, node_url: str) -> None:
    refused = motovault("status", "--database", node_url)
    assert refused.code == 1
    assert "take the database over with: motovault adopt" in refused.err
    tried = motovault("adopt", "--database", node_url, "--dry-run")
    assert tried.code == 0
    assert "would record vehicles/001_create_vehicles.py\n" in tried.out
    assert "would apply fuel_logs/002_add_economy_columns.py\n" in tried.out
    assert tried.out.endswith(": would be adopted; nothing was changed\n")
    done = motovault("adopt", "--database", node_url, "--json").json()
    assert done["state"] == "adopted"
    assert done["capsules"] == list(shipped.CAPSULES)
    assert len(done["recorded"]) == 12
    assert [*done["absent"], *done["misfits"], *done["notes"], *done["waiting"]] == []
    assert motovault("status", "--database", node_url).code == 0
    again = motovault("adopt", "--database", node_url)
    assert (again.code, again.out.splitlines()[-1].partition(": ")[2]) == (
        *(0, "adopted already, nothing to do"),
    )
    report = motovault("report", "--database", node_url, "--user", BOB)
    assert report.code == 0
    assert "Honda" in report.out


def test_what_does_not_fit_is_a_list_and_an_exit_code(motovault: Cli, node_url: str) -> None:
    _run(node_url, "ALTER TABLE vehicles DROP color, ADD mood TEXT", "ALTER TABLE documents DROP title")
    done = motovault("adopt", "--database", node_url)
    assert done.code == 1
    assert done.out.splitlines() == [
        "does not fit: vehicles, column color: there is nothing, must be character varying(50) NULL",
        "does not fit: documents, column title: there is nothing, must be character varying(200) NOT NULL",
        "note: vehicles, column mood: there is text NULL, the reference has nothing",
    ]
    assert "2 things do not fit" in done.err
    as_json = motovault("adopt", "--database", node_url, "--json")
    assert as_json.code == 1
    assert as_json.json()["state"] == "refused"
    assert as_json.json()["misfits"][0] == {
        "table": "vehicles",
        "subject": "column color",
        "there": "nothing",
        "expected": "character varying(50) NULL",
    }


def test_what_waits_is_shown_until_it_is_mended(motovault: Cli, node_url: str) -> None:
    vin = "1HGCM82633A004352"
    _run(
        node_url,
        f"UPDATE vehicles SET vin = '{vin}' WHERE user_id = '{BOB}'",
        f"INSERT INTO vehicles (id, user_id, vin) VALUES ('{vehicle_id(7)}', '{BOB}', '{vin}')",
    )
    line = "waiting: vehicles_live_vin_key on vehicles: 2 rows break the rule that a user has a VIN once"
    for command in ("adopt", "status", "migrate"):
        done = motovault(command, "--database", node_url)
        assert done.code == 0
        assert line in done.out
        assert vin not in done.out + done.err
    (waiting,) = motovault("status", "--database", node_url, "--json").json()["waiting"]
    assert (waiting["count"], waiting["ids"]) == (2, [vehicle_id(2), vehicle_id(7)])
    _run(node_url, f"DELETE FROM vehicles WHERE id = '{vehicle_id(7)}'")
    assert "can be added: run motovault migrate" in motovault("status", "--database", node_url).out
    assert "waiting" not in motovault("migrate", "--database", node_url).out
    assert motovault("status", "--database", node_url, "--json").json()["waiting"] == []


def test_an_empty_database_and_sqlite_are_refused(
    motovault: Cli, folder: Path, empty_postgres_database: str
) -> None:
    secret = sa.make_url(empty_postgres_database).set(password="hunter2")
    empty = motovault("adopt", "--database", secret.render_as_string(hide_password=False))
    assert empty.code == 1
    assert "motovault migrate --database postgresql://" in empty.err
    assert "hunter2" not in empty.err
    for database in ("garage.db", "memory:"):
        done = motovault("adopt", "--database", database)
        assert done.code == 2
        assert "must be PostgreSQL" in done.err
    assert list(folder.iterdir()) == []
