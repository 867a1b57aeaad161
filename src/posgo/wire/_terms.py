"""
Terms, themes, currencies, number series and dimensions in Go's JSON.
"""

from posgo.models.ledger import Department, LedgerAccount
from posgo.models.terms import (
    BrandingTheme,
    Currency,
    CurrencyRate,
    DeliveryTerm,
    Location,
    NumberSeries,
    PaymentTerm,
    Project,
)
from posgo.wire.model import members
from posgo.wire.writing import writable

members(PaymentTerm, required=("id",))
writable(PaymentTerm, "name", "credit_days", "is_active", "is_default")

members(DeliveryTerm, required=("id",))
writable(DeliveryTerm, "name", "is_default")

members(BrandingTheme)
members(Currency)
members(CurrencyRate)
members(
    NumberSeries,
    kind="SubLedgerNumberSeriesType",
    first="FromInclusive",
    last="ToInclusive",
    account="GeneralLedgerAccountNo",
)

members(Location, required=("id",))
writable(Location, "code", "name", "is_active")

members(
    Project,
    required=("id",),
    parent_id="ParentProjectId",
    status="ProjectStatus",
    changed_at="LastChangedDateTimeOffset",
)
writable(
    Project,
    "code",
    "name",
    "parent_id",
    "customer_id",
    "department_id",
    "status",
    "is_active",
    "start_date",
    "end_date",
)

members(Department, active="IsActive")
writable(Department, "code", "name", "active")

writable(
    LedgerAccount,
    "name",
    "vat_id",
    "vat_code_locked",
    "active",
    "department_required",
    "project_required",
    post_only=("number", "vat_code"),
)
