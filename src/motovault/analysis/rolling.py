"""Economy over the last stretches of each tank: pooled, as R11 says, not a mean of their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from motovault.analysis import summing
from motovault.analysis.doors import counted, day, entered, key, needed, nw, text
from motovault.analysis.natives import indexed_as
from motovault.analysis.partitions import before, running
from motovault.analysis.rollups import summable
from motovault.analysis.summing import DISTANCE_SCALE, UNITS_BY_KIND
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["as_driven", "returned", "rolling_economy"]

_SUMS: Final = ("_driven_high", "_driven_low", "_burnt_high", "_burnt_low")
_WITHIN: Final = ["_vehicle", "_tank", "_unit", "_valid"]
_ORDER: Final = ["_closed_on", "_opened_on", "_closed_by"]
_LAST: Final = 5


def rolling_economy(
    intervals: IntoFrameT,
    *,
    last_n: int | None = None,
    distance_km: float | None = None,
    economy_unit: str | None = None,
) -> IntoFrameT:
    """The pooled economy of the last valid intervals of each vehicle and tank, at each of them.

    Adds ``rolling_economy`` and ``rolling_interval_count``; null at an interval that is void, and
    none of the void ones is in a window. At the beginning a window holds what there is so far.
    Of one tank, intervals that were opened and closed on the same days are in the order of their ids.

    Args:
        intervals: An interval frame.
        last_n: How many intervals, the row's own included; 5 where neither this nor a distance is asked for.
        distance_km: Instead: as few as cover this distance. Dials in hours have no such window.
        economy_unit: Of the figures, where it fits; by default each interval's own.

    Returns:
        The caller's frame with two columns more. A frame that is not lazy keeps the order of its rows; a
        lazy one comes by vehicle, tank and date.

    Raises:
        InvalidValue: No frame, a column is missing, both windows are asked for, or one is not above 0.
        UnknownUnit: There is no such economy unit.
    """
    if last_n is not None and distance_km is not None:
        raise InvalidValue("distance_km", distance_km, "cannot be asked for together with last_n")
    rows = counted(_LAST if last_n is None else last_n, "last_n")
    distance = None if distance_km is None else summing.number(distance_km, "distance_km")
    if distance is not None and distance > summing.LONGEST_KM:
        raise InvalidValue("distance_km", distance_km, f"must not be above {summing.LONGEST_KM:.0f}")
    given = entered(intervals, "intervals", ["vehicle_id", "closed_on", "void"])
    columns = given.collect_schema().names()
    frame = as_driven(summable(given, True, economy_unit))
    frame = frame.with_columns(nw.col("_valid").alias("_one"))
    frame = running(frame, [*_SUMS, "_one"], _WITHIN, _ORDER)
    if distance is None:
        earlier = {f"{name}_so_far": f"{name}_before" for name in (*_SUMS, "_one")}
        frame = before(frame, earlier, _WITHIN, _ORDER, "_one_so_far", rows)
    else:
        frame = _before_distance(frame, distance)
    frame = frame.with_columns(
        (nw.col(f"{name}_so_far") - nw.col(f"{name}_before").fill_null(0)).cast(nw.Int64).alias(name)
        for name in (*_SUMS, "_one")
    )
    shown = nw.col("_valid") == 1
    if distance is not None:
        shown = shown & nw.col("economy_unit").is_in(UNITS_BY_KIND["distance_km"])
    frame = summing.with_figure(frame, "_driven", "_burnt", "rolling_economy")
    frame = frame.with_columns(
        nw.when(shown).then(nw.col("rolling_economy")).alias("rolling_economy"),
        nw.when(shown).then(nw.col("_one")).alias("rolling_interval_count"),
    )
    return returned(frame, [*columns, "rolling_economy", "rolling_interval_count"], intervals)  # type: ignore[no-any-return]


def as_driven(frame: Any) -> Any:
    """A frame of intervals with what it is partitioned by, none of it null, and ordered by.

    Eager frames also get ``_row``, to be given back as they came.
    """
    there = frame.collect_schema().names()
    if not isinstance(frame, nw.LazyFrame):
        frame = frame.with_row_index("_row")
    needed(frame, "intervals", ["vehicle_id", "closed_on"])
    opened = "opened_on" if "opened_on" in there else "closed_on"
    return frame.with_columns(
        key(frame, "vehicle_id", "_vehicle", ""),
        key(frame, "tank", "_tank", 1),
        text(frame, "economy_unit").fill_null("").alias("_unit"),
        key(frame, "closed_by", "_closed_by", ""),
        day(frame, "closed_on").alias("_closed_on"),
        day(frame, opened).alias("_opened_on"),
    )


def returned(frame: Any, columns: list[str], given: object) -> Any:
    """The caller's columns and the new ones, in the caller's order and by the caller's index of rows."""
    order = ["_vehicle", "_tank", *_ORDER] if isinstance(frame, nw.LazyFrame) else ["_row"]
    found = frame.sort(*order).select(*columns).to_native()
    return indexed_as(found, nw.to_native(given, pass_through=True))


def _before_distance(frame: Any, distance_km: float) -> Any:
    """The running sums where the window begins, that is at the last row of which the rest is long enough."""
    whole = round(distance_km * DISTANCE_SCALE)
    driven = nw.col("_driven_high_so_far") * summing.PART + nw.col("_driven_low_so_far")
    ends = frame.with_columns(driven.alias("_at"), nw.lit(1).cast(nw.Int64).alias("_end"))
    begins = frame.with_columns((driven - whole).alias("_at"), nw.lit(0).cast(nw.Int64).alias("_end"))
    # each beginning falls behind the ends that lie before it, and their number names the last of them
    both = nw.concat([ends, begins], how="vertical").with_columns((1 - nw.col("_end")).alias("_later"))
    both = running(both, ["_end"], _WITHIN, ["_at", "_later"])
    found = both.filter(nw.col("_end") == 0)
    sums = {f"{name}_so_far": f"{name}_before" for name in (*_SUMS, "_one")}
    table = ends.filter(nw.col("_valid") == 1).select(
        *_WITHIN, nw.col("_one_so_far").alias("_end_so_far"), *(nw.col(a).alias(b) for a, b in sums.items())
    )
    return found.join(table, on=[*_WITHIN, "_end_so_far"], how="left")
