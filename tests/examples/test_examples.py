"""Every program in ``examples/`` runs as a reader would run it, and prints what its story says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "examples"

SAYS = {
    "decode_vins": ["Honda, 2003", "Volkswagen, 2008", "not 17 characters", "Daily: a 2003 Honda"],
    "economy_without_storage": [
        "5.77 L/100 km",
        "a fill-up in it was missed",
        "2026-04: 1 intervals, 600 km",
    ],
    "fleet_spark": ["polars: 8173 intervals", "duckdb: 8173 intervals"],
    "first_steps": ["33.17 mpg", "odometer: 52680 mi", "spent: 102.96 USD"],
    "host_transaction": ["undone: the card was refused", "fuel logs: ['41.24']", "invoices:  ['41.24']"],
    "import_a_file": [
        "fuelio: 3 fuel logs of Wagon",
        "wagon.csv:8: error",
        "added: 3",
        "second time: 0",
        "5.75 L",
    ],
    "what_is_due": [
        "1 overdue, 5 due soon",
        "2026-06-15 (2026-06-11 to 2026-06-21)",
        "from 21 readings, 35.7 mi a day of late",
        "Tires: due on 2026-12-01 or at 43000 mi, was on 2026-01-01 or at 36000 mi",
        "spent: 64.90 USD",
        "calendar: 12 events",
    ],
    "vin_column": ["Honda, 2003", "did they mean 1HGCM82633A123454?"],
}

pytestmark = pytest.mark.examples


def test_every_example_has_its_story() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == set(SAYS)


@pytest.mark.parametrize("name", SAYS)
def test_an_example_runs_twice_and_says_the_same(name: str, tmp_path: Path) -> None:
    outputs = [_run(name, tmp_path) for _ in range(2)]
    for words in SAYS[name]:
        assert words in outputs[0]
    # what is kept on disk from the first run adds nothing in the second, unless adding is the story
    assert outputs[0] == outputs[1] or name == "host_transaction"


@pytest.mark.parametrize("name", SAYS)
def test_an_example_is_short(name: str) -> None:
    assert len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 60


def _run(name: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(FOLDER / f"{name}.py")],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**_environment(), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MOTOVAULT_")}
