"""Sums against numbers worked out by hand; slips of the pen found, and honest histories left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import motovault
from motovault.domain.fuel_logs import Fill, FuelLog, economy
from motovault.domain.fuel_logs.plausibility import plausibility_findings
from motovault.domain.fuel_logs.statistics import total_distance
from motovault.domain.vehicles import Vehicle
from motovault.findings import Severity
from motovault.vault import Garage
from tests.domain.fuel_logs.histories import START

NOON = datetime(2025, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def garage() -> Garage:
    garage = motovault.open_vault("memory:").garage("ana")
    garage.preferences.change(unit_system="metric", currency_code="EUR", time_zone="Europe/Berlin")
    return garage


@pytest.fixture
def car(garage: Garage) -> Vehicle:
    return garage.vehicles.add(license_plate="AB 123")


def add(
    garage: Garage, car: Vehicle, day: int, odometer: Any, volume: Any, cost: Any, **more: Any
) -> FuelLog:
    return garage.fuel_logs.add(
        car.id,
        filled_at=NOON + timedelta(days=day),
        odometer=odometer,
        volume=volume,
        total_cost=cost,
        **more,
    )


class TestStatistics:
    def test_a_winter_is_added_up_as_by_hand(self, garage: Garage, car: Vehicle) -> None:
        """Four fills: 40 + 35 + 30 + 21 L for 64 + 59.50 + 48 + 35.70 EUR; 500 + 400 + 300 km in between."""
        petrol = {"fuel_type": "gasoline", "fuel_grade": "95"}
        add(garage, car, 0, 1000, 40, 64, location="A", **petrol)
        add(garage, car, 20, 1500, 35, "59.50", location="B", **petrol)
        add(garage, car, 40, 1900, 30, 48, location="A", **petrol)
        add(garage, car, 70, 2200, 21, "35.70", **petrol)
        found = garage.fuel_logs.statistics(car.id)
        assert found.totals.log_count == 4
        assert found.totals.fuel == {"L": 126}
        assert found.totals.cost == {"EUR": Decimal("207.20")}
        assert found.totals.cost_is_complete
        assert f"{found.totals.average_cost_per_unit['EUR', 'L']:.6f}" == "1.644444"  # 207.20 / 126
        assert (found.distance, found.distance_unit) == (1200, "km")
        assert f"{found.average_economy[1]:.6f}" == "7.166667"  # 86 L over 1200 km
        assert found.economy_units == {1: "L/100km"}
        assert f"{found.cost_per_distance['EUR']:.6f}" == "0.119333"  # 143.20 EUR over 1200 km
        best, worst = found.best[1], found.worst[1]
        assert best is not None
        assert worst is not None
        assert (best.economy, worst.economy) == (7, Decimal("7.5"))
        assert best.fuel == 21, "35 L over 500 km and 21 L over 300 km are both 7: the latest of equals"
        assert {month: t.log_count for month, t in found.by_month.items()} == {
            (2025, 11): 2,
            (2025, 12): 1,
            (2026, 1): 1,
        }
        assert {year: t.fuel["L"] for year, t in found.by_year.items()} == {2025: 105, 2026: 21}
        assert {place: t.cost["EUR"] for place, t in found.by_station.items()} == {
            None: Decimal("35.70"),
            "A": 112,
            "B": Decimal("59.50"),
        }
        assert [(key, t.log_count) for key, t in found.by_fuel_type.items()] == [("gasoline", 4)]
        assert list(found.by_grade) == [("gasoline", "95")]

    def test_currencies_and_kinds_of_fuel_never_add_up(self, garage: Garage, car: Vehicle) -> None:
        add(garage, car, 0, 1000, 10, 20)
        add(garage, car, 1, 1100, 10, 30, currency_code="CHF")
        add(garage, car, 2, 1200, 10, None)
        add(garage, car, 3, 1300, 5, 4, fuel_type="electric", tank=2)
        totals = garage.fuel_logs.statistics(car.id).totals
        assert totals.cost == {"EUR": 24, "CHF": 30}
        assert totals.fuel == {"L": 30, "kWh": 5}
        assert totals.average_cost_per_unit == {
            ("EUR", "L"): 2,
            ("CHF", "L"): 3,
            ("EUR", "kWh"): Decimal("0.8"),
        }
        assert not totals.cost_is_complete

    def test_gallons_and_litres_add_up_in_the_unit_typed_last(self, garage: Garage, car: Vehicle) -> None:
        add(garage, car, 0, 1000, 10, 1, fuel_unit="us_gal")
        add(garage, car, 1, 1100, 1, 1)
        assert garage.fuel_logs.statistics(car.id).totals.fuel == {"L": Decimal("38.85411784")}

    def test_engine_hours_are_hours_and_no_kilometres(self, garage: Garage) -> None:
        tractor = garage.vehicles.add(license_plate="TR 1")
        for day, hours, volume in ((0, 100, 20), (4, 108, 10), (8, 120, 15)):
            add(garage, tractor, day, hours, volume, volume, odometer_unit="h")
        found = garage.fuel_logs.statistics(tractor.id)
        assert (found.distance, found.distance_unit) == (20, "h")
        assert found.economy_units == {1: "L/h"}
        assert found.average_economy[1] == Decimal("1.25")
        assert found.cost_per_distance == {"EUR": Decimal("1.25")}

    def test_nothing_adds_up_to_nothing(self, garage: Garage, car: Vehicle) -> None:
        found = garage.fuel_logs.statistics(car.id)
        assert found.totals.log_count == 0
        assert found.totals.fuel == found.totals.cost == found.cost_per_distance == found.by_month == {}
        assert found.distance is None
        add(garage, car, 0, 1000, 10, 20)
        assert garage.fuel_logs.statistics(car.id).distance is None


def reading(day: int, odometer: int | str | None, **more: Any) -> Fill:
    settled: dict[str, Any] = {
        "volume": Decimal(30),
        "odometer_unit": "km",
        "fuel_unit": "L",
        "id": day,
        **more,
    }
    dial = None if odometer is None else Decimal(odometer)
    return Fill(on=START + timedelta(days=day), odometer=dial, **settled)


@pytest.mark.parametrize(
    ("fills", "expected"),
    [
        ([reading(0, 1000), reading(1, 1800)], 800),
        ([reading(0, 1000), reading(1, None), reading(2, 1800)], 800),
        ([reading(0, 1000), reading(1, None, trip_distance=Decimal(300)), reading(2, 1800)], 800),
        # a trip meter that counts on from an unknown place does not hide what the dials say
        (
            [
                reading(0, 1000),
                reading(1, None),
                reading(2, None, trip_distance=Decimal(300)),
                reading(3, 1800),
            ],
            800,
        ),
        # a new instrument: what was driven on it at the change is known to the trip meter only
        ([reading(0, 90000), reading(1, 50, trip_distance=Decimal(420)), reading(2, 550)], 920),
        ([reading(0, 90000), reading(1, 50), reading(2, 550)], 500),
        ([reading(n, None, trip_distance=Decimal(310)) for n in range(3)], 620),
        ([reading(0, None), reading(1, None, trip_distance=Decimal(310)), reading(2, 5000)], 310),
        ([reading(0, 1000), reading(1, 1800, tank=2), reading(2, 2000)], 1000),
        ([reading(0, 1000), reading(1, 1000, odometer_unit="mi")], Decimal("609.344")),
        ([reading(0, 1000)], None),
        ([reading(0, 100, odometer_unit="h"), reading(1, 200, odometer_unit="h")], None),
    ],
)
def test_the_distance_driven_is_told_by_dials_and_trip_meters(
    fills: list[Fill], expected: int | Decimal | None
) -> None:
    assert total_distance(fills, "km") == expected


def usual(count: int = 8) -> list[Fill]:
    """500 km on 30 L for 51 EUR, week after week."""
    return [
        reading(7 * n, 10_000 + 500 * n, total_cost=Decimal(51), currency_code="EUR", id=n)
        for n in range(count)
    ]


def codes(
    fills: list[Fill], capacity: dict[int | str, Decimal] | None = None
) -> list[tuple[str, str | None]]:
    found = plausibility_findings(fills, economy(fills), capacity)
    assert all(f.severity is Severity.WARNING for f in found)
    return [(f.code, f.subject) for f in found]


class TestFindings:
    def test_an_honest_history_is_left_in_peace(self) -> None:
        assert codes(usual(), {1: Decimal(45)}) == []

    @pytest.mark.parametrize(
        ("at", "slip", "expected"),
        [
            (4, {"odometer": Decimal(1200)}, "odometer_went_back"),
            (4, {"odometer": Decimal(1_200_000)}, "distance_per_day"),
            (4, {"volume": Decimal(300)}, "economy_unusual"),
            (4, {"volume": Decimal(60)}, "volume_above_tank"),
            (4, {"total_cost": Decimal(5100)}, "price_unusual"),
            (4, {"total_cost": Decimal("0.51")}, "price_unusual"),
            (4, {"volume": Decimal("1.7")}, "volume_and_price_swapped"),
            (4, {"volume": Decimal(51), "total_cost": Decimal(30)}, None),
            (4, {"excluded_distance": Decimal(600)}, "excluded_distance"),
        ],
    )
    def test_each_slip_is_found_at_its_fill(
        self, at: int, slip: dict[str, Any], expected: str | None
    ) -> None:
        fills = usual()
        fills[at] = attrs.evolve(fills[at], **slip)
        found = codes(fills, {1: Decimal(55)})
        if expected is None:
            assert found == []
        else:
            assert (expected, str(at)) in found

    def test_volume_and_total_swapped_is_found_where_they_differ_much(self) -> None:
        fills = [attrs.evolve(fill, total_cost=Decimal(3000)) for fill in usual()]
        fills[5] = attrs.evolve(fills[5], volume=Decimal(3000), total_cost=Decimal(30))
        assert ("volume_and_price_swapped", "5") in codes(fills)

    def test_a_finding_says_what_and_where(self) -> None:
        fills = usual()
        fills[4] = attrs.evolve(fills[4], odometer=Decimal(1200))
        report = economy(fills)
        found = next(f for f in plausibility_findings(fills, report) if f.code == "odometer_went_back")
        assert (found.field, found.value, found.subject) == ("odometer", "1200", "4")
        assert found.message == "odometer 1200 km on 2025-01-17 is below 11500 km on 2025-01-10"

    def test_what_is_excluded_is_found_in_a_short_history_too(self) -> None:
        fills = [reading(0, 1000), reading(7, 1300, excluded_distance=Decimal(400))]
        assert codes(fills) == [("excluded_distance", "7")]

    def test_a_tank_in_gallons_is_no_smaller_for_fills_in_litres(self) -> None:
        fills = [attrs.evolve(fill, volume=Decimal(10), fuel_unit="us_gal") for fill in usual()]
        fills[0] = attrs.evolve(fills[0], volume=Decimal(40), fuel_unit="L")
        assert codes(fills, {1: Decimal(12)}) == []
        fills[0] = attrs.evolve(fills[0], volume=Decimal(50))
        assert codes(fills, {1: Decimal(12)}) == [("volume_above_tank", "0")]

    def test_two_dials_in_two_units_are_not_mistaken_for_a_slip(self) -> None:
        fills = usual()
        fills[4:] = [
            attrs.evolve(fill, odometer=(fill.odometer or 0) / Decimal("1.609344"), odometer_unit="mi")
            for fill in fills[4:]
        ]
        assert codes(fills) == []

    @given(st.data())
    def test_believable_histories_raise_no_alarm(self, data: st.DataObject) -> None:
        """Between 5 and 9 litres, prices within a half, holidays of 800 km a day: none is a slip."""
        odometer, day, fills = Decimal(data.draw(st.integers(0, 200_000))), 0, list[Fill]()
        for n in range(data.draw(st.integers(0, 15))):
            driven = data.draw(st.integers(100, 800))
            odometer += driven
            day += data.draw(st.integers(1, 30))
            litres = Decimal(driven * data.draw(st.integers(5_000, 9_000))).scaleb(-5)
            cents = data.draw(st.integers(140, 210))
            fills.append(
                reading(
                    day,
                    str(odometer),
                    id=n,
                    volume=litres,
                    total_cost=(litres * cents / 100).quantize(Decimal("0.01")),
                    currency_code="EUR",
                    missed_previous=data.draw(st.sampled_from([False, False, False, True])),
                )
            )
        assert codes(fills, {1: Decimal(75)}) == []


class TestLongRun:
    @given(st.data())
    def test_the_estimate_holds_the_truth_between_its_bounds(self, data: st.DataObject) -> None:
        """Whoever only tops up: the levels at both ends differ by a tank at most, so does what was burnt."""
        tank = 50_000  # millilitres, as everything here
        per_km = data.draw(st.integers(30, 200))
        level = data.draw(st.integers(0, tank))
        odometer, fills = Decimal(1000), list[Fill]()
        for n in range(data.draw(st.integers(2, 25))):
            poured = data.draw(st.integers(min(1000, tank - level), tank - level))
            level += poured
            fills.append(reading(n, str(odometer), volume=Decimal(poured).scaleb(-3), is_full_tank=False))
            driven = data.draw(st.integers(level // per_km // 2, level // per_km))
            odometer, level = odometer + driven, level - driven * per_km
        report = economy(fills, tank_capacity={1: Decimal(50)})
        assert report.average is None
        assert len(report) == 0
        estimate = report.tanks[0].long_run
        assume(estimate is not None)
        assert estimate is not None
        assert (estimate.tank_size, estimate.is_tank_size_assumed) == (50, False)
        assert estimate.economy == economy_of(estimate.distance, estimate.fuel)
        if estimate.low is None or estimate.high is None:
            assert estimate.fuel <= 50
        else:
            assert estimate.low <= Fraction(per_km, 10) <= estimate.high
            assert estimate.low < estimate.economy < estimate.high

    def test_a_long_history_of_top_ups_has_a_useful_estimate(self) -> None:
        """A hundred times 10 L for 150 km: 6.67 L/100 km, give or take one tank of 40 in 1000 litres."""
        fills = [reading(n, 150 * n, volume=Decimal(10), is_full_tank=False) for n in range(101)]
        report = economy(fills, tank_capacity={1: Decimal(40)})
        estimate = report.tanks[0].long_run
        assert estimate is not None
        assert (estimate.fill_count, estimate.distance, estimate.fuel) == (100, 15_000, 1000)
        assert [f"{x:.3f}" for x in (estimate.low, estimate.economy, estimate.high)] == [
            "6.400",
            "6.667",
            "6.933",
        ]
        assert report.average is None
        assert "long-run estimate: 6.67 L/100 km, between 6.40 and 6.93" in str(report)

    def test_without_a_capacity_the_largest_fill_stands_in_and_that_is_said(self) -> None:
        fills = [reading(n, 150 * n, volume=Decimal(10), is_full_tank=False) for n in range(5)]
        estimate = economy(fills).tanks[0].long_run
        assert estimate is not None
        assert (estimate.tank_size, estimate.is_tank_size_assumed) == (10, True)

    def test_where_full_tanks_tell_enough_there_is_none(self) -> None:
        assert economy(usual()).tanks[0].long_run is None

    @pytest.mark.parametrize(
        ("readings", "missed", "expected"),
        [
            ([0, 100, 900, 1400], 2, (1, 500, 30)),
            ([1000, 1500, 100, 300, 1600], None, (2, 1500, 60)),
            ([1000, 1500, 1600], None, (2, 600, 60)),
        ],
    )
    def test_a_missed_fill_or_a_rollback_ends_the_run(
        self, readings: list[int], missed: int | None, expected: tuple[int, int, int]
    ) -> None:
        fills = [
            reading(n, odometer, is_full_tank=False, missed_previous=n == missed)
            for n, odometer in enumerate(readings)
        ]
        estimate = economy(fills).tanks[0].long_run
        assert estimate is not None
        assert (estimate.fill_count, estimate.distance, estimate.fuel) == expected


def economy_of(distance: Decimal, fuel: Decimal) -> Decimal:
    first, second = reading(0, 0, volume=fuel), reading(1, str(distance), volume=fuel)
    figure = economy([first, second]).average
    assert figure is not None
    return figure
