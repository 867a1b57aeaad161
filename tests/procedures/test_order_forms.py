"""
Orders translated there and back, held to what Go makes of them.
"""

import itertools
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from posgo.clients.go import sales_orders
from posgo.models.catalog import Product
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.records import go_reference, pos_reference
from posgo.procedures.order_forms import ROUNDING, OrderForms, line_reference
from support.orders import ROUNDING_CODE, Shop, a_shop, orders

ids = itertools.count()


@pytest.fixture(scope="module")
def shop() -> Shop:
    return a_shop()


def put(shop: Shop, order: Order) -> SalesOrder:
    """
    The order as Go shows it after it was made there.
    """
    made: SalesOrder = shop.ask(sales_orders.create(shop.forms.to_go(order, f"order {next(ids)}")))
    shown: SalesOrder = shop.ask(sales_orders.get(made.id))
    return shown


def shared(order: Order) -> Order:
    """
    What both sides can hold of an order: Go's number is its own.
    """
    return attrs.evolve(order, number=None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=orders())
def test_there_and_back(shop: Shop, order: Order) -> None:
    """
    What Go shows of an order says what the POS said: every rate, discount, text, return, and price left to the product.
    """
    assert order == shared(shop.forms.to_order(put(shop, order), like=order))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=orders())
def test_prices_need_no_memory(shop: Shop, order: Order) -> None:
    """
    Without what was agreed before, every stated price, quantity and discount of goods is read back as it was.
    """
    back = shop.forms.to_order(put(shop, order))

    for line, told in zip(order.lines, back.lines, strict=True):
        if line.product is not None or line.unit_price is not None:
            if line.unit_price is not None:
                assert line.unit_price == told.unit_price
            assert (line.quantity, line.discount_percent, line.reference) == (
                told.quantity,
                told.discount_percent,
                told.reference,
            )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=orders())
def test_total_is_the_receipt(shop: Shop, order: Order) -> None:
    """
    Go's total of a new order is the receipt to the øre, by a rounding line where net and VAT round otherwise.
    """
    assert shop.forms.receipt(order) == put(shop, order).total_amount


def a_line(**more: Any) -> OrderLine:
    return OrderLine(**{"product": "p-3", "unit_price": "0.01", "reference": "1"} | more)


class TestToGo:
    """
    What is sent.
    """

    def test_references(self, shop: Shop) -> None:
        """
        The order carries its own reference twice, for look-ups and for payments; each line its POS's id.
        """
        sent = shop.forms.to_go(Order(customer="buyer", lines=[a_line()]), "7")

        assert (pos_reference("7"), pos_reference("7")) == (sent.reference, sent.matching_reference)
        assert ["1"] == [line.reference for line in sent.lines if line.reference != ROUNDING]

    @pytest.mark.parametrize(
        ("number", "imported"), [("991", 991), ("A-991", None), (None, None), ("9" * 19, None)]
    )
    def test_number(self, shop: Shop, number: str | None, imported: int | None) -> None:
        """
        A number that is a whole number is shown in Go; others have no place there.
        """
        assert imported == shop.forms.to_go(Order(customer="buyer", number=number), "7").imported_order_no

    @pytest.mark.parametrize("status", list(OrderStatus))
    def test_status(self, shop: Shop, status: OrderStatus) -> None:
        """
        Go knows drafts, and what is locked.
        """
        wanted = "Draft" if status is OrderStatus.DRAFT else "Confirmed"

        assert wanted == shop.forms.to_go(Order(customer="buyer", status=status), "7").status

    def test_customer_discount_is_never_inherited(self, shop: Shop) -> None:
        """
        No discount is sent as none: left out it would be the customer's own.
        """
        sent = shop.forms.to_go(Order(customer="buyer", lines=[a_line()]), "7")

        assert {Decimal(0)} == {line.discount_percent for line in sent.lines}

    def test_no_rounding_line_without_a_product_for_it(self, shop: Shop) -> None:
        """
        A shop that has no rounding product gets its order without the line.
        """
        lines = [a_line(unit_price="0.02", reference=str(at)) for at in range(9)]
        order = Order(customer="buyer", lines=lines)
        bare = attrs.evolve(shop.forms, rounding_product=None)

        assert 10 == len(shop.forms.to_go(order, "7").lines)
        assert 9 == len(bare.to_go(order, "7").lines)

    def test_rounding_line(self, shop: Shop) -> None:
        """
        It is one of its product, never discounted, on the account without VAT, taken back where Go's total is too high.
        """
        up, down = (shop.forms.rounding_line(Decimal(difference), 3) for difference in ("0.02", "-0.03"))

        assert up is not None
        assert down is not None
        assert (Decimal(1), Decimal("0.02")) == (up.quantity, up.unit_price)
        assert (Decimal(-1), Decimal("0.03")) == (down.quantity, down.unit_price)
        assert (3, Decimal(0), True) == (up.sort_order, up.discount_percent, up.use_standard_sales_account)
        assert shop.forms.rounding_line(Decimal("0.00"), 3) is None


class TestFromGo:
    """
    What a person in Go typed.
    """

    def read(self, shop: Shop, *lines: SalesOrderLine, like: Order | None = None, **more: Any) -> Order:
        customer = int(shop.forms.customers[0].go_id)
        return shop.forms.to_order(SalesOrder(id="x", customer_id=customer, lines=lines, **more), like=like)

    def goods(self, shop: Shop, at: int = 0) -> int:
        return int(shop.forms.products[at].go_id)

    def test_lines_are_in_their_own_order(self, shop: Shop) -> None:
        """
        Lines stand as Go prints them, whatever order they are listed in; the rounding line is not one of them.
        """
        order = self.read(
            shop,
            SalesOrderLine(id="b", line_type="Text", description="second", sort_order=1),
            SalesOrderLine(id="c", reference=ROUNDING, sort_order=2),
            SalesOrderLine(id="a", line_type="Text", description="first", sort_order=0),
        )

        assert ["first", "second"] == [line.text for line in order.lines]
        assert [go_reference("a"), go_reference("b")] == [line.reference for line in order.lines]

    def test_blank_lines_are_kept(self, shop: Shop) -> None:
        """
        A line without words keeps its place.
        """
        order = self.read(shop, SalesOrderLine(id="a", line_type="Text"), SalesOrderLine(id="b"))

        assert [("-", None), ("-", Decimal("0.00"))] == [(line.text, line.unit_price) for line in order.lines]
        assert [1, 1] == [line.quantity for line in order.lines]

    def test_prices_are_by_the_rate_go_charges(self, shop: Shop) -> None:
        """
        The line's own rate makes the shelf price; where Go does not say it, the product's.
        """
        sent = SalesOrderLine(
            id="a", product_id=self.goods(shop), unit_price=Decimal(80), quantity=Decimal(1)
        )
        told = [self.read(shop, attrs.evolve(sent, vat_rate=rate)) for rate in (Decimal("0.15"), None)]

        assert [Decimal("92.00"), Decimal("100.00")] == [order.lines[0].unit_price for order in told]

    def test_another_rate_than_was_reckoned_with_is_no_edit(self, shop: Shop) -> None:
        """
        A price that stands in Go as it was sent is the price that was agreed, whatever Go charges on it.
        """
        like = Order(customer="buyer", lines=[a_line(unit_price="100.00")])
        sent = SalesOrderLine(
            id="a",
            reference="1",
            product_id=self.goods(shop),
            unit_price=Decimal(80),
            vat_rate=Decimal(0),
            quantity=Decimal(1),
        )

        assert Decimal("100.00") == self.read(shop, sent, like=like).lines[0].unit_price

    def test_price_left_to_go(self, shop: Shop) -> None:
        """
        A line without a price has its product's.
        """
        order = self.read(shop, SalesOrderLine(id="a", product_id=self.goods(shop), quantity=Decimal(2)))

        assert order.lines[0].unit_price is None

    def test_what_was_left_to_the_product_and_is_so_no_more_is_told(self, shop: Shop) -> None:
        """
        A text or price of its own, or another product, in a line that had neither, is somebody's edit.
        """
        like = Order(customer="buyer", lines=[a_line(unit_price=None)])
        line = SalesOrderLine(
            id="a",
            reference="1",
            product_id=self.goods(shop),
            description="Gift",
            unit_price=Decimal(8),
            quantity=Decimal(1),
        )
        other = attrs.evolve(line, product_id=self.goods(shop, 1), description="Goods 31")
        edited, changed = (self.read(shop, each, like=like).lines[0] for each in (line, other))

        assert ("Gift", Decimal("10.00")) == (edited.text, edited.unit_price)
        assert ("p-31", "Goods 31") == (changed.product, changed.text)

    def test_status(self, shop: Shop) -> None:
        """
        What is no draft is locked, whatever Go may call it one day.
        """
        told = [self.read(shop, status=status).status for status in ("Draft", None, "Confirmed", "Shipped")]

        assert [OrderStatus.DRAFT] * 2 + [OrderStatus.CONFIRMED] * 2 == told

    def test_long_line_ids(self, shop: Shop) -> None:
        """
        A line id too long for Go is written as a digest, and known by it.
        """
        long = "line-" * 12
        like = Order(customer="buyer", lines=[a_line(reference=long)])
        shown = put(shop, like)

        assert 50 == len(shown.lines[0].reference or "")
        assert line_reference(long) == shown.lines[0].reference
        assert like == shared(shop.forms.to_order(shown, like=like))


class TestMissing:
    """
    What cannot be translated is told with its remedy, all at once.
    """

    def test_of_the_pos(self, shop: Shop) -> None:
        """
        Customer, products and dimensions an order names and Go does not have.
        """
        lines = [a_line(product="p-9", reference="a"), a_line(product="p-3", reference="b")]
        order = Order(customer="nobody", lines=lines, department="99", location="Moss")

        told = shop.forms.missing(order)

        assert ["order-customer", "order-product", "order-department", "order-location"] == [
            each.rule for each in told
        ]
        assert ["customer nobody", "product p-9", "department 99", "location Moss"] == [
            each.where for each in told
        ]
        assert all(each.blocks and each.remedy for each in told)

    def test_of_go(self, shop: Shop) -> None:
        """
        Customer and products an order of Go names and the POS does not have; the rounding product is ours.
        """
        lines = [
            SalesOrderLine(id="a", product_id=987654),
            SalesOrderLine(id="b", product_id=1, reference=ROUNDING),
        ]
        told = shop.forms.strangers(SalesOrder(id="x", customer_id=5, lines=lines))

        assert ["customer 5", "product 987654"] == [each.where for each in told]

    def test_nobody(self, shop: Shop) -> None:
        """
        An order without a customer is told by its number.
        """
        assert ["order 12"] == [each.where for each in shop.forms.strangers(SalesOrder(id="x", number=12))]

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=orders())
    def test_nothing(self, shop: Shop, order: Order) -> None:
        """
        What both know needs no finding.
        """
        assert () == shop.forms.missing(order)
        assert () == shop.forms.strangers(put(shop, order))


def test_vat_free_customers_pay_the_price_of_the_line(shop: Shop) -> None:
    """
    Where Go charges no VAT the price without it is the price on the receipt.
    """
    order = Order(customer="free", lines=[a_line(unit_price="100.00", quantity=2)])
    shown = put(shop, order)

    assert (Decimal("200.00"), Decimal(0)) == (shown.total_amount, shown.lines[0].vat_rate)


def test_lines_without_a_product_are_charged_the_default_rate(shop: Shop) -> None:
    """
    Work and other things that are no product go to Go's default sales account.
    """
    order = Order(customer="buyer", lines=[OrderLine(text="Repair", unit_price="125.00", reference="1")])

    assert Decimal(100) == shop.forms.to_go(order, "7").lines[0].unit_price
    assert Decimal("125.00") == put(shop, order).total_amount


def test_rounding_product_is_known_by_its_id(shop: Shop) -> None:
    """
    The line in Go is of the product named for it.
    """
    lines = [a_line(unit_price="0.02", reference=str(at)) for at in range(9)]
    shown = put(shop, Order(customer="buyer", lines=lines))

    assert ROUNDING_CODE == shop.go.get(Product, str(shown.lines[-1].product_id)).code


@given(st.text(min_size=51, max_size=80))
def test_digests_fit(reference: str) -> None:
    """
    Whatever a POS calls its lines, Go can hold it.
    """
    assert len(line_reference(reference) or "") == 50


def test_forms_are_values() -> None:
    """
    Two translations that know the same are the same.
    """
    catalog = a_shop().forms.catalog

    assert OrderForms(catalog=catalog) == OrderForms(catalog=catalog)
