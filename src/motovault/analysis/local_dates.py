"""Local dates of many moments: a column at a time, by the same time zones as everywhere else in Python.

The offset of a zone is asked once for each day that occurs, not for each row.
Only where it changes within a day are its moments looked at one by one.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from motovault.analysis.arrow_compute import compute

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LocalDates"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = 86_400_000_000
_SECOND: Final = 1_000_000
_KEYS_OF_A_ZONE: Final = 1 << 24
_FAR: Final = 1 << 23
_FIRST, _LAST = -719_162, 2_932_896
"""The days of the years 1 and 9999 that come first and last, since 1970."""


class LocalDates:
    """Remembers zones and days between batches."""

    def __init__(self) -> None:
        self._zones: dict[str, int] = {}
        self._known: list[zoneinfo.ZoneInfo | None] = []
        self._offsets: dict[int, int | None] = {}

    def of(self, moments: pa.Array, zones: pa.Array) -> pa.Array:
        """The date in each row's zone; null where there is no such zone, or no such date in any calendar.

        Args:
            moments: ``timestamp[us, UTC]``.
            zones: IANA names.
        """
        import pyarrow as pa

        pc = compute()

        micros = moments.cast(pa.int64())
        days = _floored(micros)
        coded = zones.dictionary_encode()
        numbers = pa.array([self._zone(name) for name in coded.dictionary.to_pylist()], pa.int64())
        keys = pc.add(
            pc.multiply(numbers.take(coded.indices), _KEYS_OF_A_ZONE), pc.add(days, pa.scalar(_FAR))
        ).dictionary_encode()
        offsets = pa.array([self._offset(key) for key in keys.dictionary.to_pylist()], pa.int64())
        local = _floored(pc.add(micros, offsets.take(keys.indices)))
        if local.null_count:
            local = self._one_by_one(local, micros, keys)
        is_date = pc.and_(pc.greater_equal(local, _FIRST), pc.less_equal(local, _LAST))
        return pc.if_else(is_date, local, None).cast(pa.int32()).cast(pa.date32())

    def _zone(self, name: str | None) -> int:
        if name is None:
            name = ""
        number = self._zones.get(name)
        if number is None:
            number = self._zones[name] = len(self._known)
            try:
                self._known.append(zoneinfo.ZoneInfo(name))
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                self._known.append(None)
        return number

    def _offset(self, key: int | None) -> int | None:
        """Microseconds to add on this day in this zone; None where that changes within it."""
        if key is None:
            return None
        if key not in self._offsets:
            number, day = divmod(key, _KEYS_OF_A_ZONE)
            zone, first = self._known[number], (day - _FAR) * _DAY
            found = {self._offset_at(zone, first + part * _DAY // 4) for part in range(5)}
            self._offsets[key] = found.pop() if len(found) == 1 else None
        return self._offsets[key]

    @staticmethod
    def _offset_at(zone: zoneinfo.ZoneInfo | None, micros: int) -> int | None:
        if zone is None:
            return None
        try:
            moment = (_EPOCH + timedelta(microseconds=micros)).astimezone(zone)
        except OverflowError:
            return None
        offset = moment.utcoffset() or timedelta(0)
        return (offset.days * 86_400 + offset.seconds) * _SECOND + offset.microseconds

    def _one_by_one(self, local: Any, micros: Any, keys: Any) -> pa.Array:
        import pyarrow as pa

        found = local.to_pylist()
        for place, (day, at, key) in enumerate(
            zip(found, micros.to_pylist(), keys.indices.to_pylist(), strict=True)
        ):
            if day is None and at is not None and key is not None:
                zone = self._known[keys.dictionary[key].as_py() // _KEYS_OF_A_ZONE]
                offset = self._offset_at(zone, at)
                found[place] = None if offset is None else (at + offset) // _DAY
        return pa.array(found, pa.int64())


def _floored(micros: Any) -> Any:
    """Whole days, downwards; the division of Arrow goes towards 0."""
    import pyarrow as pa

    pc = compute()

    rounded = pc.divide(micros, pa.scalar(_DAY, pa.int64()))
    is_above = pc.greater(pc.multiply(rounded, pa.scalar(_DAY, pa.int64())), micros)
    return pc.subtract(rounded, is_above.cast(pa.int64()))
