"""The strategies draw what they promise; histories obey physics and agree with the economy."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from motovault import vin
from motovault.errors import InvalidValue
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE
from motovault.testing.strategies import (
    INVALID_VIN_KINDS,
    MAKES,
    FuelLogHistory,
    fuel_log_histories,
    fuel_logs,
    invalid_vins,
    user_preferences,
    vehicles,
    vins,
)

_quick = settings(
    database=None,
    deadline=None,
    max_examples=200,
    phases=[Phase.generate, Phase.shrink],  # explaining is slow
)
_PARSED = ("wrong_check_digit", "impossible_check_digit")


@given(vins())
def test_vins_are_valid_compact_and_parse_to_themselves(text: str) -> None:
    assert vin.is_valid(text)
    assert str(vin.parse(text)) == vin.compact(text) == text


@given(st.data(), st.sampled_from(sorted(MAKES)), st.integers(1980, 2039))
def test_vins_have_the_make_and_year_that_was_asked_for(data: st.DataObject, make: str, year: int) -> None:
    parsed = vin.parse(data.draw(vins(make=make, model_year=year)))
    assert make in parsed.makes
    assert year in parsed.model_years or parsed.country not in {"United States", "Canada", "Mexico"}


@given(vins(is_check_digit_right=False))
def test_a_check_digit_can_be_wrong_alone(text: str) -> None:
    assert vin.is_well_formed(text)
    assert not vin.is_valid(text)
    assert vin.is_valid(vin.with_check_digit(text))


@pytest.mark.parametrize("kind", [kind for kind in INVALID_VIN_KINDS if kind not in _PARSED])
@given(data=st.data())
def test_invalid_vins_cannot_be_parsed(kind: str, data: st.DataObject) -> None:
    text = data.draw(invalid_vins(kind))
    assert not vin.is_valid(text)
    with pytest.raises(vin.InvalidVin):
        vin.parse(text)


@pytest.mark.parametrize("kind", _PARSED)
@given(data=st.data())
def test_a_bad_check_digit_is_well_formed_and_against_the_law(kind: str, data: st.DataObject) -> None:
    parsed = vin.parse(data.draw(invalid_vins(kind)))
    assert parsed.is_check_digit_required
    assert not parsed.is_check_digit_right


@given(invalid_vins())
def test_every_invalid_vin_is_invalid(text: str) -> None:
    assert not vin.is_valid(text)


def test_unknown_knobs_are_refused() -> None:
    for make in (
        lambda: vins(make="Trabant"),
        lambda: vins(model_year=1979),
        lambda: invalid_vins("funny"),
        lambda: fuel_log_histories({"wings"}),
    ):
        with pytest.raises(InvalidValue):
            make()


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(vehicles(nickname="Daily"), fuel_logs(tank=2), user_preferences())
def test_entities_can_be_drawn_with_some_fields_fixed(vehicle, log, preferences) -> None:  # type: ignore[no-untyped-def]
    assert (vehicle.title, log.tank) == ("Daily", 2)
    assert vehicle.vin or vehicle.license_plate
    assert preferences.time_zone


@given(fuel_log_histories())
def test_a_tank_never_holds_more_than_it_can(history: FuelLogHistory) -> None:
    assert all(log.volume is not None and 0 < log.volume <= history.tank_capacity for log in history.logs)


@given(fuel_log_histories())
def test_logs_come_in_order_and_the_odometer_only_rises(history: FuelLogHistory) -> None:
    for earlier, later in zip(history.logs, history.logs[1:], strict=False):
        assert later.filled_at - earlier.filled_at >= timedelta(hours=1)
        if earlier.odometer is not None:
            assert later.odometer is not None
            assert later.odometer > earlier.odometer


@given(fuel_log_histories())
def test_true_intervals_are_disjoint_and_part_of_the_whole(history: FuelLogHistory) -> None:
    for interval in history.true_intervals:
        assert interval.opened_by < interval.closed_by
        assert interval.distance > 0
        assert interval.fuel > 0
    for earlier, later in zip(history.true_intervals, history.true_intervals[1:], strict=False):
        assert earlier.closed_by <= later.opened_by
    for interval in history.true_intervals:
        first, last = interval.opened_by, interval.closed_by
        assert interval.fuel == history.burnt_by[last] - history.burnt_by[first]
        assert interval.distance == history.driven_by[last] - history.driven_by[first]


@given(fuel_log_histories())
def test_what_was_poured_between_full_tanks_is_what_was_burnt(history: FuelLogHistory) -> None:
    """Conservation of fuel: the reason why full to full is right."""
    for interval in history.true_intervals:
        poured = [log.volume or 0 for log in history.logs[interval.opened_by + 1 : interval.closed_by + 1]]
        assert sum(poured) == interval.fuel


@given(fuel_log_histories(features={"partial", "missed"}))
def test_a_gap_between_full_tanks_is_no_interval(history: FuelLogHistory) -> None:
    for interval in history.true_intervals:
        between = history.logs[interval.opened_by + 1 : interval.closed_by + 1]
        assert not any(log.missed_previous for log in between)
        assert history.logs[interval.opened_by].is_full_tank
        assert history.logs[interval.closed_by].is_full_tank


@given(fuel_log_histories(features=set()))
def test_without_features_every_fill_closes_an_interval(history: FuelLogHistory) -> None:
    assert len(history.true_intervals) == len(history.logs) - 1
    assert sum(i.fuel for i in history.true_intervals) == history.burnt_by[-1]
    assert sum(i.distance for i in history.true_intervals) == history.driven_by[-1]


@pytest.mark.parametrize(
    ("feature", "seen"),
    [
        ("partial", lambda log: not log.is_full_tank),
        ("missed", lambda log: log.missed_previous),
        ("towing", lambda log: log.is_towing),
        ("trip_only", lambda log: log.trip_distance),
        ("electric", lambda log: log.charge_end_percent),
    ],
)
def test_every_feature_is_drawn(feature, seen) -> None:  # type: ignore[no-untyped-def]
    assert find(
        fuel_log_histories({feature}),
        lambda history: any(map(seen, history.logs)),
        settings=settings(_quick, phases=[Phase.generate]),
    )


def test_a_history_shrinks_to_the_logs_that_matter() -> None:
    history = find(
        fuel_log_histories({"missed"}, max_fills=6),
        lambda history: any(log.missed_previous for log in history.logs),
        settings=_quick,
    )
    assert len(history.logs) == 2


def test_a_feature_that_was_not_asked_for_is_not_drawn() -> None:
    with pytest.raises(NoSuchExample):
        find(
            fuel_log_histories(features={"partial"}),
            lambda history: any(log.missed_previous or log.is_towing for log in history.logs),
            settings=settings(_quick, max_examples=100),
        )


def test_units_of_histories_are_ones_that_the_registry_knows() -> None:
    history = find(fuel_log_histories(), lambda history: True, settings=_quick)
    assert DISTANCE_TO_BASE[history.distance_unit][1] > 0
    assert FUEL_TO_BASE[history.fuel_unit][1] > Decimal(0)
