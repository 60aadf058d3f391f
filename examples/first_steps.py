"""The front door: one car, three fill-ups, and how far it goes on its fuel.

Run it twice: the car is found again, and nothing is added.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import motovault

FILLS = [  # when, odometer in miles, US gallons, dollars a gallon
    (datetime(2026, 3, 1, 12, tzinfo=UTC), "52000", "11.200", "3.199"),
    (datetime(2026, 3, 11, 12, tzinfo=UTC), "52330", "10.000", "3.249"),
    (datetime(2026, 3, 20, 12, tzinfo=UTC), "52680", "10.500", "3.299"),
]


def main(folder: Path) -> None:
    with motovault.open_vault(folder / "first_steps.db") as vault:  # a SQLite file, made and migrated
        garage = vault.garage("ana")  # every call from here on is about ana's data alone
        car = garage.vehicles.find_by_vin("1HGCM82633A123454")
        if car is None:
            with garage.transaction():  # the car and its fills, all or nothing
                car = garage.vehicles.add(vin="1HGCM82633A123454", nickname="Daily")
                for filled_at, odometer, volume, price in FILLS:
                    garage.fuel_logs.add(
                        car.id, filled_at=filled_at, odometer=odometer, volume=volume, price_per_unit=price
                    )
        print(garage.fuel_logs.economy(car.id))
        print("odometer:", garage.odometer.current(car.id))
        for code, amount in garage.fuel_logs.statistics(car.id).totals.cost.items():
            print("spent:", amount, code)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
