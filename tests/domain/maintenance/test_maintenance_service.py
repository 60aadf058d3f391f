"""A user's maintenance logs through the front door, in every store: kept, changed, dropped, refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

import motovault
from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogExists,
    MaintenanceLogId,
    MaintenanceLogNotFound,
    MaintenanceScheduleNotFound,
    NoSubtypes,
    UnknownCategory,
    UnknownSubtype,
)
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
OIL: dict[str, Any] = {"category": "routine_maintenance", "subtypes": ["Engine Oil"]}


def log(garage: Garage, car: Vehicle, on: date = TODAY, **details: Any) -> MaintenanceLog:
    return garage.maintenance.add(car.id, **{**OIL, "service_date": on, **details}).log


class TestKeeping:
    def test_a_new_log_is_kept_as_it_was_given(self, garage: Garage, car: Vehicle) -> None:
        made = log(
            garage,
            car,
            subtypes=["Engine Oil", "Tires"],
            odometer="52000.4",
            odometer_unit="km",
            cost="89.905",
            currency_code="EUR",
            shop_name=" Main St ",
            notes="5W-30",
        )
        assert garage.maintenance.get(made.id) == made
        assert garage.maintenance.list(car.id) == [made]
        assert garage.maintenance.count(car.id) == 1
        assert made.subtypes == ("Engine Oil", "Tires")
        assert (made.odometer, made.odometer_unit, made.cost) == (Decimal(52000), "km", Decimal("89.90"))
        assert (made.shop_name, made.created_at, made.updated_at) == ("Main St", NOON, NOON)

    def test_the_unit_of_a_reading_is_written_down_when_nobody_says_it(self, garage: Garage) -> None:
        miles = garage.vehicles.add(license_plate="MI 1")
        boat = garage.vehicles.add(license_plate="H 1", distance_unit="h")
        assert log(garage, miles, odometer=5).odometer_unit == "mi"
        assert log(garage, boat, odometer=5).odometer_unit == "h"
        assert log(garage, miles).odometer_unit is None
        garage.preferences.change(unit_system="metric")
        assert log(garage, miles, odometer=5).odometer_unit == "km"

    def test_logs_are_listed_oldest_first_and_page_by_page(self, garage: Garage, car: Vehicle) -> None:
        made = [log(garage, car, TODAY - timedelta(days=n)) for n in (1, 4, 2, 3)]
        ordered = sorted(made, key=lambda one: one.service_date)
        assert garage.maintenance.list(car.id) == ordered
        first = garage.maintenance.list(car.id, limit=3)
        assert first + garage.maintenance.list(car.id, after=first[-1], limit=3) == ordered
        with pytest.raises(InvalidValue) as caught:
            garage.maintenance.list(car.id, limit=0)
        assert caught.value.field == "limit"

    def test_a_reading_in_a_log_is_one_of_the_odometer(self, garage: Garage, car: Vehicle) -> None:
        log(garage, car, odometer=52000)
        assert str(garage.odometer.current(car.id)) == "52000 mi"

    def test_what_was_recorded_prints_well(self, garage: Garage, car: Vehicle) -> None:
        garage.maintenance.add_schedule(car.id, **OIL, interval_months=6, interval_distance=5000)
        done = garage.maintenance.add(
            car.id, **OIL, service_date=TODAY, odometer=52000, cost="89.9", currency_code="EUR"
        )
        assert str(done) == (
            "Added: 2026-03-01, Routine maintenance: Engine Oil, 52000 mi, 89.90 EUR\n"
            "  Routine maintenance: Engine Oil: due on 2026-09-01 or at 57000 mi, was nobody knows when"
        )

    def test_many_at_once_are_all_kept_or_none_and_schedules_follow(
        self, garage: Garage, car: Vehicle
    ) -> None:
        def imported(vehicle_id: VehicleId, key: str, on: date, category: str = "theirs") -> MaintenanceLog:
            return MaintenanceLog(
                id=MaintenanceLogId(uuid4()),
                user_id=garage.user_id,
                vehicle_id=vehicle_id,
                category=category,
                subtypes=("Engine Oil",),
                service_date=on,
                created_at=NOON,
                updated_at=NOON,
                source="fuelio",
                source_key=key,
            )

        schedule = garage.maintenance.add_schedule(car.id, **OIL, interval_months=6)
        odd, known = imported(car.id, "1", TODAY), imported(car.id, "2", TODAY, OIL["category"])
        assert garage.maintenance.add_many([odd, known]) == 2
        assert garage.maintenance.get(odd.id).category == "theirs"
        assert garage.maintenance.get_schedule(schedule.id).next_due_date == date(2026, 9, 1)
        assert garage.maintenance.add_many([imported(car.id, "2", TODAY), imported(car.id, "3", TODAY)]) == 1
        with pytest.raises(VehicleNotFound):
            garage.maintenance.add_many(
                [imported(car.id, "4", TODAY), imported(VehicleId(uuid4()), "5", TODAY)]
            )
        with pytest.raises(InvalidValue, match="must not be after today"):
            garage.maintenance.add_many([imported(car.id, "6", TODAY + timedelta(days=2))])
        assert garage.maintenance.add_many([]) == 0
        assert garage.maintenance.count(car.id) == 3


class TestChanging:
    def test_what_is_given_changes_and_the_rest_stays(
        self, garage: Garage, car: Vehicle, clock: FrozenClock
    ) -> None:
        made = log(garage, car, odometer=100, cost=10, notes="rain")
        clock.advance(hours=1)
        changed = garage.maintenance.change(made.id, odometer=150, service_date=date(2026, 2, 1), notes=None)
        assert garage.maintenance.get(made.id) == changed.log
        kept = changed.log
        assert (kept.odometer, kept.service_date, kept.cost, kept.notes) == (150, date(2026, 2, 1), 10, None)
        assert (kept.created_at, kept.updated_at) == (NOON, NOON + timedelta(hours=1))
        assert (changed.action, changed.schedules) == ("changed", ())

    def test_a_reading_that_is_written_later_gets_its_unit_too(self, garage: Garage, car: Vehicle) -> None:
        made = log(garage, car)
        assert garage.maintenance.change(made.id, notes="x").log.odometer_unit is None
        assert garage.maintenance.change(made.id, odometer=7).log.odometer_unit == "mi"
        assert garage.maintenance.change(made.id, odometer=9, odometer_unit="km").log.odometer_unit == "km"

    def test_a_log_moves_to_another_vehicle(self, garage: Garage, car: Vehicle) -> None:
        van = garage.vehicles.add(license_plate="VAN 1")
        made = log(garage, car)
        moved = garage.maintenance.change(made.id, vehicle_id=van.id)
        assert moved.log.vehicle_id == van.id
        assert (garage.maintenance.count(car.id), garage.maintenance.list(van.id)) == (0, [moved.log])
        garage.vehicles.remove(car.id)
        with pytest.raises(VehicleNotFound):
            garage.maintenance.change(made.id, vehicle_id=car.id)
        with pytest.raises(VehicleNotFound):
            garage.maintenance.change(made.id, vehicle_id="van")  # type: ignore[arg-type]
        assert garage.maintenance.get(made.id) == moved.log

    def test_words_of_another_application_stay_until_they_are_changed(
        self, garage: Garage, car: Vehicle
    ) -> None:
        odd = MaintenanceLog(
            id=MaintenanceLogId(uuid4()),
            user_id=garage.user_id,
            vehicle_id=car.id,
            category="detailing",
            subtypes=("Wax",),
            service_date=TODAY,
            created_at=NOON,
            updated_at=NOON,
        )
        garage.maintenance.add_many([odd])
        assert garage.maintenance.change(odd.id, cost=5).log.subtypes == ("Wax",)
        with pytest.raises(UnknownCategory):
            garage.maintenance.change(odd.id, subtypes=["Wheels"])
        with pytest.raises(UnknownSubtype):
            garage.maintenance.change(odd.id, category="repair")
        fixed = garage.maintenance.change(odd.id, category="repair", subtypes=["Exterior"]).log
        assert (fixed.category, fixed.subtypes, fixed.cost) == ("repair", ("Exterior",), 5)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("cost", -1),
            ("cost", 12.5),
            ("service_date", TODAY + timedelta(days=1)),
            ("service_date", NOON),
            ("service_date", None),
            ("subtypes", []),
            ("subtypes", "Engine Oil"),
            ("category", "magic"),
            ("odometer", "many"),
            ("user_id", "eve"),
            ("id", uuid4()),
        ],
    )
    def test_a_change_that_breaks_a_rule_changes_nothing(
        self, garage: Garage, car: Vehicle, field: str, value: object
    ) -> None:
        made = log(garage, car)
        with pytest.raises(InvalidValue) as caught:
            garage.maintenance.change(made.id, **{field: value})  # type: ignore[arg-type]
        assert caught.value.field == field
        assert garage.maintenance.get(made.id) == made

    def test_what_was_removed_is_gone(self, garage: Garage, car: Vehicle) -> None:
        made = log(garage, car)
        gone = garage.maintenance.remove(made.id)
        assert (gone.log, gone.action, gone.schedules) == (made, "removed", ())
        assert garage.maintenance.list(car.id) == []
        for touch in (garage.maintenance.get, garage.maintenance.remove, garage.maintenance.change):
            with pytest.raises(MaintenanceLogNotFound) as caught:
                touch(made.id)
            assert caught.value.key == made.id


class TestRefusing:
    @pytest.mark.parametrize(
        ("error", "given"),
        [
            (UnknownCategory, {"category": "magic"}),
            (UnknownCategory, {"category": "Routine_Maintenance"}),
            (NoSubtypes, {"subtypes": []}),
            (UnknownSubtype, {"subtypes": ["Engine"]}),
            (UnknownSubtype, {"subtypes": ["Engine Oil", "engine oil"]}),
        ],
    )
    def test_work_that_there_is_not_is_refused(
        self, garage: Garage, car: Vehicle, error: type[InvalidValue], given: dict[str, Any]
    ) -> None:
        with pytest.raises(error):
            log(garage, car, **given)
        assert garage.maintenance.count(car.id) == 0

    def test_a_subtype_that_nearly_is_one_is_told(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(UnknownSubtype) as caught:
            log(garage, car, subtypes=["Engine oil"])
        assert "Engine Oil" in caught.value.near

    def test_today_is_the_owners_at_both_sides_of_the_date_line(self, garage: Garage, car: Vehicle) -> None:
        """At noon UTC it is tomorrow already on Kiritimati, and one o'clock of the same day on Niue."""
        garage.preferences.change(time_zone="Pacific/Kiritimati")
        assert log(garage, car, date(2026, 3, 2)).service_date == date(2026, 3, 2)
        with pytest.raises(InvalidValue) as caught:
            log(garage, car, date(2026, 3, 3))
        assert caught.value.field == "service_date"
        assert "2026-03-02" in caught.value.rule
        garage.preferences.change(time_zone="Pacific/Niue")
        with pytest.raises(InvalidValue):
            log(garage, car, date(2026, 3, 2))
        assert log(garage, car, date(2026, 3, 1)).service_date == date(2026, 3, 1)

    @pytest.mark.parametrize("field", ["mileage", "user_id", "id", "created_at", "interval_months"])
    def test_unknown_fields_are_refused_by_name(self, garage: Garage, car: Vehicle, field: str) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.maintenance.add(car.id, **OIL, service_date=TODAY, **{field: "x"})  # type: ignore[arg-type]
        assert caught.value.field == field
        assert "shop_name" in caught.value.rule

    def test_the_same_source_key_twice_is_refused(self, garage: Garage, car: Vehicle) -> None:
        log(garage, car, source="fuelio", source_key="7")
        with pytest.raises(MaintenanceLogExists):
            log(garage, car, source="fuelio", source_key="7")

    def test_another_users_maintenance_does_not_exist(
        self, vault: Vault, garage: Garage, car: Vehicle
    ) -> None:
        made = log(garage, car)
        schedule = garage.maintenance.add_schedule(car.id, **OIL, interval_months=6)
        eve = vault.garage("eve").maintenance
        for look in (eve.list, eve.list_schedules, eve.costs, eve.recompute, eve.upcoming):
            with pytest.raises(VehicleNotFound):
                look(car.id)
        with pytest.raises(VehicleNotFound):
            eve.add(car.id, **OIL, service_date=TODAY)
        with pytest.raises(VehicleNotFound):
            eve.add_schedule(car.id, **OIL, interval_months=6)
        with pytest.raises(VehicleNotFound):
            eve.apply_template(car.id, "petrol_car")
        for touch in (eve.get, eve.remove, eve.change):
            with pytest.raises(MaintenanceLogNotFound):
                touch(made.id)
        for handle in (eve.get_schedule, eve.retire, eve.resume, eve.remove_schedule, eve.change_schedule):
            with pytest.raises(MaintenanceScheduleNotFound):
                handle(schedule.id)
        with pytest.raises(MaintenanceScheduleNotFound):
            eve.complete(schedule.id, service_date=TODAY)
        assert (eve.count(car.id), eve.costs().totals.log_count, eve.recompute()) == (0, 0, [])
        assert list(eve.upcoming()) == []
        assert garage.maintenance.list(car.id) == [made]

    def test_text_is_no_id(self, garage: Garage) -> None:
        maintenance = garage.maintenance
        for touch in (maintenance.get, maintenance.remove, maintenance.change):
            with pytest.raises(MaintenanceLogNotFound):
                touch("1")  # type: ignore[arg-type]
        for handle in (maintenance.get_schedule, maintenance.retire, maintenance.remove_schedule):
            with pytest.raises(MaintenanceScheduleNotFound):
                handle("1")  # type: ignore[arg-type]
        for look in (maintenance.list, maintenance.count, maintenance.list_schedules, maintenance.costs):
            with pytest.raises(VehicleNotFound):
                look("1")  # type: ignore[arg-type]

    def test_a_deleted_vehicle_takes_its_maintenance_out_of_sight(self, garage: Garage, car: Vehicle) -> None:
        made = log(garage, car, cost=5)
        garage.maintenance.add_schedule(car.id, **OIL, interval_months=6)
        garage.vehicles.remove(car.id)
        for look in (garage.maintenance.list, garage.maintenance.list_schedules, garage.maintenance.costs):
            with pytest.raises(VehicleNotFound):
                look(car.id)
        with pytest.raises(VehicleNotFound):
            log(garage, car)
        assert garage.maintenance.costs().totals.log_count == 0
        garage.vehicles.restore(car.id)
        assert garage.maintenance.list(car.id) == [made]


def test_costs_are_those_of_one_vehicle_or_of_the_garage(garage: Garage, car: Vehicle) -> None:
    van = garage.vehicles.add(license_plate="VAN 1", distance_unit="km")
    log(garage, car, date(2026, 1, 1), cost="10", odometer=1000)
    log(garage, car, date(2026, 2, 1), cost="15", odometer=1500)
    log(garage, van, date(2026, 2, 1), cost="7", currency_code="EUR")
    log(garage, van, date(2026, 2, 1))
    one = garage.maintenance.costs(car.id)
    assert (one.totals.cost, list(one.by_vehicle)) == ({"USD": Decimal(25)}, [car.id])
    assert one.by_vehicle[car.id].cost_per_distance == {"USD": Decimal("0.05")}
    whole = garage.maintenance.costs()
    assert whole.totals.cost == {"EUR": Decimal(7), "USD": Decimal(25)}
    assert (whole.totals.without_cost, set(whole.by_vehicle)) == (1, {car.id, van.id})
    assert whole.by_vehicle[car.id] == one.by_vehicle[car.id]


def test_a_transaction_that_fails_takes_log_and_schedules_back(garage: Garage, car: Vehicle) -> None:
    schedule = garage.maintenance.add_schedule(car.id, **OIL, interval_months=6)

    def complete_and_fail() -> None:
        with garage.transaction():
            garage.maintenance.complete(schedule.id, service_date=TODAY)
            assert garage.maintenance.get_schedule(schedule.id).next_due_date == date(2026, 9, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        complete_and_fail()
    assert garage.maintenance.count(car.id) == 0
    assert garage.maintenance.get_schedule(schedule.id) == schedule


def test_ids_of_logs_and_schedules_are_those_that_the_host_makes() -> None:
    made = [uuid4() for _ in range(4)]
    left = iter(made)
    garage = motovault.open_vault("memory:", new_id=lambda: next(left)).garage("ana")
    vehicle = garage.vehicles.add(license_plate="AB 123")
    schedule = garage.maintenance.add_schedule(vehicle.id, **OIL, interval_months=6)
    done = garage.maintenance.complete(schedule.id, service_date=date(2026, 1, 1))
    assert [vehicle.id, schedule.id, done.log.id] == made[:3]


def test_what_is_due_is_told_of_one_vehicle_or_of_the_garage(garage: Garage, car: Vehicle) -> None:
    van = garage.vehicles.add(license_plate="VAN 1")
    soon = garage.maintenance.add_schedule(
        car.id, **OIL, interval_months=6, last_service_date=date(2025, 9, 20)
    )
    late = garage.maintenance.add_schedule(
        van.id, **OIL, interval_months=6, last_service_date=date(2025, 8, 20)
    )
    far = garage.maintenance.add_schedule(car.id, **OIL, interval_months=60, last_service_date=TODAY)
    whole = garage.maintenance.upcoming()
    assert [item.schedule for item in whole] == [late, soon, far]
    assert [item.schedule for item in garage.maintenance.upcoming(car.id)] == [soon, far]
    assert [item.schedule for item in garage.maintenance.upcoming(within_days=30)] == [late, soon]
    garage.maintenance.retire(late.id)
    garage.maintenance.complete(soon.id, service_date=TODAY)
    assert list(garage.maintenance.upcoming(within_days=30)) == []
    with pytest.raises(VehicleNotFound):
        garage.maintenance.upcoming(VehicleId(uuid4()))
