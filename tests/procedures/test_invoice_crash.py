"""
An order being invoiced may be left between any two requests, and any request may take effect unseen.
"""

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import attrs
import pytest

from posgo.models.orders import Order, OrderStatus
from posgo.procedures.in_sight import UNREAD
from posgo.procedures.invoicing import InvoiceResult
from support.tills import CLIENT, Stop, Till

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover


@attrs.frozen
class Scene:
    """
    A till, and the order to be invoiced.
    """

    till: Till
    order: str
    invoices: int = 1


def new_order(**settings: Any) -> Scene:
    till = Till(settings=settings)
    return Scene(till, till.order())


def rounded_otherwise() -> Scene:
    """
    Go's total is not what was reckoned with, so a line is added to the order made.
    """
    scene = new_order(line_rounding=ROUND_DOWN)
    lines = [scene.till.line("B-1", quantity=1, unit_price="46.05", reference="1")]
    scene.till.pos.put(Order(customer=scene.till.buyer, lines=lines), scene.order)
    return scene


def known_draft() -> Scene:
    """
    The order stands in Go as both last agreed on it; since then the POS has changed it.
    """
    scene = new_order()
    till = scene.till
    before = till.pos.get(Order, scene.order)
    lines = (
        attrs.evolve(before.lines[0], product=till.theirs[till.goods["BA-12"]]),
        before.lines[1],
    )
    go_id = till.go.put(attrs.evolve(before, customer=till.theirs[till.buyer], lines=lines))
    till.link("orders", scene.order, go_id, before)
    changed = (
        attrs.evolve(before.lines[0], quantity=Decimal(5)),
        till.line("B-1", reference="3"),
    )
    till.pos.put(attrs.evolve(before, lines=changed, purchase_order="PO-7"), scene.order)
    till.clock.advance(5)
    return scene


def confirmed_draft() -> Scene:
    """
    The same, locked in Go and confirmed in the POS.
    """
    scene = known_draft()
    till = scene.till
    [link] = till.links()
    till.go.put(attrs.evolve(till.go.get(Order, link.go_id), status=OrderStatus.CONFIRMED), link.go_id)
    till.link("orders", scene.order, link.go_id, attrs.evolve(link.base, status=OrderStatus.CONFIRMED))
    order = till.pos.get(Order, scene.order)
    till.pos.put(attrs.evolve(order, status=OrderStatus.CONFIRMED), scene.order)
    till.clock.advance(5)
    return scene


def slow_delivery() -> Scene:
    scene = new_order()
    scene.till.go.delivery_delay = timedelta(seconds=9)
    return scene


def credit_note() -> Scene:
    till = Till()
    sold = till.invoice(till.order())
    till.clock.advance(5)
    return Scene(till, till.order(till.line(quantity=-1, reference="1"), credits=sold.invoice_no), invoices=2)


def stops(make: Callable[[], Scene]) -> tuple[Stop, ...]:
    """
    Every request a process makes, before and after its effect.
    """
    scene = make()
    _, asked = scene.till.process(scene.order)
    return tuple(itertools.product(range(1, asked + 1), (False, True)))


SCENES = (new_order, rounded_otherwise, known_draft, confirmed_draft, slow_delivery, credit_note)


def check(scene: Scene, result: InvoiceResult | None, *, remembered: bool = True) -> None:
    """
    One order, one invoice, both known on both sides, the amount to the øre, and nothing left to do.

    Where nobody remembers who sent it, and so with which lines, it is left to the next sync to agree on them.
    """
    till = scene.till
    assert result is not None
    till.clock.advance(5)
    assert scene.invoices == len(till.go.invoices) == len(till.go.all(Order))
    [ours] = [each for each in till.go.invoices if each.id == result.go_id]
    order = till.pos.get(Order, scene.order)
    assert (ours.invoice_no, ours.total) == (result.invoice_no, result.total)
    assert (result.invoice_no, OrderStatus.INVOICED) == (order.invoice_no, order.status)
    [link] = [each for each in till.links() if each.pos_id == scene.order]
    agreed = {result.invoice_no} if remembered else {result.invoice_no, None}
    assert (result.go_id, True) == (link.go_id, link.base.invoice_no in agreed)
    doubts = [each for each in till.store.progress(CLIENT, "orders").intents if each.operation != UNREAD]
    assert [] == doubts
    before = len(till.writes())
    again = till.invoice(scene.order)
    assert before == len(till.writes())
    assert attrs.evolve(result, already_invoiced=True, findings=()) == attrs.evolve(again, findings=())


@pytest.mark.parametrize("make", SCENES, ids=lambda make: make.__name__)
class TestStopped:
    """
    Wherever a process ends, the next call leaves exactly one invoice and knows its number.
    """

    def test_not_at_all(self, make: Callable[[], Scene]) -> None:
        """
        Undisturbed, it takes few requests, and there is nothing to be said.
        """
        scene = make()
        result, asked = scene.till.process(scene.order)

        assert 10 < asked < 40
        check(scene, result)
        assert () == (result.findings if result else None)

    def test_once(self, make: Callable[[], Scene]) -> None:
        """
        Before each request, and after its effect with the answer lost.
        """
        for stop in stops(make):
            scene = make()
            scene.till.process(scene.order, stop)
            check(scene, scene.till.invoice(scene.order))

    def test_once_and_the_store_lost(self, make: Callable[[], Scene]) -> None:
        """
        The same, when nobody remembers anything.
        """
        if make in (known_draft, confirmed_draft):
            pytest.skip("an edit that only the store can tell from one in Go is told, not overwritten")
        for stop in stops(make):
            scene = make()
            scene.till.process(scene.order, stop)
            scene.till.forget()
            check(scene, scene.till.invoice(scene.order), remembered=False)

    def test_twice(self, make: Callable[[], Scene]) -> None:
        """
        Two processes that end, one after the other.
        """
        every = stops(make)
        for first, second in itertools.product(every[1::5], every[::7]):
            scene = make()
            scene.till.process(scene.order, first)
            scene.till.process(scene.order, second)
            check(scene, scene.till.invoice(scene.order))
