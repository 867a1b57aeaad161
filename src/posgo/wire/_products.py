"""
Products in Go's JSON.
"""

from posgo.models.go_products import GoProduct, ProductGroup
from posgo.wire.model import members
from posgo.wire.writing import writable

_SHARED = {
    "sales_account_id": "StandardSalesAccountId",
    "unit": "UnitOfMeasureCode",
    "changed_at": "LastChangedDateTimeOffset",
}
_WRITABLE = (
    "code",
    "name",
    "description",
    "product_type",
    "sales_account_id",
    "optional_sales_account_id",
    "unit_price",
    "unit_cost",
    "unit",
    "is_archived",
)

members(
    GoProduct,
    required=("id",),
    group_id="ProductGroupId",
    # Go writes "Datetime" here, and "DateTime" everywhere else.
    stock_changed_at="StockOnHandLastChangedDatetimeOffset",
    **_SHARED,
)
writable(GoProduct, *_WRITABLE, "gtin", "group_id", "is_stock_item", "stock_on_hand")

members(ProductGroup, required=("id",), **_SHARED)
writable(ProductGroup, *_WRITABLE)
