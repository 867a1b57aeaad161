"""
Orders followed once they are invoices, and what no stamp of Go's tells of.
"""

from decimal import Decimal

import pytest

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderStatus
from support.ordering import World, with_a_draft

HOUR = 3600


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def linked(world: World) -> World:
    return with_a_draft(world)


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

    def test_credited_whole_when_paid_in_part(self, sent: World) -> None:
        """
        A credit note over all of it takes the invoice back, though what was paid before leaves some of the note open.
        """
        sent.go.pay(self.number, Decimal("100.00"))
        sent.go.credit(self.number)

        assert OrderStatus.CREDITED is self.told(sent)
        assert OrderStatus.CREDITED is sent.go.get(Order, sent.go_id).status

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
