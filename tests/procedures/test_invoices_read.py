"""
What was invoiced is read until the till has it: whatever refuses, is lost, or is not known yet meanwhile.
"""

from collections.abc import Callable
from decimal import Decimal

import attrs
import pytest

from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.profiles import PRESSIS_POS
from posgo.testing import FakeGo
from support.counters import AtTheLastMoment, Counter, a_counter

Edit = Callable[[Order], Order]
DELTA_AND_SWEEP = pytest.mark.parametrize("full", [True, False], ids=["sweep", "delta"])


def to_five(order: Order) -> Order:
    return attrs.evolve(order, lines=[attrs.evolve(order.lines[0], quantity=Decimal(5))])


def to_another_text(order: Order) -> Order:
    return attrs.evolve(order, lines=[attrs.evolve(order.lines[0], text="Krus, rød")])


def to_another_header(order: Order) -> Order:
    return attrs.evolve(order, purchase_order="PO-7")


def edited(go: FakeGo, edit: Edit) -> None:
    [(own_id, order)] = go.all(Order).items()
    go.put(edit(order), own_id)


def sent_with(edit: Edit) -> Counter:
    """
    An order a person edits in Go just before what the till asked for is sent.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    counter.shop.transport = AtTheLastMoment(counter.shop.go, lambda: edited(counter.shop.go, edit))
    counter.shop.restart()
    counter.shop.invoice(counter.order)
    counter.shop.clock.advance(5)
    return counter


def refused(counter: Counter, *, full: bool = True) -> None:
    """
    A sync whose write the till refuses.
    """
    counter.shop.pos.fail_next(422, method="PATCH")
    assert counter.shop.sync(full=full).failed
    counter.shop.clock.advance(5)


def orders_first(counter: Counter) -> None:
    """
    Orders alone, while no customer is linked; then everything.
    """
    counter.shop.clock.advance(5)
    profile, counter.shop.profile = (
        counter.shop.profile,
        attrs.evolve(counter.shop.profile, customers=None, products=None),
    )
    counter.shop.restart()
    report = counter.shop.sync()
    assert ["order-customer"] == [finding.rule for finding in report.findings]
    counter.shop.profile = profile
    counter.shop.restart()
    counter.sync()
    assert {} == counter.sync()


@DELTA_AND_SWEEP
def test_refused_by_the_till_once(full: bool) -> None:  # noqa: FBT001
    """
    What the till refused is not forgotten: the next run reads the invoice and tries again.
    """
    counter = sent_with(to_five)
    refused(counter, full=full)
    counter.shop.sync(full=full)

    assert [Decimal(5)] == [line.quantity for line in counter.ours.lines]
    assert {} == counter.sync()


@pytest.mark.parametrize("edit", [to_five, to_another_text, to_another_header])
@DELTA_AND_SWEEP
def test_a_lost_store(edit: Edit, full: bool) -> None:  # noqa: FBT001
    """
    The till says that it is invoiced; what was invoiced is read all the same, though the sums may be alike.
    """
    counter = sent_with(edit)
    counter.shop.lose_state()
    counter.shop.sync(full=full)

    assert edit(counter.ours) == counter.ours
    assert {} == counter.sync()


@pytest.mark.parametrize("asks", [True, False])
def test_a_lost_store_whose_till_refuses_once(*, asks: bool) -> None:
    """
    Also where the pair was made anew by asking for the invoice once more, before or after the till refused.
    """

    def both(order: Order) -> Order:
        return to_another_header(to_five(order))

    counter = sent_with(both)
    counter.shop.lose_state()
    if asks:
        counter.shop.invoice(counter.order)
    refused(counter)
    counter.shop.invoice(counter.order)
    counter.shop.sync()
    counter.sync()

    assert both(counter.ours) == counter.ours
    assert {} == counter.sync()


def test_asked_for_again_after_the_till_refused() -> None:
    """
    What a sync could not tell the till is still told.
    """
    counter = sent_with(to_five)
    refused(counter)
    counter.shop.invoice(counter.order)
    counter.sync()

    assert to_five(counter.ours) == counter.ours


def test_before_its_customer_is_known() -> None:
    """
    A lost store that begins with the orders: the invoice waits for its customer, and says so.
    """
    counter = sent_with(to_five)
    counter.shop.lose_state()
    orders_first(counter)

    assert to_five(counter.ours) == counter.ours


def test_asked_for_before_its_customer_is_known() -> None:
    """
    The same, where the till had asked for the invoice with the lost store.
    """
    counter = a_counter(PRESSIS_POS)
    counter.shop.lose_state()
    counter.shop.transport = AtTheLastMoment(counter.shop.go, lambda: edited(counter.shop.go, to_five))
    counter.shop.restart()
    counter.shop.invoice(counter.order)
    orders_first(counter)

    assert to_five(counter.ours) == counter.ours


def test_of_a_customer_the_pos_does_not_have() -> None:
    """
    Somebody in Go gives the order to another customer, changes a line and sends it: the till hears of the line.
    """
    counter = a_counter(PRESSIS_POS)
    counter.sync()
    assert PRESSIS_POS.customers is not None
    counter.shop.profile = attrs.evolve(
        PRESSIS_POS, customers=attrs.evolve(PRESSIS_POS.customers, creates=())
    )
    counter.shop.restart()
    stranger = counter.shop.go.put(Customer(name="Ukjent AS", email="u@example.no"))
    edited(counter.shop.go, lambda order: attrs.evolve(to_five(order), customer=stranger))
    counter.shop.go.send(next(iter(counter.shop.go.all(Order))))
    counter.sync()
    counter.sync()

    assert OrderStatus.INVOICED is counter.ours.status
    assert to_five(counter.ours) == counter.ours
