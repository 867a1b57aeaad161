"""
What stands against an invoice, in words a cashier can act on. No finding names a person.
"""

from collections.abc import Iterator
from decimal import Decimal

from posgo.exceptions import ApiError, PosgoError
from posgo.models._money import NOK_0, format_nok
from posgo.models.contacts import InvoiceRecipient
from posgo.models.findings import Finding, Severity, blocking
from posgo.models.go_orders import SalesOrder
from posgo.models.invoices import OutgoingInvoice
from posgo.models.orders import Order, OrderStatus
from posgo.procedures._invoice_credited import Credited

__all__ = [
    "GONE",
    "changed_in_go",
    "changed_since_booked",
    "credit_findings",
    "credited_unmatched",
    "customer_archived",
    "customer_missing",
    "delivery_findings",
    "draft_deleted",
    "invoice_missing",
    "invoice_reversed",
    "may_not_send",
    "order_findings",
    "order_missing",
    "ore_difference",
    "other_booking",
    "other_customer",
    "pos_not_told",
    "price_not_synced",
    "reference_taken",
    "refused_by_go",
    "total_differs",
    "voucher_missing",
    "voucher_reversed",
]

GONE = frozenset({"customer-not-in-go", "customer-archived"})
"""Rules that mean that nobody in Go could be invoiced."""

_ELECTRONIC = frozenset({"EHF", "AvtaleGiro", "Efaktura", "External", "Factoring"})


# -- the order -----------------------------------------------------------------


def order_missing(order_id: str) -> Finding:
    """
    The POS does not know it.
    """
    return blocking(
        "order-missing",
        f"the POS has no order {order_id}",
        "Check the id; if it is right, the order was deleted in the POS.",
        where=f"order {order_id}",
    )


def order_findings(order: Order) -> Iterator[Finding]:
    """
    What can be said of the order by itself.
    """
    if order.status is OrderStatus.CANCELLED:
        yield blocking(
            "order-cancelled",
            "the order is cancelled in the POS",
            "Make a new order.",
        )
    if not any(line.product is not None or line.unit_price is not None for line in order.lines):
        yield blocking("order-empty", "the order has no lines to charge for", "Add what was sold.")


def credit_findings(order: Order, receipt: Decimal, credited: Credited | None) -> Iterator[Finding]:
    """
    Whether a credit note is one, and of what.

    Args:
        order: The order.
        receipt: NOK including VAT.
        credited: The invoice with the number ``order.credits``; None if Go has none.
    """
    if order.credits is None:
        if receipt < 0:
            yield blocking(
                "credits-nothing",
                f"the order comes to {format_nok(receipt)}, which makes it a credit note, and names no invoice",
                "Name the invoice it takes back (Order.credits); a return of goods paid at the till is rung up there.",
                actual=receipt,
            )
        return
    if receipt >= 0:
        yield blocking(
            "credit-not-negative",
            f"the order credits invoice {order.credits}, but comes to {format_nok(receipt)}",
            "Give what is returned a negative quantity; what is sold beside it goes on an order of its own.",
            actual=receipt,
        )
    if credited is None or credited.invoice.is_credit_note:
        yield blocking(
            "credited-missing",
            f"the order credits invoice {order.credits}, which Go does not have",
            "Correct the number; an invoice made elsewhere is credited where it was made.",
            where=f"invoice {order.credits}",
        )
        return
    yield from _credited_findings(receipt, credited.invoice, credited.before)


def _credited_findings(receipt: Decimal, credited: OutgoingInvoice, before: Decimal) -> Iterator[Finding]:
    where = f"invoice {credited.invoice_no}"
    if credited.is_reversed:
        yield blocking(
            "credited-reversed",
            f"{where}, which the order credits, was reversed in Go",
            "Nothing is left to credit; cancel the order.",
            where=where,
        )
    total = credited.total_amount
    if total is not None and before - receipt > total:
        of_it = f", of which {format_nok(before)} is credited already" if before else ""
        yield blocking(
            "credit-too-large",
            f"the order takes back {format_nok(-receipt)}, but {where} was of {format_nok(total)}{of_it}",
            "Return no more than was invoiced, at the price it was invoiced for, and only once.",
            expected=total - before,
            actual=-receipt,
            where=where,
        )


# -- the customer ----------------------------------------------------------------


def customer_missing(customer: str) -> Finding:
    """
    Nobody in Go is the customer.
    """
    return blocking(
        "customer-not-in-go",
        f"customer {customer} does not exist in Go",
        f"Run sync_customers(), which makes customer {customer} in Go or says what keeps it from that; then invoice again.",
        where=f"customer {customer}",
    )


def customer_archived(customer: str) -> Finding:
    """
    The customer is out of use.
    """
    return blocking(
        "customer-archived",
        f"customer {customer} is archived in Go",
        f"Take customer {customer} into use again in Go or in the POS, run sync_customers(), then invoice again.",
        where=f"customer {customer}",
    )


def other_customer(customer: str) -> Finding:
    """
    A credit note for somebody else's invoice.
    """
    return blocking(
        "credited-other-customer",
        f"the invoice which the order credits is not one of customer {customer}",
        "Correct the number, or the customer of the order.",
        where=f"customer {customer}",
    )


def delivery_findings(customer: str, recipient: InvoiceRecipient, email: str | None) -> Iterator[Finding]:
    """
    Whether an invoice can reach the customer: electronically, by e-mail, or printed.
    """
    if recipient.delivery_type in _ELECTRONIC or recipient.delivery_type == "Print" or email:
        return
    yield blocking(
        "no-delivery",
        f"Go has no way to deliver an invoice to customer {customer}: there is no e-mail address",
        "Give the customer an e-mail address, or choose Print as its invoice delivery in Go.",
        where=f"customer {customer}",
    )


# -- Go ------------------------------------------------------------------------------


def may_not_send(error: ApiError) -> Finding:
    """
    The integration lacks a privilege, by Go's own word.
    """
    return blocking(
        "missing-privilege",
        f"the integration may not do this in Go: {error}",
        "Have the integration's vendor ask PowerOffice for it. If only the sending is refused, the order waits in Go as "
        "a draft, and a person there may send it.",
    )


def refused_by_go(error: ApiError) -> Finding:
    """
    Go said no, in its own words.
    """
    return blocking(
        "refused-by-go",
        f"Go refused it. {error}",
        "Mend what Go names, and invoice again.",
    )


def changed_in_go(fields: tuple[str, ...], order_no: int | None) -> Finding:
    """
    Somebody edited the order in Go, and the POS does not know yet.
    """
    return blocking(
        "order-changed-in-go",
        f"order {order_no} in Go was changed there since the POS last heard of it: {', '.join(fields)}",
        "Run sync_orders(), look at the order in the POS, and invoice again.",
        where=f"order {order_no}",
    )


def draft_deleted(order_id: str) -> Finding:
    """
    Somebody deleted the order in Go, and posgo never undoes a person's decision.
    """
    return blocking(
        "draft-deleted",
        f"the draft of order {order_id} was deleted in Go",
        "Run sync_orders(), which cancels the order in the POS; sell it on a new order.",
        where=f"order {order_id}",
    )


def reference_taken(order_id: str) -> Finding:
    """
    Go refuses the reference as used and shows nothing with it.
    """
    return blocking(
        "reference-taken",
        f"Go says that order {order_id} was made before, and does not show it",
        "Invoice again in a minute, because what Go shows lags; if it stays so, look for the order in Go.",
        where=f"order {order_id}",
    )


def invoice_missing(order: Order) -> Finding:
    """
    The POS says that it is invoiced; Go does not know of it.
    """
    number = f" as {order.invoice_no}" if order.invoice_no is not None else ""
    return blocking(
        "invoice-missing",
        f"the POS says that the order is {order.status.value}{number}, but Go shows no invoice of it",
        "If it was invoiced elsewhere, leave it; if not, set it back to a draft in the POS, and invoice again.",
    )


def invoice_reversed(number: int | None) -> Finding:
    """
    A person undid the invoice.
    """
    return Finding(
        rule="invoice-reversed",
        severity=Severity.WARN,
        message=f"invoice {number} of this order was reversed in Go; it is not issued again",
        remedy="If the goods are to be paid after all, sell them on a new order.",
        where=f"invoice {number}",
    )


def pos_not_told(error: PosgoError) -> Finding:
    """
    The invoice stands, the POS has not heard of it.
    """
    return Finding(
        rule="pos-not-told",
        severity=Severity.WARN,
        message=f"the invoice is sent, but the POS did not take its number: {error}",
        remedy="Nothing is lost: the next sync of orders, or invoicing it again, tells the POS.",
    )


# -- amounts ---------------------------------------------------------------------------


def ore_difference(receipt: Decimal, total: Decimal) -> Finding:
    """
    Go rounds otherwise than the till, and nothing closes the gap.
    """
    return Finding(
        rule="ore-difference",
        severity=Severity.WARN,
        message=f"Go's total is {format_nok(total)}, the receipt says {format_nok(receipt)}",
        remedy="Make a product in Go whose sales account is without VAT, and name its code as the profile's "
        "rounding_product: it then closes such differences.",
        expected=receipt,
        actual=total,
    )


def total_of(order: SalesOrder) -> Decimal:
    """
    NOK including VAT, as Go computes it line by line.
    """
    return sum((line.total_amount or NOK_0 for line in order.lines), NOK_0)


def other_vat(product: str, expected: Decimal, actual: Decimal) -> Finding:
    """
    The invoice would carry another VAT than the shop sold with.
    """
    return blocking(
        "vat-rate",
        f"product {product} is sold with {expected.normalize():f} % VAT, and Go charges {actual.normalize():f} %",
        "Correct the product's VAT code in the POS, or its sales account in Go, and run sync_products(); the order "
        "waits in Go as a draft.",
        where=f"product {product}",
    )


def price_not_synced(product: str, price: Decimal, synced: Decimal | None) -> Finding:
    """
    A line takes the product's price, and Go has another one.
    """
    known = "none" if synced is None else format_nok(synced)
    return blocking(
        "price-not-synced",
        f"product {product} costs {format_nok(price)} in the POS, and Go was told {known}",
        "Run sync_products() and invoice again, or say the price on the order's line; where Go decides prices, correct "
        "the one in the POS.",
        where=f"product {product}",
        expected=price,
        actual=synced,
    )


def total_differs(receipt: Decimal, total: Decimal) -> Finding:
    """
    The customer would be charged another amount.
    """
    return blocking(
        "total-differs",
        f"Go's total is {format_nok(total)}, the receipt says {format_nok(receipt)}: more than rounding explains",
        "Compare the prices of the products in Go with those of the POS, and run sync_products(). The order waits in "
        "Go as a draft.",
        expected=receipt,
        actual=total,
    )


# -- invoices of the POS ---------------------------------------------------------------


def changed_since_booked(number: int) -> Finding:
    """
    The order says something else than what was booked.
    """
    return Finding(
        rule="invoiced-order-changed",
        severity=Severity.WARN,
        message=f"the order was changed in the POS after its invoice {number} had been booked",
        remedy="Credit the invoice or make a new order; what is booked stays.",
        where=f"invoice {number}",
    )


def credited_unmatched(credits_: int) -> Finding:
    """
    Nobody remembers the order whose invoice a credit note of the POS takes back.
    """
    return Finding(
        rule="credited-unmatched",
        severity=Severity.WARN,
        message=f"the credit note is not matched with invoice {credits_}, of which nothing is remembered",
        remedy="Match the two in Go, or look why the invoice was not booked here.",
        where=f"invoice {credits_}",
    )


def voucher_missing(number: int) -> Finding:
    """
    Go does not show what it confirmed once.
    """
    return blocking(
        "voucher-missing",
        f"the voucher of invoice {number} is not to be found in Go",
        "Check that the keys belong to the same environment and client company as when it was posted.",
        where=f"invoice {number}",
    )


def voucher_reversed(number: int | None, voucher_no: int | None) -> Finding:
    """
    A person undid the booking.
    """
    return blocking(
        "reversed-in-go",
        f"voucher {voucher_no} of invoice {number} was reversed in Go; it is not posted again",
        "If the reversal was meant, book what should stand instead by hand; posgo never undoes a person's decision.",
        where=f"voucher {voucher_no}",
    )


def other_booking(number: int | None, voucher_no: int | None) -> Finding:
    """
    Go holds something else under the order's reference.
    """
    held = (
        f"as voucher {voucher_no} with other postings" if voucher_no is not None else "and does not show it"
    )
    return blocking(
        "reference-reused",
        f"Go has invoice {number} already, {held}; nothing was posted",
        "Invoice again in some minutes, because what Go shows lags; if it stays so, compare the voucher with the order, "
        "and correct in Go by hand what was changed after it was booked.",
        where=f"invoice {number}",
    )
