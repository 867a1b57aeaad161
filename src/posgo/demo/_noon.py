"""
The middle of a made-up day: an order that grows, invoices at once, a payment at the till.
"""

from decimal import Decimal

import attrs

from posgo.demo._morning import Shop
from posgo.exceptions import CustomerNotInGoError
from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine, OrderStatus
from posgo.models.parties import Customer
from posgo.models.pos import InvoicePayment, VatRow
from posgo.procedures._invoice_case import InvoiceResult

__all__ = ["take_orders"]

CARD = "12002"
"""Predefined payment code of cards."""


def take_orders(shop: Shop) -> InvoicePayment | None:
    """
    Take an order, invoice it, and take its payment; refuse to invoice somebody Go does not know.

    Returns:
        The payment, for the day's Z-report; None if something did not go as it should.
    """
    shop.show("NOON. An order is made at the till, and keeps growing.")
    customer = _id_of(shop, Customer, "Havna Hotell AS")
    mug, beans = (_id_of(shop, Product, code) for code in ("K-2", "K-1"))
    order_id = shop.till.put(Order(customer=customer, lines=(_line(shop, mug, 4),)))
    shop.tell(shop.runner.sync_orders())
    shop.show("It is agreed, which locks it in Go; then the guest wants coffee as well:")
    _edit(shop, order_id, status=OrderStatus.CONFIRMED)
    shop.tell(shop.runner.sync_orders())
    _edit(shop, order_id, lines=(*shop.till.get(Order, order_id).lines, _line(shop, beans, 2)))
    shop.tell(shop.runner.sync_orders())
    (order,) = shop.fake.all(Order).values()
    shop.tell(f"Go: {len(order.lines)} lines, {order.status.value}")

    shop.show("\nThe invoice is wanted at once, while the guest waits:")
    invoice = shop.runner.invoice(order_id)
    shop.tell(invoice)
    shop.show("The same once more is the same invoice:")
    again = shop.runner.invoice(order_id)
    shop.tell(again)
    refused = _invoice_a_stranger(shop, mug)

    shop.show("\nThe guest pays with a card at the till. In Go the invoice stays open until the settlement:")
    _edit(shop, order_id, status=OrderStatus.PAID)
    shop.tell(shop.runner.sync_orders())
    _show_invoice(shop, invoice)
    shop.show("")
    as_it_should = refused and again.already_invoiced and len(shop.fake.invoices) == 1
    return _payment(shop, order_id, customer, invoice) if as_it_should else None


def _invoice_a_stranger(shop: Shop, product: str) -> bool:
    """
    Ask for the invoice of a customer Go does not know yet; put it right, and cancel the order.
    """
    stranger = shop.till.put(Customer(name="Nye Naboer AS", email="post@naboer.example"))
    order_id = shop.till.put(Order(customer=stranger, lines=(_line(shop, product, 1),)))
    shop.show("\nAn invoice for a customer that Go has never heard of is refused at once:")
    try:
        shop.runner.invoice(order_id)
    except CustomerNotInGoError as error:
        shop.tell(error)
        _edit(shop, order_id, status=OrderStatus.CANCELLED)
        return True
    return False


def _payment(shop: Shop, order_id: str, customer: str, invoice: InvoiceResult) -> InvoicePayment:
    return InvoicePayment(
        order=order_id,
        invoice_no=invoice.invoice_no,
        customer=customer,
        amount=invoice.total,
        tender=CARD,
        sales=[
            _vat_row(shop.till.get(Product, line.product or ""), line)
            for line in shop.till.get(Order, order_id).lines
        ],
    )


def _vat_row(product: Product, line: OrderLine) -> VatRow:
    percent = {"3": 25, "31": 15}[product.vat_code or "3"]
    gross = (line.unit_price or Decimal(0)) * line.quantity
    vat = (gross * percent / (100 + percent)).quantize(Decimal("0.01"))
    return VatRow(vat_code=product.vat_code, percent=percent, amount=gross - vat, vat=vat)


def _show_invoice(shop: Shop, invoice: InvoiceResult) -> None:
    for each in shop.fake.invoices:
        if each.invoice_no == invoice.invoice_no:
            shop.tell(f"invoice {each.invoice_no}: {each.balance} NOK open in Go")


def _line(shop: Shop, product: str, quantity: int) -> OrderLine:
    return OrderLine(
        product=product, quantity=quantity, unit_price=shop.till.get(Product, product).price or Decimal(0)
    )


def _edit(shop: Shop, order_id: str, **changes: object) -> None:
    shop.till.put(attrs.evolve(shop.till.get(Order, order_id), **changes), order_id)  # type: ignore[arg-type]


def _id_of(shop: Shop, model: type[Customer] | type[Product], name: str) -> str:
    for own_id, value in shop.till.all(model).items():
        if name in (getattr(value, "code", None), value.name):
            return own_id
    raise LookupError(name)
