"""
Products as Go holds them: prices without VAT, no VAT code, one bar code.

An ``id`` of 0 belongs to a value Go has not seen yet.
"""

from datetime import datetime
from decimal import Decimal

import attrs

__all__ = ["GoProduct", "ProductGroup"]


@attrs.frozen(kw_only=True)
class GoProduct:
    """
    A product in Go. Its VAT follows from the sales account: of the product, else of its group, else of the company.

    Attributes:
        id: Go's id.
        code: Article number; None if none.
        name: Name.
        description: More words; None if none.
        gtin: The one bar code Go can hold; None if none.
        product_type: ``"Product"`` or ``"Service"``; open. None lets Go choose.
        group_id: Go's id of the group; None lets Go choose.
        sales_account_id: Go's id of the standard sales account; None inherits it.
        optional_sales_account_id: The one for customers without VAT; None inherits it.
        unit_price: NOK **excluding** VAT, more than two decimals allowed; None inherits it.
        unit_cost: NOK excluding VAT; None inherits it.
        unit: Unit of measure, such as ``"EA"``; None inherits it.
        is_archived: Whether it is out of use.
        is_stock_item: Whether Go counts it; None leaves it to Go.
        stock_on_hand: How many are there; only on stock items.
        stock_available: On hand less what confirmed orders reserve. Read only.
        changed_at: When Go last changed it (UTC); changes of stock do not move it. None before Go has seen it.
        stock_changed_at: When its stock changed (UTC); None if never.
    """

    id: int = 0
    code: str | None = None
    name: str
    description: str | None = None
    gtin: str | None = None
    product_type: str | None = None
    group_id: int | None = None
    sales_account_id: int | None = None
    optional_sales_account_id: int | None = None
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    unit: str | None = None
    is_archived: bool = False
    is_stock_item: bool | None = None
    stock_on_hand: Decimal | None = None
    stock_available: Decimal | None = None
    changed_at: datetime | None = None
    stock_changed_at: datetime | None = None


@attrs.frozen(kw_only=True)
class ProductGroup:
    """
    A group of products, from which they inherit.

    Attributes:
        id: Go's id.
        code: The code people use; None if none.
        name: Name; None if none.
        description: More words; None if none.
        product_type: ``"Product"`` or ``"Service"``; open. None lets Go choose.
        sales_account_id: Go's id of the standard sales account; None inherits it.
        optional_sales_account_id: The one for customers without VAT; None inherits it.
        unit_price: NOK excluding VAT; None if none.
        unit_cost: NOK excluding VAT; None if none.
        unit: Unit of measure; None if none.
        is_archived: Whether it is out of use.
        changed_at: When Go last changed it (UTC); None before Go has seen it.
    """

    id: int = 0
    code: str | None = None
    name: str | None = None
    description: str | None = None
    product_type: str | None = None
    sales_account_id: int | None = None
    optional_sales_account_id: int | None = None
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    unit: str | None = None
    is_archived: bool = False
    changed_at: datetime | None = None
