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
    ROUNDING = 2
    SALES = 3
    TIPS = 4


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
    """

    role: Role
    account: int
    amount: Decimal
    text: str
    source: str
    vat_code: str | None = None
    vat_percent: Decimal | None = None


def total_per_account(lines: Iterable[Line], *, label: str, department: str | None) -> tuple[Posting, ...]:
    """
    Sum lines per role, account, VAT code and rate; drop what sums to zero.

    Args:
        lines: In any order: the postings are the same, so that a till that
            prints its rows in another order the next time is not suspected
            of another day.
        label: Put before every posting's text: which Z-report.
        department: Code on every posting; None if none.
    """
    groups: dict[tuple[Role, int, str | None, Decimal | None], list[Line]] = {}
    for line in sorted(lines, key=_order):
        groups.setdefault((line.role, line.account, line.vat_code, line.vat_percent), []).append(line)
    return tuple(
        Posting(
            account=account,
            amount=amount,
            vat_code=vat_code,
            vat_percent=vat_percent,
            text=_shortened(f"{label}: {', '.join(dict.fromkeys(line.text for line in group))}"),
            department=department,
            source=tuple(line.source for line in group),
        )
        for (_, account, vat_code, vat_percent), group in groups.items()
        if (amount := sum((line.amount for line in group), NOK_0))
    )


def _order(line: Line) -> tuple[int, int, str, Decimal, str, str]:
    rate = Decimal(-1) if line.vat_percent is None else line.vat_percent
    return line.role.value, line.account, line.vat_code or "", rate, line.text, line.source


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[: _LONGEST_TEXT - 1]}…"
