"""Vehicles of a fleet against their peers: the same make, model and year, or as near as there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.doors import counted, entered, key, listed, needed, nw
from motovault.analysis.partitions import middle
from motovault.analysis.rollups import DISTANCES, pooled, summable
from motovault.analysis.summing import divided, higher
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["ranking"]

_NEW: Final = ("peer_group", "peer_count", "peer_median", "difference_percent", "rank", "percentile")
_FOUND: Final = ("_group", "_count", "_median", "_better", "_equal")
_RESERVED: Final = ("vehicle_id", "economy_unit", "interval_count", "economy", *DISTANCES, *_NEW)


def ranking(
    intervals: IntoFrameT,
    vehicles: IntoFrameT,
    peers: str | Sequence[str] = ("make", "model", "model_year"),
    *,
    min_peers: int = 5,
    include_towing: bool = True,
    economy_unit: str | None = None,
) -> IntoFrameT:
    """Each vehicle's pooled economy among its peers; by vehicle and economy unit.

    Peers share all of ``peers``. Where fewer than ``min_peers`` others do, the last of them is dropped, and
    so on to the whole fleet; ``peer_group`` says what was shared. An unknown make is nobody's like. Only
    vehicles with a figure in the same economy unit compare, so ask for one with ``economy_unit`` where
    owners differ. A vehicle with two tanks of one unit has no figure (R13) and no rank. A litre of LPG counts
    like one of petrol: where a fleet burns both, rank the vehicles of each fuel for themselves.

    Args:
        intervals: An interval frame.
        vehicles: A vehicles frame of the same kind, one row a vehicle: ``vehicle_id`` and ``peers``.
        peers: Columns of ``vehicles``, the widest first.
        min_peers: How many others are enough.
        include_towing: Whether stretches with a trailer count.
        economy_unit: Of the figures, where it fits; by default each interval's own.

    Returns:
        A frame of the caller's kind: ``vehicle_id``, ``title`` where there is one, ``peers``,
        ``economy_unit``, ``interval_count``, the distance, ``economy``, ``peer_group``, ``peer_count`` (the
        others), ``peer_median`` (of all, the vehicle among them), ``difference_percent`` (of the figure from
        it), ``rank`` (1 for the thriftiest; equals share it) and ``percentile``: which part of the others
        is thirstier, equals by half; 100 is best of all, whether more is better in the unit or less.

    Raises:
        InvalidValue: No frame, frames of two kinds, a column is missing, or ``min_peers`` is not above 0.
        UnknownUnit: There is no such economy unit.
    """
    enough = counted(min_peers, "min_peers")
    wanted: Any = listed(peers, "peers")
    fleet = entered(vehicles, "vehicles", ["vehicle_id"])
    needed(fleet, "vehicles", wanted)
    for name in wanted:
        if name in _RESERVED:
            raise InvalidValue("peers", name, "is a column of the answer: it cannot make peers")
        if fleet.collect_schema()[name].is_nested():
            raise InvalidValue("peers", name, "holds lists: it cannot make peers")
    given = entered(intervals, "intervals", ["vehicle_id"])
    if type(given) is not type(fleet) or given.implementation is not fleet.implementation:
        kind = f"{fleet.implementation} {type(fleet).__name__}"
        raise InvalidValue("vehicles", kind, f"must be of the kind of intervals, {given.implementation}")
    frame = pooled(summable(given, include_towing, economy_unit), ["vehicle_id"])
    distances = [name for name in DISTANCES if name in frame.collect_schema().names()]
    about = ["title"] if "title" in fleet.collect_schema().names() and "title" not in wanted else []
    frame, fleet = _by_one_type(frame, fleet)
    frame = frame.join(fleet.select("vehicle_id", *about, *wanted), on="vehicle_id", how="left")
    frame = _standing(frame, wanted, enough)
    columns = ["vehicle_id", *about, *wanted, "economy_unit", "interval_count", *distances, "economy", *_NEW]
    return frame.sort("vehicle_id", "economy_unit").select(*columns).to_native()  # type: ignore[no-any-return]


def _by_one_type(frame: Any, fleet: Any) -> tuple[Any, Any]:
    """Both with vehicles as text, or both with whole numbers: engines join nothing else."""
    kinds = [one.collect_schema()["vehicle_id"] for one in (frame, fleet)]
    are_numbers = [kind.is_numeric() for kind in kinds]
    if are_numbers[0] is not are_numbers[1]:
        raise InvalidValue("vehicles", "vehicle_id", f"is of {kinds[1]}, and that of intervals of {kinds[0]}")
    one_kind = nw.Int64 if are_numbers[0] else nw.String
    if are_numbers[0] and kinds[0] == kinds[1]:
        return frame, fleet
    column = nw.col("vehicle_id").cast(one_kind)
    return frame.with_columns(column), fleet.with_columns(column)


def _standing(frame: Any, peers: Sequence[str], enough: int) -> Any:
    has_figure = ~nw.col("economy").is_null()
    frame = frame.with_columns(
        key(frame, "economy_unit", "_unit", ""),
        nw.when(has_figure).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias("_has"),
        nw.when(has_figure).then(nw.col("economy")).otherwise(0.0).alias("_figure"),
    )
    keys = []
    for n, name in enumerate(peers):
        is_number = frame.collect_schema()[name].is_numeric()
        frame = frame.with_columns(key(frame, name, f"_key{n}", -1 if is_number else ""))
        keys.append(f"_key{n}")
    for level in range(len(peers) + 1):
        frame = _level(frame, peers[:level], keys[:level], level)
    found = {name: nw.col(f"{name}0") for name in _FOUND}
    for level in range(1, len(peers) + 1):
        is_enough = (nw.col(f"_ok{level}") == 1) & (nw.col(f"_count{level}") > enough)
        for name, wider in found.items():
            found[name] = nw.when(is_enough).then(nw.col(f"{name}{level}")).otherwise(wider)
    frame = frame.with_columns(value.alias(name) for name, value in found.items())
    count, better, equal = nw.col("_count"), nw.col("_better"), nw.col("_equal")
    others = (count - 1).cast(nw.Float64)
    # twice the thirstier and once the equal, so that all is whole until the division
    beaten = ((count - better - equal) * 2 + equal - 1).cast(nw.Float64) * 50.0
    off = (nw.col("economy") - nw.col("_median")) * 100.0
    shown = nw.col("_has") == 1
    return frame.with_columns(
        nw.when(shown).then(nw.col("_group")).alias("peer_group"),
        nw.when(shown).then(count - 1).alias("peer_count"),
        nw.when(shown).then(nw.col("_median")).alias("peer_median"),
        nw.when(shown)
        .then(divided(off, nw.when(shown).then(nw.col("_median")).otherwise(1.0)))
        .alias("difference_percent"),
        nw.when(shown).then(better + 1).alias("rank"),
        nw.when(shown & (others > 0))
        .then(divided(beaten, nw.when(others > 0).then(others).otherwise(1.0)))
        .alias("percentile"),
    )


def _level(frame: Any, peers: Sequence[str], keys: Sequence[str], level: int) -> Any:
    """How a vehicle stands among those that share these columns, in columns that end in the level."""
    is_known: Any = nw.lit(1).cast(nw.Int64)
    for name in peers:
        is_known = nw.when(nw.col(name).is_null()).then(nw.lit(0).cast(nw.Int64)).otherwise(is_known)
    frame = frame.with_columns(is_known.alias(f"_ok{level}"))
    within = ["_unit", "_has", f"_ok{level}", *keys]
    frame = middle(frame, "_figure", within, f"_median{level}")
    count, place = nw.col(f"_median{level}_count"), f"_median{level}_place"
    frame = frame.with_columns(nw.lit(1).cast(nw.Int64).alias("_one"))
    frame = frame.with_columns(
        nw.col(place).min().over(*within, "_figure").alias("_first"),
        nw.col("_one").sum().over(*within, "_figure").cast(nw.Int64).alias(f"_equal{level}"),
    )
    lower = nw.col("_first") - 1
    more = count - lower - nw.col(f"_equal{level}")
    return frame.with_columns(
        nw.when(higher(nw.col("_unit"))).then(more).otherwise(lower).alias(f"_better{level}"),
        count.alias(f"_count{level}"),
        nw.lit(", ".join(peers) or "fleet").alias(f"_group{level}"),
    ).drop(["_one", "_first"])
