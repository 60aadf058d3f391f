"""Amounts of money, and prices per unit of what was bought.

There are no exchange rates: two currencies never meet in one sum. Amounts stay
exact; minor units matter only where an amount is shown or settled.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Self, overload

from attrs import field, frozen

from motovault.errors import InvalidValue
from motovault.quantities.context import EXACT, round_half_up, to_decimal
from motovault.quantities.errors import CurrencyMismatch, IncompatibleUnits
from motovault.quantities.formatting import display, split_number, styled
from motovault.quantities.measure import Quantity
from motovault.quantities.spelling import is_text
from motovault.quantities.units import UNITS, convert, unit

__all__ = ["Money", "UnitPrice", "minor_units"]

_CODE: Final = re.compile("[A-Z]{3}")

_MINOR_UNITS: Final = {
    # ISO 4217, table A.1: all that do not have 2 decimal places.
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def minor_units(currency: str) -> int:
    """Decimal places of a currency, as ISO 4217 says: 2 for most, 0 for the yen, 3 for the Kuwaiti dinar.

    Raises:
        InvalidValue: Not three capital letters.

    >>> minor_units("JPY")
    0
    """
    return _MINOR_UNITS.get(_currency(currency), 2)


def _currency(code: str) -> str:
    if not is_text(code) or not _CODE.fullmatch(code):
        raise InvalidValue("currency", code, "must be three capital letters of ISO 4217, such as USD")
    return str(code)


def _priced_by(symbol: str) -> str:
    known = unit(symbol).symbol
    if f"/{known}" not in UNITS:
        raise IncompatibleUnits("a price", known, "is not a unit that things are priced by")
    return known


def _amount(value: Decimal | int | str) -> Decimal:
    return to_decimal(value, "amount")


@frozen(order=False, repr=False)
class Money:
    """An exact amount of one currency.

    Shown with the currency's own decimal places, half up, as a till would; the
    amount itself is never rounded unless :meth:`rounded` is asked.

    Attributes:
        amount: How much, in the currency's main unit.
        currency: ISO 4217 code.

    >>> Money("41.2375", "USD").rounded()
    Money('41.24', 'USD')
    >>> str(Money("1200", "JPY")), str(Money("3", "USD"))
    ('1200 JPY', '3.00 USD')
    """

    amount: Decimal = field(converter=_amount)
    currency: str = field(converter=_currency)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A number and a currency code, either first; no symbols, as ``$`` is the sign of twenty currencies.

        Raises:
            InvalidValue: Not such a text.

        >>> Money.parse("41.24 USD") == Money.parse("USD 41.24")
        True
        """
        if not is_text(text):
            raise InvalidValue("money", text, "must be text: an amount and a currency code")
        bare = text.strip()
        if _CODE.match(bare):
            bare = f"{bare[3:].strip()} {bare[:3]}"
        number, code = split_number(bare, "money")
        return cls(to_decimal(number, "money"), code)

    def rounded(self) -> Self:
        """Rounded half up to the currency's minor unit."""
        return type(self)(round_half_up(self.amount, minor_units(self.currency)), self.currency)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount

    def __add__(self, other: Money) -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Self:
        if not isinstance(other, Money):
            return NotImplemented
        return type(self)(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, times: Decimal | int) -> Self:
        if not isinstance(times, (Decimal, int, float)):
            return NotImplemented
        return type(self)(EXACT.multiply(self.amount, to_decimal(times, "factor")), self.currency)

    __rmul__ = __mul__

    @overload
    def __truediv__(self, other: Money) -> Decimal: ...

    @overload
    def __truediv__(self, other: Decimal | int) -> Self: ...

    def __truediv__(self, other: Money | Decimal | int) -> Self | Decimal:
        if not isinstance(other, (Money, Decimal, int, float)):
            return NotImplemented
        divisor = self._same(other) if isinstance(other, Money) else to_decimal(other, "divisor")
        if not divisor:
            raise InvalidValue("divisor", other, "must not be 0")
        quotient = EXACT.divide(self.amount, divisor)
        return quotient if isinstance(other, Money) else type(self)(quotient, self.currency)

    def __neg__(self) -> Self:
        return type(self)(self.amount.copy_negate(), self.currency)

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.amount >= self._same(other)

    def __repr__(self) -> str:
        return f"Money('{self.amount}', '{self.currency}')"

    def __str__(self) -> str:
        return self.format()

    def __format__(self, spec: str) -> str:
        return styled(self.format, spec, "Money")

    def format(self, places: int | None = None, thousands: str = "") -> str:
        """For people: the amount, then the code; the currency's own decimal places unless told."""
        shown = minor_units(self.currency) if places is None else places
        return f"{display(self.amount, shown, thousands, round_half_up)} {self.currency}"


@frozen(repr=False)
class UnitPrice:
    """Money per unit: per litre, per gallon, per kilowatt-hour, per mile.

    It converts whenever the unit of the amount does, so that price times amount stays the total.

    Attributes:
        amount: Money for one unit, in the currency's main unit.
        currency: ISO 4217 code.
        per: Symbol of the unit that it is the price of.

    >>> UnitPrice("1.449", "EUR", "L").to("us_gal")
    UnitPrice('5.485061675016', 'EUR', 'us_gal')
    """

    amount: Decimal = field(converter=_amount)
    currency: str = field(converter=_currency)
    per: str = field(converter=_priced_by)

    def to(self, symbol: str) -> Self:
        """The same price per another unit, rounded once to 50 digits.

        Raises:
            UnknownUnit: No such symbol, or nothing is priced by it.
            IncompatibleUnits: A price per litre is no price per kilogram.
        """
        converted = convert(self.amount, f"/{self.per}", f"/{symbol}")
        if converted is None:
            raise ArithmeticError(f"{self!r} has no counterpart per {symbol}")
        return type(self)(converted, self.currency, symbol)

    def total(self, bought: Quantity) -> Money:
        """What so much costs; not rounded.

        Raises:
            IncompatibleUnits: It is priced by something else.

        >>> from motovault.quantities.volume import Volume
        >>> UnitPrice("3.299", "USD", "us_gal").total(Volume("12.5", "us_gal"))
        Money('41.2375', 'USD')
        """
        return Money(EXACT.multiply(self.amount, bought.to(self.per).value), self.currency)

    def __repr__(self) -> str:
        return f"UnitPrice('{self.amount}', '{self.currency}', '{self.per}')"

    def __str__(self) -> str:
        return f"{display(self.amount)} {self.currency}{UNITS[f'/{self.per}'].label}"
