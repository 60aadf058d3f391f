"""Inside a host application: its own engine, its own transaction, and it alone commits."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

import motovault
from motovault.storage.sql import make_engine


def main(folder: Path) -> None:
    db_engine = make_engine(folder / "host.db")  # or the engine that your application has already
    motovault.open_vault(engine=db_engine, migrate=True)  # only SQLite files of our own migrate by themselves
    with db_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS invoices (amount TEXT)"))

    def refuel(price: str, *, is_paid: bool) -> None:
        with db_engine.begin() as connection:  # the host's transaction: its rows and ours together
            garage = motovault.open_vault(connection=connection).garage("ana")
            car = next(iter(garage.vehicles.list()), None) or garage.vehicles.add(license_plate="AB 123")
            log = garage.fuel_logs.add(
                car.id, filled_at=datetime.now(UTC), odometer="52000", volume="12.5", price_per_unit=price
            )
            connection.execute(
                sa.text("INSERT INTO invoices VALUES (:amount)"), {"amount": str(log.total_cost)}
            )
            if not is_paid:
                raise RuntimeError("the card was refused")

    refuel("3.299", is_paid=True)
    try:
        refuel("3.399", is_paid=False)
    except RuntimeError as error:
        print("undone:", error)

    with motovault.open_vault(engine=db_engine) as vault:
        garage = vault.garage("ana")
        (car,) = garage.vehicles.list()
        print("fuel logs:", [str(log.total_cost) for log in garage.fuel_logs.list(car.id)])
    with db_engine.connect() as connection:
        print("invoices: ", list(connection.execute(sa.text("SELECT amount FROM invoices")).scalars()))
    db_engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
