"""Charts of cost, odometer, maintenance and fleets: what is drawn, and what is said where there is little."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motovault.analysis.charts import cost_chart, fleet_chart, maintenance_chart, odometer_chart
from motovault.domain.fuel_logs import economy, fills_from_logs
from motovault.domain.maintenance import MaintenanceSchedule, Upcoming
from motovault.domain.maintenance.upcoming import upcoming
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.units import DistanceUnit
from motovault.testing.examples import example_vehicle
from motovault.testing.strategies import (
    FuelLogHistory,
    MaintenanceHistory,
    fuel_log_histories,
    maintenance_histories,
)
from tests.analysis.charts.drawn import START, fill, of_kind, rows, texts

pytest.importorskip("altair")

TODAY = date(2026, 6, 1)


# -------------------------------------------------------------------------------- cost


def paid(n: int, cost: int = 40, code: str = "EUR", **facts: Any) -> Any:
    return fill(n, total_cost=Decimal(cost), currency_code=code, **facts)


def test_a_month_is_what_was_paid_in_it_over_what_was_driven_in_it() -> None:
    chart = cost_chart([paid(0, 99), paid(1), paid(2), paid(3, 60), paid(4, 20)])
    bars = rows(chart, "rect")
    assert [(bar["month"], round(bar["end"], 6), bar["distance"]) for bar in bars] == [
        ("2026-01", 0.08, "1,000 km"),
        ("2026-02", 0.08, "1,000 km"),
    ]
    assert "EUR/km, lower is better" in texts(chart)
    assert rows(cost_chart([paid(0), paid(1)], unit="mi"), "rect")[0]["all"] == "0.1287 EUR/mi"


def test_currencies_are_panels_and_never_added_up() -> None:
    chart = cost_chart([paid(0), paid(1), paid(2, 30, "CHF")])
    assert {"EUR/km, lower is better", "CHF/km, lower is better"} <= set(texts(chart))
    assert [bar["fuel"] for bar in rows(chart, "rect")] == ["30.00 CHF", "40.00 EUR"]


def test_two_tanks_of_one_car_add_up_over_one_distance() -> None:
    fills = [paid(n, tank=n % 2 + 1) for n in range(4)]
    assert rows(cost_chart(fills), "rect")[0]["all"] == "0.0400 EUR/km"


def test_a_month_without_a_distance_has_a_cross() -> None:
    chart = cost_chart([paid(0), paid(1), paid(9, odometer=None)])
    assert [row["month"] for row in of_kind(chart, "paid, but no distance known")] == ["2026-04"]


def test_one_dear_month_is_cut_and_says_its_number() -> None:
    fills = [paid(n, 900 if n == 13 else 40) for n in range(30)]
    assert "0.65" in texts(cost_chart(fills))


@pytest.mark.parametrize(
    ("fills", "said"),
    [
        ([], "nothing written down yet"),
        ([fill(0)], "nothing paid yet"),
        (
            [paid(0), paid(1, odometer=None)],
            "no distance between two fill-ups yet, to divide what was paid by",
        ),
    ],
)
def test_a_history_without_a_cost_per_distance_says_why(fills: list[Any], said: str) -> None:
    assert said in texts(cost_chart(fills))


@settings(max_examples=15)
@given(fuel_log_histories())
def test_any_history_makes_a_valid_chart_of_cost(history: FuelLogHistory) -> None:
    fills = fills_from_logs(
        history.logs,
        distance_unit="km",
        fuel_unit="L",
        currency_code=None,
        local_date=lambda moment: moment.date(),
    )
    cost_chart(fills).to_dict()


# ---------------------------------------------------------------------------- odometer


def reading(n: int, value: int, **facts: Any) -> OdometerReading:
    return OdometerReading(
        read_at=datetime(2026, 1, 5, 23, tzinfo=UTC) + timedelta(days=10 * n),
        value=Decimal(value),
        unit=facts.pop("unit", None),
        source=facts.pop("source", ReadingSource.FUEL_LOG),
        source_id=UUID(int=n + 1),
        **facts,
    )


def odometer(readings: list[OdometerReading], **given: Any) -> Any:
    return odometer_chart(readings, **{"unit": DistanceUnit.KM, "today": TODAY, **given})


STEADY = [reading(n, 10_000 + 500 * n) for n in range(14)]


def test_the_forecast_is_that_of_upcoming_with_its_interval() -> None:
    chart = odometer(STEADY)
    ahead = [row for row in rows(chart, "point") if "expected" in row and "interval" in row]
    assert [row["at"] for row in ahead] == sorted(row["at"] for row in ahead)
    assert all(row["earliest"] <= row["on"] <= row["latest"] for row in ahead)
    assert "forecast; between the dashed lines 4 times out of 5" in texts(chart)
    assert "Odometer, km" in texts(chart)
    assert "today" in texts(chart)


def test_a_slip_is_crossed_and_does_not_squeeze_the_others() -> None:
    readings = [*STEADY]
    readings[5] = reading(5, 990_000)
    chart = odometer(readings)
    (slip,) = of_kind(chart, "does not fit the others: a slip?")
    assert slip["reading"] == "990,000 km"
    assert slip["at"] < 30_000
    assert "990,000 km" in texts(chart)


def test_a_changed_dial_breaks_the_line_and_is_marked() -> None:
    chart = odometer([*STEADY[:7], *(reading(n, 100 * n) for n in range(7, 14))], ahead_days=0)
    assert [row["reading"] for row in of_kind(chart, "went back")] == ["700 km"]
    assert {row["part"] for row in rows(chart, "line")} == {0, 1}


def test_a_reading_has_the_owners_date() -> None:
    chart = odometer(STEADY, local_date=lambda moment: (moment + timedelta(hours=9)).date())
    assert of_kind(chart, "at a fill-up")[0]["date"] == "2026-01-06"


def test_hours_are_hours() -> None:
    chart = odometer(
        [reading(0, 5, unit=DistanceUnit.H), reading(1, 9000)], unit=DistanceUnit.H, ahead_days=0
    )
    assert "Engine hours, h" in texts(chart)
    assert [row["reading"] for row in of_kind(chart, "at a fill-up")] == ["5.0 h", "9,000.0 h"]


def test_no_reading_is_said_and_a_wrong_horizon_refused() -> None:
    assert "no reading of the odometer yet" in texts(odometer([]))
    assert len(of_kind(odometer(STEADY[:1]), "at a fill-up")) == 1
    with pytest.raises(InvalidValue, match="ahead_days"):
        odometer(STEADY, ahead_days=-1)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 2**31 - 1)), max_size=30),
    st.integers(-2000, 3000),
)
def test_any_readings_make_a_valid_chart(given_: list[tuple[int, int]], today: int) -> None:
    readings = [reading(day, value) for day, value in given_]
    chart = odometer(readings, today=START + timedelta(days=today))
    marked = [row for row in rows(chart, "point") if "source" in row]
    assert len(marked) == len(readings)


# ------------------------------------------------------------------------- maintenance


CAR = example_vehicle()


def schedule(number: int, vehicle: Vehicle = CAR, **facts: Any) -> MaintenanceSchedule:
    due = facts.pop("due", None)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return MaintenanceSchedule(
        id=UUID(int=number), user_id=vehicle.user_id, vehicle_id=vehicle.id, category="repair",
        subtypes=(facts.pop("name", f"work {number}"),), interval_months=facts.pop("interval_months", 12),
        next_due_date=due, created_at=now, updated_at=now, **facts,
    )  # fmt: skip


def listed(
    *schedules: MaintenanceSchedule, vehicles: list[Vehicle] | None = None, readings: Any = ()
) -> Upcoming:
    return upcoming(vehicles or [CAR], schedules, {CAR.id: list(readings)}, today=TODAY, unit=DistanceUnit.KM)


def test_what_is_due_stands_at_its_date_in_order_of_urgency() -> None:
    due = listed(
        schedule(1, due=date(2027, 1, 1)),
        schedule(2, due=date(2026, 5, 1)),
        schedule(3, due=date(2026, 6, 9)),
        schedule(4),
    )
    chart = maintenance_chart([], due)
    shown = {row["row"]: (row["kind"], row["date"]) for row in rows(chart, "point")}
    assert shown == {
        "work 2": ("overdue", "2026-05-01"),
        "work 3": ("due soon", "2026-06-09"),
        "work 1": ("upcoming", "2027-01-01"),
        "work 4": ("nobody can tell when", ""),
    }
    words = texts(chart)
    assert [word for word in words if word.startswith("work")] == ["work 2", "work 3", "work 1", "work 4"]
    assert "What was done and what is due, on 2026-06-01" in words


def test_what_only_the_odometer_knows_has_its_interval() -> None:
    far = schedule(1, interval_months=None, interval_distance=5000, next_due_odometer=18_000)
    (row,) = of_kind(maintenance_chart([], listed(far, readings=STEADY)), "upcoming")
    assert row["first"] < row["on"] < row["latest"]


def test_what_is_due_in_many_years_stands_at_the_edge_with_its_date() -> None:
    chart = maintenance_chart([], listed(schedule(1, due=date(2050, 1, 1))))
    assert "2050-01-01 →" in texts(chart)
    assert of_kind(chart, "upcoming")[0]["on"] < "2030"


def test_a_garage_of_hundreds_shows_the_most_urgent_and_says_so() -> None:
    cars = [attrs.evolve(CAR, id=VehicleId(UUID(int=n)), nickname=f"Van {n:03}") for n in range(1, 121)]
    due = [schedule(n, car, due=date(2026, 1, 1) + timedelta(days=n)) for n, car in enumerate(cars, start=1)]
    chart = maintenance_chart([], listed(*due, vehicles=cars))
    assert len({row["row"] for row in rows(chart, "point")}) == 40
    assert "The most urgent 40 of 120 vehicles" in chart.title.subtitle


def test_nothing_done_and_nothing_planned_is_said() -> None:
    assert "no maintenance yet, and none planned" in texts(maintenance_chart([], listed()))


@settings(max_examples=15)
@given(maintenance_histories())
def test_any_history_of_maintenance_makes_a_valid_chart(history: MaintenanceHistory) -> None:
    due = upcoming([history.vehicle], history.schedules, {}, today=history.today, unit=DistanceUnit.KM)
    chart = maintenance_chart(history.logs, due)
    assert len(of_kind(chart, "done")) == sum(len(log.subtypes) for log in history.logs)


# ------------------------------------------------------------------------------- fleet


def intervals(vehicles: int = 60) -> dict[str, list[Any]]:
    rows = [
        (
            f"v{n:04}",
            "L/100km",
            500.0 + k,
            (500.0 + k) * (5 + n % 7) / 100,
            None,
            "missed" if k == 2 else None,
        )
        for n in range(vehicles)
        for k in range(3)
    ]
    rows += [("zoe", "kWh/100km", 300.0, None, 51.0, None)]
    names = ("vehicle_id", "economy_unit", "distance_km", "volume_l", "energy_kwh", "void")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def fleet(vehicles: int = 60) -> dict[str, list[Any]]:
    numbers = range(vehicles)
    return {
        "vehicle_id": [f"v{n:04}" for n in numbers],
        "make": [f"Make {n % 40}" for n in numbers],
        "model": [None if n % 2 else "One" for n in numbers],
    }


@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow", "lazy"])
def test_any_frame_will_do_and_a_vehicle_is_its_distance_over_its_fuel(library: str) -> None:
    module = pytest.importorskip("polars" if library == "lazy" else library)
    make = module.table if library == "pyarrow" else module.DataFrame
    frame = make(intervals())
    chart = fleet_chart(frame.lazy() if library == "lazy" else frame)
    assert sum(row["count"] for row in rows(chart, "rect")) == 61
    assert {"L/100 km, lower is better", "kWh/100 km, lower is better", "vehicles"} <= set(texts(chart))
    assert "median 17.00" in texts(chart)


def test_groups_are_rows_and_the_rarest_are_taken_together() -> None:
    polars = pytest.importorskip("polars")
    chart = fleet_chart(polars.DataFrame(intervals()), polars.DataFrame(fleet()))
    groups = [row["group"] for row in rows(chart, "bar")]
    assert "Make 2 One" in groups
    assert "not said" in groups, "the electric one is in no row of the vehicles"
    assert "all others (16)" in groups
    assert len(groups) == 26


def test_five_thousand_vehicles_are_a_small_picture() -> None:
    polars = pytest.importorskip("polars")
    chart = fleet_chart(polars.DataFrame(intervals(5000)), polars.DataFrame(fleet(5000)))
    assert len(chart.to_json()) < 60_000


def test_reports_of_a_few_cars_show_each_and_of_many_a_histogram() -> None:
    report = attrs.evolve(economy([fill(n) for n in range(5)]), title="Mine")
    few = fleet_chart([report, report])
    assert [row["group"] for row in rows(few, "bar")] == ["Mine", "Mine (2)"]
    assert sum(row["count"] for row in rows(fleet_chart([report] * 30), "rect")) == 30
    assert "no two full tanks yet" in texts(fleet_chart([]))
    assert "no two full tanks yet" in texts(fleet_chart([economy([])]))


@pytest.mark.parametrize("gone", ["vehicle_id", "economy_unit", "distance_km"])
def test_a_column_that_is_missing_is_named(gone: str) -> None:
    polars = pytest.importorskip("polars")
    with pytest.raises(InvalidValue, match=gone):
        fleet_chart(polars.DataFrame(intervals(1)).drop(gone))
    with pytest.raises(InvalidValue, match="make"):
        fleet_chart(polars.DataFrame(intervals(1)), polars.DataFrame(fleet(1)).drop("make"))


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(InvalidValue, match="frame"):
        fleet_chart(7)


def test_an_empty_frame_is_said() -> None:
    polars = pytest.importorskip("polars")
    assert "no two full tanks yet" in texts(fleet_chart(polars.DataFrame(intervals()).clear()))


def test_every_chart_is_named_by_its_front() -> None:
    front = importlib.import_module("motovault.analysis.charts")
    assert all(callable(getattr(front, name)) for name in front.__all__)
