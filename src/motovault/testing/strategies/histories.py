"""Fuel-log histories that obey physics, with the truth beside what was written down.

A tank holds so much and no more; driving burns what is in it; a fill-up puts in
what fits. The owner writes down some of that: not every fill-up, not always to
the brim. What was really burnt between any two moments is known to the
generator only, so that a test can hold an answer against it without repeating
the arithmetic it tests.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import attrs
from hypothesis import strategies as st

from motovault.domain.fuel_logs import FuelLog, FuelLogId, FuelType
from motovault.domain.user_preferences import UnitSystem, UserPreferences
from motovault.domain.vehicles import Vehicle, VehicleId
from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, round_half_up
from motovault.quantities.units import DistanceUnit, FuelUnit
from motovault.testing.examples import ANA, NOON, example_preferences, example_vehicle

__all__ = ["FEATURES", "FuelLogHistory", "TrueInterval", "fuel_log_histories"]

FEATURES: Final = frozenset({"partial", "missed", "towing", "trip_only", "electric"})
"""What a history can have in it; see :func:`fuel_log_histories`."""

_START: Final = datetime(2025, 1, 1, 8, tzinfo=UTC)

_DISTANCE_PER_FUEL: Final = {
    FuelUnit.L: 15,
    FuelUnit.US_GAL: 56,
    FuelUnit.IMP_GAL: 68,
    FuelUnit.KG: 22,
    FuelUnit.KWH: 6,
}
"""Kilometres on one unit of fuel; roughly, as a middle to draw around."""

_FUEL_TYPES: Final = {FuelUnit.KG: FuelType.CNG, FuelUnit.KWH: FuelType.ELECTRIC}
_PER_KM: Final = {DistanceUnit.KM: 1000, DistanceUnit.MI: 621, DistanceUnit.NMI: 540, DistanceUnit.H: 20}


@attrs.frozen(kw_only=True)
class TrueInterval:
    """What really happened between two full tanks that were written down, with no gap in between.

    Attributes:
        opened_by: Index of the log that opens it.
        closed_by: Index of the log that closes it.
        distance: Driven, in the history's ``distance_unit``; exact.
        fuel: Burnt, in its ``fuel_unit``; exact, from the engine's point of view, not the pump's.
        is_towing: A trailer was towed on some of it.
    """

    opened_by: int
    closed_by: int
    distance: Decimal
    fuel: Decimal
    is_towing: bool


@attrs.frozen(kw_only=True)
class FuelLogHistory:
    """What was written down, and the truth.

    Attributes:
        vehicle: Whose it is.
        preferences: The owner's; say what a missing unit means.
        logs: As written down, oldest first; one at least.
        distance_unit: Unit of all distances, whether the logs say so or not.
        fuel_unit: Unit of all amounts of fuel, likewise.
        tank_capacity: What the tank or battery holds.
        true_intervals: What a right answer finds, oldest first. From states of charge it may find more.
        driven_by: For each log, all distance driven from the first one to it.
        burnt_by: For each log, all fuel burnt from the first one to it, between unwritten fill-ups too.
    """

    vehicle: Vehicle
    preferences: UserPreferences
    logs: tuple[FuelLog, ...]
    distance_unit: DistanceUnit
    fuel_unit: FuelUnit
    tank_capacity: Decimal
    true_intervals: tuple[TrueInterval, ...]
    driven_by: tuple[Decimal, ...]
    burnt_by: tuple[Decimal, ...]


@attrs.frozen(kw_only=True)
class _Leg:
    """A drive and the fill-up after it, in parts of what is possible."""

    used: int  # parts of 1000 of what is in the tank
    thrift: int  # parts of 1000 by which it goes further than usual
    pour: int | None  # parts of 1000 of what fits; None is to the brim
    hours: int
    is_unwritten: bool
    is_towing: bool
    price: int  # thousandths


@attrs.frozen(kw_only=True)
class _Stop:
    """A fill-up that took place, in whole thousandths of fuel and tenths of distance."""

    at: datetime
    distance: int  # since the one before
    burnt: int  # since the one before
    level: int  # before it
    poured: int
    is_full: bool
    leg: _Leg


def fuel_log_histories(
    features: Collection[str] = FEATURES,
    *,
    min_fills: int = 1,
    max_fills: int = 30,
) -> st.SearchStrategy[FuelLogHistory]:
    """Histories of one vehicle with one tank or battery.

    Args:
        features: Any of ``partial`` (not to the brim), ``missed`` (a fill-up that was not written down; the
            next log says so), ``towing``, ``trip_only`` (the trip meter instead of the odometer) and
            ``electric`` (a battery, with its state of charge); each may occur, none must.
        min_fills: Fill-ups at least, unwritten ones included.
        max_fills: Fill-ups at most.

    Odometers have one decimal, amounts of fuel three, and nothing is rounded: what is poured between two
    full tanks is exactly what was burnt.

    .. code-block:: python

        @given(fuel_log_histories({"partial", "missed"}))
        def test_my_economy_finds_what_really_happened(history):
            found = my_economy(history.logs)
            assert [i.fuel for i in found] == [true.fuel for true in history.true_intervals]
    """
    for feature in features:
        if feature not in FEATURES:
            raise InvalidValue("features", feature, "must be of " + ", ".join(sorted(FEATURES)))
    legs = st.builds(
        _Leg,
        used=st.integers(1, 950),
        thrift=st.integers(-300, 300),
        pour=st.none() | st.integers(1, 900) if "partial" in features else st.none(),
        hours=st.integers(1, 30 * 24),
        is_unwritten=st.booleans() if "missed" in features else st.just(False),
        is_towing=st.booleans() if "towing" in features else st.just(False),
        price=st.integers(0, 9999),
    )
    return _histories(st.lists(legs, min_size=min_fills, max_size=max_fills), frozenset(features))


@st.composite
def _histories(
    draw: st.DrawFn, /, legs: st.SearchStrategy[list[_Leg]], features: frozenset[str]
) -> FuelLogHistory:
    distance_unit = draw(st.sampled_from([DistanceUnit.KM, DistanceUnit.MI, DistanceUnit.H]))
    fuels = [FuelUnit.L, FuelUnit.US_GAL, FuelUnit.IMP_GAL, FuelUnit.KG]
    fuel_unit = draw(st.sampled_from([*fuels, FuelUnit.KWH] if "electric" in features else fuels))
    # A multiple of 10 units, so that a hundredth of a percent of it is a whole number of thousandths.
    grain = draw(st.integers(1, 12))
    system = draw(st.sampled_from(UnitSystem))
    says_distance = distance_unit != system.distance_unit or draw(st.booleans())
    says_fuel = fuel_unit != system.fuel_unit or draw(st.booleans())
    has_charges = fuel_unit == FuelUnit.KWH and draw(st.booleans())
    # 0 on the dial means unknown
    start = None if "trip_only" in features and draw(st.booleans()) else draw(st.integers(1, 3_000_000))
    # What was drawn before keeps its meaning while Hypothesis drops fill-ups to find the least history.
    stops = _drive(
        draw(legs),
        capacity=grain * 10_000,
        grain=grain,
        per_thousand=_DISTANCE_PER_FUEL[fuel_unit] * _PER_KM[distance_unit] // 100,
    )
    vehicle = example_vehicle(id=VehicleId(UUID(int=1)), distance_unit=distance_unit)
    common: dict[str, Any] = {
        "user_id": ANA,
        "vehicle_id": vehicle.id,
        "created_at": NOON,
        "updated_at": NOON,
        "fuel_type": _FUEL_TYPES.get(fuel_unit, FuelType.GASOLINE),
        "odometer_unit": distance_unit if says_distance else None,
        "fuel_unit": fuel_unit if says_fuel else None,
    }
    logs = _write_down(stops, common, start=start, capacity=grain * 10_000 if has_charges else None)
    return FuelLogHistory(
        vehicle=vehicle,
        preferences=example_preferences(id=UUID(int=2), unit_system=system),
        logs=tuple(logs),
        distance_unit=distance_unit,
        fuel_unit=fuel_unit,
        tank_capacity=Decimal(grain * 10),
        true_intervals=tuple(_true_intervals(stops)),
        driven_by=tuple(map(_distance, _sums_by_log(stops, [stop.distance for stop in stops]))),
        burnt_by=tuple(map(_fuel, _sums_by_log(stops, [stop.burnt for stop in stops]))),
    )


def _sums_by_log(stops: Sequence[_Stop], amounts: Sequence[int]) -> list[int]:
    sums = [
        sum_
        for stop, sum_ in zip(stops, itertools.accumulate(amounts), strict=True)
        if not stop.leg.is_unwritten
    ]
    return [sum_ - sums[0] for sum_ in sums]


def _drive(legs: Sequence[_Leg], capacity: int, grain: int, per_thousand: int) -> list[_Stop]:
    """What happens, step by step; all amounts are whole grains."""
    stops: list[_Stop] = []
    at, level = _START, capacity // 2
    for leg in legs:
        burnt = distance = 0
        if not stops:  # where the story begins, and so is written down
            leg = attrs.evolve(leg, is_unwritten=False)
        else:
            burnt = max(level * leg.used // 1000 // grain * grain, grain)
            distance = max(burnt * per_thousand * (1000 + leg.thrift) // 1_000_000, 1)
        level -= burnt
        room = capacity - level
        # At least a tenth of the tank, which leaves enough to drive on; always less than to the brim.
        poured = room if leg.pour is None else max(capacity // 10, room * leg.pour // 1000) // grain * grain
        is_full = poured >= room
        poured = min(poured, room)
        stops.append(
            _Stop(at=at, distance=distance, burnt=burnt, level=level, poured=poured, is_full=is_full, leg=leg)
        )
        level += poured
        at += timedelta(hours=leg.hours)
    return stops


def _write_down(
    stops: Sequence[_Stop], common: dict[str, Any], start: int | None, capacity: int | None
) -> list[FuelLog]:
    logs: list[FuelLog] = []
    odometer, is_missed, was_towing = start, False, False
    for number, stop in enumerate(stops, start=1):
        odometer = None if odometer is None else odometer + stop.distance
        was_towing = was_towing or stop.leg.is_towing
        if stop.leg.is_unwritten:
            is_missed = True
            continue
        volume, price = _fuel(stop.poured), _fuel(stop.leg.price)
        charge: dict[str, Any] = {}
        if capacity is not None:
            charge["charge_start_percent"] = _percent(stop.level, capacity)
            charge["charge_end_percent"] = _percent(stop.level + stop.poured, capacity)
        logs.append(
            FuelLog(
                id=FuelLogId(UUID(int=number)),
                filled_at=stop.at,
                odometer=None if odometer is None else _distance(odometer),
                # the meter is set to 0 at every fill-up, written down or not
                trip_distance=_distance(stop.distance) if odometer is None else None,
                volume=volume,
                price_per_unit=price,
                total_cost=round_half_up(EXACT.multiply(volume, price), 2),
                is_full_tank=stop.is_full,
                missed_previous=is_missed,
                is_towing=was_towing,
                **common,
                **charge,
            )
        )
        is_missed = was_towing = False
    return logs


def _true_intervals(stops: Sequence[_Stop]) -> list[TrueInterval]:
    found: list[TrueInterval] = []
    written, opened_by = -1, None
    distance = burnt = 0
    is_towing = is_gap = False
    for stop in stops:
        distance, burnt = distance + stop.distance, burnt + stop.burnt
        is_towing = is_towing or stop.leg.is_towing
        if stop.leg.is_unwritten:
            is_gap = True
            continue
        written += 1
        if not stop.is_full:
            continue
        if opened_by is not None and not is_gap:
            found.append(
                TrueInterval(
                    opened_by=opened_by,
                    closed_by=written,
                    distance=_distance(distance),
                    fuel=_fuel(burnt),
                    is_towing=is_towing,
                )
            )
        opened_by, distance, burnt, is_towing, is_gap = written, 0, 0, False, False
    return found


def _percent(level: int, capacity: int) -> Decimal:
    return EXACT.divide(Decimal(level * 100), Decimal(capacity))


def _distance(tenths: int) -> Decimal:
    return EXACT.scaleb(Decimal(tenths), -1)


def _fuel(thousandths: int) -> Decimal:
    return EXACT.scaleb(Decimal(thousandths), -3)
