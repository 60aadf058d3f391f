"""Fuel economy of a whole fleet, on a table of fill-ups in whatever engine holds it."""

from __future__ import annotations

from typing import Any, TypeVar

from motovault.errors import MissingExtra
from motovault.quantities.economy import economy_unit as check_economy_unit

__all__ = ["economy"]

FrameT = TypeVar("FrameT")


def economy(frame: FrameT, *, economy_unit: str | None = None) -> FrameT:
    """x"""
    try:
        import narwhals as nw
    except ImportError:
        raise MissingExtra("analysis", "narwhals") from None
    from motovault.analysis.pipeline import intervals

    asked = None if economy_unit is None else check_economy_unit(economy_unit)
    given: Any = nw.from_native(frame)
    return intervals(given, asked).to_native()
