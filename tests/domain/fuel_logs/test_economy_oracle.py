"""Our figures and those of a plain second reading of the rules are the same, on any history."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.fuel_logs import EconomyReport, Fill, TankEconomy, economy
from motovault.quantities.context import ratio
from tests.domain.fuel_logs import oracle
from tests.domain.fuel_logs.histories import nasty_fills

CLOSE = Fraction(1, 10**40)


def is_close(ours: Decimal | None, theirs: Fraction | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return abs(Fraction(ours) - theirs) <= CLOSE * abs(theirs)


def name_of(tank: TankEconomy) -> oracle.Tank:
    return tank.tank, oracle.FUELS[tank.fuel_unit][0], oracle.DISTANCES[tank.distance_unit][0]


def assert_agrees(
    report: EconomyReport, fills: list[Fill], unit: str, capacity: Decimal | None = None
) -> None:
    expected = oracle.closed_intervals(fills, capacity)
    assert {name_of(tank) for tank in report.tanks} == set(expected)
    for tank in report.tanks:
        closed = expected[name_of(tank)]
        figures = dict(tank.figures())
        assert list(figures) == [c.key for c in closed]
        for c in closed:
            exact = oracle.FIGURES[unit](c.distance, c.fuel)
            assert is_close(figures[c.key], exact)
            if tank.fuel_unit != "kWh":  # one division, one rounding; a state of charge takes another
                assert figures[c.key] == ratio(exact)
        assert {i.closed_by: i.economy for i in tank.intervals if i.is_valid} == figures
        assert is_close(tank.average, oracle.pooled(closed, unit))
        assert is_close(
            tank.average_excluding_towing, oracle.pooled((c for c in closed if not c.is_towing), unit)
        )
        assert {i.closed_by for i in tank.intervals if i.is_valid and i.is_towing} == {
            c.key for c in closed if c.is_towing
        }
        assert {year: pool.interval_count for year, pool in tank.by_year().items()} == {
            year: sum(c.year == year for c in closed) for year in {c.year for c in closed}
        }
        for year, pool in tank.by_year().items():
            assert is_close(pool.economy, oracle.pooled((c for c in closed if c.year == year), unit))
        factor = oracle.DISTANCES[tank.distance_unit][1]
        per_distance = {
            i.closed_by: (i.currency_code, i.cost_per_distance) for i in tank.intervals if i.cost is not None
        }
        assert set(per_distance) == {c.key for c in closed if c.cost is not None}
        for c in closed:
            if c.cost is not None:
                code, found = per_distance[c.key]
                assert code == c.cost[0]
                assert is_close(found, c.cost[1] * factor / c.distance)


@given(nasty_fills())
def test_every_figure_is_the_one_that_the_rules_give(history: tuple[str, list[Fill]]) -> None:
    """R1 to R18 leave one answer for any list of fills, however little sense it makes."""
    unit, fills = history
    assert_agrees(economy(fills, economy_unit=unit), fills, unit)


@given(nasty_fills("battery"), st.sampled_from([Decimal(10), Decimal("57.5"), Decimal(100)]))
def test_a_known_battery_capacity_changes_figures_as_the_rules_say(
    history: tuple[str, list[Fill]], capacity: Decimal
) -> None:
    """R16 with the capacity: every charge with a known end level closes an interval."""
    unit, fills = history
    assert_agrees(economy(fills, economy_unit=unit, battery_capacity_kwh=capacity), fills, unit, capacity)
