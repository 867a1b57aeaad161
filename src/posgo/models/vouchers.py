"""
What the ledger receives: vouchers and their postings.
"""

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import attrs

from posgo.exceptions import ModelError, UnbalancedVoucherError
from posgo.models._checks import not_blank, plain_date, text, to_optional_text, to_tuple
from posgo.models._money import nonzero, to_nok, total
from posgo.models.findings import Finding

__all__ = ["Journal", "Posting", "Settlement", "SettlementStatus", "Voucher"]


class Journal(enum.Enum):
    """
    The kind of voucher posted to Go. Privileges are granted per kind.
    """

    CASH = "CashJournal"
    """Go's kind for the daily settlement."""

    BANK = "BankJournal"
    """Payments; its lines may name the invoice they pay."""

    MANUAL = "ManualJournal"
    """Anything."""

    YEAR_END = "YearEndJournal"
    """Adjustments at the end of a year."""


@attrs.frozen(kw_only=True)
class Posting:
    """
    One line of a voucher: a signed amount on one ledger account.

    Attributes:
        account: Number in the chart of accounts, for example 3000.
        amount:
            NOK including VAT, whole øre, never zero.
            **Debit is positive, credit is negative.**
        vat_code: Standard (SAF-T) code the amount is reported under; None if outside VAT.
        vat_percent:
            Rate in per cent the till sold at; None if unknown or outside VAT.
            The ledger computes with its own rate: they are compared before posting.
        text: What the line is, for people.
        department: Department code; None if none.
        customer: Customer id when the posting goes to a customer's subledger; None otherwise.
        matching_reference: What the ledger matches an invoice with its payment by; None if nothing.
        invoice_no: Number of the invoice the posting pays; None if none. Only bank journals carry it to the ledger.
        reference: The line's own reference, which the ledger keeps and shows; None if none.
        source: The rows of the Z-report this amount came from, for people.
    """

    account: int
    amount: Decimal = attrs.field(converter=to_nok, validator=nonzero)
    vat_code: str | None = attrs.field(default=None, converter=to_optional_text)
    vat_percent: Decimal | None = None
    text: str = ""
    department: str | None = attrs.field(default=None, converter=to_optional_text)
    customer: str | None = attrs.field(default=None, converter=to_optional_text)
    matching_reference: str | None = attrs.field(default=None, converter=to_optional_text)
    invoice_no: int | None = None
    reference: str | None = attrs.field(default=None, converter=to_optional_text)
    source: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


def _usable_reference(instance: object, attribute: "attrs.Attribute[Any]", value: str) -> None:
    not_blank(instance, attribute, value)
    if len(value) > 50:
        raise ModelError(f"the reference {value!r} is longer than Go's 50 characters")


def _balanced(_instance: object, _attribute: "attrs.Attribute[Any]", value: tuple[Posting, ...]) -> None:
    if not value:
        raise ModelError("a voucher needs postings")
    residual = total(posting.amount for posting in value)
    if residual:
        raise UnbalancedVoucherError(residual)


@attrs.frozen(kw_only=True)
class Voucher:
    """
    A balanced set of postings on one date. An unbalanced voucher cannot exist.

    Attributes:
        date: Voucher date and posting date of every line.
        reference:
            The key by which the ledger refuses a second voucher like this
            one; the same input gives the same reference. At most 50 characters.
        text: What the voucher is, for people.
        postings: In the order they are shown; they sum to 0.00.
        imported_no: Number of the source document, such as the Z-number; None if it is no number.
        batch:
            Id of the source document in the system it came from (SAF-T batch
            id), at most 35 characters: this voucher sums up many sales.
        source_system: Id of the till the sales were registered on (SAF-T source id), at most 35 characters.
        journal: The kind it must be posted as; None leaves it to whoever posts it.
    """

    date: dt.date = attrs.field(validator=plain_date)
    reference: str = attrs.field(converter=text, validator=_usable_reference)
    text: str
    postings: tuple[Posting, ...] = attrs.field(converter=to_tuple, validator=_balanced)
    imported_no: int | None = None
    batch: str | None = attrs.field(default=None, converter=to_optional_text)
    source_system: str | None = attrs.field(default=None, converter=to_optional_text)
    journal: Journal | None = None

    @property
    def total(self) -> Decimal:
        """
        NOK of all debits, which equals that of all credits.
        """
        return total(posting.amount for posting in self.postings if posting.amount > 0)


@attrs.frozen(kw_only=True)
class Settlement:
    """
    What one Z-report becomes: a voucher, or the reasons why not.

    Attributes:
        voucher: The voucher to post. None if something blocks, and on a day without any amounts.
        findings: Everything found, the file's findings about this Z-report included.
    """

    voucher: Voucher | None
    findings: tuple[Finding, ...] = attrs.field(converter=to_tuple)

    @property
    def postable(self) -> bool:
        """
        Whether there is a voucher to post.
        """
        return self.voucher is not None

    @property
    def blocked(self) -> bool:
        """
        Whether a finding keeps it from being posted. A day of zeros is neither postable nor blocked.
        """
        return any(finding.blocks for finding in self.findings)


class SettlementStatus(enum.Enum):
    """
    What became of one Z-report.
    """

    POSTED = "posted"
    """It was posted in this run."""

    ALREADY_POSTED = "already posted"
    """Go held exactly this voucher before; nothing was posted."""

    NOTHING_TO_POST = "nothing to post"
    """A day of zeros: settled, without a voucher."""

    BLOCKED = "blocked"
    """Nothing was posted; the findings say why and what to do."""
