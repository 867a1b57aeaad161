"""
Days on which invoices of Go were paid at the till, and what a settlement says of them.
"""

from decimal import Decimal
from typing import Any

from posgo.models.findings import Finding, Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import (
    InvoicePayment,
    Tender,
    VatRow,
    ZReport,
)
from posgo.models.vouchers import Settlement
from support.days import CARD, CASH, sale_day

INVOICED = VatRow(vat_code="3", percent=25, amount=400, vat=100)
NIL = Decimal(0)


def payment(amount: Decimal | int | str = 500, **facts: Any) -> InvoicePayment:
    base: dict[str, Any] = {"order": "o1", "invoice_no": 10003, "customer": "c1", "tender": CARD}
    return InvoicePayment(amount=amount, **base | facts)


def item(balance: Decimal | int | str = 500, **facts: Any) -> OpenItem:
    base: dict[str, Any] = {"invoice_no": 10003, "customer": "c1", "matching_reference": "pos:o1"}
    return OpenItem(balance=balance, **base | facts)


def day(*payments: InvoicePayment, **facts: Any) -> ZReport:
    """
    One own sale of 125.00 by card, and payments of invoices that are in the tenders and not in the VAT rows.
    """
    tenders = [
        Tender(code=CARD, amount=125 + _paid(payments, CARD)),
        Tender(code=CASH, amount=_paid(payments, CASH), number=1),
    ]
    return sale_day(**{"tenders": tenders, "invoice_payments": payments} | facts)


def _paid(payments: Any, tender: str) -> Decimal:
    return sum((each.amount for each in payments if each.tender == tender), NIL)


def booked(settlement: Settlement) -> list[tuple[Any, ...]]:
    assert settlement.voucher is not None, settlement.findings
    return [
        (each.account, f"{each.amount:.2f}", *filter(None, (each.customer, each.matching_reference)))
        for each in settlement.voucher.postings
    ]


def told(settlement: Settlement) -> list[tuple[str, Severity]]:
    return [(each.rule, each.severity) for each in settlement.findings if each.rule.startswith("invoice")]


def the_finding(settlement: Settlement) -> Finding:
    [found] = [each for each in settlement.findings if each.blocks]
    return found
