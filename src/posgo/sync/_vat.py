"""
The price as Go can hold it: excluding VAT, through the rate of its VAT code.
"""

from collections.abc import Mapping
from decimal import Decimal

import attrs

from posgo.models.prices import DECIMALS, net_price, shelf_price
from posgo.sync._lens import Lens, Values

__all__ = ["vat_price"]

Rates = tuple[tuple[str, Decimal], ...]


def _to_rates(rates: Mapping[str, Decimal]) -> Rates:
    return tuple(sorted(rates.items()))


def vat_price(
    rates: Mapping[str, Decimal], *, before: Mapping[str, Decimal] | None = None, decimals: int = DECIMALS
) -> Lens:
    """
    A lens for a unit of ``("price", "vat_code")``.

    When a code's rate changes, Go's price excluding VAT stands still and its
    price including VAT moves, although nobody edited it. Given the rates of
    before, the lens knows such a price, and the plan writes Go's anew so
    that the shelf price stays.

    Args:
        rates: Per cent per VAT code today; see :func:`posgo.models.prices.vat_rates`.
        before: Per cent per VAT code when both sides were last alike; None if nothing changed.
        decimals: How many Go keeps of a price excluding VAT.
    """
    today = _VatPrice(_to_rates(rates), decimals)
    earlier = _VatPrice(_to_rates(before if before is not None else rates), decimals)
    return Lens(get=today, put=_Put(today), restated=_Restated(today, earlier))


@attrs.frozen
class _VatPrice:
    """
    A shelf price through Go's price and back.
    """

    rates: Rates
    decimals: int

    def rate(self, code: str | None) -> Decimal | None:
        return dict(self.rates).get(code or "")

    def __call__(self, wide: Values) -> Values:
        price, code = wide
        rate = self.rate(code)
        # Without a rate the price cannot be translated; whoever writes it says so.
        if price is None or rate is None:
            return wide
        return shelf_price(net_price(price, rate, decimals=self.decimals), rate), code


@attrs.frozen
class _Put:
    """
    Keep the shelf price until what Go shows of it is edited.
    """

    shown: _VatPrice

    def __call__(self, wide: Values, narrow: Values) -> Values:
        return wide if self.shown(wide) == narrow else narrow


@attrs.frozen
class _Restated:
    """
    Whether Go's price differs only because the rate of its VAT code does.
    """

    today: _VatPrice
    earlier: _VatPrice

    def __call__(self, base: Values, narrow: Values) -> str | None:
        (price, code), (seen, seen_code) = base, narrow
        old, new = self.earlier.rate(code), self.today.rate(code)
        if price is None or seen is None or code != seen_code or old is None or new is None or old == new:
            return None
        if shelf_price(net_price(price, old, decimals=self.today.decimals), new) != seen:
            return None
        return f"the VAT rate of code {code} went from {old} to {new} per cent, and the shelf price stays"
