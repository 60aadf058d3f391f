"""The calls of maintenance, for the lockstep of two stores; see :mod:`motovault.testing.lockstep`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule

from motovault.domain.maintenance import (
    MaintenanceLog,
    MaintenanceLogId,
    MaintenanceSchedule,
    MaintenanceScheduleId,
)
from motovault.domain.vehicles import Vehicle
from motovault.ports import UserId
from motovault.testing.awkward import AWKWARD_LISTS
from motovault.testing.examples import (
    example_maintenance_log,
    example_maintenance_schedule,
    example_vehicle,
)
from motovault.testing.lockstep_values import IDS, KEYS, LIMITS, MOMENTS, SOURCES, START

if TYPE_CHECKING:
    from motovault.vault import Repositories

__all__ = ["MaintenanceCalls", "everything_of_maintenance"]

_DATES: Final = st.sampled_from([START.date() + timedelta(days=n) for n in (0, 0, 1, 31, -1)])
_FIGURES: Final = st.sampled_from([None, 0, 1, 52000, "99.5"])
_SHARED: Final[dict[str, st.SearchStrategy[Any]]] = {
    "updated_at": MOMENTS,
    "source": SOURCES,
    "source_key": KEYS,
}
_LISTS: Final = st.sampled_from([AWKWARD_LISTS[name] for name in ("nothing in it", "quotes", "not sorted")])
_LOG_VALUES: Final = st.fixed_dictionaries(
    {**_SHARED, "service_date": _DATES, "odometer": _FIGURES},
    optional={
        "category": st.sampled_from(["repair", "other"]),
        "subtypes": _LISTS,
        "cost": st.sampled_from([None, "0", "30.005"]),
        "odometer_unit": st.sampled_from(["mi", "km", "h"]),
        "notes": st.sampled_from(["x", "\\N\n\t'\""]),
    },
)
_SCHEDULE_VALUES: Final = st.fixed_dictionaries(
    {**_SHARED, "created_at": MOMENTS, "next_due_date": st.none() | _DATES, "next_due_odometer": _FIGURES},
    optional={
        "category": st.sampled_from(["repair", "other"]),
        "subtypes": _LISTS,
        "interval_distance": st.sampled_from([None, 1, "15000"]),
        "mode": st.sampled_from(["fixed", "floating"]),
        "is_active": st.booleans(),
        "email_notifications": st.booleans(),
        "anchor_date": _DATES,
        "anchor_odometer": _FIGURES,
        "distance_unit": st.sampled_from(["mi", "km"]),
    },
)
_USERS_OR_OWNER: Final = st.none() | st.sampled_from([UserId("ana"), UserId("bob")])

Row = MaintenanceLog | MaintenanceSchedule


class MaintenanceCalls(RuleBasedStateMachine):
    """Rules over ``maintenance_logs`` and ``maintenance_schedules`` of both stores."""

    vehicles = Bundle("vehicles")
    work_done = Bundle("work_done")
    schedules = Bundle("schedules")

    def both(
        self, user_id: UserId, call: Callable[[Repositories], object], *, atomic: bool = False
    ) -> object:
        """Do the same on both, and compare the answers."""
        raise NotImplementedError

    def writer(self, user_id: UserId | None, row: Row | None = None) -> UserId:
        """Who may write now: the user of the open transaction; else this one, or whose the row is."""
        raise NotImplementedError

    @rule(target=work_done, vehicle=vehicles, log_id=IDS, values=_LOG_VALUES, atomic=st.booleans())
    def add_work(
        self, vehicle: Vehicle, log_id: UUID, values: dict[str, Any], atomic: bool
    ) -> MaintenanceLog:
        """Add a log, whose id and source key may be in use, and whose vehicle may be gone."""
        user = self.writer(vehicle.user_id)
        log = example_maintenance_log(vehicle, id=MaintenanceLogId(log_id), user_id=user, **values)
        self.both(user, lambda work: work.maintenance_logs.add(log), atomic=atomic)
        return log

    @rule(
        target=work_done,
        vehicle=vehicles,
        new=st.lists(st.tuples(IDS, _LOG_VALUES), max_size=4),
        old=st.lists(work_done, max_size=2),
        copies=st.sampled_from([0, 0, 0, 0, 300]),
    )
    def add_much_work(
        self, vehicle: Vehicle, new: list[tuple[UUID, dict[str, Any]]], old: list[MaintenanceLog], copies: int
    ) -> Any:
        """Add several logs at once, old ones among them; now and then so many that it is done another way."""
        user = self.writer(vehicle.user_id)
        logs = [
            example_maintenance_log(vehicle, id=MaintenanceLogId(log_id), user_id=user, **values)
            for log_id, values in new
        ]
        logs += [attrs.evolve(log, user_id=user) for log in old]
        bulk = [
            example_maintenance_log(
                vehicle, id=MaintenanceLogId(UUID(int=n + 1)), user_id=user, source="bulk", source_key=str(n)
            )
            for n in range(copies)
        ]
        self.both(user, lambda work: work.maintenance_logs.add_many(iter(logs + bulk)))
        return multiple(*logs)

    @rule(log=work_done, values=_LOG_VALUES, elsewhere=vehicles, moves=st.booleans())
    def replace_work(
        self, log: MaintenanceLog, values: dict[str, Any], elsewhere: Vehicle, moves: bool
    ) -> None:
        """Change a log; move it to another vehicle sometimes."""
        user = self.writer(log.user_id)
        vehicle = example_vehicle(user, id=elsewhere.id if moves else log.vehicle_id)
        changed = example_maintenance_log(vehicle, id=log.id, **values)
        self.both(user, lambda work: work.maintenance_logs.replace(changed))

    @rule(user=_USERS_OR_OWNER, log=work_done)
    def remove_work(self, user: UserId | None, log: MaintenanceLog) -> None:
        """Remove a log, which may be another user's or gone."""
        self.both(self.writer(user, log), lambda work: work.maintenance_logs.remove(log.id))

    @rule(user=_USERS_OR_OWNER, vehicle=vehicles, log=work_done, limit=LIMITS)
    def look_at_work(
        self, user: UserId | None, vehicle: Vehicle, log: MaintenanceLog, limit: int | None
    ) -> None:
        """Read one log, and a page of them."""
        user = user or log.user_id
        self.both(user, lambda work: work.maintenance_logs.get(log.id))
        self.both(
            user, lambda work: work.maintenance_logs.list_for_vehicle(vehicle.id, after=log, limit=limit)
        )

    @rule(target=schedules, vehicle=vehicles, schedule_id=IDS, values=_SCHEDULE_VALUES, atomic=st.booleans())
    def add_schedule(
        self, vehicle: Vehicle, schedule_id: UUID, values: dict[str, Any], atomic: bool
    ) -> MaintenanceSchedule:
        """Add a schedule, whose id and source key may be in use, and whose vehicle may be gone."""
        user = self.writer(vehicle.user_id)
        schedule = example_maintenance_schedule(
            vehicle, id=MaintenanceScheduleId(schedule_id), user_id=user, **values
        )
        self.both(user, lambda work: work.maintenance_schedules.add(schedule), atomic=atomic)
        return schedule

    @rule(schedule=schedules, values=_SCHEDULE_VALUES, elsewhere=vehicles, moves=st.booleans())
    def replace_schedule(
        self, schedule: MaintenanceSchedule, values: dict[str, Any], elsewhere: Vehicle, moves: bool
    ) -> None:
        """Change a schedule; move it to another vehicle sometimes."""
        user = self.writer(schedule.user_id)
        vehicle = example_vehicle(user, id=elsewhere.id if moves else schedule.vehicle_id)
        changed = example_maintenance_schedule(vehicle, id=schedule.id, **values)
        self.both(user, lambda work: work.maintenance_schedules.replace(changed))

    @rule(user=_USERS_OR_OWNER, schedule=schedules)
    def remove_schedule(self, user: UserId | None, schedule: MaintenanceSchedule) -> None:
        """Remove a schedule, which may be another user's or gone."""
        self.both(self.writer(user, schedule), lambda work: work.maintenance_schedules.remove(schedule.id))

    @rule(user=_USERS_OR_OWNER, schedule=schedules)
    def look_at_schedules(self, user: UserId | None, schedule: MaintenanceSchedule) -> None:
        """Read one schedule, and with a lock all of its vehicle's."""
        user = self.writer(user, schedule)
        self.both(user, lambda work: work.maintenance_schedules.get(schedule.id))
        self.both(
            user,
            lambda work: work.maintenance_schedules.list_for_vehicle(schedule.vehicle_id),
            atomic=True,
        )


def everything_of_maintenance(work: Repositories, vehicles: list[Vehicle]) -> dict[str, Any]:
    """All that is kept of it at these vehicles, and in the whole garage."""
    logs, schedules = work.maintenance_logs, work.maintenance_schedules
    return {
        "work": {vehicle.id: logs.list_for_vehicle(vehicle.id) for vehicle in vehicles},
        "schedules": {vehicle.id: schedules.list_for_vehicle(vehicle.id) for vehicle in vehicles},
        "counts of work": {
            vehicle.id: (logs.count_for_vehicle(vehicle.id), schedules.count_for_vehicle(vehicle.id))
            for vehicle in vehicles
        },
        "work in the garage": logs.list_for_garage(),
        "schedules in the garage": schedules.list_for_garage(),
    }
