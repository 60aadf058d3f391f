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
# # One car, from a Fuelio export
#
# Years of paper slips end up in a phone, and the phone can export them. This notebook takes such an
# export and answers: what does the car really burn, is it getting worse, which entries look wrong, and
# what happened to the price at the pump?
#
# Needs `pip install 'motovault[analysis]'`. The export is the one that comes with motovault, of a made-up
# Mazda; put the path of your own in its place.

# %%
from importlib.resources import files

import polars as pl

import motovault
from motovault import analysis

EXPORT = files("motovault.cli") / "demo_log.csv"

garage = motovault.open_vault("memory:").garage("ana")  # "garage.db" instead keeps it
plan = garage.plan_import(EXPORT.read_bytes(), name="demo_log.csv")
print(
    f"{plan.format}: {plan.counts.fuel_logs} fuel logs, {plan.counts.first_date} to {plan.counts.last_date}"
)
print(f"{plan.counts.partial} partial fills, {plan.counts.missed} missed, {len(plan.findings)} findings")

# %% [markdown]
# A plan has read the file and kept nothing: look at what it found, then apply it. The same export a second
# time adds nothing, so it does no harm to bring in each new one whole.

# %%
first = garage.apply(plan)
second = garage.apply(plan)
(car,) = garage.vehicles.list()
print(f"{car.title}: {first.added} fuel logs added, the second time {second.added}")

# %% [markdown]
# ## What it burns
#
# A tank that is filled to the brim measures what was burnt since it was last full: an *interval*. A partial
# fill in between belongs to the same interval. Where a fill-up was missed or the odometer went back, there is
# no honest figure, and the interval is *void* rather than wrong. The average is all distance over all fuel,
# never a mean of figures.

# %%
report = garage.fuel_logs.economy(car.id)
report

# %%
garage.charts.economy(car.id)

# %% [markdown]
# Three lines make this picture: open a vault, bring in a file, `garage.charts.economy`.
#
# Two stretches have no figure at all. Who is to blame, the engine or the typist?
#
# ## Entries that look wrong
#
# As a frame, each interval is a row, and units stand in the names of the columns. `garage.frames` gives
# Polars; `backend="pandas"` or `"pyarrow"` gives those.

# %%
intervals = garage.frames.intervals(car.id, economy_unit="mpg_us")
intervals.select("opened_on", "closed_on", "distance_km", "volume_l", "economy", "cost", "void").tail(8)

# %% [markdown]
# Void intervals say why they are void:

# %%
void = intervals.filter(pl.col("void").is_not_null()).select("opened_on", "closed_on", "void")
void

# %% [markdown]
# The others are compared with the car's own median. Not with its mean, which a slip has already moved; and
# by ratio, since half as much and twice as much are the same mistake. An empty table is good news: what
# would have been absurd is void already. Here are the three
# that stand out most.

# %%
judged = analysis.outliers(intervals)
print("outliers:", judged["is_outlier"].sum())
most = judged.sort(pl.col("deviation").abs(), descending=True, nulls_last=True)
most.select("closed_on", "economy", "median", "deviation").head(3)

# %% [markdown]
# And a reading of the odometer below the one before, with the one that is to blame:

# %%
back = analysis.rollbacks(garage.frames.odometer(car.id))
back.select("read_on", "odometer_km", "previous_km", "drop_km")

# %% [markdown]
# Correct them in the app and import again, or leave them: no average above counts a void interval.
#
# ## Is it getting worse?
#
# A rolling figure pools the distance and the fuel of the last few intervals.

# %%
rolling = analysis.rolling_economy(intervals, last_n=5).filter(pl.col("void").is_null())
by_month = analysis.rollup(intervals, "month")
print(f"five intervals up to {rolling['closed_on'][4]}: {rolling['rolling_economy'][4]:.1f} mpg")
print(f"five intervals up to {rolling['closed_on'][-1]}: {rolling['rolling_economy'][-1]:.1f} mpg")
by_month.select("year", "month", "interval_count", "distance_km", "economy", "cost", "cost_per_km").tail(6)

# %% [markdown]
# Winter costs some miles a gallon in most cars, so compare a month with the same month a year ago.
#
# ## The price at the pump

# %%
prices = analysis.price_history(garage.frames.fuel_logs(car.id), by="year", fuel_unit="us_gal")
prices.select("year", "currency_code", "fuel_unit", "fill_count", "price", "price_min", "price_max")

# %% [markdown]
# A lowest price a tenth of the highest is no bargain, but a slip of the decimal point. Which log is it?

# %%
logs = garage.frames.fuel_logs(car.id)
cheapest = logs.sort("price_per_unit", nulls_last=True).select(
    "local_date", "location", "price_per_unit", "total_cost"
)
cheapest.head(1)

# %% [markdown]
# ## And in money

# %%
garage.charts.cost(car.id)
