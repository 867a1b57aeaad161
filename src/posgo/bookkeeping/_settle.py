"""
The settlement: from one Z-report to one balanced voucher, or the reasons why not.

Money received is debited, sales are credited gross with their VAT code (the
ledger splits the VAT), and what is left between the two must be explained as
cash rounding: at most 0.50 a cash payment (regulation of 16 March 2011 no.
294). More than that is an error of somebody's and never a plug.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal, localcontext

import attrs

from posgo.bookkeeping._identities import identities
from posgo.bookkeeping._invoiced import Invoiced, invoiced, is_invoice_pay_in
from posgo.bookkeeping._lines import Line, Role, total_per_account
from posgo.bookkeeping._payments import PaidInvoices, paid_invoices
from posgo.bookkeeping._residual import cash_rounding_findings, moved_cash, residual
from posgo.bookkeeping._revenue import sales_lines, vat_drift
from posgo.bookkeeping._tenders import CASH, pay_in_lines, tender_lines
from posgo.bookkeeping.accounts import AccountMap
from posgo.bookkeeping.identity import settlement_reference, z_number
from posgo.models._continuity import continuity
from posgo.models._dates import business_day
from posgo.models._money import EXACT, NOK_0, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import CashCount, ZReport
from posgo.models.vouchers import Journal, Settlement, Voucher

__all__ = ["settle"]

_SAFT_ID_LENGTH = 35

# Go's amounts are JSON numbers, which hold fifteen digits exactly, two of them øre.
_TOO_LARGE = Decimal(10) ** 13


def settle(
    z: ZReport,
    accounts: AccountMap,
    *,
    count: CashCount | None = None,
    previous: ZReport | None = None,
    open_items: Iterable[OpenItem] | None = None,
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
        open_items: What Go says of the invoices that were paid; one that is missing is not known there.
            None takes each invoice for paid to the øre, under the matching reference of its order.

    Returns:
        The voucher, or what blocks it; with every other finding either way.
    """
    with localcontext(EXACT):
        paid = paid_invoices(z, accounts, open_items)
        return _settled(z, accounts, count, previous, paid)


def _settled(
    z: ZReport,
    accounts: AccountMap,
    count: CashCount | None,
    previous: ZReport | None,
    paid: PaidInvoices,
) -> Settlement:
    share = invoiced(z, accounts)
    revenue, revenue_findings = sales_lines(share.own, accounts, share.taken)
    tenders, tender_findings = tender_lines(z, accounts)
    pay_ins, pay_in_findings = pay_in_lines(z, share.outside, accounts)
    unsupported = list(_unsupported(z, accounts))
    # What cannot be booked yet, or contradicts itself, cannot be told from rounding either.
    rest = residual(share, accounts) if share.understood and not unsupported else None
    lines, gaps = _other_lines(z, accounts, rest or NOK_0, paid)
    findings = [
        *z.findings,
        *_continuity(previous, z, accounts),
        *identities(z, accounts),
        *revenue_findings,
        *tender_findings,
        *pay_in_findings,
        *gaps,
        *share.findings,
        *paid.findings,
        *_rounding_findings(share, accounts, rest, paid),
        *_count(share, accounts, count),
        *_shown(z, accounts),
        *unsupported,
        *_too_large(z),
    ]
    if any(finding.blocks for finding in findings):
        return Settlement(voucher=None, findings=findings)
    voucher = _voucher(z, accounts, [*tenders, *pay_ins, *paid.lines, *lines, *revenue])
    if voucher is None:
        return Settlement(voucher=None, findings=[*findings, _nothing(z)])
    if paid.by_number:
        voucher = attrs.evolve(voucher, journal=Journal.BANK)
    return Settlement(
        voucher=voucher, findings=[*findings, *vat_drift(share.own, accounts, voucher.postings)]
    )


def _rounding_findings(
    share: Invoiced, accounts: AccountMap, rest: Decimal | None, paid: PaidInvoices
) -> Iterable[Finding]:
    if rest is None:
        return ()
    of_invoices = sum((amount for _, amount in paid.rounding), NOK_0)
    return cash_rounding_findings(share, accounts, rest, of_invoices=of_invoices)


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


def _other_lines(
    z: ZReport, accounts: AccountMap, rest: Decimal, paid: PaidInvoices
) -> tuple[list[Line], list[Finding]]:
    tips = z.tips if accounts.pos.tips_in_payments else NOK_0
    wanted = (
        # A residual below zero is money the shop let go: a loss is a debit.
        (Role.ROUNDING, "cash_rounding", -rest, "cash rounding"),
        *((Role.ROUNDING, "cash_rounding", -amount, text) for text, amount in paid.rounding),
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


def _count(share: Invoiced, accounts: AccountMap, count: CashCount | None) -> Iterator[Finding]:
    if count is None:
        return
    z = share.own
    cash = sum((tender.amount for tender in z.tenders if tender.code == CASH), NOK_0)
    expected = z.opening_float + cash + moved_cash(share, accounts)
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


def _unsupported(z: ZReport, accounts: AccountMap) -> Iterator[Finding]:
    """
    What needs postings that posgo does not make yet: it blocks, so that nothing is dropped.
    """
    for row in z.movements:
        if row.amount and not is_invoice_pay_in(row, accounts):
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


def _too_large(z: ZReport) -> Iterator[Finding]:
    amounts = [z.tips, *(payment.amount for payment in z.invoice_payments)]
    amounts += [tender.amount for tender in z.tenders]
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
