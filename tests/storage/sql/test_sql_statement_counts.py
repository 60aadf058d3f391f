"""Reports on a whole garage ask once a table, however many vehicles there are: the database says so.

What is executed is counted where it happens: by the connection itself on
SQLite, by every cursor of psycopg on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine
from motovault.testing.clock import FrozenClock
from motovault.testing.examples import NOON
from motovault.vault import Garage, Vault, open_vault


@pytest.fixture
def executed(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Vault, list[str]]]:
    """A vault, and every statement that its database is given."""
    seen: list[str] = []
    db_engine = make_engine(migrated_url)
    if db_engine.dialect.name == "sqlite":

        @sa.event.listens_for(db_engine, "connect")
        def trace(connection: sqlite3.Connection, _: object) -> None:
            connection.set_trace_callback(seen.append)
    else:
        for kind in (psycopg.Cursor, psycopg.ServerCursor):
            plain = kind.execute

            def execute(self: Any, query: Any, *args: Any, _plain: Any = plain, **more: Any) -> Any:
                seen.append(str(query))
                return _plain(self, query, *args, **more)

            monkeypatch.setattr(kind, "execute", execute)
    yield open_vault(engine=db_engine, clock=FrozenClock(NOON)), seen
    db_engine.dispose()


def grow(garage: Garage, vehicle_count: int) -> None:
    """Vehicles with three schedules, two fuel logs and a maintenance log each."""
    today = NOON.date()
    for _ in range(vehicle_count):
        car = garage.vehicles.add(license_plate=f"CAR {garage.vehicles.count()}")
        for ago in (60, 1):
            garage.fuel_logs.add(
                car.id,
                filled_at=NOON - timedelta(days=ago),
                odometer=10_000 - 30 * ago,
                volume=10,
                price_per_unit=3,
            )
        for number, subtype in enumerate(("Tires", "Coolant", "Engine Oil")):
            garage.maintenance.add_schedule(
                car.id,
                category="routine_maintenance",
                subtypes=[subtype],
                interval_months=6 + number,
                interval_distance=3000,
                last_service_date=date(2024, 1, 1),
                last_service_odometer=7000,
            )
        garage.maintenance.add(
            car.id,
            category="routine_maintenance",
            subtypes=["Tires"],
            service_date=today - timedelta(days=5),
            odometer=9_800,
            cost="40",
        )


REPORTS: dict[str, tuple[Callable[[Garage], object], set[str]]] = {
    "upcoming": (
        lambda garage: garage.maintenance.upcoming().as_dict(),
        {"vehicles", "maintenance_schedules", "odometer", "user_preferences"},
    ),
    "costs": (
        lambda garage: garage.maintenance.costs().as_dict(),
        {"vehicles", "maintenance_logs", "odometer", "user_preferences"},
    ),
    "calendar": (
        lambda garage: garage.calendar(),
        {"vehicles", "maintenance_schedules", "odometer", "user_preferences"},
    ),
}


def _about(statement: str) -> str:
    """Which table a query reads first; the one over three tables is the odometer's."""
    words = statement.replace("\n", " ")
    if "UNION ALL" in words:
        return "odometer"
    return words.split(" FROM ", 1)[1].split()[0].strip('"')


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_asks_once_a_table_and_not_once_a_vehicle(
    executed: tuple[Vault, list[str]], report: str
) -> None:
    vault, seen = executed
    ask, tables = REPORTS[report]
    garage = vault.garage("ana")
    asked: list[list[str]] = []
    for more in (3, 27):  # 3 vehicles, then 30
        grow(garage, more)
        ask(garage)  # whatever a connection asks once, it has asked
        seen.clear()
        ask(garage)
        asked.append([text for text in seen if "SELECT" in text.upper()])
    few, many = asked
    assert sorted(map(_about, few)) == sorted(tables)
    assert len(many) == len(few)
    assert garage.vehicles.count() == 30


def test_the_count_sees_one_query_a_vehicle_where_there_is_one(executed: tuple[Vault, list[str]]) -> None:
    vault, seen = executed
    garage = vault.garage("ana")
    grow(garage, 3)
    seen.clear()
    for vehicle in garage.vehicles.list():
        garage.maintenance.upcoming(vehicle.id)
    assert len([text for text in seen if "maintenance_schedules" in text]) == 3
