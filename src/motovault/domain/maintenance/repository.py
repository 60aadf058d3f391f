"""Where one user's maintenance logs and schedules are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from motovault.domain.maintenance.entities import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.vehicles import VehicleId

__all__ = ["MaintenanceLogRepository", "MaintenanceScheduleRepository"]


class MaintenanceLogRepository(Protocol):
    """The maintenance logs of the user that the repository is bound to; those of others do not exist here.

    Writing one whose ``user_id`` is another user's raises InvalidValue.
    """

    def add(self, log: MaintenanceLog, /) -> None:
        """Keep a new one.

        Raises MaintenanceLogExists if its id, or its source key at that vehicle, is kept
        already, and VehicleNotFound if the vehicle is not a live one of this user's.
        """
        ...

    def add_many(self, logs: Iterable[MaintenanceLog], /) -> int:
        """Keep many at once and say how many were new.

        A log whose (vehicle, source, source key) is kept already is left out.
        Reads ``logs`` once, in chunks. Raises as :meth:`add` for anything else,
        and then keeps none of them, in a unit that is not atomic too.
        """
        ...

    def get(self, log_id: MaintenanceLogId, /) -> MaintenanceLog:
        """The log with this id. Raises MaintenanceLogNotFound."""
        ...

    def list_for_vehicle(
        self, vehicle_id: VehicleId, /, *, after: MaintenanceLog | None = None, limit: int | None = None
    ) -> list[MaintenanceLog]:
        """Those of one vehicle, oldest ``service_date`` first, then by id; empty if none.

        With ``after`` only those behind it in that order, at most ``limit``.
        """
        ...

    def list_for_garage(self) -> list[MaintenanceLog]:
        """Those of all live vehicles, by vehicle id, then as in :meth:`list_for_vehicle`."""
        ...

    def replace(self, log: MaintenanceLog, /) -> None:
        """Keep a changed one.

        Raises MaintenanceLogNotFound, MaintenanceLogExists if its source key clashes, and
        VehicleNotFound if it moves to a vehicle that is not a live one of this user's.
        """
        ...

    def remove(self, log_id: MaintenanceLogId, /) -> None:
        """Drop one for good. Raises MaintenanceLogNotFound."""
        ...

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        """How many one vehicle has."""
        ...


class MaintenanceScheduleRepository(Protocol):
    """The maintenance schedules of the user that the repository is bound to; others' do not exist here.

    Writing one whose ``user_id`` is another user's raises InvalidValue.
    """

    def add(self, schedule: MaintenanceSchedule, /) -> None:
        """Keep a new one.

        Raises MaintenanceScheduleExists if its id, or its source key at that vehicle, is kept
        already, and VehicleNotFound if the vehicle is not a live one of this user's.
        """
        ...

    def get(self, schedule_id: MaintenanceScheduleId, /) -> MaintenanceSchedule:
        """The schedule with this id, active or not. Raises MaintenanceScheduleNotFound."""
        ...

    def list_for_vehicle(self, vehicle_id: VehicleId, /) -> list[MaintenanceSchedule]:
        """Those of one vehicle, active or not, oldest ``created_at`` first, then by id; empty if none."""
        ...

    def list_for_garage(self) -> list[MaintenanceSchedule]:
        """Those of all live vehicles, active or not, by vehicle id, then as in :meth:`list_for_vehicle`."""
        ...

    def replace(self, schedule: MaintenanceSchedule, /) -> None:
        """Keep a changed one.

        Raises MaintenanceScheduleNotFound, MaintenanceScheduleExists if its source key clashes, and
        VehicleNotFound if it moves to a vehicle that is not a live one of this user's.
        """
        ...

    def remove(self, schedule_id: MaintenanceScheduleId, /) -> None:
        """Drop one for good. Raises MaintenanceScheduleNotFound."""
        ...

    def count_for_vehicle(self, vehicle_id: VehicleId, /) -> int:
        """How many one vehicle has, active or not."""
        ...
