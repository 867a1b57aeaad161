"""
The promises about invoices the POS issues itself, asked of a world that has come to rest.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from posgo.models.orders import Order, OrderStatus
from posgo.models.pos import ZReport
from posgo.models.records import pos_reference
from posgo.profiles import Invoicing
from posgo.testing.simulate._issued import vouchers_of
from posgo.testing.simulate._orders import PAID, receipt
from posgo.testing.simulate._world import CUSTOMERS, SALES, World, birth_of

__all__ = ["broken_issued", "excused_issued", "unmatched"]


def broken_issued(world: World) -> Iterator[str]:
    """
    Say which promises do not hold, in sentences.
    """
    orders = {own_id: order for own_id, order in world.pos.all(Order).items() if order.invoice_no is not None}
    ids = {order.invoice_no: own_id for own_id, order in orders.items()}
    for own_id, order in orders.items():
        yield from _booked_once(world, own_id, order, ids.get(order.credits))
    yield from _paid(world, orders)


def excused_issued(world: World, order_id: str) -> set[str]:
    """
    Rules by which an invoice may be refused for good, because of what people did to its voucher.
    """
    mark = birth_of(world.pos.get(Order, order_id))
    rules = {"reversed-in-go"} if mark in world.undone else set()
    return rules | ({"voucher-missing", "reference-reused"} if mark in world.disowned else set())


def unmatched(world: World, z: ZReport) -> set[str]:
    """
    Rules that may block a day: a payment names its invoice by the order alone, and somebody took the invoice back.

    Without a number of Go's no line could say what was paid, so nothing is put on account; a person decides.
    """
    if world.profile.invoicing is not Invoicing.POS:
        return set()
    orders = world.pos.all(Order)
    credited = {order.credits for order in orders.values()}
    paid = [orders[each.order or ""] for each in z.invoice_payments]
    taken_back = any(birth_of(order) in world.undone or order.invoice_no in credited for order in paid)
    return {"invoice-not-open", "invoice-overpaid"} if taken_back else set()


def _booked_once(world: World, own_id: str, order: Order, credited: str | None) -> Iterator[str]:
    """
    One unreversed voucher, or none once a person has reversed it, with what the till asked for.
    """
    mark = birth_of(order)
    vouchers = vouchers_of(world, own_id)
    standing = sum(not voucher.reversed for voucher in vouchers)
    wanted = 0 if mark in world.undone else 1
    if standing != wanted or len(vouchers) != 1:
        yield f"{mark} has {standing} unreversed vouchers of {len(vouchers)}"
    references = {pos_reference(each) for each in (own_id, credited) if each is not None}
    for voucher in vouchers:
        said = Counter[int]()
        for line in voucher.lines:
            said[line.account] += line.amount  # type: ignore[assignment]
        figures = {CUSTOMERS: receipt(order), SALES: -receipt(order)}
        if dict(said) != figures:
            yield f"the voucher of {mark} says {dict(said)} instead of {figures}"
        if voucher.date != order.invoiced_on or voucher.imported_no != order.invoice_no:
            yield f"the voucher of {mark} is {voucher.imported_no} of {voucher.date}"
        matched = {line.matching_reference for line in voucher.lines if line.customer_no is not None}
        if not matched <= references:
            yield f"the voucher of {mark} is matched by {matched}"
    told = order.status in {OrderStatus.INVOICED, *PAID}
    if not told and mark not in world.undone | world.disowned:
        yield f"{mark} is booked in go and {order.status.value} in pos"


def _paid(world: World, orders: dict[str, Order]) -> Iterator[str]:
    """
    What was paid at the till is booked on its customer once, by its reference.
    """
    for number, versions in world.closed.items():
        standing = [each for each in world.vouchers_of(number) if not each.reversed]
        paid = Counter[str]()
        for payment in versions[-1].invoice_payments if standing else ():
            paid[payment.order or ""] += payment.amount  # type: ignore[assignment]
        for own_id, amount in paid.items():
            if own_id not in orders or birth_of(orders[own_id]) in world.undone:
                continue
            reference = pos_reference(own_id)
            lines = [line for each in standing for line in each.lines if line.customer_no is not None]
            booked = -sum((each.amount for each in lines if each.matching_reference == reference), Decimal(0))
            # What nothing is open of any more goes on account: a credit note may have taken it back before.
            credited = any(order.credits == orders[own_id].invoice_no for order in orders.values())
            if booked != amount and not (credited and 0 <= booked <= amount):
                yield f"{birth_of(orders[own_id])} was paid {amount} at the till, and {booked} is booked on it"
