"""Values that the lockstep of two stores draws: few of everything, so that calls meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from hypothesis import strategies as st

__all__ = ["IDS", "KEYS", "LIMITS", "MOMENTS", "SOURCES", "START"]

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES: Final = st.sampled_from([None, "fuelio", "csv"])
KEYS: Final = st.sampled_from([None, "1", "2"])
MOMENTS: Final = st.sampled_from(
    [START + timedelta(microseconds=n) for n in (0, 1, 2, 1_000_000, 86_400_000_000, -86_400_000_000)]
)
LIMITS: Final = st.none() | st.integers(1, 3)
IDS: Final = st.integers(1, 12).map(lambda n: UUID(int=n * 0x9E37_79B9_7F4A_7C15 << 56))
