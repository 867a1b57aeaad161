"""
An order that became an invoice: what was invoiced, and how much of it is paid.
"""

import attrs

from posgo.clients.calls import collect
from posgo.clients.go import customer_ledger, outgoing_invoices
from posgo.models._money import NOK_0
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.invoices import LedgerEntry, OutgoingInvoice, OutgoingInvoiceLine
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import Record, go_reference
from posgo.procedure import Procedure
from posgo.procedures.order_books import Translator
from posgo.procedures.order_forms import OrderForms, line_reference
from posgo.sync import Replica
from posgo.sync.order_life import LEDGER

__all__ = ["followed", "payment_state"]

_SETTLED = frozenset({OrderStatus.PAID, OrderStatus.CREDITED})


def followed(
    translator: Translator, invoice: OutgoingInvoice, like: Order, *, news: bool, agreed: bool = True
) -> Procedure[Record[Order] | None]:
    """
    What became of an order; None if it must wait, because nobody knows yet whose it is.

    Args:
        translator: Translates its lines.
        invoice: Its invoice.
        like: What both sides last agreed on; or what the POS says, where nobody remembers.
        agreed: Which of the two it is.
        news: Whether Go tells of a change of its balance; else it is what it was when it was last settled.
    """
    order = like
    # What the POS says is not what was invoiced, not even where the sums are alike.
    if not agreed or like.status not in LEDGER:
        forms = yield from _forms(translator, invoice, like)
        if forms is None:
            return None
        order = yield from _as_invoiced(translator, forms, invoice, like)
    status = yield from payment_state(invoice, like.status if not news else None)
    stamps = [stamp for stamp in (invoice.balance_changed_at, invoice.changed_at) if stamp is not None]
    return Record(
        id=invoice.id,
        value=attrs.evolve(order, status=status, invoice_no=invoice.invoice_no),
        changed_at=max(stamps, default=None),
        reference=invoice.reference,
    )


def _forms(translator: Translator, invoice: OutgoingInvoice, like: Order) -> Procedure[OrderForms | None]:
    """
    What translates an invoice; None if it must wait.

    A customer the POS does not know is the order's: it was invoiced, and what it says of its lines is told all the same.
    """
    sales = _sales(invoice)
    forms = yield from translator.learn(orders=[like], sales=[sales])
    why = forms.strangers(sales)
    own = next((link for link in forms.customers if link.pos_id == like.customer), None)
    if why and own is not None:
        stand_in = attrs.evolve(own, go_id=str(invoice.customer_id))
        forms, why = attrs.evolve(forms, customers=(*forms.customers, stand_in)), ()
    return None if translator.hold(Replica.GO, invoice.id, invoice.reference, why) else forms


def payment_state(invoice: OutgoingInvoice, known: OrderStatus | None = None) -> Procedure[OrderStatus]:
    """
    How much of an invoice is paid. A balance of 0 may be a credit note: what it was matched with says which.

    Args:
        invoice: The invoice.
        known: How it was settled when last seen; None asks Go again.
    """
    whole = abs(invoice.total_posted_amount or invoice.total_amount or NOK_0)
    balance = abs(invoice.balance or NOK_0)
    if invoice.is_reversed:
        return OrderStatus.CREDITED
    if balance:
        return OrderStatus.PART_PAID if balance < whole else OrderStatus.INVOICED
    if known in _SETTLED:
        return known
    entries: list[LedgerEntry] = []
    if invoice.match_id is not None and not invoice.is_credit_note:
        entries = yield from collect(customer_ledger.matched_entries(invoice.match_id))
    credited = sum((-entry.amount for entry in entries if entry.is_credit_note), NOK_0)
    return OrderStatus.CREDITED if whole and credited >= whole else OrderStatus.PAID


def _sales(invoice: OutgoingInvoice) -> SalesOrder:
    """
    The order an invoice was, without its lines.
    """
    return SalesOrder(
        id=invoice.id,
        customer_id=invoice.customer_id,
        order_date=invoice.order_date,
        delivery_date=invoice.delivery_date,
        customer_reference=invoice.customer_reference,
        purchase_order=invoice.purchase_order,
        department_id=invoice.department_id,
        location_id=invoice.location_id,
        related_invoice_no=invoice.related_invoice_no,
    )


def _as_invoiced(
    translator: Translator, forms: OrderForms, invoice: OutgoingInvoice, like: Order
) -> Procedure[Order]:
    """
    The order as it was sent: whoever sent it may have changed it a moment before.
    """
    rows = yield from collect(outgoing_invoices.lines(invoice.id))
    lines = [_sent(row) for row in rows]
    sales = _sales(invoice)
    learnt = yield from translator.learn(sales=[attrs.evolve(sales, lines=lines)])
    forms = attrs.evolve(learnt, customers=forms.customers)
    # A product the POS does not know is a text with a price there: it was invoiced and cannot be changed any more.
    lines = [line if forms.knows(line) else attrs.evolve(line, product_id=None) for line in lines]
    order = forms.to_order(attrs.evolve(sales, lines=lines), like=like)
    known = {line.reference for line in lines if line.product_id is not None}
    unknown = {row.reference for row in rows if row.product_id is not None} - known - {None}
    unnamed: set[str | None] = {go_reference(line.id) for line in lines if line.reference is None}
    named = _with_products(_named(order.lines, like.lines, unnamed), like.lines, unknown)
    return attrs.evolve(order, lines=named, number=like.number)


def _with_products(
    lines: tuple[OrderLine, ...], before: tuple[OrderLine, ...], unknown: set[str | None]
) -> tuple[OrderLine, ...]:
    """
    Lines of products nobody has linked yet, with the product the same line had: it was sent with that.
    """
    products = {line_reference(line.reference): line.product for line in before}
    return tuple(
        attrs.evolve(line, product=products[line_reference(line.reference)])
        if line_reference(line.reference) in unknown & products.keys()
        else line
        for line in lines
    )


def _sent(row: OutgoingInvoiceLine) -> SalesOrderLine:
    return SalesOrderLine(
        id=str(row.id),
        line_type=row.line_type,
        product_id=row.product_id,
        description=row.description or row.product_code,
        quantity=row.quantity,
        unit_price=row.unit_price,
        discount_percent=row.discount_percent,
        sort_order=row.sort_order,
        reference=row.reference,
        vat_rate=row.vat_rate,
    )


def _named(
    lines: tuple[OrderLine, ...], before: tuple[OrderLine, ...], unnamed: set[str | None]
) -> tuple[OrderLine, ...]:
    """
    Lines of an invoice by the names they had on the order: ids of lines do not outlive it, references do.

    Args:
        lines: The lines, called by their own ids where they bear no reference.
        before: Those of the order.
        unnamed: What lines without a reference are called. Others are who they say they are, known or not.
    """
    told = {line.reference for line in lines}
    left = [line for line in before if line.reference not in told]
    # One the POS has by its id on the invoice is no other.
    unnamed -= {line.reference for line in before}
    pairs = [
        (line, twin)
        for line in lines
        if line.reference in unnamed
        for twin in left
        if twin.product == line.product
    ]
    names: dict[str | None, str | None] = {}
    # The most alike first: another of the same product may stand before the very line.
    for line, twin in sorted(pairs, key=lambda pair: _alike(*pair), reverse=True):
        if line.reference not in names and twin in left:
            left.remove(twin)
            names[line.reference] = twin.reference
    return tuple(attrs.evolve(line, reference=names.get(line.reference, line.reference)) for line in lines)


def _alike(line: OrderLine, twin: OrderLine) -> tuple[bool, ...]:
    """
    How much two lines of one product say the same; what is changed least often counts first.
    """
    return (
        line.text == twin.text,
        line.unit_price == twin.unit_price,
        line.quantity == twin.quantity,
        line.discount_percent == twin.discount_percent,
    )
