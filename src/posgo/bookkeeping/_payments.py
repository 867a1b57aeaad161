"""
Invoices paid at the till: one posting on the customer for each, with what is open in Go.

Go matches an invoice with a payment of the same reference and the opposite
amount, and nothing else. So the posting has the open balance, and what the
till took beyond it, cash rounding and the øre of the lines, goes to the
rounding account. Whatever is not simply that is decided by the account map's
``[invoices]`` and blocks unless it says otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from posgo.bookkeeping._lines import Line, Role
from posgo.bookkeeping._tenders import CASH, tender_of
from posgo.bookkeeping.accounts import AccountMap, InvoiceCase, InvoiceRules
from posgo.bookkeeping.identity import line_reference
from posgo.models._money import NOK_0, ORE, format_nok
from posgo.models.findings import Finding, Severity
from posgo.models.invoices import OpenItem
from posgo.models.pos import InvoicePayment, ZReport
from posgo.models.records import pos_reference

__all__ = ["PaidInvoices", "paid_invoices"]

_MOST_ROUNDED = Decimal("0.50")
_DAY_BY_HAND = "Settle again when that is mended, or book this Z-report by hand."


@attrs.frozen(kw_only=True)
class PaidInvoices:
    """
    What invoice payments add to a voucher.

    Attributes:
        lines: On the customers.
        rounding: NOK received beyond what the invoices had open, by what is said about it.
        by_number: Whether a line can only be matched by its invoice number, which bank journals alone carry.
        findings: What blocks, and what was done by the account map's ``[invoices]``.
    """

    lines: tuple[Line, ...] = ()
    rounding: tuple[tuple[str, Decimal], ...] = ()
    by_number: bool = False
    findings: tuple[Finding, ...] = ()


@attrs.frozen(kw_only=True)
class _Paid:
    """
    One invoice, all that was paid on it that day, and what the account map says of such payments.
    """

    rules: InvoiceRules
    payments: tuple[InvoicePayment, ...]
    item: OpenItem | None
    in_cash: bool

    @property
    def amount(self) -> Decimal:
        return sum((payment.amount for payment in self.payments), NOK_0)

    @property
    def invoice_no(self) -> int | None:
        return self.payments[0].invoice_no

    @property
    def key(self) -> int | str | None:
        """
        What Go's open items are found by.
        """
        return self.order if self.invoice_no is None else self.invoice_no

    @property
    def order(self) -> str | None:
        return next((payment.order for payment in self.payments if payment.order), None)

    @property
    def name(self) -> str:
        return (
            f"invoice {self.invoice_no}"
            if self.invoice_no is not None
            else f"the invoice of order {self.order}"
        )

    @property
    def balance(self) -> Decimal:
        return self.item.balance if self.item is not None else NOK_0

    @property
    def customers(self) -> tuple[str, ...]:
        """
        Whose it is, by the payments and by Go; more than one is a contradiction.
        """
        said = [payment.customer for payment in self.payments]
        return tuple(dict.fromkeys(each for each in (*said, self.item and self.item.customer) if each))

    @property
    def tolerance(self) -> Decimal:
        lines = self.item.lines if self.item is not None else 1
        return (_MOST_ROUNDED if self.in_cash else NOK_0) + ORE * max(1, lines)


def paid_invoices(z: ZReport, accounts: AccountMap, open_items: Iterable[OpenItem] | None) -> PaidInvoices:
    """
    Credit every paid invoice to its customer.

    Args:
        z: The Z-report.
        accounts: What becomes of a payment that does not simply settle its invoice.
        open_items: What Go says of the invoices; None takes each for paid to the øre.
    """
    booked = [
        _unnamed(paid) if paid.invoice_no is None and paid.order is None else _booked(paid)
        for paid in _per_invoice(z, accounts, open_items)
        if paid.amount
    ]
    return PaidInvoices(
        lines=tuple(line for each in booked for line in each.lines),
        rounding=tuple(part for each in booked for part in each.rounding),
        by_number=any(each.by_number for each in booked),
        findings=tuple(finding for each in booked for finding in each.findings),
    )


def _per_invoice(z: ZReport, accounts: AccountMap, open_items: Iterable[OpenItem] | None) -> Iterator[_Paid]:
    """
    Several payments of one invoice are one; what names no invoice stands for itself.
    """
    items = None if open_items is None else tuple(open_items)
    groups: dict[object, list[InvoicePayment]] = {}
    for at, payment in enumerate(_numbered(z.invoice_payments, items or ())):
        key: object = ("number", payment.invoice_no)
        if payment.invoice_no is None:
            key = ("order", payment.order) if payment.order else at
        groups.setdefault(key, []).append(payment)
    known = None if items is None else _by_name(items)
    for same in groups.values():
        paid = _Paid(
            rules=accounts.invoice_rules,
            payments=tuple(same),
            item=None,
            in_cash=any(tender_of(payment, z).code == CASH for payment in same),
        )
        item = _assumed(paid) if known is None else known.get(paid.key)
        yield attrs.evolve(paid, item=item)


def _numbered(payments: Iterable[InvoicePayment], items: Iterable[OpenItem]) -> Iterator[InvoicePayment]:
    """
    The payments, with the invoice's number where they name its order only and Go knows both.
    """
    numbers: dict[str | None, int | None] = {item.order: item.invoice_no for item in items if item.order}
    for payment in payments:
        number = payment.invoice_no if payment.invoice_no is not None else numbers.get(payment.order)
        yield attrs.evolve(payment, invoice_no=number)


def _by_name(open_items: Iterable[OpenItem]) -> Mapping[int | str | None, OpenItem]:
    return {item.order if item.invoice_no is None else item.invoice_no: item for item in open_items}


def _assumed(paid: _Paid) -> OpenItem:
    """
    Without Go the payment is taken to be what was open, under the reference posgo gives to every order.
    """
    return OpenItem(
        invoice_no=paid.invoice_no,
        order=paid.order,
        balance=paid.amount,
        matching_reference=pos_reference(paid.order) if paid.order else None,
    )


def _booked(paid: _Paid) -> PaidInvoices:
    if paid.item is None:
        return _nothing_open(paid)
    if len(paid.customers) != 1:
        return PaidInvoices(findings=(_customer(paid),))
    if not paid.balance or paid.amount * paid.balance < 0:
        return _nothing_open(paid)
    if abs(paid.amount - paid.balance) <= paid.tolerance:
        return _settled(paid)
    if abs(paid.amount) < abs(paid.balance):
        return _in_part(paid)
    return _too_much(paid)


def _line(paid: _Paid, amount: Decimal, *, matched: bool = True) -> Line:
    reference = paid.item.matching_reference if paid.item is not None else None
    return Line(
        role=Role.INVOICE,
        account=paid.rules.account,
        amount=-amount,
        text=f"{paid.name} paid" if matched else f"{paid.name}: on account",
        source=", ".join(
            f"{paid.name} paid by {each.tender} {format_nok(each.amount)}" for each in paid.payments
        ),
        customer=paid.customers[0],
        matching_reference=reference if matched else None,
        invoice_no=paid.invoice_no if matched else None,
        reference=line_reference(paid.invoice_no, matched=matched),
    )


def _settled(paid: _Paid) -> PaidInvoices:
    """
    The whole balance: matched by reference, or by number if there is none.
    """
    rounding = paid.amount - paid.balance
    booked = PaidInvoices(
        lines=(_line(paid, paid.balance),),
        rounding=((f"rounding of {paid.name}", rounding),) if rounding else (),
    )
    if paid.item is None or paid.item.matching_reference is not None:
        return booked
    message = f"{paid.name} has no matching reference in Go, so nothing but its number tells that it was paid"
    return _by_number("invoice-unmatched", paid, booked, message, "no_reference")


def _in_part(paid: _Paid) -> PaidInvoices:
    booked = PaidInvoices(lines=(_line(paid, paid.amount),))
    message = (
        f"{format_nok(paid.amount)} was paid on {paid.name}, which has {format_nok(paid.balance)} open; "
        f"{format_nok(paid.balance - paid.amount)} is left"
    )
    return _by_number("invoice-partial", paid, booked, message, "partial")


def _by_number(rule: str, paid: _Paid, booked: PaidInvoices, message: str, setting: str) -> PaidInvoices:
    """
    What only a bank journal can match, for its lines name the invoice.
    """
    if getattr(paid.rules, setting) is InvoiceCase.BANK_JOURNAL and paid.invoice_no is not None:
        told_only = _finding(rule, paid, f"{message}; the day is a bank journal, which names the invoice")
        return attrs.evolve(booked, by_number=True, findings=(told_only,))
    remedy = (
        f'Set [invoices] {setting} = "bank_journal" in the account map to have such days posted as bank journals.'
        if paid.invoice_no is not None
        else "Have the payment name Go's invoice number."
    )
    return PaidInvoices(findings=(_blocks(rule, paid, message, f"{remedy} {_DAY_BY_HAND}"),))


def _too_much(paid: _Paid) -> PaidInvoices:
    surplus = paid.amount - paid.balance
    message = (
        f"{format_nok(paid.amount)} was paid on {paid.name}, which has only {format_nok(paid.balance)} open: "
        f"{format_nok(surplus)} too much"
    )
    if paid.rules.overpaid is InvoiceCase.BLOCK or paid.invoice_no is None:
        remedy = (
            "Name the other invoices it pays, as payments of their own; or set [invoices] overpaid = "
            f'"on_account" to owe the rest to the customer. {_DAY_BY_HAND}'
        )
        return PaidInvoices(findings=(_blocks("invoice-overpaid", paid, message, remedy),))
    settled = _settled(attrs.evolve(paid, payments=(_exactly(paid),)))
    if any(finding.blocks for finding in settled.findings):
        return settled
    told = _finding(
        "invoice-overpaid", paid, f"{message}, which stands on the customer's account", Severity.WARN
    )
    return attrs.evolve(
        settled,
        lines=(_line(paid, paid.balance), _line(paid, surplus, matched=False)),
        findings=(*settled.findings, told),
    )


def _exactly(paid: _Paid) -> InvoicePayment:
    return attrs.evolve(paid.payments[0], amount=paid.balance)


def _nothing_open(paid: _Paid) -> PaidInvoices:
    """
    Nothing to match: settled, credited, unknown, not delivered, or money that went the other way.
    """
    if paid.amount < 0:
        return _on_account("invoice-refund", paid, "refunds")
    return _on_account("invoice-not-open", paid, "not_open")


def _on_account(rule: str, paid: _Paid, setting: str) -> PaidInvoices:
    refund = paid.amount < 0
    message = f"{format_nok(paid.amount)} was paid {'back ' if refund else ''}on {paid.name}, {_state(paid)}"
    if (
        getattr(paid.rules, setting) is InvoiceCase.ON_ACCOUNT
        and paid.item is not None
        and paid.invoice_no is not None
    ):
        told = _finding(
            rule, paid, f"{message}; it stands on the customer's account, matched with nothing", Severity.WARN
        )
        return PaidInvoices(lines=(_line(paid, paid.amount, matched=False),), findings=(told,))
    return PaidInvoices(findings=(_blocks(rule, paid, message, _remedy(paid, setting)),))


def _state(paid: _Paid) -> str:
    if paid.item is None:
        other = "was not booked" if paid.invoice_no is None else "has another number"
        return f"of which Go knows nothing: it is not delivered yet, or {other}"
    if paid.item.reversed:
        return "which was reversed in Go"
    if paid.balance:
        return f"which has {format_nok(paid.balance)} open, the other way round"
    return "which has nothing open in Go: it was paid or credited otherwise"


def _remedy(paid: _Paid, setting: str) -> str:
    if paid.item is None:
        otherwise = (
            "if it is another invoice of Go, name that by its number alone"
            if paid.invoice_no is None
            else "correct its number in the POS"
        )
        return f"Send the invoice, or {otherwise}. {_DAY_BY_HAND}"
    first = (
        "Make a credit note and name it as what was paid out"
        if paid.amount < 0
        else "Look in Go how it was settled, and pay back what was paid twice"
    )
    return f'{first}; or set [invoices] {setting} = "on_account" to have it stand on the customer\'s account. {_DAY_BY_HAND}'


def _unnamed(paid: _Paid) -> PaidInvoices:
    [payment] = paid.payments
    finding = Finding(
        rule="invoice-unnamed",
        severity=Severity.BLOCK,
        message=f"{format_nok(payment.amount)} was paid by {payment.tender} on an invoice that is not named",
        remedy=f"Have the POS's adapter name Go's invoice number or the POS's order. {_DAY_BY_HAND}",
        actual=payment.amount,
        where="invoice_payments",
    )
    return PaidInvoices(findings=(finding,))


def _customer(paid: _Paid) -> Finding:
    if not paid.customers:
        message = f"{paid.name}, on which {format_nok(paid.amount)} was paid, has no customer anybody named"
        return _blocks(
            "invoice-customer", paid, message, f"Have the payment name its customer. {_DAY_BY_HAND}"
        )
    named = " and of ".join(paid.customers)
    message = f"{paid.name}, on which {format_nok(paid.amount)} was paid, is said to be of customer {named}"
    remedy = f"Correct the payment's customer or invoice number in the POS. {_DAY_BY_HAND}"
    return _blocks("invoice-customer", paid, message, remedy)


def _blocks(rule: str, paid: _Paid, message: str, remedy: str) -> Finding:
    return attrs.evolve(_finding(rule, paid, message, Severity.BLOCK), remedy=remedy)


def _finding(rule: str, paid: _Paid, message: str, severity: Severity = Severity.INFO) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        expected=paid.balance if paid.item is not None else None,
        actual=paid.amount,
        where=paid.name,
    )
