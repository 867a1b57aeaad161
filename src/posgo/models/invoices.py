"""
Invoices Go has sent, and what customers owe. All read only.
"""

import datetime as dt
from decimal import Decimal

import attrs

from posgo.models._checks import to_optional_text, to_tuple
from posgo.models._money import to_nok

__all__ = [
    "CustomerBalance",
    "InvoiceVoucher",
    "InvoiceVoucherLine",
    "LedgerEntry",
    "OpenItem",
    "OutgoingInvoice",
    "OutgoingInvoiceLine",
]


_INVOICE = "OutgoingInvoice"
_CREDIT_NOTE = "OutgoingCreditNote"


@attrs.frozen(kw_only=True)
class OutgoingInvoice:
    """
    An invoice or a credit note.

    Go has no payment status. ``balance`` says it: 0 is settled, whether by
    payment, credit note or write-off; look at ``is_reversed`` first.

    Attributes:
        id: Go's id (a UUID), the same as of the order it came from.
        invoice_no: Number; None if it has none.
        voucher_no: Voucher number.
        voucher_type: ``"OutgoingInvoice"`` or ``"OutgoingCreditNote"``; open.
        voucher_date: Invoice date.
        due_date: None if none.
        customer_id: Go's id of the customer; None if Go does not say.
        customer_no: Customer number; None if Go does not say.
        order_no: Number of the order; None if none.
        related_invoice_no: Number of the invoice a credit note takes back; None on anything else.
        order_date: The day of the order; None if none.
        delivery_date: None if none.
        customer_reference: Printed on the invoice; None if none. May be a person's name.
        purchase_order: The customer's order number; None if none.
        department_id: Go's id of the department; None if none.
        location_id: Go's id of the location; None if none.
        reference: Our reference, taken over from the order; None if none.
        matching_reference: What Go matches payments by; None if nothing.
        match_id: What it is matched with carries the same one in the customer ledger; None if it is not.
        cid: Customer identification (KID); None if none.
        net_amount: Excluding VAT, in the invoice's currency.
        total_amount: Including VAT, in the invoice's currency.
        total_posted_amount: Including VAT, in NOK.
        balance: NOK still open; None if Go does not say.
        balance_changed_at: When the balance changed (UTC); None if never.
        sent_at: When it was delivered (UTC); None if it was imported.
        delivery_type: How it was delivered; open. None if not known.
        is_reversed: Whether it was reversed.
        is_ours: Whether this integration made it; None if Go does not say.
        changed_at: When Go last changed it (UTC); payments do not move it. None if Go does not say.
    """

    id: str
    invoice_no: int | None = None
    voucher_no: int | None = None
    voucher_type: str | None = None
    voucher_date: dt.date | None = None
    due_date: dt.date | None = None
    customer_id: int | None = None
    customer_no: int | None = None
    order_no: int | None = None
    related_invoice_no: int | None = None
    order_date: dt.date | None = None
    delivery_date: dt.date | None = None
    customer_reference: str | None = attrs.field(default=None, repr=False)
    purchase_order: str | None = None
    department_id: int | None = None
    location_id: int | None = None
    reference: str | None = None
    matching_reference: str | None = None
    match_id: int | None = None
    cid: str | None = None
    net_amount: Decimal | None = None
    total_amount: Decimal | None = None
    total_posted_amount: Decimal | None = None
    balance: Decimal | None = None
    balance_changed_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    delivery_type: str | None = None
    is_reversed: bool = False
    is_ours: bool | None = None
    changed_at: dt.datetime | None = None

    @property
    def is_credit_note(self) -> bool:
        """
        Whether it takes an invoice back, or some of it.
        """
        return self.voucher_type == _CREDIT_NOTE


@attrs.frozen(kw_only=True)
class OutgoingInvoiceLine:
    """
    One line of an invoice.

    Attributes:
        id: Go's id; not that of the order's line.
        line_type: ``"Normal"``, ``"Text"`` and others; open.
        account: Sales account number; None on lines without amount.
        product_id: Go's id; None if none.
        product_code: Article number; None if none.
        description: Words; None if none.
        quantity: How many; None on lines without amount.
        unit_price: NOK excluding VAT.
        discount_percent: Discount in per cent; None if Go does not say.
        vat_code: Standard VAT code; None if none.
        vat_rate: Rate as a fraction of 1.
        net_amount: Excluding VAT.
        vat_amount: VAT.
        total_amount: Including VAT.
        reference: Of the order's line; None if none.
        sort_order: Place on the invoice, from 0.
    """

    id: int
    line_type: str | None = None
    account: int | None = None
    product_id: int | None = None
    product_code: str | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    vat_code: str | None = None
    vat_rate: Decimal | None = None
    net_amount: Decimal | None = None
    vat_amount: Decimal | None = None
    total_amount: Decimal | None = None
    reference: str | None = None
    sort_order: int | None = None


@attrs.frozen(kw_only=True)
class LedgerEntry:
    """
    One entry on a customer's account.

    Attributes:
        id: Go's id.
        amount: NOK, debit positive.
        balance: NOK still open **on the date asked for**.
        match_id: Entries with the same one are matched; None if matched with none.
        invoice_no: Number, **a text here**; None if none.
        cid: Customer identification (KID); None if none.
        matching_reference: None if none.
        reference: External reference of the voucher; None if none.
        customer_id: Go's id; None if Go does not say.
        customer_no: Customer number; None if Go does not say.
        voucher_id: Go's id of the voucher.
        voucher_no: Its number; None if Go does not say.
        voucher_type: Its kind; open.
        voucher_date: None if Go does not say.
        posting_date: Accounting date; None if Go does not say.
        due_date: None if none.
        is_ours: Whether this integration made it; None if Go does not say.
        changed_at: When its matching changed (UTC); None if Go does not say.
    """

    id: int
    amount: Decimal
    balance: Decimal
    match_id: int | None = None
    invoice_no: str | None = None
    cid: str | None = None
    matching_reference: str | None = None
    reference: str | None = None
    customer_id: int | None = None
    customer_no: int | None = None
    voucher_id: str
    voucher_no: int | None = None
    voucher_type: str | None = None
    voucher_date: dt.date | None = None
    posting_date: dt.date | None = None
    due_date: dt.date | None = None
    is_ours: bool | None = None
    changed_at: dt.datetime | None = None

    @property
    def is_invoice(self) -> bool:
        """
        Whether it is of an invoice Go sent, not of a payment, a credit note or another voucher.
        """
        return self.voucher_type == _INVOICE

    @property
    def is_credit_note(self) -> bool:
        """
        Whether it is of a credit note Go sent.
        """
        return self.voucher_type == _CREDIT_NOTE


@attrs.frozen(kw_only=True)
class OpenItem:
    """
    What Go says of one invoice that was paid at a till.

    Attributes:
        invoice_no: Its number; None for an invoice the POS numbers itself, which is known by its order.
        order: The POS's id of its order; None if not known.
        balance: NOK still open: positive if the customer owes it, negative on a credit note, 0 if settled.
        customer: Whose it is, as ``customer`` of :class:`posgo.InvoicePayment` names it; None if not known.
        matching_reference: What Go matches payments by; None if nothing.
        lines: How many lines it has: each may have been rounded by an øre.
        reversed: Whether it was reversed in Go.
    """

    invoice_no: int | None = None
    order: str | None = attrs.field(default=None, converter=to_optional_text)
    balance: Decimal = attrs.field(converter=to_nok)
    customer: str | None = attrs.field(default=None, converter=to_optional_text)
    matching_reference: str | None = attrs.field(default=None, converter=to_optional_text)
    lines: int = 1
    reversed: bool = False


@attrs.frozen(kw_only=True)
class CustomerBalance:
    """
    What one customer owes. Customers without any entry never appear.

    Attributes:
        customer_id: Go's id; None if Go does not say.
        customer_no: Customer number; None if Go does not say.
        balance: NOK, positive if the customer owes.
    """

    customer_id: int | None = None
    customer_no: int | None = None
    balance: Decimal


@attrs.frozen(kw_only=True)
class InvoiceVoucherLine:
    """
    One line of an invoice posted as a voucher.

    Attributes:
        account_id: Go's id of the account; None if none.
        vat_id: Go's id of the VAT code; None if none.
        amount: NOK including VAT; **positive on an invoice**, unlike in journals.
        text: Words; None if none.
    """

    account_id: int | None = None
    vat_id: int | None = None
    amount: Decimal
    text: str | None = None


@attrs.frozen(kw_only=True)
class InvoiceVoucher:
    """
    An invoice made elsewhere and posted to Go as a voucher.

    Attributes:
        id: Go's id (a UUID).
        number: Voucher number; None if none.
        date: Invoice date; None if Go does not say.
        invoice_no: Number, a text here; None if none.
        customer_account_id: Go's id of the customer's subledger account; None if none.
        amount: NOK including VAT.
        reference: External reference; None if none.
        matching_reference: None if none.
        reversed: Whether it was reversed.
        lines: As posted.
    """

    id: str
    number: int | None = None
    date: dt.date | None = None
    invoice_no: str | None = None
    customer_account_id: int | None = None
    amount: Decimal
    reference: str | None = None
    matching_reference: str | None = None
    reversed: bool = False
    lines: tuple[InvoiceVoucherLine, ...] = attrs.field(default=(), converter=to_tuple)
