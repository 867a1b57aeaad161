"""
What is left between money and sales, and whether it is cash rounding: identity P.
"""

from collections.abc import Iterator
from decimal import Decimal

from posgo.bookkeeping._tenders import CASH, took_cash
from posgo.bookkeeping._vat import gross_of_all, other_reading
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
    sold = gross_of_all(z.vat_rows, accounts.pos.vat_rows)
    return _received(z) - sold - (z.tips if accounts.pos.tips_in_payments else NOK_0)


def _received(z: ZReport) -> Decimal:
    return sum((tender.amount for tender in z.tenders), NOK_0)


def _cash_payments(z: ZReport) -> int:
    """
    How many payments can have been rounded, at most.
    """
    if z.whole_period is not None:
        return z.whole_period.cash_paid if any(tender.code == CASH for tender in z.tenders) else 0
    return max(0, z.receipts + z.returns.number) if took_cash(z) else 0


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
    payments = _cash_payments(z)
    bound = _MOST_ROUNDED * payments
    if abs(rest) > bound:
        received = _received(z)
        yield Finding(
            rule="P",
            severity=Severity.BLOCK,
            message=(
                f"the means of payment sum to {format_nok(received)}, {format_nok(abs(rest))} "
                f"{'more' if rest > 0 else 'less'} than sales{_and_tips(z, accounts)}; "
                f"{payments} cash payment{'' if payments == 1 else 's'} can explain {format_nok(bound)} as rounding"
            ),
            remedy=_remedy_p(z, accounts, rest, bound),
            expected=received - rest,
            actual=received,
        )
        return
    stated = z.whole_period.rounding if z.whole_period is not None else None
    if stated is not None and stated != rest:
        yield Finding(
            rule="rounding-sum",
            severity=Severity.WARN,
            message=(
                f"the transactions state {format_nok(stated)} of cash rounding, "
                f"the Z-report implies {format_nok(rest)}"
            ),
            remedy="The Z-report is booked; ask the till's vendor why its transactions differ.",
            expected=rest,
            actual=stated,
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
    reading = other_reading(accounts.pos.vat_rows)
    moved = gross_of_all(z.vat_rows, accounts.pos.vat_rows) - gross_of_all(z.vat_rows, reading)
    if abs(rest + moved) <= bound:
        return f'It would hold with [pos] vat_rows = "{reading.value}": see the finding Z2.'
    roundable = _MOST_ROUNDED * (z.receipts + z.returns.number)
    if not took_cash(z) and abs(rest) <= roundable:
        return (
            "There is no rounding without cash. If one of these means of payment is cash, declare it "
            f"as {CASH} in the till's basics; else compare the Z-report with the terminals."
        )
    return "Compare the Z-report with the terminals and the drawer, and ask the till's vendor; nothing was booked."
