"""Intervals whose figure stands out among those of the same vehicle and tank.

By the median absolute deviation, which a few slips cannot shift, and with the
modified z-score of Iglewicz and Hoaglin: 0.6745 times the deviation over its
median, 3.5 as the border. The deviation is told as a ratio, how many times
the median: a figure of twice the median is as far off as one of half of it.
So a fill-up that nobody wrote down (half the fuel) and one written down twice
weigh the same, and L/100km finds the same outliers as mpg. Logarithms would
say that too, but engines differ in their last bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from motovault.analysis.doors import entered, nw
from motovault.analysis.partitions import middle
from motovault.analysis.rolling import as_driven, returned
from motovault.analysis.summing import divided, number

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["outliers"]

_WITHIN: Final = ["_vehicle", "_tank", "_unit", "_valid"]
_NORMAL: Final = 0.6745
"""Makes the median absolute deviation of a normal distribution its standard deviation."""
_ENOUGH: Final = 5
"""As the domain's plausibility has it: fewer figures have no median worth the name."""
_FAR: Final = 3.0
"""And this many times the median is unusual, where most figures are equal and nothing else can tell."""


def outliers(intervals: IntoFrameT, threshold: float = 3.5) -> IntoFrameT:
    """Which intervals stand out among the valid ones of their vehicle and tank.

    Adds ``median`` (of the figures; of an even number the mean of the two in the middle), ``deviation``
    (the modified z-score of the ratio to it, above 0 where the figure is above the median) and
    ``is_outlier``. Tanks with fewer than 5 figures have no median, and void intervals no deviation: they
    are no outliers. Where more than half of the figures are equal, nothing measures a deviation: those
    equal to the median have 0, the others null, and an outlier is what is outside 1/3 to 3 times it.

    Args:
        intervals: An interval frame.
        threshold: From which deviation on, either way; what is exactly there is none.

    Returns:
        The caller's frame with three columns more. A frame that is not lazy keeps the order of its rows; a
        lazy one comes by vehicle, tank and date.

    Raises:
        InvalidValue: No frame, a column is missing, or ``threshold`` is no number above 0.
    """
    border = number(threshold, "threshold")
    given = entered(intervals, "intervals", ["vehicle_id", "closed_on", "economy_unit", "economy", "void"])
    columns = given.collect_schema().names()
    figure = nw.col("economy").cast(nw.Float64)
    is_valid = nw.col("void").is_null() & ((figure > 0) & (figure < float("inf"))).fill_null(False)
    frame = as_driven(given).with_columns(is_valid.alias("_is_valid"))
    frame = frame.with_columns(
        nw.when(nw.col("_is_valid")).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_valid"),
        nw.when(nw.col("_is_valid")).then(figure).otherwise(1.0).alias("_figure"),
    )
    frame = middle(frame, "_figure", _WITHIN, "_median")
    value, median = nw.col("_figure"), nw.col("_median")
    frame = frame.with_columns(
        nw.when(value >= median)
        .then(divided(value, median) - 1.0)
        .otherwise(1.0 - divided(median, value))
        .alias("_off")
    )
    frame = frame.with_columns(nw.col("_off").abs().alias("_distance"))
    frame = middle(frame, "_distance", _WITHIN, "_spread")
    enough = nw.col("_is_valid") & (nw.col("_median_count") >= _ENOUGH)
    off, spread = nw.col("_off"), nw.col("_spread")
    score = divided(off * _NORMAL, nw.when(spread > 0).then(spread).otherwise(1.0))
    frame = frame.with_columns(
        nw.when(enough).then(median).alias("median"),
        nw.when(enough & ((spread > 0) | (off == 0))).then(score).alias("deviation"),
    )
    far = (nw.col("deviation").abs() > border).fill_null(False)
    unusual = (spread == 0) & (nw.col("_distance") > _FAR - 1.0)
    frame = frame.with_columns((enough & (far | unusual)).alias("is_outlier"))
    return returned(frame, [*columns, "median", "deviation", "is_outlier"], intervals)  # type: ignore[no-any-return]
