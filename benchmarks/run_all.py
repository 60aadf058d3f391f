"""All benchmarks, and the table in the documentation: ``python benchmarks/run_all.py [--quick]``.

Takes about ten minutes. Run it on a machine that does nothing else: long runs
compare well on a busy one, single calls of a fifth of a millisecond do not. So
each section says how busy it was, ``--quiet`` waits before each until it is
not, and ``--only`` measures some anew and leaves the other sections as they
are. ``--quick`` only looks whether everything runs, and writes no page unless
it is told which.
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
import time
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
    "vin_decode": "Decoding many VINs",
    "storage_read": "Reading a long history, PostgreSQL",
    "storage_latency": "Latency of one call, PostgreSQL, p50",
    "storage_bulk": "Inserting many fuel logs",
    "catalogue": "A catalogue of vehicles",
    "storage_row_level_security": "Row-level security, PostgreSQL",
    "cache": "Answers out of a cache, PostgreSQL and Redis",
    "upcoming": "What is due in a large garage, PostgreSQL",
    "economy": "Economy of a vehicle",
    "frames_out": "Frames out of the databases",
    "frames": "Economy of a fleet on tables",
    "fleet_growth": "A fleet from Parquet to Parquet",
    "forecast": "When a distance will be reached",
    "import_fuelio": "A large Fuelio file into SQLite",
    "import_time": "Time to import",
}
WITH_POSTGRESQL = {
    "storage_read",
    "storage_latency",
    "storage_bulk",
    "catalogue",
    "storage_row_level_security",
    "upcoming",
    "cache",
    "frames_out",
}
STORES = ("attrs", "SQLAlchemy", "psycopg")
PACKAGES = dict.fromkeys(WITH_POSTGRESQL, STORES) | {
    "vin": ("numpy", "vininfo", "vin"),
    "vin_decode": ("ultravin",),
    "cache": (*STORES, "redis", "hiredis", "msgspec", "cachetools"),
    "economy": ("attrs",),
    "frames_out": (*STORES, "pyarrow", "adbc-driver-postgresql"),
    "frames": ("narwhals", "polars", "pandas", "pyarrow", "duckdb"),
    "fleet_growth": ("narwhals", "polars", "duckdb"),
    "forecast": ("attrs",),
    "import_fuelio": ("attrs", "SQLAlchemy"),
    "import_time": ("attrs",),
}


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


def load_average() -> float | None:
    """Of the last minute; None where the system does not tell."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def await_quiet(limit: float, patience: float) -> None:
    """Wait until the load average is below ``limit``, at most ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while (load_average() or 0) >= limit and time.monotonic() < deadline:
        time.sleep(5)


def conditions(name: str, postgresql: str | None, load: float | None) -> str:
    """When, on what, with which versions; no names."""
    versions = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    if name in WITH_POSTGRESQL:
        versions.append(f"PostgreSQL {postgresql} over a Unix socket, nothing made durable")
    for package in PACKAGES[name]:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    machine = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores"
    busy = "" if load is None else f", load average at the start {load:.1f}"
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y} with motovault {metadata.version('motovault')}: "
        f"{machine}{busy}; {', '.join(versions)}."
    )


def section(name: str, measures: Sequence[Measure], under: str) -> str:
    """One benchmark as Markdown."""
    lines = [f"### {TITLES[name]}", "", f"`python benchmarks/{name}.py`. {under}", ""]
    lines += ["| what | against | ratio | aim | | behind it |", "| --- | --- | ---: | --- | --- | --- |"]
    for one in measures:
        verdict = {True: "holds", False: "**missed**", None: ""}[one.holds]
        cells = one.what, one.against, f"{one.value:.2f}", one.aim_text, verdict, one.detail
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def write(page: Path, sections: dict[str, str]) -> None:
    """Put sections between the marks of a page, in the place of older ones of the same benchmarks."""
    whole = page.read_text(encoding="utf-8")
    before, begin, rest = whole.partition(BEGIN)
    kept, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} lacks the marks {BEGIN} and {END}")
    older = {text.partition("\n")[0]: f"### {text.strip()}\n" for text in kept.split("### ")[1:]}
    texts = [sections.get(name) or older.get(title, "") for name, title in TITLES.items()]
    text = "\n".join(filter(None, texts))
    page.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes: a look, not a measurement")
    parser.add_argument("--only", nargs="+", choices=TITLES, default=list(TITLES), metavar="NAME")
    parser.add_argument("--page", type=Path, help=f"which page to write (default {PAGE.relative_to(ROOT)})")
    parser.add_argument("--quiet", type=float, metavar="LOAD", help="wait for a load average below this")
    parser.add_argument("--patience", type=float, default=900, help="seconds to wait for it (default 900)")
    given = parser.parse_args()
    page = given.page or (None if given.quick else PAGE)
    missed = []
    with server(given.only) as version:
        for name in given.only:
            if given.quiet is not None:
                await_quiet(given.quiet, given.patience)
            load = load_average()
            measures = measures_of(name, given.quick)
            under = conditions(name, version, load)
            show(f"{TITLES[name]}. {under}", measures)
            missed += [one.what for one in measures if one.holds is False]
            if page is not None:
                write(page, {name: section(name, measures, under)})
    print(f"missed: {len(missed)}" + "".join(f"\n  {what}" for what in missed))


if __name__ == "__main__":
    main()
