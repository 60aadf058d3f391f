"""The rules alone, on numbers that come from anywhere: no database, no user, no clock."""

from datetime import date
from decimal import Decimal

from motovault.domain.fuel_logs import Fill, economy


def fill(on: str, odometer: str, litres: str, *, is_full: bool = True, missed: bool = False) -> Fill:
    return Fill(
        on=date.fromisoformat(on),
        odometer=Decimal(odometer),
        volume=Decimal(litres),
        odometer_unit="km",
        fuel_unit="L",
        is_full_tank=is_full,
        missed_previous=missed,
    )


def main() -> None:
    fills = [
        fill("2026-03-01", "50000", "41.20"),
        fill("2026-03-07", "50310", "15.00", is_full=False),  # a part of a tank only adds fuel
        fill("2026-03-12", "50700", "27.00"),  # 42 litres on 700 km
        fill("2026-03-28", "51900", "40.00", missed=True),  # one before it was forgotten: no figure
        fill("2026-04-06", "52500", "33.00"),  # 33 litres on 600 km
    ]
    for unit in (None, "mpg_uk"):
        report = economy(fills, economy_unit=unit)
        print(report)
        print()
    (tank,) = economy(fills).tanks
    for (year, month), pool in tank.by_month().items():
        print(f"{year}-{month:02}: {pool.interval_count} intervals, {pool.distance} km, {pool.fuel} L")


if __name__ == "__main__":
    main()
