"""
What a cashier is answered: the invoice, or everything that is to be mended, at once.
"""

import pickle
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import attrs
import pytest

from posgo.exceptions import (
    CustomerNotInGoError,
    InvoiceError,
    InvoiceInProgressError,
    InvoiceNotDeliveredError,
    InvoiceRefusedError,
    PosgoError,
    TransportError,
)
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.records import go_reference, pos_reference
from posgo.procedures.books import Books
from support.tills import BUYER, CLIENT, MUG, Till


@pytest.fixture
def till(validated: Callable[..., Any]) -> Till:
    till = Till()
    till.transport = validated(till.go.transport)
    till.go.replica_lag = timedelta(0)
    return till


def refused(till: Till, order: str, kind: type[PosgoError] = InvoiceRefusedError, **desk: Any) -> Any:
    """
    The error an invoice ends with, shipped to another process and back.
    """
    with pytest.raises(kind) as caught:
        till.invoice(order, **desk)
    return pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes


def rules(error: InvoiceError) -> list[str]:
    return [finding.rule for finding in error.findings]


def edit(till: Till, order: str, **changes: Any) -> None:
    till.pos.put(attrs.evolve(till.pos.get(Order, order), **changes), order)


def in_go(till: Till, order: str) -> str:
    """
    Have the order stand in Go as a sync leaves it; say its id.
    """
    ours = till.pos.get(Order, order)
    lines = [attrs.evolve(line, product=line.product and till.theirs[line.product]) for line in ours.lines]
    go_id = till.go.put(attrs.evolve(ours, customer=till.theirs[ours.customer], lines=lines))
    till.link("orders", order, go_id, ours)
    till.clock.advance(5)
    return go_id


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


class TestDelivery:
    """
    Waiting is bounded, and whoever asks again is not sent a second invoice.
    """

    def test_patience_ends(self, till: Till) -> None:
        """
        Go takes longer than the cashier waits; asked again, the invoice is there.
        """
        till.go.delivery_delay = timedelta(seconds=60)
        order = till.order()
        error = refused(till, order, InvoiceInProgressError, patience=timedelta(seconds=5))
        till.clock.advance(60)
        result = till.invoice(order)

        assert timedelta(seconds=5) == error.waited
        assert 1 == sum("createAndSendInvoice" in path for _, path in till.writes())
        assert [result.invoice_no] == [each.invoice_no for each in till.go.invoices]

    @pytest.mark.parametrize("delay", [0, 0.5, 2, 5, 6.5, 12])
    def test_it_returns_one_poll_after_the_delivery(self, delay: float) -> None:
        """
        The first question is asked at once; then after 1, 2 and every 4 seconds.
        """
        till = Till()
        till.go.replica_lag = timedelta(0)
        till.go.delivery_delay = timedelta(seconds=delay)
        begun = till.clock.monotonic()
        till.invoice(till.order())

        took = till.clock.monotonic() - begun
        assert delay <= took < delay + 4
        assert delay or not took

    def test_delivery_fails(self, till: Till) -> None:
        """
        Go's reason is told aside, for it may name the customer; the next call sends the same order again.
        """
        till.go.fail_deliveries("Kari Nordmann takes no EHF")
        order = till.order()
        error = refused(till, order, InvoiceNotDeliveredError)
        result = till.invoice(order)

        assert ("Kari Nordmann takes no EHF", None) == (error.reason, error.invoice_no)
        assert "Kari" not in str(error)
        assert [result.invoice_no] == [each.invoice_no for each in till.go.invoices]
        assert 1 == len(till.go.all(Order))

    def test_it_fails_twice(self, till: Till) -> None:
        """
        The same reason again is news once Go's reads have caught up.
        """
        till.go.fail_deliveries("The mailbox is full", times=2)
        order = till.order()
        refused(till, order, InvoiceNotDeliveredError)

        assert "The mailbox is full" == refused(till, order, InvoiceNotDeliveredError).reason

    def test_no_answer_while_waiting_is_no_news(self, till: Till) -> None:
        """
        The invoice was asked for; a question that is not answered is asked again.
        """
        till.go.fail_next(None, path="/SalesOrders/sentState", times=2)

        assert 10_001 == till.invoice(till.order()).invoice_no

    def test_the_pos_does_not_answer(self, till: Till) -> None:
        """
        The invoice stands, and the result says that the POS has yet to hear of it; the next call tells it.
        """
        order = till.order()
        till.pos.fail_next(503, method="PATCH")
        result = till.invoice(order)
        till.clock.advance(5)

        assert ["pos-not-told"] == [finding.rule for finding in result.findings]
        assert None is till.pos.get(Order, order).invoice_no
        assert [None] == [link.base.invoice_no for link in till.links()]
        assert () == till.invoice(order).findings
        assert result.invoice_no == till.pos.get(Order, order).invoice_no

    def test_go_does_not_answer(self, till: Till) -> None:
        """
        That is what is told, and the next call takes it up.
        """
        order = till.order()
        till.go.fail_next(None, path="/SalesOrders/Complete", method="POST", times=2)
        refused(till, order, TransportError)

        assert 10_001 == till.invoice(order).invoice_no


class TestCreditNotes:
    """
    Goods that come back take their invoice back.
    """

    def sold(self, till: Till) -> int:
        number = till.invoice(till.order()).invoice_no
        till.clock.advance(5)
        return number

    def back(self, till: Till, credits_: int | None, quantity: int = -3) -> str:
        return till.order(till.line(quantity=quantity, reference="1"), credits=credits_)

    def test_an_order_that_credits_becomes_a_credit_note(self, till: Till) -> None:
        """
        It names the invoice, and Go matches the two by itself.
        """
        number = self.sold(till)
        result = till.invoice(self.back(till, number))
        till.clock.advance(5)
        note = till.client().outgoing_invoices.get(result.go_id)

        assert result.is_credit_note
        assert "credit note" in str(result)
        assert ("OutgoingCreditNote", number) == (note.voucher_type, note.related_invoice_no)
        assert [Decimal(0), Decimal(0)] == [each.balance for each in till.go.invoices]

    @pytest.mark.parametrize(
        ("wrong", "quantity", "rule"),
        [
            (0, -3, "credits-nothing"),
            (99, -3, "credited-missing"),
            (None, 3, "credit-not-negative"),
            (None, -4, "credit-too-large"),
        ],
    )
    def test_what_no_credit_note_can_be(
        self, till: Till, wrong: int | None, quantity: int, rule: str
    ) -> None:
        """
        It takes back something, of an invoice that Go has, and no more than that was.
        """
        number = self.sold(till)
        order = self.back(till, number if wrong is None else wrong or None, quantity)

        assert [rule] == rules(refused(till, order))

    @pytest.mark.parametrize("quantities", [(-3, -1), (-1, -1, -2)])
    def test_nothing_is_taken_back_twice(self, till: Till, quantities: tuple[int, ...]) -> None:
        """
        What other credit notes took back cannot be taken back again.
        """
        number = self.sold(till)
        for quantity in quantities[:-1]:
            till.invoice(self.back(till, number, quantity))
            till.clock.advance(5)

        assert ["credit-too-large"] == rules(refused(till, self.back(till, number, quantities[-1])))

    def test_what_was_credited_in_go_is_not_credited_again(self, till: Till) -> None:
        """
        Nor what a person took back.
        """
        number = self.sold(till)
        till.go.credit(number)
        till.clock.advance(5)

        assert ["credit-too-large"] == rules(refused(till, self.back(till, number)))

    def test_somebody_elses_invoice(self, till: Till) -> None:
        """
        A credit note goes to whom the invoice went.
        """
        number = self.sold(till)
        till.buyer = till.introduce("customers", Customer(name="Annen AS", email="annen@example.no"))
        till.clock.advance(5)

        assert ["credited-other-customer"] == rules(refused(till, self.back(till, number)))

    def test_a_reversed_invoice(self, till: Till) -> None:
        """
        What was undone is not credited as well; asked for, it is answered with a warning.
        """
        order = till.order()
        result = till.invoice(order)
        till.go.reverse(result.go_id)
        till.clock.advance(5)

        assert ["credited-reversed"] == rules(refused(till, self.back(till, result.invoice_no)))
        assert ["invoice-reversed"] == [finding.rule for finding in till.invoice(order).findings]


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
