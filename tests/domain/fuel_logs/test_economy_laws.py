"""What must hold of any economy, whoever computes it: each law with its reason."""

from __future__ import annotations

import decimal
from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from motovault.domain.fuel_logs import EconomyReport, Fill, FuelLog, economy, fills_from_logs
from motovault.domain.fuel_logs.economy import economy_of_strands
from motovault.domain.fuel_logs.history import strands_of_fills, strands_of_logs
from motovault.domain.fuel_logs.plausibility import plausibility_findings
from motovault.quantities.context import ratio
from motovault.quantities.economy import convert_economy
from motovault.quantities.units import convert
from tests.domain.fuel_logs.histories import KINDS, START, drives, nasty_fills, without_ties

ZERO = Decimal(0)


def nearly(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(Fraction(one) - Fraction(other)) <= Fraction(1, 10**40) * abs(Fraction(other))


def all_that_is_said(report: EconomyReport) -> list[Any]:
    return [
        (t.tank, t.economy_unit, t.intervals, t.average, t.average_excluding_towing, t.by_year(), t.long_run)
        for t in report.tanks
    ]


@given(nasty_fills(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(history: tuple[str, list[Fill]], random: Any) -> None:
    """People import old logs late: what the dates settle must not hang on the order of writing."""
    unit, fills = history
    fills = without_ties(fills)
    shuffled = random.sample(fills, len(fills))
    one, other = economy(shuffled, economy_unit=unit), economy(fills, economy_unit=unit)
    assert all_that_is_said(one) == all_that_is_said(other)


@given(st.sampled_from([kind for kind in KINDS if kind != "battery"]).flatmap(nasty_fills), st.data())
def test_one_fill_in_two_steps_at_the_same_stop_changes_nothing(
    history: tuple[str, list[Fill]], data: st.DataObject
) -> None:
    """A pump that clicks off early, or two cards: the tank does not know how often one paid."""
    unit, fills = history
    assume(fills)
    fills = without_ties(fills)
    at = data.draw(st.integers(0, len(fills) - 1))
    whole = fills[at]
    part = None if whole.volume is None else whole.volume * Decimal("0.25")
    first = attrs.evolve(whole, id="first part", is_full_tank=False, volume=part, total_cost=ZERO)
    rest = attrs.evolve(
        whole,
        volume=None if whole.volume is None or part is None else whole.volume - part,
        missed_previous=False,
        trip_distance=None if whole.trip_distance is None else ZERO,
        fuel_distance=None if whole.fuel_distance is None else ZERO,
        excluded_distance=None,
    )
    split = [*fills[:at], first, rest, *fills[at + 1 :]]
    before, after = economy(fills, economy_unit=unit), economy(split, economy_unit=unit)
    assert after.figures() == before.figures()
    assert after.average_by_tank == before.average_by_tank
    costs = {i.closed_by: (i.cost, i.cost_per_distance) for i in before if i.is_valid}
    assert {i.closed_by: (i.cost, i.cost_per_distance) for i in after if i.is_valid} == costs


@given(nasty_fills("mi"))
def test_other_units_change_nothing_but_the_unit(history: tuple[str, list[Fill]]) -> None:
    """A mile is 1.609344 km and a gallon 3.785411784 L exactly: the same drive is the same economy."""
    unit, fills = history

    def km(value: Decimal | None) -> Decimal | None:
        return None if value is None else convert(value, "mi", "km")

    metric = [
        attrs.evolve(
            fill,
            odometer=km(fill.odometer),
            trip_distance=km(fill.trip_distance),
            fuel_distance=km(fill.fuel_distance),
            excluded_distance=km(fill.excluded_distance),
            volume=None if fill.volume is None else convert(fill.volume, "us_gal", "L"),
            odometer_unit="km",
            fuel_unit="L",
        )
        for fill in fills
    ]
    here, there = economy(fills, economy_unit=unit), economy(metric, economy_unit=unit, distance_unit="mi")
    assert here.figures() == there.figures()
    assert [nearly(i.distance, j.distance) for i, j in zip(here, there, strict=True)] == [True] * len(here)
    own = economy(metric)
    assert own.economy_unit in (None, "L/100km")
    for key, figure in own.figures().items():
        assert nearly(convert_economy(figure, "L/100km", unit), here.figures()[key])


@given(nasty_fills())
def test_an_average_lies_between_the_best_and_the_worst(history: tuple[str, list[Fill]]) -> None:
    """A pooled figure is a weighted mean: it cannot leave the range of its parts."""
    unit, fills = history
    for tank in economy(fills, economy_unit=unit).tanks:
        best, worst = tank.best, tank.worst
        if best is None or worst is None:
            assert tank.average is None
            continue
        assert best.economy is not None
        assert worst.economy is not None
        low, high = sorted([best.economy, worst.economy])
        pools = [*tank.by_year().values(), *tank.by_month().values(), tank.pool]
        for figure in [tank.average, *(pool.economy for pool in pools)]:
            assert figure is not None
            assert low <= figure <= high
        assert all(low <= figure <= high for _, figure in tank.figures())


@given(nasty_fills(), st.sampled_from([None, Decimal(60)]))
def test_a_later_fill_never_changes_an_earlier_figure(
    history: tuple[str, list[Fill]], capacity: Decimal | None
) -> None:
    """A figure that was shown once stays: it hangs on its own interval and on nothing behind it."""
    unit, fills = history
    fills = without_ties(fills)
    known: dict[object, Decimal] = {}
    for count in range(len(fills) + 1):
        now = economy(fills[:count], economy_unit=unit, battery_capacity_kwh=capacity).figures()
        assert [key for key, figure in known.items() if not nearly(now.get(key), figure)] == []
        known = now


@given(nasty_fills())
def test_tanks_know_nothing_of_each_other(history: tuple[str, list[Fill]]) -> None:
    """R13: the history of one tank alone gives the same figures as beside another."""
    unit, fills = history
    both = economy(fills, economy_unit=unit)
    alone = [economy([f for f in fills if f.tank == name], economy_unit=unit) for name in ("main", "lpg")]
    assert {key: figure for report in alone for key, figure in report.figures().items()} == both.figures()


@given(nasty_fills(), st.integers(0, 60))
def test_periods_pool_to_the_whole(history: tuple[str, list[Fill]], one: int) -> None:
    """R12: an interval belongs to the period of its closing fill; none is lost, none counts twice."""
    unit, fills = history
    for tank in economy(fills, economy_unit=unit).tanks:
        for pools in (tank.by_year().values(), tank.by_month().values()):
            assert sum(pool.interval_count for pool in pools) == tank.pool.interval_count
            for name in ("distance", "fuel"):
                total = sum((Fraction(getattr(pool, name)) for pool in pools), Fraction())
                assert abs(total - Fraction(getattr(tank.pool, name))) <= total / 10**40
        days = sorted({fill.on for fill in fills})
        first, cut, last = days[0], days[one % len(days)], days[-1]
        early = tank.between(first, cut)
        late = [i for i in tank.intervals if i.is_valid and i.closed_on > cut]
        assert early.interval_count + len(late) == tank.between(first, last).interval_count
        assert tank.between(first, last) == tank.pool
        assert tank.pool.economy == tank.average


@given(drives(3))
def test_an_average_is_never_a_mean_of_ratios(fills: list[Fill]) -> None:
    """R11: two tanks of 500 km on 50 L and 100 km on 5 L are 600 km on 55 L, whatever their ratios are."""
    report = economy(fills, economy_unit="km/L")
    intervals = [i for i in report if i.is_valid]
    assume(intervals)
    distance = sum((Fraction(i.distance or 0) for i in intervals), Fraction())
    fuel = sum((Fraction(i.fuel or 0) for i in intervals), Fraction())
    assert report.average == ratio(distance / fuel)
    consumption = economy(fills, economy_unit="L/100km").average
    assert consumption == ratio(100 * fuel / distance)  # a mean of ratios is no such inverse


def hostile_contexts() -> list[decimal.Context]:
    everything = [decimal.Inexact, decimal.Rounded, decimal.Subnormal, decimal.Clamped]
    return [
        decimal.Context(prec=3),
        decimal.Context(prec=1, rounding=decimal.ROUND_UP),
        decimal.Context(prec=3, traps=[*everything, decimal.InvalidOperation, decimal.DivisionByZero]),
        decimal.Context(prec=5, Emin=-1, Emax=1, traps=everything),
    ]


@given(nasty_fills(), st.sampled_from(range(len(hostile_contexts()))))
def test_the_hosts_decimal_context_has_no_say(history: tuple[str, list[Fill]], which: int) -> None:
    """A host may round its money to three digits and trap what is inexact; our figures stay."""

    def everything() -> list[Any]:
        report = economy(fills, economy_unit=unit, tank_capacity={"main": Decimal(40)})
        findings = plausibility_findings(fills, report, {"main": Decimal(40)})
        shown = attrs.evolve(report, findings=findings)
        extremes = [(tank.best, tank.worst) for tank in report.tanks]
        return [*all_that_is_said(report), findings, str(shown), shown._repr_html_(), extremes]

    unit, fills = history
    expected = everything()
    with decimal.localcontext(hostile_contexts()[which]):
        assert everything() == expected


def log_of(fill: Fill, tanks: dict[int | str, int], say_units: bool) -> FuelLog:
    at = datetime.combine(fill.on, time(12), UTC)
    return FuelLog(
        id=UUID(int=fill.id),  # type: ignore[arg-type]
        user_id="ana",  # type: ignore[arg-type]
        vehicle_id=UUID(int=0),  # type: ignore[arg-type]
        filled_at=at,
        created_at=at,
        updated_at=at,
        odometer=fill.odometer,
        volume=fill.volume,
        odometer_unit=fill.odometer_unit if say_units else None,  # type: ignore[arg-type]
        fuel_unit=fill.fuel_unit if say_units else None,  # type: ignore[arg-type]
        fuel_type="electric" if fill.fuel_unit == "kWh" else None,  # type: ignore[arg-type]
        is_full_tank=fill.is_full_tank,
        missed_previous=fill.missed_previous,
        trip_distance=fill.trip_distance,
        excluded_distance=fill.excluded_distance,
        tank=tanks[fill.tank],
        is_towing=fill.is_towing,
        charge_start_percent=fill.charge_start_percent,
        charge_end_percent=fill.charge_end_percent,
        total_cost=fill.total_cost,
        # the owner's own currency, said or not
        currency_code=None if fill.currency_code == "EUR" and int(str(fill.id)) % 2 else fill.currency_code,
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_fuel_logs_and_fills_say_the_same(kind: str, data: st.DataObject) -> None:
    """Logs are read without turning each into a fill, for speed: the way must not show in the figures."""
    unit, fills = data.draw(nasty_fills(kind))
    driven, burnt, _ = KINDS[kind]
    settled = {
        "distance_unit": driven[0],
        "fuel_unit": burnt[0],
        "currency_code": "EUR",
        "local_date": lambda moment: moment.date(),
    }
    say_units = len(driven) + len(burnt) > 2 or data.draw(st.booleans())
    fills = [attrs.evolve(fill, fuel_distance=None) for fill in fills]
    if data.draw(st.booleans()):  # one tank and one pair of units: the short way
        fills = [attrs.evolve(f, tank="main", odometer_unit=driven[0], fuel_unit=burnt[0]) for f in fills]
    logs = [log_of(fill, {"main": 1, "lpg": 2}, say_units) for fill in fills]
    by_fills = economy(fills_from_logs(logs, **settled), economy_unit=unit)  # type: ignore[arg-type]
    by_logs = economy_of_strands(strands_of_logs(logs, **settled), economy_unit=unit)  # type: ignore[arg-type]
    assert all_that_is_said(by_logs) == all_that_is_said(by_fills)


class Counted(list[Any]):
    """A list that counts how often its members are handed out."""

    handed_out = 0

    def __iter__(self) -> Any:
        for item in super().__iter__():
            self.handed_out += 1
            yield item

    def __getitem__(self, key: Any) -> Any:
        self.handed_out += 1
        return super().__getitem__(key)


@pytest.mark.parametrize(("fuel_unit", "level"), [("L", None), ("kWh", 80), ("kWh", None)])
def test_a_long_history_costs_as_much_per_fill_as_a_short_one(fuel_unit: str, level: int | None) -> None:
    """Twenty years of commuting, or a fleet's: each fill is looked at a few times only."""

    def looks(count: int) -> int:
        fills = [
            Fill(
                on=START,
                odometer=Decimal(300 * n),
                volume=Decimal(30),
                odometer_unit="km",
                fuel_unit=fuel_unit,
                is_full_tank=fuel_unit == "L" and n % 3 == 0,
                # levels that never come back are the worst that can happen to equal levels
                charge_end_percent=None if fuel_unit == "L" else Decimal(level or n).scaleb(-3),
                id=n,
            )
            for n in range(count)
        ]
        (strand,) = strands_of_fills(fills)
        rows = Counted(strand.rows)
        report = economy_of_strands([attrs.evolve(strand, rows=rows)])
        assert report.tanks[0].average is not None or level is None
        assert len(report.intervals) == len(report)
        assert report.tanks[0].long_run is None or not report.average
        return rows.handed_out

    assert looks(2000) <= 20 * looks(100) * 1.2
