"""When a distance will be reached, foretold and true: ``python benchmarks/forecast.py [--quick]``.

From each reading of a vehicle the next thousands of kilometres are projected,
knowing only what was known that day, and compared with the date on which they
were driven (between two readings in proportion, rounded up to a date). Told are
the median and the 90th percentile of the error in days, ours divided by that of
the plain slope from the first reading to the last (``first_to_last``), over the
whole history and over the last 90 days; and how often the true date lay within
the interval of 80 %.

The real readings lie beside a checkout, not in it (their licences do not let
them be spread). Without them only simulated vehicles are measured, and it is
said so. These are driven by the week, at random, and now and then get another
habit.
"""

from __future__ import annotations

import bisect
import csv
import io
import itertools
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from operator import itemgetter
from pathlib import Path

from measuring import ROOT, Measure, command, compared, in_turn

from motovault.domain.driven import driven, without_slips
from motovault.domain.maintenance.driving import driving
from motovault.domain.maintenance.forecast import first_to_last

Positions = list[tuple[date, Decimal]]

FOLDER = ROOT.parent / "shared" / "samples" / "real"
READINGS = "odometer_focus_karianjahi.csv"
FILLS = {
    "fuelly_quest_robhanssen.csv": "a van, 356 fills in 11 years",
    "fuelly_altima2013_robhanssen.csv": "a sedan, 179 fills in 10 years",
    "fuelio_punto_bifuel_pignatta.csv": "a hatchback, 397 fills in 5 years",
}
MILE = Decimal("1.609344")
EVER = 40_000

OURS = "our projection"
PLAIN = "first reading to last"
WINDOW = "first reading to last, of 90 days"


def rows(text: str, day: str, odometer: str, factor: Decimal = Decimal(1)) -> Positions:
    """Dates and kilometres of a table."""
    table = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    return sorted((date.fromisoformat(row[day][:10]), Decimal(row[odometer]) * factor) for row in table)


def fills(path: Path) -> Positions:
    """Dates and kilometres of the fills of one vehicle."""
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    if path.name.startswith("fuelio"):
        return rows(text.split('"## Log"\n')[1].split('"## ')[0], "Data", "Odo (km)")
    return rows(text, "date", "odometer", MILE)


def simulated(number: int, years: int) -> Positions:
    """Readings about twice a week of a vehicle whose habit changes about once in five months."""
    chance = random.Random(number)
    on, position, usual = date(2015, 1, 1), Decimal(10_000), chance.uniform(15, 90)
    found = [(on, position)]
    for _ in range(years * 104):
        span = chance.randint(1, 6)
        if chance.random() < 0.02:
            usual = chance.uniform(15, 90)
        on += timedelta(days=span)
        position += round(span * usual * chance.uniform(0.3, 1.7))
        found.append((on, position))
    return found


@dataclass
class Errors:
    """Days between the date foretold and the true one, of each method, and hits of the interval."""

    days: dict[str, list[int]] = field(default_factory=lambda: {OURS: [], PLAIN: [], WINDOW: []})
    hits: list[bool] = field(default_factory=list)

    def quantile(self, method: str, percent: int) -> float:
        """Of the errors of one method; 50 is the median."""
        return statistics.quantiles(self.days[method], n=100, method="inclusive")[percent - 1]


def truths(positions: Positions, distance: int) -> Iterator[tuple[date, date]]:
    """Each date of a reading, and the date on which so much more was driven, as far as known."""
    kept = without_slips(positions, itemgetter(1))
    ways = [driven(itertools.islice((at for _, at in kept), number)) for number in range(1, len(kept) + 1)]
    last_of_day = {on: number for number, (on, _) in enumerate(kept)}
    for on, number in last_of_day.items():
        target = ways[number] + distance
        after = bisect.bisect_left(ways, target)
        if after == len(ways):
            return
        before = kept[after - 1][0]
        part = Fraction(target - ways[after - 1]) / Fraction(ways[after] - ways[after - 1])
        yield on, before + timedelta(days=ceil(part * (kept[after][0] - before).days))


def foretell(vehicles: Sequence[Positions], distance: int) -> Errors:
    """From every date of every vehicle on which there is a rate."""
    errors = Errors()
    for positions in vehicles:
        for today, true in truths(positions, distance):
            ours, plain = driving(positions, today), first_to_last(positions, today, EVER)
            if ours is None or plain is None:
                continue
            told = ours.project(Decimal(distance))
            window = first_to_last(positions, today) or plain
            dates = {
                OURS: told.on,
                PLAIN: plain.project(Decimal(distance)),
                WINDOW: window.project(Decimal(distance)),
            }
            for method, on in dates.items():
                errors.days[method].append(abs(((on or date.max) - true).days))
            errors.hits.append((told.earliest or date.max) <= true <= (told.latest or date.max))
    return errors


def told(
    errors: Errors, whose: str, distance: int, *, aim: float | None = None, windows: bool = True
) -> Iterator[Measure]:
    """The lines of one lot of errors."""
    what = f"{whose}, the next {distance:,} km"
    for against in (PLAIN, WINDOW) if windows else (PLAIN,):
        for percent, name in ((50, "median error"), (90, "90th percentile of the error")):
            ours, theirs = errors.quantile(OURS, percent), errors.quantile(against, percent)
            detail = f"{ours:.1f} / {theirs:.1f} days, {len(errors.hits)} points"
            yield Measure(f"{what}: {name}", against, ours / (theirs or 1), aim, detail)
    share = sum(errors.hits) / len(errors.hits)
    yield Measure(f"{what}: true dates in the interval", "80 %", share / 0.8, None, f"{share:.0%} / 80 %")


def cost(rounds: int) -> Measure:
    """Twenty schedules of a vehicle with 300 readings, each way."""
    positions = simulated(1, 3)[-300:]
    today = positions[-1][0]
    left = [Decimal(500 * number) for number in range(1, 21)]

    def ours() -> object:
        rate = driving(positions, today)
        assert rate is not None
        return [rate.project(way) for way in left]

    def plain() -> object:
        rate = first_to_last(positions, today, EVER)
        assert rate is not None
        return [rate.project(way) for way in left]

    name = "20 projections out of 300 readings"
    return compared(in_turn({name: ours, PLAIN: plain}, rounds), name, PLAIN)


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count, years = (3, 1) if quick else (20, 4)
    errors = foretell([simulated(number, years) for number in range(count)], 5_000)
    measures = list(told(errors, f"{count} simulated vehicles", 5_000, aim=1))
    measures.append(cost(5 if quick else 101))
    if not (FOLDER / READINGS).exists():
        print(f"skipped: {READINGS} and other real readings are not beside this checkout", file=sys.stderr)
        return measures
    real = rows((FOLDER / READINGS).read_text("utf-8"), "date", "mileage")
    measures += told(foretell([real], 5_000), "a car read almost daily", 5_000, aim=1)
    for distance in () if quick else (1_000, 15_000):
        measures += told(foretell([real], distance), "a car read almost daily", distance, windows=False)
    for name, whose in () if quick else FILLS.items():
        if (FOLDER / name).exists():
            measures += told(foretell([fills(FOLDER / name)], 5_000), whose, 5_000, windows=False)
    return measures


if __name__ == "__main__":
    command("When a distance will be reached", measure)
