"""What the odometer read, when: the current reading, distances between dates, rollbacks."""

from motovault.domain.odometer.derived import readings_of
from motovault.domain.odometer.entities import OdometerReading, ReadingSource
from motovault.domain.odometer.readings import (
    CurrentOdometer,
    current_odometer,
    distance_between,
    of_the_future,
    positions,
    rollbacks,
)
from motovault.domain.odometer.repository import OdometerRepository

__all__ = [
    "CurrentOdometer",
    "OdometerReading",
    "OdometerRepository",
    "ReadingSource",
    "current_odometer",
    "distance_between",
    "of_the_future",
    "positions",
    "readings_of",
    "rollbacks",
]
