"""
From order to invoice: asked for, numbered, booked and delivered.
"""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from posgo.testing._go import binding as b
from posgo.testing._go.company import Company, Row
from posgo.testing._go.entities import BookedLine, BookedVoucher
from posgo.testing._go.http import Received, Reply, bad_request, not_found
from posgo.testing._go.journals import check_date
from posgo.testing._go.listing import flag
from posgo.testing._go.order_rules import line_amounts, line_row, order_totals, the_order, under_way
from posgo.testing._go.routing import Endpoint, endpoint

__all__ = ["ENDPOINTS", "asked_about", "book_invoice", "deliver_due"]

_TITLE = "Sales order validation error(s)"
_WRITE = "SalesOrders_Full"
_STATE_PATH = "/SalesOrders/sentState"
_DEFAULT_CREDIT_DAYS = 14

_REQUEST = b.Dto(
    {
        "DeliveryType": b.one_of("PdfByEmail", "PdfPrintForDownload", "Auto"),
        "EmailAddress": b.any_text,
        "OverrideDueDate": b.on_day,
        "VoucherDate": b.on_day,
    }
)


@endpoint("POST", "/SalesOrders/{id:uuid}/createAndSendInvoice", _WRITE)
def send(company: Company, request: Received) -> Reply:
    """
    Queue an order for sending.
    """
    order = the_order(company, request)
    asked = _REQUEST.read(request.json()) if request.content else {}
    if not company.may_send_invoices:
        bad_request("Missing privilege", "The integration is not allowed to send invoices")
    if under_way(order):
        bad_request(_TITLE, "The sales order is being sent already")
    customer = company.table("Customers").get(order["CustomerId"])
    if customer is None:
        bad_request(_TITLE, "The sales order has no customer")
    if customer["IsArchived"]:
        bad_request(_TITLE, "The customer is archived")
    if not order["SalesOrderLines"]:
        bad_request(_TITLE, "The sales order has no lines")
    check_date(company, asked.get("VoucherDate") or company.today())
    order["request"] = {"asked": asked, "at": company.now(), "error": None, "done": False}
    body = {"Id": order["Id"], "DeliveryType": asked.get("DeliveryType", "Auto"), **_dates(asked)}
    return Reply.of(body, 202, Location=f"/v2/SalesOrders/sentState?id={order['Id']}")


def _dates(asked: Row) -> Row:
    return {
        name: asked[name].isoformat() if isinstance(asked[name], date) else asked[name]
        for name in ("EmailAddress", "OverrideDueDate", "VoucherDate")
        if name in asked
    }


def _way(customer: Row, asked: Row) -> str | None:
    """
    How an invoice can be delivered; None if it cannot.
    """
    kind = asked.get("DeliveryType", "Auto")
    mail = customer["InvoiceEmailAddress"] or customer["EmailAddress"] or asked.get("EmailAddress")
    if kind == "PdfPrintForDownload":
        return "Print"
    if kind == "Auto" and customer["InvoiceDeliveryType"] == "EHF":
        return "EHF"
    return "PdfByEmail" if mail else None


def asked_about(request: Received) -> str | None:
    """
    Id of the order whose sending a request asks about; None for any other request.
    """
    return request.asked("id") if request.path.casefold() == _STATE_PATH.casefold() else None


def deliver_due(company: Company, polled: str | None = None) -> bool:
    """
    Deliver what has been under way for long enough; without a delay, the order asked about. Say whether anything was.
    """
    due = [
        order
        for order in company.table("SalesOrders").values()
        if under_way(order)
        and not order["request"]["done"]
        and (company.delivery_delay or order["Id"] == polled)
        and company.now() >= order["request"]["at"] + company.delivery_delay
    ]
    for order in due:
        _deliver(company, order)
    return bool(due)


def _deliver(company: Company, order: Row) -> None:
    """
    Do what was asked for: number, book and deliver, or say why not.
    """
    asked = order["request"]["asked"]
    if company.delivery_failures:
        order["request"]["error"] = company.delivery_failures.pop(0)
        return
    customer = company.table("Customers")[order["CustomerId"]]
    way = _way(customer, asked)
    if way is None:
        order["request"]["error"] = "The customer has no e-mail address to send the invoice to"
        return
    order["request"]["done"] = True
    book_invoice(company, order, asked, way)


def book_invoice(
    company: Company, order: Row, asked: Row | None = None, way: str = "Print", *, pays: str | None = None
) -> Row:
    """
    Turn an order into an invoice.

    Args:
        company: The company.
        order: The order.
        asked: Dates that were asked for; None for none.
        way: How it is delivered.
        pays: Number of the invoice a credit note is matched with; None if with none.
    """
    wishes, customer = asked or {}, company.table("Customers")[order["CustomerId"]]
    day: date = wishes.get("VoucherDate") or company.today()
    due = wishes.get("OverrideDueDate") or day + timedelta(days=_credit_days(company, order, customer))
    invoice = _invoice(company, {**order, "pays": pays}, customer, day, due, way)
    company.table("OutgoingInvoices")[order["Id"]] = invoice
    order["invoiced"] = True
    return invoice


def _credit_days(company: Company, order: Row, customer: Row) -> int:
    terms = company.table("PaymentTerms")
    term = terms.get(order["PaymentTermId"]) or terms.get(customer["PaymentTermId"])
    return int(term["CreditDays"]) if term else _DEFAULT_CREDIT_DAYS


def _invoice(company: Company, order: Row, customer: Row, day: date, due: date, way: str) -> Row:  # noqa: PLR0913, PLR0917
    net, total = order_totals(company, order)
    number = company.next_invoice_no()
    kind = "OutgoingCreditNote" if total < 0 else "OutgoingInvoice"
    lines = [line_row(company, order, line) for line in order["SalesOrderLines"]]
    accounts = [line_amounts(company, order, line)["account"] for line in order["SalesOrderLines"]]
    voucher = _voucher(company, order, customer, day, kind, total)
    company.book(voucher, invoice_no=str(number), due_date=due)
    company.invoiced_products |= {line["ProductId"] for line in order["SalesOrderLines"] if line["ProductId"]}
    stamp = company.stamp()
    taken_over = [
        "ContractNo",
        "CustomMatchingReference",
        "CustomerReference",
        "CustomerReferenceContactPersonId",
        "DeliveryDate",
        "DepartmentId",
        "ExternalImportReference",
        "ImportedOrderNo",
        "LocationId",
        "PaymentTermId",
        "ProjectId",
        "PurchaseOrderReference",
        "RelatedInvoiceNo",
        "IsCreatedByCurrentIntegration",
    ]
    return {
        **{name: order[name] for name in taken_over},
        "Id": order["Id"],
        "InvoiceNo": number,
        "VoucherNo": voucher.voucher_no,
        "VoucherDate": day,
        "VoucherType": kind,
        "DueDate": due,
        "OrderNo": order["SalesOrderNo"],
        "OrderDate": order["SalesOrderDate"],
        "CustomerId": customer["Id"],
        "CustomerNo": customer["Number"],
        "CurrencyCode": "NOK",
        "NetAmount": net,
        "NetPostedAmount": net,
        "TotalAmount": total,
        "TotalPostedAmount": total,
        "InvoiceDeliveryType": way,
        "SentDateTimeOffset": stamp,
        "CreatedDateTimeOffset": stamp,
        "LastChangedDateTimeOffset": stamp,
        "lines": [
            {**row, "account": account, "Id": company.new_id()}
            for row, account in zip(lines, accounts, strict=True)
        ],
    }


def _voucher(  # noqa: PLR0913, PLR0917
    company: Company, order: Row, customer: Row, day: date, kind: str, total: Decimal
) -> BookedVoucher:
    receivables = company.account(1500)
    plain = company.vat_on("0", day)
    debit = BookedLine(
        id=company.new_id(),
        account_id=customer["SubledgerAccountId"],
        account=receivables.number if receivables else 1500,
        amount=total,
        vat=plain,
        posting_date=day,
        matching_reference=order["CustomMatchingReference"],
        invoice_no=order["pays"],
        customer_id=customer["Id"],
        customer_no=customer["Number"],
    )
    sales = [_credit(company, order, line, day) for line in order["SalesOrderLines"]]
    return BookedVoucher(
        id=order["Id"],
        voucher_no=company.next_voucher_no(),
        voucher_type=kind,
        date=day,
        created_at=company.stamp(),
        reference=None,
        lines=(debit, *(line for line in sales if line.amount)),
    )


def _credit(company: Company, order: Row, line: Row, day: date) -> BookedLine:
    computed: dict[str, Any] = line_amounts(company, order, line)
    department = company.table("Departments").get(line["DepartmentId"] or order["DepartmentId"])
    return BookedLine(
        id=company.new_id(),
        account_id=computed["account"].id,
        account=computed["account"].number,
        amount=-computed["TotalAmount"],
        vat=computed["vat"],
        vat_amount=-computed["VatAmount"],
        posting_date=day,
        department=department["Code"] if department else None,
        department_id=department["Id"] if department else None,
        text=line["Description"],
    )


@endpoint("GET", _STATE_PATH, _WRITE)
def sent_state(company: Company, request: Received) -> Reply:
    """
    How far an order has come.
    """
    flag(request, "showInherited")
    try:
        wanted = str(uuid.UUID(request.asked("id") or ""))
    except ValueError:
        not_found("The id is not valid")
    order = company.table("SalesOrders").get(wanted)
    if order is None:
        not_found(f"Sales order with id {wanted} was not found")
    if order["request"] is None:
        return Reply(status=204)
    return Reply.of([_state(company, order)])


def _state(company: Company, order: Row) -> Row:
    invoice = company.table("OutgoingInvoices").get(order["Id"])
    error = order["request"]["error"]
    state: Row = {"Id": order["Id"], "IsInvoiceBeingProcessed": invoice is None and error is None}
    if invoice is None:
        return {**state, "LastErrorMessage": error} if error is not None else state
    return {
        **state,
        "SentDateTimeOffset": invoice["SentDateTimeOffset"].isoformat(),
        "InvoiceNo": invoice["InvoiceNo"],
        "DueDate": invoice["DueDate"].isoformat(),
        "InvoiceDeliveryType": invoice["InvoiceDeliveryType"],
    }


ENDPOINTS: tuple[Endpoint, ...] = (send, sent_state)
