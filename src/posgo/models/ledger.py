"""
What the ledger tells about itself, and what it has booked.
"""

import datetime as dt
from decimal import Decimal

import attrs

from posgo.models._checks import to_optional_text, to_tuple
from posgo.models._money import to_nok

__all__ = [
    "AccountTransaction",
    "Department",
    "FinancialSettings",
    "IntegrationInformation",
    "JournalEntry",
    "JournalLine",
    "LedgerAccount",
    "OrganizationSettings",
    "PostedVoucher",
    "VatCode",
    "VatSettings",
]


@attrs.frozen(kw_only=True)
class LedgerAccount:
    """
    One account of the chart.

    Attributes:
        id: Go's id, which journal lines carry. Differs between client companies.
        number: Number in the chart, for example 3000.
        name: Name in the chart; None if Go gives none.
        vat_code: Standard VAT code set on the account; None if none.
        vat_id: Go's id of that VAT code; None if none.
        vat_code_locked: Whether lines on this account may carry no other VAT code.
        active: False hides the account from people; it can still be posted to.
        department_required: Whether lines must carry a department.
        project_required: Whether lines must carry a project.
    """

    id: int
    number: int
    name: str | None = None
    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    vat_id: int | None = None
    vat_code_locked: bool = False
    active: bool = True
    department_required: bool = False
    project_required: bool = False


@attrs.frozen(kw_only=True)
class VatCode:
    """
    One VAT code at one rate, in its window of validity.

    Several share a code: the rate changes, the code stays.

    Attributes:
        id: Go's id, which journal lines carry. Differs between client companies.
        code: Standard (SAF-T) code such as ``"3"``; a leading C marks a custom one.
        percent: Rate in per cent, for example 25.
        valid_from: First day, inclusive; None if open.
        valid_to: Last day, inclusive; None if open.
        active: Whether the client company uses it.
        name: Go's name for it; None if it gives none.
    """

    id: int
    code: str
    percent: Decimal
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    active: bool = True
    name: str | None = None

    def covers(self, day: dt.date) -> bool:
        """
        Whether the code may be used on that day.
        """
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@attrs.frozen(kw_only=True)
class Department:
    """
    A department, Go's usual dimension for a shop.

    Attributes:
        id: Go's id, which journal lines carry.
        code: The code people use; None if none.
        name: Name; None if Go gives none.
        active: Whether it may be used.
    """

    id: int
    code: str | None = attrs.field(default=None, converter=to_optional_text)
    name: str | None = None
    active: bool = True


@attrs.frozen(kw_only=True)
class IntegrationInformation:
    """
    Who we are at Go: the client company and what we may do there.

    Attributes:
        client_id: Go's id of the client company. State is kept per this id.
        client_name: Its name; None if Go gives none.
        privileges: What this integration may do here.
        missing_privileges: Granted to the integration, but the client company lacks the Go module.
        subscriptions: The client company's Go modules.
    """

    client_id: str
    client_name: str | None = None
    privileges: frozenset[str] = frozenset()
    missing_privileges: frozenset[str] = frozenset()
    subscriptions: frozenset[str] = frozenset()


@attrs.frozen(kw_only=True)
class OrganizationSettings:
    """
    The client company as Go knows it.

    Attributes:
        organization_number: As Go gives it, not normalised; None if it has none.
        name: Name; None if Go gives none.
    """

    organization_number: str | None = None
    name: str | None = None


@attrs.frozen(kw_only=True)
class VatSettings:
    """
    How the client company reports VAT.

    Attributes:
        is_vat_registered: A company that is not takes no VAT code but 0; None if Go does not say.
        vat_number: As Go gives it; None if it has none.
        vat_period: How often it reports, such as ``"BiMonthly"``; open: Go may add kinds. None if Go does not say.
        rounding_account_no: Account for rounding of VAT returns, *not* for cash rounding; None if none.
    """

    is_vat_registered: bool | None = None
    vat_number: str | None = None
    vat_period: str | None = None
    rounding_account_no: int | None = None


@attrs.frozen(kw_only=True)
class FinancialSettings:
    """
    How the client company keeps its books.

    Attributes:
        conversion_date: First day that may be posted to in Go; None if Go does not say.
        currency_code: Currency of the books, ``"NOK"``; None if Go does not say.
        financial_year_end_month: English name of the month; None if Go does not say.
    """

    conversion_date: dt.date | None = None
    currency_code: str | None = None
    financial_year_end_month: str | None = None


@attrs.frozen(kw_only=True)
class JournalLine:
    """
    One line of a journal entry, in Go's ids.

    Attributes:
        account_id: Id of a ledger account, or of a customer's subledger account.
        vat_id: Id of the VAT code; that of code 0 on lines without VAT.
        amount: NOK including VAT. **Debit is positive, credit is negative.** Never zero.
        text: What the line is, for people.
        department_id: Id of the department; None if none.
        matching_reference: What Go matches an invoice with its payment by; None if nothing.
        invoice_no: Number of the invoice a line pays; in bank journals only. None if none.
        project_id: Id of the project; None if none.
        location_id: Id of the location; None if none.
        reference: The line's own reference, which Go keeps and shows; None if none.
    """

    account_id: int
    vat_id: int
    amount: Decimal = attrs.field(converter=to_nok)
    text: str | None = None
    department_id: int | None = None
    matching_reference: str | None = None
    invoice_no: str | None = None
    project_id: int | None = None
    location_id: int | None = None
    reference: str | None = None


@attrs.frozen(kw_only=True)
class JournalEntry:
    """
    A voucher in Go's ids: what is sent.

    Attributes:
        date: Voucher date, and posting date of every line.
        reference: Go refuses a second voucher with the same one.
        text: What the voucher is, for people.
        lines: They sum to 0.00.
        imported_no: Number of the source document; None if it has none.
        batch: SAF-T batch id; None if none.
        source_system: SAF-T source id; None if none.
    """

    date: dt.date
    reference: str
    text: str
    lines: tuple[JournalLine, ...] = attrs.field(converter=to_tuple)
    imported_no: int | None = None
    batch: str | None = None
    source_system: str | None = None


@attrs.frozen(kw_only=True)
class PostedVoucher:
    """
    A voucher as Go booked it.

    Attributes:
        id: Go's id (a UUID).
        number: Voucher number, one sequence for all kinds; None if Go gave none.
        date: Voucher date; None if Go gave none.
        reference: The external reference it carries; None if none.
        reversed: Whether it was reversed since.
        lines: As booked.
    """

    id: str
    number: int | None = None
    date: dt.date | None = None
    reference: str | None = None
    reversed: bool = False
    lines: tuple[JournalLine, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class AccountTransaction:
    """
    One booked row of the general ledger.

    Whether a sales row is shown with or without its VAT is not stated by Go;
    compare by voucher and tolerate either.

    Attributes:
        voucher_id: Go's id of the voucher the row belongs to.
        voucher_no: Its number; None if not asked for.
        voucher_type: Its kind, such as ``"CashJournal"``; open: Go may add kinds.
        reference: External reference of the voucher; None if it has none.
        reversed: Whether the voucher was reversed.
        posting_date: Accounting date; None if not asked for.
        account: Account number; None if not asked for.
        amount: NOK, debit positive; None if not asked for.
        vat_amount: NOK, debit positive; None if not asked for.
        vat_code: Standard VAT code; None if none or not asked for.
    """

    voucher_id: str
    voucher_no: int | None = None
    voucher_type: str | None = None
    reference: str | None = None
    reversed: bool = False
    posting_date: dt.date | None = None
    account: int | None = None
    amount: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_code: str | None = None
