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
# # A family's cars: cost of ownership
#
# Three vehicles: a petrol Golf, a diesel van that lives in Switzerland and is paid for in francs, and an
# electric Zoe. What does each cost a month and a kilometre, fuel and workshop together, and what comes next?
#
# Needs `pip install 'motovault[analysis]'`.

# %%
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl

import motovault
from motovault import analysis
from motovault.testing.clock import FrozenClock

TODAY = FrozenClock(datetime(2026, 7, 1, 12, tzinfo=UTC))  # so that this story stays the same; leave it out

garage = motovault.open_vault("memory:", clock=TODAY).garage("ana")
garage.preferences.change(unit_system="metric", currency_code="EUR", time_zone="Europe/Berlin")
golf = garage.vehicles.add(license_plate="B-AB 123", nickname="Golf", make="Volkswagen", model="Golf")
van = garage.vehicles.add(license_plate="ZH 4567", nickname="Van", make="Mercedes-Benz", model="Sprinter")
zoe = garage.vehicles.add(license_plate="B-EV 9E", nickname="Zoe", make="Renault", model="Zoe")

# %% [markdown]
# ## A year and a half of slips
#
# Yours come out of an import or of an app. Here they follow a rule: every so many days so many kilometres,
# winter somewhat thirstier than summer.


# %%
def drive(car, days, distance, amount, price, odometer, **details):
    """Fill up every so many days until today."""
    filled_at = datetime(2025, 1, 3, 17, 30, tzinfo=UTC)
    while filled_at < TODAY.now():
        winter = Decimal("1.12") if filled_at.month in (12, 1, 2) else Decimal(1)
        garage.fuel_logs.add(
            car.id,
            filled_at=filled_at,
            odometer=odometer,
            volume=(amount * winter).quantize(Decimal("0.01")),
            price_per_unit=price,
            **details,
        )
        odometer += distance
        filled_at += timedelta(days=days)


drive(golf, 12, 640, Decimal("38.40"), "1.749", 41_000, fuel_type="gasoline")
drive(van, 9, 720, Decimal("70.56"), "1.839", 118_000, fuel_type="diesel", currency_code="CHF")
drive(zoe, 5, 210, Decimal("34.44"), "0.390", 22_000, fuel_type="electric", fuel_unit="kWh")
len(garage.fuel_logs.list(golf.id)), len(garage.fuel_logs.list(van.id)), len(garage.fuel_logs.list(zoe.id))

# %% [markdown]
# The workshop: what was done, and what is to be done again. A template is a list of schedules that fits a
# kind of vehicle; `apply_template` takes what was done last.

# %%
garage.maintenance.apply_template(
    golf.id, "petrol_car", last_service_date=date(2025, 9, 1), last_service_odometer=54_000
)
garage.maintenance.add(
    golf.id,
    category="routine_maintenance",
    subtypes=["Engine Oil"],
    service_date=date(2026, 3, 2),
    odometer=63_400,
    cost="129.00",
)
garage.maintenance.add(
    van.id,
    category="repair",
    subtypes=["Drivetrain"],
    service_date=date(2025, 11, 20),
    odometer=143_000,
    cost="1480.00",
    currency_code="CHF",
)
garage.maintenance.add(
    zoe.id,
    category="routine_maintenance",
    subtypes=["Tires"],
    service_date=date(2026, 4, 10),
    odometer=41_000,
    cost="420.00",
)
print("spent:", garage.maintenance.costs().totals)

# %% [markdown]
# ## What each of them burns
#
# Litres and kilowatt-hours do not add up, so each unit of economy has rows of its own.

# %%
intervals = garage.frames.intervals()
vehicles = garage.frames.vehicles().select("vehicle_id", "title")
burnt = analysis.rollup(intervals, "vehicle_id").join(vehicles, on="vehicle_id")
burnt.select("title", "economy", "economy_unit", "distance_km", "cost", "currency_code", "cost_per_km").sort(
    "title"
)

# %% [markdown]
# ## What each of them costs
#
# Fuel and maintenance together. Francs and euros are never added: each currency has rows of its own.

# %%
fuel, work = garage.frames.fuel_logs(), garage.frames.maintenance()
owned = analysis.cost_of_ownership(fuel, work, by="vehicle_id").join(vehicles, on="vehicle_id").sort("title")
owned.select("title", "currency_code", "fuel_cost", "maintenance_cost", "cost", "distance_km", "cost_per_km")

# %% [markdown]
# Month by month, for those who keep a household book:

# %%
monthly = analysis.cost_of_ownership(fuel, work, by=("month", "vehicle_id")).join(vehicles, on="vehicle_id")
book = monthly.filter(pl.col("year") == 2026).pivot(
    on="title", index=["year", "month", "currency_code"], values="cost", sort_columns=True
)
book.sort("currency_code", "month")

# %% [markdown]
# The same as a picture, of one vehicle: the workshop stands on top of the fuel.

# %%
garage.charts.cost(van.id)

# %% [markdown]
# ## What comes next
#
# A schedule says when work is due, by date or by odometer; how the car was driven of late says when the
# odometer will get there.

# %%
upcoming = garage.maintenance.upcoming(within_days=120)
upcoming

# %%
garage.charts.maintenance(golf.id)

# %%
garage.charts.odometer(golf.id)
