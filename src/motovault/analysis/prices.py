"""What fuel cost per litre, kilogram, kilowatt-hour or gallon, over time and by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis import summing
from motovault.analysis.doors import by_names, day, entered, known_periods, needed, nw, period, text
from motovault.analysis.summing import FUEL_SCALE
from motovault.errors import InvalidValue
from motovault.quantities.units import FUEL_TO_BASE
from motovault.quantities.units import fuel_unit as read_fuel_unit

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["price_history"]

BY: Final = ("day", "month", "year", "vehicle_id", "user_id", "tank", "fuel_type", "fuel_grade", "location")
_BASES: Final = {"volume_l": "L", "mass_kg": "kg", "energy_kwh": "kWh"}


def price_history(
    fuel_logs: IntoFrameT, by: str | Sequence[str] = ("month", "fuel_type"), *, fuel_unit: str | None = None
) -> IntoFrameT:
    """The price of fuel by period, kind, place and whatever else ``BY`` names; sorted by that.

    Of fuel logs whose amount and cost are both known. Each currency has rows of its own, and so have
    litres, kilograms and kilowatt-hours.

    Args:
        fuel_logs: A fuel log frame.
        by: One or several of day, month (a calendar month: ``year`` and ``month``), year, fuel_type,
            fuel_grade, location, vehicle_id, user_id, tank.
        fuel_unit: What a price is per, where it fits; by default L, kg and kWh.

    Returns:
        A frame of the caller's kind: what ``by`` asked for, ``currency_code``, ``fuel_unit``,
        ``fill_count``, ``amount`` (in that unit), ``cost``, ``price`` (cost over amount: weighted by
        amount), ``price_min`` and ``price_max`` (as typed, else a log's cost over its amount).

    Raises:
        InvalidValue: No frame, a column is missing, or ``by`` names something else.
        UnknownUnit: ``fuel_unit`` is none.
    """
    names = by_names(by, BY)
    asked = None if fuel_unit is None else str(read_fuel_unit(fuel_unit))
    frame = entered(fuel_logs, "fuel_logs", ["total_cost"])
    there = frame.collect_schema().names()
    amounts = [column for column in _BASES if column in there]
    if not amounts:
        raise InvalidValue("fuel_logs", "volume_l", "is missing, and so is mass_kg and energy_kwh")
    if {"day", "month", "year"} & set(names):
        needed(frame, "fuel_logs", ["local_date"])
        frame = frame.with_columns(period(frame, "local_date", names))
        if "day" in names:
            frame = frame.with_columns(day(frame, "local_date").alias("day"))
    needed(frame, "fuel_logs", names)
    frame = _priced(frame, amounts, asked)
    keys = [*names, "currency_code", "fuel_unit"]
    found = frame.group_by(*keys).agg(
        *(nw.col(name).sum() for name in ("_one", "_coins", "_burnt_high", "_burnt_low")),
        nw.col("_price").min().alias("price_min"),
        nw.col("_price").max().alias("price_max"),
    )
    sums = ("_one", "_coins", "_burnt_high", "_burnt_low")
    found = found.with_columns(nw.col(name).cast(nw.Int64) for name in sums)
    found = found.with_columns(
        *known_periods(names),
        nw.col("_one").alias("fill_count"),
        summing.divided(summing.total("_burnt"), summing.per_unit(nw.col("fuel_unit"))).alias("amount"),
        summing.divided(summing.as_float(nw.col("_coins")), float(summing.MONEY_SCALE)).alias("cost"),
    )
    amount = nw.col("amount")
    price = summing.divided(nw.col("cost"), nw.when(amount > 0).then(amount).otherwise(1.0))
    found = found.with_columns(nw.when(amount > 0).then(price).alias("price"))
    columns = ["fill_count", "amount", "cost", "price", "price_min", "price_max"]
    return found.sort(*keys).select(*keys, *columns).to_native()  # type: ignore[no-any-return]


def _priced(frame: Any, amounts: Sequence[str], asked: str | None) -> Any:
    """Fuel logs of known amount and cost, with the whole numbers of both and the price of each."""
    there = frame.collect_schema().names()
    amount: Any = nw.lit(None, dtype=nw.Float64)
    unit: Any = nw.lit(None, dtype=nw.String)
    for column in reversed(amounts):
        value, base = nw.col(column).cast(nw.Float64), _BASES[column]
        fits = asked is not None and FUEL_TO_BASE[asked][0] == base
        is_known = summing.known(nw.col(column), FUEL_SCALE)
        amount = nw.when(is_known).then(value).otherwise(amount)
        unit = nw.when(is_known).then(nw.lit(asked if fits else base)).otherwise(unit)
    code = text(frame, "currency_code") if "currency_code" in there else nw.lit(None, dtype=nw.String)
    typed_in = text(frame, "fuel_unit") if "fuel_unit" in there else nw.lit(None, dtype=nw.String)
    typed = nw.col("price_per_unit").cast(nw.Float64) if "price_per_unit" in there else None
    frame = frame.with_columns(
        amount.alias("_amount"),
        unit.alias("_unit"),
        code.alias("currency_code"),
        typed_in.alias("_typed_in"),
        (nw.lit(None, dtype=nw.Float64) if typed is None else typed).alias("_typed"),
    )
    frame = frame.filter(
        (nw.col("_amount") >= 0).fill_null(False) & summing.known(nw.col("total_cost"), summing.MONEY_SCALE)
    )
    frame = frame.with_columns(
        nw.lit(1).cast(nw.Int64).alias("_one"),
        summing.money(nw.col("total_cost")).alias("_coins"),
        *summing.parts(nw.col("_amount"), FUEL_SCALE, "_burnt"),
        nw.col("_unit").alias("fuel_unit"),
    )
    return frame.with_columns(_price().alias("_price"))


def _price() -> nw.Expr:
    """Of one log: as typed where that is known, in its unit or turned into that of the answer."""
    per, typed, typed_in = nw.col("fuel_unit"), nw.col("_typed"), nw.col("_typed_in")
    has_amount = nw.col("_amount") > 0
    amount = summing.divided(summing.total("_burnt"), summing.per_unit(per))
    paid = summing.divided(summing.as_float(nw.col("_coins")), float(summing.MONEY_SCALE))
    by_cost = nw.when(has_amount).then(summing.divided(paid, nw.when(has_amount).then(amount).otherwise(1.0)))
    is_typed = summing.known(typed, summing.MONEY_SCALE) & typed_in.is_in(list(FUEL_TO_BASE)).fill_null(False)
    turned = summing.divided(typed * summing.per_unit(per), summing.per_unit(typed_in))
    as_typed = nw.when((per == typed_in).fill_null(False)).then(typed).otherwise(turned)
    return nw.when(is_typed).then(as_typed).otherwise(by_cost)
