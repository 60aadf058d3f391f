"""All benchmarks, and the table in the documentation: ``python benchmarks/run_all.py [--quick]``.

Takes about ten minutes. Run it on a machine that does nothing else: the ratios
survive a busy one, but the page should not have to say so. ``--quick`` only
looks whether everything runs, and writes no page unless it is told which.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from measuring import ROOT, Measure, show

HERE = Path(__file__).resolve().parent
PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
TITLES = {
    "vin": "VIN validation",
    "storage_read": "Reading a long history, PostgreSQL",
    "storage_latency": "Latency of one call, PostgreSQL, p50",
    "storage_bulk": "Inserting many fuel logs",
    "economy": "Economy of a vehicle",
    "import_fuelio": "A large Fuelio file into SQLite",
    "import_time": "Time to import",
}
WITH_POSTGRESQL = {"storage_read", "storage_latency", "storage_bulk"}
PACKAGES = ("attrs", "SQLAlchemy", "psycopg", "numpy", "vininfo", "vin")
Results = dict[str, list[Measure]]


def run(name: str, *options: str) -> str:
    """What one benchmark prints."""
    command = [sys.executable, str(HERE / f"{name}.py"), *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def vin_measures(text: str) -> list[Measure]:
    """Lines of vin.py: ``name  rate VIN/s  ...``."""
    rates = {
        name: float(rate.replace(",", ""))
        for name, rate in re.findall(r"^  (\S.*?) +([\d,]+) VIN/s", text, re.MULTILINE)
    }
    single, column = rates["motovault.vin.is_valid"], rates["one by one"]
    aims = {"the usual pattern and generator": 3, "vininfo": 10, "vin": None}
    aims |= {"are_valid, a list, no numpy": 2}
    aims |= {name: 8 for name in rates if name.startswith("are_valid") and name not in aims}
    made = []
    for name, rate in rates.items():
        if name.startswith("are_valid"):
            what, against, value, pair = name, "vin.is_valid() one by one", rate / column, (rate, column)
        elif name in aims:
            what, against, value, pair = "vin.is_valid(), one by one", name, single / rate, (single, rate)
        else:
            continue
        detail = f"{pair[0]:,.0f} / {pair[1]:,.0f} VIN a second"
        made.append(Measure(what, against, value, aims[name], detail, more_is_better=True))
    return made


def import_time_measures(text: str) -> list[Measure]:
    """Lines of import_time.py: ``import motovault  55.0 ms  2.6 x bare  +34.5 ms``, and its aim."""
    aim = float(re.findall(r"aim: below \+(\d+) ms", text)[0])
    found = re.findall(r"^import (motovault|attrs) +([\d.]+) ms +([\d.]+) x bare +\+([\d.]+) ms", text, re.M)
    return [
        Measure(
            f"import {name}, beyond a bare interpreter",
            f"the {aim:.0f} ms allowed",
            float(more) / aim,
            1 if name == "motovault" else None,
            f"+{more} ms, {times} times a bare interpreter",
        )
        for name, _, times, more in found
    ]


def measures_of(name: str, quick: bool) -> list[Measure]:
    """The lines of one benchmark."""
    if name == "import_time":
        return import_time_measures(run(name))
    options = ["--quick"] if quick else []
    if name == "vin":
        return vin_measures(run(name, *options))
    return [Measure(**line) for line in json.loads(run(name, "--json", *options))]


@contextlib.contextmanager
def server(names: Sequence[str]) -> Iterator[str | None]:
    """One PostgreSQL server for all that need it; gives its version."""
    if not WITH_POSTGRESQL & set(names):
        yield None
        return
    import sqlalchemy as sa

    from tests import servers

    with servers.postgres() as url:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            version = str(connection.exec_driver_sql("SHOW server_version").scalar()).split()[0]
        engine.dispose()
        before = os.environ.get("MOTOVAULT_TEST_DATABASE_URL")
        os.environ["MOTOVAULT_TEST_DATABASE_URL"] = url
        try:
            yield version
        finally:
            if before is None:
                del os.environ["MOTOVAULT_TEST_DATABASE_URL"]


def conditions(postgresql: str | None, load: float | None) -> str:
    """When, on what, with which versions; no names."""
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    if postgresql is not None:
        versions.append(f"PostgreSQL {postgresql} over a Unix socket, nothing made durable")
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores"
    busy = "" if load is None else f", load average at the start {load:.1f}"
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y} with motovault {metadata.version('motovault')}: "
        f"{machine}{busy}; {', '.join(versions)}."
    )


def table(results: Results) -> str:
    """The table as Markdown."""
    lines = []
    for name, measures in results.items():
        lines += [f"### {TITLES[name]}", "", f"`python benchmarks/{name}.py`", ""]
        lines += ["| what | against | ratio | aim | | behind it |", "| --- | --- | ---: | --- | --- | --- |"]
        for one in measures:
            verdict = {True: "holds", False: "**missed**", None: ""}[one.holds]
            cells = one.what, one.against, f"{one.value:.2f}", one.aim_text, verdict, one.detail
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def write(page: Path, text: str) -> None:
    """Put the text between the marks of a page."""
    whole = page.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} lacks the marks {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes: a look, not a measurement")
    parser.add_argument("--only", nargs="+", choices=TITLES, default=list(TITLES), metavar="NAME")
    parser.add_argument("--page", type=Path, help=f"which page to write (default {PAGE.relative_to(ROOT)})")
    given = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    results: Results = {}
    with server(given.only) as version:
        for name in given.only:
            results[name] = measures_of(name, given.quick)
            show(TITLES[name], results[name])
    print(conditions(version, load))
    page = given.page or (None if given.quick else PAGE)
    if page is not None:
        write(page, f"{conditions(version, load)}\n\n{table(results)}")
    missed = [one.what for measures in results.values() for one in measures if one.holds is False]
    print(f"missed: {len(missed)}" + "".join(f"\n  {what}" for what in missed))


if __name__ == "__main__":
    main()
