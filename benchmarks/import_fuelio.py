"""A large Fuelio file into SQLite, end to end: ``python benchmarks/import_fuelio.py [--quick]``.

Against reading the same file with Python's csv module and keeping nothing. End
to end is detecting the format, both passes over the file, findings, matching
the vehicle, checking every value, and one transaction into a new file.

Memory is the highest resident size of a process of its own that did one
import, less what it had before. Logs are written thousands at once, so that a
file of fewer needs less than any longer one: longer ones are to be compared.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from itertools import count as numbers
from pathlib import Path

from measuring import Measure, command, compared, in_turn

from motovault import open_vault

OURS = "garage.import_file()"
CSV = "csv.reader alone"
AGAIN = "the same file again, which adds nothing"

VEHICLE = (
    ["## Vehicle"],
    ["Name", "Description", "DistUnit", "FuelUnit", "ConsumptionUnit", "ImportCSVDateFormat", "VIN",
     "Insurance", "Plate", "Make", "Model", "Year", "TankCount", "Tank1Type", "Tank2Type"],
    ["Car", "", "0", "0", "0", "yyyy-MM-dd", "", "", "BENCH 1", "", "", "", "1", "100", "0"],
    ["## Log"],
    ["Data", "Odo (km)", "Fuel (litres)", "Full", "Price (optional)", "l/100km (optional)",
     "latitude (optional)", "longitude (optional)", "City (optional)", "Notes (optional)", "Missed",
     "TankNumber", "FuelType", "VolumePrice", "StationID (optional)", "ExcludeDistance", "UniqueId",
     "TankCalc"],
)  # fmt: skip


def write_file(path: Path, count: int) -> None:
    """A file as the application exports it, newest first; the figures are made up."""
    chance = random.Random(7)
    at, odometer = datetime(1990, 1, 1, 8), 0  # noqa: DTZ001  the application writes no zone
    rows = []
    for number in range(1, count + 1):
        at += timedelta(minutes=chance.randint(100, 200))
        driven = chance.randint(5, 90)
        odometer += driven
        litres, price = round(driven * 0.065, 3), 1.6
        is_full = "0" if number % 10 == 0 else "1"
        start = [f"{at:%Y-%m-%d %H:%M}", f"{odometer}.0", str(litres), is_full, str(round(litres * price, 2))]
        place = ["6.5", "43.65682", "12.11778", f"Station {chance.randint(1, 50)}", f"note {number}"]
        rows.append([*start, *place, "0", "1", "110", str(price), "0", "0.0", str(number), "0.0"])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([*VEHICLE, *reversed(rows)])


def highest_kib() -> int:
    """The most memory this process had at once, KiB."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):  # of this program alone; getrusage() counts its parent's too
                return int(line.split()[1])
    except OSError:
        pass
    import resource

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest // 1024 if sys.platform == "darwin" else highest


def import_once(path: Path, folder: Path) -> None:
    """One import after a tiny one, which loads what is loaded once; prints the growth in KiB."""
    tiny = folder / "tiny.csv"
    write_file(tiny, 10)
    with open_vault(folder / "tiny.db") as vault:
        vault.garage("benchmark").import_file(tiny)
    before = highest_kib()
    with open_vault(folder / "measured.db") as vault:
        vault.garage("benchmark").import_file(path)
    print(highest_kib() - before)


def growth_mib(path: Path) -> float:
    """What one import in a process of its own needed at most, MiB."""
    with tempfile.TemporaryDirectory(prefix="motovault-") as folder:
        program = [sys.executable, __file__, "--child", str(path), folder]
        done = subprocess.run(program, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def parsed(path: Path) -> int:
    """Rows of the file, and nothing kept."""
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file))


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    sizes, rounds = ((20, 50, 200), 1) if quick else ((10_000, 25_000, 100_000), 3)
    with tempfile.TemporaryDirectory(prefix="motovault-") as name:
        folder = Path(name)
        files = {size: folder / f"fuelio_{size}.csv" for size in sizes}
        for size, path in files.items():
            write_file(path, size)
        large = files[sizes[-1]]
        fresh = (folder / f"garage_{number}.db" for number in numbers())
        kept = folder / "garage.db"

        def ours() -> None:
            database = next(fresh)
            with open_vault(database) as vault:
                result = vault.garage("benchmark").import_file(large)
            assert result.added == sizes[-1], result
            database.unlink()

        def again() -> None:
            with open_vault(kept) as vault:
                assert vault.garage("benchmark").import_file(large).added == 0

        with open_vault(kept) as vault:
            vault.garage("benchmark").import_file(large)
        times = in_turn({OURS: ours, CSV: lambda: parsed(large), AGAIN: again}, rounds, warm=False)
        needed = {size: growth_mib(path) for size, path in files.items()}
    few, some, many = sizes
    return [
        compared(times, OURS, CSV, what=f"import {many:,} rows into SQLite: {OURS}"),
        compared(times, AGAIN, OURS),
        memory(needed, many, some, aim=1.25),
        memory(needed, many, few),
    ]


def memory(needed: dict[int, float], many: int, few: int, *, aim: float | None = None) -> Measure:
    """What a long file needs against a shorter one."""
    detail = f"{needed[many]:.1f} MiB / {needed[few]:.1f} MiB"
    value = needed[many] / max(needed[few], 0.1)
    return Measure(f"memory of an import of {many:,} rows", f"of {few:,} rows", value, aim, detail)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child = argparse.ArgumentParser()
        child.add_argument("--child", type=Path, nargs=2)
        import_once(*child.parse_args().child)
    else:
        command("A large Fuelio file into SQLite", measure)
