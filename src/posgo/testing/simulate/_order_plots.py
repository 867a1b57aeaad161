"""
Situations of orders that chance alone would hardly ever bring about, each a few acts that belong together.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from posgo.models.orders import OrderStatus
from posgo.testing.simulate._acts import Act
from posgo.testing.simulate._draw import CRASHES, RUN
from posgo.testing.simulate._ends import ends_in
from posgo.testing.simulate._faults import Fault
from posgo.testing.simulate._machines import Lose, Meanwhile, Start, Strike
from posgo.testing.simulate._order_acts import (
    AddLine,
    DeleteOrder,
    FailDelivery,
    MakeStatus,
    PayByBank,
    Send,
)
from posgo.testing.simulate._order_draw import OrderDraw
from posgo.testing.simulate._till_acts import PayAtTill, TakeBack

__all__ = ["ORDER_PLOTS"]

_DOUBTS = (Fault.UNANSWERED, Fault.UNANSWERED, Fault.LATE, Fault.FAILED_AFTER, Fault.GARBLED, Fault.LOST)


def _late_line(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    A line for a confirmed order, and perhaps an end before it is locked again.
    """
    mark = draw.choice(draw.orders)
    yield MakeStatus(at, draw.choice(("pos", "go")), mark, OrderStatus.CONFIRMED)
    yield Start(at, "orders")
    later = at + 2 * RUN
    yield AddLine(later, "pos", mark, draw.item(), draw.number(0, 2))
    if draw.chance(0.7):
        on = draw.choice(("PATCH /SalesOrders/{id}", "POST /SalesOrders/{id}/Lines", "CommitChanges", "GET"))
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    yield Start(later, "orders")
    if draw.chance(0.3):
        yield ends_in(draw, later + RUN, "go_orders.py", "order_writing.py")
        yield Start(later + RUN, "orders")
    yield Start(later + RUN, "orders")


def _both_edit(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    Edits on both sides between two runs, or while one is under way.
    """
    mark = draw.choice(draw.orders)
    yield Start(at, "orders")
    later = at + RUN
    for side in ("pos", "go"):
        for _ in range(draw.number(1, 2)):
            yield draw.edits(later, side, mark)
    if draw.chance(0.6):
        on = draw.choice(("PATCH /SalesOrders", "GET /SalesOrders/{id}", "UpdateRecord", "/Lines"))
        yield Meanwhile(later, on, draw.edits(later, draw.choice(("pos", "go")), mark))
    if draw.chance(0.4):
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), write=True)
    yield Start(later, "orders")
    yield Start(later + RUN, "orders")


def _doubt(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order made in Go that nobody answers for.
    """
    yield from draw.takes(at)
    yield Strike(at, draw.choice(_DOUBTS), on=draw.choice(("POST /SalesOrders", "CreateRecord Order")))
    if draw.chance(0.5):
        on = draw.choice(("GET /SalesOrders", "pause", "POST /SalesOrders"))
        yield Strike(at + 1, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    yield Start(at, "orders")
    if draw.chance(0.3):
        yield Lose(at + RUN // 2)
    yield Start(at + RUN, "orders")


def _sent_meanwhile(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    A person in Go sends an order while a run is at it, or before its store is lost.
    """
    mark = draw.choice(draw.orders)
    yield Start(at, "orders")
    later = at + RUN
    yield draw.edits(later, "pos", mark)
    on = draw.choice(
        ("GET /SalesOrders/{id}", "PATCH /SalesOrders", "/Lines", "GET /OutgoingInvoices", "Commit")
    )
    yield Meanwhile(later, on, Send(later, mark))
    yield Start(later, "orders")
    if draw.chance(0.4):
        yield Lose(later + RUN)
    yield Start(later + RUN, "orders")


def _at_once(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order invoiced while the customer waits, with trouble on the way, and asked for again.
    """
    yield from draw.takes(at, "pos")
    mark = draw.orders[-1]
    if draw.chance(0.3):
        yield Start(at, "orders")
        at += RUN
    if draw.chance(0.3):
        yield MakeStatus(at, draw.choice(draw.order_sides), mark, OrderStatus.CONFIRMED)
    if draw.chance(0.15):
        yield FailDelivery(at)
    on = draw.choice(_ON_THE_WAY)
    if draw.chance(0.8):
        yield Strike(at, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    if draw.chance(0.3):
        yield Meanwhile(at, draw.choice(_ON_THE_WAY), draw.does(at, mark))
    if draw.chance(0.2):
        yield Start(at + draw.choice((1, 10)), draw.choice(("invoice", "orders")), 1)
    yield Start(at, "invoice")
    if draw.chance(0.2):
        yield ends_in(
            draw, at, "_invoice_sending.py", "_invoice_lookup.py", "_invoice_memory.py", "invoicing.py"
        )
    if draw.chance(0.2):
        yield Lose(at + RUN // 2)
    if draw.chance(0.3):
        yield draw.edits(at + RUN // 2, "pos", mark)
    yield Start(at + draw.choice((1, RUN // 2, RUN)), draw.choice(("invoice", "orders")))
    yield Start(at + 2 * RUN, "invoice")


_ON_THE_WAY = (
    "POST /SalesOrders/Complete",
    "POST /SalesOrders/{id}/createAndSendInvoice",
    "GET /SalesOrders/sentState",
    "GET /SalesOrders",
    "GET /OutgoingInvoices",
    "GET /Customers",
    "GET /Products",
    "UpdateRecord Order",
    "CommitChanges",
    "LoadLinks",
    "FetchRecord",
    "pause",
    "GET",
)


def _paid_at_the_till(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order is sent, paid at the till and settled.
    """
    mark = draw.choice(draw.orders)
    yield Start(at, draw.choice(("orders", "invoice")))
    yield Send(at + RUN, mark)
    yield Start(at + RUN, "orders")
    later = at + 3 * RUN
    pays = draw.pays(later, mark)
    yield pays
    if draw.chance(0.6):
        yield PayAtTill(later, mark, draw.choice(_SHARES), draw.chance(0.6))
    yield draw.closes(later)
    if draw.chance(0.5):
        on = draw.choice(
            ("POST /Vouchers", "GET /Customerledger", "GET /OutgoingInvoices", "CommitChanges", "GET")
        )
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    if draw.chance(0.2):
        yield Lose(later)
    yield Start(later, "settle")
    if draw.chance(0.3):
        yield ends_in(draw, later + RUN, "order_invoices.py")
        yield Start(later + RUN, "orders")
    yield Start(later + RUN, draw.choice(("orders", "settle")))


def _paid_twice(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order paid at the till and by bank, and a store that does not know its invoice any more.
    """
    yield from draw.takes(at, "pos")
    mark = draw.orders[-1]
    yield Start(at, "invoice")
    later = at + RUN
    yield PayAtTill(later, mark, draw.choice(_SHARES), by_number=draw.chance(0.3))
    yield PayByBank(later, mark, draw.choice((Decimal(1), Decimal(1), Decimal("0.4"))))
    yield draw.closes(later)
    if draw.chance(0.7):
        yield Lose(later)
    if draw.chance(0.6):
        yield ends_in(draw, later, "receivables.py")
    yield Start(later, "settle")
    yield Start(later + RUN, draw.choice(("orders", "settle")))


def _taken_back(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order is invoiced and brought back, and the till asks for the credit note, perhaps after a sync has seen it.
    """
    yield from draw.takes(at, "pos")
    mark, back = draw.orders[-1], f"o{draw.next()}"
    yield Start(at, "invoice")
    later = at + RUN
    if draw.chance(0.2):
        yield draw.pays(later, mark)
    named = draw.chance(0.6)
    yield TakeBack(later, back, mark, named)
    if not named or draw.chance(0.4):
        yield Start(later, "orders")
        later += RUN
        yield TakeBack(later, back, mark)
    if draw.chance(0.6):
        on = draw.choice((*_ON_THE_WAY[:5], "PATCH /SalesOrders", "CommitChanges", "GET"))
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    if draw.chance(0.4):
        yield ends_in(draw, later, "_invoice_credited.py")
        yield Start(later, "invoice")
    if draw.chance(0.15):
        yield Lose(later)
    yield Start(later, "invoice")
    yield Start(later + RUN, draw.choice(("invoice", "orders")))


def _given_up(draw: OrderDraw, at: int) -> Iterator[Act]:
    """
    An order that is given up or deleted on one side, and edited on the other, or sent.
    """
    yield from draw.takes(at, "pos")
    mark = draw.orders[-1]
    yield Start(at, "orders")
    later = at + 2 * RUN
    side = draw.choice(draw.order_sides)
    if side == "pos" and draw.chance(0.5):
        yield DeleteOrder(later, mark)
    else:
        yield MakeStatus(later, side, mark, OrderStatus.CANCELLED)
    if draw.chance(0.7):
        yield draw.edits(later, "go" if side == "pos" else "pos", mark)
    if draw.chance(0.3):
        on = draw.choice(("GET /SalesOrders/{id}", "LoadLinks", "FetchRecord"))
        yield Meanwhile(later, on, Send(later, mark))
    if draw.chance(0.5):
        on = draw.choice(("DELETE /SalesOrders", "LoadLinks", "GET /SalesOrders/sentState", "GET", "Commit"))
        yield Strike(later, draw.choice((*CRASHES, *_DOUBTS)), on=on)
    if draw.chance(0.3):
        yield ends_in(draw, later, "go_orders.py", "pos_orders.py")
    yield Start(later, draw.choice(("orders", "orders", "sweep")))
    yield Start(later + RUN, draw.choice(("orders", "sweep")))


_SHARES = (Decimal(1), Decimal(0), Decimal("0.3"))

Plot = Callable[[OrderDraw, int], Iterator[Act]]

ORDER_PLOTS: dict[Plot, int] = {
    _late_line: 4,
    _both_edit: 5,
    _doubt: 4,
    _sent_meanwhile: 4,
    _at_once: 6,
    _paid_at_the_till: 5,
    _paid_twice: 3,
    _taken_back: 5,
    _given_up: 4,
}
"""Each plot, and how often it is drawn."""
