"""What a replica can answer: a server that takes no writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import motovault
from motovault.domain.vehicles import VehicleId
from motovault.storage.sql import make_engine


@pytest.fixture
def car_id(postgres_database: str) -> VehicleId:
    db_engine = make_engine(postgres_database)
    garage = motovault.open_vault(engine=db_engine).garage("ana")
    car = garage.vehicles.add(license_plate="AB 123")
    garage.fuel_logs.add(car.id, filled_at=datetime(2026, 1, 1, tzinfo=UTC), odometer="100", volume="10")
    db_engine.dispose()
    return car.id


@pytest.fixture
def replica(postgres_database: str, car_id: VehicleId) -> Iterator[motovault.Vault]:
    db_engine = make_engine(f"{postgres_database}&options=-c%20default_transaction_read_only%3Don")
    yield motovault.open_vault(engine=db_engine)
    db_engine.dispose()


def test_what_only_reads_needs_no_primary(replica: motovault.Vault, car_id: VehicleId) -> None:
    garage = replica.garage("ana")
    assert [car.id for car in garage.vehicles.list()] == [car_id]
    assert garage.vehicles.get(car_id).id == car_id
    assert garage.vehicles.count() == 1
    assert len(garage.fuel_logs.list(car_id)) == 1
    assert garage.fuel_logs.economy(car_id) is not None
    assert garage.fuel_logs.statistics(car_id) is not None
    assert garage.odometer.current(car_id) is not None
    with garage.transaction():
        assert garage.vehicles.count() == 1


def test_a_write_is_refused_and_says_why(replica: motovault.Vault, car_id: VehicleId) -> None:
    garage = replica.garage("ana")
    for write in (
        lambda: garage.vehicles.add(license_plate="CD 456"),
        lambda: garage.vehicles.change(car_id, nickname="Daily"),
        garage.preferences.get,  # of a user who has none yet: the defaults would be kept
    ):
        with pytest.raises(motovault.StorageFailure, match="25006"):
            write()
    assert garage.vehicles.get(car_id).nickname is None
