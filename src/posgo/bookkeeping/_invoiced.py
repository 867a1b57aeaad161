"""
How invoices paid at the till stand in its Z-report: in its VAT rows, among its tenders, as pay-ins.

Their revenue was booked with the invoice, so it is taken out of the Z-report's.
Nothing is found out from a day's figures: the account map says how the till
reports, the payments say which sales they were, and what contradicts them blocks.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from posgo.bookkeeping._tenders import known_tender
from posgo.bookkeeping._vat import gross, gross_of_all
from posgo.bookkeeping.accounts import INVOICES, AccountMap
from posgo.models._money import NOK_0, format_nok
from posgo.models.findings import Finding, Severity, blocking
from posgo.models.pos import Direction, InvoicePayment, Movement, VatRow, ZReport

__all__ = ["Invoiced", "invoiced", "is_invoice_pay_in"]

Rate = tuple[str | None, Decimal]


@attrs.frozen(kw_only=True)
class Invoiced:
    """
    The share of a Z-report that belongs to invoices of Go.

    Attributes:
        own: The Z-report with the VAT rows of its own sales only.
        taken: NOK including VAT taken out, by VAT code and rate as the Z-report names them.
        inside: NOK of its tenders that paid invoices.
        outside: Payments its tenders do not hold.
        findings: What contradicts itself.
    """

    own: ZReport
    taken: Mapping[Rate, Decimal]
    inside: Decimal
    outside: tuple[InvoicePayment, ...]
    findings: tuple[Finding, ...]

    @property
    def understood(self) -> bool:
        """
        Whether nothing contradicts itself, so that what is left over can be judged.
        """
        return not self.findings


def invoiced(z: ZReport, accounts: AccountMap) -> Invoiced:
    """
    Tell a Z-report's own sales and money from those of invoices.
    """
    rows = [*_counted(z, accounts)]
    named, doubts = _named_alike(rows, z)
    taken: dict[Rate, Decimal] = {}
    for row in named:
        key = row.vat_code, row.percent
        taken[key] = taken.get(key, NOK_0) + gross(row, accounts.pos.vat_rows)
    own = attrs.evolve(z, vat_rows=(*z.vat_rows, *map(_negated, named)))
    pay_ins, contradiction = _pay_ins(z, accounts)
    outside = () if _in_payments(accounts) else pay_ins
    strangers = () if contradiction else tuple(_unknown_tenders(z, outside))
    return Invoiced(
        own=own,
        taken=taken,
        inside=_paid(z.invoice_payments) - _paid(outside),
        outside=outside,
        findings=(*doubts, *_more_than_sold(z, own, taken, accounts), *contradiction, *strangers),
    )


def is_invoice_pay_in(row: Movement, accounts: AccountMap) -> bool:
    """
    Whether a pay-in or pay-out pays invoices.
    """
    rule = accounts.movements.get(row.type)
    return rule is not None and rule.to == INVOICES


def _counted(z: ZReport, accounts: AccountMap) -> Iterator[VatRow]:
    if accounts.pos.invoiced_sales_in_z:
        for payment in z.invoice_payments:
            yield from payment.sales


def _paid(payments: Iterable[InvoicePayment]) -> Decimal:
    return sum((payment.amount for payment in payments), NOK_0)


def _negated(row: VatRow) -> VatRow:
    return attrs.evolve(row, amount=-row.amount, vat=-row.vat)


def _named_alike(rows: Iterable[VatRow], z: ZReport) -> tuple[list[VatRow], list[Finding]]:
    """
    The rows under the code the Z-report has for them: an adapter may leave out a code, or name one more.
    """
    known = {(row.vat_code, row.percent): row for row in z.vat_rows}
    named: list[VatRow] = []
    doubts: list[Finding] = []
    for row in rows:
        if not (row.amount or row.vat):
            continue
        alike = [
            code
            for code, percent in known
            if percent == row.percent and (code == row.vat_code or None in (code, row.vat_code))
        ]
        if row.vat_code in alike:
            named.append(row)
        elif len(alike) == 1:
            named.append(attrs.evolve(row, vat_code=alike[0]))
        else:
            doubts.append(_not_sold(row))
    return named, doubts


def _not_sold(row: VatRow) -> Finding:
    code = f"VAT code {row.vat_code}" if row.vat_code else "no VAT code"
    return blocking(
        "invoice-sales",
        f"sales of {format_nok(row.amount)} at {row.percent} % with {code} should be taken out, because an "
        "invoice carries them, but the Z-report has no such VAT row",
        "Have the payments' sales say VAT code and rate as the Z-report does. If this till does not count "
        "invoiced sales in its VAT rows, set [pos] invoiced_sales_in_z = false.",
        f"VAT row {row.vat_code or f'{row.percent} %'}",
    )


def _more_than_sold(
    z: ZReport, own: ZReport, taken: Mapping[Rate, Decimal], accounts: AccountMap
) -> Iterator[Finding]:
    """
    What is left may be below zero by returns, which are inside the same rows, and by nothing else.
    """
    reading = accounts.pos.vat_rows
    below: dict[Rate, Decimal] = {}
    for key, part in taken.items():
        left = gross_of_all((row for row in own.vat_rows if (row.vat_code, row.percent) == key), reading)
        if part > 0 > left:
            below[key] = left
    if -sum(below.values()) <= abs(z.returns.amount):
        return
    for (code, percent), left in below.items():
        part = taken[code, percent]
        yield blocking(
            "invoice-sales",
            f"{format_nok(part)} at {percent} % should be taken out, because invoices carry it, "
            f"but the Z-report sold only {format_nok(left + part)}",
            "Have the payments say the invoices' sales as the till counts them, each sale with one payment only.",
            f"VAT row {code or f'{percent} %'}",
            expected=left + part,
            actual=part,
        )


def _in_payments(accounts: AccountMap) -> bool:
    """
    Whether tenders hold what the till shows as invoice pay-ins; all types say the same.
    """
    rules = [rule for rule in accounts.movements.values() if rule.to == INVOICES]
    stated = rules[0].in_payments if rules else None
    return accounts.pos.movements_in_payments if stated is None else stated


def _pay_ins(z: ZReport, accounts: AccountMap) -> tuple[tuple[InvoicePayment, ...], list[Finding]]:
    """
    The payments that the till shows as pay-ins: all, or those it does not count as sales.
    """
    rows = [row for row in z.movements if row.amount and is_invoice_pay_in(row, accounts)]
    if not rows:
        return (), []
    moved = sum((row.amount if row.direction is Direction.IN else -row.amount for row in rows), NOK_0)
    no_sales = tuple(
        payment for payment in z.invoice_payments if not (accounts.pos.invoiced_sales_in_z and payment.sales)
    )
    for payments in (z.invoice_payments, no_sales):
        if payments and moved == _paid(payments):
            return payments, []
    return (), [_other_sum(rows, moved, z)]


def _unknown_tenders(z: ZReport, outside: Iterable[InvoicePayment]) -> Iterator[Finding]:
    """
    What the tenders should hold and do not know: it may be missing, and cash rounding is no explanation for that.
    """
    shown, unknown = tuple(outside), dict[str, Decimal]()
    for payment in z.invoice_payments:
        if payment.amount and payment not in shown and known_tender(payment, z) is None:
            unknown[payment.tender] = unknown.get(payment.tender, NOK_0) + payment.amount
    for tender, amount in unknown.items():
        yield blocking(
            "invoice-tender",
            f"{format_nok(amount)} was paid on invoices by {tender}, and the Z-report has no such means of payment",
            "Have the POS's adapter name the means of payment by a code of the Z-report. If this till's means of payment "
            "do not hold what is paid on invoices, have it show that as a pay-in, and declare its type under [movements] "
            "with in_payments = false.",
            f"tender {tender}",
            actual=amount,
        )


def _other_sum(rows: Iterable[Movement], moved: Decimal, z: ZReport) -> Finding:
    types = ", ".join(dict.fromkeys(row.type for row in rows))
    paid = _paid(z.invoice_payments)
    if not z.invoice_payments:
        told = "but a Z-report does not name them"
        remedy = (
            "Give the Z-report its invoice_payments: have the POS's adapter supply them, or add them by hand."
        )
    else:
        told = f"but the payments named come to {format_nok(paid)}"
        remedy = "Have the POS's adapter name every invoice that was paid, with what was received for it."
    return Finding(
        rule="invoice-pay-in",
        severity=Severity.BLOCK,
        message=f"the till took {format_nok(moved)} as “{types}” for invoices, {told}",
        remedy=remedy,
        expected=moved,
        actual=paid,
        where=f"pay-in {types}",
    )
