"""
What is left between money and sales, and whether it is cash rounding: identity P.
"""

from collections.abc import Iterator
from decimal import Decimal

from posgo.bookkeeping._tenders import CASH, took_cash
from posgo.bookkeeping._vat import gross
from posgo.bookkeeping.accounts import AccountMap
from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import Direction, ZReport

__all__ = ["cash_rounding_findings", "moved_cash", "residual"]

# Half a krone up or down per cash payment, and only cash is rounded
# (regulation of 16 March 2011 no. 294).
_MOST_ROUNDED = Decimal("0.50")


def residual(z: ZReport, accounts: AccountMap) -> Decimal:
    """
    What the tenders hold beyond sales and tips: the cash rounding, if all is well.
    """
    received = sum((tender.amount for tender in z.tenders), NOK_0)
    sold = sum((gross(row, accounts.pos) for row in z.vat_rows), NOK_0)
    return received - sold - (z.tips if accounts.pos.tips_in_payments else NOK_0)


def moved_cash(z: ZReport) -> Decimal:
    """
    Pay-ins less pay-outs in NOK.
    """
    return sum((row.amount if row.direction is Direction.IN else -row.amount for row in z.movements), NOK_0)


def cash_rounding_findings(z: ZReport, accounts: AccountMap, rest: Decimal) -> Iterator[Finding]:
    """
    Check P: the residual is at most what cash payments can have been rounded by.

    The rounding that transactions state is a cross-check only; it is never posted.

    Args:
        z: The Z-report.
        accounts: How its till reports.
        rest: The :func:`residual` of the report.
    """
    transactions = z.transactions if z.transactions is not None and z.transactions.complete else None
    payments = 0
    if took_cash(z):
        payments = transactions.cash_paid if transactions else z.receipts + z.returns.number
    bound = _MOST_ROUNDED * payments
    if abs(rest) > bound:
        received = sum((tender.amount for tender in z.tenders), NOK_0)
        yield Finding(
            rule="P",
            severity=Severity.BLOCK,
            message=(
                f"the means of payment sum to {format_nok(received)}, {format_nok(abs(rest))} "
                f"{'more' if rest > 0 else 'less'} than sales{_and_tips(z, accounts)}; "
                f"{payments} cash payments explain at most {format_nok(bound)} as rounding"
            ),
            remedy=_remedy_p(z, accounts, rest, bound),
            expected=received - rest,
            actual=received,
        )
    elif transactions and transactions.rounding is not None and transactions.rounding != rest:
        yield Finding(
            rule="rounding-sum",
            severity=Severity.WARN,
            message=(
                f"the transactions state {format_nok(transactions.rounding)} of cash rounding, "
                f"the Z-report implies {format_nok(rest)}"
            ),
            remedy="The Z-report is booked; ask the till's vendor why its transactions differ.",
            expected=rest,
            actual=transactions.rounding,
        )


def _and_tips(z: ZReport, accounts: AccountMap) -> str:
    return " and tips" if z.tips and accounts.pos.tips_in_payments else ""


def _remedy_p(z: ZReport, accounts: AccountMap, rest: Decimal, bound: Decimal) -> str:
    """
    Say which other property of the till would explain the rest; never assume it.
    """
    counted = accounts.pos.tips_in_payments
    otherwise = rest + z.tips if counted else rest - z.tips
    if z.tips and abs(otherwise) <= bound:
        return (
            f"It would hold if tips were {'not ' if counted else ''}inside the means of payment: "
            f"if that is how this till reports, set [pos] tips_in_payments = {'false' if counted else 'true'}."
        )
    if not took_cash(z) and any(tender.code != CASH for tender in z.tenders):
        return (
            "There is no rounding without cash. If one of these means of payment is cash, declare it "
            f"as {CASH} in the till's basics; else compare the Z-report with the terminals."
        )
    return "Compare the Z-report with the terminals and the drawer, and ask the till's vendor; nothing was booked."
