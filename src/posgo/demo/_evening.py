"""
The evening of a made-up shop: the day of a till at which an invoice was paid.
"""

from datetime import datetime
from decimal import Decimal

from posgo.demo._morning import Shop
from posgo.models.orders import Order, OrderStatus
from posgo.models.pos import InvoicePayment, Tender, VatRow, ZReport
from posgo.models.vouchers import SettlementStatus
from posgo.rendering import render_result

__all__ = ["settle_bar"]

_COMPANY = "999999999"


def settle_bar(shop: Shop, paid: InvoicePayment) -> bool:
    """
    Settle the day of the bar's till, at which an invoice was paid; then everybody knows.

    Returns:
        Whether the day was booked once, and the invoice is paid on both sides.
    """
    shop.show("\nThe bar has another till, which names the invoice that was paid there. The nightly job:")
    shop.till.put(_day(paid))
    (first,) = shop.runner.settle_finished()
    shop.show(render_result(first, with_voucher=True))
    for invoice in shop.fake.invoices:
        shop.tell(f"invoice {invoice.invoice_no}: {invoice.balance} NOK open in Go")
    shop.show("What the till and Go say of the order now:")
    shop.runner.sync()
    orders = [*shop.till.all(Order).values(), *shop.fake.all(Order).values()]
    states = [order.status for order in orders if order.status is not OrderStatus.CANCELLED]
    shop.tell(", ".join(state.value for state in states))
    (again,) = shop.runner.settle_finished()
    shop.show("The nightly job once more:")
    shop.show(render_result(again, with_voucher=False))
    return (first.status, again.status, {*states}) == (
        SettlementStatus.POSTED,
        SettlementStatus.ALREADY_POSTED,
        {OrderStatus.PAID},
    )


def _day(paid: InvoicePayment) -> ZReport:
    """
    A day of 500.00 by card, and the invoice. This till counts the sales of invoices too, when it rings them up.
    """
    drinks = VatRow(vat_code="3", percent=25, amount=Decimal("400.00"), vat=Decimal("100.00"))
    rows = (drinks, *paid.sales)
    total = sum((row.amount + row.vat for row in rows), Decimal(0))
    return ZReport(
        company=_COMPANY,
        cash_point="NORDLYS-2",
        number=12,
        closed_at=datetime(2026, 3, 14, 23, 10),  # noqa: DTZ001 - Norwegian local time
        vat_rows=rows,
        tenders=[Tender(code=paid.tender, amount=total, number=2, description="Bankkort")],
        total=total,
        receipts=2,
        invoice_payments=[paid],
    )
