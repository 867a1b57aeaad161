"""
Documents of vouchers and orders, balances of accounts, drafts, and onboarding.
"""

import email
import email.policy
import io
import uuid
import zipfile
from datetime import timedelta
from decimal import Decimal

from posgo.testing._go import binding as b
from posgo.testing._go.company import Company, Row
from posgo.testing._go.entities import BookedVoucher
from posgo.testing._go.http import Received, Reply, bad_request, not_found
from posgo.testing._go.listing import codes, flag, number_filter, page, required_day, whole
from posgo.testing._go.order_rules import the_order
from posgo.testing._go.routing import Endpoint, endpoint
from posgo.testing._go.tables import shown
from posgo.testing._go.transactions import ledger_rows

__all__ = ["ENDPOINTS"]

_LARGEST = 30 * 1024 * 1024
_DOCUMENTATION = ("VoucherDocumentation", "VoucherDocumentation_Full")
_FILES = ("SalesOrderAttachment", "SalesOrderAttachment_Full")


def _file(request: Received) -> tuple[str, bytes]:
    """
    The part named ``file`` of a multipart body.
    """
    content_type = request.headers.get("content-type", "")
    message = email.message_from_bytes(
        f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace") + request.content,
        policy=email.policy.HTTP,
    )
    parts = message.iter_parts() if message.get_content_type() == "multipart/form-data" else iter(())
    named = (
        (part.get_filename() or "file", part.get_payload(decode=True))
        for part in parts
        if part.get_param("name", header="content-disposition") == "file"
    )
    name, content = next(named, ("", None))
    if not isinstance(content, bytes):
        bad_request(
            "One or more validation errors occurred.", None, {"file": ["The file field is required."]}
        )
    return name, content


# -- documentation of vouchers -----------------------------------------------------


def _id(request: Received) -> str | None:
    asked = request.asked("id")
    if asked is None:
        return None
    try:
        return str(uuid.UUID(asked))
    except ValueError:
        bad_request(
            "One or more validation errors occurred.", None, {"id": [f"The value '{asked}' is not valid."]}
        )


def _wanted(company: Company, request: Received) -> BookedVoucher | None:
    wanted, number = _id(request), whole(request, "voucherNo")
    if wanted is not None:
        return company.voucher(wanted)
    return next((voucher for voucher in company.vouchers if voucher.voucher_no == number), None)


@endpoint("GET", "/VoucherDocumentation", *_DOCUMENTATION)
def list_documentation(company: Company, request: Received) -> Reply:
    """
    What documents a voucher has.
    """
    fields = [
        "HasEhf",
        "HasImages",
        "HasPdf",
        "HasSalesOrderAttachments",
        "IsImported",
        "VoucherId",
        "VoucherNo",
        "VoucherType",
    ]
    voucher = _wanted(company, request)
    if voucher is None:
        return page(request, [], fields)
    row = {
        "VoucherId": voucher.id,
        "VoucherNo": voucher.voucher_no,
        "VoucherType": voucher.voucher_type,
        "HasPdf": voucher.documentation is not None,
        "HasEhf": False,
        "HasImages": False,
        "HasSalesOrderAttachments": False,
        "IsImported": voucher.by_integration,
    }
    return page(request, [row], fields)


@endpoint("PUT", "/VoucherDocumentation", "VoucherDocumentation_Full")
def put_documentation(company: Company, request: Received) -> Reply:
    """
    Attach a PDF to a voucher that came through the API.
    """
    voucher = _wanted(company, request)
    _, content = _file(request)
    if voucher is None:
        not_found("The voucher was not found")
    if not voucher.by_integration:
        bad_request("Voucher documentation error(s)", "The voucher was not imported by the API")
    if not content.startswith(b"%PDF-") or len(content) > _LARGEST:
        bad_request("Voucher documentation error(s)", "Only PDF files of up to 30 MB are supported")
    voucher.documentation = content
    return Reply(status=204)


@endpoint("GET", "/VoucherDocumentation/Download", *_DOCUMENTATION)
def download_documentation(company: Company, request: Received) -> Reply:
    """
    The documents of a voucher as a zip file.
    """
    kind = request.asked("documentationType") or "All"
    if kind.casefold() not in {"ehf", "pdf", "images", "all"}:
        bad_request("One or more validation errors occurred.", None, {"documentationType": ["Unknown"]})
    voucher = company.voucher(_id(request) or "")
    if voucher is None or voucher.documentation is None or kind.casefold() not in {"pdf", "all"}:
        return Reply(status=204)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{voucher.voucher_no}.pdf", voucher.documentation)
    return Reply(content=packed.getvalue(), headers={"Content-Type": "application/zip"})


@endpoint("GET", "/Vouchers/OutgoingInvoiceJournals/{id:uuid}", "OutgoingInvoiceVoucher_Full")
def get_invoice_voucher(_company: Company, request: Received) -> Reply:
    """
    Invoices posted as vouchers: none, for they cannot be posted here.
    """
    not_found(f"Voucher with id {request.id} was not found")


# -- attachments of orders -------------------------------------------------------------


def _attachments(company: Company, order: Row) -> list[Row]:
    return [row for row in company.table("Attachments").values() if row["SalesOrderId"] == order["Id"]]


def _attachment_row(row: Row) -> Row:
    return {name: shown(value) for name, value in row.items() if name != "content"}


@endpoint("GET", "/SalesOrders/{salesOrderId:uuid}/attachments", *_FILES)
def list_attachments(company: Company, request: Received) -> Reply:
    """
    The files on an order.
    """
    rows = [
        _attachment_row(row)
        for row in _attachments(company, the_order(company, request, name="salesOrderId"))
    ]
    fields = [
        "CreatedDateTimeOffset",
        "FileName",
        "FileSize",
        "Id",
        "LastChangedDateTimeOffset",
        "SalesOrderId",
    ]
    return page(request, rows, fields)


@endpoint("POST", "/SalesOrders/{salesOrderId:uuid}/attachments", "SalesOrderAttachment_Full")
def create_attachment(company: Company, request: Received) -> Reply:
    """
    Put a file on an order.
    """
    order = the_order(company, request, name="salesOrderId")
    name, content = _file(request)
    stamp = company.stamp()
    row: Row = {
        "Id": company.new_id(),
        "SalesOrderId": order["Id"],
        "FileName": name,
        "FileSize": len(content),
        "CreatedDateTimeOffset": stamp,
        "LastChangedDateTimeOffset": stamp,
        "content": content,
    }
    company.table("Attachments")[row["Id"]] = row
    return Reply.of(_attachment_row(row), 201)


def _attachment(company: Company, request: Received) -> Row:
    order = the_order(company, request, name="salesOrderId")
    row = next((row for row in _attachments(company, order) if row["Id"] == request.id), None)
    if row is None:
        not_found(f"Attachment with id {request.id} was not found")
    return row


@endpoint("GET", "/SalesOrders/{salesOrderId:uuid}/attachments/{id:int}", *_FILES)
def get_attachment(company: Company, request: Received) -> Reply:
    """
    The bytes of a file.
    """
    content: bytes = _attachment(company, request)["content"]
    return Reply(content=content, headers={"Content-Type": "application/octet-stream"})


@endpoint("DELETE", "/SalesOrders/{salesOrderId:uuid}/attachments/{id:int}", "SalesOrderAttachment_Full")
def delete_attachment(company: Company, request: Received) -> Reply:
    """
    Take a file off an order.
    """
    del company.table("Attachments")[_attachment(company, request)["Id"]]
    return Reply()


# -- balances -------------------------------------------------------------------------------


@endpoint("GET", "/TrialBalance", "TrialBalance", "TrialBalance_Full")
def trial_balance(company: Company, request: Received) -> Reply:
    """
    Balances of accounts on a day, without VAT where VAT was taken out.
    """
    on, number = required_day(request, "date"), number_filter(request, "accountNos")
    department, project = codes(request, "departmentCodes"), codes(request, "projectCode")
    product, hide = codes(request, "productCode"), flag(request, "hideAccountsWithZeroBalance")
    flag(request, "includeSubProject")
    balances = {account.number: Decimal("0.00") for account in company.accounts.values()}
    for row in ledger_rows(company):
        if (
            row["PostingDate"] <= on.isoformat()
            and department(row["DepartmentCode"])
            and project(None)
            and product(None)
        ):
            balances[row["AccountNo"]] += row["Amount"]
    rows = [
        {
            "AccountId": account.id,
            "AccountNo": account.number,
            "AccountName": account.name,
            "Balance": balance,
        }
        for account in sorted(company.accounts.values(), key=lambda one: one.number)
        if number(account.number) and ((balance := balances[account.number]) or not hide)
    ]
    return page(request, rows, ["AccountId", "AccountName", "AccountNo", "AgricultureDepartment", "Balance"])


# -- drafts -------------------------------------------------------------------------------------

_DRAFT_LINE: dict[b.Kind, str] = {
    b.int64: "DebitAccountId CreditAccountId DepartmentId ProjectId LocationId",
    b.int32: "DebitVatId CreditVatId",
    b.number: "CurrencyAmount",
    b.on_day: "PostingDate",
    b.any_text: "Description InvoiceNo",
}
_DRAFT_HEAD: dict[b.Kind, str] = {
    b.on_day: "VoucherDate",
    b.text(3): "CurrencyCode",
    b.any_text: "Description",
    b.text(1000): "Comment",
    b.int64: "DepartmentId ProjectId LocationId",
}
_DRAFTS = {"ManualJournals": "ManualVoucherLines", "BankJournals": "BankJournalLines"}
_DRAFT_ROLE = "JournalEntryVoucher_Full"


def _create_draft(company: Company, request: Received, segment: str) -> Reply:
    # Lines under another name are an unknown member: dropped without a word, as Go does.
    lines = _DRAFTS[segment]
    kind = b.list_of(b.nested(b.Dto(b.named(_DRAFT_LINE), ("CurrencyAmount",))))
    body = b.Dto({**b.named(_DRAFT_HEAD), lines: kind}, ("VoucherDate",)).read(request.json())
    if any(line["CurrencyAmount"] <= 0 for line in body.get(lines, ())):
        bad_request("Voucher validation error(s)", "CurrencyAmount must be positive")
    draft: Row = {"Id": str(uuid.uuid4()), "lines": body.get(lines, []), "pages": [], "submitted": False}
    company.table("Drafts")[draft["Id"]] = draft
    return Reply.of({"Id": draft["Id"]}, 201)


@endpoint("POST", "/JournalEntryVouchers/ManualJournals", _DRAFT_ROLE)
def create_manual_draft(company: Company, request: Received) -> Reply:
    """
    Create a manual draft.
    """
    return _create_draft(company, request, "ManualJournals")


@endpoint("POST", "/JournalEntryVouchers/BankJournals", _DRAFT_ROLE)
def create_bank_draft(company: Company, request: Received) -> Reply:
    """
    Create a bank draft.
    """
    return _create_draft(company, request, "BankJournals")


def _draft(company: Company, request: Received) -> Row:
    draft = company.table("Drafts").get(request.id)
    if draft is None:
        not_found(f"Voucher with id {request.id} was not found")
    return draft


@endpoint("POST", "/JournalEntryVouchers/{id:uuid}/VoucherPages", _DRAFT_ROLE)
def add_page(company: Company, request: Received) -> Reply:
    """
    Add a page to a draft.
    """
    draft = _draft(company, request)
    draft["pages"].append(_file(request))
    return Reply(status=201)


@endpoint("POST", "/JournalEntryVouchers/{id:uuid}/submitForApproval", _DRAFT_ROLE)
def submit_draft(company: Company, request: Received) -> Reply:
    """
    Hand a draft over for approval.
    """
    _draft(company, request)["submitted"] = True
    return Reply()


@endpoint("DELETE", "/JournalEntryVouchers/{id:uuid}", _DRAFT_ROLE)
def delete_draft(company: Company, request: Received) -> Reply:
    """
    Delete a draft.
    """
    del company.table("Drafts")[_draft(company, request)["Id"]]
    return Reply()


# -- onboarding -------------------------------------------------------------------------------------

_INITIATE = b.Dto(
    {"ApplicationKey": b.uuid, "ClientOrganizationNo": b.any_text, "RedirectUri": b.any_text},
    ("ApplicationKey",),
)
_FINALIZE = b.Dto({"OnboardingToken": b.any_text}, ("OnboardingToken",))


@endpoint("POST", "/Onboarding/Initiate", bearer=False)
def initiate(company: Company, request: Received) -> Reply:
    """
    Where a user connects the company.
    """
    _INITIATE.read(request.json())
    until = company.stamp() + timedelta(hours=1)
    url = f"https://godemo.poweroffice.net/onboarding/{uuid.uuid4()}"
    return Reply.of({"TemporaryUrl": url, "ValidUntilDateTimeOffset": until.isoformat()})


@endpoint("POST", "/Onboarding/Finalize", bearer=False)
def finalize(company: Company, request: Received) -> Reply:
    """
    The client key, once per token a user brought back.
    """
    token = _FINALIZE.read(request.json())["OnboardingToken"]
    client_key = company.onboarding_tokens.pop(token, None)
    if client_key is None:
        bad_request("Onboarding error(s)", "The onboarding token is not valid")
    client = {
        "ClientKey": client_key,
        "ClientName": company.name,
        "ClientOrganizationNumber": company.organization_number,
    }
    return Reply.of({"UserEmail": "bruker@example.no", "OnboardedClientsInformation": [client]})


ENDPOINTS: tuple[Endpoint, ...] = (
    list_documentation,
    put_documentation,
    download_documentation,
    get_invoice_voucher,
    list_attachments,
    create_attachment,
    get_attachment,
    delete_attachment,
    trial_balance,
    create_manual_draft,
    create_bank_draft,
    add_page,
    submit_draft,
    delete_draft,
    initiate,
    finalize,
)
