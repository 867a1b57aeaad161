"""
What else FakeGo refuses, as Go does: one table of requests that must not succeed.
"""

from decimal import Decimal
from typing import Any

import pytest

from posgo.models.catalog import Product
from posgo.models.orders import Order, OrderLine
from posgo.models.parties import Customer
from posgo.wire.json import dumps
from support.colours import Shop

NOBODY = "0d3c8c1e-7d0c-5d0e-9a86-3a1d2b7c9f10"


@pytest.fixture
def ids(fake: Any) -> dict[str, str]:
    customer = fake.put(Customer(name="Kafe", email="a@example.no"))
    archived = fake.put(Customer(name="Bar", archived=True))
    mug = fake.put(Product(code="1", name="Krus", price=Decimal(100), vat_code="3"))
    lines = (OrderLine(product=mug, reference="1"),)
    return {
        "customer": customer,
        "mug": mug,
        "order": fake.put(Order(customer=customer, lines=lines)),
        "empty": fake.put(Order(customer=customer)),
        "homeless": fake.put(Order(customer="1", lines=lines)),
        "closed": fake.put(Order(customer=archived, lines=lines)),
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/Products", {"Name": " "}, 400),
        ("POST", "/Products", {"Code": "1"}, 400),
        ("POST", "/Products", {"Name": "a", "ProductGroupCode": "none"}, 404),
        ("POST", "/Products", {"Name": "a", "ProductGroupId": 7}, 404),
        ("POST", "/Products", {"Name": "a", "StandardSalesAccount": 9999}, 404),
        ("POST", "/Products", {"Name": "a", "OptionalSalesAccountId": 1}, 404),
        ("POST", "/Products", {"Name": "a", "UnitOfMeasureCode": "FURLONG"}, 400),
        ("GET", "/Products?type=Idea", None, 400),
        ("GET", "/Products/{mug}?Fields=Id", None, 400),
        ("POST", "/Customers", {}, 400),
        ("POST", "/Customers", {"Name": "a", "Allowance": 101}, 400),
        ("POST", "/Customers", {"Name": "a", "DepartmentCode": "99"}, 404),
        ("POST", "/Customers", {"Name": "a", "DeliveryTerm": "none"}, 404),
        ("POST", "/Customers", {"Name": "a", "PaymentTerm": 99}, 404),
        ("POST", "/Customers", {"Name": "a", "ContactGroupIds": [7]}, 404),
        ("POST", "/Customers", {"Name": "a", "ContactGroupIds": ["x"]}, 400),
        ("POST", "/Customers", {"Name": "a", "MailAddress": {"City": "Oslo"}}, 400),
        ("POST", "/Customers", {"Name": "a", "CustomerSince": "soon"}, 400),
        ("POST", "/Customers", {"Name": "a", "SubLedgerNumberSeriesId": "x"}, 400),
        ("POST", "/ContactPersons/{customer}", {"FirstName": "a", "LastName": "b", "EmailAddress": "c"}, 400),
        ("POST", "/GeneralLedgerAccounts", {"AccountNo": 3999, "Name": "a", "IsActive": True}, 400),
        (
            "POST",
            "/GeneralLedgerAccounts",
            {"AccountNo": 3999, "Name": "a", "IsActive": True, "VatCode": "99"},
            404,
        ),
        (
            "POST",
            "/GeneralLedgerAccounts",
            {"AccountNo": 3999, "Name": "a", "IsActive": True, "VatCodeId": 1},
            404,
        ),
        (
            "POST",
            "/GeneralLedgerAccounts",
            {"AccountNo": 1, "Name": "a", "IsActive": True, "VatCode": "3"},
            400,
        ),
        ("POST", "/Departments", {"Code": "10", "Name": "a"}, 400),
        ("POST", "/Projects", {"Name": "a", "ParentProjectId": 7}, 404),
        ("POST", "/Projects", {"Name": "a", "Progress": 101}, 400),
        ("POST", "/SalesOrders/Complete", {"CustomerNo": 19_999}, 404),
        ("POST", "/SalesOrders/Complete", {"DepartmentCode": "99"}, 404),
        ("POST", "/SalesOrders/Complete", {"PaymentTerm": 99}, 404),
        ("POST", "/SalesOrders/Complete", {"CurrencyCode": "EUR"}, 400),
        ("POST", "/SalesOrders/Complete", {"SalesOrderStatus": 1}, 400),
        ("POST", "/SalesOrders/Complete", {"SalesOrderLines": [{"ProductCode": "none", "Quantity": 1}]}, 404),
        ("POST", "/SalesOrders/{order}/Lines", {"ProductId": 7, "Quantity": 1}, 404),
        ("POST", "/SalesOrders/{order}/Lines", {"ProductCode": "1"}, 400),
        ("POST", "/SalesOrders/{order}/Lines", {"Description": "a", "Allowance": 101}, 400),
        ("POST", "/SalesOrders/{order}/Lines", {"Description": "a", "ExternalImportReference": "1"}, 400),
        ("GET", "/SalesOrders?orderStatus=Lost", None, 400),
        ("POST", "/SalesOrders/{empty}/createAndSendInvoice", {}, 400),
        ("POST", "/SalesOrders/{homeless}/createAndSendInvoice", {}, 400),
        ("POST", "/SalesOrders/{closed}/createAndSendInvoice", {}, 400),
        ("POST", "/SalesOrders/{order}/createAndSendInvoice", {"DeliveryType": "Pigeon"}, 400),
        ("POST", "/SalesOrders/{order}/createAndSendInvoice", {"VoucherDate": "1999-01-01"}, 400),
        ("POST", "/SalesOrders/{order}/attachments", {}, 400),
        ("GET", "/SalesOrders/{order}/attachments/1", None, 404),
        ("GET", "/SalesOrders/sentState?id=x", None, 404),
        ("GET", f"/SalesOrders/sentState?id={NOBODY}", None, 404),
        ("GET", f"/OutgoingInvoices/{NOBODY}", None, 404),
        ("GET", "/Customerledger/EntriesByMatchId", None, 400),
        ("GET", "/CurrencyRates?fromCurrency=ZZZ&toCurrency=NOK&asOnDate=2026-03-14T00:00:00Z", None, 400),
        ("GET", "/BrandingThemes/99", None, 404),
        ("GET", f"/VoucherDocumentation/Download?id={NOBODY}&documentationType=Cake", None, 400),
        ("GET", "/VoucherDocumentation?id=x", None, 400),
        (
            "POST",
            "/JournalEntryVouchers/ManualJournals",
            {"VoucherDate": "2026-03-14", "ManualVoucherLines": [{"CurrencyAmount": -1}]},
            400,
        ),
        ("POST", "/Onboarding/Initiate", {"ApplicationKey": "x"}, 400),
    ],
)
def test_refused(shop: Shop, ids: dict[str, str], method: str, path: str, body: Any, status: int) -> None:
    """
    Each of these is refused with its own status and a title, and changes nothing.
    """
    token = shop.client(transport=shop.fake.transport)
    shop.do(token.integration.get())
    bearer = next(request.headers["authorization"] for request in reversed(shop.fake.requests))
    headers = {
        "Authorization": bearer,
        "Ocp-Apim-Subscription-Key": shop.fake.credentials.subscription_key,
        "Content-Type": "application/json",
    }
    before = {name: dict(table) for name, table in shop.fake._company._tables.items()}
    url = f"https://go/v2{path.format(**ids)}"
    reply = shop.fake._door.answer(method, url, headers, dumps(body) if body is not None else b"")

    assert status == reply.status
    assert b'"title"' in reply.content
    assert before == {
        name: dict(table) for name, table in shop.fake._company._tables.items() if name in before
    }
