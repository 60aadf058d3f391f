"""Running sums and the row before, within a partition and in an order, on every engine.

Lazy engines have windows for it. Eager ones do it by one sort: PyArrow has no
ordered window at all, and pandas makes one slowly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from motovault.analysis.doors import nw

__all__ = ["before", "middle", "running"]


def running(
    frame: Any, columns: Sequence[str], within: Sequence[str], order: Sequence[str], suffix: str = "_so_far"
) -> Any:
    """A frame with the running sum of each column of whole numbers, none below 0; this row included.

    Eager frames come back sorted by ``within`` and ``order``.
    """
    if isinstance(frame, nw.LazyFrame):
        return frame.with_columns(
            nw.col(column).cum_sum().over(*within, order_by=order).cast(nw.Int64).alias(f"{column}{suffix}")
            for column in columns
        )
    frame = frame.sort(*within, *order)
    # running over all, less what it stood at where the partition began
    frame = frame.with_columns(nw.col(column).cum_sum().alias(f"{column}{suffix}") for column in columns)
    frame = frame.with_columns((nw.col(f"{c}{suffix}") - nw.col(c)).alias(f"{c}_base") for c in columns)
    frame = frame.with_columns(nw.col(f"{c}_base").min().over(*within) for c in columns)
    frame = frame.with_columns(
        (nw.col(f"{c}{suffix}") - nw.col(f"{c}_base")).alias(f"{c}{suffix}") for c in columns
    )
    return frame.drop([f"{column}_base" for column in columns])


def before(
    frame: Any,
    columns: dict[str, str],
    within: Sequence[str],
    order: Sequence[str],
    place: str,
    rows: int = 1,
) -> Any:
    """A frame with what columns (new name by column) said so many rows before; null where there was none.

    Args:
        frame: As :func:`running` gave it, by the same ``within`` and ``order``.
        columns: New name by column.
        within: Columns of the partition.
        order: Columns of the order.
        place: Column with the place of a row in its partition, from 1.
        rows: How many rows before.
    """
    if isinstance(frame, nw.LazyFrame):
        return frame.with_columns(
            nw.col(column).shift(rows).over(*within, order_by=order).alias(name)
            for column, name in columns.items()
        )
    return frame.with_columns(
        nw.when(nw.col(place) > rows).then(nw.col(column).shift(rows)).alias(name)
        for column, name in columns.items()
    )


def middle(frame: Any, value: str, within: Sequence[str], name: str) -> Any:
    """A frame with the median of a column of numbers, none of them null, as ``name``.

    Also ``{name}_count``, how many there are, and ``{name}_place``, which one of them by size a row is.

    Of an even count the mean of the two in the middle, (a + b) / 2. Engines have
    medians of their own, which interpolate in different ways.
    """
    count, place = f"{name}_count", f"{name}_place"
    frame = frame.with_columns(nw.lit(1).cast(nw.Int64).alias("_one"))
    frame = running(frame, ["_one"], within, [value], suffix="_place").rename({"_one_place": place})
    frame = frame.with_columns(nw.col("_one").sum().over(*within).cast(nw.Int64).alias(count))
    twice = nw.col(place) * 2
    is_middle = (twice >= nw.col(count)) & (twice <= nw.col(count) + 2)
    frame = frame.with_columns(nw.when(is_middle).then(nw.col(value)).alias("_middle"))
    frame = frame.with_columns(
        nw.col("_middle").min().over(*within).alias("_low"),
        nw.col("_middle").max().over(*within).alias("_high"),
    )
    frame = frame.with_columns(((nw.col("_low") + nw.col("_high")) * 0.5).alias(name))
    return frame.drop(["_one", "_middle", "_low", "_high"])
