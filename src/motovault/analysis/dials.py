"""Where odometers went back, for many vehicles at once; the domain's ``odometer.rollbacks`` on frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from motovault.analysis import summing
from motovault.analysis.doors import day, entered, key, nw
from motovault.analysis.partitions import before, running
from motovault.analysis.summing import DISTANCE_SCALE
from motovault.errors import InvalidValue

if TYPE_CHECKING:
    from narwhals.typing import IntoFrameT

__all__ = ["rollbacks"]

_DIALS: Final = {"odometer_km": "km", "odometer_h": "h"}


def rollbacks(odometer: IntoFrameT) -> IntoFrameT:
    """Each reading that is below the one before it, by (local date, value), of the same vehicle.

    Kilometres and engine hours are two dials, and are never compared.

    Args:
        odometer: An odometer frame: ``vehicle_id``, ``read_on`` and ``odometer_km`` or ``odometer_h``.

    Returns:
        A frame of the caller's kind with those readings alone, by vehicle and date: their columns, then
        ``previous_on``, ``previous_km`` and ``drop_km``, and for hours ``previous_h`` and ``drop_h``.

    Raises:
        InvalidValue: No frame, or a column is missing.
    """
    given = entered(odometer, "odometer", ["vehicle_id", "read_on"])
    columns = given.collect_schema().names()
    dials = [dial for dial in _DIALS if dial in columns]
    if not dials:
        raise InvalidValue("odometer", "odometer_km", "is missing, and so is odometer_h")
    found = [_of(given, dial) for dial in dials]
    for dial, other in (dials, dials[::-1]) if len(dials) == 2 else ():
        place = dials.index(dial)
        found[place] = found[place].with_columns(
            nw.lit(None, dtype=nw.Float64).alias(f"{name}_{_DIALS[other]}") for name in ("previous", "drop")
        )
    new = ["previous_on", *(f"{name}_{_DIALS[dial]}" for dial in dials for name in ("previous", "drop"))]
    order = ["_vehicle", "_on", "_value", "_source"]
    found = [frame.select(*columns, *new, *order) for frame in found]
    whole = found[0] if len(found) == 1 else nw.concat(found, how="vertical")
    return whole.sort(*order).select(*columns, *new).to_native()  # type: ignore[no-any-return]


def _of(frame: Any, dial: str) -> Any:
    unit = _DIALS[dial]
    value = nw.col(dial).cast(nw.Float64)
    frame = frame.filter(
        summing.known(nw.col(dial), DISTANCE_SCALE)
        & (value > 0).fill_null(False)
        & ~nw.col("read_on").is_null()
    )
    frame = frame.with_columns(
        key(frame, "vehicle_id", "_vehicle", ""),
        key(frame, "source_id", "_source", ""),
        value.alias("_value"),
        day(frame, "read_on").alias("_on"),
        nw.lit(1).cast(nw.Int64).alias("_one"),
    )
    within, order = ["_vehicle"], ["_on", "_value", "_source"]
    frame = running(frame, ["_one"], within, order)
    earlier = {"_on": "previous_on", "_value": f"previous_{unit}"}
    frame = before(frame, earlier, within, order, "_one_so_far")
    was = nw.col(f"previous_{unit}")
    frame = frame.filter((nw.col("_value") < was).fill_null(False))
    frame = frame.with_columns(*summing.difference(was, nw.col("_value"), DISTANCE_SCALE, "_drop"))
    return frame.with_columns(summing.amount("_drop", DISTANCE_SCALE).alias(f"drop_{unit}"))
