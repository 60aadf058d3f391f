"""What is due: schedules out of a template, when each will be reached, and what a completed job moves."""

from datetime import UTC, date, datetime, timedelta

import motovault
from motovault.testing.clock import FrozenClock

CLOCK = FrozenClock(datetime(2026, 6, 1, 16, tzinfo=UTC))  # so that this story stays the same; leave it out


def main() -> None:
    garage = motovault.open_vault("memory:", clock=CLOCK).garage("ana")
    car = garage.vehicles.add(license_plate="AB 123", nickname="Daily", distance_unit="mi")

    garage.maintenance.apply_template(
        car.id, "petrol_car", last_service_date=date(2025, 7, 1), last_service_odometer=30_000
    )
    for weeks in range(40, -1, -2):  # 250 miles a week, as fuel logs tell
        filled_at = CLOCK.now() - timedelta(weeks=weeks, hours=1)
        odometer = 37_000 - 250 * weeks
        garage.fuel_logs.add(
            car.id, filled_at=filled_at, odometer=odometer, volume="10.5", price_per_unit="3.299"
        )

    due = garage.maintenance.upcoming(car.id, within_days=60)
    print(due)
    if (projection := due[1].projection) is not None:
        basis = projection.basis
        print(f"from {basis.readings} readings, {basis.recent_per_day:.1f} {basis.unit} a day of late")

    first = due[0]
    done = garage.maintenance.complete(
        first.schedule.id, service_date=date(2026, 6, 1), odometer=37_000, cost="64.90"
    )
    print(done)
    print("still due:", [item.work for item in garage.maintenance.upcoming(car.id, within_days=60)])
    print("spent:", garage.maintenance.costs(car.id).totals)

    feed = garage.calendar(car.id)  # needs the extra "calendar"; serve it as text/calendar
    print("calendar:", feed.count(b"BEGIN:VEVENT"), "events")


if __name__ == "__main__":
    main()
