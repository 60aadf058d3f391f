"""Where one user's vehicles are kept."""

from __future__ import annotations

from typing import Protocol

from motovault.domain.vehicles.entities import Vehicle, VehicleId

__all__ = ["VehicleRepository"]


class VehicleRepository(Protocol):
    """The vehicles of the user that the repository is bound to; those of others do not exist here.

    Writing one whose ``user_id`` is another user's raises InvalidValue.
    """

    def add(self, vehicle: Vehicle, /) -> None:
        """Keep a new one. Raises VehicleExists if its id, or its VIN among live vehicles, is kept already."""
        ...

    def get(self, vehicle_id: VehicleId, /) -> Vehicle:
        """The vehicle, live or deleted. Raises VehicleNotFound."""
        ...

    def find_by_vin(self, vin: str, /) -> Vehicle | None:
        """The live vehicle with this VIN (in its one right form), or None."""
        ...

    def list_live(self, *, after: Vehicle | None = None, limit: int | None = None) -> list[Vehicle]:
        """Live vehicles, oldest ``created_at`` first, then by id.

        With ``after`` only those behind it in that order, at most ``limit``.
        """
        ...

    def list_deleted(self) -> list[Vehicle]:
        """Vehicles that are not live, oldest ``created_at`` first, then by id."""
        ...

    def replace(self, vehicle: Vehicle, /) -> None:
        """Keep a changed one. Raises VehicleNotFound, or VehicleExists if its VIN clashes."""
        ...

    def count_live(self) -> int:
        """How many live vehicles there are."""
        ...
