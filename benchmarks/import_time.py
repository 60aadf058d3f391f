"""How much longer a Python starts that imports motovault: ``python benchmarks/import_time.py``.

Whole processes, bare and with the import in turn, so that both see the same
machine; medians. Aim: less than 80 ms more than the bare interpreter.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
AIM_MS = 80


def milliseconds(program: str) -> float:
    """Wall time of one interpreter that runs a program and ends."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", program], check=True)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    programs = {
        "bare interpreter": "pass",
        "import attrs": "import attrs",
        "import motovault": "import motovault",
    }
    for program in programs.values():  # once unmeasured: bytecode is written, files are in memory
        milliseconds(program)
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(RUNS):
        for name, program in programs.items():
            times[name].append(milliseconds(program))
    bare = statistics.median(times["bare interpreter"])
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"{name:18} {median:6.1f} ms  {median / bare:5.2f} x bare  {median - bare:+6.1f} ms")
    print(f"aim: below {AIM_MS:+} ms; medians of {RUNS} runs in turn, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
