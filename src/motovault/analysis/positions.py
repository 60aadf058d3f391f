"""R7 and R18 on tables: where each fill lies on its way.

As ``motovault.domain.fuel_logs.places``, without carrying a state along. A
position is a running sum of what each row adds to it, and only differences of
positions mean anything, so it may begin anywhere:

- a *step* (a trip meter without a dial, or the distance on this fuel) adds itself;
- a *dial* adds what it moved since the last row that said where the dial stands
  in this frame, less the steps since;
- a dial behind a row that lost that relation adds its own trip, or else begins a
  new frame: it *jumps*, and no interval reaches across.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from motovault.analysis.windows import BEFORE, HAS_BEFORE, Rows

__all__ = ["JUMPS", "KNOWN", "POSITION", "placed"]

POSITION = "position"
KNOWN = "is_position_known"
JUMPS = "jumps"
"""1 in a row with which a new frame begins; the column is there where any may."""


def placed(rows: Rows[Any], *, has_trips: bool, has_own: bool) -> Rows[Any]:
    """Rows with ``position`` and ``is_position_known``; with ``jumps`` where trip meters tell."""
    dial, own, trip = nw.col("is_dial_known"), nw.col("is_own_known"), nw.col("is_trip_known")
    is_step = own if not has_trips else (~dial & trip) if not has_own else own | (~dial & trip)
    if not (has_trips or has_own) or not rows.ever(is_step):
        return rows.having(
            rows.frame.with_columns(nw.col("dial").alias(POSITION), nw.col("is_dial_known").alias(KNOWN))
        )
    amount = nw.col("own") if not has_trips else nw.col("trip")
    if has_own and has_trips:
        amount = nw.when(own).then(nw.col("own")).otherwise(nw.col("trip"))
    is_dial = dial & ~own if has_own else dial
    frame = rows.frame.with_columns(
        is_step.alias("is_step"),
        is_dial.alias("is_dial"),
        nw.when(is_step).then(amount).otherwise(0).alias("step"),
    )
    frame = frame.with_columns((~nw.col("is_step") & ~nw.col("is_dial")).alias("is_lost"))
    rows = rows.having(frame).before("is_lost").behind("is_step", named="is_step_behind")
    rows = rows.running(steps=nw.col("step"))
    is_lost_before = nw.col(HAS_BEFORE) & nw.col(BEFORE + "is_lost").fill_null(False)
    frame = rows.frame.with_columns(
        is_lost_before.alias("is_lost_before"),
        (nw.col("is_step") & (~nw.col(HAS_BEFORE) | is_lost_before)).alias("is_cut"),
    )
    # Says where the dial stands in this frame, or makes that unknown.
    tells = nw.col("is_dial") | (own & dial) if has_own else nw.col("is_dial")
    hides = nw.col("is_cut") | own if has_own else nw.col("is_cut")
    frame = frame.with_columns(
        tells.alias("tells"),
        (tells | hides).alias("is_event"),
        (nw.col("dial") - nw.col("steps")).alias("ahead"),
    )
    rows = rows.having(frame).before_among("is_event", "tells", "ahead")
    is_linked = nw.col(HAS_BEFORE) & nw.col(BEFORE + "tells").fill_null(False)
    is_relinked = nw.col("is_dial") & nw.col(HAS_BEFORE) & ~is_linked
    goes_on = is_relinked & trip & ~nw.col("is_lost_before") if has_trips else nw.lit(False)
    moved = nw.col("ahead") - nw.col(BEFORE + "ahead")
    by_trip = nw.when(goes_on).then(nw.col("trip")).otherwise(0) if has_trips else nw.lit(0)
    moves = nw.when(nw.col("is_dial") & is_linked).then(moved).otherwise(by_trip)
    begins = (nw.col("is_lost") & nw.col("is_step_behind")) | (is_relinked & ~goes_on)
    frame = rows.frame.with_columns(
        moves.cast(nw.Int64).alias("moves"),
        rows.number(begins).alias(JUMPS),
        (~nw.col("is_lost") | nw.col("is_step_behind")).alias(KNOWN),
    )
    rows = rows.having(frame).running(moved=nw.col("moves"))
    return rows.having(rows.frame.with_columns((nw.col("steps") + nw.col("moved")).alias(POSITION)))
