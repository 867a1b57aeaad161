"""
An invoice the POS issued itself, as a voucher: the customer owes it, the sales are credited with their VAT.
"""

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal

import attrs

from posgo.bookkeeping.accounts import AccountMap, SalesAccount
from posgo.models._checks import to_tuple
from posgo.models._money import NOK_0
from posgo.models.catalog import Product
from posgo.models.findings import Finding, blocking
from posgo.models.orders import Order
from posgo.models.records import pos_reference
from posgo.models.vouchers import Posting, Voucher

__all__ = ["InvoiceSettings", "InvoiceVoucher", "invoice_reference", "invoice_voucher"]

# Frozen for ever: another namespace would book every invoice a second time.
_NAMESPACE = uuid.UUID("0e4f5c53-6a57-5e0c-8d0a-3b9f2f1c7a64")


@attrs.frozen(kw_only=True)
class InvoiceSettings:
    """
    What booking an invoice of the POS needs beside the order.

    Attributes:
        accounts: The account map.
        default_vat_code: VAT code of what names no product, and of products that name none.
        vat_free: Whether the customer is sold to without VAT.
        matching_reference: What the ledger matches it with its payment by; None takes the order's own.
    """

    accounts: AccountMap
    default_vat_code: str = "3"
    vat_free: bool = False
    matching_reference: str | None = None


@attrs.frozen(kw_only=True)
class InvoiceVoucher:
    """
    The voucher of an invoice, or why there is none.

    Attributes:
        voucher: What is to be posted; None if a finding blocks.
        findings: Everything found.
    """

    voucher: Voucher | None
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=to_tuple)


def invoice_reference(order_id: str) -> str:
    """
    The reference of an invoice's voucher: the same order always gives the same one.
    """
    return str(uuid.uuid5(_NAMESPACE, order_id))


def invoice_voucher(
    order: Order, order_id: str, goods: Mapping[str, Product], settings: InvoiceSettings
) -> InvoiceVoucher:
    """
    Turn an order into the voucher of the invoice the POS issued for it. A credit note has the opposite signs.

    Args:
        order: The order, with the POS's number and date of the invoice.
        order_id: Its id in the POS.
        goods: The products it names, by their ids in the POS.
        settings: The account map, and what is known of the customer.
    """
    findings = list(_findings(order, goods, settings))
    sums = _sums(order, goods, settings)
    total = sum(sums.values(), NOK_0)
    if not total and not findings:
        findings.append(blocking("order-empty", "the order has no lines to charge for", "Add what was sold."))
    if findings or order.invoiced_on is None:
        return InvoiceVoucher(voucher=None, findings=findings)
    text = _text(order, total)
    debit = Posting(
        account=settings.accounts.invoice_rules.account,
        amount=total,
        text=text,
        department=order.department,
        customer=order.customer,
        matching_reference=settings.matching_reference or pos_reference(order_id),
    )
    credits_ = [
        Posting(
            account=target.account,
            amount=-amount,
            vat_code=target.vat_code,
            text=text,
            department=order.department,
        )
        for target, amount in sums.items()
        if amount
    ]
    voucher = Voucher(
        date=order.invoiced_on,
        reference=invoice_reference(order_id),
        text=text,
        postings=(debit, *credits_),
        imported_no=order.invoice_no,
    )
    return InvoiceVoucher(voucher=voucher)


def _text(order: Order, total: Decimal) -> str:
    kind = "Credit note" if total < 0 else "Invoice"
    credited = f", credits invoice {order.credits}" if order.credits is not None else ""
    due = f", due {order.due_on}" if order.due_on is not None else ""
    return f"{kind} {order.invoice_no}{credited}{due}"


def _code(product: str | None, goods: Mapping[str, Product], settings: InvoiceSettings) -> str:
    known = goods.get(product or "")
    return (known.vat_code if known else None) or settings.default_vat_code


def _target(code: str, accounts: AccountMap) -> SalesAccount | None:
    by_rate = (each for key, each in accounts.sales.items() if key.endswith("%") and each.vat_code == code)
    return accounts.sales.get(code) or next(by_rate, None)


def _sums(
    order: Order, goods: Mapping[str, Product], settings: InvoiceSettings
) -> dict[SalesAccount, Decimal]:
    sums: dict[SalesAccount, Decimal] = {}
    for line in order.lines:
        target = _target(_code(line.product, goods, settings), settings.accounts)
        product = goods.get(line.product or "")
        if target is not None:
            amount = line.amount(product.price if product else None)
            sums[target] = sums.get(target, NOK_0) + amount
    return sums


def _findings(order: Order, goods: Mapping[str, Product], settings: InvoiceSettings) -> Iterator[Finding]:
    lacks = [
        name for name, value in (("number", order.invoice_no), ("date", order.invoiced_on)) if value is None
    ]
    if lacks:
        yield blocking(
            "invoice-undated",
            f"the POS issues invoices itself, and this one has no {' and no '.join(lacks)}",
            "Issue the invoice in the POS first (Order.invoice_no and Order.invoiced_on), then have it booked.",
        )
    if settings.vat_free:
        yield blocking(
            "vat-free-invoice",
            f"customer {order.customer} is sold to without VAT, and the account map does not say where that goes",
            "Book this invoice by hand, or have Go issue the invoices of customers without VAT.",
        )
    charged = [line for line in order.lines if line.product is not None or line.unit_price is not None]
    for product in dict.fromkeys(line.product for line in charged if line.product is not None):
        if product not in goods:
            yield blocking(
                "product-missing",
                f"the POS has no product {product}, which the order names, so its VAT is not known",
                "Correct the order in the POS.",
                where=f"product {product}",
            )
    for code in dict.fromkeys(_code(line.product, goods, settings) for line in charged):
        if _target(code, settings.accounts) is None:
            yield blocking(
                "unmapped-vat",
                f"sales under VAT code {code} have no account",
                f'Add it to the account map: [sales] "{code}" = ….',
                where=f"VAT code {code}",
            )
