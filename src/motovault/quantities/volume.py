"""An amount of liquid: fuel, oil, coolant."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from motovault.quantities.measure import Quantity
from motovault.quantities.spelling import VOLUME_SPELLINGS, Spellings

__all__ = ["Volume"]


@frozen(eq=False, order=False, repr=False)
class Volume(Quantity):
    """An exact volume: ``L``, ``mL``, ``us_gal``, ``us_qt``, ``us_fl_oz``, ``imp_gal``, ``imp_pt``.

    >>> Volume("15", "us_gal").to("L")
    Volume('56.78117676', 'L')
    >>> Volume.parse("12.5 gal (US)")
    Volume('12.5', 'us_gal')
    >>> f"{Volume('12345.678', 'us_gal'):,.1f}"
    '12,345.7 US gal'
    """

    _dimensions: ClassVar[tuple[str, ...]] = ("volume",)
    _spellings: ClassVar[Spellings] = VOLUME_SPELLINGS
