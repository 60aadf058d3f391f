"""How cost grows with a fleet, engine by engine: ``python benchmarks/fleet_growth.py [fills ...]``.

Each run is a process of its own: Parquet in, intervals as Parquet out, by
``examples/fleet_spark.py``. Told are its seconds without the making of the fleet and the most memory that it
had at once, that of a JVM behind it included. ``benchmarks/frames.py`` measures the pipeline alone.
"""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "fleet_spark.py"
ENGINES = ("polars", "duckdb", "spark")


def memory_of(pid: int) -> int:
    """KiB that a process and its children have in memory now; 0 where the system does not say."""
    try:
        own = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except (OSError, ValueError):
        return 0
    return (int(own[1]) if own else 0) + sum(map(memory_of, children))


def run(fills: int, engine: str) -> tuple[float, float, str]:
    """Seconds, GiB, and what was found."""
    command = [sys.executable, str(EXAMPLE), str(fills), engine]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.05)
        assert process.stdout is not None
        assert process.stderr is not None
        found, said = process.stdout.read(), process.stderr.read()
    took = re.search(rf"^{engine}: ([\d.]+) s$", said.replace("\r", "\n"), re.MULTILINE)
    result = re.search(rf"^{engine}: (.* intervals, \w+)$", found, re.MULTILINE)
    if process.returncode or not took or not result:
        raise SystemExit(f"{engine}: {found}{said}")
    return float(took[1]), most / 2**20, result[1]


def main() -> None:
    sizes = [int(text.replace("_", "")) for text in sys.argv[1:]] or [100_000, 1_000_000]
    print(f"{os.cpu_count()} cores")
    times: dict[str, list[float]] = {}
    for fills in sizes:
        answers = set()
        for engine in ENGINES:
            seconds, most, result = run(fills, engine)
            times.setdefault(engine, []).append(seconds)
            answers.add(result)
            print(f"{fills:>11,} {engine:>7} {seconds:8.1f} s {most:6.2f} GiB  {result}", flush=True)
        assert len(answers) == 1, answers
    for engine, took in times.items():
        if len(sizes) > 1:
            grown = math.log(took[-1] / took[0]) / math.log(sizes[-1] / sizes[0])
            print(f"{engine}: exponent of growth {grown:.2f}")


if __name__ == "__main__":
    main()
