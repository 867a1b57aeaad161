"""
Sales orders in Go's JSON.
"""

from posgo.models.go_orders import Attachment, SalesOrder, SalesOrderLine, SendRequest, SentState
from posgo.wire.model import members
from posgo.wire.writing import writable

members(
    SalesOrderLine,
    required=("id",),
    unit_price="ProductUnitPrice",
    unit_cost="ProductUnitCost",
    discount_percent="Allowance",
    unit="UnitOfMeasureCode",
    reference="ExternalImportReference",
)
writable(
    SalesOrderLine,
    "line_type",
    "product_id",
    "description",
    "quantity",
    "unit_price",
    "unit_cost",
    "discount_percent",
    "unit",
    "sort_order",
    "use_standard_sales_account",
    "reference",
    "department_id",
    "project_id",
    "location_id",
)

members(
    SalesOrder,
    required=("id",),
    number="SalesOrderNo",
    status="SalesOrderStatus",
    order_date="SalesOrderDate",
    reference="ExternalImportReference",
    matching_reference="CustomMatchingReference",
    purchase_order="PurchaseOrderReference",
    delivery_address_id="ContactDeliveryAddressId",
    lines="SalesOrderLines",
    is_ours="IsCreatedByCurrentIntegration",
    changed_at="LastChangedDateTimeOffset",
)
writable(
    SalesOrder,
    "customer_id",
    "status",
    "order_date",
    "delivery_date",
    "reference",
    "matching_reference",
    "customer_reference",
    "purchase_order",
    "imported_order_no",
    "related_invoice_no",
    "payment_term_id",
    "delivery_address_id",
    "department_id",
    "project_id",
    "location_id",
    post_only=("lines",),
)

members(Attachment, size="FileSize")
members(SendRequest, order_id="Id")
members(
    SentState,
    order_id="Id",
    is_processing="IsInvoiceBeingProcessed",
    sent_at="SentDateTimeOffset",
    delivery_type="InvoiceDeliveryType",
    error="LastErrorMessage",
)
