"""
Invoices made at once and the sync of orders take up what the other left.
"""

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from posgo.clients.go_client import GoClient
from posgo.exceptions import InvoiceInProgressError, InvoiceRefusedError
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.profiles import OPEN_ONE, PRESSIS_POS
from posgo.state import MemoryStore
from posgo.testing import NO_LIMIT, FakeGo
from support.counters import AtTheLastMoment, Counter, a_counter


@pytest.fixture(params=[PRESSIS_POS, OPEN_ONE], ids=lambda profile: profile.name)
def counter(request: pytest.FixtureRequest) -> Counter:
    return a_counter(request.param)


def test_a_sync_afterwards_has_nothing_to_do(counter: Counter) -> None:
    """
    What an invoice left in the store is what a sync finds on both sides.
    """
    counter.shop.invoice(counter.order)

    assert {} == counter.sync()
    assert {} == counter.sync()


def test_a_sync_agrees_on_an_invoice_nobody_remembers(counter: Counter) -> None:
    """
    With the store lost, the next sync reads what was invoiced, and then nothing is left to do.
    """
    invoice = counter.shop.invoice(counter.order)
    counter.shop.store = MemoryStore()
    counter.shop.restart()
    assert attrs.evolve(invoice, already_invoiced=True) == counter.shop.invoice(counter.order)

    counter.sync()

    assert {} == counter.sync()
    assert (invoice.invoice_no, OrderStatus.INVOICED) == (counter.ours.invoice_no, counter.ours.status)


def test_a_sync_tells_a_till_that_did_not_answer(counter: Counter) -> None:
    """
    Number and status come with the next sync.
    """
    counter.shop.pos.fail_next(503, method="PATCH")
    result = counter.shop.invoice(counter.order)
    assert ["pos-not-told"] == [finding.rule for finding in result.findings]
    counter.shop.restart()
    counter.sync()

    assert (OrderStatus.INVOICED, result.invoice_no) == (counter.ours.status, counter.ours.invoice_no)


def test_a_sync_follows_what_patience_did_not_see(counter: Counter) -> None:
    """
    An invoice delivered after the cashier gave up reaches the till by the sync, and asking again is the same invoice.
    """
    counter.shop.go.delivery_delay = timedelta(minutes=5)
    with pytest.raises(InvoiceInProgressError):
        counter.shop.invoice(counter.order)
    counter.sync()
    assert None is counter.ours.invoice_no
    counter.shop.clock.advance(300)
    counter.sync()
    [invoice] = counter.shop.go.invoices

    assert invoice.invoice_no == counter.ours.invoice_no
    assert invoice.invoice_no == counter.shop.invoice(counter.order).invoice_no


def test_what_a_credit_note_takes_back_is_credited(counter: Counter) -> None:
    """
    The first order becomes credited; the credit note stays an order of its own.
    """
    number = counter.shop.invoice(counter.order).invoice_no
    back = OrderLine(product=counter.product, quantity=-3)
    note = counter.shop.pos.put(Order(customer=counter.ours.customer, credits=number, lines=[back]))
    assert Decimal("-299.70") == counter.shop.invoice(note).total
    counter.sync()

    assert OrderStatus.CREDITED is counter.ours.status
    assert {} == counter.sync()


@pytest.mark.parametrize("status", [OrderStatus.DRAFT, OrderStatus.CONFIRMED], ids=lambda each: each.value)
@pytest.mark.parametrize("named", ["before the sync", "after it"])
def test_a_credit_note_a_sync_has_made_settles_its_invoice(status: OrderStatus, named: str) -> None:
    """
    A draft or locked order of a sync carries its own reference: Go matches the two once it has the invoice's.
    """
    counter = a_counter(PRESSIS_POS)
    number = counter.shop.invoice(counter.order).invoice_no
    back = OrderLine(product=counter.product, quantity=-3)
    note = Order(
        customer=counter.ours.customer,
        status=status,
        credits=number if named == "before the sync" else None,
        lines=[back],
    )
    own_id = counter.shop.pos.put(note)
    counter.sync()
    counter.shop.pos.put(attrs.evolve(counter.shop.pos.get(Order, own_id), credits=number), own_id)
    counter.shop.clock.advance(5)
    assert Decimal("-299.70") == counter.shop.invoice(own_id).total

    assert [Decimal(0), Decimal(0)] == [each.balance for each in counter.shop.go.invoices]
    counter.sync()
    assert OrderStatus.CREDITED is counter.ours.status


def test_an_edit_in_go_comes_first() -> None:
    """
    The draft a person changed in Go is told, synced, and then invoiced as it is.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    [go_id] = counter.shop.go.all(Order)
    theirs = counter.shop.go.get(Order, go_id)
    counter.shop.go.put(attrs.evolve(theirs, purchase_order="PO-7"), go_id)
    with pytest.raises(InvoiceRefusedError) as caught:
        counter.shop.invoice(counter.order)
    counter.sync()

    assert ["order-changed-in-go"] == [finding.rule for finding in caught.value.findings]
    assert "PO-7" == counter.ours.purchase_order
    assert go_id == counter.shop.invoice(counter.order).go_id


def test_a_half_written_draft_a_person_sends() -> None:
    """
    What was invoiced is what Go says, not what we were about to write: the next sync reads it, and tells what differs.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    [go_id] = counter.shop.go.all(Order)
    counter.say(reference="Kari", lines=[attrs.evolve(counter.ours.lines[0], quantity=5)])
    counter.shop.go.fail_next(400, method="PATCH", path=f"/SalesOrders/{go_id}/Lines")
    with pytest.raises(InvoiceRefusedError):
        counter.shop.invoice(counter.order)
    counter.shop.clock.advance(5)
    with GoClient(counter.shop.go.credentials, transport=counter.shop.go.transport, limiter=NO_LIMIT) as go:
        go.sales_orders.send(go_id)
        go.sales_orders.sent_state(go_id)
    counter.shop.clock.advance(5)

    assert Decimal("299.70") == counter.shop.invoice(counter.order).total
    counter.shop.clock.advance(5)
    told = counter.shop.sync(full=True).findings
    assert [("invoiced-order-changed", True)] == [
        (finding.rule, finding.message.startswith("lines ")) for finding in told
    ]


def test_an_edit_at_the_till_needs_no_sync() -> None:
    """
    The draft in Go is brought to what the till says, and the sync afterwards is quiet.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    counter.say(purchase_order="PO-9", lines=(attrs.evolve(counter.ours.lines[0], quantity=Decimal(1)),))
    result = counter.shop.invoice(counter.order)

    assert Decimal("99.90") == result.total
    assert {} == counter.sync()


def _make_five(go: FakeGo) -> None:
    [(own_id, order)] = go.all(Order).items()
    line = attrs.evolve(order.lines[0], quantity=Decimal(5))
    go.put(attrs.evolve(order, lines=[line]), own_id)


@pytest.mark.parametrize("known", [True, False], ids=["a draft", "a new order"])
@pytest.mark.parametrize("full", [True, False], ids=["sweep", "delta"])
def test_an_edit_in_go_at_the_last_moment_reaches_the_till(known: bool, full: bool) -> None:  # noqa: FBT001
    """
    Go sends what stands there by then, without a condition: the next sync reads what was invoiced, once.
    """
    counter = a_counter(PRESSIS_POS)
    if known:
        counter.sync()

    counter.shop.transport = AtTheLastMoment(counter.shop.go, lambda: _make_five(counter.shop.go))
    counter.shop.restart()
    counter.shop.invoice(counter.order)
    counter.shop.clock.advance(5)
    first = counter.shop.sync(full=full)
    counter.shop.clock.advance(5)

    assert [Decimal(5)] == [line.quantity for line in counter.ours.lines]
    assert ({"update pos": 1}, {}) == (first.written, counter.sync())


@pytest.mark.parametrize("full", [True, False], ids=["sweep", "delta"])
@pytest.mark.parametrize("answers", [True, False], ids=["told at once", "told later"])
def test_an_edit_at_the_last_moment_outlives_the_store(answers: bool, full: bool) -> None:  # noqa: FBT001
    """
    The pair that asking once more made anew has agreed on nothing: its invoice is read until the till has its lines.
    """
    counter = a_counter(PRESSIS_POS)
    counter.shop.transport = AtTheLastMoment(counter.shop.go, lambda: _make_five(counter.shop.go))
    counter.shop.restart()
    counter.shop.invoice(counter.order)
    counter.shop.lose_state()
    counter.shop.profile = attrs.evolve(PRESSIS_POS, orders=None)
    counter.sync()
    counter.shop.profile = PRESSIS_POS
    counter.shop.restart()
    assert counter.shop.invoice(counter.order).already_invoiced
    if not answers:
        counter.shop.pos.fail_next(422, method="PATCH")
        counter.shop.sync()
    counter.shop.clock.advance(5)
    counter.shop.sync(full=full)

    assert [Decimal(5)] == [line.quantity for line in counter.ours.lines]
    assert {} == counter.sync()


def test_an_order_sent_while_it_is_read_is_seen_by_the_next_run() -> None:
    """
    It stands in neither of Go's lists: it waits and is told, and kept in sight whatever a poll tells of.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    [(own_id, order)] = counter.shop.go.all(Order).items()
    counter.shop.go.put(attrs.evolve(order, purchase_order="4711"), own_id)
    sent: list[int] = []

    def send() -> None:
        if not sent:
            sent.append(counter.shop.go.send(own_id))

    counter.shop.transport = AtTheLastMoment(counter.shop.go, send, before=f"/{own_id}/Complete")
    counter.shop.restart()
    counter.shop.clock.advance(5)
    first = counter.shop.sync()
    counter.shop.clock.advance(4000)
    counter.shop.sync()

    assert ["order-on-its-way"] == [finding.rule for finding in first.findings]
    assert (OrderStatus.INVOICED, sent[0]) == (counter.ours.status, counter.ours.invoice_no)
