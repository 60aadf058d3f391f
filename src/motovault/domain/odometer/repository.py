"""Where readings come from."""

from __future__ import annotations

from typing import Protocol

from motovault.domain.odometer.entities import OdometerReading
from motovault.domain.vehicles import VehicleId

__all__ = ["OdometerRepository"]


class OdometerRepository(Protocol):
    """The readings of the vehicles of the user that the repository is bound to."""

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[OdometerReading]:
        """All readings above 0 of one vehicle, by ``read_at``, then value, then source id; empty if none.

        The vehicle's own figure, where nobody wrote down when it was read, is as old as the vehicle.
        That of a maintenance log, of which only the date is known, stands at noon of it, in UTC.
        """
        ...

    def list_for_garage(self) -> dict[VehicleId, list[OdometerReading]]:
        """The readings of all live vehicles at once, as :meth:`list_for_vehicle` gives those of one.

        Every live vehicle is a key, in the order of the ids, one without readings too.
        """
        ...
