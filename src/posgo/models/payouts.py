"""
What a card or wallet provider pays out: the days' sales, less refunds and fees, in one sum on the bank account.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import (
    not_blank,
    optional_plain_date,
    plain_date,
    rows,
    text,
    to_optional_line,
    to_optional_text,
    to_tuple,
)
from posgo.models._money import NOK_0, to_nok, total

__all__ = ["Payout", "PayoutFee", "PayoutRow"]


@attrs.frozen(kw_only=True)
class PayoutFee:
    """
    What the provider kept for itself.

    Attributes:
        amount: NOK including VAT, positive for a cost; negative if the provider gave a fee back.
        vat_code: Standard VAT code of the purchase; None takes what the account map says of the provider.
        description: The provider's words for it.
    """

    amount: Decimal = attrs.field(converter=to_nok)
    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    description: str | None = attrs.field(default=None, converter=to_optional_line)


@attrs.frozen(kw_only=True)
class PayoutRow:
    """
    One payment or refund inside a payout.

    Attributes:
        amount: NOK, positive for a payment, negative for a refund.
        fee: NOK kept of it, positive for a cost.
        reference: The provider's id of it; None if it gives none.
        date: The day of it; None if it gives none.
    """

    amount: Decimal = attrs.field(converter=to_nok)
    fee: Decimal = attrs.field(default=NOK_0, converter=to_nok)
    reference: str | None = attrs.field(default=None, converter=to_optional_text)
    date: dt.date | None = attrs.field(default=None, validator=optional_plain_date)


def _magnitude(_instance: object, attribute: "attrs.Attribute[Any]", value: Decimal) -> None:
    if value < 0:
        raise ModelError(f"Payout.{attribute.name} is {value}: give what was paid back without a sign")


@attrs.frozen(kw_only=True)
class Payout:
    """
    A payout report.

    Attributes:
        provider: Who pays, as ``[payouts]`` of the account map names it.
        reference: The provider's id of the payout, which it uses only once.
        paid_on: The day the money is on the bank account; the voucher's date.
        gross: NOK of payments, before anything was taken off.
        refunds: NOK paid back to customers, a magnitude.
        fees: What the provider kept.
        net: NOK on the bank account; negative if the provider takes it from there.
        first_day: First day of the payments in it; None if not told.
        last_day: Last day of the payments in it; None if not told.
        rows: The payments and refunds one by one; empty if the report has none.
    """

    provider: str = attrs.field(converter=text, validator=not_blank)
    reference: str = attrs.field(converter=text, validator=not_blank)
    paid_on: dt.date = attrs.field(validator=plain_date)
    gross: Decimal = attrs.field(converter=to_nok)
    refunds: Decimal = attrs.field(default=NOK_0, converter=to_nok, validator=_magnitude)
    fees: tuple[PayoutFee, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(PayoutFee))
    net: Decimal = attrs.field(converter=to_nok)
    first_day: dt.date | None = attrs.field(default=None, validator=optional_plain_date)
    last_day: dt.date | None = attrs.field(default=None, validator=optional_plain_date)
    rows: tuple[PayoutRow, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(PayoutRow))

    def __attrs_post_init__(self) -> None:
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ModelError(
                f"a payout of {self.first_day} to {self.last_day} has its days the wrong way round"
            )

    @property
    def cleared(self) -> Decimal:
        """
        NOK by which the clearing account comes down.
        """
        return self.gross - self.refunds

    @property
    def kept(self) -> Decimal:
        """
        NOK of all fees.
        """
        return total(fee.amount for fee in self.fees)
