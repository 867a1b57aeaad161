"""
The settlement: from one Z-report to one balanced voucher, or the reasons why not.

Money received is debited, sales are credited gross with their VAT code (the
ledger splits the VAT), and what is left between the two must be explained as
cash rounding: at most 0.50 a cash payment (regulation of 16 March 2011 no.
294). More than that is an error of somebody's and never a plug.
"""

from collections.abc import Iterator
from decimal import Decimal, localcontext

import attrs

from posgo.bookkeeping._identities import identities
from posgo.bookkeeping._lines import Line, Role, total_per_account
from posgo.bookkeeping._residual import cash_rounding_findings, moved_cash, residual
from posgo.bookkeeping._revenue import sales_lines, vat_drift
from posgo.bookkeeping._tenders import CASH, tender_lines
from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import settlement_reference, z_number
from posgo.models._continuity import continuity
from posgo.models._dates import business_day
from posgo.models._money import EXACT, NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.pos import CashCount, ZReport
from posgo.models.vouchers import Settlement, Voucher

__all__ = ["settle"]

_SAFT_ID_LENGTH = 35

# Go's amounts are JSON numbers, which hold fifteen digits exactly, two of them øre.
_TOO_LARGE = Decimal(10) ** 13


def settle(
    z: ZReport, accounts: AccountMap, *, count: CashCount | None = None, previous: ZReport | None = None
) -> Settlement:
    """
    Work out the voucher of one Z-report.

    Pure: the same input gives the same voucher, with the same reference.

    Args:
        z: The Z-report.
        accounts: Where its codes go, and how its till reports.
        count: The drawer as counted; None if it was not counted.
        previous: The Z-report before this one on the same cash point, to
            notice a day that is missing; None if unknown.

    Returns:
        The voucher, or what blocks it; with every other finding either way.
    """
    with localcontext(EXACT):
        return _settled(z, accounts, count, previous)


def _settled(
    z: ZReport, accounts: AccountMap, count: CashCount | None, previous: ZReport | None
) -> Settlement:
    revenue, revenue_findings = sales_lines(z, accounts)
    tenders, tender_findings = tender_lines(z, accounts)
    unsupported = list(_unsupported(z))
    rest = residual(z, accounts)
    # What cannot be booked yet cannot be told from rounding either.
    money = [] if unsupported else [*cash_rounding_findings(z, accounts, rest)]
    lines, gaps = _other_lines(z, accounts, NOK_0 if unsupported else rest)
    findings = [
        *z.findings,
        *_continuity(previous, z, accounts),
        *identities(z, accounts),
        *revenue_findings,
        *tender_findings,
        *gaps,
        *money,
        *_count(z, count),
        *_shown(z, accounts),
        *unsupported,
        *_too_large(z),
    ]
    if any(finding.blocks for finding in findings):
        return Settlement(voucher=None, findings=findings)
    voucher = _voucher(z, accounts, [*tenders, *lines, *revenue])
    if voucher is None:
        return Settlement(voucher=None, findings=[*findings, _nothing(z)])
    return Settlement(voucher=voucher, findings=[*findings, *vat_drift(z, accounts, voucher.postings)])


def _continuity(previous: ZReport | None, z: ZReport, accounts: AccountMap) -> tuple[Finding, ...]:
    if previous is None:
        return ()
    one, other = (
        attrs.evolve(each, cash_point=accounts.canonical(each.cash_point)) for each in (previous, z)
    )
    return continuity(one, other)


def _voucher(z: ZReport, accounts: AccountMap, lines: list[Line]) -> Voucher | None:
    cash_point, number = accounts.canonical(z.cash_point), z_number(z)
    label = f"Z {number} {cash_point}"
    postings = total_per_account(lines, label=label, department=accounts.cash_point(z.cash_point).department)
    if not postings:
        return None
    return Voucher(
        date=business_day(z.closed_at, accounts.pos.business_day_ends),
        reference=settlement_reference(z, accounts),
        text=f"{label}, closed {z.closed_at:%Y-%m-%d %H:%M}",
        postings=postings,
        imported_no=int(number) if number.isascii() and number.isdigit() and len(number) <= 18 else None,
        batch=f"Z-{number}-{cash_point}"[:_SAFT_ID_LENGTH],
        source_system=cash_point[:_SAFT_ID_LENGTH],
    )


def _other_lines(z: ZReport, accounts: AccountMap, rest: Decimal) -> tuple[list[Line], list[Finding]]:
    tips = z.tips if accounts.pos.tips_in_payments else NOK_0
    wanted = (
        # A residual below zero is money the shop let go: a loss is a debit.
        (Role.ROUNDING, "cash_rounding", -rest, "cash rounding"),
        (Role.TIPS, "tips", -tips, "tips"),
    )
    lines: list[Line] = []
    gaps: list[Finding] = []
    for role, name, amount, text in wanted:
        account: int | None = getattr(accounts.other, name)
        if not amount:
            continue
        if account is None:
            gaps.append(_unmapped(name, text, amount))
        else:
            lines.append(
                Line(
                    role=role,
                    account=account,
                    amount=amount,
                    text=text,
                    source=f"{text} {format_nok(-amount)}",
                )
            )
    return lines, gaps


def _unmapped(name: str, text: str, amount: Decimal) -> Finding:
    return Finding(
        rule="unmapped-account",
        severity=Severity.BLOCK,
        message=f"there is no account for {text}; {format_nok(abs(amount))} needs one",
        remedy=f"Add it to the account map: [other] {name} = ….",
        actual=abs(amount),
        where=f"[other] {name}",
    )


def _count(z: ZReport, count: CashCount | None) -> Iterator[Finding]:
    if count is None:
        return
    cash = sum((tender.amount for tender in z.tenders if tender.code == CASH), NOK_0)
    expected = z.opening_float + cash + moved_cash(z)
    difference = count.counted - expected
    yield Finding(
        rule="cash-count",
        severity=Severity.BLOCK if difference else Severity.INFO,
        message=(
            f"the drawer should hold {format_nok(expected)} and was counted to {format_nok(count.counted)}: "
            + (
                f"a difference of {format_nok(difference)}, which posgo cannot book yet"
                if difference
                else "right"
            )
        ),
        remedy="Settle without the count, and book the difference by hand." if difference else "",
        expected=expected,
        actual=count.counted,
    )


def _shown(z: ZReport, accounts: AccountMap) -> Iterator[Finding]:
    """
    Amounts that are told but not booked.
    """
    if z.tips and not accounts.pos.tips_in_payments:
        yield Finding(
            rule="tips",
            severity=Severity.INFO,
            message=f"{format_nok(z.tips)} of tips is not inside the means of payment and is not booked",
            actual=z.tips,
        )
    for what, sum_of in (("credit sales", z.credit_sales), ("credit notes", z.credit_memos)):
        if sum_of is not None and sum_of.amount:
            yield Finding(
                rule="credit-sales",
                severity=Severity.INFO,
                message=f"{format_nok(sum_of.amount)} of {what} is not booked here: the invoices carry it",
                actual=sum_of.amount,
            )


def _unsupported(z: ZReport) -> Iterator[Finding]:
    """
    What needs postings that posgo does not make yet: it blocks, so that nothing is dropped.
    """
    for row in z.movements:
        if row.amount:
            yield Finding(
                rule="movement",
                severity=Severity.BLOCK,
                message=(
                    f"the {row.direction.value} “{row.type}” of {format_nok(row.amount)} needs postings "
                    "that posgo does not make yet"
                ),
                remedy="Book this Z-report by hand.",
                actual=row.amount,
                where=f"{row.direction.value} {row.type}",
            )
    for payment in z.invoice_payments:
        yield Finding(
            rule="invoice-payment",
            severity=Severity.BLOCK,
            message=(
                f"invoice {payment.invoice_no} was paid at the till with {format_nok(payment.amount)}, "
                "which needs postings on the customer that posgo does not make yet"
            ),
            remedy="Book this Z-report by hand.",
            actual=payment.amount,
            where=f"invoice {payment.invoice_no}",
        )


def _too_large(z: ZReport) -> Iterator[Finding]:
    amounts = [z.tips, *(tender.amount for tender in z.tenders)]
    amounts += [part for row in z.vat_rows for part in (row.amount, row.vat)]
    largest = sum((abs(amount) for amount in amounts), NOK_0)
    if largest >= _TOO_LARGE:
        yield Finding(
            rule="amount-too-large",
            severity=Severity.BLOCK,
            message=f"the amounts of this Z-report come to {format_nok(largest)}, which no ledger line can hold exactly",
            remedy="Ask the till's vendor which figure is wrong.",
            expected=f"less than {format_nok(_TOO_LARGE)}",
            actual=largest,
        )


def _nothing(z: ZReport) -> Finding:
    return Finding(
        rule="nothing-to-post",
        severity=Severity.INFO,
        message=f"Z-report {z.number} holds no amounts to book",
    )
