"""Frames as Parquet: what is read back is the frame, and nothing half looks whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import motovault
from motovault.analysis.parquet import bucket_of
from motovault.errors import InvalidValue, StorageFailure

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("fuel_logs", "intervals", "maintenance", "odometer", "vehicles")


@pytest.fixture(scope="module")
def vault() -> Iterator[motovault.Vault]:
    vault = motovault.open_vault("memory:")
    for user in ("ana", "bob"):
        garage = vault.garage(user)
        for number in range(5):
            car = garage.vehicles.add(license_plate=f"AB {number}")
            for day in range(4):
                garage.fuel_logs.add(
                    car.id,
                    filled_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=7 * day),
                    odometer=10_000 + 300 * day,
                    volume="10",
                )
    yield vault
    vault.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("numbers", ["float", "decimal"])
def test_a_file_reads_back_as_the_frame(
    vault: motovault.Vault, tmp_path: Path, name: Any, numbers: Any
) -> None:
    path = tmp_path / "out.parquet"
    frame = getattr(vault.frames, name)(backend="pyarrow", numbers=numbers)
    assert vault.frames.to_parquet(path, name, numbers=numbers) == frame.num_rows
    assert pq.read_table(path).equals(frame)
    assert pl.read_parquet(path).equals(pl.from_arrow(frame))
    if frame.num_rows:
        assert {pq.ParquetFile(path).metadata.row_group(0).column(0).compression} == {"ZSTD"}
    assert duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall() == [(frame.num_rows,)]
    assert [one.name for one in tmp_path.iterdir()] == ["out.parquet"]


def test_in_partitions_each_vehicle_is_in_one_in_its_order(vault: motovault.Vault, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    frame = vault.frames.fuel_logs()
    assert vault.frames.to_parquet(folder, partition_by="vehicle", partitions=3) == len(frame) == 40
    seen: set[str] = set()
    for part in sorted(folder.glob("bucket=*/part.parquet")):
        found = pl.DataFrame(pq.ParquetFile(part).read())
        vehicles = set(found["vehicle_id"])
        assert not vehicles & seen
        seen |= vehicles
        assert found.equals(frame.filter(pl.col("vehicle_id").is_in(vehicles)))
        assert {bucket_of(vehicle, 3) for vehicle in vehicles} == {int(part.parent.name[7:])}
    assert seen == set(frame["vehicle_id"])
    order = ["vehicle_id", "filled_at", "id"]
    whole = pl.read_parquet(folder / "**/*.parquet", hive_partitioning=True).drop("bucket").sort(order)
    assert whole.equals(frame)
    rows = duckdb.sql(
        f"SELECT id, odometer_km FROM '{folder}/*/*.parquet' ORDER BY vehicle_id, filled_at, id"
    ).fetchall()
    assert rows == frame.select("id", "odometer_km").rows()


def test_ours_is_written_anew_and_what_is_not_ours_is_left(vault: motovault.Vault, tmp_path: Path) -> None:
    frames = vault.frames
    path, folder = tmp_path / "a.parquet", tmp_path / "b"
    for _ in range(2):
        assert frames.to_parquet(path) == 40
        assert frames.to_parquet(folder, partition_by="vehicle") == 40
    path.write_bytes(b"mine")
    with pytest.raises(InvalidValue, match="not ours"):
        frames.to_parquet(path)
    assert path.read_bytes() == b"mine"
    assert frames.to_parquet(path, overwrite=True) == 40
    (folder / "letter.txt").write_text("dear")
    for overwrite in (False, True):
        with pytest.raises(InvalidValue, match=r"other things in it.*letter\.txt"):
            frames.to_parquet(folder, partition_by="vehicle", overwrite=overwrite)
    foreign = tmp_path / "c"
    foreign.mkdir()
    (foreign / "x.parquet").write_bytes(b"")
    with pytest.raises(InvalidValue, match="other things"):
        frames.to_parquet(foreign, partition_by="vehicle")
    assert frames.to_parquet(foreign, partition_by="vehicle", overwrite=True) == 40
    with pytest.raises(InvalidValue, match="is a folder"):
        frames.to_parquet(folder)
    with pytest.raises(InvalidValue, match="is a file"):
        frames.to_parquet(path, partition_by="vehicle")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.parquet", "b", "c"]


@pytest.mark.parametrize("partition_by", [None, "vehicle"])
def test_a_place_where_nothing_can_be_written_is_refused_by_name(
    vault: motovault.Vault, tmp_path: Path, partition_by: Any
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    for path in (b"a\0b".decode(), 5, tmp_path / "pipe"):
        with pytest.raises(InvalidValue, match="path"):
            vault.frames.to_parquet(path, partition_by=partition_by)
    for path in (tmp_path / ("a" * 300), tmp_path / "file" / "x"):
        with pytest.raises(StorageFailure, match="cannot be written"):
            vault.frames.to_parquet(path, partition_by=partition_by)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "pipe"]


@pytest.mark.parametrize("partition_by", [None, "vehicle"])
def test_what_a_link_leads_to_is_replaced_and_a_long_name_is_no_hindrance(
    vault: motovault.Vault, tmp_path: Path, partition_by: Any
) -> None:
    (tmp_path / "link").symlink_to("there")
    for name in ("link", "link", "a" * 250):
        assert vault.frames.to_parquet(tmp_path / name, partition_by=partition_by) == 40
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there").exists()
    assert len(list(tmp_path.iterdir())) == 3


def test_the_folder_that_the_program_works_in_is_not_taken_from_under_it(
    vault: motovault.Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue, match="works in"):
        vault.frames.to_parquet(".", partition_by="vehicle")


def test_partitions_without_a_row_say_which_columns_there_would_be(tmp_path: Path) -> None:
    frames = motovault.open_vault("memory:").frames
    assert frames.to_parquet(tmp_path / "none", partition_by="vehicle") == 0
    assert pl.read_parquet(tmp_path / "none/*/*.parquet").schema == frames.fuel_logs().schema


def test_an_error_on_the_way_leaves_what_was_there(
    vault: motovault.Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.parquet"
    vault.frames.to_parquet(path)
    before = path.read_bytes()
    frames = vault.frames

    def broken(*_: object) -> Iterator[pa.RecordBatch]:
        yield next(vault.frames.batches(rows=3))
        raise StorageFailure("gone")

    monkeypatch.setattr(frames, "_batches", broken)
    for options in ({}, {"partition_by": "vehicle"}):
        target = path if not options else tmp_path / "folder"
        with pytest.raises(StorageFailure, match="gone"):
            frames.to_parquet(target, **options)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.parquet"]
    with pytest.raises(StorageFailure, match="cannot be written"):
        vault.frames.to_parquet(tmp_path / "no" / "such" / "folder.parquet")


@pytest.mark.parametrize("partition_by", [None, "vehicle"])
def test_killed_in_the_middle_nothing_looks_whole(tmp_path: Path, partition_by: str | None) -> None:
    program = f"""
import time, motovault
from motovault.analysis.frames import Frames
from tests.analysis.test_frames_parquet import slowly
Frames(slowly).to_parquet({str(tmp_path / "out.parquet")!r}, "vehicles", partition_by={partition_by!r})
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not any(tmp_path.rglob(".out*")) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    finally:
        process.kill()
    left = [one.name for one in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].startswith(".out.parquet.")
    assert left[0].endswith(".tmp")
    assert not (tmp_path / "out.parquet").exists()
    vault = motovault.open_vault("memory:")
    vault.garage("ana").vehicles.add(license_plate="X")
    options: Any = {} if partition_by is None else {"partition_by": partition_by}
    assert vault.frames.to_parquet(tmp_path / "out.parquet", "vehicles", **options) == 1
    assert os.path.exists(tmp_path / "out.parquet")


def slowly(name: str, vehicle_id: Any, *, exact: bool, rows: int) -> Iterator[pa.RecordBatch]:
    """A table that takes for ever, for the test above."""
    from motovault.analysis.tables import table_batches

    number = 0
    while True:
        car = f"00000000-0000-7000-8000-{number:012x}"
        yield from table_batches(name, [("ana", car, *[None] * 9, "km")], rows)
        number += 1
        time.sleep(0.01)
