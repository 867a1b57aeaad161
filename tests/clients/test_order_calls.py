"""
Products, orders, invoices and payments, with both clients.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from posgo.clients.calls import File
from posgo.exceptions import (
    ConflictError,
    DuplicateReferenceError,
    MissingPrivilegeError,
    NotFoundError,
    RejectedError,
)
from posgo.models.catalog import Product
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.go_products import GoProduct, ProductGroup
from posgo.models.ledger import JournalEntry, JournalLine
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.vouchers import Journal
from support.colours import Shop
from support.ledger import line

TODAY = date(2026, 3, 14)
CAFE = Customer(name="Kafe Nord AS", email="post@example.no")
MUG = Product(code="BA-12", name="Krus", price=Decimal("99.90"), vat_code="3", gtins=("7038010000065",))
BREAD = Product(code="B-1", name="Brød", price=Decimal("46.00"), vat_code="31")


@pytest.fixture
def customer(fake: Any) -> int:
    return int(fake.put(CAFE))


@pytest.fixture
def mug(fake: Any) -> int:
    return int(fake.put(MUG))


def draft(customer: int, mug: int, **more: Any) -> SalesOrder:
    goods = SalesOrderLine(product_id=mug, quantity=Decimal(2), reference="1")
    words = SalesOrderLine(line_type="Text", description="Kjøpt i butikk")
    facts = {"customer_id": customer, "reference": "pos-7-991", "matching_reference": "ORDER-991", **more}
    return SalesOrder(lines=(goods, words), **facts)


# -- products ------------------------------------------------------------------


def test_product_lives_in_go(shop: Shop, go: Any) -> None:
    """
    Created, changed, found and deleted; the stamp moves, but not for stock.
    """
    made = shop.do(go.products.create(GoProduct(code="1", name="Krus", unit_price=Decimal("79.841270"))))
    stocked = shop.do(
        go.products.update(made, attrs.evolve(made, is_stock_item=True, stock_on_hand=Decimal(5)))
    )
    shop.clock.advance(60)
    sold = shop.do(go.products.update(stocked, attrs.evolve(stocked, stock_on_hand=Decimal(4))))

    assert (Decimal("79.84127"), "Product", False) == (made.unit_price, made.product_type, made.is_archived)
    assert (stocked.changed_at, Decimal(4)) == (sold.changed_at, sold.stock_on_hand)
    assert sold.stock_changed_at > stocked.stock_changed_at
    assert [sold] == shop.do(go.products.list(codes=["1"], stock_changed_after=stocked.stock_changed_at))
    assert [] == shop.do(go.products.list(changed_after=stocked.changed_at))
    shop.do(go.products.delete(made.id))
    shop.failure(lambda: go.products.get(made.id), NotFoundError)


def test_stock_needs_a_stock_item(shop: Shop, go: Any) -> None:
    """
    Go counts only what it was told to count.
    """
    shop.failure(lambda: go.products.create(GoProduct(name="a", stock_on_hand=Decimal(1))), RejectedError)


def test_groups_lend_their_price(shop: Shop, go: Any, customer: int) -> None:
    """
    A product without a price takes that of its group, and a group with products stays.
    """
    group = shop.do(go.product_groups.create(ProductGroup(code="K", name="Krus", unit_price=Decimal(80))))
    renamed = shop.do(go.product_groups.update(group, attrs.evolve(group, name="Kopper")))
    product = shop.do(go.products.create(GoProduct(name="Krus", group_id=group.id)))
    order = shop.do(
        go.sales_orders.create(
            SalesOrder(
                customer_id=customer, lines=(SalesOrderLine(product_id=product.id, quantity=Decimal(3)),)
            )
        )
    )

    assert (Decimal(240), Decimal(300)) == (order.net_amount, order.total_amount)
    assert [renamed] == shop.do(go.product_groups.list(codes=["K"]))
    shop.failure(lambda: go.product_groups.delete(group.id), ConflictError)


# -- orders -----------------------------------------------------------------------


def test_order_comes_back_with_what_go_computed(shop: Shop, go: Any, customer: int, mug: int) -> None:
    """
    VAT follows from the product's sales account; net and VAT are rounded for themselves.
    """
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    goods, words = order.lines

    assert ("Draft", 10_000, 2) == (order.status, order.customer_no, order.line_count)
    assert ("3", Decimal("0.25")) == (goods.vat_code, goods.vat_rate)
    assert (Decimal("159.84"), Decimal("39.96"), Decimal("199.80")) == (
        goods.net_amount,
        goods.vat_amount,
        goods.total_amount,
    )
    assert ("Text", None, Decimal(0)) == (words.line_type, words.vat_code, words.total_amount)
    assert order == shop.do(go.sales_orders.get(order.id))
    assert attrs.evolve(order, lines=()) == shop.do(go.sales_orders.get_header(order.id))
    assert [attrs.evolve(order, lines=())] == shop.do(go.sales_orders.list(only_ours=True, status="Draft"))
    assert list(order.lines) == shop.do(go.sales_orders.lines(order.id))


def test_lines_have_a_life_of_their_own(shop: Shop, go: Any, customer: int, mug: int) -> None:
    """
    Lines are added, changed and removed on a draft; a reference is there once.
    """
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    more = SalesOrderLine(product_id=mug, quantity=Decimal(1), discount_percent=Decimal(50), reference="2")
    added = shop.do(go.sales_orders.create_line(order.id, more))
    changed = shop.do(go.sales_orders.update_line(order.id, added, attrs.evolve(added, quantity=Decimal(4))))

    assert (Decimal("39.96"), Decimal("159.84")) == (added.net_amount, changed.net_amount)
    assert changed == shop.do(go.sales_orders.get_line(order.id, added.id))
    shop.failure(lambda: go.sales_orders.create_line(order.id, more), DuplicateReferenceError)
    shop.do(go.sales_orders.delete_line(order.id, added.id))
    shop.failure(lambda: go.sales_orders.get_line(order.id, added.id), NotFoundError)


def test_a_line_is_asked_what_it_says_now(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    What answers a change does not lag as reads do; it changes nothing, and neither a lost line nor a locked one is touched.
    """
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    old = order.lines[0]
    fake.replica_lag = timedelta(minutes=1)
    new = shop.do(go.sales_orders.update_line(order.id, old, attrs.evolve(old, unit_price=Decimal(12))))

    assert old.unit_price == shop.do(go.sales_orders.get_line(order.id, old.id)).unit_price
    assert new == shop.do(go.sales_orders.current_line(order.id, old))
    assert new == shop.do(go.sales_orders.current_line(order.id, new))
    fake.replica_lag = timedelta(0)
    assert new == shop.do(go.sales_orders.get_line(order.id, old.id))
    shop.do(go.sales_orders.update(order, attrs.evolve(order, status="Confirmed")))
    shop.failure(lambda: go.sales_orders.current_line(order.id, new), RejectedError)
    shop.do(go.sales_orders.delete(order.id))
    shop.failure(lambda: go.sales_orders.current_line(order.id, new), NotFoundError)


def test_confirmed_order_is_locked(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    A confirmed order reserves stock and takes no change but back to draft.
    """
    product = shop.do(go.products.get(mug))
    shop.do(go.products.update(product, attrs.evolve(product, is_stock_item=True, stock_on_hand=Decimal(5))))
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    confirmed = shop.do(go.sales_orders.update(order, attrs.evolve(order, status="Confirmed")))

    assert Decimal(3) == shop.do(go.products.get(mug)).stock_available
    shop.failure(
        lambda: go.sales_orders.update(confirmed, attrs.evolve(confirmed, purchase_order="1")), RejectedError
    )
    shop.failure(lambda: go.sales_orders.delete_line(order.id, order.lines[0].id), RejectedError)
    again = shop.do(
        go.sales_orders.update(confirmed, attrs.evolve(confirmed, status="Draft", purchase_order=None))
    )
    assert "Draft" == again.status
    shop.failure(lambda: go.products.delete(mug), ConflictError)
    shop.do(go.sales_orders.delete(order.id))
    assert [] == shop.do(go.sales_orders.list())


def test_order_references_are_unique(shop: Shop, go: Any, customer: int, mug: int) -> None:
    """
    The second order with a reference is refused.
    """
    shop.do(go.sales_orders.create(draft(customer, mug)))

    shop.failure(lambda: go.sales_orders.create(draft(customer, mug)), DuplicateReferenceError)


def test_attachments(shop: Shop, go: Any, customer: int, mug: int) -> None:
    """
    A file goes up, comes down byte for byte, and goes away.
    """
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    file = File(name="kvittering.pdf", content=b"%PDF-1.7\r\n--\r\n\x00\xff")
    made = shop.do(go.sales_orders.attach(order.id, file))

    assert ("kvittering.pdf", len(file.content)) == (made.file_name, made.size)
    assert [made] == shop.do(go.sales_orders.attachments(order.id))
    assert file.content == shop.do(go.sales_orders.download_attachment(order.id, made.id))
    shop.do(go.sales_orders.delete_attachment(order.id, made.id))
    assert [] == shop.do(go.sales_orders.attachments(order.id))


# -- invoices and payments ---------------------------------------------------------


@pytest.fixture
def send(shop: Shop, go: Any, customer: int, mug: int) -> Callable[..., Any]:
    def invoice(**more: Any) -> Any:
        order = shop.do(go.sales_orders.create(draft(customer, mug, **more)))
        shop.do(go.sales_orders.send(order.id))
        return shop.do(go.sales_orders.sent_state(order.id))

    return invoice


def payment(shop: Shop, go: Any, fake: Any, amount: str, **facts: Any) -> JournalEntry:
    (account,) = shop.do(go.customers.subledger_accounts())
    cash = line(fake, 1920, "0", amount)
    credit = JournalLine(account_id=account.account_id, vat_id=cash.vat_id, amount=-Decimal(amount), **facts)
    return JournalEntry(
        date=TODAY, reference=f"pay-{amount}-{len(facts)}", text="Betaling", lines=(cash, credit)
    )


def test_order_becomes_an_invoice(shop: Shop, go: Any, fake: Any, send: Any, customer: int) -> None:
    """
    Numbered, booked gross with its VAT, delivered at the first question, and with the order's id.
    """
    state = send()
    invoice = shop.do(go.outgoing_invoices.get(state.order_id))
    (told,) = fake.invoices

    assert (10_001, TODAY + timedelta(days=14), "PdfByEmail", None) == (
        state.invoice_no,
        state.due_date,
        state.delivery_type,
        state.error,
    )
    assert (Decimal("199.80"), Decimal("199.80"), "pos-7-991") == (
        invoice.total_amount,
        invoice.balance,
        invoice.reference,
    )
    assert (10_001, Decimal("199.80")) == (told.invoice_no, told.balance)
    assert {1500: Decimal("199.80"), 3000: Decimal("-159.84"), 2701: Decimal("-39.96")} == {
        row.account: row.balance for row in shop.do(go.trial_balance.list(on=TODAY, hide_zero=True))
    }
    assert [Decimal("199.80"), Decimal(0)] == [
        row.total_amount for row in shop.do(go.outgoing_invoices.lines(invoice.id))
    ]
    shop.failure(lambda: go.sales_orders.get(invoice.id), NotFoundError)
    shop.failure(lambda: go.sales_orders.delete(invoice.id), ConflictError)
    assert () == fake.vouchers


def test_payment_by_reference_settles(shop: Shop, go: Any, fake: Any, send: Any) -> None:
    """
    The same reference and the opposite amount match at once; the balance's stamp moves, the invoice's does not.
    """
    state = send()
    before = shop.do(go.outgoing_invoices.get(state.order_id))
    shop.clock.advance(60)
    paid = payment(shop, go, fake, "199.80", matching_reference="ORDER-991")
    shop.do(go.vouchers.post(paid))
    after = shop.do(go.outgoing_invoices.get(state.order_id))

    assert (Decimal(0), before.changed_at) == (after.balance, after.changed_at)
    assert [after] == shop.do(go.outgoing_invoices.list(balance_changed_after=before.balance_changed_at))
    assert [] == shop.do(go.outgoing_invoices.list(only_unpaid=True))
    assert [] == shop.do(go.customer_ledger.open_items(on=TODAY))
    entries = shop.do(go.customer_ledger.statement(from_date=TODAY, to_date=TODAY))
    assert [Decimal("199.80"), Decimal("-199.80")] == [entry.amount for entry in entries]
    (match_id,) = {entry.match_id for entry in entries}
    assert entries == shop.do(go.customer_ledger.matched_entries(match_id))
    assert [Decimal(0)] == [row.balance for row in shop.do(go.customer_ledger.balances(on=TODAY))]
    assert OrderStatus.PAID is fake.get(Order, state.order_id).status


def test_part_payment_by_reference_stays_open(shop: Shop, go: Any, fake: Any, send: Any) -> None:
    """
    Whether Go matches parts by reference is not promised: the fake does not, unless told to.
    """
    state = send()
    shop.do(go.vouchers.post(payment(shop, go, fake, "100.00", matching_reference="ORDER-991")))

    assert Decimal("199.80") == shop.do(go.outgoing_invoices.get(state.order_id)).balance
    assert 2 == len(shop.do(go.customer_ledger.open_items(on=TODAY)))


def test_bank_line_names_the_invoice(shop: Shop, go: Any, fake: Any, send: Any) -> None:
    """
    On a bank journal the invoice number matches, also in parts; on others it cannot be sent.
    """
    state = send()
    part = payment(shop, go, fake, "100.00", invoice_no=str(state.invoice_no))
    shop.do(go.vouchers.post(part, journal=Journal.BANK))

    assert Decimal("99.80") == shop.do(go.outgoing_invoices.get(state.order_id)).balance
    assert OrderStatus.PART_PAID is fake.get(Order, state.order_id).status
    shop.failure(lambda: go.vouchers.post(part), ValueError)


def test_reversed_payment_opens_the_invoice_again(shop: Shop, go: Any, fake: Any, send: Any) -> None:
    """
    What a reversed voucher had settled is open again.
    """
    state = send()
    posted = shop.do(go.vouchers.post(payment(shop, go, fake, "199.80", matching_reference="ORDER-991")))
    shop.do(go.vouchers.reverse(posted.id))

    assert Decimal("199.80") == shop.do(go.outgoing_invoices.get(state.order_id)).balance
    assert [Decimal("199.80")] == [item.balance for item in shop.do(go.customer_ledger.open_items(on=TODAY))]


def test_credit_note(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    An order below zero becomes a credit note.
    """
    back = SalesOrderLine(product_id=mug, quantity=Decimal(-1))
    order = shop.do(go.sales_orders.create(SalesOrder(customer_id=customer, lines=(back,))))
    shop.do(go.sales_orders.send(order.id, delivery_type="PdfPrintForDownload"))
    shop.do(go.sales_orders.sent_state(order.id))
    invoice = shop.do(go.outgoing_invoices.get(order.id))

    assert ("OutgoingCreditNote", Decimal("-99.90"), "Print") == (
        invoice.voucher_type,
        invoice.balance,
        invoice.delivery_type,
    )


def test_only_a_credit_note_names_an_invoice(shop: Shop, go: Any, send: Any, customer: int, mug: int) -> None:
    """
    The number of a credited invoice is kept and shown on a credit note, and refused on anything else.
    """
    number = send().invoice_no
    back = SalesOrderLine(product_id=mug, quantity=Decimal(-1))
    order = shop.do(
        go.sales_orders.create(SalesOrder(customer_id=customer, related_invoice_no=number, lines=(back,)))
    )
    shop.do(go.sales_orders.send(order.id))
    shop.do(go.sales_orders.sent_state(order.id))
    sale = SalesOrder(customer_id=customer, lines=(SalesOrderLine(product_id=mug, quantity=Decimal(1)),))
    draft_ = shop.do(go.sales_orders.create(sale))

    assert number == order.related_invoice_no
    assert number == shop.do(go.outgoing_invoices.get(order.id)).related_invoice_no
    shop.failure(lambda: go.sales_orders.create(attrs.evolve(sale, related_invoice_no=number)), RejectedError)
    shop.failure(
        lambda: go.sales_orders.update(draft_, attrs.evolve(draft_, related_invoice_no=number)), RejectedError
    )


def test_an_invoice_is_under_way_for_a_while(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    With a delay it is delivered when its time has come, asked about or not, and reads that lag tell it later.
    """
    fake.delivery_delay, fake.replica_lag = timedelta(seconds=20), timedelta(seconds=2)
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    shop.clock.advance(5)
    shop.do(go.sales_orders.send(order.id))

    assert None is shop.do(go.sales_orders.sent_state(order.id))
    shop.clock.advance(2)
    assert shop.do(go.sales_orders.sent_state(order.id)).is_processing
    shop.clock.advance(18)
    assert shop.do(go.sales_orders.sent_state(order.id)).is_processing
    shop.clock.advance(2)
    state = shop.do(go.sales_orders.sent_state(order.id))
    assert (False, 10_001) == (state.is_processing, state.invoice_no)
    assert 1 == len(fake.invoices)


def test_a_delivery_fails_on_demand(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    The reason is told, nothing is booked, and the order may be changed and sent again.
    """
    fake.fail_deliveries("The mailbox is full")
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    shop.do(go.sales_orders.send(order.id))
    failed = shop.do(go.sales_orders.sent_state(order.id))
    shop.do(go.sales_orders.update(order, attrs.evolve(order, purchase_order="7")))
    shop.do(go.sales_orders.send(order.id))
    sent = shop.do(go.sales_orders.sent_state(order.id))

    assert ("The mailbox is full", False, None) == (failed.error, failed.is_processing, failed.invoice_no)
    assert (None, 10_001) == (sent.error, sent.invoice_no)


def test_sending_needs_its_own_privilege(shop: Shop, go: Any, fake: Any, customer: int, mug: int) -> None:
    """
    Without it the draft stays, and the refusal is one about privileges although it is a 400.
    """
    order = shop.do(go.sales_orders.create(draft(customer, mug)))
    fake.may_send_invoices = False

    error = shop.failure(lambda: go.sales_orders.send(order.id), MissingPrivilegeError)

    assert 400 == error.status
    assert shop.do(go.sales_orders.sent_state(order.id)) is None


def test_undeliverable_invoice_says_why(shop: Shop, go: Any, fake: Any, mug: int) -> None:
    """
    Without an address to send to there is an error and no invoice, and a second try may name one.
    """
    nobody = int(fake.put(Customer(name="Uten e-post AS")))
    order = shop.do(go.sales_orders.create(draft(nobody, mug)))
    shop.do(go.sales_orders.send(order.id))
    state = shop.do(go.sales_orders.sent_state(order.id))

    assert (None, None) == (state.sent_at, state.invoice_no)
    assert "e-mail" in state.error
    assert () == fake.invoices
    shop.do(go.sales_orders.send(order.id, email="post@example.no"))
    assert 10_001 == shop.do(go.sales_orders.sent_state(order.id)).invoice_no


# -- handles of the fake -----------------------------------------------------------------


def test_handles_speak_models(fake: Any) -> None:
    """
    What a person puts into the fake comes out as it went in, prices including VAT.
    """
    customer = fake.put(CAFE)
    mug, bread = fake.put(MUG), fake.put(BREAD)
    order = fake.put(
        Order(
            customer=customer,
            department="10",
            lines=(
                OrderLine(product=mug, quantity=2, unit_price=Decimal("99.90"), text="Krus"),
                OrderLine(text="Takk!"),
            ),
        )
    )

    assert {mug: MUG, bread: BREAD} == fake.all(Product)
    assert attrs.evolve(CAFE, number=10_000) == fake.get(Customer, customer)
    found = fake.get(Order, order)
    assert (customer, "10", OrderStatus.DRAFT) == (found.customer, found.department, found.status)
    assert [(mug, Decimal("99.90"), 2), (None, None, 1)] == [
        (one.product, one.unit_price, one.quantity) for one in found.lines
    ]
    fake.put(attrs.evolve(MUG, price=Decimal(120)), mug)
    fake.archive(Product, mug)
    assert (Decimal("120.00"), True) == (fake.get(Product, mug).price, fake.get(Product, mug).archived)
    with pytest.raises(LookupError):
        fake.get(Customer, "1")


@pytest.mark.parametrize("price", [Decimal(n) / 100 for n in (1, 99, 990, 12345, 199_999)])
@pytest.mark.parametrize("vat_code", ["3", "31", "33", "5"])
def test_shelf_prices_survive(fake: Any, price: Decimal, vat_code: str) -> None:
    """
    Six decimals without VAT give the same shelf price back.
    """
    key = fake.put(Product(name="a", price=price, vat_code=vat_code))

    assert price == fake.get(Product, key).price
