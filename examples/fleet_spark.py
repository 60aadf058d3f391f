"""One fleet, three engines, one definition: ``python fleet_spark.py [fills] [engine ...]``.

Needs motovault[analysis,duckdb,testing], and for Spark motovault[spark] with Java 17. The address of a
cluster in SPARK_REMOTE (``sc://host:15002``) takes that one; it must be able to read and write the folder.
"""

import os
import shutil
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import duckdb
import polars as pl

from motovault import analysis
from motovault.testing.fleet import write_fleet


def in_polars(logs: Path, found: Path) -> None:
    for part in sorted(logs.iterdir()):  # a vehicle is in one of the files, so memory is that of one file
        analysis.economy(pl.scan_parquet(part)).collect().write_parquet(found / part.name)


def in_duckdb(logs: Path, found: Path) -> None:
    with duckdb.connect() as connection:
        fills = connection.read_parquet(f"{logs}/*.parquet")
        analysis.economy(fills).write_parquet(str(found / "all.parquet"))


def in_spark(logs: Path, found: Path) -> None:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.config("spark.sql.shuffle.partitions", "8")
    if "SPARK_REMOTE" not in os.environ:
        builder = builder.master("local[*]").config("spark.driver.memory", "4g")
    spark = builder.getOrCreate()
    analysis.economy(spark.read.parquet(str(logs))).write.parquet(str(found), mode="overwrite")
    spark.stop()


def main(fills: int = 10_000, *engines: str) -> None:
    runs = {"polars": in_polars, "duckdb": in_duckdb, "spark": in_spark}
    if not find_spec("pyspark") or not (shutil.which("java") or "SPARK_REMOTE" in os.environ):
        del runs["spark"]
        print("spark is left out: it needs pyspark, and Java or the address of a cluster")
    with tempfile.TemporaryDirectory() as scratch:
        files = write_fleet(Path(scratch) / "fleet", fills, files=max(4, fills // 200_000))
        for name in engines or runs:
            found = Path(scratch) / name
            found.mkdir()
            begin = time.perf_counter()
            runs[name](files.fuel_logs, found)
            print(f"{name}: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
            bits = pl.scan_parquet(found / "*.parquet").select(pl.len(), pl.struct(pl.all()).hash().sum())
            count, sum_of_hashes = bits.collect(engine="streaming").row(0)
            print(f"{name}: {count} intervals, {sum_of_hashes:016x}")  # alike where all bits are


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
