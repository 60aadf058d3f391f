"""Frames out of the databases: ``python benchmarks/frames_out.py [--quick]``.

1,000,000 fuel logs of all users as one Arrow table: kilometres and litres in
floats, local dates, units and currency settled, in order. Against it stands
ADBC alone that fetches the same columns as they are stored, in the same order
and out of the same join, numbers as the text that it makes of ``numeric``. Of
SQLite, with a tenth of the rows, Python's own module fetches the same columns
as tuples. Then the same rows in batches: the most Arrow memory that was in use
at once, against that of the whole table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import databases as db
import pyarrow as pa
import sqlalchemy as sa
from measuring import Measure, command, compared, in_turn

from motovault.storage.sql import make_engine, migrate
from motovault.vault import Vault, open_vault
from tests.analysis.many import fill

COLUMNS = (
    *("f.user_id", "f.vehicle_id", "f.id", "f.date_time", "p.time_zone", "p.unit_system", "v.distance_unit"),
    *("f.tank", "f.fuel_type", "f.fuel_grade", "f.location_data", "f.odometer_unit", "f.fuel_unit"),
    *("f.odometer", "f.trip_distance", "f.excluded_distance", "f.fuel_units", "f.cost_per_unit"),
    *("f.total_cost", "f.currency_code", "p.currency_code", "f.is_full_tank", "f.missed_previous"),
    *("f.is_towing", "f.charge_start_percent", "f.charge_end_percent", "f.source"),
)
JOIN = (
    "FROM vehicles v {join} fuel_logs f ON f.vehicle_id = v.id AND f.user_id = v.user_id "
    "LEFT JOIN user_preferences p ON p.user_id = v.user_id "
    "WHERE v.deleted_at IS NULL AND v.is_active IS NOT FALSE ORDER BY v.id, f.date_time, f.id"
)
FRAME = "vault.frames.fuel_logs()"
EXACT = "vault.frames.fuel_logs(numbers='decimal')"
ADBC = "ADBC alone, the same columns as they are"
TUPLES = "sqlite3 tuples alone, the same columns as they are"


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count, rounds = (1_000, 1) if quick else (1_000_000, 5)
    return [*of_postgresql(count, rounds), *of_sqlite(max(1_000, count // 10), rounds)]


def of_postgresql(count: int, rounds: int) -> list[Measure]:
    """Against ADBC."""
    from adbc_driver_postgresql import dbapi

    sql = f"SELECT {', '.join(COLUMNS)} {JOIN.format(join='JOIN')}"
    with db.postgres() as url, open_vault(url) as vault:
        db.info(f"PostgreSQL: {count:,} rows")
        fill(url, count)
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)

        def by_adbc() -> pa.Table:
            with dbapi.connect(plain) as connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetch_arrow_table()

        assert by_adbc().num_rows == vault.frames.fuel_logs(backend="pyarrow").num_rows == count
        times = in_turn(
            {FRAME: lambda: frame(vault), EXACT: lambda: frame(vault, "decimal"), ADBC: by_adbc}, rounds
        )
        return [
            compared(times, FRAME, ADBC, what=f"{count:,} rows of PostgreSQL: {FRAME}", aim=1.3),
            compared(times, EXACT, ADBC),
            memory(vault, count, "PostgreSQL"),
        ]


def of_sqlite(count: int, rounds: int) -> list[Measure]:
    """Against Python's module."""
    sql = f"SELECT {', '.join(COLUMNS)} {JOIN.format(join='CROSS JOIN')}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "garage.db"
        db_engine = make_engine(path)
        migrate.upgrade(db_engine)
        db_engine.dispose()
        db.info(f"SQLite: {count:,} rows")
        fill(str(path), count)
        with open_vault(path) as vault:
            raw: Any = make_engine(path)

            def tuples() -> list[Any]:
                with raw.connect() as connection:
                    return list(connection.connection.dbapi_connection.execute(sql).fetchall())

            assert len(tuples()) == frame(vault).num_rows == count
            times = in_turn({FRAME: lambda: frame(vault), TUPLES: tuples}, rounds)
            found = [
                compared(times, FRAME, TUPLES, what=f"{count:,} rows of SQLite: {FRAME}"),
                memory(vault, count, "SQLite"),
            ]
            raw.dispose()
    return found


def frame(vault: Vault, numbers: Any = "float") -> Any:
    """The whole table."""
    return vault.frames.fuel_logs(backend="pyarrow", numbers=numbers)


def memory(vault: Vault, count: int, where: str) -> Measure:
    """The most that batches had of Arrow's memory, in parts of what the table has."""
    table = frame(vault)
    whole = table.nbytes
    del table
    before, most = pa.total_allocated_bytes(), 1
    for _ in vault.frames.batches(rows=max(100, count // 100)):
        most = max(most, pa.total_allocated_bytes() - before)
    detail = f"{most / 2**20:.1f} / {whole / 2**20:.1f} MiB of Arrow"
    return Measure(f"memory of batches, {where}", "the whole table", most / whole, None, detail)


if __name__ == "__main__":
    command("Frames out of the databases", measure)
