"""
Invoices and the customer ledger in Go's JSON.
"""

from posgo.models.invoices import (
    CustomerBalance,
    InvoiceVoucher,
    InvoiceVoucherLine,
    LedgerEntry,
    OutgoingInvoice,
    OutgoingInvoiceLine,
)
from posgo.wire.model import members

members(
    OutgoingInvoice,
    reference="ExternalImportReference",
    matching_reference="CustomMatchingReference",
    purchase_order="PurchaseOrderReference",
    balance_changed_at="BalanceLastChangedDateTimeOffset",
    sent_at="SentDateTimeOffset",
    delivery_type="InvoiceDeliveryType",
    is_ours="IsCreatedByCurrentIntegration",
    changed_at="LastChangedDateTimeOffset",
)
members(
    OutgoingInvoiceLine,
    account="AccountNo",
    unit_price="ProductUnitPrice",
    discount_percent="Allowance",
    reference="ExternalImportReference",
)
members(
    LedgerEntry,
    matching_reference="CustomMatchingReference",
    reference="ExternalImportReference",
    customer_no="CustomerAccountNo",
    is_ours="IsCreatedByCurrentIntegration",
    changed_at="LastChangedDateTimeOffset",
)
members(CustomerBalance, customer_no="CustomerAccountNo")
members(InvoiceVoucherLine, amount="CurrencyAmount", text="Description")
members(
    InvoiceVoucher,
    number="VoucherNo",
    date="VoucherDate",
    amount="CurrencyAmount",
    reference="ExternalImportReference",
    matching_reference="CustomMatchingReference",
    reversed="IsReversed",
    lines="OutgoingInvoiceLines",
)
