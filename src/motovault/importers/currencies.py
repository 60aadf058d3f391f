"""Which currency a column of amounts names, where it is one and only one country's or union's sign."""

from __future__ import annotations

from typing import Final

from motovault.findings import Severity
from motovault.importers.findings import FindingLog
from motovault.importers.options import ImportOptions

__all__ = ["CurrencyEvidence", "settle_currency"]

_SIGNS: Final = {
    "€": "EUR",
    "£": "GBP",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "lei": "RON",
    "₹": "INR",
    "₽": "RUB",
    "₺": "TRY",
    "₴": "UAH",
    "₩": "KRW",
    "₪": "ILS",
    "฿": "THB",
    "₦": "NGN",
    "₱": "PHP",
    "₫": "VND",
    "r$": "BRL",
    "chf": "CHF",
    "eur": "EUR",
    "gbp": "GBP",
    "usd": "USD",
    "pln": "PLN",
}
"""Signs that say one currency. "$", "kr" and "¥" are those of several, and say none."""

_NUMBER: Final = "0123456789.,'’-−+() \xa0\u202f\u2009\t"
_LONGEST: Final = 60


class CurrencyEvidence:
    """Looks at amounts as they are written."""

    def __init__(self) -> None:
        self._signs: set[str] = set()

    def see(self, cell: str) -> None:
        """Take one amount into account; one without a sign says nothing."""
        if len(self._signs) > 1 or len(cell) > _LONGEST:
            return
        if sign := cell.strip(_NUMBER).casefold():
            self._signs.add(sign)

    @property
    def code(self) -> str | None:
        """The currency of all amounts with a sign; None where there is none, several, or one of many."""
        return _SIGNS.get(next(iter(self._signs))) if len(self._signs) == 1 else None


def settle_currency(evidence: CurrencyEvidence, options: ImportOptions, findings: FindingLog) -> str | None:
    """The currency that the amounts name, else the declared one, else None: the owner's."""
    stated, declared = evidence.code, options.currency_code
    if stated is None or stated == declared:
        return declared
    if declared is not None:
        message = f"currency_code {declared} was declared, but the file's amounts say {stated}, which holds"
        findings.add(
            "declaration_contradicted", Severity.WARNING, message, field="currency_code", value=declared
        )
    else:
        message = f"the amounts are in {stated}, as their sign says"
        findings.add("currency_stated", Severity.INFO, message, field="currency_code", value=stated)
    return stated
