"""
What is left between money and sales, and whether it is cash rounding: identity P.
"""

from collections.abc import Iterator
from decimal import Decimal

from posgo.bookkeeping._invoiced import Invoiced, is_invoice_pay_in
from posgo.bookkeeping._tenders import CASH, tender_of, took_cash
from posgo.bookkeeping._vat import gross_of_all, other_reading
from posgo.bookkeeping.accounts import AccountMap
from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import Direction, ZReport

__all__ = ["cash_rounding_findings", "moved_cash", "residual"]

# Half a krone up or down per cash payment, and only cash is rounded
# (regulation of 16 March 2011 no. 294).
_MOST_ROUNDED = Decimal("0.50")


def residual(share: Invoiced, accounts: AccountMap) -> Decimal:
    """
    What the tenders hold beyond own sales, tips and paid invoices: the cash rounding, if all is well.
    """
    z = share.own
    sold = gross_of_all(z.vat_rows, accounts.pos.vat_rows)
    return _received(z) - sold - share.inside - (z.tips if accounts.pos.tips_in_payments else NOK_0)


def _received(z: ZReport) -> Decimal:
    return sum((tender.amount for tender in z.tenders), NOK_0)


def _cash_payments(z: ZReport) -> int:
    """
    How many payments can have been rounded, at most.
    """
    if z.whole_period is not None:
        return z.whole_period.cash_paid if any(tender.code == CASH for tender in z.tenders) else 0
    return max(0, z.receipts + z.returns.number) if took_cash(z) else 0


def moved_cash(share: Invoiced, accounts: AccountMap) -> Decimal:
    """
    NOK that went into the drawer and out of it beside the cash tender.
    """
    z = share.own
    moved = (
        row.amount if row.direction is Direction.IN else -row.amount
        for row in z.movements
        if not is_invoice_pay_in(row, accounts)
    )
    paid = (payment.amount for payment in share.outside if tender_of(payment, z).code == CASH)
    return sum((*moved, *paid), NOK_0)


def cash_rounding_findings(
    share: Invoiced, accounts: AccountMap, rest: Decimal, *, of_invoices: Decimal = NOK_0
) -> Iterator[Finding]:
    """
    Check P: the residual is at most what cash payments can have been rounded by.

    The rounding that transactions state is a cross-check only; it is never posted.

    Args:
        share: The Z-report and what of it belongs to invoices.
        accounts: How its till reports.
        rest: The :func:`residual` of the report.
        of_invoices: NOK received beyond what the invoices had open; tills may state it as rounding, too.
    """
    z = share.own
    payments = _cash_payments(z)
    bound = _MOST_ROUNDED * payments
    if abs(rest) > bound:
        received = _received(z)
        yield Finding(
            rule="P",
            severity=Severity.BLOCK,
            message=(
                f"the means of payment sum to {format_nok(received)}, {format_nok(abs(rest))} "
                f"{'more' if rest > 0 else 'less'} than sales{_and_more(z, accounts)}; "
                f"{payments} cash payment{'' if payments == 1 else 's'} can explain {format_nok(bound)} as rounding"
            ),
            remedy=_remedy_p(share, accounts, rest, bound),
            expected=received - rest,
            actual=received,
        )
        return
    stated = z.whole_period.rounding if z.whole_period is not None else None
    if stated is not None and stated not in (rest, rest + of_invoices):
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


def _and_more(z: ZReport, accounts: AccountMap) -> str:
    tips = " and tips" if z.tips and accounts.pos.tips_in_payments else ""
    return f"{tips} and paid invoices" if z.invoice_payments else tips


def _remedy_p(share: Invoiced, accounts: AccountMap, rest: Decimal, bound: Decimal) -> str:
    """
    Say which other property of the till would explain the rest; never assume it.
    """
    z = share.own
    if z.invoice_payments and (remedy := _remedy_invoices(share, accounts, rest, bound)):
        return remedy
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


def _remedy_invoices(share: Invoiced, accounts: AccountMap, rest: Decimal, bound: Decimal) -> str | None:
    fitting = [
        text
        for text, explained in _explanations(share, accounts)
        if explained and abs(rest + explained) <= bound
    ]
    return f"It would hold {'; or '.join(fitting)}. Nothing was booked." if fitting else None


def _explanations(share: Invoiced, accounts: AccountMap) -> Iterator[tuple[str, Decimal]]:
    """
    How a till may show paid invoices otherwise than is written down, and by how much that would move the rest.
    """
    pos, payments = accounts.pos, share.own.invoice_payments
    stated = sum((gross_of_all(payment.sales, pos.vat_rows) for payment in payments), NOK_0)
    if pos.invoiced_sales_in_z:
        silent = sum((payment.amount for payment in payments if not payment.sales), NOK_0)
        yield _SALES_NOT_GIVEN, silent
        yield _SALES_NOT_COUNTED, -stated
    else:
        yield _SALES_COUNTED, stated
    yield _PAY_INS_INSIDE, -sum((payment.amount for payment in share.outside), NOK_0)
    yield _PAY_INS_OUTSIDE, share.inside


_SALES_NOT_GIVEN = (
    "if the VAT rows held the sales of the invoices that were paid: then have the POS's adapter "
    "give them as the payments' sales"
)
_SALES_NOT_COUNTED = "if the VAT rows did not hold invoiced sales: then set [pos] invoiced_sales_in_z = false"
_SALES_COUNTED = "if the VAT rows held invoiced sales: then set [pos] invoiced_sales_in_z = true"
_PAY_INS_INSIDE = (
    "if the means of payment held the pay-ins of invoices: then set in_payments = true for their type "
    "under [movements]"
)
_PAY_INS_OUTSIDE = (
    "if the means of payment did not hold what was paid on invoices: then have the till show it as a pay-in, "
    "and declare its type under [movements] with in_payments = false"
)
