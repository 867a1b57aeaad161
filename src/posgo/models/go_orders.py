"""
Sales orders as Go holds them: ids of Go, prices without VAT.

A blank ``id`` belongs to a value Go has not seen yet.
"""

from datetime import date, datetime
from decimal import Decimal

import attrs

from posgo.models._checks import to_tuple

__all__ = ["Attachment", "SalesOrder", "SalesOrderLine", "SendRequest", "SentState"]


@attrs.frozen(kw_only=True)
class SalesOrderLine:
    """
    One line of a sales order. There is no VAT code to send: VAT follows from the product's sales account.

    Attributes:
        id: Go's id (a UUID).
        line_type: ``"Normal"``, ``"Text"`` and others; open. None lets Go choose.
        product_id: Go's id of the product; None on a line without one.
        description: Words on the line; None takes the product's name.
        quantity: How many; negative is credited. Go needs one with a product.
        unit_price: NOK **excluding** VAT per unit; None takes the product's.
        unit_cost: NOK excluding VAT per unit; None takes the product's.
        discount_percent: Discount in per cent; None takes the customer's.
        unit: Unit of measure; None takes the product's.
        sort_order: Place on the order, from 0; None puts it last.
        use_standard_sales_account: False takes the optional one; None follows from the customer.
        reference: Unique in the order; None if none.
        department_id: Go's id of the department; None inherits the order's.
        project_id: Go's id of the project; None inherits the order's.
        location_id: Go's id of the location; None inherits the order's.
        vat_code: Standard VAT code. Read only, as are the following.
        vat_rate: Rate as a fraction of 1.
        net_amount: NOK excluding VAT.
        vat_amount: NOK.
        total_amount: NOK including VAT.
    """

    id: str = ""
    line_type: str | None = None
    product_id: int | None = None
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    discount_percent: Decimal | None = None
    unit: str | None = None
    sort_order: int | None = None
    use_standard_sales_account: bool | None = None
    reference: str | None = None
    department_id: int | None = None
    project_id: int | None = None
    location_id: int | None = None
    vat_code: str | None = None
    vat_rate: Decimal | None = None
    net_amount: Decimal | None = None
    vat_amount: Decimal | None = None
    total_amount: Decimal | None = None


@attrs.frozen(kw_only=True)
class SalesOrder:
    """
    A sales order, which becomes an invoice with the same id.

    Attributes:
        id: Go's id (a UUID).
        number: The number people see. Read only.
        customer_id: Go's id of the customer.
        customer_no: Customer number. Read only.
        status: ``"Draft"`` or ``"Confirmed"`` (locked); open. None lets Go choose.
        order_date: None takes the day of sending.
        delivery_date: None if none.
        reference: Our reference, unique among sales orders; None if none.
        matching_reference: What Go matches the invoice with its payment by; None if nothing.
        customer_reference: Printed on the invoice; None if none. May be a person's name.
        purchase_order: The customer's order number; None if none.
        imported_order_no: Number in the system it came from; None if none.
        related_invoice_no: Number of the invoice a credit note takes back; None on anything else.
        payment_term_id: Go's id; None takes the customer's.
        delivery_address_id: Go's id of a delivery address; None takes the primary one.
        department_id: Go's id; None if none.
        project_id: Go's id; None if none.
        location_id: Go's id; None if none.
        lines: Only where the order was read or is sent with its lines.
        net_amount: NOK excluding VAT. Read only, as are the following.
        total_amount: NOK including VAT.
        line_count: How many lines it has.
        is_ours: Whether this integration made it; None if Go does not say.
        changed_at: When Go last changed it (UTC); None before Go has seen it.
    """

    id: str = ""
    number: int | None = None
    customer_id: int | None = None
    customer_no: int | None = None
    status: str | None = None
    order_date: date | None = None
    delivery_date: date | None = None
    reference: str | None = None
    matching_reference: str | None = None
    customer_reference: str | None = attrs.field(default=None, repr=False)
    purchase_order: str | None = None
    imported_order_no: int | None = None
    related_invoice_no: int | None = None
    payment_term_id: int | None = None
    delivery_address_id: int | None = None
    department_id: int | None = None
    project_id: int | None = None
    location_id: int | None = None
    lines: tuple[SalesOrderLine, ...] = attrs.field(default=(), converter=to_tuple)
    net_amount: Decimal | None = None
    total_amount: Decimal | None = None
    line_count: int | None = None
    is_ours: bool | None = None
    changed_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Attachment:
    """
    A file on a sales order.

    Attributes:
        id: Go's id.
        file_name: Its name; None if Go does not say.
        size: Bytes; None if Go does not say.
    """

    id: int
    file_name: str | None = None
    size: int | None = None


@attrs.frozen(kw_only=True)
class SendRequest:
    """
    An invoice on its way.

    Attributes:
        order_id: Go's id of the order, which becomes that of the invoice.
        delivery_type: How it was asked to be delivered; None if Go does not say.
    """

    order_id: str
    delivery_type: str | None = None


@attrs.frozen(kw_only=True)
class SentState:
    """
    How far an invoice has come on its way.

    Attributes:
        order_id: Go's id of the order and of the invoice.
        is_processing: Whether Go is still at it; None if Go does not say.
        sent_at: When it was delivered (UTC); None as long as it is not.
        invoice_no: Its number; None as long as it has none.
        due_date: When it is due; None as long as it is not known.
        delivery_type: How it was delivered, such as ``"EHF"``; open. None if not yet.
        error: Why it could not be delivered; None if nothing went wrong.
    """

    order_id: str
    is_processing: bool | None = None
    sent_at: datetime | None = None
    invoice_no: int | None = None
    due_date: date | None = None
    delivery_type: str | None = None
    error: str | None = None
