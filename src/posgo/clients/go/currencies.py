"""
Currencies and their rates. Read only.
"""

from datetime import date

from posgo.clients.calls import Call, Page
from posgo.clients.go._listing import listing
from posgo.clients.go._single import read
from posgo.models.terms import Currency, CurrencyRate

__all__ = ["list", "rate"]

_READ = ("CommonServices", "CommonServices_Full")


def list(*, code: str | None = None, is_active: bool | None = None) -> Call[Page[Currency]]:
    """
    List currencies.

    Args:
        code: Only this one (ISO 4217); None for all.
        is_active: Only those shown (or not shown) in Go; None for both.
    """
    return listing(
        "/Currencies", Currency, roles=_READ, filters={"currencyCode": code, "isActive": is_active}
    )


def rate(*, from_currency: str, to_currency: str, on: date) -> Call[CurrencyRate]:
    """
    Read the rate of the European Central Bank on a day.
    """
    asked = (("fromCurrency", from_currency), ("toCurrency", to_currency), ("asOnDate", f"{on}T00:00:00Z"))
    return read("/CurrencyRates", CurrencyRate, roles=_READ, query=asked)
