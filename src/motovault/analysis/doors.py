"""How frames come in and go out: whatever kind the caller has, through narwhals, and back as that kind.

A frame that is lazy stays lazy; nothing is computed here that the caller did
not ask for. Needs the extra ``analysis``: importing this module raises
:class:`MissingExtra` where narwhals is not installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from motovault.analysis.natives import DATES, FLAGS, NUMBERS, settled
from motovault.errors import InvalidValue, MissingExtra

try:
    import narwhals.stable.v2 as nw
except ImportError:
    raise MissingExtra("analysis", "narwhals") from None

__all__ = [
    "Frame",
    "by_names",
    "counted",
    "day",
    "entered",
    "key",
    "known_periods",
    "listed",
    "needed",
    "nw",
    "period",
    "text",
]

_MANY = 2**31 - 1
_KEYS = frozenset(
    [
        *("vehicle_id", "user_id", "source_id", "closed_by", "economy_unit", "fuel_unit", "currency_code"),
        *("void", "title", "fuel_type", "fuel_grade", "location"),
    ]
)

Frame: TypeAlias = "nw.DataFrame[Any] | nw.LazyFrame[Any]"


def entered(frame: object, name: str, columns: Iterable[str] = ()) -> Any:
    """The caller's frame as narwhals sees it.

    Raises:
        InvalidValue: It is no frame, one of ``columns`` is missing, or a column cannot be what it is called.
    """
    native: Any = settled(nw.to_native(frame, pass_through=True), name)
    try:
        found = nw.from_native(native)
    except TypeError:
        kinds = "must be a frame of pandas, Polars, PyArrow, DuckDB or PySpark"
        raise InvalidValue(name, type(frame).__name__, kinds) from None
    needed(found, name, columns)
    _check_types(found, name)
    return found


def _check_types(frame: Any, name: str) -> None:
    for column, kind in frame.collect_schema().items():
        is_loose = kind in (nw.Object, nw.Unknown)
        rule = None
        if column in _KEYS and kind.is_nested():
            rule = "must be of text or whole numbers"
        elif column == "tank" and not (kind.is_numeric() or is_loose):
            rule = "must be of whole numbers"
        elif column in FLAGS and not (kind == nw.Boolean or is_loose):
            rule = "must be of booleans"
        elif column in NUMBERS - {"model_year"} and not kind.is_numeric():
            is_other = kind == nw.Boolean or kind.is_temporal() or not _casts(frame, column, nw.Float64)
            rule = "must be of numbers" if is_other else None
        elif column in DATES and kind not in (nw.Date, nw.Datetime):
            is_other = kind.is_numeric() or not _casts(frame, column, nw.Date)
            rule = "must be of dates" if is_other else None
        if rule is not None:
            raise InvalidValue(name, column, f"{rule}, and is of {kind}")


def _casts(frame: Any, column: str, to: Any) -> bool:
    """Whether a column can be turned into another type; of what is lazy, whether that is to be hoped."""
    if isinstance(frame, nw.LazyFrame):
        return frame.collect_schema()[column] in (nw.String, nw.Object, nw.Unknown)
    try:  # numbers and dates may be written out or be objects, and only a look can tell
        frame.select(nw.col(column).cast(to))
    except Exception:
        return False
    return True


def needed(frame: Any, name: str, columns: Iterable[str]) -> None:
    """That a frame has its columns.

    Raises:
        InvalidValue: One is missing.
    """
    there = frame.collect_schema().names()
    for column in columns:
        if column not in there:
            raise InvalidValue(name, column, f"is missing: the frame has {', '.join(there) or 'no column'}")


def by_names(by: str | Sequence[str], allowed: Sequence[str]) -> list[str]:
    """What to group by, each once, in the order asked for; a month is one of its year.

    Raises:
        InvalidValue: One is not among ``allowed``.
    """
    names: list[str] = []
    for name in listed(by, "by"):
        if not isinstance(name, str) or name not in allowed:
            raise InvalidValue("by", name, f"must be of {', '.join(allowed)}")
        names += ["year", "month"] if name == "month" else [name]
    return list(dict.fromkeys(names))


def listed(names: object, field: str) -> list[object]:
    """One name or several, each once, as a list.

    Raises:
        InvalidValue: It is neither.
    """
    if isinstance(names, str):
        return [names]
    if isinstance(names, bytes) or not isinstance(names, Iterable):
        raise InvalidValue(field, names, "must be a name or several")
    found: list[object] = []
    found += (name for name in names if name not in found)
    return found


def counted(value: object, name: str) -> int:
    """A whole number above 0, and no greater than engines count rows.

    Raises:
        InvalidValue: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidValue(name, value, "must be a whole number above 0")
    return min(value, _MANY)


def text(frame: Any, column: str) -> nw.Expr:
    """A column of text, also where the engine took it for something else since all of it is null."""
    found = nw.col(column)
    return found if frame.collect_schema()[column] == nw.String else found.cast(nw.String)


def day(frame: Any, column: str) -> nw.Expr:
    """A column of dates, also where pandas keeps them as objects."""
    found = nw.col(column)
    kind = frame.collect_schema()[column]
    return found if kind in {nw.Date, nw.Datetime} else found.cast(nw.Date)


def period(frame: Any, column: str, names: Sequence[str]) -> list[nw.Expr]:
    """``year`` and ``month`` of a column of dates, those of them that are asked for; 0 where unknown."""
    on = day(frame, column).dt
    parts = {"year": on.year, "month": on.month}
    # pandas has no null among whole numbers: 0 stands in until the sums are made
    return [parts[name]().fill_null(0).cast(nw.Int64).alias(name) for name in names if name in parts]


def known_periods(names: Sequence[str]) -> list[nw.Expr]:
    """``year`` and ``month`` with null again where :func:`period` had none."""
    return [
        nw.when(nw.col(name) != 0).then(nw.col(name)).alias(name)
        for name in names
        if name in {"year", "month"}
    ]


def key(frame: Any, column: str, name: str, otherwise: Any) -> nw.Expr:
    """A column to join and to partition by, which must not be null: SQL takes no null for another's like."""
    if column not in frame.collect_schema().names():
        return nw.lit(otherwise).alias(name)
    found = text(frame, column) if isinstance(otherwise, str) else nw.col(column)
    return found.fill_null(otherwise).alias(name)
