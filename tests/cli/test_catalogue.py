"""``motovault catalogue``: bring in, ask step by step, from a shell and for programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from motovault import open_vault
from motovault.storage.sql import make_engine, migrate
from tests.cli.conftest import Ran, environment

Cli = Callable[..., Ran]
CSV = """Model Year,Make,Model,Trim,Engine,Transmission
2020,Honda,Civic,EX,2.0L I4,CVT
2020,Honda,Civic,EX,1.5L I4,Manual
2020,Honda,Accord,,,
2021,Škoda,Octavia,,,
"""
NOTHING = dict.fromkeys(
    (
        *("added", "removed", "engines_added", "engines_changed", "engines_removed"),
        *("transmissions_added", "transmissions_changed", "transmissions_removed"),
    ),
    0,
)


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "cars.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def filled(motovault: Cli, file: Path) -> None:
    assert motovault("catalogue", "import", str(file)).code == 0


def test_an_import_tells_what_it_did(motovault: Cli, file: Path) -> None:
    first = motovault("catalogue", "import", "cars.csv")
    assert (first.code, first.err) == (0, "")
    assert first.out == "4 rows read: added 4 options, 2 engines, 2 transmissions.\n"
    again = motovault("catalogue", "import", "cars.csv")
    assert (again.code, again.out) == (0, "4 rows read: nothing new, nothing changed.\n")
    file.write_text("\n".join(CSV.splitlines()[:2]), encoding="utf-8")
    done = motovault("catalogue", "import", "cars.csv", "--replace")
    assert done.out == "1 row read: removed 3 options, 1 engine, 1 transmission.\n"


def test_an_import_as_json(motovault: Cli, file: Path) -> None:
    done = motovault("catalogue", "import", "cars.csv", "--json")
    counts = {"read": 4, "added": 4, "engines_added": 2, "transmissions_added": 2}
    assert done.json() == NOTHING | counts


def test_standard_input_is_read(motovault_process: Cli, folder: Path) -> None:
    done = motovault_process("catalogue", "import", "-", "--json", stdin=CSV.encode())
    assert (done.code, done.json()["added"]) == (0, 4)
    bad = motovault_process("catalogue", "import", "-", stdin=b"year,make,model\nx,a,b\n")
    assert (bad.code, bad.out) == (2, "")
    assert bad.err.startswith("error: standard input, line 2, column year: 'x' must be")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("years",), ["2021", "2020"]),
        (("makes", "2020"), ["Honda"]),
        (("makes", "2021"), ["Škoda"]),
        (("models", "2020", "HONDA"), ["Accord", "Civic"]),
        (("models", "2021", "ŠKODA"), ["Octavia"]),
        (("trims", "2020", "honda", "civic"), ["EX"]),
        (("engines", "2020", "honda", "civic", "ex"), ["1.5L I4", "2.0L I4"]),
        (("transmissions", "2020", "honda", "civic", "ex"), ["CVT", "Manual"]),
        (("transmissions", "2020", "honda", "civic", "ex", "--engine", "2.0l i4"), ["CVT"]),
    ],
)
def test_each_step_lists_names_one_a_line(
    motovault: Cli, filled: None, arguments: tuple[str, ...], names: list[str]
) -> None:
    done = motovault("catalogue", *arguments)
    assert (done.code, done.out.splitlines(), done.err) == (0, names, "")
    found = motovault("catalogue", *arguments, "--json").json()
    assert found == ({"years": [2021, 2020]} if arguments == ("years",) else {"names": names})


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_nothing_found_is_exit_code_1(motovault: Cli, filled: None, json: tuple[str, ...]) -> None:
    done = motovault("catalogue", "models", "2020", "Saab", *json)
    assert done.code == 1
    assert done.json() == {"names": []} if json else done.out == ""
    assert done.err == "the catalogue has no models of that\n"
    assert motovault("catalogue", "engines", "2020", "Honda", "Accord").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalogue",),
        ("catalogue", "models", "2020"),
        ("catalogue", "makes", "20x"),
        ("catalogue", "makes", "1492"),
        ("catalogue", "import", "no such file.csv"),
    ],
)
def test_what_cannot_be_asked_is_exit_code_2(
    motovault: Cli, filled: None, arguments: tuple[str, ...]
) -> None:
    done = motovault(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err


def test_a_bad_row_changes_nothing(motovault: Cli, filled: None, file: Path) -> None:
    file.write_text(CSV + "2022,Honda,,,,\n", encoding="utf-8")
    done = motovault("catalogue", "import", "cars.csv")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: cars.csv, line 6, column Model: '' must not be empty\n"
    assert motovault("catalogue", "years").out == "2021\n2020\n"


def test_a_database_file_that_is_not_there_is_not_made_by_asking(motovault: Cli, folder: Path) -> None:
    done = motovault("catalogue", "years")
    assert (done.code, done.out) == (1, "")
    assert list(folder.iterdir()) == []


def test_a_database_without_a_catalogue_is_told_what_makes_one(
    motovault: Cli, empty_postgres_database: str
) -> None:
    db_engine = make_engine(empty_postgres_database)
    migrate.upgrade(db_engine, ["user_preferences", "fuel_logs", "maintenance"])
    db_engine.dispose()
    done = motovault("catalogue", "years", "--database", empty_postgres_database)
    assert done.code == 1
    assert "motovault migrate --capsule platform" in done.err
    with open_vault(empty_postgres_database) as vault:
        vault.migrate(["platform"])
    assert motovault("catalogue", "years", "--database", empty_postgres_database).code == 1


@pytest.mark.skipif(os.name != "posix", reason="kills a process the hard way")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_import_that_is_killed_in_the_middle_keeps_nothing(
    kind: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    """Half of the rows have come through the pipe, which stays open: so it is certainly in the middle."""
    url = request.getfixturevalue("postgres_database") if kind == "postgresql" else str(folder / "garage.db")
    with open_vault(url, migrate=True) as vault:
        vault.import_catalogue(b"year,make,model\n2020,Honda,Civic\n")
        process = subprocess.Popen(
            [sys.executable, "-m", "motovault", "catalogue", "import", "-", "--database", url],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        rows = b"".join(b"2021,Make %d,Model %d\n" % (n % 50, n) for n in range(40_000))
        process.stdin.write(b"year,make,model\n" + rows)
        process.stdin.flush()
        assert process.poll() is None
        process.kill()
        process.wait(30)
        process.stdin.close()
        assert vault.catalogue.years() == [2020]
        again = vault.import_catalogue(b"year,make,model\n" + rows)
        assert (again.added, vault.catalogue.years()) == (40_000, [2021, 2020])
