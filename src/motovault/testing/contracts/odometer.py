"""What every repository of odometer readings must do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import attrs
import pytest

from motovault.domain.odometer import OdometerReading, ReadingSource
from motovault.domain.vehicles import VehicleId
from motovault.quantities.units import DistanceUnit
from motovault.testing.contracts.base import StoreContract, keep_vehicle
from motovault.testing.contracts.of_vehicles import scrambled_ids
from motovault.testing.examples import ANA, BOB, NOON, example_fuel_log, example_maintenance_log

if TYPE_CHECKING:
    from motovault.vault import Store

__all__ = ["OdometerRepositoryContract"]


class OdometerRepositoryContract(StoreContract):
    """Every promise of :class:`motovault.domain.odometer.OdometerRepository`."""

    def test_a_vehicle_without_readings_has_none(self, store: Store) -> None:
        vehicle = keep_vehicle(store, odometer_reading=0)
        unset = keep_vehicle(store, odometer_reading=None)
        with store.unit_of_work(ANA) as work:
            assert work.odometer.list_for_vehicle(vehicle.id) == []
            assert work.odometer.list_for_vehicle(unset.id) == []
            assert work.odometer.list_for_vehicle(VehicleId(uuid4())) == []

    def test_a_fuel_log_gives_its_reading_as_typed(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        log = example_fuel_log(vehicle, odometer="52000.123456", odometer_unit="km", filled_at=NOON)
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add(log)
        with store.unit_of_work(ANA) as work:
            assert work.odometer.list_for_vehicle(vehicle.id) == [
                OdometerReading(
                    read_at=NOON,
                    value=Decimal("52000.123456"),
                    unit=DistanceUnit.KM,
                    source=ReadingSource.FUEL_LOG,
                    source_id=log.id,
                )
            ]

    @pytest.mark.parametrize("odometer", [None, 0, "0.000"])
    def test_a_fuel_log_without_a_figure_above_0_gives_none(self, store: Store, odometer: object) -> None:
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add(example_fuel_log(vehicle, odometer=odometer, trip_distance=5))
            assert work.odometer.list_for_vehicle(vehicle.id) == []

    @pytest.mark.parametrize("unit", [None, "mi", "h"])
    def test_the_vehicle_gives_what_its_owner_set(self, store: Store, unit: str | None) -> None:
        read_at = NOON + timedelta(days=5, microseconds=7)
        vehicle = keep_vehicle(store, odometer_reading=48210, odometer_read_at=read_at, distance_unit=unit)
        with store.unit_of_work(ANA) as work:
            [reading] = work.odometer.list_for_vehicle(vehicle.id)
        assert (reading.read_at, reading.value) == (read_at, Decimal(48210))
        assert isinstance(reading.value, Decimal)
        assert reading.unit == (None if unit is None else DistanceUnit(unit))
        assert (reading.source, reading.source_id) == (ReadingSource.VEHICLE, vehicle.id)

    def test_a_figure_set_at_an_unknown_time_is_as_old_as_the_vehicle(self, store: Store) -> None:
        """Taken for newer, it would hide every log since whenever another field is changed."""
        vehicle = keep_vehicle(store, odometer_reading=48210, updated_at=NOON + timedelta(days=9))
        with store.unit_of_work(ANA) as work:
            [reading] = work.odometer.list_for_vehicle(vehicle.id)
        assert reading.read_at == vehicle.created_at

    def test_readings_are_ordered_by_time_then_value_then_id(self, store: Store) -> None:
        vehicle = keep_vehicle(store, odometer_reading=95, odometer_read_at=NOON)
        figures = [(-2, "1000"), (0, "100"), (0, "9"), (0, "9"), (0, "95"), (1, "10"), (2, "9.5")]
        ids = [UUID(int=(n * 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) % 2**128) for n in range(1, 8)]
        logs = [
            example_fuel_log(vehicle, id=log_id, odometer=value, filled_at=NOON + timedelta(seconds=seconds))
            for log_id, (seconds, value) in zip(ids, figures, strict=True)
        ]
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many(sorted(logs, key=lambda log: log.id.int % 1009))
            readings = work.odometer.list_for_vehicle(vehicle.id)
        assert readings == sorted(readings, key=lambda r: (r.read_at, r.value, r.source_id))
        assert {reading.source_id for reading in readings} == {*ids, vehicle.id}

    def test_changed_and_removed_logs_change_the_readings(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        first, second = (example_fuel_log(vehicle, odometer=value) for value in (100, 200))
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many([first, second])
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.remove(first.id)
            work.fuel_logs.replace(attrs.evolve(second, odometer=250))
        with store.unit_of_work(ANA) as work:
            assert [reading.value for reading in work.odometer.list_for_vehicle(vehicle.id)] == [Decimal(250)]

    def test_those_of_another_vehicle_or_user_do_not_exist(self, store: Store) -> None:
        theirs = keep_vehicle(store, BOB, odometer_reading=5)
        mine, other = keep_vehicle(store), keep_vehicle(store, odometer_reading=7)
        with store.unit_of_work(BOB) as work:
            work.fuel_logs.add(example_fuel_log(theirs))
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add(example_fuel_log(other))
        with store.unit_of_work(ANA) as work:
            assert work.odometer.list_for_vehicle(theirs.id) == []
            assert work.odometer.list_for_vehicle(mine.id) == []
            assert len(work.odometer.list_for_vehicle(other.id)) == 2

    # --- maintenance logs

    def test_a_maintenance_log_gives_its_reading_at_its_date(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        on = date(2026, 3, 1)
        log = example_maintenance_log(vehicle, odometer="52000", odometer_unit="km", service_date=on)
        with store.unit_of_work(ANA) as work:
            work.maintenance_logs.add(log)
        with store.unit_of_work(ANA) as work:
            assert work.odometer.list_for_vehicle(vehicle.id) == [
                OdometerReading(
                    read_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
                    value=Decimal(52000),
                    unit=DistanceUnit.KM,
                    source=ReadingSource.MAINTENANCE_LOG,
                    source_id=log.id,
                    read_on=on,
                )
            ]

    @pytest.mark.parametrize("on", [date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)])
    def test_the_date_is_the_owners_whatever_the_zone(self, store: Store, on: date) -> None:
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            work.maintenance_logs.add(example_maintenance_log(vehicle, odometer=1, service_date=on))
            (reading,) = work.odometer.list_for_vehicle(vehicle.id)
        assert reading.read_on == on == reading.read_at.date()

    def test_a_maintenance_log_without_a_figure_above_0_gives_none(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA) as work:
            for odometer in (None, 0):
                work.maintenance_logs.add(example_maintenance_log(vehicle, odometer=odometer))
            assert work.odometer.list_for_vehicle(vehicle.id) == []

    def test_readings_of_all_sources_stand_in_one_order(self, store: Store) -> None:
        vehicle = keep_vehicle(store, odometer_reading=95, odometer_read_at=NOON)
        day = NOON.date()
        fuel = [
            example_fuel_log(vehicle, odometer=value, filled_at=NOON + timedelta(seconds=seconds))
            for value, seconds in [("100", -1), ("94.5", 0), ("95.5", 0), ("7", 1)]
        ]
        work_done = [
            example_maintenance_log(vehicle, odometer=value, service_date=day + timedelta(days=days))
            for value, days in [(95, 0), (1000, 0), (9, -1), (8, 1)]
        ]
        with store.unit_of_work(ANA) as work:
            work.fuel_logs.add_many(fuel)
            work.maintenance_logs.add_many(work_done)
            readings = work.odometer.list_for_vehicle(vehicle.id)
        assert readings == sorted(readings, key=lambda r: (r.read_at, r.value, r.source_id))
        figures = ["9", "100", "94.5", "95", "95", "95.5", "1000", "7", "8"]
        assert [reading.value for reading in readings] == [Decimal(figure) for figure in figures]

    # --- the whole garage

    def test_an_empty_garage_has_no_readings(self, store: Store) -> None:
        keep_vehicle(store, BOB, odometer_reading=5)
        with store.unit_of_work(ANA) as work:
            assert work.odometer.list_for_garage() == {}

    def test_the_garage_has_what_each_live_vehicle_has(self, store: Store) -> None:
        vehicles = [
            keep_vehicle(store, id=VehicleId(vehicle_id), odometer_reading=number)
            for number, vehicle_id in enumerate(scrambled_ids(5))
        ]
        theirs = keep_vehicle(store, BOB, odometer_reading=5)
        with store.unit_of_work(BOB) as work:
            work.fuel_logs.add(example_fuel_log(theirs))
            work.maintenance_logs.add(example_maintenance_log(theirs, odometer=6))
        with store.unit_of_work(ANA, atomic=True) as work:
            for vehicle in vehicles[1:]:  # the first has nothing
                work.fuel_logs.add_many(
                    example_fuel_log(vehicle, odometer=100 - n, filled_at=NOON + timedelta(hours=n))
                    for n in (3, 1, 2)
                )
                work.maintenance_logs.add_many(
                    example_maintenance_log(vehicle, odometer=n, service_date=NOON.date()) for n in (50, 40)
                )
            gone = vehicles.pop()
            work.vehicles.replace(attrs.evolve(gone, is_active=False, deleted_at=NOON))
        with store.unit_of_work(ANA) as work:
            found = work.odometer.list_for_garage()
            assert list(found) == sorted(vehicle.id for vehicle in vehicles)
            assert found == {vehicle.id: work.odometer.list_for_vehicle(vehicle.id) for vehicle in vehicles}
            assert sorted(map(len, found.values())) == [0, 6, 6, 6]
            assert len(work.odometer.list_for_vehicle(gone.id)) == 6

    def test_the_garage_sees_its_own_transaction_and_others_do_not(self, store: Store) -> None:
        vehicle = keep_vehicle(store)
        with store.unit_of_work(ANA, atomic=True) as work:
            work.maintenance_logs.add(example_maintenance_log(vehicle, odometer=5))
            assert [reading.value for reading in work.odometer.list_for_garage()[vehicle.id]] == [5]
            with store.unit_of_work(ANA) as other:
                assert other.odometer.list_for_garage() == {vehicle.id: []}
