"""Reading a fuel log frame: which columns there are, whether they fit, and their whole numbers."""

from __future__ import annotations

from typing import Any, Final

import narwhals.stable.v2 as nw
from attrs import frozen

from motovault.analysis.schema import DIALS, FUELS, MONEY, WIDEST, Kind
from motovault.errors import InvalidValue

__all__ = ["CARRIED", "READ", "Reading", "known", "read", "whole"]

CARRIED: Final = ("user_id", "id", "fuel_type", "fuel_grade", "location")
"""Columns that are only handed on."""

_FLAGS: Final = ("is_full_tank", "missed_previous", "is_towing")
_KINDS: Final = (*DIALS, *FUELS)
READ: Final = frozenset(
    [
        *("vehicle_id", "local_date", "filled_at", "tank", "odometer_unit", "fuel_unit"),
        *("total_cost", "currency_code", *CARRIED, *_FLAGS),
        *(name for kind in _KINDS for name in (kind.column, kind.trip, kind.excluded, kind.own) if name),
    ]
)
"""Every column that is read where it is there."""

_TEXTS: Final = (nw.String, nw.Categorical, nw.Enum)
_LOOSE: Final = (nw.Object, nw.Unknown)
_TANK_RULE: Final = "must be of whole numbers"
_DATE_RULE: Final = "must be of dates without a time zone (the owner's local date)"


@frozen
class Reading:
    """A frame of whole numbers, and what is in it.

    Attributes:
        frame: ``vehicle_id``, ``local_date``, ``dial``, ``fuel``, flags and the rest that rules read.
        strand: Columns that tell one strand from another.
        written: Columns by which rows were written down; empty where only their order says it.
        dials: Kinds of dial that may occur.
        fuels: Kinds of fuel that may occur.
        dial_columns: Kinds of dial that have a column.
        fuel_columns: Kinds of fuel that have a column.
        has: Optional columns that are there, by their name here.
    """

    frame: Any
    strand: tuple[str, ...]
    written: tuple[str, ...]
    dials: tuple[Kind, ...]
    fuels: tuple[Kind, ...]
    dial_columns: tuple[Kind, ...]
    fuel_columns: tuple[Kind, ...]
    has: frozenset[str]


def known(value: nw.Expr, scale: int, *, zero_is_known: bool = True) -> nw.Expr:
    """Whether an amount is known. Null, not a number, below 0 and beyond all reason are not."""
    least = 0.0 if zero_is_known else 0.5 / scale
    return ((value >= least) & (value <= WIDEST / scale)).fill_null(False)


def whole(value: nw.Expr, is_known: nw.Expr, scale: int) -> nw.Expr:
    """An amount in whole units, 0 where unknown: the same few operations of IEEE 754 on every engine."""
    amount = nw.when(is_known).then(value).otherwise(0.0)
    return (amount * float(scale) + 0.5).floor().cast(nw.Int64)


def read(given: Any) -> Reading:
    """The columns that the rules need, in the form in which they need them.

    Raises:
        InvalidValue: A column is missing or holds something else than its name says.
    """
    schema = given.collect_schema()
    is_stored = isinstance(given, nw.DataFrame)
    for name in ("vehicle_id", "local_date"):
        if name not in schema:
            raise InvalidValue(name, None, "must be a column of the frame")
    dial_columns = tuple(kind for kind in DIALS if kind.column in schema)
    fuel_columns = tuple(kind for kind in FUELS if kind.column in schema)
    if not dial_columns:
        raise InvalidValue("odometer_km", None, "must be a column of the frame, or odometer_h")
    if not fuel_columns:
        raise InvalidValue("volume_l", None, "must be a column of the frame, or mass_kg or energy_kwh")
    frame = given.select(*_columns(given, schema, dial_columns, fuel_columns))
    frame = _with_owner(frame, is_stored)
    dials, frame = _kinds(frame, "odometer_unit", "dial_kind", dial_columns, is_stored)
    fuels, frame = _kinds(frame, "fuel_unit", "fuel_kind", fuel_columns, is_stored)
    strand = ["vehicle_id"]
    if "tank" in schema:
        strand.append("tank")
    if len(fuels) > 1:
        strand.append("fuel_kind")
    if len(dials) > 1:
        strand.append("dial_kind")
    frame, amounts, has = _with_amounts(frame, schema, dials, fuels, is_stored)
    kept = [*strand, "local_date", *(name for name in ("filled_at", *CARRIED) if name in schema)]
    flags = [name for name in _FLAGS if name in schema]
    frame = frame.select(*kept, *flags, *amounts)
    return Reading(
        frame=frame,
        strand=tuple(strand),
        written=tuple(name for name in ("filled_at", "id") if name in schema),
        dials=dials,
        fuels=fuels,
        dial_columns=dial_columns,
        fuel_columns=fuel_columns,
        has=frozenset([*has, *flags, *(name for name in ("tank", *CARRIED) if name in schema)]),
    )


def _columns(given: Any, schema: Any, dials: tuple[Kind, ...], fuels: tuple[Kind, ...]) -> list[nw.Expr]:
    columns = [_key(given, schema, "vehicle_id"), _date(given, schema)]
    if "id" in schema:
        columns.append(_key(given, schema, "id"))
    if "tank" in schema:
        columns.append(_tank(given, schema))
    for name, default in zip(_FLAGS, (True, False, False), strict=True):
        if name in schema:
            is_objects = schema[name] == nw.Object and given.implementation.is_pandas_like()
            if not (schema[name] in (nw.Boolean, nw.Unknown) or is_objects):
                raise InvalidValue(name, str(schema[name]), "must be of booleans")
            columns.append(nw.col(name).fill_null(default).cast(nw.Boolean))
    for name in ("odometer_unit", "fuel_unit", "currency_code"):
        if name in schema:
            columns.append(_text(schema, name))
    amounts = [name for kind in dials for name in (kind.column, kind.trip, kind.excluded, kind.own)]
    amounts += [*(kind.column for kind in fuels), "total_cost"]
    columns += [_number(given, schema, name) for name in amounts if name in schema]
    if "filled_at" in schema:
        _check_order(given, schema, "filled_at")
    handed_on = ("filled_at", "user_id", "fuel_type", "fuel_grade", "location")
    columns += [nw.col(name) for name in handed_on if name in schema]
    return columns


def _tank(given: Any, schema: Any) -> nw.Expr:
    dtype = schema["tank"]
    if not (dtype.is_numeric() or dtype in _LOOSE):
        raise InvalidValue("tank", str(dtype), _TANK_RULE)
    if dtype.is_integer() and dtype not in (nw.UInt64, nw.Int128, nw.UInt128):
        return nw.col("tank").fill_null(1).cast(nw.Int64)
    number = _cast(given, schema, "tank", nw.Float64)
    number = nw.when(~number.is_nan()).then(number).otherwise(None).fill_null(1)
    if isinstance(given, nw.DataFrame) and len(given):
        tank = nw.col("tank")
        odd = given.select(tank=number).filter((tank != tank.floor()) | (tank.abs() > 2**53))
        if len(odd):
            raise InvalidValue("tank", float(odd["tank"][0]), _TANK_RULE)
    return number.cast(nw.Int64)


def _check_order(given: Any, schema: Any, name: str) -> None:
    """That values of a column can be put in order."""
    rule = "must be of moments, or of something else that has one order"
    if schema[name].is_nested():
        raise InvalidValue(name, str(schema[name]), rule)
    if schema[name] == nw.Object and isinstance(given, nw.DataFrame):
        try:  # naive and aware moments have none, and only a look at the values can tell
            given.select("vehicle_id", name).sort("vehicle_id", name)
        except Exception as error:
            raise InvalidValue(name, str(schema[name]), rule) from error


def _number(given: Any, schema: Any, name: str) -> nw.Expr:
    dtype = schema[name]
    if dtype == nw.Float64:
        return nw.col(name)
    if not dtype.is_numeric() and dtype not in _LOOSE:
        raise InvalidValue(name, str(dtype), "must be of numbers")
    return _cast(given, schema, name, nw.Float64)


def _cast(given: Any, schema: Any, name: str, dtype: Any) -> nw.Expr:
    column = nw.col(name).cast(dtype)
    if schema[name] in _LOOSE and isinstance(given, nw.DataFrame):
        try:  # only a look at the values can tell what an untyped column holds
            given.select(column)
        except Exception as error:
            raise InvalidValue(name, str(schema[name]), f"must be convertible to {dtype}") from error
    return column


def _key(given: Any, schema: Any, name: str) -> nw.Expr:
    if schema[name] == nw.String or schema[name].is_integer():
        return nw.col(name)
    dtype = schema[name]
    if dtype.is_numeric() or dtype.is_temporal() or dtype.is_nested() or dtype == nw.Boolean:
        raise InvalidValue(name, str(schema[name]), "must be of text, UUIDs or whole numbers")
    return _cast(given, schema, name, nw.String)


def _text(schema: Any, name: str) -> nw.Expr:
    if schema[name] != nw.String and schema[name] not in (*_TEXTS, *_LOOSE):
        raise InvalidValue(name, str(schema[name]), "must be of text")
    return nw.col(name) if schema[name] == nw.String else nw.col(name).cast(nw.String)


def _date(given: Any, schema: Any) -> nw.Expr:
    dtype = schema["local_date"]
    if dtype == nw.Date:
        return nw.col("local_date")
    if dtype == nw.Datetime and dtype.time_zone is None:
        is_pandas_like = given.implementation.is_pandas_like()
        return (
            nw.col("local_date").dt.truncate("1d") if is_pandas_like else nw.col("local_date").cast(nw.Date)
        )
    if dtype in _LOOSE and isinstance(given, nw.DataFrame):
        return _cast(given, schema, "local_date", nw.Date)
    raise InvalidValue("local_date", str(dtype), _DATE_RULE)


def _with_owner(frame: Any, is_stored: bool) -> Any:
    """Only rows that say whose and when: others are no fill-ups."""
    is_lost = nw.col("vehicle_id").is_null() | nw.col("local_date").is_null()
    if is_stored:
        counts = frame.select("vehicle_id", "local_date").null_count()
        if not (counts["vehicle_id"].item() or counts["local_date"].item()):
            return frame
    return frame.filter(~is_lost)


def _kinds(
    frame: Any, unit_column: str, named: str, columns: tuple[Kind, ...], is_stored: bool
) -> tuple[tuple[Kind, ...], Any]:
    """Which kinds may occur, and the frame with the number of each row's where there are several."""
    is_told = unit_column in frame.collect_schema().names()
    if len(columns) == 1:
        return columns, frame
    if not is_told:
        names = ", ".join(kind.column for kind in columns)
        raise InvalidValue(unit_column, None, f"must be a column where the frame has {names}")
    others = list(columns[1:])
    # each kind but the first has one unit; is_in() would bring lists into the SQL
    is_kind = {kind: (nw.col(unit_column) == kind.units[0]).fill_null(False) for kind in others}
    if is_stored:
        looks = {kind.symbol: is_kind[kind].any() for kind in others}
        looks["rest"] = (~nw.any_horizontal(*is_kind.values(), ignore_nulls=True)).any()
        found = frame.select(**looks)
        there = {name: bool(len(frame)) and bool(found[name].item()) for name in looks}
        present = [kind for kind in others if there[kind.symbol]]
        if there["rest"] or not present:
            present.insert(0, columns[0])
        columns = tuple(present)
        if len(columns) == 1:
            return columns, frame
    number: Any = nw.lit(0, dtype=nw.Int64)
    for kind in others:
        number = (
            nw.when(is_kind[kind])
            .then(nw.lit(columns.index(kind) if kind in columns else 0))
            .otherwise(number)
        )
    return columns, frame.with_columns(number.cast(nw.Int64).alias(named))


def _with_amounts(
    frame: Any, schema: Any, dials: tuple[Kind, ...], fuels: tuple[Kind, ...], is_stored: bool
) -> tuple[Any, list[str], list[str]]:
    """The frame with whole numbers; the names of their columns, and what they are amounts of."""
    dial, fuel = ("dial_kind", dials), ("fuel_kind", fuels)
    sources = [
        ("dial", *dial, [kind.column for kind in dials]),
        ("trip", *dial, [kind.trip for kind in dials]),
        ("own", *dial, [kind.own for kind in dials]),
        ("excluded", *dial, [kind.excluded for kind in dials]),
        ("fuel", *fuel, [kind.column for kind in fuels]),
    ]
    optional = [name for _, _, _, names in sources[1:4] for name in names if name in schema]
    absent = _all_null(frame, optional) if is_stored else set()
    flags: list[nw.Expr] = []
    amounts: list[nw.Expr] = []
    has: list[str] = []
    for name, by, kinds, columns in sources:
        there = [(kind, column) for kind, column in zip(kinds, columns, strict=True) if column in schema]
        there = [(kind, column) for kind, column in there if column not in absent]
        if not there:
            continue
        is_known: Any = None
        value: Any = None
        for kind, column in there:
            zero_is_known = name not in ("dial", "trip")
            here = known(nw.col(column), kind.whole, zero_is_known=zero_is_known)
            is_here = nw.col(f"is_{name}_known")
            if len(kinds) > 1:
                # another kind's amount is no amount here, and pandas makes no whole number of what is none
                is_here = is_here & (nw.col(by) == kinds.index(kind))
            amount = whole(nw.col(column), is_here, kind.whole)
            if len(kinds) > 1:
                is_kind = nw.col(by) == kinds.index(kind)
                here = nw.when(is_kind).then(here).otherwise(nw.lit(False) if is_known is None else is_known)
                zero = nw.lit(0, dtype=nw.Int64)
                amount = nw.when(is_kind).then(amount).otherwise(zero if value is None else value)
            is_known, value = here, amount
        flags.append(is_known.alias(f"is_{name}_known"))
        amounts.append(value.alias(name))
        has.append(name)
    if "total_cost" in schema:
        flags.append(known(nw.col("total_cost"), MONEY).alias("is_cost_known"))
        amounts.append(whole(nw.col("total_cost"), nw.col("is_cost_known"), MONEY).alias("cost"))
        has.append("cost")
    names = [*has, *(f"is_{name}_known" for name in has)]
    if "total_cost" in schema and "currency_code" in schema:
        # an empty code stands for none: two unknown currencies are taken for the same
        flags.append(nw.col("currency_code").fill_null("").alias("currency"))
        has.append("currency_code")
        names += ["currency", "currency_code"]
    return frame.with_columns(*flags).with_columns(*amounts), names, has


def _all_null(frame: Any, names: list[str]) -> set[str]:
    if not names or not len(frame):
        return set(names)
    counts = frame.select(*names).null_count()
    return {name for name in names if counts[name].item() == len(frame)}
