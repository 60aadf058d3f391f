"""What the benchmarks share: runs in turn, ratios, one table, one command line.

Everything is measured side by side in one run, in an order that is drawn anew
each round, and told as a ratio: the machine may be slow or busy, or its caches
cold from the one before, but it is so for both sides. A ratio is the median of
the rounds' own ratios; of latencies it is the ratio of the medians of the calls
(p50).
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))  # for tests.servers; at the end, because vin.py lies beside this file

Run = Callable[[], object]
Times = dict[str, list[float]]


@dataclass(frozen=True)
class Measure:
    """One line of the table.

    Attributes:
        what: What was done, by us or by others.
        against: What its cost is divided by.
        value: The ratio.
        aim: The ratio's limit from above, or from below where ``more_is_better``; None where it is only told.
        detail: The figures behind the ratio, in units.
        more_is_better: The ratio is of rates, not of times.
    """

    what: str
    against: str
    value: float
    aim: float | None = None
    detail: str = ""
    more_is_better: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the aim is reached, to the two decimals that are shown; None without one."""
        if self.aim is None:
            return None
        shown = round(self.value, 2)
        return shown >= self.aim if self.more_is_better else shown <= self.aim

    @property
    def aim_text(self) -> str:
        """The aim in words."""
        if self.aim is None:
            return "reported"
        return f"at {'least' if self.more_is_better else 'most'} {self.aim:g}"


def seconds(run: Run) -> float:
    """Wall time of one run; what it returns is thrown away outside the time."""
    begun = time.perf_counter()
    kept = run()
    taken = time.perf_counter() - begun
    del kept
    return taken


def in_turn(runs: Mapping[str, Run], rounds: int, *, before: Run | None = None, warm: bool = True) -> Times:
    """Wall times of each, by name; each round runs all of them, in another order.

    Args:
        runs: What to run.
        rounds: How often.
        before: Runs before each of them, unmeasured.
        warm: Each runs once unmeasured first.
    """
    chance, names = random.Random(rounds), list(runs)
    times: Times = {name: [] for name in names}
    for number in range(-1 if warm else 0, rounds):
        chance.shuffle(names)
        for name in names:
            if before is not None:
                before()
            gc.collect()
            taken = seconds(runs[name])
            if number >= 0:
                times[name].append(taken)
    return times


def call_by_call(runs: Mapping[str, Run], calls: int) -> Times:
    """Latencies of each, by name: every call of one stands beside a call of each other one."""
    chance, names = random.Random(calls), list(runs)
    for name in names:
        for _ in range(min(calls, 20)):
            runs[name]()
    gc.collect()
    times: Times = {name: [] for name in names}
    for _ in range(calls):
        chance.shuffle(names)
        for name in names:
            times[name].append(seconds(runs[name]))
    return times


def ratio(times: Times, name: str, base: str) -> float:
    """How many times as long as ``base``: median of the ratios round by round."""
    return statistics.median(a / b for a, b in zip(times[name], times[base], strict=True))


def p50(times: Times, name: str) -> float:
    """The median, seconds."""
    return statistics.median(times[name])


def duration(taken: float) -> str:
    """A time for people: three digits and a unit."""
    for limit, factor, unit in ((1e-3, 1e6, "us"), (1.0, 1e3, "ms")):
        if taken < limit:
            return f"{taken * factor:.3g} {unit}"
    return f"{taken:.3g} s"


def compared(
    times: Times, name: str, base: str, *, what: str = "", aim: float | None = None, latency: bool = False
) -> Measure:
    """One line from times of :func:`in_turn`, or of :func:`call_by_call` where it is a ``latency``."""
    value = p50(times, name) / p50(times, base) if latency else ratio(times, name, base)
    detail = f"{duration(p50(times, name))} / {duration(p50(times, base))}"
    return Measure(what or name, base, value, aim, detail)


def show(title: str, measures: Sequence[Measure]) -> None:
    """The table as text."""
    print(f"{title}\n")
    rows = [("what", "against", "ratio", "aim", "", "behind it")]
    for one in measures:
        verdict = {True: "holds", False: "MISSED", None: ""}[one.holds]
        rows.append((one.what, one.against, f"{one.value:.2f}", one.aim_text, verdict, one.detail))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            text.rjust(width) if i == 2 else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
    print()


def command(title: str, measure: Callable[[bool], list[Measure]]) -> None:
    """The command line of one benchmark: ``--quick`` for a look, ``--json`` for ``run_all.py``."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, few rounds: a look, not a measurement"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list instead of the table")
    given = parser.parse_args()
    measures = measure(given.quick)
    if given.json:
        print(json.dumps([asdict(one) for one in measures]))
    else:
        show(f"{title}{' (quick: a look, not a measurement)' if given.quick else ''}", measures)
