"""
What a customer has ordered: values only; the rules of their life live elsewhere.
"""

import enum
from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import attrs

from posgo.exceptions import ModelError
from posgo.models._checks import not_blank, optional_plain_date, rows, text, to_optional_text, to_tuple
from posgo.models._fields import optional_whole_number, to_decimal
from posgo.models._money import EXACT, NOK_0, ORE, to_optional_nok

__all__ = ["Order", "OrderLine", "OrderStatus"]


class OrderStatus(enum.Enum):
    """
    How far an order has come, the same word on both sides.
    """

    DRAFT = "draft"
    """Lines may be added, changed and removed."""

    CONFIRMED = "confirmed"
    """Agreed and locked; not yet invoiced."""

    INVOICED = "invoiced"
    """An invoice is issued and nothing of it is paid."""

    PART_PAID = "part-paid"
    """Some of the invoice is paid."""

    PAID = "paid"
    """The balance of the invoice is zero."""

    CREDITED = "credited"
    """The invoice was taken back by a credit note."""

    CANCELLED = "cancelled"
    """It came to nothing before it was invoiced."""


def _discount(value: Decimal | int | str) -> Decimal:
    percent = to_decimal(value)
    # Go's own bounds of Allowance; negative is a surcharge.
    if not -1000 <= percent <= 100:
        raise ModelError(f"{percent} is not a discount: -1000 to 100 per cent is expected")
    return percent


@attrs.frozen(kw_only=True)
class OrderLine:
    """
    One line of an order: goods, or a text.

    Attributes:
        product: Id of the product in the replica the order was read from; None for a line of text.
        text: Words on the line; None takes the product's name.
        quantity: How many, of any precision; negative is a return.
        unit_price: NOK **including** VAT per unit; None takes the product's price.
        discount_percent: Discount in per cent of the line; negative is a surcharge.
        reference:
            Unique within the order: the POS's line id, or ``go:<line id>``
            for a line born in Go. None until it has one.
    """

    product: str | None = attrs.field(default=None, converter=to_optional_text)
    text: str | None = attrs.field(default=None, converter=to_optional_text)
    quantity: Decimal = attrs.field(default=Decimal(1), converter=to_decimal)
    unit_price: Decimal | None = attrs.field(default=None, converter=to_optional_nok)
    discount_percent: Decimal = attrs.field(default=Decimal(0), converter=_discount)
    reference: str | None = attrs.field(default=None, converter=to_optional_text)

    def __attrs_post_init__(self) -> None:
        if self.product is None and self.text is None:
            raise ModelError("an order line needs a product or a text")

    def amount(self, price: Decimal | None = None) -> Decimal:
        """
        What the line comes to by the receipt: NOK including VAT, rounded half up to the øre; 0 for a mere text.

        Args:
            price: The product's own, for a line that leaves it to the product; None counts as 0.
        """
        unit_price = self.unit_price if self.unit_price is not None else price
        factor = 1 - self.discount_percent.scaleb(-2)
        exact = EXACT.multiply(EXACT.multiply(unit_price or NOK_0, self.quantity), factor)
        return exact.quantize(ORE, rounding=ROUND_HALF_UP, context=EXACT)


@attrs.frozen(kw_only=True)
class Order:
    """
    An order, and the invoice it becomes.

    Attributes:
        customer: Id of the customer in the replica the order was read from.
        lines: In the order they are printed.
        status: How far it has come.
        number: The order's number as people see it; None if it has none.
        invoice_no:
            Number of its invoice, or of its credit note; None before there is one. Go gives it,
            unless the POS issues invoices itself (:class:`posgo.profiles.Invoicing`).
        credits:
            Number of the invoice it takes back, all of it or a part. It then is a
            credit note: what is returned has a negative quantity. None on anything else.
        invoiced_on: The day the POS dated its invoice; None unless the POS issues invoices itself.
        due_on: The day that invoice is due; None likewise, or if it does not say.
        reference: The customer's reference, printed on the invoice.
        purchase_order: The customer's purchase order number.
        note: A text for the invoice, for people.
        ordered_on: The day it was made.
        delivered_on: The day of delivery.
        department: Department code; None if none.
        location: Location code; None if none.
    """

    customer: str = attrs.field(converter=text, validator=not_blank)
    lines: tuple[OrderLine, ...] = attrs.field(default=(), converter=to_tuple, validator=rows(OrderLine))
    status: OrderStatus = attrs.field(default=OrderStatus.DRAFT, converter=OrderStatus)
    number: str | None = attrs.field(default=None, converter=to_optional_text)
    invoice_no: int | None = attrs.field(default=None, validator=optional_whole_number)
    credits: int | None = attrs.field(default=None, validator=optional_whole_number)
    invoiced_on: date | None = attrs.field(default=None, validator=optional_plain_date)
    due_on: date | None = attrs.field(default=None, validator=optional_plain_date)
    reference: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    purchase_order: str | None = attrs.field(default=None, converter=to_optional_text)
    note: str | None = attrs.field(default=None, converter=to_optional_text, repr=False)
    ordered_on: date | None = attrs.field(default=None, validator=optional_plain_date)
    delivered_on: date | None = attrs.field(default=None, validator=optional_plain_date)
    department: str | None = attrs.field(default=None, converter=to_optional_text)
    location: str | None = attrs.field(default=None, converter=to_optional_text)

    def __attrs_post_init__(self) -> None:
        counts = Counter(line.reference for line in self.lines if line.reference is not None)
        twice = sorted(reference for reference, count in counts.items() if count > 1)
        if twice:
            raise ModelError(f"line references must be unique in the order: {', '.join(twice)}")
