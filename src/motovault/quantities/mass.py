"""A mass: compressed gas and hydrogen are sold by it, vehicles weigh it."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from motovault.quantities.measure import Quantity
from motovault.quantities.spelling import MASS_SPELLINGS, Spellings

__all__ = ["Mass"]


@frozen(eq=False, order=False, repr=False)
class Mass(Quantity):
    """An exact mass: ``kg`` or ``lb``.

    >>> Mass("3500", "lb").to("kg")
    Mass('1587.573295', 'kg')
    """

    _dimensions: ClassVar[tuple[str, ...]] = ("mass",)
    _spellings: ClassVar[Spellings] = MASS_SPELLINGS
