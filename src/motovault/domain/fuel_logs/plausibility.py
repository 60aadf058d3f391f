"""What looks like a slip of the pen in a vehicle's fuel logs. Findings only: nothing is refused or left out.

Source: the domain rules, section fuel_logs. Medians are the vehicle's own, so
that a frugal motorcycle is not an outlier among lorries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.history import in_order
from motovault.domain.fuel_logs.intervals import Void
from motovault.domain.fuel_logs.report import EconomyReport
from motovault.findings import Finding, Severity
from motovault.quantities.context import EXACT, plain, round_half_even
from motovault.quantities.units import DISTANCE_TO_BASE, FUEL_TO_BASE, UNITS

__all__ = ["plausibility_findings"]

KM_A_DAY = Decimal(2000)
"""More than this in one day is a typing error rather than a journey."""

_THREE = Decimal(3)
_TEN = Decimal(10)
_ENOUGH = 5
"""Fewer than this many figures have no median worth the name."""


def plausibility_findings(
    fills: Iterable[Fill],
    report: EconomyReport,
    tank_capacity: Mapping[int | str, Decimal] | None = None,
) -> tuple[Finding, ...]:
    """Everything that looks wrong, oldest first.

    Codes: ``odometer_went_back``, ``distance_per_day``, ``economy_unusual``, ``excluded_distance``,
    ``tank_mixed``, ``volume_above_tank``, ``price_unusual``, ``volume_and_price_swapped``.

    Args:
        fills: All of one vehicle.
        report: Their economy.
        tank_capacity: By tank, in the tank's fuel unit.
    """
    ordered = in_order(fills)
    found: list[tuple[int, Finding]] = []
    place = {fill.id: n for n, fill in enumerate(ordered)}
    found += _odometer(ordered)
    found += _economy(report, place)
    found += _excluded(report, place)
    found += _mixed(ordered)
    found += _volumes(ordered, tank_capacity or {})
    found += _prices(ordered)
    return tuple(finding for _, finding in sorted(found, key=lambda pair: pair[0]))


def _mixed(ordered: Sequence[Fill]) -> Iterable[tuple[int, Finding]]:
    """One tank that took litres and kilograms: the rarer of the two is a slip, or another tank."""
    kinds: dict[int | str, dict[str, list[int]]] = {}
    for n, fill in enumerate(ordered):
        base = FUEL_TO_BASE[fill.fuel_unit][0]
        kinds.setdefault(fill.tank, {}).setdefault(base, []).append(n)
    for tank, by_kind in kinds.items():
        if len(by_kind) < 2:
            continue
        rare = min(by_kind, key=lambda base: (len(by_kind[base]), base))
        usual = max(by_kind, key=lambda base: (len(by_kind[base]), base))
        for n in by_kind[rare]:
            fill = ordered[n]
            message = (
                f"tank {tank} took {UNITS[fill.fuel_unit].label} on {fill.on}, and otherwise what is counted "
                f"in {UNITS[usual].label}: the two never add up, so each has figures of its own"
            )
            yield n, _warning(fill, "tank_mixed", message, "fuel_unit", str(fill.fuel_unit))


def _odometer(ordered: Sequence[Fill]) -> Iterable[tuple[int, Finding]]:
    earlier: Fill | None = None
    for n, fill in enumerate(ordered):
        if fill.odometer is None:
            continue
        if earlier is not None and earlier.odometer is not None:
            if DISTANCE_TO_BASE[fill.odometer_unit][0] != DISTANCE_TO_BASE[earlier.odometer_unit][0]:
                earlier = fill
                continue
            driven = EXACT.subtract(_dial(fill), _dial(earlier))
            days = (fill.on - earlier.on).days
            if driven < 0:
                yield (
                    n,
                    _warning(
                        fill,
                        "odometer_went_back",
                        f"odometer {_reading(fill)} on {fill.on} is below "
                        f"{_reading(earlier)} on {earlier.on}",
                        "odometer",
                        plain(fill.odometer),
                    ),
                )
            elif fill.odometer_unit != "h" and driven > EXACT.multiply(KM_A_DAY, Decimal(max(days, 1))):
                yield (
                    n,
                    _warning(
                        fill,
                        "distance_per_day",
                        f"odometer {_reading(fill)} on {fill.on} is {round_half_even(driven, 0)} km beyond "
                        f"{_reading(earlier)} on {earlier.on}: more than {KM_A_DAY} km a day",
                        "odometer",
                        plain(fill.odometer),
                    ),
                )
        earlier = fill


def _economy(report: EconomyReport, place: Mapping[object, int]) -> Iterable[tuple[int, Finding]]:
    for tank in report.tanks:
        figures = [i.economy for i in tank.intervals if i.economy is not None]
        middle = _median(figures)
        if middle is None:
            continue
        for interval in tank.intervals:
            figure = interval.economy
            if figure is None or _is_near(figure, middle):
                continue
            unit = UNITS[tank.economy_unit].label
            yield (
                place.get(interval.closed_by, 0),
                Finding(
                    code="economy_unusual",
                    severity=Severity.WARNING,
                    message=f"{round_half_even(figure, 2)} {unit} on {interval.closed_on} is far from this "
                    f"vehicle's median of {round_half_even(middle, 2)}: "
                    "a fill-up missed, or a slip in volume or odometer",
                    field="economy",
                    value=plain(round_half_even(figure, 6)),
                    subject=str(interval.closed_by),
                ),
            )


def _excluded(report: EconomyReport, place: Mapping[object, int]) -> Iterable[tuple[int, Finding]]:
    for interval in report.intervals:
        if interval.void is Void.EXCLUDED:
            yield (
                place.get(interval.closed_by, 0),
                Finding(
                    code="excluded_distance",
                    severity=Severity.WARNING,
                    message=f"until {interval.closed_on} {interval.void}",
                    field="excluded_distance",
                    subject=str(interval.closed_by),
                ),
            )


def _volumes(ordered: Sequence[Fill], capacity: Mapping[int | str, Decimal]) -> Iterable[tuple[int, Finding]]:
    unit_of = {fill.tank: fill.fuel_unit for fill in ordered}  # a capacity is in the unit typed last
    for n, fill in enumerate(ordered):
        limit = capacity.get(fill.tank)
        if limit is None or fill.volume is None:
            continue
        (base, factor), (of_limit, times) = FUEL_TO_BASE[fill.fuel_unit], FUEL_TO_BASE[unit_of[fill.tank]]
        if base == of_limit and EXACT.multiply(fill.volume, factor) > EXACT.multiply(limit, times):
            poured = f"{plain(fill.volume)} {UNITS[fill.fuel_unit].label}"
            size = f"{plain(limit)} {UNITS[unit_of[fill.tank]].label}"
            message = f"{poured} on {fill.on} is above the tank's {size}"
            yield n, _warning(fill, "volume_above_tank", message, "volume", plain(fill.volume))


def _prices(ordered: Sequence[Fill]) -> Iterable[tuple[int, Finding]]:
    groups: dict[tuple[object, ...], list[tuple[int, Fill, Decimal, Decimal, Decimal]]] = {}
    for n, fill in enumerate(ordered):
        if fill.volume and fill.total_cost:
            kind = (fill.tank, FUEL_TO_BASE[fill.fuel_unit][0], fill.fuel_unit, fill.currency_code)
            price = EXACT.divide(fill.total_cost, fill.volume)
            groups.setdefault(kind, []).append((n, fill, fill.volume, price, fill.total_cost))
    for members in groups.values():
        usual_price = _median([member[3] for member in members])
        volume = _median([member[2] for member in members])
        if usual_price is None or volume is None:
            continue
        price = usual_price
        for n, fill, poured, paid, total in members:
            other = None if _is_near(paid, price) else _swapped(poured, paid, total, volume, price)
            if other is not None:
                message = (
                    f"on {fill.on} volume {plain(poured)} and {other} look swapped: usual here are "
                    f"{plain(volume)} at {round_half_even(price, 3)}"
                )
                yield n, _warning(fill, "volume_and_price_swapped", message, "volume", plain(poured))
            elif not _is_within(paid, price, _TEN):
                message = (
                    f"price {round_half_even(paid, 3)} per {UNITS[fill.fuel_unit].label} on {fill.on} is "
                    f"an order of magnitude off this vehicle's median of {round_half_even(price, 3)}"
                )
                shown = plain(round_half_even(paid, 6))
                yield n, _warning(fill, "price_unusual", message, "price_per_unit", shown)


def _swapped(poured: Decimal, paid: Decimal, total: Decimal, volume: Decimal, price: Decimal) -> str | None:
    """What the volume was swapped with, if swapping makes both usual."""
    if _is_near(paid, volume) and _is_near(poured, price):
        return f"price {plain(round_half_even(paid, 3))}"
    if _is_near(total, volume) and _is_near(EXACT.divide(poured, total), price):
        return f"total cost {plain(total)}"
    return None


def _is_near(value: Decimal, usual: Decimal) -> bool:
    return _is_within(value, usual, _THREE)


def _is_within(value: Decimal, usual: Decimal, times: Decimal) -> bool:
    return value <= EXACT.multiply(usual, times) and usual <= EXACT.multiply(value, times)


def _median(values: Sequence[Decimal]) -> Decimal | None:
    return sorted(values)[len(values) // 2] if len(values) >= _ENOUGH else None


def _dial(fill: Fill) -> Decimal:
    return EXACT.multiply(fill.odometer or Decimal(0), DISTANCE_TO_BASE[fill.odometer_unit][1])


def _reading(fill: Fill) -> str:
    return f"{plain(fill.odometer or Decimal(0))} {UNITS[fill.odometer_unit].label}"


def _warning(fill: Fill, code: str, message: str, field: str, value: str) -> Finding:
    return Finding(
        code=code, severity=Severity.WARNING, message=message, field=field, value=value, subject=str(fill.id)
    )
