"""
Orders that stand in Go when they are invoiced: brought to what the till says, edits told, the money checked.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import attrs
import pytest

from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import Link
from posgo.procedures._invoice_memory import Memory
from posgo.procedures.books import Books
from posgo.state import IntentRecord
from posgo.sync._fields import shared_part
from posgo.wire.stored import dump
from support.tills import MUG, Till, edit, in_go, refused, rules


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = Till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


class TestDraft:
    """
    A draft that stands in Go is never overwritten blindly.
    """

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"purchase_order": "theirs"}, "purchase_order"),
            ({"lines": ()}, "lines[1]"),
        ],
    )
    def test_an_edit_in_go_is_told(self, till: Till, changes: dict[str, Any], told: str) -> None:
        """
        What somebody changed there and the POS has not heard of is not lost: a sync comes first.
        """
        order = till.order()
        go_id = in_go(till, order)
        till.go.put(attrs.evolve(till.go.get(Order, go_id), **changes), go_id)
        till.clock.advance(5)
        error = refused(till, order)

        assert ["order-changed-in-go"] == rules(error)
        assert told in str(error)
        assert "sync_orders()" in error.remedy
        assert [] == till.writes()

    @pytest.mark.parametrize(
        ("changes", "field", "told"),
        [
            ({"purchase_order": "theirs"}, "purchase_order", "purchase_order"),
            ({"lines": ()}, "lines", "lines[1]"),
        ],
    )
    def test_what_was_never_agreed_on_is_an_edit(
        self, till: Till, changes: dict[str, Any], field: str, told: str
    ) -> None:
        """
        Though the pair's base says it: both were there before they met, and a sync has not made them alike.
        """
        order = till.order()
        go_id = in_go(till, order)
        [link] = till.links()
        till.go.put(attrs.evolve(till.go.get(Order, go_id), **changes), go_id)
        till.link("orders", order, go_id, attrs.evolve(link.base, **changes), unagreed=(field,))
        till.clock.advance(5)
        error = refused(till, order)

        assert ["order-changed-in-go"] == rules(error)
        assert told in str(error)
        assert [] == till.writes()

    @pytest.mark.parametrize("unagreed", [(), ("lines",)])
    def test_what_was_never_agreed_on_was_not_sent(self, till: Till, unagreed: tuple[str, ...]) -> None:
        """
        A base that says by chance what the POS says does not tell that Go's order was written to its end.
        """
        order = till.pos.get(Order, till.order())
        intent = IntentRecord(
            kind="orders",
            side="go",
            reference="pos:1",
            operation=dump(order),
            planned_at=till.clock.utc_now(),
            pos_id="1",
        )
        assert till.profile.orders is not None
        base = shared_part(till.profile.orders, order)
        memory = Memory(
            kind="orders",
            order_id="1",
            now=till.clock.utc_now(),
            policy=till.profile.orders,
            link=Link(pos_id="1", go_id="g", base=base, unagreed=unagreed),
            intent=intent,
            version=1,
        )

        assert (not unagreed) is memory.was_sent(order)

    def test_what_we_wrote_ourselves_is_no_edit(self, till: Till) -> None:
        """
        Go refused the second of two writes: what the first one wrote is not held against anybody in Go.
        """
        order = till.order(till.line(quantity=1, reference="1"), reference="Ola")
        go_id = in_go(till, order)
        edit(till, order, reference="Kari", lines=[till.line(quantity=2, reference="1")])
        till.go.fail_next(400, method="PATCH", path=f"/SalesOrders/{go_id}/Lines")
        assert ["refused-by-go"] == rules(refused(till, order))
        till.clock.advance(5)
        edit(till, order, reference="Eva")

        assert 10_001 == till.invoice(order).invoice_no

    def test_what_we_made_ourselves_is_no_edit(self) -> None:
        """
        Nor a new order whose øre Go would not take.
        """
        till = Till(settings={"line_rounding": ROUND_DOWN})
        order = till.order(till.line("B-1", unit_price="46.05", reference="1"), reference="Kari")
        till.go.fail_next(400, method="POST", path="/Lines")
        assert ["refused-by-go"] == rules(refused(till, order))
        till.clock.advance(5)
        edit(till, order, reference="Eva")

        assert Decimal("46.05") == till.invoice(order).total

    def test_a_product_only_go_knows(self, till: Till) -> None:
        """
        A line added in Go of something the POS has never heard of is an edit as well.
        """
        order = till.order()
        go_id = in_go(till, order)
        theirs = till.go.get(Order, go_id)
        alien = OrderLine(product=till.go.put(attrs.evolve(MUG, code="X")), reference="9")
        till.go.put(attrs.evolve(theirs, lines=(*theirs.lines, alien)), go_id)
        till.clock.advance(5)

        assert ["order-changed-in-go"] == rules(refused(till, order))

    def test_a_draft_deleted_in_go(self, till: Till) -> None:
        """
        A person's decision is not undone.
        """
        order = till.order()
        till.client().sales_orders.delete(in_go(till, order))
        till.clock.advance(5)

        assert ["draft-deleted"] == rules(refused(till, order))

    def test_an_order_cancelled_on_both_sides(self, till: Till) -> None:
        """
        What the cashier did is told, not what a sync made of it in Go.
        """
        order = till.order()
        till.client().sales_orders.delete(in_go(till, order))
        edit(till, order, status=OrderStatus.CANCELLED)
        till.clock.advance(5)

        assert ["order-cancelled"] == rules(refused(till, order))

    def test_everything_may_change(self, till: Till) -> None:
        """
        Lines added, changed and removed and a new header reach Go before the invoice does; its total is the receipt.
        """
        order = till.order()
        go_id = in_go(till, order)
        before = till.pos.get(Order, order)
        edit(
            till,
            order,
            lines=(till.line("B-1", quantity=2, reference="9"), attrs.evolve(before.lines[0], quantity=1)),
            purchase_order="PO-9",
        )
        result = till.invoice(order)
        theirs = till.go.get(Order, go_id)

        assert (go_id, Decimal("191.90")) == (result.go_id, result.total)
        assert ("PO-9", {"9", "1"}) == (theirs.purchase_order, {line.reference for line in theirs.lines})


class TestAmounts:
    """
    The customer owes what the receipt says.
    """

    def order(self, till: Till) -> str:
        return till.order(till.line("B-1", quantity=1, unit_price="46.05"))

    def test_the_ore_are_closed(self) -> None:
        """
        Go rounds otherwise than was reckoned with: a line of øre closes the gap.
        """
        till = Till(settings={"line_rounding": ROUND_DOWN})

        assert Decimal("46.05") == till.invoice(self.order(till)).total

    def test_without_a_product_for_it_the_difference_is_told(self) -> None:
        """
        The invoice is made, and the finding names both amounts.
        """
        till = Till(settings={"line_rounding": ROUND_DOWN})
        till.profile = attrs.evolve(till.profile, rounding_product=None)
        result = till.invoice(self.order(till))

        assert [("ore-difference", Decimal("46.05"), result.total)] == [
            (finding.rule, finding.expected, finding.actual) for finding in result.findings
        ]
        assert "WARN ore-difference" in str(result)

    def test_another_amount_is_not_sent(self, till: Till) -> None:
        """
        Go would charge another VAT than the shop: the order waits as a draft, and nothing is invoiced.
        """
        product = till.goods["BA-12"]
        [link] = [each for each in till.links("products") if each.pos_id == product]
        till.link("products", product, link.go_id, attrs.evolve(MUG, vat_code="31"))
        order = till.order(till.line(quantity=3, unit_price="99.90"))
        error = refused(till, order)

        assert ["vat-rate"] == rules(error)
        assert () == till.go.invoices
        assert [order] == [each.pos_id for each in till.links()]

    def test_rates_of_yesterday(self, till: Till) -> None:
        """
        A rate that changed since it was read refuses an order once; whoever asks again has it read again.
        """
        books = Books()
        till.invoice(till.order(), books=books)
        assert books.catalog is not None
        books.catalog = attrs.evolve(books.catalog, rates={**books.catalog.rates, "3": Decimal(15)})
        order = till.order(till.line(quantity=3, unit_price="99.90", reference="1"))

        assert ["vat-rate"] == rules(refused(till, order, books=books))
        assert Decimal("299.70") == till.invoice(order, books=books).total
