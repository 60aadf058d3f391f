"""Row-level security from a shell: on, told, worked under, off."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import sqlalchemy as sa

from motovault.storage.sql.shipped import VAULT
from tests import scratch
from tests.cli.conftest import Ran, fuelio

Cli = Callable[..., Ran]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "row-level-security.md"
GRANTS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("GRANT ")]
"""What the page tells a host to grant."""


def test_the_page_grants_every_table_that_a_vault_reads_and_no_other() -> None:
    read = {
        table.name
        for capsule in VAULT
        for table in vars(import_module(f"motovault.storage.sql.{capsule}")).values()
        if isinstance(table, sa.Table)
    }
    (granted,) = re.findall(r"GRANT SELECT, INSERT, UPDATE, DELETE ON (.*) TO garage_app;", "\n".join(GRANTS))
    assert set(granted.split(", ")) == read


def test_a_whole_import_and_report_under_a_role_of_the_applications(
    motovault: Cli, folder: Path, postgres_url: str
) -> None:
    (folder / "wagon.csv").write_bytes(fuelio(600))
    with scratch.role(postgres_url) as role, scratch.database(postgres_url) as url:
        assert motovault("migrate", "--database", url, "--row-level-security").code == 0
        server = sa.create_engine(url)
        with server.begin() as connection:
            for grant in GRANTS:
                connection.exec_driver_sql(grant.replace("garage_app", role))
        server.dispose()
        bound = scratch.as_role(url, role)
        for user in ("ana", "ben"):
            done = motovault("import", "wagon.csv", "--user", user, "--database", bound, "--json")
            assert (done.code, done.json()["added"]) == (0, 600), done.err
        again = motovault("import", "wagon.csv", "--user", "ana", "--database", bound, "--json")
        assert again.json()["added"] == 0
        reports = [
            motovault("report", "--user", user, "--database", who, "--json").json()["vehicles"]
            for user in ("ana", "ben")
            for who in (bound, url)
        ]
        assert [len(vehicles) for vehicles in reports] == [1] * 4
        assert reports[0] == reports[1]
        status = motovault("status", "--database", bound, "--json").json()["row_level_security"]
        assert (status["is_on"], status["role"], status["exemption"]) == (True, role, None)


def test_who_is_not_bound_is_told_so_in_words(motovault: Cli, empty_postgres_database: str) -> None:
    url = empty_postgres_database
    done = motovault("migrate", "--database", url, "--row-level-security")
    assert done.code == 0
    assert "row-level security: on, " in done.out
    assert "is a superuser" in done.out
    assert "let the application use another role" in done.err
    found = motovault("status", "--database", url)
    assert "row-level security: on, " in found.out
    shape = motovault("status", "--database", url, "--json").json()["row_level_security"]
    assert "vehicles" in shape["protected"]
    assert (shape["unprotected"], shape["forced"]) == ([], [])


def test_forcing_and_taking_back(motovault: Cli, empty_postgres_database: str) -> None:
    url = empty_postgres_database
    assert "for their owner too" in motovault("migrate", "--database", url, "--force-row-level-security").out
    plain = motovault("migrate", "--database", url)
    assert "for their owner too" in plain.out, "it stays as it is, and says so"
    off = motovault("migrate", "--database", url, "--no-row-level-security", "--json").json()
    assert off["row_level_security"]["is_on"] is False
    assert off["applied_now"] == []
    assert "row-level security: off" in motovault("status", "--database", url).out
    assert "row-level security" not in motovault("migrate", "--database", url).out


@pytest.mark.parametrize("option", ["--row-level-security", "--force-row-level-security"])
def test_sqlite_refuses_and_is_left_alone(motovault: Cli, folder: Path, option: str) -> None:
    done = motovault("migrate", option)
    assert done.code == 2
    assert "is for PostgreSQL" in done.err
    assert not (folder / "garage.db").exists() or motovault("status").code == 1
    assert motovault("migrate").code == 0
    assert motovault("status", "--json").json()["row_level_security"] is None
    assert "row-level security" not in motovault("status").out


def test_a_script_has_no_policies_and_says_so(motovault: Cli) -> None:
    done = motovault("migrate", "--sql", "--row-level-security", "--database", "postgresql://ana@nowhere/x")
    assert (done.code, done.out) == (2, "")
    assert "prints no policies" in done.err


def test_one_wish_at_a_time(motovault: Cli) -> None:
    assert motovault("migrate", "--row-level-security", "--no-row-level-security").code == 2
