"""What maintenance cost: exact sums that never mix currencies, and no split that invents a cent."""

from __future__ import annotations

import decimal
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motovault.domain.maintenance import SUBTYPES, MaintenanceLog, MaintenanceLogId
from motovault.domain.maintenance.costs import CostTotals, MaintenanceCosts, maintenance_costs
from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.quantities.distance import Distance
from motovault.quantities.units import DistanceUnit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA = UserId("ana")
NO_READINGS: dict[VehicleId, list[OdometerReading]] = {}


def car(number: int = 1, **fields: Any) -> Vehicle:
    return Vehicle(
        id=VehicleId(UUID(int=number)),
        user_id=ANA,
        license_plate=f"AB {number}",
        created_at=NOON,
        updated_at=NOON,
        **fields,
    )


def log(
    number: int, on: date, cost: str | None, *subtypes: str, vehicle: int = 1, **fields: Any
) -> MaintenanceLog:
    return MaintenanceLog(
        id=MaintenanceLogId(UUID(int=number)),
        user_id=ANA,
        vehicle_id=VehicleId(UUID(int=vehicle)),
        service_date=on,
        cost=cost,  # type: ignore[arg-type]
        subtypes=subtypes or ("Engine Oil",),
        created_at=NOON,
        updated_at=NOON,
        **{"category": "routine_maintenance", **fields},
    )


def reading(on: date, value: int, unit: DistanceUnit | None = None) -> OdometerReading:
    return OdometerReading(
        read_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        value=Decimal(value),
        unit=unit,
        source=ReadingSource.FUEL_LOG,
        source_id=UUID(int=value),
    )


def costs(
    logs: list[MaintenanceLog],
    vehicles: list[Vehicle] | None = None,
    readings: dict[VehicleId, list[OdometerReading]] | None = None,
    currency_code: str = "EUR",
) -> MaintenanceCosts:
    return maintenance_costs(
        logs,
        [car()] if vehicles is None else vehicles,
        readings or {},
        currency_code=currency_code,
        distance_unit=DistanceUnit.KM,
        local_date=datetime.date,
    )


def totals(count: int, without: int, **cost: str) -> CostTotals:
    return CostTotals(
        log_count=count,
        without_cost=without,
        cost={code: Decimal(amount) for code, amount in cost.items()},
    )


JANUARY, FEBRUARY, LAST_YEAR = date(2026, 1, 5), date(2026, 2, 5), date(2025, 12, 31)


class TestSums:
    def test_currencies_stay_apart_and_a_log_without_one_is_in_the_owners(self) -> None:
        found = costs(
            [
                log(1, JANUARY, "80.10"),
                log(2, JANUARY, "19.95", currency_code="EUR"),
                log(3, FEBRUARY, "50", currency_code="CHF"),
            ]
        )
        assert found.totals == totals(3, 0, CHF="50", EUR="100.05")
        assert found.by_month[2026, 1] == totals(2, 0, EUR="100.05")
        assert found.by_month[2026, 2] == totals(1, 0, CHF="50")

    def test_an_unknown_cost_is_none_and_free_work_is_0(self) -> None:
        found = costs([log(1, JANUARY, None), log(2, JANUARY, "0"), log(3, JANUARY, "30")])
        assert found.totals == totals(3, 1, EUR="30")
        assert not found.totals.is_complete
        assert costs([log(2, JANUARY, "0")]).totals == totals(1, 0, EUR="0")
        assert costs([log(1, JANUARY, None)]).totals == totals(1, 1)

    def test_categories_years_and_months_each_hold_every_log_once(self) -> None:
        found = costs(
            [
                log(1, LAST_YEAR, "10", "Tires"),
                log(2, JANUARY, "20", "Tires", "Engine Oil"),
                log(3, FEBRUARY, "40", "Engine", category="repair"),
                log(4, FEBRUARY, "1", "Flux", category="their_own_word"),
            ]
        )
        assert found.by_category == {
            "routine_maintenance": totals(2, 0, EUR="30"),
            "repair": totals(1, 0, EUR="40"),
            "their_own_word": totals(1, 0, EUR="1"),
        }
        assert list(found.by_category) == ["routine_maintenance", "repair", "their_own_word"]
        assert found.by_year == {2025: totals(1, 0, EUR="10"), 2026: totals(3, 0, EUR="61")}
        assert list(found.by_month) == [(2025, 12), (2026, 1), (2026, 2)]

    def test_a_log_of_several_subtypes_is_never_split(self) -> None:
        found = costs(
            [
                log(1, JANUARY, "100", "Tires", "Engine Oil"),
                log(2, JANUARY, "7", "Engine Oil", "Tires"),
                log(3, FEBRUARY, "30", "Engine Oil"),
                log(4, FEBRUARY, None, "Engine Oil"),
            ]
        )
        routine = "routine_maintenance"
        assert found.by_work == {
            (routine, ("Engine Oil",)): totals(2, 1, EUR="30"),
            (routine, ("Engine Oil", "Tires")): totals(2, 0, EUR="107"),
        }
        oil, tires = found.by_subtype[routine, "Engine Oil"], found.by_subtype[routine, "Tires"]
        assert (oil.alone, oil.among_others) == (totals(2, 1, EUR="30"), totals(2, 0, EUR="107"))
        assert (tires.alone, tires.among_others) == (totals(0, 0), totals(2, 0, EUR="107"))

    def test_the_same_subtype_of_two_categories_is_two_things(self) -> None:
        found = costs(
            [
                log(1, JANUARY, "5", "Engine", category="repair"),
                log(2, JANUARY, "9", "Engine", category="performance_upgrade"),
            ]
        )
        assert found.by_subtype["repair", "Engine"].alone == totals(1, 0, EUR="5")
        assert found.by_subtype["performance_upgrade", "Engine"].alone == totals(1, 0, EUR="9")

    def test_no_digit_is_lost_whatever_the_host_has_set(self) -> None:
        logs = [log(n, JANUARY, "12345678.91") for n in range(1, 8)]
        with decimal.localcontext() as context:
            context.prec = 3
            assert costs(logs).totals.cost["EUR"] == Decimal("86419752.37")


class TestPerDistance:
    def test_cost_per_distance_is_that_of_the_way_between_first_and_last_reading(self) -> None:
        readings = {car().id: [reading(LAST_YEAR, 10_000), reading(FEBRUARY, 12_000)]}
        before, after = LAST_YEAR - timedelta(days=1), FEBRUARY + timedelta(days=1)
        found = costs(
            [
                log(1, before, "1000"),
                log(2, LAST_YEAR, "100"),
                log(3, JANUARY, "50", currency_code="CHF"),
                log(4, FEBRUARY, "25"),
                log(5, FEBRUARY, None),
                log(6, after, "3"),
            ],
            readings=readings,
        ).by_vehicle[car().id]
        assert found.distance == Distance(2000, "km")
        assert (found.first_reading_on, found.last_reading_on) == (LAST_YEAR, FEBRUARY)
        assert found.on_the_way == totals(4, 1, CHF="50", EUR="125")
        assert found.cost_per_distance == {"CHF": Decimal("0.025"), "EUR": Decimal("0.0625")}
        assert found.totals == totals(6, 1, CHF="50", EUR="1128")

    def test_it_is_per_unit_of_the_vehicle_whatever_the_dial_of_a_reading(self) -> None:
        miles = car(distance_unit="mi")
        readings = {miles.id: [reading(LAST_YEAR, 0 + 1, DistanceUnit.MI), reading(FEBRUARY, 1001)]}
        found = costs([log(1, JANUARY, "50")], [miles], readings).by_vehicle[miles.id]
        assert found.distance == Distance(1000, "mi")
        assert found.cost_per_distance == {"EUR": Decimal("0.05")}

    def test_engine_hours_are_no_distance_but_their_own(self) -> None:
        boat = car(distance_unit="h")
        readings = {
            boat.id: [reading(LAST_YEAR, 100), reading(FEBRUARY, 150), reading(JANUARY, 9, DistanceUnit.KM)]
        }
        found = costs([log(1, JANUARY, "25")], [boat], readings).by_vehicle[boat.id]
        assert (found.distance, found.cost_per_distance) == (Distance(50, "h"), {"EUR": Decimal("0.5")})

    @pytest.mark.parametrize(
        "readings", [[], [reading(JANUARY, 100)], [reading(JANUARY, 100), reading(FEBRUARY, 100)]]
    )
    def test_without_a_way_there_is_no_figure(self, readings: list[OdometerReading]) -> None:
        found = costs([log(1, JANUARY, "25")], readings={car().id: readings}).by_vehicle[car().id]
        assert found.cost_per_distance == {}
        assert found.totals == totals(1, 0, EUR="25")

    def test_what_was_driven_on_the_first_day_counts(self) -> None:
        readings = [reading(JANUARY, 100), reading(JANUARY, 160), reading(FEBRUARY, 200)]
        found = costs([log(1, JANUARY, "25")], readings={car().id: readings}).by_vehicle[car().id]
        assert found.distance == Distance(100, "km")

    def test_the_first_day_of_the_calendar_is_a_day_too(self) -> None:
        readings = [reading(date.min, 100), reading(JANUARY, 160)]
        found = costs([log(1, JANUARY, "30")], readings={car().id: readings}).by_vehicle[car().id]
        assert found.distance == Distance(60, "km")


class TestGarage:
    def test_each_vehicle_has_its_own_and_the_whole_is_their_sum(self) -> None:
        vehicles = [car(2, nickname="Van"), car(1)]
        found = costs([log(1, JANUARY, "5"), log(2, JANUARY, "7", vehicle=2)], vehicles)
        assert [(one.title, one.totals.cost["EUR"]) for one in found.by_vehicle.values()] == [
            ("Van", 7),
            ("AB 1", 5),
        ]
        assert found.totals == totals(2, 0, EUR="12")

    def test_a_vehicle_that_is_not_asked_for_adds_nothing(self) -> None:
        found = costs([log(1, JANUARY, "5"), log(2, JANUARY, "7", vehicle=2)], [car(2)])
        assert found.totals == totals(1, 0, EUR="7")

    def test_a_garage_without_a_log_says_so(self) -> None:
        found = costs([])
        assert found.totals == totals(0, 0)
        assert str(found) == "Maintenance: no cost known (0 logs)"
        assert found.by_vehicle[car().id].totals == totals(0, 0)


class TestShowing:
    def report(self) -> MaintenanceCosts:
        readings = {car().id: [reading(LAST_YEAR, 10_000), reading(FEBRUARY, 12_000)]}
        return costs(
            [
                log(1, JANUARY, "80", "Engine Oil", "Tires"),
                log(2, FEBRUARY, None, "Engine", category="repair"),
                log(3, FEBRUARY, "20", "Flux <b>", category="odd & old", currency_code="CHF"),
            ],
            [car(nickname="<script>")],
            readings,
        )

    def test_it_prints_well(self) -> None:
        assert str(self.report()) == (
            "Maintenance: 20.00 CHF + 80.00 EUR (3 logs, 1 without cost)\n"
            "by vehicle\n"
            "  <script>: 20.00 CHF + 80.00 EUR (3 logs, 1 without cost)"
            " = 0.0100 CHF + 0.0400 EUR per km over 2000 km\n"
            "by category\n"
            "  Routine maintenance: 80.00 EUR (1 log)\n"
            "  Repair: no cost known (1 log, 1 without cost)\n"
            "  Odd & old: 20.00 CHF (1 log)\n"
            "by work\n"
            "  Routine maintenance, Engine Oil + Tires: 80.00 EUR (1 log)\n"
            "  Repair, Engine: no cost known (1 log, 1 without cost)\n"
            "  Odd & old, Flux <b>: 20.00 CHF (1 log)\n"
            "by year\n"
            "  2026: 20.00 CHF + 80.00 EUR (3 logs, 1 without cost)\n"
            "by month\n"
            "  2026-01: 80.00 EUR (1 log)\n"
            "  2026-02: 20.00 CHF (2 logs, 1 without cost)"
        )

    def test_what_people_typed_is_escaped_in_a_notebook(self) -> None:
        html = self.report()._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert "<b>," not in html
        assert "Flux &lt;b&gt;" in html
        assert html.count("<table>") == html.count("</table>") == 5

    def test_its_data_is_json_with_no_float_in_it(self) -> None:
        data = self.report().as_dict()
        again = json.loads(json.dumps(data), parse_float=pytest.fail)
        assert again == data
        assert again["totals"] == {"log_count": 3, "without_cost": 1, "cost": {"CHF": "20", "EUR": "80"}}
        (vehicle,) = again["by_vehicle"]
        assert vehicle["cost_per_distance"] == {"CHF": "0.01", "EUR": "0.04"}
        assert (vehicle["distance"], vehicle["distance_unit"]) == ("2000", "km")
        assert again["by_work"][0]["subtypes"] == ["Engine Oil", "Tires"]
        assert again["by_subtype"][0]["among_others"]["cost"] == {"EUR": "80"}
        assert [month["month"] for month in again["by_month"]] == [1, 2]


works = st.sampled_from(
    [
        (category, subtype)
        for category, known in SUBTYPES.items()
        for subtype in (known[:1], known[:2], known[1:3])
    ]
)


@given(
    st.lists(
        st.tuples(
            works,
            st.dates(date(2024, 1, 1), date(2026, 12, 31)),
            st.none() | st.decimals(0, "99999999.99", places=2),
            st.sampled_from([None, "EUR", "USD"]),
            st.integers(1, 3),
        ),
        max_size=12,
    )
)
def test_every_partition_adds_up_to_the_whole_and_nothing_is_more_than_it(rows: list[Any]) -> None:
    """A cost belongs to one category, one set of subtypes, one vehicle, one month: no cent twice or lost."""
    logs = [
        log(n, on, cost, *subtypes, category=category, currency_code=code, vehicle=vehicle)
        for n, ((category, subtypes), on, cost, code, vehicle) in enumerate(rows, start=1)
    ]
    found = costs(logs, [car(n) for n in (1, 2, 3)])
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in logs:
        if row.cost is not None:
            expected[row.currency_code or "EUR"] += row.cost
    assert found.totals.cost == expected
    for parts in (
        found.by_category.values(),
        found.by_work.values(),
        found.by_month.values(),
        found.by_year.values(),
        [vehicle.totals for vehicle in found.by_vehicle.values()],
    ):
        added: defaultdict[str, Decimal] = defaultdict(Decimal)
        for part in parts:
            for code, amount in part.cost.items():
                added[code] += amount
        assert added == expected
        assert sum(part.log_count for part in parts) == len(logs)
        assert sum(part.without_cost for part in parts) == found.totals.without_cost
    for code, whole in expected.items():
        alone = [subtype.alone.cost.get(code, Decimal(0)) for subtype in found.by_subtype.values()]
        assert sum(alone) <= whole
        for subtype in found.by_subtype.values():
            assert subtype.alone.cost.get(code, 0) + subtype.among_others.cost.get(code, 0) <= whole
