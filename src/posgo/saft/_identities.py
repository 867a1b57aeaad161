"""
T1 to T7: does each transaction agree with itself?

A day has thousands of transactions and one till has one way of being wrong,
so what breaks is counted per identity, with the first case as the example.
"""

from typing import Final

import attrs

from posgo.models.findings import Finding, Severity
from posgo.saft._codes import CASH, PAYMENT, Codes
from posgo.saft._fields import nok
from posgo.saft._receipts import Kind, Receipt, Vat

__all__ = ["Breaks", "check_receipt"]

_VENDOR: Final = "Show it to the till's vendor."

# Identity: what does not hold, and what to do.
_MEANINGS: Final = {
    "T1": (
        "the lines do not sum to the transaction's amount",
        f"A tip or surcharge may stand outside the lines. {_VENDOR}",
    ),
    "T2": ("the lines do not sum to the transaction's amount without VAT", _VENDOR),
    "T3": ("amount with VAT less amount without VAT is not the VAT stated", _VENDOR),
    "T4": ("the VAT bases do not sum to the amount without VAT", _VENDOR),
    "T5": (
        "the VAT is not the stated rate of its base",
        f"The till may compute VAT of the wrong base. {_VENDOR}",
    ),
    "T6": (
        "the payments are not the amount plus rounding and tips",
        f"Perhaps a part is on credit, or the tendered amount is exported. {_VENDOR}",
    ),
    "T7": (
        "cash rounding without a cash payment, or of more than 0.50",
        f"Only cash is rounded, by at most 0.50. {_VENDOR}",
    ),
    "sign-conflict": (
        "an amount is negative although it is flagged as an increase (C)",
        f"It was read as negative. {_VENDOR}",
    ),
    "foreign-currency": (
        "a payment in another currency adds up neither as written nor converted",
        f"It was read as NOK, as written. {_VENDOR}",
    ),
}


@attrs.define
class _Case:
    times: int
    nr: str
    expected: int | None
    actual: int | None


@attrs.define
class Breaks:
    """
    Identities that did not hold in one period.
    """

    _cases: dict[str, _Case] = attrs.field(factory=dict)

    def note(self, rule: str, nr: str, expected: int | None = None, actual: int | None = None) -> None:
        """
        Count one case. Amounts are øre.
        """
        case = self._cases.get(rule)
        if case is None:
            self._cases[rule] = _Case(1, nr, expected, actual)
        else:
            case.times += 1

    def findings(self) -> tuple[Finding, ...]:
        """
        One warning per identity, in the order of the identities' names.
        """
        return tuple(_finding(rule, case) for rule, case in sorted(self._cases.items()))


def _finding(rule: str, case: _Case) -> Finding:
    meaning, remedy = _MEANINGS[rule]
    times = "in one transaction" if case.times == 1 else f"in {case.times} transactions"
    return Finding(
        rule=rule,
        severity=Severity.WARN,
        message=f"{meaning}, {times}; the first is nr {case.nr}",
        remedy=remedy,
        expected=None if case.expected is None else nok(case.expected),
        actual=None if case.actual is None else nok(case.actual),
        where=f"nr {case.nr}" if case.times == 1 else f"nr {case.nr} and {case.times - 1} more",
    )


def check_receipt(receipt: Receipt, codes: Codes, breaks: Breaks) -> None:
    """
    Note every identity that does not hold in one transaction.
    """
    if receipt.lines:
        _check_lines(receipt, breaks)
    if rows := receipt.vat_rows:
        _check_vat(receipt, rows, breaks)
    if receipt.kind is Kind.TURNOVER:
        _check_payment(receipt, breaks)
    if rounding := receipt.rounding:
        _check_rounding(receipt, rounding, codes, breaks)
    if receipt.conflicts:
        breaks.note("sign-conflict", receipt.nr)


def _check_lines(receipt: Receipt, breaks: Breaks) -> None:
    gross = net = 0
    for line in receipt.lines:
        gross += line.amount
        net += line.net
    if receipt.sold != gross:
        breaks.note("T1", receipt.nr, receipt.sold, gross)
    # A tip inside the amount is inside the amount without VAT too.
    inside = receipt.amount - receipt.sold
    if abs(receipt.net - inside - net) > len(receipt.lines):
        breaks.note("T2", receipt.nr, receipt.net - inside, net)


def _check_vat(receipt: Receipt, rows: tuple[Vat, ...], breaks: Breaks) -> None:
    # Rows of the transaction are one per rate; those of the lines are rounded line by line.
    tolerance = len(rows)
    vat = based = base_unknown = 0
    half_per_line = 50_000 * max(len(receipt.lines), 1)
    for row in rows:
        vat += row.amount
        if row.base is None:
            base_unknown += 1
            continue
        based += row.base
        if row.percent is not None:
            # In hundred-thousandths of an øre: thousandths of a per cent of øre.
            exact = row.base * row.percent
            if abs(row.amount * 100_000 - exact) > half_per_line + 100_000:
                breaks.note("T5", receipt.nr, _half_up(exact), row.amount)
    if abs(receipt.amount - receipt.net - vat) > tolerance:
        breaks.note("T3", receipt.nr, receipt.amount - receipt.net, vat)
    inside = receipt.amount - receipt.sold
    if not base_unknown and abs(receipt.net - inside - based) > tolerance:
        breaks.note("T4", receipt.nr, receipt.net - inside, based)


def _half_up(hundred_thousandths: int) -> int:
    magnitude = (abs(hundred_thousandths) + 50_000) // 100_000
    return magnitude if hundred_thousandths >= 0 else -magnitude


def _check_payment(receipt: Receipt, breaks: Breaks) -> None:
    due = receipt.amount + (receipt.rounding or 0)
    paid = 0
    foreign = False
    for row in receipt.paid:
        paid += row.amount
        foreign = foreign or row.foreign
    if paid not in (due, due + receipt.tips):
        breaks.note("foreign-currency" if foreign else "T6", receipt.nr, due, paid)


def _check_rounding(receipt: Receipt, rounding: int, codes: Codes, breaks: Breaks) -> None:
    by_cash = any(codes.resolve(PAYMENT, row.type).code == CASH for row in receipt.paid)
    if not by_cash or abs(rounding) > 50:
        breaks.note("T7", receipt.nr, 0, rounding)
