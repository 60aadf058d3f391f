"""R1 on tables: by date, within a date by odometer where known, the others keep their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw

from motovault.analysis.windows import PLACE, STRAND, LazyRows, StoredRows

__all__ = ["lazy_in_order", "stored_in_order"]

DAY = "local_date"
DIAL = "dial"
KNOWN = "is_dial_known"
ONE = "one"
KEY = "key"
ROW = "row"


def lazy_in_order(frame: nw.LazyFrame[Any], strand: Sequence[str], written: Sequence[str]) -> LazyRows[Any]:
    """Rows with a ``place`` each.

    The known rows of a day are numbered by odometer, and an unknown one gets
    the number of known ones that were written before it: sorted by that
    number, it stands behind so many of them, which is where it was written.

    Both numbers run on over all days and strands of a vehicle, which does not
    change how those of one day compare. So a distributed engine brings a
    vehicle's rows together once, by the first window, and every later one, by
    the vehicle and more, finds them there.
    """
    vehicle, *rest = strand
    day = [*rest, DAY]
    rows = LazyRows(frame, [vehicle], [*day, *written])
    known = rows.number(nw.col(KNOWN))
    frame = frame.with_columns(nw.lit(1, dtype=nw.Int64).alias(ONE), known.alias("is_one_known"))
    # an unknown dial stands at 0, before all that are known
    key = nw.col("rank") * 2
    if written:
        frame = rows.having(frame).running(known_before=nw.col("is_one_known")).frame
        key = nw.when(nw.col(KNOWN)).then(key).otherwise(nw.col("known_before") * 2 + 1)
    frame = LazyRows(frame, [vehicle], [*day, DIAL, *written]).running(rank=nw.col("is_one_known")).frame
    frame = frame.with_columns(key.alias(KEY))
    placed = LazyRows(frame, [vehicle], [*day, KEY, *written]).running(**{PLACE: nw.col(ONE)})
    return LazyRows(placed.frame, strand)


def stored_in_order(frame: nw.DataFrame[Any], strand: Sequence[str], written: Sequence[str]) -> StoredRows:
    """Rows one strand behind the other, numbered; sorts only what a look finds out of order."""
    frame = frame.with_row_index(ROW)
    # a row index is unsigned, and what is compared with it below is not
    frame = frame.with_columns(nw.col(ROW).cast(nw.Int64))
    by = [*strand, DAY]
    if _is_ever(frame, _is_less(by)):
        frame = frame.sort(*by, *written, ROW)
        frame = frame.with_columns(frame.select(ROW).with_row_index(PLACE)[PLACE].cast(nw.Int64).alias(ROW))
    frame = frame.with_columns((~_is_same(strand)).alias("is_first"))
    frame = frame.with_columns(nw.col("is_first").cast(nw.Int64).cum_sum().alias(STRAND))
    is_same_day = ~nw.col("is_first") & (nw.col(DAY) == nw.col(DAY).shift(1)).fill_null(False)
    frame = frame.with_columns(is_same_day.alias("is_same_day"))
    if _is_ever(frame, nw.col("is_same_day")):
        frame = _days_in_order(frame, written)
    return StoredRows(frame.drop("is_first", "is_same_day").rename({ROW: PLACE}))


def _days_in_order(frame: nw.DataFrame[Any], written: Sequence[str]) -> nw.DataFrame[Any]:
    """Rows that share their day with another, in order; all others stay where they are."""
    is_one_of_several = nw.col("is_same_day") | nw.col("is_same_day").shift(-1).fill_null(False).cast(nw.Boolean)
    days = frame.filter(is_one_of_several).select(ROW, "is_same_day", DIAL, KNOWN, *written)
    slots = days[ROW]
    days = days.with_columns((~nw.col("is_same_day")).cast(nw.Int64).cum_sum().alias("day"))
    days = days.sort("day", *written, ROW)
    days = days.drop(*written).with_columns(days.select(ROW).with_row_index(PLACE)[PLACE].cast(nw.Int64))
    known = days.filter(nw.col(KNOWN))
    settled = known.sort("day", DIAL, PLACE)
    rows = days[ROW].scatter(known[PLACE], settled[ROW]) if len(known) else days[ROW]
    if (rows == slots).all():
        return frame
    order = frame[ROW].scatter(slots, rows)
    numbers = frame[ROW]
    return frame[order].with_columns(numbers.alias(ROW))


def _is_less(by: Sequence[str]) -> nw.Expr:
    """Whether a row comes before the one that lies before it; a null in either is a reason to sort."""
    name, *rest = by
    here, there = nw.col(name), nw.col(name).shift(1)
    less = here < there
    return less | ((here == there) & _is_less(rest)) if rest else less


def _is_same(names: Sequence[str]) -> nw.Expr:
    name, *rest = names
    same = (nw.col(name) == nw.col(name).shift(1)).fill_null(False)
    return same & _is_same(rest) if rest else same


def _is_ever(frame: nw.DataFrame[Any], condition: nw.Expr) -> bool:
    return bool(len(frame)) and bool(frame.select(found=condition.any())["found"].item())
