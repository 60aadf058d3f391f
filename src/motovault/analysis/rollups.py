"""What intervals add up to: by month, vehicle, station, fuel and what else an interval frame says.

Source: rules R11 (sum of distance over sum of fuel of valid intervals, never a
mean of ratios), R12 (an interval belongs to the period of its closing fill),
R13 (no average across tanks) and R17 (the cost of a distance).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis import summing
from motovault.analysis.doors import by_names, entered, known_periods, needed, nw, period, text
from motovault.analysis.summing import DISTANCE_SCALE, FUEL_SCALE, UNITS_BY_KIND
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["DISTANCES", "FUELS", "rollup", "summable"]

BY: Final = (
    "year",
    "month",
    "vehicle_id",
    "user_id",
    "tank",
    "fuel_type",
    "fuel_grade",
    "location",
    "economy_unit",
    "currency_code",
)
DISTANCES: Final = ("distance_km", "distance_h")
FUELS: Final = ("volume_l", "mass_kg", "energy_kwh")
_COSTS: Final = {"distance_km": "cost_per_km", "distance_h": "cost_per_h"}


def rollup(
    intervals: IntoFrameT,
    by: str | Sequence[str] = (),
    *,
    include_towing: bool = True,
    economy_unit: str | None = None,
) -> IntoFrameT:
    """Pooled economy, distance, fuel and cost of intervals, by any of ``BY``; sorted by that.

    Litres, kilograms and kilowatt-hours never add up, nor do hours and kilometres:
    each economy unit has rows of its own. Two currencies never add up either: where
    both were paid, the money is null, and ``by`` with ``currency_code`` tells them
    apart. A vehicle's two tanks cover the same way, so by ``vehicle_id`` without
    ``tank`` they have no figure together.

    Args:
        intervals: An interval frame.
        by: One or several of year, month (a calendar month: ``year`` and ``month``), vehicle_id, user_id,
            tank, fuel_type, fuel_grade, location, economy_unit, currency_code. Without any, all intervals
            together.
        include_towing: Whether stretches with a trailer count; the averages of the domain count them too.
        economy_unit: Of the figures, where it fits; by default each interval's own.

    Returns:
        A frame of the caller's kind: what ``by`` asked for, ``economy_unit``, ``interval_count`` (valid
        ones), ``void_count``, the distance and the fuel of the valid ones, ``economy``, and where the
        frame has costs ``cost``, ``currency_code``, ``cost_interval_count`` (valid ones of known cost),
        ``cost_per_km`` and ``cost_per_h`` (over the distance of these).

    Raises:
        InvalidValue: No frame, a column is missing, or ``by`` names something else.
        UnknownUnit: There is no such economy unit.
    """
    names = by_names(by, BY)
    frame = summable(entered(intervals, "intervals"), include_towing, economy_unit)
    if {"year", "month"} & set(names):
        needed(frame, "intervals", ["closed_on"])
        frame = frame.with_columns(period(frame, "closed_on", names))
    needed(frame, "intervals", names)
    return pooled(frame, names).sort([*names, *_unit_of(names)]).to_native()  # type: ignore[no-any-return]


def _unit_of(names: Sequence[str]) -> list[str]:
    return [] if "economy_unit" in names else ["economy_unit"]


def summable(frame: Any, include_towing: bool = True, economy_unit: str | None = None) -> Any:
    """An interval frame with the whole numbers that :func:`pooled` adds; ``_valid`` is 1 or 0.

    Raises:
        InvalidValue: A column is missing.
        UnknownUnit: There is no such economy unit.
    """
    needed(frame, "intervals", ["economy_unit", "void"])
    there = frame.collect_schema().names()
    for group in (DISTANCES, FUELS):
        if not set(group) & set(there):
            raise InvalidValue("intervals", group[0], f"is missing, and so is {' and '.join(group[1:])}")
    if not include_towing and "is_towing" in there:
        # pandas keeps booleans with nulls as objects, of which "not" is a number
        frame = frame.filter(~nw.col("is_towing").is_in([True]).fill_null(False))
    frame = frame.with_columns(
        summing.asked_unit(text(frame, "economy_unit"), economy_unit).alias("economy_unit")
    )
    unit = nw.col("economy_unit")
    frame = frame.with_columns(
        summing.of_kind(frame, DISTANCES, unit).alias("_driven"),
        summing.of_kind(frame, FUELS, unit).alias("_burnt"),
    )
    is_valid = (
        nw.col("void").is_null()
        & summing.known(nw.col("_driven"), DISTANCE_SCALE)
        & summing.known(nw.col("_burnt"), FUEL_SCALE)
        & (nw.col("_driven") > 0).fill_null(False)
        & (nw.col("_burnt") > 0).fill_null(False)
    )
    frame = frame.with_columns(is_valid.alias("_is_valid"))
    frame = frame.with_columns(
        nw.when(nw.col("_is_valid")).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_valid"),
        nw.when(nw.col("_is_valid")).then(nw.col("_driven")).alias("_driven"),
        nw.when(nw.col("_is_valid")).then(nw.col("_burnt")).alias("_burnt"),
    )
    return frame.with_columns(
        *summing.parts(nw.col("_driven"), DISTANCE_SCALE, "_driven"),
        *summing.parts(nw.col("_burnt"), FUEL_SCALE, "_burnt"),
        (1 - nw.col("_valid")).alias("_void"),
    )


def pooled(frame: Any, names: Sequence[str]) -> Any:
    """Sums and figures of a :func:`summable` frame by columns and economy unit, in no order."""
    there = frame.collect_schema().names()
    keys = [*names, *_unit_of(names)]
    sums = ["_valid", "_void", "_driven_high", "_driven_low", "_burnt_high", "_burnt_low"]
    others: list[nw.Expr] = []
    has_cost = "cost" in there
    if has_cost:
        frame = _with_money(frame)
        sums += ["_coins", "_costed", "_paid_high", "_paid_low"]
        others += [nw.col("_currency").min().alias("_first"), nw.col("_currency").max().alias("_last")]
    # R13: tanks of one vehicle are no sum
    is_one_vehicle = "vehicle_id" in names and "tank" not in names and "tank" in there
    if is_one_vehicle:
        frame = frame.with_columns(nw.when(nw.col("_is_valid")).then(nw.col("tank")).alias("_tank"))
        others += [nw.col("_tank").min().alias("_tank_first"), nw.col("_tank").max().alias("_tank_last")]
    frame = frame.group_by(*keys).agg(*(nw.col(name).sum() for name in sums), *others)
    frame = frame.with_columns(nw.col(name).cast(nw.Int64) for name in sums)
    frame = summing.with_figure(frame, "_driven", "_burnt", "economy")
    if is_one_vehicle:
        is_one_tank = (nw.col("_tank_first") == nw.col("_tank_last")).fill_null(False)
        frame = frame.with_columns(is_one_tank.alias("_is_one_tank"))
        frame = frame.with_columns(nw.when(nw.col("_is_one_tank")).then(nw.col("economy")).alias("economy"))
    frame = frame.with_columns(
        *known_periods(names),
        nw.col("_valid").alias("interval_count"),
        nw.col("_void").alias("void_count"),
        summing.amount("_driven", DISTANCE_SCALE).alias("_driven"),
        summing.amount("_burnt", FUEL_SCALE).alias("_burnt"),
    )
    frame = frame.with_columns(
        *(_of(column, "_driven") for column in DISTANCES if column in there),
        *(_of(column, "_burnt") for column in FUELS if column in there),
    )
    if has_cost:
        frame = _with_costs(frame, is_one_vehicle, [column for column in DISTANCES if column in there])
    return frame.select(*keys, *(column for column in _order(there) if column not in keys))


def _with_costs(frame: Any, is_one_vehicle: bool, distances: Sequence[str]) -> Any:
    is_one_currency = (nw.col("_costed") > 0) & (nw.col("_first") == nw.col("_last")).fill_null(False)
    frame = frame.with_columns(
        is_one_currency.alias("_is_one_currency"),
        summing.divided(summing.as_float(nw.col("_coins")), float(summing.MONEY_SCALE)).alias("_money"),
        summing.amount("_paid", DISTANCE_SCALE).alias("_over"),
        nw.col("_costed").alias("cost_interval_count"),
    )
    frame = frame.with_columns(
        nw.when(nw.col("_is_one_currency")).then(nw.col("_money")).alias("cost"),
        nw.when(nw.col("_over") > 0).then(nw.col("_over")).otherwise(1.0).alias("_over"),
    )
    if "currency_code" not in frame.collect_schema().names():
        is_named = nw.col("_is_one_currency") & (nw.col("_first") != "").fill_null(False)
        frame = frame.with_columns(nw.when(is_named).then(nw.col("_first")).alias("currency_code"))
    per = summing.divided(nw.col("cost"), nw.col("_over"))
    if is_one_vehicle:
        per = nw.when(nw.col("_is_one_tank")).then(per)
    frame = frame.with_columns(per.alias("_per"))
    return frame.with_columns(_of(column, "_per", _COSTS[column]) for column in distances)


def _with_money(frame: Any) -> Any:
    """What was paid, in ten-thousandths, for how far, and in which currency; "" where nobody said."""
    there = frame.collect_schema().names()
    is_paid = nw.col("_is_valid") & summing.known(nw.col("cost"), summing.MONEY_SCALE)
    code = text(frame, "currency_code").fill_null("") if "currency_code" in there else nw.lit("")
    frame = frame.with_columns(is_paid.alias("_is_paid"))
    paid = nw.col("_is_paid")
    return frame.with_columns(
        nw.when(paid).then(summing.money(nw.col("cost"))).otherwise(nw.lit(0)).cast(nw.Int64).alias("_coins"),
        nw.when(paid).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_costed"),
        nw.when(paid).then(nw.col("_driven_high")).otherwise(nw.lit(0)).cast(nw.Int64).alias("_paid_high"),
        nw.when(paid).then(nw.col("_driven_low")).otherwise(nw.lit(0)).cast(nw.Int64).alias("_paid_low"),
        nw.when(paid).then(code).alias("_currency"),
    )


def _of(column: str, name: str, alias: str | None = None) -> nw.Expr:
    """What is of a kind in the column of its kind, null in those of the others."""
    fits = nw.col("economy_unit").is_in(UNITS_BY_KIND[column]).fill_null(False)
    return nw.when(fits).then(nw.col(name)).alias(alias or column)


def _order(there: Sequence[str]) -> list[str]:
    amounts = [column for column in (*DISTANCES, *FUELS) if column in there]
    found = ["interval_count", "void_count", *amounts, "economy"]
    if "cost" in there:
        found += ["cost", "currency_code", "cost_interval_count"]
        found += [name for column, name in _COSTS.items() if column in there]
    return found
