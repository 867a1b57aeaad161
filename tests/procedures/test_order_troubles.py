"""
Orders kept alike though Go refuses, answers late, or the store is lost.
"""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.state import Changes, LinkRecord, MemoryStore
from support.ordering import World, with_a_draft


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def linked(world: World) -> World:
    return with_a_draft(world)


def made_by_a_process_that_was_stopped(lag: int) -> World:
    """
    A world whose one process was stopped as soon as it had made an order in Go.
    """
    for step in count(1):
        world = World(lag=lag)
        world.pos.put(world.order())
        world.process((step, True))
        if "POST" in [request.method for request in world.go.requests if "/SalesOrders" in request.path]:
            return world
    raise AssertionError


class TestTroubles:
    """
    What Go refuses, or answers late.
    """

    def test_somebody_was_faster(self, linked: World) -> None:
        """
        An order changed between look and write is left as it is; the next run sees both edits.
        """
        linked.go.replica_lag = timedelta(0)
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, reference="Kari")
        go_id = linked.go_id
        seen = linked.go.get(Order, go_id)
        linked.pos.meanwhile(
            lambda: linked.go.put(attrs.evolve(seen, reference="Ola"), go_id), path="/orders", method="GET"
        )
        report = linked.sync()

        assert ["Ola", "Kari"].count(linked.go.get(Order, go_id).reference or "") == 1
        assert report is not None

    def test_references_refused(self, world: World) -> None:
        """
        What is left to do on an order and refused is told, and done by the next run.
        """
        world.put_in_go()
        world.go.fail_next(400, method="PATCH", path="/SalesOrders")
        report = world.sync()

        assert ["order-unfinished"] == [finding.rule for finding in report.findings]
        assert () == world.sync().findings
        world.check()

    def test_server_fails_while_putting_right(self, world: World) -> None:
        """
        A server that fails ends the run; nothing is lost.
        """
        world.put_in_go()
        world.go.fail_next(503, method="PATCH", path="/SalesOrders")
        report = world.sync()

        assert ["not-finished"] == [finding.rule for finding in report.findings]
        assert not report.is_clean
        world.sync()
        world.check()

    def test_sent_before_it_was_named_and_the_store_lost(self, world: World) -> None:
        """
        An order born in Go says nothing of the POS if it is sent at once; then the POS's copy tells which it is.
        """
        world.put_in_go()
        world.go.fail_next(503, method="PATCH", path="/SalesOrders")
        world.sync()
        number = world.go.send(world.go_id)
        world.clock.advance(5)
        world.lose_store()
        world.sync()

        assert (OrderStatus.INVOICED, number) == (world.in_pos.status, world.in_pos.invoice_no)
        world.check()

    @pytest.mark.parametrize(
        "other",
        [
            {"text": "Tall mug"},
            {"unit_price": Decimal("88.00")},
            {"quantity": Decimal(3)},
            {"discount_percent": Decimal(10)},
        ],
        ids=lambda other: next(iter(other)),
    )
    def test_sent_before_its_lines_were_named(self, world: World, other: dict[str, Any]) -> None:
        """
        Of two lines of one product, the one a person in Go left on the order keeps its name in the POS.
        """
        world.put_in_go(world.go_line(), world.go_line(**other))
        world.go.fail_next(503, method="PATCH", path="/SalesOrders")
        world.sync()
        kept = world.in_pos.lines[1]
        drafted = world.go.get(Order, world.go_id)
        world.go.put(attrs.evolve(drafted, lines=drafted.lines[1:]), world.go_id)
        world.go.send(world.go_id)
        world.clock.advance(5)
        world.sync()

        assert (kept,) == world.in_pos.lines

    def test_changed_after_it_was_invoiced_and_the_store_lost(self, linked: World) -> None:
        """
        What the till adds to an invoice is told, though nobody remembers what was invoiced.
        """
        linked.go.send(linked.go_id)
        linked.clock.advance(5)
        linked.sync()
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, lines=[*linked.in_pos.lines, linked.line(text="One more")])
        linked.lose_store()

        assert ["invoiced-order-changed"] == [finding.rule for finding in linked.sync().findings]

    def test_invoiced_when_it_was_to_be_made(self, linked: World) -> None:
        """
        Nor is it removed if the invoice is found only when the order is to be made anew.
        """
        linked.go.send(linked.go_id)
        linked.clock.advance(5)
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, lines=[*linked.in_pos.lines, linked.line(text="One more")])
        linked.store = MemoryStore()
        waiting = linked.sync()
        linked.know_again()

        report = linked.sync()

        assert waiting.findings
        assert "invoiced-order-changed" in {finding.rule for finding in report.findings}
        assert "invoiced-order-changed" in str(report)
        assert OrderStatus.INVOICED == linked.in_pos.status
        assert "One more" in [line.text for line in linked.in_pos.lines]

    def test_creation_in_doubt(self, world: World) -> None:
        """
        An order whose creation got no answer is found among our own, and not made again.
        """
        world.pos.put(world.order())
        world.go.fail_next(after_effect=True, method="POST", path="/SalesOrders/Complete")
        report = world.sync()

        assert {"create go": 1, "link": 1} == report.written
        world.check()

    def test_creation_in_doubt_without_effect(self, world: World) -> None:
        """
        If it is not there it is made.
        """
        world.pos.put(world.order())
        world.go.fail_next(method="POST", path="/SalesOrders/Complete")

        assert {"create go": 1} == world.sync().written
        world.check()

    def test_what_is_found_must_wait(self) -> None:
        """
        If what an earlier run made has got a product the POS does not have when it is found, both wait until it has.
        """
        # It is not seen when the run reads, and seen when it looks for what it could not make again.
        world = made_by_a_process_that_was_stopped(lag=3)
        made = world.go.get(Order, world.go_id)
        strange = world.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = [*made.lines, world.go_line(product=strange, text="New")]
        world.go.put(attrs.evolve(made, lines=lines), world.go_id)

        for _ in range(2):
            assert ["order-product"] == [finding.rule for finding in world.sync().findings]
        world.process(kinds=("products",))
        world.sync()

        assert ["Mug", "New"] == [line.text for line in world.in_pos.lines]
        assert 1 == len(world.go.all(Order))

    @pytest.mark.parametrize("reference", ["b", "a line id that is longer than Go can hold" * 2])
    def test_a_late_line_in_doubt(self, world: World, reference: str) -> None:
        """
        A line Go took without answering is known again by its name, whatever it leaves to its product.
        """
        world.pos.put(world.order(OrderLine(product=world.mug, reference="a")))
        world.sync()
        world.sync()
        own_id = next(iter(world.pos.all(Order)))
        late = OrderLine(product=world.bun, reference=reference)
        world.edit_in_pos(own_id, lines=(*world.in_pos.lines, late))
        world.go.fail_next(after_effect=True, method="POST", path="/SalesOrders")
        world.sync()
        world.clock.advance(5)
        report = world.sync()

        assert report.is_clean
        assert not report.conflicts
        kept = [line.product for line in world.go.get(Order, world.go_id).lines if line.product]
        assert [world.in_go(Product, own_id) for own_id in (world.mug, world.bun)] == kept[:2]
        assert [world.mug, world.bun] == [line.product for line in world.in_pos.lines]
        world.clock.advance(5)
        assert {} == world.sync().written

    def test_customer_disappears(self, linked: World) -> None:
        """
        An order that is changed to name a product nobody knows waits, linked as it is.
        """
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, lines=[linked.line(product="nobody's")])
        report = linked.sync()

        assert ["order-product"] == [finding.rule for finding in report.findings]
        assert {} == report.written


class TestAdopted:
    """
    What was done before the memory was lost is not done again.
    """

    def test_an_invoice(self, world: World) -> None:
        """
        An order whose invoice is known by its reference alone is linked to it, and no second order is made.
        """
        world.pos.put(world.order())
        world.sync()
        world.go.send(world.go_id)
        world.lose_store()
        world.go.replica_lag = timedelta(0)
        report = world.sync()

        assert 1 == len(world.go.all(Order))
        assert OrderStatus.INVOICED is world.in_pos.status
        assert not report.failed

    @pytest.mark.parametrize("reference", ["a", "a line id that is longer than Go can hold" * 2])
    def test_a_draft(self, world: World, reference: str) -> None:
        """
        What a line leaves to its product, and a line id too long for Go, is known again: nothing is written, nothing doubled.
        """
        world.pos.put(
            world.order(
                OrderLine(product=world.mug, reference=reference),
                OrderLine(product=world.bun, unit_price="30.00", reference=f"{reference}2"),
            )
        )
        world.sync()
        before = world.in_pos, world.go.get(Order, world.go_id)
        world.lose_store()
        report = world.sync()

        assert {"link": 1} == report.written
        assert report.is_clean
        assert not report.conflicts
        assert before == (world.in_pos, world.go.get(Order, world.go_id))

    @pytest.mark.parametrize("full", [True, False])
    def test_a_draft_that_must_wait_in_the_pos(self, linked: World, full: bool) -> None:  # noqa: FBT001
        """
        Go's copy of an order the POS cannot tell Go now waits with it; it is not made in the POS a second time.
        """
        own_id = next(iter(linked.pos.all(Order)))
        known = linked.in_pos.lines
        linked.edit_in_pos(own_id, lines=[*known, linked.line(product="nobody's")])
        linked.lose_store()
        for _ in range(2):
            report = linked.sync(full=full)
            assert {} == report.written
            assert ["order-product"] == [finding.rule for finding in report.findings]
        linked.edit_in_pos(own_id, lines=known)

        assert {"link": 1} == linked.sync(full=full).written
        assert () == linked.store.progress("client", "orders").intents
        linked.check()

    @pytest.mark.parametrize("full", [True, False])
    def test_a_draft_that_must_wait_in_go(self, linked: World, full: bool) -> None:  # noqa: FBT001
        """
        The POS's order of a copy Go cannot tell the POS now waits with it; it is not made in Go a second time.
        """
        strange = linked.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = linked.go.get(Order, linked.go_id).lines
        linked.edit_in_go(linked.go_id, lines=[*lines, linked.go_line(product=strange, text="New")])
        linked.lose_store()
        for _ in range(2):
            report = linked.sync(full=full)
            assert {} == report.written
            assert ["order-product"] == [finding.rule for finding in report.findings]
        linked.process(kinds=("products",))

        assert not linked.sync(full=full).failed
        assert ["Mug", "New"] == [line.text for line in linked.in_pos.lines]
        assert 1 == len(linked.go.all(Order))

    def test_another_that_says_it_is_an_order_that_must_wait(self, linked: World) -> None:
        """
        What says it is one of a linked pair waits with the pair; which of the two is right is told when it can be.
        """
        own_id, go_id = next(iter(linked.pos.all(Order))), linked.go_id
        known = linked.in_pos.lines
        linked.edit_in_pos(own_id, lines=[*known, linked.line(product="nobody's")])
        linked.pos.create(linked.order(), reference=f"go:{go_id}")

        assert {} == linked.sync().written
        linked.edit_in_pos(own_id, lines=known)
        report = linked.sync()

        assert {} == report.written
        assert ["already-linked"] == [finding.rule for finding in report.findings]

    def test_an_order_with_a_comma_in_its_id(self, world: World) -> None:
        """
        A reference that had to be hashed is known again, though nobody can read it.
        """
        world.pos.put(world.order(world.line(quantity=2)), "17,2")
        world.sync()
        world.lose_store()
        world.sync(full=True)

        assert ["17,2"] == list(world.pos.all(Order))
        world.check()

    def test_a_draft_both_have_added_to(self, world: World) -> None:
        """
        Lines added on either side since are added on the other.
        """
        world.pos.put(world.order(OrderLine(product=world.mug)))
        world.sync()
        world.lose_store()
        own_id = next(iter(world.pos.all(Order)))
        world.edit_in_pos(own_id, lines=(*world.in_pos.lines, OrderLine(product=world.bun, quantity=7)))
        ours = world.go.get(Order, world.go_id).lines
        world.edit_in_go(world.go_id, lines=(*ours, world.go_line(quantity=4)))
        report = world.sync()

        assert not report.failed
        assert not report.conflicts
        for lines in (world.in_pos.lines, world.go.get(Order, world.go_id).lines):
            assert [1, 4, 7] == sorted(line.quantity for line in lines)

    def test_an_invoice_a_poll_does_not_see(self, world: World) -> None:
        """
        Before an order is made Go is asked for an invoice of it.
        """
        world.pos.put(world.order(reference="first"))
        world.sync()
        kept = world.store
        world.lose_store()
        world.sync()
        own_id = next(iter(world.pos.all(Order)))
        world.go.send(world.go_id)
        links = kept.links("client", "orders").links
        version = kept.progress("client", "orders").version
        kept.commit(
            "client",
            Changes(drop=[LinkRecord(kind="orders", link=link).key for link in links]),
            expected_version=version,
        )
        world.store = kept
        world.go.replica_lag = timedelta(0)
        world.edit_in_pos(own_id, reference="second")
        world.sync()

        assert 1 == len(world.go.all(Order))
        assert OrderStatus.INVOICED is world.in_pos.status
