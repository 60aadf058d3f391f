"""What can be wrong with a number, a unit or a currency."""

from __future__ import annotations

from collections.abc import Sequence

from motovault.errors import InvalidValue

__all__ = ["CurrencyMismatch", "IncompatibleUnits", "UnknownUnit"]


class UnknownUnit(InvalidValue):
    """No unit goes by this symbol or spelling, or more than one does.

    Attributes:
        near: Symbols that the caller may have meant, best first; may be empty.
    """

    def __init__(self, value: object, near: Sequence[str] = (), field: str = "unit", rule: str = "") -> None:
        rule = rule or "is not a known unit"
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(field, value, rule + hint)
        self.near = tuple(near)


class IncompatibleUnits(InvalidValue):
    """Two units measure different things, so neither converts into the other.

    Attributes:
        from_unit: Symbol of the unit at hand.
        to_unit: Symbol of the unit asked for.
    """

    def __init__(self, from_unit: str, to_unit: str, rule: str) -> None:
        super().__init__("unit", to_unit, rule)
        self.from_unit = from_unit
        self.to_unit = to_unit


class CurrencyMismatch(InvalidValue):
    """Amounts of two currencies met where only one makes sense; there is no exchange rate here.

    Attributes:
        first: Code of the currency on the left.
        second: Code of the currency on the right.
    """

    def __init__(self, first: str, second: str) -> None:
        super().__init__("currency", second, f"cannot be combined with {first}")
        self.first = first
        self.second = second
