"""
What hangs on vouchers, what is drafted before it becomes one, and how a company is connected.
"""

import datetime as dt
from decimal import Decimal

import attrs

from posgo.models._checks import to_tuple
from posgo.models._money import to_nok

__all__ = [
    "DraftEntry",
    "DraftLine",
    "DraftVoucher",
    "OnboardedClient",
    "Onboarding",
    "OnboardingLink",
    "TrialBalanceLine",
    "VoucherDocumentation",
]


@attrs.frozen(kw_only=True)
class VoucherDocumentation:
    """
    What documents a voucher has.

    Attributes:
        voucher_id: Go's id of the voucher.
        voucher_no: Its number; None if Go does not say.
        has_pdf: Whether there is a PDF.
        has_images: Whether there are images.
        has_ehf: Whether there is an EHF document.
        is_imported: Whether the voucher came through the API.
    """

    voucher_id: str
    voucher_no: int | None = None
    has_pdf: bool = False
    has_images: bool = False
    has_ehf: bool = False
    is_imported: bool = False


@attrs.frozen(kw_only=True)
class TrialBalanceLine:
    """
    The balance of one account.

    Attributes:
        account_id: Go's id.
        account: Account number.
        name: Its name; None if Go gives none.
        balance: NOK, debit positive.
    """

    account_id: int
    account: int
    name: str | None = None
    balance: Decimal


@attrs.frozen(kw_only=True)
class DraftLine:
    """
    One line of a draft: an amount from one account to another.

    Attributes:
        amount: NOK including VAT, above zero: the side says the direction.
        debit_account_id: Go's id; None leaves the side out.
        debit_vat_id: Go's id of its VAT code; None if none.
        credit_account_id: Go's id; None leaves the side out.
        credit_vat_id: Go's id of its VAT code; None if none.
        text: What the line is; None if nothing.
        department_id: Go's id; None inherits the draft's.
        invoice_no: Invoice that is paid; on bank drafts only.
    """

    amount: Decimal = attrs.field(converter=to_nok)
    debit_account_id: int | None = None
    debit_vat_id: int | None = None
    credit_account_id: int | None = None
    credit_vat_id: int | None = None
    text: str | None = None
    department_id: int | None = None
    invoice_no: str | None = None


@attrs.frozen(kw_only=True)
class DraftEntry:
    """
    A journal entry for somebody to approve. Go takes no reference with it, so it cannot refuse a second one.

    Attributes:
        date: Voucher date, inherited by the lines.
        text: What it is, for people.
        lines: Its lines.
        comment: For who approves it, at most 1000 characters; None if none.
        department_id: Go's id, inherited by the lines; None if none.
    """

    date: dt.date
    text: str
    lines: tuple[DraftLine, ...] = attrs.field(converter=to_tuple)
    comment: str | None = None
    department_id: int | None = None


@attrs.frozen(kw_only=True)
class DraftVoucher:
    """
    A draft in Go. Its id persists when it is posted.

    Attributes:
        id: Go's id (a UUID).
    """

    id: str


@attrs.frozen(kw_only=True)
class OnboardingLink:
    """
    Where a user connects a client company.

    Attributes:
        url: Send the user there.
        valid_until: Until when (UTC).
    """

    url: str = attrs.field(repr=False)
    valid_until: dt.datetime


@attrs.frozen(kw_only=True)
class OnboardedClient:
    """
    A client company that was connected.

    Attributes:
        client_key: Opens the company to this integration. **Go shows it only once: store it, encrypted, at once.**
        name: Its name; None if Go gives none.
        organization_number: As Go gives it; None if none.
    """

    client_key: str = attrs.field(repr=False)
    name: str | None = None
    organization_number: str | None = None


@attrs.frozen(kw_only=True)
class Onboarding:
    """
    What came of connecting.

    Attributes:
        user_email: Who did it; None if Go does not say.
        clients: The companies connected.
    """

    user_email: str | None = attrs.field(default=None, repr=False)
    clients: tuple[OnboardedClient, ...] = attrs.field(default=(), converter=to_tuple)
