"""One fleet, three engines, one definition: ``python fleet_spark.py [fills] [engine ...]``.

Needs motovault[analysis,duckdb,testing], for Spark motovault[spark] and Java 17. A cluster's address in
SPARK_REMOTE (``sc://host:15002``) takes that one; it must be able to read and write the folder."""

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
    fills = duckdb.connect().read_parquet(f"{logs}/*.parquet")
    analysis.economy(fills).write_parquet(str(found / "all.parquet"))


def in_spark(logs: Path, found: Path) -> None:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder  # which takes the address in SPARK_REMOTE by itself
    if "SPARK_REMOTE" not in os.environ:
        builder = builder.master("local[*]").config("spark.driver.memory", "4g")
    spark = builder.config("spark.sql.shuffle.partitions", "8").getOrCreate()
    analysis.economy(spark.read.parquet(str(logs))).write.parquet(str(found), mode="overwrite")
    spark.stop()


def main(fills: int = 10_000, *engines: str) -> None:
    runs = {"polars": in_polars, "duckdb": in_duckdb, "spark": in_spark}
    if not (find_spec("pyspark") and (shutil.which("java") or "SPARK_REMOTE" in os.environ)):
        print(f"left out: {runs.popitem()[0]}, which needs pyspark and Java, or a cluster")
    with tempfile.TemporaryDirectory() as scratch:
        files = write_fleet(Path(scratch) / "fleet", fills, files=max(4, fills // 200_000))
        for name in engines or runs:
            (found := Path(scratch) / name).mkdir()
            begin = time.perf_counter()
            runs[name](files.fuel_logs, found)
            print(f"{name}: {time.perf_counter() - begin:.1f} s", file=sys.stderr)
            rows = pl.scan_parquet(found / "*.parquet")
            hashed = rows.select(pl.len(), pl.struct(pl.all()).hash().sum()).collect(engine="streaming")
            print("{}: {} intervals, {:016x}".format(name, *hashed.row(0)))  # alike where all bits are


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
