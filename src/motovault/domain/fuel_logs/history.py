"""A vehicle's fill-ups in order, split by tank.

Rules R1 (order) and R13 (tanks). A history of a hundred thousand logs should
cost a few times a loop over floats: so the logs themselves are the rows, and
are turned into :class:`Fill` only where tanks or units were mixed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TypeAlias, TypeVar, cast

import attrs

from motovault.domain.fuel_logs.entities import FuelLog
from motovault.domain.fuel_logs.fills import Fill, fills_from_logs
from motovault.quantities.context import EXACT
from motovault.quantities.errors import UnknownUnit
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE

__all__ = ["Row", "Strand", "in_order", "strands_of_fills", "strands_of_logs"]

Row: TypeAlias = Fill | FuelLog
"""One fill-up: the rules read the names that both have."""

R = TypeVar("R")

_ZERO = Decimal(0)
_NEARLY_TWO_DAYS = timedelta(hours=48)
"""Moments further apart than this never share a local date, whatever the zone does in between."""


@attrs.frozen(kw_only=True)
class Strand:
    """What belongs to one tank: rows in order, and the units they were typed in.

    Attributes:
        tank: Its number or name.
        rows: In order; distances in ``adding_distance``, amounts in ``adding_fuel``.
        distance_unit: The one typed last.
        fuel_unit: The one typed last.
        adding_distance: The same, or the base unit where several were typed.
        adding_fuel: Likewise. Base units have finite decimal factors, so nothing is rounded.
        on: The local date of a row.
        currency_code: Of costs that carry none.
    """

    tank: int | str
    rows: Sequence[Row]
    distance_unit: str
    fuel_unit: str
    adding_distance: str
    adding_fuel: str
    on: Callable[[Row], date]
    currency_code: str | None = None


def in_order(fills: Iterable[Fill]) -> list[Fill]:
    """By date; within one date by odometer where known, the others keep their places (R1)."""
    ordered = sorted(fills, key=operator.attrgetter("on"))
    _settle_dates(ordered)
    return ordered


def strands_of_fills(fills: Iterable[Fill]) -> list[Strand]:
    """Fills, in any order, by tank, in the order in which the tanks were first filled.

    A tank's order is its own (R13): what another tank got on the same day moves nothing in it.
    """
    by_date = sorted(fills, key=operator.attrgetter("on"))
    strands = [_strand(tank, rows) for tank, rows in _by_tank(by_date).items()]
    if len(strands) > 1:
        first = {name: rank for rank, name in enumerate(_by_tank(in_order(by_date)))}
        strands.sort(key=lambda strand: first[_tank_of(strand.rows[0])])
    return strands


def strands_of_logs(
    logs: Iterable[FuelLog],
    *,
    distance_unit: str,
    fuel_unit: str,
    currency_code: str | None,
    local_date: Callable[[datetime], date],
) -> list[Strand]:
    """Fuel logs, in any order, by tank; units and currency stand where a log has none of its own.

    A dial or a trip meter at 0 is unknown. Charges without a unit are kilowatt-hours.
    """
    rows = sorted(logs, key=operator.attrgetter("filled_at"))
    if not rows:
        return []
    if not _is_uniform(rows):
        fills = fills_from_logs(
            rows,
            distance_unit=distance_unit,
            fuel_unit=fuel_unit,
            currency_code=currency_code,
            local_date=local_date,
        )
        return strands_of_fills(fills)
    _settle_days(rows, local_date)
    latest = rows[-1]
    driven = str(latest.odometer_unit or distance_unit)
    burnt = str(latest.fuel_unit or ("kWh" if latest.fuel_type == "electric" else fuel_unit))
    return [
        Strand(
            tank=latest.tank,
            rows=rows,
            distance_unit=driven,
            fuel_unit=burnt,
            adding_distance=driven,
            adding_fuel=burnt,
            on=partial(_on_of_log, local_date),
            currency_code=currency_code,
        )
    ]


# Functions with names rather than lambdas, so that reports can be pickled and compared.


def _on_of_log(local_date: Callable[[datetime], date], row: Row) -> date:
    return local_date(cast("FuelLog", row).filled_at)


def _on_of_fill(row: Row) -> date:
    return cast("Fill", row).on


def _is_uniform(rows: Sequence[FuelLog]) -> bool:
    first = rows[0]
    driven, burnt, tank = first.odometer_unit, first.fuel_unit, first.tank
    electric = first.fuel_type == "electric"
    for row in rows:
        if row.odometer_unit != driven or row.fuel_unit != burnt or row.tank != tank:
            return False
    return burnt is not None or all((row.fuel_type == "electric") == electric for row in rows)


def _settle_days(rows: list[FuelLog], local_date: Callable[[datetime], date]) -> None:
    start, near, is_disordered = 0, _NEARLY_TWO_DAYS, False
    previous, previous_day = rows[0], None
    for index, row in enumerate(rows):
        day = None
        if row.filled_at - previous.filled_at < near:
            previous_day = previous_day or local_date(previous.filled_at)
            day = local_date(row.filled_at)
            if day == previous_day:
                # an unknown dial may stand between two that are out of order: look closer then
                is_disordered = (
                    is_disordered
                    or not (row.odometer and previous.odometer)
                    or (row.odometer < previous.odometer)
                )
                previous = row
                continue
        if is_disordered:
            _settle_day(rows, start, index, _plain_dial)
            is_disordered = False
        start, previous, previous_day = index, row, day
    if is_disordered:
        _settle_day(rows, start, len(rows), _plain_dial)


def _settle_day(rows: list[R], start: int, end: int, dial: Callable[[R], Decimal | None]) -> None:
    slots = [i for i in range(start, end) if dial(rows[i]) is not None]
    dials = [dial(rows[i]) or _ZERO for i in slots]
    if all(map(operator.le, dials, dials[1:])):
        return
    settled = sorted((rows[i] for i in slots), key=lambda row: dial(row) or _ZERO)
    for slot, row in zip(slots, settled, strict=True):
        rows[slot] = row


def _plain_dial(row: FuelLog) -> Decimal | None:
    return row.odometer or None


def _base_dial(fill: Fill) -> Decimal | None:
    return _times(fill.odometer, DISTANCE_TO_BASE[fill.odometer_unit][1])


def _settle_dates(ordered: list[Fill]) -> None:
    start = 0
    for index in range(1, len(ordered) + 1):
        if index == len(ordered) or ordered[index].on != ordered[start].on:
            if index - start > 1:
                _settle_day(ordered, start, index, _base_dial)
            start = index


_Tank: TypeAlias = tuple[int | str, str, str]


def _tank_of(fill: Row) -> _Tank:
    # litres, kilograms and kilowatt-hours never add up: one tank that saw two of them makes two strands
    row = cast("Fill", fill)
    try:
        return row.tank, FUEL_TO_BASE[row.fuel_unit][0], DISTANCE_TO_BASE[row.odometer_unit][0]
    except KeyError:
        if row.fuel_unit not in FUEL_TO_BASE:
            raise UnknownUnit(row.fuel_unit, field="fuel_unit") from None
        raise UnknownUnit(row.odometer_unit, field="odometer_unit") from None


def _by_tank(fills: Iterable[Fill]) -> dict[_Tank, list[Fill]]:
    members: dict[_Tank, list[Fill]] = {}
    for fill in fills:
        members.setdefault(_tank_of(fill), []).append(fill)
    return members


def _strand(named: _Tank, rows: list[Fill]) -> Strand:
    _settle_dates(rows)
    tank, base_fuel, base_distance = named
    latest = rows[-1]
    is_mixed = any((r.odometer_unit, r.fuel_unit) != (latest.odometer_unit, latest.fuel_unit) for r in rows)
    return Strand(
        tank=tank,
        rows=[_in_base(row) for row in rows] if is_mixed else rows,
        distance_unit=latest.odometer_unit,
        fuel_unit=latest.fuel_unit,
        adding_distance=base_distance if is_mixed else latest.odometer_unit,
        adding_fuel=base_fuel if is_mixed else latest.fuel_unit,
        on=_on_of_fill,
    )


def _in_base(fill: Fill) -> Fill:
    far, much = DISTANCE_TO_BASE[fill.odometer_unit], FUEL_TO_BASE[fill.fuel_unit]
    return attrs.evolve(
        fill,
        odometer_unit=far[0],
        odometer=_times(fill.odometer, far[1]),
        trip_distance=_times(fill.trip_distance, far[1]),
        fuel_distance=_times(fill.fuel_distance, far[1]),
        excluded_distance=_times(fill.excluded_distance, far[1]),
        fuel_unit=much[0],
        volume=_times(fill.volume, much[1]),
    )


def _times(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else EXACT.multiply(value, factor)
