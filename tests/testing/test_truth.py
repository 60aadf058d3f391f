"""What the economy says is what really happened: histories with a known truth, through the whole library."""

from __future__ import annotations

from decimal import Decimal

import attrs
from hypothesis import given
from hypothesis import strategies as st

import motovault
from motovault import EconomyReport, Garage
from motovault.domain.vehicles import VehicleId
from motovault.quantities.context import EXACT
from motovault.testing.strategies import FuelLogHistory, fuel_log_histories

TANK = {"partial", "missed", "towing", "trip_only"}
"""All features but state of charge, from which more can be told than from full tanks."""


def garage_with(history: FuelLogHistory) -> tuple[Garage, VehicleId]:
    garage = motovault.open_vault("memory:").garage(history.vehicle.user_id)
    garage.preferences.change(unit_system=history.preferences.unit_system)
    car = garage.vehicles.add(license_plate="AB 1", distance_unit=history.distance_unit)
    garage.fuel_logs.add_many(attrs.evolve(log, vehicle_id=car.id) for log in history.logs)
    return garage, car.id


def report_of(history: FuelLogHistory) -> EconomyReport:
    garage, car_id = garage_with(history)
    return garage.fuel_logs.economy(car_id)


@given(fuel_log_histories(TANK))
def test_every_true_interval_is_found_and_no_other(history: FuelLogHistory) -> None:
    place = {log.id: number for number, log in enumerate(history.logs)}
    found = [
        (place[i.opened_by], place[i.closed_by], i.distance, i.fuel, i.is_towing)  # type: ignore[index]
        for i in report_of(history).intervals
        if i.is_valid
    ]
    assert found == [
        (true.opened_by, true.closed_by, true.distance, true.fuel, true.is_towing)
        for true in history.true_intervals
    ]


@given(fuel_log_histories(min_fills=2))
def test_every_figure_is_true_whatever_it_was_told_from(history: FuelLogHistory) -> None:
    """States of charge too: whichever way an interval was closed, this was driven and burnt in it."""
    place = {log.id: number for number, log in enumerate(history.logs)}
    for interval in report_of(history).intervals:
        if not interval.is_valid:
            continue
        first, last = place[interval.opened_by], place[interval.closed_by]  # type: ignore[index]
        assert interval.distance == history.driven_by[last] - history.driven_by[first]
        assert interval.fuel is not None
        assert abs(interval.fuel - (history.burnt_by[last] - history.burnt_by[first])) < Decimal("1e-20")


@given(fuel_log_histories(TANK, min_fills=2))
def test_the_average_is_all_distance_over_all_fuel(history: FuelLogHistory) -> None:
    """Never the mean of the figures, however different the intervals are."""
    garage, car_id = garage_with(history)
    unit = f"{history.distance_unit}/{history.fuel_unit}"
    unit = {"mi/us_gal": "mpg_us", "mi/imp_gal": "mpg_uk"}.get(unit, unit)
    average = garage.fuel_logs.economy(car_id, economy_unit=unit).average
    distance = sum((true.distance for true in history.true_intervals), Decimal(0))
    fuel = sum((true.fuel for true in history.true_intervals), Decimal(0))
    if not history.true_intervals:
        assert average is None
    else:
        assert average is not None
        assert abs(average - EXACT.divide(distance, fuel)) < Decimal("1e-30") * average


@given(fuel_log_histories(TANK, min_fills=2), st.randoms())
def test_the_order_in_which_logs_are_kept_does_not_matter(history: FuelLogHistory, random: object) -> None:
    shuffled = list(history.logs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    again = attrs.evolve(history, logs=tuple(shuffled))
    assert report_of(again).average == report_of(history).average


@given(fuel_log_histories(TANK))
def test_what_was_poured_is_counted_to_the_drop(history: FuelLogHistory) -> None:
    garage, car_id = garage_with(history)
    totals = garage.fuel_logs.statistics(car_id).totals
    assert totals.log_count == len(history.logs)
    assert totals.fuel == {history.fuel_unit: sum(log.volume or 0 for log in history.logs)}
    assert sum(totals.cost.values()) == sum(log.total_cost or 0 for log in history.logs)
