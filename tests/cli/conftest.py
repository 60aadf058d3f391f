"""The command line, in this process for speed and in one of its own where that matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from motovault.cli import main

SETTINGS = ("MOTOVAULT_DATABASE_URL", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@attrs.frozen
class Ran:
    """What one run left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one object on stdout; fails where anything else is there too."""
        return json.loads(self.out)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command is typed: empty, and no setting leads elsewhere."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def motovault(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs ``motovault ...`` in this process."""

    def run(*arguments: str) -> Ran:
        code = main(arguments)
        done = capsys.readouterr()
        return Ran(code, done.out, done.err)

    return run


def environment(**settings: str) -> dict[str, str]:
    """Of a process: nothing set but what is given."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, "PYTHONIOENCODING": "utf-8", **settings}


@pytest.fixture
def motovault_process(folder: Path) -> Callable[..., Ran]:
    """Runs ``motovault ...`` as a process of its own."""

    def run(*arguments: str, stdin: bytes = b"", **settings: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "motovault", *arguments],
            input=stdin,
            capture_output=True,
            env=environment(**settings),
            cwd=folder,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def fuelio(rows: int = 3, *, bad_line: str = "", name: str = "Wagon") -> bytes:
    """A Fuelio backup of one car that takes 6 litres per 100 kilometres at 2.00 a litre."""
    lines = [
        '"## Vehicle"',
        '"Name","Description","DistUnit","FuelUnit","ConsumptionUnit","ImportCSVDateFormat","VIN","Plate"',
        f'"{name}","","0","0","0","yyyy-MM-dd","","AB 123"',
        '"## Log"',
        '"Data","Odo (km)","Fuel (litres)","Full","Price (optional)","City (optional)","Missed"',
    ]
    for n in range(rows):
        day = f"20{n // 336:02}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02} 12:00"
        lines.append(f'"{day}","{10000 + 500 * n}","30.0","1","60.0","Mill","0"')
    if bad_line:
        lines.append(bad_line)
    return "\n".join([*lines, '"## CostCategories"', '"CostTypeID","Name","priority","color"', ""]).encode()
