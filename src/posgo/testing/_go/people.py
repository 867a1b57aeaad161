"""
What people do with orders and invoices in Go's user interface.
"""

from decimal import Decimal
from typing import NoReturn

from posgo.testing._go.company import Company, Row
from posgo.testing._go.entities import BookedLine, BookedVoucher
from posgo.testing._go.invoices import invoice_balance
from posgo.testing._go.order_rules import under_way
from posgo.testing._go.sending import book_invoice

__all__ = ["credit", "delete_order", "pay", "send"]

_BANK = 1920


def _no(what: str) -> NoReturn:
    raise LookupError(f"there is no {what} in Go")


def _open_order(company: Company, own_id: str) -> Row:
    order = company.table("SalesOrders").get(own_id)
    if order is None or order.get("invoiced") or under_way(order):
        _no(f"open order {own_id!r}")
    return order


def send(company: Company, own_id: str) -> int:
    """
    Send a draft. It counts as made by whoever sent it.
    """
    order = _open_order(company, own_id)
    order["IsCreatedByCurrentIntegration"] = False
    order["request"] = {"asked": {}, "error": None, "done": True, "at": company.now()}
    number: int = book_invoice(company, order)["InvoiceNo"]
    return number


def delete_order(company: Company, own_id: str) -> None:
    """
    Delete an order that is not sent.
    """
    _open_order(company, own_id)
    del company.table("SalesOrders")[own_id]


def _invoice(company: Company, invoice_no: int) -> Row:
    rows = company.table("OutgoingInvoices").values()
    invoice = next((row for row in rows if row["InvoiceNo"] == invoice_no), None)
    if invoice is None:
        _no(f"invoice {invoice_no}")
    return invoice


def pay(company: Company, invoice_no: int, amount: Decimal | None) -> None:
    """
    Book that the customer has paid by bank: all that is open, or an amount.
    """
    invoice = _invoice(company, invoice_no)
    paid = invoice_balance(company, invoice) if amount is None else amount
    customer, day = company.table("Customers")[invoice["CustomerId"]], company.today()
    plain = company.vat_on("0", day)
    receivables, bank = company.account(1500), company.account(_BANK)
    line = BookedLine(
        id=company.new_id(),
        account_id=customer["SubledgerAccountId"],
        account=receivables.number if receivables else 1500,
        amount=-paid,
        vat=plain,
        posting_date=day,
        invoice_no=str(invoice_no),
        customer_id=customer["Id"],
        customer_no=customer["Number"],
    )
    money = BookedLine(
        id=company.new_id(),
        account_id=bank.id if bank else 0,
        account=_BANK,
        amount=paid,
        vat=plain,
        posting_date=day,
    )
    company.book(
        BookedVoucher(
            id=company.new_uuid(),
            voucher_no=company.next_voucher_no(),
            voucher_type="BankJournal",
            date=day,
            created_at=company.stamp(),
            lines=(money, line),
            by_integration=False,
        )
    )


def credit(company: Company, invoice_no: int) -> int:
    """
    Take a whole invoice back by a credit note, which Go matches with it.
    """
    invoice = _invoice(company, invoice_no)
    order = company.table("SalesOrders")[invoice["Id"]]
    note = {
        **order,
        "Id": company.new_uuid(),
        "ExternalImportReference": None,
        "CustomMatchingReference": None,
        "RelatedInvoiceNo": invoice_no,
        "IsCreatedByCurrentIntegration": False,
        "SalesOrderLines": [
            {**line, "Quantity": None if line["Quantity"] is None else -line["Quantity"]}
            for line in order["SalesOrderLines"]
        ],
    }
    number: int = book_invoice(company, note, pays=str(invoice_no))["InvoiceNo"]
    return number
