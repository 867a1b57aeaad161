"""
An invoice that is taken back, and what was taken back of it before.
"""

from decimal import Decimal

import attrs

from posgo.clients.calls import collect
from posgo.clients.go import outgoing_invoices
from posgo.models._checks import to_tuple
from posgo.models._money import NOK_0
from posgo.models.invoices import OutgoingInvoice
from posgo.procedure import Procedure

__all__ = ["Credited", "read_credited"]


@attrs.frozen(kw_only=True)
class Credited:
    """
    An invoice that an order takes back.

    Attributes:
        invoice: The invoice.
        since: It, and what its customer was sent since.
    """

    invoice: OutgoingInvoice
    since: tuple[OutgoingInvoice, ...] = attrs.field(converter=to_tuple)

    @property
    def before(self) -> Decimal:
        """
        NOK of it that credit notes took back, whoever made them.
        """
        taken = (
            -each.total_amount
            for each in self.since
            if each.related_invoice_no == self.invoice.invoice_no
            and each.total_amount is not None
            and not each.is_reversed
        )
        return sum(taken, NOK_0)


def read_credited(invoice_no: int) -> Procedure[Credited | None]:
    """
    The invoice with a number, and what its customer was sent since; None if Go has none.
    """
    rows = yield from collect(outgoing_invoices.list(invoice_numbers=[invoice_no]))
    if not rows:
        return None
    [invoice, *_] = rows
    customers = None if invoice.customer_no is None else [invoice.customer_no]
    since = yield from collect(
        outgoing_invoices.list(customer_numbers=customers, from_date=invoice.voucher_date)
    )
    return Credited(invoice=invoice, since=since)
