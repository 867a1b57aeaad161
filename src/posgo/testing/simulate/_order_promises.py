"""
The promises about orders, invoices and their payments, asked of a world that has come to rest.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Any

from posgo.models.findings import Finding
from posgo.models.orders import Order, OrderStatus
from posgo.models.records import Link
from posgo.procedures.order_lines import most_difference
from posgo.sync import Replica
from posgo.sync.order_life import LEDGER
from posgo.testing.simulate._auditor import Auditor
from posgo.testing.simulate._order_watch import said_of
from posgo.testing.simulate._orders import PAID, InGo, goods, in_go, receipt
from posgo.testing.simulate._world import MOST_ROUNDED, World, birth_of

__all__ = ["broken_orders"]

_S = OrderStatus
_LEFT = {"invoiced-order-changed", "cancelled-order-changed", "confirmed-order-changed"}
_AHEAD = {"paid-before-invoice", "status-ahead", "impossible-status"}
_NOT_IN_GO = _AHEAD | {"cancelled-order-changed"}


def broken_orders(world: World, auditor: Auditor) -> Iterator[str]:
    """
    Say which promises do not hold, in sentences.
    """
    there = list(in_go(world))
    here = world.pos.all(Order)
    yield from _twice(world, auditor, there, here)
    by_mark = {birth_of(each.order): each for each in there}
    for pos_id, order in here.items():
        mark = birth_of(order) or pos_id
        yield from _alike(world, auditor, pos_id, order, by_mark.get(mark))
    known = {birth_of(order) for order in here.values()}
    for missing, each in by_mark.items():
        # What a person sent before a run saw it is no order of the POS's.
        if missing not in known and each.invoice_no is None and Replica.POS in _creates(world):
            yield f"{missing} is missing in pos"
    yield from _paid(world, by_mark)
    yield from _credited(world, by_mark)


def _creates(world: World) -> tuple[Replica, ...]:
    policy = world.profile.orders
    return tuple(policy.creates) if policy is not None else ()


def _reopens(world: World) -> bool:
    policy = world.profile.orders
    return policy is not None and not any(seal.rule == "confirmed-order-changed" for seal in policy.seals)


def _twice(world: World, auditor: Auditor, there: list[InGo], here: dict[str, Order]) -> Iterator[str]:
    for side, orders in (("go", [each.order for each in there]), ("pos", list(here.values()))):
        for mark, count in Counter(map(birth_of, orders)).items():
            if count > 1:
                yield f"{mark} stands {count} times in {side}"
        for order in orders:
            for line, count in Counter(line.text for line in goods(order)).items():
                if count > 1:
                    yield f"{line} stands {count} times on {birth_of(order)} in {side}"
    alive = {birth_of(order): order for order in here.values() if order.status is not _S.CANCELLED}
    alive |= {birth_of(each.order): each.order for each in there if birth_of(each.order) not in alive}
    for line, mark in world.lines.items():
        # A line of an order that was invoiced meanwhile gives way to what was invoiced, and is told whole.
        if line in world.dropped or mark not in alive or auditor.orders.has_told("text", line):
            continue
        both = [alive[mark], *(each.order for each in there if birth_of(each.order) == mark)]
        if not any(line == row.text for order in both for row in order.lines):
            yield f"{line} of {mark} is nowhere"


def _alike(world: World, auditor: Auditor, pos_id: str, order: Order, there: InGo | None) -> Iterator[str]:
    mark = birth_of(order)
    findings = list(_findings(auditor, pos_id))
    told = {finding.rule for finding in findings}
    if there is None:
        if Replica.GO in _creates(world) and order.status is not _S.CANCELLED and not told & _NOT_IN_GO:
            yield f"{mark} is {order.status.value} in pos and missing in go"
        return
    if (
        there.status is not order.status
        and not _may_differ(world, pos_id, order, there)
        and not told & _AHEAD
    ):
        yield f"{mark} is {order.status.value} in pos and {there.status.value} in go"
    if there.invoice_no != order.invoice_no:
        yield f"invoice of {mark} is {order.invoice_no} in pos and {there.invoice_no} in go"
    link = _link(world, pos_id)
    if order.status is _S.CANCELLED or link is None:
        return
    # What a run found it had to leave is told, and noted on the link, so that it is told once.
    left = {unit.partition("[")[0] for unit, _ in link.noted}
    left |= {finding.message.partition(" ")[0] for finding in findings if finding.rule in _LEFT}
    yield from _said(world, auditor, order, there, left)
    if "lines" not in left:
        yield from _come_to(world, order, there)


def _come_to(world: World, order: Order, there: InGo) -> Iterator[str]:
    mark, off = birth_of(order), abs(there.total - receipt(order))
    most = most_difference(order)
    if mark in world.sent | world.sent_otherwise:
        # Who edits an order while it is being sent leaves it the øre line of what it said before.
        may = 2 * most
    else:
        # An order that must not be opened again keeps the øre a person left it with when it was confirmed; it is told.
        may = most if there.status is not _S.DRAFT and not _reopens(world) else Decimal(0)
    if off > may:
        yield f"{mark} comes to {receipt(order)} in pos and {there.total} in go"


def _link(world: World, pos_id: str) -> Link[Any] | None:
    links = world.store.links(world.client, "orders", pos_ids=(pos_id,), go_ids=()).links
    return links[0] if links else None


def _may_differ(world: World, pos_id: str, order: Order, there: InGo) -> bool:
    """
    Whether the POS is ahead: the till took money that no settlement has booked yet, or that it could not book.
    """
    waiting = {payment.order for payment in world.till_payments}
    if order.status in PAID and there.status in LEDGER and pos_id in waiting:
        return True
    return _paid_short(world, pos_id, order, there)


def _paid_short(world: World, pos_id: str, order: Order, there: InGo) -> bool:
    """
    Whether the till took the receipt it knew for the whole: a person changed the order while it was being invoiced.

    Both are right about what they know: all the money is on the invoice, the settlement told what is left, and no
    sync can tell a till that is ahead of its ledger from one that was content with less. So its word stands.
    """
    taken = _taken(world, pos_id)
    if (order.status, there.status) != (_S.PAID, _S.PART_PAID) or not taken:
        return False
    if birth_of(order) in world.paid_by_bank and taken >= there.balance:
        # Paid by bank in the very moment, which Go's reads did not show yet: the rest waits on the customer's account.
        return True
    return 0 < taken < there.total and there.balance <= there.total - taken


def _taken(world: World, pos_id: str) -> Decimal:
    """
    NOK that the days which stand booked took for an order.
    """
    booked = (
        versions[-1]
        for number, versions in world.closed.items()
        if any(not voucher.reversed for voucher in world.vouchers_of(number))
    )
    return sum(
        (each.amount for z in booked for each in z.invoice_payments if each.order == pos_id), Decimal(0)
    )


def _findings(auditor: Auditor, pos_id: str) -> Iterator[Finding]:
    """
    What runs said of an order.
    """
    for finding in auditor.findings:
        if f"pos {pos_id} " in f"{finding.where} " or f"pos {pos_id}," in f"{finding.where}":
            yield finding


def _said(world: World, auditor: Auditor, order: Order, there: InGo, left: Collection[str]) -> Iterator[str]:
    """
    Where the two sides say different things of an order, units apart that were left so.
    """
    ours, theirs = said_of(world, "pos", order), said_of(world, "go", there.order)
    for place in sorted(ours.keys() | theirs.keys()):
        line, field = place
        if ("lines" if line else field) in left:
            continue
        if _plain(ours.get(place)) != _plain(theirs.get(place)):
            # An invoice does not wait for a product: what nobody has linked is a text with its price in the POS.
            if field == "product" and line in auditor.orders.texts and ours.get(place) is None:
                continue
            of = f"{line} of {birth_of(order)}" if line else f"{birth_of(order)}"
            yield f"{field} of {of} is {ours.get(place)} in pos and {theirs.get(place)} in go"
    marks = [[line.text for line in goods(each)] for each in (order, there.order)]
    if (
        "lines" not in left
        and marks[0] != marks[1]
        and sorted(marks[0], key=str) == sorted(marks[1], key=str)
    ):
        yield f"lines of {birth_of(order)} stand as {marks[0]} in pos and {marks[1]} in go"


def _plain(value: object) -> object:
    return value or None


def _paid(world: World, by_mark: dict[str | None, InGo]) -> Iterator[str]:
    """
    What was paid at the till once and wholly, and in no other way, is settled in Go, by its reference.
    """
    for number, versions in world.closed.items():
        standing = [each for each in world.vouchers_of(number) if not each.reversed]
        for payment in versions[-1].invoice_payments if standing else ():
            mark = birth_of(world.pos.get(Order, payment.order or ""))
            there = by_mark.get(mark)
            # What was changed at the till after it was invoiced is paid with another sum.
            taken = sum(
                (each.amount for each in versions[-1].invoice_payments if each.order == payment.order), 0
            )
            other = world.paid_by_bank | world.credited | {*world.taken_back.values()}
            if there is None or mark in other:
                continue
            rest = there.total - _taken(world, payment.order or "")
            # Too much stands on the customer's account; a few øre too little are rounded.
            if there.balance != rest and (there.balance or rest > MOST_ROUNDED):
                yield f"{mark} was paid at the till, and {there.balance} instead of {rest} is open of it in go"
            if taken != there.total:
                continue
            lines = [line for line in standing[0].lines if line.customer_no is not None]
            references = {line.matching_reference for line in lines}
            numbers = {line.invoice_no for line in lines}
            if there.matching_reference not in references and str(there.invoice_no) not in numbers:
                yield f"{mark} was paid at the till, and no posting refers to it"


def _credited(world: World, by_mark: dict[str | None, InGo]) -> Iterator[str]:
    """
    What was brought back whole and not paid is open no more: Go has matched the credit note with the invoice.
    """
    paid = {payment.order for z in world.closed.values() for each in z for payment in each.invoice_payments}
    paid |= {payment.order for payment in world.till_payments}
    for mark, of in world.taken_back.items():
        note, sold = by_mark.get(mark), by_mark.get(of)
        # A person in Go who sends a note does not tell Go what to match it with.
        unmatched = world.sent | world.paid_by_bank | world.credited
        if note is None or sold is None or note.invoice_no is None or {of, mark} & unmatched:
            continue
        if note.total != -sold.total or world.born("pos", "orders", of) in paid:
            continue
        if note.balance or sold.balance:
            yield f"{of} was taken back by {mark}, and {sold.balance} and {note.balance} are open of the two"
