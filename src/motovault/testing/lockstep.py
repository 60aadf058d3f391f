"""Two stores driven by the same random calls; every answer and every error is compared.

One of the two is usually :class:`motovault.storage.memory.MemoryStore`, which is
simple enough to be believed. Where they differ, Hypothesis prints the shortest
run of calls that shows it.

.. code-block:: python

    def test_my_store_agrees_with_memory(tmp_path_factory):
        run_lockstep(MemoryStore, lambda: MyStore(tmp_path_factory.mktemp("store")))
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import attrs

from motovault.errors import MissingExtra, MotovaultError

try:
    from hypothesis import settings as hypothesis_settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (
        Bundle,
        initialize,
        multiple,
        precondition,
        rule,
        run_state_machine_as_test,
    )
except ModuleNotFoundError as missing:
    raise MissingExtra("testing", "hypothesis") from missing

from motovault.domain.fuel_logs import FuelLog, FuelLogId
from motovault.domain.maintenance import MaintenanceLog, MaintenanceSchedule
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.ports import UserId
from motovault.testing.examples import example_fuel_log, example_preferences, example_vehicle
from motovault.testing.lockstep_maintenance import MaintenanceCalls, everything_of_maintenance
from motovault.testing.lockstep_values import IDS, KEYS, LIMITS, MOMENTS, SOURCES, START

if TYPE_CHECKING:
    from motovault.vault import Repositories, Store

__all__ = ["StoreLockstep", "run_lockstep"]

Row = Vehicle | FuelLog | MaintenanceLog | MaintenanceSchedule

# Few of everything, so that calls meet.
_USERS: Final = [UserId("ana"), UserId("bob"), UserId("Ana")]
_VINS: Final = [None, "1M8GDM9AXKP042788", "WVWZZZ1JZXW000001"]

_users = st.sampled_from(_USERS)
_anybody = st.none() | st.none() | _users
"""Whoever it belongs to, or anybody."""
_amounts = st.sampled_from([None, "0", "0.001", "12.5", "41.377", "9999999.999"])
_vehicle_values = st.fixed_dictionaries(
    {
        "vin": st.sampled_from(_VINS),
        "created_at": MOMENTS,
        "updated_at": MOMENTS,
        "odometer_reading": st.sampled_from([None, 0, 1, 52000]),
        "odometer_read_at": st.none() | MOMENTS,
        "is_active": st.sampled_from([True, True, True, False]),
        "deleted_at": st.sampled_from([None, None, None, START]),
    },
    optional={"nickname": st.sampled_from(["a", "Ж🚗"]), "distance_unit": st.sampled_from(["mi", "km"])},
)
_log_values = st.fixed_dictionaries(
    {
        "filled_at": MOMENTS,
        "updated_at": MOMENTS,
        "odometer": st.sampled_from([None, "0", "100", "99.5", "52000.000001"]),
        "volume": _amounts,
        "source": SOURCES,
        "source_key": KEYS,
    },
    optional={
        "price_per_unit": _amounts,
        "total_cost": st.sampled_from([None, "0", "30.00"]),
        "trip_distance": _amounts,
        "odometer_unit": st.sampled_from(["mi", "km", "h"]),
        "fuel_unit": st.sampled_from(["L", "us_gal"]),
        "fuel_type": st.sampled_from(["diesel", "electric"]),
        "is_full_tank": st.booleans(),
        "missed_previous": st.booleans(),
        "notes": st.sampled_from(["x", "\\N\n\t'\""]),
    },
)


class _Undo(Exception):
    """Leaves a transaction by an error."""


@attrs.frozen
class _Failed:
    """An error, in what callers may rely on: its type and the facts it carries, not its words."""

    kind: type[MotovaultError]
    key: object
    field: object


def _outcome(call: Callable[[], object]) -> object:
    try:
        return call()
    except MotovaultError as error:
        return _Failed(type(error), getattr(error, "key", None), getattr(error, "field", None))


class StoreLockstep(MaintenanceCalls):
    """The state machine; a subclass says which two stores, or :func:`run_lockstep` does."""

    vehicles = Bundle("vehicles")
    logs = Bundle("logs")

    def first_store(self) -> Store:
        """A new, empty store."""
        raise NotImplementedError

    def second_store(self) -> Store:
        """Another one, to be compared."""
        raise NotImplementedError

    def discard(self, store: Store) -> None:
        """Called with both stores after each run."""

    @initialize()
    def open_stores(self) -> None:
        """Begin with two empty stores."""
        self.stores = self.first_store(), self.second_store()
        self.has_differed = False
        self.user_in_transaction: UserId | None = None
        self.open: list[tuple[ExitStack, ExitStack]] = []
        self.units: list[tuple[Repositories, Repositories]] = []

    def teardown(self) -> None:
        """Leave what is open, look at everything once more, close."""
        if not hasattr(self, "stores"):
            return
        try:
            while self.open:
                self._leave(_Undo())
            if not self.has_differed:
                self._compare_all(_USERS)
        finally:
            for store in self.stores:
                self.discard(store)

    # --- the calls

    def both(
        self, user_id: UserId, call: Callable[[Repositories], object], *, atomic: bool = False
    ) -> object:
        """Do the same on both; inside a transaction, as a part of it, like a call of a service."""
        if self.units and user_id == self.user_in_transaction:
            enter = [unit.join for unit in self.units[-1]]
            opened = [open_(atomic=atomic) for open_ in enter]
        else:
            opened = [store.unit_of_work(user_id, atomic=atomic) for store in self.stores]

        def within(unit: Repositories) -> object:
            with unit as work:
                return call(work)

        first, second = (_outcome(lambda unit=unit: within(unit)) for unit in opened)  # type: ignore[misc]
        self._same(first, second)
        return first

    def _same(self, first: object, second: object) -> None:
        self.has_differed = first != second
        assert first == second, f"the first store answers {first!r}, the second {second!r}"

    def writer(self, user_id: UserId | None, row: Row | None = None) -> UserId:
        # while a transaction is open, everybody else would wait for it
        return self.user_in_transaction or _reader(user_id, row)

    @rule(target=vehicles, user=_users, vehicle_id=IDS, values=_vehicle_values, atomic=st.booleans())
    def add_vehicle(self, user: UserId, vehicle_id: UUID, values: dict[str, Any], atomic: bool) -> Vehicle:
        """Add a vehicle, whose id and VIN may be in use."""
        user = self.writer(user)
        vehicle = example_vehicle(user, id=VehicleId(vehicle_id), **values)
        self.both(user, lambda work: work.vehicles.add(vehicle), atomic=atomic)
        return vehicle

    @rule(user=_anybody, vehicle=vehicles, values=_vehicle_values)
    def replace_vehicle(self, user: UserId | None, vehicle: Vehicle, values: dict[str, Any]) -> None:
        """Change, delete or restore a vehicle, which may be another user's or not there."""
        user = self.writer(user, vehicle)
        changed = example_vehicle(user, id=vehicle.id, **values)
        self.both(user, lambda work: work.vehicles.replace(changed))

    @rule(user=_users, vehicle=vehicles, values=_vehicle_values)
    def write_for_somebody_else(self, user: UserId, vehicle: Vehicle, values: dict[str, Any]) -> None:
        """Try to write a vehicle that says it is another user's."""
        user = self.writer(user)
        changed = example_vehicle(UserId("mallory"), id=vehicle.id, **values)
        self.both(user, lambda work: work.vehicles.replace(changed))
        self.both(user, lambda work: work.vehicles.add(changed))

    @rule(user=_anybody, vehicle=vehicles, after=vehicles, limit=LIMITS)
    def look_at_vehicles(
        self, user: UserId | None, vehicle: Vehicle, after: Vehicle, limit: int | None
    ) -> None:
        """Read one vehicle, and a page of them."""
        user = _reader(user, vehicle)
        self.both(user, lambda work: work.vehicles.get(vehicle.id))
        self.both(user, lambda work: work.vehicles.list_live(after=after, limit=limit))
        self.both(user, lambda work: work.vehicles.find_by_vin(vehicle.vin or "none"))

    @rule(target=logs, vehicle=vehicles, log_id=IDS, values=_log_values, atomic=st.booleans())
    def add_log(self, vehicle: Vehicle, log_id: UUID, values: dict[str, Any], atomic: bool) -> FuelLog:
        """Add a log, whose id and source key may be in use, and whose vehicle may be gone."""
        user = self.writer(vehicle.user_id)
        log = example_fuel_log(vehicle, id=FuelLogId(log_id), user_id=user, **values)
        self.both(user, lambda work: work.fuel_logs.add(log), atomic=atomic)
        return log

    @rule(
        target=logs,
        vehicle=vehicles,
        new=st.lists(st.tuples(IDS, _log_values), max_size=5),
        old=st.lists(logs, max_size=2),
        copies=st.sampled_from([0, 0, 0, 0, 300]),
    )
    def add_many_logs(
        self, vehicle: Vehicle, new: list[tuple[UUID, dict[str, Any]]], old: list[FuelLog], copies: int
    ) -> Any:
        """Add several logs at once, old ones among them; now and then so many that it is done another way."""
        user = self.writer(vehicle.user_id)
        logs = [
            example_fuel_log(vehicle, id=FuelLogId(log_id), user_id=user, **values) for log_id, values in new
        ]
        logs += [attrs.evolve(log, user_id=user) for log in old]
        bulk = [
            example_fuel_log(
                vehicle, id=FuelLogId(UUID(int=n + 1)), user_id=user, source="bulk", source_key=str(n)
            )
            for n in range(copies)
        ]
        self.both(user, lambda work: work.fuel_logs.add_many(iter(logs + bulk)))
        return multiple(*logs)

    @rule(log=logs, values=_log_values, target_vehicle=vehicles, moves=st.booleans())
    def replace_log(self, log: FuelLog, values: dict[str, Any], target_vehicle: Vehicle, moves: bool) -> None:
        """Change a log; move it to another vehicle sometimes."""
        user = self.writer(log.user_id)
        vehicle_id = target_vehicle.id if moves else log.vehicle_id
        changed = example_fuel_log(example_vehicle(user, id=vehicle_id), id=log.id, **values)
        self.both(user, lambda work: work.fuel_logs.replace(changed))

    @rule(user=_anybody, log=logs)
    def remove_log(self, user: UserId | None, log: FuelLog) -> None:
        """Remove a log, which may be another user's or gone."""
        user = self.writer(user, log)
        self.both(user, lambda work: work.fuel_logs.remove(log.id))

    @rule(user=_anybody, vehicle=vehicles, log=logs, limit=LIMITS)
    def look_at_logs(self, user: UserId | None, vehicle: Vehicle, log: FuelLog, limit: int | None) -> None:
        """Read one log, a page of them, and the odometer."""
        user = _reader(user, log)
        self.both(user, lambda work: work.fuel_logs.get(log.id))
        self.both(user, lambda work: work.fuel_logs.list_for_vehicle(vehicle.id, after=log, limit=limit))
        self.both(user, lambda work: work.odometer.list_for_vehicle(vehicle.id))

    @rule(user=_users, currency=st.sampled_from(["USD", "EUR"]), replaces=st.booleans(), moment=MOMENTS)
    def set_preferences(self, user: UserId, currency: str, replaces: bool, moment: datetime) -> None:
        """Make or change preferences."""
        user = self.writer(user)
        record = example_preferences(
            user, id=UUID(int=_USERS.index(user) + 1), currency_code=currency, updated_at=moment
        )
        if replaces:
            self.both(user, lambda work: work.user_preferences.replace(record))
        else:
            self.both(user, lambda work: work.user_preferences.get_or_add(record))

    # --- transactions

    @precondition(lambda self: not self.units)
    @rule(user=_users)
    def begin(self, user: UserId) -> None:
        """Open a transaction; the calls of this user are part of it from now on."""
        self.user_in_transaction = user
        self._enter([store.unit_of_work(user, atomic=True) for store in self.stores])

    @precondition(lambda self: 0 < len(self.units) < 4)
    @rule()
    def begin_part(self) -> None:
        """Open a part of the transaction."""
        self._enter([unit.join(atomic=True) for unit in self.units[-1]])

    @precondition(lambda self: self.units)
    @rule(keeps=st.booleans())
    def end(self, keeps: bool) -> None:
        """Leave the transaction, or its part: well, or by an error."""
        self._leave(None if keeps else _Undo())

    def _enter(self, opened: list[Repositories]) -> None:
        stacks = ExitStack(), ExitStack()
        entered = [stack.enter_context(unit) for stack, unit in zip(stacks, opened, strict=True)]
        self.open.append(stacks)
        self.units.append((entered[0], entered[1]))

    def _leave(self, error: _Undo | None) -> None:
        stacks = self.open.pop()
        self.units.pop()
        for stack in stacks:
            swallowed = stack.__exit__(type(error) if error else None, error, None)
            assert not swallowed, "a unit of work swallows an error"
        if not self.units:
            self.user_in_transaction = None

    # --- everything

    @rule()
    def look_at_everything(self) -> None:
        """Compare all that is kept; while a transaction is open, from inside and from outside."""
        self._compare_all(_USERS)

    def _compare_all(self, users: list[UserId]) -> None:
        outside = [(False, user_id) for user_id in users]
        inside = [(True, self.user_in_transaction)] if self.user_in_transaction else []
        for is_inside, user_id in [*outside, *inside]:
            seen = []
            for number, store in enumerate(self.stores):
                unit = self.units[-1][number].join() if is_inside else store.unit_of_work(user_id)
                with unit as work:
                    seen.append(_everything(work))
            self._same(seen[0], seen[1])


def _reader(user_id: UserId | None, row: Row | None) -> UserId:
    return user_id or (row.user_id if row else _USERS[0])


def _everything(work: Repositories) -> dict[str, Any]:
    live, deleted = work.vehicles.list_live(), work.vehicles.list_deleted()
    return {
        "live": live,
        "deleted": deleted,
        "logs": {vehicle.id: work.fuel_logs.list_for_vehicle(vehicle.id) for vehicle in (*live, *deleted)},
        "counts": {vehicle.id: work.fuel_logs.count_for_vehicle(vehicle.id) for vehicle in (*live, *deleted)},
        "readings": {vehicle.id: work.odometer.list_for_vehicle(vehicle.id) for vehicle in (*live, *deleted)},
        "readings in the garage": list(work.odometer.list_for_garage().items()),
        "preferences": work.user_preferences.find(),
        **everything_of_maintenance(work, [*live, *deleted]),
    }


def run_lockstep(
    first: Callable[[], Store],
    second: Callable[[], Store],
    *,
    discard: Callable[[Store], object] = lambda store: None,
    settings: hypothesis_settings | None = None,
) -> None:
    """Drive two stores by many random runs; raises AssertionError where they differ.

    Args:
        first: Makes a new, empty store; called once a run.
        second: Makes the other one.
        discard: Called with both after each run, to close what is open.
        settings: Hypothesis settings; those of the loaded profile by default.

    >>> from motovault.storage.memory import MemoryStore
    >>> run_lockstep(MemoryStore, MemoryStore, settings=hypothesis_settings(max_examples=2, database=None))
    """

    class Lockstep(StoreLockstep):
        def first_store(self) -> Store:
            return first()

        def second_store(self) -> Store:
            return second()

        def discard(self, store: Store) -> None:
            discard(store)

    run_state_machine_as_test(Lockstep, settings=settings)
