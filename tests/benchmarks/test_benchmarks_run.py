"""Every benchmark runs, in sizes too small to measure anything, and prints its ratios. No time is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks"
SHARED = {"measuring", "databases", "frames_data", "run_all"}
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem not in SHARED)
WITH_TABLE_OF_ITS_OWN = {"vin", "import_time"}
MEASURED = [name for name in PROGRAMS if name not in WITH_TABLE_OF_ITS_OWN]
ON_POSTGRESQL = [
    name
    for name in MEASURED
    if name.startswith("storage_") or name in {"catalogue", "frames_out", "upcoming"}
]


def run(*command: str | Path, database_url: str | None = None) -> str:
    environment = dict(os.environ)
    if database_url is not None:
        environment["MOTOVAULT_TEST_DATABASE_URL"] = database_url
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def judge(printed: str) -> None:
    measures = json.loads(printed)
    assert len(measures) > 1
    assert any(one["aim"] for one in measures)
    for one in measures:
        assert one["what"]
        assert one["against"]
        # of a handful of rows an exponent of growth can be anything
        assert one["value"] > 0 or "exponent" in one["what"]


def test_there_are_benchmarks() -> None:
    assert len(PROGRAMS) >= 7
    assert ON_POSTGRESQL


@pytest.mark.parametrize("name", ON_POSTGRESQL)
def test_a_storage_benchmark_compares_on_a_real_server(name: str, postgres_url: str) -> None:
    judge(run(FOLDER / f"{name}.py", "--quick", "--json", database_url=postgres_url))


@pytest.mark.parametrize("name", [name for name in MEASURED if name not in ON_POSTGRESQL])
def test_a_benchmark_compares(name: str) -> None:
    judge(run(FOLDER / f"{name}.py", "--quick", "--json"))


def test_a_person_sees_a_table_with_aims_and_verdicts() -> None:
    printed = run(FOLDER / "economy.py", "--quick")
    assert "against" in printed
    assert "at most 6" in printed
    assert "holds" in printed or "MISSED" in printed


def test_the_whole_run_writes_its_sections_between_the_marks_and_nothing_else(tmp_path: Path) -> None:
    """The two programs that print a table of their own are read into the same page."""
    page = tmp_path / "page.md"
    older = "### VIN validation\n\nwhat was there\n\n### Inserting many fuel logs\n\nwhat stays\n"
    page.write_text(f"Before\n<!-- measured: begin -->\n\n{older}\n<!-- measured: end -->\nAfter\n")
    names = ("vin", "economy", "import_time")
    printed = run(FOLDER / "run_all.py", "--quick", "--only", *names, "--page", page)
    written = page.read_text(encoding="utf-8")
    assert written.startswith("Before\n<!-- measured: begin -->\n")
    assert written.endswith("<!-- measured: end -->\nAfter\n")
    assert "what was there" not in written
    assert "what stays" in written
    assert written.count("### ") == len(names) + 1
    for name in names:
        assert f"`python benchmarks/{name}.py`" in written
    assert "| vin.is_valid(), one by one | the usual pattern and generator |" in written
    assert "| import motovault, beyond a bare interpreter | the 80 ms allowed |" in written
    assert "Python" in printed


def test_the_page_has_a_line_of_every_benchmark() -> None:
    page = (ROOT / "docs" / "explanation" / "benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in PROGRAMS if f"`python benchmarks/{name}.py`" not in page] == []
