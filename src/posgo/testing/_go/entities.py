"""
What a client company in memory is made of.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import attrs

__all__ = ["Account", "BookedLine", "BookedVoucher", "VatRow"]


@attrs.define(kw_only=True)
class Account:
    """
    A ledger account.
    """

    id: int
    number: int
    name: str
    vat_code: str = "0"
    vat_code_locked: bool = False
    department_required: bool = False
    project_required: bool = False
    active: bool = True
    control: bool = False
    changed_at: datetime


@attrs.frozen(kw_only=True)
class VatRow:
    """
    One VAT code at one rate, a fraction of 1.
    """

    id: int
    code: str
    name: str
    rate: Decimal
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """
        Whether it may be used on that day.
        """
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@attrs.frozen(kw_only=True)
class BookedLine:
    """
    One line of a booked voucher.

    Attributes:
        id: Go's id.
        account_id: As it was posted: of an account, or of a customer's subledger account.
        account: Account number.
        amount: NOK including VAT, debit positive.
        vat: VAT code.
        posting_date: Accounting date.
        department: Department code; None if none.
        text: Description; None if none.
        matching_reference: None if none.
        invoice_no: Invoice a bank line pays; None if none.
        customer_no: Customer whose subledger it is on; None if on none.
        vat_amount: VAT inside the amount where it was computed elsewhere; None lets the ledger compute it.
    """

    id: int
    account_id: int
    account: int
    amount: Decimal
    vat: VatRow
    posting_date: date
    department: str | None = None
    department_id: int | None = None
    text: str | None = None
    matching_reference: str | None = None
    external_reference: str | None = None
    invoice_no: str | None = None
    cid: str | None = None
    customer_no: int | None = None
    customer_id: int | None = None
    vat_amount: Decimal | None = None

    @property
    def vat_code(self) -> str:
        """
        SAF-T VAT code.
        """
        return self.vat.code


@attrs.define(kw_only=True)
class BookedVoucher:
    """
    A voucher in the ledger.

    Attributes:
        id: Go's id.
        voucher_no: Number in the one sequence of the company.
        voucher_type: Such as ``"CashJournal"``.
        date: Voucher date.
        reference: External reference; None if none.
        lines: As booked.
        reversed: Whether it was reversed.
        reverses: The voucher this one reverses; None if it reverses none.
        by_integration: Whether it came through the API.
    """

    id: str
    voucher_no: int
    voucher_type: str
    date: date
    created_at: datetime
    reference: str | None = None
    text: str | None = None
    imported_no: int | None = None
    batch: str | None = None
    source_system: str | None = None
    lines: tuple[BookedLine, ...] = ()
    reversed: bool = False
    reverses: "BookedVoucher | None" = attrs.field(default=None, repr=False)
    by_integration: bool = True
    documentation: bytes | None = attrs.field(default=None, repr=False)

    def __iter__(self) -> Iterator[BookedLine]:
        return iter(self.lines)
