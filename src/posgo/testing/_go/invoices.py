"""
Invoices sent, and what is still open of them.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, Reply, not_found
from posgo.testing._go.listing import (
    codes,
    day,
    flag,
    later,
    moment,
    number_filter,
    page,
)
from posgo.testing._go.routing import Endpoint, endpoint
from posgo.testing._go.subledger import Entry
from posgo.testing._go.tables import shown

__all__ = ["ENDPOINTS", "credited_amount", "invoice_balance"]

_READ = ("OutgoingInvoice", "OutgoingInvoice_Full")
_FIELDS = [
    "Balance",
    "BalanceLastChangedDateTimeOffset",
    "BrandingThemeCode",
    "BrandingThemeId",
    "Cid",
    "ContractNo",
    "CreatedDateTimeOffset",
    "CurrencyCode",
    "CurrencyExchangeRate",
    "CustomMatchingReference",
    "CustomerId",
    "CustomerNo",
    "CustomerReference",
    "CustomerReferenceContactPersonId",
    "DeliveryAddress1",
    "DeliveryAddress2",
    "DeliveryAddressCity",
    "DeliveryAddressCountryCode",
    "DeliveryAddressZipCode",
    "DeliveryDate",
    "DeliveryTerm",
    "DeliveryTermId",
    "DepartmentCode",
    "DepartmentId",
    "Dim1Code",
    "Dim1Id",
    "Dim2Code",
    "Dim2Id",
    "Dim3Code",
    "Dim3Id",
    "DueDate",
    "ExternalImportReference",
    "Id",
    "ImportedOrderNo",
    "InvoiceDeliveryType",
    "InvoiceNo",
    "IsCreatedByCurrentIntegration",
    "IsReversed",
    "LastChangedDateTimeOffset",
    "LocationCode",
    "LocationId",
    "MatchId",
    "NetAmount",
    "NetPostedAmount",
    "OrderDate",
    "OrderNo",
    "PaymentTerm",
    "PaymentTermId",
    "ProjectCode",
    "ProjectId",
    "PurchaseOrderReference",
    "RelatedInvoiceNo",
    "SellersReferenceEmployeeId",
    "SellersReferenceEmployeeNo",
    "SentDateTimeOffset",
    "TotalAmount",
    "TotalPostedAmount",
    "VoucherDate",
    "VoucherNo",
    "VoucherType",
]
_LINE_FIELDS = [
    "AccountId",
    "AccountNo",
    "AgricultureDepartment",
    "Allowance",
    "DepartmentCode",
    "DepartmentId",
    "Description",
    "Dim1Code",
    "Dim1Id",
    "Dim2Code",
    "Dim2Id",
    "Dim3Code",
    "Dim3Id",
    "ExternalImportReference",
    "Id",
    "IsAccrued",
    "LineType",
    "LocationCode",
    "LocationId",
    "NetAmount",
    "NetPostedAmount",
    "ProductCode",
    "ProductId",
    "ProductUnitCost",
    "ProductUnitPrice",
    "ProjectCode",
    "ProjectId",
    "Quantity",
    "SellersReferenceEmployeeId",
    "SellersReferenceEmployeeNo",
    "SortOrder",
    "TotalAmount",
    "TotalPostedAmount",
    "UnitOfMeasureCode",
    "VatAmount",
    "VatCode",
    "VatId",
    "VatRate",
    "VatReturnSpecification",
]
# -- invoices -----------------------------------------------------------------


def _entries(company: Company, invoice: Row) -> list[Entry]:
    return [entry for entry in company.subledger.entries if entry.voucher.id == invoice["Id"]]


def invoice_balance(company: Company, invoice: Row) -> Decimal:
    """
    NOK still open of an invoice.
    """
    return sum((entry.balance() for entry in _entries(company, invoice)), Decimal("0.00"))


def credited_amount(company: Company, invoice: Row) -> Decimal:
    """
    NOK of the credit notes an invoice was matched with: whole, though what was paid before leaves some of them open.
    """
    notes = {
        other
        for entry in _entries(company, invoice)
        for other, _, _ in entry.settled
        if other.voucher.voucher_type == "OutgoingCreditNote" and entry.amount > 0
    }
    return sum((-note.amount for note in notes), Decimal("0.00"))


def _balance_changed(company: Company, invoice: Row) -> datetime | None:
    stamps = [
        entry.changed_at
        for entry in _entries(company, invoice)
        if company.sending_moves_balances or entry.settled
    ]
    return max(stamps, default=None)


def _invoice_row(company: Company, invoice: Row) -> Row:
    entries = _entries(company, invoice)
    department = company.table("Departments").get(invoice["DepartmentId"])
    voucher = company.voucher(invoice["Id"])
    full = {
        **invoice,
        "Balance": invoice_balance(company, invoice),
        "BalanceLastChangedDateTimeOffset": _balance_changed(company, invoice),
        "MatchId": next((entry.match_id for entry in entries if entry.match_id), None),
        "IsReversed": voucher.reversed if voucher else False,
        "DepartmentCode": department["Code"] if department else None,
    }
    return {name: shown(full[name]) for name in _FIELDS if full.get(name) is not None}


def _invoices_wanted(company: Company, request: Received) -> Callable[[Row], bool]:
    customer, number = number_filter(request, "customerNos"), number_filter(request, "invoiceNos")
    voucher, reference = number_filter(request, "voucherNos"), codes(request, "customMatchingReferences")
    ids, department, project = (
        codes(request, "invoiceIds"),
        codes(request, "departmentCodes"),
        codes(request, "projectCodes"),
    )
    first, last = day(request, "fromDate") or date.min, day(request, "toDate") or date.max
    unpaid, ours = flag(request, "onlyUnpaidInvoices"), flag(request, "onlyCreatedByCurrentIntegration")
    flag(request, "includeSubProject")
    balance_after = moment(request, "balanceLastChangedDateTimeOffsetGreaterThan")
    moment(request, "sentDateTimeOffsetGreaterThan")

    def wanted(invoice: Row) -> bool:
        changed = _balance_changed(company, invoice)
        return (
            customer(invoice["CustomerNo"])
            and number(invoice["InvoiceNo"])
            and voucher(invoice["VoucherNo"])
            and reference(invoice["CustomMatchingReference"])
            and ids(invoice["Id"])
            and department(_code(company, "Departments", invoice["DepartmentId"]))
            and project(_code(company, "Projects", invoice["ProjectId"]))
            and first <= invoice["VoucherDate"] <= last
            and (not unpaid or bool(invoice_balance(company, invoice)))
            and (not ours or invoice["IsCreatedByCurrentIntegration"])
            and (balance_after is None or (changed is not None and changed > balance_after))
            and later(request, "sentDateTimeOffsetGreaterThan", invoice["SentDateTimeOffset"])
        )

    return wanted


def _code(company: Company, table: str, id: int | None) -> str | None:  # noqa: A002
    row = company.table(table).get(id)
    return row["Code"] if row else None


@endpoint("GET", "/OutgoingInvoices", *_READ)
def list_invoices(company: Company, request: Received) -> Reply:
    """
    Invoices and credit notes.
    """
    wanted = _invoices_wanted(company, request)
    rows = [
        _invoice_row(company, invoice)
        for invoice in company.table("OutgoingInvoices").values()
        if wanted(invoice)
    ]
    return page(request, rows, _FIELDS)


def _invoice(company: Company, request: Received) -> Row:
    invoice = company.table("OutgoingInvoices").get(request.id)
    if invoice is None:
        not_found(f"Outgoing invoice with id {request.id} was not found")
    return invoice


@endpoint("GET", "/OutgoingInvoices/{id:uuid}", *_READ)
def get_invoice(company: Company, request: Received) -> Reply:
    """
    One invoice.
    """
    return Reply.of(_invoice_row(company, _invoice(company, request)))


@endpoint("GET", "/OutgoingInvoices/{id:uuid}/Lines", *_READ)
def list_invoice_lines(company: Company, request: Received) -> Reply:
    """
    The lines of an invoice.
    """
    rows = [
        {
            name: value
            for name, value in {
                **line,
                "AccountId": line["account"].id,
                "AccountNo": line["account"].number,
                "NetPostedAmount": line["NetAmount"],
                "TotalPostedAmount": line["TotalAmount"],
                "VatRate": line.get("VatRate", Decimal(0)),
            }.items()
            if name in _LINE_FIELDS and value is not None
        }
        for line in _invoice(company, request)["lines"]
    ]
    return page(request, rows, _LINE_FIELDS)


ENDPOINTS: tuple[Endpoint, ...] = (list_invoices, get_invoice, list_invoice_lines)
