"""
What an order needs before it can be an invoice: read in one pass, and everything amiss told at once.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

import attrs

from posgo.bookkeeping.ledger import LedgerView, period_findings
from posgo.clients.calls import collect
from posgo.clients.go import customers, outgoing_invoices, products, sales_orders
from posgo.clients.pos.requests import FetchRecord
from posgo.exceptions import NotFoundError
from posgo.models.catalog import Product
from posgo.models.contacts import InvoiceRecipient
from posgo.models.findings import Finding, Severity
from posgo.models.go_orders import SalesOrder
from posgo.models.orders import Order
from posgo.models.parties import Customer
from posgo.models.records import Link, Record, pos_reference
from posgo.procedure import Procedure, ask
from posgo.procedures import _invoice_findings as say
from posgo.procedures._invoice_case import InvoiceDesk, refusal
from posgo.procedures._invoice_credited import Credited
from posgo.procedures._needs import privilege_findings
from posgo.procedures.books import read_identity, read_lock_date
from posgo.procedures.order_books import Translator
from posgo.procedures.order_forms import OrderForms

__all__ = ["Prepared", "period_findings_now", "prepare"]

# What may only seem amiss because it is remembered; it is read again before it blocks.
_REMEMBERED = frozenset(
    {
        "missing-privilege",
        "missing-module",
        "locked-period",
        "order-department",
        "order-location",
        "vat-code-missing",
    }
)


@attrs.frozen(kw_only=True)
class Forms:
    """
    The translation of one order, and whom its invoice goes to.

    Attributes:
        forms: The translation.
        till: Products as the POS has them now, by its id, as far as it was asked.
        recipient: The customer in Go; None if there is none.
        address: Where Go may send the invoice by e-mail; None if nobody knows.
    """

    forms: OrderForms
    till: Mapping[str, Product]
    recipient: InvoiceRecipient | None
    address: str | None = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class Prepared:
    """
    An order that can be an invoice.

    Attributes:
        forms: Its translation.
        wanted: What Go is to be told.
        receipt: NOK including VAT, as the POS has it.
        delivery: How Go is to deliver it.
        address: Where to by e-mail; None leaves it to Go.
    """

    forms: OrderForms
    wanted: SalesOrder
    receipt: Decimal
    delivery: str
    address: str | None = attrs.field(repr=False)


def prepare(
    desk: InvoiceDesk, record: Record[Order], draft: SalesOrder | None, credited: Credited | None
) -> Procedure[Prepared]:
    """
    Hold an order against Go; against Go as it is now, before anything blocks.

    Args:
        desk: Settings and memory.
        record: The order, by the POS.
        draft: The order as it stands in Go, lines included; None if it does not.
        credited: The invoice it takes back; None if none, or Go has none with that number.

    Raises:
        InvoiceRefusedError: With everything that is to be mended.
    """
    prepared, findings = yield from _prepare(desk, record, draft, credited)
    if _REMEMBERED & {finding.rule for finding in findings}:
        desk.books.forget()
        desk.books.identity = None
        prepared, findings = yield from _prepare(desk, record, draft, credited)
    if prepared is None:
        raise refusal(record.id, record.value.customer, *findings)
    return prepared


def _prepare(
    desk: InvoiceDesk, record: Record[Order], draft: SalesOrder | None, credited: Credited | None
) -> Procedure[tuple[Prepared | None, list[Finding]]]:
    order = record.value
    findings = list(say.order_findings(order))
    lacking = yield from _privilege_findings(desk)
    if lacking:
        return None, [*findings, *lacking]  # what else there is cannot be read either
    findings += yield from period_findings_now(desk)
    read = yield from _read_forms(desk, order, draft)
    findings += _customer_findings(order, read)
    findings += [finding for finding in read.forms.missing(order) if finding.rule != "order-customer"]
    findings += _vat_findings(order, read.forms)
    findings += _price_findings(order, read)
    if findings or read.recipient is None:
        return None, findings
    receipt = read.forms.receipt(order)
    findings += say.credit_findings(order, receipt, credited)
    if credited is not None and credited.invoice.customer_id not in (None, read.recipient.customer_id):
        findings.append(say.other_customer(order.customer))
    if findings:
        return None, findings
    printed = read.recipient.delivery_type == "Print"
    prepared = Prepared(
        forms=read.forms,
        wanted=_wanted(record, read.forms, credited),
        receipt=receipt,
        delivery="PdfPrintForDownload" if printed else "Auto",
        address=read.address,
    )
    return prepared, []


def _wanted(record: Record[Order], forms: OrderForms, credited: Credited | None) -> SalesOrder:
    """
    The order as Go is told it: open as long as it is written.

    Go matches a credit note with its invoice by itself if they carry the same reference.
    """
    wanted = attrs.evolve(forms.to_go(record.value, record.id), status="Draft")
    if credited is None:
        return wanted
    return attrs.evolve(
        wanted,
        related_invoice_no=credited.invoice.invoice_no,
        matching_reference=credited.invoice.matching_reference or wanted.matching_reference,
    )


# -- the company -----------------------------------------------------------------


def _privilege_findings(desk: InvoiceDesk) -> Procedure[list[Finding]]:
    information = yield from read_identity(desk.books)
    needed = {
        sales_orders.sent_state("").roles: "make and send invoices",
        outgoing_invoices.list().roles: "see whether an order is invoiced already",
        customers.recipient(0).roles: "find the customer",
    }
    return list(privilege_findings(needed, information, ()))


def period_findings_now(desk: InvoiceDesk) -> Procedure[list[Finding]]:
    """
    Whether an invoice may be dated today.
    """
    locked = yield from read_lock_date(desk.books)
    view = LedgerView(accounts={}, vat_codes=(), departments={}, lock_date=locked)
    return list(period_findings(desk.today, view))


# -- the customer ------------------------------------------------------------------


def _customer_findings(order: Order, read: Forms) -> Iterator[Finding]:
    recipient = read.recipient
    if recipient is None:
        yield say.customer_missing(order.customer)
    elif recipient.archived or not recipient.active:
        yield say.customer_archived(order.customer)
    else:
        yield from say.delivery_findings(order.customer, recipient, read.address)


def _recipient(order: Order, link: Link[Customer] | None) -> Procedure[InvoiceRecipient | None]:
    """
    The customer as Go has it now; one whose link was lost is known by its reference.
    """
    if link is None:
        found = yield from collect(customers.recipients(reference=pos_reference(order.customer)))
        return found[0] if found else None
    try:
        return (yield from ask(customers.recipient(link.go_id)))
    except NotFoundError:
        return None


# -- the translation -----------------------------------------------------------------


def _read_forms(desk: InvoiceDesk, order: Order, draft: SalesOrder | None) -> Procedure[Forms]:
    """
    Read what translates one order, and the draft of it.
    """
    translator = Translator(
        books=desk.books,
        accounts=desk.accounts,
        today=desk.today,
        default_vat_code=desk.profile.default_vat_code,
        rounding_product=desk.profile.rounding_product,
    )
    forms = yield from translator.learn([order], [draft] if draft else [])
    link = next((each for each in forms.customers if each.pos_id == order.customer), None)
    recipient = yield from _recipient(order, link)
    others = (each for each in forms.customers if each is not link)
    till = yield from _read_products(order, {each.pos_id for each in forms.products})
    by_code = yield from _linked_by_code(forms, till)
    forms = attrs.evolve(
        forms,
        customers=(*others, *_customer_links(order, recipient)),
        products=(*forms.products, *by_code),
    )
    return Forms(forms=forms, till=till, recipient=recipient, address=_address(recipient, link))


def _customer_links(order: Order, recipient: InvoiceRecipient | None) -> tuple[Link[Customer], ...]:
    """
    As much of the customer as decides about VAT, as Go has it now.
    """
    if recipient is None:
        return ()
    base = Customer(name="-", is_vat_free=recipient.is_vat_free)
    return (Link(pos_id=order.customer, go_id=str(recipient.customer_id), base=base),)


def _address(recipient: InvoiceRecipient | None, link: Link[Customer] | None) -> str | None:
    known = (recipient.invoice_email, recipient.email) if recipient else ()
    agreed = (link.base.invoice_email, link.base.email) if link else ()
    return next((each for each in (*known, *agreed) if each), None)


def _read_products(order: Order, known: Collection[str]) -> Procedure[dict[str, Product]]:
    """
    What the POS says of products that were never synced, and of those whose price a line leaves to them; by id.
    """
    asked = {line.product for line in order.lines if line.product not in known or line.unit_price is None}
    found = {}
    for own_id in sorted(each for each in asked if each is not None):
        record = yield from ask(FetchRecord(Product, own_id))
        if record is not None:
            found[own_id] = record.value
    return found


def _linked_by_code(forms: OrderForms, till: Mapping[str, Product]) -> Procedure[list[Link[Product]]]:
    """
    Products never synced: Go's with the same code is meant. The price stays the POS's.
    """
    known = {link.pos_id for link in forms.products}
    # A comma separates codes in Go's filter.
    codes = {
        value.code: own_id
        for own_id, value in till.items()
        if own_id not in known and value.code is not None and "," not in value.code
    }
    found = (yield from collect(products.list(codes=sorted(codes)))) if codes else []
    usable = [each for each in found if not each.is_archived]
    counts = Counter(each.code for each in usable)
    return [
        Link(
            pos_id=own_id,
            go_id=str(each.id),
            base=attrs.evolve(forms.catalog.to_product(each), price=till[own_id].price),
        )
        for code, own_id in codes.items()
        for each in usable
        if each.code == code and counts[code] == 1
    ]


def _vat_findings(order: Order, forms: OrderForms) -> Iterator[Finding]:
    """
    Whether Go can charge what the products are sold with.
    """
    sold = {line.product for line in order.lines}
    for link in forms.products:
        code = link.base.vat_code or forms.catalog.default_code
        if link.pos_id in sold and code not in forms.catalog.rates:
            yield Finding(
                rule="vat-code-missing",
                severity=Severity.BLOCK,
                message=f"VAT code {code} of product {link.pos_id} is not valid in Go today",
                remedy="Correct the product's VAT code in the POS, or activate the code in Go; then run sync_products().",
                where=f"product {link.pos_id}",
            )


def _price_findings(order: Order, read: Forms) -> Iterator[Finding]:
    """
    Whether Go charges the till's prices where lines name none: what was changed since the last sync, it does not know.
    """
    unpriced = {line.product for line in order.lines if line.unit_price is None}
    for link in read.forms.products:
        value = read.till.get(link.pos_id) if link.pos_id in unpriced else None
        if value is None or value.price is None:
            continue
        if read.forms.net_price(link.pos_id, value.price) != read.forms.own_net_price(link.pos_id):
            yield say.price_not_synced(link.pos_id, value.price, link.base.price)
