"""
Lines of a voucher in the making, and their sum per account.
"""

import enum
from collections.abc import Iterable
from decimal import Decimal

import attrs

from posgo.models._money import NOK_0
from posgo.models.vouchers import Posting

__all__ = ["Line", "Role", "total_per_account"]

# Go publishes no maximum for descriptions; this much every ledger takes.
_LONGEST_TEXT = 255


class Role(enum.Enum):
    """
    What a line is, in the order lines are shown. Amounts of different roles are never netted.
    """

    TENDER = 1
    PAY_IN = 2
    INVOICE = 3
    ROUNDING = 4
    SALES = 5
    TIPS = 6


@attrs.frozen(kw_only=True)
class Line:
    """
    One row of the Z-report on its way to an account.

    Attributes:
        role: What it is.
        account: Account number.
        amount: NOK including VAT, debit positive.
        text: The till's words for it.
        source: The row with its amount as the till signs it, for people.
        vat_code: Standard VAT code; None if outside VAT.
        vat_percent: The rate the till sold at; None if outside VAT.
        customer: Whose subledger account it goes to; None if to no customer's.
        matching_reference: What the ledger matches it by; None if nothing.
        invoice_no: Number of the invoice it pays; None if none.
        reference: The line's own reference; None if none.
    """

    role: Role
    account: int
    amount: Decimal
    text: str
    source: str
    vat_code: str | None = None
    vat_percent: Decimal | None = None
    customer: str | None = None
    matching_reference: str | None = None
    invoice_no: int | None = None
    reference: str | None = None

    @property
    def target(self) -> tuple[object, ...]:
        """
        What lines share that make one posting.
        """
        return (
            *(self.role, self.account, self.vat_code, self.vat_percent),
            *(self.customer, self.matching_reference, self.invoice_no, self.reference),
        )


def total_per_account(lines: Iterable[Line], *, label: str, department: str | None) -> tuple[Posting, ...]:
    """
    Sum lines per role, account, VAT code, rate and invoice; drop what sums to zero.

    Args:
        lines: In any order: the postings are the same, so that a till that
            prints its rows in another order the next time is not suspected
            of another day.
        label: Put before every posting's text: which Z-report.
        department: Code on every posting; None if none.
    """
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in sorted(lines, key=_order):
        groups.setdefault(line.target, []).append(line)
    return tuple(
        _posting(group, amount, label, department)
        for group in groups.values()
        if (amount := sum((line.amount for line in group), NOK_0))
    )


def _posting(group: list[Line], amount: Decimal, label: str, department: str | None) -> Posting:
    shared = group[0]
    return Posting(
        account=shared.account,
        amount=amount,
        vat_code=shared.vat_code,
        vat_percent=shared.vat_percent,
        text=_shortened(f"{label}: {', '.join(dict.fromkeys(line.text for line in group))}"),
        department=department,
        customer=shared.customer,
        matching_reference=shared.matching_reference,
        invoice_no=shared.invoice_no,
        reference=shared.reference,
        source=tuple(line.source for line in group),
    )


def _order(line: Line) -> tuple[int, int, str, Decimal, str, str, str]:
    rate = Decimal(-1) if line.vat_percent is None else line.vat_percent
    vat_code, customer = line.vat_code or "", line.customer or ""
    return line.role.value, line.account, vat_code, rate, customer, line.text, line.source


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
