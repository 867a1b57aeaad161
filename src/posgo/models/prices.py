"""
Shelf prices including VAT, and Go's unit prices excluding it.

The shelf price is what both sides agree on. Go's price is sent with six
decimals: what is cut off there is below a millionth of a krone, VAT makes at
most twice that of it, and half an øre is five thousandths. So every
whole-øre price survives the way there and back exactly, at any rate up to
100 per cent and of any size. Two decimals would change up to one shelf price
in five.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from posgo.exceptions import ModelError
from posgo.models._fields import to_decimal
from posgo.models._money import ORE, to_nok
from posgo.models.ledger import VatCode

__all__ = ["DECIMALS", "net_price", "shelf_price", "vat_rates"]

DECIMALS = 6
"""Decimals of a unit price sent to Go."""

# 18 digits of kroner, six decimals, and the digits of a rate: nothing is cut by accident.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


def net_price(shelf: Decimal, percent: Decimal, *, decimals: int = DECIMALS) -> Decimal:
    """
    Go's unit price excluding VAT for a shelf price including it.

    Args:
        shelf: NOK in whole øre.
        percent: VAT rate in per cent, such as ``Decimal("11.11")``.
        decimals: How many Go is sent, or keeps.
    """
    return _EXACT.divide(to_nok(shelf) * 100, _factor(percent)).quantize(_step(decimals), context=_EXACT)


def shelf_price(net: Decimal, percent: Decimal) -> Decimal:
    """
    The shelf price including VAT for Go's unit price, rounded half up to whole øre.

    Args:
        net: NOK excluding VAT, of any precision.
        percent: VAT rate in per cent.
    """
    return to_nok(
        _EXACT.multiply(to_decimal(net), _EXACT.divide(_factor(percent), Decimal(100))).quantize(
            ORE, context=_EXACT
        )
    )


def vat_rates(codes: Iterable[VatCode], on: date) -> Mapping[str, Decimal]:
    """
    The rate of each VAT code on a day, in per cent.

    Raises:
        ModelError: If Go gives a code two different rates on that day.
    """
    rates: dict[str, Decimal] = {}
    for code in codes:
        if code.covers(on) and rates.setdefault(code.code, code.percent) != code.percent:
            raise ModelError(
                f"VAT code {code.code} has two rates on {on}: {rates[code.code]} and {code.percent}"
            )
    return MappingProxyType(rates)


def _factor(percent: Decimal) -> Decimal:
    rate = to_decimal(percent)
    if not 0 <= rate <= 100:
        raise ModelError(f"{rate} is not a VAT rate: 0 to 100 per cent is expected")
    return rate + 100


def _step(decimals: int) -> Decimal:
    if not 2 <= decimals <= DECIMALS:
        raise ModelError(f"a unit price has 2 to {DECIMALS} decimals, not {decimals}")
    return Decimal(1).scaleb(-decimals)
