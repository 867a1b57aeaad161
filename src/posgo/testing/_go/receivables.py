"""
The customer ledger as requests see it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from posgo.testing._go.company import Company, Row
from posgo.testing._go.http import Received, Reply, bad_request
from posgo.testing._go.listing import codes, flag, later, moment, number_filter, page, required_day, whole
from posgo.testing._go.routing import Endpoint, endpoint
from posgo.testing._go.subledger import Entry
from posgo.testing._go.tables import shown

__all__ = ["ENDPOINTS"]

_LEDGER = ("CustomerLedger", "CustomerLedger_Full")
_ENTRY_FIELDS = [
    "Amount",
    "Balance",
    "Cid",
    "CreatedDateTimeOffset",
    "CreatedFromImportJournalId",
    "CurrencyAmount",
    "CurrencyCode",
    "CustomMatchingReference",
    "CustomerAccountNo",
    "CustomerExternalNo",
    "CustomerId",
    "CustomerName",
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
    "InvoiceNo",
    "IsCreatedByCurrentIntegration",
    "IsWriteOff",
    "LastChangedDateTimeOffset",
    "LocationCode",
    "LocationId",
    "MatchId",
    "PaidFromBankAccount",
    "PostingDate",
    "ProjectCode",
    "ProjectId",
    "VoucherDate",
    "VoucherId",
    "VoucherNo",
    "VoucherType",
]


def _entry_row(company: Company, entry: Entry, on: date | None) -> Row:
    customer = company.table("Customers").get(entry.customer_id)
    voucher = entry.voucher
    row = {
        "Id": entry.id,
        "Amount": entry.amount,
        "CurrencyAmount": entry.amount,
        "CurrencyCode": "NOK",
        "Balance": entry.balance(on),
        "MatchId": entry.match_id,
        "InvoiceNo": entry.invoice_no,
        "Cid": entry.cid,
        "CustomMatchingReference": entry.matching_reference,
        "ExternalImportReference": voucher.reference,
        "CustomerId": entry.customer_id,
        "CustomerAccountNo": entry.customer_no,
        "CustomerName": customer["Name"] if customer else None,
        "VoucherId": voucher.id,
        "VoucherNo": voucher.voucher_no,
        "VoucherType": voucher.voucher_type,
        "VoucherDate": voucher.date,
        "PostingDate": entry.posting_date,
        "DueDate": entry.due_date,
        "IsWriteOff": False,
        "IsCreatedByCurrentIntegration": voucher.by_integration,
        "CreatedDateTimeOffset": voucher.created_at,
        "LastChangedDateTimeOffset": entry.changed_at,
    }
    return {name: shown(value) for name, value in row.items() if value is not None}


def _entries_wanted(company: Company, request: Received) -> Callable[[Entry], bool]:
    number, invoice = number_filter(request, "customerNos"), codes(request, "invoiceNos")
    reference, kind = codes(request, "customMatchingReferences"), codes(request, "voucherTypes")
    group, by_group = codes(request, "contactGroupIds"), request.asked("contactGroupIds")
    external, by_external = number_filter(request, "externalNos"), request.asked("externalNos")
    department, project = codes(request, "departmentCodes"), codes(request, "projectCodes")
    series, ours = (
        codes(request, "subLedgerNumberSeriesIds"),
        flag(request, "onlyCreatedByCurrentIntegration"),
    )
    for name in ("includeSubProject", "onlyBalancesLessThanAmount"):
        flag(request, name)
    for name in ("createdDateTimeOffsetGreaterThan", "lastChangedDateTimeOffsetGreaterThan"):
        moment(request, name)
    known_series = any(series(row["Id"]) for row in company.series_rows())

    def wanted(entry: Entry) -> bool:
        customer = company.table("Customers").get(entry.customer_id) or {}
        return (
            known_series
            and number(entry.customer_no)
            and invoice(entry.invoice_no)
            and reference(entry.matching_reference)
            and kind(entry.voucher.voucher_type)
            and department(None)
            and project(None)
            and (by_external is None or external(customer.get("ExternalNumber")))
            and (by_group is None or any(group(str(one)) for one in customer.get("ContactGroupIds") or ()))
            and (not ours or entry.voucher.by_integration)
            and later(request, "createdDateTimeOffsetGreaterThan", entry.voucher.created_at)
            and later(request, "lastChangedDateTimeOffsetGreaterThan", entry.changed_at)
        )

    return wanted


@endpoint("GET", "/Customerledger/OpenItems", *_LEDGER)
def open_items(company: Company, request: Received) -> Reply:
    """
    Entries with a balance on a day.
    """
    on, wanted = required_day(request, "date"), _entries_wanted(company, request)
    partly = flag(request, "onlyBalancesLessThanAmount")
    rows = [
        _entry_row(company, entry, on)
        for entry in company.subledger.entries
        if entry.posting_date <= on
        and entry.balance(on)
        and (not partly or abs(entry.balance(on)) < abs(entry.amount))
        and wanted(entry)
    ]
    return page(request, rows, _ENTRY_FIELDS)


@endpoint("GET", "/Customerledger/Statement", *_LEDGER)
def statement(company: Company, request: Received) -> Reply:
    """
    All entries of a period.
    """
    first, last = required_day(request, "fromDate"), required_day(request, "toDate")
    wanted = _entries_wanted(company, request)
    rows = [
        _entry_row(company, entry, last)
        for entry in company.subledger.entries
        if first <= entry.posting_date <= last and wanted(entry)
    ]
    return page(request, rows, _ENTRY_FIELDS)


@endpoint("GET", "/Customerledger/EntriesByMatchId", *_LEDGER)
def entries_by_match_id(company: Company, request: Received) -> Reply:
    """
    Entries matched with each other.
    """
    match_id = whole(request, "matchId")
    if match_id is None:
        bad_request(
            "One or more validation errors occurred.", None, {"matchId": ["The matchId field is required."]}
        )
    rows = [
        _entry_row(company, entry, None) for entry in company.subledger.entries if entry.match_id == match_id
    ]
    return page(request, rows, _ENTRY_FIELDS)


def _balances(company: Company, request: Received, on: date) -> Iterator[Row]:
    group, by_group = codes(request, "contactGroupIds"), request.asked("contactGroupIds")
    series, only_open = codes(request, "subLedgerNumberSeriesIds"), flag(request, "includeOnlyOpenItems")
    if not any(series(row["Id"]) for row in company.series_rows()):
        return
    for customer_id, number, entries in company.subledger.customers():
        customer = company.table("Customers").get(customer_id) or {}
        booked = [entry for entry in entries if entry.posting_date <= on]
        in_group = by_group is None or any(group(str(one)) for one in customer.get("ContactGroupIds") or ())
        if not booked or not in_group or (only_open and not any(entry.balance(on) for entry in booked)):
            continue
        row = {
            "CustomerId": customer_id,
            "CustomerAccountNo": number,
            "CustomerExternalNo": customer.get("ExternalNumber"),
            "CustomerName": customer.get("Name"),
            "Balance": sum((entry.amount for entry in booked), Decimal("0.00")),
        }
        yield {name: value for name, value in row.items() if value is not None}


@endpoint("GET", "/Customerledger/CustomerBalances", *_LEDGER)
def customer_balances(company: Company, request: Received) -> Reply:
    """
    What each customer owes. Customers without any entry never appear.
    """
    rows = _balances(company, request, required_day(request, "date"))
    fields = ("Balance", "CustomerAccountNo", "CustomerExternalNo", "CustomerId", "CustomerName")
    return page(request, list(rows), fields)


ENDPOINTS: tuple[Endpoint, ...] = (open_items, statement, entries_by_match_id, customer_balances)
