"""
Orders kept alike: what people on both sides do, and what becomes of it.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderStatus
from posgo.models.parties import Customer
from posgo.profiles import PRESSIS_POS
from posgo.state import Changes, IntentRecord, MemoryStore
from posgo.sync.policies import orders
from support.counters import AtTheLastMoment, a_counter
from support.ordering import World, with_a_draft

HOUR = 3600


def asked(world: World, since: int) -> list[str]:
    """
    What Go was asked since then, ids and tokens left out.
    """
    return [
        f"{request.method} {'/'.join('*' if part.count('-') == 4 else part for part in request.path.split('/'))}"
        for request in world.go.requests[since:]
        if "Token" not in request.path
    ]


class BusyStore(MemoryStore):
    """
    A store while whose intents are written somebody is at work.
    """

    def __init__(self) -> None:
        super().__init__()
        self.edits: list[Callable[[], object]] = []

    def commit(self, client: str, changes: Changes, *, expected_version: int) -> int:
        if any(isinstance(each, IntentRecord) for each in changes.put):
            while self.edits:
                self.edits.pop()()
        return super().commit(client, changes, expected_version=expected_version)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def linked(world: World) -> World:
    return with_a_draft(world)


class TestMade:
    """
    New orders appear on the other side.
    """

    def test_in_the_pos(self, world: World) -> None:
        """
        An order of the till is made in Go by one request, with its number where people see it.
        """
        world.pos.put(world.order(number="991"))
        world.sync()
        before = len(world.go.requests)
        world.pos.put(world.order(number="992", reference="Kari"))
        report = world.sync()

        assert {"create go": 1} == report.written
        assert [
            "GET /SalesOrders",
            "GET /OutgoingInvoices",
            "GET /SalesOrders/*/Complete",
            "GET /OutgoingInvoices",
            "POST /SalesOrders/Complete",
        ] == asked(world, before)
        world.check()

    def test_in_go(self, world: World) -> None:
        """
        An order made in Go gets its counterpart, and in Go the references payments are matched by.
        """
        world.put_in_go()
        report = world.sync()

        assert {"create pos": 1, "mend go": 1} == report.written
        assert (Decimal("33.00"), "Bun") == (world.in_pos.lines[0].unit_price, world.in_pos.lines[0].text)
        assert (world.in_pos.lines[0].reference or "").startswith("go:")
        world.check()

    def test_only_followed(self, world: World) -> None:
        """
        A profile that makes nothing leaves what people in Go make where it is, and asks for no lines of it.
        """
        world.profile = attrs.evolve(world.profile, orders=orders(creates=()))
        world.put_in_go()
        before = len(world.go.requests)

        assert {} == world.sync().written
        assert ["GET /SalesOrders", "GET /OutgoingInvoices"] == asked(world, before)

    def test_invoices_of_people_in_go_stay_there(self, world: World) -> None:
        """
        What nobody linked and is invoiced is no business of the POS.
        """
        world.go.send(world.put_in_go())
        world.clock.advance(5)

        assert {} == world.sync(full=True).written
        assert {} == world.pos.all(Order)


class TestQuiet:
    """
    Nothing new costs two requests to Go.
    """

    def test_polls(self, linked: World) -> None:
        """
        The order that changed last comes again with every poll, and is not asked for again.
        """
        before = len(linked.go.requests)
        for _ in range(3):
            assert {} == linked.sync().written

        assert ["GET /SalesOrders", "GET /OutgoingInvoices"] * 3 == asked(linked, before)

    def test_sweeps_every_hour(self, linked: World) -> None:
        """
        Once an hour every open order is read with its lines.
        """
        linked.clock.advance(HOUR)
        before = len(linked.go.requests)
        linked.sync()
        linked.sync()

        assert [
            "GET /SalesOrders",
            "GET /OutgoingInvoices",
            "GET /SalesOrders/*/Complete",
            *["GET /SalesOrders", "GET /OutgoingInvoices"],
        ] == asked(linked, before)


class TestHeld:
    """
    An order that cannot be translated waits, with what to do; the others go on.
    """

    def test_in_the_pos(self, world: World) -> None:
        """
        It goes on by itself as soon as its customer is known, though nobody touches it again.
        """
        stranger = world.pos.put(Customer(name="Stranger", email="s@example.no"))
        world.pos.put(world.order(customer=stranger))
        world.pos.put(world.order())
        report = world.sync()

        assert ["order-customer"] == [finding.rule for finding in report.findings]
        assert {"create go": 1} == report.written
        assert not report.is_clean
        assert "order-customer" in str(report)
        assert ["order-customer"] == [finding.rule for finding in world.sync().findings]

        world.process(kinds=("customers",))
        world.process(kinds=("customers",))
        report = world.sync()

        assert {"create go": 1} == report.written
        assert () == report.findings
        assert {} == world.sync().written

    def test_in_go(self, linked: World) -> None:
        """
        A linked order that gets a product the POS does not have is left alone on both sides, whatever else is edited.
        """
        strange = linked.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = linked.go.get(Order, linked.go_id).lines
        linked.edit_in_go(linked.go_id, lines=[*lines, linked.go_line(product=strange, text="New")])
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, reference="Kari")
        for full in (False, True, False):
            report = linked.sync(full=full)
            assert ["order-product"] == [finding.rule for finding in report.findings]
            assert {} == report.written

        linked.process(kinds=("products",))
        report = linked.sync()

        assert 2 == len(linked.in_pos.lines)
        assert () == report.findings
        assert "Kari" == linked.go.get(Order, linked.go_id).reference

    def test_in_go_meanwhile(self, linked: World) -> None:
        """
        An order that gets a product the POS does not have between look and write is not written to, and waits then.
        """
        linked.go.replica_lag = timedelta(0)
        own_id, go_id, store = next(iter(linked.pos.all(Order))), linked.go_id, BusyStore()
        linked.lose_store(store)
        linked.sync()
        strange = linked.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = linked.go.get(Order, go_id).lines
        linked.edit_in_pos(own_id, reference="Kari")
        store.edits.append(
            lambda: linked.edit_in_go(go_id, lines=[*lines, linked.go_line(product=strange, text="New")])
        )

        assert ["RejectedError"] == [type(each.error).__name__ for each in linked.sync().failed]
        assert ["order-product"] == [finding.rule for finding in linked.sync().findings]
        linked.process(kinds=("products",))
        linked.sync()

        assert ["Mug", "New"] == [line.text for line in linked.in_pos.lines]
        assert "Kari" == linked.go.get(Order, go_id).reference

    def test_gone_again(self, linked: World) -> None:
        """
        What no longer stands against an order is not told any more.
        """
        strange = linked.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = linked.go.get(Order, linked.go_id).lines
        linked.edit_in_go(linked.go_id, lines=[*lines, linked.go_line(product=strange, text="New")])
        linked.sync()
        linked.edit_in_go(linked.go_id, lines=lines)

        assert () == linked.sync().findings
        assert () == linked.store.progress("client", "orders").intents


class TestLocked:
    """
    A confirmed order is locked in Go.
    """

    @pytest.fixture
    def confirmed(self, linked: World) -> World:
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, status="confirmed")
        linked.sync()
        linked.sync()
        return linked

    def late(self, world: World) -> None:
        own_id = next(iter(world.pos.all(Order)))
        world.edit_in_pos(own_id, lines=[*world.in_pos.lines, world.line(text="Late")])

    def test_is_opened_for_a_late_line(self, confirmed: World) -> None:
        """
        It is opened, gets its line, and is confirmed again.
        """
        self.late(confirmed)
        before = len(confirmed.go.requests)
        confirmed.sync()

        assert ["PATCH /SalesOrders/*", "POST /SalesOrders/*/Lines", "PATCH /SalesOrders/*"] == [
            each for each in asked(confirmed, before) if not each.startswith("GET")
        ]
        confirmed.check()

    def test_is_not_opened_without_leave(self, confirmed: World) -> None:
        """
        Without leave the line waits, and it is told; once a person sets the order back to draft it is carried over.
        """
        confirmed.profile = attrs.evolve(confirmed.profile, orders=orders(reopen_confirmed=False))
        self.late(confirmed)
        report = confirmed.sync(full=True)

        assert "update go" not in report.written
        assert ["confirmed-order-changed"] == [finding.rule for finding in report.findings]

        confirmed.edit_in_go(confirmed.go_id, status="draft")
        confirmed.sync(full=True)

        assert 2 == len(confirmed.go.get(Order, confirmed.go_id).lines)

    def test_confirmed_meanwhile(self, linked: World) -> None:
        """
        An order that is confirmed between look and write is not opened without leave either.
        """
        linked.profile = attrs.evolve(linked.profile, orders=orders(reopen_confirmed=False))
        linked.go.replica_lag = timedelta(0)
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, status="confirmed", reference="Kari")
        linked.sync()
        linked.edit_in_pos(own_id, lines=[*linked.in_pos.lines, linked.line(text="Late")])

        assert "update go" not in linked.sync().written

    def test_confirmed_by_a_person_meanwhile(self, linked: World) -> None:
        """
        Of an order that is confirmed between look and write only what the plan changes is written: it stays confirmed.
        """
        linked.go.replica_lag = timedelta(0)
        own_id, go_id, store = next(iter(linked.pos.all(Order))), linked.go_id, BusyStore()
        linked.lose_store(store)
        linked.sync()
        linked.edit_in_pos(own_id, reference="Kari")
        store.edits.append(lambda: linked.edit_in_go(go_id, status="confirmed"))
        linked.sync()
        order = linked.go.get(Order, go_id)

        assert (OrderStatus.CONFIRMED, "Kari") == (order.status, order.reference)
        linked.sync()
        linked.check()

    def test_is_confirmed_again_though_a_line_is_refused(self, confirmed: World) -> None:
        """
        What Go refuses leaves no order open that people rely on being locked.
        """
        self.late(confirmed)
        confirmed.go.fail_next(400, method="POST", path="/SalesOrders")
        report = confirmed.sync()

        assert 1 == len(report.failed)
        assert OrderStatus.CONFIRMED is confirmed.go.get(Order, confirmed.go_id).status
        confirmed.sync()
        confirmed.check()

    def test_opened_by_a_person(self, confirmed: World) -> None:
        """
        What a person in Go opens is open in the POS as well.
        """
        confirmed.edit_in_go(confirmed.go_id, status="draft")
        confirmed.sync()

        assert OrderStatus.DRAFT is confirmed.in_pos.status
        confirmed.check()


class TestPricedLater:
    """
    A line that took its product's price gets one of its own.
    """

    def test_at_the_till(self, world: World) -> None:
        """
        Go shows the product's price on a line that has none: what is tested before it is replaced is the line's own.
        """
        own_id = world.pos.put(world.order(world.line(unit_price=None, quantity=2)))
        world.sync()
        world.clock.advance(5)
        [line] = world.in_pos.lines
        world.edit_in_pos(own_id, lines=[attrs.evolve(line, unit_price=Decimal("120.00"))])

        assert not world.sync().failed
        assert [Decimal("120.00")] == [
            line.unit_price for line in world.go.get(Order, world.go_id).lines if line.product
        ]
        world.check()

    def test_while_somebody_in_go_types_one(self, world: World) -> None:
        """
        What was typed since the look is not overwritten, but told as a conflict by the next run.
        """
        own_id, store = world.pos.put(world.order(world.line(unit_price=None, quantity=2))), BusyStore()
        world.lose_store(store)
        world.sync()
        world.clock.advance(5)
        [line], go_id = world.in_pos.lines, world.go_id
        [theirs] = world.go.get(Order, go_id).lines
        world.edit_in_pos(own_id, lines=[attrs.evolve(line, unit_price=Decimal("120.00"))])
        typed = [attrs.evolve(theirs, unit_price=Decimal("130.00"))]
        store.edits.append(lambda: world.edit_in_go(go_id, lines=typed))
        first, second = world.sync(), world.sync()

        assert 1 == len(first.failed)
        assert "130.00" in str([conflict.go for conflict in second.conflicts])
        world.check()

    @pytest.mark.parametrize(
        ("before", "changes"),
        [({"unit_price": "99.90"}, {"unit_price": "120.00"}), ({"unit_price": None}, {"quantity": 3})],
        ids=["a price", "a quantity"],
    )
    def test_what_go_refuses_is_not_tried_otherwise(
        self, world: World, before: dict[str, Any], changes: dict[str, Any]
    ) -> None:
        """
        Only a price that may be the product's has a second try.
        """
        own_id = world.pos.put(world.order(world.line(**before)))
        world.sync()
        world.clock.advance(5)
        [line] = world.in_pos.lines
        world.edit_in_pos(own_id, lines=[attrs.evolve(line, **changes)])
        world.go.fail_next(400, method="PATCH", path="/SalesOrders")
        since = len(world.go.requests)

        assert 1 == len(world.sync().failed)
        assert ["PATCH"] == [each.method for each in world.go.requests[since:] if "/Lines/" in each.path]


class TestGone:
    """
    A deleted order is a cancelled one.
    """

    def test_in_go(self, linked: World) -> None:
        """
        A draft deleted in Go is noticed within the hour.
        """
        linked.go.delete(linked.go_id)
        linked.clock.advance(5)
        linked.sync()
        before = linked.in_pos.status
        linked.clock.advance(HOUR)
        linked.sync()

        assert (OrderStatus.DRAFT, OrderStatus.CANCELLED) == (before, linked.in_pos.status)
        linked.check()

    def test_in_the_pos(self, linked: World) -> None:
        """
        An order deleted in the POS is deleted in Go by the nightly sweep, and then it is quiet.
        """
        linked.pos.delete(Order, next(iter(linked.pos.all(Order))))
        linked.sync(full=True)

        assert {} == linked.go.all(Order)
        assert {} == linked.sync(full=True).written

    def test_in_the_pos_and_edited_in_go(self, linked: World) -> None:
        """
        What people in Go do to an order that the POS has deleted keeps no draft alive, and is told to whoever ran it.
        """
        pos_id = next(iter(linked.pos.all(Order)))
        linked.pos.delete(Order, pos_id)
        linked.edit_in_go(linked.go_id, reference="Kari")
        linked.clock.advance(5)

        report = linked.sync(full=True)
        [told] = report.findings
        assert ("deleted-order-changed", f"pos {pos_id}", ()) == (told.rule, told.where, report.failed)
        assert "(reference)" in told.message
        assert {} == linked.go.all(Order)
        assert {} == linked.sync(full=True).written

    @pytest.mark.parametrize("first", ["deleted", "sent"])
    def test_in_the_pos_and_invoiced(self, linked: World, first: str) -> None:
        """
        An invoice stands, whatever the POS deleted: nothing is left to be told to it.
        """
        if first == "sent":
            linked.go.send(linked.go_id)
            linked.clock.advance(5)
            linked.sync()
        linked.pos.delete(Order, next(iter(linked.pos.all(Order))))
        if first == "deleted":
            linked.go.send(linked.go_id)
            linked.clock.advance(5)

        assert () == linked.sync(full=True).failed
        report = linked.sync(full=True)
        assert ({}, (), ()) == (report.written, report.failed, report.conflicts)

    def test_edited_in_go_while_it_is_cancelled(self) -> None:
        """
        Go deletes without a condition: what changed since the plan is looked at first, and shown in the POS.
        """
        counter = a_counter(PRESSIS_POS)
        counter.sync()
        [(own_id, order)] = counter.shop.go.all(Order).items()
        looks = 0

        def edit() -> None:
            nonlocal looks
            looks += 1
            if looks == 2:
                counter.shop.go.put(attrs.evolve(order, purchase_order="PO-7"), own_id)

        counter.shop.pos.archive(Order, counter.order)
        counter.shop.transport = AtTheLastMoment(counter.shop.go, edit, before=f"/{own_id}/Complete")
        counter.shop.restart()
        counter.shop.clock.advance(5)
        [failed] = counter.shop.sync().failed
        counter.shop.clock.advance(5)
        second = counter.shop.sync()

        assert str(failed.error).startswith("Go: update Order was refused: changed in the meantime")
        assert (("PO-7", OrderStatus.CANCELLED), {}) == (
            (counter.ours.purchase_order, counter.ours.status),
            counter.shop.go.all(Order),
        )
        assert second.is_clean

    def test_sent_at_the_last_moment(self, linked: World) -> None:
        """
        An order that is sent before its deletion arrives becomes what the ledger says.
        """
        linked.pos.archive(Order, next(iter(linked.pos.all(Order))))
        linked.go.send(linked.go_id)

        report = linked.sync()

        assert 1 == len(report.failed)

    def test_asked_for_but_not_delivered(self, linked: World) -> None:
        """
        An order that left the drafts and is no invoice yet is on its way, not deleted.
        """
        linked.go.replica_lag = timedelta(0)
        linked.clock.advance(HOUR)
        linked.go.delivery_delay = timedelta(hours=2)
        row = linked.go._company.table("SalesOrders")[linked.go_id]
        row |= {
            "invoiced": True,
            "request": {"asked": {}, "error": None, "done": False, "at": linked.clock.utc_now()},
        }
        linked.sync()

        assert OrderStatus.DRAFT is linked.in_pos.status
