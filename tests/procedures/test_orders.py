"""
Orders kept alike: what people on both sides do, and what becomes of it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.procedures.order_position import Position
from posgo.state import Changes, IntentRecord, LinkRecord, MemoryStore
from posgo.sync.policies import orders
from support.ordering import World, sum_of

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
    """
    A draft both sides know.
    """
    world.pos.put(world.order(world.line(quantity=2)))
    world.sync()
    world.sync()
    return world


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
        What people in Go do to an order that the POS has deleted cannot be told to it, and keeps no draft alive.
        """
        linked.pos.delete(Order, next(iter(linked.pos.all(Order))))
        linked.edit_in_go(linked.go_id, reference="Kari")
        linked.clock.advance(5)

        assert () == linked.sync(full=True).failed
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


class TestFollowed:
    """
    An order that became an invoice is followed, whoever sent it.
    """

    @pytest.fixture
    def sent(self, linked: World) -> World:
        linked.go.send(linked.go_id)
        linked.clock.advance(5)
        linked.sync()
        return linked

    @property
    def number(self) -> int:
        return 10_001

    def told(self, world: World) -> OrderStatus:
        """
        What the POS says after a poll, and no other write than that.
        """
        world.clock.advance(5)
        world.sync()
        assert {} == world.sync().written
        return world.in_pos.status

    def test_to_its_number(self, sent: World) -> None:
        """
        The POS learns the invoice's number.
        """
        assert (OrderStatus.INVOICED, self.number) == (sent.in_pos.status, sent.in_pos.invoice_no)
        sent.check()

    def test_to_its_payment(self, sent: World) -> None:
        """
        Paid by bank in two parts: part-paid, then paid.
        """
        sent.go.pay(self.number, Decimal("100.00"))
        first = self.told(sent)
        sent.go.pay(self.number)

        assert (OrderStatus.PART_PAID, OrderStatus.PAID) == (first, self.told(sent))
        assert {} == sent.sync(full=True).written

    def test_to_its_credit_note(self, sent: World) -> None:
        """
        A balance of zero through a credit note is no payment.
        """
        sent.go.credit(self.number)

        assert OrderStatus.CREDITED is self.told(sent)
        assert {} == sent.sync(full=True).written

    def test_to_its_reversal(self, sent: World) -> None:
        """
        A reversed invoice is taken back.
        """
        sent.go.reverse(sent.go_id)

        assert OrderStatus.CREDITED is self.told(sent)

    def test_paid_and_then_credited_for_nothing(self, sent: World) -> None:
        """
        A credit note that comes after the payment leaves the invoice paid.
        """
        sent.go.pay(self.number)
        sent.go.credit(self.number)

        assert OrderStatus.PAID is self.told(sent)

    def test_with_a_product_nobody_knows(self, linked: World) -> None:
        """
        What a person added at the last moment stands in the POS as it was invoiced, though it has no such product.
        """
        strange = linked.go.put(Product(code="NEW", name="New", price=Decimal(10), vat_code="3"))
        lines = linked.go.get(Order, linked.go_id).lines
        linked.edit_in_go(
            linked.go_id, lines=[*lines, linked.go_line(product=strange, text="New", unit_price="10.00")]
        )
        linked.go.send(linked.go_id)

        assert OrderStatus.INVOICED is self.told(linked)
        added = linked.in_pos.lines[-1]
        assert (None, "New", Decimal("10.00")) == (added.product, added.text, added.unit_price)

    def test_lines_keep_their_names(self, world: World) -> None:
        """
        Ids of lines do not outlive the order; those without a reference are known by their product.
        """
        world.put_in_go(world.go_line(), world.go_line(product=None, text="Hello", unit_price=None))
        world.go.fail_next(400, method="PATCH", path="/SalesOrders")
        world.sync()
        before = [line.reference for line in world.in_pos.lines]
        world.go.send(world.go_id)
        world.clock.advance(5)
        world.sync()

        assert OrderStatus.INVOICED is world.in_pos.status
        assert before == [line.reference for line in world.in_pos.lines]


class TestBlindSpots:
    """
    What Go may not tell is found by the hourly sweep.
    """

    def test_lines_that_move_no_stamp(self) -> None:
        """
        A changed line is noticed within the hour even if the order looks unchanged.
        """
        world = World(lag=0, line_edits_move_orders=False)
        world.pos.put(world.order())
        world.sync()
        world.sync()
        own_id = world.go_id
        row = world.go._company.table("SalesOrders")[own_id]
        row["SalesOrderLines"][0]["Quantity"] = Decimal(5)
        world.clock.advance(5)
        world.sync()
        before = world.in_pos.lines[0].quantity
        world.clock.advance(HOUR)
        world.sync()

        assert (Decimal(1), Decimal(5)) == (before, world.in_pos.lines[0].quantity)

    def test_invoices_that_move_no_balance(self) -> None:
        """
        A draft sent in Go is followed within the hour even if its invoice is not told of.
        """
        world = World(sending_moves_balances=False)
        world.go.pay(world.go.send(world.put_in_go()))
        world.clock.advance(5)
        world.pos.put(world.order())
        world.sync()
        world.sync()
        _, own_id = world.go.all(Order)
        number = world.go.send(own_id)
        world.clock.advance(5)
        world.sync()
        before = world.in_pos.status
        world.clock.advance(HOUR)
        world.sync()

        assert (OrderStatus.DRAFT, OrderStatus.INVOICED) == (before, world.in_pos.status)
        assert number == world.in_pos.invoice_no


class TestLines:
    """
    Of a line no more is written than what differs.
    """

    @pytest.mark.parametrize(
        ("changes", "members"),
        [
            ({"quantity": 5}, {"/Quantity"}),
            ({"unit_price": "80.00"}, {"/ProductUnitPrice"}),
            ({"discount_percent": 10}, {"/Allowance"}),
            ({"text": "Blue mug"}, {"/Description"}),
            ({"text": None}, set()),
            ({"unit_price": None}, set()),
            ({"product": "product-3", "text": "Bun"}, {"/ProductId", "/Description", "/ProductUnitPrice"}),
            (
                {"product": None, "text": "Sold out", "unit_price": None, "quantity": 1},
                {"/LineType", "/ProductId", "/Description", "/ProductUnitPrice", "/Quantity"},
            ),
        ],
        ids=lambda names: ", ".join(sorted(names)),
    )
    def test_edited(self, linked: World, changes: dict[str, Any], members: set[str]) -> None:
        """
        Each field of a line edited at the till arrives in Go, and no other is touched.
        """
        own_id = next(iter(linked.pos.all(Order)))
        linked.edit_in_pos(own_id, lines=[attrs.evolve(linked.in_pos.lines[0], **changes)])
        patched = Patches(linked)
        report = linked.sync()

        assert members == patched.members
        assert () == report.failed
        assert attrs.evolve(linked.in_pos.lines[0], **changes) == linked.in_pos.lines[0]
        assert {} == linked.sync(full=True).written

    def test_moved(self, world: World) -> None:
        """
        Lines that change places are told their places, and nothing else.
        """
        own_id = world.pos.put(world.order(*(world.line(text=text) for text in "ABC")))
        world.sync()
        world.sync()
        first, *rest = world.in_pos.lines
        world.edit_in_pos(own_id, lines=[*rest, first])
        patched = Patches(world)
        world.sync()

        assert {"/SortOrder"} == patched.members
        assert ["B", "C", "A"] == [line.text for line in world.go.get(Order, world.go_id).lines]


class Patches:
    """
    Which members of lines Go is told to change from now on.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.since = len(world.go.requests)

    @property
    def members(self) -> set[str]:
        return {
            operation["path"]
            for request in self.world.go.requests[self.since :]
            if request.method == "PATCH" and "/Lines/" in request.path
            for operation in request.json()
        }


class TestOre:
    """
    Go's total is the receipt to the øre.
    """

    def pens(self, world: World, count: int) -> Iterator[OrderLine]:
        return (world.line(product=world.pen, text="Pen", unit_price="0.02") for _ in range(count))

    def go_total(self, world: World) -> Decimal:
        [row] = world._rows()
        total: Decimal = row["TotalAmount"]
        return total

    def rounding(self, world: World) -> list[OrderLine]:
        return [line for line in world.go.get(Order, world.go_id).lines if line.reference == "posgo:rounding"]

    def test_line_follows_every_change(self, world: World) -> None:
        """
        The rounding line is made, changed and taken away as lines come and go; it stays the last.
        """
        own_id = world.pos.put(world.order(*self.pens(world, 2)))
        seen = []
        for lines in (
            list(self.pens(world, 2)),
            list(self.pens(world, 5)),
            [world.line()],
            [*self.pens(world, 1)],
        ):
            world.edit_in_pos(own_id, lines=lines)
            world.sync()
            world.clock.advance(5)
            assert sum_of(world.in_pos) == self.go_total(world)
            seen.append([line.quantity * (line.unit_price or 0) for line in self.rounding(world)])
            assert (
                self.rounding(world)
                == list(world.go.get(Order, world.go_id).lines)[
                    len(world.go.get(Order, world.go_id).lines) - len(self.rounding(world)) :
                ]
            )

        assert [[Decimal("-0.02")], [Decimal("-0.05")], [], [Decimal("-0.01")]] == seen
        world.check()

    def test_without_a_product_for_it(self) -> None:
        """
        A shop that names no product, or one that is taxed, hears of the difference.
        """
        for code in (None, "MUG", "nothing"):
            world = World(profile={"rounding_product": code})
            world.pos.put(world.order(*self.pens(world, 4)))
            report = world.sync()
            [finding] = [each for each in report.findings if each.rule == "ore-difference"]

            assert (Decimal("0.08"), Decimal("0.12")) == (finding.expected, finding.actual)
            assert report.is_clean

    def test_of_go_when_it_rounds_otherwise(self) -> None:
        """
        Where Go rounds in a way nobody told, the order is put right after it was made, locked or not.
        """
        for status in ("draft", "confirmed"):
            world = World(line_rounding="ROUND_UP")
            world.pos.put(world.order(world.line(unit_price="10.01"), status=status))
            report = world.sync()

            assert {"create go": 1, "mend go": 1} == report.written
            assert sum_of(world.in_pos) == self.go_total(world)
            world.check()

    def test_more_than_rounding_explains(self, linked: World) -> None:
        """
        Half a krone is nobody's rounding: it is told, and hidden by no line.
        """
        linked.go.replica_lag = timedelta(0)
        row = linked.go._company.table("SalesOrders")[linked.go_id]
        row["SalesOrderLines"][0] |= {"ProductUnitPrice": Decimal("0.3333"), "Quantity": Decimal(1000)}
        linked.clock.advance(HOUR)
        report = linked.sync()

        assert ["ore-difference"] == [finding.rule for finding in report.findings]
        assert [] == self.rounding(linked)

    def test_another_rate_than_reckoned_with(self, linked: World) -> None:
        """
        Where Go charges another VAT on a product than it did, the price without it is put right, not the receipt.
        """
        mug = linked.in_go(Product, linked.mug)
        linked.go.put(attrs.evolve(linked.go.get(Product, mug), vat_code="31"), mug)
        linked.clock.advance(HOUR)
        report = linked.sync()

        assert {"mend go": 1} == report.written
        assert Decimal("199.80") == sum_of(linked.in_pos) == self.go_total(linked)
        linked.check()

    @settings(max_examples=25, deadline=None)
    @given(data=st.data())
    def test_whatever_is_ordered(self, data: st.DataObject) -> None:
        """
        Random goods, prices, quantities and discounts, changed once: Go's total is the receipt each time.
        """
        world = World(lag=0)
        lines = st.lists(
            st.builds(
                lambda product, ore, quantity, discount: world.line(
                    product=product,
                    text="Goods",
                    unit_price=Decimal(ore).scaleb(-2),
                    quantity=quantity,
                    discount_percent=discount,
                ),
                st.sampled_from([world.mug, world.bun, world.pen]),
                st.integers(1, 500_000),
                st.one_of(
                    st.integers(-3, 12).map(Decimal),
                    st.integers(1, 4000).map(lambda n: Decimal(n).scaleb(-3)),
                ),
                st.sampled_from([Decimal(0), Decimal(0), Decimal(10), Decimal("33.33")]),
            ),
            min_size=1,
            max_size=7,
        )
        own_id = world.pos.put(
            world.order(*data.draw(lines), status=data.draw(st.sampled_from(["draft", "confirmed"])))
        )
        world.sync()
        first = sum_of(world.in_pos), self.go_total(world)
        world.edit_in_pos(own_id, lines=data.draw(lines))
        world.sync()

        assert first[0] == first[1]
        assert sum_of(world.in_pos) == self.go_total(world)


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

    def test_creation_in_doubt(self, world: World) -> None:
        """
        An order whose creation got no answer is found among our own, and not made again.
        """
        world.pos.put(world.order())
        world.go.fail_next(after_effect=True, method="POST", path="/SalesOrders/Complete")
        report = world.sync()

        assert {"create go": 1} == report.written
        world.check()

    def test_creation_in_doubt_without_effect(self, world: World) -> None:
        """
        If it is not there it is made.
        """
        world.pos.put(world.order())
        world.go.fail_next(method="POST", path="/SalesOrders/Complete")

        assert {"create go": 1} == world.sync().written
        world.check()

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


class TestPosition:
    """
    Where a poll of Go reads on.
    """

    def test_round_trip(self) -> None:
        """
        A cursor says all of it.
        """
        world = World()
        now = world.clock.utc_now()
        for position in (
            Position(swept_at=now),
            Position(swept_at=now, orders=now, invoices=now, recent={"a": now}),
        ):
            assert position == Position.read(position.write())

    def test_remembers_what_will_be_told_again(self) -> None:
        """
        Stamps within the overlap are kept, older ones are not.
        """
        now = World().clock.utc_now()
        second = timedelta(seconds=1)
        first = Position(swept_at=now).moved({"a": now, "b": now - 31 * second}, {}, 30 * second)
        later = first.moved({"c": now + 60 * second}, {"d": now}, 30 * second)

        assert {"a": now} == first.recent
        assert {"c": now + 60 * second, "d": now, "a": now} == later.recent
