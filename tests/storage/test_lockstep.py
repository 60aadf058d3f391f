"""Memory, SQLite and PostgreSQL answer every run of calls alike."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings

from motovault.domain.maintenance import MaintenanceScheduleRepository
from motovault.ports import UserId
from motovault.storage.memory import MemoryStore, MemoryUnitOfWork
from motovault.storage.sql import SqlStore, make_engine
from motovault.testing.lockstep import run_lockstep
from tests.storage.sql.stores import sqlite_path

__all__ = ["sqlite_path"]

_default = settings()
# A run on a database costs a hundred times one in memory; the deep profile asks for more.
_runs = settings(
    max_examples=max(10, _default.max_examples // 4),
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)


def test_memory_agrees_with_itself() -> None:
    """The machine's own test: a difference found here would be a fault of the machine."""
    run_lockstep(MemoryStore, MemoryStore)


class CaseBlind(MemoryStore):
    """Takes users for the same whose names differ in case."""

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> MemoryUnitOfWork:
        return super().unit_of_work(UserId(user_id.lower()), atomic=atomic)


class NeverAtomic(MemoryStore):
    """Keeps what was written before the error."""

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> MemoryUnitOfWork:
        return super().unit_of_work(user_id, atomic=False)


class WholeOnly(MemoryStore):
    """Does not know parts: an error in one undoes nothing of it."""

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> MemoryUnitOfWork:
        unit = super().unit_of_work(user_id, atomic=atomic)
        unit.join = lambda *, atomic=False: contextlib.nullcontext(unit)  # type: ignore[method-assign,assignment]
        return unit


class _WithoutLists(MemoryUnitOfWork):
    @property
    def maintenance_schedules(self) -> MaintenanceScheduleRepository:
        kept = super().maintenance_schedules
        kept.list_for_garage = list  # type: ignore[method-assign]
        return kept


class WithoutGarageList(MemoryStore):
    """Has no schedule in the garage."""

    def unit_of_work(self, user_id: UserId, *, atomic: bool = False) -> MemoryUnitOfWork:
        return _WithoutLists(super().unit_of_work(user_id, atomic=atomic)._scope)


@pytest.mark.parametrize("faulty", [CaseBlind, NeverAtomic, WholeOnly, WithoutGarageList])
def test_a_faulty_store_is_found_out(faulty: type[MemoryStore]) -> None:
    quick = settings(
        max_examples=300,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError, match=r"answers|==|swallows"):
        run_lockstep(MemoryStore, faulty, settings=quick)


def test_memory_and_sqlite_agree(sqlite_path: Path) -> None:
    db_engine = make_engine(sqlite_path)

    def empty() -> SqlStore:
        _delete_all(db_engine)
        return SqlStore(db_engine)

    try:
        run_lockstep(MemoryStore, empty, settings=_runs)
    finally:
        db_engine.dispose()


def test_memory_and_postgres_agree(postgres_database: str) -> None:
    db_engine = make_engine(postgres_database)

    def empty() -> SqlStore:
        _delete_all(db_engine)
        return SqlStore(db_engine)

    try:
        run_lockstep(MemoryStore, empty, settings=_runs)
    finally:
        db_engine.dispose()


def _delete_all(db_engine: sa.Engine) -> None:
    with db_engine.begin() as connection:
        for table in (
            "fuel_logs",
            "maintenance_logs",
            "maintenance_schedules",
            "vehicles",
            "user_preferences",
        ):
            connection.execute(sa.text(f"DELETE FROM {table}"))
