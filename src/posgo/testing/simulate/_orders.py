"""
Orders as people know them: by a mark nobody edits, whichever side they stand on.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import attrs

from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.procedures.order_forms import ROUNDING
from posgo.testing._go.invoices import invoice_balance
from posgo.testing._go.order_rules import order_totals
from posgo.testing.simulate._world import World, birth_of

__all__ = ["PAID", "InGo", "Item", "found", "goods", "in_go", "receipt", "standing_in_go"]

PAID = frozenset({OrderStatus.PART_PAID, OrderStatus.PAID})
_ORE = Decimal("0.01")


@attrs.frozen
class Item:
    """
    A line somebody writes.

    Attributes:
        mark: Its text, which nobody edits.
        product: Birth mark of the product; None for a line of text.
        quantity: How many.
        price: NOK including VAT; None for a line of text.
    """

    mark: str
    product: str | None
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None

    def line(self, world: World, side: str) -> OrderLine | None:
        """
        The line as that side has it; None if it does not have the product.
        """
        product = None if self.product is None else world.born(side, "products", self.product)
        if product is None and self.product is not None:
            return None
        quantity = self.quantity if self.product else Decimal(1)
        return OrderLine(product=product, text=self.mark, quantity=quantity, unit_price=self.price)


@attrs.frozen(kw_only=True)
class InGo:
    """
    An order as Go has it, or the invoice it became.

    Attributes:
        id: Go's id.
        order: What it says.
        status: What its ledger says of it.
        invoice_no: Number of its invoice; None if there is none.
        total: NOK including VAT, as Go computes it.
        balance: NOK open of its invoice.
        matching_reference: What payments are matched by; None if nothing.
    """

    id: str
    order: Order
    status: OrderStatus
    invoice_no: int | None
    total: Decimal
    balance: Decimal
    matching_reference: str | None


def found(world: World, side: str, mark: str) -> tuple[str, Order] | None:
    """
    Id and value of the order with a mark; None if that side has none.
    """
    orders = world.side(side).all(Order)
    return next(((own_id, order) for own_id, order in orders.items() if birth_of(order) == mark), None)


def goods(order: Order) -> list[OrderLine]:
    """
    Its lines, without the one that closes the øre.
    """
    return [line for line in order.lines if line.reference != ROUNDING]


def in_go(world: World) -> Iterator[InGo]:
    """
    Every order and invoice in Go.
    """
    company = world.go._company
    rows = company.table("SalesOrders")
    for own_id, order in world.go.all(Order).items():
        invoice = company.table("OutgoingInvoices").get(own_id)
        balance = Decimal(0) if invoice is None else invoice_balance(company, invoice)
        yield InGo(
            id=own_id,
            order=order,
            status=order.status,
            invoice_no=None if invoice is None else invoice["InvoiceNo"],
            total=order_totals(company, rows[own_id])[1],
            balance=balance,
            matching_reference=(invoice or rows[own_id])["CustomMatchingReference"],
        )


def standing_in_go(world: World, mark: str) -> InGo | None:
    """
    The first order in Go with a mark; None if there is none.
    """
    return next((each for each in in_go(world) if birth_of(each.order) == mark), None)


def receipt(order: Order) -> Decimal:
    """
    What the till asks for it: each line including VAT, rounded to the øre.
    """
    return sum((_gross(line) for line in order.lines), Decimal("0.00"))


def _gross(line: Any) -> Decimal:
    whole = (line.unit_price or Decimal(0)) * line.quantity * (100 - line.discount_percent) / 100
    return Decimal(whole).quantize(_ORE, ROUND_HALF_UP)
