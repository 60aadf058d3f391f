"""A user's fuel logs through the front door: a vault in memory, a clock that stands still."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

import motovault
from motovault.domain.fuel_logs import (
    FuelLog,
    FuelLogExists,
    FuelLogId,
    FuelLogNotFound,
    GradeDoesNotFit,
    NothingDriven,
    economy,
)
from motovault.domain.vehicles import Vehicle, VehicleId, VehicleNotFound
from motovault.errors import InvalidValue
from motovault.quantities.errors import UnknownUnit
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage, Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOON + timedelta(days=number)


class TestKeeping:
    def test_a_new_log_is_kept_as_it_was_given(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(
            car.id,
            filled_at=NOON,
            odometer="10000.5",
            volume="12.5",
            price_per_unit="3.299",
            location="Main St",
        )
        assert garage.fuel_logs.get(log.id) == log
        assert garage.fuel_logs.list(car.id) == [log]
        assert garage.fuel_logs.count(car.id) == 1
        assert (log.odometer, log.volume, log.location) == (Decimal("10000.5"), Decimal("12.500"), "Main St")
        assert log.created_at == log.updated_at == NOON
        assert log.is_full_tank
        assert not log.missed_previous

    @pytest.mark.parametrize(
        ("volume", "price", "total"),
        [("12.5", "3.299", "41.24"), ("10", "1.0005", "10.01"), (3, 2, "6.00"), ("0.5", "0.01", "0.01")],
    )
    def test_the_total_is_volume_times_price_half_up(
        self, garage: Garage, car: Vehicle, volume: str | int, price: str | int, total: str
    ) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=volume, price_per_unit=price)
        assert log.total_cost == Decimal(total)

    def test_a_total_that_is_given_stands(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(
            car.id, filled_at=NOON, odometer=1, volume=10, price_per_unit=2, total_cost="19.50"
        )
        assert log.total_cost == Decimal("19.50")

    def test_without_a_price_nothing_is_made_up(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=10)
        assert log.price_per_unit is None
        assert log.total_cost is None

    def test_a_free_charge_is_no_charge_of_unknown_price(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=10, price_per_unit=0)
        assert log.total_cost == 0
        assert log.price_per_unit == 0

    def test_logs_are_listed_oldest_first_and_page_by_page(self, garage: Garage, car: Vehicle) -> None:
        added = [garage.fuel_logs.add(car.id, filled_at=day(n), odometer=n + 1) for n in (3, 0, 2, 1)]
        ordered = sorted(added, key=lambda log: log.filled_at)
        assert garage.fuel_logs.list(car.id) == ordered
        first = garage.fuel_logs.list(car.id, limit=3)
        assert first + garage.fuel_logs.list(car.id, after=first[-1], limit=3) == ordered
        assert garage.fuel_logs.list(car.id, after=ordered[-1]) == []

    def test_a_page_of_none_is_refused(self, garage: Garage, car: Vehicle) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.list(car.id, limit=0)
        assert caught.value.field == "limit"

    def test_what_was_removed_is_gone(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1)
        garage.fuel_logs.remove(log.id)
        assert garage.fuel_logs.list(car.id) == []
        with pytest.raises(FuelLogNotFound) as caught:
            garage.fuel_logs.remove(log.id)
        assert caught.value.key == log.id

    def test_the_same_source_key_twice_is_refused(self, garage: Garage, car: Vehicle) -> None:
        garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, source="fuelio", source_key="7")
        with pytest.raises(FuelLogExists):
            garage.fuel_logs.add(car.id, filled_at=day(1), odometer=2, source="fuelio", source_key="7")

    def test_many_at_once_are_all_kept_or_none(self, garage: Garage, car: Vehicle) -> None:
        def log(vehicle_id: VehicleId, key: str) -> FuelLog:
            return FuelLog(
                id=FuelLogId(uuid4()),
                user_id=garage.user_id,
                vehicle_id=vehicle_id,
                filled_at=NOON,
                created_at=NOON,
                updated_at=NOON,
                source="fuelio",
                source_key=key,
            )

        assert garage.fuel_logs.add_many([log(car.id, "1"), log(car.id, "2")]) == 2
        assert garage.fuel_logs.add_many([log(car.id, "2"), log(car.id, "3")]) == 1
        with pytest.raises(VehicleNotFound):
            garage.fuel_logs.add_many([log(car.id, "4"), log(VehicleId(uuid4()), "5")])
        assert garage.fuel_logs.count(car.id) == 3


class TestChanging:
    def test_what_is_given_changes_and_the_rest_stays(
        self, garage: Garage, car: Vehicle, clock: FrozenClock
    ) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=100, volume=10, notes="rain")
        clock.advance(hours=1)
        changed = garage.fuel_logs.change(log.id, odometer=150, filled_at=day(1))
        assert garage.fuel_logs.get(log.id) == changed
        assert (changed.odometer, changed.filled_at, changed.notes) == (150, day(1), "rain")
        assert changed.created_at == NOON
        assert changed.updated_at == NOON + timedelta(hours=1)

    def test_a_new_volume_or_price_makes_a_new_total(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=10, price_per_unit=2)
        assert garage.fuel_logs.change(log.id, volume="12.5").total_cost == Decimal("25.00")
        assert garage.fuel_logs.change(log.id, price_per_unit="3.299").total_cost == Decimal("41.24")
        assert garage.fuel_logs.change(log.id, volume=1, total_cost=5).total_cost == 5

    def test_what_was_paid_is_not_forgotten_with_the_price(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, volume=10, total_cost=20)
        assert garage.fuel_logs.change(log.id, volume=11).total_cost == 20

    def test_none_empties_a_field(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, notes="rain", trip_distance=5)
        changed = garage.fuel_logs.change(log.id, notes=None, odometer=None)
        assert (changed.notes, changed.odometer) == (None, None)

    def test_a_change_that_breaks_a_rule_changes_nothing(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, fuel_type="diesel")
        with pytest.raises(NothingDriven):
            garage.fuel_logs.change(log.id, odometer=None)
        with pytest.raises(GradeDoesNotFit):
            garage.fuel_logs.change(log.id, fuel_grade="87")
        with pytest.raises(InvalidValue):
            garage.fuel_logs.change(log.id, volume=-1)
        assert garage.fuel_logs.get(log.id) == log

    def test_a_log_of_an_import_can_be_corrected_bit_by_bit(self, garage: Garage, car: Vehicle) -> None:
        """It may lack both distances, which nobody may enter by hand; a note on it is no offence."""
        log = FuelLog(
            id=FuelLogId(uuid4()),
            user_id=garage.user_id,
            vehicle_id=car.id,
            filled_at=NOON,
            created_at=NOON,
            updated_at=NOON,
        )
        garage.fuel_logs.add_many([log])
        assert garage.fuel_logs.change(log.id, notes="receipt lost").notes == "receipt lost"
        with pytest.raises(NothingDriven):
            garage.fuel_logs.change(log.id, trip_distance=0)


class TestRefusing:
    @pytest.mark.parametrize("driven", [{}, {"odometer": 0}, {"odometer": None, "trip_distance": "0.0"}])
    def test_a_log_without_any_distance_is_refused(
        self, garage: Garage, car: Vehicle, driven: dict[str, object]
    ) -> None:
        with pytest.raises(NothingDriven) as caught:
            garage.fuel_logs.add(car.id, filled_at=NOON, volume=10, **driven)  # type: ignore[arg-type]
        assert caught.value.field == "odometer"
        assert garage.fuel_logs.count(car.id) == 0

    @pytest.mark.parametrize(
        "field",
        [
            "odometer",
            "trip_distance",
            "excluded_distance",
            "volume",
            "price_per_unit",
            "total_cost",
            "charge_start_percent",
            "charge_end_percent",
        ],
    )
    @pytest.mark.parametrize("value", [12.5, float("nan"), True, "12,5", "", "nan", Decimal("Infinity"), -1])
    def test_numbers_that_are_not_exact_or_not_plain_are_refused(
        self, garage: Garage, car: Vehicle, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.add(car.id, filled_at=NOON, **{"odometer": 1, field: value})  # type: ignore[arg-type]
        assert caught.value.field == field
        assert garage.fuel_logs.count(car.id) == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("tank", 0),
            ("tank", 10),
            ("tank", "1"),
            ("is_full_tank", 1),
            ("charge_end_percent", "100.5"),
            ("currency_code", "eur"),
            ("fuel_type", "coal"),
            ("odometer_unit", "furlong"),
            ("fuel_unit", "gal"),
            ("location", "x" * 501),
            ("filled_at", date(2026, 1, 1)),
            ("filled_at", datetime(2026, 1, 1)),
        ],
    )
    def test_a_value_that_breaks_its_rule_is_named(
        self, garage: Garage, car: Vehicle, field: str, value: object
    ) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.add(car.id, **{"filled_at": NOON, "odometer": 1, field: value})  # type: ignore[arg-type]
        assert caught.value.field == field

    @pytest.mark.parametrize("field", ["mpg", "user_id", "id", "created_at", "Odometer"])
    def test_unknown_fields_are_refused_by_name(self, garage: Garage, car: Vehicle, field: str) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, **{field: "x"})  # type: ignore[arg-type]
        assert caught.value.field == field
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1)
        with pytest.raises(InvalidValue):
            garage.fuel_logs.change(log.id, **{field: "x"})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("fuel_type", "grade", "is_right"),
        [
            ("gasoline", "87", True),
            ("gasoline", "98", True),
            ("gasoline", "#1", False),
            ("diesel", "#2", True),
            ("diesel", "87", False),
            ("electric", "87", False),
            ("electric", None, True),
            ("gasoline", None, True),
            ("lpg", "winter", True),
            (None, "anything", True),
        ],
    )
    def test_a_grade_must_be_one_of_its_fuel(
        self, garage: Garage, car: Vehicle, fuel_type: str | None, grade: str | None, is_right: bool
    ) -> None:
        if is_right:
            log = garage.fuel_logs.add(
                car.id, filled_at=NOON, odometer=1, fuel_type=fuel_type, fuel_grade=grade
            )
            assert log.fuel_grade == grade
            return
        with pytest.raises(GradeDoesNotFit) as caught:
            garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1, fuel_type=fuel_type, fuel_grade=grade)
        assert caught.value.value == grade

    def test_another_users_vehicle_does_not_exist(self, vault: Vault, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1)
        eve = vault.garage("eve").fuel_logs
        with pytest.raises(VehicleNotFound):
            eve.add(car.id, filled_at=NOON, odometer=1)
        for look in (eve.list, eve.economy, eve.statistics):
            with pytest.raises(VehicleNotFound):
                look(car.id)
        for touch in (eve.get, eve.remove, lambda key: eve.change(key, odometer=2)):
            with pytest.raises(FuelLogNotFound):
                touch(log.id)
        assert eve.count(car.id) == 0
        assert garage.fuel_logs.list(car.id) == [log]

    def test_a_deleted_vehicle_takes_its_logs_out_of_sight(self, garage: Garage, car: Vehicle) -> None:
        log = garage.fuel_logs.add(car.id, filled_at=NOON, odometer=1)
        garage.vehicles.remove(car.id)
        with pytest.raises(VehicleNotFound):
            garage.fuel_logs.add(car.id, filled_at=NOON, odometer=2)
        for look in (garage.fuel_logs.list, garage.fuel_logs.economy, garage.fuel_logs.statistics):
            with pytest.raises(VehicleNotFound):
                look(car.id)
        garage.vehicles.restore(car.id)
        assert garage.fuel_logs.list(car.id) == [log]

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("economy_unit", {"economy_unit": "mpg"}),
            ("economy_unit", {"economy_unit": "furlongs"}),
            ("battery_capacity_kwh", {"battery_capacity_kwh": 0}),
            ("battery_capacity_kwh", {"battery_capacity_kwh": 57.5}),
            ("tank_capacity", {"tank_capacity": {1: Decimal(-1)}}),
            ("tank_capacity", {"tank_capacity": {1: 45.0}}),
        ],
    )
    def test_options_of_the_economy_are_checked_without_any_log(
        self, garage: Garage, car: Vehicle, field: str, given: dict[str, object]
    ) -> None:
        with pytest.raises(InvalidValue) as caught:
            garage.fuel_logs.economy(car.id, **given)  # type: ignore[arg-type]
        assert caught.value.field == field

    def test_a_unit_that_is_none_is_refused_by_the_pure_rules_too(self) -> None:
        with pytest.raises(UnknownUnit):
            economy([], economy_unit="mpg")
        with pytest.raises(UnknownUnit):
            economy([], distance_unit="furlong")


def test_ids_of_logs_are_those_that_the_host_makes() -> None:
    made = iter(UUID(int=n) for n in range(1, 10))
    garage = motovault.open_vault("memory:", new_id=lambda: next(made)).garage("ana")
    vehicle = garage.vehicles.add(license_plate="AB 123")
    log = garage.fuel_logs.add(vehicle.id, filled_at=NOON, odometer=1)
    assert vehicle.id != log.id
    assert log.id in {UUID(int=n) for n in range(1, 10)}
