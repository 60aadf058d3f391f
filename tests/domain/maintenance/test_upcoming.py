"""What is due, in which order, why, and how it is shown."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.maintenance import (
    DueStatus,
    MaintenanceSchedule,
    Metric,
    NextDue,
    due,
    effective_due,
    soon_distance,
    upcoming,
)
from motovault.domain.user_preferences import schema_defaults
from motovault.domain.vehicles import VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit
from tests.domain.maintenance.garages import TODAY, every, listed, reading, steadily, vehicle, works
from tests.domain.maintenance.histories import CAR, days, readings, schedule, schedules

MI, KM, H = DistanceUnit.MI, DistanceUnit.KM, DistanceUnit.H


# ------------------------------------------------------------------------- order


def test_the_most_urgent_comes_first() -> None:
    found = listed(
        every(1, interval_months=12),
        every(2, interval_months=12, last_service_date=date(2025, 5, 1)),
        every(3, interval_months=12, last_service_date=date(2024, 6, 20)),
        every(4, interval_months=12, last_service_date=date(2024, 5, 20)),
        every(5, interval_months=12, last_service_date=date(2024, 3, 1)),
        every(6, interval_months=6, last_service_date=date(2025, 3, 1)),
    )
    assert works(found) == [f"Work {number}" for number in (5, 4, 3, 6, 2, 1)]
    assert [item.status.value for item in found] == [
        *("overdue", "overdue", "due_soon", "upcoming", "upcoming", "unknown"),
    ]
    assert list(found.counts.values()) == [2, 1, 2, 1]


def test_a_distance_stands_among_the_dates_by_when_it_will_be_driven() -> None:
    """2,000 miles at 40 a day are 50 days, between the 40 and the 60 of the calendar."""
    by_date = [
        every(number, interval_days=left, last_service_date=TODAY) for number, left in ((1, 60), (2, 40))
    ]
    by_distance = every(3, interval_distance=2000, last_service_odometer=50_000)
    found = listed(*by_date, by_distance, of={CAR: steadily(40, 50_000)})
    assert works(found) == ["Work 2", "Work 3", "Work 1"]
    assert found[1].projected_on == found[1].effective_due_on == TODAY + timedelta(days=50)
    assert found[1].due_on is None


def test_of_what_is_overdue_a_distance_counts_in_days_at_the_vehicles_pace() -> None:
    """400 miles over at 40 a day are 10 days, between 5 and 15."""
    by_date = [
        every(number, interval_days=30, last_service_date=TODAY - timedelta(days=30 + late))
        for number, late in ((1, 5), (2, 15))
    ]
    by_distance = every(3, interval_distance=1000, last_service_odometer=48_600)
    found = listed(*by_date, by_distance, of={CAR: steadily(40, 50_000)})
    assert works(found) == ["Work 2", "Work 3", "Work 1"]
    assert found[1].distance_remaining == Distance(-400, "mi")
    assert found[1].effective_due_on == TODAY


def test_of_a_date_and_a_distance_the_earlier_places_it() -> None:
    """60 days or 50 of driving, and 70 or 90, among the dates in between."""
    both = {"last_service_date": TODAY, "last_service_odometer": 50_000}
    found = listed(
        every(1, interval_days=55, last_service_date=TODAY),
        every(2, interval_days=60, interval_distance=2000, **both),
        every(3, interval_days=80, last_service_date=TODAY),
        every(4, interval_days=70, interval_distance=3600, **both),
        of={CAR: steadily(40, 50_000)},
    )
    assert works(found) == ["Work 2", "Work 1", "Work 4", "Work 3"]
    assert [(item.effective_due_on or TODAY) - TODAY for item in found] == [
        timedelta(days=left) for left in (50, 55, 70, 80)
    ]
    soon = [every(1, interval_days=55, last_service_date=TODAY), found[0].schedule, found[2].schedule]
    assert works(listed(*soon, of={CAR: steadily(40, 50_000)}, within_days=50)) == ["Work 2"]


def test_what_is_reached_is_due_today_even_where_nobody_knows_the_pace() -> None:
    asked = every(
        1, interval_days=90, interval_distance=100, last_service_date=TODAY, last_service_odometer=1
    )
    (item,) = listed(asked, of={CAR: [reading(TODAY, 101)]}, within_days=0)
    assert (item.projected_on, item.effective_due_on, item.due_now) == (TODAY, TODAY, True)
    assert item.projection is None
    assert item.status is DueStatus.DUE_SOON


def test_without_a_pace_the_least_distance_left_comes_first_behind_all_dates() -> None:
    asked = [
        every(number, interval_distance=left, last_service_odometer=50_000)
        for number, left in ((1, 9000), (2, 3000))
    ]
    dated = every(3, interval_months=600, last_service_date=TODAY)
    found = listed(*asked, dated, of={CAR: [reading(TODAY, 50_000)]})
    assert works(found) == ["Work 3", "Work 2", "Work 1"]
    assert found[1].projection is None
    assert found[1].effective_due_on is None


def test_equals_stay_in_the_order_of_the_vehicles_then_of_the_schedules() -> None:
    cars = [vehicle(number) for number in (3, 1, 2)]
    asked = [
        schedule(id=UUID(int=10 * car + number), vehicle_id=UUID(int=car), interval_months=6)
        for number, car in itertools.product((1, 2), (1, 2, 3))
    ]
    found = listed(*asked, cars=cars)
    assert [item.schedule.id.int for item in found] == [31, 32, 11, 12, 21, 22]


@given(st.lists(schedules(), min_size=2, max_size=6), readings)
def test_the_order_is_by_status_then_by_effective_date(asked: list[Any], at: Decimal) -> None:
    """What comes later in the list is never more urgent; of what is not overdue, never due earlier."""
    asked = [attrs.evolve(one, id=UUID(int=200 + place)) for place, one in enumerate(asked)]
    found = listed(*asked, of={CAR: [reading(TODAY - timedelta(days=30), at + 1), reading(TODAY, at + 900)]})
    assert len(found) == len(asked)
    for first, then in itertools.pairwise(found):
        assert first.status.urgency >= then.status.urgency
        if first.status is then.status and first.status in (DueStatus.DUE_SOON, DueStatus.UPCOMING):
            days_ = [one.effective_due_on or date.max for one in (first, then)]
            assert days_[0] <= days_[1]


# ------------------------------------------------------------- same rules as `due`


@given(schedules(), st.none() | readings, st.sampled_from([MI, KM, H]), days)
def test_an_item_says_what_the_rules_say(
    one: MaintenanceSchedule, at: Decimal | None, unit: DistanceUnit, today: date
) -> None:
    """The columns are a short way to the same answer as the plain rules, metric by metric."""
    known = {} if not at else {CAR: [reading(today, at)]}
    (item,) = upcoming([vehicle()], [one], known, today=today, unit=unit)
    target = effective_due(one)
    wanted = due(
        target,
        today=today,
        odometer=at or None,
        soon_distance=soon_distance(unit, one.interval_distance),
    )
    assert item.status is wanted.status
    assert item.triggered_by == wanted.triggered_by
    assert item.days_remaining == wanted.days_remaining
    assert item.due_now == wanted.due_now
    assert item.due_on == target.on
    left = item.distance_remaining
    assert (None if left is None else left.value) == wanted.distance_remaining
    assert (None if item.due_odometer is None else item.due_odometer.value) == target.odometer


def test_a_schedules_own_thresholds_count_and_0_is_one() -> None:
    asked = {"interval_months": 12, "last_service_date": date(2024, 6, 20)}
    far = {"interval_distance": 5000, "last_service_odometer": 45_600, "distance_unit": "mi"}
    found = listed(
        every(1, **asked),
        every(2, **asked, due_soon_days=18),
        every(3, **asked, due_soon_days=0),
        every(4, **far),
        every(5, **far, due_soon_distance=700),
        of={CAR: [reading(TODAY, 50_000)]},
    )
    soon = {item.work: item.status is DueStatus.DUE_SOON for item in found}
    assert soon == {"Work 1": True, "Work 2": False, "Work 3": False, "Work 4": False, "Work 5": True}


def test_both_metrics_are_named_where_both_are_as_bad() -> None:
    both = every(
        1,
        interval_days=10,
        interval_distance=100,
        last_service_date=date(2025, 5, 1),
        last_service_odometer=49_000,
    )
    (item,) = listed(both, of={CAR: [reading(TODAY, 50_000)]})
    assert item.triggered_by == (Metric.DATE, Metric.DISTANCE)
    (alone,) = listed(both)
    assert alone.triggered_by == (Metric.DATE,)
    assert alone.distance_remaining is None


# ------------------------------------------------------------------ units, places


def test_a_schedule_in_miles_on_a_dial_in_kilometres() -> None:
    asked = every(1, interval_distance=5000, last_service_odometer=100_000, distance_unit="mi")
    driven = steadily(100, 168_000)
    (item,) = listed(asked, cars=[vehicle(distance_unit="km")], of={CAR: driven})
    assert item.due_odometer == Distance("168981.12", "km")
    assert item.distance_remaining == Distance("981.12", "km")
    assert item.status is DueStatus.UPCOMING
    assert item.projected_on == TODAY + timedelta(days=9)
    assert item.projection is not None
    assert item.projection.basis.unit is KM
    (in_km,) = listed(
        attrs.evolve(asked, due_soon_distance=610), cars=[vehicle(distance_unit="km")], of={CAR: driven}
    )
    assert in_km.status is DueStatus.DUE_SOON  # 610 of the schedule's miles are 981.7 km


def test_hours_and_kilometres_of_one_machine_stay_apart() -> None:
    """A reading without a unit is in the vehicle's, never in the schedule's."""
    asked = every(1, interval_distance=50, last_service_odometer=1000, distance_unit="h")
    machine = vehicle(distance_unit="km")
    (blind,) = listed(asked, cars=[machine], of={CAR: [reading(TODAY, 1_049)]})
    assert blind.status is DueStatus.UNKNOWN
    (item,) = listed(asked, cars=[machine], of={CAR: [reading(TODAY, 9000), reading(TODAY, 1049, H)]})
    assert item.distance_remaining == Distance(1, "h")
    assert item.status is DueStatus.DUE_SOON


def test_today_is_where_the_owner_is() -> None:
    """At one and the same moment it is two dates later east of the date line than west of it."""
    moment = datetime(2025, 5, 31, 10, 30, tzinfo=UTC)
    asked = every(1, interval_months=1, last_service_date=date(2025, 4, 30))
    left = {}
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        owner = attrs.evolve(schema_defaults(), time_zone=zone)
        found = listed(asked, today=owner.local_date(moment), local_date=owner.local_date)
        left[zone] = [(item.days_remaining, item.status.value, item.due_now) for item in found]
    assert left == {
        "Pacific/Kiritimati": [(-2, "overdue", True)],
        "UTC": [(-1, "overdue", True)],
        "Pacific/Pago_Pago": [(0, "due_soon", True)],
    }


def test_which_of_two_readings_is_the_latest_is_the_owners_calendars_to_say() -> None:
    """The higher of one day counts; whether it is one day depends on where."""
    early = datetime(2025, 5, 31, 3, tzinfo=UTC)
    two = [
        attrs.evolve(reading(TODAY, 51_000), read_at=early),
        attrs.evolve(reading(TODAY, 50_000), read_at=early + timedelta(hours=8)),
    ]
    asked = every(1, interval_distance=5000, last_service_odometer=50_000)
    left = []
    for zone in ("UTC", "America/New_York"):
        owner = attrs.evolve(schema_defaults(), time_zone=zone)
        (item,) = listed(asked, of={CAR: two}, local_date=owner.local_date)
        left.append(item.distance_remaining)
    assert left == [Distance(4000, "mi"), Distance(5000, "mi")]


# --------------------------------------------------------------------- selections


def test_within_days_keeps_what_will_be_due_by_then_and_all_that_is_overdue() -> None:
    asked = [
        every(1, interval_months=12),
        every(2, interval_days=40, last_service_date=TODAY),
        every(3, interval_days=41, last_service_date=TODAY),
        every(4, interval_days=1, last_service_date=date(2020, 1, 1)),
        every(5, interval_distance=1600, last_service_odometer=50_000),
        every(6, interval_distance=1650, last_service_odometer=50_000),
    ]
    found = listed(*asked, of={CAR: steadily(40, 50_000)}, within_days=40)
    assert sorted(works(found)) == ["Work 2", "Work 4", "Work 5"]
    assert sorted(works(listed(*asked, of={CAR: steadily(40, 50_000)}, within_days=41))) == [
        *("Work 2", "Work 3", "Work 4", "Work 5", "Work 6")
    ]


def test_within_days_keeps_what_is_soon_at_a_date_that_nobody_can_tell() -> None:
    asked = [
        every(1, interval_distance=400, last_service_odometer=50_000),
        every(2, interval_distance=4000, last_service_odometer=50_000),
        every(3, interval_distance=400, last_service_odometer=40_000),
    ]
    found = listed(*asked, of={CAR: [reading(TODAY, 50_000)]}, within_days=0)
    assert works(found) == ["Work 3", "Work 1"]


@pytest.mark.parametrize("wrong", [-1, 1.0, True, "7"])
def test_within_days_is_a_whole_number(wrong: Any) -> None:
    with pytest.raises(InvalidValue) as raised:
        listed(within_days=wrong)
    assert raised.value.field == "within_days"


def test_a_retired_schedule_is_left_out_and_never_due() -> None:
    retired = every(1, interval_months=1, last_service_date=date(2020, 1, 1), is_active=False)
    assert len(listed(retired)) == 0
    (item,) = listed(retired, include_inactive=True)
    assert item.status is DueStatus.UNKNOWN
    assert (item.days_remaining, item.due_now, item.triggered_by) == (None, False, ())
    assert item.due_on == date(2020, 2, 1)


def test_a_schedule_of_a_vehicle_that_is_not_asked_about_is_left_out() -> None:
    assert len(listed(every(1, interval_months=1), cars=[vehicle(2)])) == 0


def test_parts_of_it_are_in_the_same_order() -> None:
    cars = [vehicle(1), vehicle(2)]
    asked = [
        schedule(
            id=UUID(int=number),
            vehicle_id=UUID(int=1 + number % 2),
            interval_days=30 * number,
            last_service_date=date(2025, 4, 1),
        )
        for number in range(1, 7)
    ]
    found = listed(*asked, cars=cars)
    assert list(found.overdue) + list(found.due_soon) == list(found)[:3]
    assert [item.schedule.id.int for item in found.of_vehicle(VehicleId(UUID(int=2)))] == [1, 3, 5]
    assert list(found[1:3]) == [found[1], found[2]]
    assert found[-1] == list(found)[-1]


def test_nothing_is_reckoned_of_a_vehicle_whose_schedules_count_days_only() -> None:
    """A garage where only dates matter asks no calendar about any reading."""
    asked = []

    def local_date(moment: datetime) -> date:
        asked.append(moment)
        return moment.date()

    by_date = every(1, interval_months=6, last_service_date=TODAY)
    listed(by_date, of={CAR: steadily(40, 50_000)}, local_date=local_date)
    assert asked == []
    by_distance = every(2, interval_distance=6, last_service_odometer=5)
    both = [by_distance, attrs.evolve(by_distance, id=UUID(int=9)), by_date]
    listed(*both, of={CAR: steadily(40, 50_000, weeks=5)}, local_date=local_date)
    assert len(asked) == 5  # once, however many schedules


def test_next_due_of_an_item_is_that_of_its_schedule() -> None:
    one = every(1, interval_months=6, last_service_date=date(2025, 8, 31))
    (item,) = listed(one)
    assert effective_due(one) == NextDue(item.due_on, None) == NextDue(date(2026, 2, 28), None)
