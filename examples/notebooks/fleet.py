# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A fleet, on DuckDB and on Spark
#
# The rules that work for one car work for a hundred thousand: `analysis.economy` is one definition, and takes
# the frame of whatever engine holds the data. This notebook runs it on three of them and compares the bits.
#
# Needs `pip install 'motovault[analysis,duckdb,testing]'`; the cell for Spark also `'motovault[spark]'` and
# Java 17. How to go on to ten million fill-ups and to a cluster: `docs/how-to/fleet.md`.

# %%
import importlib.util
import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import polars as pl

from motovault import analysis
from motovault.analysis.charts import fleet_chart
from motovault.testing.fleet import write_fleet

FILLS = int(os.environ.get("FLEET_FILLS", "20000"))  # a few millions fit into a laptop

# %% [markdown]
# ## A fleet to play with
#
# The generator drives made-up vehicles of sixteen models in five countries, forgets slips, misreads odometers
# and stops pumps early, as people do. It writes Parquet: a folder of fuel logs, by vehicle, then time.

# %%
scratch = tempfile.TemporaryDirectory()
files = write_fleet(Path(scratch.name) / "fleet", FILLS, files=4)
pattern = str(files.fuel_logs / "*.parquet")
vehicles = pl.read_parquet(files.vehicles)
print(f"{files.rows} fuel logs of {vehicles.height} vehicles")

# %% [markdown]
# ## Polars
#
# Give it a lazy frame and it stays lazy until you collect.

# %%
begin = time.perf_counter()
intervals = analysis.economy(pl.scan_parquet(pattern)).collect()
print(f"Polars: {intervals.height} intervals in {time.perf_counter() - begin:.1f} s")
intervals.select(
    "vehicle_id", "closed_on", "distance_km", "volume_l", "economy", "economy_unit", "void"
).head()

# %% [markdown]
# Not every interval has a figure; why not is said:

# %%
intervals.group_by("void").len().sort("len", descending=True)

# %% [markdown]
# ## DuckDB
#
# The same function takes a relation, and gives one: nothing runs until its rows are asked for.

# %%
begin = time.perf_counter()
with duckdb.connect() as connection:
    relation = analysis.economy(connection.read_parquet(pattern))
    from_duckdb = relation.pl()
print(f"DuckDB: {from_duckdb.height} intervals in {time.perf_counter() - begin:.1f} s")
print("DuckDB gives the same bits:", from_duckdb.equals(intervals))

# %% [markdown]
# The same *bits*, not nearly the same numbers: amounts are whole numbers while they are added (an order of
# adding cannot matter), and a float appears once, in the last division.
#
# ## Spark
#
# On one machine Spark is the slowest of the three, since it is made for many. What counts is that the same
# line runs there. With the address of a cluster in `SPARK_REMOTE` (`sc://host:15002`), that cluster does the
# work; it must be able to read the files.

# %% tags=["spark"]
if importlib.util.find_spec("pyspark") is None:
    from_spark = None
    print("Spark is left out: pyspark is not installed")
elif "SPARK_REMOTE" not in os.environ and shutil.which("java") is None:
    from_spark = None
    print("Spark is left out: there is no Java on this machine, and SPARK_REMOTE names no cluster")
else:
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder if "SPARK_REMOTE" in os.environ else SparkSession.builder.master("local[*]")
    )
    spark = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    begin = time.perf_counter()
    frame = analysis.economy(spark.read.parquet(str(files.fuel_logs)))
    from_spark = pl.from_arrow(frame.toArrow())
    print(f"Spark: {from_spark.height} intervals in {time.perf_counter() - begin:.1f} s")
    # on a cluster vehicles come in no order, the intervals of each as driven
    from_spark = from_spark.sort("vehicle_id", "tank", maintain_order=True)
    print("Spark gives the same bits:", from_spark.equals(intervals))
    spark.stop()

# %% [markdown]
# ## Who drives thriftily?
#
# A lorry is no bad Civic, and a Civic of 2008 is no bad one of 2022. `ranking` compares each vehicle with its
# peers: same make, model and year where there are enough of them, else fewer conditions. 100 is best of all.

# %%
ranked = analysis.ranking(intervals, vehicles, min_peers=3)
columns = [
    "title",
    "economy",
    "economy_unit",
    "peer_group",
    "peer_median",
    "difference_percent",
    "percentile",
]
with_peers = ranked.filter(pl.col("peer_group") != "fleet")  # some have nobody like them
with_peers.sort("difference_percent", descending=True).select(columns).head(5)

# %% [markdown]
# These five burn most beyond what is usual for their like: look at tyres, brakes, routes and drivers first.
#
# ## The whole fleet in one picture

# %%
fleet_chart(intervals, vehicles, title="A fleet of sixteen models")

# %%
scratch.cleanup()
