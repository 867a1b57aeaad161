"""
What the transactions of one Z-report's period add up to.

Only sums are kept, so memory does not grow with the file. Amounts are øre.
"""

from collections import Counter, defaultdict

import attrs

from posgo.saft._codes import CASH, PAYMENT, Codes
from posgo.saft._fields import Stamp
from posgo.saft._identities import Breaks, check_receipt
from posgo.saft._receipts import Kind, Line, Paid, Receipt, Vat

__all__ = ["Period"]


@attrs.define
class Period:
    """
    The sums of one period.

    Attributes:
        transactions: How many there are, training and void ones left out.
        first: Stamp of the earliest; empty without any.
        last: Stamp of the latest; empty without any.
        turnover: Cash turnover including VAT, tips left out.
        receipts: Number of sales.
        returned: Magnitude of transactions that are returns on the whole.
        returned_lines: Magnitude of lines taken back.
        paid: By the till's own payment code, tips included.
        tipped: The part of ``paid`` that is tips, by own payment code.
        moved: Payments of transactions that are no turnover, by own payment code.
        vat: VAT by (own VAT code, thousandths of a per cent).
        groups: Sales by the till's own group.
        group_vat: Sales by (own group, own VAT code, thousandths of a per cent).
        unsplit: Sales whose group or VAT rate no transaction tells.
        mixed: Number of transactions that were partly paid, the rest on credit.
        cash_paid: Number of transactions with a cash payment.
        lines: Number of lines sold.
        rounding: Stated cash rounding; None if no transaction has the element.
        undeclared: How often an undeclared transaction type was met.
        breaks: Identities that did not hold.
    """

    transactions: int = 0
    first: Stamp = ""
    last: Stamp = ""
    turnover: int = 0
    receipts: int = 0
    returned: int = 0
    returned_lines: int = 0
    paid: defaultdict[str, int] = attrs.field(factory=lambda: defaultdict(int))
    tipped: defaultdict[str, int] = attrs.field(factory=lambda: defaultdict(int))
    moved: defaultdict[str, int] = attrs.field(factory=lambda: defaultdict(int))
    vat: defaultdict[tuple[str | None, int | None], int] = attrs.field(factory=lambda: defaultdict(int))
    groups: defaultdict[str, int] = attrs.field(factory=lambda: defaultdict(int))
    group_vat: defaultdict[tuple[str, str | None, int], int] = attrs.field(factory=lambda: defaultdict(int))
    unsplit: int = 0
    mixed: int = 0
    cash_paid: int = 0
    lines: int = 0
    rounding: int | None = None
    undeclared: Counter[str] = attrs.field(factory=Counter)
    breaks: Breaks = attrs.field(factory=Breaks)

    def add(self, receipt: Receipt, codes: Codes) -> None:
        """
        Take one transaction that is neither training nor void.
        """
        self.transactions += 1
        if not self.first or receipt.stamp < self.first:
            self.first = receipt.stamp
        self.last = max(self.last, receipt.stamp)
        if receipt.undeclared and receipt.type is not None:
            self.undeclared[receipt.type] += 1
        check_receipt(receipt, codes, self.breaks)
        if receipt.kind is Kind.TURNOVER:
            self._add_turnover(receipt, codes)
        elif receipt.kind is Kind.MIXED:
            self._add_mixed(receipt, codes)
        elif receipt.kind is Kind.MOVEMENT:
            for paid in receipt.paid:
                self.moved[paid.type] += paid.amount

    def _add_mixed(self, receipt: Receipt, codes: Codes) -> None:
        paid = sum([row.amount for row in receipt.paid])
        part = paid - (receipt.rounding or 0) - receipt.tips
        if part == receipt.amount:
            self._add_turnover(receipt, codes)
            return
        # How groups and rates divide between the paid part and the rest is
        # written nowhere.
        self.mixed += 1
        self.unsplit += part
        self.turnover += part
        self.receipts += 1
        self._add_paid(receipt, codes)

    def _add_turnover(self, receipt: Receipt, codes: Codes) -> None:
        sold = receipt.sold
        self.turnover += sold
        if sold < 0:
            self.returned -= sold
        else:
            self.receipts += 1
        for row in receipt.vat_rows:
            self.vat[row.code, row.percent] += row.amount
        self._add_lines(receipt)
        self._add_paid(receipt, codes)

    def _add_lines(self, receipt: Receipt) -> None:
        self.lines += len(receipt.lines)
        only = receipt.vat[0] if len(receipt.vat) == 1 else None
        named = 0
        for line in receipt.lines:
            gross = line.amount
            if gross < 0:
                self.returned_lines -= gross
            if line.group is None:
                continue
            self.groups[line.group] += gross
            rate = _rate(line, only)
            if rate is not None:
                self.group_vat[line.group, *rate] += gross
                named += gross
        self.unsplit += abs(receipt.sold - named)

    def _add_paid(self, receipt: Receipt, codes: Codes) -> None:
        cash = False
        for paid in receipt.paid:
            self.paid[paid.type] += paid.amount
            cash = cash or (paid.amount != 0 and codes.resolve(PAYMENT, paid.type).code == CASH)
        self.cash_paid += cash
        if receipt.tips and receipt.paid:
            # Which of several payments the tip was part of is not told; the
            # largest one can hold it.
            self.tipped[max(receipt.paid, key=_size).type] += receipt.tips
        if receipt.rounding is not None:
            self.rounding = (self.rounding or 0) + receipt.rounding


def _size(paid: Paid) -> int:
    return abs(paid.amount)


def _rate(line: Line, only: Vat | None) -> tuple[str | None, int] | None:
    """
    The VAT code and rate of a line; None if nothing tells them.
    """
    vat = line.vat if line.vat is not None else only
    if vat is not None and vat.percent is not None:
        return vat.code, vat.percent
    return (None, 0) if vat is None and line.amount == line.net else None
