"""A clock that a test sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from motovault.errors import InvalidValue

__all__ = ["FrozenClock"]


class FrozenClock:
    """A :class:`motovault.ports.Clock` that stands still until it is told to move.

    Args:
        moment: Where it stands, aware; noon of 1 January 2026, UTC, by default.

    >>> clock = FrozenClock()
    >>> clock.advance(days=1, hours=2)
    >>> clock.now().isoformat()
    '2026-01-02T14:00:00+00:00'
    """

    def __init__(self, moment: datetime | None = None) -> None:
        self._now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        if moment is not None:
            self.set(moment)

    def now(self) -> datetime:
        """Where it stands, in UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Put it somewhere else, earlier too. Raises InvalidValue for a moment without a time zone."""
        if moment.tzinfo is None or moment.utcoffset() is None:
            raise InvalidValue("moment", moment, "must carry a time zone")
        self._now = moment.astimezone(UTC)

    def advance(
        self,
        step: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Move it on, by a timedelta, by the parts of one, or by both; a negative step moves it back."""
        self._now += step or timedelta()
        self._now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
