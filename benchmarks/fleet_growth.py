"""How cost grows with a fleet, engine by engine: ``python benchmarks/fleet_growth.py [--quick]``.

Each run is a process of its own: Parquet in, intervals as Parquet out, by
``examples/fleet_spark.py``. Its seconds are without the making of the fleet; its memory
is the most that it had at once, a JVM behind it included. All engines must find the same
bits. From 100,000 rows to 1,000,000; ``MOTOVAULT_BENCHMARK_ROWS=10000000`` for more. ``frames.py``
measures the pipeline alone.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import TemporaryFile

from measuring import ROOT, Measure, command

ENGINES = ("polars", "duckdb", "spark")


def memory_of(pid: int) -> int:
    """KiB that a process and its children have in memory now; 0 where the system does not say."""
    try:
        own = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text(encoding="utf-8").split()]
    except (OSError, ValueError):
        return 0
    return (int(own[1]) if own else 0) + sum(map(memory_of, children))


def run(fills: int, engine: str) -> tuple[float, float, str]:
    """Seconds, GiB, and what was found."""
    program = [sys.executable, str(ROOT / "examples" / "fleet_spark.py"), str(fills), engine]
    most = 0
    with TemporaryFile("w+", encoding="utf-8") as output:  # no pipe, which Spark would fill with its progress
        with subprocess.Popen(program, stdout=output, stderr=output) as process:
            while process.poll() is None:
                most = max(most, memory_of(process.pid))
                time.sleep(0.05)
        output.seek(0)
        said = output.read().replace("\r", "\n")
    took = re.search(rf"{engine}: ([\d.]+) s$", said, re.MULTILINE)
    result = re.search(rf"^{engine}: (\d+ intervals, \w+)$", said, re.MULTILINE)
    if process.returncode or not took or not result:
        raise SystemExit(f"{engine}: {said}")
    return max(float(took[1]), 0.05), most / 2**20, result[1]


def measure(quick: bool) -> list[Measure]:
    """The exponent with which the time grows, by engine: log of the times over log of the sizes."""
    many = 2_000 if quick else int(os.environ.get("MOTOVAULT_BENCHMARK_ROWS", "1000000"))
    few = 200 if quick else 100_000
    sizes = [few]
    while sizes[-1] * 10 <= many:
        sizes.append(sizes[-1] * 10)
    has_spark = not quick and find_spec("pyspark") and which("java")
    answers: dict[int, set[str]] = {fills: set() for fills in sizes}
    found = []
    for engine in ENGINES if has_spark else ENGINES[:2]:
        runs = {fills: run(fills, engine) for fills in sizes}
        for fills, (_, _, result) in runs.items():
            answers[fills].add(result)
        detail = "; ".join(f"{fills:,}: {runs[fills][0]:.1f} s, {runs[fills][1]:.2f} GiB" for fills in sizes)
        exponent = math.log(runs[sizes[-1]][0] / runs[few][0]) / math.log(sizes[-1] / few)
        found.append(Measure(f"{engine}: exponent of growth", "rows", exponent, 1.1, detail))
    assert all(len(results) == 1 for results in answers.values()), answers
    return found


if __name__ == "__main__":
    command("A fleet from Parquet to Parquet", measure)
