"""Where one user's fuel logs are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from motovault.domain.fuel_logs.entities import FuelLog, FuelLogId
from motovault.domain.vehicles import VehicleId

__all__ = ["FuelLogRepository"]


class FuelLogRepository(Protocol):
    """The fuel logs of the user that the repository is bound to; those of others do not exist here.

    Writing one whose ``user_id`` is another user's raises InvalidValue.
    """

    def add(self, log: FuelLog, /) -> None:
        """Keep a new one.

        Raises FuelLogExists if its id, or its source key at that vehicle, is kept
        already, and VehicleNotFound if the vehicle is not a live one of this user's.
        """
        ...

    def add_many(self, logs: Iterable[FuelLog], /) -> int:
        """Keep many at once and say how many were new.

        A log whose (vehicle, source, source key) is kept already is left out.
        Reads ``logs`` once, in chunks. Raises as :meth:`add` for anything else,
        and then keeps none of them, in a unit that is not atomic too.
        """
        ...

    def get(self, log_id: FuelLogId, /) -> FuelLog:
        """The log with this id. Raises FuelLogNotFound."""
        ...

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: FuelLog | None = None, limit: int | None = None
    ) -> list[FuelLog]:
        """Those of one vehicle, oldest ``filled_at`` first, then by id; empty if none.

        With ``after`` only those behind it in that order, at most ``limit``: a page
        costs the same wherever it lies.
        """
        ...

    def replace(self, log: FuelLog, /) -> None:
        """Keep a changed one.

        Raises FuelLogNotFound, FuelLogExists if its source key clashes, and
        VehicleNotFound if it moves to a vehicle that is not a live one of this user's.
        """
        ...

    def remove(self, log_id: FuelLogId, /) -> None:
        """Drop one for good. Raises FuelLogNotFound."""
        ...

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        """How many one vehicle has."""
        ...
