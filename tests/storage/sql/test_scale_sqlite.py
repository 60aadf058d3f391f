"""SQLite finds the rows of every statement by an index too, whatever their number."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from motovault.storage.sql import make_engine
from motovault.storage.sql.columns import encode
from motovault.storage.sql.fuel_logs import FUEL_LOGS
from motovault.storage.sql.statements import Statement
from tests.storage.sql import scale

STATEMENTS: Final = scale.statements()

SMALL_SCANS: Final = {"SCAN CONSTANT ROW", "SCAN years", "SCAN spellings VIRTUAL TABLE INDEX 1:"}
"""In SQLite: one row, the years of the catalogue that were found so far, the spellings of one name."""


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_reads_no_growing_table_from_end_to_end(sqlite_path: Path, name: str) -> None:
    found = _sqlite_plan(sqlite_path, STATEMENTS[name])
    assert [step for step in found if step.startswith("SCAN ") and step not in SMALL_SCANS] == []


def test_a_statement_without_an_index_is_noticed_in_sqlite(sqlite_path: Path) -> None:
    lazy = Statement(sa.select(FUEL_LOGS).where(FUEL_LOGS.c.notes == sa.bindparam("notes")), "notes")
    assert _sqlite_plan(sqlite_path, lazy) == ["SCAN fuel_logs"]


def _sqlite_plan(path: Path, statement: Statement) -> list[str]:
    compiled = statement.compiled("sqlite")
    args = encode(compiled.bind((None,) * len(scale.parameters(statement))))
    db_engine = make_engine(path)
    try:
        with db_engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled.text}", args)
            # SQLite before 3.36 says TABLE as well
            return [row[-1].replace("SCAN TABLE ", "SCAN ") for row in rows]
    finally:
        db_engine.dispose()
