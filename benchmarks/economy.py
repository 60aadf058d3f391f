"""The economy of one vehicle's history: ``python benchmarks/economy.py [--quick]``.

1,000 and 100,000 logs, one a week. A thousand are nineteen years; a hundred
thousand begin in the year 100, which no car did, and show that nothing grows
faster than the history: they cost what the same logs cost as a hundred
vehicles. Against a plain loop over floats that does the same job: sort,
distance and fuel from full tank to full tank, a figure for each interval, the
average; it knows no missed fill, no unknown dial, no units, no tanks, no costs.
It is measured twice: reading the same logs as we do, and with the floats lying
ready.

Beside it stands what ``garage.fuel_logs.economy()`` takes with the memory
store: it also fetches the logs. Findings are looked for when they are asked for.
"""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter, itemgetter
from uuid import UUID

import attrs
from measuring import Measure, Run, Times, command, compared, in_turn

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelType
from motovault.domain.fuel_logs.economy import economy_of_strands
from motovault.domain.fuel_logs.history import strands_of_logs
from motovault.domain.fuel_logs.report import EconomyReport
from motovault.domain.loading import loader
from motovault.domain.user_preferences import schema_defaults
from motovault.domain.vehicles import VehicleId
from motovault.ports import UserId
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.system import uuid7
from motovault.vault import open_vault

OURS = "economy of a vehicle"
FLOATS = "a loop over the same logs, in floats"
PIECES = "the same logs, as a hundred vehicles of a hundredth each"
READY = "a loop over floats that lie ready"
SERVICE = "garage.fuel_logs.economy() and its average"
INTERVALS = "the same, with every interval looked at"

PARTS = 100

local_date = schema_defaults().local_date
load = loader(FuelLog)


def weekly_logs(count: int) -> list[FuelLog]:
    """One fill a week, four in five full; shuffled a little, as imports are."""
    chance = random.Random(42)
    vehicle_id = VehicleId(UUID(int=1))
    last = datetime(2016, 1, 3, 12, tzinfo=UTC)
    odometer = Decimal(0)
    made = []
    for number in range(count):
        odometer += chance.randint(200, 500)
        volume = Decimal(chance.randint(20_000, 50_000)).scaleb(-3)
        price = Decimal("1.500")
        at = last - timedelta(weeks=count - number, minutes=chance.randint(0, 600))
        total = (volume * price).quantize(Decimal("0.01"))
        made.append(
            load(
                FuelLogId(UUID(int=number + 2)),
                UserId("benchmark"),
                vehicle_id,
                at,
                odometer,
                None,
                FuelType.GASOLINE,
                None,
                volume,
                price,
                total,
                None,
                None,
                at,
                at,
                DistanceUnit.KM,
                FuelUnit.L,
                chance.random() < 0.8,
                False,
                1,
                *[False, None, None, None, None, None, None],
            )
        )
    for number in range(0, count - 1, 50):
        made[number], made[number + 1] = made[number + 1], made[number]
    return made


def ours(logs: list[FuelLog]) -> EconomyReport:
    """The rules alone, on logs that are loaded."""
    report = economy_of_strands(
        strands_of_logs(logs, distance_unit="km", fuel_unit="L", currency_code="EUR", local_date=local_date)
    )
    assert report.average is not None
    return report


def over_logs(logs: list[FuelLog]) -> tuple[list[float], float]:
    """Litres per 100 km of each interval, and of all, from the logs."""
    figures = []
    start, fuel, all_fuel, all_driven = None, 0.0, 0.0, 0.0
    for log in sorted(logs, key=attrgetter("filled_at")):
        fuel += float(log.volume or 0)
        if log.is_full_tank:
            position = float(log.odometer or 0)
            if start is not None and position > start:
                driven = position - start
                figures.append(100 * fuel / driven)
                all_fuel += fuel
                all_driven += driven
            start, fuel = position, 0.0
    return figures, 100 * all_fuel / all_driven


def over_floats(rows: list[tuple[float, float, float, bool]]) -> tuple[list[float], float]:
    """The same from rows of moment, position, fuel, full."""
    figures = []
    start, fuel, all_fuel, all_driven = None, 0.0, 0.0, 0.0
    for _, position, volume, is_full in sorted(rows, key=itemgetter(0)):
        fuel += volume
        if is_full:
            if start is not None and position > start:
                driven = position - start
                figures.append(100 * fuel / driven)
                all_fuel += fuel
                all_driven += driven
            start, fuel = position, 0.0
    return figures, 100 * all_fuel / all_driven


def agree(logs: list[FuelLog], ready: list[tuple[float, float, float, bool]]) -> None:
    """All give the same figures."""
    figures, average = over_logs(logs)
    assert over_floats(ready) == (figures, average)
    report = ours(logs)
    assert report.average is not None
    assert math.isclose(float(report.average), average, rel_tol=1e-9)
    exact = [float(one.economy) for one in report.intervals if one.economy is not None]
    assert len(exact) == len(figures)
    assert all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(exact, figures, strict=True))


def measured(logs: list[FuelLog], rounds: int, *, in_pieces: bool = False) -> Times:
    """The rule against the loops; ``in_pieces`` also against itself, on the same logs of many vehicles."""
    ready = [
        (log.filled_at.timestamp(), float(log.odometer or 0), float(log.volume or 0), log.is_full_tank)
        for log in logs
    ]
    agree(logs, ready)
    runs: dict[str, Run] = {
        OURS: lambda: ours(logs),
        FLOATS: lambda: over_logs(logs),
        READY: lambda: over_floats(ready),
        INTERVALS: lambda: [one.economy for one in ours(logs).intervals],
    }
    if in_pieces:
        pieces = split(logs)
        runs[PIECES] = lambda: [ours(piece).average for piece in pieces]
    return in_turn(runs, rounds)


def served(logs: list[FuelLog], rounds: int) -> Times:
    """The same through a garage in memory."""
    garage = open_vault("memory:").garage("benchmark")
    whole, *cars = [garage.vehicles.add(license_plate=f"BENCH {i}").id for i in range(PARTS + 1)]
    garage.fuel_logs.add_many(attrs.evolve(log, vehicle_id=whole) for log in logs)
    for car, piece in zip(cars, split(logs), strict=True):
        new = (attrs.evolve(log, id=FuelLogId(uuid7()), vehicle_id=car) for log in piece)
        garage.fuel_logs.add_many(new)
    assert garage.fuel_logs.economy(whole).average == ours(logs).average
    return in_turn(
        {
            SERVICE: lambda: garage.fuel_logs.economy(whole).average,
            PIECES: lambda: [garage.fuel_logs.economy(car).average for car in cars],
            FLOATS: lambda: over_logs(logs),
        },
        rounds,
    )


def split(logs: list[FuelLog]) -> list[list[FuelLog]]:
    """The logs in equal parts."""
    size = len(logs) // PARTS
    return [logs[start : start + size] for start in range(0, size * PARTS, size)]


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    few, many = (200, 2_000) if quick else (1_000, 100_000)
    brief = measured(weekly_logs(few), 5 if quick else 101)
    logs = weekly_logs(many)
    long = measured(logs, 3 if quick else 11, in_pieces=True)
    service = served(logs, 3)
    return [
        compared(long, OURS, FLOATS, what=f"{OURS}, {many:,} logs", aim=6),
        compared(brief, OURS, FLOATS, what=f"{OURS}, {few:,} logs", aim=6),
        compared(long, OURS, PIECES, what=f"{OURS}, {many:,} logs", aim=1.25),
        compared(long, OURS, READY, what=f"{OURS}, {many:,} logs"),
        compared(long, INTERVALS, FLOATS, what=f"{INTERVALS}, {many:,} logs"),
        compared(service, SERVICE, FLOATS, what=f"{SERVICE}, {many:,} logs"),
        compared(service, SERVICE, PIECES, what=f"{SERVICE}, {many:,} logs"),
    ]


if __name__ == "__main__":
    command("Economy of a vehicle", measure)
