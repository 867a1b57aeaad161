"""
Vouchers posted directly: what Go checks, and what it books.
"""

import functools
import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from posgo.testing._go import binding as b
from posgo.testing._go.company import ORE, Company
from posgo.testing._go.entities import Account, BookedLine, BookedVoucher
from posgo.testing._go.http import Received, Reply, bad_request, not_found, referenced_not_found
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS", "SEGMENTS", "VAT_RETURN", "check_date"]

SEGMENTS = {
    "CashJournals": ("CashJournal", "CashVoucher_Full"),
    "BankJournals": ("BankJournal", "BankVoucher_Full"),
    "ManualJournals": ("ManualJournal", "ManualVoucher_Full"),
    "YearEndJournals": ("YearEndJournal", "YearEndVoucher_Full"),
}
_TITLE = "Voucher validation error(s)"

VAT_RETURN = b.one_of(
    "None",
    "Adjustment",
    "LossesOnClaims",
    "ReversalOfInputValueAddedTax",
    "Withdrawals",
    "AdjustmentVatCompensationRealProperty",
)
_LINE_MEMBERS = {
    "AccountId": b.int64,
    "CurrencyAmount": b.number,
    "CurrencyCode": b.any_text,
    "CurrencyExchangeRate": b.number,
    "CustomMatchingReference": b.any_text,
    "DepartmentId": b.int64,
    "Description": b.any_text,
    "Dim1Id": b.int64,
    "Dim2Id": b.int64,
    "Dim3Id": b.int64,
    "ExternalLineReference": b.any_text,
    "LocationId": b.int64,
    "PostingDate": b.on_day,
    "ProductId": b.int64,
    "ProjectId": b.int64,
    "Quantity": b.number,
    "Quantity2": b.number,
    "VatId": b.int32,
    "VatReturnSpecification": VAT_RETURN,
}
_LINE_REQUIRED = ("AccountId", "VatId", "PostingDate")
_LINE = b.Dto(_LINE_MEMBERS, _LINE_REQUIRED)
_BANK_LINE = b.Dto({**_LINE_MEMBERS, "InvoiceNo": b.any_text, "Cid": b.any_text}, _LINE_REQUIRED)


def _header(line: b.Dto, *required: str) -> b.Dto:
    return b.Dto(
        {
            "VoucherDate": b.on_day,
            "CurrencyCode": b.text(3),
            "Description": b.any_text,
            "ExternalImportReference": b.text(50),
            "ImportedVoucherNo": b.int64,
            "SaftBatchId": b.text(35),
            "SaftSourceId": b.text(35),
            "VoucherLines": b.list_of(b.nested(line)),
        },
        ("VoucherDate", "CurrencyCode", *required),
    )


_HEADERS = {
    "CashJournals": _header(_LINE),
    "BankJournals": _header(_BANK_LINE),
    "ManualJournals": _header(_LINE),
    "YearEndJournals": _header(_LINE, "VoucherLines"),
}


def _refuse(detail: str) -> NoReturn:
    bad_request(_TITLE, detail)


def check_date(company: Company, day: date) -> None:
    """
    Refuse a posting date that is locked, or before the books in Go begin.
    """
    if company.lock_date is not None and day <= company.lock_date:
        _refuse(f"The posting date {day} is not after the lock date {company.lock_date}")
    if day < company.conversion_date:
        _refuse(f"The posting date {day} is before the conversion date {company.conversion_date}")


def _check_sums(lines: list[dict[str, Any]]) -> None:
    if not lines:
        _refuse("The voucher has no lines")
    by_date = itertools.groupby(sorted(lines, key=_posting_date), key=_posting_date)
    for day, group in by_date:
        residual = sum((line.get("CurrencyAmount", Decimal(0)) for line in group), Decimal(0))
        if residual:
            _refuse(f"The voucher does not balance on posting date {day}: the lines sum to {residual}")


def _posting_date(line: dict[str, Any]) -> date:
    day: date = line["PostingDate"]
    return day


def _bound_lines(company: Company, lines: list[dict[str, Any]]) -> Iterator[BookedLine]:
    for line in lines:
        amount = line.get("CurrencyAmount", Decimal(0))
        if not amount:
            _refuse("CurrencyAmount must be different from 0")
        if amount != amount.quantize(ORE):
            _refuse("CurrencyAmount may have two decimals")
        check_date(company, line["PostingDate"])
        yield _bound_line(company, line, amount)


def _account(company: Company, account_id: int) -> tuple[Account, dict[str, Any] | None]:
    customers = company.table("Customers").values()
    customer = next((one for one in customers if one["SubledgerAccountId"] == account_id), None)
    account = company.account(1500) if customer else company.accounts.get(account_id)
    if account is None:
        referenced_not_found(f"Account with id {account_id} was not found")
    if account.control and customer is None:
        _refuse(f"Account {account.number} has a sub ledger and cannot be posted to directly")
    return account, customer


def _bound_line(company: Company, line: dict[str, Any], amount: Decimal) -> BookedLine:
    account, customer = _account(company, line["AccountId"])
    vat = next((row for row in company.vat_rows if row.id == line["VatId"]), None)
    if vat is None:
        referenced_not_found(f"Vat code with id {line['VatId']} was not found")
    if not vat.covers(line["PostingDate"]):
        _refuse(f"Vat code {vat.code} with id {vat.id} is not valid on {line['PostingDate']}")
    if account.vat_code_locked and vat.code != account.vat_code:
        _refuse(
            f"Vat code {vat.code} is not allowed: account {account.number} is locked to {account.vat_code}"
        )
    if not company.vat_registered and vat.code != "0":
        _refuse(f"Vat code {vat.code} is not allowed: the client is not registered for VAT")
    company.refuse_unknown(
        line, DepartmentId="Departments", ProjectId="Projects", LocationId="Locations", ProductId="Products"
    )
    department = company.table("Departments").get(line.get("DepartmentId"))
    if department is None and account.department_required:
        _refuse(f"Account {account.number} requires a department")
    if account.project_required and "ProjectId" not in line:
        _refuse(f"Account {account.number} requires a project")
    return BookedLine(
        id=company.new_id(),
        account_id=line["AccountId"],
        account=account.number,
        amount=amount.quantize(ORE),
        vat=vat,
        posting_date=line["PostingDate"],
        department=department["Code"] if department else None,
        department_id=department["Id"] if department else None,
        customer_id=customer["Id"] if customer else None,
        customer_no=customer["Number"] if customer else None,
        text=line.get("Description"),
        matching_reference=line.get("CustomMatchingReference"),
        external_reference=line.get("ExternalLineReference"),
        invoice_no=line.get("InvoiceNo"),
        cid=line.get("Cid"),
    )


def _line_row(line: BookedLine, voucher: BookedVoucher) -> dict[str, Any]:
    row: dict[str, Any] = {
        "Id": line.id,
        "AccountId": line.account_id,
        "VatId": line.vat.id,
        "PostingDate": line.posting_date.isoformat(),
        "CurrencyAmount": line.amount,
        "CurrencyCode": "NOK",
        "Description": line.text,
        "DepartmentId": line.department_id,
        "CustomMatchingReference": line.matching_reference,
        "ExternalLineReference": line.external_reference,
        "CreatedDateTimeOffset": voucher.created_at.isoformat(),
    }
    if voucher.voucher_type == "BankJournal":
        row |= {"InvoiceNo": line.invoice_no, "Cid": line.cid}
    return row


def voucher_row(voucher: BookedVoucher) -> dict[str, Any]:
    """
    A posted voucher as Go shows it.
    """
    return {
        "Id": voucher.id,
        "VoucherNo": voucher.voucher_no,
        "VoucherDate": voucher.date.isoformat(),
        "CurrencyCode": "NOK",
        "Description": voucher.text,
        "ExternalImportReference": voucher.reference,
        "ImportedVoucherNo": voucher.imported_no,
        "SaftBatchId": voucher.batch,
        "SaftSourceId": voucher.source_system,
        "IsReversed": voucher.reversed,
        "CreatedDateTimeOffset": voucher.created_at.isoformat(),
        "VoucherLines": [_line_row(line, voucher) for line in voucher.lines],
    }


def _post(company: Company, request: Received, segment: str) -> Reply:
    body = _HEADERS[segment].read(request.json())
    lines = body.get("VoucherLines", [])
    if body["CurrencyCode"] != "NOK" or any(line.get("CurrencyCode", "NOK") != "NOK" for line in lines):
        _refuse("This client company keeps its books in NOK only")
    reference = body.get("ExternalImportReference")
    taken = company.reference_taken(reference) if reference else None
    if taken:
        _refuse(f"ExternalImportReference '{reference}' is already used by voucher {taken.voucher_no}")
    booked = tuple(_bound_lines(company, lines))
    _check_sums(lines)
    voucher = BookedVoucher(
        id=company.new_uuid(),
        voucher_no=company.next_voucher_no(),
        voucher_type=SEGMENTS[segment][0],
        date=body["VoucherDate"],
        created_at=company.stamp(),
        reference=reference,
        text=body.get("Description"),
        imported_no=body.get("ImportedVoucherNo"),
        batch=body.get("SaftBatchId"),
        source_system=body.get("SaftSourceId"),
        lines=booked,
    )
    return Reply.of(voucher_row(company.book(voucher)), 201)


def _get(company: Company, request: Received, segment: str) -> Reply:
    voucher = company.voucher(request.id)
    if voucher is None or not voucher.by_integration or voucher.voucher_type != SEGMENTS[segment][0]:
        not_found(f"Voucher with id {request.id} was not found")
    return Reply.of(voucher_row(voucher))


def _endpoints() -> Iterator[Endpoint]:
    for segment, (_, role) in SEGMENTS.items():
        yield endpoint("POST", f"/Vouchers/{segment}", role)(functools.partial(_post, segment=segment))
        yield endpoint("GET", f"/Vouchers/{segment}/{{id:uuid}}", role)(
            functools.partial(_get, segment=segment)
        )


@endpoint("POST", "/Vouchers/Reverse/{id:uuid}", "YearEndVoucher_Full", "ReverseVoucher_Full")
def reverse(company: Company, request: Received) -> Reply:
    """
    Reverse a voucher of this integration. In a locked period it is refused, which is unverified.
    """
    voucher = company.voucher(request.id)
    if voucher is None or not voucher.by_integration or voucher.reverses is not None:
        not_found(f"Voucher with id {request.id} was not found")
    if voucher.reversed:
        _refuse(f"Voucher {voucher.voucher_no} is already reversed")
    for line in voucher.lines:
        check_date(company, line.posting_date)
    company.reverse(voucher, by_integration=True)
    return Reply(status=200)


ENDPOINTS: tuple[Endpoint, ...] = (*_endpoints(), reverse)
