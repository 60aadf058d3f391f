"""What a vehicle costs: fuel and maintenance together, by vehicle and month, and per kilometre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis import summing
from motovault.analysis.doors import by_names, day, entered, key, needed, nw, period
from motovault.analysis.partitions import before, running
from motovault.analysis.summing import DISTANCE_SCALE, MONEY_SCALE
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["cost_of_ownership"]

BY: Final = ("vehicle_id", "user_id", "year", "month")
_SUMS: Final = ("_fuel", "_fuel_count", "_maintenance", "_maintenance_count")


def cost_of_ownership(
    fuel: IntoFrameT, maintenance: IntoFrameT, by: str | Sequence[str] = ("vehicle_id", "month")
) -> IntoFrameT:
    """Fuel and maintenance together, by vehicle and month; each currency has rows of its own.

    Fuel logs are the better source: every log that has a cost counts, and the distance is from one known
    reading of the odometer to the next, in the period of the later one, a drop counting as 0. Of intervals
    only the valid ones have a cost, and the distance is theirs; of a vehicle with two tanks, which cover
    the same way, it is not told. A cost per kilometre is of one currency, over the whole distance.

    Args:
        fuel: A fuel log frame (with ``total_cost``) or an interval frame (with ``cost``).
        maintenance: A maintenance frame of the same kind.
        by: One or several of vehicle_id, user_id, year, month (a calendar month: ``year`` and ``month``).

    Returns:
        A frame of the caller's kind, sorted: what ``by`` asked for, ``currency_code``, ``fuel_cost`` and
        ``maintenance_cost`` (null where nothing is known), ``cost`` (of both), ``without_cost`` (logs or
        intervals of the group, in no currency, whose cost is unknown: they are in no sum), ``distance_km``
        of the group (the same on the rows of two currencies) and ``cost_per_km``.

    Raises:
        InvalidValue: No frame, frames of two kinds, a column is missing, or ``by`` names something else.
    """
    names = by_names(by, BY)
    spent = entered(fuel, "fuel", ["vehicle_id"])
    there = spent.collect_schema().names()
    is_log = "total_cost" in there
    money, on = ("total_cost", "local_date") if is_log else ("cost", "closed_on")
    distance = "odometer_km" if is_log else "distance_km"
    needed(spent, "fuel", [money, on, distance, *([] if is_log else ["void"])])
    repaired = entered(maintenance, "maintenance", ["vehicle_id", "service_date", "cost"])
    if type(spent) is not type(repaired) or spent.implementation is not repaired.implementation:
        kind = f"{repaired.implementation} {type(repaired).__name__}"
        raise InvalidValue("maintenance", kind, f"must be of the kind of fuel, {spent.implementation}")
    needed(spent, "fuel", [name for name in names if name.endswith("_id")])
    needed(repaired, "maintenance", [name for name in names if name.endswith("_id")])
    keys = ["_all", *(f"_by_{name}" for name in names)]
    spent, repaired = _keyed(spent, on, names), _keyed(repaired, "service_date", names)
    fuel_costs, other_costs = _costs(spent, money, keys, 1), _costs(repaired, "cost", keys, 0)
    costs = nw.concat([fuel_costs, other_costs], how="vertical")
    groups = costs.group_by(*keys).agg(nw.col("_unknown").sum())
    paid = costs.filter(nw.col("_unknown") == 0).group_by(*keys, "_currency")
    paid = paid.agg(nw.col(name).sum() for name in _SUMS)
    driven = _by_dial(spent, keys) if is_log else _by_interval(spent, keys)
    found = groups.join(paid, on=keys, how="left").join(driven, on=keys, how="left")
    return _told(found, names).to_native()  # type: ignore[no-any-return]


def _keyed(frame: Any, on: str, names: Sequence[str]) -> Any:
    """The columns of a group, none of them null: they are joined by."""
    on_column = [part.alias(f"_by_{part_name}") for part_name, part in _periods(frame, on, names)]
    others = [key(frame, name, f"_by_{name}", "") for name in names if name.endswith("_id")]
    return frame.with_columns(*on_column, *others, nw.lit(1).cast(nw.Int64).alias("_all"))


def _periods(frame: Any, on: str, names: Sequence[str]) -> list[tuple[str, nw.Expr]]:
    wanted = [name for name in names if name in {"year", "month"}]
    return list(zip(wanted, period(frame, on, wanted), strict=True))


def _costs(frame: Any, column: str, keys: Sequence[str], is_fuel: int) -> Any:
    """Each log's group, currency and cost, in the column of its kind, and whether the cost is unknown."""
    is_known = summing.known(nw.col(column), MONEY_SCALE)
    frame = frame.with_columns(
        nw.when(is_known).then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64).alias("_unknown"),
        summing.money(nw.col(column)).alias("_coins"),
        key(frame, "currency_code", "_currency", ""),
    )
    return frame.select(
        *keys,
        "_currency",
        "_unknown",
        (nw.col("_coins") * is_fuel).alias("_fuel"),
        ((1 - nw.col("_unknown")) * is_fuel).alias("_fuel_count"),
        (nw.col("_coins") * (1 - is_fuel)).alias("_maintenance"),
        ((1 - nw.col("_unknown")) * (1 - is_fuel)).alias("_maintenance_count"),
    )


def _by_dial(frame: Any, keys: Sequence[str]) -> Any:
    """From one known reading to the next, in the group of the later; a drop counts as 0."""
    dial = nw.col("odometer_km")
    frame = frame.filter(summing.known(dial, DISTANCE_SCALE) & (dial.cast(nw.Float64) > 0).fill_null(False))
    frame = frame.with_columns(
        key(frame, "vehicle_id", "_vehicle", ""),
        day(frame, "local_date").alias("_on"),
        dial.cast(nw.Float64).alias("_dial"),
        nw.lit(1).cast(nw.Int64).alias("_one"),
    )
    within, order = ["_vehicle"], ["_on", "_dial"]
    frame = running(frame, ["_one"], within, order)
    frame = before(frame, {"_dial": "_dial_before"}, within, order, "_one_so_far")
    frame = frame.with_columns(
        nw.when((nw.col("_dial_before") < nw.col("_dial")).fill_null(False))
        .then(nw.col("_dial_before"))
        .otherwise(nw.col("_dial"))
        .alias("_from")
    ).filter(~nw.col("_dial_before").is_null())
    frame = frame.with_columns(
        *summing.difference(nw.col("_dial"), nw.col("_from"), DISTANCE_SCALE, "_driven")
    )
    return _summed(frame, keys).with_columns(nw.lit(1).cast(nw.Int64).alias("_tanks"))


def _by_interval(frame: Any, keys: Sequence[str]) -> Any:
    """Of valid intervals; ``_tanks`` is above 1 where a vehicle has several, which cover the same way."""
    way = nw.col("distance_km")
    is_valid = summing.known(way, DISTANCE_SCALE) & (way.cast(nw.Float64) > 0).fill_null(False)
    frame = frame.filter(nw.col("void").is_null() & is_valid)
    frame = frame.with_columns(
        key(frame, "vehicle_id", "_vehicle", ""),
        key(frame, "tank", "_tank", 1),
        *summing.parts(way, DISTANCE_SCALE, "_driven"),
    )
    frame = frame.with_columns(
        nw.col("_tank").min().over("_vehicle").alias("_lowest"),
        nw.col("_tank").max().over("_vehicle").alias("_highest"),
    )
    one, two = nw.lit(1).cast(nw.Int64), nw.lit(2).cast(nw.Int64)
    is_one = nw.col("_lowest") == nw.col("_highest")
    frame = frame.with_columns(nw.when(is_one).then(one).otherwise(two).alias("_tanks"))
    return _summed(frame, keys, nw.col("_tanks").max())


def _summed(frame: Any, keys: Sequence[str], *others: nw.Expr) -> Any:
    sums = ("_driven_high", "_driven_low")
    found = frame.group_by(*keys).agg(*(nw.col(name).sum() for name in sums), *others)
    return found.with_columns(nw.col(name).cast(nw.Int64) for name in sums)


def _told(found: Any, names: Sequence[str]) -> Any:
    """The sums in the columns of the answer, null where nothing is known."""
    found = found.with_columns(
        (~nw.col("_driven_low").is_null() & (nw.col("_tanks") == 1).fill_null(False)).alias("_has_way"),
        *(nw.col(name).fill_null(0).cast(nw.Int64) for name in (*_SUMS, "_driven_high", "_driven_low")),
    )
    fuel, other = nw.col("_fuel_count") > 0, nw.col("_maintenance_count") > 0

    def paid(coins: nw.Expr) -> nw.Expr:
        return summing.divided(summing.as_float(coins), float(MONEY_SCALE))

    found = found.with_columns(
        *(
            nw.when(nw.col(f"_by_{name}") != (0 if name in {"year", "month"} else ""))
            .then(nw.col(f"_by_{name}"))
            .alias(name)
            for name in names
        ),
        nw.when((nw.col("_currency") != "").fill_null(False))
        .then(nw.col("_currency"))
        .alias("currency_code"),
        nw.when(fuel).then(paid(nw.col("_fuel"))).alias("fuel_cost"),
        nw.when(other).then(paid(nw.col("_maintenance"))).alias("maintenance_cost"),
        nw.when(fuel | other).then(paid(nw.col("_fuel") + nw.col("_maintenance"))).alias("cost"),
        nw.col("_unknown").cast(nw.Int64).alias("without_cost"),
        nw.when(nw.col("_has_way")).then(summing.amount("_driven", DISTANCE_SCALE)).alias("distance_km"),
    )
    has_way = (nw.col("distance_km") > 0).fill_null(False)
    per = summing.divided(nw.col("cost"), nw.when(has_way).then(nw.col("distance_km")).otherwise(1.0))
    found = found.with_columns(nw.when(has_way).then(per).alias("cost_per_km"))
    columns = ("fuel_cost", "maintenance_cost", "cost", "without_cost", "distance_km", "cost_per_km")
    return found.sort(*names, "currency_code").select(*names, "currency_code", *columns)
