"""
What a cashier is answered: the invoice, or everything that is to be mended, at once.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.exceptions import (
    CustomerNotInGoError,
)
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.records import go_reference, pos_reference
from posgo.procedures.books import Books
from support.tills import BUYER, CLIENT, Till, edit, in_go, refused, rules


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = Till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


class TestAnswer:
    """
    The invoice, as cashier and bookkeeper need it.
    """

    def test_an_order_becomes_an_invoice(self, till: Till) -> None:
        """
        Number, due date and way of delivery are answered, Go's total is the receipt, the POS knows it.
        """
        order = till.order(purchase_order="PO-7", reference="Kari", department="10", number="17")
        result = till.invoice(order)
        [invoice] = till.go.invoices
        ours = till.pos.get(Order, order)

        assert (10_001, "PdfByEmail", Decimal("299.70")) == (
            result.invoice_no,
            result.delivery_type,
            result.total,
        )
        assert "2026-03-28" == str(result.due_date)
        assert (order, invoice.id, False, False, ()) == (
            result.order_id,
            result.go_id,
            result.is_credit_note,
            result.already_invoiced,
            result.findings,
        )
        assert (OrderStatus.INVOICED, 10_001) == (ours.status, ours.invoice_no)
        assert Decimal("299.70") == invoice.balance
        assert f"order {order}: invoice 10001, due 2026-03-28, delivered by PdfByEmail" == str(result)

    def test_again_is_the_same_invoice(self, till: Till) -> None:
        """
        Whoever asks again is answered the same, without a write to Go or to the POS.
        """
        order = till.order()
        first = till.invoice(order)
        till.clock.advance(5)
        writes, heard = len(till.writes()), len(till.pos.requests)
        again = till.invoice(order)

        assert attrs.evolve(first, already_invoiced=True) == again
        assert writes == len(till.writes())
        assert ["GET"] == [each.method for each in till.pos.requests[heard:]]
        assert "as it was before" in str(again)

    def test_a_draft_of_go_is_the_one_invoiced(self, till: Till) -> None:
        """
        The order that stands in Go becomes the invoice, with its own id, and nothing needs to be written to it.
        """
        order = till.order()
        go_id = in_go(till, order)
        result = till.invoice(order)

        assert go_id == result.go_id
        assert [] == [path for method, path in till.writes() if method != "PATCH" and "/create" not in path]

    def test_the_pos_alone_knows_the_counterpart(self, till: Till) -> None:
        """
        With the store lost, the reference the POS's copy carries leads to the order in Go.
        """
        order = till.order()
        go_id = in_go(till, order)
        till.pos.update(Order, order, {}, reference=go_reference(go_id))
        till.forget()

        assert go_id == till.invoice(order).go_id

    def test_a_person_sent_the_draft_in_go(self, till: Till) -> None:
        """
        What a user of Go has invoiced already is answered, and told to the POS.
        """
        order = till.order()
        go_id = in_go(till, order)
        client = till.client()
        client.sales_orders.send(go_id)
        client.sales_orders.sent_state(go_id)
        till.clock.advance(5)
        result = till.invoice(order)
        [number] = [each.invoice_no for each in till.go.invoices]

        assert (number, True) == (result.invoice_no, result.already_invoiced)
        assert number == till.pos.get(Order, order).invoice_no

    def test_paid_at_the_till_stays_paid(self, till: Till) -> None:
        """
        An order paid before it is invoiced gets its number, and keeps its status.
        """
        order = till.order(status=OrderStatus.PAID)
        number = till.invoice(order).invoice_no

        assert (OrderStatus.PAID, number) == (
            till.pos.get(Order, order).status,
            till.pos.get(Order, order).invoice_no,
        )

    def test_a_comma_in_its_id(self, till: Till) -> None:
        """
        An order whose id holds what separates values in Go's filters is an order like others, also if the store is lost.
        """
        order = till.pos.put(till.pos.get(Order, till.order()), "17,2")
        first = till.invoice(order)
        till.clock.advance(5)
        till.forget()
        again = till.invoice(order)

        assert attrs.evolve(first, already_invoiced=True) == again
        assert 1 == len(till.go.invoices)

    def test_products_are_known_by_their_code(self, till: Till) -> None:
        """
        A product that was never synced is Go's with the same code, at the POS's price.
        """
        spoon = till.pos.put(Product(code="SP-1", name="Skje", price=Decimal("12.50"), vat_code="3"))
        till.go.put(Product(code="SP-1", name="Skje", price=Decimal("12.50"), vat_code="3"))
        till.clock.advance(5)

        assert Decimal("25.00") == till.invoice(till.order(OrderLine(product=spoon, quantity=2))).total

    @pytest.mark.parametrize(
        ("buyer", "way"),
        [
            ({"invoice_email": "faktura@example.no"}, "PdfByEmail"),
            ({"email": None}, "Print"),
        ],
    )
    def test_delivery_follows_the_customer(self, till: Till, buyer: dict[str, Any], way: str) -> None:
        """
        By e-mail where there is an address, printed where Go says so: the shop hands it over.
        """
        till.buyer = till.introduce("customers", attrs.evolve(BUYER, **buyer))
        till.clock.advance(5)

        assert way == till.invoice(till.order()).delivery_type

    def test_the_till_knows_an_address_go_lacks(self, till: Till) -> None:
        """
        An e-mail address both agreed on is named with the order, should Go have lost it.
        """
        client, go_id = till.client(), till.theirs[till.buyer]
        known = client.customers.get(go_id)
        client.customers.update(go_id, known.value, attrs.evolve(known.value, email=None))
        till.clock.advance(5)

        assert "PdfByEmail" == till.invoice(till.order()).delivery_type


class TestRefused:
    """
    Everything amiss is told at once, and nothing was written.
    """

    def check_untouched(self, till: Till) -> None:
        assert [] == till.writes()
        assert () == till.store.progress(CLIENT, "orders").intents

    def test_a_customer_go_does_not_have(self, till: Till) -> None:
        """
        The error names order, customer and remedy, and no personal data.
        """
        till.buyer = till.pos.put(Customer(name="Ukjent Person", email="ukjent@example.no"))
        order = till.order()
        error = refused(till, order, CustomerNotInGoError)

        assert (order, till.buyer, ["customer-not-in-go"]) == (error.order, error.customer, rules(error))
        assert order in str(error)
        assert till.buyer in str(error)
        assert "sync_customers()" in error.remedy
        assert "kjent" not in f"{error} {error!r}"
        self.check_untouched(till)

    def test_a_customer_deleted_in_go(self, till: Till) -> None:
        """
        A link to nobody is no customer.
        """
        till.client().customers.delete(till.theirs[till.buyer])
        till.clock.advance(5)

        assert ["customer-not-in-go"] == rules(refused(till, till.order(), CustomerNotInGoError))

    def test_a_customer_archived_in_go(self, till: Till) -> None:
        """
        Nobody out of use is invoiced.
        """
        till.go.archive(Customer, till.theirs[till.buyer])
        till.clock.advance(5)

        assert ["customer-archived"] == rules(refused(till, till.order(), CustomerNotInGoError))

    def test_everything_at_once(self, till: Till) -> None:
        """
        Customer, product, department, period and an empty order: one call tells all that can be told.
        """
        till.go.archive(Customer, till.theirs[till.buyer])
        till.go.lock_date = till.clock.utc_now().date()
        till.clock.advance(5)
        unknown = till.pos.put(Product(code="NEW", name="Ny", price=1, vat_code="3"))
        order = till.order(OrderLine(product=unknown), department="99")
        error = refused(till, order, CustomerNotInGoError)

        assert {"locked-period", "customer-archived", "order-product", "order-department"} == set(
            rules(error)
        )
        self.check_untouched(till)

    def test_a_price_changed_since_the_last_sync(self, till: Till) -> None:
        """
        A line without a price takes the product's, and Go's is another one by now.
        """
        mug = till.goods["BA-12"]
        till.pos.put(attrs.evolve(till.pos.get(Product, mug), price=Decimal("119.90")), mug)
        error = refused(till, till.order(till.line(quantity=2), till.line(quantity=1)))

        assert ["price-not-synced"] == rules(error)
        assert f"{mug} costs 119.90 in the POS, and Go was told 99.90" in str(error)
        self.check_untouched(till)
        assert Decimal("119.90") == till.invoice(till.order(till.line(unit_price=Decimal("119.90")))).total

    def test_a_product_without_a_price_at_the_till(self, till: Till) -> None:
        """
        What both last agreed on is asked: the till says nothing else.
        """
        mug = till.goods["BA-12"]
        till.pos.put(attrs.evolve(till.pos.get(Product, mug), price=None), mug)

        assert Decimal("199.80") == till.invoice(till.order(till.line(quantity=2))).total

    def test_a_code_go_has_twice(self, till: Till) -> None:
        """
        Which of two products is meant, nobody guesses.
        """
        new = Product(code="NEW", name="Ny", price=1, vat_code="3")
        for _ in range(2):
            till.go.put(new)
        till.clock.advance(5)

        assert ["order-product"] == rules(refused(till, till.order(OrderLine(product=till.pos.put(new)))))

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"status": OrderStatus.CANCELLED}, "order-cancelled"),
            ({"lines": ()}, "order-empty"),
            ({"lines": (OrderLine(text="God påske"),)}, "order-empty"),
            ({"status": OrderStatus.INVOICED}, "invoice-missing"),
            ({"invoice_no": 4711}, "invoice-missing"),
        ],
    )
    def test_an_order_that_cannot_be(self, till: Till, changes: dict[str, Any], rule: str) -> None:
        """
        Cancelled, empty, or invoiced as the POS says but not as Go shows.
        """
        order = till.order()
        edit(till, order, **changes)

        assert [rule] == rules(refused(till, order))
        self.check_untouched(till)

    def test_an_order_nobody_knows(self, till: Till) -> None:
        """
        The POS is asked first.
        """
        assert ["order-missing"] == rules(refused(till, "nothing"))

    def test_no_way_to_deliver(self, till: Till) -> None:
        """
        A customer whose invoices go by e-mail needs an address.
        """
        till.buyer = till.introduce("customers", attrs.evolve(BUYER, email="a@example.no"))
        [link] = [each for each in till.links("customers") if each.pos_id == till.buyer]
        till.link("customers", till.buyer, link.go_id, attrs.evolve(BUYER, email=None))
        till.go.put(attrs.evolve(BUYER, email=None), link.go_id)
        till.clock.advance(5)

        assert ["no-delivery"] == rules(refused(till, till.order()))

    def test_a_privilege_is_missing(self, till: Till) -> None:
        """
        Go's own list is asked before anything is written.
        """
        till.go.privileges -= {"SalesOrders_Full"}

        assert ["missing-privilege"] == rules(refused(till, till.order()))
        self.check_untouched(till)

    def test_sending_is_not_allowed(self, till: Till) -> None:
        """
        Go tells that only when it is asked to send; the draft waits there, and is the one invoiced later.
        """
        till.go.may_send_invoices = False
        order = till.order()
        error = refused(till, order)
        till.clock.advance(5)
        [link] = till.links()
        till.go.may_send_invoices = True

        assert ["missing-privilege"] == rules(error)
        assert "draft" in error.remedy
        assert link.go_id == till.invoice(order).go_id

    def test_what_is_remembered_never_blocks(self, till: Till) -> None:
        """
        A lock date that was moved meanwhile is read again before it is held against an order.
        """
        books = Books()
        till.go.lock_date = till.clock.utc_now().date()
        error = refused(till, till.order(), books=books)
        till.go.lock_date = None

        assert ["locked-period"] == rules(error)
        assert 10_001 == till.invoice(till.order(), books=books).invoice_no

    def test_a_period_locked_since_it_was_read(self, till: Till) -> None:
        """
        Go's refusal is told with the lock date.
        """
        books = Books()
        till.invoice(till.order(), books=books)
        till.go.lock_date = till.clock.utc_now().date()
        error = refused(till, till.order(), books=books)

        assert ["locked-period"] == rules(error)

    def test_go_refuses_for_a_reason_of_its_own(self, till: Till) -> None:
        """
        In its own words, and nothing is left in doubt.
        """
        till.go.fail_next(400, path="/SalesOrders/Complete", method="POST")
        order = till.order()

        assert ["refused-by-go"] == rules(refused(till, order))
        assert () == till.store.progress(CLIENT, "orders").intents
        assert 10_001 == till.invoice(order).invoice_no


def test_somebody_elses_order_with_our_reference(till: Till) -> None:
    """
    Go refuses the reference and shows nothing that carries it: nothing is made, and the remedy is to look.
    """
    client = till.client()
    order = till.order()
    found = client.sales_orders.get(in_go(till, order))
    client.sales_orders.update(found, attrs.evolve(found, reference=pos_reference(order)))
    till.clock.advance(5)
    till.forget()
    till.go.fail_next(400, path="/SalesOrders/Complete", method="POST")

    assert ["refused-by-go"] == rules(refused(till, order))
