"""Bringing in a catalogue of vehicles: ``python benchmarks/catalogue.py [--quick]``.

Into empty tables with all their indexes and foreign keys, in one transaction.
Raw COPY gets rows that lie ready as tuples, engines and transmissions with ids
that are known; we get a CSV file, check each cell, give ids to names, leave out
what comes twice, and would leave out what is kept already.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import databases as db
import psycopg
from measuring import Measure, command, compared, in_turn

from motovault import open_vault
from motovault.domain.platform import EngineSpec, TransmissionSpec
from motovault.importers.catalogue import open_catalogue
from motovault.testing.catalogue import catalogue_options, write_catalogue

OURS = "vault.import_catalogue(), a CSV file"
AGAIN = "the same file again"
REPLACING = "the same file again, replace=True"
ENTITIES = "vault.catalogue.import_options(), entities that lie ready"
READING = "reading the file alone"
TEXT = "raw COPY, text"
BINARY = "raw COPY, binary"
TABLES = "vehicle_options, engines, transmissions"
ENGINE = "id, name, displacement, configuration, fuel_type, created_at, updated_at"
TRANSMISSION = "id, type, drive_type, created_at, updated_at"
OPTION = "year, make, model, trim, engine_id, transmission_id, created_at, updated_at"
TYPES = {
    ENGINE: ["int4", "text", "text", "text", "text", "timestamp", "timestamp"],
    TRANSMISSION: ["int4", "text", "text", "timestamp", "timestamp"],
    OPTION: ["int4", "text", "text", "text", "int4", "int4", "timestamp", "timestamp"],
}

Rows = list[tuple[Any, ...]]


def measure(quick: bool) -> list[Measure]:
    """The ratios."""
    count, rounds = (500, 2) if quick else (100_000, 5)
    with tempfile.TemporaryDirectory(prefix="motovault-") as folder:
        path = Path(folder) / "catalogue.csv"
        write_catalogue(path, catalogue_options(count))
        return [*on_postgresql(path, count, rounds), *on_sqlite(path, Path(folder), count, rounds)]


def tuples(path: Path) -> dict[str, Rows]:
    """The rows of the three tables, as they come to be kept."""
    now = datetime.now(UTC).replace(tzinfo=None)
    engines: dict[EngineSpec, int] = {}
    ways: dict[TransmissionSpec, int] = {}
    options: Rows = []
    with open_catalogue(path) as given:
        for one in given:
            engine = None if one.engine is None else engines.setdefault(one.engine, len(engines) + 1)
            way = one.transmission and ways.setdefault(one.transmission, len(ways) + 1)
            options.append((one.model_year, one.make, one.model, one.trim, engine, way, now, now))
    return {
        ENGINE: [
            (key, e.name, e.displacement, e.configuration, e.fuel_type, now, now)
            for e, key in engines.items()
        ],
        TRANSMISSION: [(key, t.type, t.drive_type, now, now) for t, key in ways.items()],
        OPTION: options,
    }


def on_postgresql(path: Path, count: int, rounds: int) -> list[Measure]:
    rows = tuples(path)
    options = list(catalogue_options(count))
    with db.postgres() as url, open_vault(url) as vault, db.raw(url) as raw:

        def empty() -> None:
            raw.execute(f"TRUNCATE {TABLES}".encode())
            raw.execute("CHECKPOINT")  # nobody pays for what the one before wrote

        def ours() -> None:
            assert vault.import_catalogue(path).added == count

        def entities() -> None:
            assert vault.catalogue.import_options(options).added == count

        def again(*, replace: bool) -> None:
            assert not vault.import_catalogue(path, replace=replace).is_change

        runs = {OURS: ours, TEXT: lambda: copy(raw, rows, "TEXT"), BINARY: lambda: copy(raw, rows, "BINARY")}
        times = in_turn(runs | {ENTITIES: entities}, rounds, before=empty, warm=False)
        empty()
        ours()
        repeats = {AGAIN: lambda: again(replace=False), REPLACING: lambda: again(replace=True)}
        repeated = in_turn(repeats, rounds, warm=False)
        times |= repeated | in_turn({READING: lambda: read(path, count)}, rounds)
    what = f"{count:,} options into PostgreSQL: "
    return [
        compared(times, OURS, TEXT, what=what + OURS, aim=2),
        compared(times, OURS, BINARY, what=what + OURS),
        compared(times, ENTITIES, TEXT, what=what + ENTITIES),
        compared(times, AGAIN, OURS),
        compared(times, REPLACING, OURS),
        compared(times, READING, OURS),
    ]


def copy(raw: psycopg.Connection[Any], rows: dict[str, Rows], form: str) -> None:
    """All three tables, in one transaction, as one would write it by hand."""
    tables = {ENGINE: "engines", TRANSMISSION: "transmissions", OPTION: "vehicle_options"}
    with raw.transaction(), raw.cursor() as cursor:
        for columns, table in tables.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT {form})".encode()) as into:
                if form == "BINARY":
                    into.set_types(TYPES[columns])
                for row in rows[columns]:
                    into.write_row(row)


def read(path: Path, count: int) -> None:
    with open_catalogue(path) as options:
        assert sum(1 for _ in options) == count


def on_sqlite(path: Path, folder: Path, count: int, rounds: int) -> list[Measure]:
    rows = tuples(path)[OPTION]
    insert = (
        "INSERT INTO vehicle_options (year, make, model, trim, engine_id, transmission_id, created_at,"
        " updated_at) VALUES (?, ?, ?, ?, NULL, NULL, '', '')"
    )
    by_hand = "raw executemany() of rows that lie ready, without engines and transmissions"
    import sqlite3

    with open_vault(folder / "garage.db") as vault:
        raw = sqlite3.connect(folder / "garage.db", isolation_level=None)

        def empty() -> None:
            for table in TABLES.split(", "):
                raw.execute(f"DELETE FROM {table}")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

        def ours() -> None:
            assert vault.import_catalogue(path).added == count

        def executemany() -> None:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(insert, (row[:4] for row in rows))
            raw.execute("COMMIT")

        times = in_turn({OURS: ours, by_hand: executemany}, max(2, rounds // 2), before=empty, warm=False)
        raw.close()
    return [compared(times, OURS, by_hand, what=f"{count:,} options into SQLite: {OURS}")]


if __name__ == "__main__":
    command("Bringing in a catalogue of vehicles", measure)
