"""An amount of energy: what a charger delivers and a battery holds."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from motovault.quantities.measure import Quantity
from motovault.quantities.spelling import ENERGY_SPELLINGS, Spellings

__all__ = ["Energy"]


@frozen(eq=False, order=False, repr=False)
class Energy(Quantity):
    """An exact energy: ``kWh``, ``Wh``, ``MJ``, or gasoline gallon equivalents ``gge``.

    >>> Energy("60", "kWh").to("MJ")
    Energy('216', 'MJ')
    """

    _dimensions: ClassVar[tuple[str, ...]] = ("energy",)
    _spellings: ClassVar[Spellings] = ENERGY_SPELLINGS
