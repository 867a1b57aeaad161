"""
One order on its way to being an invoice, and what becomes of it.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs

from posgo.bookkeeping.accounts import AccountMap
from posgo.exceptions import CustomerNotInGoError, InvoiceRefusedError
from posgo.models._checks import to_tuple
from posgo.models._dates import to_oslo
from posgo.models.findings import Finding
from posgo.procedures._invoice_findings import GONE
from posgo.procedures.books import Books
from posgo.profiles import Profile

__all__ = ["InvoiceDesk", "InvoiceResult", "refusal"]


@attrs.frozen(kw_only=True)
class InvoiceDesk:
    """
    What invoicing needs beside the order.

    Attributes:
        profile: How the two systems work together.
        accounts: The account map; needed only where the POS issues invoices itself.
        books: What is remembered of Go.
        now: The time (UTC).
        look_up_after: How long to wait before looking for a write in doubt: Go's reads lag behind its writes.
        patience: How long to wait for an invoice to be delivered.
        attempts: How often to send what was lost and which a look-up did not find.
    """

    profile: Profile
    accounts: AccountMap | None
    books: Books
    now: datetime
    look_up_after: timedelta = timedelta(seconds=2)
    patience: timedelta = timedelta(seconds=30)
    attempts: int = 2

    @property
    def today(self) -> date:
        """
        Norwegian date.
        """
        return to_oslo(self.now).date()


@attrs.frozen(kw_only=True)
class InvoiceResult:
    """
    The invoice of an order, or its credit note.

    Attributes:
        order_id: The order, by the POS's id.
        go_id: Go's id of the invoice, which is that of the order it came from; of the voucher, if the POS issues
            invoices itself.
        invoice_no: Its number.
        due_date: When it is due; None if it has no such day.
        delivery_type: How it was delivered, such as ``"EHF"``, ``"PdfByEmail"`` or ``"Print"`` (the shop hands it
            over); open. None if the POS issued it.
        total: NOK including VAT; negative for a credit note.
        already_invoiced: Whether it was an invoice before this call, which then wrote nothing to Go.
        findings: What somebody should look at; nothing of it keeps the invoice from standing.
    """

    order_id: str
    go_id: str
    invoice_no: int
    due_date: date | None = None
    delivery_type: str | None = None
    total: Decimal
    already_invoiced: bool = False
    findings: tuple[Finding, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def is_credit_note(self) -> bool:
        """
        Whether it takes money back.
        """
        return self.total < 0

    def __str__(self) -> str:
        kind = "credit note" if self.is_credit_note else "invoice"
        before = ", as it was before" if self.already_invoiced else ""
        way = f", delivered by {self.delivery_type}" if self.delivery_type else ""
        due = f", due {self.due_date}" if self.due_date else ""
        head = f"order {self.order_id}: {kind} {self.invoice_no}{due}{way}{before}"
        return "\n  ".join((head, *(str(finding) for finding in self.findings)))


def refusal(order_id: str, customer: str, *findings: Finding) -> InvoiceRefusedError:
    """
    The error that tells everything there is to mend.
    """
    blocking = tuple(finding for finding in findings if finding.blocks)
    if any(finding.rule in GONE for finding in blocking):
        return CustomerNotInGoError(order_id, customer, blocking)
    return InvoiceRefusedError(order_id, blocking)
