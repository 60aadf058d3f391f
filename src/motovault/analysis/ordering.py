"""R1 on tables: by date, within a date by odometer where known, the others keep their places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from motovault.analysis.windows import PLACE, SOURCE, STRAND, LazyRows, StoredRows

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
    rows: LazyRows[Any] = LazyRows(frame, [vehicle], [*day, *written])
    known = rows.number(nw.col(KNOWN))
    frame = frame.with_columns(nw.lit(1, dtype=nw.Int64).alias(ONE), known.alias("is_one_known"))
    # an unknown dial stands at 0, before all that are known
    key = nw.col("rank") * 2
    if written:
        frame = rows.having(frame).running(known_before=nw.col("is_one_known")).frame
        key = nw.when(nw.col(KNOWN)).then(key).otherwise(nw.col("known_before") * 2 + 1)
    by_dial: LazyRows[Any] = LazyRows(frame, [vehicle], [*day, DIAL, *written])
    frame = by_dial.running(rank=nw.col("is_one_known")).frame
    frame = frame.with_columns(key.alias(KEY))
    by_key: LazyRows[Any] = LazyRows(frame, [vehicle], [*day, KEY, *written])
    return LazyRows(by_key.running(**{PLACE: nw.col(ONE)}).frame, strand)


def stored_in_order(frame: nw.DataFrame[Any], strand: Sequence[str], written: Sequence[str]) -> StoredRows:
    """Rows one strand behind the other, numbered; sorts only what a look finds out of order.

    ``source`` says where a row lay in the frame that was given.
    """
    by = [*strand, DAY]
    keys = frame.select(*by, *written, DIAL, KNOWN).with_row_index(SOURCE)
    # a row index is unsigned, and what is compared with it below is not
    keys = keys.with_columns(nw.col(SOURCE).cast(nw.Int64))
    numbers = keys[SOURCE]
    if _is_ever(keys, _is_less(by)):
        keys = keys.sort(*by, *written, SOURCE)
    is_same = _is_same(strand)
    is_same_day = is_same & (nw.col(DAY) == nw.col(DAY).shift(1)).fill_null(False)
    keys = keys.with_columns(
        (~is_same).cast(nw.Int64).cum_sum().alias(STRAND),
        is_same_day.alias("is_same_day"),
        numbers.alias(PLACE),
    )
    sources, strands = keys[SOURCE], keys[STRAND]
    if _is_ever(keys, nw.col("is_same_day")):
        sources = _days_in_order(keys, written)
    if not (sources == numbers).all():
        frame = frame[sources]
    columns = [sources.alias(SOURCE), strands.alias(STRAND), numbers.alias(PLACE)]
    return StoredRows(frame.with_columns(*columns))


def _days_in_order(keys: nw.DataFrame[Any], written: Sequence[str]) -> Any:
    """Where each row lay, once those that share their day with another are in order."""
    is_one_of_several = nw.col("is_same_day") | nw.col("is_same_day").shift(-1).fill_null(False).cast(
        nw.Boolean
    )
    days = keys.filter(is_one_of_several)
    slots = days[PLACE]
    days = days.with_columns((~nw.col("is_same_day")).cast(nw.Int64).cum_sum().alias("day"))
    days = days.select("day", *written, DIAL, KNOWN, SOURCE).sort("day", *written, SOURCE)
    days = days.with_row_index(ROW).with_columns(nw.col(ROW).cast(nw.Int64))
    known = days.filter(nw.col(KNOWN))
    rows = days[SOURCE]
    if len(known):
        rows = rows.scatter(known[ROW], known.sort("day", DIAL, ROW)[SOURCE])
    return keys[SOURCE].scatter(slots, rows)


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
