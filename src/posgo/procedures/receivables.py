"""
What Go says of the invoices that were paid at a till, and what a voucher says was paid on them.

Before posting that is what is open, read once for all invoices of the day.
Afterwards nothing is open any more: then the voucher itself tells, by the
references of its lines, with how much each invoice was paid.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import attrs

from posgo.bookkeeping.identity import line_reference, paid_invoice_no
from posgo.clients.calls import collect
from posgo.clients.go import customer_ledger, customers, outgoing_invoices
from posgo.models._money import NOK_0
from posgo.models.invoices import LedgerEntry, OpenItem, OutgoingInvoice
from posgo.models.ledger import JournalLine, PostedVoucher
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.pos import InvoicePayment, ZReport
from posgo.models.records import Link, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures._invoice_memory import ISSUED_BY_POS
from posgo.state import LoadLinks

__all__ = ["Receivables", "posted_receivables", "read_receivables"]

Name: TypeAlias = int | str
"""What an invoice is known by: Go's number, else the POS's id of its order."""


@attrs.frozen(kw_only=True)
class Receivables:
    """
    The invoices of a day.

    Attributes:
        payments: What was paid, with the numbers of the invoices as far as they are known.
        items: What is open of them.
        customers: Ids of the customers' own accounts, by what items and payments call the customers.
    """

    payments: tuple[InvoicePayment, ...]
    items: tuple[OpenItem, ...]
    customers: Mapping[str, int]


@attrs.frozen(kw_only=True)
class _Shown:
    """
    One invoice as Go shows it; ``order`` is None unless it has no number or was asked for by its order.
    """

    invoice_no: int | None
    order: str | None
    customer_id: int | None
    customer_no: int | None
    matching_reference: str | None
    balance: Decimal = NOK_0
    reversed: bool = False

    @property
    def name(self) -> Name | None:
        return self.order if self.invoice_no is None else self.invoice_no


def read_receivables(z: ZReport, on: date, *, pos_issues: bool) -> Procedure[Receivables]:
    """
    Read what is open of a day's paid invoices, and whose they are.

    Two requests if all are open and named by number, or by an order whose
    invoice was seen by a sync; one more for other orders, one or two for what is not open.

    Args:
        z: The Z-report.
        on: The day whose balances count.
        pos_issues: Whether the POS numbers the invoices of its orders, whatever the store remembers of them.
    """
    links = yield from _order_links(z)
    own = yield from _issued_by_pos(z)
    if pos_issues:
        own |= {payment.order for payment in z.invoice_payments if payment.order}
    payments = _numbered(
        _without_numbers(z.invoice_payments, own),
        {link.pos_id: link.base.invoice_no for link in links},
    )
    shown = yield from _open(payments, on)
    shown += yield from _not_open(payments, shown)
    payments = _numbered(payments, {each.order: each.invoice_no for each in shown if each.order})
    owners = yield from _customer_links(payments, shown)
    named = {each: _customer(each, payments, owners) for each in shown}
    accounts = yield from _accounts(shown)
    lines = {link.pos_id: len(link.base.lines) for link in links}
    return Receivables(
        payments=payments,
        items=tuple(_item(each, customer, _lines(each, payments, lines)) for each, customer in named.items()),
        customers={
            customer: accounts[each.customer_no]
            for each, customer in named.items()
            if customer is not None and each.customer_no in accounts
        },
    )


def posted_receivables(z: ZReport, posted: PostedVoucher, *, pos_issues: bool) -> Procedure[Receivables]:
    """
    What a posted voucher says of the invoices: each was open with what was booked on it.

    Args:
        z: The Z-report.
        posted: Its voucher.
        pos_issues: Whether the POS numbers the invoices of its orders.
    """
    links = yield from _order_links(z)
    own = (yield from _issued_by_pos(z)) | _unnumbered_on(posted.lines, z.invoice_payments)
    if pos_issues:
        references = {line.matching_reference for line in posted.lines}
        named = {payment.order for payment in z.invoice_payments if payment.order}
        own |= {order for order in named if pos_reference(order) in references}
        own |= {link.pos_id for link in links if link.base.invoice_no is not None}
    payments = _without_numbers(z.invoice_payments, own)
    payments = _numbered(payments, {link.pos_id: link.base.invoice_no for link in links})
    payments = _numbered(payments, _numbers_on(posted.lines, payments))
    items: dict[Name, OpenItem] = {}
    accounts: dict[str, int] = {}
    for payment in payments:
        line, matched = _line_of(payment, posted.lines)
        name = _name(payment)
        if line is None or name is None:
            continue
        customer = payment.customer or f"account {line.account_id}"
        accounts[customer] = line.account_id
        items[name] = OpenItem(
            invoice_no=payment.invoice_no,
            order=payment.order,
            balance=-line.amount if matched else NOK_0,
            customer=customer,
            matching_reference=line.matching_reference,
        )
    return Receivables(payments=payments, items=tuple(items.values()), customers=accounts)


# -- which invoices ----------------------------------------------------------------


def _order_links(z: ZReport, kind: str = "orders") -> Procedure[tuple[Link[Order], ...]]:
    named = tuple(dict.fromkeys(payment.order for payment in z.invoice_payments if payment.order))
    if not named:
        return ()
    loaded = yield from ask(LoadLinks(kind, pos_ids=named))
    return loaded.links


def _issued_by_pos(z: ZReport) -> Procedure[set[str]]:
    """
    Orders whose invoices the POS issued itself: their numbers are the POS's, and another invoice of Go may have the same.
    """
    links = yield from _order_links(z, ISSUED_BY_POS)
    return {link.pos_id for link in links}


def _without_numbers(
    payments: Iterable[InvoicePayment], orders: Collection[str]
) -> tuple[InvoicePayment, ...]:
    """
    The payments, those of these orders by the order alone.
    """
    return tuple(
        attrs.evolve(payment, invoice_no=None) if payment.order in orders else payment for payment in payments
    )


def _numbered(
    payments: Iterable[InvoicePayment], numbers: Mapping[str, int | None]
) -> tuple[InvoicePayment, ...]:
    """
    The payments with the number of their order's invoice, where they name the order only.
    """
    return tuple(
        attrs.evolve(payment, invoice_no=numbers.get(payment.order))
        if payment.invoice_no is None and payment.order
        else payment
        for payment in payments
    )


def _name(payment: InvoicePayment) -> Name | None:
    return payment.order if payment.invoice_no is None else payment.invoice_no


def _names(payments: Iterable[InvoicePayment], shown: Iterable[_Shown] = ()) -> tuple[list[int], list[str]]:
    """
    Invoices not shown yet: those known by number, and the orders of the others.
    """
    wanted = {_name(payment) for payment in payments} - {each.name for each in shown}
    wanted -= {each.order for each in shown}
    return sorted(name for name in wanted if isinstance(name, int)), sorted(
        name for name in wanted if isinstance(name, str)
    )


# -- what Go shows -------------------------------------------------------------------


def _open(payments: tuple[InvoicePayment, ...], on: date) -> Procedure[list[_Shown]]:
    numbers, orders = _names(payments)
    shown: list[_Shown] = []
    if numbers:
        texts = [str(number) for number in numbers]
        entries = yield from collect(customer_ledger.open_items(on=on, invoice_numbers=texts))
        shown += [
            _chosen(same, number=number)
            for number in numbers
            if (same := [entry for entry in entries if entry.invoice_no == str(number)])
        ]
    if orders:
        references = [pos_reference(order) for order in orders]
        entries = yield from collect(customer_ledger.open_items(on=on, matching_references=references))
        shown += [
            _chosen(same, order=order)
            for order, reference in zip(orders, references, strict=True)
            if (same := [entry for entry in entries if entry.matching_reference == reference])
        ]
    return shown


def _chosen(entries: Sequence[LedgerEntry], *, number: int | None = None, order: str | None = None) -> _Shown:
    """
    One invoice from its open entries: payments nobody matched may stand beside it, and then no amount matches.
    """
    same = [entry for entry in entries if entry.is_invoice or entry.is_credit_note] or entries
    # A credit note has the reference of the invoice it takes back: that one is the order's.
    same = sorted(same, key=lambda entry: entry.is_credit_note)
    first, text = same[0], same[0].invoice_no or ""
    return _Shown(
        invoice_no=int(text) if number is None and text.isdecimal() and len(text) <= 18 else number,
        order=order,
        customer_id=first.customer_id,
        customer_no=first.customer_no,
        matching_reference=first.matching_reference if len(same) == 1 else None,
        balance=sum((entry.balance for entry in same), NOK_0),
    )


def _not_open(payments: tuple[InvoicePayment, ...], shown: list[_Shown]) -> Procedure[list[_Shown]]:
    """
    Look what became of invoices that have nothing open.
    """
    numbers, orders = _names(payments, shown)
    found: list[_Shown] = []
    if numbers:
        invoices = yield from collect(outgoing_invoices.list(invoice_numbers=numbers))
        found += [_closed(each, None) for each in invoices if each.invoice_no in numbers]
    if orders:
        by_reference = {pos_reference(order): order for order in orders}
        invoices = yield from collect(outgoing_invoices.list(matching_references=list(by_reference)))
        found += [_closed(each, by_reference.get(each.matching_reference or "")) for each in invoices]
    return found


def _closed(invoice: OutgoingInvoice, order: str | None) -> _Shown:
    return _Shown(
        invoice_no=invoice.invoice_no,
        order=order,
        customer_id=invoice.customer_id,
        customer_no=invoice.customer_no,
        matching_reference=invoice.matching_reference,
        reversed=invoice.is_reversed,
    )


def _item(shown: _Shown, customer: str | None, lines: int) -> OpenItem:
    return OpenItem(
        invoice_no=shown.invoice_no,
        order=shown.order,
        balance=shown.balance,
        customer=customer,
        matching_reference=shown.matching_reference,
        lines=lines,
        reversed=shown.reversed,
    )


def _paying(shown: _Shown, payments: Iterable[InvoicePayment]) -> list[InvoicePayment]:
    return [payment for payment in payments if _name(payment) == shown.name]


def _lines(shown: _Shown, payments: Iterable[InvoicePayment], known: Mapping[str, int]) -> int:
    """
    How many lines an invoice has, as far as a sync has seen its order.
    """
    return max((known.get(payment.order or "", 1) for payment in _paying(shown, payments)), default=1)


# -- whose they are ----------------------------------------------------------------------


def _customer_links(
    payments: Iterable[InvoicePayment], shown: Iterable[_Shown]
) -> Procedure[tuple[Link[Customer], ...]]:
    named = tuple(sorted({payment.customer for payment in payments if payment.customer}))
    ids = tuple(sorted({str(each.customer_id) for each in shown if each.customer_id is not None}))
    loaded = yield from ask(LoadLinks("customers", pos_ids=named, go_ids=ids))
    return loaded.links


def _customer(
    shown: _Shown, payments: Iterable[InvoicePayment], links: Iterable[Link[Customer]]
) -> str | None:
    """
    What the POS calls the customer of an invoice; by Go's number, if the POS does not know the customer.

    A payment's customer without a link is believed: nothing is known that contradicts it.
    """
    said = {payment.customer for payment in _paying(shown, payments) if payment.customer}
    linked = {link.pos_id for link in links}
    owners = [link.pos_id for link in links if link.go_id == str(shown.customer_id)]
    if owners:
        return next((owner for owner in owners if owner in said), owners[0])
    if said and not said & linked:
        return min(said)
    return f"go:{shown.customer_no}" if shown.customer_no is not None else None


def _accounts(shown: Iterable[_Shown]) -> Procedure[dict[int | None, int]]:
    numbers = sorted({each.customer_no for each in shown if each.customer_no is not None})
    if not numbers:
        return {}
    found = yield from collect(customers.subledger_accounts(numbers=numbers))
    return {each.number: each.account_id for each in found}


# -- what a voucher says -----------------------------------------------------------------


def _unnumbered_on(lines: Iterable[JournalLine], payments: Iterable[InvoicePayment]) -> set[str]:
    """
    Orders whose invoices the voucher paid by reference alone: Go had no number of them.
    """
    references = {line.matching_reference for line in lines if line.reference is None}
    return {
        payment.order for payment in payments if payment.order and pos_reference(payment.order) in references
    }


def _numbers_on(lines: Iterable[JournalLine], payments: Iterable[InvoicePayment]) -> dict[str, int | None]:
    by_reference = {line.matching_reference: paid_invoice_no(line.reference) for line in lines}
    orders = {payment.order for payment in payments if payment.order}
    return {order: by_reference.get(pos_reference(order)) for order in orders}


def _line_of(payment: InvoicePayment, lines: Sequence[JournalLine]) -> tuple[JournalLine | None, bool]:
    """
    The line that pays an invoice, and whether it is matched with it rather than on account.
    """
    if payment.invoice_no is None:
        reference = pos_reference(payment.order) if payment.order else None
        same = (line for line in lines if reference and line.matching_reference == reference)
        return next(same, None), True
    for matched in (True, False):
        reference = line_reference(payment.invoice_no, matched=matched)
        for line in lines:
            if line.reference == reference:
                return line, matched
    return None, False
