"""The economy rules on tables, R1 to R18 but R16, written once for every engine that narwhals speaks.

The idea of each step is that of ``motovault.domain.fuel_logs.economy``; a loop
that carries a state is turned into running sums and looks at the row before.
An interval is what the running sums grew by from one full tank to the next.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from motovault.analysis.ordering import lazy_in_order, stored_in_order
from motovault.analysis.positions import JUMPS, KNOWN, POSITION, placed
from motovault.analysis.reading import Reading, read
from motovault.analysis.schema import MONEY, Kind, figure_parts, fitting_unit
from motovault.analysis.summing import as_float
from motovault.analysis.windows import BEFORE, HANDED_ON, HAS_BEFORE, PLACE, SOURCE, Rows
from motovault.quantities.economy import EconomyUnit

__all__ = ["intervals"]

RULED = (
    *("dial", "trip", "own", "excluded", "fuel", "cost", "currency"),
    *("is_dial_known", "is_trip_known", "is_own_known", "is_fuel_known", "is_cost_known"),
    *("is_full_tank", "missed_previous", "is_towing"),
)
"""Columns that the rules read."""

_FLAGS = {"missed_previous": "missed", "is_towing": "towing"}


def intervals(given: Any, asked: EconomyUnit | None) -> Any:
    """The interval frame of a fuel log frame; both are frames of narwhals."""
    reading = read(given)
    is_stored = isinstance(given, nw.DataFrame)
    put = stored_in_order if is_stored else lazy_in_order
    rows: Rows[Any] = put(reading.frame, reading.strand, reading.written)
    rows = rows.only(*RULED)
    rows = placed(rows, has_trips="trip" in reading.has, has_own="own" in reading.has)
    rows, sums = _summed(rows, reading)
    rows, sums = _full_tanks(rows, reading, sums)
    rows = rows.pairs(*_looked_back(reading, sums, is_stored=is_stored))
    frame = rows.frame.with_columns(*_differences(reading, sums))
    if is_stored:
        frame = _with_handed_on(frame, reading)
    frame = _judged(frame, reading, sums)
    kind = frame.implementation
    is_arrow = kind.is_pyarrow() or kind.is_pandas_like()  # the columns of pandas may be Arrow's
    frame = frame.with_columns(*_figures(reading, asked, is_arrow=is_arrow))
    return _result(frame, reading, is_stored=is_stored)


def _with_handed_on(frame: Any, reading: Reading) -> Any:
    """What no rule reads, fetched for the intervals alone from where it lay."""
    there = reading.frame.columns
    names = [name for name in (*reading.strand, *HANDED_ON) if name in there]
    closing = reading.frame.select(*names)[frame[SOURCE]]
    opening = reading.frame.select(*(name for name in ("local_date", "id") if name in there))[
        frame[BEFORE + SOURCE]
    ]
    return frame.with_columns(
        *(closing[name].alias(name) for name in names),
        *(opening[name].alias(BEFORE + name) for name in opening.columns),
    )


def _summed(rows: Rows[Any], reading: Reading) -> tuple[Rows[Any], set[str]]:
    """Running sums of all that an interval adds up; what never occurs is not summed."""
    has = reading.has
    sums: dict[str, nw.Expr] = {"fuel_sum": nw.col("fuel")}
    unknown = ~nw.col("is_fuel_known")
    if rows.ever(unknown):
        sums["unknown_sum"] = rows.number(unknown)
    for column, name in _FLAGS.items():
        if column in has and rows.ever(nw.col(column)):
            sums[f"{name}_sum"] = rows.number(nw.col(column))
    if "excluded" in has and rows.ever(nw.col("excluded") != 0):
        sums["excluded_sum"] = nw.col("excluded")
    if "cost" in has:
        sums["cost_sum"] = nw.col("cost")
        unpaid = ~nw.col("is_cost_known")
        if rows.ever(unpaid):
            sums["unpaid_sum"] = rows.number(unpaid)
    if "currency_code" in has and rows.ever(nw.col("currency") != nw.col("currency").max()):
        rows = rows.changes("currency", named="is_currency_changed")
        sums["changed_sum"] = nw.col("is_currency_changed")
    kept = (POSITION, KNOWN, JUMPS, "is_full_tank", "is_currency_changed")
    return rows.running(**sums).only(*kept, *sums), set(sums)


def _full_tanks(rows: Rows[Any], reading: Reading, sums: set[str]) -> tuple[Rows[Any], set[str]]:
    """The full fills at known positions between which something was driven."""
    if rows.ever(~nw.col(KNOWN)):
        rows = rows.having(rows.frame.filter(nw.col(KNOWN)))  # R7
    rows = rows.before(POSITION)
    can_jump = JUMPS in rows.frame.collect_schema().names()
    went_back = nw.col(HAS_BEFORE) & ((nw.col(POSITION) - nw.col(BEFORE + POSITION)) < 0)
    if can_jump:
        went_back = went_back & (nw.col(JUMPS) == 0)
    went_back = went_back.fill_null(False)
    drops: dict[str, nw.Expr] = {}
    if rows.ever(went_back):
        drops["back_sum"] = rows.number(went_back)  # R9
    if can_jump and rows.ever(nw.col(JUMPS) != 0):
        drops["jump_sum"] = nw.col(JUMPS)
    if drops:
        rows = rows.running(**drops)
    sums = sums | set(drops)
    if "is_full_tank" in reading.has and rows.ever(~nw.col("is_full_tank")):
        rows = rows.having(rows.frame.filter(nw.col("is_full_tank")))  # R2, R4
    looks = [name for name in ("excluded_sum", "back_sum", "jump_sum") if name in sums]
    looked = rows.before(POSITION, *looks)
    driven = nw.col(POSITION) - nw.col(BEFORE + POSITION)
    stands = driven == 0
    if "excluded_sum" in sums:
        stands = stands | (driven - _grown("excluded_sum") == 0)
    is_carried = nw.col(HAS_BEFORE) & stands
    for name in drops:
        is_carried = is_carried & (_grown(name) == 0)
    is_carried = is_carried.fill_null(False)
    if looked.ever(is_carried):  # R8
        rows = rows.having(looked.frame.filter(~is_carried))
    return rows, sums


def _grown(name: str) -> nw.Expr:
    return nw.col(name) - nw.col(BEFORE + name)


def _looked_back(reading: Reading, sums: set[str], *, is_stored: bool) -> list[str]:
    names = [POSITION, PLACE, *sorted(sums)]
    if is_stored:
        return [*names, SOURCE]
    return [*names, "local_date", *(name for name in ("id",) if name in reading.has)]


def _differences(reading: Reading, sums: set[str]) -> list[nw.Expr]:
    driven = _grown(POSITION) - _grown("excluded_sum") if "excluded_sum" in sums else _grown(POSITION)
    found = [
        driven.cast(nw.Int64).alias("driven"),
        _grown("fuel_sum").cast(nw.Int64).alias("burnt"),
        _grown(PLACE).cast(nw.Int64).alias("fill_count"),
    ]
    if "cost" in reading.has:
        found.append(_grown("cost_sum").cast(nw.Int64).alias("paid"))
    return found


def _grew(sums: set[str], name: str) -> nw.Expr:
    return _grown(name) > 0 if name in sums else nw.lit(False)


def _judged(frame: Any, reading: Reading, sums: set[str]) -> Any:
    """Why there is no figure, in one order whatever happened first; and what can be told all the same."""
    is_lost = _grew(sums, "back_sum") | _grew(sums, "jump_sum")
    reasons = [
        (_grew(sums, "missed_sum"), "missed"),  # R5
        (_grew(sums, "unknown_sum"), "unknown_volume"),  # R6
        (_grew(sums, "back_sum"), "went_back"),
        (_grew(sums, "jump_sum"), "unknown_position"),
        (nw.col("driven") <= 0, "excluded"),
        (nw.col("burnt") <= 0, "no_fuel"),  # R10
    ]
    void: Any = nw.lit(None, dtype=nw.String)
    for condition, reason in reversed(reasons):
        void = nw.when(condition).then(nw.lit(reason)).otherwise(void)
    frame = frame.with_columns(
        void.alias("void"),
        (~is_lost & (nw.col("driven") > 0)).alias("is_driven_known"),
        (~_grew(sums, "unknown_sum")).alias("is_burnt_known"),
        _grew(sums, "towing_sum").alias("is_towing"),  # R14
    )
    frame = frame.with_columns(nw.col("void").is_null().alias("is_valid"))
    if "cost" in reading.has:
        is_paid = nw.col("is_valid") & ~_grew(sums, "unpaid_sum")
        if "changed_sum" in sums:
            # counted at the row before each change: the closing row's own is behind the interval
            changed = _grown("changed_sum") - nw.col("is_currency_changed")
            is_paid = is_paid & (changed <= 0)
        frame = frame.with_columns(is_paid.alias("is_paid"))
    return frame


def _figures(reading: Reading, asked: EconomyUnit | None, *, is_arrow: bool) -> list[nw.Expr]:
    """Numbers for people: each is one division, or one of two divisions, of whole numbers."""
    driven, burnt, paid = (
        as_float(nw.col(name)) if is_arrow else nw.col(name).cast(nw.Float64)
        for name in ("driven", "burnt", "paid")
    )
    is_driven, is_burnt = nw.col("is_driven_known"), nw.col("is_burnt_known")
    absent = nw.lit(None, dtype=nw.Float64)
    far = {kind: nw.when(is_driven & here).then(driven) / _per(kind.whole) for kind, here in _dials(reading)}
    much = {kind: nw.when(is_burnt & here).then(burnt) / _per(kind.whole) for kind, here in _fuels(reading)}
    found = [far.get(kind, absent).alias(kind.result) for kind in reading.dial_columns]
    found += [much.get(kind, absent).alias(kind.result) for kind in reading.fuel_columns]
    figure: Any = None
    unit: Any = None
    for dial, is_dial in _dials(reading):
        for fuel, is_fuel in _fuels(reading):
            parts = figure_parts(fitting_unit(asked, dial, fuel), dial, fuel)
            # null where there is no figure, so that no engine sees a division by 0
            over = nw.when(nw.col("is_valid")).then(driven) / _per(parts.far)
            under = nw.when(nw.col("is_valid")).then(burnt) / _per(parts.much)
            here, named = under / over if parts.is_inverse else over / under, nw.lit(str(parts.unit))
            figure = here if figure is None else nw.when(is_dial & is_fuel).then(here).otherwise(figure)
            unit = named if unit is None else nw.when(is_dial & is_fuel).then(named).otherwise(unit)
    found += [figure.alias("economy"), unit.alias("economy_unit")]
    if "cost" in reading.has:
        cost = nw.when(nw.col("is_paid")).then(paid) / _per(MONEY)
        found.append(cost.alias("cost"))
        if "currency_code" in reading.has:
            code = nw.when(nw.col("is_paid")).then(nw.col("currency_code"))
            found.append(code.alias("currency_code"))
        for kind in reading.dial_columns:
            if kind.symbol == "km":
                found.append((cost / far[kind] if kind in far else absent).alias("cost_per_km"))
    return found


def _per(whole: int) -> nw.Expr:
    """A divisor that is a column: Polars multiplies by the reciprocal of a literal, which rounds twice."""
    return (nw.col("fill_count") * 0 + whole).cast(nw.Float64)


def _dials(reading: Reading) -> list[tuple[Kind, nw.Expr]]:
    return [(kind, _is_kind("dial_kind", kind, reading.dials)) for kind in reading.dials]


def _fuels(reading: Reading) -> list[tuple[Kind, nw.Expr]]:
    return [(kind, _is_kind("fuel_kind", kind, reading.fuels)) for kind in reading.fuels]


def _is_kind(column: str, kind: Kind, kinds: tuple[Kind, ...]) -> nw.Expr:
    return nw.col(column) == kinds.index(kind) if len(kinds) > 1 else nw.lit(True)


def _result(frame: Any, reading: Reading, *, is_stored: bool) -> Any:
    """The columns of the contract, in its order."""
    has = reading.has
    # on a cluster it would move every row once more, and work out all before it twice, to see how to part it
    is_spread = frame.implementation.is_spark_like()
    if not is_stored and not is_spread:
        frame = frame.sort(*reading.strand, PLACE)
    tank = nw.col("tank") if "tank" in has else nw.lit(1, dtype=nw.Int64).alias("tank")
    ids = [nw.col(BEFORE + "id").alias("opened_by"), nw.col("id").alias("closed_by")] if "id" in has else []
    cost = [
        name for name in ("cost", "currency_code", "cost_per_km") if name in frame.collect_schema().names()
    ]
    return frame.select(
        *(name for name in ("user_id",) if name in has),
        "vehicle_id",
        tank,
        *ids,
        nw.col(BEFORE + "local_date").alias("opened_on"),
        nw.col("local_date").alias("closed_on"),
        "fill_count",
        *(kind.result for kind in (*reading.dial_columns, *reading.fuel_columns)),
        "economy",
        "economy_unit",
        *cost,
        "is_towing",
        "void",
        *(name for name in ("fuel_type", "fuel_grade", "location") if name in has),
    )
