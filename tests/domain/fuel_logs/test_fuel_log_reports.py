"""What the service says of a vehicle: units as typed or meant, and the report as a person reads it."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from motovault.domain.fuel_logs import FuelLog, Void
from motovault.domain.vehicles import Vehicle
from motovault.errors import InvalidValue
from motovault.vault import Garage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


class TestUnits:
    def test_without_units_the_owners_preferences_are_meant(self, garage: Garage, car: Vehicle) -> None:
        """The reference application writes no units; what its rows mean follows the owner's unit system."""
        garage.fuel_logs.add(car.id, filled_at=day(0), odometer=1000, volume=10)
        log = garage.fuel_logs.add(car.id, filled_at=day(7), odometer=1300, volume=10)
        assert (log.odometer_unit, log.fuel_unit) == (None, None)
        report = garage.fuel_logs.economy(car.id)
        assert (report.average, report.economy_unit) == (30, "mpg_us")
        garage.preferences.change(unit_system="metric")
        report = garage.fuel_logs.economy(car.id)
        assert report.economy_unit == "L/100km"
        assert f"{report.average:.6f}" == "3.333333"

    def test_the_vehicles_own_dial_goes_before_the_unit_system(self, garage: Garage) -> None:
        import_car = garage.vehicles.add(license_plate="CD 456", distance_unit="km")
        garage.fuel_logs.add(import_car.id, filled_at=day(0), odometer=1000, volume=10)
        garage.fuel_logs.add(import_car.id, filled_at=day(7), odometer=1450, volume="10.5")
        report = garage.fuel_logs.economy(import_car.id, economy_unit="km/us_gal")
        assert f"{report.average:.6f}" == "42.857143"

    def test_units_are_kept_as_typed_and_may_change(self, garage: Garage, car: Vehicle) -> None:
        """Abroad one pays for litres and still reads miles: 300 miles on 37.85411784 L are 30 mpg."""
        first = garage.fuel_logs.add(car.id, filled_at=day(0), odometer=1000, volume=10)
        abroad = garage.fuel_logs.add(
            car.id,
            filled_at=day(7),
            odometer="2092.1472",
            odometer_unit="kilometres",
            volume="37.854",
            fuel_unit="litres",
        )
        home = garage.fuel_logs.add(
            car.id, filled_at=day(9), odometer=1600, volume=10, odometer_unit="mi", fuel_unit="us_gal"
        )
        assert [log.odometer for log in garage.fuel_logs.list(car.id)] == [1000, Decimal("2092.1472"), 1600]
        assert (abroad.odometer_unit, abroad.fuel_unit) == ("km", "L")
        report = garage.fuel_logs.economy(car.id)
        assert {key: f"{figure:.3f}" for key, figure in report.figures().items()} == {
            abroad.id: "30.000",
            home.id: "30.000",
        }
        assert first.id not in report.figures()
        assert [i.distance for i in report] == [300, 300]

    def test_charges_are_in_kilowatt_hours_without_saying_so(self, garage: Garage, car: Vehicle) -> None:
        for n, (odometer, volume) in enumerate([(5000, 40), (5150, "37.5")]):
            garage.fuel_logs.add(
                car.id, filled_at=day(n), odometer=odometer, volume=volume, fuel_type="electric"
            )
        report = garage.fuel_logs.economy(car.id)
        assert (report.average, report.economy_unit) == (4, "mi/kWh")
        assert garage.fuel_logs.economy(car.id, economy_unit="kWh/100mi").average == 25
        assert garage.fuel_logs.economy(car.id, economy_unit="mpg_us").economy_unit == "mi/kWh"

    def test_a_known_battery_corrects_unequal_end_levels(self, garage: Garage, car: Vehicle) -> None:
        for n, (odometer, level) in enumerate([(10000, 80), (10200, 100)]):
            garage.fuel_logs.add(
                car.id,
                filled_at=day(n),
                odometer=odometer,
                odometer_unit="km",
                volume=30,
                fuel_type="electric",
                is_full_tank=False,
                charge_end_percent=level,
            )
        assert garage.fuel_logs.economy(car.id).average is None
        report = garage.fuel_logs.economy(car.id, battery_capacity_kwh=60, economy_unit="kWh/100km")
        assert report.average == 9

    @pytest.mark.parametrize(
        ("currencies", "costs"),
        [
            ([None, None, "USD", None], [5, 5, 5]),
            ([None, "EUR", None, None], [None, 5, 5]),
            (["EUR", None, None, None], [5, 5, 5]),
        ],
    )
    @pytest.mark.parametrize("fuel_type", ["electric", "gasoline"])
    def test_costs_in_the_owners_currency_need_not_say_so(
        self,
        garage: Garage,
        car: Vehicle,
        fuel_type: str,
        currencies: list[str | None],
        costs: list[int | None],
    ) -> None:
        """The owner pays in dollars: one log that says so is like those that do not, euros are not."""
        logs = [
            garage.fuel_logs.add(
                car.id,
                filled_at=day(n),
                odometer=1000 + 100 * n,
                volume=10,
                fuel_type=fuel_type,
                charge_end_percent=80 if fuel_type == "electric" else None,
                total_cost=5,
                currency_code=currency,
            )
            for n, currency in enumerate(currencies)
        ]
        report = garage.fuel_logs.economy(car.id)
        paid = [5 if cost is None else cost for cost in costs]
        assert [i.cost for i in report] == paid
        assert [i.currency_code for i in report] == ["EUR" if cost is None else "USD" for cost in costs]
        # over all three legs, where the middle ones close nothing, two currencies make no sum
        for log in logs[1:3]:
            garage.fuel_logs.change(log.id, is_full_tank=False, charge_end_percent=None)
        (whole,) = garage.fuel_logs.economy(car.id)
        assert whole.cost == (None if None in costs else 15)

    def test_a_day_ends_at_the_owners_midnight(self, garage: Garage, car: Vehicle) -> None:
        """Two fills of one local day are in the order of the dial, though UTC sees two days."""
        garage.preferences.change(time_zone="America/New_York", unit_system="metric")
        evening = datetime(2024, 3, 20, 23, 30, tzinfo=timezone(timedelta(hours=-4)))
        garage.fuel_logs.add(car.id, filled_at=evening - timedelta(days=19), odometer=1000, volume=40)
        late = garage.fuel_logs.add(car.id, filled_at=evening - timedelta(hours=6), odometer=1500, volume=20)
        early = garage.fuel_logs.add(car.id, filled_at=evening, odometer=1250, volume=20)
        report = garage.fuel_logs.economy(car.id)
        assert report.figures() == {late.id: 8, early.id: 8}
        assert {i.closed_on for i in report} == {date(2024, 3, 20)}


class TestReport:
    @pytest.fixture
    def driven(self, garage: Garage, car: Vehicle) -> list[FuelLog]:
        add, vehicle = garage.fuel_logs.add, car.id
        return [
            add(vehicle, filled_at=day(0), odometer=1000, volume=10, total_cost=30),
            add(vehicle, filled_at=day(4), odometer=1150, volume=4, total_cost=12, is_full_tank=False),
            add(vehicle, filled_at=day(8), odometer=1300, volume=6, total_cost=33),
            add(vehicle, filled_at=day(40), odometer=1700, volume=10, total_cost=35),
            add(vehicle, filled_at=day(45), odometer=2000, volume=9, total_cost=30, missed_previous=True),
        ]

    def test_it_is_a_collection_of_intervals(
        self, garage: Garage, car: Vehicle, driven: list[FuelLog]
    ) -> None:
        report = garage.fuel_logs.economy(car.id)
        assert len(report) == 3
        assert [i.closed_by for i in report] == [driven[2].id, driven[3].id, driven[4].id]
        assert [i.fill_count for i in report] == [2, 1, 1]
        told = [(i.distance, i.fuel, i.economy) for i in report]
        assert told == [(300, 10, 30), (400, 10, 40), (300, 9, None)]
        assert [i.is_valid for i in report] == [True, True, False]
        assert [i.cost_per_distance for i in report] == [Decimal("0.15"), Decimal("0.0875"), None]
        assert report.average == 35

    def test_it_reads_like_a_page(self, garage: Garage, car: Vehicle, driven: list[FuelLog]) -> None:
        assert str(garage.fuel_logs.economy(car.id)) == (
            "Bluebell\n"
            "35.00 mpg (US) over 700 mi in 2 intervals (1 without a figure)\n"
            "  2026-03-01 to 2026-03-09  30.00 mpg (US)\n"
            "  2026-03-09 to 2026-04-10  40.00 mpg (US)\n"
            "  2026-04-10 to 2026-04-15  – (a fill-up in it was missed)"
        )

    def test_nothing_yet_is_said_in_words(self, garage: Garage, car: Vehicle) -> None:
        report = garage.fuel_logs.economy(car.id)
        assert str(report) == "Bluebell\nno fuel logs"
        assert (len(report), report.average, report.economy_unit, list(report)) == (0, None, None, [])
        garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=1)
        assert "no figure" in str(garage.fuel_logs.economy(car.id))

    def test_a_title_cannot_smuggle_markup_into_a_notebook(self, garage: Garage) -> None:
        vehicle = garage.vehicles.add(license_plate="EVIL", nickname="<script>alert(1)</script>")
        for n, odometer in enumerate((1000, 9000, 1000)):
            garage.fuel_logs.add(vehicle.id, filled_at=day(n), odometer=odometer, volume=10)
        report = garage.fuel_logs.economy(vehicle.id)
        html = report._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "the odometer went back" in html
        assert html.count("<tr>") == 1 + len(report)
        assert html.count("<li>") == len(report.findings) > 0

    def test_two_tanks_are_told_apart(self, garage: Garage, car: Vehicle) -> None:
        fills = [(1, 1000, 60), (2, 1500, 10), (1, 1900, 54), (2, 9000, "14.2")]
        for n, (tank, odometer, volume) in enumerate(fills):
            garage.fuel_logs.add(
                car.id,
                filled_at=day(n * 10),
                odometer=odometer,
                odometer_unit="km",
                fuel_unit="L",
                volume=volume,
                tank=tank,
            )
        report = garage.fuel_logs.economy(car.id)
        assert report.average is None
        assert report.average_excluding_towing is None
        assert {tank: f"{figure:.6f}" for tank, figure in report.average_by_tank.items()} == {
            1: "6.000000",
            2: "0.189333",
        }
        assert "tank 1: 6.00 L/100 km" in str(report)

    def test_towing_is_marked_and_the_everyday_figure_stands_beside(
        self, garage: Garage, car: Vehicle
    ) -> None:
        for n, (odometer, volume, is_towing) in enumerate(
            [(1000, 40, False), (1500, 30, True), (2000, 45, False)]
        ):
            garage.fuel_logs.add(
                car.id,
                filled_at=day(n * 7),
                odometer=odometer,
                odometer_unit="km",
                fuel_unit="L",
                volume=volume,
                is_towing=is_towing,
            )
        lines = str(garage.fuel_logs.economy(car.id)).splitlines()
        assert [line.endswith("towing") for line in lines[2:4]] == [True, False]
        assert lines[4] == "  without towing: 9.00 L/100 km"

    def test_it_can_be_pickled_copied_and_compared(
        self, garage: Garage, car: Vehicle, driven: list[FuelLog]
    ) -> None:
        report = garage.fuel_logs.economy(car.id)
        for twin in (
            pickle.loads(pickle.dumps(report)),
            copy.deepcopy(report),
            garage.fuel_logs.economy(car.id),
        ):
            assert twin == report
            assert (twin.findings, str(twin)) == (report.findings, str(report))
        garage.fuel_logs.remove(driven[-1].id)
        assert garage.fuel_logs.economy(car.id) != report

    def test_one_tank_with_litres_and_kilograms_is_pointed_out(self, garage: Garage, car: Vehicle) -> None:
        """A slip in the unit would halve the fuel without a word: 200 km on 10 L instead of 20."""
        for n, unit in enumerate(["L", "L", "kg", "L"]):
            garage.fuel_logs.add(
                car.id,
                filled_at=day(n),
                odometer=1000 + 100 * n,
                odometer_unit="km",
                volume=10,
                fuel_unit=unit,
            )
        (finding,) = garage.fuel_logs.economy(car.id).findings
        assert (finding.code, finding.value) == ("tank_mixed", "kg")

    def test_a_partial_fill_that_goes_back_leaves_a_stretch_without_a_figure(
        self, garage: Garage, car: Vehicle
    ) -> None:
        for n, (odometer, is_full) in enumerate([(1000, True), (1300, True), (130, False), (1900, True)]):
            garage.fuel_logs.add(
                car.id, filled_at=day(n * 7), odometer=odometer, volume=10, is_full_tank=is_full
            )
        report = garage.fuel_logs.economy(car.id)
        assert [(i.economy, i.void) for i in report] == [(30, None), (None, Void.WENT_BACK)]

    def test_a_capacity_must_be_given_by_tank(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.economy(car.id, tank_capacity=50)  # type: ignore[arg-type]
        assert caught.value.field == "tank_capacity"
