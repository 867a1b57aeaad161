"""
A sync of orders may end between any two requests, and any request may take effect unseen.
"""

import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from posgo.models.orders import Order, OrderLine, OrderStatus
from support.ordering import World

# The same code thousands of times: tracing it shows nothing more and takes as long again.
pytestmark = pytest.mark.no_cover

MOST = 36
"""More requests than one run of these worlds makes."""

STOPS = tuple(itertools.product(range(1, MOST + 1), (False, True)))

Scene = tuple[World, Callable[[], None]]
"""A world where something is to be carried over, and what must be true in the end beside equality."""


def pens(world: World, count: int = 3) -> list[OrderLine]:
    """
    Lines whose net and VAT, rounded by themselves, come to more than the receipt.
    """
    return [
        world.line(product=world.pen, text="Pen", unit_price="0.02", quantity=count + at) for at in range(3)
    ]


def linked(mugs: int = 1, **more: Any) -> World:
    """
    An order both sides know.
    """
    world = World()
    lines = [world.line(quantity=at + 1) for at in range(mugs)]
    world.pos.put(world.order(*lines, *pens(world), **more))
    world.sync()
    world.sync()
    return world


def nothing() -> None:
    """
    Equality says it all.
    """


def new_in_pos() -> Scene:
    """
    Two new orders of the till, one confirmed.
    """
    world = World()
    world.pos.put(world.order(world.line(), *pens(world)))
    world.pos.put(world.order(world.line(quantity=2), status="confirmed", reference="Kari"))
    return world, nothing


def new_in_go() -> Scene:
    """
    An order a person in Go made.
    """
    world = World()
    world.put_in_go(world.go_line(), world.go_line(product=None, text="Delivery", unit_price=None))
    return world, nothing


def late_line() -> Scene:
    """
    Something more is sold on an order that is confirmed and so locked in Go.
    """
    world = linked(status="confirmed")
    own_id = next(iter(world.pos.all(Order)))
    world.edit_in_pos(
        own_id, lines=[*world.in_pos.lines, world.line(product=world.bun, text="Bun", unit_price="33.00")]
    )

    def confirmed() -> None:
        assert OrderStatus.CONFIRMED is world.in_pos.status
        assert 5 == len(world.in_pos.lines)

    return world, confirmed


def cancelled() -> Scene:
    """
    The till gives an order up.
    """
    world = linked()
    world.pos.archive(Order, next(iter(world.pos.all(Order))))

    def gone() -> None:
        assert {} == world.go.all(Order)
        assert OrderStatus.CANCELLED is world.in_pos.status

    return world, gone


def deleted_in_go() -> Scene:
    """
    A person in Go deletes a draft.
    """
    world = linked()
    world.go.delete(world.go_id)
    world.clock.advance(4000)

    def given_up() -> None:
        assert OrderStatus.CANCELLED is world.in_pos.status
        assert {} == world.go.all(Order)

    return world, given_up


def both_edit() -> Scene:
    """
    Lines changed, removed, moved and added on both sides.
    """
    world = linked(2)
    own_id = next(iter(world.pos.all(Order)))
    _, *rest = world.in_pos.lines
    there = world.go.get(Order, world.go_id)
    changed = [
        *there.lines[:1],
        OrderLine(**{**as_dict(there.lines[1]), "quantity": Decimal(7)}),
        *there.lines[2:],
        world.go_line(),
    ]
    world.edit_in_go(world.go_id, lines=changed, purchase_order="PO-9")
    world.edit_in_pos(own_id, lines=[*rest[1:], rest[0], world.line(text="Big mug")], reference="Ola")

    return world, nothing


def as_dict(line: OrderLine) -> dict[str, Any]:
    return {
        name: getattr(line, name)
        for name in ("product", "text", "quantity", "unit_price", "discount_percent", "reference")
    }


def sent_in_go() -> Scene:
    """
    A person in Go adds to a draft and sends it.
    """
    world = linked()
    world.edit_in_go(world.go_id, lines=[*world.go.get(Order, world.go_id).lines, world.go_line()])
    world.go.send(world.go_id)
    world.clock.advance(5)

    def invoiced() -> None:
        assert OrderStatus.INVOICED is world.in_pos.status
        assert 10001 == world.in_pos.invoice_no
        assert world.said(world.in_pos).lines == world.said(world.go.get(Order, world.go_id)).lines

    return world, invoiced


def name(make: Callable[[], Scene]) -> str:
    return make.__name__


class TestStopped:
    """
    Wherever a process ends, the next one leaves both sides equal and no order twice.
    """

    @pytest.mark.parametrize(
        "make", [new_in_pos, new_in_go, late_line, both_edit, cancelled, deleted_in_go, sent_in_go], ids=name
    )
    def test_anywhere(self, make: Callable[[], Scene]) -> None:
        """
        Before a request, and after its effect with the answer lost.
        """
        asked = 0
        for stop in STOPS:
            world, holds = make()
            report, made = world.process(stop)
            asked = max(asked, made)
            world.process()
            world.check()
            holds()
            if report is not None:
                break
        assert asked < MOST

    @pytest.mark.parametrize("make", [new_in_pos, new_in_go, late_line, cancelled, sent_in_go], ids=name)
    def test_anywhere_and_the_store_lost(self, make: Callable[[], Scene]) -> None:
        """
        The same, when the next process knows nothing.
        """
        for stop in STOPS[::3]:
            world, holds = make()
            report, _ = world.process(stop)
            world.lose_store()
            world.process()
            world.process()
            world.check()
            holds()
            if report is not None:
                break


class TestBornInGo:
    """
    An order of Go that the POS has been told of, while nobody remembers: the POS's copy names it.
    """

    @staticmethod
    def stopped(stop: tuple[int, bool]) -> tuple[World, bool]:
        """
        A world in which a run of deltas ended while it carried an order of Go over; and whether it did end early.
        """
        world = World()
        world.sync()
        world.put_in_go()
        report, _ = world.process(stop)
        return world, report is None

    def test_sent_after_the_run_ended(self) -> None:
        """
        Its invoice is followed, and never a second order made of the POS's copy.
        """
        for stop in STOPS:
            world, ended = self.stopped(stop)
            number = world.go.send(world.go_id)
            world.clock.advance(5)
            told = bool(world.pos.all(Order))
            world.process()
            assert 1 == len(world.go.all(Order))
            if told:
                assert (OrderStatus.INVOICED, number) == (world.in_pos.status, world.in_pos.invoice_no)
                world.check()
            if not ended:
                break

    def test_deleted_after_the_run_ended(self) -> None:
        """
        It is cancelled in the POS, and not made anew in Go.
        """
        for stop in STOPS:
            world, ended = self.stopped(stop)
            world.go.delete(world.go_id)
            world.clock.advance(4000)
            world.process()
            assert {} == world.go.all(Order)
            assert {OrderStatus.CANCELLED} >= {order.status for order in world.pos.all(Order).values()}
            if not ended:
                break
