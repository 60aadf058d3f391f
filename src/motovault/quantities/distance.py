"""A way driven; engine hours stand where a distance would."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from motovault.quantities.measure import Quantity
from motovault.quantities.spelling import LENGTH_SPELLINGS, Spellings

__all__ = ["Distance"]


@frozen(eq=False, order=False, repr=False)
class Distance(Quantity):
    """An exact distance in ``km``, ``mi``, ``nmi``, ``m``, ``ft``, ``in``, ``mm``, ``in32``, or hours ``h``.

    Hours and kilometres never combine or convert: :class:`IncompatibleUnits`.

    >>> Distance("100", "mi").to("km")
    Distance('160.9344', 'km')
    >>> Distance(1, "mi") == Distance("1.609344", "km")
    True
    >>> Distance.parse("52000 miles")
    Distance('52000', 'mi')
    >>> Distance("1", "km") + Distance("1", "mi")
    Distance('2.609344', 'km')
    """

    _dimensions: ClassVar[tuple[str, ...]] = ("length", "time")
    _spellings: ClassVar[Spellings] = LENGTH_SPELLINGS
