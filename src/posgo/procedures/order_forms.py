"""
Orders translated: the POS's ids and shelf prices, Go's ids and prices without VAT.

Both sides of a plan speak of customers and products by the POS's ids. A
translation knows the links of those an order names, and what Go charges them.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

import attrs

from posgo.models._checks import to_tuple
from posgo.models._money import EXACT, NOK_0, ORE
from posgo.models.catalog import Product
from posgo.models.findings import Finding, Severity
from posgo.models.go_orders import SalesOrder, SalesOrderLine
from posgo.models.ledger import Department
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.prices import net_price, shelf_price
from posgo.models.records import Link, go_reference, pos_reference
from posgo.models.terms import Location
from posgo.procedures.catalog import Catalog

__all__ = ["ROUNDING", "OrderForms", "line_reference"]

T = TypeVar("T")

ROUNDING = "posgo:rounding"
"""Reference of the line that closes the øre between Go's total and the receipt."""

_REFERENCE_LENGTH = 50
_TEXT = "Text"
_ZERO = Decimal(0)


def line_reference(reference: str | None) -> str | None:
    """
    What a line in Go says of its counterpart: the POS's line id; one that is too long for Go, as a digest.
    """
    if reference is None or len(reference) <= _REFERENCE_LENGTH:
        return reference
    return pos_reference(reference)


def _by_pos(links: Iterable[Link[T]]) -> dict[str, Link[T]]:
    return {link.pos_id: link for link in links}


def _by_go(links: Iterable[Link[T]]) -> dict[str, Link[T]]:
    return {link.go_id: link for link in links}


@attrs.frozen(kw_only=True)
class OrderForms:
    """
    What translates orders.

    Attributes:
        catalog: The rate of each VAT code today.
        customers: Links of the customers the orders name.
        products: Links of the products the orders name.
        departments: Go's departments; none are needed for orders without one.
        locations: Go's locations; likewise.
        rounding_product: Go's id of the product the øre rounding line is for; None if there is none.
    """

    catalog: Catalog
    customers: tuple[Link[Customer], ...] = attrs.field(default=(), converter=to_tuple)
    products: tuple[Link[Product], ...] = attrs.field(default=(), converter=to_tuple)
    departments: tuple[Department, ...] = attrs.field(default=(), converter=to_tuple)
    locations: tuple[Location, ...] = attrs.field(default=(), converter=to_tuple)
    rounding_product: int | None = None
    _customers: dict[str, Link[Customer]] = attrs.field(init=False, repr=False)
    _go_customers: dict[str, Link[Customer]] = attrs.field(init=False, repr=False)
    _products: dict[str, Link[Product]] = attrs.field(init=False, repr=False)
    _go_products: dict[str, Link[Product]] = attrs.field(init=False, repr=False)

    @_customers.default
    def _customers_by_pos(self) -> dict[str, Link[Customer]]:
        return _by_pos(self.customers)

    @_go_customers.default
    def _customers_by_go(self) -> dict[str, Link[Customer]]:
        return _by_go(self.customers)

    @_products.default
    def _products_by_pos(self) -> dict[str, Link[Product]]:
        return _by_pos(self.products)

    @_go_products.default
    def _products_by_go(self) -> dict[str, Link[Product]]:
        return _by_go(self.products)

    # -- what cannot be translated -----------------------------------------------

    def missing(self, order: Order) -> tuple[Finding, ...]:
        """
        What an order of the POS names that Go does not know; empty if it can be translated.
        """
        return tuple(self._missing(order))

    def _missing(self, order: Order) -> Iterator[Finding]:
        if order.customer not in self._customers:
            yield _unlinked("order-customer", "customer", order.customer, "the POS", "Go")
        for product in sorted({line.product for line in order.lines if line.product} - self._products.keys()):
            yield _unlinked("order-product", "product", product, "the POS", "Go")
        if order.department is not None and self._department_id(order.department) is None:
            yield Finding(
                rule="order-department",
                severity=Severity.BLOCK,
                message=f"an order is of department {order.department}, which Go does not have",
                remedy="Make the department in Go, with this code, or take it off the order.",
                where=f"department {order.department}",
            )
        if order.location is not None and self._location_id(order.location) is None:
            yield Finding(
                rule="order-location",
                severity=Severity.BLOCK,
                message=f"an order is of location {order.location}, which Go does not have",
                remedy="Make the location in Go, with this code, or take it off the order.",
                where=f"location {order.location}",
            )

    def strangers(self, sales: SalesOrder) -> tuple[Finding, ...]:
        """
        What an order of Go names that the POS does not know; empty if it can be translated.
        """
        return tuple(self._strangers(sales))

    def _strangers(self, sales: SalesOrder) -> Iterator[Finding]:
        if str(sales.customer_id) not in self._go_customers:
            yield (
                _unlinked("order-customer", "customer", str(sales.customer_id), "Go", "the POS")
                if sales.customer_id is not None
                else Finding(
                    rule="order-customer",
                    severity=Severity.BLOCK,
                    message=f"order {sales.number} in Go has no customer, so it stays there",
                    remedy="Give it one in Go.",
                    where=f"order {sales.number}",
                )
            )
        for product in sorted({str(line.product_id) for line in sales.lines if not self.knows(line)}):
            yield _unlinked("order-product", "product", product, "Go", "the POS")

    def knows(self, line: SalesOrderLine) -> bool:
        """
        Whether the POS has the product of a line of Go, if it is of one.
        """
        return (
            line.product_id is None or line.reference == ROUNDING or str(line.product_id) in self._go_products
        )

    # -- to Go ---------------------------------------------------------------------

    def to_go(self, order: Order, pos_id: str) -> SalesOrder:
        """
        An order of the POS as Go is told it, with the øre rounding line it will probably need.

        The order must have nothing :meth:`missing`. Any status but a draft is confirmed in Go.

        Args:
            order: The order, with the POS's ids.
            pos_id: Its id in the POS.
        """
        reference = pos_reference(pos_id)
        written = [self.to_go_line(order, line, place) for place, line in enumerate(order.lines)]
        rounding = self.rounding_line(self.receipt(order) - self._expected(order, written), len(written))
        number = order.number
        return SalesOrder(
            customer_id=int(self._customers[order.customer].go_id),
            status="Draft" if order.status is OrderStatus.DRAFT else "Confirmed",
            order_date=order.ordered_on,
            delivery_date=order.delivered_on,
            reference=reference,
            matching_reference=reference,
            customer_reference=order.reference,
            purchase_order=order.purchase_order,
            related_invoice_no=order.credits,
            imported_order_no=int(number) if number and number.isdecimal() and len(number) < 19 else None,
            department_id=self._department_id(order.department),
            location_id=self._location_id(order.location),
            lines=(*written, *([rounding] if rounding else [])),
        )

    def to_go_line(self, order: Order, line: OrderLine, place: int) -> SalesOrderLine:
        """
        A line as Go is told it. A discount is always named: a blank one would be the customer's.

        Args:
            order: The order it stands on.
            line: The line.
            place: Its place on the order, from 0.
        """
        if _is_text(line):
            return SalesOrderLine(
                line_type=_TEXT,
                description=line.text,
                sort_order=place,
                reference=line_reference(line.reference),
            )
        price = line.unit_price
        return SalesOrderLine(
            line_type="Normal",
            product_id=int(self._products[line.product].go_id) if line.product else None,
            description=line.text,
            quantity=line.quantity,
            unit_price=None if price is None else net_price(price, self.rate(order.customer, line.product)),
            discount_percent=line.discount_percent,
            sort_order=place,
            reference=line_reference(line.reference),
        )

    def rounding_line(self, difference: Decimal, place: int) -> SalesOrderLine | None:
        """
        The line that adds some øre to an order; None if there is nothing to add, or no product to add it with.

        Args:
            difference: NOK; negative makes the order cheaper.
            place: Its place on the order, from 0.
        """
        if not difference or self.rounding_product is None:
            return None
        return SalesOrderLine(
            line_type="Normal",
            product_id=self.rounding_product,
            quantity=Decimal(1).copy_sign(difference),
            unit_price=abs(difference),
            discount_percent=_ZERO,
            sort_order=place,
            # The optional account of customers without VAT is somebody else's choice.
            use_standard_sales_account=True,
            reference=ROUNDING,
        )

    def rate(self, customer: str, product: str | None) -> Decimal:
        """
        The VAT Go should charge a customer for a product, in per cent. Both are ids of the POS.

        Customers free of VAT are charged through the optional sales account, which is without.
        """
        return _ZERO if self._customers[customer].base.is_vat_free else self._usual_rate(product)

    def _usual_rate(self, product: str | None) -> Decimal:
        code = self._products[product].base.vat_code if product else None
        return self.catalog.rates.get(code or self.catalog.default_code, _ZERO)

    def _own_price(self, customer: str, product: str | None) -> Decimal:
        """
        What Go asks of a customer for one of a product when no price is said: free of VAT it is the price without.
        """
        return shelf_price(self.own_net_price(product), self.rate(customer, product))

    def own_net_price(self, product: str | None) -> Decimal:
        """
        The price without VAT Go has for a product, whose id of the POS is given; 0 if it has none.
        """
        shelf = self._products[product].base.price if product else None
        return self.net_price(product, shelf or NOK_0)

    def net_price(self, product: str | None, shelf: Decimal) -> Decimal:
        """
        The price without VAT Go has for a product that is sold at this shelf price.
        """
        return net_price(shelf, self._usual_rate(product))

    def name(self, product: str | None) -> str | None:
        """
        What a product is called on a line that says nothing; None without a product.
        """
        return self._products[product].base.name if product else None

    # -- amounts -------------------------------------------------------------------

    def receipt(self, order: Order) -> Decimal:
        """
        What the customer pays by the receipt: each line including VAT, rounded half up to the øre.
        """
        return sum((self._gross(order.customer, line) for line in order.lines if not _is_text(line)), NOK_0)

    def _gross(self, customer: str, line: OrderLine) -> Decimal:
        own = None if line.unit_price is not None else self._own_price(customer, line.product)
        return line.amount(own)

    def _expected(self, order: Order, written: Iterable[SalesOrderLine]) -> Decimal:
        """
        What Go will probably make of it: net and VAT of each line rounded by themselves.
        """
        total = NOK_0
        for line, sent in zip(order.lines, written, strict=True):
            if _is_text(line):
                continue
            rate = self.rate(order.customer, line.product)
            price = self.own_net_price(line.product) if sent.unit_price is None else sent.unit_price
            net = _rounded(EXACT.multiply(EXACT.multiply(price, line.quantity), _factor(line)))
            total += net + _rounded(EXACT.multiply(net, rate.scaleb(-2)))
        return total

    # -- from Go -------------------------------------------------------------------

    def to_order(self, sales: SalesOrder, like: Order | None = None) -> Order:
        """
        An order of Go as both sides speak of it, without its øre rounding line.

        The order must have no :meth:`strangers`.

        Args:
            sales: The order with its lines.
            like: What both sides last agreed on: it tells a text or price left to the product
                from one that only happens to be the product's. None if they have not met yet.
        """
        known = {line_reference(line.reference): line for line in like.lines} if like else {}
        customer = self._go_customers[str(sales.customer_id)].pos_id
        lines = sorted(sales.lines, key=lambda line: line.sort_order or 0)
        return Order(
            customer=customer,
            lines=[
                self._to_line(line, customer, known.get(line.reference or go_reference(line.id)))
                for line in lines
                if line.reference != ROUNDING
            ],
            status=OrderStatus.DRAFT if sales.status in ("Draft", None) else OrderStatus.CONFIRMED,
            number=None if sales.number is None else str(sales.number),
            credits=sales.related_invoice_no,
            reference=sales.customer_reference,
            purchase_order=sales.purchase_order,
            ordered_on=sales.order_date,
            delivered_on=sales.delivery_date,
            department=self._department_code(sales.department_id),
            location=self._location_code(sales.location_id),
        )

    def _to_line(self, sent: SalesOrderLine, customer: str, like: OrderLine | None) -> OrderLine:
        reference = like.reference if like else sent.reference or go_reference(sent.id)
        if sent.line_type == _TEXT:
            # Go keeps no quantity with a text.
            kept = like if like is not None and _is_text(like) else OrderLine(text="-")
            return attrs.evolve(kept, text=sent.description or "-", reference=reference)
        link = self._go_products[str(sent.product_id)] if sent.product_id is not None else None
        line = OrderLine(
            product=link.pos_id if link else None,
            text=sent.description if sent.description or link else "-",
            quantity=sent.quantity if sent.quantity is not None else 1,
            unit_price=self._shelf_price(sent, customer, link, like),
            discount_percent=sent.discount_percent or _ZERO,
            reference=reference,
        )
        return self._unsaid(line, like, customer, link.base) if like and link else line

    def _unsaid(self, line: OrderLine, like: OrderLine, customer: str, product: Product) -> OrderLine:
        """
        A line whose text and price are left to its product, where they were and still are.
        """
        if like.product != line.product:
            return line
        if like.text is None and line.text == product.name:
            line = attrs.evolve(line, text=None)
        if like.unit_price is None and line.unit_price == self._own_price(customer, line.product):
            line = attrs.evolve(line, unit_price=None)
        return line

    def _shelf_price(
        self, sent: SalesOrderLine, customer: str, link: Link[Product] | None, like: OrderLine | None
    ) -> Decimal | None:
        if sent.unit_price is None:
            return None if link else NOK_0
        expected = self.rate(customer, link.pos_id if link else None)
        if (
            like is not None
            and like.unit_price is not None
            and net_price(like.unit_price, expected) == sent.unit_price
        ):
            # As it was sent; should Go charge another rate, that is put right in Go.
            return like.unit_price
        return shelf_price(sent.unit_price, expected if sent.vat_rate is None else sent.vat_rate.scaleb(2))

    def _department_id(self, code: str | None) -> int | None:
        return next((room.id for room in self.departments if code is not None and room.code == code), None)

    def _location_id(self, code: str | None) -> int | None:
        return next((place.id for place in self.locations if code is not None and place.code == code), None)

    def _location_code(self, id: int | None) -> str | None:  # noqa: A002
        return next((place.code for place in self.locations if place.id == id), None)

    def _department_code(self, id: int | None) -> str | None:  # noqa: A002
        return next((room.code for room in self.departments if room.id == id), None)


def _is_text(line: OrderLine) -> bool:
    return line.product is None and line.unit_price is None


def _factor(line: OrderLine) -> Decimal:
    return 1 - line.discount_percent.scaleb(-2)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(ORE, rounding=ROUND_HALF_UP, context=EXACT)


def _unlinked(rule: str, noun: str, own_id: str, here: str, there: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.BLOCK,
        message=f"an order names {noun} {own_id} of {here}, which has no counterpart in {there}, so it waits",
        remedy=f"Run a full sync of {noun}s; if it is told again, see what that says of this {noun}.",
        where=f"{noun} {own_id}",
    )
