"""
A voucher meets the ledger: numbers and codes become ids, and all that would be refused is said before.

Pure: the ledger is a value, read beforehand by whoever can.
"""

from collections.abc import Iterator, Mapping
from datetime import date

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import organization_number
from posgo.models._money import format_nok
from posgo.models.findings import Finding, Severity, blocking
from posgo.models.ledger import Department, JournalEntry, JournalLine, LedgerAccount, VatCode
from posgo.models.pos import ZReport
from posgo.models.vouchers import Journal, Posting, Voucher

__all__ = [
    "CONTROL_ACCOUNTS",
    "OUTSIDE_VAT",
    "LedgerView",
    "Resolution",
    "Target",
    "account_findings",
    "company_findings",
    "company_number",
    "department_findings",
    "key_findings",
    "period_findings",
    "resolve",
    "vat_code_findings",
]

OUTSIDE_VAT = "0"
"""Standard VAT code of lines without VAT. Go wants one on every line."""

CONTROL_ACCOUNTS = frozenset({1500, 2400, 2910})
"""Go's standard accounts of the customer, supplier and employee subledgers."""


@attrs.frozen(kw_only=True)
class LedgerView:
    """
    What of the ledger a settlement needs, as read at some moment.

    Attributes:
        accounts: By number; those that were asked for and exist.
        vat_codes: All, expired ones included.
        departments: By code.
        lock_date: Nothing may be posted on or before it; None if nothing is locked.
        control_accounts: Numbers that only a subledger may post to.
        organization_number: Of the client company, as the ledger writes it; None if it has none.
    """

    accounts: Mapping[int, LedgerAccount]
    vat_codes: tuple[VatCode, ...]
    departments: Mapping[str, Department]
    lock_date: date | None = None
    organization_number: str | None = None
    control_accounts: frozenset[int] = CONTROL_ACCOUNTS

    @property
    def company(self) -> str | None:
        """
        Organisation number of the client company in nine digits; None if it has no valid one.
        """
        return company_number(self.organization_number)

    def vat_code(self, code: str, day: date) -> VatCode | None:
        """
        The VAT code as it stands on a day; None if it is not valid then.

        One that the company uses goes before one that it does not.
        """
        valid = [each for each in self.vat_codes if each.code == code and each.covers(day)]
        return max(valid, key=lambda each: each.active, default=None)


@attrs.frozen(kw_only=True)
class Target:
    """
    Where something is to be posted: what the ledger may have against it.

    Attributes:
        what: What is posted there, as a bookkeeper knows it: an amount, or a line of the account map.
        account: Number in the chart.
        vat_code: Standard VAT code.
        department: Department code; None if none.
        subledger: Whether it goes through a customer's own account.
    """

    what: str
    account: int
    vat_code: str = OUTSIDE_VAT
    department: str | None = None
    subledger: bool = False

    @property
    def where(self) -> str:
        """
        The account, as findings name it.
        """
        return f"account {self.account}"


@attrs.frozen(kw_only=True)
class Resolution:
    """
    A voucher in the ledger's ids, or why it cannot be.

    Attributes:
        entry: What to send; None if a finding blocks.
        findings: Everything the ledger would refuse, all at once.
    """

    entry: JournalEntry | None
    findings: tuple[Finding, ...]


def company_number(written: str | None) -> str | None:
    """
    An organisation number as the ledger writes it, in nine digits; None if it is not a valid one.
    """
    try:
        return organization_number(written or "")
    except ModelError:
        return None


def key_findings(actual: str | None, expected: str) -> tuple[Finding, ...]:
    """
    One merchant's customers and orders must not stand in another's ledger.

    Args:
        actual: Organisation number of the company the keys belong to; None if it has no valid one.
        expected: Of the company the POS is of.
    """
    if actual == expected:
        return ()
    theirs = f"organisation number {actual}" if actual else "no valid organisation number"
    return (
        Finding(
            rule="wrong-company",
            severity=Severity.BLOCK,
            message=f"the client company of these keys has {theirs} in Go, and the POS is of {expected}",
            remedy="Use the client key of the right company; if it is the right one, correct the number in Go or of the runner.",
            expected=expected,
            actual=actual,
        ),
    )


def company_findings(z: ZReport, view: LedgerView) -> tuple[Finding, ...]:
    """
    One merchant's day must not stand in another's ledger.
    """
    # Not shown as it stands if it is not valid: it may be somebody's national identity number.
    theirs = view.company or ("no valid one" if view.organization_number else "none")
    if theirs == z.company:
        return ()
    return (
        Finding(
            rule="wrong-company",
            severity=Severity.BLOCK,
            message=f"the Z-report belongs to organisation number {z.company}, the client company in Go has {theirs}",
            remedy="Use the client key of the right company; if it is the right one, correct the number in Go or the till.",
            expected=theirs,
            actual=z.company,
        ),
    )


def resolve(
    voucher: Voucher,
    view: LedgerView,
    *,
    customers: Mapping[str, int] | None = None,
    journal: Journal = Journal.CASH,
) -> Resolution:
    """
    Turn account numbers and codes into the ledger's ids.

    Checks in one pass: accounts, VAT codes with their validity, rate and
    locks, departments, customers. The period is left to :func:`period_findings`,
    because a voucher that was posted before its period was locked still has its ids.

    Args:
        voucher: What is to be posted.
        view: The ledger.
        customers: Ids of customers' own accounts, by what the postings call the customers; None for none.
        journal: The kind it is posted as; only a bank journal carries invoice numbers.
    """
    findings: list[Finding] = []
    lines = []
    for posting in voucher.postings:
        findings += _posting_findings(posting, voucher.date, view)
        account = view.accounts.get(posting.account)
        account_id = account.id if account else None
        if posting.customer is not None:
            account_id = (customers or {}).get(posting.customer)
            findings += _customer_findings(posting, account_id)
        vat = view.vat_code(posting.vat_code or OUTSIDE_VAT, voucher.date)
        if account_id is not None and vat is not None:
            lines.append(_line(posting, account_id, vat.id, view, journal))
    findings = list(dict.fromkeys(findings))
    if any(finding.blocks for finding in findings):
        return Resolution(entry=None, findings=tuple(findings))
    entry = JournalEntry(
        date=voucher.date,
        reference=voucher.reference,
        text=voucher.text,
        lines=lines,
        imported_no=voucher.imported_no,
        batch=voucher.batch,
        source_system=voucher.source_system,
    )
    return Resolution(entry=entry, findings=tuple(findings))


def _line(posting: Posting, account_id: int, vat_id: int, view: LedgerView, journal: Journal) -> JournalLine:
    department = view.departments.get(posting.department) if posting.department else None
    numbered = journal is Journal.BANK and posting.invoice_no is not None
    return JournalLine(
        account_id=account_id,
        vat_id=vat_id,
        amount=posting.amount,
        text=posting.text or None,
        department_id=department.id if department else None,
        matching_reference=posting.matching_reference,
        invoice_no=str(posting.invoice_no) if numbered else None,
        reference=posting.reference,
    )


def _customer_findings(posting: Posting, account_id: int | None) -> Iterator[Finding]:
    if account_id is None:
        yield blocking(
            "customer-missing",
            f"customer {posting.customer}, to whose account {format_nok(posting.amount)} should go, "
            "has none that was found in Go",
            "Sync the customers, or correct the customer in the POS.",
            f"customer {posting.customer}",
        )


def period_findings(day: date, view: LedgerView) -> Iterator[Finding]:
    """
    Nothing may be posted on or before the lock date; posgo never moves a day to an open one.
    """
    if view.lock_date is not None and day <= view.lock_date:
        yield Finding(
            rule="locked-period",
            severity=Severity.BLOCK,
            message=f"the books are locked up to and including {view.lock_date}; this day is {day}",
            remedy="Ask the accountant to move the lock date in Go, or to book this day by hand.",
            expected=f"after {view.lock_date}",
            actual=str(day),
        )


def _posting_findings(posting: Posting, day: date, view: LedgerView) -> Iterator[Finding]:
    target = Target(
        what=format_nok(posting.amount),
        account=posting.account,
        vat_code=posting.vat_code or OUTSIDE_VAT,
        department=posting.department or None,
        subledger=posting.customer is not None,
    )
    yield from account_findings(target, view)
    yield from vat_code_findings(target, view, day)
    vat = view.vat_code(target.vat_code, day)
    if vat is not None and posting.vat_percent is not None and vat.percent != posting.vat_percent:
        yield blocking(
            "vat-rate",
            f"the till sold at {posting.vat_percent} %, but on {day} VAT code {vat.code} is {vat.percent} % in Go, "
            f"which would compute another VAT from {target.what}",
            "Correct the VAT code in the till or in the account map.",
            target.where,
        )
    yield from department_findings(target, view)


def account_findings(target: Target, view: LedgerView) -> Iterator[Finding]:
    """
    Whether the account exists, takes postings, and takes this one.
    """
    account = view.accounts.get(target.account)
    if target.account in view.control_accounts and not target.subledger:
        yield blocking(
            "control-account",
            f"account {target.account} belongs to a subledger and takes no postings of its own; "
            f"{target.what} should go to it",
            "Choose another account in the account map.",
            target.where,
        )
    if account is None:
        yield blocking(
            "account-missing",
            f"account {target.account} does not exist in Go; {target.what} should go to it",
            "Create it in Go, or change the account map.",
            target.where,
        )
    else:
        yield from _demands(target, account)


def vat_code_findings(target: Target, view: LedgerView, day: date) -> Iterator[Finding]:
    """
    Whether the VAT code may be used on a day.
    """
    if view.vat_code(target.vat_code, day) is None:
        yield blocking(
            "vat-code-missing",
            f"VAT code {target.vat_code} is not valid in Go on {day}",
            "Choose another VAT code in the account map, or activate this one in Go.",
            target.where,
        )


def department_findings(target: Target, view: LedgerView) -> Iterator[Finding]:
    """
    Whether the department exists.
    """
    if target.department is not None and target.department not in view.departments:
        yield blocking(
            "department-missing",
            f"department {target.department} does not exist in Go",
            "Create it in Go, or change [cash_points] in the account map.",
            f"department {target.department}",
        )


def _demands(target: Target, account: LedgerAccount) -> Iterator[Finding]:
    own = account.vat_code or OUTSIDE_VAT
    if account.vat_code_locked and target.vat_code != own:
        yield blocking(
            "locked-vat-code",
            f"account {account.number} is locked to VAT code {own} in Go; "
            f"{target.what} should be posted with code {target.vat_code}",
            "Choose another account in the account map, or unlock the VAT code in Go.",
            target.where,
        )
    if account.department_required and target.department is None:
        yield blocking(
            "department-required",
            f"account {account.number} wants a department on every line",
            'Name one in the account map: [cash_points."*"] department = "…".',
            target.where,
        )
    if account.project_required:
        yield blocking(
            "project-required",
            f"account {account.number} wants a project on every line, which a settlement has not",
            "Choose another account in the account map, or drop the requirement in Go.",
            target.where,
        )
