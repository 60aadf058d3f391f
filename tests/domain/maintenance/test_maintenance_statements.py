"""A report of a garage asks each table once, however many vehicles stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

import motovault
from motovault.storage.sql import make_engine
from motovault.testing.clock import FrozenClock
from motovault.vault import Garage

CLOCK = FrozenClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
OIL: dict[str, Any] = {"category": "routine_maintenance", "subtypes": ["Engine Oil"]}


@pytest.fixture(params=["sqlite_file", "shared_postgres_url"])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    db_engine = make_engine(request.getfixturevalue(request.param))
    with db_engine.connect() as opened:
        yield opened
    db_engine.dispose()


def fill(garage: Garage, vehicles: int) -> None:
    for _ in range(vehicles):
        car = garage.vehicles.add(license_plate="AB 1")
        garage.maintenance.apply_template(car.id, "motorcycle", last_service_date=date(2025, 1, 1))
        garage.maintenance.add(car.id, **OIL, service_date=date(2026, 1, 1), odometer=5000, cost=5)
        garage.fuel_logs.add(car.id, filled_at=CLOCK.now(), odometer=6000, volume=1)


def asked(connection: sa.Connection, call: Callable[[], object]) -> list[str]:
    """The statements that a call sends, a host's connection being where they can all be heard."""
    heard: list[str] = []

    def hear(_: Any, __: Any, statement: str, *___: Any) -> None:
        heard.append(statement)

    sa.event.listen(connection, "before_cursor_execute", hear)
    try:
        call()
    finally:
        sa.event.remove(connection, "before_cursor_execute", hear)
    return heard


@pytest.mark.parametrize("report", ["upcoming", "costs"])
def test_a_garage_costs_as_many_statements_as_a_vehicle(connection: sa.Connection, report: str) -> None:
    garage = motovault.open_vault(connection=connection, clock=CLOCK).garage("ana")
    call = getattr(garage.maintenance, report)
    fill(garage, 1)
    one = asked(connection, call)
    fill(garage, 11)
    many = asked(connection, call)
    assert len(many) == len(one) <= 7
    assert len(set(many)) == len(many), "the same question twice"
    assert all(text.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")) for text in many)
    assert len(call().by_vehicle if report == "costs" else {item.vehicle_id for item in call()}) == 12
