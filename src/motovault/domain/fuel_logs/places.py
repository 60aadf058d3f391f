"""Where each fill of one tank lies on its way (rules R7 and R18 of the economy vectors)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from motovault.domain.fuel_logs.fills import Fill
from motovault.domain.fuel_logs.history import Row
from motovault.quantities.context import EXACT

__all__ = ["places"]

_ZERO = Decimal(0)


def places(rows: Sequence[Row]) -> tuple[Sequence[Decimal | None], Sequence[int]]:
    """The position of each row, None where it cannot be told, and the frame that the position counts in.

    Only differences of positions mean anything, and only within one frame.
    The dial decides. Without it the trip meter counts on from the previous
    fill; a strand that begins with trip meters alone begins at 0. A distance on
    this fuel replaces the dial. Where a fill's position hangs in the air, the
    next trip meter starts a new frame, in which that fill is 0.
    """
    dials = [row.odometer for row in rows]
    is_fills = bool(rows) and isinstance(rows[0], Fill)  # a log's 0 is unknown, a fill's 0 is a reading
    has_own = is_fills and any(cast("Fill", row).fuel_distance is not None for row in rows)
    if not has_own and (all(dials) or (is_fills and None not in dials)):
        return dials, [1] * len(dials)
    positions: list[Decimal | None] = []
    frames: list[int] = []
    frame, is_previous_known = 1, True
    last: Decimal | None = None
    offset: Decimal | None = _ZERO  # position minus dial; None while their relation is unknown
    for row in rows:
        dial = row.odometer if is_fills else row.odometer or None
        trip = row.trip_distance if is_fills else row.trip_distance or None
        own = cast("Fill", row).fuel_distance if has_own else None
        step = trip if own is None else own
        here: Decimal | None
        if own is None and dial is not None and offset is not None:
            here = EXACT.add(dial, offset)
        elif step is not None and last is not None and is_previous_known:
            here = EXACT.add(last, step)
            if dial is not None:
                offset = EXACT.subtract(here, dial)
            elif own is not None:
                offset = None  # the dial ran on by more than this fuel's share
        elif step is not None and (own is not None or dial is None):
            frame += 1
            if positions and positions[-1] is None:
                positions[-1], frames[-1] = _ZERO, frame
            here = step
            offset = None if dial is None else EXACT.subtract(here, dial)
        elif dial is not None:
            frame += 1
            here, offset = dial, _ZERO
        else:
            here = None
        if here is not None:
            last = here
        is_previous_known = here is not None
        positions.append(here)
        frames.append(frame)
    return positions, frames
