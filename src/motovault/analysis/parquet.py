"""Frames as Parquet: one file, or a folder in which all rows of a vehicle are in one partition.

Both are written beside their place under a name that no reader takes for
Parquet, brought to the disk, and renamed. A crash leaves that, and nothing or
what was there before in the place itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.arrow_compute import compute
from motovault.errors import InvalidValue, StorageFailure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["bucket_of", "write_file", "write_folder"]

_MARK: Final = b"motovault.frame"
_MARK_FILE: Final = "_motovault.json"
_GROUP: Final = 20_000
"""Rows that a partition gathers before it writes them."""
_DIGITS: Final = 6


def bucket_of(vehicle_id: str, partitions: int) -> int:
    """The partition of a vehicle: the last six hex digits of its id, which are random in every version.

    >>> bucket_of("00000000-0000-7000-8000-00000000001f", 16)
    15
    """
    return int(vehicle_id[-_DIGITS:], 16) % partitions


def write_file(
    path: str | os.PathLike[str],
    what: str,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    *,
    overwrite: bool,
) -> int:
    """All batches in one file; how many rows."""
    with _place(path) as target:
        if target.is_dir():
            raise InvalidValue("path", str(target), "is a folder; give a file, or partition_by")
        if target.exists() and not target.is_file():
            raise InvalidValue("path", str(target), "is neither a file nor a folder")
        if target.exists() and not overwrite and not _is_our_file(target):
            rule = "is a file that is not ours: give overwrite=True to replace it"
            raise InvalidValue("path", str(target), rule)
        making = _beside(target)
        try:
            count = _write(making, what, schema, batches)
            os.replace(making, target)
        finally:
            with contextlib.suppress(OSError):  # where nothing could be made there is nothing to take away
                making.unlink()
        _settle(target.parent)
    return count


def write_folder(
    path: str | os.PathLike[str],
    what: str,
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    *,
    partitions: int,
    overwrite: bool,
) -> int:
    """All batches in a folder, ``bucket=N/part.parquet``; how many rows."""
    if type(partitions) is not int or not 1 <= partitions <= 256:
        raise InvalidValue("partitions", partitions, "must be a whole number from 1 to 256")
    with _place(path) as target:
        _check_folder(target, overwrite)
        making = _beside(target)
        before = making.with_suffix(".old")
        try:
            making.mkdir(parents=True)
            count = _spread(making, what, schema, batches, partitions)
            mark = making / _MARK_FILE
            mark.write_text(
                json.dumps({"frame": what, "rows": count, "partitions": partitions}), encoding="utf-8"
            )
            _settle(mark)
            _settle(making)
            if target.exists():
                target.rename(before)
            making.rename(target)
        finally:
            shutil.rmtree(making, ignore_errors=True)
            if before.exists():
                if target.exists():
                    shutil.rmtree(before, ignore_errors=True)
                else:
                    before.rename(target)
        _settle(target.parent)
    return count


@contextlib.contextmanager
def _place(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Where to write, at the end of a link where it is one; what the system refuses is told as ours."""
    try:
        if b"\0" in os.fsencode(path):
            raise ValueError
        target = Path(os.path.realpath(path))
    except (TypeError, ValueError):
        raise InvalidValue("path", path, "must be the path of a file or a folder") from None
    try:
        yield target
    except OSError as error:
        reason = type(error).__name__ if error.errno is None else os.strerror(error.errno)
        raise StorageFailure(f"{target} cannot be written: {reason}") from error


def _beside(target: Path) -> Path:
    # of a long name as much as leaves room for the rest
    return target.with_name(f".{target.name[:40]}.{uuid.uuid4().hex}.tmp")


def _spread(
    folder: Path, what: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch], partitions: int
) -> int:
    import pyarrow as pa

    waiting: dict[int, list[pa.RecordBatch]] = {}
    with _Writers(folder, what, schema) as writers:
        for batch in batches:
            for bucket, part in _by_bucket(batch, partitions):
                held = waiting.setdefault(bucket, [])
                held.append(part)
                if sum(map(len, held)) >= _GROUP:
                    writers.write(bucket, pa.Table.from_batches(held, schema))
                    held.clear()
        # without a row there is one part too: it says which columns there would be
        for bucket, held in (waiting or {0: []}).items():
            if held or not waiting:
                writers.write(bucket, pa.Table.from_batches(held, schema))
        return writers.rows


def _by_bucket(batch: pa.RecordBatch, partitions: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    import pyarrow as pa

    pc = compute()

    coded = batch.column("vehicle_id").dictionary_encode()
    buckets = [bucket_of(vehicle_id, partitions) for vehicle_id in coded.dictionary.to_pylist()]
    of_row = pa.array(buckets, pa.int64()).take(coded.indices)
    for bucket in dict.fromkeys(buckets):
        yield bucket, batch.filter(pc.equal(of_row, bucket))


class _Writers:
    """A file a partition, opened when it is first written to."""

    def __init__(self, folder: Path, what: str, schema: pa.Schema) -> None:
        self._folder = folder
        self._what = what
        self._schema = schema
        self._open: dict[int, Any] = {}
        self.rows = 0

    def write(self, bucket: int, table: pa.Table) -> None:
        if bucket not in self._open:
            path = self._folder / f"bucket={bucket}" / "part.parquet"
            path.parent.mkdir()
            self._open[bucket] = _writer(path, self._what, self._schema)
        self._open[bucket].write_table(table)
        self.rows += table.num_rows

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, *_: object) -> None:
        for bucket, writer in self._open.items():
            writer.close()
            _settle(self._folder / f"bucket={bucket}" / "part.parquet")
            _settle(self._folder / f"bucket={bucket}")


def _writer(path: Path, what: str, schema: pa.Schema) -> Any:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        from motovault.errors import MissingExtra

        raise MissingExtra("analysis", "pyarrow") from None
    return pq.ParquetWriter(path, schema.with_metadata({_MARK: what.encode()}), compression="zstd")


def _write(path: Path, what: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    count = 0
    with _writer(path, what, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    _settle(path)
    return count


def _settle(path: Path) -> None:
    """Bring a file to the disk, or what a folder says of its files where the system can."""
    if path.is_dir() and os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_our_file(path: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return _MARK in (pq.read_schema(path).metadata or {})
    except (pa.ArrowException, OSError):
        return False


def _check_folder(target: Path, overwrite: bool) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise InvalidValue("path", str(target), "is a file; give a folder, or no partition_by")
    if target.samefile(os.curdir):
        raise InvalidValue("path", str(target), "is the folder that the program works in; give one within it")
    held = list(target.iterdir())
    if (target / _MARK_FILE).is_file() or not held:
        others = [one.name for one in held if one.name != _MARK_FILE and not one.name.startswith("bucket=")]
    else:
        others = [one.name for one in held]
        if overwrite and all(one.suffix == ".parquet" or one.name.startswith("bucket=") for one in held):
            return
    if others:
        rule = "is a folder with other things in it, which are not replaced: " + ", ".join(sorted(others)[:3])
        raise InvalidValue("path", str(target), rule)
