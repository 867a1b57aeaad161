"""
The general ledger as rows, for reconciliation.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from posgo.testing._go.chart import VAT_ACCOUNTS
from posgo.testing._go.company import Company, RowAmounts, vat_in
from posgo.testing._go.entities import BookedLine, BookedVoucher
from posgo.testing._go.http import Received, Reply
from posgo.testing._go.listing import codes, flag, later, number_filter, page, required_day
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS", "ledger_rows"]

_FIELDS = [
    "AccountId",
    "AccountNo",
    "AgricultureDepartment",
    "Amount",
    "BankTransferId",
    "ContactId",
    "CorrectionOfVoucherId",
    "CorrectionOfVoucherNo",
    "CreatedDateTimeOffset",
    "CreatedFromImportJournalId",
    "CurrencyAmount",
    "CurrencyCode",
    "CustomerAccountNo",
    "DepartmentCode",
    "DepartmentId",
    "Description",
    "Dim1Code",
    "Dim1Id",
    "Dim2Code",
    "Dim2Id",
    "Dim3Code",
    "Dim3Id",
    "EmployeeAccountNo",
    "ExternalImportReference",
    "Id",
    "ImportedVoucherNo",
    "IsNoteMainEntry",
    "IsReversed",
    "LastChangedDateTimeOffset",
    "LocationCode",
    "LocationId",
    "PostingDate",
    "ProductCode",
    "ProductId",
    "ProjectCode",
    "ProjectId",
    "Quantity",
    "Quantity2",
    "ReversedVoucherId",
    "ReversedVoucherNo",
    "SubLedgerEntryId",
    "SupplierAccountNo",
    "VatAmount",
    "VatCode",
    "VatId",
    "VatRate",
    "VatReturnSpecification",
    "VoucherDate",
    "VoucherDescription",
    "VoucherId",
    "VoucherNo",
    "VoucherType",
]


def _ledger_amounts(line: BookedLine) -> tuple[Decimal, Decimal]:
    """
    A line's amount without VAT, and its VAT.
    """
    if line.vat.code not in VAT_ACCOUNTS:
        return line.amount, Decimal(0)
    vat = vat_in(line.amount, line.vat.rate) if line.vat_amount is None else line.vat_amount
    return line.amount - vat, vat


def _row(voucher: BookedVoucher, line: BookedLine, amount: Decimal, vat: Decimal) -> dict[str, Any]:
    origin = voucher.reverses
    return {
        "Id": line.id,
        "AccountId": line.account_id,
        "AccountNo": line.account,
        "Amount": amount,
        "CurrencyAmount": amount,
        "CurrencyCode": "NOK",
        "VatAmount": vat,
        "VatCode": line.vat.code,
        "VatId": line.vat.id,
        "VatRate": line.vat.rate,
        "VoucherId": voucher.id,
        "VoucherNo": voucher.voucher_no,
        "VoucherType": voucher.voucher_type,
        "VoucherDate": voucher.date.isoformat(),
        "VoucherDescription": voucher.text,
        "PostingDate": line.posting_date.isoformat(),
        "Description": line.text,
        "ExternalImportReference": voucher.reference,
        "ImportedVoucherNo": voucher.imported_no,
        "IsReversed": voucher.reversed,
        "ReversedVoucherId": origin.id if origin else None,
        "ReversedVoucherNo": origin.voucher_no if origin else None,
        "CorrectionOfVoucherId": None,
        "CorrectionOfVoucherNo": None,
        "DepartmentCode": line.department,
        "DepartmentId": line.department_id,
        "ProjectCode": None,
        "ProductCode": None,
        "CustomerAccountNo": line.customer_no,
        "ContactId": line.customer_id,
        "CreatedDateTimeOffset": voucher.created_at.isoformat(),
        "LastChangedDateTimeOffset": voucher.created_at.isoformat(),
    }


def _rows(company: Company, voucher: BookedVoucher, shown: RowAmounts) -> Iterator[dict[str, Any]]:
    for line in voucher.lines:
        net, vat = _ledger_amounts(line)
        if shown is RowAmounts.GROSS or not vat:
            yield _row(voucher, line, line.amount, vat)
            continue
        yield _row(voucher, line, net, vat)
        account = company.account(VAT_ACCOUNTS[line.vat.code])
        if account is not None:
            yield {
                **_row(voucher, line, vat, Decimal(0)),
                "AccountId": account.id,
                "AccountNo": account.number,
                "Id": -line.id,
            }


def ledger_rows(company: Company) -> Iterator[dict[str, Any]]:
    """
    Every row of the general ledger, VAT on accounts of its own.
    """
    for voucher in company.vouchers:
        yield from _rows(company, voucher, RowAmounts.NET)


def _matching(company: Company, request: Received) -> Iterator[dict[str, Any]]:
    first, last = required_day(request, "fromDate"), required_day(request, "toDate")
    flag(request, "includeSubProject")
    accounts, numbers = number_filter(request, "accountNos"), number_filter(request, "voucherNos")
    types, vat_codes = codes(request, "voucherTypes"), codes(request, "vatCodes")
    departments, projects = codes(request, "departmentCodes"), codes(request, "projectCodes")
    products, agriculture = codes(request, "productCodes"), codes(request, "agricultureDepartments")
    for voucher in company.vouchers:
        if (
            types(voucher.voucher_type)
            and numbers(voucher.voucher_no)
            and later(request, "createdDateTimeOffsetGreaterThan", voucher.created_at)
            and later(request, "lastChangedDateTimeOffsetGreaterThan", voucher.created_at)
        ):
            for row in _rows(company, voucher, company.row_amounts):
                if (
                    first.isoformat() <= row["PostingDate"] <= last.isoformat()
                    and accounts(row["AccountNo"])
                    and vat_codes(row["VatCode"])
                    and departments(row["DepartmentCode"])
                    and projects(row["ProjectCode"])
                    and products(row["ProductCode"])
                    and agriculture(None)
                ):
                    yield row


@endpoint("GET", "/AccountTransactions", "AccountTransaction", "AccountTransaction_Full")
def list_transactions(company: Company, request: Received) -> Reply:
    """
    Booked rows between two posting dates, both inclusive.
    """
    return page(request, _matching(company, request), _FIELDS)


ENDPOINTS: tuple[Endpoint, ...] = (list_transactions,)
